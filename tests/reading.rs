//! Lists and single records: filters, languages, what outsiders see.

mod caching;
mod codes;
mod conditional;
mod cursors;
mod lists;
mod owners;
mod public;
mod texts;
mod unchanged;

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

pub fn task(title: &str) -> Json {
    json!({"owner": "KGZ", "title": title, "lead_agency": "MES", "language": "en"})
}

/// Titles of a list, in order.
pub async fn titles(who: &Client<'_>, path: &str) -> Vec<String> {
    let list = who.get(path).await;
    let items = list.ok(200)["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|one| one["title"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Names one member of each item of a list, in order.
async fn each(who: &Client<'_>, path: &str, pointer: &str) -> Vec<Json> {
    let list = who.get(path).await;
    let items = list.ok(200)["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|one| one.pointer(pointer).cloned().unwrap_or_default()).collect()
}

fn at(app: &TestApp, kind: &str, name: &str) -> String {
    format!("/{kind}/{}", app.world.id(name))
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn head(who: &Client<'_>, path: &str) -> Answer {
    who.send(Method::HEAD, &format!("/api/v1{path}"), None, Vec::new()).await
}

#[tokio::test]
async fn a_repeated_filter_means_any_of_its_values() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = |name: &str| app.world.id(name).to_string();

        let one = titles(&me, "/tasks?visibility=group").await;
        let two = titles(&me, "/tasks?visibility=group&visibility=national").await;
        let both = titles(&me, "/tasks?visibility=group&status=done").await;
        let ids = format!("/tasks?id={}&id={}", id("task:national"), id("task:group"));
        let by_id = titles(&me, &ids).await;

        assert_eq!(one, ["Task group"]);
        assert_eq!(two, ["Task national", "Task group", "Task released"]);
        assert_eq!(both, [""; 0]);
        assert_eq!(by_id, ["Task national", "Task group"]);
    })
    .await;
}

#[tokio::test]
async fn references_filter_by_id_and_code() {
    app(async |app| {
        let me = app.user("officer").await;
        let agency = app.world.id("agency:KGZ/MOH");
        let plan = app.world.id("plan:released");

        let by_code = titles(&me, "/tasks?contributing_agency=MOH").await;
        let by_id = titles(&me, &format!("/tasks?contributing_agency={agency}")).await;
        let by_plan = titles(&me, &format!("/tasks?plan_id={plan}")).await;
        let by_none = titles(&me, "/tasks?lead_agency=NONE").await;

        assert_eq!(by_code, ["Task national", "Task group", "Task agency"]);
        assert_eq!(by_id, by_code);
        assert_eq!(by_plan, ["Task released"]);
        assert_eq!(by_none, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn ranges_and_changes_since_filter() {
    app(async |app| {
        let me = app.user("officer").await;
        let mut dated = task("Dated");
        dated["due_on"] = json!("2027-03-31");
        app.state.clock.advance(chrono::TimeDelta::minutes(5));
        me.post("/tasks", dated).await.ok(201);

        let within = titles(&me, "/tasks?due_from=2027-03-31&due_to=2027-03-31").await;
        let before = titles(&me, "/tasks?due_to=2027-03-30").await;
        let since = titles(&me, "/tasks?updated_since=2026-11-21T10:05:00Z").await;
        let later = titles(&me, "/tasks?updated_since=2026-11-21T10:05:01Z").await;

        assert_eq!(within, ["Dated"]);
        assert_eq!(before, [""; 0]);
        assert_eq!(since, ["Dated"]);
        assert_eq!(later, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn country_and_region_filter_wherever_a_country_follows() {
    app(async |app| {
        let me = app.user("foreign_focal_point").await;
        let anonymous = app.anonymous();

        let tasks = titles(&me, "/tasks?country=KAZ").await;
        let region = titles(&me, "/plans?region=CA").await;
        let facts = each(&anonymous, "/participations?region=CA", "/country/code").await;
        let abroad = each(&anonymous, "/participations?country=KAZ", "/country/code").await;
        let members = each(&anonymous, "/region-memberships?country=KGZ", "/region/code").await;
        let countries = each(&anonymous, "/countries?region=CA&country=KAZ", "/code").await;

        assert_eq!(tasks, ["Task abroad"]);
        assert_eq!(region, ["Plan foreign"]);
        assert_eq!(facts, ["KGZ"]);
        assert_eq!(abroad, [""; 0]);
        assert_eq!(members, ["CA"]);
        assert_eq!(countries, ["KAZ"]);
    })
    .await;
}

#[tokio::test]
async fn a_membership_that_ended_is_no_current_one() {
    app(async |app| {
        let path = at(app, "region-memberships", "region_membership:KGZ");
        let steward = app.user("steward").await;
        steward.edit(&path, json!({"until_on": "2026-11-20", "until_precision": "day"})).await.ok(200);

        let countries = each(&app.anonymous(), "/countries?region=CA", "/code").await;

        assert_eq!(countries, ["KAZ"]);
    })
    .await;
}

#[tokio::test]
async fn search_ignores_accents_and_case_and_knows_every_language() {
    app(async |app| {
        let me = app.user("officer").await;
        let mut accented = task("Façade de l'État");
        accented["translations"] = json!({"ru": {"title": "План Действий"}});
        me.post("/tasks", accented).await.ok(201);

        let found = titles(&me, "/tasks?q=facade%20etat").await;
        let russian = titles(&me, "/tasks?q=%D0%B4%D0%B5%D0%B9%D1%81%D1%82%D0%B2%D0%B8%D0%B9").await;
        let other = titles(&me, "/tasks?q=facade%20elsewhere").await;
        let wildcard = titles(&me, "/tasks?q=%25").await;

        assert_eq!(found.len(), 1);
        assert_eq!(russian.len(), 1);
        assert_eq!(other, [""; 0]);
        assert_eq!(wildcard, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_with_the_nearest_known_one() {
    app(async |app| {
        let me = app.user("officer").await;

        let list = me.get("/tasks?staus=done&sort=due_on&lmit=3").await;
        let single = me.get(&format!("{}?fields=title", at(app, "tasks", "task:national"))).await;

        list.problem(400, "bad_request");
        let unknown = |at: &str| (at.to_owned(), "unknown_parameter".to_owned());
        assert_eq!(list.violations(), [unknown("?lmit"), unknown("?staus")]);
        assert!(list.body.to_string().contains("did you mean `status`"));
        assert!(list.body.to_string().contains("did you mean `limit`"));
        single.problem(400, "unknown_parameter");
    })
    .await;
}

#[tokio::test]
async fn a_filter_a_kind_does_not_have_is_unknown_to_it() {
    app(async |app| {
        let who = app.anonymous();

        let level = who.get("/countries?visibility=agency").await;
        let words = who.get("/participations?q=nothing").await;

        level.problem(400, "unknown_parameter");
        words.problem(400, "unknown_parameter");
    })
    .await;
}

#[tokio::test]
async fn texts_come_in_the_language_that_is_asked() {
    app(async |app| {
        let who = app.anonymous();

        let asked = who.get("/countries/KGZ?lang=ru").await;
        let accepted = who.with("accept-language", "fr; q=0.9, ru; q=0.8").get("/countries/KGZ").await;
        let over = who.with("accept-language", "ru").get("/countries/KGZ?lang=en").await;
        let fallback = who.get("/countries/KGZ?lang=fr").await;
        let region = who.get("/countries/KGZ?lang=ru-KG,ru").await;

        assert_eq!(asked.ok(200)["name"], "Kyrgyzstan (ru)");
        assert_eq!(asked.body["languages"], json!({"name": "ru"}));
        assert_eq!(header(&asked, "content-language"), "ru");
        assert_eq!(accepted.ok(200)["name"], "Kyrgyzstan (ru)");
        assert_eq!(over.ok(200)["name"], "Kyrgyzstan");
        assert_eq!(over.body["languages"], json!({}));
        assert_eq!(header(&over, "content-language"), "en");
        assert_eq!(fallback.ok(200)["name"], "Kyrgyzstan");
        assert_eq!(region.ok(200)["name"], "Kyrgyzstan (ru)");
    })
    .await;
}

#[tokio::test]
async fn a_language_is_looked_up_by_its_longest_part() {
    app(async |app| {
        let who = app.anonymous();

        for tag in ["ru-RU", "ru-Cyrl-KG", "RU-ru"] {
            let asked = who.get(&format!("/countries/KGZ?lang={tag}")).await;
            let accepted = who.with("accept-language", tag).get("/countries/KGZ").await;
            let query = "{ country(code: \"KGZ\") { name } }";
            let by_graphql = who.with("accept-language", tag).graphql(query, json!({})).await;

            assert_eq!(asked.ok(200)["name"], "Kyrgyzstan (ru)", "{tag}");
            assert_eq!(accepted.ok(200)["name"], "Kyrgyzstan (ru)", "{tag}");
            assert_eq!(by_graphql.body["data"]["country"]["name"], "Kyrgyzstan (ru)", "{tag}");
        }
        let first = who.with("accept-language", "en-GB, ru").get("/countries/KGZ").await;
        assert_eq!(first.ok(200)["name"], "Kyrgyzstan");
    })
    .await;
}

#[tokio::test]
async fn lists_and_trees_name_their_language_where_it_is_one() {
    app(async |app| {
        let me = app.user("officer").await;
        let tree = format!("{}/tree", at(app, "plans", "plan:national"));
        let task = at(app, "tasks", "task:national");
        me.edit(&task, json!({"translations": {"ru": {"title": "Задача"}}})).await.ok(200);

        let one = me.get("/countries?lang=ru").await;
        let several = me.get("/tasks?lang=ru").await;
        let none = me.get("/users").await;
        let tree = me.get(&tree).await;

        assert_eq!(header(&one, "content-language"), "ru");
        assert_eq!(header(&several, "content-language"), "");
        assert_eq!(header(&none, "content-language"), "");
        assert_eq!(header(&tree, "content-language"), "en");
        assert!(tree.etag().starts_with("\"0."));
    })
    .await;
}

#[tokio::test]
async fn editors_get_base_texts_and_all_translations() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = at(app, "tasks", "task:national");
        me.edit(&path, json!({"translations": {"ru": {"title": "Задача"}, "ky": {"title": "Милдет"}}}))
            .await
            .ok(200);
        me.edit(&path, json!({"translations": {"ky": null}})).await.ok(200);

        let all = me.get(&format!("{path}?lang=*")).await;
        let plain = me.get(&format!("{path}?lang=en")).await;
        let cleared = me.edit(&path, json!({"translations": null})).await;
        let none = me.get(&format!("{path}?lang=*")).await;

        assert_eq!(all.ok(200)["title"], "Task national");
        assert_eq!(all.body["translations"], json!({"ru": {"title": "Задача"}}));
        assert_eq!(plain.ok(200)["translations"], json!(null));
        cleared.ok(200);
        assert_eq!(none.ok(200)["translations"], json!({}));
    })
    .await;
}

#[tokio::test]
async fn outsiders_learn_neither_version_nor_authors() {
    app(async |app| {
        let partner = app.user("partner").await;
        let path = at(app, "plans", "plan:released");
        app.user("secretariat").await.edit(&path, json!({"summary": "Released text"})).await.ok(200);

        let read = partner.get(&path).await;
        let task = partner.get(&at(app, "tasks", "task:released")).await;
        let past = partner.get(&format!("{path}/history")).await;

        assert_eq!(read.ok(200)["version"], json!(null));
        assert_eq!(read.body["created_by"], json!(null));
        assert_eq!(read.body["updated_by"], json!(null));
        assert_eq!(read.body["shared_with"], json!(null));
        assert!(read.etag().starts_with("\"0."));
        assert_eq!(task.ok(200)["lead_agency"], json!(null));
        assert_eq!(task.body["plan"]["name"], "Plan released");
        assert_eq!(past.ok(200)["items"][0]["number"], 1);
        assert_eq!(past.body["items"][0]["by"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn references_to_hidden_records_are_null_or_absent() {
    app(async |app| {
        let me = app.user("officer").await;
        let quiet = app.world.id("task:agency").to_string();
        let open = at(app, "tasks", "task:national");
        let edit = json!({"depends_on": [quiet, app.world.id("task:group").to_string()]});
        me.edit(&open, edit).await.ok(200);
        let observer = app.user("observer").await;
        let query = "query($id: ID!) { task(id: $id) { dependsOn { totalCount nodes { id } } } }";
        let id = json!({"id": app.world.id("task:national")});

        let read = observer.get(&open).await;
        let past = observer.get(&format!("{open}/history")).await;
        let edge = observer.graphql(query, id).await;

        assert_eq!(read.ok(200)["depends_on"], json!([]));
        assert!(!past.ok(200).to_string().contains(&quiet));
        assert_eq!(edge.data()["task"]["dependsOn"], json!({"totalCount": 0, "nodes": []}));
    })
    .await;
}
