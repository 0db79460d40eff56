//! Calls that begin imports, snapshots and bundles, repeated under a key.

use serde_json::json;

use super::{is_replayed, keyed};
use crate::{
    imports::{act, counts, send},
    support::{app, client::Client},
};

const FILE: &str = "title,owner,lead_agency,language,source_system,external_key\nDrill,KGZ,MES,en,crm,1\n";

async fn change(me: &Client<'_>) {
    let task = me.get("/tasks/by-key/crm/1").await;
    me.edit(&format!("/tasks/{}", task.id()), json!({"title": "Changed"})).await.ok(200);
}

#[tokio::test]
async fn a_repeated_import_is_answered_by_the_first_one_and_done_once() {
    app(async |app| {
        let me = keyed(app, "secretariat", "import-1").await;

        let first = send(&me, "kind=tasks&force=true", FILE).await;
        change(&app.user("secretariat").await).await;
        let again = send(&me, "kind=tasks&force=true", FILE).await;
        let other = send(&me, "kind=tasks&force=true", FILE.replace("Drill", "Stock")).await;
        let elsewhere = send(&me, "kind=tasks&force=true&atomic=row", FILE).await;

        assert_eq!((counts(first.ok(200)), &first.body), ([1, 0, 0, 0, 0], again.ok(200)));
        assert_eq!((is_replayed(&first), is_replayed(&again)), (false, true));
        other.problem(422, "idempotency_key_reused");
        elsewhere.problem(422, "idempotency_key_reused");
        assert_eq!(me.get("/tasks/by-key/crm/1").await.ok(200)["title"], "Changed");
        assert_eq!(app.count("import_job").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_refused_whole_or_only_judged_uses_up_no_key() {
    app(async |app| {
        let me = keyed(app, "secretariat", "import-1").await;

        let unreadable = send(&me, "kind=tasks", FILE.replace("title", "titel")).await;
        let judged = send(&me, "kind=tasks&dry_run=true", FILE).await;
        let done = send(&me, "kind=tasks", FILE).await;

        assert!((400..500).contains(&unreadable.status), "{}", unreadable.body);
        assert_eq!(counts(judged.ok(200)), [1, 0, 0, 0, 0]);
        assert_eq!((counts(done.ok(200)), is_replayed(&done)), ([1, 0, 0, 0, 0], false));
        me.post(&act(&done, "revert"), json!({})).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn the_import_that_a_file_already_was_is_kept_under_the_key_too() {
    app(async |app| {
        let me = app.user("secretariat").await;
        let first = send(&me, "kind=tasks", FILE).await;
        let me = keyed(app, "secretariat", "import-2").await;

        let same = send(&me, "kind=tasks", FILE).await;
        let other = send(&me, "kind=tasks", FILE.replace("Drill", "Stock")).await;

        assert_eq!((first.ok(200)["id"].as_str(), is_replayed(&same)), (same.ok(200)["id"].as_str(), false));
        other.problem(422, "idempotency_key_reused");
    })
    .await;
}

/// A packed file is told from another one as a plain one is.
#[tokio::test]
async fn a_packed_file_under_a_key_is_not_taken_for_another_one() {
    app(async |app| {
        let me = keyed(app, "secretariat", "import-3").await.with("content-encoding", "gzip");
        let pack = |text: &str| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packer, text.as_bytes()).expect("packed");
            packer.finish().expect("packed")
        };

        let first = send(&me, "kind=tasks", pack(FILE)).await;
        let again = send(&me, "kind=tasks", pack(FILE)).await;
        let other = send(&me, "kind=tasks", pack(&FILE.replace("Drill", "Stock"))).await;

        assert_eq!((first.ok(200)["id"].as_str(), is_replayed(&again)), (again.ok(200)["id"].as_str(), true));
        other.problem(422, "idempotency_key_reused");
    })
    .await;
}

#[tokio::test]
async fn a_repeated_order_for_a_snapshot_is_the_same_snapshot() {
    app(async |app| {
        let me = keyed(app, "officer", "export-1").await.with("prefer", "wait=25");
        let order = json!({"kinds": ["tasks"]});

        let first = me.post("/exports", order.clone()).await;
        let again = me.post("/exports", order).await;
        let other = me.post("/exports", json!({"kinds": ["plans"]})).await;

        assert_eq!((first.ok(200)["id"].as_str(), is_replayed(&again)), (again.ok(200)["id"].as_str(), true));
        other.problem(422, "idempotency_key_reused");
        assert_eq!(app.count("export_job").await, 1);
    })
    .await;
}
