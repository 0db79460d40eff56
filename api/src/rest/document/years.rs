//! The years of a timeline, so many to a column.

use chrono::{Datelike, NaiveDate};

use crate::domain::plans::document::timeline::Timeline;

/// Columns at most.
const MOST: i32 = 12;

/// The years of a timeline, so many to a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Years {
    first: i32,
    step: i32,
    /// How many columns there are.
    pub(super) columns: i32,
}

impl Years {
    /// The years between the first day and the last.
    pub(super) fn of(timeline: &Timeline) -> Self {
        let (first, last) = (timeline.from.year(), timeline.until.year());
        let years = last.saturating_sub(first).saturating_add(1).max(1);
        let step = years.saturating_add(MOST - 1) / MOST;
        Self { first, step, columns: years.saturating_add(step - 1) / step }
    }

    /// What each column is called.
    pub(super) fn labels(&self) -> Vec<String> {
        let of = |column: i32| {
            let year = self.first.saturating_add(column.saturating_mul(self.step));
            match self.step {
                1 => year.to_string(),
                step => format!("{year}\u{2013}{}", year.saturating_add(step - 1)),
            }
        };
        (0..self.columns).map(of).collect()
    }

    /// Where a day lies, where each column is so long.
    pub(super) fn place(&self, on: NaiveDate, column: i32) -> i32 {
        let days = i64::from(on.year().saturating_sub(self.first)) * 366 + i64::from(on.ordinal0());
        let place = days * i64::from(column) / (366 * i64::from(self.step));
        i32::try_from(place).unwrap_or_default().clamp(0, self.columns.saturating_mul(column))
    }

    /// Which columns a period has a day in; an end that is not known is open.
    pub(super) fn covered(&self, starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Vec<bool> {
        let column = |on: NaiveDate| on.year().saturating_sub(self.first) / self.step;
        let (from, until) = (starts_on.map_or(0, column), ends_on.map_or(self.columns, column));
        (0..self.columns).map(|at| (from..=until).contains(&at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn years(from: &str, until: &str) -> Years {
        Years::of(&Timeline { from: day(from), until: day(until), lanes: Vec::new() })
    }

    #[test]
    fn a_column_is_a_year_and_more_years_where_there_are_many() {
        assert_eq!(years("2024-03-01", "2026-01-01").labels(), ["2024", "2025", "2026"]);
        let long = years("2000-01-01", "2030-12-31").labels();
        assert_eq!((long.len(), long[0].as_str()), (11, "2000\u{2013}2002"));
    }

    #[test]
    fn a_day_lies_within_its_year() {
        let years = years("2024-03-01", "2026-12-31");

        assert_eq!(years.place(day("2024-01-01"), 1_000), 0);
        assert_eq!(years.place(day("2025-01-01"), 1_000), 1_000);
        assert!((2_490..2_510).contains(&years.place(day("2026-07-02"), 1_000)));
        assert_eq!(years.place(day("2099-01-01"), 1_000), 3_000);
    }

    #[test]
    fn a_period_covers_the_years_it_has_a_day_in() {
        let years = years("2024-03-01", "2026-12-31");

        assert_eq!(years.covered(Some(day("2025-12-31")), Some(day("2026-01-01"))), [false, true, true]);
        assert_eq!(years.covered(None, Some(day("2024-05-01"))), [true, false, false]);
        assert_eq!(years.covered(Some(day("2026-05-01")), None), [false, false, true]);
    }
}
