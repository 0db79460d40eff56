//! The one statement that adds up the money of a plan.

use entity::{Action, BudgetLine, action, budget_line, vocab::ActionStatus};
use kernel::{
    Ctx, KindDef, Result,
    policy::{is_open, visible},
};
use sea_orm::{
    QueryResult,
    sea_query::{Alias, Cond, Expr, ExprTrait, Func, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::super::figures::column;
use crate::domain::Registered;

/// Amounts in minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    /// Cost of actions.
    pub needed: i128,
    /// Planned by budget lines.
    pub planned: i128,
    /// Committed by them.
    pub committed: i128,
    /// Spent by them.
    pub spent: i128,
}

impl Amounts {
    /// Adds other amounts of the same currency.
    pub(super) const fn add(&mut self, other: &Self) {
        self.needed += other.needed;
        self.planned += other.planned;
        self.committed += other.committed;
        self.spent += other.spent;
    }
}

/// The amounts of one objective, source, year and currency.
pub(super) struct Part {
    /// The objective.
    pub objective: Uuid,
    /// Who pays.
    pub source: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The currency.
    pub currency: String,
    /// The amounts.
    pub amounts: Amounts,
}

/// Sums are split, so that no sum of amounts is too great for the database.
const SPLIT: i128 = 1_000_000;
const PART: &str = "part";
const KEYS: [&str; 4] = ["objective", "source", "year", "currency"];
const AMOUNTS: [&str; 4] = ["needed", "planned", "committed", "spent"];

/// Adds up what the caller may see of the money of a plan.
///
/// # Errors
/// What the database says.
pub(super) async fn parts(ctx: &Ctx, plan: Uuid) -> Result<Vec<Part>> {
    let mut all = lines(ctx, plan);
    all.union(UnionType::All, needs(ctx, plan));
    let mut select = Query::select();
    for key in KEYS {
        select.expr(column(PART, key));
    }
    for amount in AMOUNTS {
        for way in ["/", "%"] {
            let sum = format!("CAST(COALESCE(SUM(\"part\".\"{amount}\" {way} {SPLIT}), 0) AS bigint)");
            select.expr(Expr::cust(sum));
        }
    }
    select
        .from_subquery(all, Alias::new(PART))
        .and_where(column(PART, "currency").is_not_null())
        .add_group_by(KEYS.map(|key| column(PART, key)));
    let rows = ctx.db.reading().all(&select).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Part> {
    let year: Option<i64> = row.try_get_by_index(2)?;
    let sum = |at: usize| -> Result<i128> {
        let (high, low): (i64, i64) = (row.try_get_by_index(at)?, row.try_get_by_index(at + 1)?);
        Ok(i128::from(high) * SPLIT + i128::from(low))
    };
    Ok(Part {
        objective: row.try_get_by_index(0)?,
        source: row.try_get_by_index(1)?,
        year: year.and_then(|year| i32::try_from(year).ok()),
        currency: row.try_get_by_index(3)?,
        amounts: Amounts { needed: sum(4)?, planned: sum(6)?, committed: sum(8)?, spent: sum(10)? },
    })
}

/// A column of a field, empty where the field is withheld from the caller.
fn shown(ctx: &Ctx, def: &KindDef, (field, name): (&str, &str)) -> Expr {
    match is_open(&ctx.actor, def, |one| one == field) {
        None => def.col(name),
        Some(open) => Expr::case(open, def.col(name)).into(),
    }
}

/// What budget lines give.
fn lines(ctx: &Ctx, plan: Uuid) -> SelectStatement {
    let (def, above) = (BudgetLine::def(), Action::def());
    let of_action = Cond::all()
        .add(above.col("id").equals((def.iden(), Alias::new(budget_line::ACTION.column))))
        .add(visible(&ctx.actor, above));
    let given = ["planned", "committed", "spent"];
    let currencies = given.map(|field| shown(ctx, def, (field, &format!("{field}_currency"))));
    let [planned, committed, spent] = given.map(|field| shown(ctx, def, (field, &format!("{field}_minor"))));
    Query::select()
        .expr_as(above.col(action::OBJECTIVE.column), Alias::new("objective"))
        .expr_as(shown(ctx, def, ("funding_source", "funding_source")), Alias::new("source"))
        .expr_as(def.col(budget_line::YEAR.column), Alias::new("year"))
        .expr_as(Func::coalesce(currencies), Alias::new("currency"))
        .expr_as(Expr::cust("CAST(NULL AS bigint)"), Alias::new("needed"))
        .expr_as(planned, Alias::new("planned"))
        .expr_as(committed, Alias::new("committed"))
        .expr_as(spent, Alias::new("spent"))
        .from(def.iden())
        .inner_join(above.iden(), of_action)
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(budget_line::PLAN.column).eq(plan))
        .take()
}

/// What actions need, in the year in which their period begins.
fn needs(ctx: &Ctx, plan: Uuid) -> SelectStatement {
    let def = Action::def();
    let nothing = || Expr::cust("CAST(NULL AS bigint)");
    let year = "CAST(SUBSTR(CAST(COALESCE(\"action\".\"starts_on\", \"action\".\"ends_on\") AS text), 1, 4) AS bigint)";
    Query::select()
        .expr(def.col(action::OBJECTIVE.column))
        .expr(shown(ctx, def, ("funding_source", "funding_source")))
        .expr(Expr::cust(year))
        .expr(shown(ctx, def, ("cost", "cost_currency")))
        .expr(shown(ctx, def, ("cost", "cost_minor")))
        .expr(nothing())
        .expr(nothing())
        .expr(nothing())
        .from(def.iden())
        .cond_where(visible(&ctx.actor, def))
        .and_where(def.col(action::PLAN.column).eq(plan))
        .and_where(def.col(action::STATUS.column).ne(ActionStatus::Cancelled.code()))
        .and_where(def.col("cost_minor").is_not_null())
        .take()
}
