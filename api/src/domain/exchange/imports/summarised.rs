//! Change sets of imports of which webhooks tell in a summary.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{
    change_set::{Column as Set, Entity as Sets},
    import_job::{Column as Job, Entity as Jobs},
    summarised_set::{Column as Told, Entity as Summarised, Model},
};
use kernel::{Ctx, Result, Unit, db::Conn};
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    ImportEvents, ImportOptions,
    job::{self, OPEN},
};
use crate::domain::exchange::kept;

/// Seconds after its last change set for which an import counts as at work: a process that ended keeps nobody waiting.
const SECONDS: i64 = 60;

/// Notes the change set of a unit of an import, where its sender asked for a summary.
///
/// # Errors
/// What the database says.
pub(super) async fn note(unit: &Unit, job: &job::Job) -> Result<()> {
    let options: ImportOptions = serde_json::from_value(job.options.clone())?;
    if options.events() == ImportEvents::Summary {
        kept::insert(unit.conn(), &Model { set_id: unit.set(), job_id: job.id }).await?;
    }
    Ok(())
}

/// Forgets which change sets are those of an import.
///
/// # Errors
/// What the database says.
pub(super) async fn forget(conn: Conn<'_>, job: Uuid) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table(Summarised).and_where(Told::JobId.eq(job));
    conn.run(&delete).await?;
    Ok(())
}

/// Those of these change sets, by number, that are told of in a summary.
///
/// # Errors
/// What the database says.
pub(in crate::domain::exchange) async fn summarised(
    conn: Conn<'_>,
    numbers: &BTreeSet<i64>,
) -> Result<BTreeSet<i64>> {
    if numbers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut select = sets();
    select.column((Sets, Set::Seq)).and_where(Set::Seq.is_in(numbers.iter().copied()));
    conn.all(&select).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Whether all that was changed in a span of the log is of imports that are told of in a summary, and one of them is at work:
/// more of the same follows soon.
///
/// # Errors
/// What the database says.
pub(in crate::domain::exchange) async fn is_at_work(ctx: &Ctx, first: i64, last: i64) -> Result<bool> {
    let summarised = Query::select().column((Summarised, Told::SetId)).from(Summarised).take();
    let others = Query::select()
        .expr(Expr::val(1))
        .from(Sets)
        .and_where(Set::Seq.between(first, last))
        .and_where(Set::RowCount.gt(0))
        .and_where(Set::Id.not_in_subquery(summarised))
        .take();
    let mut select = sets();
    select.expr(Expr::val(1)).inner_join(Jobs, of(Jobs, Job::Id).equals((Summarised, Told::JobId)));
    select.and_where(Set::Seq.between(first, last));
    select.and_where(Set::At.gt(ctx.clock.now() - TimeDelta::seconds(SECONDS)));
    select.and_where(Job::State.is_in(OPEN)).cond_where(Cond::all().not().add(Expr::exists(others))).limit(1);
    Ok(ctx.db.reading().one(&select).await?.is_some())
}

/// The change sets that are told of in a summary.
fn sets() -> SelectStatement {
    let mut select = Query::select();
    select.from(Sets).inner_join(Summarised, of(Summarised, Told::SetId).equals((Sets, Set::Id)));
    select
}

fn of(table: impl sea_orm::sea_query::IntoIden, column: impl sea_orm::sea_query::IntoIden) -> Expr {
    Expr::col((table.into_iden(), column.into_iden()))
}
