//! Conditions on the columns of a table: said in SQL where rows are records, and tried on cells where they are made.

use std::cmp::Ordering;

use kernel::{
    decimal,
    filter::{Comparison, Place, Predicate},
};
use sea_orm::Value;

use super::Table;
use crate::domain::exchange::columns::{Cell, Columns, Type};

/// A condition on the rows of a table; columns are named by their places.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// All of these hold.
    All(Vec<Self>),
    /// Any of these holds.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A cell compares so with a value; with nothing only as equal or different.
    Compare(usize, Comparison, Cell<'static>),
    /// A cell is one of these values.
    In(usize, Vec<Cell<'static>>),
    /// A text has another one in this place, letter by letter.
    Has(usize, Place, String),
    /// What holds for every row, or for none.
    Known(bool),
}

impl Test {
    /// The same about records; none where one of the columns is compared by no filter.
    #[must_use]
    pub fn predicate(&self, columns: &Columns) -> Option<Predicate> {
        let each =
            |parts: &[Self]| parts.iter().map(|part| part.predicate(columns)).collect::<Option<Vec<_>>>();
        let of = |at: &usize| {
            let column = columns.all.get(*at)?;
            Some((column.operand(columns.def)?, column.ty(columns.def)))
        };
        // What a part of the table lacks is nothing there, and what is the same in all of it is known.
        if let Some(at) = self.column()
            && columns.all.get(at)?.is_fixed()
        {
            return Some(Predicate::Known(self.holds(&fixed(columns))));
        }
        Some(match self {
            Self::All(parts) => Predicate::All(each(parts)?),
            Self::Any(parts) => Predicate::Any(each(parts)?),
            Self::Not(part) => Predicate::Not(Box::new(part.predicate(columns)?)),
            Self::Known(truth) => Predicate::Known(*truth),
            Self::Compare(at, how, cell) => {
                let (operand, ty) = of(at)?;
                Predicate::Compare(operand, *how, value(cell, ty))
            }
            Self::In(at, cells) => {
                let (operand, ty) = of(at)?;
                Predicate::In(operand, cells.iter().map(|cell| value(cell, ty)).collect())
            }
            Self::Has(at, place, text) => Predicate::Has(of(at)?.0, *place, text.clone()),
        })
    }

    /// The column that is compared, where it is one.
    const fn column(&self) -> Option<usize> {
        match self {
            Self::Compare(at, ..) | Self::In(at, _) | Self::Has(at, ..) => Some(*at),
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Known(_) => None,
        }
    }

    /// Whether a row meets the condition.
    #[must_use]
    pub fn holds(&self, row: &[Cell<'_>]) -> bool {
        let cell = |at: &usize| row.get(*at).unwrap_or(&Cell::Empty);
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Known(truth) => *truth,
            Self::Compare(at, how, value) => compares(cell(at), *how, value),
            Self::In(at, values) => values.iter().any(|value| compares(cell(at), Comparison::Eq, value)),
            Self::Has(at, place, text) => match (cell(at), place) {
                (Cell::Text(own), Place::Start) => own.starts_with(text.as_str()),
                (Cell::Text(own), Place::End) => own.ends_with(text.as_str()),
                (Cell::Text(own), Place::Anywhere) => own.contains(text.as_str()),
                _ => false,
            },
        }
    }

    /// The first column that no filter compares.
    #[must_use]
    pub fn unfit<'a>(&self, table: &'a Table) -> Option<&'a str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(|part| part.unfit(table)),
            Self::Not(part) => part.unfit(table),
            _ => {
                let column = table.columns.get(self.column()?).filter(|column| !column.is_filter)?;
                Some(column.name.as_str())
            }
        }
    }
}

/// What stands in the columns that are the same in all rows.
fn fixed(columns: &Columns) -> Vec<Cell<'static>> {
    columns.all.iter().map(|column| column.fixed().unwrap_or(Cell::Empty)).collect()
}

fn compares(own: &Cell<'_>, how: Comparison, value: &Cell<'_>) -> bool {
    let is_same = || order(own, value) == Some(Ordering::Equal);
    match (own, value, how) {
        (Cell::Empty, Cell::Empty, how) => how == Comparison::Eq,
        (Cell::Empty, _, how) | (_, Cell::Empty, how) => how == Comparison::Ne,
        (.., Comparison::Eq) => is_same(),
        (.., Comparison::Ne) => !is_same(),
        (.., how) => order(own, value).is_some_and(|order| match how {
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Gt => order.is_gt(),
            _ => order.is_ge(),
        }),
    }
}

/// The order of two cells of one column; none of those that have none.
#[must_use]
pub(super) fn order(one: &Cell<'_>, other: &Cell<'_>) -> Option<Ordering> {
    Some(match (one, other) {
        (Cell::Id(one), Cell::Id(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Truth(one), Cell::Truth(other)) => one.cmp(other),
        (Cell::Day(one), Cell::Day(other)) => one.cmp(other),
        (Cell::At(one), Cell::At(other)) => one.cmp(other),
        (Cell::Number(_) | Cell::Decimal(_), Cell::Number(_) | Cell::Decimal(_)) => {
            millionths(one)?.cmp(&millionths(other)?)
        }
        _ => return None,
    })
}

/// A number in millionths.
pub(super) fn millionths(cell: &Cell<'_>) -> Option<i128> {
    match cell {
        Cell::Number(number) => Some(i128::from(*number) * 1_000_000),
        Cell::Decimal(text) => decimal::millionths(text).map(i128::from),
        _ => None,
    }
}

/// A value as records keep it.
fn value(cell: &Cell<'_>, ty: Type) -> Value {
    match cell {
        Cell::Empty => Value::String(None),
        Cell::Id(id) => Value::Uuid(Some(*id)),
        Cell::Number(number) if ty == Type::Decimal => Value::BigInt(number.checked_mul(1_000_000)),
        Cell::Number(number) => Value::BigInt(Some(*number)),
        Cell::Decimal(text) if ty == Type::Decimal => Value::BigInt(decimal::millionths(text)),
        Cell::Decimal(text) => Value::Double(text.parse().ok()),
        Cell::Truth(truth) => Value::Bool(Some(*truth)),
        Cell::Day(day) => Value::ChronoDate(Some(*day)),
        Cell::At(at) => Value::ChronoDateTimeUtc(Some(*at)),
        Cell::Text(text) => Value::String(Some(text.to_string())),
    }
}
