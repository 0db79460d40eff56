//! Consent: a grant is offered, and in force once the person it is for accepts it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{
    Grant, grant,
    vocab::{Consent, Role},
};
use kernel::{
    Actor, Code, Ctx, Error, Result, Unit,
    policy::{Verb, authorize},
    record::Op,
    row::Row,
    store,
    unit::Item,
};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};
use uuid::Uuid;

use super::focal_points::FocalPoints;
use crate::{
    domain::Registered,
    signin::{no_key, notice::under},
};

/// The condition that a grant has not ended before this day.
pub(crate) fn not_over(today: NaiveDate) -> Cond {
    let until = Grant::def().col(grant::VALID_UNTIL.column);
    Cond::any().add(until.clone().is_null()).add(until.gte(today))
}

/// The condition that a grant is held or offered, and has not ended before this day.
pub(crate) fn open(consent: Consent, today: NaiveDate) -> Cond {
    let def = Grant::def();
    Cond::all().add(def.col(grant::CONSENT.column).eq(consent.code())).add(not_over(today))
}

/// Whether an edit brings back a grant that had ended.
fn renews(item: &Item, today: NaiveDate) -> bool {
    let is_over = |row: &Row| row.read(grant::VALID_UNTIL).is_some_and(|until| until < today);
    item.before.as_ref().is_some_and(|before| {
        before.read(grant::CONSENT) == Some(Consent::Accepted) && is_over(before) && !is_over(&item.after)
    })
}

/// Settles what new and renewed grants are: accepted where the person has accepted one of the owner that it still
/// holds, and where the host gives them; else offered.
pub(super) async fn settle(unit: &mut Unit, items: &mut [Item]) -> Result<()> {
    let today = unit.ctx.clock.today();
    let asks =
        |item: &Item| !item.is_rejected() && !item.is_deletion() && (item.is_new() || renews(item, today));
    let is_host = unit.actor().is_system();
    let people: BTreeSet<Uuid> =
        items.iter().filter(|item| asks(item)).filter_map(|item| item.after.read(grant::USER)).collect();
    let mut held = BTreeSet::new();
    if !is_host && !people.is_empty() {
        let of_them = Grant::def().col(grant::USER.column).is_in(people);
        let in_force = Cond::all().add(open(Consent::Accepted, today)).add(of_them);
        for row in store::all(unit.conn(), Grant::def(), in_force).await? {
            held.extend(row.read(grant::USER).map(|user| (user, row.owner().to_owned())));
        }
    }
    for item in items.iter_mut().filter(|item| asks(item)) {
        let holder = item.after.read(grant::USER).map(|user| (user, item.after.owner().to_owned()));
        let is_accepted = is_host || holder.is_some_and(|holder| held.contains(&holder));
        item.after.write(grant::CONSENT, if is_accepted { Consent::Accepted } else { Consent::Offered });
        if is_accepted {
            item.after.clear(grant::OFFERED_TO.column);
        }
    }
    Ok(())
}

/// Accepts or declines an offer of the caller's own; the log of its owner keeps it. An answer given again is no fault.
///
/// # Errors
/// `Forbidden` for keys and where an issuer vouches; `NotFound` for what is no grant of the caller's; `Conflict(OfferClosed)` once it was answered otherwise, and for
/// the office of a focal point that somebody has taken meanwhile.
pub async fn answer(ctx: &Ctx, offer: Uuid, reply: Consent) -> Result<Row> {
    if ctx.actor.key.is_some() {
        return Err(no_key());
    }
    let row = store::get(ctx, Grant::def(), offer).await?;
    let me = ctx.actor.user.ok_or(Error::NotFound)?;
    if row.read(grant::USER) != Some(me) {
        return Err(Error::NotFound);
    }
    if ctx.actor.bound.is_some() {
        return Err(no_key());
    }
    under(ctx, row.owner()).write(async move |unit| reply_to(unit, offer, reply).await).await
}

async fn reply_to(unit: &mut Unit, offer: Uuid, reply: Consent) -> Result<Row> {
    let row = unit.rows_of(Grant::def(), &[offer].into()).await?.remove(&offer).ok_or(Error::NotFound)?;
    match row.read(grant::CONSENT) {
        Some(said) if said == reply => return Ok(row),
        Some(Consent::Offered) => {}
        _ => return Err(closed("it was answered before; whoever made it can make a new one")),
    }
    if reply == Consent::Accepted && is_taken(unit, &row).await? {
        return Err(closed("the country has a focal point by now, who makes its further grants"));
    }
    set(unit, &row, reply).await
}

fn closed(detail: &str) -> Error {
    Error::Conflict(Code::OfferClosed, detail.into())
}

/// Writes what the person said, with the authority of the service: nobody edits grants of one's own.
async fn set(unit: &mut Unit, row: &Row, reply: Consent) -> Result<Row> {
    let mut fields = Map::from_iter([(grant::CONSENT.column.to_owned(), json!(reply.code()))]);
    if reply == Consent::Accepted {
        fields.insert(grant::OFFERED_TO.column.to_owned(), json!(null));
    }
    let op = Op::Move {
        id: row.id(),
        version: Some(row.version()),
        verb: Verb::Update,
        authority: Verb::Update,
        set: fields,
        faults: Vec::new(),
    };
    let actor = unit.elevate();
    let written = unit.make_move(Grant::def(), op).await;
    unit.act_as(actor);
    written
}

/// Whether the office of a focal point was offered by the operator, as the first of a country that has one by now.
async fn is_taken(unit: &Unit, offer: &Row) -> Result<bool> {
    if offer.read(grant::ROLE) != Some(Role::FocalPoint) {
        return Ok(false);
    }
    let in_office = FocalPoints::of(unit, &[offer.owner().to_owned()].into()).await?;
    let giver = offer.uuid("created_by");
    Ok(in_office.has_any(offer.owner())
        && !giver.is_some_and(|giver| in_office.is_held_by(giver, offer.owner())))
}

/// Whether somebody could give a grant.
pub(crate) fn gives(giver: &Actor, grant: &Row) -> bool {
    authorize(giver, Verb::Create, Grant::def(), &grant.scope()).is_ok()
}

/// Lets a first password, set by a token, accept what its issuer could give, and every other offer fall away:
/// whoever issued the token may know the password. Resets accept nothing. Without an issuer it is the host.
///
/// # Errors
/// What the database says.
pub(crate) async fn settle_offers(
    unit: &mut Unit,
    user: Uuid,
    is_first: bool,
    issuer: Option<&Actor>,
) -> Result<()> {
    let today = unit.ctx.clock.today();
    let of_user = Cond::all().add(Grant::def().col(grant::USER.column).eq(user));
    let offers = store::all(unit.conn(), Grant::def(), of_user.add(open(Consent::Offered, today))).await?;
    for offer in offers {
        let is_given = issuer.is_none_or(|issuer| gives(issuer, &offer));
        if is_given && is_first && !is_taken(unit, &offer).await? {
            set(unit, &offer, Consent::Accepted).await?;
        } else if !is_given {
            set(unit, &offer, Consent::Declined).await?;
        }
    }
    Ok(())
}
