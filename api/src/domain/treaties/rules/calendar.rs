//! Days of the calendar that return, by RFC 5545.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, TimeZone};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};

/// Days of ten years that a rule makes at most.
const MOST: u16 = 600;
/// Years over which a rule is tried.
const YEARS: i32 = 10;
/// Years in which a rule may begin: it is walked from its first day on.
const STARTS: RangeInclusive<i32> = 1900..=2200;
/// First day of rules that do not say theirs.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();

/// A rule of the calendar, which was tried.
#[derive(Clone, Debug)]
pub struct Calendar {
    rule: RRule<Unvalidated>,
    first: Option<NaiveDate>,
}

impl Calendar {
    /// Reads a rule and tries it.
    ///
    /// # Errors
    /// Why it is no rule here: it cannot be read, never leads to a day, or to too many.
    pub fn read(text: &str, first: Option<NaiveDate>) -> Result<Self, String> {
        let rule: RRule<Unvalidated> =
            text.parse().map_err(|_| "no recurrence rule (RFC 5545) that can be read".to_owned())?;
        if !matches!(rule.get_freq(), Frequency::Yearly | Frequency::Monthly | Frequency::Weekly) {
            return Err("rules return by the year, the month or the week".into());
        }
        if [rule.get_by_hour(), rule.get_by_minute(), rule.get_by_second()]
            .iter()
            .any(|part| !part.is_empty())
        {
            return Err("a rule leads to days: without `BYHOUR`, `BYMINUTE` and `BYSECOND`".into());
        }
        if rule.get_interval() > 1 && first.is_none() {
            return Err("a rule with `INTERVAL` needs `dtstart`, its first day".into());
        }
        if rule.get_count().is_some() && first.is_none() {
            return Err("a rule with `COUNT` needs `dtstart`, its first day".into());
        }
        if rule.get_freq() == Frequency::Weekly && rule.get_by_weekday().is_empty() && first.is_none() {
            return Err("a rule that returns by the week needs `BYDAY`, or `dtstart`, its first day".into());
        }
        if first.is_some_and(|day| !STARTS.contains(&day.year())) {
            return Err(format!("`dtstart` lies in the years {} to {}", STARTS.start(), STARTS.end()));
        }
        if rule.get_interval() > 100 {
            return Err("at most 100 years between two days".into());
        }
        let calendar = Self { rule, first };
        let begins = first.unwrap_or(FIRST);
        let years = YEARS.max(i32::from(calendar.rule.get_interval()).saturating_mul(2));
        let ends = NaiveDate::from_ymd_opt(begins.year().saturating_add(years), 12, 31).unwrap_or(begins);
        let set = calendar.set(begins, ends)?;
        let found = set.all(MOST);
        if found.limited {
            return Err(format!("it leads to more than {MOST} days in ten years, or to none at all"));
        }
        if found.dates.is_empty() {
            return Err("it leads to no day in ten years".into());
        }
        Ok(calendar)
    }

    /// Years from one day to the next, of rules that return by the year.
    #[must_use]
    pub fn years(&self) -> Option<i32> {
        (self.rule.get_freq() == Frequency::Yearly).then(|| i32::from(self.rule.get_interval()))
    }

    /// The days from one to another, both included.
    #[must_use]
    pub fn days(&self, from: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
        let Ok(set) = self.set(from, until) else { return Vec::new() };
        set.all(u16::MAX).dates.iter().map(chrono::DateTime::date_naive).collect()
    }

    fn set(&self, from: NaiveDate, until: NaiveDate) -> Result<RRuleSet, String> {
        let instant = |day: NaiveDate| Tz::UTC.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN));
        // A rule that returns each year may begin with any year: those before the one asked for are not walked.
        let year = NaiveDate::from_ymd_opt(from.year(), 1, 1).unwrap_or(FIRST);
        let begins = self.first.unwrap_or(year);
        let set =
            self.rule.clone().build(instant(begins)).map_err(|_| "no valid recurrence rule (RFC 5545)")?;
        Ok(set.after(instant(from)).before(instant(until)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn day_ninety_is_a_day_earlier_in_leap_years() {
        let rule = Calendar::read("FREQ=YEARLY;BYYEARDAY=90", None).expect("a rule");

        let days = rule.days(day("2027-01-01"), day("2028-12-31"));

        assert_eq!(days, [day("2027-03-31"), day("2028-03-30")]);
    }

    #[test]
    fn an_interval_counts_from_its_first_day() {
        let rule = Calendar::read("FREQ=YEARLY;INTERVAL=4;BYMONTH=8;BYMONTHDAY=31", Some(day("2014-08-31")))
            .expect("a rule");

        assert_eq!(rule.days(day("2020-01-01"), day("2027-12-31")), [day("2022-08-31"), day("2026-08-31")]);
        assert_eq!(rule.years(), Some(4));
    }

    #[test]
    fn rules_that_lead_nowhere_or_everywhere_are_refused() {
        for text in [
            "",
            "FREQ=",
            "FREQ=SECONDLY",
            "FREQ=HOURLY;INTERVAL=1",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12,13,14;BYMONTH=1,2,3,4,5",
            "FREQ=YEARLY;INTERVAL=2",
            "FREQ=YEARLY;BYMONTHDAY=1,2,3,4,5,6,7",
            "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15;BYHOUR=9",
            "FREQ=YEARLY;COUNT=5",
            "FREQ=WEEKLY",
            "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
            "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;INTERVAL=1",
            "FREQ=YEARLY;UNTIL=19600101T000000Z",
            "каждый год",
        ] {
            assert!(Calendar::read(text, None).is_err(), "{text}");
        }
        for first in ["0001-01-01", "1899-12-31", "2201-01-01"] {
            assert!(Calendar::read("FREQ=WEEKLY", Some(day(first))).is_err(), "{first}");
        }
    }
}
