//! Days and instants as callers write them: one form of each, on every face.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// The form of a day, for messages.
pub const DAY: &str = "a day such as 2027-03-31";
/// The form of an instant, for messages.
pub const INSTANT: &str = "an instant such as 2027-03-31T12:00:00Z";

/// Reads a day of the years 1 to 9999, `YYYY-MM-DD` to the letter.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|day: &NaiveDate| has_form && day.year() > 0)
}

/// Reads an instant with its offset (RFC 3339) that is in the years 1 to 9999 in UTC too; both databases keep
/// microseconds, and no leap seconds.
#[must_use]
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.get(..10).and_then(day)?;
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    Some(at).filter(|at| (1..=9999).contains(&at.year()) && at.nanosecond() < 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::{day, instant};

    #[test]
    fn a_day_has_one_form() {
        for good in ["0001-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(day(good).map(|day| day.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "0000-12-31",
            "+12027-01-01",
            "-0001-01-01",
            "-262143-01-01",
            "2027-2-3",
            "2027 - 02 - 03",
            "2027-02-30",
            " 2027-02-03",
            "2027-02-03 ",
            "20270203",
            "31.12.2027",
            "2027-W05-3",
            "",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_instant_names_its_offset_and_stays_within_the_years() {
        for good in ["2027-03-31T12:00:00Z", "2027-03-31t12:00:00.123456789+05:30", "0001-01-01T00:00:00Z"] {
            assert!(instant(good).is_some(), "{good}");
        }
        for bad in [
            "-9999-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2027-03-31T12:00:00",
            "2027-03-31",
            "2027-3-31T12:00:00Z",
            "2027-03-31T23:59:60Z",
            "now",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }
}
