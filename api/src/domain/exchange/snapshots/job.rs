//! Snapshots as they are kept: their state and the parts of their files.

use entity::{
    export_job::{self, Column, Entity},
    export_list::{self, Column as List},
    export_part::{self, Column as Part},
};
use kernel::{Ctx, Error, Result, View, db::Conn};
use sea_orm::{
    ColumnTrait,
    sea_query::{Cond, Expr, Query},
};
use uuid::Uuid;

use crate::domain::exchange::kept;

/// A snapshot as it is kept.
pub(super) type Job = export_job::Model;

/// The state of a snapshot that is being made.
pub(super) const RUNNING: [&str; 1] = ["running"];
/// States in which a snapshot is not done yet.
pub(super) const OPEN: [&str; 2] = ["waiting", "running"];

/// Stores columns of a snapshot that is in one of these states; answers whether it was.
///
/// # Errors
/// What the database says.
pub(super) async fn store(conn: Conn<'_>, job: &Job, columns: &[Column], states: &[&str]) -> Result<bool> {
    let states = Column::State.is_in(states.iter().copied());
    kept::store(conn, job, columns, Cond::all().add(Column::Id.eq(job.id)).add(states)).await
}

fn is_open() -> Cond {
    Cond::all().add(Column::State.is_in(OPEN))
}

/// What the caller may know of snapshots: its own, by the same key or none, as the owner it acts under, until they expire.
fn own(view: &View) -> Result<Cond> {
    let (user, owner, key) = kept::maker(view)?;
    Ok(Cond::all()
        .add(Column::UserId.eq(user))
        .add(Column::Owner.eq(owner))
        .add(key.map_or_else(|| Column::ApiKeyId.is_null(), |key| Column::ApiKeyId.eq(key)))
        .add(Column::ExpiresAt.gt(view.clock.now())))
}

async fn select(conn: Conn<'_>, which: Cond, page: (Option<Uuid>, usize)) -> Result<Vec<Job>> {
    kept::select::<Entity>(conn, Column::Id, which, page).await
}

/// The caller's snapshot with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub(super) async fn find(view: &View, id: Uuid) -> Result<Job> {
    let which = own(view)?.add(Column::Id.eq(id));
    select(view.db.reading(), which, (None, 1)).await?.pop().ok_or(Error::NotFound)
}

/// The caller's snapshots, the last one first.
///
/// # Errors
/// What the database says.
pub(super) async fn list(view: &View, after: Option<Uuid>, limit: usize) -> Result<Vec<Job>> {
    let Ok(own) = own(view) else { return Ok(Vec::new()) };
    select(view.db.reading(), own, (after, limit)).await
}

/// Ids of the snapshots that are not done, the first one first.
///
/// # Errors
/// What the database says.
pub(super) async fn waiting(conn: Conn<'_>) -> Result<Vec<Uuid>> {
    let mut found = select(conn, is_open(), (None, 100)).await?;
    found.reverse();
    Ok(found.into_iter().map(|job| job.id).collect())
}

/// The snapshot with this id, whoever asked for it: for those who make it.
///
/// # Errors
/// `NotFound` where there is none.
pub(super) async fn any(conn: Conn<'_>, id: Uuid) -> Result<Job> {
    select(conn, Cond::all().add(Column::Id.eq(id)), (None, 1)).await?.pop().ok_or(Error::NotFound)
}

/// How many snapshots of an owner are not done.
///
/// # Errors
/// What the database says.
pub(super) async fn running(conn: Conn<'_>, owner: &str) -> Result<usize> {
    Ok(select(conn, is_open().add(Column::Owner.eq(owner)), (None, 100)).await?.len())
}

/// Stores a part of a file.
///
/// # Errors
/// What the database says, also where the snapshot is there no more.
pub(super) async fn keep_part(conn: Conn<'_>, place: (Uuid, i32, i32), content: Vec<u8>) -> Result<()> {
    let (job, file, number) = place;
    let mut insert = Query::insert();
    insert.into_table(export_part::Entity).columns([Part::JobId, Part::File, Part::Number, Part::Content]);
    insert.values_panic([Expr::val(job), Expr::val(file), Expr::val(number), Expr::val(content)]);
    conn.run(&insert).await?;
    Ok(())
}

/// Stores which records a snapshot holds, besides those that are stored.
///
/// # Errors
/// What the database says, also where the snapshot is there no more.
pub(super) async fn keep_list(conn: Conn<'_>, (job, number): (Uuid, i32), ids: Vec<u8>) -> Result<()> {
    let mut insert = Query::insert();
    insert.into_table(export_list::Entity).columns([List::JobId, List::Number, List::Ids]);
    insert.values_panic([Expr::val(job), Expr::val(number), Expr::val(ids)]);
    conn.run(&insert).await?;
    Ok(())
}

/// A part of a file; none where it is there no more.
///
/// # Errors
/// What the database says.
pub(super) async fn part(conn: Conn<'_>, (job, file, number): (Uuid, i32, i32)) -> Result<Option<Vec<u8>>> {
    let mut select = Query::select();
    select.column(Part::Content).from(export_part::Entity);
    select.and_where(Part::JobId.eq(job)).and_where(Part::File.eq(file)).and_where(Part::Number.eq(number));
    Ok(conn.one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Deletes the files of a snapshot.
///
/// # Errors
/// What the database says.
pub(super) async fn forget_parts(conn: Conn<'_>, job: Uuid) -> Result<()> {
    let mut delete = Query::delete();
    delete.from_table(export_part::Entity).and_where(Part::JobId.eq(job));
    conn.run(&delete).await?;
    let mut lists = Query::delete();
    lists.from_table(export_list::Entity).and_where(List::JobId.eq(job));
    conn.run(&lists).await?;
    Ok(())
}

/// Deletes a snapshot with its files, in one transaction: who makes it meanwhile finds it gone.
///
/// # Errors
/// What the database says.
pub(super) async fn forget(ctx: &Ctx, job: Uuid) -> Result<()> {
    let transaction = ctx.db.begin(true).await?;
    let conn = ctx.db.within(&transaction);
    if conn.is_postgres() {
        // Who adds a part meanwhile waits for the end, and finds that there is nothing to add to.
        let mut lock = Query::select();
        lock.column(Column::Id).from(Entity).and_where(Column::Id.eq(job)).lock_exclusive();
        conn.one(&lock).await?;
    }
    forget_parts(conn, job).await?;
    let mut whole = Query::delete();
    whole.from_table(Entity).and_where(Column::Id.eq(job));
    conn.run(&whole).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes snapshots whose time is over, with their files; answers how many.
///
/// # Errors
/// What the database says.
pub async fn expire(ctx: &Ctx, most: u64) -> Result<u64> {
    let over = Cond::all().add(Column::ExpiresAt.lte(ctx.clock.now()));
    let limit = usize::try_from(most.min(20)).unwrap_or_default();
    let over = select(ctx.db.reading(), over, (None, limit)).await?;
    for job in &over {
        forget(ctx, job.id).await?;
    }
    Ok(u64::try_from(over.len()).unwrap_or_default())
}
