//! When keys were used last: noted in memory with each call, and stored by a job.

use entity::api_key::{Column, Entity};
use kernel::{ctx::Ctx, error::Result};
use sea_orm::sea_query::{Expr, ExprTrait, Query};

/// Stores what this process has noted since the last time: one statement for each key, no version, no log.
///
/// # Errors
/// What the database says; what is not stored then comes with the key's next use.
pub async fn store(ctx: &Ctx) -> Result<()> {
    // In the order of ids, so that processes do not wait for each other.
    for (key, at) in ctx.standings.take_uses() {
        let last = Expr::col(Column::LastUsedAt);
        let note = Query::update()
            .table(Entity)
            .value(Column::LastUsedAt, at)
            .and_where(Expr::col(Column::Id).eq(key))
            .and_where(last.clone().is_null().or(last.lt(at)))
            .take();
        ctx.db.writing().run(&note).await?;
    }
    Ok(())
}
