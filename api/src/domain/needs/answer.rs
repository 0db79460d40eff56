//! Answers: when they are written, and what each question takes.

use std::collections::{BTreeSet, HashMap};

use entity::{
    Answer, Assessment, Question, answer, assessment, question,
    vocab::{AnswerType, AssessmentStatus},
};
use futures_util::future::BoxFuture;
use kernel::{Code, Error, Result, Unit, row::Row, unit::Item};
use model::{Field, FieldType};
use uuid::Uuid;

use crate::domain::{Registered, plans::content};

/// The members that hold what is answered, each with the type of question that takes it.
const VALUES: [(&str, AnswerType); 5] = [
    ("score", AnswerType::Scale),
    ("is_yes", AnswerType::YesNo),
    ("number", AnswerType::Number),
    ("text", AnswerType::Text),
    ("choice", AnswerType::Choice),
];

/// Refuses answers while their assessment is not being answered.
pub fn guard<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let assessments = named(unit, items, Assessment::def(), answer::ASSESSMENT).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected()) {
            let of = item.after.read(answer::ASSESSMENT).and_then(|id| assessments.get(&id));
            let status = of.and_then(|row| row.read(assessment::STATUS));
            if status.is_some_and(|status| status != AssessmentStatus::Answering) && content::changes(item) {
                let text = "the assessment is not being answered now, so its answers stay as they are";
                item.reject(Error::Conflict(Code::NotAnswering, text.into()));
            }
        }
        Ok(())
    })
}

/// The records that live items name in a field.
async fn named<T: FieldType<Held = Uuid>>(
    unit: &Unit,
    items: &[Item],
    def: &'static kernel::KindDef,
    field: Field<T>,
) -> Result<HashMap<Uuid, Row>> {
    let live = items.iter().filter(|item| !item.is_rejected());
    let ids: BTreeSet<Uuid> = live.filter_map(|item| T::read(item.after.get(field.column))).collect();
    unit.rows_of(def, &ids).await
}

/// An answer is to a question of the assessment's questionnaire, and says what that asks for and nothing else.
pub fn check<'a>(unit: &'a mut Unit, items: &'a mut [Item]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let assessments = named(unit, items, Assessment::def(), answer::ASSESSMENT).await?;
        let questions = named(unit, items, Question::def(), answer::QUESTION).await?;
        for item in items.iter_mut().filter(|item| !item.is_rejected() && !item.is_deletion()) {
            let of = item.after.read(answer::ASSESSMENT).and_then(|id| assessments.get(&id));
            let asked = item.after.read(answer::QUESTION).and_then(|id| questions.get(&id));
            let (Some(of), Some(asked)) = (of, asked) else { continue };
            if of.read(assessment::QUESTIONNAIRE) != asked.read(question::QUESTIONNAIRE) {
                let text = "this question is not in the questionnaire that the assessment answers";
                item.fault("/question", Code::OtherQuestionnaire, text);
                continue;
            }
            check_value(item, asked);
        }
        Ok(())
    })
}

fn check_value(item: &mut Item, asked: &Row) {
    let Some(wanted) = asked.read(question::ANSWER_TYPE) else { return };
    for (field, takes) in VALUES {
        let column = Answer::def().field(field).map_or(field, |column| column.name);
        let (is_given, pointer) = (!item.after.is_null(column), format!("/{field}"));
        let code = wanted.code();
        if takes == wanted && !is_given && !item.has_fault_at(&pointer) {
            let text = format!("the question has the answer type `{code}`: give `{field}`");
            item.fault(&pointer, Code::Required, text);
        }
        if takes != wanted && is_given {
            let text = format!("the question has the answer type `{code}`, which takes no `{field}`");
            item.fault(&pointer, Code::RuleBroken, text);
        }
    }
    if let Some((pointer, code, text)) = misfit(&item.after, asked) {
        item.fault(pointer, code, text);
    }
}

/// What is wrong with a score or a choice for a question; nothing where it takes none.
pub(super) fn misfit(given: &Row, asked: &Row) -> Option<(&'static str, Code, String)> {
    match asked.read(question::ANSWER_TYPE)? {
        AnswerType::Scale => {
            let score = given.read(answer::SCORE)?;
            let (min, max) = (asked.read(question::SCALE_MIN)?, asked.read(question::SCALE_MAX)?);
            let is_outside = !(min..=max).contains(&score);
            is_outside.then(|| ("/score", Code::OutOfRange, format!("the scale goes from {min} to {max}")))
        }
        AnswerType::Choice => {
            let choice = given.read(answer::CHOICE)?;
            let choices = asked.read(question::CHOICES).unwrap_or_default();
            let text = || format!("the choices are: {}", choices.join("; "));
            (!choices.contains(&choice)).then(|| ("/choice", Code::NotInList, text()))
        }
        AnswerType::YesNo | AnswerType::Number | AnswerType::Text => None,
    }
}
