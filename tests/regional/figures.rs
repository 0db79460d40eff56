//! What regional plans and regions come to, over released records only.

use serde_json::{Value as Json, json};

use super::{item, release_abroad};
use crate::support::{TestApp, app, client::Client};

async fn indicator(who: &Client<'_>, owner: &str, action: &Json, edition: i32, value: &str) -> Json {
    let body = json!({"owner": owner, "action": action, "title": "Laboratories", "unit": "laboratories", "direction": "increase",
        "definition_edition": edition, "target": "4", "target_on": "2027-12-30", "language": "en"});
    let made = who.post("/indicators", body).await.ok(201)["id"].clone();
    let measured = json!({"indicator": made, "value": value, "measured_on": "2026-11-20"});
    who.post("/measurements", measured).await.ok(201);
    made
}

async fn release_plan(who: &Client<'_>, app: &TestApp, plan: &str) -> Json {
    let body = json!({"subject": {"plan": app.world.id(plan)}, "audiences": ["region:CA"]});
    who.post("/releases", body).await.ok(201)["id"].clone()
}

#[tokio::test]
async fn a_roll_up_tells_of_how_many_members_it_is_and_where_definitions_differ() {
    app(async |app| {
        let (kgz, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let (home, abroad) = (json!(app.world.id("action:national")), json!(app.world.id("action:foreign")));
        let ours = indicator(&kgz, "KGZ", &home, 1, "1.5").await;
        let theirs = indicator(&kaz, "KAZ", &abroad, 2, "2").await;
        release_plan(&kgz, app, "plan:national").await;
        let away = release_abroad(app).await;
        let both = item(app, json!({"actions": [home, abroad], "indicators": [ours, theirs]})).await;
        item(app, json!({"title": "Alone", "position": 1, "actions": [home]})).await;
        let path = format!("/plans/{}/roll-up", app.world.id("plan:regional"));
        let regional = app.user("regional").await;

        let whole = regional.get(&path).await;
        kaz.act(&away, "revoke", json!({})).await.ok(200);
        let less = regional.get(&path).await;
        let text = "query($id: ID!) { planRollUp(id: $id) { whole { countries memberCountries actions { total } } items { item { name } } } }";
        let twin = regional.graphql(text, json!({"id": app.world.id("plan:regional")})).await;

        let body = whole.ok(200);
        let first = &body["items"][0];
        assert_eq!(first["item"]["id"], json!(both.rsplit('/').next()));
        assert_eq!((&first["figures"]["countries"], &first["figures"]["member_countries"]), (&json!(2), &json!(2)));
        assert_eq!(body["items"][1]["figures"]["countries"], 1);
        assert_eq!((&body["whole"]["actions"]["total"], &body["whole"]["percent"]), (&json!(2), &json!(0)));
        assert_eq!(
            body["whole"]["indicators"],
            json!([{"unit": "laboratories", "indicators": 2, "countries": 2, "definition_editions": [1, 2], "is_mixed": true,
                "measured": 2, "latest_total": "3.5", "target_total": "8"}])
        );
        let less = &less.ok(200)["whole"];
        assert_eq!((&less["countries"], &less["member_countries"], &less["actions"]["total"]), (&json!(1), &json!(2), &json!(1)));
        assert_eq!(less["indicators"][0]["is_mixed"], false);
        let twin = &twin.data()["planRollUp"];
        assert_eq!(twin["whole"], json!({"countries": 1, "memberCountries": 2, "actions": {"total": 1}}));
        assert_eq!(twin["items"][1]["item"]["name"], "Alone");
    })
    .await;
}

#[tokio::test]
async fn a_roll_up_counts_nothing_that_is_not_released_whoever_reads() {
    app(async |app| {
        let kgz = app.user("focal_point").await;
        let release = release_plan(&kgz, app, "plan:national").await;
        item(app, json!({"actions": [app.world.id("action:national")]})).await;
        let path = format!("/plans/{}/roll-up", app.world.id("plan:regional"));

        let shown = kgz.get(&path).await;
        kgz.act(&format!("/releases/{}", release.as_str().expect("an id")), "revoke", json!({}))
            .await
            .ok(200);
        let hidden = kgz.get(&path).await;
        let stranger = app.user("partner").await.get(&path).await;

        assert_eq!(shown.ok(200)["whole"]["actions"]["total"], 1);
        assert_eq!(
            hidden.ok(200)["whole"]["actions"]["total"],
            0,
            "its own country reads it, and yet it is not released"
        );
        assert_eq!(stranger.status, 404);
    })
    .await;
}

#[tokio::test]
async fn question_12_released_gaps_by_area_across_a_region() {
    app(async |app| {
        let (kgz, kaz) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let area = json!({"code": "BORDER", "title": "Border control", "part": "detection", "domains": ["R"]});
        app.user("steward").await.post("/capability-areas", area).await.ok(201);
        let gap = async |who: &Client<'_>, owner: &str, title: &str| {
            let body = json!({"owner": owner, "area": "BORDER", "title": title, "domains": ["R"], "visibility": "national", "language": "en"});
            who.post("/gaps", body).await.ok(201)["id"].clone()
        };
        gap(&kgz, "KGZ", "No monitors").await;
        gap(&kgz, "KGZ", "No staff").await;
        gap(&kaz, "KAZ", "No spare parts").await;
        let all = json!({"subject": {"kind": "gap"}, "audiences": ["region:CA"]});
        kgz.post("/releases", all).await.ok(201);
        let regional = app.user("regional").await;

        let answer = regional.get("/regions/CA/gaps").await;
        let text = "{ regionGaps(code: \"CA\") { countries memberCountries areas { area { code } gaps gapsOpen } } }";
        let twin = regional.graphql(text, json!({})).await;
        let outside = app.anonymous().get("/regions/CA/gaps").await;
        let nowhere = regional.get("/regions/XX/gaps").await;

        let body = answer.ok(200);
        assert_eq!((&body["region"], &body["countries"], &body["member_countries"]), (&json!("CA"), &json!(1), &json!(2)));
        assert_eq!(body["areas"].as_array().expect("a list").len(), 1);
        let area = &body["areas"][0];
        assert_eq!((&area["area"]["code"], &area["area"]["name"]), (&json!("BORDER"), &json!("Border control")));
        assert_eq!((&area["gaps"], &area["gaps_open"], &area["countries"]), (&json!(2), &json!(2), &json!(1)));
        assert_eq!(
            twin.data()["regionGaps"],
            json!({"countries": 1, "memberCountries": 2, "areas": [{"area": {"code": "BORDER"}, "gaps": 2, "gapsOpen": 2}]})
        );
        assert_eq!(outside.ok(200)["areas"], json!([]));
        nowhere.problem(404, "not_found");
    })
    .await;
}
