//! What a file has in a place, as it stands there.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::SecondsFormat;
use kernel::input::unescape;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tabular::Cell;

use super::fault;

/// Characters of a value that are told.
const LONGEST: usize = 200;

/// How fields of a row are written in the file, by field, where what was read of them does not show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Original(BTreeMap<String, String>);

impl Original {
    /// Whether what was read shows everything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps how a field is written.
    pub(super) fn keep(&mut self, field: &str, text: String) {
        self.0.entry(field.to_owned()).or_insert(text);
    }

    /// Keeps the text of a cell, where what was read of it does not show it.
    pub(super) fn keep_cell(&mut self, field: &str, cell: &Cell, read: &Json) {
        let text = text(cell);
        let is_shown = match read {
            Json::String(read) => *read == text,
            Json::Null => text.is_empty(),
            other => of_cell(other) == text,
        };
        if !is_shown {
            self.keep(field, text.into_owned());
        }
    }

    /// What stands where a pointer into the record leads; `columns` are those of the table by field and name, none where rows are
    /// objects.
    pub(super) fn at(
        &self,
        pointer: &str,
        fields: &Map<String, Json>,
        columns: &[(String, String)],
    ) -> Option<String> {
        let field = fault::field(pointer, columns)?;
        let own = match field.split_once('@') {
            Some((text, tag)) => format!("/translations/{tag}/{text}"),
            None => format!("/{}", field.replace('.', "/")),
        };
        // Of a small object the part that a column holds.
        let is_above = own.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'));
        let pointer = if is_above { own.as_str() } else { pointer };
        let (member, within) = split(pointer)?;
        let read = fields.get(&member).and_then(|value| value.pointer(within));
        let shown = || match read? {
            Json::Null => None,
            value if columns.is_empty() => Some(of_json(value)),
            value => Some(of_cell(value)),
        };
        match (pointer.strip_prefix(&own), self.0.get(&field)) {
            (Some(""), Some(text)) => Some(text.clone()),
            (Some(rest), Some(text)) => part(text, rest, fields.get(&member)).or_else(shown),
            _ => shown(),
        }
    }
}

/// A text as it is told, cut where it is long; nothing of an empty one.
pub(super) fn told(text: &str) -> Option<String> {
    let mut told: String = text.chars().take(LONGEST).collect();
    if told.len() < text.len() {
        told.push('…');
    }
    Some(told).filter(|told| !told.is_empty())
}

/// The text of a cell.
pub(super) fn text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty | Cell::Bad(_) => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => decimal(*number).into(),
        Cell::Bool(truth) => truth.to_string().into(),
        Cell::Day(day) => day.to_string().into(),
        Cell::Time(time) => time.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true).into(),
    }
}

/// The texts of the cells of a row.
pub(super) fn line(cells: &[Cell]) -> String {
    cells.iter().map(text).collect::<Vec<_>>().join(",")
}

/// A number as people write it: whole ones without a point.
fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// A value of JSON: a text by itself, anything else as compact JSON.
pub(super) fn of_json(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What was read of a cell as it is written there: the texts of a list with `;` between them.
fn of_cell(value: &Json) -> String {
    let texts = value.as_array().and_then(|all| all.iter().map(Json::as_str).collect::<Option<Vec<_>>>());
    texts.map_or_else(|| of_json(value), |texts| texts.join(";"))
}

/// The member that a pointer begins with, and how it goes on from there; none for the record as a whole.
fn split(pointer: &str) -> Option<(String, &str)> {
    let inner = pointer.strip_prefix('/')?;
    let (member, rest) = inner.split_at_checked(inner.find('/').unwrap_or(inner.len()))?;
    Some((unescape(member), rest))
}

/// The part of a text to which the rest of a pointer leads: of JSON a value, of a list the item that was read as this one.
fn part(text: &str, rest: &str, read: Option<&Json>) -> Option<String> {
    if let Ok(json @ (Json::Array(_) | Json::Object(_))) = serde_json::from_str::<Json>(text) {
        return json.pointer(rest).map(of_json);
    }
    let at: usize = rest.strip_prefix('/')?.parse().ok()?;
    let count = read?.as_array()?.len();
    let items = |signs: &[char]| -> Vec<String> {
        text.split(signs).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    let fitting = [items(&[';', '\n']), items(&[','])].into_iter().find(|items| items.len() == count)?;
    fitting.into_iter().nth(at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_in_a_place_is_told_as_the_file_has_it() {
        let names = ["due_on", "contributing_agencies", "title@ru", "cost.amount", "scores"];
        let columns = names.map(|name| (name.to_owned(), name.to_uppercase()));
        let read = json!({
            "due_on": "2027-01-31", "contributing_agencies": ["MES", "NOPE"], "translations": {"ru": {"title": "Учение"}},
            "cost": {"amount": "12.50"}, "scores": [{"score": 900}],
        });
        let fields = read.as_object().cloned().unwrap_or_default();
        let mut original = Original::default();
        let mut keep = |field: &str, text: &str, pointer: &str| {
            let read = read.pointer(pointer).unwrap_or(&Json::Null);
            original.keep_cell(field, &Cell::Text(text.to_owned()), read);
        };
        keep("due_on", "31.01.2027", "/due_on");
        keep("contributing_agencies", "МЧС; NOPE", "/contributing_agencies");
        keep("title@ru", "Учение", "/translations/ru/title");
        keep("cost.amount", "12,50", "/cost/amount");
        keep("scores", r#"[{"score": 900}]"#, "/scores");
        let at = |pointer: &str| original.at(pointer, &fields, &columns);

        assert_eq!(at("/due_on").as_deref(), Some("31.01.2027"));
        assert_eq!(at("/contributing_agencies").as_deref(), Some("МЧС; NOPE"));
        assert_eq!(at("/contributing_agencies/1").as_deref(), Some("NOPE"));
        assert_eq!(at("/contributing_agencies/0").as_deref(), Some("МЧС"));
        assert_eq!(at("/translations/ru/title").as_deref(), Some("Учение"));
        assert_eq!(at("/cost/amount").as_deref(), Some("12,50"));
        assert_eq!(at("/cost").as_deref(), Some("12,50"));
        assert_eq!(at("/scores/0/score").as_deref(), Some("900"));
        assert_eq!((at("/title"), at("")), (None, None));
    }

    #[test]
    fn json_is_told_as_it_is() {
        let read = json!({"title": "и\u{306}", "progress_percent": 700, "contributing_agencies": ["MES"], "cost": {"amount": 5}});
        let fields = read.as_object().cloned().unwrap_or_default();
        let mut original = Original::default();
        original.keep("lead_agency", r#"{"id":"x","code":"MES"}"#.to_owned());
        let at = |pointer: &str| original.at(pointer, &fields, &[]);

        assert_eq!(at("/title").as_deref(), Some("и\u{306}"));
        assert_eq!(at("/progress_percent").as_deref(), Some("700"));
        assert_eq!(at("/contributing_agencies").as_deref(), Some(r#"["MES"]"#));
        assert_eq!(at("/contributing_agencies/0").as_deref(), Some("MES"));
        assert_eq!(at("/cost").as_deref(), Some(r#"{"amount":5}"#));
        assert_eq!(at("/lead_agency").as_deref(), Some(r#"{"id":"x","code":"MES"}"#));
        assert_eq!(told(&"я".repeat(300)).map(|told| told.chars().count()), Some(201));
        assert_eq!(told(""), None);
    }
}
