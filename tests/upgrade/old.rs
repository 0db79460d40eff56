//! The databases of the old release, loaded and brought up as a start of the service does.

use std::{
    fs::{self, Permissions},
    io::Read,
    os::unix::fs::PermissionsExt,
    sync::Arc,
};

use chrono::{DateTime, Utc};
use concord::migrate;
use flate2::read::GzDecoder;
use kernel::{clock::Clock, db::Db};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use super::compare::text;
use crate::support::{TestApp, db};

/// The password of every account of the demonstration.
pub const PASSWORD: &str = "rehearsal-only-Concord-demo";

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut whole).expect("a packed file");
    whole
}

/// What the release answered of the database of this run.
fn told() -> Json {
    let packed: &[u8] = if db::is_postgres() {
        include_bytes!("0.1.0/answers-postgres.json.gz")
    } else {
        include_bytes!("0.1.0/answers-sqlite.json.gz")
    };
    serde_json::from_slice(&unpacked(packed)).expect("JSON")
}

/// A database as the release left it.
async fn left() -> String {
    let url = db::empty().await;
    if db::is_postgres() {
        let script = String::from_utf8(unpacked(include_bytes!("0.1.0/concord.sql.gz"))).expect("SQL");
        let db = Db::connect(&url, 1).await.expect("the database opens");
        db.for_migrations().execute_unprepared(&script).await.expect("the dump is loaded");
        db.close().await.expect("the database closes");
    } else {
        let file = db::file_of(&url);
        fs::write(file, unpacked(include_bytes!("0.1.0/concord.sqlite.gz"))).expect("a file");
        fs::set_permissions(file, Permissions::from_mode(0o600)).expect("a mode");
    }
    url
}

/// Runs a test on a database of the old release that this program has brought up, at the instant at which the
/// release was asked; then verifies the log.
pub async fn upgraded<F>(test: F)
where
    F: AsyncFnOnce(&TestApp, &Json),
{
    let (url, told) = (left().await, told());
    let now: DateTime<Utc> = text(&told, "/at").parse().expect("an instant");
    let db = Db::connect(&url, 4).await.expect("the database opens");
    migrate::up(&db).await.expect("the schema goes up");
    let app = TestApp::at(Clock::fixed(now), db, Arc::default(), url).await;

    test(&app, &told).await;

    app.finish().await;
}
