//! One cell, made of a row as its caller is told it.

use std::{borrow::Cow, io::Write};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};
use kernel::{
    decimal,
    render::{Renderer, Told},
    row::Row,
    scalar::{Money, Ref},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Column, Holds, Member};

/// What separates the items of a list.
const BETWEEN: &str = ";";

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// An id.
    Id(Uuid),
    /// A whole number.
    Number(i64),
    /// An exact decimal number.
    Decimal(String),
    /// Whether something is so.
    Truth(bool),
    /// A day.
    Day(NaiveDate),
    /// An instant.
    At(DateTime<Utc>),
    /// A text, a code, items of a list, or JSON.
    Text(Cow<'a, str>),
}

impl Column {
    /// The cell of a row, as its caller is told it.
    #[must_use]
    pub fn cell<'a>(&'a self, renderer: &'a Renderer, row: &'a Row) -> Cell<'a> {
        let text = |found: Option<&'a str>| found.map_or(Cell::Empty, |text| Cell::Text(text.into()));
        match &self.holds {
            Holds::Translation(field, tag) => {
                let all = row.json("translations");
                return text(all.and_then(|all| all.get(tag)?.get(field)?.as_str()));
            }
            Holds::ShownIn => {
                return renderer.language(row).map_or(Cell::Empty, |tag| Cell::Text(tag.into()));
            }
            Holds::Along(path, inner) => {
                let mut at = Some(row);
                for column in path {
                    at = at.and_then(|row| renderer.kept(row.uuid(column)?));
                }
                return at.map_or(Cell::Empty, |row| inner.cell(renderer, row));
            }
            Holds::Fixed(_) => return self.fixed().unwrap_or(Cell::Empty),
            Holds::Late(late, today) => {
                let is_over = row.text(late.state).is_some_and(|state| late.over.contains(&state));
                let is_due = row.date(late.due).is_some_and(|due| due < *today);
                return Cell::Truth(is_due && !is_over);
            }
            _ => {}
        }
        let Some(part) = row.def().parts.get(self.part) else { return Cell::Empty };
        match (&self.holds, renderer.part(row, part).told()) {
            (Holds::Code, Told::Ref(one)) => Cell::Text(taken(one, code)),
            (Holds::Code, Told::Refs(all)) => joined(all.all().map(|one| taken(one, code))),
            (Holds::Name, Told::Ref(one)) => Cell::Text(taken(one, name)),
            (Holds::Name, Told::Refs(all)) => joined(all.all().map(|one| taken(one, name))),
            (Holds::Id, Told::Ref(one)) => Cell::Id(one.id),
            (Holds::Country(names), Told::Text(code)) => text(names.get(code).map(String::as_str)),
            (Holds::Label(labels), told) => labelled(&told, |code| {
                labels.get(code).map_or_else(|| Cow::Owned(code.to_owned()), |label| Cow::Borrowed(&**label))
            }),
            (Holds::Member(of), told) => member(*of, told, renderer),
            (_, told) => whole(&told),
        }
    }
}

/// All of what is told.
fn whole<'a>(told: &Told<'a>) -> Cell<'a> {
    match *told {
        Told::Id(id) => Cell::Id(id),
        Told::Text(text) => Cell::Text(text.into()),
        Told::Number(number) => Cell::Number(number),
        Told::Truth(truth) => Cell::Truth(truth),
        Told::Day(day) => Cell::Day(day),
        Told::At(at) => Cell::At(at),
        Told::Decimal(millionths) => Cell::Decimal(decimal::written(millionths)),
        Told::Json(json) => Cell::Text(json.to_string().into()),
        Told::List(items) => list(items),
        Told::Codes(codes) => joined(codes.all().map(Cow::Borrowed)),
        Told::Regions(regions) => joined(regions.codes().map(Cow::Borrowed)),
        _ => Cell::Empty,
    }
}

/// A member of a small object.
fn member<'a>(of: Member, told: Told<'a>, renderer: &Renderer) -> Cell<'a> {
    let coded = |ids: &[Uuid]| {
        let one = |id: &Uuid| {
            let found = renderer.reference(Some(*id)).and_then(|found| found.code);
            Cow::Owned(found.unwrap_or_else(|| id.to_string()))
        };
        joined(ids.iter().map(one))
    };
    match (of, told) {
        (Member::Amount, Told::Money(minor, currency)) => {
            Cell::Decimal(Money::from_minor(minor, currency).amount)
        }
        (Member::Currency, Told::Money(_, currency)) => Cell::Text(currency.into()),
        (Member::Kind, Told::Any(kind, _)) => Cell::Text(kind.into()),
        (Member::Id, Told::Any(_, id)) => Cell::Id(id),
        (Member::Agencies, Told::SharedWith(shared)) => coded(&shared.agencies),
        (Member::Groups, Told::SharedWith(shared)) => coded(&shared.groups),
        _ => Cell::Empty,
    }
}

fn labelled<'a>(told: &Told<'_>, label: impl Fn(&str) -> Cow<'a, str>) -> Cell<'a> {
    match told {
        Told::Text(code) => Cell::Text(label(code)),
        Told::Codes(codes) => joined(codes.all().map(&label)),
        Told::List(items) => joined(items.iter().filter_map(Json::as_str).map(&label)),
        _ => Cell::Empty,
    }
}

/// A text of a record that is referred to; its id where it has none.
fn taken(one: Cow<'_, Ref>, text: fn(&Ref) -> Option<&str>) -> Cow<'_, str> {
    match one {
        Cow::Borrowed(one) => text(one).map_or_else(|| Cow::Owned(one.id.to_string()), Cow::Borrowed),
        Cow::Owned(one) => Cow::Owned(text(&one).map_or_else(|| one.id.to_string(), str::to_owned)),
    }
}

fn code(one: &Ref) -> Option<&str> {
    one.code.as_deref()
}

fn name(one: &Ref) -> Option<&str> {
    one.name.as_deref().or(one.code.as_deref())
}

fn joined<'a>(mut items: impl Iterator<Item = Cow<'a, str>>) -> Cell<'a> {
    let Some(mut all) = items.next() else { return Cell::Empty };
    for item in items {
        let all = all.to_mut();
        all.push_str(BETWEEN);
        all.push_str(&item);
    }
    Cell::Text(all)
}

/// The items of a list; as JSON where they could not be told apart, or are no texts.
fn list(items: &[Json]) -> Cell<'_> {
    let is_plain = |item: &Json| {
        let text = item.as_str().filter(|text| !text.is_empty() && text.trim() == *text);
        text.is_some_and(|text| !text.contains([';', '\n']) && !text.starts_with('['))
    };
    if items.iter().all(is_plain) {
        return joined(items.iter().filter_map(|item| item.as_str().map(Cow::Borrowed)));
    }
    Cell::Text(serde_json::to_string(items).unwrap_or_default().into())
}

impl Cell<'_> {
    /// The same cell, lent from nobody.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Id(id) => Cell::Id(id),
            Self::Number(number) => Cell::Number(number),
            Self::Decimal(text) => Cell::Decimal(text),
            Self::Truth(truth) => Cell::Truth(truth),
            Self::Day(day) => Cell::Day(day),
            Self::At(at) => Cell::At(at),
            Self::Text(text) => Cell::Text(text.into_owned().into()),
        }
    }

    /// The cell in JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Empty => Json::Null,
            Self::Number(number) => (*number).into(),
            Self::Truth(truth) => (*truth).into(),
            Self::Text(text) => text.to_string().into(),
            Self::Decimal(text) => {
                text.parse::<serde_json::Number>().map_or_else(|_| text.clone().into(), Json::from)
            }
            _ => {
                let mut bytes = Vec::new();
                self.write(&mut bytes);
                String::from_utf8(bytes).unwrap_or_default().into()
            }
        }
    }

    /// Writes the cell as a text.
    pub fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::Id(id) => {
                to.extend_from_slice(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
            }
            // Memory takes all that is written.
            Self::Number(number) => drop(write!(to, "{number}")),
            Self::Decimal(text) => to.extend_from_slice(text.as_bytes()),
            Self::Truth(truth) => to.extend_from_slice(if *truth { b"true" } else { b"false" }),
            Self::Day(day) => write_day(*day, to),
            Self::At(at) => write_instant(*at, to),
            Self::Text(text) => to.extend_from_slice(text.as_bytes()),
        }
    }
}

/// Writes the last digits of a number.
fn digits<const COUNT: usize>(mut number: u32, to: &mut Vec<u8>) {
    let mut all = [b'0'; COUNT];
    for digit in all.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
    to.extend_from_slice(&all);
}

fn write_day(day: NaiveDate, to: &mut Vec<u8>) {
    match u32::try_from(day.year()) {
        Ok(year @ 0..=9999) => {
            digits::<4>(year, to);
            to.push(b'-');
            digits::<2>(day.month(), to);
            to.push(b'-');
            digits::<2>(day.day(), to);
        }
        _ => to.extend_from_slice(day.to_string().as_bytes()),
    }
}

/// Writes an instant as JSON has it: with as many digits of the second as it needs, three or six.
fn write_instant(at: DateTime<Utc>, to: &mut Vec<u8>) {
    let nanos = at.nanosecond();
    if !(0..=9999).contains(&at.year()) || nanos >= 1_000_000_000 || !nanos.is_multiple_of(1_000) {
        to.extend_from_slice(at.to_rfc3339_opts(SecondsFormat::AutoSi, true).as_bytes());
        return;
    }
    write_day(at.date_naive(), to);
    for (sign, part) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
        to.push(sign);
        digits::<2>(part, to);
    }
    if nanos != 0 {
        to.push(b'.');
        if nanos.is_multiple_of(1_000_000) {
            digits::<3>(nanos / 1_000_000, to);
        } else {
            digits::<6>(nanos / 1_000, to);
        }
    }
    to.push(b'Z');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(cell: &Cell<'_>) -> String {
        let mut to = Vec::new();
        cell.write(&mut to);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn instants_are_written_as_json_has_them() {
        for text in [
            "2026-11-21T10:00:00Z",
            "2026-11-21T10:00:00.500Z",
            "2026-11-21T10:00:00.000001Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "+12026-01-01T00:00:00Z",
        ] {
            let at: DateTime<Utc> = text.parse().unwrap();

            assert_eq!(json!(written(&Cell::At(at))), json!(at));
        }
    }

    #[test]
    fn a_list_is_joined_where_its_items_can_be_told_apart() {
        let cell = |items: &[Json]| written(&list(items));

        assert_eq!(cell(&[json!("a"), json!("b c")]), "a;b c");
        assert_eq!(cell(&[json!("a;b"), json!("c")]), r#"["a;b","c"]"#);
        assert_eq!(cell(&[json!("[a]")]), r#"["[a]"]"#);
        assert_eq!(cell(&[json!("a\nb"), json!("c")]), r#"["a\nb","c"]"#);
        assert_eq!(cell(&[json!({"a": 1})]), r#"[{"a":1}]"#);
        assert_eq!(cell(&[]), "");
    }
}
