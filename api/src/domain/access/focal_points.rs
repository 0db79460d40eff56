//! A country keeps a focal point: who holds the grant in force, and who may go.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    Grant, User, grant, user,
    vocab::{Consent, Role},
};
use kernel::{Result, Unit, row::Row, store};
use sea_orm::sea_query::{Cond, ExprTrait};
use uuid::Uuid;

use crate::domain::Registered;

/// How firmly a focal point holds the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hold {
    /// In force today, but it ends some day: a deputy.
    Dated,
    /// In force today, without end.
    Lasting,
}

/// How firmly a grant holds today; none if it is not in force, not accepted, or narrowed to a plan.
pub(crate) fn hold(grant: &Row, today: NaiveDate) -> Option<Hold> {
    let begun = grant.read(grant::VALID_FROM).is_none_or(|from| from <= today);
    let is_accepted = grant.read(grant::CONSENT) == Some(Consent::Accepted);
    if !begun || !is_accepted || grant.read(grant::WITHIN_PLAN).is_some() {
        return None;
    }
    match grant.read(grant::VALID_UNTIL) {
        None => Some(Hold::Lasting),
        Some(until) => (until >= today).then_some(Hold::Dated),
    }
}

/// How firmly an account is open now; none if it is closed.
pub(crate) fn open(user: &Row, now: DateTime<Utc>) -> Option<Hold> {
    match user.read(user::VALID_UNTIL) {
        None => Some(Hold::Lasting),
        Some(until) => (until > now).then_some(Hold::Dated),
    }
}

/// One focal point in office.
#[derive(Clone, Debug)]
struct InOffice {
    grant: Uuid,
    user: Uuid,
    owner: String,
    hold: Hold,
}

/// The focal points of some countries that are in office now.
#[derive(Debug, Default)]
pub(crate) struct FocalPoints(Vec<InOffice>);

impl FocalPoints {
    /// Locks the owners, so that two units do not each leave the other's focal point as the last, and reads
    /// who is in office.
    pub(crate) async fn of(unit: &Unit, owners: &BTreeSet<String>) -> Result<Self> {
        if owners.is_empty() {
            return Ok(Self::default());
        }
        unit.lock_owners(owners).await?;
        let def = Grant::def();
        let appointed = Cond::all()
            .add(def.col(grant::ROLE.column).eq(Role::FocalPoint.code()))
            .add(def.col("owner").is_in(owners.iter().map(String::as_str)));
        let grants = store::all(unit.conn(), def, appointed).await?;
        let people = grants.iter().filter_map(|row| row.read(grant::USER)).collect();
        let users = unit.rows_of(User::def(), &people).await?;
        let (today, now) = (unit.ctx.clock.today(), unit.ctx.clock.now());
        let in_office = grants.iter().filter_map(|row| {
            let user = users.get(&row.read(grant::USER)?)?;
            let hold = hold(row, today)?.min(open(user, now)?);
            Some(InOffice { grant: row.id(), user: user.id(), owner: row.owner().to_owned(), hold })
        });
        Ok(Self(in_office.collect()))
    }

    /// Whether a country has anybody in office.
    pub(crate) fn has_any(&self, owner: &str) -> bool {
        self.0.iter().any(|one| one.owner == owner)
    }

    /// Whether somebody is in office for a country.
    pub(crate) fn is_held_by(&self, user: Uuid, owner: &str) -> bool {
        self.0.iter().any(|one| one.user == user && one.owner == owner)
    }

    /// Lets a grant fall to a lesser hold; false, and nothing changes, if nobody as firm would be left.
    pub(crate) fn weaken_grant(&mut self, grant: Uuid, left: Option<Hold>) -> bool {
        self.weaken(|one| one.grant == grant, left)
    }

    /// Lets an account fall to a lesser hold, with all its grants.
    pub(crate) fn weaken_user(&mut self, user: Uuid, left: Option<Hold>) -> bool {
        self.weaken(|one| one.user == user, left)
    }

    fn weaken(&mut self, which: impl Fn(&InOffice) -> bool, left: Option<Hold>) -> bool {
        let falls = |one: &InOffice| which(one) && left.is_none_or(|left| left < one.hold);
        let is_kept = |lost: &InOffice| {
            self.0.iter().any(|one| !falls(one) && one.owner == lost.owner && one.hold >= lost.hold)
        };
        if !self.0.iter().filter(|one| falls(one)).all(is_kept) {
            return false;
        }
        let falling: BTreeSet<Uuid> = self.0.iter().filter(|one| falls(one)).map(|one| one.grant).collect();
        match left {
            None => self.0.retain(|one| !falling.contains(&one.grant)),
            Some(left) => {
                self.0.iter_mut().filter(|one| falling.contains(&one.grant)).for_each(|one| one.hold = left);
            }
        }
        true
    }
}
