//! Databases of tests: each one a copy of a template that is made once for each build of the suite.
//!
//! Templates are kept under the time and size of the test binary, so that every process of a runner that starts one
//! for each test finds them: SQLite files beside the build, PostgreSQL databases on the server.

mod files;
mod postgres;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::UNIX_EPOCH,
};

use kernel::db::Db;

use super::{TestApp, world::World};

pub use files::path as file_of;
pub use postgres::{answers, remove_all_of};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// What a database has in it.
#[derive(Clone, Copy)]
enum Content {
    /// The schema.
    Blank,
    /// The schema and the world.
    World,
}

/// Which build of the suite this is.
struct Build {
    /// Of its path: the next build has the same.
    place: u32,
    /// Of its time and size: the next build has another one.
    print: u32,
}

static BUILD: LazyLock<Build> = LazyLock::new(|| {
    let path = std::env::current_exe().expect("the test binary");
    let about = path.metadata().expect("the test binary");
    let written = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    Build { place: short(&path), print: short(&(about.len(), written)) }
});

fn short(of: &impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    u32::try_from(hasher.finish() >> 32).expect("half of the bits")
}

/// Whether this run is on PostgreSQL.
pub fn is_postgres() -> bool {
    std::env::var("CONCORD_TEST_DB").is_ok_and(|name| name == "postgres")
}

fn name(number: u32) -> String {
    format!("concord_test_{}_{number}", std::process::id())
}

fn file(number: u32) -> PathBuf {
    std::env::temp_dir().join(format!("{}.db", name(number)))
}

/// An empty database.
pub async fn empty() -> String {
    let number = COUNTER.fetch_add(1, Ordering::SeqCst);
    if is_postgres() { postgres::empty(&name(number)).await } else { files::url(&file(number)) }
}

/// A database with the schema and nothing in it.
pub async fn blank() -> String {
    copy(Content::Blank).await.0
}

/// A database with the world in it.
pub async fn fresh() -> (String, Arc<World>) {
    copy(Content::World).await
}

async fn copy(content: Content) -> (String, Arc<World>) {
    if is_postgres() {
        return postgres::copy(content).await;
    }
    files::copy(content, &file(COUNTER.fetch_add(1, Ordering::SeqCst))).await
}

/// Removes the database of a test that passed, or keeps it for another one.
pub async fn remove(url: &str) {
    if is_postgres() { postgres::remove(url).await } else { files::remove(url) }
}

async fn open(url: &str) -> Db {
    Db::connect(url, 4).await.expect("the database opens")
}

/// Makes the schema in an empty database.
async fn migrate(url: &str) {
    let db = open(url).await;
    concord::migrate::up(&db).await.expect("the schema is made");
    db.close().await.expect("the database closes");
}

/// Makes the world in a database with the schema.
async fn fill(url: &str) -> World {
    let app = TestApp::on(open(url).await, Arc::default(), url.to_owned()).await;
    let world = World::make(&app).await;
    app.state.db.close().await.expect("the database closes");
    world
}
