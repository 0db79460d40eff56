//! Templates as PostgreSQL databases.
//!
//! Making a database takes half a second, so a test takes one that no other test holds and sets it back. Locks of the
//! server say which are held: a process that ends, however it does, holds none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, QueryResult, Statement};
use tokio::sync::OnceCell;

use super::{BUILD, Content, World, fill, migrate};

/// The world of the template.
static WORLD: OnceCell<Arc<World>> = OnceCell::const_new();

/// Connections that hold a database, by its name.
static HELD: Mutex<Option<HashMap<String, DatabaseConnection>>> = Mutex::new(None);

/// Address of the server, without a database.
fn server() -> String {
    let given = std::env::var("CONCORD_TEST_POSTGRES_URL").unwrap_or_default();
    let url = if given.is_empty() { "postgres://postgres@127.0.0.1:5432/postgres".to_owned() } else { given };
    // Within the machine nothing is encrypted unless the address says so: it would be most of what a statement takes.
    let is_here = ["@127.0.0.1", "@localhost"].iter().any(|host| url.contains(host));
    if !is_here || url.contains("sslmode") {
        return url;
    }
    format!("{url}{}sslmode=disable", if url.contains('?') { '&' } else { '?' })
}

/// Address of a database of the server.
fn url(name: &str) -> String {
    let server = server();
    let (head, query) =
        server.split_once('?').map_or((server.as_str(), String::new()), |(h, q)| (h, format!("?{q}")));
    format!("{}/{name}{query}", head.rsplit_once('/').map_or(head, |(server, _)| server))
}

fn database_of(url: &str) -> &str {
    url.rsplit('/')
        .find(|part| part.starts_with("concord_test_"))
        .unwrap_or_default()
        .split('?')
        .next()
        .unwrap_or_default()
}

/// One connection to a database, not several: locks belong to it.
async fn connect(url: String) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

async fn admin() -> DatabaseConnection {
    connect(server()).await.expect("the PostgreSQL server answers")
}

/// Why the server does not answer, if it does not.
pub async fn answers() -> Result<(), DbErr> {
    connect(server()).await?.close().await
}

async fn rows(conn: &DatabaseConnection, sql: &str) -> Result<Vec<QueryResult>, DbErr> {
    conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await
}

async fn texts(conn: &DatabaseConnection, sql: &str) -> Vec<String> {
    let found = rows(conn, sql).await.expect("the server answers");
    found.iter().filter_map(|row| row.try_get_by_index(0).ok()).collect()
}

/// Runs one statement outside the databases of the tests.
async fn run(sql: &str) {
    let admin = admin().await;
    admin.execute_unprepared(sql).await.expect("the server does it");
    admin.close().await.expect("the connection closes");
}

/// Calls a function of advisory locks for what has this number: databases count from one, the template is nought.
async fn lock(conn: &DatabaseConnection, function: &str, number: u32) -> bool {
    let place = BUILD.place.cast_signed();
    let row =
        rows(conn, &format!("SELECT COALESCE({function}({place}, {number})::text, '') <> 'false'")).await;
    row.expect("the server answers")[0].try_get_by_index(0).expect("a truth value")
}

/// What the databases of all builds at this place begin with.
fn place() -> String {
    format!("concord_test_w{:08x}_", BUILD.place)
}

fn template() -> String {
    format!("{}t{:08x}", place(), BUILD.print)
}

pub async fn empty(name: &str) -> String {
    run(&format!("CREATE DATABASE {name}")).await;
    run(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    url(name)
}

pub async fn copy(content: Content) -> (String, Arc<World>) {
    let conn = admin().await;
    let world = prepared(&conn).await;
    let mut number = 1;
    while !lock(&conn, "pg_try_advisory_lock", number).await {
        number += 1;
    }
    let name = format!("{}{number}", place());
    if set_back(&name, content).await.is_none() {
        run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&format!("CREATE DATABASE {name} TEMPLATE {}", template())).await;
        // What a test has written need not outlive the server.
        run(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
        set_back(&name, content).await.expect("a new database can be set back");
    }
    HELD.lock().expect("the databases").get_or_insert_default().insert(name.clone(), conn);
    (url(&name), world)
}

pub async fn remove(url: &str) {
    let name = database_of(url);
    let held = HELD.lock().expect("the databases").get_or_insert_default().remove(name);
    match held {
        Some(conn) => conn.close().await.expect("the connection closes"),
        None => run(&format!("DROP DATABASE {name} WITH (FORCE)")).await,
    }
}

/// Makes sure of the template, which stays as long as the connection does, and answers its world.
async fn prepared(conn: &DatabaseConnection) -> Arc<World> {
    lock(conn, "pg_advisory_lock_shared", 0).await;
    if let Some(world) = stored(conn).await {
        return world;
    }
    lock(conn, "pg_advisory_unlock_shared", 0).await;
    lock(conn, "pg_advisory_lock", 0).await;
    if stored(conn).await.is_none() {
        make(conn).await;
    }
    lock(conn, "pg_advisory_unlock", 0).await;
    lock(conn, "pg_advisory_lock_shared", 0).await;
    stored(conn).await.expect("the template was made")
}

/// The world of the template, which stands beside it as a comment once it is whole.
async fn stored(conn: &DatabaseConnection) -> Option<Arc<World>> {
    if let Some(world) = WORLD.get() {
        return Some(world.clone());
    }
    let sql = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname =";
    let found = texts(conn, &format!("{sql} '{}'", template())).await;
    let world = Arc::new(serde_json::from_str::<World>(found.first()?).ok()?);
    let _ = WORLD.set(world.clone());
    Some(world)
}

async fn make(conn: &DatabaseConnection) {
    drop_all(conn).await;
    let name = template();
    let url = empty(&name).await;
    migrate(&url).await;
    save(&name, "blank").await;
    let world = fill(&url).await;
    save(&name, "world").await;
    keep_form(&name).await;
    let text = serde_json::to_string(&world).expect("JSON");
    run(&format!("COMMENT ON DATABASE {name} IS '{text}'")).await;
}

/// Drops the databases of all builds at this place.
async fn drop_all(conn: &DatabaseConnection) {
    let like = place().replace('_', "\\_");
    for name in
        texts(conn, &format!("SELECT datname::text FROM pg_database WHERE datname LIKE '{like}%'")).await
    {
        run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

/// Removes the databases that a test process left: those of failed tests, and all others that nobody holds.
pub async fn remove_all_of(process: u32) {
    let conn = admin().await;
    let left =
        format!("SELECT datname::text FROM pg_database WHERE datname LIKE 'concord\\_test\\_{process}\\_%'");
    for name in texts(&conn, &left).await {
        run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    if lock(&conn, "pg_try_advisory_lock", 0).await {
        drop_all(&conn).await;
    }
    conn.close().await.expect("the connection closes");
}

/// Tables of the schema.
async fn tables(conn: &DatabaseConnection) -> Vec<String> {
    texts(conn, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").await
}

/// What the schema consists of, in numbers: a test that left it otherwise has spoilt its database.
const FORM: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM pg_attribute),
    (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i', 'v')), (SELECT count(*) FROM pg_trigger),
    (SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'), (SELECT count(*) FROM pg_proc),
    (SELECT count(*) FROM pg_constraint))";

/// Keeps a copy of every table in a schema of its own, with the statements that bring it back.
async fn save(name: &str, schema: &str) {
    let conn = connect(url(name)).await.expect("the template opens");
    let mut keep = format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.script (text text); ");
    let mut bring = String::new();
    for table in tables(&conn).await {
        keep.push_str(&format!("CREATE TABLE {schema}.\"{table}\" AS TABLE public.\"{table}\"; "));
        bring.push_str(&format!(
            "DELETE FROM public.\"{table}\"; INSERT INTO public.\"{table}\" SELECT * FROM {schema}.\"{table}\"; "
        ));
    }
    keep.push_str(&format!("INSERT INTO {schema}.script VALUES ('{bring}')"));
    conn.execute_unprepared(&keep).await.expect("the tables are kept");
    conn.close().await.expect("the connection closes");
}

/// Keeps the form that the template has in the end.
async fn keep_form(name: &str) {
    let conn = connect(url(name)).await.expect("the template opens");
    conn.execute_unprepared("CREATE TABLE world.form (text text)").await.expect("a table");
    conn.execute_unprepared(&format!("INSERT INTO world.form {FORM}")).await.expect("a row");
    conn.close().await.expect("the connection closes");
}

/// Makes a database as the template is, if there is one and its schema is as it was.
async fn set_back(name: &str, content: Content) -> Option<()> {
    let schema = match content {
        Content::Blank => "blank",
        Content::World => "world",
    };
    let conn = connect(url(name)).await.ok()?;
    let done = restored(&conn, schema).await;
    conn.close().await.ok()?;
    done
}

async fn restored(conn: &DatabaseConnection, schema: &str) -> Option<()> {
    let asked = format!("SELECT text FROM {schema}.script WHERE (SELECT text FROM world.form) = ({FORM})");
    let script: String = rows(conn, &asked).await.ok()?.first()?.try_get_by_index(0).ok()?;
    // Without triggers: neither the append-only log nor foreign keys stand in the way.
    let text = format!(
        "BEGIN; SET LOCAL session_replication_role = replica; SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid(); {script} COMMIT;"
    );
    conn.execute_unprepared(&text).await.ok().map(|_| ())
}
