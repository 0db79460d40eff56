//! Releases: what an owner shows beyond itself, to whom, and until when.

mod disclosed;
mod inherited;
mod previews;
mod regions;
mod walk;
mod whole_plan;

use chrono::TimeDelta;
use concord::domain::sharing::term;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{TestApp, app, client::Client, start};

/// The body of a release of the national plan to partners, with other members.
fn of_plan(app: &TestApp, more: Json) -> Json {
    let mut body = json!({"subject": {"plan": app.world.id("plan:national")}, "audiences": ["partners"]});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    body
}

/// The statuses of records of the national plan, as somebody reads them.
async fn seen(client: &Client<'_>, app: &TestApp) -> Vec<u16> {
    let mut all = Vec::new();
    for kind in ["plan", "pillar", "objective", "action"] {
        let path = format!("/{kind}s/{}", app.world.id(&format!("{kind}:national")));
        all.push(client.get(&path).await.status);
    }
    all
}

fn in_hours(hours: i64) -> String {
    (start() + TimeDelta::hours(hours)).to_rfc3339()
}

/// What a release of one record says.
fn of_record(kind: &str, id: Uuid, audience: &str) -> Json {
    json!({"subject": {"record": {"kind": kind, "id": id}}, "audiences": [audience]})
}

#[tokio::test]
async fn a_plan_is_released_shortened_and_revoked() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let before = seen(&partner, app).await;

        let made = me.post("/releases", of_plan(app, json!({"basis": "Order 12"}))).await;
        let path = format!("/releases/{}", made.id());
        let shown = seen(&partner, app).await;
        let live = me.get("/releases?live=true&audience=partners&total=true").await;
        let shortened = me.act(&path, "shorten", json!({"until_at": in_hours(5)})).await;
        let revoked = me.act(&path, "revoke", json!({"status_reason": "A mistake"})).await;
        let after = seen(&partner, app).await;

        assert_eq!((before, shown, after), (vec![404; 4], vec![200; 4], vec![404; 4]));
        let body = made.ok(201);
        assert_eq!(
            (&body["owner"], &body["status"], &body["is_live"]),
            (&json!("KGZ"), &json!("live"), &json!(true))
        );
        assert_eq!(body["subject"], json!({"plan": app.world.id("plan:national")}));
        assert_eq!(live.ok(200)["page"]["total"], 2);
        assert_eq!(shortened.ok(200)["status"], "live");
        assert!(shortened.body["until_at"].as_str().expect("an end").starts_with("2026-11-21T15:00:00"));
        let revoked = revoked.ok(200);
        assert_eq!((&revoked["status"], &revoked["status_reason"]), (&json!("revoked"), &json!("A mistake")));
        assert_eq!(revoked["revoked_by"], json!(app.world.id("focal_point")));
    })
    .await;
}

#[tokio::test]
async fn graphql_releases_previews_and_revokes_as_well() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let input = json!({"input": of_plan(app, json!({}))});

        let preview = "query($input: NewRelease!) { releasePreview(input: $input) { audiences { audience counts { kind count } } } }";
        let preview = me.graphql(preview, input.clone()).await;
        let make = "mutation($input: NewRelease!) { createRelease(input: $input) { release { id version status subject { plan kind record { id } } } } }";
        let made = me.graphql(make, input).await;
        let release = made.data()["createRelease"]["release"].clone();
        let shown = seen(&partner, app).await;
        let revoke = "mutation($id: ID!, $v: Int!) { revokeRelease(input: {id: $id, expectedVersion: $v}) { release { status isLive } } }";
        let revoked = me.graphql(revoke, json!({"id": release["id"], "v": release["version"]})).await;
        let list = "{ releases(filter: {live: false}) { nodes { id status } } }";
        let list = me.graphql(list, json!({})).await;

        let counts = preview.data()["releasePreview"]["audiences"][0]["counts"].clone();
        let kind = |kind: &str| json!({"kind": kind, "count": 1});
        assert_eq!(counts, json!([kind("plan"), kind("pillar"), kind("objective"), kind("action")]));
        assert_eq!(release["status"], "LIVE");
        assert_eq!(release["subject"], json!({"plan": app.world.id("plan:national"), "kind": null, "record": null}));
        assert_eq!(shown, [200; 4]);
        assert_eq!(revoked.data()["revokeRelease"]["release"], json!({"status": "REVOKED", "isLive": false}));
        assert_eq!(list.data()["releases"]["nodes"], json!([{"id": release["id"], "status": "REVOKED"}]));
    })
    .await;
}

#[tokio::test]
async fn an_embargo_and_an_end_hold_at_their_instants() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let made = me
            .post("/releases", of_plan(app, json!({"from_at": in_hours(2), "until_at": in_hours(4)})))
            .await;
        let path = format!("/releases/{}", made.id());

        let mut found = vec![(made.body["status"].clone(), seen(&partner, app).await[0])];
        for hours in [2, 2] {
            app.state.clock.advance(TimeDelta::hours(hours));
            let status = app
                .user("partner")
                .await
                .get(&format!("/plans/{}", app.world.id("plan:national")))
                .await
                .status;
            term::keep_terms(&app.system()).await.expect("the terms are kept");
            found.push((app.user("focal_point").await.get(&path).await.body["status"].clone(), status));
        }

        assert_eq!(found, [(json!("scheduled"), 404), (json!("live"), 200), (json!("ended"), 404)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_release_is_told_at_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let foreign = json!({"record": {"kind": "task", "id": app.world.id("task:foreign")}});
        let hidden = json!({"record": {"kind": "task", "id": app.world.id("task:agency")}});
        let of = |subject: Json| json!({"subject": subject, "audiences": ["public"]});

        let many = me
            .post("/releases", json!({"subject": {"plan": Uuid::nil(), "kind": "task"}, "audiences": ["partner", "country:KGZ"],
                "from_at": in_hours(-2), "until_at": in_hours(-3), "mode": "count", "may_comment": true}))
            .await;
        let end = me.post("/releases", of_plan(app, json!({"from_at": in_hours(4), "until_at": in_hours(3)}))).await;
        let none = me.post("/releases", of(json!({}))).await;
        let kind = me.post("/releases", of(json!({"kind": "obligation"}))).await;
        let (foreign, hidden) = (me.post("/releases", of(foreign)).await, me.post("/releases", of(hidden)).await);

        let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
        };
        assert_eq!(many.problem(422, "invalid")["errors"].as_array().map(Vec::len), Some(6), "{}", many.body);
        assert_eq!(many.violations(), pairs(&[("/audiences/0", "not_in_list"), ("/audiences/1", "rule_broken"),
            ("/from_at", "in_the_past"), ("/may_comment", "rule_broken"), ("/subject", "rule_broken"),
            ("/until_at", "rule_broken")]));
        assert!(many.body.to_string().contains("did you mean `partners`"), "{}", many.body);
        assert_eq!(end.violations(), pairs(&[("/until_at", "rule_broken")]));
        assert_eq!(none.violations(), pairs(&[("/subject", "rule_broken")]));
        assert_eq!(kind.violations(), pairs(&[("/subject/kind", "not_in_list")]));
        assert_eq!(foreign.violations(), pairs(&[("/subject/record/id", "reference_not_found")]));
        assert_eq!(hidden.violations(), pairs(&[("/subject/record/id", "reference_not_found")]));
    })
    .await;
}

/// What is released to somebody is not theirs to release, whatever they call their release.
#[tokio::test]
async fn nobody_releases_what_others_have_released_to_them() {
    app(async |app| {
        let (owner, me) = (app.user("foreign_focal_point").await, app.user("focal_point").await);
        let plan = app.world.id("plan:foreign");
        let body = json!({"subject": {"plan": plan}, "audiences": ["country:KGZ"]});
        let theirs = owner.post("/releases", body).await;
        let body = json!({"subject": {"kind": "plan"}, "audiences": ["public"], "source_system": "release",
            "external_key": format!("{}/stays", theirs.id())});

        let (made, preview) =
            (me.post("/releases", body.clone()).await, me.post("/releases/preview", body).await);
        let named = me.post("/releases", json!({"subject": {"plan": plan}, "audiences": ["public"]})).await;

        assert_eq!(theirs.status, 201);
        let reserved = [("/source_system".to_owned(), "source_system_reserved".to_owned())];
        assert_eq!((made.violations(), preview.violations()), (reserved.to_vec(), reserved.to_vec()));
        assert_eq!(named.violations(), [("/subject/plan".to_owned(), "rule_broken".to_owned())]);
        assert_eq!(app.anonymous().get(&format!("/plans/{plan}")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn only_who_decides_for_the_owner_releases_previews_and_revokes() {
    app(async |app| {
        let made = app.user("focal_point").await.post("/releases", of_plan(app, json!({}))).await;
        let path = format!("/releases/{}", made.id());

        let mut found = Vec::new();
        for name in ["secretariat", "officer", "observer", "foreign_focal_point", "operator"] {
            let client = app.user(name).await;
            let preview = client.post("/releases/preview", of_plan(app, json!({}))).await.status;
            let create = client.post("/releases", of_plan(app, json!({}))).await.status;
            let revoke =
                client.with("if-match", made.etag()).post(&format!("{path}/revoke"), json!({})).await.status;
            found.push((name, preview, create, revoke));
        }
        let anonymous = app.anonymous().post("/releases/preview", of_plan(app, json!({}))).await.status;

        assert_eq!(
            found,
            [
                ("secretariat", 403, 403, 403),
                ("officer", 403, 403, 404),
                ("observer", 403, 403, 404),
                ("foreign_focal_point", 422, 422, 404),
                ("operator", 403, 403, 404)
            ]
        );
        assert_eq!(anonymous, 401);
    })
    .await;
}

#[tokio::test]
async fn an_end_only_moves_nearer_and_verbs_name_the_version() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let made = me.post("/releases", of_plan(app, json!({"until_at": in_hours(4)}))).await;
        let path = format!("/releases/{}", made.id());

        let later = me.act(&path, "shorten", json!({"until_at": in_hours(5)})).await;
        let past = me.act(&path, "shorten", json!({"until_at": in_hours(-1)})).await;
        let bare = me.post(&format!("{path}/revoke"), json!({})).await;
        let confirm = me.act(&path, "confirm", json!({})).await;
        let edit = me
            .with("if-match", made.etag())
            .send(
                axum::http::Method::PATCH,
                &format!("/api/v1{path}"),
                Some("application/json"),
                b"{}".to_vec(),
            )
            .await;

        assert_eq!(later.violations(), [("/until_at".to_owned(), "rule_broken".to_owned())]);
        assert_eq!(past.violations(), [("/until_at".to_owned(), "in_the_past".to_owned())]);
        bare.problem(428, "version_required");
        confirm.problem(409, "illegal_move");
        edit.problem(405, "method_not_allowed");
    })
    .await;
}

#[tokio::test]
async fn a_count_release_lets_nobody_read() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);

        let made = me.post("/releases", of_plan(app, json!({"mode": "count"}))).await;

        assert_eq!(made.ok(201)["status"], "live");
        assert_eq!(seen(&partner, app).await, [404; 4]);
    })
    .await;
}

#[tokio::test]
async fn the_country_sees_which_releases_a_record_is_in_and_nobody_else_does() {
    app(async |app| {
        let (me, partner) = (app.user("focal_point").await, app.user("partner").await);
        let made = me.post("/releases", of_plan(app, json!({}))).await;
        let path = format!("/actions/{}/releases", app.world.id("action:national"));
        let ids = |answer: &Json| {
            answer["items"].as_array().map(|all| all.iter().map(|one| one["id"].clone()).collect::<Vec<_>>())
        };

        let mine = me.get(&path).await;
        let narrowed = me.get(&format!("{path}?live=false")).await;
        let outside = partner.get(&path).await;
        let foreign = app.user("foreign_observer").await.get(&path).await;
        let record = app.world.id("action:national");
        let twin = me
            .graphql(
                "query($id: ID!) { releases(filter: {record: [$id]}) { nodes { id } } }",
                json!({"id": record}),
            )
            .await;

        assert_eq!(ids(mine.ok(200)), Some(vec![json!(made.id())]));
        assert_eq!(ids(narrowed.ok(200)), Some(vec![]));
        assert_eq!(ids(outside.ok(200)), Some(vec![]));
        foreign.problem(404, "not_found");
        assert_eq!(twin.data()["releases"]["nodes"], json!([{"id": made.id()}]));
    })
    .await;
}

#[tokio::test]
async fn regional_and_partner_release_what_their_owner_owns() {
    app(async |app| {
        let (regional, outsider) = (app.user("regional").await, app.user("partner").await);
        let plan = app.world.id("plan:regional");
        let before = outsider.get(&format!("/plans/{plan}")).await.status;

        let made =
            regional.post("/releases", json!({"subject": {"plan": plan}, "audiences": ["org:unicri"]})).await;

        assert_eq!(made.ok(201)["audiences"], json!(["org:UNICRI"]));
        assert_eq!((before, outsider.get(&format!("/plans/{plan}")).await.status), (404, 200));
    })
    .await;
}
