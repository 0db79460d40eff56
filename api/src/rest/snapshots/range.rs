//! Which bytes of a file are wanted (RFC 9110, 14).

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, header};

/// The bytes that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them: no range, one that is none, or several.
    All,
    /// These.
    Part(Range<u64>),
    /// Some behind the end.
    Nothing,
}

impl Wanted {
    /// Reads it from the headers of a request for a file of so many bytes with this tag.
    pub(super) fn of(headers: &HeaderMap, size: u64, tag: &str) -> Self {
        let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        // A part of another file is of no use.
        let is_other = headers.contains_key(header::IF_RANGE) && said(header::IF_RANGE) != Some(tag);
        match said(header::RANGE) {
            Some(range) if !is_other => Self::read(range, size).unwrap_or(Self::All),
            _ => Self::All,
        }
    }

    /// None where it is no range of bytes, or several.
    fn read(text: &str, size: u64) -> Option<Self> {
        let (unit, range) = text.split_once('=')?;
        let (first, last) =
            range.trim().split_once('-').filter(|_| unit.trim().eq_ignore_ascii_case("bytes"))?;
        let range = match (first.trim(), last.trim()) {
            ("", last) => size.saturating_sub(number(last)?)..size,
            (first, "") => number(first)?..size,
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return None;
                }
                first..last.saturating_add(1).min(size)
            }
        };
        Some(if range.is_empty() { Self::Nothing } else { Self::Part(range) })
    }
}

/// A number of digits alone.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What is larger than any file is behind its end.
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const TAG: &str = "\"a\"";

    fn of(range: &str, if_range: Option<&str>, size: u64) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        if let Some(tag) = if_range {
            headers.insert(header::IF_RANGE, HeaderValue::from_str(tag).unwrap());
        }
        Wanted::of(&headers, size, TAG)
    }

    #[test]
    fn one_range_is_read_in_all_its_forms() {
        assert_eq!(of("bytes=0-99", None, 1000), Wanted::Part(0..100));
        assert_eq!(of("bytes=900-", None, 1000), Wanted::Part(900..1000));
        assert_eq!(of("bytes=-1", None, 1000), Wanted::Part(999..1000));
        assert_eq!(of("bytes=-5000", None, 1000), Wanted::Part(0..1000));
        assert_eq!(of("Bytes = 990 - 5000", None, 1000), Wanted::Part(990..1000));
        assert_eq!(of("bytes=0-99999999999999999999999", None, 1000), Wanted::Part(0..1000));
    }

    #[test]
    fn what_lies_behind_the_end_is_nothing() {
        for range in ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(of(range, None, 1000), Wanted::Nothing, "{range}");
        }
        assert_eq!(of("bytes=0-", None, 0), Wanted::Nothing);
    }

    #[test]
    fn what_is_no_range_is_left_alone() {
        for range in
            ["bytes=5-4", "bytes=-", "bytes=a-b", "bytes=+1-2", "lines=0-9", "bytes=0-1,5-9", "bytes"]
        {
            assert_eq!(of(range, None, 1000), Wanted::All, "{range}");
        }
    }

    #[test]
    fn a_part_of_another_file_begins_anew() {
        assert_eq!(of("bytes=5-", Some(TAG), 10), Wanted::Part(5..10));
        assert_eq!(of("bytes=5-", Some("\"b\""), 10), Wanted::All);
        assert_eq!(of("bytes=5-", Some("W/\"a\""), 10), Wanted::All);
    }
}
