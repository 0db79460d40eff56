//! The change log: what `verify` finds, what the triggers refuse, what history shows.

mod history;
pub mod unverified;
mod writers;

use concord::domain::Registered;
use entity::Organisation;
use kernel::change;
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestApp, app, db};
use unverified::{quoted, sql, unverified};

async fn tamper(app: &TestApp, text: &str) {
    let touched = sql(app, text).await.expect("the database does as it is told");
    assert_ne!(touched, 0, "{text}");
}

/// Takes the triggers away that keep the log append-only.
async fn disarm(app: &TestApp) {
    for table in ["change_set", "change", "change_payload"] {
        if db::is_postgres() {
            sql(app, &format!("ALTER TABLE {table} DISABLE TRIGGER ALL")).await.expect("no triggers");
            continue;
        }
        for operation in ["update", "delete"] {
            let drop = format!("DROP TRIGGER refuse_{operation}_of_{table}");
            sql(app, &drop).await.expect("no trigger");
        }
    }
}

/// The changes of the world, which are one change set.
fn world_set() -> &'static str {
    "set_id = (SELECT id FROM change_set WHERE seq = 1)"
}

async fn findings(app: &TestApp) -> Vec<String> {
    let report = change::verify(&app.system(), None).await.expect("the log can be read");
    report.findings.into_iter().map(|finding| finding.0).collect()
}

/// The one finding there is.
#[track_caller]
fn only(found: &[String]) -> &str {
    assert_eq!(found.len(), 1, "{found:?}");
    &found[0]
}

/// A log of two change sets, the second of which makes this organisation.
async fn organisation(app: &TestApp) -> Uuid {
    let steward = app.user("steward").await;
    let made = steward
        .post("/organisations", json!({"code": "OPCW", "name": "Prohibition", "kind": "un_body"}))
        .await;
    made.ok(201);
    made.id().parse().expect("an id")
}

#[tokio::test]
async fn an_untouched_log_is_whole() {
    unverified(async |app| {
        organisation(app).await;

        let report = change::verify(&app.system(), None).await.expect("the log can be read");

        assert_eq!((report.sets, report.erased, report.findings), (2, 0, Vec::new()));
        assert!(report.records > 40 && report.changes >= report.records, "{} records", report.records);
    })
    .await;
}

#[tokio::test]
async fn a_record_changed_by_sql_is_found() {
    unverified(async |app| {
        let task = app.world.id("task:foreign");
        tamper(app, &format!("UPDATE task SET title = 'Other' WHERE id = {}", quoted(task))).await;

        let found = findings(app).await;

        assert_eq!(only(&found), format!("task {task} differs from its newest image"));
    })
    .await;
}

#[tokio::test]
async fn a_record_whose_version_was_changed_by_sql_is_found() {
    unverified(async |app| {
        let task = app.world.id("task:foreign");
        tamper(app, &format!("UPDATE task SET version = 7 WHERE id = {}", quoted(task))).await;

        let found = findings(app).await;

        assert_eq!(only(&found), format!("task {task} has another version than the log"));
    })
    .await;
}

#[tokio::test]
async fn a_record_deleted_by_sql_is_found() {
    unverified(async |app| {
        let stated = app.world.id("country_framework:KGZ");
        tamper(app, &format!("DELETE FROM country_framework WHERE id = {}", quoted(stated))).await;

        let found = findings(app).await;

        assert_eq!(only(&found), format!("country_framework {stated} is in the log but not stored"));
    })
    .await;
}

#[tokio::test]
async fn a_record_inserted_by_sql_is_found() {
    unverified(async |app| {
        let id = app.state.clock.id();
        let columns: Vec<_> = Organisation::def().columns.iter().map(|column| column.name).collect();
        let copied = columns.join(", ").replacen("code", "'GHOST'", 1).replacen("id", &quoted(id), 1);
        let columns = columns.join(", ");
        tamper(app, &format!("INSERT INTO organisation ({columns}) SELECT {copied} FROM organisation")).await;

        let found = findings(app).await;

        assert_eq!(only(&found), format!("organisation {id} is stored but was never logged"));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_record_brought_back_by_sql_is_found() {
    unverified(async |app| {
        let id = app.world.id("task:foreign");
        let (path, me) = (format!("/tasks/{id}"), app.user("foreign_focal_point").await);
        sql(app, "CREATE TABLE kept AS SELECT * FROM task").await.expect("a table");
        me.delete(&path, &me.get(&path).await.etag()).await.ok(204);
        tamper(app, &format!("INSERT INTO task SELECT * FROM kept WHERE id = {}", quoted(id))).await;

        let found = findings(app).await;

        assert_eq!(only(&found), format!("task {id} is stored although the log says it was deleted"));
    })
    .await;
}

#[tokio::test]
async fn an_altered_change_is_found() {
    unverified(async |app| {
        disarm(app).await;
        let task = quoted(app.world.id("task:foreign"));
        tamper(app, &format!("UPDATE change SET owner = 'KGZ' WHERE record_id = {task}")).await;

        let found = findings(app).await;

        assert_eq!(only(&found), "change set 1: its changes were altered, reordered, deleted or put in");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_change_is_found() {
    unverified(async |app| {
        disarm(app).await;
        tamper(app, &format!("DELETE FROM change WHERE ordinal = 3 AND {}", world_set())).await;

        let found = findings(app).await;

        assert!(found[0].starts_with("change set 1: has "), "{found:?}");
        assert_eq!(found[1], "change set 1: its changes were altered, reordered, deleted or put in");
        assert!(found[2].ends_with("is stored but was never logged"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_change_that_no_set_accounts_for_is_found() {
    unverified(async |app| {
        let id = quoted(app.state.clock.id());
        let add = format!(
            "INSERT INTO change (set_id, ordinal, kind, record_id, version, op, owner, payload_hash)
             VALUES ({id}, 0, 'task', {id}, 1, 'create', 'KGZ', 'x')"
        );
        tamper(app, &add).await;

        let found = findings(app).await;

        assert!(only(&found).contains("changes are stored, the change sets account for"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn reordered_changes_are_found() {
    unverified(async |app| {
        disarm(app).await;
        let set = world_set();
        tamper(app, &format!("UPDATE change SET ordinal = -1 WHERE ordinal = 0 AND {set}")).await;
        tamper(app, &format!("UPDATE change SET ordinal = 0 WHERE ordinal = 1 AND {set}")).await;
        tamper(app, &format!("UPDATE change SET ordinal = 1 WHERE ordinal = -1 AND {set}")).await;

        let found = findings(app).await;

        assert!(
            found.contains(&"change set 1: its changes were altered, reordered, deleted or put in".into()),
            "{found:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn reordered_change_sets_are_found() {
    unverified(async |app| {
        organisation(app).await;
        disarm(app).await;
        tamper(app, "UPDATE change_set SET seq = 9 WHERE seq = 1").await;
        tamper(app, "UPDATE change_set SET seq = 1 WHERE seq = 2").await;
        tamper(app, "UPDATE change_set SET seq = 2 WHERE seq = 9").await;

        let found = findings(app).await;

        assert!(
            found.contains(&"change set 1: does not carry the hash of the set before".into()),
            "{found:?}"
        );
        assert!(found.contains(&"change set 2: its hash does not fit its content".into()), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_change_set_taken_out_is_found() {
    unverified(async |app| {
        organisation(app).await;
        disarm(app).await;
        tamper(app, "DELETE FROM change_set WHERE seq = 1").await;

        let found = findings(app).await;

        assert_eq!(found[0], "change set 2: follows 0, so sets are missing or were put in");
        assert_eq!(found[1], "change set 2: does not carry the hash of the set before");
    })
    .await;
}

#[tokio::test]
async fn an_altered_change_set_is_found() {
    unverified(async |app| {
        disarm(app).await;
        tamper(app, "UPDATE change_set SET actor = 1, cause = 'request' WHERE seq = 1").await;

        let found = findings(app).await;

        assert_eq!(only(&found), "change set 1: its hash does not fit its content");
    })
    .await;
}

#[tokio::test]
async fn an_altered_payload_is_found() {
    unverified(async |app| {
        organisation(app).await;
        disarm(app).await;
        let last = "set_id = (SELECT id FROM change_set WHERE seq = 2)";
        let altered = "\"after\" = REPLACE(\"after\", 'Prohibition', 'Permission')";
        tamper(app, &format!("UPDATE change_payload SET {altered} WHERE {last}")).await;
        tamper(app, "UPDATE organisation SET name = 'Permission' WHERE code = 'OPCW'").await;

        let found = findings(app).await;

        assert!(found.contains(&"change set 2: the payload of change 0 was altered".into()), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_payload_that_lost_only_its_salt_is_found() {
    unverified(async |app| {
        organisation(app).await;
        disarm(app).await;
        let last = "set_id = (SELECT id FROM change_set WHERE seq = 2)";
        tamper(app, &format!("UPDATE change_payload SET salt = NULL WHERE {last}")).await;

        let found = findings(app).await;

        assert_eq!(only(&found), "change set 2: the payload of change 0 was altered");
    })
    .await;
}

#[tokio::test]
async fn a_payload_that_was_deleted_is_found() {
    unverified(async |app| {
        organisation(app).await;
        disarm(app).await;
        tamper(app, "DELETE FROM change_payload WHERE set_id = (SELECT id FROM change_set WHERE seq = 2)")
            .await;

        let found = findings(app).await;

        assert_eq!(only(&found), "change set 2: the payload of change 0 was deleted");
    })
    .await;
}

#[tokio::test]
async fn an_erased_payload_passes_and_is_counted() {
    unverified(async |app| {
        organisation(app).await;
        let erase = "UPDATE change_payload SET salt = NULL, \"before\" = NULL, \"after\" = NULL";
        tamper(app, &format!("{erase} WHERE set_id = (SELECT id FROM change_set WHERE seq = 2)")).await;

        let report = change::verify(&app.system(), None).await.expect("the log can be read");

        assert_eq!((report.erased, report.findings), (1, Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn a_cut_tail_is_found_with_a_kept_head_only() {
    unverified(async |app| {
        organisation(app).await;
        let kept = change::head(&app.system()).await.expect("a head");
        disarm(app).await;
        let last = "(SELECT id FROM change_set WHERE seq = 2)";
        tamper(app, &format!("DELETE FROM change_payload WHERE set_id = {last}")).await;
        tamper(app, &format!("DELETE FROM change WHERE set_id = {last}")).await;
        tamper(app, "DELETE FROM change_set WHERE seq = 2").await;
        tamper(app, "DELETE FROM organisation WHERE code = 'OPCW'").await;

        let without = findings(app).await;
        let with = change::verify(&app.system(), Some(&kept)).await.expect("the log can be read");

        assert_eq!(without, Vec::<String>::new());
        assert_eq!(
            with.findings[0].0,
            "the head kept outside is not in the log: the log was cut or rewritten"
        );
    })
    .await;
}

#[tokio::test]
async fn an_older_head_is_still_in_the_log() {
    app(async |app| {
        let kept = change::head(&app.system()).await.expect("a head");
        organisation(app).await;

        let report = change::verify(&app.system(), Some(&kept)).await.expect("the log can be read");

        assert_eq!((kept.seq, report.findings), (1, Vec::new()));
    })
    .await;
}

/// Asserts that the database refuses this.
async fn refused(app: &TestApp, text: &str) {
    let error = sql(app, text).await.expect_err(text).to_string();
    assert!(error.contains("the change log is append-only"), "{text}: {error}");
}

#[tokio::test]
async fn triggers_refuse_to_rewrite_the_log() {
    app(async |app| {
        refused(app, "UPDATE change_set SET cause = 'job'").await;
        refused(app, "DELETE FROM change_set").await;
        refused(app, "UPDATE change SET owner = 'KGZ'").await;
        refused(app, "DELETE FROM change").await;
        refused(app, "DELETE FROM change_payload").await;
        refused(app, "UPDATE change_payload SET \"after\" = '{}'").await;
        refused(app, "UPDATE change_payload SET salt = NULL").await;
        refused(app, "UPDATE change_payload SET salt = NULL, \"after\" = NULL, ordinal = ordinal + 1").await;
    })
    .await;
}
