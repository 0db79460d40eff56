//! Days that are known in part: what they may mean, and whether they have come by another day.

use chrono::{Datelike, Months, NaiveDate};
use entity::vocab::DatePrecision;

/// The first and the last day that a date may mean; nothing where nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span(Option<(NaiveDate, NaiveDate)>);

/// Whether something has happened by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Yes,
    No,
    Perhaps,
}

impl Span {
    /// What a date means with its precision; a date without one is a day.
    pub(super) fn of(on: Option<NaiveDate>, precision: Option<DatePrecision>) -> Self {
        let Some(on) = on else { return Self(None) };
        let months = match precision {
            None | Some(DatePrecision::Day) => return Self(Some((on, on))),
            Some(DatePrecision::Month) => 1,
            Some(DatePrecision::Quarter) => 3,
            Some(DatePrecision::Half) => 6,
            Some(DatePrecision::Year) => 12,
            Some(DatePrecision::Unknown) => return Self(None),
        };
        let first = on.with_day(1).and_then(|day| day.checked_sub_months(Months::new(day.month0() % months)));
        let last = first
            .and_then(|first| first.checked_add_months(Months::new(months)))
            .and_then(|next| next.pred_opt());
        Self(first.zip(last))
    }

    /// The first day it may mean.
    pub(super) fn first(self) -> Option<NaiveDate> {
        self.0.map(|(first, _)| first)
    }

    /// The last day it may mean.
    pub(super) fn last(self) -> Option<NaiveDate> {
        self.0.map(|(_, last)| last)
    }

    /// Whether it has come by a day. What nobody knows the day of had come when it was told, on `told`.
    pub(super) fn by(self, day: NaiveDate, told: NaiveDate) -> By {
        match self.0 {
            Some((_, last)) if last <= day => By::Yes,
            Some((first, _)) if first > day => By::No,
            None if told <= day => By::Yes,
            _ => By::Perhaps,
        }
    }

    /// Whether all of it lies before another one.
    pub(super) fn is_before(self, other: Self) -> bool {
        self.last().zip(other.first()).is_some_and(|(last, first)| last < first)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::vocab::DatePrecision;

    use super::{By, Span};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_date_means_every_day_of_its_period() {
        let ends = |precision| {
            let span = Span::of(Some(day("2004-08-17")), Some(precision));
            span.first().zip(span.last()).map(|(first, last)| format!("{first}/{last}"))
        };

        assert_eq!(ends(DatePrecision::Day).as_deref(), Some("2004-08-17/2004-08-17"));
        assert_eq!(ends(DatePrecision::Month).as_deref(), Some("2004-08-01/2004-08-31"));
        assert_eq!(ends(DatePrecision::Quarter).as_deref(), Some("2004-07-01/2004-09-30"));
        assert_eq!(ends(DatePrecision::Half).as_deref(), Some("2004-07-01/2004-12-31"));
        assert_eq!(ends(DatePrecision::Year).as_deref(), Some("2004-01-01/2004-12-31"));
        assert_eq!(ends(DatePrecision::Unknown), None);
    }

    #[test]
    fn within_its_period_nobody_can_tell() {
        let year = Span::of(Some(day("2004-01-01")), Some(DatePrecision::Year));
        let nobody_knows = Span::of(None, Some(DatePrecision::Unknown));
        let told = day("2020-01-01");

        let found = ["2003-12-31", "2004-06-01", "2004-12-31"].map(|on| year.by(day(on), told));
        let unknown = ["2019-12-31", "2020-01-01"].map(|on| nobody_knows.by(day(on), told));

        assert_eq!(found, [By::No, By::Perhaps, By::Yes]);
        assert_eq!(unknown, [By::Perhaps, By::Yes]);
    }
}
