//! Days, numbers and amounts in the usual form of a language.

use chrono::{Datelike, NaiveDate};
use kernel::scalar::Money;

use super::words::Language;

/// Space within a number or before a sign that stays on its line.
const FIXED_SPACE: char = '\u{a0}';
/// The narrow one, which French has.
const NARROW_SPACE: char = '\u{202f}';

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day.
#[must_use]
pub fn day(language: Language, on: NaiveDate) -> String {
    match language {
        Language::En => {
            let month = usize::try_from(on.month0()).ok().and_then(|month| MONTHS.get(month));
            format!("{}{FIXED_SPACE}{} {}", on.day(), month.unwrap_or(&""), on.year())
        }
        Language::Ru | Language::Ky => on.format("%d.%m.%Y").to_string(),
        Language::Fr => on.format("%d/%m/%Y").to_string(),
    }
}

/// A decimal number, digits in groups of three, as it is written after the point or comma.
#[must_use]
pub fn number(language: Language, decimal: &str) -> String {
    let (group, point) = match language {
        Language::En => (',', '.'),
        Language::Ru | Language::Ky => (FIXED_SPACE, ','),
        Language::Fr => (NARROW_SPACE, ','),
    };
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |rest| ("\u{2212}", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut made = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.chars().count().saturating_sub(at).is_multiple_of(3) {
            made.push(group);
        }
        made.push(digit);
    }
    if !part.is_empty() {
        made.push(point);
        made.push_str(part);
    }
    made
}

/// An amount of money with its currency; decimals only where there are any.
#[must_use]
pub fn amount(language: Language, money: &Money) -> String {
    let whole = money.amount.split_once('.').filter(|(_, part)| part.chars().all(|digit| digit == '0'));
    let figure = number(language, whole.map_or(money.amount.as_str(), |(whole, _)| whole));
    match language {
        Language::En => format!("{}{FIXED_SPACE}{figure}", money.currency),
        _ => format!("{figure}{FIXED_SPACE}{}", money.currency),
    }
}

/// A share in percent.
#[must_use]
pub fn percent(language: Language, share: i32) -> String {
    match language {
        Language::En => format!("{share}%"),
        Language::Fr => format!("{share}{NARROW_SPACE}%"),
        Language::Ru | Language::Ky => format!("{share}{FIXED_SPACE}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Language; 4] = [Language::En, Language::Ru, Language::Ky, Language::Fr];

    #[test]
    fn days_have_the_form_of_their_language() {
        let on = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();

        let made = ALL.map(|language| day(language, on));

        assert_eq!(made, ["31\u{a0}December 2026", "31.12.2026", "31.12.2026", "31/12/2026"]);
    }

    #[test]
    fn amounts_are_grouped_and_keep_their_decimals() {
        let of = |amount: &str| Money { amount: amount.into(), currency: "EUR".into() };

        let made = ALL.map(|language| amount(language, &of("1234567.50")));
        let whole = amount(Language::Ru, &of("640000.00"));

        let fr = "1\u{202f}234\u{202f}567,50\u{a0}EUR";
        let ru = "1\u{a0}234\u{a0}567,50\u{a0}EUR";
        assert_eq!(made, ["EUR\u{a0}1,234,567.50", ru, ru, fr]);
        assert_eq!(whole, "640\u{a0}000\u{a0}EUR");
    }

    #[test]
    fn numbers_of_any_length_are_grouped_from_the_right() {
        let made = ["7", "123", "1234", "-98765", "0.25"].map(|text| number(Language::En, text));

        assert_eq!(made, ["7", "123", "1,234", "\u{2212}98,765", "0.25"]);
    }
}
