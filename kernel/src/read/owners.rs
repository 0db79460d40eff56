//! What is known of owners: their official languages, and of the countries among them the regions.
//!
//! All of them are read in one statement and remembered for one epoch of standings; what rows tell of their owner or
//! country is found here, and nowhere else.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;
use foldhash::HashMap;
use sea_orm::{
    Order, QueryResult, Value,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{db::Conn, error::Result, standings::Watch};

/// A country, as rows that are of it tell.
#[derive(Debug)]
pub(crate) struct Country {
    /// Its code, which is that of the owner.
    pub(crate) code: String,
    /// Whether it is invented for the demonstration.
    pub(crate) is_demo: bool,
    /// In the order in which its regions are told.
    memberships: Vec<Membership>,
}

/// A membership in a region, with its first and last day as far as they are known.
#[derive(Debug)]
struct Membership {
    region: String,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Membership {
    fn is_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| until >= day)
    }
}

impl Country {
    /// Codes of the regions it is a member of on a day, each once, the primary ones first.
    pub(crate) fn regions(&self, day: NaiveDate) -> impl Iterator<Item = &str> {
        let on = move || self.memberships.iter().filter(move |one| one.is_on(day)).map(|one| &*one.region);
        on().enumerate()
            .filter(move |(at, region)| !on().take(*at).any(|told| told == *region))
            .map(|(_, one)| one)
    }
}

/// An owner of records.
#[derive(Debug)]
struct Owner {
    languages: Vec<String>,
    country: Option<Uuid>,
    /// Whether it has an open release that takes in records made later.
    shows_future: bool,
}

/// All owners, by code, and the countries among them.
#[derive(Debug, Default)]
pub struct Owners {
    owners: HashMap<String, Owner>,
    countries: HashMap<Uuid, Country>,
}

impl Owners {
    /// Reads all owners: some hundreds, in one statement.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn read(conn: Conn<'_>) -> Result<Self> {
        let mut all = Self::default();
        for row in conn.all(&select()).await? {
            let (code, languages): (String, Json) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let (country, is_demo): (Option<Uuid>, Option<bool>) =
                (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
            if let Some(id) = country {
                let new = || Country {
                    code: code.clone(),
                    is_demo: is_demo.unwrap_or_default(),
                    memberships: Vec::new(),
                };
                all.countries.entry(id).or_insert_with(new).memberships.extend(membership(&row)?);
            }
            let languages = serde_json::from_value(languages).unwrap_or_default();
            let shows_future = row.try_get_by_index(8)?;
            all.owners.insert(code, Owner { languages, country, shows_future });
        }
        Ok(all)
    }

    /// Whether there is such an owner.
    pub(crate) fn has(&self, code: &str) -> bool {
        self.owners.contains_key(code)
    }

    /// The official languages of an owner.
    #[must_use]
    pub fn languages(&self, code: &str) -> &[String] {
        self.owners.get(code).map_or(&[], |owner| &owner.languages)
    }

    /// Whether an owner has an open release that takes in records made later.
    pub(crate) fn shows_future(&self, code: &str) -> bool {
        self.owners.get(code).is_some_and(|owner| owner.shows_future)
    }

    /// Codes of the countries, invented ones aside, that are members of a region on a day: of these countries and regions,
    /// where any are named.
    #[must_use]
    pub fn members(&self, day: NaiveDate, countries: &[String], regions: &[String]) -> BTreeSet<&str> {
        let is_named = |named: &[String], code: &str| named.is_empty() || named.iter().any(|one| one == code);
        let is_member = |country: &&Country| {
            !country.is_demo
                && is_named(countries, &country.code)
                && country.regions(day).any(|region| is_named(regions, region))
        };
        self.countries.values().filter(is_member).map(|country| country.code.as_str()).collect()
    }

    /// The country that a value of [`crate::record::KindDef::country_column`] says: a country's id, or an owner's code.
    pub(crate) fn country(&self, of: &Value) -> Option<&Country> {
        match of {
            Value::Uuid(id) => self.countries.get(id.as_ref()?),
            Value::String(code) => self.countries.get(&self.owners.get(code.as_ref()?)?.country?),
            _ => None,
        }
    }
}

/// Owners, with the country and a region's membership where there is one: a row for each.
fn select() -> SelectStatement {
    let of = |table: &'static str, column: &'static str| (Alias::new(table), Alias::new(column));
    let col = |table, column| Expr::col(of(table, column));
    let (country, membership, region) = ("country", "region_membership", "region");
    Query::select()
        .columns([of("owner", "code"), of("owner", "languages"), of(country, "id"), of(country, "is_demo")])
        .columns([of(region, "code"), of(membership, "from_on")])
        .columns([of(membership, "until_on"), of(membership, "valid_until")])
        .expr(Expr::exists(future()))
        .from(Alias::new("owner"))
        .left_join(Alias::new(country), col(country, "code").eq(col("owner", "code")))
        .left_join(Alias::new(membership), col(membership, "country_id").eq(col(country, "id")))
        .left_join(Alias::new(region), col(region, "id").eq(col(membership, "region_id")))
        .order_by(of("owner", "code"), Order::Asc)
        .order_by(of(membership, "is_primary"), Order::Desc)
        .order_by(of(region, "code"), Order::Asc)
        .take()
}

/// The open releases of an owner that take in records made later.
fn future() -> SelectStatement {
    let of = |column: &'static str| Expr::col((Alias::new("release"), Alias::new(column)));
    Query::select()
        .expr(Expr::val(1))
        .from(Alias::new("release"))
        .and_where(of("owner").eq(Expr::col((Alias::new("owner"), Alias::new("code")))))
        .and_where(of("include_future").eq(true))
        .and_where(of("status").is_in(["scheduled", "live", "suspended"]))
        .take()
}

fn membership(row: &QueryResult) -> Result<Option<Membership>> {
    let Some(region) = row.try_get_by_index(4)? else { return Ok(None) };
    let (until, closed): (Option<NaiveDate>, Option<NaiveDate>) =
        (row.try_get_by_index(6)?, row.try_get_by_index(7)?);
    // A closed record says nothing any more, whatever its dates were.
    let until = until.into_iter().chain(closed).min();
    Ok(Some(Membership { region, from: row.try_get_by_index(5)?, until }))
}

/// All owners, with the epoch they were read at.
type OwnersAt = (i64, Arc<Owners>);

/// The owners a process remembers; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Option<OwnersAt>>>);

impl Memory {
    /// All owners as they stand for a caller, read where they are not remembered.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn recall(&self, conn: Conn<'_>, watch: Option<&Watch>) -> Result<Arc<Owners>> {
        // What has changed since, perhaps by the unit that asks, is not remembered under the number of before.
        let Some(epoch) = watch.filter(|watch| !watch.is_other()).map(Watch::epoch) else {
            return Ok(Arc::new(Owners::read(conn).await?));
        };
        if let Some(owners) = self.at(epoch) {
            return Ok(owners);
        }
        let owners = Arc::new(Owners::read(conn).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((epoch, owners.clone()));
        Ok(owners)
    }

    fn at(&self, epoch: i64) -> Option<Arc<Owners>> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.as_ref().filter(|(at, _)| *at == epoch).map(|(_, owners)| owners.clone())
    }
}
