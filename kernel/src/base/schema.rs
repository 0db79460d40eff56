//! JSON schemas of kinds, made of their declarations: what OpenAPI publishes and inputs are held against.

mod inputs;
mod moves;
mod parts;

use std::fmt::Display;

use model::{Lifecycle, Vocabulary, VocabularyDef, Write, access};
use serde_json::{Map, Value as Json, json};
use utoipa::{PartialSchema, ToSchema};

pub use inputs::{StandardInput, new, owner_text, patch, standard_inputs, takes_owner};
pub use moves::{
    PAPER, RECORDED, capital, move_input, move_input_name, must_give, reason_text, recorded_input,
    takes_paper, takes_reason,
};

use crate::{
    policy::Verb,
    record::{KindDef, Registry},
    scalar::{Criterion, MappedColumn, MappedValue, Money, Ref, Reference, Score},
    scalar::{SharedWith, SharedWithInput, Subject, SubjectRecord},
};

/// What is said of a text with too few characters, and with how many, where that may be said.
pub(crate) fn too_short(least: impl Display, given: &str) -> String {
    format!("at least {}{given}; spaces at the ends and invisible characters do not count", characters(least))
}

/// What is said of a text with too many characters.
pub(crate) fn too_long(most: impl Display) -> String {
    format!("at most {}", characters(most))
}

/// So many characters, in words.
fn characters(count: impl Display) -> String {
    let count = count.to_string();
    if count == "1" { "1 character".to_owned() } else { format!("{count} characters") }
}

/// A schema that stands under `components`.
fn link(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A schema with members put in.
fn with(mut schema: Json, members: Json) -> Json {
    if let (Some(all), Json::Object(more)) = (schema.as_object_mut(), members) {
        all.extend(more);
    }
    schema
}

/// A schema that null meets too.
fn or_null(schema: Json) -> Json {
    if schema.get("$ref").is_some() {
        return json!({ "oneOf": [schema, { "type": "null" }] });
    }
    let types = json!([schema.get("type"), "null"]);
    with(schema, json!({ "type": types }))
}

fn object(description: &str, properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut made =
        json!({ "description": description, "properties": Json::Object(properties), "type": "object" });
    if !required.is_empty() {
        made = with(made, json!({ "required": required }));
    }
    made
}

/// An object that refuses members it does not know.
fn closed(description: &str, properties: Map<String, Json>, required: &[&str]) -> Json {
    with(object(description, properties, required), json!({ "additionalProperties": false }))
}

/// What callers see of a record.
#[must_use]
pub fn record(def: &KindDef) -> Json {
    let properties = def.parts.iter().map(|part| (part.name.to_owned(), parts::part(def, part))).collect();
    let required: Vec<_> = def.parts.iter().filter(|part| part.is_always && part.is_required).collect();
    let required: Vec<&str> = required.iter().map(|part| part.name).collect();
    object(def.declared.doc, properties, &required)
}

/// A page of a list of records.
#[must_use]
pub fn page(of: &str) -> Json {
    let properties = json!({ "items": { "items": link(of), "type": "array" }, "page": link("PageInfo") });
    json!({ "description": "A page of a list.", "properties": properties, "required": ["items", "page"], "type": "object" })
}

/// A closed list.
#[must_use]
pub fn vocabulary(list: &VocabularyDef) -> Json {
    let codes: Vec<&str> = list.terms.iter().map(|term| term.code).collect();
    json!({ "description": list.doc, "enum": codes, "type": "string" })
}

/// The names of verbs: those every kind may know, then those of the lifecycles.
#[must_use]
pub fn verbs(kinds: &Registry) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = Verb::COMMON.iter().map(|(verb, doc)| (verb.name(), (*doc).to_owned())).collect();
    let cycles = kinds.all().iter().filter_map(|def| def.lifecycle);
    for step in cycles.flat_map(|cycle: &Lifecycle| cycle.moves) {
        match all.iter_mut().find(|(name, _)| *name == step.name) {
            Some((_, doc)) if doc.contains(step.doc) => {}
            Some((_, doc)) => *doc = format!("{doc} {}", step.doc),
            None => all.push((step.name, step.doc.to_owned())),
        }
    }
    all
}

/// The closed lists that records and their inputs hold, each once.
#[must_use]
pub fn vocabularies(kinds: &Registry) -> Vec<&'static VocabularyDef> {
    let own = kinds.served().flat_map(|def| def.declared.fields);
    let own = own.filter(|field| field.is_shown()).filter_map(|field| field.shape.vocabulary());
    let mut all = vec![access::Visibility::DEF, access::Handling::DEF];
    for list in own {
        if all.iter().all(|one| one.name != list.name) {
            all.push(list);
        }
    }
    all
}

/// Every schema that the operations of kinds refer to, by name.
#[must_use]
pub fn components(kinds: &Registry) -> Map<String, Json> {
    let mut all = shared();
    all.extend(vocabularies(kinds).into_iter().map(|list| (list.name.to_owned(), vocabulary(list))));
    let names: Vec<&str> = verbs(kinds).into_iter().map(|(name, _)| name).collect();
    let verb = json!({ "description": "What somebody may want to do to a record.", "enum": names, "type": "string" });
    all.insert("Verb".into(), verb);
    all.insert("MoveState".into(), moves::state());
    for def in kinds.served() {
        let name = def.declared.type_name;
        all.insert(name.into(), record(def));
        if def.declared.takes(Write::Create) {
            all.insert(format!("New{name}"), new(def.declared));
        }
        if def.declared.takes(Write::Update) {
            all.insert(format!("{name}Patch"), patch(def.declared));
        }
        all.insert(format!("{name}Page"), page(name));
        if let Some(cycle) = def.lifecycle {
            all.extend(cycle.moves.iter().map(|step| (move_input_name(def, step), move_input(def, step))));
            if cycle.is_recorded {
                all.insert("RecordedInput".into(), recorded_input());
            }
        }
    }
    all
}

/// What names a record of any kind: text of both contracts.
pub const REFERENCE: &str =
    "Its id, its code within the same owner, or `external_key:<source system>:<key>`.";

/// Schemas that the inputs of kinds refer to.
pub(crate) fn shared() -> Map<String, Json> {
    fn put<T: ToSchema + PartialSchema>(to: &mut Map<String, Json>) {
        to.insert(T::name().into_owned(), serde_json::to_value(T::schema()).unwrap_or_default());
    }
    let mut all = Map::new();
    put::<Ref>(&mut all);
    put::<Reference>(&mut all);
    put::<Money>(&mut all);
    put::<SharedWith>(&mut all);
    put::<SharedWithInput>(&mut all);
    put::<SubjectRecord>(&mut all);
    put::<Subject>(&mut all);
    put::<Criterion>(&mut all);
    put::<Score>(&mut all);
    put::<MappedColumn>(&mut all);
    put::<MappedValue>(&mut all);
    let id = json!({ "description": "Its id.", "format": "uuid", "type": "string" });
    let kind =
        json!({ "description": "Kind of the record.", "maxLength": 50, "minLength": 1, "type": "string" });
    let shown = Map::from_iter([("id".to_owned(), id), ("kind".to_owned(), kind.clone())]);
    all.insert("Origin".into(), closed("A record, by its kind and id.", shown, &["kind", "id"]));
    let reference = json!({ "description": REFERENCE, "maxLength": 400, "minLength": 1, "type": "string" });
    let taken = Map::from_iter([("id".to_owned(), reference), ("kind".to_owned(), kind)]);
    let text = "A record, by its kind and what names it.";
    all.insert("OriginInput".into(), closed(text, taken, &["kind", "id"]));
    all
}
