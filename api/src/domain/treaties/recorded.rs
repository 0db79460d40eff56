//! What a country has recorded about obligations, as far as a caller sees it: the marks, and how obligations are ordered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::SimpleObject;
use entity::{
    Country, CoverageMark, Obligation, country, coverage_mark, obligation,
    vocab::{BindingForce, Domain},
};
use kernel::{
    Ctx, KindDef, Result, filter::Narrowing, page::Page, policy::visible, render::Renderer, row, row::Row,
    scalar::Ref, store,
};
use model::Vocabulary;
use sea_orm::sea_query::{Cond, Order};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::Registered;

/// Rows of one statement: all obligations there are, and all marks of a country, are one or two.
const ROWS: usize = 1_000;

/// The forces with which obligations bind, kept apart in every answer, in this order.
pub const FORCES: [BindingForce; 3] =
    [BindingForce::LegallyBinding, BindingForce::PoliticallyBinding, BindingForce::Encouraged];

/// A mark of a country: what was found of measures for an obligation in one hazard domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RecordedMark {
    /// Id of the mark.
    pub id: Uuid,
    /// What was found: `found`, `unclear`, `not_applicable` or `not_assessed`.
    pub mark: String,
    /// Where that is from.
    #[schema(required = true)]
    pub source: Option<String>,
    /// Day on which it was assessed.
    #[schema(required = true, format = Date, example = "2026-11-20")]
    pub assessed_on: Option<String>,
    /// Who assessed it.
    #[schema(required = true)]
    pub assessor: Option<String>,
    /// What is doubtful.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// The marks of a country by obligation and code of the hazard domain.
#[derive(Debug, Default)]
pub struct Marks(HashMap<(Uuid, String), RecordedMark>);

impl Marks {
    /// The mark about an obligation in a hazard domain.
    #[must_use]
    pub fn of(&self, obligation: Uuid, dimension: Domain) -> Option<&RecordedMark> {
        self.0.get(&(obligation, dimension.code().to_owned()))
    }

    /// Whether there is a mark about an obligation in any hazard domain.
    #[must_use]
    pub fn is_about(&self, obligation: Uuid) -> bool {
        Domain::ALL.iter().any(|dimension| self.of(obligation, *dimension).is_some())
    }
}

/// The country at an address: its id or its code.
///
/// # Errors
/// `NotFound` if there is none.
pub async fn country(ctx: &Ctx, address: &str) -> Result<(Row, String)> {
    let found = store::at(ctx, Country::def(), address).await?;
    let code = found.read(country::CODE).unwrap_or_default();
    Ok((found, code))
}

/// The marks of a country that the caller may see.
///
/// # Errors
/// What the database says.
pub async fn marks(ctx: &Ctx, owner: &str) -> Result<Marks> {
    let def = CoverageMark::def();
    let rows = every(ctx, def, &Narrowing::of(def, "owner", owner.to_owned())?).await?;
    let recorded = rows.iter().filter_map(|row| {
        let about =
            (row.read(coverage_mark::OBLIGATION)?, row.text(coverage_mark::DIMENSION.column)?.to_owned());
        Some((about, recorded(row)))
    });
    Ok(Marks(recorded.collect()))
}

fn recorded(row: &Row) -> RecordedMark {
    RecordedMark {
        id: row.id(),
        mark: row.text(coverage_mark::MARK.column).unwrap_or_default().to_owned(),
        source: row.read(coverage_mark::SOURCE),
        assessed_on: row.read(coverage_mark::ASSESSED_ON).map(|day| day.to_string()),
        assessor: row.read(coverage_mark::ASSESSOR),
        note: row.read(coverage_mark::NOTE),
    }
}

/// The obligations that pass these filters: those in force, and those that a mark is about; each framework's by
/// provision, as people count.
///
/// # Errors
/// `BadRequest` for a value no filter takes.
pub async fn obligations(ctx: &Ctx, filters: &Map<String, Json>, marks: &Marks) -> Result<Vec<Row>> {
    let def = Obligation::def();
    let mut rows = every(ctx, def, &Narrowing::from_json(def, filters)?).await?;
    let today = ctx.clock.today();
    rows.retain(|row| row.date("valid_until").is_none_or(|day| day >= today) || marks.is_about(row.id()));
    let text = |row: &Row, column: &str| natural(row.text(column).unwrap_or_default());
    rows.sort_by_cached_key(|row| {
        (text(row, obligation::PROVISION.column), text(row, obligation::CODE.column))
    });
    Ok(rows)
}

/// Whether an obligation is about a hazard domain.
#[must_use]
pub fn is_about(obligation: &Row, dimension: Domain) -> bool {
    let mask = obligation.read(obligation::DOMAINS).unwrap_or_default();
    row::bit(Domain::DEF, dimension.code()).is_some_and(|bit| mask & bit != 0)
}

/// Every visible row of a kind that passes the filters.
///
/// # Errors
/// What the database says.
pub(super) async fn every(ctx: &Ctx, def: &'static KindDef, filters: &Narrowing) -> Result<Vec<Row>> {
    let mut page = Page::first(ROWS);
    let mut rows = Vec::new();
    loop {
        let slice = store::list(ctx, store::Wanted::shown(def), filters, &page).await?;
        page.cursor = slice.rows.last().map(|row| page.cursor_at(ctx, row));
        rows.extend(slice.rows);
        if !slice.has_more {
            return Ok(rows);
        }
    }
}

/// Every visible row of a kind that meets a condition, in order of id.
///
/// # Errors
/// What the database says.
pub(super) async fn all(ctx: &Ctx, def: &'static KindDef, which: Cond) -> Result<Vec<Row>> {
    let mut select = store::select(def);
    select.cond_where(visible(&ctx.actor, def)).cond_where(which).order_by_expr(def.col("id"), Order::Asc);
    store::rows(ctx.db.reading(), def, &select).await
}

/// What the caller may call the records that columns of rows lead to, by id: a statement for each kind.
///
/// # Errors
/// What the database says.
pub(super) async fn called<const N: usize>(
    ctx: &Ctx,
    names: &Renderer,
    rows: &[Row],
    links: [(&'static KindDef, &str); N],
) -> Result<BTreeMap<Uuid, Ref>> {
    let mut called = BTreeMap::new();
    for (def, column) in links {
        let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.uuid(column)).collect();
        let found = store::by_ids(ctx, def, &ids).await?;
        called.extend(found.values().map(|row| (row.id(), names.named(row))));
    }
    Ok(called)
}

/// A part of a name: words before the number that follows them.
pub(super) type Piece = (String, u64);

/// What names are sorted by, so that `OP2` stands before `OP10`.
pub(super) fn natural(name: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = vec![Piece::default()];
    let mut was_digit = false;
    for letter in name.chars() {
        let digit = letter.to_digit(10);
        if digit.is_none() && was_digit {
            pieces.push(Piece::default());
        }
        was_digit = digit.is_some();
        let Some(piece) = pieces.last_mut() else { continue };
        match digit {
            Some(digit) => piece.1 = piece.1.saturating_mul(10).saturating_add(u64::from(digit)),
            None => piece.0.extend(letter.to_lowercase()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_counted() {
        let mut names = ["OP10", "OP3(d)", "OP2", "OP3(a)", "OP1", "OP8(a)"];

        names.sort_by_key(|name| natural(name));

        assert_eq!(names, ["OP1", "OP2", "OP3(a)", "OP3(d)", "OP8(a)", "OP10"]);
    }
}
