//! Makes cells of the values that a sheet holds as text.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::styles::Kind;
use crate::fault::{RowFault, RowFaultCode};
use crate::item::Cell;

/// The day after the last that a workbook knows, 9999-12-31, counted from 1900.
const END: f64 = 2_958_466.0;

/// A number as its format shows it.
pub(super) fn number(text: &str, kind: Kind, from_1904: bool) -> Cell {
    let number = match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        _ => return bad(format!("{} is no number", shown(text))),
    };
    match kind {
        Kind::Number => Cell::Number(number),
        Kind::Span => elapsed(number).map_or_else(|| bad(format!("{number} is no length of time")), clock),
        Kind::Clock if (0.0..1.0).contains(&number) => {
            elapsed(number).map_or_else(|| bad(format!("{number} is no time of day")), clock)
        }
        Kind::Day | Kind::Clock => {
            day(number, from_1904).unwrap_or_else(|| bad(format!("{number} is no day of the calendar")))
        }
    }
}

/// An instant, rounded to milliseconds. Source: ECMA-376 part 1, 18.17.4; 29 February 1900, which the count has, is none.
fn day(number: f64, from_1904: bool) -> Option<Cell> {
    if !(0.0..END).contains(&number) {
        return None;
    }
    let first = match number {
        _ if from_1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?,
        ..1.0 | 60.0..61.0 => return None,
        ..60.0 => NaiveDate::from_ymd_opt(1899, 12, 31)?,
        _ => NaiveDate::from_ymd_opt(1899, 12, 30)?,
    };
    let time: NaiveDateTime = first.and_time(chrono::NaiveTime::MIN).checked_add_signed(elapsed(number)?)?;
    Some(if time.time() == chrono::NaiveTime::MIN { Cell::Day(time.date()) } else { Cell::Time(time) })
}

/// Days as a length of time, rounded to milliseconds.
fn elapsed(days: f64) -> Option<TimeDelta> {
    let whole = Duration::try_from_secs_f64(days * 86_400.0).ok()?.checked_add(Duration::from_micros(500))?;
    TimeDelta::try_milliseconds(i64::try_from(whole.as_millis()).ok()?)
}

/// Hours, minutes and seconds as text, for a cell has no type for them.
fn clock(elapsed: TimeDelta) -> Cell {
    let seconds = elapsed.num_seconds();
    let millis = elapsed.subsec_nanos() / 1_000_000;
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    Cell::Text(if millis == 0 { text } else { format!("{text}.{millis:03}") })
}

/// A day or an instant written by ISO 8601.
pub(super) fn iso(text: &str) -> Cell {
    let text = text.trim().trim_end_matches('Z');
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Cell::Day(day);
    }
    match text.parse::<NaiveDateTime>() {
        Ok(time) if time.time() == chrono::NaiveTime::MIN => Cell::Day(time.date()),
        Ok(time) => Cell::Time(time),
        Err(_) => unfit(text, "is no day of the calendar"),
    }
}

/// A truth value.
pub(super) fn truth(text: &str) -> Cell {
    match text.trim() {
        "1" | "true" => Cell::Bool(true),
        "0" | "false" => Cell::Bool(false),
        _ => unfit(text, "is no truth value"),
    }
}

/// An error value, such as `#N/A`.
pub(super) fn error(text: &str) -> Cell {
    let fault = RowFault::new(RowFaultCode::ErrorValue, format!("holds the error {}", shown(text)));
    Cell::Bad(fault.holding(text.as_bytes()))
}

/// A value that does not fit its type.
fn unfit(value: &str, why: &str) -> Cell {
    let fault = RowFault::new(RowFaultCode::BadValue, format!("{} {why}", shown(value)));
    Cell::Bad(fault.holding(value.as_bytes()))
}

pub(super) fn bad(text: String) -> Cell {
    Cell::Bad(RowFault::new(RowFaultCode::BadValue, text))
}

/// The start of a value, for a message.
fn shown(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}

/// Text with characters that XML cannot hold, which workbooks write as `_x000D_`.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let taken = if let Some(character) = escaped(from) {
            out.push(character);
            7
        } else {
            out.push_str("_x");
            2
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn escaped(text: &str) -> Option<char> {
    let digits = text.get(2..6).filter(|_| text.get(6..7) == Some("_"))?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
        .and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> Cell {
        Cell::Day(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn days_are_counted_from_1900_with_its_false_leap_day_or_from_1904() {
        assert_eq!(number("1", Kind::Day, false), date(1900, 1, 1));
        assert_eq!(number("59", Kind::Day, false), date(1900, 2, 28));
        assert_eq!(number("61", Kind::Day, false), date(1900, 3, 1));
        assert_eq!(number("45292", Kind::Day, false), date(2024, 1, 1));
        assert_eq!(number("43830", Kind::Day, true), date(2024, 1, 1));
        assert_eq!(number("0", Kind::Day, true), date(1904, 1, 1));
    }

    #[test]
    fn numbers_that_are_no_days_are_bad() {
        let bad = |text| matches!(number(text, Kind::Day, false), Cell::Bad(_));

        assert!(["60", "0", "-1", "2958466", "1e300", "-1e300", "nan", "inf", "x"].into_iter().all(bad));
    }

    #[test]
    fn times_are_instants_clocks_or_spans() {
        let noon = NaiveDate::from_ymd_opt(2024, 1, 1).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap();

        assert_eq!(number("45292.5", Kind::Day, false), Cell::Time(noon));
        assert_eq!(number("45292.499999999", Kind::Day, false), Cell::Time(noon));
        assert_eq!(number("0.604166666666667", Kind::Clock, false), Cell::Text("14:30:00".into()));
        assert_eq!(number("1.5", Kind::Span, false), Cell::Text("36:00:00".into()));
    }

    #[test]
    fn written_escapes_are_characters() {
        assert_eq!(decoded("a_x000D_b_x005F_c_xZZZZ_д_x1"), "a\rb_c_xZZZZ_д_x1");
    }
}
