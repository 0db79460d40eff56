//! Exact decimal numbers: millionths in a row, a text such as `12.5` on the wire.

/// What a decimal number looks like on the wire.
pub const PATTERN: &str = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$";

/// Digits after the point at most.
const PLACES: usize = 6;
/// Millionths of one.
const ONE: u128 = 1_000_000;

/// Reads a decimal number, in millionths; none if it has another form.
#[must_use]
pub fn millionths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(both) => both,
        None => (digits, ""),
    };
    let is_number = !whole.is_empty() && whole.len() <= 12 && part.len() <= PLACES;
    let is_plain = whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    let read = || format!("{whole}{part:0<PLACES$}").parse::<i64>().ok();
    if is_number && is_plain { Some(sign * read()?) } else { None }
}

/// Writes a number of millionths, without needless zeros; a sum may be greater than a column holds.
#[must_use]
pub fn written(millionths: impl Into<i128>) -> String {
    let millionths: i128 = millionths.into();
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    let text = format!("{sign}{}.{:0PLACES$}", size / ONE, size % ONE);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{millionths, written};

    #[test]
    fn a_number_has_one_written_form() {
        for (given, kept) in [
            ("12.5", "12.5"),
            ("12.50", "12.5"),
            ("0012", "12"),
            ("100", "100"),
            ("-0.000001", "-0.000001"),
            ("-0", "0"),
            ("0.0", "0"),
            ("-3.140000", "-3.14"),
            ("999999999999.999999", "999999999999.999999"),
        ] {
            assert_eq!(millionths(given).map(written).as_deref(), Some(kept), "{given}");
        }
    }

    #[test]
    fn what_is_no_such_number_is_none() {
        for bad in
            ["", "-", ".5", "5.", "1,5", "1e3", "+1", "1.0000001", "1000000000000", "1.-5", "--1", "0x1", "١"]
        {
            assert_eq!(millionths(bad), None, "{bad}");
        }
    }
}
