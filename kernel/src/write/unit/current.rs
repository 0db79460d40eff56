//! Current rows: read and locked in order of id; hidden the same as missing.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Cond, ExprTrait, LockType, Order, SelectStatement};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Unit,
    item::{Item, Operation},
    references::Found,
};
use crate::{
    actor::Actor,
    error::{Error, Result},
    policy::{Class, Holding, Scope, Verb, authorize, is_inside, visible},
    record::KindDef,
    row::Row,
    store,
};

impl Unit {
    /// Adds a row lock where the database has them; SQLite's writer holds the whole file.
    pub(super) fn lock(&self, select: &mut SelectStatement, for_delete: bool) {
        if self.conn().is_postgres() && !self.is_dry {
            select.lock(if for_delete { LockType::Update } else { LockType::NoKeyUpdate });
        }
    }

    pub(super) async fn load_current(
        &mut self,
        def: &'static KindDef,
        items: &mut [Item],
        found: &Found,
    ) -> Result<()> {
        let by_id = self.current_rows(def, items).await?;
        let mut by_key = HashMap::new();
        for row in by_id.values() {
            if let Some(key) = row.text("source_system").zip(row.text("external_key")) {
                by_key.insert((key, row.owner()), row);
            }
        }
        let acting = self.ctx.actor.acting.clone();
        for item in items.iter_mut().filter(|item| item.is_readable()) {
            match item.operation {
                Operation::Create => {}
                Operation::Upsert if item.key.is_none() => {
                    item.before = item.id.and_then(|id| by_id.get(&id).cloned());
                    if item.before.is_none() {
                        item.reject(Error::NotFound);
                    }
                }
                Operation::Update | Operation::Delete | Operation::Move => {
                    item.before = item.id.and_then(|id| by_id.get(&id).cloned());
                    if item.before.is_none() {
                        item.reject(Error::NotFound);
                    }
                }
                Operation::Upsert => {
                    let owner = owner_named(def, item, found).or(acting.as_deref());
                    let key = item.key.as_ref().map(|(system, key)| (system.as_str(), key.as_str()));
                    let same = key.zip(owner).and_then(|named| by_key.get(&named));
                    item.before = same.map(|row| (*row).clone());
                    if let Some(row) = &item.before {
                        item.id = Some(row.id());
                        (item.verb, item.authority) = (Verb::Update, Verb::Update);
                    }
                }
            }
        }
        Ok(())
    }

    /// The visible rows that the items name by id or key, locked.
    async fn current_rows(&mut self, def: &'static KindDef, items: &[Item]) -> Result<HashMap<Uuid, Row>> {
        let live = || items.iter().filter(|item| item.is_readable());
        let ids: BTreeSet<Uuid> =
            live().filter(|i| i.operation != Operation::Create).filter_map(|i| i.id).collect();
        let keys: Vec<_> =
            live().filter_map(|i| i.key.as_ref()).map(|(s, k)| (s.as_str(), k.as_str())).collect();
        if ids.is_empty() && keys.is_empty() {
            return Ok(HashMap::new());
        }
        let mut any = Cond::any();
        if !ids.is_empty() {
            any = any.add(self.conn().among(def.col("id"), &ids));
        }
        if !keys.is_empty() {
            any = any.add(self.conn().among_keys(def, keys));
        }
        let for_delete = live().any(|item| item.operation == Operation::Delete);
        let which = Cond::all().add(visible(&self.ctx.actor, def)).add(any);
        if def.has("plan_id") {
            // Plans are locked before what stands below them, everywhere.
            let below = which.clone().add(def.col("plan_id").is_not_null());
            self.lock_plan_rows(store::distinct(self.conn(), def, "plan_id", below).await?).await?;
        }
        let mut select = store::select(def);
        select.cond_where(which).order_by((def.iden(), Alias::new("id")), Order::Asc);
        self.lock(&mut select, for_delete);
        let rows = store::rows(self.conn(), def, &select).await?;
        Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
    }

    /// Authority over the facts before and after.
    pub(super) async fn authorise(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        let holdings = if def.class == Class::Person { self.holdings(items).await? } else { HashMap::new() };
        let actor = self.ctx.actor.clone();
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            if item.authority == Verb::Update && only_progress(def, item) {
                item.authority = Verb::Progress;
            }
            let mut scopes = Vec::new();
            scopes.extend(item.before.as_ref().map(|row| vec![row.scope()]));
            if item.operation != Operation::Delete {
                scopes.push(meant(&actor, def, item));
            }
            for mut any in scopes {
                for scope in &mut any {
                    scope.holdings = item.id.and_then(|id| holdings.get(&id).cloned()).unwrap_or_default();
                }
                let denial = denied(&actor, item.authority, def, &any);
                // Nobody has rights under an owner that does not exist: that is what is wrong, and told.
                if let Some(rule) = denial.filter(|_| !item.has_fault_at("/owner")) {
                    item.reject(Error::Forbidden(rule.into()));
                }
            }
            if !item.is_rejected() && names_key_outside(&actor, def, item) {
                let rule =
                    "who comments from outside the owner names no external key: those are the owner's own";
                item.reject(Error::Forbidden(rule.into()));
            }
        }
        Ok(())
    }

    async fn holdings(&self, items: &[Item]) -> Result<HashMap<Uuid, Vec<Holding>>> {
        let people: BTreeSet<Uuid> = items.iter().filter_map(|item| item.id).collect();
        store::holdings(self.conn(), &people).await
    }
}

/// Whether an author from outside gives a comment an external key: whether one is taken is not for outsiders to learn.
fn names_key_outside(actor: &Actor, def: &KindDef, item: &Item) -> bool {
    let has_key = item.changes("external_key") && !item.after.is_null("external_key");
    def.class == Class::Comment && has_key && !is_inside(actor, def, item.after.owner()) && !actor.is_system()
}

/// Whether an item names a lead agency that there is not, and is refused for it.
fn is_lead_unknown(def: &KindDef, item: &Item) -> bool {
    let lead = def.lead.and_then(|column| def.column(column));
    lead.is_some_and(|column| item.has_fault_at(&format!("/{}", column.field)))
}

/// What the item makes of the record. Where the lead agency is unknown, that is its fault: it is judged as if one of
/// the caller's own agencies led.
fn meant(actor: &Actor, def: &KindDef, item: &Item) -> Vec<Scope> {
    let scope = item.after.scope();
    let own = actor.grants.iter().filter(|grant| grant.owner == scope.owner).filter_map(|grant| grant.agency);
    let led = |agency| Scope { agency: Some(agency), ..scope.clone() };
    if item.is_new()
        && let Some(set) = item.commented
    {
        return vec![Scope { release_set: Some(set), ..scope }];
    }
    let own: Vec<Scope> = own.filter(|_| is_lead_unknown(def, item)).map(led).collect();
    if own.is_empty() { vec![scope] } else { own }
}

/// The rule by which a caller may do this to none of them.
fn denied(actor: &Actor, verb: Verb, def: &KindDef, any: &[Scope]) -> Option<&'static str> {
    let mut denial = None;
    for scope in any {
        match authorize(actor, verb, def, scope) {
            Ok(_) => return None,
            Err(denied) => denial = Some(denied.rule.text),
        }
    }
    denial
}

/// The owner an upsert names: itself, by its kind, or by the record it stands below.
pub(super) fn owner_named<'a>(def: &KindDef, item: &'a Item, found: &'a Found) -> Option<&'a str> {
    let above = || {
        def.parent.iter().find_map(|parent| {
            let value = item.fields.get(parent.field)?;
            let row = match parent.target {
                Some(target) => found.get(target, value, None),
                None => {
                    found.of_any_kind(def.any.iter().find(|link| link.field == parent.field)?, value, None)
                }
            };
            Some(row?.owner())
        })
    };
    item.fields.get("owner").and_then(Json::as_str).or(def.fixed_owner).or_else(above)
}

/// Whether an edit touches only what contributors may write.
fn only_progress(def: &KindDef, item: &Item) -> bool {
    !def.progress.is_empty()
        && !item.fields.is_empty()
        && item.fields.keys().all(|field| def.progress.contains(&field.as_str()))
}
