//! Fields that a country withholds: null for others, and no way to find out what they hold.

use serde_json::{Value as Json, json};

use super::of_plan;
use crate::support::{TestApp, app, client::Client};

async fn rule(app: &TestApp, more: Json) -> String {
    let mut body = json!({"owner": "KGZ", "kind": "action", "field": "cost"});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.user("focal_point").await.post("/disclosure-rules", body).await;
    made.ok(201);
    made.id()
}

/// The action of the released plan with a cost and a description.
async fn filled(app: &TestApp) -> String {
    let path = format!("/actions/{}", app.world.id("action:released"));
    let body = json!({"cost": {"amount": "12.50", "currency": "EUR"}, "description": "Buried stocks",
        "translations": {"ru": {"description": "Зарытые запасы"}}, "funding_source": "Fund"});
    app.user("focal_point").await.edit(&path, body).await.ok(200);
    path
}

async fn field(client: &Client<'_>, path: &str, name: &str) -> Json {
    client.get(path).await.ok(200)[name].clone()
}

#[tokio::test]
async fn a_withheld_field_is_null_outside_on_both_faces_in_history_and_feed() {
    app(async |app| {
        let path = filled(app).await;
        let partner = app.user("partner").await;
        let before = field(&partner, &path, "cost").await;
        rule(app, json!({})).await;
        rule(app, json!({"field": "description"})).await;

        let rest = partner.get(&format!("{path}?lang=*")).await;
        let graphql =
            "query($id: ID!) { action(id: $id) { description cost { amount } translations fundingSource } }";
        let graphql = partner.graphql(graphql, json!({"id": app.world.id("action:released")})).await;
        let history = partner.get(&format!("{path}/history")).await;
        let feed = partner.get("/changes?limit=200").await;
        let inside = app.user("observer").await.get(&path).await;

        assert_eq!(before["amount"], "12.50");
        let body = rest.ok(200);
        assert_eq!(
            (&body["cost"], &body["description"], &body["funding_source"]),
            (&json!(null), &json!(null), &json!("Fund"))
        );
        assert_eq!(graphql.data()["action"]["cost"], json!(null));
        for text in [&rest.body, &graphql.body, &history.body, &feed.body].map(ToString::to_string) {
            assert!(
                !text.contains("12.50") && !text.contains("Buried") && !text.contains("Зарытые"),
                "{text}"
            );
        }
        assert!(feed.body.to_string().contains("Action released"), "{}", feed.body);
        assert_eq!(inside.ok(200)["cost"]["amount"], "12.50");
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_a_record_by_what_is_withheld() {
    app(async |app| {
        let path = filled(app).await;
        let (partner, observer) = (app.user("partner").await, app.user("observer").await);
        let hits = async |client: &Client<'_>| {
            client.get("/actions?q=buried&total=true").await.ok(200)["page"]["total"].clone()
        };
        let before = hits(&partner).await;
        rule(app, json!({"field": "description"})).await;

        assert_eq!((before, hits(&partner).await, hits(&observer).await), (json!(1), json!(0), json!(1)));
        let twin = partner.graphql(r#"{ actions(filter: {q: "buried"}) { totalCount } }"#, json!({})).await;
        assert_eq!(twin.data()["actions"]["totalCount"], 0);
        assert_eq!(partner.get(&path).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_filter_passes_by_the_records_whose_field_is_withheld() {
    app(async |app| {
        let path = format!("/tasks/{}", app.world.id("task:released"));
        app.user("focal_point").await.edit(&path, json!({"family": "legal_framework"})).await.ok(200);
        let partner = app.user("partner").await;
        let hits = async || {
            partner.get("/tasks?family=legal_framework&total=true").await.ok(200)["page"]["total"].clone()
        };
        let before = hits().await;

        rule(app, json!({"kind": "task", "field": "family"})).await;

        assert_eq!(
            (before, hits().await, field(&partner, &path, "family").await),
            (json!(1), json!(0), json!(null))
        );
    })
    .await;
}

#[tokio::test]
async fn outside_the_group_are_those_who_would_not_see_it_shared_with_a_group() {
    app(async |app| {
        let path = filled(app).await;
        rule(app, json!({"scope": "outside_group"})).await;

        let mut found = Vec::new();
        for name in [
            "focal_point",
            "secretariat",
            "officer",
            "contributor",
            "bystander",
            "observer",
            "approver",
            "partner",
        ] {
            let client = app.user(name).await;
            let twin = client
                .graphql(
                    "query($id: ID!) { action(id: $id) { cost { amount } } }",
                    json!({"id": app.world.id("action:released")}),
                )
                .await;
            let (rest, list) = (field(&client, &path, "cost").await, client.get("/actions?limit=200").await);
            let listed = list.body.to_string().contains("12.50");
            assert_eq!(
                (rest.is_null(), listed),
                (twin.data()["action"]["cost"].is_null(), !rest.is_null()),
                "{name}"
            );
            found.push((name, !rest.is_null()));
        }

        assert_eq!(
            found,
            [
                ("focal_point", true),
                ("secretariat", true),
                ("officer", true),
                ("contributor", true),
                ("bystander", false),
                ("observer", false),
                ("approver", false),
                ("partner", false)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_rule_holds_between_its_instants_and_ends_with_its_deletion() {
    app(async |app| {
        let path = filled(app).await;
        let id = rule(app, json!({"from_at": super::in_hours(2), "until_at": super::in_hours(4)})).await;
        let mut found = Vec::new();
        for _ in 0..3 {
            found.push(field(&app.user("partner").await, &path, "cost").await.is_null());
            app.state.clock.advance(chrono::TimeDelta::hours(2));
        }
        let now = rule(app, json!({})).await;
        found.push(field(&app.user("partner").await, &path, "cost").await.is_null());
        let me = app.user("focal_point").await;
        let read = me.get(&format!("/disclosure-rules/{now}")).await;
        me.delete(&format!("/disclosure-rules/{now}"), &read.etag()).await.ok(204);
        found.push(field(&app.user("partner").await, &path, "cost").await.is_null());

        assert_eq!(found, [false, true, false, true, false]);
        assert!(!id.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_rule_names_a_field_that_may_be_withheld() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let post = async |body: Json| me.post("/disclosure-rules", body).await;

        let field = post(json!({"owner": "KGZ", "kind": "action", "field": "title"})).await;
        let kind = post(json!({"owner": "KGZ", "kind": "actoin", "field": "cost"})).await;
        let end = post(json!({"owner": "KGZ", "kind": "actions", "field": "cost", "from_at": super::in_hours(2), "until_at": super::in_hours(1)})).await;
        let foreign = post(json!({"owner": "KAZ", "kind": "action", "field": "cost"})).await;
        let other = app.user("secretariat").await.post("/disclosure-rules", json!({"owner": "KGZ", "kind": "action", "field": "cost"})).await;

        assert_eq!(field.violations(), [("/field".to_owned(), "not_disclosable".to_owned())]);
        assert!(field.body.to_string().contains("`cost`"), "{}", field.body);
        assert_eq!(kind.violations(), [("/kind".to_owned(), "not_in_list".to_owned())]);
        assert_eq!(end.violations(), [("/until_at".to_owned(), "rule_broken".to_owned())]);
        foreign.problem(403, "forbidden");
        other.problem(403, "forbidden");
    })
    .await;
}

#[tokio::test]
async fn a_preview_names_what_stays_withheld() {
    app(async |app| {
        rule(app, json!({})).await;

        let preview = app.user("focal_point").await.post("/releases/preview", of_plan(app, json!({}))).await;

        assert_eq!(preview.ok(200)["audiences"][0]["withheld"], json!([{"kind": "action", "field": "cost"}]));
    })
    .await;
}

#[tokio::test]
async fn an_edit_by_somebody_who_does_not_see_a_field_leaves_it_as_it_is() {
    app(async |app| {
        let (me, portal) = (app.user("focal_point").await, app.user("portal").await);
        let path = format!("/tasks/{}", app.world.id("task:national"));
        me.edit(&path, json!({"description": "Secret"})).await.ok(200);
        rule(app, json!({"kind": "task", "field": "description", "scope": "outside_group"})).await;

        let edited = portal.edit(&path, json!({"title": "Other"})).await;

        assert_eq!((&edited.ok(200)["description"], &edited.body["title"]), (&json!(null), &json!("Other")));
        assert_eq!(field(&me, &path, "description").await, "Secret");
    })
    .await;
}
