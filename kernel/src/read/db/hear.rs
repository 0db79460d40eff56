//! Hearing of the commits of other processes.

use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};

use super::Db;
use crate::error::{Error, Result};

/// The channel on which PostgreSQL tells of every change set, when it is committed.
pub const CHANNEL: &str = "concord_change";

impl Db {
    /// Announces the commits of all processes on one PostgreSQL database, on a connection of its own, until that
    /// breaks. SQLite belongs to one process, whose commits are announced anyway.
    ///
    /// # Errors
    /// Why it does not hear any more.
    pub async fn hear(&self) -> Result<()> {
        if !self.reading().is_postgres() {
            return Ok(());
        }
        let options = self.shared.reader.get_postgres_connection_pool().connect_options();
        let broken = |error: sea_orm::sqlx::Error| Error::Unavailable(format!("nothing is heard: {error}"));
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.as_ref().clone());
        let mut listener = PgListener::connect_with(&own).await.map_err(broken)?;
        listener.listen(CHANNEL).await.map_err(broken)?;
        // What was committed before is looked for once.
        self.announce();
        while listener.try_recv().await.map_err(broken)?.is_some() {
            self.announce();
        }
        Ok(())
    }
}
