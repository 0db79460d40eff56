//! Rules of calendars: a person makes them for itself, and each address is shown once.

use std::collections::BTreeSet;

use entity::{Agency, Calendar, Country, Framework, agency, calendar, vocab::CalendarStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Ctx, Error, KindDef, Result, Unit, row::Row, store, unit::Item};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, Value as Json};

use crate::{
    domain::{
        Registered,
        access::{
            api_key::{NO_COUNTRY, check_codes, check_end, each},
            shown_once::shown_once,
        },
    },
    signin::calendar::give,
};

/// The kind of calendars.
#[must_use]
pub fn def() -> &'static KindDef {
    Calendar::def()
}

/// Makes a calendar of the caller; answers it with the token of its address, which nobody learns again.
///
/// # Errors
/// `Forbidden` for keys and for whoever holds no grant; `Invalid` with everything that is wrong; what the database says.
pub async fn issue(ctx: &Ctx, fields: Map<String, Json>) -> Result<(Row, String)> {
    shown_once(ctx, def(), fields, |conn, row| Box::pin(give(conn, row.id()))).await
}

/// A calendar is its maker's, and active.
pub fn prepare<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let person = unit.actor().user;
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            // What is preset counts for new records only.
            item.preset.extend(person.map(|person| (calendar::USER.column, person.into())));
            item.preset.push((calendar::STATUS.column, CalendarStatus::Active.code().into()));
        }
        Ok(())
    })
}

/// Rules of what a calendar names: there is all of it, and its end is to come.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let works = unit.actor().grants.iter().any(|grant| grant.agency.is_some());
        for item in items.iter_mut().filter(|item| item.is_new() && !item.is_rejected()) {
            if item.after.read(calendar::USER).is_none() {
                item.reject(Error::Forbidden("a person makes calendars for itself".into()));
                continue;
            }
            check_codes(unit, item, (calendar::COUNTRIES.column, Country::def()), NO_COUNTRY).await?;
            let why = "no such framework; give its code, such as `CWC`";
            check_codes(unit, item, (calendar::FRAMEWORKS.column, Framework::def()), why).await?;
            check_agencies(unit, item).await?;
            if item.after.read(calendar::IS_MINE) == Some(true) && !works {
                let why = "you hold no grant of an agency here, so nothing would be yours: name `agencies`";
                item.fault("/is_mine", Code::RuleBroken, why);
            }
            let why = "a calendar ends after it begins: give an instant to come";
            check_end(unit, item, item.after.read(calendar::EXPIRES_AT), why);
        }
        Ok(())
    })
}

/// The owners whose records a calendar shows.
pub(super) fn owners(calendar: &Row) -> BTreeSet<String> {
    let named: BTreeSet<String> =
        calendar.read(calendar::COUNTRIES).unwrap_or_default().into_iter().collect();
    if named.is_empty() { [calendar.owner().to_owned()].into() } else { named }
}

/// The condition that an agency of one of these owners has one of these codes.
pub(super) fn agencies_called(owners: &BTreeSet<String>, codes: &[String]) -> Cond {
    let def = Agency::def();
    let codes = codes.iter().filter(|code| !code.contains('\0')).map(String::as_str);
    Cond::all()
        .add(def.col("owner").is_in(owners.iter().map(String::as_str)))
        .add(def.col(agency::CODE.column).is_in(codes))
}

/// Agencies of the owners that the calendar shows, as far as the caller sees them, by their codes.
async fn check_agencies(unit: &Unit, item: &mut Item) -> Result<()> {
    let given = item.after.read(calendar::AGENCIES).unwrap_or_default();
    if given.is_empty() {
        return Ok(());
    }
    let which = agencies_called(&owners(&item.after), &given);
    let rows = store::seen(&unit.ctx, Agency::def(), which, 10_000).await?;
    let known: BTreeSet<String> = rows.iter().filter_map(|row| row.read(agency::CODE)).collect();
    each(item, calendar::AGENCIES.column, &given, |code| {
        let why = "no such agency among those of the countries that the calendar shows";
        (!known.contains(code)).then_some((Code::ReferenceNotFound, why))
    });
    Ok(())
}
