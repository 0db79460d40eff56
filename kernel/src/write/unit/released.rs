//! Releases of records: none is shown more widely than the record above it, and what is not at level `national` is
//! shown by its own id only.

mod rule;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::BoxFuture;
use model::access::Visibility;
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use serde_json::json;
use uuid::Uuid;

use super::{Unit, item::Item};
use crate::{
    editions::is_in_force,
    error::{Error, Result},
    policy::{Verb, for_rule},
    record::{Expected, KindDef, Op},
    row::Row,
    shared_sets::set_id,
    store,
};

pub use rule::{Release, Released};

/// Sets of releases to be stored, each with the owner.
pub type WantedSets = BTreeSet<(String, BTreeSet<Uuid>)>;

impl Unit {
    /// What is known of the releases in these sets: at most two statements.
    ///
    /// # Errors
    /// What the database says.
    pub async fn released(&self, sets: &BTreeSet<Uuid>) -> Result<Released> {
        let mut known = Released::default();
        let (Some(set), Some(release)) = (self.ctx.kinds.get("release_set"), self.ctx.kinds.get("release"))
        else {
            return Ok(known);
        };
        let stored = self.rows_of(set, sets).await?;
        known.sets =
            stored.into_iter().map(|(id, row)| (id, row.ids("releases").into_iter().collect())).collect();
        let members = known.sets.values().flatten().copied().collect();
        self.know(&mut known, self.rows_of(release, &members).await?.into_values());
        Ok(known)
    }

    fn know(&self, known: &mut Released, rows: impl Iterator<Item = Row>) {
        known.releases.extend(rows.map(|row| (row.id(), Release::of(&row, &self.ctx.clock))));
    }

    /// Puts items out of releases that may not show them any more, and into those that take in what comes later.
    pub(super) async fn settle_releases(
        &mut self,
        def: &'static KindDef,
        items: &mut [Item],
        parents: &HashMap<Uuid, Row>,
    ) -> Result<()> {
        if !def.is_national() || self.is_dry {
            return Ok(());
        }
        let above = |row: &Row| -> Vec<&Row> {
            def.parent.iter().filter_map(|parent| parents.get(&row.uuid(parent.column)?)).collect()
        };
        let enters = |item: &Item| {
            item.before.as_ref().is_some_and(|row| !is_in_force(row)) && is_in_force(&item.after)
        };
        let comes = |item: &Item| {
            item.is_new() || enters(item) || def.parent.iter().any(|above| item.changes(above.column))
        };
        let is_open = |item: &Item| {
            !item.is_rejected()
                && !item.is_deletion()
                && item.verb != Verb::Release
                && (comes(item) || item.changes("visibility"))
        };
        let concerned = || items.iter().filter(|item| is_open(item));
        let sets: BTreeSet<Uuid> = concerned()
            .flat_map(|item| above(&item.after).into_iter().chain([&item.after]))
            .filter_map(|row| row.uuid("release_set_id"))
            .collect();
        let owners = self.owners().await?;
        let coming = concerned().filter(|item| comes(item)).map(|item| item.after.owner().to_owned());
        let coming: BTreeSet<String> = coming.filter(|owner| owners.shows_future(owner)).collect();
        if sets.is_empty() && coming.is_empty() {
            return Ok(());
        }
        let mut known = self.released(&sets).await?;
        if !coming.is_empty() {
            let future = self.future_of(&coming).await?;
            self.know(&mut known, future.into_iter());
        }
        let (mut places, mut wanted) = (Vec::new(), WantedSets::new());
        for (at, item) in items.iter().enumerate().filter(|(_, item)| is_open(item)) {
            let above = above(&item.after);
            let stored = known.ids(&item.after);
            let mut kept = known.kept(&item.after, &above).unwrap_or_else(|| stored.clone());
            if comes(item) {
                kept.extend(known.future(&item.after, &above));
            }
            if kept != *stored {
                places.push((at, kept.clone()));
                wanted.insert((item.after.owner().to_owned(), kept));
            }
        }
        let stored = self.release_sets(wanted).await?;
        for (at, kept) in places {
            if let Some(item) = items.get_mut(at) {
                put(&mut item.after, stored.get(&kept).copied());
            }
        }
        Ok(())
    }

    /// The open releases of whole kinds by these owners that take in what comes later.
    async fn future_of(&self, owners: &BTreeSet<String>) -> Result<Vec<Row>> {
        let Some(release) = self.ctx.kinds.get("release") else { return Ok(Vec::new()) };
        let which = Cond::all()
            .add(release.col("owner").is_in(owners.iter().map(String::as_str)))
            .add(release.col("include_future").eq(true))
            .add(release.col("status").is_in(["scheduled", "live", "suspended"]));
        store::all(self.conn(), release, which).await
    }

    /// The stored sets with exactly these releases, each stored once; the empty set is none.
    ///
    /// # Errors
    /// What the database says.
    pub fn release_sets(
        &mut self,
        mut wanted: WantedSets,
    ) -> BoxFuture<'_, Result<BTreeMap<BTreeSet<Uuid>, Uuid>>> {
        Box::pin(async move {
            wanted.retain(|(_, releases)| !releases.is_empty());
            let Some(def) = self.ctx.kinds.get("release_set").filter(|_| !wanted.is_empty()) else {
                return Ok(BTreeMap::new());
            };
            let op = |(owner, releases): &(String, BTreeSet<Uuid>)| {
                let fields = json!({ "owner": owner, "releases": releases });
                Op::Upsert {
                    source_system: def.name.into(),
                    external_key: set_id(releases.iter(), [].iter()).to_string(),
                    expected: Expected::Anything,
                    fields: fields.as_object().cloned().unwrap_or_default(),
                }
            };
            let ops = wanted.iter().map(op).collect();
            let made = self.apply_by_service(def, ops).await?;
            let ids = made
                .into_iter()
                .map(|one| one.id.ok_or_else(|| Error::Internal("a set of releases has no id".into())));
            wanted.into_iter().zip(ids).map(|((_, releases), id)| Ok((releases, id?))).collect()
        })
    }

    /// Takes the records a release shows out of it that are not at level `national` and that it does not name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn narrow_levels(&mut self, release: Uuid) -> Result<()> {
        for def in self.ctx.kinds.all().iter().copied().filter(|def| def.is_national()) {
            let which = Cond::all()
                .add(def.col("visibility").ne(Visibility::National.code()))
                .add(def.col("release_set_id").in_subquery(sets_with(release)));
            let rows = store::all(self.conn(), def, which).await?;
            let sets = rows.iter().filter_map(|row| row.uuid("release_set_id")).collect();
            let known = self.released(&sets).await?;
            let kept: Vec<(Row, BTreeSet<Uuid>)> =
                rows.into_iter().filter_map(|row| Some((row.clone(), known.kept(&row, &[])?))).collect();
            let wanted = kept.iter().map(|(row, set)| (row.owner().to_owned(), set.clone())).collect();
            let (stored, owners) = (self.release_sets(wanted).await?, self.owners().await?);
            let pair = |(row, kept): (Row, BTreeSet<Uuid>)| {
                let mut after = row.clone();
                put(&mut after, stored.get(&kept).copied());
                self.stamp(&mut after, &owners);
                (Some(row), after)
            };
            let pairs: Vec<_> = kept.into_iter().map(pair).collect();
            self.write_rows(def, &pairs).await?;
        }
        Ok(())
    }

    /// The kinds with records that a release is for, in one statement, those that others refer to first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kinds_released(&self, release: Uuid) -> Result<Vec<&'static KindDef>> {
        let all: Vec<_> = self.ctx.kinds.all().iter().copied().filter(|def| def.is_national()).collect();
        let selects = all.iter().enumerate().map(|(at, def)| {
            let covered = Query::select()
                .expr(Expr::val(1))
                .from(def.iden())
                .cond_where(for_rule(def.table))
                .and_where(def.col("release_set_id").in_subquery(sets_with(release)))
                .take();
            Query::select().expr(Expr::cust(at.to_string())).and_where(Expr::exists(covered)).take()
        });
        let found = self.numbered(selects).await?;
        Ok(found.iter().filter_map(|(at, _)| all.get(*at).copied()).collect())
    }

    /// Takes out of their releases the records below those a release has shown, where nothing else shows the record
    /// above to the same audiences.
    ///
    /// # Errors
    /// What the database says.
    pub async fn narrow_released(&mut self, ended: Uuid) -> Result<()> {
        let kinds = self.ctx.kinds.all();
        let national = kinds.iter().copied().filter(|def| def.is_national());
        let ways: Vec<_> = national
            .flat_map(|above| above.below(kinds).map(move |(def, column)| (above, def, column)))
            .filter(|(_, def, _)| def.is_national())
            .collect();
        let selects = ways.iter().enumerate().map(|(at, (above, def, column))| {
            Query::select()
                .exprs([Expr::cust(at.to_string()), def.col("id"), def.col(column)])
                .from(def.iden())
                .cond_where(for_rule(def.table))
                .and_where(stands_out(def, column, above, ended))
                .take()
        });
        let mut found: BTreeMap<usize, Vec<(Uuid, Uuid)>> = BTreeMap::new();
        for (at, ids) in self.numbered(selects).await? {
            found.entry(at).or_default().extend(ids);
        }
        let (mut front, mut narrowed) = (Vec::new(), HashMap::new());
        for (at, pairs) in found {
            let Some((above, def, _)) = ways.get(at) else { continue };
            let above = self.rows_of(above, &pairs.iter().map(|(_, above)| *above).collect()).await?;
            let ids = pairs.iter().map(|(id, _)| *id).collect();
            let pairs = self.narrow_below(def, &ids, &above).await?;
            front.push((*def, pairs.iter().map(|(_, row)| row.id()).collect()));
            narrowed.extend(pairs.into_iter().map(|(_, row)| (row.id(), row)));
        }
        self.descend(front, narrowed).await
    }

    /// The rows of several selects in one statement, each with the number of its select and two ids, if it has any.
    async fn numbered(
        &self,
        selects: impl Iterator<Item = SelectStatement>,
    ) -> Result<Vec<(usize, Option<(Uuid, Uuid)>)>> {
        let whole = selects.reduce(|mut all, one| all.union(UnionType::All, one).take());
        let Some(select) = whole else { return Ok(Vec::new()) };
        let read = |row: &QueryResult| {
            let at = usize::try_from(row.try_get_by_index::<i32>(0)?).unwrap_or_default();
            let ids = row.try_get_by_index(1).and_then(|id| Ok((id, row.try_get_by_index(2)?)));
            Ok((at, ids.ok()))
        };
        self.conn().all(&select).await?.iter().map(read).collect()
    }
}

/// The condition that a record is in other releases than the one above it, which is in `ended`.
fn stands_out(def: &KindDef, column: &str, target: &KindDef, ended: Uuid) -> Expr {
    let of = |column: &'static str| Expr::col((Alias::new("above"), Alias::new(column)));
    let select = Query::select()
        .expr(Expr::val(1))
        .from_as(target.iden(), Alias::new("above"))
        .cond_where(for_rule(target.table))
        .and_where(of("id").eq(def.col(column)))
        .and_where(of("release_set_id").in_subquery(sets_with(ended)))
        .and_where(of("release_set_id").ne(def.col("release_set_id")))
        .take();
    Expr::exists(select)
}

/// The sets that a release is in.
#[must_use]
pub fn sets_with(release: Uuid) -> SelectStatement {
    Query::select()
        .column(Alias::new("from_id"))
        .from(Alias::new("release_set_member"))
        .and_where(Expr::col(Alias::new("to_id")).eq(release))
        .take()
}

/// Puts a record into a set of releases, or out of all.
pub(super) fn put(row: &mut Row, set: Option<Uuid>) {
    match set {
        Some(set) => row.set("release_set_id", set),
        None => row.clear("release_set_id"),
    }
}
