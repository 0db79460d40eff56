//! Rules by which something falls due, as data: days of the calendar, times after entry into force, times from an event,
//! days that a treaty body sets.

mod calendar;
mod offset;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::vocab::{DueBasis, PeriodCovered};
use kernel::dates;
use uuid::Uuid;

pub use calendar::Calendar;
pub use offset::Offset;

/// A rule as it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Recurrence (RFC 5545).
    pub rrule: Option<String>,
    /// First due day.
    pub dtstart: Option<NaiveDate>,
    /// Time from a trigger or from entry into force (ISO 8601).
    pub relative_due: Option<String>,
    /// Whether it counts from an event.
    pub is_of_event: bool,
    /// Days that a treaty body has set.
    pub due_days: Vec<String>,
}

/// A rule that was read.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A day of the calendar that returns.
    Calendar(Box<Calendar>),
    /// A time after entry into force for the State.
    Entry(Offset),
    /// A time after or before an event.
    Event(Offset),
    /// Days that a treaty body has set.
    Days(Vec<NaiveDate>),
}

/// What is wrong with a rule: its field, and why.
pub type Wrong = (&'static str, String);

/// A day by which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What tells it from the others of its obligation, whatever day the rule makes of it.
    pub origin: String,
    /// First and last day of the period covered.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The day, in the country's time zone.
    pub on: NaiveDate,
    /// The instant.
    pub at: DateTime<Utc>,
    /// How it comes about.
    pub basis: DueBasis,
    /// The rule, as it is written.
    pub rule: String,
    /// Version of the rule; none for that of the obligation itself.
    pub version: Option<Uuid>,
    /// Event that it counts from.
    pub event: Option<Uuid>,
}

impl Written {
    /// Reads the rule; none where nothing falls due by it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(&self) -> Result<Option<Rule>, Vec<Wrong>> {
        let given = [self.rrule.is_some(), self.relative_due.is_some(), !self.due_days.is_empty()];
        let mut wrong: Vec<Wrong> = Vec::new();
        if given.iter().filter(|one| **one).count() > 1 {
            wrong.push(("rrule", "one of `rrule`, `relative_due` and `due_days`, not several".into()));
        }
        let mut rule = None;
        if let Some(text) = &self.rrule {
            match Calendar::read(text, self.dtstart) {
                Ok(read) => rule = Some(Rule::Calendar(Box::new(read))),
                Err(why) => wrong.push(("rrule", why)),
            }
        } else if self.dtstart.is_some() {
            wrong.push(("dtstart", "it is the first day of an `rrule`, and there is none".into()));
        }
        if let Some(text) = &self.relative_due {
            match Offset::read(text) {
                Some(offset) if self.is_of_event => rule = Some(Rule::Event(offset)),
                Some(offset) => rule = Some(Rule::Entry(offset)),
                None => wrong.push((
                    "relative_due",
                    "a duration (ISO 8601) such as `P60D`, `PT24H`, `-P30D`, of at most 100 years".into(),
                )),
            }
        }
        if !self.due_days.is_empty() {
            let days: Option<BTreeSet<NaiveDate>> = self.due_days.iter().map(|day| dates::day(day)).collect();
            match days {
                Some(days) => rule = Some(Rule::Days(days.into_iter().collect())),
                None => wrong.push(("due_days", "days such as `2027-03-31`".into())),
            }
        }
        if wrong.is_empty() { Ok(rule) } else { Err(wrong) }
    }

    /// The rule as people read it.
    #[must_use]
    pub fn text(&self) -> String {
        match (&self.rrule, &self.relative_due) {
            (Some(rule), _) => {
                self.dtstart.map_or_else(|| rule.clone(), |first| format!("{rule} from {first}"))
            }
            (None, Some(offset)) if self.is_of_event => format!("{offset} from the event"),
            (None, Some(offset)) => format!("{offset} from entry into force"),
            (None, None) => "set by the treaty body".to_owned(),
        }
    }
}

/// Since when a State is bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// Day of entry into force for it, where it is known to the day.
    pub entry: Option<NaiveDate>,
    /// First day on which it may have been bound.
    pub earliest: Option<NaiveDate>,
}

impl Since {
    /// Since a day that is known.
    #[must_use]
    pub const fn day(entry: Option<NaiveDate>) -> Self {
        Self { entry, earliest: entry }
    }
}

/// What due days are worked out from besides the rule.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// First and last day that count.
    pub window: (NaiveDate, NaiveDate),
    /// Since when the State is bound.
    pub since: Since,
    /// Time zone of the country.
    pub zone: Tz,
    /// Events: which, and when.
    pub events: &'a [(Uuid, DateTime<Utc>)],
    /// Years that a return covers.
    pub covers: PeriodCovered,
}

/// The last second of a day.
#[must_use]
pub fn end_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    // The day after begins at its first instant: clocks may skip midnight.
    let mut begins = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    loop {
        let found = begins.and_local_timezone(zone);
        if let Some(first) = found.earliest() {
            let ends = found.latest().unwrap_or(first) - Duration::seconds(1);
            // Clocks that are put back over midnight come to the end of the day twice.
            let ends = if ends.date_naive() == day { ends } else { first - Duration::seconds(1) };
            return ends.with_timezone(&Utc);
        }
        begins += Duration::minutes(15);
    }
}

impl Rule {
    /// The days by which something is due, in order, without those before entry into force.
    #[must_use]
    pub fn dues(&self, of: &Basis<'_>, (text, version): (&str, Option<Uuid>)) -> Vec<Due> {
        let make = |origin: String, period, on, at, basis, event| Due {
            origin,
            period,
            on,
            at,
            basis,
            rule: text.to_owned(),
            version,
            event,
        };
        let of_days = |days: Vec<NaiveDate>, basis, interval: Option<i32>| {
            let mut found: Vec<Due> = Vec::new();
            for on in days {
                let period = interval.and_then(|years| period(on, years, of.covers));
                let year = period.map_or_else(|| on.year(), |(_, last)| last.year());
                let same = found
                    .iter()
                    .filter(|due| due.period.map_or_else(|| due.on.year(), |(_, last)| last.year()) == year);
                let place = same.count().saturating_add(1);
                let origin = if place == 1 { format!("{year}") } else { format!("{year}/{place}") };
                found.push(make(origin, period, on, end_of(on, of.zone), basis, None));
            }
            found
        };
        let (from, until) = of.window;
        let from = of.since.earliest.map_or(from, |earliest| earliest.max(from));
        // What happened before a State was bound, or was to be told before, is nothing to it.
        let is_bound = |day: NaiveDate| of.since.earliest.is_none_or(|earliest| earliest <= day);
        let mut all = match self {
            // Whole years, so that a day keeps its place among those of its year.
            Self::Calendar(rule) => {
                let year = NaiveDate::from_ymd_opt(from.year(), 1, 1).unwrap_or(from);
                of_days(rule.days(year, until), DueBasis::Calendar, rule.years())
            }
            Self::Days(days) => of_days(days.clone(), DueBasis::SetByBody, None),
            Self::Entry(offset) => {
                let on = of.since.entry.and_then(|entry| offset.from_day(entry));
                let due =
                    |on| make("entry".into(), None, on, end_of(on, of.zone), DueBasis::EntryIntoForce, None);
                on.map(due).into_iter().collect()
            }
            Self::Event(offset) => {
                let due = |(id, happened): &(Uuid, DateTime<Utc>)| {
                    let (on, at) = offset.from_instant(*happened, of.zone)?;
                    let is_of_party = is_bound(on) && is_bound(happened.with_timezone(&of.zone).date_naive());
                    is_of_party.then(|| make(format!("event:{id}"), None, on, at, DueBasis::Event, Some(*id)))
                };
                of.events.iter().filter_map(due).collect()
            }
        };
        all.retain(|due| (from..=until).contains(&due.on) || due.event.is_some());
        all.sort_by_key(|due| due.at);
        all
    }
}

/// The years that a return covers which is due on a day and comes back after some years.
fn period(on: NaiveDate, years: i32, covers: PeriodCovered) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = match covers {
        PeriodCovered::PreviousYears => (on.year().checked_sub(years)?, on.year().checked_sub(1)?),
        PeriodCovered::NextYear => (on.year().checked_add(1)?, on.year().checked_add(1)?),
    };
    Some((NaiveDate::from_ymd_opt(first, 1, 1)?, NaiveDate::from_ymd_opt(last, 12, 31)?))
}
