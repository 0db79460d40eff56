//! Renewing an assessment with another questionnaire: answers that still fit are carried over.

mod carrying;
mod contract;

use entity::{Answer, Assessment, Questionnaire, answer, assessment, questionnaire};
use kernel::{
    Code, Ctx, Error, Result, Unit,
    policy::{Scope, Verb, authorize},
    record::Op,
    row::Row,
    sets, store,
    unit::Atomic,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::assessment::must_be_agreed;
use crate::domain::Registered;
use carrying::{Fate, fates, fields};
pub use contract::{AnswerNotCarried, CarriedAnswer, RenewalInput, RenewalReason, Renewed, schemas};

/// A call to renew an assessment.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The assessment.
    pub assessment: Uuid,
    /// What it is renewed with.
    pub input: RenewalInput,
}

/// Renews a validated or closed assessment; answers the new one, with what became of the answers that the caller sees.
///
/// # Errors
/// `NotFound` if the assessment is not visible; `Forbidden` for who may not make assessments of its owner;
/// `Conflict(NotValidated)` while its answers are not agreed; `Invalid` for a questionnaire that is a draft, the same,
/// or an older edition.
pub async fn renew(ctx: &Ctx, renewal: Renewal) -> Result<(Row, Renewed)> {
    let old = store::get(ctx, Assessment::def(), renewal.assessment).await?;
    let call = (old.id(), renewal.input);
    let new = ctx.write(async move |unit| run(unit, call.0, &call.1).await).await?;
    let told = tell(ctx, old.id(), &new).await?;
    Ok((new, told))
}

async fn run(unit: &mut Unit, id: Uuid, input: &RenewalInput) -> Result<Row> {
    let found = unit.rows_of(Assessment::def(), &[id].into()).await?;
    let old = found.into_values().next().ok_or(Error::NotFound)?;
    let scope = Scope { owner: old.owner().to_owned(), level: old.scope().level, ..Scope::default() };
    authorize(unit.actor(), Verb::Create, Assessment::def(), &scope)
        .map_err(|denial| Error::Forbidden(denial.rule.text.into()))?;
    must_be_agreed(&old)?;
    let made = unit.apply_one(Assessment::def(), Op::Create(begun(unit, &old, input).await?)).await?;
    let new = made.row.ok_or_else(|| Error::Internal("a new assessment has no row".into()))?;
    must_be_newer(unit, &old, &new).await?;
    let (of, to) = (old.id(), new.id());
    let all = fates(unit.conn(), of, &new).await?;
    let ids = all.iter().map(|(row, _)| row.id()).collect();
    let seen = store::by_ids(&unit.ctx, Answer::def(), &ids).await?;
    let sets = all.iter().filter_map(|(row, _)| row.uuid("shared_set_id")).collect();
    let sets = sets::members(unit.conn(), &sets).await?;
    let carried = |is_seen: bool| {
        let carried = all.iter().filter(|(row, _)| seen.contains_key(&row.id()) == is_seen);
        let ops = carried.filter_map(|(row, fate)| match fate {
            Fate::To(question) => Some(Op::Create(fields(row, (to, *question), &sets))),
            Fate::Left(_) => None,
        });
        ops.collect::<Vec<_>>()
    };
    let (open, kept) = (carried(true), carried(false));
    unit.apply(Answer::def(), open, Atomic::All).await?;
    // What agencies keep to themselves goes along untold, as it does with every verb on the record above.
    unit.apply_by_service(Answer::def(), kept).await?;
    Ok(new)
}

/// The new assessment: of the same owner and circle, and being answered.
async fn begun(unit: &Unit, old: &Row, input: &RenewalInput) -> Result<Map<String, Json>> {
    let set = old.uuid("shared_set_id");
    let shared = sets::members(unit.conn(), &set.into_iter().collect()).await?.into_values().next();
    let mut fields = Map::from_iter([
        ("owner".to_owned(), json!(old.owner())),
        ("questionnaire".to_owned(), json!(input.questionnaire)),
        ("title".to_owned(), json!(input.title.clone().or_else(|| old.read(assessment::TITLE)))),
        ("language".to_owned(), json!(old.text("language"))),
        ("visibility".to_owned(), json!(old.text("visibility"))),
        ("status".to_owned(), json!("answering")),
        ("renews".to_owned(), json!(old.id())),
    ]);
    fields.extend(input.starts_on.clone().map(|day| ("starts_on".to_owned(), json!(day))));
    fields.extend(shared.map(|shared| ("shared_with".to_owned(), json!(shared))));
    Ok(fields)
}

/// An assessment is renewed with another questionnaire: of the same one a newer edition.
async fn must_be_newer(unit: &Unit, old: &Row, new: &Row) -> Result<()> {
    let of = |row: &Row| row.read(assessment::QUESTIONNAIRE).unwrap_or_default();
    let editions = unit.rows_of(Questionnaire::def(), &[of(old), of(new)].into()).await?;
    let (Some(before), Some(after)) = (editions.get(&of(old)), editions.get(&of(new))) else { return Ok(()) };
    let is_same = before.owner() == after.owner()
        && before.read(questionnaire::CODE) == after.read(questionnaire::CODE)
        && before.read(questionnaire::EDITION) >= after.read(questionnaire::EDITION);
    if is_same {
        let text = "an assessment is renewed with a newer edition, or with another questionnaire";
        return Err(Error::invalid("/questionnaire", Code::RuleBroken, text));
    }
    Ok(())
}

/// What became of the answers that the caller sees.
async fn tell(ctx: &Ctx, old: Uuid, new: &Row) -> Result<Renewed> {
    let all = fates(ctx.db.reading(), old, new).await?;
    let ids = all.iter().map(|(row, _)| row.id()).collect();
    let seen = store::by_ids(ctx, Answer::def(), &ids).await?;
    let made = carrying::made(ctx, new.id()).await?;
    let mut told = Renewed::default();
    for (row, fate) in all.iter().filter(|(row, _)| seen.contains_key(&row.id())) {
        let agency = row.read(answer::AGENCY).unwrap_or_default();
        let from = row.id();
        match fate {
            Fate::To(question) => {
                let (question, answer) = (*question, made.get(&(*question, agency)).copied());
                told.carried.push(CarriedAnswer { from, answer, question, agency });
            }
            Fate::Left(reason) => {
                let question = row.read(answer::QUESTION).unwrap_or_default();
                let (reason, detail) = (*reason, reason.text().to_owned());
                told.not_carried.push(AnswerNotCarried { answer: from, question, agency, reason, detail });
            }
        }
    }
    Ok(told)
}
