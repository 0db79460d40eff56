//! A grant needs the consent of its person.

use serde_json::{Value as Json, json};

use super::{grant, of_agency};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

const NEW: &str = "nine quiet glaciers";

/// A grant as its owner sees it, without what differs from one record to the other.
fn alike(answer: &Answer) -> Json {
    let mut body = answer.ok(201).clone();
    for own in ["id", "offered_to"] {
        assert!(body.as_object_mut().expect("an object").remove(own).is_some());
    }
    body
}

async fn reply(who: &Client<'_>, offer: &str, reply: &str) -> Answer {
    who.post(&format!("/me/grants/{offer}/{reply}"), json!({})).await
}

/// The foreign focal point offers the observer a grant; answers its id.
async fn offer_abroad(app: &TestApp) -> String {
    let abroad = app.user("foreign_focal_point").await;
    let made = abroad.post("/grants", grant("KAZ", "observer@test", "observer")).await;
    assert_eq!(made.ok(201)["consent"], "offered");
    made.id()
}

/// A country that has no focal point yet.
async fn country(app: &TestApp) {
    let country = json!({"code": "TJK", "iso2": "TJ", "name": "Tajikistan", "name_long": "Tajikistan",
        "official_languages": ["tg"], "time_zone": "Asia/Dushanbe", "is_partner": true, "confidence": "high"});
    app.user("steward").await.post("/countries", country).await.ok(201);
}

async fn set_password(app: &TestApp, token: &Answer) -> Answer {
    let body = json!({"token": token.ok(201)["token"], "password": NEW});
    app.anonymous().post("/auth/accept", body).await
}

#[tokio::test]
async fn a_first_grant_is_offered_and_does_not_tell_whether_there_was_an_account() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let query = "query($id: ID!) { grant(id: $id) { consent offeredTo user { name } } }";

        let missing = me.post("/grants", grant("KGZ", "New.Person@test", "observer")).await;
        let known = me.post("/grants", grant("KGZ", "foreign_observer@test", "observer")).await;
        let by_graphql = me.graphql(query, json!({"id": known.id()})).await;

        assert_eq!(alike(&missing), alike(&known));
        assert_eq!((&known.body["consent"], &known.body["user"]), (&json!("offered"), &Json::Null));
        assert_eq!(missing.body["offered_to"], "new.person@test");
        let told = json!({"consent": "OFFERED", "offeredTo": "foreign_observer@test", "user": null});
        assert_eq!(by_graphql.data()["grant"], told);
        for email in ["new.person@test", "foreign_observer@test"] {
            assert_eq!(me.get(&format!("/users?email={email}")).await.ok(200)["items"], json!([]));
        }
        let id = app.world.id("foreign_observer");
        me.get(&format!("/users/{id}")).await.problem(404, "not_found");
        me.get(&format!("/users/{id}/history")).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_offer_counts_for_nothing_until_it_is_accepted() {
    app(async |app| {
        let offer = offer_abroad(app).await;
        let me = app.user("observer").await;
        let token = format!("/users/{}/password-token", app.world.id("observer"));
        let home = app.user("focal_point").await;

        let open = me.get("/tasks").await;
        let there = me.with("x-concord-act-as", "KAZ").get("/tasks").await;
        let about = me.get("/me").await;
        let reset = home.post(&token, json!({})).await;
        let accepted = reply(&me, &offer, "accept").await;

        open.ok(200);
        there.problem(403, "forbidden");
        assert_eq!(about.ok(200)["owners"], json!(["KGZ"]));
        assert_eq!(about.body["offers"][0]["id"], offer);
        assert_eq!(about.body["offers"][0]["owner"], "KAZ");
        reset.ok(201);
        assert_eq!(accepted.ok(200)["consent"], "accepted");
        assert_eq!(accepted.body["offered_to"], Json::Null);
        me.get("/tasks").await.problem(400, "act_as_required");
        me.with("x-concord-act-as", "KAZ").get("/tasks").await.ok(200);
        home.post(&token, json!({})).await.problem(403, "forbidden");
        assert_eq!(me.get("/me").await.ok(200)["offers"], json!([]));
        let account = format!("/users/{}", app.world.id("observer"));
        app.user("foreign_focal_point").await.get(&account).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn what_is_declined_never_comes_into_force() {
    app(async |app| {
        let offer = offer_abroad(app).await;
        let me = app.user("observer").await;

        let declined = reply(&me, &offer, "decline").await;
        let again = reply(&me, &offer, "decline").await;
        let late = reply(&me, &offer, "accept").await;

        assert_eq!(declined.ok(200)["consent"], "declined");
        assert_eq!(again.ok(200)["version"], declined.body["version"]);
        late.problem(409, "offer_closed");
        assert_eq!(me.get("/me").await.ok(200)["offers"], json!([]));
        let abroad = app.user("foreign_focal_point").await;
        let seen = abroad.get(&format!("/grants/{offer}/history")).await;
        assert_eq!(seen.ok(200)["items"][1]["record"]["consent"], "declined");
        abroad.get(&format!("/users/{}", app.world.id("observer"))).await.problem(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    app(async |app| {
        let offer = offer_abroad(app).await;
        let mutation = "mutation($id: ID!) { acceptGrant(input: {id: $id}) { grant { consent } } }";
        let giver = app.user("foreign_focal_point").await;

        reply(&giver, &offer, "accept").await.problem(404, "not_found");
        reply(&app.user("focal_point").await, &offer, "decline").await.problem(404, "not_found");
        reply(&app.user("operator").await, &offer, "accept").await.problem(404, "not_found");
        reply(&app.anonymous(), &offer, "accept").await.problem(401, "unauthenticated");
        reply(&giver, "nothing", "accept").await.problem(404, "not_found");
        let twin = giver.graphql(mutation, json!({"id": offer})).await;
        assert_eq!(twin.body["errors"][0]["extensions"]["code"], "not_found");
        let edited = giver.edit(&format!("/grants/{offer}"), json!({"consent": "accepted"})).await;
        assert_eq!(edited.violations(), [("/consent".to_owned(), "unknown_member".to_owned())]);
        let own = app.user("observer").await.edit(&format!("/grants/{offer}"), json!({})).await;
        own.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn both_faces_accept_and_decline() {
    app(async |app| {
        let (first, second) = (offer_abroad(app).await, offer_abroad(app).await);
        let me = app.user("observer").await;
        let query = "{ me { offers { id role owner validUntil agency { code } } } }";
        let mutation = |verb: &str| {
            format!("mutation($id: ID!) {{ {verb}Grant(input: {{id: $id}}) {{ grant {{ id consent }} }} }}")
        };

        let offers = me.graphql(query, json!({})).await;
        let declined = me.graphql(&mutation("decline"), json!({"id": first})).await;
        let accepted = me.graphql(&mutation("accept"), json!({"id": second})).await;

        let offer = |id: &str| json!({"id": id, "role": "OBSERVER", "owner": "KAZ", "validUntil": null, "agency": null});
        assert_eq!(offers.data()["me"]["offers"], json!([offer(&second), offer(&first)]));
        let grant = json!({"id": first, "consent": "DECLINED"});
        assert_eq!(declined.data()["declineGrant"]["grant"], grant);
        let grant = json!({"id": second, "consent": "ACCEPTED"});
        assert_eq!(accepted.data()["acceptGrant"]["grant"], grant);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_repeated_under_its_key() {
    app(async |app| {
        let offer = offer_abroad(app).await;
        let me = app.user("observer").await.with("idempotency-key", "answer-1");

        let first = reply(&me, &offer, "accept").await;
        let again = reply(&me, &offer, "accept").await;

        assert_eq!(first.ok(200), again.ok(200));
        assert_eq!(again.headers["idempotency-replayed"], "true");
    })
    .await;
}

#[tokio::test]
async fn further_grants_of_an_owner_need_no_consent_while_the_person_holds_one() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let held = format!("/grants/{}", app.world.id("grant:observer"));

        let more = me.post("/grants", grant("KGZ", "observer@test", "approver")).await;
        let ended = json!({"valid_until": "2026-11-20"});
        me.edit(&held, ended.clone()).await.ok(200);
        me.edit(&format!("/grants/{}", more.id()), ended).await.ok(200);
        let renewed = me.edit(&held, json!({"valid_until": null})).await;
        let anew = me.post("/grants", grant("KGZ", "observer@test", "approver")).await;

        assert_eq!(more.ok(201)["consent"], "accepted");
        assert_eq!(renewed.ok(200)["consent"], "offered");
        assert_eq!(anew.ok(201)["consent"], "offered");
        assert_eq!(app.user("observer").await.get("/me").await.ok(200)["grants"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn whom_the_office_is_only_offered_is_no_focal_point() {
    app(async |app| {
        country(app).await;
        let operator = app.user("operator").await;
        let first = operator.post("/grants", grant("TJK", "first@test", "focal_point")).await;
        let second = operator.post("/grants", grant("TJK", "second@test", "focal_point")).await;
        let (one, two) = (app.addressee("first@test").await, app.addressee("second@test").await);

        let taken = reply(&one, &first.id(), "accept").await;
        let late = reply(&two, &second.id(), "accept").await;
        let third = operator.post("/grants", grant("TJK", "third@test", "focal_point")).await;
        let deputy = one.post("/grants", grant("TJK", "deputy@test", "focal_point")).await;
        let in_office = app.addressee("deputy@test").await;

        assert_eq!(taken.ok(200)["consent"], "accepted");
        late.problem(409, "offer_closed");
        third.problem(403, "forbidden");
        let path = format!("/grants/{}", first.id());
        app.user("operator").await.delete(&path, &taken.etag()).await.problem(403, "forbidden");
        let closed = json!({"valid_until": "2026-11-21T09:00:00Z"});
        let account = format!("/users/{}", one.get("/me").await.id());
        operator.edit(&account, closed.clone()).await.problem(409, "last_focal_point");
        assert_eq!(reply(&in_office, &deputy.id(), "accept").await.ok(200)["consent"], "accepted");
        operator.edit(&account, closed).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn the_first_password_accepts_what_its_issuer_offered_and_nothing_else() {
    app(async |app| {
        let (home, abroad) = (app.user("focal_point").await, app.user("foreign_focal_point").await);
        let ours = home.post("/grants", of_agency("new@test", "officer", "MES")).await;
        let theirs = abroad.post("/grants", grant("KAZ", "new@test", "secretariat")).await;

        let issued = home.post(&format!("/grants/{}/password-token", ours.id()), json!({})).await;
        let set = set_password(app, &issued).await;

        set.ok(204);
        let me = app.anonymous().login("new@test", NEW).await;
        assert_eq!(me.status, 200);
        let me = app.addressee("new@test").await.get("/me").await;
        assert_eq!((&me.ok(200)["owners"], &me.body["offers"]), (&json!(["KGZ"]), &json!([])));
        let fallen = abroad.get(&format!("/grants/{}", theirs.id())).await;
        assert_eq!(fallen.ok(200)["consent"], "declined");
        let writer = home.get(&format!("/grants/{}/history", ours.id())).await;
        assert_eq!(writer.ok(200)["items"][1]["by"]["name"], "new@test");
    })
    .await;
}

#[tokio::test]
async fn a_reset_gets_nobody_what_others_have_offered() {
    app(async |app| {
        let home = app.user("focal_point").await;
        let offer = home.post("/grants", grant("KGZ", "partner@test", "secretariat")).await;
        let path = format!("/users/{}/password-token", app.world.id("partner"));

        let issued = app.user("operator").await.post(&path, json!({})).await;
        set_password(app, &issued).await.ok(204);
        let late = reply(&app.user("partner").await, &offer.id(), "accept").await;

        late.problem(409, "offer_closed");
        let seen = app.user("focal_point").await.get(&format!("/grants/{}", offer.id())).await;
        assert_eq!(seen.ok(200)["consent"], "declined");
        assert_eq!(app.user("partner").await.get("/me").await.ok(200)["owners"], json!(["org:UNICRI"]));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_a_password_is_not_invited_by_an_offer() {
    app(async |app| {
        let id = app.world.id("foreign_observer");
        concord::signin::session::set_password(&app.system(), id, NEW).await.expect("a password");
        let me = app.user("focal_point").await;
        let offer = me.post("/grants", grant("KGZ", "foreign_observer@test", "observer")).await;
        let held = format!("/grants/{}", app.world.id("grant:foreign_observer"));
        app.user("foreign_focal_point").await.edit(&held, json!({"valid_until": "2026-11-20"})).await.ok(200);

        let by_grant = me.post(&format!("/grants/{}/password-token", offer.id()), json!({})).await;
        let by_user = me.post(&format!("/users/{id}/password-token"), json!({})).await;

        by_grant.problem(403, "forbidden");
        by_user.problem(404, "not_found");
    })
    .await;
}
