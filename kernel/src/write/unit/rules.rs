//! Rules every kind has: keys, levels, parents, source systems, uses.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use model::{Shape, access::Visibility};
use sea_orm::{
    Value,
    sea_query::{Cond, Expr, ExprTrait, Func},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Unit,
    item::{Item, Operation},
};
use crate::{
    actor::Actor,
    error::{Code, Result},
    input::cut,
    policy::Class,
    record::KindDef,
    row::{Row, is_null, json},
    sets,
    shared_sets::Members,
    store,
};

impl Unit {
    /// Everything that answers 422, together.
    pub(super) async fn check_rules(
        &mut self,
        def: &'static KindDef,
        items: &mut [Item],
        parents: &HashMap<Uuid, Row>,
    ) -> Result<()> {
        let actor = self.ctx.actor.clone();
        let sets = self.shared_sets(items, parents).await?;
        let today = self.ctx.clock.today();
        let mut seen: HashMap<Uuid, usize> = HashMap::new();
        for (at, item) in items.iter_mut().enumerate().filter(|(_, item)| !item.is_rejected()) {
            let Some(first) = item.id.map(|id| *seen.entry(id).or_insert(at)) else { continue };
            if first != at {
                let pointer = if item.key.is_some() { "/external_key" } else { "/id" };
                let text = format!("{} writes the same record", self.place(first));
                item.fault(pointer, Code::DuplicateItem, text);
            }
            if item.operation != Operation::Delete {
                check_levels(def, item, parents, &sets);
                check_source(&actor, def, item);
                check_periods(def, item);
                check_own_language(item);
                check_state_facts(def, item, today);
            }
        }
        self.check_unique(def, items).await?;
        self.check_circles(def, items).await?;
        if let Some(check) = self.ctx.kinds.stages(def).check {
            check(self, items).await?;
        }
        items.iter_mut().for_each(Item::settle);
        Ok(())
    }

    /// The members of every shared set the items and their parents have, new ones too.
    async fn shared_sets(&self, items: &[Item], parents: &HashMap<Uuid, Row>) -> Result<Sets> {
        let rows =
            items.iter().filter(|item| !item.is_rejected()).map(|item| &item.after).chain(parents.values());
        let mut sets = self.sets_of(rows).await?;
        sets.extend(
            items.iter().filter_map(|item| item.shared.clone()).filter_map(|set| Some((set.id()?, set))),
        );
        Ok(sets)
    }

    /// The members of the shared sets of rows.
    pub(super) async fn sets_of<'r>(&self, rows: impl Iterator<Item = &'r Row>) -> Result<Sets> {
        let ids = rows.filter_map(|row| row.uuid("shared_set_id")).collect();
        let found = sets::members(self.conn(), &ids).await?;
        Ok(found.into_iter().map(|(id, set)| (id, Members::from(&set))).collect())
    }

    /// Values that are unique: within the batch and against what is stored.
    async fn check_unique(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        let stored = self.rivals(def, items, &def.unique).await?;
        for key in &def.unique {
            let holders = stored.iter().filter_map(|row| Some((key_text(row, key)?, (row.id(), None))));
            let mut taken: HashMap<String, (Uuid, Option<usize>)> = holders.collect();
            let live = |item: &Item| !item.is_rejected() && item.operation != Operation::Delete;
            for (at, item) in items.iter_mut().enumerate().filter(|(_, item)| live(item)) {
                // Whoever may not write under a source system learns nothing of the keys in it.
                let reserved = item.faults.iter().any(|fault| fault.code == Code::SourceSystemReserved);
                if reserved && key.contains(&"external_key") {
                    continue;
                }
                let Some(own) = key_text(&item.after, key) else { continue };
                // An item that is refused anyway takes no value from the others.
                let (holder, other) = match taken.get(&own) {
                    Some(holder) => *holder,
                    None if item.has_faults() => continue,
                    None => *taken.entry(own).or_insert((item.after.id(), Some(at))),
                };
                if holder != item.after.id() && key.iter().any(|column| item.changes(column)) {
                    let column = key.last().copied().unwrap_or_default();
                    let own = def.declared.fields.iter().find(|field| field.column == column);
                    let field = own.map_or(column, |field| field.name);
                    let (code, holder) = match other {
                        Some(other) => (Code::DuplicateItem, self.place(other)),
                        None => (Code::NotUnique, format!("another {}", def.name.replace('_', " "))),
                    };
                    let value = item
                        .after
                        .text(column)
                        .map_or_else(String::new, |text| format!(": {}", cut(&Json::from(text))));
                    item.fault(&format!("/{field}"), code, format!("{holder} has this `{field}`{value}"));
                }
            }
        }
        Ok(())
    }

    /// Stored rows that share a value of a unique key with an item, in one statement.
    async fn rivals(
        &self,
        def: &'static KindDef,
        items: &[Item],
        keys: &[Vec<&'static str>],
    ) -> Result<Vec<Row>> {
        let mut any = Cond::any();
        let mut wanted = false;
        for key in keys {
            // Of each key the last column tells rows apart best; the rest is compared afterwards.
            let Some(last) = key.last() else { continue };
            let written = items
                .iter()
                .filter(|item| !item.is_rejected() && item.operation != Operation::Delete)
                .filter(|item| key.iter().any(|column| item.changes(column)))
                .filter(|item| !item.after.is_null(last));
            // Codes are taken in any case, so two that differ in nothing else are one.
            let is_code = def.code == Some(*last);
            let value = |item: &Item| match item.after.text(last) {
                Some(code) if is_code => code.to_uppercase().into(),
                _ => item.after.get(last).clone(),
            };
            let values: Vec<Value> = written.map(value).collect();
            if !values.is_empty() {
                wanted = true;
                let column = def.col(last);
                let column = if is_code { Func::upper(column).into() } else { column };
                any = any.add(self.among_values(column, values));
            }
        }
        if wanted { store::all(self.conn(), def, any).await } else { Ok(Vec::new()) }
    }

    /// The condition that a column holds one of these values; texts are bound as one.
    fn among_values(&self, column: Expr, values: Vec<Value>) -> Expr {
        let text = |value: &Value| if let Value::String(text) = value { text.clone() } else { None };
        match values.iter().map(text).collect::<Option<Vec<String>>>() {
            Some(texts) => self.conn().among_texts(column, texts.iter().map(String::as_str)),
            None => column.is_in(values),
        }
    }
}

/// The values of a key as one text; none while a part of it is empty.
fn key_text(row: &Row, key: &[&str]) -> Option<String> {
    let part = |column: &&str| match json(row.get(column)) {
        Json::Null => None,
        Json::String(code) if row.def().code == Some(*column) => Some(code.to_uppercase()),
        value => Some(value.to_string()),
    };
    let parts: Option<Vec<String>> = key.iter().map(part).collect();
    Some(parts?.join("\u{1f}"))
}

fn level_of(row: &Row) -> Visibility {
    row.scope().level.unwrap_or(Visibility::National)
}

/// The level stands in the kind's list, and a child is never wider than any of its parents.
fn check_levels(def: &KindDef, item: &mut Item, parents: &HashMap<Uuid, Row>, sets: &Sets) {
    let is_given = |name: &str| item.fields.get(name).is_some_and(|given| !given.is_null());
    let given: Vec<&str> = ["visibility", "shared_with"].into_iter().filter(|name| is_given(name)).collect();
    if def.is_national() && item.after.owner() == "reference" && !given.is_empty() {
        for name in given {
            let text = format!("facts that belong to nobody are seen by everybody: leave `{name}` out");
            item.fault(&format!("/{name}"), Code::LevelNotAllowed, text);
        }
        return;
    }
    let moved = def.parent.iter().any(|parent| item.changes(parent.column));
    if !def.is_national() || !(moved || item.changes("visibility") || item.changes("shared_set_id")) {
        return;
    }
    let level = level_of(&item.after);
    if def.class == Class::National && level == Visibility::Agency {
        item.fault(
            "/visibility",
            Code::LevelNotAllowed,
            "this kind has no lead agency: use `group` or `national`",
        );
    }
    let mut above = def.parent.iter().filter_map(|p| parents.get(&item.after.uuid(p.column)?));
    if above.any(|parent| narrowed(&item.after, parent, sets).is_some()) {
        let text = "a record below another one is shared at most as widely; narrow it, or widen the record above first";
        item.fault("/visibility", Code::WiderThanParent, text);
    }
}

/// The members of shared sets by id.
pub(super) type Sets = HashMap<Uuid, Members>;

/// What a row must become so that it is not wider than its parent; none if it is not.
pub(super) fn narrowed(row: &Row, parent: &Row, sets: &Sets) -> Option<(Visibility, Members)> {
    let members =
        |row: &Row| row.uuid("shared_set_id").and_then(|id| sets.get(&id).cloned()).unwrap_or_default();
    let (level, above) = (level_of(row), level_of(parent));
    if level > above {
        let own = if level == Visibility::Group { members(row) } else { members(parent) };
        return Some((above, own));
    }
    if level != Visibility::Group || above != Visibility::Group {
        return None;
    }
    let (own, outer) = (members(row), members(parent));
    let both = Members {
        agencies: own.agencies.intersection(&outer.agencies).copied().collect(),
        groups: own.groups.intersection(&outer.groups).copied().collect(),
    };
    (both != own).then_some((level, both))
}

/// A text in the record's own language stands in its own member: a translation into it would never be shown.
fn check_own_language(item: &mut Item) {
    let Some(own) = item.after.text("language").map(str::to_owned) else { return };
    let given = item.fields.get("translations").and_then(|all| all.get(&own));
    let is_empty = |texts: &Json| match texts {
        Json::Object(texts) => texts.values().all(Json::is_null),
        texts => texts.is_null(),
    };
    if given.is_some_and(|texts| !is_empty(texts)) {
        let text = format!("the record is in `{own}` itself: write this text in its own member");
        item.fault(&format!("/translations/{own}"), Code::RuleBroken, text);
    }
}

/// No period ends before it begins.
pub(super) fn check_periods(def: &KindDef, item: &mut Item) {
    for field in def.declared.fields {
        let Some(earlier) = field.not_before else { continue };
        if let (Some(from), Some(to)) = (item.after.date(earlier), last_day(&item.after, field.column))
            && to < from
        {
            let pointer = format!("/{}", field.name);
            item.fault(&pointer, Code::RuleBroken, "the period ends before it begins");
        }
    }
}

/// A field that belongs to a state is there in that state only. A record made in the state gives it; a move into it
/// sets the day, a move out of it takes it away.
fn check_state_facts(def: &KindDef, item: &mut Item, today: NaiveDate) {
    let Some(cycle) = def.lifecycle else { return };
    for field in def.declared.fields {
        let Some(state) = field.of_state else { continue };
        let is_in = |row: &Row| row.text(cycle.state) == Some(state);
        let was_in = item.before.as_ref().is_some_and(is_in);
        let (words, at) = (def.declared.one(), format!("/{}", field.name));
        match (is_in(&item.after), is_null(item.after.get(field.column))) {
            (true, true) if !item.is_new() && !was_in && field.shape == Shape::Date => {
                item.after.set(field.column, today);
            }
            (true, true) if item.changes(field.column) => {
                let text = format!("{words} in the state `{state}` has `{}`", field.name);
                item.fault(&at, Code::Required, text);
            }
            (false, false) if was_in => item.after.clear(field.column),
            (false, false) if item.changes(field.column) => {
                let text = format!("only {words} in the state `{state}` has `{}`", field.name);
                item.fault(&at, Code::RuleBroken, text);
            }
            _ => {}
        }
    }
}

/// The last day that a column may mean: what is known to a month or a year stands with its first day, and with its
/// precision beside it. None where that tells nothing.
fn last_day(row: &Row, column: &str) -> Option<NaiveDate> {
    let (first, def) = (row.date(column)?, row.def());
    let beside = [column, column.trim_end_matches("_on")].map(|name| format!("{name}_precision"));
    let precision = beside.iter().find(|name| def.has(name)).and_then(|name| row.text(name));
    let months = match precision {
        None | Some("day") => return Some(first),
        Some("month") => 1,
        Some("quarter") => 3,
        Some("half") => 6,
        Some("year") => 12,
        Some(_) => return None,
    };
    // From the first of the month: a day within the time that is meant would lead beyond it.
    let begin = first.with_day(1)?.checked_sub_months(Months::new((first.month0()) % months))?;
    begin.checked_add_months(Months::new(months))?.pred_opt()
}

/// Callers write only under source systems that are theirs; of accounts, which all have one owner, only
/// the operator writes keys, because a clash would tell of another country's.
fn check_source(actor: &Actor, def: &KindDef, item: &mut Item) {
    let key = (item.after.text("source_system"), item.after.text("external_key"));
    if key.0.is_some() != key.1.is_some() {
        let missing = if key.0.is_some() { "/external_key" } else { "/source_system" };
        item.fault(missing, Code::Required, "`source_system` and `external_key` go together");
    }
    let Some(system) = item.after.text("source_system").map(str::to_owned) else { return };
    if actor.is_system() || !(item.changes("source_system") || item.changes("external_key")) {
        return;
    }
    // Of accounts, which all have one owner, only the operator's.
    let may = def.class != Class::Person || actor.oversees_all();
    if !may || !actor.writes_under(&system) {
        item.fault(
            "/source_system",
            Code::SourceSystemReserved,
            format!("you do not write under the source system `{system}`"),
        );
    }
}
