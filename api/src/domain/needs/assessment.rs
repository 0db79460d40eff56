//! Assessments: they answer a published questionnaire.

use std::collections::BTreeSet;

use entity::{Questionnaire, assessment, vocab::AssessmentStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, unit::Item};
use uuid::Uuid;

use super::questionnaire::is_published;
use crate::domain::Registered;

/// Refuses what follows from an assessment whose answers are not agreed yet.
///
/// # Errors
/// `Conflict(NotValidated)`.
pub fn must_be_agreed(row: &Row) -> Result<()> {
    if let Some(AssessmentStatus::Validated | AssessmentStatus::Closed) = row.read(assessment::STATUS) {
        return Ok(());
    }
    let text = "the assessment is not validated yet: its answers are not agreed";
    Err(Error::Conflict(Code::NotValidated, text.into()))
}

/// A new assessment answers a questionnaire that is published.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let of: BTreeSet<Uuid> = items
            .iter()
            .filter(|item| !item.is_rejected() && item.is_new())
            .filter_map(|item| item.after.read(assessment::QUESTIONNAIRE))
            .collect();
        let editions = unit.rows_of(Questionnaire::def(), &of).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && item.is_new()) {
            let edition = item.after.read(assessment::QUESTIONNAIRE).and_then(|id| editions.get(&id));
            if edition.is_some_and(|edition| !is_published(edition)) {
                let text = "the questionnaire is a draft: publish it first";
                item.fault("/questionnaire", Code::RuleBroken, text);
            }
        }
        Ok(())
    })
}
