//! A country keeps a focal point.

use concord::domain::Registered;
use entity::Grant;
use kernel::{Unit, record::Op};
use serde_json::{Value as Json, json};

use super::{at, delete, grant};
use crate::support::{TestApp, app};

/// How many focal points a country has.
async fn focal_points(app: &TestApp, owner: &str) -> Json {
    let path = format!("/grants?owner={owner}&role=focal_point&total=true");
    app.user("operator").await.get(&path).await.ok(200)["page"]["total"].clone()
}

/// Removes the first focal point's grant with the service's own authority; answers the code of a refusal.
async fn remove_first(app: &TestApp) -> Result<(), &'static str> {
    let id = app.world.id("grant:focal_point");
    let remove =
        async move |unit: &mut Unit| unit.apply_one(Grant::def(), Op::Delete { id, version: Some(1) }).await;
    app.system().write(remove).await.map(|_| ()).map_err(|error| error.code().name())
}

#[tokio::test]
async fn the_operator_offers_the_office_of_a_first_focal_point_where_there_is_none() {
    app(async |app| {
        let country = json!({"code": "TJK", "iso2": "TJ", "name": "Tajikistan", "name_long": "Tajikistan",
            "official_languages": ["tg"], "time_zone": "Asia/Dushanbe", "is_partner": true,
            "confidence": "high"});
        app.user("steward").await.post("/countries", country).await.ok(201);
        let operator = app.user("operator").await;

        let first = operator.post("/grants", grant("TJK", "first@test", "focal_point")).await;
        let second = operator.post("/grants", grant("TJK", "second@test", "focal_point")).await;
        let elsewhere = operator.post("/grants", grant("KGZ", "second@test", "focal_point")).await;
        let regional = operator.post("/grants", grant("region:CA", "desk@test", "regional")).await;

        first.ok(201);
        second.ok(201);
        elsewhere.problem(403, "forbidden");
        regional.ok(201);
    })
    .await;
}

#[tokio::test]
async fn the_last_focal_point_stays() {
    app(async |app| {
        let removed = remove_first(app).await;

        assert_eq!(removed, Err("last_focal_point"));
        assert_eq!(focal_points(app, "KGZ").await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_focal_points_who_remove_each_other_leave_one() {
    app(async |app| {
        let first = app.user("focal_point").await;
        let made = first.post("/grants", grant("KGZ", "observer@test", "focal_point")).await;
        let second = app.user("observer").await;
        let (theirs, ours) = (format!("/grants/{}", made.id()), at(app, "focal_point"));

        let (one, other) = tokio::join!(
            first.delete(&theirs, "\"1.000000000000\""),
            second.delete(&ours, "\"1.000000000000\"")
        );

        assert_eq!([one.status, other.status].iter().filter(|status| **status == 204).count(), 1);
        assert_eq!(focal_points(app, "KGZ").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_focal_points_account_is_not_closed() {
    app(async |app| {
        let operator = app.user("operator").await;
        let path = format!("/users/{}", app.world.id("focal_point"));

        let closed = operator.edit(&path, json!({"valid_until": "2026-11-20T00:00:00Z"})).await;
        let deleted = delete(&operator, &path).await;

        closed.problem(409, "last_focal_point");
        deleted.problem(409, "in_use");
    })
    .await;
}

/// Makes the observer a focal point beside the first, and answers the address of the grant.
async fn second_focal_point(app: &TestApp, until: Json) -> String {
    let mut body = grant("KGZ", "observer@test", "focal_point");
    body["valid_until"] = until;
    let made = app.user("focal_point").await.post("/grants", body).await;
    made.ok(201);
    format!("/grants/{}", made.id())
}

#[tokio::test]
async fn two_focal_points_accounts_are_not_closed_one_after_the_other() {
    app(async |app| {
        second_focal_point(app, Json::Null).await;
        let operator = app.user("operator").await;
        let closed = json!({"valid_until": "2026-01-01T00:00:00Z"});

        let one = operator.edit(&format!("/users/{}", app.world.id("focal_point")), closed.clone()).await;
        let other = operator.edit(&format!("/users/{}", app.world.id("observer")), closed).await;

        one.ok(200);
        other.problem(409, "last_focal_point");
    })
    .await;
}

#[tokio::test]
async fn two_focal_points_accounts_are_not_closed_in_one_batch() {
    app(async |app| {
        second_focal_point(app, Json::Null).await;
        let item = |name: &str| {
            json!({"op": "update", "id": app.world.id(name), "version": 1,
                "data": {"valid_until": "2026-01-01T00:00:00Z"}})
        };
        let batch = json!({"atomic": "each", "items": [item("focal_point"), item("observer")]});

        let answer = app.user("operator").await.post("/users/batch", batch).await;

        let outcomes = &answer.ok(200)["outcomes"];
        assert_eq!(outcomes[0]["result"], "updated");
        assert_eq!(outcomes[1]["errors"][0]["code"], "last_focal_point");
    })
    .await;
}

#[tokio::test]
async fn a_deputy_for_a_time_does_not_stand_in_for_good() {
    app(async |app| {
        let theirs = second_focal_point(app, json!("2030-12-31")).await;
        let first = app.user("focal_point").await;
        let deputy = app.user("observer").await.with("x-concord-act-as", "KGZ");

        let lasting_gone = delete(&deputy, &at(app, "focal_point")).await;
        let lasting_dated = deputy.edit(&at(app, "focal_point"), json!({"valid_until": "2031-01-01"})).await;
        let deputy_gone = delete(&first, &theirs).await;

        lasting_gone.problem(409, "last_focal_point");
        lasting_dated.problem(409, "last_focal_point");
        deputy_gone.ok(204);
    })
    .await;
}

#[tokio::test]
async fn focal_points_cannot_date_each_other_out_of_office() {
    app(async |app| {
        let theirs = second_focal_point(app, Json::Null).await;
        let first = app.user("focal_point").await;
        let second = app.user("observer").await;

        let one = first.edit(&theirs, json!({"valid_until": "2030-12-31"})).await;
        let other = second.edit(&at(app, "focal_point"), json!({"valid_from": "2099-01-01"})).await;

        one.ok(200);
        other.problem(409, "last_focal_point");
    })
    .await;
}

#[tokio::test]
async fn whose_account_is_closed_is_no_focal_point() {
    app(async |app| {
        second_focal_point(app, Json::Null).await;
        let operator = app.user("operator").await;
        let closed = json!({"valid_until": "2026-01-01T00:00:00Z"});
        operator.edit(&format!("/users/{}", app.world.id("observer")), closed).await.ok(200);

        let removed = remove_first(app).await;

        assert_eq!(removed, Err("last_focal_point"));
    })
    .await;
}
