//! Terms: a release begins, ends or is revoked in a change set that says so of every record it covers.
//!
//! Whether a release shows its records is asked of the clock at each read; the log learns of it here, so
//! that whoever follows the log learns what appeared and what disappeared.

use entity::{Release, release, release_term, vocab::ReleaseStatus};
use kernel::{
    Actor, Ctx, Error, Result, Unit, cause::Cause, policy::Verb, record::Op, row::Row,
    unit::released::sets_with,
};
use sea_orm::{
    ActiveEnum,
    sea_query::{Cond, Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use serde_json::{Map, json};
use uuid::Uuid;

use super::regions;
use crate::domain::{Registered, regional::sources};

/// Begins and ends the releases whose instants have come, each in a unit of its own, and lets those wait or end whose
/// owner has joined or left a region; answers how many.
///
/// # Errors
/// The last failure, after every release was tried; what the database says.
pub async fn keep_terms(ctx: &Ctx) -> Result<usize> {
    let ctx = Ctx { cause: Cause::Release, ..ctx.acting(Actor::system()) };
    let begins = due(&ctx, beginning(&ctx)).await?.into_iter().map(|id| (id, ReleaseStatus::Live));
    let ends = due(&ctx, ending(&ctx)).await?.into_iter().map(|id| (id, ReleaseStatus::Ended));
    let (mut turned, mut outcome) = (0, Ok(()));
    for (id, status) in begins.chain(ends) {
        turned += 1;
        if let Err(error) = ctx.run(async move |unit| turn(unit, id, status).await).await {
            tracing::warn!(release.id = %id, "release {id} could not become {}: {error}", status.code());
            outcome = Err(error);
        }
    }
    turned += regions::settle(&ctx).await?;
    // Records leave releases by deletion and narrowing too, which no release learns of.
    if sources::is_any_copied(&ctx).await? {
        ctx.run(async move |unit| sources::let_go(unit, None).await).await?;
    }
    outcome.map(|()| turned)
}

/// Puts a release into another state by the service itself, and begins or ends its term.
///
/// One that has been revoked or has ended meanwhile stays so.
pub(in crate::domain) async fn turn(unit: &mut Unit, release: Uuid, status: ReleaseStatus) -> Result<()> {
    let row = stored(unit, release).await?;
    let may_begin = row.read(release::STATUS) == Some(ReleaseStatus::Scheduled);
    if !(if status == ReleaseStatus::Live { may_begin } else { is_open(&row) }) {
        return Ok(());
    }
    set(unit, &row, Map::from_iter([("status".to_owned(), json!(status.code()))])).await?;
    if status == ReleaseStatus::Live { begin(unit, release).await } else { end(unit, release).await }
}

/// A release as it is stored.
pub(super) async fn stored(unit: &Unit, release: Uuid) -> Result<Row> {
    unit.rows_of(Release::def(), &[release].into()).await?.remove(&release).ok_or(Error::NotFound)
}

/// Whether a release shows its subject, or may come to do so.
pub(super) fn is_open(row: &Row) -> bool {
    let open = [ReleaseStatus::Scheduled, ReleaseStatus::Live, ReleaseStatus::Suspended];
    row.read(release::STATUS).is_some_and(|status| open.contains(&status))
}

/// Sets columns of a release by the service itself.
pub(super) async fn set(unit: &mut Unit, row: &Row, set: Map<String, serde_json::Value>) -> Result<()> {
    let op = Op::Move {
        id: row.id(),
        version: Some(row.version()),
        verb: Verb::Release,
        authority: Verb::Release,
        set,
        faults: Vec::new(),
    };
    unit.apply_one(Release::def(), op).await.map(drop)
}

/// Begins the term of a release that has none in force.
pub(in crate::domain) async fn begin(unit: &mut Unit, release: Uuid) -> Result<()> {
    use release_term::Column;
    let conflict = OnConflict::column(Column::ReleaseId)
        .update_column(Column::BeganIn)
        .value(Column::EndedIn, Expr::val(None::<Uuid>))
        .action_and_where(Expr::col((release_term::Entity, Column::EndedIn)).is_not_null())
        .to_owned();
    let insert = Query::insert()
        .into_table(release_term::Entity)
        .columns([Column::ReleaseId, Column::BeganIn])
        .values_panic([Expr::val(release), Expr::val(unit.set_id())])
        .on_conflict(conflict)
        .take();
    let is_new = unit.conn().run(&insert).await?.rows_affected() == 1;
    if is_new { touch(unit, release).await } else { Ok(()) }
}

/// Ends the term of a release that is in force, and what it alone has let be shown.
pub(super) async fn end(unit: &mut Unit, release: Uuid) -> Result<()> {
    use release_term::Column;
    let update = Query::update()
        .table(release_term::Entity)
        .value(Column::EndedIn, unit.set_id())
        .and_where(Expr::col(Column::ReleaseId).eq(release))
        .and_where(Expr::col(Column::EndedIn).is_null())
        .take();
    if unit.conn().run(&update).await?.rows_affected() == 1 {
        touch(unit, release).await?;
    }
    unit.narrow_released(release).await?;
    sources::let_go(unit, None).await
}

/// Says in the log of every record the release covers that who may see it has changed.
async fn touch(unit: &mut Unit, release: Uuid) -> Result<()> {
    unit.remember();
    for def in unit.kinds_released(release).await? {
        let covered = def.col("release_set_id").in_subquery(sets_with(release));
        unit.touch(def, Cond::all().add(covered)).await?;
    }
    Ok(())
}

async fn due(ctx: &Ctx, select: SelectStatement) -> Result<Vec<Uuid>> {
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

fn beginning(ctx: &Ctx) -> SelectStatement {
    use release::Column;
    let now = ctx.clock.now();
    Query::select()
        .column(Column::Id)
        .from(release::Entity)
        .and_where(Expr::col(Column::Status).eq(ReleaseStatus::Scheduled.to_value()))
        .and_where(Expr::col(Column::FromAt).lte(now))
        .and_where(Expr::col(Column::UntilAt).is_null().or(Expr::col(Column::UntilAt).gt(now)))
        .take()
}

fn ending(ctx: &Ctx) -> SelectStatement {
    use release::Column;
    let open = [ReleaseStatus::Scheduled, ReleaseStatus::Live, ReleaseStatus::Suspended];
    Query::select()
        .column(Column::Id)
        .from(release::Entity)
        .and_where(Expr::col(Column::Status).is_in(open.map(|one| one.to_value())))
        .and_where(Expr::col(Column::UntilAt).lte(ctx.clock.now()))
        .take()
}
