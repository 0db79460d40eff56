//! The row as it shall be: stored values, given fields, what the parent hands down.

use std::collections::HashMap;

use model::{Column, DefaultValue, Writing, access::Visibility, declaration::standard};
use sea_orm::Value;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    Unit,
    fields::fill,
    follow::follow,
    item::{Item, Operation},
    references::Found,
    rules::check_periods,
};
use crate::{
    error::Code,
    record::KindDef,
    row::{Row, parse},
};

impl Unit {
    /// Makes each item's `after`, collecting references that lead nowhere.
    pub(super) fn assemble(&mut self, def: &'static KindDef, items: &mut [Item], found: &Found) {
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            match item.before.as_ref().or(item.restored.as_deref()) {
                Some(row) => item.after = row.clone(),
                None => self.begin_row(def, item, found),
            }
            if item.is_restored() {
                continue;
            }
            if let Some(row) = item.put.take().filter(|_| !item.is_rejected()) {
                item.after = *row;
            } else if item.operation != Operation::Delete {
                fill(def, item, found);
            }
            if item.is_new() && item.fields.get("visibility").is_none_or(Json::is_null) {
                share(item);
            }
            if item.is_rejected() {
                // Told together with what breaks the schema; the later stages pass it over.
                check_periods(def, item);
                item.tell_more();
            }
        }
    }

    /// Defaults of a new row: those the schema publishes, then those of the column's type.
    fn begin_row(&self, def: &'static KindDef, item: &mut Item, found: &Found) {
        // An item that others may refer to has its id already.
        let id = item.id.unwrap_or_else(|| self.ctx.clock.id());
        item.id = Some(id);
        let row = &mut item.after;
        for column in def.columns.iter().filter(|column| !column.nullable) {
            let empty = match column.name {
                "translations" => json!({}),
                _ => json!([]),
            };
            match column.ty {
                Column::Json => row.set(column.name, empty),
                Column::Mask(_) => row.set(column.name, 0),
                _ => {}
            }
        }
        let defaults = def.schemas.new.defaults();
        let unset = defaults.iter().filter(|(field, _)| item.fields.get(*field).is_none_or(Json::is_null));
        for (column, value) in unset.filter_map(|(field, value)| Some((def.field(field)?, value))) {
            if let Some(value) = parse(column.ty, value) {
                row.set(column.name, value);
            }
        }
        // What no schema of callers holds: instants, and counters and marks of our own.
        let is_ours = |writing| matches!(writing, Writing::Never | Writing::Stored);
        let fields = def.declared.fields.iter();
        for field in fields.filter(|field| item.fields.get(field.name).is_none_or(Json::is_null)) {
            match field.default {
                Some(DefaultValue::Now) => row.set(field.column, self.ctx.clock.now()),
                Some(DefaultValue::Int(first)) if is_ours(field.writing) => {
                    row.set(field.column, i32::try_from(first).unwrap_or_default());
                }
                Some(DefaultValue::Bool(first)) if is_ours(field.writing) => row.set(field.column, first),
                _ => {}
            }
        }
        for (column, value) in &item.preset {
            row.set(column, value.clone());
        }
        row.set("id", id);
        row.set("version", 0);
        if def.has_texts() && row.is_null("language") {
            row.set("language", "");
        }
        let given = item.fields.get("owner").and_then(Json::as_str);
        let of_caller = self.ctx.actor.acting.as_deref().filter(|_| def.declared.of_caller);
        if let Some(owner) = given.or(def.fixed_owner).or(of_caller.filter(|_| row.is_null("owner"))) {
            row.set("owner", owner);
            if !found.owners.has(owner) {
                let named = Json::from(owner);
                found.missing(item, "/owner", ("owner", &named), None);
            }
        }
    }

    /// Takes over what the parent hands down: owner, plan, visibility where none was given.
    pub(super) fn inherit(def: &'static KindDef, items: &mut [Item], parents: &HashMap<Uuid, Row>) {
        for item in items.iter_mut().filter(|item| !item.is_rejected() && item.operation != Operation::Delete)
        {
            let found = def.parent.iter().find_map(|p| Some((p, parents.get(&item.after.uuid(p.column)?)?)));
            let Some((link, parent)) = found else {
                // Without its parent a record has no owner, so nothing more can be said of it.
                if item.after.text("owner").is_none() && !item.faults.is_empty() {
                    item.settle();
                }
                continue;
            };
            if link.kind.is_some() {
                follow(&mut item.after, parent);
            }
            for (column, theirs) in &link.inherits {
                keep_inherited(def, item, column, (link.column, parent.get(theirs)));
            }
            if def.schemas.new.members().iter().all(|member| member != "owner") {
                item.after.set("owner", parent.owner());
            }
            if item.is_new() && !item.is_restored() && def.is_national() {
                if item.fields.get("visibility").is_none_or(Json::is_null) {
                    let above = def.parent.iter().filter_map(|p| parents.get(&item.after.uuid(p.column)?));
                    // Of several the one that fewest see; of equals the nearest.
                    let narrowest = above.min_by_key(|parent| parent.scope().level);
                    stand_below(def, item, narrowest.unwrap_or(parent));
                }
                if item.fields.get("language").is_none_or(Json::is_null)
                    && def.has_texts()
                    && parent.def().has_texts()
                {
                    item.after.set("language", parent.get("language").clone());
                }
            }
        }
    }
}

/// Says in which language the texts of new records are: what is given, else what the call says, else the language of
/// the record above, else the one official language of the owner.
pub(super) fn settle_language(said: Option<&str>, def: &KindDef, items: &mut [Item], found: &Found) {
    let is_open = |item: &Item| {
        let is_made = item.is_new() && !item.is_restored() && !item.is_rejected();
        is_made && item.fields.get("language").is_none_or(Json::is_null)
    };
    for item in items.iter_mut().filter(|item| def.has_texts() && is_open(item)) {
        let above = item.after.text("language").filter(|tag| !tag.is_empty());
        // What a call says is of the texts that it brings, not of those the service writes.
        let said = said.filter(|_| item.preset.is_empty());
        if let Some(language) = said.or(above).map(str::to_owned) {
            item.after.set("language", language);
            continue;
        }
        let official = found.owners.languages(item.after.text("owner").unwrap_or_default());
        if official.len() > 1 {
            let text = format!(
                "the owner has several official languages ({}): say in which the texts are, here or by \
                 `Content-Language`",
                official.join(", ")
            );
            item.fault("/language", Code::Required, text);
        }
        item.after.set("language", official.first().map_or("en", String::as_str));
    }
}

/// Sets a column to what the record above hands down; a field that was given, and says otherwise, is refused.
fn keep_inherited(def: &KindDef, item: &mut Item, column: &'static str, (link, value): (&str, &Value)) {
    let name = |column: &str| def.column(column).map_or("", |column| column.field);
    let is_given = match item.fields.get(name(column)) {
        Some(Json::Null) => item.operation != Operation::Create,
        given => given.is_some(),
    };
    let is_known = item.faults.iter().any(|fault| fault.pointer == format!("/{}", name(column)));
    if is_given && !is_known && item.after.get(column) != value {
        let (own, above) = (name(column), name(link));
        let text = format!("`{own}` follows from `{above}`: leave it out, or say the same");
        item.fault(&format!("/{own}"), Code::RuleBroken, text);
    }
    item.after.set(column, value.clone());
}

/// Gives a new record the level and the sharing of the one above; or the level of its kind, shared with nobody, where
/// the kind says one that is no wider.
fn stand_below(def: &KindDef, item: &mut Item, parent: &Row) {
    let own = def.declared.level;
    let counts = own < Visibility::National && parent.scope().level.is_some_and(|above| own <= above);
    let (level, handed) = if counts {
        (Value::from(own.code()), Value::Uuid(None))
    } else {
        (parent.get("visibility").clone(), parent.get("shared_set_id").clone())
    };
    item.after.set("visibility", level);
    if item.shared.is_none() {
        item.after.set("shared_set_id", handed);
    }
    share(item);
}

/// A new record whose sharing is named but not its level is at level `group`, or narrower.
fn share(item: &mut Item) {
    let is_shared = item.shared.as_ref().is_some_and(|set| set.id().is_some());
    if is_shared && item.after.scope().level == Some(Visibility::National) {
        item.after.write(standard::VISIBILITY, Visibility::Group);
    }
}
