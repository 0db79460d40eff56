//! Cells as the JSON the published schema judges.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json};
use tabular::Cell;

use super::original::text;
use crate::domain::exchange::columns::{CLEAR, unguarded};

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As they stand.
    Text,
    /// As whole numbers.
    Number,
    /// `true` or `false`.
    Bool,
    /// Items separated by `;`, or a JSON array.
    List,
    /// A JSON object.
    Json,
    /// An instant; a day is its midnight in UTC.
    Instant,
}

/// Reads a cell; an empty one says nothing, and null is said by [`CLEAR`].
///
/// What does not have the form stays text, and the schema says what is wrong with it.
pub(super) fn read(form: Form, cell: &Cell) -> Option<Json> {
    match cell {
        Cell::Text(text) if text.trim() == CLEAR => Some(Json::Null),
        Cell::Text(text) => json(form, unguarded(text)),
        other => json(form, &text(other)),
    }
}

/// Reads a text; an empty one says nothing.
fn json(form: Form, cell: &str) -> Option<Json> {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return None;
    }
    let parsed = match form {
        Form::Text => None,
        // What programs of statistics write where there is no number.
        Form::Number if trimmed.eq_ignore_ascii_case("nan") => return None,
        Form::Number => whole(trimmed).map(Json::from),
        Form::Bool => match trimmed.to_ascii_lowercase().as_str() {
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            _ => None,
        },
        Form::List => Some(list(trimmed)),
        Form::Json => serde_json::from_str(trimmed).ok(),
        Form::Instant => trimmed.parse::<NaiveDate>().ok().map(|day| format!("{day}T00:00:00Z").into()),
    };
    Some(parsed.unwrap_or_else(|| Json::String(cell.to_owned())))
}

/// A whole number, however it is written: `10`, `10.0`, `10.00`; `10.000` may be ten thousand.
fn whole(text: &str) -> Option<i64> {
    let of_parts = || {
        let (whole, rest) = text.split_once('.')?;
        matches!(rest, "0" | "00").then(|| whole.parse().ok())?
    };
    text.parse().ok().or_else(of_parts)
}

fn list(cell: &str) -> Json {
    if let Ok(Json::Array(items)) = serde_json::from_str(cell) {
        return Json::Array(items);
    }
    let items = cell.split([';', '\n']).map(str::trim).filter(|item| !item.is_empty());
    Json::Array(items.map(|item| Json::String(item.to_owned())).collect())
}

/// Puts a value where its path leads, making the objects on the way.
pub(super) fn put(fields: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [last] => {
            fields.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = fields.entry(first.clone()).or_insert_with(|| Json::Object(Map::new()));
            if inner.is_null() {
                *inner = Json::Object(Map::new());
            }
            if let Json::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_become_json() {
        let read = |form, cell| json(form, cell);

        assert_eq!(read(Form::Text, " as it stands "), Some(json!(" as it stands ")));
        assert_eq!(read(Form::Number, " 12 "), Some(json!(12)));
        assert_eq!(read(Form::Number, "twelve"), Some(json!("twelve")));
        assert_eq!(read(Form::Bool, "TRUE"), Some(json!(true)));
        assert_eq!(read(Form::Bool, "yes"), Some(json!("yes")));
        assert_eq!(read(Form::List, "MES; MOH;"), Some(json!(["MES", "MOH"])));
        assert_eq!(read(Form::List, r#"["a;b"]"#), Some(json!(["a;b"])));
        assert_eq!(read(Form::Json, r#"{"ru": null}"#), Some(json!({"ru": null})));
        assert_eq!(read(Form::Json, "oops"), Some(json!("oops")));
        assert_eq!(read(Form::Instant, " 2027-03-31 "), Some(json!("2027-03-31T00:00:00Z")));
        assert_eq!(read(Form::Instant, "2027-03-31T09:00:00Z"), Some(json!("2027-03-31T09:00:00Z")));
        assert_eq!(read(Form::Instant, "soon"), Some(json!("soon")));
        assert_eq!(read(Form::Number, "  "), None);
        assert_eq!(read(Form::Number, "10.0"), Some(json!(10)));
        assert_eq!(read(Form::Number, "10.00"), Some(json!(10)));
        assert_eq!(read(Form::Number, "2.000"), Some(json!("2.000")));
        assert_eq!(read(Form::Number, "10.5"), Some(json!("10.5")));
        assert_eq!(read(Form::Number, "NaN"), None);
    }

    #[test]
    fn typed_cells_become_json() {
        let day = chrono::NaiveDate::from_ymd_opt(2027, 3, 31).unwrap();

        assert_eq!(read(Form::Text, &Cell::Number(10.0)), Some(json!("10")));
        assert_eq!(read(Form::Text, &Cell::Number(0.5)), Some(json!("0.5")));
        assert_eq!(read(Form::Text, &Cell::Day(day)), Some(json!("2027-03-31")));
        assert_eq!(read(Form::Bool, &Cell::Bool(true)), Some(json!(true)));
        assert_eq!(read(Form::Instant, &Cell::Day(day)), Some(json!("2027-03-31T00:00:00Z")));
        assert_eq!(read(Form::Text, &Cell::Text("!clear".into())), Some(Json::Null));
        assert_eq!(read(Form::Text, &Cell::Text("'!clear".into())), Some(json!("!clear")));
        assert_eq!(read(Form::List, &Cell::Text("'!clear".into())), Some(json!(["!clear"])));
        assert_eq!(read(Form::Text, &Cell::Text("'=1+1".into())), Some(json!("=1+1")));
        assert_eq!(read(Form::Text, &Cell::Text("'tis".into())), Some(json!("'tis")));
        assert_eq!(read(Form::Text, &Cell::Text("''quoted''".into())), Some(json!("''quoted''")));
        assert_eq!(read(Form::Text, &Cell::Empty), None);
    }

    #[test]
    fn paths_make_objects() {
        let mut fields = Map::new();
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();

        put(&mut fields, &path("title"), json!("Drill"));
        put(&mut fields, &path("translations.ru.title"), json!("Учение"));
        put(&mut fields, &path("translations.ky.title"), json!("Машыгуу"));

        assert_eq!(
            Json::Object(fields),
            json!({
                "title": "Drill",
                "translations": {"ru": {"title": "Учение"}, "ky": {"title": "Машыгуу"}}
            })
        );
    }
}
