//! Comparison, and the one statement shape that writes new and changed rows.

use std::{collections::BTreeSet, sync::Arc};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Unit, item::Item, siblings::in_order};
use crate::{
    derived,
    editions::is_inside_only,
    error::{Error, Result},
    owners::Owners,
    record::KindDef,
    recorder::Change,
    row::Row,
    shared_sets,
};

/// Values bound by one statement; measured best, far below what the databases allow.
const BINDS: usize = 12_000;

impl Unit {
    /// Compares each row with what is stored, and stamps those that differ.
    pub(super) async fn finish(&mut self, items: &mut [Item]) -> Result<()> {
        let owners = self.owners().await?;
        items
            .iter_mut()
            .filter(|item| !item.is_rejected() && item.is_deletion())
            .for_each(|item| self.fold(item));
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            if !item.differs() {
                item.is_unchanged = true;
                continue;
            }
            self.stamp(&mut item.after, &owners);
            if let Some(before) = item.before.as_ref().filter(|before| is_inside_only(before, &item.after)) {
                item.after.set("updated_at", before.get("updated_at").clone());
            }
            self.fold(item);
        }
        Ok(())
    }

    /// What is known of owners, as this unit knows them.
    pub(super) async fn owners(&mut self) -> Result<Arc<Owners>> {
        if let Some(owners) = &self.owners {
            return Ok(owners.clone());
        }
        let owners = self.ctx.standings.owners().recall(self.conn(), self.ctx.watch.as_deref()).await?;
        Ok(self.owners.insert(owners).clone())
    }

    /// Lets what follows in the unit, and in the call it is of, read owners anew where the kind says something of them.
    pub(super) fn forget_owners(&mut self, def: &KindDef) {
        if def.declared.owns.is_some() || ["region_membership", "release"].contains(&def.name) {
            self.owners = None;
            self.ctx.watch.iter().for_each(|watch| watch.outdate());
        }
    }

    /// Gives a row its next version, the instant and the writer.
    pub(super) fn stamp(&self, row: &mut Row, owners: &Owners) {
        let now = self.ctx.clock.now();
        let user = self.ctx.actor.user;
        if row.version() == 0 {
            row.set("created_at", now);
            row.set("created_by", user);
        }
        row.set("version", row.version() + 1);
        row.set("updated_at", now);
        row.set("updated_by", user);
        derived::derive(row, owners);
    }

    /// Writes and logs what the items came to.
    pub(super) async fn write(&mut self, def: &'static KindDef, items: &[Item]) -> Result<()> {
        let live = || items.iter().filter(|item| !item.is_rejected() && !item.is_unchanged);
        let shared: Vec<_> = live().filter_map(|item| item.shared.clone()).collect();
        shared_sets::store(self.conn(), &shared).await?;
        let pairs: Vec<(Option<Row>, Row)> = live().filter_map(Item::pair).collect();
        self.write_rows(def, &in_order(def, pairs)).await?;
        let gone: Vec<Row> =
            live().filter(|item| item.goes()).filter_map(|item| item.before.clone()).collect();
        self.delete_rows(def, gone).await
    }

    /// Writes rows with their log entries; a row that does not come back was changed by somebody else.
    pub(super) async fn write_rows(
        &mut self,
        def: &'static KindDef,
        pairs: &[(Option<Row>, Row)],
    ) -> Result<()> {
        // A plan that is written is read anew when something below it is written later in the unit.
        self.plans.retain(|id, _| pairs.iter().all(|(_, row)| row.id() != *id));
        let columns: Vec<&'static str> = def.columns.iter().map(|column| column.name).collect();
        for chunk in pairs.chunks((BINDS / columns.len()).max(1)) {
            if def.declared.owns.is_some() {
                self.write_owners(def, chunk).await?;
            }
            let mut insert = Query::insert();
            insert.into_table(def.iden()).columns(columns.iter().map(|name| Alias::new(*name)));
            for (_, row) in chunk {
                insert.values_panic(row.exprs());
            }
            let kept = ["id", "created_at", "created_by"];
            let changed = columns.iter().filter(|name| !kept.contains(name)).map(|name| Alias::new(*name));
            let next = Expr::col((Alias::new("excluded"), Alias::new("version"))).sub(1);
            let newer = def.col("version").eq(next);
            insert.on_conflict(
                OnConflict::column(Alias::new("id"))
                    .update_columns(changed)
                    .action_and_where(newer)
                    .to_owned(),
            );
            insert.returning_col(Alias::new("id"));
            let written = self.conn().all(&insert).await?;
            if written.len() != chunk.len() {
                return Err(Error::StaleVersion { current: None });
            }
        }
        // A link may lead to a row of a later chunk.
        for chunk in pairs.chunks((BINDS / columns.len()).max(1)) {
            self.write_links(def, chunk).await?;
            if let Some(prefix) = def.declared.owns {
                self.reorder(prefix, chunk).await?;
            }
        }
        // The log has fewer columns than the kinds, so it takes larger chunks of its own.
        let logged = pairs.iter().map(|(before, after)| Change::write(before.as_ref(), after)).collect();
        let (conn, recorder) = (self.ctx.db.within(&self.transaction), &mut self.recorder);
        recorder.record(conn, logged).await
    }

    async fn write_owners(&mut self, def: &KindDef, chunk: &[(Option<Row>, Row)]) -> Result<()> {
        let mut insert = Query::insert();
        insert.into_table(Alias::new("owner")).columns(["code", "languages"].map(Alias::new));
        for (_, row) in chunk {
            let code =
                format!("{}{}", def.declared.owns.unwrap_or_default(), row.text("code").unwrap_or_default());
            let languages =
                row.json("official_languages").cloned().unwrap_or_else(|| Json::Array(vec!["en".into()]));
            insert.values_panic([Expr::val(code), Expr::val(languages)]);
        }
        let conflict =
            OnConflict::column(Alias::new("code")).update_column(Alias::new("languages")).to_owned();
        insert.on_conflict(conflict);
        self.conn().run(&insert).await?;
        Ok(())
    }

    /// Puts the texts of owners whose languages have changed into the order of the new ones.
    async fn reorder(&self, prefix: &str, chunk: &[(Option<Row>, Row)]) -> Result<()> {
        let languages = "official_languages";
        let has_changed = |(before, after): &&(Option<Row>, Row)| {
            before.as_ref().is_some_and(|before| before.json(languages) != after.json(languages))
        };
        for (_, row) in chunk.iter().filter(has_changed) {
            let owner = format!("{prefix}{}", row.text("code").unwrap_or_default());
            derived::rebuild(self.conn(), self.ctx.kinds, Some(&owner)).await?;
        }
        Ok(())
    }

    async fn write_links(&self, def: &KindDef, chunk: &[(Option<Row>, Row)]) -> Result<()> {
        for link in &def.links {
            let stored = |row: &Option<Row>| {
                row.as_ref().is_some_and(|row| !row.ids(link.column).is_empty() || link.target.is_none())
            };
            let differs = |(before, after): &&(Option<Row>, Row)| {
                before.as_ref().is_none_or(|before| before.get(link.column) != after.get(link.column))
            };
            let changed: Vec<_> = chunk.iter().filter(differs).collect();
            let old: Vec<Uuid> =
                changed.iter().filter(|(before, _)| stored(before)).map(|(_, row)| row.id()).collect();
            self.delete_where(link.table, "from_id", &old).await?;
            let to = if link.target.is_some() { "to_id" } else { "to_code" };
            let mut ends: Vec<[Expr; 3]> = Vec::new();
            for (_, row) in changed {
                let listed = row.json(link.column).and_then(Json::as_array).into_iter().flatten();
                for (position, end) in (0_i32..).zip(listed.filter_map(Json::as_str)) {
                    let end = match (link.target, end.parse::<Uuid>()) {
                        (Some(_), Ok(id)) => Expr::val(id),
                        _ => Expr::val(end),
                    };
                    ends.push([Expr::val(row.id()), end, Expr::val(position)]);
                }
            }
            for some in ends.chunks(BINDS / 3) {
                let mut insert = Query::insert();
                insert
                    .into_table(Alias::new(link.table))
                    .columns(["from_id", to, "position"].map(Alias::new));
                for end in some {
                    insert.values_panic(end.clone());
                }
                self.conn().run(&insert).await?;
            }
        }
        Ok(())
    }

    async fn delete_where(&self, table: &str, column: &str, ids: &[Uuid]) -> Result<()> {
        for chunk in ids.chunks(BINDS) {
            let mut delete = Query::delete();
            delete.from_table(Alias::new(table));
            delete.and_where(Expr::col(Alias::new(column)).is_in(chunk.iter().copied()));
            self.conn().run(&delete).await?;
        }
        Ok(())
    }

    /// Deletes rows and what stands below them, leaf first, each logged.
    pub(super) async fn delete_rows(&mut self, def: &'static KindDef, rows: Vec<Row>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<Uuid> = rows.iter().map(Row::id).collect();
        let mut levels = vec![(def, rows)];
        for (kind, below) in self.descendants(def, &ids).await? {
            levels.push((kind, below.into_iter().map(|(row, _)| row).collect()));
        }
        self.delete_levels(levels).await
    }

    /// Deletes rows of several kinds, all that stand below any of them among them, leaf first, each logged.
    pub(super) async fn delete_levels(
        &mut self,
        mut levels: Vec<(&'static KindDef, Vec<Row>)>,
    ) -> Result<()> {
        // Links of all levels first: tasks may depend on tasks of another branch.
        for (kind, rows) in &levels {
            let ids: Vec<Uuid> = rows.iter().map(Row::id).collect();
            for link in &kind.links {
                self.delete_where(link.table, "from_id", &ids).await?;
            }
        }
        while let Some((kind, rows)) = take_leaf(&mut levels) {
            let ids: Vec<Uuid> = rows.iter().map(Row::id).collect();
            self.delete_where(kind.table, "id", &ids).await?;
            let changes = rows.iter().map(Change::deletion).collect();
            let (conn, recorder) = (self.ctx.db.within(&self.transaction), &mut self.recorder);
            recorder.record(conn, changes).await?;
        }
        Ok(())
    }
}

/// Takes out the rows to delete next: of a kind that no other one of the list refers to.
///
/// The order in which they were found is not enough: a task stands below its plan and may serve an action of it.
fn take_leaf(levels: &mut Vec<(&'static KindDef, Vec<Row>)>) -> Option<(&'static KindDef, Vec<Row>)> {
    let refers = |from: &KindDef, to: &KindDef| {
        from.name != to.name && from.columns.iter().any(|column| column.target == Some(to.name))
    };
    let is_free = |kind: &KindDef| !levels.iter().any(|(other, _)| refers(other, kind));
    let at = levels.iter().rposition(|(kind, _)| is_free(kind)).or(levels.len().checked_sub(1))?;
    Some(levels.remove(at))
}
