//! Questionnaires: a published edition is not edited.

use entity::{questionnaire, vocab::QuestionnaireStatus};
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, unit::Item};

use crate::domain::plans::content;

/// Whether an edition is published.
#[must_use]
pub fn is_published(row: &Row) -> bool {
    row.read(questionnaire::STATUS) == Some(QuestionnaireStatus::Published)
}

/// The refusal of an edit after publication.
#[must_use]
pub fn refusal() -> Error {
    let text = "the questionnaire is published: make a new edition, whose questions say what they replace";
    Error::Conflict(Code::QuestionnairePublished, text.into())
}

/// Refuses edits of a published edition; one that nothing refers to may be deleted.
pub fn guard<'a>(_: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let is_edit = !item.is_move() && !item.is_deletion() && content::changes(item);
            if is_edit && item.before.as_ref().is_some_and(is_published) {
                item.reject(refusal());
            }
        }
        Ok(())
    })
}
