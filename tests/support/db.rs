//! Template databases: migrated and filled once for each run, copied for each test.
//!
//! Making a PostgreSQL database takes half a second, so those of passed tests are set back and used again.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use kernel::db::Db;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::sync::OnceCell;

use super::{TestApp, world::World};

static COUNTER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<(Template, Arc<World>)> = OnceCell::const_new();

/// PostgreSQL databases made of the template.
static COPIES: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// Those of passed tests.
static SPARE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What is copied for each test.
enum Template {
    /// The bytes of a SQLite file.
    File(Vec<u8>),
    /// Name of a PostgreSQL database.
    Database(String),
}

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
        run(&format!("CREATE DATABASE {}", name(number))).await;
        postgres_database(&name(number))
    } else {
        format!("sqlite://{}?mode=rwc", file(number).display())
    }
}

async fn template() -> &'static (Template, Arc<World>) {
    TEMPLATE
        .get_or_init(|| async {
            let url = empty().await;
            let db = Db::connect(&url, 4).await.expect("the database opens");
            concord::migrate::up(&db).await.expect("the schema is made");
            let app = TestApp::on(db, Arc::default(), url.clone()).await;
            let world = Arc::new(World::make(&app).await);
            app.state.db.close().await.expect("the database closes");
            if is_postgres() {
                save(database_of(&url)).await;
                return (Template::Database(database_of(&url).to_owned()), world);
            }
            let bytes = std::fs::read(file_of(&url)).expect("the template");
            remove(&url).await;
            (Template::File(bytes), world)
        })
        .await
}

/// A copy of the template with the world in it.
pub async fn fresh() -> (String, Arc<World>) {
    let (template, world) = template().await;
    let number = COUNTER.fetch_add(1, Ordering::SeqCst);
    let url = match template {
        Template::File(bytes) => {
            std::fs::write(file(number), bytes).expect("a copy of the template");
            format!("sqlite://{}?mode=rwc", file(number).display())
        }
        Template::Database(source) => match spare().await {
            Some(name) => postgres_database(&name),
            None => {
                run(&format!("CREATE DATABASE {} TEMPLATE {source}", name(number))).await;
                COPIES.lock().expect("the copies").insert(name(number));
                postgres_database(&name(number))
            }
        },
    };
    (url, world.clone())
}

fn database_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default()
}

fn file_of(url: &str) -> &str {
    url.trim_start_matches("sqlite://").trim_end_matches("?mode=rwc")
}

/// Runs one statement on the PostgreSQL server, outside the databases of the tests.
async fn run(sql: &str) {
    let admin = admin().await;
    admin.execute_unprepared(sql).await.expect("the server does it");
    admin.close().await.expect("the connection closes");
}

/// Removes the PostgreSQL databases that a test process left: its template, and those of failed tests.
pub async fn remove_all_of(process: u32) {
    let admin = admin().await;
    let left = format!("SELECT datname FROM pg_database WHERE datname LIKE 'concord\\_test\\_{process}\\_%'");
    let left = admin.query_all_raw(Statement::from_string(admin.get_database_backend(), left)).await;
    admin.close().await.expect("the connection closes");
    for row in left.expect("the server lists its databases") {
        let name: String = row.try_get_by_index(0).expect("a name");
        run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

/// Tables of the template.
async fn tables(conn: &DatabaseConnection) -> Vec<String> {
    let text = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), text)).await;
    let rows = rows.expect("the tables");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect()
}

/// What the schema consists of, in numbers: a test that left it otherwise has spoilt its database.
async fn form(conn: &DatabaseConnection) -> Option<String> {
    let text = "SELECT concat_ws(' ', (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute),
        (SELECT count(*) FROM pg_trigger),
        (SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_constraint))";
    let row = conn.query_one_raw(Statement::from_string(conn.get_database_backend(), text)).await.ok()??;
    row.try_get_by_index(0).ok()
}

/// Keeps a copy of every table of the template in a schema of its own.
async fn save(name: &str) {
    let conn = Database::connect(postgres_database(name)).await.expect("the template opens");
    let mut text = "CREATE SCHEMA saved; ".to_owned();
    for table in tables(&conn).await {
        text.push_str(&format!("CREATE TABLE saved.\"{table}\" AS TABLE public.\"{table}\"; "));
    }
    text.push_str("CREATE TABLE saved.form (text text)");
    conn.execute_unprepared(&text).await.expect("the tables are kept");
    let form = form(&conn).await.expect("the form of the schema");
    conn.execute_unprepared(&format!("INSERT INTO saved.form VALUES ('{form}')")).await.expect("a row");
    conn.close().await.expect("the connection closes");
}

/// A database of a passed test, as the template is; one that cannot be set back is dropped.
async fn spare() -> Option<String> {
    let name = SPARE.lock().expect("the spare databases").pop()?;
    if set_back(&name).await.is_some() {
        return Some(name);
    }
    run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    None
}

async fn set_back(name: &str) -> Option<()> {
    let conn = Database::connect(postgres_database(name)).await.ok()?;
    let row = Statement::from_string(conn.get_database_backend(), "SELECT text FROM saved.form");
    let kept: String = conn.query_one_raw(row).await.ok()??.try_get_by_index(0).ok()?;
    if form(&conn).await? != kept {
        conn.close().await.ok()?;
        return None;
    }
    // Without triggers: neither the append-only log nor foreign keys stand in the way.
    let mut text =
        "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off; \
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid(); "
            .to_owned();
    for table in tables(&conn).await {
        text.push_str(&format!(
            "DELETE FROM public.\"{table}\"; INSERT INTO public.\"{table}\" SELECT * FROM saved.\"{table}\"; "
        ));
    }
    let done = conn.execute_unprepared(&format!("{text} COMMIT")).await;
    conn.close().await.ok()?;
    done.ok().map(|_| ())
}

/// Removes the database of a test, or keeps it for another one.
pub async fn remove(url: &str) {
    if is_postgres() {
        let name = database_of(url);
        if COPIES.lock().expect("the copies").contains(name) {
            return SPARE.lock().expect("the spare databases").push(name.to_owned());
        }
        return run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file_of(url)));
    }
}
