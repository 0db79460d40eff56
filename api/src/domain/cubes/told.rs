//! A cube as a table: every cell of its grid, with figures where they may be told.

use std::collections::BTreeSet;

use entity::{
    CapabilityArea, Framework, Region,
    vocab::{CycleStage, Domain, Mark},
};
use kernel::{
    Actor, Ctx, Error, KindDef, Result,
    render::{Detail, Renderer},
    store,
};
use model::{Vocabulary, VocabularyDef};
use sea_orm::sea_query::Cond;
use serde_json::{Map, Value as Json};

use super::{
    COUNTRIES, CUBES, Cube, Dimension, counting,
    guard::{Key, Shown},
    kept::Day,
};
use crate::domain::{
    Registered,
    analytics::{Analytics, FigureColumn, FigureCoverage, FigureMeta, edition, written},
    plans::document::words::Speech,
    vocabularies::list_name,
};

/// Codes that a dimension has, in their order, each with its label where it has one.
type Axis = Vec<(String, Option<String>)>;

/// A cube as it is told on a day.
///
/// # Errors
/// What the database says.
pub(super) async fn table(ctx: &Ctx, at: usize, day: &Day) -> Result<Analytics> {
    let unknown = || Error::Internal("a cube has no place".into());
    let (cube, shown) = CUBES.get(at).zip(day.tables.get(at)).ok_or_else(unknown)?;
    let reader = ctx.acting(Actor::anonymous());
    let mut keys: Vec<(Key, Map<String, Json>)> = vec![Default::default()];
    for dimension in cube.dimensions {
        let axis = axis(&reader, *dimension).await?;
        let with = |(key, row): (Key, Map<String, Json>)| {
            let one = |(code, label): &(String, Option<String>)| {
                let (mut key, mut row) = (key.clone(), row.clone());
                key.push(code.clone());
                row.insert(dimension.name().to_owned(), code.as_str().into());
                if dimension.has_label() {
                    row.insert(dimension.label(), label.clone().into());
                }
                (key, row)
            };
            axis.iter().map(one).collect::<Vec<_>>()
        };
        keys = keys.into_iter().flat_map(with).collect();
    }
    let members = Renderer::owners(&reader).await?.members(ctx.clock.today(), &[], &[]).len();
    let rows = keys.into_iter().map(|(key, row)| filled(cube, row, shown.get(&key))).collect();
    let small = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let covered = day.coverage.get(at).map_or(0, BTreeSet::len);
    let lists = cube.dimensions.iter().filter_map(|one| one.list()).map(list_name);
    let meta = FigureMeta {
        as_of: written(day.made_at),
        // It would tell when a single country has changed something.
        freshness: None,
        coverage: FigureCoverage { n: small(covered), m: small(members) },
        definition_editions: lists.map(edition).collect(),
        filters: Vec::new(),
        url: None,
    };
    Ok(Analytics { columns: columns(cube), rows, meta })
}

/// The columns of a cube.
fn columns(cube: &Cube) -> Vec<FigureColumn> {
    let column = |name: &str, role: &str| FigureColumn { name: name.to_owned(), role: role.to_owned() };
    let mut all = Vec::new();
    for dimension in cube.dimensions {
        all.push(column(dimension.name(), "key"));
        if dimension.has_label() {
            all.push(column(&dimension.label(), "label"));
        }
    }
    all.extend(cube.measures().into_iter().map(|name| column(name, "measure")));
    all.extend(["since", "is_suppressed"].map(|name| column(name, "note")));
    all
}

/// A row with what is told of its cell.
fn filled(cube: &Cube, mut row: Map<String, Json>, shown: Option<&Shown>) -> Map<String, Json> {
    for measure in cube.measures() {
        let figure = shown.map(|shown| match measure {
            COUNTRIES => Json::from(shown.shares.len()),
            _ => shown.shares.values().map(|share| share.total()).sum::<i64>().into(),
        });
        row.insert(measure.to_owned(), figure.unwrap_or_default());
    }
    row.insert("since".to_owned(), shown.map(|shown| shown.since.to_string()).into());
    row.insert("is_suppressed".to_owned(), shown.is_none().into());
    row
}

impl Dimension {
    /// The closed list of its codes, where it has one.
    pub(super) const fn list(self) -> Option<&'static VocabularyDef> {
        match self {
            Self::Step => Some(CycleStage::DEF),
            Self::Domain => Some(Domain::DEF),
            Self::Mark => Some(Mark::DEF),
            Self::Region | Self::Area | Self::Framework | Self::Quarter => None,
        }
    }

    const fn has_label(self) -> bool {
        !matches!(self, Self::Quarter)
    }

    fn label(self) -> String {
        format!("{}_label", self.name())
    }
}

/// The codes of a dimension: known to everybody, whatever there is to count.
async fn axis(ctx: &Ctx, dimension: Dimension) -> Result<Axis> {
    if let Some(list) = dimension.list() {
        let speech = Speech::of(&ctx.locale, &[]);
        let name = list_name(list);
        let labelled =
            list.terms.iter().map(|term| (term.code.to_owned(), Some(speech.label(&name, term.code).label)));
        return Ok(labelled.collect());
    }
    match dimension {
        Dimension::Region => named(ctx, Region::def()).await,
        Dimension::Area => named(ctx, CapabilityArea::def()).await,
        Dimension::Framework => named(ctx, Framework::def()).await,
        _ => Ok(counting::quarters(ctx.clock.today()).into_iter().map(|quarter| (quarter, None)).collect()),
    }
}

/// The records of a kind of reference data, by their codes.
async fn named(ctx: &Ctx, def: &'static KindDef) -> Result<Axis> {
    let rows = store::seen(ctx, def, Cond::all(), counting::MOST).await?;
    let renderer = Renderer::on(ctx, def, &rows, Detail::List).await?;
    let called = rows.iter().map(|row| renderer.named(row));
    let mut axis: Axis = called.filter_map(|of| Some((of.code?, of.name))).collect();
    axis.sort();
    Ok(axis)
}
