//! Numbers as people write them in tables.

use entity::vocab::DecimalMark;
use kernel::input::cut;

/// What a text says of a number: nothing where it has other signs; else the number as the API writes it, of `1 250 000,50`
/// `1250000.50`, or why it cannot be told.
pub(super) fn number(text: &str, mark: Option<DecimalMark>) -> Option<Result<String, String>> {
    let given = text.trim();
    let minus = ['-', '\u{2212}'];
    let (sign, digits) = given.strip_prefix(minus).map_or(("", given), |rest| ("-", rest.trim_start()));
    let is_part = |sign: char| sign.is_ascii_digit() || parts_groups(sign).is_some();
    if !digits.contains(|sign: char| sign.is_ascii_digit()) || !digits.chars().all(is_part) {
        return None;
    }
    let read = plain(digits, mark);
    Some(read.map(|plain| format!("{sign}{plain}")).map_err(|why| format!("{} {why}", cut(&given.into()))))
}

/// What a sign between groups of digits is; all blanks are one.
fn parts_groups(sign: char) -> Option<char> {
    match sign {
        '.' | ',' => Some(sign),
        '\'' | '\u{2019}' => Some('\''),
        _ => sign.is_whitespace().then_some(' '),
    }
}

/// The digits of a number with a point before its fraction; else what is wrong with it.
fn plain(digits: &str, said: Option<DecimalMark>) -> Result<String, String> {
    let count = |mark: char| digits.matches(mark).count();
    let mark = match (said, count('.'), count(',')) {
        (Some(DecimalMark::Point), ..) | (None, 1, 0) => Some('.'),
        (Some(DecimalMark::Comma), ..) | (None, 0, 1) => Some(','),
        // The mark that comes last parts the fraction, the other one thousands.
        (None, 1.., 1..) => digits.chars().rev().find(|sign| matches!(sign, '.' | ',')),
        (None, ..) => None,
    };
    let (whole, fraction) = match mark.and_then(|mark| digits.rsplit_once(mark)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if let (None, Some(fraction)) = (said, fraction.filter(|fraction| may_be_thousands(whole, fraction))) {
        return Err(format!(
            "may be {whole}{fraction} or {whole}.{fraction}: say by `decimal_mark` of the mapping what parts the fraction, or \
             write `{whole}{fraction}`"
        ));
    }
    let is_good = fraction.is_none_or(are_digits);
    if let Some(whole) = without_groups(whole, mark).filter(|_| is_good) {
        return Ok(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")));
    }
    let mark = mark.unwrap_or(',');
    Err(format!(
        "is no number: write digits alone, or in groups of three with the same sign between them, such as `1 250 000{mark}50`"
    ))
}

/// Whether three digits behind a mark may be thousands as well as a fraction.
fn may_be_thousands(whole: &str, fraction: &str) -> bool {
    let is_group = are_digits(whole) && whole.len() <= 3 && !whole.starts_with('0');
    is_group && are_digits(fraction) && fraction.len() == 3
}

/// The digits of a whole number, where what stands between them parts them by threes, and is not the mark of the fraction.
fn without_groups(whole: &str, mark: Option<char>) -> Option<String> {
    let mut between = whole.chars().filter(|sign| !sign.is_ascii_digit()).filter_map(parts_groups);
    let Some(sign) = between.next() else { return are_digits(whole).then(|| whole.to_owned()) };
    let mut groups = whole.split(|one: char| !one.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let is_parted = Some(sign) != mark && between.all(|other| other == sign);
    let is_first = matches!(first.len(), 1..=3) && !first.starts_with('0');
    (is_parted && is_first && groups.all(|group| group.len() == 3))
        .then(|| whole.chars().filter(char::is_ascii_digit).collect())
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mark: Option<DecimalMark>) -> Option<String> {
        number(text, mark).and_then(Result::ok)
    }

    #[test]
    fn numbers_lose_what_people_put_between() {
        for (text, expected) in [
            ("1 250 000,50", "1250000.50"),
            ("1\u{a0}250", "1250"),
            ("1'250.5", "1250.5"),
            ("1.250.000,50", "1250000.50"),
            ("1,250,000.50", "1250000.50"),
            ("1.250.000", "1250000"),
            ("1 250,500", "1250.500"),
            ("1250,500", "1250.500"),
            ("0,125", "0.125"),
            ("0,5", "0.5"),
            ("2.00", "2.00"),
            ("-12", "-12"),
            ("\u{2212} 1 000", "-1000"),
        ] {
            assert_eq!(read(text, None).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "about 5", "1,2,3.4.5x", "--1", ",", "12 %"] {
            assert_eq!(number(text, None), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        let why = |text: &str| number(text, None).and_then(Result::err).unwrap_or_default();

        for text in ["2,000", "2.000", "999,999"] {
            assert!(why(text).starts_with(&format!("\"{text}\" may be")), "{text}: {}", why(text));
        }
        for text in [
            "1,2,3",
            "1.2.3",
            "1 2",
            "1 0",
            "1 250.000,50",
            "1 250.000'000",
            "0 250",
            "12.",
            ".5",
            "1,25,000.5",
        ] {
            assert!(why(text).starts_with(&format!("\"{text}\" is no number")), "{text}: {}", why(text));
        }
        assert!(why("2,000").contains("`2000`") && why("2,000").contains("2.000"));
    }

    #[test]
    fn a_mapping_says_what_parts_the_fraction() {
        let (comma, point) = (Some(DecimalMark::Comma), Some(DecimalMark::Point));

        assert_eq!(
            [read("2,000", point), read("2,000", comma)],
            ["2000", "2.000"].map(|one| Some(one.into()))
        );
        assert_eq!(
            [read("2.000", point), read("2.000", comma)],
            ["2.000", "2000"].map(|one| Some(one.into()))
        );
        assert_eq!([read("12.5", comma), read("1,2", point)], [None, None]);
        assert_eq!(read("1 250 000,50", comma).as_deref(), Some("1250000.50"));
    }
}
