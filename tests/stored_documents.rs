//! Documents that an operator stores, asked for by their SHA-256.

use std::path::PathBuf;

use axum::http::Method;
use concord::graphql::stored::StoredDocuments;
use serde_json::{Value as Json, json};

use crate::support::{
    TestApp, app,
    client::{Answer, Client},
};

/// A stored document, and what `sha256sum` says of it.
const STORED: &str = "query Few($n: Int) { tasks(first: $n) { nodes { title } } }";
const HASH: &str = "920e34b103f8572ba4c6fe131b2ea2057b8ce2ae0fa622eb4d8444f46274c199";
const OTHER: &str = "{ tasks(first: 1) { totalCount } }";

/// A folder of documents that is removed again.
struct Folder(PathBuf);

impl Folder {
    fn of(name: &str, documents: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("concord_documents_{}_{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        for (file, text) in documents {
            std::fs::write(path.join(file), text).expect("a document");
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The service with one stored document; `only` refuses others.
async fn storing(app: &TestApp, name: &str, only: bool) -> TestApp {
    let folder = Folder::of(name, &[("few.graphql", STORED), ("notes.txt", "no document {")]);
    let mut other = TestApp::on(app.state.db.clone(), app.world.clone(), app.url.clone()).await;
    other.state =
        other.state.with(|parts| parts.stored = StoredDocuments::read(&folder.0, only).expect("documents"));
    other.router = concord::server::app(other.state.clone());
    other
}

fn persisted(hash: &str) -> Json {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

impl Client<'_> {
    /// Sends these members in the form whose status tells whether the document was run.
    async fn members(&self, members: Json) -> Answer {
        let me = self.with("accept", "application/graphql-response+json");
        me.send(Method::POST, "/graphql", Some("application/json"), members.to_string().into_bytes()).await
    }
}

#[tokio::test]
async fn a_stored_document_is_run_by_its_hash_in_either_form() {
    app(async |app| {
        let app = storing(app, "forms", false).await;
        let me = app.user("focal_point").await;
        let variables = json!({ "n": 2 });

        let by_id =
            me.members(json!({ "documentId": format!("sha256:{HASH}"), "variables": variables })).await;
        let by_extension = me.members(json!({ "extensions": persisted(HASH), "variables": variables })).await;
        let by_text = me.members(json!({ "query": STORED, "variables": variables })).await;
        let with_text = me
            .members(json!({ "query": STORED, "extensions": persisted(HASH), "variables": variables }))
            .await;

        assert_eq!(by_id.data()["tasks"]["nodes"].as_array().map(Vec::len), Some(2));
        assert_eq!([by_extension.data(), by_text.data(), with_text.data()], [by_id.data(); 3]);
    })
    .await;
}

#[tokio::test]
async fn a_stored_document_is_run_by_get() {
    app(async |app| {
        let app = storing(app, "get", false).await;
        let me = app.user("focal_point").await;
        let escaped =
            |json: Json| json.to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
        let extensions = escaped(persisted(HASH));

        let by_id = format!("/graphql?documentId=sha256:{HASH}&variables=%7B%22n%22:1%7D");
        let by_id = me.send(Method::GET, &by_id, None, Vec::new()).await;
        let by_extension = format!("/graphql?extensions={extensions}&variables=%7B%22n%22:1%7D");
        let by_extension = me.send(Method::GET, &by_extension, None, Vec::new()).await;

        assert_eq!(by_id.data()["tasks"]["nodes"].as_array().map(Vec::len), Some(1));
        assert_eq!(by_extension.data(), by_id.data());
    })
    .await;
}

#[tokio::test]
async fn a_hash_of_no_stored_document_is_told_as_clients_expect_it() {
    app(async |app| {
        let app = storing(app, "unknown", false).await;
        let me = app.user("focal_point").await;

        let answer = me.members(json!({ "extensions": persisted(&"0".repeat(64)) })).await;
        let after = me.members(json!({ "query": OTHER })).await;

        assert_eq!((answer.status, answer.fault()), (400, "document_not_found"));
        assert_eq!(answer.body["errors"][0]["message"], "PersistedQueryNotFound");
        assert!(answer.body.get("data").is_none());
        after.data();
    })
    .await;
}

#[tokio::test]
async fn callers_store_nothing() {
    app(async |app| {
        let app = storing(app, "callers", false).await;
        let me = app.user("focal_point").await;
        let hash = "b2b528c6cc8ecf3c51da3afd89c3f23b196af3bef63710ef755b2ecaf833dc17";

        let first = me.members(json!({ "query": OTHER, "extensions": persisted(hash) })).await;
        let again = me.members(json!({ "extensions": persisted(hash) })).await;

        first.data();
        assert_eq!(again.fault(), "document_not_found");
    })
    .await;
}

#[tokio::test]
async fn what_names_no_document_or_two_is_refused() {
    app(async |app| {
        let app = storing(app, "malformed", false).await;
        let me = app.user("focal_point").await;
        let zeros = "0".repeat(64);
        let malformed = [
            json!({}),
            json!({ "query": 1 }),
            json!({ "query": OTHER, "extensions": persisted(HASH) }),
            json!({ "documentId": HASH }),
            json!({ "documentId": "sha256:abc" }),
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": HASH } } }),
            json!({ "documentId": format!("sha256:{HASH}"), "extensions": persisted(&zeros) }),
        ];

        let mut answers = Vec::new();
        for members in malformed {
            answers.push(me.members(members).await);
        }

        answers.iter().for_each(|answer| drop(answer.problem(400, "bad_request").clone()));
    })
    .await;
}

#[tokio::test]
async fn the_allow_list_refuses_every_other_document() {
    app(async |app| {
        let app = storing(app, "only", true).await;
        let me = app.user("focal_point").await;
        let introspection = "{ __schema { queryType { name } } }";

        let stored = me.members(json!({ "query": STORED })).await;
        let refused = [
            me.members(json!({ "query": OTHER })).await,
            me.members(json!({ "query": introspection })).await,
            me.members(json!({ "documentId": format!("sha256:{}", "0".repeat(64)) })).await,
        ];
        let as_json = me.graphql(OTHER, json!({})).await;

        stored.data();
        assert_eq!(refused.each_ref().map(Answer::fault), ["document_not_stored"; 3]);
        assert_eq!(refused.map(|answer| answer.status), [400; 3]);
        assert_eq!((as_json.status, as_json.fault()), (200, "document_not_stored"));
    })
    .await;
}

#[tokio::test]
async fn a_stored_document_has_the_limits_of_its_caller_and_variables() {
    app(async |app| {
        let around = ("plan { pillars { nodes { ".repeat(5), "} } } ".repeat(5));
        let document = format!(
            "query($x: Boolean = false) {{ plans {{ nodes {{ title }} }} \
             tasks @include(if: $x) {{ nodes {{ {} id {} }} }} }}",
            around.0, around.1
        );
        let folder = Folder::of("cost", &[("deep.graphql", &document)]);
        let mut other = TestApp::on(app.state.db.clone(), app.world.clone(), app.url.clone()).await;
        other.state = other
            .state
            .with(|parts| parts.stored = StoredDocuments::read(&folder.0, true).expect("documents"));
        other.router = concord::server::app(other.state.clone());

        let anonymous = other.anonymous().graphql(&document, json!({})).await;
        let known = app.user("observer").await.at(&other).graphql(&document, json!({})).await;
        let deep = other.anonymous().graphql(&document, json!({ "x": true })).await;

        assert_eq!(anonymous.ok(200)["extensions"]["cost"]["limit"], 5_000);
        assert_eq!(known.ok(200)["extensions"]["cost"]["limit"], 20_000);
        assert_eq!(deep.fault(), "query_too_costly");
    })
    .await;
}

#[test]
fn everything_wrong_with_a_folder_is_told_at_once() {
    let deep = format!("{}{}", "{ plan(id: \"1\") ".repeat(70), "}".repeat(70));
    let folder =
        Folder::of("faults", &[("a.graphql", "{ tasks {"), ("b.graphql", &deep), ("c.graphql", STORED)]);

    let faults = StoredDocuments::read(&folder.0, true).expect_err("faults");
    let missing = StoredDocuments::read(&folder.0.join("nowhere"), true).expect_err("a fault");

    assert_eq!((faults.len(), missing.len()), (2, 1), "{faults:?} {missing:?}");
    assert!(faults[0].contains("a.graphql: ") && faults[1].contains("b.graphql: "), "{faults:?}");
}
