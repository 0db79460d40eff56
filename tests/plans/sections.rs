//! Sections of plans: content held against the country's own schema.

use serde_json::{Value as Json, json};

use super::{adopt, at};
use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

/// A schema of a section on stockpiles.
fn stores() -> Json {
    json!({"type": "object", "required": ["year"], "additionalProperties": false,
        "properties": {"year": {"type": "integer"}, "keepers": {"type": "array", "items": {"$ref": "#/$defs/keeper"}}},
        "$defs": {"keeper": {"type": "string", "maxLength": 3}}})
}

/// Makes a section of the world's national plan.
async fn make(app: &TestApp, me: &Client<'_>, more: Json) -> Answer {
    let mut body = json!({"plan": app.world.id("plan:national"), "title": "Stockpiles", "language": "en"});
    body.as_object_mut().expect("members").extend(more.as_object().cloned().expect("members"));
    me.post("/plan-sections", body).await
}

fn told(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn a_section_keeps_its_content_as_it_was_sent() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let content = json!({"Ключ": {"z": 1, "a": [null, true, 0.1, 1e300, 18_446_744_073_709_551_615_u64, -0.5, "é\u{301}  "], "": {}},
            "$ref": "https://example.org", "deep": {"a": {"b": {"c": {"d": [[[1]]]}}}}});

        let made = make(app, &me, json!({"content": content})).await;
        let path = format!("/plan-sections/{}", made.id());
        let read = me.get(&path).await;
        let ask = "query($id: ID!) { planSection(id: $id) { content schema plan { sections { nodes { content } } } } }";
        let by_graphql = me.graphql(ask, json!({"id": made.id()})).await;
        let history = me.get(&format!("{path}/history")).await;

        assert_eq!(made.ok(201)["content"], content);
        assert_eq!(read.ok(200)["content"], content);
        let shown = &by_graphql.data()["planSection"];
        assert_eq!(shown["content"], content);
        assert_eq!(shown["schema"], Json::Null);
        assert_eq!(shown["plan"]["sections"]["nodes"][0]["content"], content);
        assert!(history.ok(200).to_string().contains("Ключ"));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_kept_in_one_form_whoever_sends_it() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let make_it =
            "mutation($i: NewPlanSection!) { createPlanSection(input: $i) { planSection { id content } } }";
        let fields = json!({"plan": app.world.id("plan:national"), "title": "Numbers", "language": "en",
            "content": {"a": 1e17, "b": 10.0, "c": -0.0, "d": 1e19}});

        let by_rest = make(app, &me, json!({"content": fields["content"]})).await;
        let by_graphql = me.graphql(make_it, json!({ "i": fields })).await;

        let kept = r#"{"a":100000000000000000,"b":10,"c":0,"d":10000000000000000000}"#;
        assert_eq!(by_rest.ok(201)["content"].to_string(), kept);
        let made = &by_graphql.data()["createPlanSection"]["planSection"];
        assert_eq!(made["content"].to_string(), kept);
        let read = me.get(&format!("/plan-sections/{}", made["id"].as_str().expect("an id"))).await;
        assert_eq!(read.ok(200)["content"].to_string(), kept);
    })
    .await;
}

#[tokio::test]
async fn content_that_breaks_its_schema_is_refused_at_every_place() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let content = json!({"keepers": ["MHE", "Ministry", 7], "other": 1});

        let refused = make(app, &me, json!({"schema": stores(), "content": content})).await;
        let right = make(app, &me, json!({"schema": stores(), "content": {"year": 2026}})).await;
        let path = format!("/plan-sections/{}", right.id());
        let edited = me.edit(&path, json!({"content": {"year": "2026"}})).await;
        let freed = me.edit(&path, json!({"content": {"year": "2026"}, "schema": null})).await;

        refused.problem(422, "invalid");
        let expected = [
            ("/content/keepers/1", "too_long"),
            ("/content/keepers/2", "wrong_type"),
            ("/content/other", "unknown_member"),
            ("/content/year", "required"),
        ];
        assert_eq!(refused.violations(), told(&expected));
        right.ok(201);
        assert_eq!(edited.violations(), told(&[("/content/year", "wrong_type")]));
        assert_eq!(freed.ok(200)["schema"], Json::Null);
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_changes_is_held_against_the_content_that_is_there() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path =
            format!("/plan-sections/{}", make(app, &me, json!({"content": {"year": "2026"}})).await.id());

        let refused = me.edit(&path, json!({"schema": stores()})).await;
        let both = me.edit(&path, json!({"schema": stores(), "content": {"year": 2026}})).await;
        let alone = me.edit(&path, json!({"content": null})).await;

        assert_eq!(refused.violations(), told(&[("/content/year", "wrong_type")]));
        both.ok(200);
        assert_eq!(alone.ok(200)["schema"], stores());
    })
    .await;
}

#[tokio::test]
async fn a_schema_is_one_and_leads_nowhere_else() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let schemas = [
            (json!({"type": "objekt"}), ("/schema/type", "not_in_list")),
            (json!({"$ref": "http://127.0.0.1:1/schema.json"}), ("/schema/$ref", "rule_broken")),
            (
                json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
                ("/schema/$schema", "rule_broken"),
            ),
            (json!({"$ref": "#"}), ("/schema", "rule_broken")),
            (json!({"pattern": "(?=a)"}), ("/schema/pattern", "bad_format")),
            (json!({"description": "x".repeat(70_000)}), ("/schema", "too_long")),
        ];

        for (schema, (place, code)) in schemas {
            let refused = make(app, &me, json!({"schema": schema, "content": {}})).await;

            let found = refused.violations();
            assert!(found[0].0.starts_with(place) && found[0].1 == code, "{found:?}");
            assert_eq!((refused.status, found.len()), (422, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_object_is_no_content() {
    app(async |app| {
        let me = app.user("secretariat").await;

        for bad in [json!([]), json!("text"), json!(7), json!(true)] {
            let refused = make(app, &me, json!({"schema": bad, "content": bad})).await;

            assert_eq!(refused.violations(), told(&[("/content", "wrong_type"), ("/schema", "wrong_type")]));
        }
        let deep = (0..30).fold(json!(1), |inner, _| json!({ "a": inner }));
        let refused = make(app, &me, json!({ "content": deep })).await;
        assert_eq!(refused.violations(), told(&[("/content", "rule_broken")]));
        let make_it = "mutation($i: NewPlanSection!) { createPlanSection(input: $i) { planSection { id } } }";
        let fields = |content: Json| json!({"i": {"plan": app.world.id("plan:national"), "title": "T", "language": "en", "content": content}});
        let nulls = me.graphql(make_it, fields(json!({"a\0": 1}))).await;
        nulls.problem(400, "null_character");
    })
    .await;
}

#[tokio::test]
async fn sections_of_an_adopted_plan_refuse_edits() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = format!("/plan-sections/{}", make(app, &me, json!({"content": {"a": 1}})).await.id());
        adopt(app, &at(app, "plan", "national")).await;

        me.edit(&path, json!({"content": {"a": 2}})).await.problem(409, "plan_adopted");
        make(app, &me, json!({})).await.problem(409, "plan_adopted");
    })
    .await;
}
