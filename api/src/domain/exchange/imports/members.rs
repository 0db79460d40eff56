//! Rows that are objects, in the form in which lists answer records or in that of inputs.

use kernel::KindDef;
use model::{FieldDef, Shape};
use serde_json::{Map, Value as Json};

use super::{
    Nulls,
    columns::{is_member, is_told},
    entry::{Draft, Entry},
    kinds::says_kind,
    original::of_json,
    shown,
    spool::Table,
};
use crate::domain::exchange::columns::CLEAR;

/// Reads a row that is an object. Members that nobody writes are left alone, and so are texts that it shows in translation; their
/// names are told to the table.
pub(super) fn of_members(
    def: &KindDef,
    (members, nulls): (Map<String, Json>, Nulls),
    place: (u32, u64),
    table: &mut Table,
) -> Entry {
    let mut draft = Draft::default();
    let translated = shown::texts(def, &members);
    for (name, given) in members {
        match name.as_str() {
            _ if translated.contains(&name.as_str()) => table.tell(&name),
            "can" | "languages" => {}
            _ if name.starts_with("x_") => {}
            "id" | "version" => draft.address(def, &name, said(def, &name, given, nulls).unwrap_or_default()),
            _ if says_kind(def, &name) => draft.address(def, &name, given),
            _ if is_member(def, &name) => draft.member(def, (name, given), nulls),
            _ if is_told(def, &name) => table.tell(&name),
            _ => drop(draft.fields.insert(name, given)),
        }
    }
    draft.entry(def, place)
}

impl Draft {
    /// Takes in a member of the record, with what the file has there where that is understood otherwise.
    fn member(&mut self, def: &KindDef, (name, given): (String, Json), nulls: Nulls) {
        let may_change = matches!(given, Json::Array(_) | Json::Object(_)) || is_clear(&given);
        let before = may_change.then(|| given.clone());
        let Some(value) = said(def, &name, given, nulls) else { return };
        if let Some(before) = before.filter(|before| *before != value) {
            self.original.keep(&name, of_json(&before));
        }
        self.fields.insert(name, value);
    }
}

/// Whether a value says that there shall be none.
pub(super) fn is_clear(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.trim() == CLEAR)
}

/// What a member says; nothing where null does.
fn said(def: &KindDef, name: &str, value: Json, nulls: Nulls) -> Option<Json> {
    match value {
        value if is_clear(&value) => Some(Json::Null),
        Json::Null => (nulls == Nulls::Clear).then_some(Json::Null),
        value if name == "translations" => Some(translated(def, value, nulls)),
        value => Some(as_input(def, name, value)),
    }
}

/// Translations, where `!clear` removes a text or a language; null does where it empties fields.
pub(super) fn translated(def: &KindDef, value: Json, nulls: Nulls) -> Json {
    let Json::Object(languages) = value else { return value };
    let none = || {
        let texts = def.columns.iter().filter(|column| column.is_text);
        texts.map(|column| (column.field.to_owned(), Json::Null)).collect()
    };
    let text = |(name, text): (String, Json)| said(def, &name, text, nulls).map(|text| (name, text));
    let texts = |(tag, texts): (String, Json)| match texts {
        texts if is_clear(&texts) => Some((tag, none())),
        Json::Null => (nulls == Nulls::Clear).then(|| (tag, none())),
        Json::Object(texts) => Some((tag, texts.into_iter().filter_map(text).collect())),
        other => Some((tag, other)),
    };
    languages.into_iter().filter_map(texts).collect()
}

/// A value in the form of inputs: a reference that is answered as an object is given by its id, and a small object is emptied as
/// a whole.
fn as_input(def: &KindDef, name: &str, value: Json) -> Json {
    if name == "shared_with" {
        return match value {
            Json::Object(lists) => lists.into_iter().map(|(list, of)| (list, ids(of))).collect(),
            other => other,
        };
    }
    match def.declared.field(name).map(|field: &FieldDef| field.shape) {
        Some(Shape::Ref(_)) => id_of(value),
        Some(Shape::Refs(_)) => ids(value),
        Some(Shape::AnyRef | Shape::Money) if is_emptied(&value) => Json::Null,
        Some(Shape::AnyRef) => match value {
            Json::Object(members) => {
                members.into_iter().filter(|(part, _)| part == "kind" || part == "id").collect()
            }
            other => other,
        },
        _ => value,
    }
}

/// Whether every part of an object says that there shall be none.
fn is_emptied(value: &Json) -> bool {
    value.as_object().is_some_and(|parts| !parts.is_empty() && parts.values().all(is_clear))
}

fn id_of(value: Json) -> Json {
    value.get("id").cloned().unwrap_or(value)
}

fn ids(value: Json) -> Json {
    match value {
        Json::Array(items) => items.into_iter().map(id_of).collect(),
        other => other,
    }
}
