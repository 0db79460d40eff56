//! Days, periods and truths as people write them in tables.

use chrono::{Datelike, Days, Months, NaiveDate};
use entity::vocab::{DatePrecision, DayOrder};

/// Some days that are written as one: a year, a half or a quarter of one, a month, a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// The first day.
    pub(super) first: NaiveDate,
    /// The last day.
    pub(super) last: NaiveDate,
    /// How exact it is.
    pub(super) precision: DatePrecision,
}

/// The words for a quarter of a year, as they begin.
const QUARTER: &[&str] = &["квартал", "кв", "quarter", "qtr", "trimestre", "чейре"];
/// The words for half a year, as they begin.
const HALF: &[&str] = &["полугод", "half", "semestre", "жарым"];
/// Words that say nothing beside a year: "2025 г.", "2025-жыл".
const YEAR: &[&str] = &["г", "год", "года", "году", "year", "жыл", "жылы", "жылдын", "of", "de", "й", "я"];
/// The months, in four languages, as they begin.
const MONTHS: [&[&str]; 12] = [
    &["январ", "january", "jan", "janvier"],
    &["феврал", "february", "feb", "février", "fevrier"],
    &["март", "march", "mar", "mars"],
    &["апрел", "april", "apr", "avril"],
    &["ма", "may", "mai"],
    &["июн", "june", "jun", "juin"],
    &["июл", "july", "jul", "juillet"],
    &["август", "august", "aug", "août", "aout"],
    &["сентябр", "september", "sept", "sep", "septembre"],
    &["октябр", "october", "oct", "octobre"],
    &["ноябр", "november", "nov", "novembre"],
    &["декабр", "december", "dec", "décembre", "decembre"],
];

impl Period {
    fn new(year: i32, first_month: u32, months: u32, precision: DatePrecision) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        let last = first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))?;
        Some(Self { first, last, precision })
    }

    /// A period in the form of the API: `2025`, `2025-H1`, `2025-Q4`, `2025-10`.
    pub(super) fn exact(text: &str) -> Option<Self> {
        let (year, part) = text.split_once('-').map_or((text, ""), |(year, part)| (year, part));
        let year: i32 = year.parse().ok().filter(|_| year.len() == 4)?;
        let place = || part.get(1..).and_then(|digits| digits.parse::<u32>().ok());
        match part.as_bytes() {
            [] => text.len().eq(&4).then(|| Self::new(year, 1, 12, DatePrecision::Year))?,
            [b'Q', _] => place().filter(|at| (1..=4).contains(at)).and_then(|at| Self::quarter(year, at)),
            [b'H', _] => place().filter(|at| (1..=2).contains(at)).and_then(|at| Self::half(year, at)),
            [b'0'..=b'9', b'0'..=b'9'] => Self::new(year, part.parse().ok()?, 1, DatePrecision::Month),
            _ => None,
        }
    }

    /// The period in the form of the API.
    pub(super) fn code(&self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.precision {
            DatePrecision::Year => format!("{year:04}"),
            DatePrecision::Half => format!("{year:04}-H{}", month.div_ceil(6)),
            DatePrecision::Quarter => format!("{year:04}-Q{}", month.div_ceil(3)),
            DatePrecision::Month => format!("{year:04}-{month:02}"),
            DatePrecision::Day | DatePrecision::Unknown => self.first.to_string(),
        }
    }

    fn quarter(year: i32, at: u32) -> Option<Self> {
        Self::new(year, at.checked_sub(1)? * 3 + 1, 3, DatePrecision::Quarter)
    }

    fn half(year: i32, at: u32) -> Option<Self> {
        Self::new(year, at.checked_sub(1)? * 6 + 1, 6, DatePrecision::Half)
    }

    /// A period as people write it: `IV квартал 2025`, `2-е полугодие 2025 г.`, `Q4 2025`, `октябрь 2025`.
    pub(super) fn written(text: &str) -> Option<Self> {
        if let Some(exact) = Self::exact(text.trim()) {
            return Some(exact);
        }
        let (mut year, mut at, mut is_quarter, mut is_half, mut month) = (None, None, false, false, None);
        for word in words(text) {
            let begins = |all: &[&str]| all.iter().any(|known| word.starts_with(known));
            let is_year = word.len() == 4 && word.bytes().all(|digit| digit.is_ascii_digit());
            let place = place(&word);
            match () {
                () if is_year && year.is_none() => year = word.parse().ok(),
                () if place.is_some() && at.is_none() => at = place,
                () if begins(QUARTER) && !is_half && month.is_none() => is_quarter = true,
                () if begins(HALF) && !is_quarter && month.is_none() => is_half = true,
                () if word == "q" || word == "t" || word == "кв" => is_quarter = true,
                () if word == "h" || word == "s" => is_half = true,
                () if YEAR.contains(&word.as_str()) => {}
                () if month.is_none() && month_named(&word).is_some() => month = month_named(&word),
                () => return None,
            }
        }
        let year: i32 = year?;
        match (is_quarter, is_half, month, at) {
            (true, false, None, Some(at @ 1..=4)) => Self::quarter(year, at),
            (false, true, None, Some(at @ 1..=2)) => Self::half(year, at),
            (false, false, Some(month), None) => Self::new(year, month, 1, DatePrecision::Month),
            (false, false, Some(month), Some(day)) => {
                let day = NaiveDate::from_ymd_opt(year, month, day)?;
                Some(Self { first: day, last: day, precision: DatePrecision::Day })
            }
            (false, false, None, None) => Self::new(year, 1, 12, DatePrecision::Year),
            _ => None,
        }
    }
}

/// Endings of ordinals, which say nothing: "2-е", "1er", "3rd", "1-чи".
const ENDINGS: &[&str] = &["е", "ый", "ое", "er", "e", "ème", "eme", "st", "nd", "rd", "th", "чи", "чу"];

/// Words and numbers of a text, small: letters and digits are parted, endings of ordinals are left out.
fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut last = ' ';
    for sign in text.chars().flat_map(char::to_lowercase) {
        let is_same = (sign.is_alphabetic() && last.is_alphabetic())
            || (sign.is_ascii_digit() && last.is_ascii_digit());
        if sign.is_alphanumeric() {
            match all.last_mut().filter(|_| is_same) {
                Some(word) => word.push(sign),
                None => all.push(sign.to_string()),
            }
        }
        last = sign;
    }
    all.retain(|word| !ENDINGS.contains(&word.as_str()));
    all
}

/// A small number, in digits or as Romans write it.
fn place(word: &str) -> Option<u32> {
    match word {
        "i" | "і" => Some(1),
        "ii" | "іі" => Some(2),
        "iii" | "ііі" => Some(3),
        "iv" | "іv" => Some(4),
        _ => word.parse().ok().filter(|number| (1..=31).contains(number)),
    }
}

fn month_named(word: &str) -> Option<u32> {
    let is = |names: &[&str]| {
        names.iter().any(|name| match *name {
            "ма" => matches!(word, "май" | "мая"),
            "mar" | "jan" | "feb" | "apr" | "jun" | "jul" | "aug" | "sep" | "oct" | "nov" | "dec" => {
                word == *name
            }
            "may" | "mai" | "mars" => word == *name,
            _ => word.starts_with(name),
        })
    };
    let at = MONTHS.iter().position(|names| is(names))?;
    u32::try_from(at + 1).ok()
}

/// A day that is written with points, slashes or hyphens: `31.12.2025`, `12/31/2025`; a year of two digits is of this century.
pub(super) fn day(text: &str, order: DayOrder) -> Option<NaiveDate> {
    let text = text.trim().trim_end_matches(['г', '.', ' ']);
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let parts: Vec<u32> =
        text.split(['.', '/', '-']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts[..] else { return None };
    let (day, month) = match order {
        DayOrder::DayFirst => (first, second),
        DayOrder::MonthFirst => (second, first),
    };
    let year = if year < 100 { year + 2000 } else { year };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// The day that a workbook counts so from 1900.
pub(super) fn serial(number: f64) -> Option<NaiveDate> {
    if !(61.0..2_958_466.0).contains(&number) {
        return None;
    }
    let days: u64 = format!("{:.0}", number.floor()).parse().ok()?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

/// Whether something is so, in four languages.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "да" | "ооба" | "oui" | "1" | "+" | "x" | "х" | "✓" => Some(true),
        "false" | "no" | "n" | "нет" | "жок" | "non" | "0" | "-" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_ministries_write_them() {
        for (text, first, last, precision) in [
            ("2025", "2025-01-01", "2025-12-31", DatePrecision::Year),
            ("2025-Q4", "2025-10-01", "2025-12-31", DatePrecision::Quarter),
            ("2025-H1", "2025-01-01", "2025-06-30", DatePrecision::Half),
            ("2024-02", "2024-02-01", "2024-02-29", DatePrecision::Month),
            ("IV квартал 2025", "2025-10-01", "2025-12-31", DatePrecision::Quarter),
            ("4-й кв. 2025 г.", "2025-10-01", "2025-12-31", DatePrecision::Quarter),
            ("Q1 2026", "2026-01-01", "2026-03-31", DatePrecision::Quarter),
            ("T2 2026", "2026-04-01", "2026-06-30", DatePrecision::Quarter),
            ("2e trimestre 2026", "2026-04-01", "2026-06-30", DatePrecision::Quarter),
            ("2025-жылдын 3-чейреги", "2025-07-01", "2025-09-30", DatePrecision::Quarter),
            ("2-е полугодие 2025 года", "2025-07-01", "2025-12-31", DatePrecision::Half),
            ("1er semestre 2027", "2027-01-01", "2027-06-30", DatePrecision::Half),
            ("октябрь 2025", "2025-10-01", "2025-10-31", DatePrecision::Month),
            ("May 2026", "2026-05-01", "2026-05-31", DatePrecision::Month),
            ("5 мая 2026 г.", "2026-05-05", "2026-05-05", DatePrecision::Day),
        ] {
            let period = Period::written(text);
            let expected = Period { first: first.parse().unwrap(), last: last.parse().unwrap(), precision };

            assert_eq!(period, Some(expected), "{text}");
            assert!(
                precision == DatePrecision::Day || Period::exact(&expected.code()) == Some(expected),
                "{text}"
            );
        }
        for text in [
            "",
            "V квартал 2025",
            "квартал 2025",
            "3 полугодие 2025",
            "2025-Q5",
            "скоро",
            "2025 2026",
            "20251",
        ] {
            assert_eq!(Period::written(text), None, "{text}");
        }
    }

    #[test]
    fn days_follow_the_order_that_is_said() {
        let expected = NaiveDate::from_ymd_opt(2025, 12, 31);

        assert_eq!(day("31.12.2025", DayOrder::DayFirst), expected);
        assert_eq!(day(" 31/12/25 ", DayOrder::DayFirst), expected);
        assert_eq!(day("31.12.2025 г.", DayOrder::DayFirst), expected);
        assert_eq!(day("12/31/2025", DayOrder::MonthFirst), expected);
        assert_eq!(day("2025-12-31", DayOrder::MonthFirst), expected);
        assert_eq!(day("12/31/2025", DayOrder::DayFirst), None);
        assert_eq!(day("31.12", DayOrder::DayFirst), None);
        assert_eq!(serial(46022.0), expected);
        assert_eq!(serial(3.0), None);
    }

    #[test]
    fn truths_are_known_in_four_languages() {
        assert_eq!((truth("Да"), truth("жок"), truth("maybe")), (Some(true), Some(false), None));
    }
}
