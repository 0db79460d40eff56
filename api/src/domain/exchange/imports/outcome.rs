//! What became of an import, put down with what became of its rows.

use entity::import_job::Column;
use kernel::{
    Code, Ctx, Error, Result,
    db::{Conn, Db},
};
use sea_orm::{ColumnTrait, sea_query::Cond};

use super::{
    Import, SHORT,
    job::{self, Job},
    report::Verdict,
    speech,
};

/// The columns that say what became of an import.
pub(super) const OUTCOME: [Column; 10] = [
    Column::State,
    Column::Done,
    Column::Created,
    Column::Updated,
    Column::Unchanged,
    Column::Deleted,
    Column::Rejected,
    Column::Sets,
    Column::ImportPlan,
    Column::FinishedAt,
];

/// The columns of an import whose dry run is committed: what became of it, and that it is none any more.
pub(super) const COMMITTED: [Column; 11] = {
    let [a, b, c, d, e, f, g, h, i, j] = OUTCOME;
    [Column::DryRun, a, b, c, d, e, f, g, h, i, j]
};

/// Counts what became of rows.
pub(super) fn count(job: &mut Job, verdicts: &[Verdict]) {
    for verdict in verdicts {
        let counter = match verdict.row.result.as_str() {
            "created" => &mut job.created,
            "updated" => &mut job.updated,
            "unchanged" => &mut job.unchanged,
            "deleted" => &mut job.deleted,
            _ => &mut job.rejected,
        };
        *counter += 1;
    }
}

/// Puts down what became of an import that is as is thought, and of its rows.
///
/// # Errors
/// [`cancelled`] where it is not; what the database says.
pub(super) async fn put_down(conn: Conn<'_>, job: &Job, guard: Cond, verdicts: &[Verdict]) -> Result<()> {
    if !job::store(conn, job, &OUTCOME, guard).await? {
        return Err(cancelled());
    }
    job::keep_rows(conn, job.id, verdicts).await
}

/// The same, in a transaction of its own.
///
/// # Errors
/// As [`put_down`].
pub(super) async fn put_down_apart(db: &Db, job: &Job, guard: Cond, verdicts: &[Verdict]) -> Result<()> {
    let transaction = db.begin(true).await?;
    match put_down(db.within(&transaction), job, guard, verdicts).await {
        Ok(()) => Ok(transaction.commit().await?),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

/// The import is still carried out, and has done so many rows.
pub(super) fn goes_on(done: i32) -> Cond {
    job::in_state(&["running"]).add(Column::Done.eq(done))
}

pub(super) fn cancelled() -> Error {
    let text = "the import was cancelled, or another process has gone on with it";
    Error::Conflict(Code::IllegalMove, text.into())
}

/// An import with what became of its rows, where the report is short.
pub(super) fn answer(ctx: &Ctx, job: Job, verdicts: Vec<Verdict>) -> Result<Import> {
    let rows = (verdicts.len() <= SHORT).then_some(verdicts);
    let mut import = Import::of(job, rows)?;
    speech::speak(import.rows.as_deref_mut().unwrap_or_default(), &ctx.locale);
    Ok(import)
}
