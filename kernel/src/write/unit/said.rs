//! What callers say of records, held against the stored rows without making items of it.
//!
//! Most rows of a file that is sent again say nothing new. Those that plainly do not need no batch; of all others, and
//! where it is not plain, the batch finds out.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::Value;
use serde_json::{Map, Value as Json};

use super::{
    Unit,
    fields::{OURS, default_of, parts_of},
    references::{Found, Token, named},
};
use crate::{
    error::Result,
    policy::{is_inside, withheld},
    record::{AnyLink, Columns, KindDef, Link},
    row::{Row, is_null, parse},
    scalar::Money,
    store,
};

/// The columns of a record that show whether fields with these names say anything else.
#[must_use]
pub fn columns<'n>(def: &KindDef, names: impl IntoIterator<Item = &'n str>) -> Columns {
    names.into_iter().fold(Columns::NONE, |all, name| {
        let own = match (any(def, name), def.link(name), def.field(name)) {
            (Some(link), ..) => def.named(&[link.kind, link.id]),
            (_, Some(link), _) => def.named(&[link.column]),
            (.., Some(column)) => def.named(&[column.name]),
            _ => {
                let parts: Vec<&str> = parts_of(def, name).map(|(column, _)| column.name).collect();
                def.named(&parts)
            }
        };
        all.and(own)
    })
}

impl Unit {
    /// Which of these fields plainly say of a record what is stored, and shown to the caller; the rows hold [`columns`]
    /// of the fields, and the owner, at least.
    ///
    /// # Errors
    /// What the database says.
    pub async fn repeats(
        &self,
        def: &'static KindDef,
        said: &[(&Row, &Map<String, Json>)],
    ) -> Result<Vec<bool>> {
        let actor = &self.ctx.actor;
        let is_plain = !self.drafts(def) && !actor.judges(def);
        let is_shown = |row: &Row| {
            (actor.is_system() || is_inside(actor, def, row.owner())) && withheld(actor, row).is_empty()
        };
        let own = |(row, fields): &(&Row, &Map<String, Json>)| {
            let is_same = |(name, value): (&String, &Json)| refers(def, name) || holds(def, row, name, value);
            is_plain && is_shown(row) && fields.iter().all(is_same)
        };
        let mut same: Vec<bool> = said.iter().map(own).collect();
        let likely = said.iter().zip(&same).filter(|(_, same)| **same);
        let found = self.referred(def, likely.map(|((_, fields), _)| *fields)).await?;
        for ((row, fields), same) in said.iter().zip(&mut same).filter(|(_, same)| **same) {
            let mut links = fields.iter().filter(|(name, _)| refers(def, name));
            *same = links.all(|(name, value)| leads(def, row, (name, value), &found));
        }
        Ok(same)
    }

    /// The visible records that fields name.
    async fn referred<'f>(
        &self,
        def: &'static KindDef,
        all: impl Iterator<Item = &'f Map<String, Json>>,
    ) -> Result<Found> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<Token>> = BTreeMap::new();
        for fields in all {
            for (_, target, value) in named(self.ctx.kinds, def, fields) {
                wanted.entry(target).or_default().extend(Token::read(value));
            }
        }
        let mut found = Found::but(self.doomed.clone());
        for (kind, tokens) in wanted {
            let Some(target) = self.ctx.kinds.get(kind) else { continue };
            for some in tokens.into_iter().collect::<Vec<_>>().chunks(store::IDS) {
                for row in self.find(target, some).await? {
                    found.add(target, row);
                }
            }
        }
        Ok(found)
    }
}

/// The reference to a record of any kind that must be there.
fn any<'d>(def: &'d KindDef, name: &str) -> Option<&'d AnyLink> {
    def.any.iter().find(|link| link.is_checked && link.field == name)
}

/// Whether a field names other records.
fn refers(def: &KindDef, name: &str) -> bool {
    any(def, name).is_some()
        || match def.link(name) {
            Some(link) => link.target.is_some(),
            None => def.field(name).is_some_and(|column| column.target.is_some()),
        }
}

/// Whether a field that names no records says what is stored; no where that is not plain.
fn holds(def: &KindDef, row: &Row, name: &str, value: &Json) -> bool {
    let is_copy = def.any.iter().any(|any| any.shows == Some(name));
    if is_copy || name == "shared_with" {
        return false;
    }
    if name == "translations" {
        return are_translated(row, value);
    }
    if let Some(link) = def.link(name) {
        return value.is_array() && row.json(link.column) == Some(value);
    }
    let Some(column) = def.field(name) else { return are_parts(def, row, name, value) };
    let stored = row.get(column.name);
    match (stored, value) {
        _ if OURS.contains(&column.name) => false,
        (_, Json::Null) if column.nullable => is_null(stored),
        (_, Json::Null) => default_of(def, name, column.ty).is_some_and(|value| value == *stored),
        (Value::String(Some(stored)), Json::String(given)) => stored == given,
        _ => parse(column.ty, value).is_some_and(|given| given == *stored),
    }
}

/// Whether translations that are given are stored.
fn are_translated(row: &Row, given: &Json) -> bool {
    let stored = row.json("translations");
    let is_stored = |(tag, texts): (&String, &Json)| {
        let own = stored.and_then(|all| all.get(tag));
        let is_same = |(field, text): (&String, &Json)| {
            text.is_string() && own.and_then(|own| own.get(field)) == Some(text)
        };
        texts.as_object().is_some_and(|texts| texts.iter().all(is_same))
    };
    given.as_object().is_some_and(|given| given.iter().all(is_stored))
}

/// Whether a small object that stands in several columns is stored.
fn are_parts(def: &KindDef, row: &Row, name: &str, value: &Json) -> bool {
    let mut parts = parts_of(def, name).peekable();
    if parts.peek().is_none() {
        return false;
    }
    if def.has(&format!("{name}_minor")) {
        let stored = |end: &str| row.get(&format!("{name}_{end}"));
        return match serde_json::from_value::<Option<Money>>(value.clone()) {
            Ok(None) => is_null(stored("minor")) && is_null(stored("currency")),
            Ok(Some(money)) => {
                let units = money.minor().map(|units| Value::BigInt(Some(units)));
                units.as_ref() == Some(stored("minor"))
                    && *stored("currency") == Value::String(Some(money.currency))
            }
            Err(_) => false,
        };
    }
    parts.all(|(column, part)| {
        parse(column.ty, value.get(part).unwrap_or(&Json::Null)).as_ref() == Some(row.get(column.name))
    })
}

/// Whether a field names the records that are stored.
fn leads(def: &KindDef, row: &Row, (name, value): (&str, &Json), found: &Found) -> bool {
    let owner = Some(row.owner());
    if let Some(link) = any(def, name) {
        return match found.of_any_kind(link, value, owner) {
            Some(to) => row.uuid(link.id) == Some(to.id()) && row.text(link.kind) == Some(to.def().name),
            None => value.is_null() && row.is_null(link.id),
        };
    }
    if let Some(Link { column, target: Some(target), is_of_any_owner, .. }) = def.link(name) {
        let to = |one| Some(found.target(target, one, (owner, *is_of_any_owner))?.id());
        let given: Option<Vec<_>> = value.as_array().and_then(|all| all.iter().map(to).collect());
        return given == Some(row.ids(column));
    }
    let Some(column) = def.field(name) else { return false };
    match column.target {
        Some(_) if value.is_null() => column.nullable && row.is_null(column.name),
        Some(target) => {
            let to = found.target(target, value, (owner, column.is_of_any_owner));
            to.is_some_and(|to| row.uuid(column.name) == Some(to.id()))
        }
        None => false,
    }
}
