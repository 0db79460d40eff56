//! One look at the end of the log for all who wait in a process.

use std::sync::atomic::Ordering;

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

/// Where the log ends, and the epoch of standings there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Number of the newest change set.
    pub seq: i64,
    /// Number of the epoch of standings.
    pub epoch: i64,
}

impl Db {
    /// Where the log ends now: one statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end(&self) -> Result<End> {
        let of = |column: &'static str, table: &'static str| {
            Query::select().expr(Expr::col(Alias::new(column)).max()).from(Alias::new(table)).take()
        };
        let epoch = Expr::SubQuery(None, Box::new(of("epoch", "standing_epoch").into()));
        let found = self.reading().one(&of("seq", "change_set").expr(epoch).take()).await?;
        let read = |at| -> Result<i64> {
            let number = found.as_ref().map(|row| row.try_get_by_index::<Option<i64>>(at)).transpose()?;
            Ok(number.flatten().unwrap_or_default())
        };
        let end = End { seq: read(0)?, epoch: read(1)? };
        self.reach(end.seq);
        Ok(end)
    }

    /// Notes that a change set is committed.
    pub(crate) fn reach(&self, seq: i64) {
        self.shared.reached.fetch_max(seq, Ordering::SeqCst);
    }

    /// Number of the newest change set that this process knows to be committed; others may have written more.
    #[must_use]
    pub fn reached(&self) -> i64 {
        self.shared.reached.load(Ordering::SeqCst)
    }

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
        let End { seq, epoch } = self.end().await?;
        let number = last.map_or(seen, |look| std::cmp::max(look.number, seen)).saturating_add(1);
        let look = Look { number, seq, epoch, commits };
        *last = Some(look);
        Ok(look)
    }
}
