//! What the database refuses in the middle of an act leaves nothing half done, and stops nothing else.

use chrono::TimeDelta;
use concord::domain::sharing::{self, term};
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestApp, app, db, start};

async fn run(app: &TestApp, sql: &str) {
    let conn = app.state.db.writing();
    conn.all_raw(sea_orm::Statement::from_string(conn.backend(), sql)).await.expect("a statement");
}

/// Lets the database refuse new rows of a table that name this record, until [`allow`].
async fn refuse(app: &TestApp, table: &str, (column, id): (&str, Uuid)) {
    if db::is_postgres() {
        let raise = "CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''broken''; END' LANGUAGE plpgsql";
        run(app, raise).await;
        let when = format!("FOR EACH ROW WHEN (NEW.{column} = '{id}') EXECUTE FUNCTION broken()");
        return run(app, &format!("CREATE TRIGGER broken BEFORE INSERT ON {table} {when}")).await;
    }
    let when = format!("WHEN NEW.{column} = x'{}' BEGIN SELECT RAISE(ABORT, 'broken'); END", id.simple());
    run(app, &format!("CREATE TRIGGER broken BEFORE INSERT ON {table} {when}")).await;
}

/// Lets the database take rows of the table again.
async fn allow(app: &TestApp, table: &str) {
    let on = if db::is_postgres() { format!(" ON {table}") } else { String::new() };
    run(app, &format!("DROP TRIGGER broken{on}")).await;
}

#[tokio::test]
async fn a_token_that_is_not_stored_is_in_no_log() {
    app(async |app| {
        let me = app.user("focal_point").await;
        let path = format!("/users/{}/password-token", app.world.id("officer"));
        refuse(app, "password_token", ("user_id", app.world.id("officer"))).await;
        let before = app.count("change_set").await;

        let refused = me.post(&path, json!({})).await;
        let meanwhile = app.count("change_set").await;
        allow(app, "password_token").await;
        let issued = me.post(&path, json!({})).await;

        refused.problem(500, "internal");
        issued.ok(201);
        assert_eq!((meanwhile, app.count("change_set").await), (before, before + 1));
    })
    .await;
}

/// Releases the national plan to partners, an hour from the start.
async fn release(app: &TestApp) -> Uuid {
    let release = sharing::NewRelease {
        audiences: vec!["partners".into()],
        basis: None,
        purpose: None,
        from_at: start() + TimeDelta::hours(1),
        until_at: None,
        key: None,
    };
    let ctx = app.state.ctx(None).acting(app.actor("focal_point").await);
    let plan = app.world.id("plan:national");
    ctx.run(async |unit| sharing::release(unit, plan, &release).await).await.expect("a release")
}

#[tokio::test]
async fn a_release_that_cannot_begin_keeps_back_no_other() {
    app(async |app| {
        let before = app.count("release_term").await;
        let (first, _) = (release(app).await, release(app).await);
        refuse(app, "release_term", ("release_id", first)).await;
        app.state.clock.advance(TimeDelta::hours(2));

        let turned = term::keep_terms(&app.system()).await;
        let begun = app.count("release_term").await;
        allow(app, "release_term").await;
        let again = term::keep_terms(&app.system()).await;

        assert!(turned.is_err(), "{turned:?}");
        assert_eq!((begun, again.expect("the first begins")), (before + 1, 1));
        assert_eq!(app.count("release_term").await, before + 2);
    })
    .await;
}
