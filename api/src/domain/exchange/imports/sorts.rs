//! Cells as programs write them: what stands for nothing, and days with the midnight they begin at.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};
use kernel::KindDef;
use model::Shape;
use tabular::Cell;

/// What programs of statistics write where there is nothing.
const NOTHING: [&str; 5] = ["NaN", "nan", "NaT", "None", "<NA>"];

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Words of people, which may be any.
    Words,
    /// Days.
    Day,
    /// Codes, keys, numbers and the like.
    Other,
}

impl Sort {
    /// What the cells of a field hold.
    pub(super) fn of(def: &KindDef, field: &str) -> Self {
        match def.declared.field(field).map(|field| field.shape) {
            Some(Shape::Text | Shape::Texts) if def.code != Some(field) => Self::Words,
            Some(Shape::Date) => Self::Day,
            _ => Self::Other,
        }
    }

    /// A cell as it is meant.
    pub(super) fn meant(self, cell: Cow<'_, Cell>) -> Cow<'_, Cell> {
        let meant = match &*cell {
            Cell::Text(text) if self != Self::Words && NOTHING.contains(&text.trim()) => Some(Cell::Empty),
            Cell::Text(text) if self == Self::Day => midnight(text).map(Cell::Day),
            _ => None,
        };
        meant.map_or(cell, Cow::Owned)
    }
}

/// The day that a text names by its midnight, as in `2027-01-31 00:00:00`.
fn midnight(text: &str) -> Option<NaiveDate> {
    let (day, time) = text.trim().split_once([' ', 'T']).filter(|(day, _)| day.len() == 10)?;
    let time: NaiveTime = time.parse().ok()?;
    if time == NaiveTime::MIN { day.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use entity::{Agency, Task};

    use super::*;
    use crate::domain::Registered;

    fn meant(def: &KindDef, field: &str, text: &str) -> Cell {
        Sort::of(def, field).meant(Cow::Owned(Cell::Text(text.to_owned()))).into_owned()
    }

    #[test]
    fn what_stands_for_nothing_is_empty_but_in_words() {
        for field in ["due_on", "lead_agency", "external_key", "source_system", "status", "progress_percent"]
        {
            assert_eq!(meant(Task::def(), field, " NaN"), Cell::Empty, "{field}");
            assert_eq!(meant(Task::def(), field, "None"), Cell::Empty, "{field}");
        }
        assert_eq!(meant(Agency::def(), "code", "<NA>"), Cell::Empty);
        assert_eq!(meant(Task::def(), "title", "None"), Cell::Text("None".into()));
        assert_eq!(meant(Task::def(), "lead_agency", "NA"), Cell::Text("NA".into()));
    }

    #[test]
    fn a_day_may_come_with_its_midnight() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let day = Cell::Day("2027-01-31".parse().unwrap());

        assert_eq!(meant(Task::def(), "due_on", "2027-01-31 00:00:00"), day);
        assert_eq!(meant(Task::def(), "due_on", "2027-01-31T00:00:00.000"), day);
        assert_eq!(meant(Task::def(), "due_on", "2027-01-31 08:00:00"), text("2027-01-31 08:00:00"));
        assert_eq!(meant(Task::def(), "due_on", "2027-01-31"), text("2027-01-31"));
        assert_eq!(meant(Task::def(), "title", "2027-01-31 00:00:00"), text("2027-01-31 00:00:00"));
    }
}
