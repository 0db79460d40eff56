//! The circles a caller belongs to: regions, shared sets, release sets.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    country, membership, region, region_membership, release, release_term, shared_set,
    vocab::{MembershipStanding, ReleaseMode, ReleaseStatus, Role},
};
use kernel::{
    actor::{Actor, Grant, PUBLIC},
    ctx::Ctx,
    db::Conn,
    error::Result,
    policy::{addressed, for_rule},
};
use sea_orm::{
    ActiveEnum, Order, QueryResult,
    sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

/// The condition that a day lies between two columns, both included, either of them open.
pub(super) fn within(from: impl IntoColumnRef, until: impl IntoColumnRef, day: NaiveDate) -> Condition {
    let (from, until) = (Expr::col(from), Expr::col(until));
    Condition::all()
        .add(from.clone().is_null().or(from.lte(day)))
        .add(until.clone().is_null().or(until.gte(day)))
}

/// Regions the country is a member of today.
///
/// Whoever is suspended, or whose membership is in doubt, does not read what is released to members.
pub(super) async fn regions(ctx: &Ctx, code: &str) -> Result<Vec<String>> {
    let all = regions_of(ctx.db.reading(), [code].into(), ctx.clock.today()).await?;
    Ok(all.into_iter().map(|(_, region)| region).collect())
}

/// Countries by their codes with the regions they are members of on a day.
///
/// # Errors
/// What the database says.
pub async fn regions_of(
    conn: Conn<'_>,
    codes: BTreeSet<&str>,
    today: NaiveDate,
) -> Result<BTreeSet<(String, String)>> {
    use region_membership::{Column, Entity};
    let of = |column| (Entity, column);
    let select = Query::select()
        .column((country::Entity, country::Column::Code))
        .column((region::Entity, region::Column::Code))
        .from(Entity)
        .inner_join(
            country::Entity,
            Expr::col((country::Entity, country::Column::Id)).equals(of(Column::CountryId)),
        )
        .inner_join(
            region::Entity,
            Expr::col((region::Entity, region::Column::Id)).equals(of(Column::RegionId)),
        )
        .and_where(Expr::col((country::Entity, country::Column::Code)).is_in(codes))
        .and_where(Expr::col(of(Column::Standing)).eq(MembershipStanding::Member.to_value()))
        .cond_where(within(of(Column::FromOn), of(Column::UntilOn), today))
        // A closed record says nothing any more, whatever its dates were.
        .cond_where(within(of(Column::FromOn), of(Column::ValidUntil), today))
        .take();
    let read = |row: &QueryResult| {
        Ok((row.try_get_by_index(0)?, format!("region:{}", row.try_get_by_index::<String>(1)?)))
    };
    conn.all(&select).await?.iter().map(read).collect()
}

/// Sets that name one of the caller's agencies, or a group in which one has a seat today.
pub(super) async fn shared_sets(ctx: &Ctx, actor: &Actor) -> Result<BTreeSet<Uuid>> {
    let agencies = agencies(actor);
    if agencies.is_empty() {
        return Ok(BTreeSet::new());
    }
    let seats = seats(ctx, &agencies);
    let named = |table, members: Condition| {
        let from = Query::select().column(FROM).from(Alias::new(table)).cond_where(members).take();
        Expr::col(shared_set::Column::Id).in_subquery(from)
    };
    let agency = Expr::col(TO).is_in(agencies.iter().copied());
    let group = Expr::col(TO).in_subquery(seats);
    let select = Query::select()
        .column(shared_set::Column::Id)
        .from(shared_set::Entity)
        .and_where(
            named("shared_set_agency", Condition::all().add(agency))
                .or(named("shared_set_group", Condition::all().add(group))),
        )
        .take();
    set(ctx, &select).await
}

/// Groups in which one of the caller's agencies has a seat today.
pub(super) async fn groups(ctx: &Ctx, actor: &Actor) -> Result<BTreeSet<Uuid>> {
    let agencies = agencies(actor);
    if agencies.is_empty() { Ok(BTreeSet::new()) } else { set(ctx, &seats(ctx, &agencies)).await }
}

fn agencies(actor: &Actor) -> BTreeSet<Uuid> {
    actor.grants.iter().filter_map(|grant| grant.agency).collect()
}

fn seats(ctx: &Ctx, agencies: &BTreeSet<Uuid>) -> SelectStatement {
    use membership::Column;
    Query::select()
        .column(Column::WorkingGroupId)
        .from(membership::Entity)
        .cond_where(for_rule("membership"))
        .and_where(Expr::col(Column::AgencyId).is_in(agencies.iter().copied()))
        .cond_where(within(Column::FromOn, Column::UntilOn, ctx.clock.today()))
        .take()
}

/// Sets with a live release to read for one of these audiences, and those of them with one to everybody.
///
/// The clock decides, and where another process whose clock goes otherwise has begun or ended a release
/// already, the log: nobody reads on what the log says has ended.
pub(super) async fn release_sets(
    ctx: &Ctx,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(BTreeSet<Uuid>, BTreeSet<Uuid>)> {
    let audience = |column| ("release_audience", column);
    let to_everybody = Expr::col(audience(FROM))
        .equals((release::Entity, release::Column::Id))
        .and(Expr::col(audience("to_code")).eq(PUBLIC));
    let mut select = live_members(actor, now);
    select
        .column(("release_set_member", FROM))
        .column(audience("to_code"))
        .left_join(Alias::new("release_audience"), to_everybody);
    let (mut all, mut public) = (BTreeSet::new(), BTreeSet::new());
    for row in ctx.db.reading().all(&select).await? {
        let set = row.try_get_by_index(0)?;
        all.insert(set);
        if row.try_get_by_index::<Option<String>>(1)?.is_some() {
            public.insert(set);
        }
    }
    Ok((all, public))
}

/// Sets with a live release to read for a region (`region:CA`), or for everybody.
pub(crate) async fn sets_for_region(ctx: &Ctx, owner: &str) -> Result<BTreeSet<Uuid>> {
    let grant = Grant {
        id: Uuid::nil(),
        role: Role::Regional,
        owner: owner.to_owned(),
        agency: None,
        agency_code: None,
        within_plan: None,
        read_ceiling: None,
        write_kinds: Vec::new(),
        source_systems: Vec::new(),
    };
    let mut region = Actor::anonymous();
    region.grants = vec![grant];
    Ok(release_sets(ctx, &region, ctx.clock.now()).await?.0)
}

/// The release by which a set shows its records to the caller, with the audience; the oldest of several.
pub(crate) async fn deciding_release(ctx: &Ctx, release_set: Uuid) -> Result<Option<(Uuid, String)>> {
    let audience = |column| ("release_audience", column);
    let mut select = live_members(&ctx.actor, ctx.clock.now());
    select
        .column((release::Entity, release::Column::Id))
        .column(audience("to_code"))
        .inner_join(
            Alias::new("release_audience"),
            Expr::col(audience(FROM)).equals((release::Entity, release::Column::Id)),
        )
        .and_where(Expr::col(("release_set_member", FROM)).eq(release_set))
        .and_where(Expr::col(audience("to_code")).is_in(ctx.actor.audiences()))
        .order_by((release::Entity, release::Column::Id), Order::Asc)
        .order_by(audience("to_code"), Order::Asc)
        .limit(1);
    let row = ctx.db.reading().one(&select).await?;
    row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
}

/// Sets by who reads their records, of those whose owners let everybody count them or read them.
#[derive(Debug, Default)]
pub struct Counting {
    /// Everybody reads them.
    pub open: BTreeSet<Uuid>,
    /// Everybody counts them, and some outside read them.
    pub shared: BTreeSet<Uuid>,
    /// Everybody counts them, and nobody outside reads them.
    pub closed: BTreeSet<Uuid>,
}

/// The sets whose records count in figures that are the same for everybody.
///
/// # Errors
/// What the database says.
pub async fn counting(ctx: &Ctx) -> Result<Counting> {
    let audience = |column| ("release_audience", column);
    let mut select = live(ctx.clock.now());
    select
        .column(("release_set_member", FROM))
        .column((release::Entity, release::Column::Mode))
        .column(audience("to_code"))
        .inner_join(
            Alias::new("release_audience"),
            Expr::col(audience(FROM)).equals((release::Entity, release::Column::Id)),
        );
    let (mut open, mut read, mut counted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for row in ctx.db.reading().all(&select).await? {
        let set: Uuid = row.try_get_by_index(0)?;
        let is_read = row.try_get_by_index::<String>(1)? == ReleaseMode::Read.code();
        let is_public = row.try_get_by_index::<String>(2)? == PUBLIC;
        match (is_read, is_public) {
            (true, true) => drop(open.insert(set)),
            (true, false) => drop(read.insert(set)),
            (false, true) => drop(counted.insert(set)),
            // Figures that everybody reads are more than such a release allows.
            (false, false) => {}
        }
    }
    counted.retain(|set| !open.contains(set));
    let (shared, closed) = counted.into_iter().partition(|set| read.contains(set));
    Ok(Counting { open, shared, closed })
}

/// Members of sets that are live releases to read, addressed to the caller; without columns.
fn live_members(actor: &Actor, now: DateTime<Utc>) -> SelectStatement {
    let of = |column| Expr::col((release::Entity, column));
    live(now)
        .and_where(of(release::Column::Mode).eq(ReleaseMode::Read.to_value()))
        .and_where(of(release::Column::Id).in_subquery(addressed(actor)))
        .take()
}

/// Members of sets that are live releases; without columns.
fn live(now: DateTime<Utc>) -> SelectStatement {
    use release::Column;
    let of = |column| Expr::col((release::Entity, column));
    let term = |column| Expr::col((release_term::Entity, column));
    Query::select()
        .from(Alias::new("release_set_member"))
        .inner_join(release::Entity, of(Column::Id).equals(("release_set_member", TO)))
        .left_join(
            release_term::Entity,
            term(release_term::Column::ReleaseId).equals((release::Entity, Column::Id)),
        )
        .and_where(of(Column::FromAt).lte(now).or(term(release_term::Column::BeganIn).is_not_null()))
        .and_where(term(release_term::Column::EndedIn).is_null())
        .and_where(of(Column::UntilAt).is_null().or(of(Column::UntilAt).gt(now)))
        // A scheduled one whose instant has come shows already; the job says so within a second.
        .and_where(
            of(Column::Status)
                .is_in([ReleaseStatus::Scheduled, ReleaseStatus::Live].map(|one| one.to_value())),
        )
        .take()
}

/// The next instant after `now` at which a release or a disclosure rule begins or ends.
pub(super) async fn next_release(ctx: &Ctx, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let next = |table: &'static str, column: &'static str| {
        let at = Expr::col(column);
        let mut select = Query::select();
        select.expr(at.clone().min()).from(table).cond_where(for_rule(table)).and_where(at.gt(now)).take()
    };
    let select = next("release", "from_at")
        .union(UnionType::All, next("release", "until_at"))
        .union(UnionType::All, next("disclosure_rule", "from_at"))
        .union(UnionType::All, next("disclosure_rule", "until_at"))
        .take();
    let rows = ctx.db.reading().all(&select).await?;
    let instants = rows.iter().map(|row| row.try_get_by_index::<Option<DateTime<Utc>>>(0));
    Ok(instants.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().min())
}

/// Columns of the link tables.
const FROM: &str = "from_id";
const TO: &str = "to_id";

/// The first column of all rows.
pub(super) async fn set<T: Ord + sea_orm::TryGetable>(
    ctx: &Ctx,
    select: &SelectStatement,
) -> Result<BTreeSet<T>> {
    let rows = ctx.db.reading().all(select).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}
