//! Cursors of the feed after the database was restored from a backup.

use serde_json::json;

use super::{now, read};
use crate::{
    log::unverified::sql,
    support::{TestApp, app, db},
};

/// Takes back the last change set, as the backup of before it would.
async fn restore(app: &TestApp) {
    let last = "(SELECT max(seq) FROM change_set)";
    for table in ["change_payload", "change", "change_set"] {
        let on = if db::is_postgres() { format!(" ON {table}") } else { String::new() };
        sql(app, &format!("DROP TRIGGER refuse_delete_of_{table}{on}")).await.expect("a trigger");
    }
    sql(app, "DELETE FROM task WHERE title = 'Lost'").await.expect("no task");
    for table in ["change_payload", "change"] {
        let of = format!("set_id = (SELECT id FROM change_set WHERE seq = {last})");
        sql(app, &format!("DELETE FROM {table} WHERE {of}")).await.expect("no rows");
    }
    sql(app, &format!("DELETE FROM change_set WHERE seq = {last}")).await.expect("no set");
}

#[tokio::test]
async fn a_cursor_from_before_a_restore_is_refused_though_the_log_has_grown_beyond_it() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let task =
            |title: &str| json!({"title": title, "owner": "KGZ", "language": "en", "lead_agency": "MES"});
        let before = now(&me).await;
        me.post("/tasks", task("Lost")).await.ok(201);
        let cursor = now(&me).await;
        restore(app).await;

        let at_once = me.get(&format!("/changes?after={cursor}")).await;
        me.post("/tasks", task("One")).await.ok(201);
        me.post("/tasks", task("Two")).await.ok(201);
        let later = me.get(&format!("/changes?after={cursor}")).await;
        let (told, _) = read(&me, Some(&before)).await;

        at_once.problem(410, "log_replaced");
        later.problem(410, "log_replaced");
        assert_eq!(told.len(), 2);
    })
    .await;
}
