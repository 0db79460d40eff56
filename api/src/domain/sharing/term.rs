//! Terms: a release begins, ends or is revoked in a change set that says so of every record it covers.
//!
//! Whether a release shows its records is asked of the clock at each read; the log learns of it here, so
//! that whoever follows the log learns what appeared and what disappeared.

use entity::{Release, release, release_term, vocab::ReleaseMode};
use kernel::{Actor, Ctx, Result, Unit, cause::Cause, policy::Verb, record::Op};
use sea_orm::{
    ActiveEnum,
    sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::domain::Registered;

/// Begins and ends the releases whose instants have come, each in a unit of its own; answers how many.
///
/// # Errors
/// The last failure, after every release was tried; what the database says.
pub async fn keep_terms(ctx: &Ctx) -> Result<usize> {
    let ctx = Ctx { cause: Cause::Release, ..ctx.acting(Actor::system()) };
    let (begins, ends) = (due(&ctx, beginning(&ctx)).await?, due(&ctx, ending(&ctx)).await?);
    let mut outcome = Ok(begins.len() + ends.len());
    for id in begins {
        if let Err(error) = ctx.run(async move |unit| begin(unit, id).await).await {
            tracing::warn!(release.id = %id, "release {id} could not begin: {error}");
            outcome = Err(error);
        }
    }
    for id in ends {
        if let Err(error) = ctx.run(async move |unit| end(unit, id).await).await {
            tracing::warn!(release.id = %id, "release {id} could not end: {error}");
            outcome = Err(error);
        }
    }
    outcome
}

/// Revokes a release: from this unit on it shows nothing.
///
/// # Errors
/// `NotFound` if the release is not visible, `Forbidden` for all but the owner's focal point.
pub async fn revoke(unit: &mut Unit, release: Uuid, version: Option<i32>) -> Result<()> {
    let set = Map::from_iter([
        ("revoked_at".to_owned(), json!(unit.ctx.clock.now())),
        ("revoked_by".to_owned(), json!(unit.actor().user)),
    ]);
    let op = Op::Move {
        id: release,
        version,
        verb: Verb::Release,
        authority: Verb::Release,
        set,
        faults: Vec::new(),
    };
    unit.apply_one(Release::def(), op).await?;
    end(unit, release).await
}

/// Begins the term of a release that has none yet.
pub(super) async fn begin(unit: &mut Unit, release: Uuid) -> Result<()> {
    use release_term::Column;
    let insert = Query::insert()
        .into_table(release_term::Entity)
        .columns([Column::ReleaseId, Column::BeganIn])
        .values_panic([Expr::val(release), Expr::val(unit.set_id())])
        .on_conflict(OnConflict::column(Column::ReleaseId).do_nothing().to_owned())
        .take();
    let is_new = unit.conn().run(&insert).await?.rows_affected() == 1;
    if is_new { touch(unit, release).await } else { Ok(()) }
}

/// Ends the term of a release that is in force.
async fn end(unit: &mut Unit, release: Uuid) -> Result<()> {
    use release_term::Column;
    let update = Query::update()
        .table(release_term::Entity)
        .value(Column::EndedIn, unit.set_id())
        .and_where(Expr::col(Column::ReleaseId).eq(release))
        .and_where(Expr::col(Column::EndedIn).is_null())
        .take();
    let was_open = unit.conn().run(&update).await?.rows_affected() == 1;
    if was_open { touch(unit, release).await } else { Ok(()) }
}

/// Says in the log of every record the release covers that who may see it has changed.
async fn touch(unit: &mut Unit, release: Uuid) -> Result<()> {
    unit.remember();
    let covering = Query::select()
        .column(Alias::new("from_id"))
        .from(Alias::new("release_set_member"))
        .and_where(Expr::col(Alias::new("to_id")).eq(release))
        .take();
    for def in unit.ctx.kinds.all().iter().filter(|def| def.has("release_set_id")) {
        let covered = def.col("release_set_id").in_subquery(covering.clone());
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
    let of = |column| Expr::col((release::Entity, column));
    let has_begun = Query::select().column(release_term::Column::ReleaseId).from(release_term::Entity).take();
    Query::select()
        .column(Column::Id)
        .from(release::Entity)
        .and_where(of(Column::Mode).eq(ReleaseMode::Read.to_value()))
        .and_where(of(Column::RevokedAt).is_null())
        .and_where(of(Column::FromAt).lte(now))
        .and_where(of(Column::UntilAt).is_null().or(of(Column::UntilAt).gt(now)))
        .and_where(of(Column::Id).not_in_subquery(has_begun))
        .take()
}

fn ending(ctx: &Ctx) -> SelectStatement {
    let (term, release) = (release_term::Entity, release::Entity);
    Query::select()
        .column((term, release_term::Column::ReleaseId))
        .from(term)
        .inner_join(
            release,
            Expr::col((release, release::Column::Id)).equals((term, release_term::Column::ReleaseId)),
        )
        .and_where(Expr::col((term, release_term::Column::EndedIn)).is_null())
        .and_where(Expr::col((release, release::Column::UntilAt)).lte(ctx.clock.now()))
        .take()
}
