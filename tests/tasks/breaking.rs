//! Siblings of the rows of the first round: batches that delete what they refer to, null, codes in any case.

use serde_json::{Value as Json, json};

use super::{
    batches::{pairs, places},
    task,
};
use crate::support::app;

/// A record that a batch deletes is none to refer to, whatever the order, and a dry run says the same.
#[tokio::test]
async fn what_a_batch_deletes_nothing_in_it_refers_to() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = me.post("/tasks", task("Doomed")).await.id();
        let mut other = task("Waits");
        other["depends_on"] = json!([id]);
        let items = json!([{"op": "create", "data": other}, {"op": "delete", "id": id, "version": 1}, {"op": "create", "data": task("Fine")}]);

        let dry = me.post("/tasks/batch", json!({"atomic": "each", "dry_run": true, "items": items})).await;
        let done = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;

        for answer in [&dry, &done] {
            answer.ok(200);
            assert_eq!(places(answer, 0), pairs([("/depends_on/0", "reference_not_found")]));
            assert_eq!(answer.body["outcomes"][1]["result"], "deleted");
            assert_eq!(answer.body["outcomes"][2]["result"], "created");
        }
    })
    .await;
}

#[tokio::test]
async fn a_batch_puts_nothing_below_what_it_deletes() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let plan = json!({"owner": "KGZ", "kind": "cbrn_nap", "title": "Doomed", "domains": ["C"], "language": "en"});
        let id = me.post("/plans", plan).await.id();
        let items = json!([{"op": "create", "kind": "pillar", "data": {"plan": id, "title": "P", "language": "en"}},
            {"op": "delete", "kind": "plan", "id": id, "version": 1}]);

        let done = me.post("/batch", json!({"atomic": "each", "items": items})).await;

        done.ok(200);
        assert_eq!(places(&done, 0), pairs([("/plan", "reference_not_found")]));
        assert_eq!(done.body["outcomes"][1]["result"], "deleted");
    })
    .await;
}

/// What null means when a record is made by its key, it means when the same is sent again.
#[tokio::test]
async fn a_write_by_key_with_null_is_repeatable() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut body = task("Nulls");
        for name in ["priority", "visibility", "handling", "progress_percent"] {
            body[name] = Json::Null;
        }

        let first = me.put("/tasks/by-key/register/nulls", body.clone()).await;
        let again = me.put("/tasks/by-key/register/nulls", body).await;

        first.ok(201);
        assert_eq!(again.ok(200)["version"], 1, "{}", again.body);
    })
    .await;
}

#[tokio::test]
async fn the_due_date_of_an_assigned_task_is_not_taken_away() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut body = task("Due");
        (body["status"], body["due_on"]) = (json!("assigned"), json!("2027-01-01"));
        let path = format!("/tasks/{}", me.post("/tasks", body).await.id());

        let taken = me.edit(&path, json!({"due_on": null})).await;
        let moved = me.edit(&path, json!({"due_on": "2027-02-01"})).await;

        taken.problem(422, "invalid");
        assert_eq!(taken.violations(), pairs([("/due_on", "required")]));
        moved.ok(200);
    })
    .await;
}

#[tokio::test]
async fn codes_of_agencies_are_taken_in_any_case_and_made_once() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let agency = |code: &str| json!({"owner": "KGZ", "code": code, "name": "New", "kind": "ministry", "language": "en"});
        let mut small = task("Small");
        (small["lead_agency"], small["contributing_agencies"]) = (json!("mes"), json!(["moh"]));

        let made = me.post("/tasks", small).await;
        let twice = me.post("/agencies", agency("Mes")).await;
        let both = me.post("/agencies/batch", json!({"atomic": "each", "items": [
            {"op": "create", "data": agency("NEW-1")}, {"op": "create", "data": agency("new-1")}]})).await;

        assert_eq!(made.ok(201)["lead_agency"]["code"], "MES");
        assert_eq!(made.body["contributing_agencies"][0]["code"], "MOH");
        assert_eq!(twice.violations(), pairs([("/code", "not_unique")]));
        assert_eq!(places(&both, 1), pairs([("/code", "duplicate_item")]));
    })
    .await;
}

/// What else is wrong hides nothing of the owner.
#[tokio::test]
async fn an_owner_in_other_letters_is_known_beside_a_wrong_date() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut body = task("Owned");
        (body["owner"], body["due_on"]) = (json!("kg"), json!("bad"));

        let refused = me.post("/tasks", body).await;

        assert_eq!(refused.violations(), pairs([("/due_on", "bad_format")]));
    })
    .await;
}

/// A whole number is one, however it is written; one that is too large is told in words.
#[tokio::test]
async fn versions_of_batch_items_are_whole_numbers() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let id = me.post("/tasks", task("Whole")).await.id();
        let update = |version: Json| json!({"items": [{"op": "update", "id": id, "version": version, "data": {"title": "Same"}}]});

        let whole = me.post("/tasks/batch", update(json!(1.0))).await;
        let large = me.post("/tasks/batch", update(json!(3_000_000_000_i64))).await;

        whole.ok(200);
        large.problem(422, "invalid");
        assert_eq!(large.violations(), pairs([("/items/0/version", "out_of_range")]));
    })
    .await;
}

/// Moves see what others of their batch do, in any order: a dry run says the same.
#[tokio::test]
async fn a_task_is_done_with_the_one_it_waits_for_in_one_batch() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let in_review = |title: &str, depends_on: Json| {
            let mut body = task(title);
            body["status"] = json!("in_review");
            body["due_on"] = json!("2027-01-01");
            body["depends_on"] = depends_on;
            body
        };
        let first = me.post("/tasks", in_review("First", json!([]))).await.id();
        let second = me.post("/tasks", in_review("Second", json!([first]))).await.id();
        let complete = |id: &str| json!({"op": "move", "id": id, "version": 1, "verb": "complete"});
        let items = json!([complete(&second), complete(&first)]);

        let dry = me.post("/tasks/batch", json!({"dry_run": true, "items": items})).await;
        let done = me.post("/tasks/batch", json!({"items": items})).await;

        dry.ok(200);
        done.ok(200);
        assert_eq!(me.get(&format!("/tasks/{second}")).await.ok(200)["status"], "done");
    })
    .await;
}

/// A text in the record's own language would be kept as a translation that nobody is shown.
#[tokio::test]
async fn a_translation_into_the_records_own_language_is_refused() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let path = format!("/tasks/{}", me.post("/tasks", task("Own")).await.id());

        let own = me.edit(&path, json!({"translations": {"en": {"title": "New"}}})).await;
        let other = me.edit(&path, json!({"translations": {"en": null, "ru": {"title": "Новое"}}})).await;

        own.problem(422, "invalid");
        assert_eq!(own.violations(), pairs([("/translations/en", "rule_broken")]));
        other.ok(200);
    })
    .await;
}
