//! What records stand below: plans, parents and owners, locked and read before rules look at them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{error::Result, record::KindDef, row::Row, store};

impl Unit {
    /// Locks the plans that the items stand below, in order of id, and keeps their rows.
    pub(super) async fn lock_plans(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        if !def.has("plan_id") {
            return Ok(());
        }
        let live = items.iter().filter(|item| !item.is_rejected());
        // What stands below any record may stand below a plan itself.
        let any = def.parent.iter().find(|parent| parent.kind.is_some());
        let above = |row: &Row| {
            let parent = any.filter(|parent| parent.kind_of(row) == Some("plan"));
            parent.and_then(|parent| row.uuid(parent.column))
        };
        let of = |row: &Row| [row.uuid("plan_id"), above(row)];
        let ids: BTreeSet<Uuid> = live
            .flat_map(|item| [Some(&item.after), item.before.as_ref()].into_iter().flatten().flat_map(of))
            .flatten()
            .collect();
        self.lock_plan_rows(ids).await
    }

    /// Locks these plans, in order of id, and keeps their rows.
    pub(super) async fn lock_plan_rows(&mut self, mut ids: BTreeSet<Uuid>) -> Result<()> {
        let Some(plan) = self.ctx.kinds.get("plan") else { return Ok(()) };
        ids.retain(|id| !self.plans.contains_key(id));
        if ids.is_empty() {
            return Ok(());
        }
        let mut select = store::unseen(plan);
        select.and_where(plan.col("id").is_in(ids)).order_by(Alias::new("id"), Order::Asc);
        self.lock(&mut select, false);
        for row in store::rows(self.conn(), plan, &select).await? {
            self.plans.insert(row.id(), row);
        }
        Ok(())
    }

    /// Reads the records the items stand below, hidden ones too: a child is never wider than its parent.
    pub(super) async fn load_parents(
        &self,
        def: &'static KindDef,
        items: &[Item],
    ) -> Result<HashMap<Uuid, Row>> {
        let mut parents = HashMap::new();
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for row in items.iter().filter(|item| !item.is_rejected()).map(|item| &item.after) {
            for parent in &def.parent {
                if let (Some(kind), Some(id)) = (parent.kind_of(row), row.uuid(parent.column)) {
                    wanted.entry(kind).or_default().insert(id);
                }
            }
        }
        // Those that others refer to first, so that rows are locked in one order everywhere.
        for target in self.ctx.kinds.all().iter().copied() {
            // Plans come locked, from `lock_plans`.
            let Some(ids) = wanted.remove(target.name).filter(|_| target.name != "plan") else { continue };
            let mut select = store::unseen(target);
            select
                .and_where(target.col("id").is_in(ids))
                .order_by((target.iden(), Alias::new("id")), Order::Asc);
            // What stands below a plan is guarded by the plan's lock, where the record above does too.
            if !(def.has("plan_id") && target.has("plan_id")) {
                self.lock(&mut select, false);
            }
            let rows = store::rows(self.conn(), target, &select).await?;
            parents.extend(rows.into_iter().map(|row| (row.id(), row)));
        }
        Ok(parents)
    }

    /// Locks owners, in order, before rules over many of their rows.
    ///
    /// # Errors
    /// What the database says.
    pub async fn lock_owners(&self, owners: &BTreeSet<String>) -> Result<()> {
        let mut select = Query::select()
            .column(Alias::new("code"))
            .from(Alias::new("owner"))
            .and_where(Expr::col(Alias::new("code")).is_in(owners.iter().map(String::as_str)))
            .order_by(Alias::new("code"), Order::Asc)
            .take();
        if self.conn().is_postgres() && !self.is_dry {
            self.lock(&mut select, false);
            self.conn().all(&select).await?;
        }
        Ok(())
    }
}
