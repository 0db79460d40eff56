//! Imports as they are kept: their state, their file, what became of their rows.

use std::{fs::File, io::Write};

use entity::{
    import_job::{self, Column, Entity},
    import_part, import_row,
};
use kernel::{Ctx, Error, Result, View, db::Conn};
use sea_orm::{
    ColumnTrait, FromQueryResult, Iterable,
    sea_query::{Cond, Expr, OnConflict, Order, Query},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    mapping::Mapping,
    report::{ImportRow, Verdict},
    summarised,
};
use crate::domain::exchange::kept;
use kernel::scalar::Object;

/// An import as it is kept.
pub(super) type Job = import_job::Model;

/// States in which an import is not done yet.
pub(super) const OPEN: [&str; 3] = ["uploaded", "validating", "running"];
/// Days for which file and report are kept.
pub const ROWS_KEPT_DAYS: i64 = 180;
/// Bytes of a part of a file.
const PART: usize = 1 << 20;
/// Rows written by one statement.
const ROWS: usize = 800;

/// The mapping by which an import is read.
///
/// # Errors
/// Where what is kept cannot be read.
pub(super) fn mapping(job: &Job) -> Result<Option<Mapping>> {
    Ok(job.mapping.clone().map(serde_json::from_value).transpose()?)
}

/// Stores columns of an import that meets a condition; answers whether it does.
///
/// # Errors
/// What the database says.
pub(super) async fn store(conn: Conn<'_>, job: &Job, columns: &[Column], guard: Cond) -> Result<bool> {
    kept::store(conn, job, columns, Cond::all().add(Column::Id.eq(job.id)).add(guard)).await
}

/// The import is in one of these states.
pub(super) fn in_state(states: &[&str]) -> Cond {
    Cond::all().add(Column::State.is_in(states.iter().copied()))
}

/// What the caller may know of imports: its own, as the owner it acts under; a key knows those that it sent.
fn own(view: &View) -> Result<Cond> {
    let (user, owner, key) = kept::maker(view)?;
    let own = Cond::all().add(Column::UserId.eq(user)).add(Column::Owner.eq(owner));
    Ok(match key {
        Some(key) => own.add(Column::ApiKeyId.eq(key)),
        None => own,
    })
}

async fn select(conn: Conn<'_>, which: Cond, page: (Option<Uuid>, usize)) -> Result<Vec<Job>> {
    kept::select::<Entity>(conn, Column::Id, which, page).await
}

/// The caller's import with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub(super) async fn find(view: &View, id: Uuid) -> Result<Job> {
    let which = own(view)?.add(Column::Id.eq(id));
    select(view.db.reading(), which, (None, 1)).await?.pop().ok_or(Error::NotFound)
}

/// Imports that meet a condition, else the caller's own, the last one first.
///
/// # Errors
/// What the database says.
pub(super) async fn list(view: &View, which: Option<Cond>, page: (Option<Uuid>, usize)) -> Result<Vec<Job>> {
    let Some(which) = which.or_else(|| own(view).ok()) else { return Ok(Vec::new()) };
    select(view.db.reading(), which, page).await
}

/// The caller's last import of the same file with the same settings, besides the one with this id.
///
/// # Errors
/// What the database says.
pub(super) async fn same(view: &View, conn: Conn<'_>, (asked, id): (&str, Uuid)) -> Result<Option<Job>> {
    let which = own(view)?.add(Column::Asked.eq(asked)).add(Column::Id.ne(id));
    Ok(select(conn, which, (None, 1)).await?.pop())
}

/// Imports that are not done, the first one first.
///
/// # Errors
/// What the database says.
pub(super) async fn waiting(conn: Conn<'_>) -> Result<Vec<Job>> {
    let mut found = select(conn, in_state(&OPEN), (None, 100)).await?;
    found.reverse();
    Ok(found)
}

/// The import with this id, whoever sent it: for those who carry it out.
///
/// # Errors
/// `NotFound` where there is none.
pub(super) async fn any(conn: Conn<'_>, id: Uuid) -> Result<Job> {
    select(conn, Cond::all().add(Column::Id.eq(id)), (None, 1)).await?.pop().ok_or(Error::NotFound)
}

/// How many imports of an owner are not done, besides the one with this id.
///
/// # Errors
/// What the database says.
pub(super) async fn running(conn: Conn<'_>, owner: &str, id: Uuid) -> Result<usize> {
    let which = in_state(&OPEN).add(Column::Owner.eq(owner)).add(Column::Id.ne(id));
    Ok(select(conn, which, (None, 100)).await?.len())
}

/// Stores the file of an import.
///
/// # Errors
/// `Internal` where the file cannot be read; what the database says.
pub(super) async fn keep_file(conn: Conn<'_>, job: Uuid, mut file: &File) -> Result<()> {
    use import_part::Column as Part;
    use std::io::{Read, Seek};

    let io = |error: std::io::Error| Error::Internal(format!("a file that was sent cannot be read: {error}"));
    file.rewind().map_err(io)?;
    for number in 0.. {
        let mut content = Vec::new();
        let piece = u64::try_from(PART).unwrap_or(u64::MAX);
        Read::by_ref(&mut file).take(piece).read_to_end(&mut content).map_err(io)?;
        if content.is_empty() {
            break;
        }
        let mut insert = Query::insert();
        insert.into_table(import_part::Entity).columns([Part::JobId, Part::Number, Part::Content]);
        insert.values_panic([Expr::val(job), Expr::val(number), Expr::val(content)]);
        conn.run(&insert).await?;
    }
    Ok(())
}

/// Reads the file of an import, part by part, into one beside the database.
///
/// # Errors
/// `Internal` where no file can be written; what the database says.
pub(super) async fn file(conn: Conn<'_>, job: Uuid) -> Result<File> {
    use import_part::Column as Part;

    let io = |error: std::io::Error| Error::Internal(format!("no file can be written: {error}"));
    let mut file = tempfile::tempfile().map_err(io)?;
    for number in 0_i32.. {
        let mut select = Query::select();
        select.column(Part::Content).from(import_part::Entity);
        select.and_where(Part::JobId.eq(job)).and_where(Part::Number.eq(number));
        let Some(row) = conn.one(&select).await? else { break };
        let content: Vec<u8> = row.try_get_by_index(0)?;
        file.write_all(&content).map_err(io)?;
    }
    std::io::Seek::rewind(&mut file).map_err(io)?;
    Ok(file)
}

/// Stores what became of rows, in the place of what was said of them before.
///
/// # Errors
/// What the database says.
pub(super) async fn keep_rows(conn: Conn<'_>, job: Uuid, all: &[Verdict]) -> Result<()> {
    use import_row::Column as Row;
    for some in all.chunks(ROWS) {
        let mut insert = Query::insert();
        insert.into_table(import_row::Entity).columns(Row::iter());
        for verdict in some {
            let Verdict { seq, row, base } = verdict;
            let changes =
                Some(row.changes.0.clone()).filter(|all| all.as_object().is_some_and(|all| !all.is_empty()));
            let errors = if row.errors.is_empty() { None } else { Some(serde_json::to_value(&row.errors)?) };
            insert.values_panic([
                Expr::val(job),
                Expr::val(*seq),
                Expr::val(row.row),
                Expr::val(row.line),
                Expr::val(row.table.clone()),
                Expr::val(row.kind.as_str()),
                Expr::val(row.result.as_str()),
                Expr::val(row.id),
                Expr::val(*base),
                Expr::val(row.version),
                Expr::val(changes),
                Expr::val(errors),
            ]);
        }
        let others = Row::iter().filter(|column| !matches!(column, Row::JobId | Row::Seq));
        insert.on_conflict(OnConflict::columns([Row::JobId, Row::Seq]).update_columns(others).to_owned());
        conn.run(&insert).await?;
    }
    Ok(())
}

/// Forgets what became of rows.
///
/// # Errors
/// What the database says.
pub(super) async fn forget_rows(conn: Conn<'_>, job: Uuid) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table(import_row::Entity).and_where(import_row::Column::JobId.eq(job));
    conn.run(&delete).await?;
    Ok(())
}

/// Deletes imports whose time is over, with their files and reports; answers how many.
///
/// # Errors
/// What the database says.
pub async fn expire(ctx: &Ctx, most: u64) -> Result<u64> {
    let over = Cond::all().add(Column::ExpiresAt.lt(ctx.clock.now()));
    let limit = usize::try_from(most.min(20)).unwrap_or_default();
    let over = select(ctx.db.reading(), over, (None, limit)).await?;
    let conn = ctx.db.writing();
    for job in &over {
        forget_rows(conn, job.id).await?;
        summarised::forget(conn, job.id).await?;
        let mut parts = Query::delete();
        parts.from_table(import_part::Entity).and_where(import_part::Column::JobId.eq(job.id));
        conn.run(&parts).await?;
        let mut whole = Query::delete();
        whole.from_table(Entity).and_where(Column::Id.eq(job.id));
        conn.run(&whole).await?;
    }
    Ok(u64::try_from(over.len()).unwrap_or_default())
}

/// Which rows of a report are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// With these results only.
    pub(super) results: Vec<String>,
    /// Behind this place.
    pub(super) after: Option<i32>,
    /// As many at most.
    pub(super) limit: usize,
}

/// What became of the rows of an import.
///
/// # Errors
/// What the database says.
pub(super) async fn rows(conn: Conn<'_>, job: Uuid, wanted: &Rows) -> Result<Vec<Verdict>> {
    use import_row::Column as Row;
    let mut select = Query::select();
    select.columns(Row::iter()).from(import_row::Entity).and_where(Row::JobId.eq(job));
    if let Some(after) = wanted.after {
        select.and_where(Row::Seq.gt(after));
    }
    if !wanted.results.is_empty() {
        select.and_where(Row::Result.is_in(wanted.results.iter().map(String::as_str)));
    }
    select.order_by(Row::Seq, Order::Asc).limit(u64::try_from(wanted.limit).unwrap_or(u64::MAX));
    let rows = conn.all(&select).await?;
    rows.iter().map(|row| verdict(import_row::Model::from_query_result(row, "")?)).collect()
}

fn verdict(kept: import_row::Model) -> Result<Verdict> {
    let errors = kept.errors.map(serde_json::from_value).transpose()?.unwrap_or_default();
    Ok(Verdict {
        seq: kept.seq,
        base: kept.base,
        row: ImportRow {
            row: kept.row,
            line: kept.line,
            table: kept.sheet,
            kind: kept.kind,
            result: kept.result,
            id: kept.record_id,
            version: kept.version,
            changes: Object(kept.changes.unwrap_or_else(|| Json::Object(serde_json::Map::new()))),
            errors,
        },
    })
}
