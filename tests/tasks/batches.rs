//! What a batch tells of its items.

use serde_json::{Value as Json, json};

use super::task;
use crate::{
    bad_input::by_graphql,
    support::{app, client::Answer},
};

/// Place, code and text of an outcome's errors.
pub(super) fn errors(answer: &Answer, at: usize) -> Vec<(String, String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let all = answer.body["outcomes"][at]["errors"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| (text(&one["pointer"]), text(&one["code"]), text(&one["detail"]))).collect()
}

/// Place and code of an outcome's errors.
pub(super) fn places(answer: &Answer, at: usize) -> Vec<(String, String)> {
    errors(answer, at).into_iter().map(|(pointer, code, _)| (pointer, code)).collect()
}

pub(super) fn pairs<const N: usize>(wanted: [(&str, &str); N]) -> Vec<(String, String)> {
    wanted.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).to_vec()
}

pub(super) fn upsert(key: &str, data: Json) -> Json {
    json!({"op": "upsert", "source_system": "register", "external_key": key, "data": data})
}

/// Row B3: new and stored keys, keys beside the data and in them.
#[tokio::test]
async fn two_items_with_one_key_name_each_other_at_the_key() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut keyed = task("Keyed");
        (keyed["source_system"], keyed["external_key"]) = (json!("register"), json!("1"));
        let items =
            json!([upsert("1", task("One")), upsert("2", task("Two")), upsert("1", task("Other")), {"op": "create", "data": keyed}]);

        let new = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let stored = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;

        let same = |detail: &str| vec![("/external_key".to_owned(), "duplicate_item".to_owned(), detail.to_owned())];
        assert_eq!(new.ok(200)["outcomes"][0]["result"], "created");
        assert_eq!(errors(&new, 2), same("`/items/0` has this `external_key`: \"1\""));
        assert_eq!(errors(&new, 3), same("`/items/0` has this `external_key`: \"1\""));
        assert_eq!(stored.ok(200)["outcomes"][0]["result"], "unchanged");
        assert_eq!(errors(&stored, 2), same("`/items/0` writes the same record"));
        assert_eq!(places(&stored, 3), pairs([("/external_key", "not_unique")]));
    })
    .await;
}

/// Row B3, the same for codes.
#[tokio::test]
async fn two_items_with_one_code_name_each_other_at_the_code() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let agency = json!({"op": "create", "data": {"owner": "KGZ", "code": "NEW", "name": "New",
            "kind": "service", "language": "en"}});

        let refused = me.post("/agencies/batch", json!({"items": [agency, agency]})).await;

        refused.problem(422, "invalid");
        assert_eq!(errors(&refused, 1)[0].2, "`/items/0` has this `code`: \"NEW\"");
        assert_eq!(places(&refused, 1), pairs([("/code", "duplicate_item")]));
    })
    .await;
}

/// Row B4: what breaks the schema, references that lead nowhere and periods are told together.
#[tokio::test]
async fn what_can_be_read_of_an_item_is_judged_beside_what_cannot() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let id = app.world.id("task:national").to_string();
        let mut wrong = task("Wrong");
        wrong["due_on"] = json!("soon");
        wrong["lead_agency"] = json!("NOWHERE");
        wrong["contributing_agencies"] = json!(["MOH", 5, "NEITHER"]);
        let edit = json!({"due_on": "soon", "depends_on": ["external_key:register:none"]});
        let items = json!([
            upsert("1", wrong),
            {"op": "update", "id": id, "version": 1, "data": edit},
            {"op": "update", "id": app.world.id("task:foreign"), "version": 1, "data": edit},
        ]);

        let told = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let single = me.put("/tasks/by-key/register/1", items[0]["data"].clone()).await;

        told.ok(200);
        let all = [
            ("/contributing_agencies/1", "wrong_type"),
            ("/contributing_agencies/2", "reference_not_found"),
            ("/due_on", "bad_format"),
            ("/lead_agency", "reference_not_found"),
        ];
        assert_eq!(places(&told, 0), pairs(all));
        assert_eq!(single.violations(), pairs(all));
        let edited = [("/depends_on/0", "reference_not_found"), ("/due_on", "bad_format")];
        assert_eq!(places(&told, 1), pairs(edited));
        assert_eq!(places(&told, 2), pairs(edited), "a hidden record is as one that is not there");
    })
    .await;
}

/// Row B5, on both faces, for what is written and what is refused.
#[tokio::test]
async fn each_outcome_has_its_place_its_key_and_what_was_sent() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let items = json!([upsert("1", task("One")), upsert("2", json!({"title": "Two"}))]);
        let query = "mutation($input: BatchInput!) { tasksBatch(input: $input) {
            outcomes { position sourceSystem externalKey input } } }";
        let mut others = items.clone();
        (others[0]["op"], others[1]["op"]) = (json!("UPSERT"), json!("UPSERT"));
        for item in others.as_array_mut().into_iter().flatten() {
            let key = item["external_key"].take();
            let system = item["source_system"].take();
            *item =
                json!({"op": item["op"], "externalKey": key, "sourceSystem": system, "data": item["data"]});
        }

        let done = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let refused = me.post("/tasks/batch", json!({"items": items})).await;
        let graphql = me.graphql(query, json!({"input": {"atomic": "EACH", "items": others}})).await;

        let outcome = |answer: &Answer, at: usize| answer.body["outcomes"][at].clone();
        for (answer, at, key) in [(&done, 0, "1"), (&done, 1, "2"), (&refused, 0, "1"), (&refused, 1, "2")] {
            let told = outcome(answer, at);
            assert_eq!(told["position"], at);
            assert_eq!((&told["source_system"], &told["external_key"]), (&json!("register"), &json!(key)));
            assert_eq!(told["input"], items[at]);
        }
        let told = &graphql.data()["tasksBatch"]["outcomes"][1];
        assert_eq!(
            told,
            &json!({"position": 1, "sourceSystem": "register", "externalKey": "2", "input": items[1]})
        );
        assert_eq!(by_graphql(&me, query, json!({"items": []})).await.len(), 1);
    })
    .await;
}

/// Row B7: in a rehearsal, in what is written, and in the history.
#[tokio::test]
async fn changes_of_translations_are_told_by_language() {
    app(async |app| {
        let me = app.user("secretariat").await.with("accept-language", "ru");
        let mut first = task("Survey");
        first["translations"] = json!({"ru": {"title": "Обзор"}, "ky": {"title": "Сереп"}});
        me.put("/tasks/by-key/register/1", first.clone()).await.ok(201);
        first["translations"] = json!({"ru": {"title": "Опрос"}});
        let mut second = first.clone();
        second["title"] = json!("Poll");
        let batch = |data: &Json, dry: bool| json!({"dry_run": dry, "items": [upsert("1", data.clone())]});

        let rehearsed = me.post("/tasks/batch", batch(&first, true)).await;
        let both = me.post("/tasks/batch", batch(&second, false)).await;
        let id = both.ok(200)["outcomes"][0]["id"].clone();
        let past = me.get(&format!("/tasks/{}/history", id.as_str().unwrap_or_default())).await;

        let translations = json!([{"ru": {"title": "Обзор"}}, {"ru": {"title": "Опрос"}}]);
        assert_eq!(rehearsed.ok(200)["outcomes"][0]["changes"], json!({"translations": translations}));
        let changes = json!({"title": ["Survey", "Poll"], "translations": translations});
        assert_eq!(both.body["outcomes"][0]["changes"], changes);
        assert_eq!(past.ok(200)["items"][1]["changes"], changes);
    })
    .await;
}

/// Row B2: items refer to items before and behind them; what refers to a refused one is refused with it.
#[tokio::test]
async fn items_refer_to_other_items_of_their_batch_in_any_order() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let after = |title: &str, keys: &[&str]| {
            let mut task = task(title);
            task["depends_on"] =
                keys.iter().map(|key| json!(format!("external_key:register:{key}"))).collect();
            task
        };
        let items = json!([
            upsert("1", after("One", &["2", "3"])),
            upsert("2", task("Two")),
            upsert("3", after("Three", &["2"])),
            upsert("4", after("Four", &["5"])),
            upsert("5", after("Five", &["6"])),
            upsert("6", json!({"title": "Six"})),
            upsert("7", after("Seven", &["8"])),
            upsert("8", after("Eight", &["7"])),
        ]);

        let dry = me.post("/tasks/batch", json!({"dry_run": true, "atomic": "each", "items": items})).await;
        let done = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let one = me.get("/tasks/by-key/register/1").await;

        let results = |answer: &Answer| -> Vec<String> {
            (0..8)
                .map(|at| answer.body["outcomes"][at]["result"].as_str().unwrap_or_default().into())
                .collect()
        };
        let [made, not] = ["created", "rejected"];
        assert_eq!(results(&done), [made, made, made, not, not, not, not, not], "{}", done.body);
        assert_eq!(results(&dry), results(&done));
        let waits_for = one.ok(200)["depends_on"].as_array().cloned().unwrap_or_default();
        assert_eq!(waits_for.iter().map(|task| task["name"].clone()).collect::<Vec<_>>(), ["Two", "Three"]);
        assert_eq!(places(&done, 3), pairs([("/depends_on/0", "reference_not_found")]));
        assert_eq!(errors(&done, 4)[0].2, "`/items/5`, which makes the record, was refused");
        assert_eq!(places(&done, 6), pairs([("/depends_on", "reference_cycle")]));
    })
    .await;
}

/// Row B2 over more rows than one statement writes: agencies below each other, the highest last.
#[tokio::test]
async fn a_thousand_items_may_each_refer_to_the_next() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let agency = |at: usize| {
            let parent = (at < 999).then(|| format!("external_key:register:{}", at + 1));
            upsert(
                &at.to_string(),
                json!({"owner": "KGZ", "code": format!("N{at}"), "name": format!("Unit {at}"),
                "kind": "service", "language": "en", "parent": parent}),
            )
        };
        let items: Vec<Json> = (0..1000).map(agency).collect();

        let done = me.post("/agencies/batch", json!({"items": items})).await;

        let made = done.ok(200)["outcomes"].as_array().cloned().unwrap_or_default();
        assert!(made.iter().all(|one| one["result"] == "created"));
        assert_eq!(me.get("/agencies/by-key/register/0").await.ok(200)["parent"]["code"], "N1");
    })
    .await;
}

/// Row B6: moves as items, with what comes with them, on both faces.
#[tokio::test]
async fn a_batch_makes_moves() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let items = json!([upsert("1", task("One")), upsert("2", task("Two")), upsert("3", task("Three"))]);
        let made = me.post("/tasks/batch", json!({"items": items})).await;
        let id = |at: usize| made.body["outcomes"][at]["id"].clone();
        let step = |at: usize, version: i32, verb: &str, data: Json| {
            json!({"op": "move", "id": id(at), "version": version, "verb": verb, "data": data})
        };
        let items = json!([
            step(0, 1, "assign", json!({"due_on": "2027-03-31"})),
            step(1, 1, "assign", json!({})),
            step(2, 7, "cancel", json!({"reason": "Not needed"})),
        ]);
        let query = "mutation($input: BatchInput!) { tasksBatch(input: $input) { outcomes { result version } } }";
        let start = json!({"op": "MOVE", "id": id(0), "version": 2, "verb": "start"});

        let moved = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let graphql = me.graphql(query, json!({"input": {"items": [start]}})).await;
        let unknown = me.post("/tasks/batch", json!({"items": [step(0, 3, "finish", json!({}))]})).await;
        let strange = me.post("/tasks/batch", json!({"items": [step(0, 3, "submit", json!({"x": 1}))]})).await;

        assert_eq!(moved.ok(200)["outcomes"][0]["changes"]["status"], json!(["planned", "assigned"]));
        assert_eq!(places(&moved, 1), pairs([("", "illegal_move")]));
        assert_eq!(places(&moved, 2), pairs([("", "stale_version")]));
        assert_eq!(graphql.data()["tasksBatch"]["outcomes"][0], json!({"result": "UPDATED", "version": 3}));
        assert_eq!(unknown.violations(), pairs([("/items/0/verb", "not_in_list")]));
        assert_eq!(places(&strange, 0), pairs([("/x", "unknown_member")]));
    })
    .await;
}

/// Row B6: the moves that lead to the state an upsert names, where each is allowed and has its facts.
#[tokio::test]
async fn an_upsert_makes_the_moves_that_lead_to_its_state() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let state = |title: &str, status: &str, due: Json| {
            let mut task = task(title);
            (task["status"], task["due_on"]) = (json!(status), due);
            task
        };
        me.post("/tasks/batch", json!({"items": [upsert("1", task("One")), upsert("2", task("Two"))]})).await;
        let items = json!([
            upsert("1", state("One", "done", json!("2027-03-31"))),
            upsert("2", state("Two", "done", Json::Null)),
        ]);

        let done = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;
        let blocked = me.put("/tasks/by-key/register/2", state("Two", "blocked", json!("2027-03-31"))).await;
        let back = me.put("/tasks/by-key/register/1", state("One", "planned", json!("2027-03-31"))).await;

        assert_eq!(done.ok(200)["outcomes"][0]["changes"]["status"], json!(["planned", "done"]));
        let needs =
            "`done` is reached from `planned` by assign, start, submit, complete: `assign` needs due_on";
        assert_eq!(errors(&done, 1), [("".into(), "illegal_move".into(), needs.into())]);
        let told = blocked.problem(409, "illegal_move");
        assert_eq!(
            told["detail"],
            "`blocked` is reached from `planned` by assign, block: `block` needs reason"
        );
        assert_eq!(told["missing"], json!(["reason"]));
        assert_eq!(back.problem(409, "illegal_move")["detail"], "no moves lead from `done` to `planned`");
    })
    .await;
}
