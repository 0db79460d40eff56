//! Databases that a test may break.

use kernel::db::Db;
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use crate::support::{TestApp, db};

/// Runs a test in a fresh copy of the world whose log is left unverified: such tests break it.
pub async fn unverified<F>(test: F)
where
    F: AsyncFnOnce(&TestApp),
{
    let (url, world) = db::fresh().await;
    let app = TestApp::on(Db::connect(&url, 4).await.expect("the database opens"), world, url).await;

    test(&app).await;

    app.end().await;
}

/// Runs SQL behind the service's back.
pub async fn sql(app: &TestApp, text: &str) -> Result<u64, DbErr> {
    Ok(app.state.db.for_migrations().execute_unprepared(text).await?.rows_affected())
}

/// An id as SQL writes it.
pub fn quoted(id: Uuid) -> String {
    if db::is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.simple()) }
}
