//! Deletions are refused while others refer to the record.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{ExprTrait, Query, UnionType};
use uuid::Uuid;

use super::{Unit, item::Item, ways::Way};
use crate::{
    error::{Code, Error, Result},
    policy::for_rule,
    record::KindDef,
};

impl Unit {
    /// Deletions: refuses records that others refer to, naming no count.
    pub(super) async fn check_use(&self, def: &'static KindDef, items: &mut [Item]) -> Result<()> {
        let roots: BTreeSet<Uuid> =
            items.iter().filter(|i| i.is_deletion() && !i.is_rejected()).filter_map(|i| i.id).collect();
        if roots.is_empty() {
            return Ok(());
        }
        let mut root_of: HashMap<Uuid, Uuid> = roots.iter().map(|id| (*id, *id)).collect();
        let mut doomed = vec![(def, roots.clone())];
        for (kind, rows) in self.descendants(def, &roots).await? {
            for (row, parent) in &rows {
                let root = root_of.get(parent).copied().unwrap_or(*parent);
                root_of.insert(row.id(), root);
            }
            doomed.push((kind, rows.iter().map(|(row, _)| row.id()).collect()));
        }
        let mut used: BTreeSet<Uuid> = BTreeSet::new();
        for (user, to) in self.users(&doomed).await? {
            if user.is_none_or(|user| !root_of.contains_key(&user)) {
                used.extend(root_of.get(&to));
            }
        }
        used.extend(self.owning(def, items).await?);
        for item in items.iter_mut().filter(|item| item.id.is_some_and(|id| used.contains(&id))) {
            let text = format!(
                "other records refer to this {}; close it instead, or change them first",
                def.name.replace('_', " ")
            );
            item.reject(Error::Conflict(Code::InUse, text));
        }
        Ok(())
    }

    /// Whether anything refers to these records besides themselves.
    pub(super) async fn is_used(&self, doomed: &[(&'static KindDef, BTreeSet<Uuid>)]) -> Result<bool> {
        let is_one = |user: Uuid| doomed.iter().any(|(_, ids)| ids.contains(&user));
        let users = self.users(doomed).await?;
        Ok(users.into_iter().any(|(user, _)| !user.is_some_and(is_one)))
    }

    /// What refers to records of several kinds, in one statement: who refers, if it is a record, and to what.
    async fn users(
        &self,
        doomed: &[(&'static KindDef, BTreeSet<Uuid>)],
    ) -> Result<Vec<(Option<Uuid>, Uuid)>> {
        let (mut ways, mut are_records) = (Vec::new(), Vec::new());
        for (kind, ids) in doomed {
            let leads_here = |target: Option<&str>| target == Some(kind.name);
            for (table, column) in kind.declared.held {
                ways.push(Way { table, from: column, to: column, ids });
            }
            are_records.resize(ways.len(), false);
            for other in self.ctx.kinds.all() {
                let columns = other
                    .columns
                    .iter()
                    .filter(|column| leads_here(column.target) && !column.is_of_any_owner);
                ways.extend(columns.map(|column| Way::of(other, column.name, ids)));
                let links =
                    other.links.iter().filter(|link| leads_here(link.target) && !link.is_of_any_owner);
                ways.extend(links.map(|link| Way { table: link.table, from: "from_id", to: "to_id", ids }));
            }
            are_records.resize(ways.len(), true);
        }
        let found = self.naming(&ways).await?;
        let is_record = |way: usize| are_records.get(way).copied().unwrap_or_default();
        Ok(found.into_iter().map(|one| (is_record(one.way).then_some(one.from), one.to)).collect())
    }

    /// Owners (countries, regions, organisations) that still own records.
    async fn owning(&self, def: &'static KindDef, items: &[Item]) -> Result<Vec<Uuid>> {
        let Some(prefix) = def.declared.owns else { return Ok(Vec::new()) };
        let doomed: HashMap<String, Uuid> = items
            .iter()
            .filter(|item| item.is_deletion() && !item.is_rejected())
            .filter_map(|item| Some((format!("{prefix}{}", item.before.as_ref()?.text("code")?), item.id?)))
            .collect();
        if doomed.is_empty() {
            return Ok(Vec::new());
        }
        let kinds = self.ctx.kinds.all().iter().filter(|kind| kind.fixed_owner.is_none());
        let owned = kinds.map(|kind| {
            let is_doomed = kind.col("owner").is_in(doomed.keys().map(String::as_str));
            let mut select = Query::select();
            select.distinct().expr(kind.col("owner")).from(kind.iden());
            select.cond_where(for_rule(kind.table)).and_where(is_doomed).take()
        });
        let Some(select) = owned.reduce(|mut all, one| all.union(UnionType::Distinct, one).take()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for row in self.conn().all(&select).await? {
            found.extend(doomed.get(&row.try_get_by_index::<String>(0)?));
        }
        Ok(found)
    }
}
