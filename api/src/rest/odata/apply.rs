//! `$apply`: rows that are narrowed first, then put together to figures.

use kernel::{
    Code, Ctx, Error, KindDef, Result, decimal,
    figures::{
        Amount, Asked as Figures, By, Dimension, Grouping, Key, Measure, Step, Way as Sum, dimensions,
        figures, measures,
    },
    filter::Narrowing,
};
use model::Shape;

use super::{
    filter::{condition, property},
    refusal::{Refusal, unsupported},
    words::Reading,
};
use crate::domain::{
    exchange::columns::{Cell, Type},
    flat::{Aggregate, Asked, Column, Row, Source, Table, Test, Way, aggregated, beyond, cell, find},
};

const OPTION: &str = "$apply";
/// Rows that are put together in memory at most.
const MOST: usize = 200_000;
/// Rows of one read.
const AT_A_TIME: usize = 5_000;

/// What `$apply` says.
pub(super) struct Applied {
    filter: Option<Test>,
    by: Vec<usize>,
    figures: Vec<Aggregate>,
    /// The table that comes of it.
    pub(super) table: Table,
}

/// Reads `$apply`.
pub(super) fn read(table: &Table, text: &str) -> Result<Applied, Refusal> {
    let mut reading = Reading::of(OPTION, text)?;
    let mut tests = Vec::new();
    let (mut by, mut figures): (Vec<usize>, Vec<Aggregate>) = (Vec::new(), Vec::new());
    let mut is_grouped = false;
    loop {
        let name = reading.name("a transformation")?;
        if is_grouped {
            return Err(unsupported(OPTION, &format!("`{name}` after figures")));
        }
        reading.expect('(')?;
        match name.as_str() {
            "filter" => tests.push(condition(table, &mut reading)?),
            "groupby" => {
                reading.expect('(')?;
                loop {
                    let name = reading.name("a property")?;
                    let (at, _) = property(table, OPTION, &name)?;
                    if !by.contains(&at) {
                        by.push(at);
                    }
                    if !reading.takes(',') {
                        break;
                    }
                }
                reading.expect(')')?;
                if reading.takes(',') {
                    if !reading.takes_word("aggregate") {
                        return Err(unsupported(OPTION, "transformations of groups other than `aggregate`"));
                    }
                    reading.expect('(')?;
                    figures = aggregates(table, &mut reading)?;
                    reading.expect(')')?;
                }
                is_grouped = true;
            }
            "aggregate" => {
                figures = aggregates(table, &mut reading)?;
                is_grouped = true;
            }
            _ => return Err(unsupported(OPTION, &format!("`{name}` and transformations like it"))),
        }
        reading.expect(')')?;
        if !reading.takes('/') {
            break;
        }
    }
    reading.end()?;
    if !is_grouped {
        return Err(unsupported(OPTION, "transformations without `groupby` or `aggregate`"));
    }
    let filter = (!tests.is_empty()).then_some(Test::All(tests));
    let table = of_figures(table, &by, &figures);
    Ok(Applied { filter, by, figures, table })
}

fn aggregates(table: &Table, reading: &mut Reading) -> Result<Vec<Aggregate>, Refusal> {
    let mut all: Vec<Aggregate> = Vec::new();
    loop {
        let name = reading.name("a property")?;
        let (of, way) = if name == "$count" {
            (None, Way::Count)
        } else {
            let (at, column) = property(table, OPTION, &name)?;
            if !reading.takes_word("with") {
                return Err(reading.bad(&format!("`{name}` needs `with` and how it is put together")));
            }
            let is_number = matches!(column.ty, Type::Number | Type::Decimal);
            let way = match reading.name("a way to put values together")?.as_str() {
                "sum" if is_number => Way::Sum,
                "average" if is_number => Way::Mean,
                "sum" | "average" => return Err(reading.bad(&format!("`{name}` holds no numbers"))),
                "min" => Way::Min,
                "max" => Way::Max,
                "countdistinct" => Way::Distinct,
                other => return Err(unsupported(OPTION, &format!("`{other}` and ways like it"))),
            };
            (Some(at), way)
        };
        if !reading.takes_word("as") {
            return Err(reading.bad("a figure needs `as` and a name"));
        }
        let name = reading.name("a figure")?;
        if all.iter().any(|known| known.name == name) || table.at(&name).is_some() {
            let why = format!("`{OPTION}`: there is something called `{name}` already");
            return Err(Refusal::new(OPTION, Code::DuplicateMember, why));
        }
        all.push(Aggregate { of, way, name });
        if !reading.takes(',') {
            return Ok(all);
        }
    }
}

/// The table that figures come to.
fn of_figures(table: &Table, by: &[usize], figures: &[Aggregate]) -> Table {
    let plain = |column: Column| Column { is_filter: true, is_sort: true, target: None, ..column };
    let keys = by.iter().filter_map(|at| table.columns.get(*at).cloned()).map(plain);
    let figure = |figure: &Aggregate| {
        let of = figure.of.and_then(|at| table.columns.get(at)).map(|column| column.ty);
        let ty = match figure.way {
            Way::Count | Way::Distinct => Type::Number,
            Way::Mean => Type::Decimal,
            Way::Sum | Way::Min | Way::Max => of.unwrap_or(Type::Number),
        };
        Column {
            name: figure.name.clone(),
            doc: String::new(),
            ty,
            is_filter: true,
            is_sort: true,
            target: None,
        }
    };
    let columns = keys.chain(figures.iter().map(figure)).collect();
    Table { columns, ..table.clone() }
}

impl Applied {
    /// The rows that come of it: by the figures of the list where these tell them, else of the rows themselves.
    ///
    /// # Errors
    /// `BadRequest` for more rows or groups than are put together.
    pub(super) async fn rows(&self, ctx: &Ctx, table: &Table) -> Result<Vec<Row>> {
        if let Some(rows) = self.told(ctx, table).await? {
            return Ok(rows);
        }
        // What is made is made whole.
        let limit = if matches!(table.source, Source::Made(_)) { usize::MAX } else { AT_A_TIME };
        let mut asked = Asked { test: self.filter.clone(), limit, ..Asked::default() };
        let mut all = Vec::new();
        loop {
            let found = find(ctx, table, &asked).await?;
            all.extend(found.rows);
            if all.len() > MOST {
                let why = format!(
                    "`{OPTION}` puts at most {MOST} rows together by these properties: narrow them by `filter`"
                );
                return Err(Error::bad_request("?$apply", Code::OutOfRange, why));
            }
            match found.next {
                Some(next) => asked.cursor = Some(next),
                None => return aggregated(&all, &self.by, &self.figures),
            }
        }
    }

    /// The same in one statement, where all of it is told by figures of the list.
    async fn told(&self, ctx: &Ctx, table: &Table) -> Result<Option<Vec<Row>>> {
        let Source::Kinds(parts) = &table.source else { return Ok(None) };
        let [columns] = parts.as_slice() else { return Ok(None) };
        let def = columns.def;
        let offered = dimensions(def);
        let name = |at: &usize| columns.all.get(*at).and_then(|column| column.part(def));
        let by: Option<Vec<Grouping>> = self
            .by
            .iter()
            .map(|at| {
                let of = offered.iter().find(|one| Some(one.name) == name(at).map(dimension_name))?;
                is_whole(of, table.columns.get(*at)?).then_some(Grouping { of: *of, step: Step::Day })
            })
            .collect();
        let wanted: Option<Vec<Measure>> = self
            .figures
            .iter()
            .map(|figure| measure(def, figure, figure.of.as_ref().and_then(name)))
            .collect();
        let (Some(by), Some(measures)) = (by, wanted) else { return Ok(None) };
        if by.len() > kernel::figures::MOST_DIMENSIONS || measures.len() > kernel::figures::MOST_MEASURES {
            return Ok(None);
        }
        let predicate = self.filter.as_ref().and_then(|test| test.predicate(columns));
        if predicate.is_none() && self.filter.is_some() {
            return Ok(None);
        }
        let filters = Narrowing::default().and(predicate);
        let zone = chrono_tz::Tz::UTC;
        let found = figures(ctx, &Figures { def, by, measures, filters, zone, times: Vec::new() }).await?;
        let mut rows = Vec::new();
        for group in found.groups {
            let keys = group.keys.iter().zip(&self.by).map(|(key, at)| {
                Ok(key_cell(key, table.columns.get(*at).map_or(Type::Text, |column| column.ty)))
            });
            let amounts = group.amounts.iter().zip(&self.figures).map(|(amount, figure)| {
                let ty =
                    figure.of.and_then(|at| table.columns.get(at)).map_or(Type::Number, |column| column.ty);
                amount_cell(amount, ty)
            });
            rows.push(keys.chain(amounts).collect::<Result<Row>>()?);
        }
        if rows.is_empty() && self.by.is_empty() {
            return Ok(None);
        }
        rows.sort_by_key(|row| {
            row.iter().take(self.by.len()).map(|cell| format!("{cell:?}")).collect::<Vec<_>>()
        });
        Ok(Some(rows))
    }
}

/// What a dimension is called that a part of a record tells of.
fn dimension_name(part: &'static str) -> &'static str {
    if part == "owner_country" { "country" } else { part }
}

/// Whether the cells of a column are what a dimension tells records apart by: one value each, and all of it.
fn is_whole(of: &Dimension, column: &Column) -> bool {
    match of.by {
        By::Owner
        | By::Country
        | By::Code(..)
        | By::Truth(_)
        | By::Holds(..)
        | By::Number(_)
        | By::Day(_) => !column.name.ends_with("_label") && !column.name.ends_with("_name"),
        By::Ref(..) => column.ty == Type::Id,
        _ => false,
    }
}

fn measure(def: &'static KindDef, figure: &Aggregate, part: Option<&'static str>) -> Option<Measure> {
    let way = match figure.way {
        Way::Count if figure.of.is_none() => return Some(Measure::Count),
        Way::Sum => Sum::Sum,
        Way::Mean => Sum::Avg,
        Way::Min => Sum::Min,
        Way::Max => Sum::Max,
        _ => return None,
    };
    let wanted = |one: &Measure| matches!(one, Measure::Of(of, field) if *of == way && Some(field.name) == part && field.shape != Shape::Money);
    measures(def).into_iter().find(wanted)
}

fn key_cell(key: &Key, ty: Type) -> Cell<'static> {
    match key {
        Key::None => Cell::Empty,
        Key::Truth(truth) => Cell::Truth(*truth),
        Key::Number(number) => Cell::Number(*number),
        Key::Record(id) => Cell::Id(*id),
        Key::Text(text) => cell(ty, text).unwrap_or(Cell::Empty),
    }
}

fn amount_cell(amount: &Amount, ty: Type) -> Result<Cell<'static>> {
    let number = |number: i128| -> Result<Cell<'static>> {
        let number = i64::try_from(number).map_err(beyond)?;
        Ok(if ty == Type::Decimal { Cell::Decimal(decimal::written(number)) } else { Cell::Number(number) })
    };
    match amount {
        Amount::Count(count) => Ok(Cell::Number(*count)),
        Amount::Sum(None) | Amount::Number(_, None) | Amount::Mean(_, 0) => Ok(Cell::Empty),
        Amount::Sum(Some(sum)) | Amount::Number(_, Some(sum)) => number(*sum),
        Amount::Mean(sum, of) => {
            let unit = if ty == Type::Decimal { 1 } else { 1_000_000 };
            let mean = sum.saturating_mul(unit) / i128::from(*of);
            Ok(Cell::Decimal(decimal::written(i64::try_from(mean).map_err(beyond)?)))
        }
        Amount::Day(_, day) => Ok(day.as_deref().and_then(|day| cell(Type::Day, day)).unwrap_or(Cell::Empty)),
    }
}
