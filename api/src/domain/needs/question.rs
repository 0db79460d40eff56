//! Questions: what each answer type needs, and what a question replaces.

use std::collections::{BTreeSet, HashMap};

use entity::{Question, Questionnaire, question, questionnaire, vocab::AnswerType};
use futures_util::future::BoxFuture;
use kernel::{Code, Result, Unit, row::Row, unit::Item};
use uuid::Uuid;

use super::questionnaire::{is_published, refusal};
use crate::domain::{Registered, plans::content};

/// Characters of a label or a choice at most: an answer holds a choice as it stands here.
const LONGEST: usize = 500;

/// Refuses edits of the questions of a published edition.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let live = items.iter().filter(|item| !item.is_rejected());
        let of: BTreeSet<Uuid> = live.filter_map(|item| item.after.read(question::QUESTIONNAIRE)).collect();
        let editions = unit.rows_of(Questionnaire::def(), &of).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let edition = item.after.read(question::QUESTIONNAIRE).and_then(|id| editions.get(&id));
            if edition.is_some_and(is_published) && content::changes(item) {
                item.reject(refusal());
            }
        }
        Ok(())
    })
}

/// Holds questions against their answer types, and against what they replace.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let live = |item: &&Item| !item.is_rejected() && !item.is_deletion();
        let replaced: BTreeSet<Uuid> =
            items.iter().filter(live).filter_map(|item| item.after.read(question::REPLACES)).collect();
        let older = unit.rows_of(Question::def(), &replaced).await?;
        let mut editions: BTreeSet<Uuid> = older.values().filter_map(edition_of).collect();
        editions.extend(items.iter().filter(live).filter_map(|item| edition_of(&item.after)));
        let editions = if older.is_empty() {
            HashMap::new()
        } else {
            unit.rows_of(Questionnaire::def(), &editions).await?
        };
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            check_scale(item);
            check_choices(item);
            let replaced = item.after.read(question::REPLACES).and_then(|id| older.get(&id));
            if let Some(replaced) = replaced.filter(|_| item.changes(question::REPLACES.column)) {
                check_replaced(item, replaced, &editions);
            }
        }
        Ok(())
    })
}

fn edition_of(question: &Row) -> Option<Uuid> {
    question.read(question::QUESTIONNAIRE)
}

/// A scale has two ends, the least first, and a label for each value or none.
fn check_scale(item: &mut Item) {
    let row = &item.after;
    let (min, max) = (row.read(question::SCALE_MIN), row.read(question::SCALE_MAX));
    let labels = row.read(question::SCALE_LABELS).unwrap_or_default();
    if row.read(question::ANSWER_TYPE) != Some(AnswerType::Scale) {
        let given = [
            ("/scale_min", min.is_some()),
            ("/scale_max", max.is_some()),
            ("/scale_labels", !labels.is_empty()),
        ];
        for (pointer, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
            item.fault(pointer, Code::RuleBroken, "only a question with the answer type `scale` has a scale");
        }
        return;
    }
    for (pointer, end) in [("/scale_min", min), ("/scale_max", max)] {
        if end.is_none() {
            item.fault(
                pointer,
                Code::Required,
                "a question with the answer type `scale` has both ends of it",
            );
        }
    }
    let (Some(min), Some(max)) = (min, max) else { return };
    if min >= max {
        item.fault("/scale_max", Code::RuleBroken, "a scale ends above where it begins");
        return;
    }
    let values = usize::try_from(max - min).unwrap_or_default() + 1;
    if !labels.is_empty() && labels.len() != values {
        let text =
            format!("the scale has {values} values: give a label for each, from the least on, or none");
        item.fault("/scale_labels", Code::RuleBroken, text);
    }
    check_texts(item, "scale_labels", &labels);
}

/// A question answered by a choice has two choices at least, each once.
fn check_choices(item: &mut Item) {
    let choices = item.after.read(question::CHOICES).unwrap_or_default();
    if item.after.read(question::ANSWER_TYPE) != Some(AnswerType::Choice) {
        if !choices.is_empty() {
            let text = "only a question with the answer type `choice` has choices";
            item.fault("/choices", Code::RuleBroken, text);
        }
        return;
    }
    if choices.len() < 2 {
        item.fault("/choices", Code::Required, "a question with the answer type `choice` has two at least");
    }
    check_texts(item, "choices", &choices);
    let mut seen = BTreeSet::new();
    for (at, choice) in choices.iter().enumerate() {
        if !seen.insert(choice.trim()) {
            item.fault(&format!("/choices/{at}"), Code::RuleBroken, "this choice is there already");
        }
    }
}

fn check_texts(item: &mut Item, field: &str, texts: &[String]) {
    for (at, text) in texts.iter().enumerate() {
        let pointer = format!("/{field}/{at}");
        if text.trim().is_empty() {
            item.fault(&pointer, Code::TooShort, "a text says something");
        } else if text.chars().count() > LONGEST {
            item.fault(&pointer, Code::TooLong, format!("a text has {LONGEST} characters at most here"));
        }
    }
}

/// A question replaces one of another questionnaire, or of an older edition of its own.
fn check_replaced(item: &mut Item, replaced: &Row, editions: &HashMap<Uuid, Row>) {
    let edition = |question: &Row| editions.get(&edition_of(question)?);
    let (Some(own), Some(theirs)) = (edition(&item.after), edition(replaced)) else { return };
    let same =
        own.owner() == theirs.owner() && own.read(questionnaire::CODE) == theirs.read(questionnaire::CODE);
    if same && own.read(questionnaire::EDITION) <= theirs.read(questionnaire::EDITION) {
        item.fault("/replaces", Code::RuleBroken, "a question replaces one of an older edition");
    }
}
