//! Destroying what the log holds: the record, its past, and what a change had to say of what was there before.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::Unit;
use crate::{
    actor::Actor,
    error::{Code, Error, Result},
    policy::{Verb, authorize, is_inside, readable, visible},
    record::KindDef,
    row::Row,
    store,
};

/// Ids bound by one statement.
const IDS: usize = 10_000;

impl Unit {
    /// Deletes a record that nothing the caller sees stands below and nothing refers to, and destroys everything the log
    /// holds of it, whatever its state: what was entered by mistake is gone, and what stands below it and is hidden
    /// from the caller with it. The log keeps that there was a record.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionRequired`, `StaleVersion`, `Conflict(InUse)`, in this order; what the database
    /// says.
    pub async fn purge(&mut self, def: &'static KindDef, id: Uuid, version: Option<i32>) -> Result<Row> {
        let seen = self.to_purge(def, id, false).await?;
        if def.has("plan_id") {
            // Plans are locked before what stands below them, everywhere.
            self.lock_plan_rows(seen.uuid("plan_id").into_iter().collect()).await?;
        }
        let row = self.to_purge(def, id, true).await?;
        if let Err(denial) = authorize(&self.ctx.actor, Verb::Purge, def, &row.scope()) {
            return Err(Error::Forbidden(denial.rule.text.into()));
        }
        match version {
            None => return Err(Error::VersionRequired),
            Some(version) if version != row.version() => {
                let is_told = is_inside(&self.ctx.actor, def, row.owner());
                return Err(Error::StaleVersion { current: is_told.then(|| row.version()) });
            }
            Some(_) => {}
        }
        let mut ids = BTreeSet::from([id]);
        let below = self.descendants(def, &ids).await?;
        let drafting = self.ctx.actor.drafting();
        let is_shown = |row: &Row| {
            let reads = |actor: &Actor| readable(actor, row.def(), &row.scope());
            reads(&self.ctx.actor) || reads(&drafting)
        };
        let is_seen_below = below.iter().flat_map(|(_, rows)| rows).any(|(row, _)| is_shown(row));
        let mut doomed = vec![(def, ids.clone())];
        doomed
            .extend(below.iter().map(|(kind, rows)| (*kind, rows.iter().map(|(row, _)| row.id()).collect())));
        if is_seen_below || self.is_used(&doomed).await? {
            let text = "records stand below this one or refer to it; purge or change them first";
            return Err(Error::Conflict(Code::InUse, text.into()));
        }
        // What stands below and is hidden goes along, so that nothing tells of it.
        ids.extend(doomed.into_iter().flat_map(|(_, ids)| ids));
        self.delete_rows(def, vec![row.clone()]).await?;
        self.forget_owners(def);
        self.destroy(&ids).await?;
        Ok(row)
    }

    /// The visible record, locked where it is going to be deleted.
    async fn to_purge(&self, def: &'static KindDef, id: Uuid, is_locked: bool) -> Result<Row> {
        let mut select = store::select(def);
        // What the next edition makes is purged as well.
        let drafting = self.ctx.actor.drafting();
        let seen = Cond::any().add(visible(&self.ctx.actor, def)).add(visible(&drafting, def));
        select.cond_where(seen).and_where(def.col("id").eq(id));
        if is_locked {
            self.lock(&mut select, true);
        }
        store::rows(self.conn(), def, &select).await?.pop().ok_or(Error::NotFound)
    }

    /// Destroys the contents of all changes of these records, of this unit too, what editions froze of them, and the
    /// snapshots that hold them; the chain and the trees of editions cover their hashes only, and hold.
    ///
    /// # Errors
    /// What the database says.
    pub async fn destroy(&self, records: &BTreeSet<Uuid>) -> Result<()> {
        let place = ["set_id", "ordinal"].map(|column| Expr::col(Alias::new(column)));
        let records: Vec<Uuid> = records.iter().copied().collect();
        for some in records.chunks(IDS) {
            let changes = Query::select()
                .columns(["set_id", "ordinal"].map(Alias::new))
                .from(Alias::new("change"))
                .and_where(Expr::col(Alias::new("record_id")).is_in(some.iter().copied()))
                .take();
            let nothing = || Expr::val(None::<String>);
            let update = Query::update()
                .table(Alias::new("change_payload"))
                .values(["salt", "before", "after"].map(|column| (Alias::new(column), nothing())))
                .and_where(Expr::tuple(place.clone()).in_subquery(changes))
                .take();
            self.conn().run(&update).await?;
            // Their hashes stay, so that the rest of an edition is verified still.
            let frozen = Query::update()
                .table(Alias::new("edition_record"))
                .values(["content", "salts"].map(|column| (Alias::new(column), nothing())))
                .and_where(Expr::col(Alias::new("record_id")).is_in(some.iter().copied()))
                .take();
            self.conn().run(&frozen).await?;
        }
        self.forget_copies(&records.iter().copied().collect()).await
    }

    /// Logs, from here on, only what records become, and not what they were before.
    pub const fn forget_before(&mut self) {
        self.recorder.forgets = true;
    }
}
