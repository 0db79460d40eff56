//! One look at the end of the log for all who wait in a process.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use tokio::sync::Mutex;

use super::Db;
use crate::error::Result;

/// Where the log ends, and at which epoch of standings; both of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Number of this look: later ones have greater numbers.
    pub number: u64,
    /// Number of the newest change set.
    pub seq: i64,
    /// Number of the epoch of standings.
    pub epoch: i64,
    /// How many commits were announced before it.
    commits: u64,
}

/// The look that was taken last.
pub(super) type Looks = Mutex<Option<Look>>;

impl Db {
    /// A look at the end of the log that was taken after look number `seen`, and after every commit that was
    /// announced. Whoever asks while it is taken waits for it, so that all who wait in a process take one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn look(&self, seen: u64) -> Result<Look> {
        let mut last = self.shared.looks.lock().await;
        let commits = *self.shared.commits.borrow();
        if let Some(look) = last.filter(|look| look.number > seen && look.commits == commits) {
            return Ok(look);
        }
        let of = |column: &'static str, table: &'static str| {
            Query::select().expr(Expr::col(Alias::new(column)).max()).from(Alias::new(table)).take()
        };
        let epoch = Expr::SubQuery(None, Box::new(of("epoch", "standing_epoch").into()));
        let select = of("seq", "change_set").expr(epoch).take();
        let found = self.reading().one(&select).await?;
        let read = |at| -> Result<i64> {
            let number = found.as_ref().map(|row| row.try_get_by_index::<Option<i64>>(at)).transpose()?;
            Ok(number.flatten().unwrap_or_default())
        };
        let number = last.map_or(seen, |look| std::cmp::max(look.number, seen)).saturating_add(1);
        let look = Look { number, seq: read(0)?, epoch: read(1)?, commits };
        *last = Some(look);
        Ok(look)
    }
}
