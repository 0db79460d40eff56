//! Money of a plan: what is needed against what is planned, committed and spent, each currency for itself.

mod adding;

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use entity::{Action, BudgetLine, action, budget_line, vocab::ActionStatus};
use kernel::{
    Ctx, Result,
    policy::{is_open, visible},
    row::Row,
    scalar::{Money, Ref},
    store,
};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::figures::Frame;
use crate::domain::Registered;
use adding::{Amounts, Part};

/// Actions without funding that are named at most.
const MOST: u64 = 1_000;

/// What a plan needs and what it is to be paid from, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct PlanFunding {
    /// The plan.
    pub id: Uuid,
    /// Of the whole plan, for each currency.
    pub whole: Vec<FundingFigure>,
    /// By objective, in order.
    pub objectives: Vec<ObjectiveFunding>,
    /// By who pays: the funding source of actions and of budget lines.
    pub sources: Vec<SourceFunding>,
    /// By year: of budget lines theirs; what an action needs counts in the year in which its period begins.
    pub years: Vec<YearFunding>,
    /// Actions that name no funding source and have no budget line, but for cancelled ones; 1000 at most.
    pub without_funding: Vec<Ref>,
}

/// Amounts in one currency, as decimal numbers; currencies are never added together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FundingFigure {
    /// Currency (ISO 4217).
    pub currency: String,
    /// Planned cost of the actions, but for cancelled ones.
    pub needed: String,
    /// Planned by budget lines.
    pub planned: String,
    /// Committed by budget lines.
    pub committed: String,
    /// Spent by budget lines.
    pub spent: String,
    /// Needed, less what is planned; below zero where more is planned than needed.
    pub gap: String,
    /// Needed, less what is committed.
    pub uncommitted: String,
}

/// Money for an objective.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ObjectiveFunding {
    /// The objective.
    pub objective: Ref,
    /// For each currency.
    pub figures: Vec<FundingFigure>,
}

/// Money from a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct SourceFunding {
    /// Who pays; null where nobody is named.
    pub source: Option<String>,
    /// For each currency.
    pub figures: Vec<FundingFigure>,
}

/// Money for a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct YearFunding {
    /// The year; null for actions without a period.
    pub year: Option<i32>,
    /// For each currency.
    pub figures: Vec<FundingFigure>,
}

/// Amounts by currency.
type ByCurrency = BTreeMap<String, Amounts>;

/// Reads the money of a visible plan; the figures are one statement.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn funding(ctx: &Ctx, id: Uuid) -> Result<PlanFunding> {
    let frame = Frame::of(ctx, id).await?;
    let (mut whole, mut objectives) = (ByCurrency::new(), BTreeMap::<Uuid, ByCurrency>::new());
    let mut sources = BTreeMap::<Option<String>, ByCurrency>::new();
    let mut years = BTreeMap::<Option<i32>, ByCurrency>::new();
    for Part { objective, source, year, currency, amounts } in adding::parts(ctx, id).await? {
        let all = [
            &mut whole,
            objectives.entry(objective).or_default(),
            sources.entry(source).or_default(),
            years.entry(year).or_default(),
        ];
        for by_currency in all {
            by_currency.entry(currency.clone()).or_default().add(&amounts);
        }
    }
    let of_objective = |row: &Row| {
        let found = objectives.get(&row.id());
        ObjectiveFunding { objective: frame.name(row), figures: found.map(figures).unwrap_or_default() }
    };
    let loose = unfunded(ctx, id).await?;
    Ok(PlanFunding {
        id,
        whole: figures(&whole),
        objectives: frame.objectives.iter().map(of_objective).collect(),
        sources: by(&sources, |source, figures| SourceFunding { source: source.clone(), figures }),
        years: by(&years, |year, figures| YearFunding { year: *year, figures }),
        without_funding: loose.iter().map(|row| frame.name(row)).collect(),
    })
}

/// One entry for each key, that of none last.
fn by<K: Ord, T>(
    all: &BTreeMap<Option<K>, ByCurrency>,
    make: impl Fn(&Option<K>, Vec<FundingFigure>) -> T,
) -> Vec<T> {
    let known = all.iter().filter(|(key, _)| key.is_some());
    let unknown = all.iter().filter(|(key, _)| key.is_none());
    known.chain(unknown).map(|(key, amounts)| make(key, figures(amounts))).collect()
}

fn figures(of: &ByCurrency) -> Vec<FundingFigure> {
    let one = |(currency, amounts): (&String, &Amounts)| {
        let shown = |minor: i128| written(minor, currency);
        FundingFigure {
            currency: currency.clone(),
            needed: shown(amounts.needed),
            planned: shown(amounts.planned),
            committed: shown(amounts.committed),
            spent: shown(amounts.spent),
            gap: shown(amounts.needed - amounts.planned),
            uncommitted: shown(amounts.needed - amounts.committed),
        }
    };
    of.iter().map(one).collect()
}

/// An amount of minor units in the currency's main unit; sums may be longer than single amounts, and below zero.
fn written(minor: i128, currency: &str) -> String {
    let decimals = Money::decimals(currency);
    let sign = if minor < 0 { "-" } else { "" };
    let (size, unit) = (minor.unsigned_abs(), 10_u128.pow(decimals));
    if decimals == 0 {
        return format!("{sign}{size}");
    }
    let width = usize::try_from(decimals).unwrap_or(2);
    format!("{sign}{}.{:0width$}", size / unit, size % unit)
}

/// The actions that nobody pays for, as far as the caller may see.
async fn unfunded(ctx: &Ctx, plan: Uuid) -> Result<Vec<Row>> {
    let (def, lines) = (Action::def(), BudgetLine::def());
    let paid = Query::select()
        .expr(Expr::cust("1"))
        .from(lines.iden())
        .cond_where(visible(&ctx.actor, lines))
        .and_where(lines.col(budget_line::ACTION.column).eq(def.col("id")))
        .take();
    let mut which = Cond::all()
        .add(def.col(action::PLAN.column).eq(plan))
        .add(def.col(action::STATUS.column).ne(ActionStatus::Cancelled.code()))
        .add(def.col(action::FUNDING_SOURCE.column).is_null())
        .add(Expr::exists(paid).not());
    // Whether a source is named is not told where the field is withheld.
    if let Some(open) = is_open(&ctx.actor, def, |field| field == "funding_source") {
        which = which.add(open);
    }
    store::seen(ctx, def, which, MOST).await
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn sums_are_exact_and_may_be_below_zero() {
        assert_eq!(written(-1250, "EUR"), "-12.50");
        assert_eq!(written(7, "JPY"), "7");
        assert_eq!(written(-5, "KWD"), "-0.005");
        assert_eq!(written(30_000_000_000_000_000_000, "KGS"), "300000000000000000.00");
    }
}
