//! Template databases: migrated and filled once for each run, copied for each test.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use kernel::db::Db;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::OnceCell;

use super::{TestApp, world::World};

static COUNTER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<(String, Arc<World>)> = OnceCell::const_new();

/// Tells whether this run is on PostgreSQL.
pub fn is_postgres() -> bool {
    std::env::var("CONCORD_TEST_DB").is_ok_and(|name| name == "postgres")
}

/// Address of the PostgreSQL server, without a database.
pub fn postgres_url() -> String {
    let given = std::env::var("CONCORD_TEST_POSTGRES_URL").unwrap_or_default();
    if given.is_empty() { "postgres://postgres@127.0.0.1:5432/postgres".to_owned() } else { given }
}

fn postgres_database(name: &str) -> String {
    let url = postgres_url();
    let (head, query) =
        url.split_once('?').map_or((url.as_str(), String::new()), |(h, q)| (h, format!("?{q}")));
    let server = head.rsplit_once('/').map_or(head, |(server, _)| server);
    format!("{server}/{name}{query}")
}

fn name(number: u32) -> String {
    format!("concord_test_{}_{number}", std::process::id())
}

fn file(number: u32) -> PathBuf {
    std::env::temp_dir().join(format!("{}.db", name(number)))
}

async fn admin() -> DatabaseConnection {
    Database::connect(postgres_url()).await.expect("the PostgreSQL server answers")
}

/// An empty database.
pub async fn empty() -> String {
    let number = COUNTER.fetch_add(1, Ordering::SeqCst);
    if is_postgres() {
        let admin = admin().await;
        admin.execute_unprepared(&format!("CREATE DATABASE {}", name(number))).await.expect("a database");
        admin.close().await.expect("the connection closes");
        postgres_database(&name(number))
    } else {
        format!("sqlite://{}?mode=rwc", file(number).display())
    }
}

async fn template() -> &'static (String, Arc<World>) {
    TEMPLATE
        .get_or_init(|| async {
            let url = empty().await;
            let db = Db::connect(&url, 4).await.expect("the database opens");
            concord::migrate::up(&db).await.expect("the schema is made");
            let app = TestApp::on(db, Arc::default(), url.clone()).await;
            let world = World::make(&app).await;
            app.state.db.close().await.expect("the database closes");
            (url, Arc::new(world))
        })
        .await
}

/// A copy of the template with the world in it.
pub async fn fresh() -> (String, Arc<World>) {
    let (template, world) = template().await;
    let number = COUNTER.fetch_add(1, Ordering::SeqCst);
    if is_postgres() {
        let source = template.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
        let admin = admin().await;
        let sql = format!("CREATE DATABASE {} TEMPLATE {source}", name(number));
        admin.execute_unprepared(&sql).await.expect("a copy of the template");
        admin.close().await.expect("the connection closes");
        return (postgres_database(&name(number)), world.clone());
    }
    let source = template.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc");
    std::fs::copy(source, file(number)).expect("a copy of the template");
    (format!("sqlite://{}?mode=rwc", file(number).display()), world.clone())
}

/// Removes the database of a test.
pub async fn remove(url: &str) {
    if is_postgres() {
        let name = url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
        let admin = admin().await;
        admin
            .execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)"))
            .await
            .expect("the database goes");
        admin.close().await.expect("the connection closes");
        return;
    }
    let path = url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
}
