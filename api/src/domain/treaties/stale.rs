//! Facts past their age limit, and the drafts that they are in.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::{
    Agency, Fact, Obligation, ReportDraft, ReportQuestion, fact, obligation, report_draft, report_question,
    vocab::ReportDraftStatus,
};
use kernel::{
    Code, Ctx, Error, KindDef, Result, dates, filter::Narrowing, render::Renderer, row::Row, scalar::Ref,
    store,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{recorded, report_question::is_asked};
use crate::domain::{Registered, small};

/// A draft that a fact past its age limit is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct TouchedDraft {
    /// The draft.
    pub draft: Ref,
    /// The return, or the part of one.
    #[schema(required = true)]
    pub obligation: Option<Ref>,
    /// Agency that prepares it; null where the caller does not see it.
    #[schema(required = true)]
    pub lead_agency: Option<Ref>,
    /// Its questions that the fact answers.
    pub questions: Vec<Ref>,
}

/// A fact past its age limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct StaleFact {
    /// The fact.
    pub fact: Ref,
    /// What it is: `law`, `contact`, `count`, `measure` or `text`.
    pub kind: String,
    /// Where it is from.
    pub source: String,
    /// Agency that keeps it; null where the caller does not see it.
    #[schema(required = true)]
    pub lead_agency: Option<Ref>,
    /// Day on which it was so.
    #[schema(format = Date, example = "2025-11-01")]
    pub as_on: String,
    /// First day on which it is past its age limit.
    #[schema(format = Date, example = "2026-11-01")]
    pub stale_on: String,
    /// Days for which it has been past its limit.
    pub days_past: i32,
    /// Drafts that are being prepared and that it answers questions of.
    pub drafts: Vec<TouchedDraft>,
}

/// The facts of a country that are past their age limit, as far as the caller sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct StaleFacts {
    /// The country.
    pub country: Ref,
    /// Day of which it is told.
    #[schema(format = Date, example = "2026-11-26")]
    pub on: String,
    /// The facts, those longest past their limit first.
    pub facts: Vec<StaleFact>,
}

/// Reads which facts of a country are past their age limit on a day, today without one, and which drafts they are in:
/// statements are as many however many facts and drafts there are.
///
/// # Errors
/// `NotFound` if there is no such country; `BadRequest` for a day that cannot be read.
pub async fn stale(ctx: &Ctx, address: &str, on: Option<&str>) -> Result<StaleFacts> {
    let Some(on) = on.map_or_else(|| Some(ctx.clock.today()), dates::day) else {
        return Err(Error::bad_request("?on", Code::BadFormat, format!("`on` is {}", dates::DAY)));
    };
    let (country, owner) = recorded::country(ctx, address).await?;
    let past = ("stale_to", json!(on));
    let mut facts = every(ctx, Fact::def(), [("owner", json!(owner)), past]).await?;
    facts.sort_by_key(|row| (row.read(fact::STALE_ON), row.id()));
    let names = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
    let touching = Touching::read(ctx, &names, (&owner, &facts)).await?;
    let told = facts.iter().filter_map(|row| touching.fact(&names, row, on)).collect();
    Ok(StaleFacts { country: names.named(&country), on: on.to_string(), facts: told })
}

/// The visible records that pass filters.
async fn every<const N: usize>(
    ctx: &Ctx,
    def: &'static KindDef,
    filters: [(&str, Json); N],
) -> Result<Vec<Row>> {
    let filters = filters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    recorded::every(ctx, def, &Narrowing::from_json(def, &filters)?).await
}

/// What leads from facts to drafts.
struct Touching {
    /// The questions that facts answer and that are asked, by id, each with the returns that ask it.
    questions: BTreeMap<Uuid, (Vec<Uuid>, Ref)>,
    /// The drafts of these returns that are being prepared.
    drafts: Vec<Row>,
    /// What obligations and agencies are called.
    called: BTreeMap<Uuid, Ref>,
}

impl Touching {
    async fn read(ctx: &Ctx, names: &Renderer, (owner, facts): (&str, &[Row])) -> Result<Self> {
        let answered = facts.iter().flat_map(|row| row.read(fact::QUESTIONS).unwrap_or_default());
        let mut rows = store::by_ids(ctx, ReportQuestion::def(), &answered.collect()).await?;
        let today = ctx.clock.today();
        rows.retain(|_, row| is_asked(row, today));
        let asking = rows.values().filter_map(|row| row.read(report_question::OBLIGATION)).collect();
        let parts = store::by_ids(ctx, Obligation::def(), &asking).await?;
        let wholes = parts.values().filter_map(|row| row.read(obligation::PART_OF)).collect();
        let wholes = store::by_ids(ctx, Obligation::def(), &wholes).await?;
        let drafts = drafts(ctx, owner, parts.keys().chain(wholes.keys())).await?;
        let leads = facts.iter().filter_map(|row| row.read(fact::LEAD_AGENCY));
        let leads = leads.chain(drafts.iter().filter_map(|row| row.read(report_draft::LEAD_AGENCY)));
        let agencies = store::by_ids(ctx, Agency::def(), &leads.collect()).await?;
        let of_return = |row: &Row| {
            let of = row.read(report_question::OBLIGATION);
            let whole = of.and_then(|id| parts.get(&id)?.read(obligation::PART_OF));
            of.into_iter().chain(whole).collect::<Vec<Uuid>>()
        };
        let questions = rows.values().map(|row| (row.id(), (of_return(row), names.named(row)))).collect();
        let called = parts.values().chain(wholes.values()).chain(agencies.values());
        let called = called.map(|row| (row.id(), names.named(row))).collect();
        Ok(Self { questions, drafts, called })
    }

    fn fact(&self, names: &Renderer, row: &Row, on: NaiveDate) -> Option<StaleFact> {
        let (as_on, stale_on) = (row.read(fact::AS_ON)?, row.read(fact::STALE_ON)?);
        let answered: Vec<Uuid> = row.read(fact::QUESTIONS).unwrap_or_default();
        let drafts = self.drafts.iter().filter_map(|draft| {
            let of = draft.read(report_draft::OBLIGATION)?;
            let asked = answered.iter().filter_map(|id| self.questions.get(id));
            let asked = asked.filter(|(returns, _)| returns.contains(&of));
            let questions: Vec<Ref> = asked.map(|(_, question)| question.clone()).collect();
            (!questions.is_empty()).then(|| TouchedDraft {
                draft: names.named(draft),
                obligation: self.called.get(&of).cloned(),
                lead_agency: self.lead(draft, report_draft::LEAD_AGENCY.column),
                questions,
            })
        });
        Some(StaleFact {
            fact: names.named(row),
            kind: row.text(fact::KIND.column)?.to_owned(),
            source: row.read(fact::SOURCE)?,
            lead_agency: self.lead(row, fact::LEAD_AGENCY.column),
            as_on: as_on.to_string(),
            stale_on: stale_on.to_string(),
            days_past: small(on.signed_duration_since(stale_on).num_days()),
            drafts: drafts.collect(),
        })
    }

    fn lead(&self, row: &Row, column: &str) -> Option<Ref> {
        row.uuid(column).and_then(|id| self.called.get(&id).cloned())
    }
}

/// The visible drafts of an owner that are being prepared and are of one of these returns.
async fn drafts(ctx: &Ctx, owner: &str, of: impl Iterator<Item = &Uuid>) -> Result<Vec<Row>> {
    let returns: BTreeSet<&Uuid> = of.collect();
    if returns.is_empty() {
        return Ok(Vec::new());
    }
    let status = ReportDraftStatus::Drafting.code();
    let filters = [("owner", json!(owner)), ("status", json!(status)), ("obligation", json!(returns))];
    every(ctx, ReportDraft::def(), filters).await
}
