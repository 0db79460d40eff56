//! What a country has recorded about the obligations of frameworks, and about which it has recorded nothing.

pub(super) mod linked;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::SimpleObject;
use entity::{Framework, obligation, vocab::Domain};
use kernel::{Ctx, Result, render::Renderer, row::Row, scalar::Ref, store};
use model::Vocabulary;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::recorded::{self, FORCES, Marks, RecordedMark};
use crate::domain::{Registered, small};
use linked::Linked;

/// What is recorded about an obligation in one hazard domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CoverageCell {
    /// Hazard domain: `C`, `B`, `R` or `N`.
    pub dimension: String,
    /// Whether the obligation is about it.
    pub is_in_scope: bool,
    /// The mark; null where none is recorded that the caller may see.
    #[schema(required = true)]
    pub recorded: Option<RecordedMark>,
}

/// What is recorded about an obligation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CoverageRow {
    /// The obligation.
    pub obligation: Ref,
    /// Its article or paragraph.
    pub provision: String,
    /// What it is about.
    pub category: String,
    /// Its legal source.
    pub legal_source: String,
    /// Id of the obligation that it is a part of.
    #[schema(required = true)]
    pub part_of: Option<Uuid>,
    /// The four hazard domains: chemical, biological, radiological, nuclear.
    pub cells: Vec<CoverageCell>,
    /// Actions of the country's plans that serve it and are not cancelled.
    pub actions: i32,
    /// Legal instruments of the country that serve it and are not repealed.
    pub legal_instruments: i32,
}

/// The obligations of a framework that bind alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FrameworkCoverage {
    /// The framework.
    pub framework: Ref,
    /// Its obligations, by provision.
    pub rows: Vec<CoverageRow>,
}

/// An obligation without recorded measure in some of its hazard domains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ObligationWithoutMeasure {
    /// The obligation.
    pub obligation: Ref,
    /// Those of its hazard domains in which no mark says `found` or `not_applicable`.
    pub dimensions: Vec<String>,
}

/// What is recorded about the obligations that bind alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct BindingCoverage {
    /// How they bind: `legally_binding`, `politically_binding` or `encouraged`.
    pub binding: String,
    /// How many obligations they are, without those that are parts of another one.
    pub obligations: i32,
    /// The frameworks they come from, by code.
    pub frameworks: Vec<FrameworkCoverage>,
    /// Obligations without recorded measure that the caller may see, but for parts of others; null for callers outside the
    /// country.
    #[schema(required = true)]
    pub without_measure: Option<Vec<ObligationWithoutMeasure>>,
    /// Obligations that no action serves, but for parts of others; null for callers outside the country.
    #[schema(required = true)]
    pub without_action: Option<Vec<Ref>>,
    /// Obligations that no legal instrument serves, but for parts of others; null for callers outside the country.
    #[schema(required = true)]
    pub without_legal_instrument: Option<Vec<Ref>>,
}

/// What a country has recorded about obligations, as far as the caller may see it: facts, no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct CountryCoverage {
    /// The country.
    pub country: Ref,
    /// Obligations that bind legally, politically, and those that are encouraged: kept apart, in this order.
    pub bindings: Vec<BindingCoverage>,
}

/// Which obligations are wanted; all of them where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those of this framework, by id or code.
    pub framework: Option<String>,
    /// Those about this hazard domain, by code.
    pub domain: Option<String>,
}

impl Wanted {
    fn filters(&self) -> Map<String, Json> {
        let given = [("framework", &self.framework), ("domain", &self.domain)];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let given = given.filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| (name.to_owned(), Json::from(vec![value.as_str()]))).collect()
    }
}

/// Reads what a country has recorded; statements are as many however many obligations and marks there are.
///
/// # Errors
/// `NotFound` if there is no such country; `BadRequest` for a value no filter takes.
pub async fn coverage(ctx: &Ctx, address: &str, wanted: &Wanted) -> Result<CountryCoverage> {
    let (country, owner) = recorded::country(ctx, address).await?;
    let marks = recorded::marks(ctx, &owner).await?;
    let rows = recorded::obligations(ctx, &wanted.filters(), &marks).await?;
    let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.read(obligation::FRAMEWORK)).collect();
    let frameworks = store::by_ids(ctx, Framework::def(), &ids).await?.into_iter().collect();
    let looked_up = LookedUp {
        marks,
        linked: Linked::of(ctx, &owner).await?,
        is_inside: ctx.actor.is_inside(&owner),
        renderer: Renderer::for_edges(ctx, Renderer::owners(ctx).await?),
    };
    let bindings = FORCES.map(|force| looked_up.binding(force.code(), &rows, &frameworks));
    Ok(CountryCoverage { country: looked_up.renderer.named(&country), bindings: bindings.to_vec() })
}

/// What the answer is made of, besides the obligations.
struct LookedUp {
    marks: Marks,
    linked: Linked,
    /// Whether the caller reads the country from inside: to others, what is not recorded says nothing.
    is_inside: bool,
    renderer: Renderer,
}

impl LookedUp {
    fn binding(&self, binding: &str, all: &[Row], frameworks: &HashMap<Uuid, Row>) -> BindingCoverage {
        let is_of = |row: &&Row| row.text(obligation::BINDING.column) == Some(binding);
        let rows: Vec<&Row> = all.iter().filter(is_of).collect();
        let wholes: Vec<&Row> =
            rows.iter().copied().filter(|row| row.read(obligation::PART_OF).is_none()).collect();
        let mut by_framework: BTreeMap<(String, Uuid), Vec<CoverageRow>> = BTreeMap::new();
        for row in &rows {
            let Some(framework) = row.read(obligation::FRAMEWORK) else { continue };
            let code = frameworks.get(&framework).and_then(|row| row.text("code")).unwrap_or_default();
            by_framework.entry((code.to_owned(), framework)).or_default().push(self.row(row));
        }
        let named = by_framework.into_iter().filter_map(|((_, id), rows)| {
            Some(FrameworkCoverage { framework: self.renderer.named(frameworks.get(&id)?), rows })
        });
        BindingCoverage {
            binding: binding.to_owned(),
            obligations: small(wholes.len()),
            frameworks: named.collect(),
            without_measure: self.is_inside.then(|| self.without_measure(&wholes)),
            without_action: self.without(&wholes, &self.linked.actions),
            without_legal_instrument: self.without(&wholes, &self.linked.legal_instruments),
        }
    }

    fn row(&self, row: &Row) -> CoverageRow {
        let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
        let count = |of: &HashMap<Uuid, Vec<Uuid>>| small(of.get(&row.id()).map_or(0, Vec::len));
        let cells = Domain::ALL.iter().map(|dimension| CoverageCell {
            dimension: dimension.code().to_owned(),
            is_in_scope: recorded::is_about(row, *dimension),
            recorded: self.marks.of(row.id(), *dimension).cloned(),
        });
        CoverageRow {
            obligation: self.renderer.named(row),
            provision: text(obligation::PROVISION.column),
            category: text(obligation::CATEGORY.column),
            legal_source: text(obligation::SOURCE.column),
            part_of: row.read(obligation::PART_OF),
            cells: cells.collect(),
            actions: count(&self.linked.actions),
            legal_instruments: count(&self.linked.legal_instruments),
        }
    }

    fn without_measure(&self, wholes: &[&Row]) -> Vec<ObligationWithoutMeasure> {
        let is_recorded = |mark: &RecordedMark| ["found", "not_applicable"].contains(&mark.mark.as_str());
        let one = |row: &&Row| {
            let open = Domain::ALL.iter().filter(|dimension| {
                recorded::is_about(row, **dimension)
                    && !self.marks.of(row.id(), **dimension).is_some_and(is_recorded)
            });
            let dimensions: Vec<String> = open.map(|dimension| dimension.code().to_owned()).collect();
            let obligation = self.renderer.named(row);
            (!dimensions.is_empty()).then_some(ObligationWithoutMeasure { obligation, dimensions })
        };
        wholes.iter().filter_map(one).collect()
    }

    fn without(&self, wholes: &[&Row], linked: &HashMap<Uuid, Vec<Uuid>>) -> Option<Vec<Ref>> {
        let loose = wholes.iter().filter(|row| !linked.contains_key(&row.id()));
        self.is_inside.then(|| loose.map(|row| self.renderer.named(row)).collect())
    }
}
