//! In which language the texts of a new record are: said, or known, but never guessed.

use serde_json::{Value as Json, json};

use crate::{
    support::{app, client::Answer},
    tasks::task,
};

/// A new task that does not say in which language its title is.
fn unsaid(title: &str) -> Json {
    let mut body = task(title);
    body.as_object_mut().expect("an object").remove("language");
    body
}

fn required(pointer: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), "required".to_owned())]
}

/// Code and place of the first violation of a GraphQL answer.
fn fault(answer: &Answer) -> (&str, &str) {
    let first = &answer.body["errors"][0]["extensions"]["errors"][0];
    (first["pointer"].as_str().unwrap_or_default(), first["code"].as_str().unwrap_or_default())
}

/// C6: an English title without a language was stored as Kyrgyz.
#[tokio::test]
async fn a_language_is_asked_for_where_the_owner_has_several() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let create = "mutation { createTask(input: { owner: \"KGZ\", title: \"T\", leadAgency: \"MES\" }) { task { language } } }";
        let item = json!({"op": "create", "data": unsaid("T")});

        let post = me.post("/tasks", unsaid("T")).await;
        let null = me.post("/tasks", json!({"owner": "KGZ", "title": "T", "lead_agency": "MES", "language": null})).await;
        let put = me.put("/tasks/by-key/crm/1", unsaid("T")).await;
        let batch = me.post("/tasks/batch", json!({"atomic": "each", "items": [item]})).await;
        let graphql = me.graphql(create, json!({})).await;

        assert_eq!(post.violations(), required("/language"));
        let text = post.body["errors"][0]["detail"].as_str().unwrap_or_default();
        assert!(text.contains("(ky, ru)") && text.contains("Content-Language"), "{text}");
        assert_eq!(null.violations(), required("/language"));
        assert_eq!(put.violations(), required("/language"));
        assert_eq!(batch.ok(200)["outcomes"][0]["errors"][0]["pointer"], "/language");
        assert_eq!(fault(&graphql), ("/language", "required"));
    })
    .await;
}

#[tokio::test]
async fn a_request_says_its_language_on_both_faces() {
    app(async |app| {
        let me = app.user("secretariat").await.with("content-language", "RU");
        let create = "mutation($l: String) { createTask(input: { owner: \"KGZ\", title: \"Т\", leadAgency: \"MES\", language: $l }) \
            { task { language } } }";
        let item = json!({"op": "create", "data": unsaid("Т")});

        let post = me.post("/tasks", unsaid("Т")).await;
        let own = me.post("/tasks", task("T")).await;
        let put = me.put("/tasks/by-key/crm/1", unsaid("Т")).await;
        let again = me.with("content-language", "").put("/tasks/by-key/crm/1", unsaid("Учение")).await;
        let batch = me.post("/tasks/batch", json!({"items": [item]})).await;
        let graphql = me.graphql(create, json!({})).await;

        assert_eq!(post.ok(201)["language"], "ru");
        assert_eq!(own.ok(201)["language"], "en");
        assert_eq!(put.ok(201)["language"], "ru");
        assert_eq!(again.ok(200)["language"], "ru");
        let made = batch.ok(200)["outcomes"][0]["changes"]["language"][1].clone();
        assert_eq!(made, "ru");
        assert_eq!(graphql.data()["createTask"]["task"]["language"], "ru");
    })
    .await;
}

#[tokio::test]
async fn what_names_no_one_language_says_none() {
    app(async |app| {
        let me = app.user("secretariat").await;

        let two = me.with("content-language", "ru, ky").post("/tasks", unsaid("T")).await;
        let wrong = me.with("content-language", "russian!").post("/tasks", unsaid("T")).await;

        assert_eq!(two.violations(), required("/language"));
        let told = &wrong.problem(400, "bad_request")["errors"][0];
        assert_eq!(told["code"], "bad_format");
        assert!(told["detail"].as_str().is_some_and(|text| text.contains("russian!")), "{told}");
    })
    .await;
}

#[tokio::test]
async fn a_language_follows_from_the_record_above_or_the_only_official_one() {
    app(async |app| {
        let (me, regional) = (app.user("secretariat").await, app.user("regional").await);
        let pillar = json!({"plan": app.world.id("plan:national"), "title": "Below"});
        let agency = |owner: &str| json!({"owner": owner, "code": "NEW", "name": "New", "kind": "ministry"});
        let steward = app.user("steward").await;
        steward.edit("/countries/KGZ", json!({"official_languages": ["ky"]})).await.ok(200);

        let below = me.post("/pillars", pillar.clone()).await;
        let said = me.with("content-language", "fr").post("/pillars", pillar).await;
        let only = me.post("/agencies", agency("KGZ")).await;
        let none = regional.post("/agencies", agency("region:CA")).await;

        assert_eq!(below.ok(201)["language"], "en");
        assert_eq!(said.ok(201)["language"], "fr");
        assert_eq!(only.ok(201)["language"], "ky");
        assert_eq!(none.ok(201)["language"], "en");
    })
    .await;
}
