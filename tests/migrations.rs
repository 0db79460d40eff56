//! The schema up and down, with data in place, by several processes, and too new.

use concord::{
    domain::KINDS,
    migrate::{self, MigrateError, Step},
};
use futures_util::future::join_all;
use kernel::{change, db::Db};
use sea_orm::Statement;

use crate::{
    log::unverified::{sql, unverified},
    seeding::empty,
    support::{TestApp, app, db, world::World},
};

async fn steps(app: &TestApp) -> Vec<Step> {
    migrate::status(&app.state.db).await.expect("a status")
}

async fn names(app: &TestApp) -> Vec<String> {
    steps(app).await.into_iter().map(|step| step.name).collect()
}

async fn down(app: &TestApp, count: usize) -> Vec<String> {
    let count = u32::try_from(count).expect("a number of steps");
    let mut gone = migrate::down(&app.state.db, count).await.expect("the schema goes down");
    gone.sort();
    gone
}

async fn up(app: &TestApp) -> Vec<String> {
    migrate::up(&app.state.db).await.expect("the schema goes up")
}

/// Every table but the list of migrations.
async fn tables(app: &TestApp) -> Vec<String> {
    let text = if db::is_postgres() {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger', 'view') AND name NOT LIKE 'sqlite_%'"
    };
    let conn = app.state.db.writing();
    let rows = conn.all_raw(Statement::from_string(conn.backend(), text)).await.expect("the tables");
    let names = rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a name"));
    names.filter(|name| name != "seaql_migrations").collect()
}

#[tokio::test]
async fn a_new_database_has_every_step() {
    empty(async |app| {
        let steps = steps(app).await;
        let again = up(app).await;

        assert!(steps.len() >= 30 && steps.iter().all(|step| step.is_applied), "{steps:?}");
        assert_eq!(again, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_filled_database_goes_down_fully_and_up_again() {
    unverified(async |app| {
        let all = names(app).await;

        let gone = down(app, all.len()).await;
        let left = tables(app).await;
        let made = up(app).await;

        let mut sorted = all.clone();
        sorted.sort();
        assert_eq!((gone, left, made), (sorted, Vec::new(), all));
        assert!(steps(app).await.iter().all(|step| step.is_applied));
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_went_down_and_up_works() {
    unverified(async |app| {
        let all = names(app).await;
        down(app, all.len()).await;
        up(app).await;

        World::make(app).await;

        let report = change::verify(&app.system(), None).await.expect("the log can be read");
        assert_eq!((report.sets, report.findings), (1, Vec::new()));
    })
    .await;
}

/// Takes back one step after the other, newest first, and then applies them all again.
async fn down_and_up_step_by_step(app: &TestApp) -> Vec<String> {
    let all = names(app).await;
    let mut wrong = Vec::new();
    for name in all.iter().rev() {
        let gone = down(app, 1).await;
        if gone != [name.clone()] {
            wrong.push(format!("{name}: {gone:?}"));
        }
    }
    if up(app).await != all {
        wrong.push("not every step was applied again".to_owned());
    }
    wrong
}

#[tokio::test]
async fn each_step_goes_down_and_up_with_data_in_place() {
    unverified(async |app| {
        let wrong = down_and_up_step_by_step(app).await;

        assert_eq!(wrong, Vec::<String>::new());
    })
    .await;
}

/// The newest step of the schema of each version before this one, which operators may still have.
const RELEASED: &[(&str, &str)] = &[("0.1.0", "m20261122_000044_password_token")];

#[tokio::test]
async fn a_filled_database_of_an_earlier_release_comes_up_with_its_log_whole() {
    app(async |app| {
        let all = names(app).await;
        for (version, newest) in RELEASED {
            let later = all.iter().rev().take_while(|name| name != newest).count();
            assert!((1..all.len()).contains(&later), "{version} has no step of its own");
            down(app, later).await;
            let made = up(app).await;

            let report = change::verify(&app.system(), None).await.expect("the log can be read");
            let plan = app.user("focal_point").await.get("/plans?total=true").await;
            assert_eq!((made.len(), report.sets, report.findings), (later, 2, Vec::new()));
            assert_eq!(plan.ok(200)["page"]["total"], 4);
        }
    })
    .await;
}

/// Opens the database as a process of its own would, and migrates.
async fn migrate_alone(url: String) -> Result<usize, String> {
    let db = Db::connect(&url, 2).await.map_err(|error| error.to_string())?;
    let done = migrate::up(&db).await.map_err(|error| error.to_string())?;
    db.close().await.map_err(|error| error.to_string())?;
    Ok(done.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_four_processes_that_start_at_once_one_migrates() {
    let url = db::empty().await;
    let processes = (0..4).map(|_| tokio::spawn(migrate_alone(url.clone())));

    let mut done: Vec<_> = join_all(processes).await.into_iter().map(|one| one.expect("a process")).collect();
    done.sort();

    let all = done[3].clone().expect("a number of steps");
    assert!(all >= 30, "{done:?}");
    assert_eq!(done, [Ok(0), Ok(0), Ok(0), Ok(all)]);
    db::remove(&url).await;
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    empty(async |app| {
        sql(app, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 0)")
            .await
            .expect("a step of a later program");

        let up = migrate::up(&app.state.db).await;
        let down = migrate::down(&app.state.db, 1).await;
        let check = migrate::check(&app.state.db).await;

        let is_newer = |error| matches!(error, MigrateError::Newer(name) if name == "m20990101_000001_later");
        assert!(is_newer(up.expect_err("a refusal")));
        assert!(is_newer(down.expect_err("a refusal")));
        assert!(is_newer(check.expect_err("a refusal")));
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_lacks_steps_is_told() {
    empty(async |app| {
        down(app, 2).await;

        let check = migrate::check(&app.state.db).await;

        assert!(matches!(check, Err(MigrateError::Behind(2))), "{check:?}");
        assert_eq!(steps(app).await.iter().filter(|step| !step.is_applied).count(), 2);
        up(app).await;
    })
    .await;
}

/// Without it the head of a table of all records would read each of them for the languages of its translations.
#[tokio::test]
async fn each_kind_with_texts_has_an_index_of_its_translated_records() {
    empty(async |app| {
        let text = if db::is_postgres() {
            "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'index'"
        };
        let conn = app.state.db.writing();
        let rows = conn.all_raw(Statement::from_string(conn.backend(), text)).await.expect("the indexes");
        let there: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();

        let with_texts = KINDS.all().iter().filter(|def| def.has("translations"));
        let names = with_texts.map(|def| format!("ix_{}_translated", def.table));
        let missing: Vec<String> = names.filter(|name| !there.contains(name)).collect();

        assert_eq!(missing, Vec::<String>::new());
    })
    .await;
}
