//! Parts of a unit that are taken back while it goes on: for units that are taken back as a whole, where one is to know what
//! would become of each part.

use sea_orm::ConnectionTrait;

use super::Unit;
use crate::error::Result;

impl Unit {
    /// Begins a part.
    ///
    /// # Errors
    /// What the database says.
    pub async fn mark(&self) -> Result<()> {
        self.say("SAVEPOINT part").await
    }

    /// Ends a part; what it wrote stays, or is taken back. The log takes no account of that, so such a unit is not committed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_mark(&mut self, is_kept: bool) -> Result<()> {
        if !is_kept {
            self.say("ROLLBACK TO SAVEPOINT part").await?;
            self.plans.clear();
            self.owners = None;
            self.broken = true;
        }
        self.say("RELEASE SAVEPOINT part").await
    }

    async fn say(&self, sql: &str) -> Result<()> {
        self.transaction.execute_unprepared(sql).await?;
        Ok(())
    }
}
