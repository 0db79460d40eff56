//! What tables are narrowed and ordered by, read from texts.

use kernel::{Code, Violation, dates, decimal, filter::Comparison, input::cut, page::MAX_KEYS};

use super::{Asked, Column, MOST_ROWS, Table, Test, place};
use crate::domain::exchange::columns::{Cell, Type};

/// Rows of a page where no number is given.
const ROWS: usize = 1_000;
/// The filter by regions.
pub const REGION: &str = "region";

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Any of its values.
    Any,
    /// This day or a later one.
    From,
    /// This day or an earlier one.
    Until,
}

/// A filter of a table.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Its name.
    pub name: String,
    /// What it does.
    pub doc: String,
    /// The place of the column.
    pub column: usize,
    /// What the column's cells are.
    pub ty: Type,
    /// How it compares.
    pub how: How,
}

/// What a table is narrowed by: its columns of codes, ids and yes or no, and its days as ranges. No filter compares texts for people.
#[must_use]
pub fn filters(table: &Table) -> Vec<Filter> {
    let mut all = Vec::new();
    let offered = |column: &Column| column.is_filter && column.name != REGION;
    for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| offered(column)) {
        let mut add = |name: String, what: &str, how| {
            let doc = format!("Only rows with {what}. {}", column.doc);
            all.push(Filter { name, doc, column: at, ty: column.ty, how });
        };
        match column.ty {
            Type::Text if is_free(column) => {}
            Type::Text | Type::Id | Type::Truth => add(column.name.clone(), "one of these", How::Any),
            Type::Day => {
                let stem = column.name.strip_suffix("_on").unwrap_or(&column.name);
                add(format!("{stem}_from"), "this day or a later one", How::From);
                add(format!("{stem}_to"), "this day or an earlier one", How::Until);
            }
            Type::Number | Type::Decimal | Type::Instant => {}
        }
    }
    all
}

/// Whether a column holds texts for people, or lists of codes.
fn is_free(column: &Column) -> bool {
    let is_one = |name: &str| column.name == name || column.name.ends_with(&format!("_{name}"));
    ["title", "name", "label", "source", "regions", "domains", "key"].into_iter().any(is_one)
}

/// A value as a cell; none where it is none of the type.
#[must_use]
pub fn cell(ty: Type, text: &str) -> Option<Cell<'static>> {
    Some(match ty {
        Type::Text => Cell::Text(text.to_owned().into()),
        Type::Id => Cell::Id(text.parse().ok()?),
        Type::Truth => Cell::Truth(text.parse().ok()?),
        Type::Day => Cell::Day(dates::day(text)?),
        Type::Instant => Cell::At(dates::instant(text)?),
        Type::Number => Cell::Number(text.parse().ok()?),
        Type::Decimal => Cell::Decimal(decimal::millionths(text).map(decimal::written)?),
    })
}

impl Asked {
    /// What filters with their values, and an order, ask for; names of filters were held against those of the table before.
    #[must_use]
    pub fn read(table: &Table, given: &[(String, String)], sort: &str, faults: &mut Vec<Violation>) -> Self {
        let values = |name: &str| {
            let own = given.iter().filter(|(of, _)| of == name);
            own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let mut tests = Vec::new();
        for Filter { name, column, ty, how, .. } in filters(table) {
            let mut cells = Vec::new();
            for value in values(&name) {
                let found = cell(ty, &value);
                if found.is_none() {
                    let detail = format!("`{name}`: {} is no value of this column", cut(&value.into()));
                    faults.push(Violation::new(format!("?{name}"), Code::BadFormat, detail));
                }
                cells.extend(found);
            }
            let compared =
                |by, cells: Vec<_>| cells.into_iter().map(move |cell| Test::Compare(column, by, cell));
            match how {
                _ if cells.is_empty() => {}
                How::Any => tests.push(Test::In(column, cells)),
                How::From => tests.extend(compared(Comparison::Ge, cells)),
                How::Until => tests.extend(compared(Comparison::Le, cells)),
            }
        }
        let test = (!tests.is_empty()).then_some(Test::All(tests));
        Self { test, regions: values(REGION), sort: sorted(table, sort, faults), ..Self::default() }
    }
}

/// How many rows a page has at most: as many as are asked for by a parameter.
pub fn page_size(name: &str, asked: Option<i64>, faults: &mut Vec<Violation>) -> usize {
    let Some(asked) = asked else { return ROWS };
    usize::try_from(asked).ok().filter(|size| (1..=MOST_ROWS).contains(size)).unwrap_or_else(|| {
        let why = format!("`{name}` is 1 to {MOST_ROWS}");
        faults.push(Violation::new(format!("?{name}"), Code::LimitOutOfRange, why));
        ROWS
    })
}

fn sorted(table: &Table, text: &str, faults: &mut Vec<Violation>) -> Vec<(usize, bool)> {
    let mut all = Vec::new();
    for key in text.split(',').filter(|key| !key.is_empty()) {
        let (name, is_down) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        match place(table, name) {
            Ok((at, column)) if column.is_sort => all.push((at, is_down)),
            Ok(_) => {
                let detail = format!("rows of {} are not ordered by `{name}`", table.name);
                faults.push(Violation::new("?sort", Code::RuleBroken, detail));
            }
            Err(why) => faults.push(Violation::new("?sort", Code::UnknownParameter, why)),
        }
    }
    if all.len() > MAX_KEYS {
        faults.push(Violation::new("?sort", Code::OutOfRange, format!("at most {MAX_KEYS} keys")));
    }
    all
}
