//! What the stored data say about a caller now: account, grants, regions, sets.
//!
//! At most seven statements for somebody signed in; what they say is remembered (see [`kernel::standings`]).

use std::{cmp::min, collections::BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use entity::{agency, grant, session, user, vocab::Consent};
use kernel::{
    actor::{Actor, Grant},
    ctx::Ctx,
    error::{Code, Error, Result},
    policy::for_rule,
    standings::Who,
};
use sea_orm::{
    Order, QueryResult,
    sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use crate::domain::sharing::disclosure::in_force;

use super::{
    api_key,
    circles::{next_release, regions, release_sets, set, shared_sets, within},
    identity::Identity,
    issuers, sign_in_first,
};

/// Name of the header that says for which owner the caller acts.
pub const ACT_AS: &str = "X-Concord-Act-As";

/// Finds out who asks and what the data say about the caller.
///
/// `who` is user and session of a verified token, `act_as` the owner the caller wants to act under.
///
/// # Errors
/// `Unauthenticated` when the session is over, the account closed, or nobody wants to act for an owner;
/// `Forbidden` for an owner without a live grant; `BadRequest(ActAsRequired)` when there are several.
pub async fn load_actor(ctx: &Ctx, who: Option<(Uuid, Uuid)>, act_as: Option<&str>) -> Result<Actor> {
    let who = who.map(|(user, session)| Who::Session { user, session });
    let identity = Identity { who, act_as: act_as.map(str::to_owned), ..Identity::default() };
    Ok(load(ctx, &identity).await?.0)
}

/// As [`load_actor`], of keys and of whom issuers vouch for too, with the instant of the next change that time alone
/// brings.
pub(super) async fn load(ctx: &Ctx, identity: &Identity) -> Result<(Actor, DateTime<Utc>)> {
    let act_as = identity.act_as.as_deref();
    let (actor, until) = match (identity.who, act_as) {
        (None, None) => (Actor::anonymous(), DateTime::<Utc>::MAX_UTC),
        (None, Some(_)) => return Err(Error::Unauthenticated("sign in to act for an owner".into())),
        (Some(Who::Key(hash)), _) => {
            let held = api_key::held(ctx, &hash).await?;
            let (until, grants) = (held.until, grants(ctx, held.user).await?);
            (held.actor(grants, act_as)?, until.unwrap_or(DateTime::<Utc>::MAX_UTC))
        }
        (Some(Who::Vouched { .. }), _) => {
            let vouched = identity.vouched.as_ref().ok_or_else(sign_in_first)?;
            issuers::held(ctx, vouched, act_as).await?
        }
        (Some(Who::Session { user, session }), _) => {
            let (mut actor, over) = person(ctx, user, session).await?;
            actor.grants = grants(ctx, user).await?;
            actor.acting = choose(&actor.grants, act_as)?;
            actor.grants.retain(|grant| Some(&grant.owner) == actor.acting.as_ref());
            (actor, over)
        }
    };
    stand(ctx, actor, until).await
}

/// Adds what the data say about a caller who acts as it does until this instant, with that of the next change.
pub(super) async fn stand(
    ctx: &Ctx,
    mut actor: Actor,
    until: DateTime<Utc>,
) -> Result<(Actor, DateTime<Utc>)> {
    // Grants and memberships begin and end with a day.
    let tomorrow = ctx.clock.today().succ_opt().unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN).and_utc();
    let (now, mut until) = (ctx.clock.now(), min(tomorrow, until));
    if let Some(country) = actor.acting.as_deref().filter(|owner| !owner.contains(':')) {
        actor.standing.regions = regions(ctx, country).await?;
    }
    actor.standing.shared_sets = shared_sets(ctx, &actor).await?;
    // Audiences depend on the regions, so they come after them.
    (actor.standing.release_sets, actor.standing.public_sets) = release_sets(ctx, &actor, now).await?;
    actor.standing.withheld = in_force(ctx.db.reading(), None, now).await?;
    until = next_release(ctx, now).await?.map_or(until, |next| min(next, until));
    Ok((actor, until))
}

/// Finds out who asks, without grants: for `/me` and signing out, where no owner need be chosen.
///
/// # Errors
/// `Unauthenticated` when the session is over or the account closed.
pub async fn load_person(ctx: &Ctx, user: Uuid, session: Uuid) -> Result<Actor> {
    Ok(person(ctx, user, session).await?.0)
}

/// As [`load_person`], with the instant the session or the account ends.
async fn person(ctx: &Ctx, user: Uuid, session: Uuid) -> Result<(Actor, DateTime<Utc>)> {
    let select = live_sessions(ctx.clock.now())
        .column((user::Entity, user::Column::Number))
        .column((session::Entity, session::Column::ExpiresAt))
        .column((user::Entity, user::Column::ValidUntil))
        .and_where(Expr::col((session::Entity, session::Column::Id)).eq(session))
        .and_where(Expr::col((session::Entity, session::Column::UserId)).eq(user))
        .take();
    let over = || Error::Unauthenticated("the session is over; sign in again".into());
    let row = ctx.db.reading().one(&select).await?.ok_or_else(over)?;
    let mut actor = Actor::anonymous();
    actor.user = Some(user);
    actor.number = row.try_get_by_index(0)?;
    let (expires, closes): (DateTime<Utc>, Option<DateTime<Utc>>) =
        (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok((actor, closes.map_or(expires, |closes| min(closes, expires))))
}

/// Who issued something earlier, as that user stands now under the owner it acted for; none if the account is closed.
pub(super) async fn load_issuer(ctx: &Ctx, user: Uuid, acting: Option<String>) -> Result<Option<Actor>> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from(user::Entity)
        .and_where(Expr::col((user::Entity, user::Column::Id)).eq(user))
        .and_where(is_open(ctx.clock.now()))
        .take();
    if ctx.db.reading().one(&select).await?.is_none() {
        return Ok(None);
    }
    let mut actor = Actor::anonymous();
    actor.user = Some(user);
    actor.grants = grants(ctx, user).await?;
    actor.grants.retain(|grant| Some(&grant.owner) == acting.as_ref());
    actor.acting = acting;
    Ok(Some(actor))
}

/// Who sent something earlier for an owner, as that person stands now, or the key by which it came; none if the account, its
/// grants or the key have ended.
///
/// # Errors
/// What the database says.
pub async fn sender(ctx: &Ctx, user: Uuid, owner: &str, key: Option<Uuid>) -> Result<Option<Actor>> {
    Ok(sender_until(ctx, user, owner, key).await?.map(|(actor, _)| actor))
}

/// As [`sender`], with the instant of the next change that time alone brings.
///
/// # Errors
/// What the database says.
pub async fn sender_until(
    ctx: &Ctx,
    user: Uuid,
    owner: &str,
    key: Option<Uuid>,
) -> Result<Option<(Actor, DateTime<Utc>)>> {
    let actor = if let Some(key) = key {
        let Some(held) = api_key::held_by_id(ctx, key).await? else { return Ok(None) };
        held.actor(grants(ctx, user).await?, None).ok()
    } else {
        let actor = load_issuer(ctx, user, Some(owner.to_owned())).await?;
        actor.filter(|actor| !actor.grants.is_empty())
    };
    let Some(mut actor) = actor else { return Ok(None) };
    if actor.number.is_none() {
        actor.number = number(ctx, user).await?;
    }
    Ok(Some(stand(ctx, actor, DateTime::<Utc>::MAX_UTC).await?))
}

/// The pseudonymous number of a user in the log.
async fn number(ctx: &Ctx, user: Uuid) -> Result<Option<i64>> {
    let select = Query::select()
        .column((user::Entity, user::Column::Number))
        .from(user::Entity)
        .and_where(Expr::col((user::Entity, user::Column::Id)).eq(user))
        .take();
    Ok(ctx.db.reading().one(&select).await?.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Sessions that are not over, of accounts that are open; without columns.
pub(super) fn live_sessions(now: DateTime<Utc>) -> SelectStatement {
    let of = |column| Expr::col((session::Entity, column));
    Query::select()
        .from(session::Entity)
        .inner_join(user::Entity, of(session::Column::UserId).equals((user::Entity, user::Column::Id)))
        .and_where(of(session::Column::RevokedAt).is_null())
        .and_where(of(session::Column::ExpiresAt).gt(now))
        .and_where(is_open(now))
        .take()
}

/// The owners somebody holds live grants of, in order.
///
/// # Errors
/// What the database says.
pub async fn owners_of(ctx: &Ctx, user: Uuid) -> Result<Vec<String>> {
    let mut select = Query::select();
    select.column((grant::Entity, grant::Column::Owner)).from(grant::Entity);
    select.cond_where(live(user, ctx.clock.today()));
    Ok(set::<String>(ctx, &select).await?.into_iter().collect())
}

/// The condition that a row of `user` is an open account at this instant.
pub(super) fn is_open(now: DateTime<Utc>) -> Expr {
    let until = (user::Entity, user::Column::ValidUntil);
    Expr::col(until).is_null().or(Expr::col(until).gt(now))
}

pub(super) fn choose(held: &[Grant], act_as: Option<&str>) -> Result<Option<String>> {
    let owners: BTreeSet<&str> = held.iter().map(|grant| grant.owner.as_str()).collect();
    if let Some(wanted) = act_as {
        // The same text whether there is such an owner or not.
        let none = || Error::Forbidden("you hold no grant of the owner you want to act for".into());
        let held = owners.iter().find(|owner| owner.eq_ignore_ascii_case(wanted));
        return held.map(|owner| Some((*owner).to_owned())).ok_or_else(none);
    }
    if owners.len() > 1 {
        let detail = format!("you hold grants of several owners; name one of them in {ACT_AS}");
        return Err(Error::bad_request(ACT_AS, Code::ActAsRequired, detail));
    }
    Ok(owners.first().map(|owner| (*owner).to_owned()))
}

pub(super) async fn grants(ctx: &Ctx, user: Uuid) -> Result<Vec<Grant>> {
    use grant::Column;
    let agency = (agency::Entity, agency::Column::Id);
    let columns = [
        Column::Id,
        Column::Role,
        Column::Owner,
        Column::AgencyId,
        Column::WithinPlanId,
        Column::ReadCeiling,
        Column::WriteKinds,
        Column::SourceSystems,
    ];
    let select = Query::select()
        .columns(columns.map(|column| (grant::Entity, column)))
        .column((agency::Entity, agency::Column::Code))
        .from(grant::Entity)
        .left_join(agency::Entity, Expr::col((grant::Entity, Column::AgencyId)).equals(agency))
        .cond_where(for_rule("agency"))
        .cond_where(live(user, ctx.clock.today()))
        .order_by((grant::Entity, Column::Id), Order::Asc)
        .take();
    ctx.db.reading().all(&select).await?.iter().map(granted).collect()
}

fn granted(row: &QueryResult) -> Result<Grant> {
    let list = |at| -> Result<Vec<String>> { Ok(serde_json::from_value(row.try_get_by_index(at)?)?) };
    Ok(Grant {
        id: row.try_get_by_index(0)?,
        role: row.try_get_by_index(1)?,
        owner: row.try_get_by_index(2)?,
        agency: row.try_get_by_index(3)?,
        within_plan: row.try_get_by_index(4)?,
        read_ceiling: row.try_get_by_index(5)?,
        write_kinds: list(6)?,
        source_systems: list(7)?,
        agency_code: row.try_get_by_index(8)?,
    })
}

/// Grants of a user that it has accepted and that are good on this day.
fn live(user: Uuid, today: NaiveDate) -> Condition {
    use grant::Column;
    let of = |column| (grant::Entity, column);
    within(of(Column::ValidFrom), of(Column::ValidUntil), today)
        .add(Expr::col(of(Column::UserId)).eq(user))
        .add(Expr::col(of(Column::Consent)).eq(Consent::Accepted.code()))
}
