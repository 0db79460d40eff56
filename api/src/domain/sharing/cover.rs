//! What a release shows: found from its subject and the declarations, and put into it.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Plan, release};
use kernel::{
    Code, KindDef, Result, Unit,
    editions::is_in_force,
    policy::{Verb, readable},
    record::Op,
    row::Row,
    scalar::Subject,
    store,
    unit::released::{Release, sets_with},
};
use model::{Class, access::Visibility, declaration::standard};
use sea_orm::sea_query::{Cond, ExprTrait};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::domain::{KINDS, Registered};

/// Source system of a release that goes on in the place of another, whose id begins its key.
pub const GOES_ON: &str = "release";

/// A kind with records of it.
pub type Records = Vec<(&'static KindDef, Vec<Row>)>;

/// What a release covers, and what it leaves out though it belongs to the subject.
#[derive(Debug, Default)]
pub struct Cover {
    /// The records it shows.
    pub records: Records,
    /// Records the releasing caller sees that are left out, each with the reason.
    pub left_out: Vec<(Row, Reason)>,
}

/// Why a record of the subject is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is not at level `national`.
    NotNational,
    /// The record above it is not shown to the same audiences.
    ParentNotReleased,
    /// The country that it names has not agreed; once it has, the release shows it.
    Undecided,
}

impl Reason {
    /// Name used in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotNational => "not_national",
            Self::ParentNotReleased => Code::ParentNotReleased.name(),
            Self::Undecided => "undecided",
        }
    }
}

fn is_national(row: &Row) -> bool {
    row.read(standard::VISIBILITY) == Some(Visibility::National)
}

/// Finds what a release covers.
///
/// # Errors
/// What the database says.
pub async fn of(unit: &Unit, row: &Row) -> Result<Cover> {
    if goes_on(unit, row) {
        return of_release(unit, row).await;
    }
    let stored = row.read(release::SUBJECT).unwrap_or_default();
    let subject: Subject = serde_json::from_value(stored)?;
    let mut cover = match (&subject.plan, &subject.record, &subject.kind) {
        (Some(plan), ..) => of_plan(unit, row, *plan).await?,
        (_, Some(record), _) => of_record(unit, &record.kind, record.id).await?,
        (.., Some(kind)) => of_kind(unit, row, kind).await?,
        _ => Cover::default(),
    };
    add_comments(unit, row, &mut cover).await?;
    if row.read(release::INCLUDE_REFERENCES) == Some(true) {
        add_references(unit, row.owner(), &mut cover).await?;
    }
    Ok(cover)
}

/// Whether a release goes on in the place of another: only the service itself makes such.
#[must_use]
pub fn goes_on(unit: &Unit, row: &Row) -> bool {
    unit.actor().is_system() && row.text("source_system") == Some(GOES_ON)
}

/// What the release shows in whose place this one goes on.
async fn of_release(unit: &Unit, row: &Row) -> Result<Cover> {
    let key = row.text("external_key").and_then(|key| key.split_once('/')?.0.parse().ok());
    let mut cover = Cover::default();
    let Some(other): Option<Uuid> = key else { return Ok(cover) };
    for def in KINDS.all().iter().copied().filter(|def| def.is_national()) {
        let which = Cond::all()
            .add(def.col("owner").eq(row.owner()))
            .add(def.col("release_set_id").in_subquery(sets_with(other)));
        cover.records.push((def, store::all(unit.conn(), def, which).await?));
    }
    Ok(cover)
}

fn is_comment(row: &Row) -> bool {
    row.def().class == Class::Comment
}

/// Comments on the records, at level `national`, where the audiences may comment themselves.
async fn add_comments(unit: &Unit, row: &Row, cover: &mut Cover) -> Result<()> {
    if row.read(release::MAY_COMMENT) != Some(true) {
        return Ok(());
    }
    let shown: BTreeSet<Uuid> = cover.records.iter().flat_map(|(_, rows)| rows).map(Row::id).collect();
    for def in KINDS.all().iter().copied().filter(|def| def.class == Class::Comment) {
        let Some(parent) = def.parent.first() else { continue };
        let of_these = Cond::all().add(unit.conn().among(def.col(parent.column), &shown));
        let mut rows = store::all(unit.conn(), def, of_these).await?;
        rows.retain(|row| is_national(row) && is_in_force(row));
        cover.records.push((def, rows));
    }
    Ok(())
}

async fn of_record(unit: &Unit, kind: &str, id: Uuid) -> Result<Cover> {
    let Some(def) = KINDS.get(kind) else { return Ok(Cover::default()) };
    let rows = unit.rows_of(def, &[id].into()).await?.into_values().collect();
    Ok(Cover { records: vec![(def, rows)], left_out: Vec::new() })
}

/// A plan by its own id, and what hangs on it at level `national`, but for what stands below another record too that is not shown.
async fn of_plan(unit: &Unit, row: &Row, id: Uuid) -> Result<Cover> {
    let mut cover = of_record(unit, Plan::def().name, id).await?;
    // What no release shows by itself, and what is not in force yet, is no part of it.
    let is_part = |row: &Row| row.def().is_served() && is_in_force(row) && !is_comment(row);
    let below = unit.records_below((Plan::def(), id), is_part).await?;
    let parts = below.iter().flat_map(|(_, rows)| rows);
    let inside: BTreeSet<Uuid> = parts.filter(|row| is_national(row)).map(Row::id).chain([id]).collect();
    for (def, rows) in below {
        let (national, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_national);
        leave_out(unit, &mut cover, others, Reason::NotNational);
        let (shown, hidden) = below_shown(unit, (def, national), row, &inside).await?;
        leave_out(unit, &mut cover, hidden, Reason::ParentNotReleased);
        cover.records.push((def, shown));
    }
    Ok(cover)
}

/// These records of a kind that a release may show as the records above them are, but for those that go out with them, and the others.
async fn below_shown(
    unit: &Unit,
    (def, rows): (&'static KindDef, Vec<Row>),
    release: &Row,
    inside: &BTreeSet<Uuid>,
) -> Result<(Vec<Row>, Vec<Row>)> {
    let mut above = BTreeMap::new();
    for parent in &def.parent {
        let target = parent.target.and_then(|kind| KINDS.get(kind)).filter(|def| def.is_national());
        let ids = rows.iter().filter_map(|row| row.uuid(parent.column)).filter(|id| !inside.contains(id));
        if let Some(target) = target {
            above.extend(unit.rows_of(target, &ids.collect()).await?);
        }
    }
    let sets = above.values().filter_map(|row| row.uuid("release_set_id")).collect();
    let (known, release) = (unit.released(&sets).await?, Release::of(release, &unit.ctx.clock));
    let is_shown = |row: &Row| {
        let above: Vec<&Row> =
            def.parent.iter().filter_map(|parent| above.get(&row.uuid(parent.column)?)).collect();
        known.may_show(&release, &above)
    };
    Ok(rows.into_iter().partition(is_shown))
}

/// All records of a kind of the release's owner at level `national`, but for those whose record above is not shown.
async fn of_kind(unit: &Unit, row: &Row, kind: &str) -> Result<Cover> {
    let mut cover = Cover::default();
    let Some(def) = KINDS.get(kind) else { return Ok(cover) };
    let which = Cond::all().add(def.col("owner").eq(row.owner()));
    let stored = store::all(unit.conn(), def, which).await?.into_iter().filter(is_in_force);
    let (national, others) = stored.partition(is_national);
    leave_out(unit, &mut cover, others, Reason::NotNational);
    let (shown, hidden) = below_shown(unit, (def, national), row, &BTreeSet::new()).await?;
    leave_out(unit, &mut cover, hidden, Reason::ParentNotReleased);
    cover.records.push((def, shown));
    Ok(cover)
}

/// Notes what is left out, as far as the caller sees it.
fn leave_out(unit: &Unit, cover: &mut Cover, rows: Vec<Row>, why: Reason) {
    let sees = |row: &Row| readable(unit.actor(), row.def(), &row.scope());
    cover.left_out.extend(rows.into_iter().filter(sees).map(|row| (row, why)));
}

/// The agencies and working groups that the records name: records of kinds that hang on nothing and have no lead
/// agency, at level `national`.
async fn add_references(unit: &Unit, owner: &str, cover: &mut Cover) -> Result<()> {
    let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
    for (def, rows) in &cover.records {
        for (kind, ids) in references(def, rows) {
            wanted.entry(kind).or_default().extend(ids);
        }
    }
    for (kind, ids) in wanted {
        let free = |def: &&'static KindDef| {
            def.class == Class::National && def.parent.is_empty() && def.plan_column().is_none()
        };
        let Some(def) = KINDS.get(kind).filter(free) else { continue };
        let known: BTreeSet<Uuid> = cover.records.iter().flat_map(|(_, rows)| rows).map(Row::id).collect();
        let ids = ids.difference(&known).copied().collect();
        let mut rows: Vec<Row> = unit.rows_of(def, &ids).await?.into_values().collect();
        rows.retain(|row| row.owner() == owner && is_national(row));
        cover.records.push((def, rows));
    }
    Ok(())
}

/// The records that these name, by kind, in references and lists of them.
pub fn references<'a>(
    def: &'static KindDef,
    rows: &'a [Row],
) -> impl Iterator<Item = (&'static str, BTreeSet<Uuid>)> + 'a {
    let columns = def.columns.iter().filter_map(move |column| {
        Some((column.target?, rows.iter().filter_map(|row| row.uuid(column.name)).collect()))
    });
    let lists = def.links.iter().filter_map(move |link| {
        Some((link.target?, rows.iter().flat_map(|row| row.ids(link.column)).collect()))
    });
    columns.chain(lists)
}

/// The records above one, with their kinds, those that can be released.
///
/// # Errors
/// What the database says.
pub async fn above(unit: &Unit, row: &Row) -> Result<Vec<(&'static KindDef, Row)>> {
    let mut all = Vec::new();
    for parent in &row.def().parent {
        let target = parent.kind_of(row).and_then(|kind| KINDS.get(kind));
        if let (Some(target), Some(id)) = (target.filter(|def| def.is_national()), row.uuid(parent.column)) {
            all.extend(unit.rows_of(target, &[id].into()).await?.into_values().map(|row| (target, row)));
        }
    }
    Ok(all)
}

/// Puts records into a release: one write for all records of a kind, each record once.
///
/// # Errors
/// What the database says.
pub async fn put_in(unit: &mut Unit, records: Records, release: Uuid) -> Result<()> {
    let mut by_kind: BTreeMap<&str, (&'static KindDef, Vec<Row>)> = BTreeMap::new();
    for (def, rows) in records {
        by_kind.entry(def.name).or_insert_with(|| (def, Vec::new())).1.extend(rows);
    }
    // Those that others refer to first, so that rows are locked in one order everywhere.
    for def in KINDS.all() {
        if let Some((_, rows)) = by_kind.remove(def.name) {
            put_rows(unit, def, rows, release).await?;
        }
    }
    Ok(())
}

async fn put_rows(unit: &mut Unit, def: &'static KindDef, rows: Vec<Row>, release: Uuid) -> Result<()> {
    let stored: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.uuid("release_set_id")).collect();
    let known = unit.released(&stored).await?;
    // What has ended is left behind, so that there are few sets.
    let with = |row: &Row| -> BTreeSet<Uuid> {
        known.of(row).filter(|one| one.is_open).map(|one| one.id).chain([release]).collect()
    };
    let is_in = |row: &Row| known.of(row).any(|one| one.id == release);
    let rows: Vec<(Row, BTreeSet<Uuid>)> =
        rows.into_iter().filter(|row| !is_in(row)).map(|row| (row.clone(), with(&row))).collect();
    let wanted = rows.iter().map(|(row, set)| (row.owner().to_owned(), set.clone())).collect();
    let sets = unit.release_sets(wanted).await?;
    let ops: Vec<Op> = rows
        .into_iter()
        .filter_map(|(row, set)| Some((row, sets.get(&set)?)))
        .map(|(row, set)| Op::Move {
            id: row.id(),
            version: Some(row.version()),
            verb: Verb::Release,
            authority: Verb::Release,
            set: Map::from_iter([("release_set_id".to_owned(), json!(set))]),
            faults: Vec::new(),
        })
        .collect();
    if ops.is_empty() { Ok(()) } else { unit.apply_by_service(def, ops).await.map(drop) }
}
