//! What a release would show, before it is made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::SimpleObject;
use entity::{Release, release, vocab::ReleaseMode};
use kernel::{
    Ctx, Error, KindDef, Result, Unit,
    policy::{Withheld, readable},
    record::Op,
    row::Row,
    unit::released::Released,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    cover::{self, Cover, Reason, references},
    disclosure::in_force,
};
use crate::domain::{KINDS, Registered};

/// What a release would do; nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ReleasePreview {
    /// What each audience would see, in the order in which they are named.
    pub audiences: Vec<AudiencePreview>,
    /// Records of the subject that would not be shown, as far as the caller sees them.
    pub left_out: Vec<LeftOut>,
}

/// What one audience would see that it does not see now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AudiencePreview {
    /// The audience.
    pub audience: String,
    /// How many records of each kind; a release with mode `count` adds them to figures and shows none of them.
    pub counts: Vec<KindCount>,
    /// The records.
    pub records: Vec<ShownRecord>,
    /// Fields of them that stay null for the audience, by the owner's disclosure rules.
    pub withheld: Vec<WithheldField>,
    /// References of them that would read null, or lack a record, because the audience does not see what they name.
    pub null_references: Vec<NullReference>,
    /// Live releases that show the audience records of the subject already.
    pub already_shown: Vec<AlreadyShown>,
}

/// How many records of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct KindCount {
    /// Kind of the records.
    pub kind: String,
    /// How many.
    pub count: i32,
}

/// A record that a release would show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ShownRecord {
    /// Kind of the record.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name or title, in its own language.
    pub name: Option<String>,
}

/// A field that a disclosure rule withholds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct WithheldField {
    /// Kind of the records.
    pub kind: String,
    /// Name of the field.
    pub field: String,
}

/// A reference whose record the audience does not see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct NullReference {
    /// Kind of the record that refers.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Name of the reference.
    pub field: String,
}

/// A live release that shows records of the subject already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AlreadyShown {
    /// The release.
    pub release: Uuid,
    /// How many records of the subject it shows the audience.
    pub count: i32,
}

/// A record of the subject that would not be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct LeftOut {
    /// Kind of the record.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// Its name or title, in its own language.
    pub name: Option<String>,
    /// Why: `not_national`; `parent_not_released`; or `undecided`, where the country that it names has not agreed: once it has, the
    /// release shows the record.
    pub reason: String,
}

/// Says what a release would show, by what the release itself would do; to who views as others, with its own rights.
///
/// # Errors
/// Why the release would be refused.
pub async fn preview(ctx: &Ctx, fields: Map<String, Json>) -> Result<ReleasePreview> {
    ctx.own().rehearse(async move |unit| previewed(unit, fields.clone()).await).await
}

async fn previewed(unit: &mut Unit, fields: Map<String, Json>) -> Result<ReleasePreview> {
    let made = unit.apply_one(Release::def(), Op::Create(fields)).await?;
    let row = made.row.ok_or_else(|| Error::Internal("a rehearsed release has no row".into()))?;
    let Cover { mut records, mut left_out } = cover::of(unit, &row).await?;
    for (_, rows) in &mut records {
        let undecided = rows.extract_if(.., |row| row.scope().is_unsettled);
        left_out.extend(undecided.map(|row| (row, Reason::Undecided)));
    }
    records.sort_by_key(|(def, _)| KINDS.all().iter().position(|one| one == def));
    let sets =
        records.iter().flat_map(|(_, rows)| rows).filter_map(|row| row.uuid("release_set_id")).collect();
    let known = unit.released(&sets).await?;
    let named = Named::read(unit, &records).await?;
    let withheld = in_force(unit.conn(), Some(row.owner()), unit.ctx.clock.now()).await?;
    let is_read = row.read(release::MODE) != Some(ReleaseMode::Count);
    let audiences = row.read(release::AUDIENCES).unwrap_or_default().into_iter();
    let one = |audience| {
        let mut shown = of_audience(audience, &records, (&known, &named), is_read);
        let is_shown = |rule: &&Withheld| shown.records.iter().any(|record| record.kind == rule.kind);
        let fields = withheld.iter().filter(is_shown).map(|rule| (rule.kind.clone(), rule.field.clone()));
        let fields: BTreeSet<(String, String)> = fields.collect();
        shown.withheld = fields.into_iter().map(|(kind, field)| WithheldField { kind, field }).collect();
        shown
    };
    let left_out = left_out.into_iter().map(|(row, why)| LeftOut {
        kind: row.def().name.into(),
        id: row.id(),
        name: label(&row),
        reason: why.name().into(),
    });
    Ok(ReleasePreview { audiences: audiences.map(one).collect(), left_out: left_out.collect() })
}

fn of_audience(
    audience: String,
    records: &[(&'static KindDef, Vec<Row>)],
    (known, named): (&Released, &Named),
    is_read: bool,
) -> AudiencePreview {
    let covered: BTreeSet<Uuid> = records.iter().flat_map(|(_, rows)| rows).map(Row::id).collect();
    let (mut counts, mut shown, mut null_references) = (BTreeMap::new(), Vec::new(), Vec::new());
    let mut already: BTreeMap<Uuid, i32> = BTreeMap::new();
    for row in records.iter().flat_map(|(_, rows)| rows) {
        let kind = row.def().name;
        if known.shows(row, &audience) {
            for one in known.showing(row, &audience) {
                *already.entry(one.id).or_default() += 1;
            }
            continue;
        }
        *counts.entry(kind).or_insert(0) += 1;
        if !is_read {
            continue;
        }
        shown.push(ShownRecord { kind: kind.into(), id: row.id(), name: label(row) });
        let lost = named.lost(row, |id| covered.contains(&id), &audience);
        null_references.extend(lost.map(|field| NullReference {
            kind: kind.into(),
            id: row.id(),
            field: field.into(),
        }));
    }
    let counts = KINDS.all().iter().filter_map(|def| Some((def.name, *counts.get(def.name)?)));
    AudiencePreview {
        counts: counts.map(|(kind, count)| KindCount { kind: kind.into(), count }).collect(),
        records: shown,
        withheld: Vec::new(),
        null_references,
        already_shown: already.into_iter().map(|(release, count)| AlreadyShown { release, count }).collect(),
        audience,
    }
}

/// The name of a record in its own language.
fn label(row: &Row) -> Option<String> {
    row.def().label.or(row.def().code).and_then(|column| row.text(column)).map(str::to_owned)
}

/// The records that those of a release name, as far as the caller sees them, and the releases they are in.
struct Named {
    rows: HashMap<Uuid, Row>,
    known: Released,
}

impl Named {
    async fn read(unit: &Unit, records: &[(&'static KindDef, Vec<Row>)]) -> Result<Self> {
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for (def, rows) in records {
            for (kind, ids) in references(def, rows) {
                wanted.entry(kind).or_default().extend(ids);
            }
        }
        let mut rows = HashMap::new();
        for (kind, ids) in wanted {
            let Some(def) = KINDS.get(kind).filter(|def| def.is_national()) else { continue };
            let found = unit.rows_of(def, &ids).await?;
            rows.extend(found.into_iter().filter(|(_, row)| readable(unit.actor(), def, &row.scope())));
        }
        let sets = rows.values().filter_map(|row: &Row| row.uuid("release_set_id")).collect();
        Ok(Self { known: unit.released(&sets).await?, rows })
    }

    /// The references of a record that lead to what the audience would not see.
    fn lost<'a>(
        &'a self,
        row: &'a Row,
        is_covered: impl Fn(Uuid) -> bool + 'a,
        audience: &'a str,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let is_lost = move |id: Uuid| {
            !is_covered(id) && self.rows.get(&id).is_some_and(|named| !self.known.shows(named, audience))
        };
        let def = row.def();
        let one = def.columns.iter().filter(|column| column.target.is_some());
        let one = one.map(|column| (column.field, row.uuid(column.name).into_iter().collect::<Vec<_>>()));
        let lists = def.links.iter().filter(|link| link.target.is_some());
        let lists = lists.map(|link| (link.column, row.ids(link.column)));
        one.chain(lists).filter(move |(_, ids)| ids.iter().any(|id| is_lost(*id))).map(|(field, _)| field)
    }
}
