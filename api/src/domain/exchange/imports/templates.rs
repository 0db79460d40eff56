//! Templates: empty files of a kind, with what each column takes.

use kernel::{KindDef, schema, view::Locale};
use model::{VocabularyDef, Write};
use serde_json::{Map, Value as Json, json};

use super::{
    aliases,
    cells::Form,
    columns::{self, Column, Role},
    notes,
    words::list_of,
};
use crate::domain::{
    KINDS,
    plans::document::words::{Label, Speech},
    vocabularies::list_name,
};

/// An empty file of a kind.
#[derive(Clone, Debug)]
pub struct Template {
    /// The kind.
    pub def: &'static KindDef,
    /// Its columns: those that address a record, then those of its fields.
    pub columns: Vec<TemplateColumn>,
}

/// A column of a template.
#[derive(Clone, Debug)]
pub struct TemplateColumn {
    /// Its name.
    pub name: String,
    /// What people call it in the language that is wanted; empty where that is not known.
    pub called: &'static str,
    /// What it holds, for people.
    pub text: String,
    /// How its cells are written, and whether a new record needs one, in the language that is wanted.
    pub notes: Vec<&'static str>,
    /// Whether a new record must have it.
    pub is_required: bool,
    /// What its cells are.
    pub holds: Takes,
    /// The codes it takes with their labels, where there is a closed list.
    pub codes: Vec<Label>,
    /// The bounds of its values, as JSON Schema writes them.
    pub bounds: Map<String, Json>,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A text, or a code.
    Text,
    /// A whole number.
    Whole,
    /// A decimal number.
    Decimal,
    /// `true` or `false`.
    Truth,
    /// A day.
    Day,
    /// An instant.
    Instant,
    /// Items parted by `;`.
    List,
    /// JSON.
    Json,
}

/// Bounds that JSON Schema and Table Schema both know.
const BOUNDS: [&str; 5] = ["minLength", "maxLength", "pattern", "minimum", "maximum"];

impl Template {
    /// The template of a kind, with labels in the language that is wanted; none where files write no such records.
    #[must_use]
    pub fn of(name: &str, locale: &Locale) -> Option<Self> {
        let def = KINDS.served_as(name)?;
        if !def.declared.takes(Write::Create) && !def.declared.takes(Write::Update) {
            return None;
        }
        let published = schema::new(def.declared);
        let speech = Speech::of(locale, &[]);
        let own = columns::all(def).into_iter().filter(|column| column.role == Role::Member);
        let own: Vec<TemplateColumn> =
            own.map(|column| template(def, &column, &published, &speech)).collect();
        if own.is_empty() {
            return None;
        }
        let address = |name: &str, text: &str, holds| TemplateColumn {
            name: name.into(),
            called: "",
            text: text.into(),
            notes: Vec::new(),
            is_required: false,
            holds,
            codes: Vec::new(),
            bounds: Map::new(),
        };
        let mut columns = vec![
            address("id", "Id of the record, where it is there already.", Takes::Text),
            address(
                "version",
                "Version that the record is expected to have; another one refuses the row.",
                Takes::Whole,
            ),
        ];
        columns.extend(own);
        Some(Self { def, columns })
    }

    /// The schema of a row as a JSON object (JSON Schema 2020-12).
    #[must_use]
    pub fn json_schema(&self) -> Json {
        let mut made = schema::new(self.def.declared);
        let all = schema::components(&KINDS);
        let mut defs = Map::new();
        gather(&made, &all, &mut defs);
        made = local(made);
        if let Some(members) = made.pointer_mut("/properties").and_then(Json::as_object_mut) {
            members.insert("id".into(), json!({ "type": ["string", "null"], "format": "uuid", "description": "Id of the record, where it is there already." }));
            members.insert("version".into(), json!({ "type": ["integer", "null"], "description": "Version that the record is expected to have." }));
        }
        if let Some(members) = made.as_object_mut() {
            members.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
            members.insert("title".into(), json!(self.def.collection));
            members.insert("patternProperties".into(), json!({ "^x_": {} }));
            let defs = defs.into_iter().map(|(name, schema)| (name, local(schema))).collect();
            members.insert("$defs".into(), Json::Object(defs));
        }
        made
    }

    /// The schema of a table (Frictionless Table Schema).
    #[must_use]
    pub fn table_schema(&self) -> Json {
        let fields: Vec<Json> = self.columns.iter().map(TemplateColumn::field).collect();
        json!({ "$schema": "https://datapackage.org/profiles/1.0/tableschema.json", "fields": fields, "missingValues": [""] })
    }
}

impl TemplateColumn {
    fn field(&self) -> Json {
        let ty = match self.holds {
            Takes::Text | Takes::List | Takes::Json => "string",
            Takes::Whole => "integer",
            Takes::Decimal => "number",
            Takes::Truth => "boolean",
            Takes::Day => "date",
            Takes::Instant => "datetime",
        };
        let mut bounds = self.bounds.clone();
        if self.holds == Takes::List {
            // They are those of each item.
            bounds.clear();
        } else if !self.codes.is_empty() {
            let codes: Vec<&str> = self.codes.iter().map(|label| label.code.as_str()).collect();
            bounds.insert("enum".into(), json!(codes));
        }
        if let Some(pattern) = bounds.get_mut("pattern")
            && let Some(found) = pattern.as_str().map(whole)
        {
            *pattern = found.into();
        }
        if self.is_required {
            bounds.insert("required".into(), json!(true));
        }
        json!({ "name": self.name, "type": ty, "description": self.text, "constraints": bounds })
    }
}

fn template(def: &KindDef, column: &Column, published: &Json, speech: &Speech) -> TemplateColumn {
    let (member, part) = column.field.split_once('.').unwrap_or((&column.field, ""));
    let own = published.pointer(&format!("/properties/{member}")).cloned().unwrap_or_default();
    let required = published.get("required").and_then(Json::as_array);
    let is_required = part.is_empty() && required.is_some_and(|all| all.iter().any(|name| name == member));
    let shown = def.parts.iter().find(|shown| shown.name == member).map(|shown| shown.text);
    let text = own.get("description").and_then(Json::as_str).or(shown).unwrap_or_default().to_owned();
    let list = if part.is_empty() { list_of(def, member).or_else(|| circle(member)) } else { None };
    let codes = list.map(|list| labels(list, speech)).unwrap_or_default();
    let bounds = if part.is_empty() { bounds(&own) } else { Map::new() };
    let holds = takes(column, &own, part);
    TemplateColumn {
        name: column.field.clone(),
        called: aliases::called(&column.field, speech),
        text,
        notes: notes::of(holds, is_required, speech),
        is_required,
        holds,
        codes,
        bounds,
    }
}

/// The closed lists of the fields that every kind has.
fn circle(member: &str) -> Option<&'static VocabularyDef> {
    use model::{Vocabulary, access};
    match member {
        "visibility" => Some(access::Visibility::DEF),
        "handling" => Some(access::Handling::DEF),
        _ => None,
    }
}

fn labels(list: &'static VocabularyDef, speech: &Speech) -> Vec<Label> {
    let name = list_name(list);
    list.terms.iter().map(|term| speech.label(&name, term.code)).collect()
}

fn takes(column: &Column, own: &Json, part: &str) -> Takes {
    match column.form {
        Form::Number => Takes::Whole,
        Form::Bool => Takes::Truth,
        Form::List => Takes::List,
        Form::Json => Takes::Json,
        Form::Instant => Takes::Instant,
        Form::Text if part == "amount" => Takes::Decimal,
        Form::Text if own.get("format").and_then(Json::as_str) == Some("date") => Takes::Day,
        Form::Text => Takes::Text,
    }
}

fn bounds(own: &Json) -> Map<String, Json> {
    let known = BOUNDS.iter().filter_map(|name| Some(((*name).to_owned(), own.get(*name)?.clone())));
    known.collect()
}

/// A pattern that is found in a text, as one that is held against the whole of it: JSON Schema has the former, Table
/// Schema the latter.
fn whole(pattern: &str) -> String {
    let begun = if pattern.starts_with('^') { "" } else { "^.*" };
    let ended = if pattern.ends_with('$') { "" } else { ".*$" };
    format!("{begun}{pattern}{ended}")
}

/// Where schemas stand in the contract.
const PLACE: &str = "#/components/schemas/";

/// Gathers the schemas that another one refers to.
fn gather(schema: &Json, all: &Map<String, Json>, found: &mut Map<String, Json>) {
    match schema {
        Json::Object(members) => {
            let name = members.get("$ref").and_then(Json::as_str).and_then(|link| link.strip_prefix(PLACE));
            if let Some(name) = name
                && !found.contains_key(name)
                && let Some(named) = all.get(name)
            {
                found.insert(name.to_owned(), named.clone());
                gather(named, all, found);
            }
            members.values().for_each(|value| gather(value, all, found));
        }
        Json::Array(items) => items.iter().for_each(|item| gather(item, all, found)),
        _ => {}
    }
}

/// A schema whose references lead to `$defs`.
fn local(schema: Json) -> Json {
    match schema {
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    match (name.as_str(), value.as_str().and_then(|link| link.strip_prefix(PLACE))) {
                        ("$ref", Some(of)) => (name, Json::String(format!("#/$defs/{of}"))),
                        _ => (name, local(value)),
                    }
                })
                .collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().map(local).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_written_has_a_template() {
        for def in KINDS.served().filter(|def| !def.schemas.new.members().is_empty()) {
            let Some(template) = Template::of(def.collection, &Locale::default()) else { continue };
            let schema = template.json_schema();
            let text = schema.to_string();

            assert!(jsonschema::validator_for(&schema).is_ok(), "{}", def.name);
            assert!(!text.contains(PLACE), "{}", def.name);
            for column in &template.columns {
                assert!(!column.text.is_empty(), "{}: {}", def.name, column.name);
            }
        }
    }

    #[test]
    fn patterns_of_tables_are_those_of_whole_texts() {
        assert_eq!(
            [whole("^https?://"), whole("^[A-Z]{3}$"), whole("x")],
            ["^https?://.*$", "^[A-Z]{3}$", "^.*x.*$"]
        );
        for def in KINDS.served() {
            let Some(template) = Template::of(def.collection, &Locale::default()) else { continue };
            let example: Json = serde_json::from_str(def.declared.example).unwrap();
            let table = template.table_schema();
            for field in table["fields"].as_array().unwrap() {
                let pattern = &field["constraints"]["pattern"];
                let given = &example[field["name"].as_str().unwrap()];
                let is_whole = |text: &str| text.starts_with('^') && text.ends_with('$');

                assert!(pattern.as_str().is_none_or(is_whole), "{}: {field}", def.name);
                let judge = jsonschema::validator_for(&json!({ "pattern": pattern.as_str().unwrap_or("") }));
                assert!(judge.unwrap().is_valid(given), "{}: {field}", def.name);
            }
        }
    }

    #[test]
    fn a_template_says_what_columns_take() {
        let template = Template::of("tasks", &Locale::default()).unwrap();
        let column = |name: &str| template.columns.iter().find(|column| column.name == name).unwrap();

        assert!(column("title").is_required && !column("due_on").is_required);
        assert_eq!(column("due_on").holds, Takes::Day);
        assert_eq!(column("contributing_agencies").holds, Takes::List);
        assert!(column("status").codes.iter().any(|label| label.code == "done"));
        assert!(column("visibility").codes.iter().any(|label| label.code == "national"));
        assert_eq!(column("title").bounds["maxLength"], 500);
        let none = ["nonsense", "api-keys", "calendars"];
        assert!(none.iter().all(|name| Template::of(name, &Locale::default()).is_none()));
    }
}
