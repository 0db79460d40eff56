//! External keys, upserts and batches.

use serde_json::{Value as Json, json};

use super::{at, task};
use crate::support::{TestApp, app, client::Answer};

/// The end of the change log.
pub async fn head(app: &TestApp) -> i64 {
    kernel::change::head(&app.system()).await.expect("the log is read").seq
}

/// Results of a batch, in order.
fn results(answer: &Answer) -> Vec<String> {
    let all = answer.body["outcomes"].as_array().cloned().unwrap_or_default();
    all.iter().map(|one| one["result"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Places and codes of an outcome's errors.
fn codes(outcome: &Json) -> Vec<(&str, &str)> {
    let all = outcome["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|one| one["pointer"].as_str().zip(one["code"].as_str())).collect()
}

#[tokio::test]
async fn a_repeated_upsert_changes_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = "/tasks/by-key/agency:MES/A%2F17";

        let first = me.put(path, task("From the register")).await;
        let between = head(app).await;
        let second = me.put(path, task("From the register")).await;
        let after = head(app).await;
        let third = me.put(path, task("From the register, corrected")).await;

        assert_eq!(first.ok(201)["external_key"], "A/17");
        assert_eq!(first.headers["location"], format!("/api/v1/tasks/{}", first.id()));
        assert_eq!(second.ok(200)["version"], 1);
        assert_eq!(second.etag(), first.etag());
        assert_eq!(between, after);
        assert_eq!(third.ok(200)["version"], 2);
        assert_eq!(me.get(path).await.ok(200)["title"], "From the register, corrected");
    })
    .await;
}

#[tokio::test]
async fn a_body_cannot_name_another_key_than_its_address() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = "/tasks/by-key/agency:MES/17";
        let with = |system: Json, key: Json| {
            let mut body = task("From the register");
            (body["source_system"], body["external_key"]) = (system, key);
            body
        };

        let same = me.put(path, with(json!("agency:MES"), json!("17"))).await;
        let none = me.put(path, with(Json::Null, Json::Null)).await;
        let other = me.put(path, with(json!("agency:MES"), json!("18"))).await;
        let no_text = me.put(path, with(json!(5), json!("17"))).await;

        assert_eq!((same.status, none.status), (201, 200));
        assert_eq!(other.violations(), [("/external_key".into(), "rule_broken".into())]);
        assert_eq!(no_text.violations(), [("/source_system".into(), "rule_broken".into())]);
    })
    .await;
}

#[tokio::test]
async fn source_systems_belong_to_those_who_write_under_them() {
    app(async |app| {
        let officer = app.user("officer").await;
        let portal = app.user("portal").await;
        let secretariat = app.user("secretariat").await;
        let reserved = [("/source_system".to_owned(), "source_system_reserved".to_owned())];

        let own = officer.put("/tasks/by-key/agency:MES/1", task("Own")).await;
        let others = officer.put("/tasks/by-key/agency:MOH/1", task("Others")).await;
        let plain = officer.put("/tasks/by-key/register/1", task("Plain")).await;
        let of_portal = portal.put("/tasks/by-key/portal/1", task("Portal")).await;
        let not_of_portal = portal.put("/tasks/by-key/register/1", task("Portal")).await;
        let of_country = secretariat.put("/tasks/by-key/register/1", task("Register")).await;
        let of_agency = secretariat.put("/tasks/by-key/agency:MES/2", task("Register")).await;
        let seed = secretariat.put("/tasks/by-key/seed/1", task("Seed")).await;
        let demo = secretariat.put("/tasks/by-key/demo/1", task("Demo")).await;

        own.ok(201);
        assert_eq!(others.violations(), reserved);
        assert_eq!(plain.violations(), reserved);
        of_portal.ok(201);
        assert_eq!(not_of_portal.violations(), reserved);
        of_country.ok(201);
        assert_eq!(of_agency.violations(), reserved);
        assert_eq!(seed.violations(), reserved);
        assert_eq!(demo.violations(), reserved);
    })
    .await;
}

#[tokio::test]
async fn a_reference_takes_code_id_external_key_or_object() {
    app(async |app| {
        let me = app.user("officer").await;
        me.put("/tasks/by-key/agency:MES/first", task("First")).await.ok(201);
        let agency = me.get(&format!("/agencies/{}", app.world.id("agency:KGZ/MES"))).await;
        let mut second = task("Second");
        second["lead_agency"] = agency.body.clone();
        second["contributing_agencies"] = json!([app.world.id("agency:KGZ/MOH").to_string()]);
        second["depends_on"] = json!(["external_key:agency:MES:first"]);

        let made = me.post("/tasks", second).await;

        assert_eq!(made.ok(201)["lead_agency"]["code"], "MES");
        assert_eq!(made.body["contributing_agencies"][0]["code"], "MOH");
        assert_eq!(made.body["depends_on"][0]["name"], "First");
    })
    .await;
}

#[tokio::test]
async fn key_and_source_system_go_together() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let mut keyless = task("Keyless");
        keyless["source_system"] = json!("register");

        let refused = me.post("/tasks", keyless).await;

        refused.problem(422, "invalid");
        assert_eq!(refused.violations(), [("/external_key".into(), "required".into())]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_all_writes_nothing_when_one_item_is_refused() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let items = json!([
            {"op": "create", "data": task("Good")},
            {"op": "create", "data": {"owner": "KGZ", "lead_agency": "MES", "estimate_days": 9999}},
            {"op": "delete", "id": app.world.id("task:national"), "version": 7},
        ]);

        let refused = me.post("/tasks/batch", json!({"atomic": "all", "items": items})).await;

        let body = refused.problem(422, "invalid");
        assert_eq!(codes(&body["outcomes"][1]), [("/estimate_days", "out_of_range"), ("/title", "required")]);
        assert_eq!(codes(&body["outcomes"][2]), [("", "stale_version")]);
        assert_eq!(results(&refused)[1..], ["rejected", "rejected"]);
        assert_eq!(head(app).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_each_writes_the_good_items_in_one_change_set() {
    app(async |app| {
        let me = app.user("officer").await;
        let edited = app.world.id("task:national").to_string();
        let items = json!([
            {"op": "create", "data": task("Good")},
            {"op": "create", "data": {"title": "Bad"}},
            {"op": "update", "id": edited, "version": 1, "data": {"title": "Edited"}},
            {"op": "update", "id": edited, "version": 1, "data": {"title": "Task national"}},
            {"op": "upsert", "source_system": "agency:MES", "external_key": "7", "data": task("Keyed")},
            {"op": "delete", "id": app.world.id("task:group"), "version": 1},
            {"op": "delete", "id": "0198c0de-0000-7000-8000-000000000001", "version": 1},
        ]);

        let done = me.post("/tasks/batch", json!({"atomic": "each", "items": items})).await;

        done.ok(200);
        let expected = ["created", "rejected", "updated", "rejected", "created", "deleted", "rejected"];
        assert_eq!(results(&done), expected);
        let outcomes = &done.body["outcomes"];
        assert_eq!(outcomes[2]["version"], 2);
        assert_eq!(outcomes[2]["changes"], json!({"title": ["Task national", "Edited"]}));
        assert_eq!(codes(&outcomes[3]), [("/id", "duplicate_item")]);
        assert_eq!(codes(&outcomes[6]), [("", "not_found")]);
    })
    .await;
}

#[tokio::test]
async fn a_rehearsed_batch_tells_everything_and_writes_nothing() {
    app(async |app| {
        let me = app.user("officer").await;
        let before = head(app).await;
        let items = json!([
            {"op": "create", "data": task("Good")},
            {"op": "update", "id": app.world.id("task:national"), "version": 1, "data": {"title": "Edited"}},
            {"op": "update", "id": app.world.id("task:agency"), "version": 1,
                "data": {"title": "Task agency"}},
        ]);

        let told = me.post("/tasks/batch", json!({"dry_run": true, "items": items})).await;

        told.ok(200);
        assert_eq!(results(&told), ["created", "updated", "unchanged"]);
        assert_eq!(head(app).await, before);
        assert_eq!(me.get(&at(app, "national")).await.ok(200)["title"], "Task national");
    })
    .await;
}

#[tokio::test]
async fn a_batch_without_its_members_names_each() {
    app(async |app| {
        let me = app.user("officer").await;
        let items = json!([{"op": "create"}, {"op": "update"}, {"op": "upsert"}, {"op": "delete"}]);
        let many: Vec<Json> = (0..1001).map(|_| json!({"op": "create", "data": {}})).collect();

        let bare = me.post("/tasks/batch", json!({"items": items})).await;
        let none = me.post("/tasks/batch", json!({"items": []})).await;
        let many = me.post("/tasks/batch", json!({"items": many})).await;

        bare.problem(422, "invalid");
        let places = [
            "/items/0/data",
            "/items/1/data",
            "/items/1/id",
            "/items/2/data",
            "/items/2/external_key",
            "/items/2/source_system",
            "/items/3/id",
        ];
        assert_eq!(bare.violations(), places.map(|at| (at.to_owned(), "required".to_owned())));
        assert_eq!(none.violations(), [("/items".into(), "too_short".into())]);
        assert_eq!(many.violations(), [("/items".into(), "too_long".into())]);
    })
    .await;
}

#[tokio::test]
async fn an_upsert_does_not_go_around_the_lifecycle() {
    app(async |app| {
        let me = app.user("officer").await;
        let path = "/tasks/by-key/agency:MES/1";
        me.put(path, task("Keyed")).await.ok(201);
        let mut done = task("Keyed");
        done["status"] = json!("done");

        let refused = me.put(path, done).await;

        refused.problem(409, "illegal_move");
        assert_eq!(me.get(path).await.ok(200)["status"], "planned");
    })
    .await;
}

#[tokio::test]
async fn two_owners_may_use_one_key() {
    app(async |app| {
        let here = app.user("secretariat").await;
        let abroad = app.user("foreign_focal_point").await;
        let mut theirs = task("Theirs");
        theirs["owner"] = json!("KAZ");

        let ours = here.put("/tasks/by-key/register/1", task("Ours")).await;
        let theirs = abroad.put("/tasks/by-key/register/1", theirs).await;

        ours.ok(201);
        theirs.ok(201);
        assert_eq!(here.get("/tasks/by-key/register/1").await.id(), ours.id());
        assert_eq!(abroad.get("/tasks/by-key/register/1").await.id(), theirs.id());
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_takes_no_key_from_what_is_good() {
    app(async |app| {
        let agency = |name: &str| json!({"owner": "KGZ", "code": "NEW", "name": name, "kind": "service", "language": "en"});
        let item = |data: serde_json::Value| json!({"op": "create", "data": data});
        let mut broken = agency("Broken");
        broken["successors"] = json!(["NONE"]);
        let batch = json!({"atomic": "each", "items": [item(broken), item(agency("Good"))]});

        let answer = app.user("focal_point").await.post("/agencies/batch", batch).await;

        let outcomes = &answer.ok(200)["outcomes"];
        assert_eq!(outcomes[0]["errors"][0]["code"], "reference_not_found");
        assert_eq!(outcomes[1]["result"], "created");
    })
    .await;
}
