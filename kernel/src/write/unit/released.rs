//! Releases of records: none is shown more widely than the record above it, and what is not at level `national` is
//! shown by its own id only.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::BoxFuture;
use model::{access::Visibility, declaration::standard};
use sea_orm::sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Atomic, Unit, item::Item};
use crate::{
    clock::Clock,
    error::{Error, Result},
    policy::Verb,
    record::{Expected, KindDef, Op},
    row::Row,
    scalar::Subject,
    shared_sets::set_id,
    store,
};

/// Audience that contains all others.
const PUBLIC: &str = "public";

/// A release, as far as the rule looks at it.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its id.
    pub id: Uuid,
    /// Who may read.
    pub audiences: BTreeSet<String>,
    /// What it shows.
    pub subject: Subject,
    /// Whether it shows records, and does not only count them.
    pub is_read: bool,
    /// Whether it shows or counts its subject now.
    pub is_live: bool,
    /// Whether it does or may come to do so.
    pub is_open: bool,
    takes_future: bool,
}

impl Release {
    /// Reads a release.
    #[must_use]
    pub fn of(row: &Row, clock: &Clock) -> Self {
        let now = clock.now();
        let instant = |column| row.instant(column);
        let status = row.text("status").unwrap_or_default();
        let is_open = ["scheduled", "live", "suspended"].contains(&status)
            && instant("until_at").is_none_or(|until| until > now);
        let subject = row.json("subject").and_then(|json| serde_json::from_value(json.clone()).ok());
        Self {
            id: row.id(),
            audiences: texts(row, "audiences"),
            subject: subject.unwrap_or_default(),
            is_read: row.text("mode") == Some("read"),
            is_live: is_open && status != "suspended" && instant("from_at").is_some_and(|from| from <= now),
            is_open,
            takes_future: row.truth("include_future"),
        }
    }

    /// Whether the release names this record by its id.
    fn names(&self, id: Uuid) -> bool {
        self.subject.plan == Some(id) || self.subject.record.as_ref().is_some_and(|one| one.id == id)
    }
}

fn texts(row: &Row, column: &str) -> BTreeSet<String> {
    let all = row.json(column).and_then(Json::as_array).into_iter().flatten();
    all.filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Sets of releases, with what is known of their members.
#[derive(Debug, Default)]
pub struct Released {
    sets: HashMap<Uuid, BTreeSet<Uuid>>,
    releases: HashMap<Uuid, Release>,
}

impl Released {
    /// The releases that a record is in.
    pub fn of<'a>(&'a self, row: &Row) -> impl Iterator<Item = &'a Release> {
        self.ids(row).iter().filter_map(|id| self.releases.get(id))
    }

    fn ids(&self, row: &Row) -> &BTreeSet<Uuid> {
        const NONE: &BTreeSet<Uuid> = &BTreeSet::new();
        row.uuid("release_set_id").and_then(|set| self.sets.get(&set)).unwrap_or(NONE)
    }

    /// Whether a record is shown now to everybody who belongs to an audience.
    #[must_use]
    pub fn shows(&self, row: &Row, audience: &str) -> bool {
        self.showing(row, audience).next().is_some()
    }

    /// The releases that show a record now to everybody who belongs to an audience.
    pub fn showing<'a>(&'a self, row: &Row, audience: &'a str) -> impl Iterator<Item = &'a Release> {
        let is_for = move |one: &&Release| one.audiences.contains(PUBLIC) || one.audiences.contains(audience);
        self.of(row).filter(|one| one.is_read && one.is_live).filter(is_for)
    }

    /// Whether a release may show a record below this one.
    #[must_use]
    pub fn may_show(&self, release: &Release, parent: Option<&Row>) -> bool {
        parent.is_none_or(|parent| {
            !release.is_read
                || self.ids(parent).contains(&release.id)
                || release.audiences.iter().all(|audience| self.shows(parent, audience))
        })
    }

    /// Whether a record may stay in a release, as its level and the record above it are. What has ended shows
    /// nothing, and may stay.
    fn may_keep(&self, release: &Release, row: &Row, parent: Option<&Row>) -> bool {
        let by_level = match row.read(standard::VISIBILITY) {
            Some(Visibility::National) | None => true,
            Some(Visibility::Group) => release.names(row.id()),
            Some(Visibility::Agency) => false,
        };
        !release.is_open || (by_level && self.may_show(release, parent))
    }

    /// The releases a record stays in; none if it stays in all of them.
    pub(super) fn kept(&self, row: &Row, parent: Option<&Row>) -> Option<BTreeSet<Uuid>> {
        let all = self.ids(row);
        let may = |id: &&Uuid| self.releases.get(*id).is_some_and(|one| self.may_keep(one, row, parent));
        let kept: BTreeSet<Uuid> = all.iter().filter(may).copied().collect();
        (kept.len() != all.len()).then_some(kept)
    }

    /// The releases that take in what is made, or comes, below their subject.
    fn future(&self, row: &Row, parent: Option<&Row>) -> BTreeSet<Uuid> {
        if row.read(standard::VISIBILITY) != Some(Visibility::National) {
            return BTreeSet::new();
        }
        let plan = row.def().plan_column().and_then(|column| row.uuid(column));
        let takes = |one: &&Release| {
            let is_below = one.subject.plan.is_some() && one.subject.plan == plan;
            let is_of_kind = one.subject.kind.as_deref() == Some(row.def().name);
            one.is_open && one.takes_future && (is_below || is_of_kind) && self.may_show(one, parent)
        };
        self.releases.values().filter(takes).map(|one| one.id).collect()
    }
}

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
        let above = |row: &Row| def.parent.iter().find_map(|parent| parents.get(&row.uuid(parent.column)?));
        let comes = |item: &Item| item.is_new() || def.parent.iter().any(|above| item.changes(above.column));
        let is_open = |item: &Item| {
            !item.is_rejected()
                && !item.is_deletion()
                && item.verb != Verb::Release
                && (comes(item) || item.changes("visibility"))
        };
        let concerned = || items.iter().filter(|item| is_open(item));
        let sets: BTreeSet<Uuid> = concerned()
            .flat_map(|item| [Some(&item.after), above(&item.after)])
            .filter_map(|row| row?.uuid("release_set_id"))
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
            let parent = above(&item.after);
            let stored = known.ids(&item.after);
            let mut kept = known.kept(&item.after, parent).unwrap_or_else(|| stored.clone());
            if comes(item) {
                kept.extend(known.future(&item.after, parent));
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
            let actor = self.elevate();
            let made = self.apply(def, ops, Atomic::All).await;
            self.act_as(actor);
            let ids = made?
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
                rows.into_iter().filter_map(|row| Some((row.clone(), known.kept(&row, None)?))).collect();
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

    /// Takes out of their releases the records below those a release has shown, where nothing else shows the record
    /// above to the same audiences.
    ///
    /// # Errors
    /// What the database says.
    pub async fn narrow_released(&mut self, ended: Uuid) -> Result<()> {
        let (mut front, mut narrowed) = (Vec::new(), HashMap::new());
        for def in self.ctx.kinds.all().iter().copied().filter(|def| def.is_national()) {
            for parent in &def.parent {
                let target = def.column(parent.column).and_then(|column| self.ctx.kinds.get(column.target?));
                let Some(target) = target.filter(|target| target.is_national()) else { continue };
                let rows = store::all(
                    self.conn(),
                    def,
                    Cond::all().add(stands_out(def, parent.column, target, ended)),
                )
                .await?;
                if rows.is_empty() {
                    continue;
                }
                let ids = rows.iter().map(Row::id).collect();
                let above = rows.iter().filter_map(|row| row.uuid(parent.column)).collect();
                let above = self.rows_of(target, &above).await?;
                let pairs = self.narrow_below(def, &ids, &above).await?;
                front.push((def, pairs.iter().map(|(_, row)| row.id()).collect()));
                narrowed.extend(pairs.into_iter().map(|(_, row)| (row.id(), row)));
            }
        }
        self.descend(front, narrowed).await
    }
}

/// The condition that a record is in other releases than the one above it, which is in `ended`.
fn stands_out(def: &KindDef, column: &str, target: &KindDef, ended: Uuid) -> Expr {
    let of = |column: &'static str| Expr::col((Alias::new("above"), Alias::new(column)));
    let select = Query::select()
        .expr(Expr::val(1))
        .from_as(target.iden(), Alias::new("above"))
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
