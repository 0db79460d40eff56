//! Money of activities, from budget lines and planned costs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{action, budget_line};
use kernel::{row::Row, scalar::Money};
use model::Field;
use serde::Serialize;
use utoipa::ToSchema;

use super::parties::{Parties, Party};

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiValue)]
pub struct Value {
    /// Decimal number in the currency's main unit.
    pub amount: String,
    /// Currency (ISO 4217).
    pub currency: String,
    /// Day whose exchange rate is meant.
    pub value_date: NaiveDate,
}

/// What is planned for a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiBudget)]
pub struct Budget {
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// The amount.
    pub value: Value,
}

/// What somebody is to pay in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiPlannedDisbursement)]
pub struct Disbursement {
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// The amount.
    pub value: Value,
    /// Who is to pay.
    pub provider_org: Party,
}

/// What is committed or spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IatiTransaction)]
pub struct Transaction {
    /// Code of what it is: 2 a commitment, 4 expenditure.
    pub transaction_type: String,
    /// Last day of its budget year: budget lines know no days.
    pub transaction_date: NaiveDate,
    /// The amount.
    pub value: Value,
    /// Who pays, where that is told.
    pub provider_org: Option<Party>,
}

/// First and last day of the year of a budget line.
fn year(line: &Row) -> Option<(NaiveDate, NaiveDate)> {
    let year = line.read(budget_line::YEAR)?;
    Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
}

/// An amount of a row in minor units, with its currency.
fn amount(row: &Row, field: Field<Option<model::Money>>, currency: &str) -> Option<(i64, String)> {
    Some((row.read(field)?, row.text(currency)?.to_owned()))
}

fn planned(line: &Row) -> Option<(i64, String)> {
    amount(line, budget_line::PLANNED, "planned_currency")
}

fn value((minor, currency): (i64, &str), value_date: NaiveDate) -> Value {
    let Money { amount, currency } = Money::from_minor(minor, currency);
    Value { amount, currency, value_date }
}

/// What is planned by year and currency; of an action without such lines its planned cost, where its period is known.
pub(super) fn budgets(row: &Row, lines: &[Row]) -> Vec<Budget> {
    let mut sums: BTreeMap<(NaiveDate, NaiveDate, String), i64> = BTreeMap::new();
    for line in lines {
        if let (Some((start, end)), Some((minor, currency))) = (year(line), planned(line)) {
            let sum = sums.entry((start, end, currency)).or_default();
            *sum = sum.saturating_add(minor);
        }
    }
    let period = row.read(action::STARTS_ON).zip(row.read(action::ENDS_ON));
    if let (true, Some((start, end)), Some((minor, currency))) =
        (sums.is_empty(), period, amount(row, action::COST, "cost_currency"))
    {
        sums.insert((start, end, currency), minor);
    }
    let budget = |((period_start, period_end, currency), minor): ((NaiveDate, NaiveDate, String), i64)| {
        Budget { period_start, period_end, value: value((minor, &currency), period_start) }
    };
    sums.into_iter().map(budget).collect()
}

/// What those who are named as paying are to pay.
pub(super) fn disbursements(parties: &Parties, lines: &[Row]) -> Vec<Disbursement> {
    let one = |line: &Row| {
        let (period_start, period_end) = year(line)?;
        let (minor, currency) = planned(line)?;
        let provider_org = parties.named(&line.read(budget_line::FUNDING_SOURCE)?);
        let value = value((minor, &currency), period_start);
        Some(Disbursement { period_start, period_end, value, provider_org })
    };
    lines.iter().filter_map(one).collect()
}

/// What is committed and spent.
pub(super) fn transactions(parties: &Parties, lines: &[Row]) -> Vec<Transaction> {
    let one = |line: &Row, kind: &str, paid: Option<(i64, String)>| {
        let (_, transaction_date) = year(line)?;
        let (minor, currency) = paid?;
        let provider = line.read(budget_line::FUNDING_SOURCE);
        Some(Transaction {
            transaction_type: kind.to_owned(),
            transaction_date,
            value: value((minor, &currency), transaction_date),
            provider_org: provider.map(|name| parties.named(&name)),
        })
    };
    let of = |line: &Row| {
        let committed = amount(line, budget_line::COMMITTED, "committed_currency");
        let spent = amount(line, budget_line::SPENT, "spent_currency");
        [one(line, "2", committed), one(line, "4", spent)]
    };
    lines.iter().flat_map(of).flatten().collect()
}
