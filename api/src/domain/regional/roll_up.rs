//! What a regional plan comes to: figures over what countries have released to the region, and nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_graphql::SimpleObject;
use entity::{
    Action, Gap, Indicator, Measurement, Plan, RegionalItem, gap, indicator, measurement, regional_item,
    vocab::GapStatus,
};
use kernel::{
    Ctx, KindDef, Result, decimal, policy::visible, render::Renderer, row::Row, scalar::Ref, store,
};
use sea_orm::sea_query::Order;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::members;
use crate::{
    domain::{
        Registered,
        delivery::progress::{ActionFigures, of_actions},
        small,
    },
    signin::circles::sets_for_region,
};

/// Measurements that one answer looks at, at most.
const MEASUREMENTS: u64 = 20_000;

/// Indicators of one unit, as countries have released them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct IndicatorFigures {
    /// Unit of the values, as the indicators name it.
    pub unit: String,
    /// How many indicators there are.
    pub indicators: i32,
    /// From how many countries they are.
    pub countries: i32,
    /// Editions of their definitions.
    pub definition_editions: Vec<i32>,
    /// Whether they are defined in several ways: then their values are not one quantity.
    pub is_mixed: bool,
    /// How many of them have a measured value that is released.
    pub measured: i32,
    /// Sum of the latest of these values; null where there are none.
    #[schema(required = true)]
    pub latest_total: Option<String>,
    /// Sum of the targets; null where there are none.
    #[schema(required = true)]
    pub target_total: Option<String>,
}

/// Figures of an item of a regional plan, or of all its items together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RolledUp {
    /// Countries of which a record counts here.
    pub countries: i32,
    /// Member countries of the region now.
    pub member_countries: i32,
    /// Mean of the percents that the actions report; null where there are none but cancelled ones.
    #[schema(required = true)]
    pub percent: Option<i32>,
    /// Counts of the actions.
    pub actions: ActionFigures,
    /// How many gaps it answers.
    pub gaps: i32,
    /// How many of them are open.
    pub gaps_open: i32,
    /// Its indicators, by unit.
    pub indicators: Vec<IndicatorFigures>,
}

/// What one item comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ItemRollUp {
    /// The item.
    pub item: Ref,
    /// What it comes to.
    pub figures: RolledUp,
}

/// What a regional plan comes to, over records that countries have released to the region and that the caller sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PlanRollUp {
    /// The plan.
    pub id: Uuid,
    /// Day by which actions are late, in UTC.
    #[schema(format = Date, example = "2026-11-26")]
    pub as_of: String,
    /// All items together; a record that several items name counts once.
    pub whole: RolledUp,
    /// Each item, in order.
    pub items: Vec<ItemRollUp>,
}

/// Released records of one kind, by id.
type Released = HashMap<Uuid, Row>;

struct Sources {
    actions: Released,
    gaps: Released,
    indicators: Released,
    latest: HashMap<Uuid, i64>,
    members: i32,
    today: chrono::NaiveDate,
}

/// Reads what a visible plan of a region comes to; statements are as many whatever its size.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn roll_up(ctx: &Ctx, id: Uuid) -> Result<PlanRollUp> {
    let plan = store::get(ctx, Plan::def(), id).await?;
    let mut items = store::of_plan(ctx, RegionalItem::def(), id).await?;
    items.sort_by_key(|row| (row.read(regional_item::POSITION), row.id()));
    let sources = Sources::of(ctx, plan.owner(), &items).await?;
    let renderer = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let each = items.iter().map(|row| ItemRollUp {
        item: renderer.named(row),
        figures: sources.figures(std::slice::from_ref(row)),
    });
    Ok(PlanRollUp {
        id,
        as_of: sources.today.to_string(),
        items: each.collect(),
        whole: sources.figures(&items),
    })
}

fn ids(items: &[Row], column: &str) -> BTreeSet<Uuid> {
    items.iter().flat_map(|row| row.ids(column)).collect()
}

/// The released records that items name in a column, each once.
fn named<'a>(items: &[Row], column: &str, released: &'a Released) -> Vec<&'a Row> {
    ids(items, column).iter().filter_map(|id| released.get(id)).collect()
}

/// The records of a kind with these ids that the caller sees and that are in one of these sets.
async fn released(
    ctx: &Ctx,
    def: &'static KindDef,
    ids: BTreeSet<Uuid>,
    sets: &BTreeSet<Uuid>,
) -> Result<Released> {
    let mut rows = store::by_ids(ctx, def, &ids).await?;
    rows.retain(|_, row| row.uuid("release_set_id").is_some_and(|set| sets.contains(&set)));
    Ok(rows.into_iter().collect())
}

/// The latest value of each indicator that the caller sees and that is in one of these sets.
async fn latest(ctx: &Ctx, indicators: &Released, sets: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, i64>> {
    let def = Measurement::def();
    let mut select = store::select(def);
    select
        .cond_where(visible(&ctx.actor, def))
        .and_where(ctx.db.reading().among(def.col(measurement::INDICATOR.column), indicators.keys()))
        .and_where(ctx.db.reading().among(def.col("release_set_id"), sets))
        .order_by_expr(def.col(measurement::MEASURED_ON.column), Order::Desc)
        .order_by_expr(def.col("id"), Order::Desc)
        .limit(MEASUREMENTS);
    let mut latest = HashMap::new();
    for row in store::rows(ctx.db.reading(), def, &select).await? {
        if let (Some(of), Some(value)) = (row.read(measurement::INDICATOR), row.read(measurement::VALUE)) {
            latest.entry(of).or_insert(value);
        }
    }
    Ok(latest)
}

impl Sources {
    async fn of(ctx: &Ctx, region: &str, items: &[Row]) -> Result<Self> {
        let sets = sets_for_region(ctx, region).await?;
        let indicators =
            released(ctx, Indicator::def(), ids(items, regional_item::INDICATORS.column), &sets).await?;
        let latest = latest(ctx, &indicators, &sets).await?;
        Ok(Self {
            actions: released(ctx, Action::def(), ids(items, regional_item::ACTIONS.column), &sets).await?,
            gaps: released(ctx, Gap::def(), ids(items, regional_item::GAPS.column), &sets).await?,
            latest,
            indicators,
            members: members::count(ctx, region).await?,
            today: ctx.clock.today(),
        })
    }

    /// What some items come to together.
    fn figures(&self, items: &[Row]) -> RolledUp {
        let actions = named(items, regional_item::ACTIONS.column, &self.actions);
        let gaps = named(items, regional_item::GAPS.column, &self.gaps);
        let indicators = named(items, regional_item::INDICATORS.column, &self.indicators);
        let all = actions.iter().chain(&gaps).chain(&indicators);
        let owners: BTreeSet<&str> = all.map(|row| row.owner()).collect();
        let (percent, figures) = of_actions(&actions, self.today);
        let is_open = |row: &&&Row| row.read(gap::STATUS) == Some(GapStatus::Open);
        RolledUp {
            countries: small(owners.len()),
            member_countries: self.members,
            percent,
            actions: figures,
            gaps: small(gaps.len()),
            gaps_open: small(gaps.iter().filter(is_open).count()),
            indicators: self.by_unit(&indicators),
        }
    }

    fn by_unit(&self, indicators: &[&Row]) -> Vec<IndicatorFigures> {
        let mut units: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in indicators.iter().copied() {
            units.entry(row.read(indicator::UNIT).unwrap_or_default()).or_default().push(row);
        }
        let figures = |(unit, rows): (String, Vec<&Row>)| {
            let editions: BTreeSet<i32> =
                rows.iter().filter_map(|row| row.read(indicator::DEFINITION_EDITION)).collect();
            let owners: BTreeSet<&str> = rows.iter().map(|row| row.owner()).collect();
            let values: Vec<i64> =
                rows.iter().filter_map(|row| self.latest.get(&row.id()).copied()).collect();
            let targets: Vec<i64> = rows.iter().filter_map(|row| row.read(indicator::TARGET)).collect();
            IndicatorFigures {
                unit,
                indicators: small(rows.len()),
                countries: small(owners.len()),
                is_mixed: editions.len() > 1,
                definition_editions: editions.into_iter().collect(),
                measured: small(values.len()),
                latest_total: total(&values),
                target_total: total(&targets),
            }
        };
        units.into_iter().map(figures).collect()
    }
}

fn total(values: &[i64]) -> Option<String> {
    let sum = values.iter().fold(0_i64, |sum, value| sum.saturating_add(*value));
    (!values.is_empty()).then(|| decimal::written(sum))
}
