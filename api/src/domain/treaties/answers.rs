//! What answers a return: its questions with the facts of the country, as far as the caller sees them.

mod audiences;

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::{Agency, ContactPoint, Fact, LegalInstrument, ReportDraft, fact, report_draft, report_question};
use kernel::{Ctx, Result, decimal, filter::Narrowing, render::Renderer, row::Row, scalar::Ref, store};
use serde::Serialize;
use serde_json::{Map, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{recorded, report_question::of_return};
use crate::domain::{Registered, plans::document::words::Speech, small};
use audiences::Audiences;

/// Questions whose facts are read at a time: a filter takes not many more.
const QUESTIONS: usize = 900;

/// A fact that answers a question, with what is to be known before it is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AnsweringFact {
    /// Id of the fact.
    pub id: Uuid,
    /// What it is: `law`, `contact`, `count`, `measure` or `text`.
    pub kind: String,
    /// Its title.
    #[schema(required = true)]
    pub title: Option<String>,
    /// What is so, in the caller's language where it is written in it.
    #[schema(required = true)]
    pub text: Option<String>,
    /// Language of the text (BCP 47).
    #[schema(required = true)]
    pub language: Option<String>,
    /// How many or how much: a decimal number.
    #[schema(required = true)]
    pub number: Option<String>,
    /// What is counted or measured.
    #[schema(required = true)]
    pub unit: Option<String>,
    /// Legal instrument that it is about; null where there is none that the caller sees.
    #[schema(required = true)]
    pub legal_instrument: Option<Ref>,
    /// Contact point that it is about; null where there is none that the caller sees.
    #[schema(required = true)]
    pub contact_point: Option<Ref>,
    /// Where it is from.
    pub source: String,
    /// Agency that keeps it.
    #[schema(required = true)]
    pub lead_agency: Option<Ref>,
    /// Day on which it was so.
    #[schema(format = Date, example = "2026-11-01")]
    pub as_on: String,
    /// Days since then.
    pub age_days: i32,
    /// First day on which it is past its age limit; null where it has none.
    #[schema(required = true, format = Date, example = "2027-11-01")]
    pub stale_on: Option<String>,
    /// Whether it is past its age limit.
    pub is_past_limit: bool,
    /// Who sees it inside the country: `agency`, `group` or `national`.
    #[schema(required = true)]
    pub visibility: Option<String>,
    /// How it is to be handled.
    #[schema(required = true)]
    pub handling: Option<String>,
    /// Whether it is released to everybody.
    pub is_public: bool,
    /// Whom it is released to now; null for callers who may not read the releases of the country.
    #[schema(required = true)]
    pub audiences: Option<Vec<String>>,
}

/// A question of a return with what answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ReportAnswer {
    /// The question.
    pub question: Ref,
    /// Section, table or paragraph in which it is asked.
    pub provision: String,
    /// What is asked, in own words.
    #[schema(required = true)]
    pub text: Option<String>,
    /// What mostly answers it.
    pub answer_kind: String,
    /// The facts that answer it, the newest first; none where no fact is recorded that the caller may see.
    pub facts: Vec<AnsweringFact>,
}

/// The content of a draft, as far as the caller sees it: facts with their sources, no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct ReportAnswers {
    /// The draft.
    pub draft: Ref,
    /// The return, or the part of one.
    #[schema(required = true)]
    pub obligation: Option<Ref>,
    /// State of the draft.
    pub status: String,
    /// Day of which it is told.
    #[schema(format = Date, example = "2026-11-26")]
    pub made_on: String,
    /// How many questions have a recorded fact; null for callers outside the country.
    #[schema(required = true)]
    pub with_fact: Option<i32>,
    /// How many questions have none; null for callers outside the country, to whom it would say nothing.
    #[schema(required = true)]
    pub without_fact: Option<i32>,
    /// The questions in the order of the return.
    pub answers: Vec<ReportAnswer>,
}

/// What answers a draft, and how it is printed.
pub struct Printable {
    /// What answers it.
    pub answers: ReportAnswers,
    /// Owner of the draft.
    pub owner: String,
    /// The day of which it is told.
    pub made_on: NaiveDate,
    /// The language of its fixed words.
    pub speech: Speech,
}

/// Reads what answers the questions of a visible draft; statements are as many however many questions and facts there are.
///
/// # Errors
/// `NotFound` if the draft is not visible.
pub async fn answers(ctx: &Ctx, id: Uuid) -> Result<Printable> {
    let draft = store::get(ctx, ReportDraft::def(), id).await?;
    let of = draft.read(report_draft::OBLIGATION).unwrap_or_default();
    let (obligations, questions) = of_return(ctx, of).await?;
    let facts = facts(ctx, draft.owner(), &questions).await?;
    let scribe = Scribe::read(ctx, draft.owner(), &facts).await?;
    let mut by_question: BTreeMap<Uuid, Vec<AnsweringFact>> = BTreeMap::new();
    for row in &facts {
        let Some(shown) = scribe.fact(row) else { continue };
        for question in row.read(fact::QUESTIONS).unwrap_or_default() {
            by_question.entry(question).or_default().push(shown.clone());
        }
    }
    let names = &scribe.names;
    let all: Vec<ReportAnswer> = questions
        .iter()
        .map(|row| ReportAnswer {
            question: names.named(row),
            provision: row.read(report_question::PROVISION).unwrap_or_default(),
            text: names.texts(row).get(report_question::TEXT.column).map(str::to_owned),
            answer_kind: row.text(report_question::ANSWER_KIND.column).unwrap_or_default().to_owned(),
            facts: by_question.remove(&row.id()).unwrap_or_default(),
        })
        .collect();
    let answered = all.iter().filter(|one| !one.facts.is_empty()).count();
    let told = |count: usize| names.is_inside(&draft).then(|| small(count));
    let answers = ReportAnswers {
        draft: names.named(&draft),
        obligation: obligations.iter().find(|row| row.id() == of).map(|row| names.named(row)),
        status: draft.text(report_draft::STATUS.column).unwrap_or_default().to_owned(),
        made_on: scribe.today.to_string(),
        with_fact: told(answered),
        without_fact: told(all.len().saturating_sub(answered)),
        answers: all,
    };
    let speech = Speech::of(&ctx.locale, Renderer::owners(ctx).await?.languages(draft.owner()));
    Ok(Printable { answers, owner: draft.owner().to_owned(), made_on: scribe.today, speech })
}

/// The visible facts of an owner that answer some of these questions, the newest first.
async fn facts(ctx: &Ctx, owner: &str, questions: &[Row]) -> Result<Vec<Row>> {
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let def = Fact::def();
    let mut found = BTreeMap::new();
    for some in questions.chunks(QUESTIONS) {
        let ids: Vec<Uuid> = some.iter().map(Row::id).collect();
        let filters =
            Map::from_iter([("owner".to_owned(), json!(owner)), ("question".to_owned(), json!(ids))]);
        let rows = recorded::every(ctx, def, &Narrowing::from_json(def, &filters)?).await?;
        found.extend(rows.into_iter().map(|row| (row.id(), row)));
    }
    let mut rows: Vec<Row> = found.into_values().collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.read(fact::AS_ON)), row.id()));
    Ok(rows)
}

/// What facts are written down with.
struct Scribe {
    today: NaiveDate,
    names: Renderer,
    called: BTreeMap<Uuid, Ref>,
    audiences: Audiences,
}

impl Scribe {
    async fn read(ctx: &Ctx, owner: &str, facts: &[Row]) -> Result<Self> {
        let names = Renderer::for_edges(ctx, Renderer::owners(ctx).await?);
        let links = [
            (Agency::def(), fact::LEAD_AGENCY.column),
            (LegalInstrument::def(), fact::LEGAL_INSTRUMENT.column),
            (ContactPoint::def(), fact::CONTACT_POINT.column),
        ];
        let called = recorded::called(ctx, &names, facts, links).await?;
        let audiences = Audiences::read(ctx, owner, facts).await?;
        Ok(Self { today: ctx.clock.today(), names, called, audiences })
    }

    fn fact(&self, row: &Row) -> Option<AnsweringFact> {
        let (texts, as_on) = (self.names.texts(row), row.read(fact::AS_ON)?);
        let text = |column: &str| texts.get(column).map(str::to_owned);
        let called = |column: &str| row.uuid(column).and_then(|id| self.called.get(&id).cloned());
        let stale_on = row.read(fact::STALE_ON);
        Some(AnsweringFact {
            id: row.id(),
            kind: row.text(fact::KIND.column)?.to_owned(),
            title: text(fact::TITLE.column),
            text: text(fact::TEXT.column),
            language: texts.language_of(fact::TEXT.column).map(str::to_owned),
            number: row.read(fact::NUMBER).map(decimal::written),
            unit: row.read(fact::UNIT),
            legal_instrument: called(fact::LEGAL_INSTRUMENT.column),
            contact_point: called(fact::CONTACT_POINT.column),
            source: row.read(fact::SOURCE)?,
            lead_agency: called(fact::LEAD_AGENCY.column),
            as_on: as_on.to_string(),
            age_days: small(self.today.signed_duration_since(as_on).num_days().max(0)),
            stale_on: stale_on.map(|day| day.to_string()),
            is_past_limit: stale_on.is_some_and(|day| day <= self.today),
            visibility: self.names.code(row, "visibility"),
            handling: self.names.code(row, "handling"),
            is_public: self.audiences.are_public(row),
            audiences: self.audiences.of(row),
        })
    }
}
