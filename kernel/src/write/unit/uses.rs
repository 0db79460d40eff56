//! Deletions are refused while others refer to the record.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{
    error::{Code, Error, Result},
    record::KindDef,
    store,
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
        let mut used = BTreeSet::new();
        for (kind, ids) in &doomed {
            for (user, to) in self.users(kind, ids).await? {
                if !root_of.contains_key(&user) {
                    used.extend(root_of.get(&to).copied());
                }
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

    /// Records that refer to one of `ids` of `kind`: (who refers, to what).
    async fn users(&self, kind: &KindDef, ids: &BTreeSet<Uuid>) -> Result<Vec<(Uuid, Uuid)>> {
        let mut found = Vec::new();
        for (table, column) in kind.declared.held {
            // What holds a record without being one has no id of its own.
            let holders = self.naming(table, (column, column), ids).await?;
            found.extend(holders.into_iter().map(|(_, to)| (Uuid::nil(), to)));
        }
        for other in self.ctx.kinds.all() {
            for column in other.columns.iter().filter(|column| column.target == Some(kind.name)) {
                found.extend(self.naming(other.table, ("id", column.name), ids).await?);
            }
            for link in other.links.iter().filter(|link| link.target == Some(kind.name)) {
                found.extend(self.naming(link.table, ("from_id", "to_id"), ids).await?);
            }
        }
        Ok(found)
    }

    /// Rows of a table that name one of `ids`: (who names, whom).
    async fn naming(
        &self,
        table: &str,
        (from, to): (&str, &str),
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<(Uuid, Uuid)>> {
        let mut found = Vec::new();
        for some in ids.iter().copied().collect::<Vec<_>>().chunks(store::IDS) {
            let select = Query::select()
                .columns([from, to].map(Alias::new))
                .from(Alias::new(table))
                .and_where(Expr::col(Alias::new(to)).is_in(some.iter().copied()))
                .take();
            for row in self.conn().all(&select).await? {
                found.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
            }
        }
        Ok(found)
    }

    /// Owners (countries, regions, organisations) that still own records.
    async fn owning(&self, def: &'static KindDef, items: &[Item]) -> Result<Vec<Uuid>> {
        let Some(prefix) = def.declared.owns else { return Ok(Vec::new()) };
        let doomed: HashMap<String, Uuid> = items
            .iter()
            .filter(|item| item.is_deletion() && !item.is_rejected())
            .filter_map(|item| Some((format!("{prefix}{}", item.before.as_ref()?.text("code")?), item.id?)))
            .collect();
        let mut found = Vec::new();
        for kind in self.ctx.kinds.all().iter().filter(|kind| kind.fixed_owner.is_none()) {
            let mut select = Query::select();
            select.distinct().expr(kind.col("owner")).from(kind.iden());
            select.and_where(kind.col("owner").is_in(doomed.keys().map(String::as_str)));
            for row in self.conn().all(&select).await? {
                found.extend(doomed.get(&row.try_get_by_index::<String>(0)?));
            }
        }
        Ok(found)
    }
}
