//! Cells understood as people write them, where a mapping says how.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use entity::vocab::{DayOrder, DecimalMark};
use kernel::{KindDef, scalar::MappedColumn};
use model::Shape;
use tabular::{Cell, RowFault, RowFaultCode};

use super::{
    mapping::{self, Names, same},
    numbers::number,
    words::{labels, list_of},
    written::{self, Period},
};
use crate::domain::KINDS;

/// How the cells of a column are understood.
#[derive(Clone, Debug)]
pub(super) struct Lore {
    /// What is written, and what it means.
    values: Names,
    /// Names of agencies, where the column holds agencies.
    agencies: Option<Arc<Names>>,
    holds: Holds,
    marks: Marks,
}

/// How days and numbers are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    /// The order of the parts of days.
    pub(super) day_order: DayOrder,
    /// What parts the fraction of numbers, where it is said.
    pub(super) decimal_mark: Option<DecimalMark>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    Day {
        /// Whether a period is kept with its precision.
        keeps_period: bool,
        /// Whether the last day of a period is meant.
        is_end: bool,
    },
    Truth,
    List,
}

impl Lore {
    /// The lore of a column that holds a field; `own` is the line of the mapping for it.
    pub(super) fn of(
        def: &KindDef,
        field: &str,
        own: Option<&MappedColumn>,
        (marks, agencies): (Marks, &Arc<Names>),
    ) -> Self {
        let mut values = list_of(def, field).map(labels).unwrap_or_default();
        let said = own.into_iter().flat_map(|column| &column.values);
        values.extend(said.map(|value| (same(&value.label), value.code.clone())));
        let agencies = mapping::is_agency(def, field).then(|| agencies.clone());
        Self { values, agencies, holds: holds(def, field), marks }
    }

    /// A cell, as it is meant; as it stands where nothing is known of it, and bad where it may mean several things.
    pub(super) fn understood<'a>(&self, cell: &'a Cell) -> Cow<'a, Cell> {
        let meant = match cell {
            Cell::Text(text) => self.text(text),
            Cell::Number(number) if matches!(self.holds, Holds::Day { .. }) => {
                let year = format!("{number}");
                Period::exact(&year)
                    .and_then(|period| self.period(&period))
                    .or_else(|| written::serial(*number).map(Cell::Day))
            }
            Cell::Number(number) if self.holds == Holds::Number => {
                self.known(&format!("{number}")).map(Cell::Text)
            }
            Cell::Number(number) => self.text(&format!("{number}")).filter(|_| !self.values.is_empty()),
            Cell::Time(time) if matches!(self.holds, Holds::Day { .. }) => Some(Cell::Day(time.date())),
            Cell::Empty | Cell::Bool(_) | Cell::Day(_) | Cell::Time(_) | Cell::Bad(_) => None,
        };
        meant.map_or(Cow::Borrowed(cell), Cow::Owned)
    }

    fn text(&self, text: &str) -> Option<Cell> {
        if self.holds == Holds::List {
            let all = text.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty());
            let items: Vec<Cow<'_, str>> =
                all.map(|item| self.known(item).map_or(item.into(), Cow::Owned)).collect();
            // Agencies are parted by commas too, where every part is known.
            let by_comma = || text.split(',').map(|item| self.known(item)).collect::<Option<Vec<String>>>();
            let is_known = self.known(text).is_some() || items.len() > 1;
            let joined = if is_known { None } else { by_comma().map(|all| all.join(";")) };
            return Some(Cell::Text(joined.unwrap_or_else(|| items.join(";"))));
        }
        if let Some(code) = self.known(text) {
            return Some(Cell::Text(code));
        }
        match self.holds {
            Holds::Text | Holds::List => None,
            Holds::Number => number(text, self.marks.decimal_mark).map(|read| match read {
                Ok(plain) => Cell::Text(plain),
                Err(text) => {
                    Cell::Bad(RowFault { code: RowFaultCode::BadValue, member: None, value: None, text })
                }
            }),
            Holds::Truth => written::truth(text).map(Cell::Bool),
            Holds::Day { .. } => match written::day(text, self.marks.day_order) {
                Some(day) => Some(Cell::Day(day)),
                None => Period::written(text).and_then(|period| self.period(&period)),
            },
        }
    }

    /// What a text is known to mean.
    fn known(&self, text: &str) -> Option<String> {
        let text = same(text);
        let agency = || self.agencies.as_ref().and_then(|all| all.get(&text));
        self.values.get(&text).or_else(agency).cloned()
    }

    fn period(&self, period: &Period) -> Option<Cell> {
        let Holds::Day { keeps_period, is_end } = self.holds else { return None };
        if keeps_period {
            return Some(Cell::Text(period.code()));
        }
        Some(Cell::Day(if is_end { period.last } else { period.first }))
    }
}

/// A field, and the one that says how exact it is.
type Exact = (&'static str, &'static str);

/// The fields of each kind whose exactness another one says: asked of every row.
static PRECISIONS: LazyLock<HashMap<&'static str, Vec<Exact>>> = LazyLock::new(|| {
    let fields = |def: &'static KindDef| {
        def.declared.fields.iter().filter(|field| field.shape == Shape::Date).filter_map(|field| {
            let stem = field.name.strip_suffix("_on").unwrap_or(field.name);
            let is_precision = |other: &str| {
                other.strip_suffix("_precision").is_some_and(|of| of == field.name || of == stem)
            };
            def.declared
                .fields
                .iter()
                .find(|other| is_precision(other.name))
                .map(|other| (field.name, other.name))
        })
    };
    KINDS.served().map(|def| (def.name, fields(def).collect())).collect()
});

/// The fields of a kind whose exactness another one says, each with that one.
pub(super) fn precisions(def: &KindDef) -> &'static [Exact] {
    PRECISIONS.get(def.name).map_or(&[], Vec::as_slice)
}

/// Whether a day ends something: then a period means its last day.
pub(super) fn is_end(field: &str) -> bool {
    ["due", "end", "until", "to_on", "valid_to", "expires", "target", "completed"]
        .iter()
        .any(|part| field.contains(part))
}

fn holds(def: &KindDef, field: &str) -> Holds {
    if field.split_once('.').is_some_and(|(_, part)| part == "amount") {
        return Holds::Number;
    }
    match def.declared.field(field).map(|field| field.shape) {
        Some(Shape::Int | Shape::Long | Shape::Decimal) => Holds::Number,
        Some(Shape::Bool) => Holds::Truth,
        Some(Shape::Date) => Holds::Day {
            keeps_period: precisions(def).iter().any(|(of, _)| *of == field),
            is_end: is_end(field),
        },
        Some(Shape::Codes(_) | Shape::Mask(_) | Shape::Refs(_) | Shape::Texts) => Holds::List,
        _ => Holds::Text,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::{Action, Participation, Task};
    use kernel::scalar::MappedValue;

    use super::*;
    use crate::domain::Registered;

    fn lore(def: &KindDef, field: &str) -> Lore {
        let said = MappedColumn {
            column: "any".into(),
            field: field.into(),
            values: vec![MappedValue { label: "Готово".into(), code: "done".into() }],
        };
        let agencies = [("министерство здравоохранения", "MOH"), ("мчс", "MES")];
        let agencies = agencies.map(|(name, code)| (name.to_owned(), code.to_owned())).into();
        let marks = Marks { day_order: DayOrder::DayFirst, decimal_mark: None };
        Lore::of(def, field, Some(&said), (marks, &Arc::new(agencies)))
    }

    fn meant(def: &KindDef, field: &str, cell: &Cell) -> Cell {
        lore(def, field).understood(cell).into_owned()
    }

    #[test]
    fn cells_are_understood_by_what_the_column_holds() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let day = |text: &str| Cell::Day(text.parse::<NaiveDate>().unwrap());
        let task = Task::def();

        assert_eq!(meant(task, "status", &text(" готово ")), text("done"));
        assert_eq!(meant(task, "status", &text("In progress")), text("in_progress"));
        assert_eq!(meant(task, "lead_agency", &text("Министерство  здравоохранения")), text("MOH"));
        assert_eq!(
            meant(task, "contributing_agencies", &text("МЧС, Министерство здравоохранения")),
            text("MES;MOH")
        );
        assert_eq!(meant(task, "contributing_agencies", &text("МЧС; other")), text("MES;other"));
        assert_eq!(meant(task, "due_on", &text("IV квартал 2025")), day("2025-12-31"));
        assert_eq!(meant(Action::def(), "starts_on", &text("IV квартал 2025")), day("2025-10-01"));
        assert_eq!(meant(task, "due_on", &Cell::Number(46022.0)), day("2025-12-31"));
        assert_eq!(meant(task, "due_on", &Cell::Number(2025.0)), day("2025-12-31"));
        assert_eq!(meant(task, "due_on", &text("31.12.2025")), day("2025-12-31"));
        assert_eq!(meant(task, "due_on", &text("soon")), text("soon"));
        assert_eq!(meant(task, "title", &text("31.12.2025")), text("31.12.2025"));
        assert_eq!(meant(task, "estimate_days", &text("1 000")), text("1000"));
        assert!(matches!(meant(task, "estimate_days", &text("2,000")), Cell::Bad(_)));
        assert_eq!(meant(task, "estimate_days", &Cell::Number(2.125)), Cell::Number(2.125));
        assert_eq!(meant(Participation::def(), "in_force_on", &text("4 квартал 2025")), text("2025-Q4"));
    }
}
