//! Fields of an input, set on the row one by one.

use std::collections::BTreeSet;

use model::{Column, FieldDef, declaration::standard};
use sea_orm::Value;
use serde_json::{Value as Json, json};

use super::{
    item::{Item, Operation},
    references::{Found, is_looked_up},
};
use crate::{
    error::Code,
    input::cut,
    record::{AnyLink, Column as RowColumn, KindDef, Link},
    row::{Row, parse, sorted},
    scalar::Money,
    schema,
    shared_sets::Members,
    spelling,
};

/// Columns that callers never write.
pub(super) const OURS: &[&str] = &[
    "id",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "shared_set_id",
    "release_set_id",
];

/// Sets what an item gives, collecting references that lead nowhere.
pub(super) fn fill(def: &'static KindDef, item: &mut Item, found: &Found) {
    let fields = std::mem::take(&mut item.fields);
    let owner = fields.get("owner").and_then(Json::as_str).or_else(|| item.before.as_ref().map(Row::owner));
    let mut owner = owner.or(def.fixed_owner).map(str::to_owned);
    // The parent comes first: codes of the other references count within its owner.
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort_by_key(|name| !def.parent.iter().any(|parent| parent.field == name.as_str()));
    for name in names {
        let Some(value) = fields.get(name) else { continue };
        if let Some(parent_owner) = set_field(def, item, found, name, value, owner.as_deref()) {
            owner.get_or_insert(parent_owner);
        }
    }
    item.fields = fields;
}

/// Sets one field; answers the owner of the record it refers to, if it refers to one.
fn set_field(
    def: &'static KindDef,
    item: &mut Item,
    found: &Found,
    name: &str,
    value: &Json,
    owner: Option<&str>,
) -> Option<String> {
    if item.operation == Operation::Create && value.is_null() {
        return None;
    }
    if item.operation == Operation::Upsert
        && item.before.is_some()
        && !def.schemas.patch.members().iter().any(|m| m == name)
    {
        keep_settled(def, item, found, name, value, owner);
        return None;
    }
    let any = def.any.iter().find(|link| link.field == name);
    if let Some(link) = any.filter(|link| is_looked_up(link, value)) {
        return set_any(item, found, link, value, owner);
    }
    if let Some(link) = def.link(name) {
        set_link(item, found, link, value, owner);
        return None;
    }
    match name {
        "translations" => merge_translations(def, item, value),
        "shared_with" => set_shared(item, found, value, owner),
        _ => {}
    }
    let Some(column) =
        def.field(name).filter(|column| item.operation == Operation::Move || !OURS.contains(&column.name))
    else {
        set_parts(def, item, name, value);
        return None;
    };
    if name == "translations" {
        return None;
    }
    if let (Some(target), false) = (column.target, value.is_null()) {
        let Some(row) = found.target(target, value, (owner, column.is_of_any_owner)) else {
            found.missing(item, &format!("/{name}"), (target, value), owner);
            return None;
        };
        item.after.set(column.name, row.id());
        if def.declared.named == Some(name) {
            item.after.set(standard::NAMED, row.text("code").map(str::to_owned));
        }
        return Some(row.owner().to_owned());
    }
    match parse(column.ty, value) {
        Some(parsed) if column.nullable || !value.is_null() => item.after.set(column.name, parsed),
        Some(_) if item.is_new() => {}
        // What null means when a record is made by its key, it means when it is written again.
        Some(_) => match default_of(def, name, column.ty).filter(|_| item.operation == Operation::Upsert) {
            Some(value) => item.after.set(column.name, value),
            None => item.fault(&format!("/{name}"), Code::Required, format!("`{name}` cannot be empty")),
        },
        None => item.fault(
            &format!("/{name}"),
            Code::OutOfRange,
            format!("{} is outside the range of `{name}`", cut(value)),
        ),
    }
    None
}

/// The value of a field that a creation does not give; an empty list is one.
pub(super) fn default_of(def: &KindDef, name: &str, ty: Column) -> Option<Value> {
    if let Some(value) = def.schemas.new.defaults().get(name).filter(|value| !value.is_null()) {
        return parse(ty, value);
    }
    let is_list = def.declared.field(name).is_some_and(|field| field.shape.is_list());
    is_list.then(|| parse(ty, &json!([])))?
}

/// A field that only a creation takes stays what it was.
fn keep_settled(
    def: &'static KindDef,
    item: &mut Item,
    found: &Found,
    name: &str,
    value: &Json,
    owner: Option<&str>,
) {
    if let Some(link) = def.any.iter().find(|link| link.is_checked && link.field == name) {
        let row = found.of_any_kind(link, value, owner);
        if row.map(Row::id) != item.after.uuid(link.id) {
            item.fault(&format!("/{name}"), Code::RuleBroken, is_settled(name));
        }
        return;
    }
    let Some(column) = def.field(name) else { return };
    if def.lifecycle.is_some_and(|cycle| cycle.state == name) {
        // States change by moves: the guard of the lifecycle makes those that lead there.
        item.wanted_state = value.as_str().map(str::to_owned);
        return;
    }
    let given = match column.target.filter(|_| !value.is_null()) {
        Some(target) => found.get(target, value, owner).map(|row| row.id().into()),
        None if value.is_null() && !column.nullable => default_of(def, name, column.ty),
        None => parse(column.ty, value),
    };
    if given.is_none_or(|given| given != *item.after.get(column.name)) {
        item.fault(&format!("/{name}"), Code::RuleBroken, is_settled(name));
    }
}

fn is_settled(name: &str) -> String {
    format!("`{name}` is settled when the record is made")
}

/// Sets a reference to a record of any kind that is looked up; answers whose it is.
fn set_any(
    item: &mut Item,
    found: &Found,
    link: &AnyLink,
    value: &Json,
    owner: Option<&str>,
) -> Option<String> {
    if value.is_null() {
        item.after.clear(link.kind);
        item.after.clear(link.id);
        return None;
    }
    let Some(row) = found.of_any_kind(link, value, owner) else {
        let kind = value.get("kind").and_then(Json::as_str).unwrap_or("record");
        let id = value.get("id").unwrap_or(&Json::Null);
        found.missing(item, &format!("/{}", link.field), (kind, id), owner);
        return None;
    };
    item.after.set(link.kind, row.def().name);
    item.after.set(link.id, row.id());
    Some(row.owner().to_owned())
}

fn set_link(item: &mut Item, found: &Found, link: &Link, value: &Json, owner: Option<&str>) {
    let values = || value.as_array().into_iter().flatten();
    let Some(target) = link.target else {
        let mut seen = BTreeSet::new();
        let codes = values().filter(|code| seen.insert(code.to_string())).cloned();
        item.after.set(link.column, Json::Array(codes.collect()));
        return;
    };
    let mut ids = Vec::new();
    for (at, value) in values().enumerate() {
        match found.target(target, value, (owner, link.is_of_any_owner)) {
            Some(row) if ids.contains(&row.id()) => {}
            Some(row) => ids.push(row.id()),
            None => found.missing(item, &format!("/{}/{at}", link.column), (target, value), owner),
        }
    }
    let stored = item.before.as_ref().map(|row| row.ids(link.column)).unwrap_or_default();
    item.after.set(link.column, json!(found.hidden.list(stored, ids)));
}

/// Spreads a small object over its columns: `origin {kind, id}`, `cost {amount, currency}`.
fn set_parts(def: &KindDef, item: &mut Item, name: &str, value: &Json) {
    let (minor, currency) = (format!("{name}_minor"), format!("{name}_currency"));
    if def.has(&minor) {
        match serde_json::from_value::<Option<Money>>(value.clone()) {
            Ok(None) => {
                item.after.clear(&minor);
                item.after.clear(&currency);
            }
            Ok(Some(money)) => match money.minor() {
                Some(units) => {
                    item.after.set(&minor, units);
                    item.after.set(&currency, money.currency);
                }
                None => item.fault(
                    &format!("/{name}/amount"),
                    Code::OutOfRange,
                    "more decimals than the currency has",
                ),
            },
            Err(_) => item.fault(&format!("/{name}"), Code::WrongType, "an amount and a currency"),
        }
        return;
    }
    for (column, part) in parts_of(def, name) {
        match parse(column.ty, value.get(part).unwrap_or(&Json::Null)) {
            Some(parsed) => item.after.set(column.name, parsed),
            None => item.fault(&format!("/{name}/{part}"), Code::WrongType, "the value has the wrong type"),
        }
    }
}

/// The columns over which a small object is spread, each with the name of its part.
pub(super) fn parts_of<'d>(def: &'d KindDef, name: &str) -> impl Iterator<Item = (&'d RowColumn, &'d str)> {
    let prefix = format!("{name}_");
    def.columns.iter().filter_map(move |column| Some((column, column.name.strip_prefix(&prefix)?)))
}

/// Translations are merged by language and field; null removes.
fn merge_translations(def: &KindDef, item: &mut Item, given: &Json) {
    let mut all = item.after.json("translations").and_then(Json::as_object).cloned().unwrap_or_default();
    if given.is_null() {
        all.clear();
    }
    for (tag, texts) in given.as_object().into_iter().flatten() {
        if spelling::tag(tag).as_ref() != Some(tag) {
            item.fault(
                &format!("/translations/{tag}"),
                Code::BadFormat,
                "a language tag (BCP 47), such as `ru` or `fr`",
            );
            continue;
        }
        let mut own = all.remove(tag).and_then(|own| own.as_object().cloned()).unwrap_or_default();
        if texts.is_null() {
            continue;
        }
        for (field, text) in texts.as_object().into_iter().flatten() {
            let at = format!("/translations/{tag}/{field}");
            let known = def.declared.fields.iter().find(|known| known.is_text && known.name == field);
            match (known, text) {
                (None, _) => item.fault(&at, Code::UnknownMember, "this field has no translations"),
                (_, Json::Null) => drop(own.remove(field)),
                (Some(known), Json::String(text)) => match out_of_bounds(known, text) {
                    Some((code, detail)) => item.fault(&at, code, detail),
                    None => drop(own.insert(field.clone(), Json::String(text.clone()))),
                },
                _ => item.fault(&at, Code::WrongType, "a translation is a text, or null to remove it"),
            }
        }
        if !own.is_empty() {
            all.insert(tag.clone(), Json::Object(own));
        }
    }
    item.after.set("translations", sorted(&Json::Object(all)));
}

/// What the bounds of a field say of a translation of it.
fn out_of_bounds(field: &FieldDef, text: &str) -> Option<(Code, String)> {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let (least, most) = (field.min.unwrap_or(1).max(1), field.max.unwrap_or(i64::MAX));
    match length {
        _ if length < least => Some((Code::TooShort, schema::too_short(least, ""))),
        _ if length > most => Some((Code::TooLong, schema::too_long(most))),
        _ => None,
    }
}

fn set_shared(item: &mut Item, found: &Found, given: &Json, owner: Option<&str>) {
    let mut members = Members::default();
    for (list, target) in [("agencies", "agency"), ("groups", "working_group")] {
        for (at, value) in given.get(list).and_then(Json::as_array).into_iter().flatten().enumerate() {
            match found.get(target, value, owner) {
                Some(row) if target == "agency" => drop(members.agencies.insert(row.id())),
                Some(row) => drop(members.groups.insert(row.id())),
                None => found.missing(item, &format!("/shared_with/{list}/{at}"), (target, value), owner),
            }
        }
    }
    found.hidden.set(item.before.as_ref(), &mut members);
    match members.id() {
        Some(id) => item.after.set("shared_set_id", id),
        None => item.after.clear("shared_set_id"),
    }
    item.shared = Some(members);
}
