//! Cells as the JSON the published schema judges.

use serde_json::{Map, Value as Json};

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
}

/// Reads a cell; empty ones say nothing.
///
/// What does not have the form stays text, and the schema says what is wrong with it.
pub(super) fn json(form: Form, cell: &str) -> Option<Json> {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return None;
    }
    let parsed = match form {
        Form::Text => None,
        Form::Number => trimmed.parse::<i64>().ok().map(Json::from),
        Form::Bool => match trimmed.to_ascii_lowercase().as_str() {
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            _ => None,
        },
        Form::List => Some(list(trimmed)),
        Form::Json => serde_json::from_str(trimmed).ok(),
    };
    Some(parsed.unwrap_or_else(|| Json::String(cell.to_owned())))
}

fn list(cell: &str) -> Json {
    if let Ok(Json::Array(items)) = serde_json::from_str(cell) {
        return Json::Array(items);
    }
    let items = cell.split(';').map(str::trim).filter(|item| !item.is_empty());
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
        let read = |form, cell| super::json(form, cell);

        assert_eq!(read(Form::Text, " as it stands "), Some(json!(" as it stands ")));
        assert_eq!(read(Form::Number, " 12 "), Some(json!(12)));
        assert_eq!(read(Form::Number, "twelve"), Some(json!("twelve")));
        assert_eq!(read(Form::Bool, "TRUE"), Some(json!(true)));
        assert_eq!(read(Form::Bool, "yes"), Some(json!("yes")));
        assert_eq!(read(Form::List, "MES; MOH;"), Some(json!(["MES", "MOH"])));
        assert_eq!(read(Form::List, r#"["a;b"]"#), Some(json!(["a;b"])));
        assert_eq!(read(Form::Json, r#"{"ru": null}"#), Some(json!({"ru": null})));
        assert_eq!(read(Form::Json, "oops"), Some(json!("oops")));
        assert_eq!(read(Form::Number, "  "), None);
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
