//! Regional plans: items over what countries have released, endorsements, and what they come to.

mod copies;
mod deciding;
mod figures;

use concord::domain::sharing::term;
use serde_json::{Value as Json, json};

use crate::support::{TestApp, app, client::Client};

/// Releases the plan abroad to the region; answers the address of the release.
pub async fn release_abroad(app: &TestApp) -> String {
    let kaz = app.user("foreign_focal_point").await;
    let body = json!({"subject": {"plan": app.world.id("plan:foreign")}, "audiences": ["region:CA"]});
    format!("/releases/{}", kaz.post("/releases", body).await.ok(201)["id"].as_str().expect("an id"))
}

/// Makes an item of the region's plan; answers its address.
pub async fn item(app: &TestApp, more: Json) -> String {
    let mut body =
        json!({"plan": app.world.id("plan:regional"), "title": "Joint detection", "language": "en"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.user("regional").await.post("/regional-items", body).await;
    format!("/regional-items/{}", made.ok(201)["id"].as_str().expect("an id"))
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

async fn ask(regional: &Client<'_>, item: &str, country: &str) -> String {
    let body = json!({"item": id(item), "country": country, "language": "en"});
    format!(
        "/endorsements/{}",
        regional.post("/endorsements", body).await.ok(201)["id"].as_str().expect("an id")
    )
}

/// A copied text of an item, from the action abroad.
fn copy(app: &TestApp) -> Json {
    json!({"copied_text": "Action foreign", "copied_from": {"kind": "action", "id": app.world.id("action:foreign")}})
}

#[tokio::test]
async fn a_member_endorses_an_item_itself() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let kgz = app.user("focal_point").await;
        let item = item(app, json!({})).await;
        let path = ask(&regional, &item, "KAZ").await;

        let asked = kaz.get(&path).await;
        let others = kgz.get(&path).await;
        let own = regional.act(&path, "endorse", json!({})).await;
        let reserved =
            kaz.act(&path, "reserve", json!({"reservation": "Within our budget", "act": "Order 5"})).await;
        let empty = kaz.act(&path, "reserve", json!({})).await;
        let seen = kgz.get(&path).await;
        let late = kaz.act(&path, "endorse", json!({"decided_on": "2030-01-01"})).await;
        let endorsed = kaz.act(&path, "endorse", json!({"decided_on": "2026-11-01"})).await;
        let declined = kaz.act(&path, "decline", json!({})).await;
        let hidden = kgz.get(&path).await;

        assert_eq!(asked.ok(200)["status"], "proposed");
        assert_eq!(others.status, 404);
        own.problem(403, "forbidden");
        let reserved = reserved.ok(200);
        assert_eq!(
            (&reserved["status"], &reserved["decided_on"]),
            (&json!("with_reservation"), &json!("2026-11-21"))
        );
        assert_eq!(
            (&reserved["reservation"], &reserved["act"]),
            (&json!("Within our budget"), &json!("Order 5"))
        );
        assert_eq!(empty.violations(), [("/reservation".to_owned(), "required".to_owned())]);
        assert_eq!(seen.ok(200)["reservation"], "Within our budget");
        assert_eq!(late.violations(), [("/decided_on".to_owned(), "rule_broken".to_owned())]);
        let endorsed = endorsed.ok(200);
        assert_eq!(
            (&endorsed["status"], &endorsed["reservation"], &endorsed["decided_on"]),
            (&json!("endorsed"), &Json::Null, &json!("2026-11-01"))
        );
        assert_eq!(declined.ok(200)["status"], "not_endorsed");
        assert_eq!(hidden.status, 404);
    })
    .await;
}

#[tokio::test]
async fn only_members_are_asked_and_each_once() {
    app(async |app| {
        let regional = app.user("regional").await;
        let stranger = json!({"code": "QXA", "iso2": "QX", "name": "Elsewhere", "name_long": "Elsewhere", "official_languages": ["en"],
            "time_zone": "UTC", "is_partner": false, "confidence": "high"});
        app.user("steward").await.post("/countries", stranger).await.ok(201);
        let item = item(app, json!({})).await;
        ask(&regional, &item, "KAZ").await;

        let again = json!({"item": id(&item), "country": "KAZ", "language": "en"});
        let again = regional.post("/endorsements", again).await;
        let outside = json!({"item": id(&item), "country": "QXA", "status": "endorsed", "language": "en"});
        let outside = regional.post("/endorsements", outside).await;

        assert_eq!(again.violations(), [("/country".to_owned(), "not_unique".to_owned())]);
        let told = |pointer: &str| (pointer.to_owned(), "rule_broken".to_owned());
        assert_eq!(outside.violations(), [told("/country"), told("/status")]);
    })
    .await;
}

#[tokio::test]
async fn copied_text_needs_the_endorsement_of_its_country_and_goes_with_it() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        release_abroad(app).await;
        let item = item(app, json!({"actions": [app.world.id("action:foreign")]})).await;
        let path = ask(&regional, &item, "KAZ").await;

        let early = regional.edit(&item, copy(app)).await;
        let rootless = regional.edit(&item, json!({"copied_text": "From nowhere"})).await;
        kaz.act(&path, "endorse", json!({})).await.ok(200);
        let copied = regional.edit(&item, copy(app)).await;
        kaz.act(&path, "decline", json!({})).await.ok(200);
        let after = regional.get(&item).await;

        assert_eq!(early.violations(), [("/copied_text".to_owned(), "not_endorsed".to_owned())]);
        assert_eq!(rootless.violations(), [("/copied_from".to_owned(), "required".to_owned())]);
        assert_eq!(copied.ok(200)["copied_text"], "Action foreign");
        let after = after.ok(200);
        assert_eq!((&after["copied_text"], &after["copied_from"]), (&Json::Null, &Json::Null));
        assert_eq!(after["actions"][0]["id"], json!(app.world.id("action:foreign")));
    })
    .await;
}

#[tokio::test]
async fn copied_text_goes_with_the_release_of_its_source() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        let release = release_abroad(app).await;
        let item = item(app, json!({"actions": [app.world.id("action:foreign")]})).await;
        let path = ask(&regional, &item, "KAZ").await;
        kaz.act(&path, "endorse", json!({})).await.ok(200);
        regional.edit(&item, copy(app)).await.ok(200);

        kaz.act(&release, "revoke", json!({})).await.ok(200);
        let after = regional.get(&item).await;

        let after = after.ok(200);
        assert_eq!(
            (&after["copied_text"], &after["copied_from"], &after["actions"]),
            (&Json::Null, &Json::Null, &json!([]))
        );
        assert_eq!(kaz.get(&path).await.ok(200)["status"], "endorsed");
    })
    .await;
}

#[tokio::test]
async fn copied_text_goes_when_its_source_is_narrowed() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        release_abroad(app).await;
        let item = item(app, json!({})).await;
        let path = ask(&regional, &item, "KAZ").await;
        kaz.act(&path, "endorse", json!({})).await.ok(200);
        regional.edit(&item, copy(app)).await.ok(200);

        let action = format!("/actions/{}", app.world.id("action:foreign"));
        kaz.edit(&action, json!({"visibility": "group"})).await.ok(200);
        term::keep_terms(&app.system()).await.expect("the clock turns");

        assert_eq!(regional.get(&item).await.ok(200)["copied_text"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_changed_item_is_endorsed_anew() {
    app(async |app| {
        let (regional, kaz) = (app.user("regional").await, app.user("foreign_focal_point").await);
        release_abroad(app).await;
        let item = item(app, json!({})).await;
        let path = ask(&regional, &item, "KAZ").await;
        kaz.act(&path, "endorse", json!({"act": "Order 5"})).await.ok(200);
        regional.edit(&item, copy(app)).await.ok(200);

        regional.edit(&item, json!({"position": 7})).await.ok(200);
        let kept = kaz.get(&path).await;
        regional.edit(&item, json!({"title": "Joint detection and response"})).await.ok(200);
        let anew = kaz.get(&path).await;

        assert_eq!(kept.ok(200)["status"], "endorsed");
        let anew = anew.ok(200);
        assert_eq!(
            (&anew["status"], &anew["act"], &anew["decided_on"]),
            (&json!("proposed"), &Json::Null, &Json::Null)
        );
        assert_eq!(anew["status_reason"], "the item has changed");
        assert_eq!(
            regional.get(&item).await.ok(200)["copied_text"],
            Json::Null,
            "and what was copied goes with it"
        );
    })
    .await;
}

#[tokio::test]
async fn an_item_links_to_released_records_only() {
    app(async |app| {
        let regional = app.user("regional").await;
        let body = json!({"plan": app.world.id("plan:regional"), "title": "Joint", "language": "en",
            "actions": [app.world.id("action:foreign")], "copied_text": "x",
            "copied_from": {"kind": "action", "id": app.world.id("action:foreign")}});

        let refused = regional.post("/regional-items", body).await;

        let told = |pointer: &str| (pointer.to_owned(), "reference_not_found".to_owned());
        assert_eq!(refused.violations(), [told("/actions/0"), told("/copied_from")]);
    })
    .await;
}

#[tokio::test]
async fn question_10_the_state_of_all_released_plans_of_a_region() {
    app(async |app| {
        release_abroad(app).await;
        let regional = app.user("regional").await;

        let answer = regional.get("/plans?region=CA&kind=cbrn_nap&total=true").await;

        let body = answer.ok(200);
        let plans: Vec<_> = body["items"].as_array().expect("a list").iter().collect();
        assert_eq!(body["page"]["total"], 1, "a plan that is not released is not counted either");
        assert_eq!((&plans[0]["owner_country"], &plans[0]["status"]), (&json!("KAZ"), &json!("draft")));
    })
    .await;
}
