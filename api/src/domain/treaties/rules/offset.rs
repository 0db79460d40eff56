//! Durations of ISO 8601, with a leading minus for what lies before.

use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use super::end_of;

/// Months and seconds that a duration has at most: a hundred years.
const MOST: i64 = 1_200;

/// A duration: calendar months and days, and hours, minutes and seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset {
    is_before: bool,
    months: u32,
    days: i64,
    seconds: i64,
    /// Whether hours count: then something is due at an instant, not at the end of a day.
    has_time: bool,
}

impl Offset {
    /// Reads `P60D`, `PT24H`, `-P30D`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (is_before, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let rest = rest.strip_prefix('P')?;
        let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
        let mut offset = Self { is_before, has_time: time.is_some(), ..Self::default() };
        let mut months: i64 = 0;
        for (number, unit) in parts(date, "YMWD")? {
            match unit {
                'Y' => months = months.checked_add(number.checked_mul(12)?)?,
                'M' => months = months.checked_add(number)?,
                'W' => offset.days = offset.days.checked_add(number.checked_mul(7)?)?,
                _ => offset.days = offset.days.checked_add(number)?,
            }
        }
        for (number, unit) in time.map_or(Some(Vec::new()), |time| parts(time, "HMS"))? {
            let seconds = match unit {
                'H' => 3_600,
                'M' => 60,
                _ => 1,
            };
            offset.seconds = offset.seconds.checked_add(number.checked_mul(seconds)?)?;
        }
        let is_empty = date.is_empty() && time.is_none_or(str::is_empty);
        let is_sane = months <= MOST && offset.days <= MOST * 31 && offset.seconds <= MOST * 31 * 86_400;
        offset.months = u32::try_from(months).ok()?;
        (!is_empty && is_sane).then_some(offset)
    }

    /// The day that lies so long after a day, or before it.
    #[must_use]
    pub fn from_day(self, day: NaiveDate) -> Option<NaiveDate> {
        let months = Months::new(self.months);
        let days = Duration::try_days(self.days)? + Duration::try_seconds(self.seconds)?;
        if self.is_before {
            day.checked_sub_months(months)?.checked_sub_signed(days)
        } else {
            day.checked_add_months(months)?.checked_add_signed(days)
        }
    }

    /// The day and the instant that lie so long after an instant, or before it.
    #[must_use]
    pub fn from_instant(self, at: DateTime<Utc>, zone: Tz) -> Option<(NaiveDate, DateTime<Utc>)> {
        let local = at.with_timezone(&zone);
        if !self.has_time {
            let on = self.from_day(local.date_naive())?;
            return Some((on, end_of(on, zone)));
        }
        let seconds = Duration::try_seconds(self.seconds)?;
        let days = Self { seconds: 0, ..self }.from_day(local.date_naive())?;
        let moved = days.signed_duration_since(local.date_naive());
        let at = at.checked_add_signed(moved)?;
        let at =
            if self.is_before { at.checked_sub_signed(seconds)? } else { at.checked_add_signed(seconds)? };
        Some((at.with_timezone(&zone).date_naive(), at))
    }
}

/// Numbers with their units, each at most once and in the order of `units`.
fn parts(text: &str, units: &str) -> Option<Vec<(i64, char)>> {
    let (mut found, mut rest, mut units) = (Vec::new(), text, units);
    while !rest.is_empty() {
        let end = rest.find(|digit: char| !digit.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(end)?;
        let unit = after.chars().next()?;
        let place = units.find(unit)?;
        units = units.get(place.saturating_add(1)..)?;
        found.push((number.parse().ok()?, unit));
        rest = after.get(1..)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn durations_are_read_and_others_refused() {
        for text in ["P60D", "PT24H", "-P30D", "P0D", "PT0S", "P1Y6M", "P2W", "P1DT12H"] {
            assert!(Offset::read(text).is_some(), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "60D",
            "P-60D",
            "P6D1M",
            "P1.5D",
            "PD",
            "P60",
            "P2000Y",
            "P99999999999999999999D",
            "PT1Q",
            "é",
        ] {
            assert_eq!(Offset::read(text), None, "{text}");
        }
    }

    #[test]
    fn months_end_with_the_month() {
        let after = |text: &str, from: &str| Offset::read(text).expect("a duration").from_day(day(from));

        assert_eq!(after("P1M", "2028-01-31"), Some(day("2028-02-29")));
        assert_eq!(after("P1Y", "2028-02-29"), Some(day("2029-02-28")));
        assert_eq!(after("-P30D", "2026-03-01"), Some(day("2026-01-30")));
    }

    #[test]
    fn hours_count_from_the_instant_and_days_to_their_end() {
        let zone: Tz = "Asia/Bishkek".parse().expect("a zone");
        let at = Utc.with_ymd_and_hms(2026, 12, 30, 20, 0, 0).single().expect("an instant");

        let (on, due) = Offset::read("PT24H").expect("a duration").from_instant(at, zone).expect("a day");
        let (last_on, last) = Offset::read("P0D").expect("a duration").from_instant(at, zone).expect("a day");

        assert_eq!((on, due), (day("2027-01-01"), at + Duration::hours(24)));
        assert_eq!((last_on, last.to_rfc3339()), (day("2026-12-31"), "2026-12-31T17:59:59+00:00".to_owned()));
    }
}
