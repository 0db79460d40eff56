//! When keys and calendars were used last: noted in memory with each call, and stored by a job.

use kernel::{ctx::Ctx, error::Result};
use sea_orm::sea_query::{Alias, ExprTrait, Query};

/// Column with the instant, of both kinds.
const LAST_USED_AT: &str = "last_used_at";

/// Stores what this process has noted since the last time: a statement for each of them, no version, no log.
///
/// # Errors
/// What the database says; what is not stored then comes with the key's next use.
pub async fn store(ctx: &Ctx) -> Result<()> {
    // In the order of ids, so that processes do not wait for each other.
    for ((kind, used), at) in ctx.standings.take_uses() {
        let Some(def) = ctx.kinds.get(kind) else { continue };
        let last = || def.col(LAST_USED_AT);
        let note = Query::update()
            .table(def.iden())
            .value(Alias::new(LAST_USED_AT), at)
            .and_where(def.col("id").eq(used))
            .and_where(last().is_null().or(last().lt(at)))
            .take();
        ctx.db.writing().run(&note).await?;
    }
    Ok(())
}
