//! Rows that are in memory: narrowed, ordered, and put together to figures.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
    num::TryFromIntError,
};

use kernel::{Code, Error, Result, decimal, figures::MOST_GROUPS};

use super::{
    Asked, Row, Table,
    rows::text,
    test::{millionths, order},
};
use crate::domain::exchange::columns::Cell;

/// The rows that meet what is asked, in the order that is asked for.
pub(super) fn narrowed(mut rows: Vec<Row>, table: &Table, asked: &Asked) -> Vec<Row> {
    let regions = table.at("regions");
    rows.retain(|row| {
        let is_member = || {
            let of = regions.and_then(|at| row.get(at)).map(text).unwrap_or_default();
            of.split(';').any(|one| asked.regions.iter().any(|region| region == one))
        };
        (asked.regions.is_empty() || is_member()) && asked.test.as_ref().is_none_or(|test| test.holds(row))
    });
    sort(&mut rows, &asked.sort);
    rows
}

/// Orders rows; nothing comes last, as in lists.
pub fn sort(rows: &mut [Row], keys: &[(usize, bool)]) {
    rows.sort_by(|one, other| {
        let each = keys.iter().map(|(at, is_down)| {
            let (one, other) = (one.get(*at).unwrap_or(&Cell::Empty), other.get(*at).unwrap_or(&Cell::Empty));
            match (one, other) {
                (Cell::Empty, Cell::Empty) => Ordering::Equal,
                (Cell::Empty, _) => Ordering::Greater,
                (_, Cell::Empty) => Ordering::Less,
                _ => {
                    let order = order(one, other).unwrap_or(Ordering::Equal);
                    if *is_down { order.reverse() } else { order }
                }
            }
        });
        each.fold(Ordering::Equal, Ordering::then)
    });
}

/// How cells are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// How many rows there are.
    Count,
    /// How many different cells there are that hold something.
    Distinct,
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The least one.
    Min,
    /// The greatest one.
    Max,
}

/// A figure of each group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// The column; none where rows are counted.
    pub of: Option<usize>,
    /// How its cells are put together.
    pub way: Way,
    /// What the figure is called.
    pub name: String,
}

/// Groups: the cells of the columns that they have in common, then the figures.
pub type Aggregated = Vec<Row>;

/// The refusal of a sum that is too great.
#[must_use]
pub fn beyond(_: TryFromIntError) -> Error {
    Error::bad_request("?$apply", Code::OutOfRange, "a sum is beyond what numbers hold")
}

/// What a figure has come to so far.
#[derive(Clone, Debug, Default)]
struct Sum {
    count: i64,
    total: i128,
    best: Option<Cell<'static>>,
    seen: BTreeSet<String>,
}

/// Puts rows together by what they have in common.
///
/// # Errors
/// `BadRequest` for more groups than figures may have, and for sums beyond what numbers hold.
pub fn aggregated(rows: &[Row], by: &[usize], figures: &[Aggregate]) -> Result<Aggregated> {
    let mut places: HashMap<Vec<String>, usize> = HashMap::new();
    let mut groups: Vec<(Row, Vec<Sum>)> = Vec::new();
    let empty = || vec![Sum::default(); figures.len()];
    if by.is_empty() {
        groups.push((Row::new(), empty()));
        places.insert(Vec::new(), 0);
    }
    for row in rows {
        let cells = || by.iter().map(|at| row.get(*at).cloned().unwrap_or(Cell::Empty));
        let key: Vec<String> = cells().map(|cell| format!("{cell:?}")).collect();
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((cells().collect(), empty()));
            groups.len() - 1
        });
        if groups.len() > MOST_GROUPS {
            let text = format!("these are more than {MOST_GROUPS} groups: narrow the rows, or group by less");
            return Err(Error::bad_request("?$apply", Code::OutOfRange, text));
        }
        let sums = groups.get_mut(place).map(|(_, sums)| sums.as_mut_slice()).unwrap_or_default();
        for (figure, sum) in figures.iter().zip(sums) {
            sum.take(figure.way, figure.of.and_then(|at| row.get(at)));
        }
    }
    let told = groups.into_iter().map(|(mut cells, sums)| {
        for (figure, sum) in figures.iter().zip(sums) {
            cells.push(sum.told(figure.way)?);
        }
        Ok(cells)
    });
    told.collect()
}

impl Sum {
    fn take(&mut self, way: Way, cell: Option<&Cell<'static>>) {
        let Some(cell) = cell else {
            self.count += 1;
            return;
        };
        if *cell == Cell::Empty {
            return;
        }
        self.count += 1;
        match way {
            Way::Sum | Way::Mean => {
                self.total = self.total.saturating_add(millionths(cell).unwrap_or_default());
            }
            Way::Distinct => drop(self.seen.insert(text(cell))),
            Way::Min | Way::Max => {
                let wanted = if way == Way::Min { Ordering::Less } else { Ordering::Greater };
                if self.best.as_ref().is_none_or(|best| order(cell, best) == Some(wanted)) {
                    self.best = Some(cell.clone());
                }
            }
            Way::Count => {}
        }
    }

    fn told(self, way: Way) -> Result<Cell<'static>> {
        let number = |millionths: i128| -> Result<Cell<'static>> {
            let millionths = i64::try_from(millionths).map_err(beyond)?;
            Ok(if millionths % 1_000_000 == 0 {
                Cell::Number(millionths / 1_000_000)
            } else {
                Cell::Decimal(decimal::written(millionths))
            })
        };
        match way {
            Way::Count => Ok(Cell::Number(self.count)),
            Way::Distinct => Ok(Cell::Number(i64::try_from(self.seen.len()).unwrap_or(i64::MAX))),
            Way::Sum | Way::Mean if self.count == 0 => Ok(Cell::Empty),
            Way::Sum => number(self.total),
            Way::Mean => number(self.total / i128::from(self.count)),
            Way::Min | Way::Max => Ok(self.best.unwrap_or(Cell::Empty)),
        }
    }
}
