//! Projects: their codes, and the countries that decide whether they take part.

use std::collections::BTreeSet;

use entity::{
    Project, ProjectCountry, project, project_country,
    vocab::{ActivityStatus, ProjectConsent},
};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, row::Row, unit::Item};
use uuid::Uuid;

use crate::domain::{
    Registered,
    asked::{self, Asking},
};

/// Column with the currency of a budget.
const CURRENCY: &str = "budget_currency";

/// Purpose codes have five digits, a project and its countries have one currency; a project is cancelled by the move, which
/// brings the reason.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let changed = |item: &&Item| !item.is_rejected() && !item.is_new() && item.changes(CURRENCY);
        let ids: BTreeSet<Uuid> = items.iter().filter(changed).map(|item| item.after.id()).collect();
        let parts = asking().rows(unit, &ids).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let sectors = item.after.read(project::SECTORS).unwrap_or_default();
            for (at, code) in sectors.iter().enumerate() {
                if code.len() != 5 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
                    let text = "a purpose code of the Development Assistance Committee: five digits";
                    item.fault(&format!("/sectors/{at}"), Code::BadFormat, text);
                }
            }
            let implementers = item.after.read(project::IMPLEMENTERS).unwrap_or_default();
            for (at, name) in implementers.iter().enumerate() {
                if name.trim().is_empty() || name.chars().count() > 300 {
                    let text = "a name of 1 to 300 characters";
                    item.fault(&format!("/implementers/{at}"), Code::BadFormat, text);
                }
            }
            let of_item =
                parts.iter().filter(|part| part.read(project_country::PROJECT) == Some(item.after.id()));
            let own = item.after.text(CURRENCY);
            let mut theirs = of_item.filter_map(|part| part.text(CURRENCY));
            if own.is_some() && theirs.any(|theirs| Some(theirs) != own) {
                let text = "a country's part of the budget is in another currency";
                item.fault("/budget/currency", Code::RuleBroken, text);
            }
            if item.is_new() && item.after.read(project::STATUS) == Some(ActivityStatus::Cancelled) {
                let text = "make the project in an earlier state and then the move, with its reason";
                item.fault("/status", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}

/// Asks the countries anew that have decided on a project whose words, means or actions have changed.
pub fn follow<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    const SAID: &[&str] = &[
        project::TITLE.column,
        project::TOPIC.column,
        project::SUMMARY.column,
        "translations",
        project::FUNDER.column,
        project::IMPLEMENTERS.column,
        project::STARTS_ON.column,
        project::ENDS_ON.column,
        project::BUDGET.column,
        CURRENCY,
        project::ACTIONS.column,
    ];
    Box::pin(async move { asking().anew(unit, items, SAID).await })
}

fn asking() -> Asking {
    Asking {
        def: ProjectCountry::def(),
        about: project_country::PROJECT.column,
        revision: project_country::REVISION.column,
        decision: &[project_country::DECIDED_ON.column],
        why: "the project has changed",
    }
}

/// What a country has accepted stays as it is.
pub fn guard_country<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        asked::guard(items, |row| row.read(project_country::CONSENT) == Some(ProjectConsent::Accepted));
        asked::not_elsewhere(unit, items).await
    })
}

/// A country is asked; it decides by moves, whose day is kept.
pub fn check_country<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let projects = items.iter().filter_map(|item| item.after.read(project_country::PROJECT)).collect();
        let projects = unit.rows_of(Project::def(), &projects).await?;
        let (today, is_system) = (unit.ctx.clock.today(), unit.actor().is_system());
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let consent = item.after.read(project_country::CONSENT);
            if item.is_new() && consent != Some(ProjectConsent::Proposed) && !is_system {
                item.fault("/consent", Code::RuleBroken, "a country is asked first, and decides by a move");
            }
            let of = item.after.read(project_country::PROJECT).and_then(|id| projects.get(&id));
            let budget = |row: &Row| row.text(CURRENCY).map(str::to_owned);
            let (own, whole) = (budget(&item.after), of.and_then(budget));
            if own.is_some() && whole.is_some() && own != whole && item.changes(CURRENCY) {
                let text = "the project's budget is in another currency";
                item.fault("/budget/currency", Code::RuleBroken, text);
            }
            if item.changes(project_country::CONSENT.column) && consent != Some(ProjectConsent::Proposed) {
                item.after.write(project_country::DECIDED_ON, today);
            }
        }
        Ok(())
    })
}
