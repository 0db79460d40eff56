//! A plan as a document: one value, as its caller may see it, with fixed words in the caller's language.
//!
//! `rows` says which rows a document is made of, [`of`] makes it of them, and the faces print it.

pub mod annex;
mod columns;
mod content;
mod figures;
mod head;
pub mod rows;
mod sections;
pub mod timeline;
pub mod words;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::Action;
use kernel::{
    Ctx, Result,
    owners::Owners,
    render::{Detail, Renderer},
    row::Row,
    scalar::Ref,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::{
    annex::Annex,
    content::Content,
    timeline::Timeline,
    words::{Amount, Label, Language, Period, Speech},
};
pub use self::{
    columns::Column,
    sections::{Entry, Section},
};
use super::editions::{Edition, PlanRows as Rows, load};
use crate::domain::Registered;

/// A text of a record, with the language it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentText)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its language (BCP 47), where it is known.
    pub language: Option<String>,
}

/// Whose plan it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentOwner)]
pub struct Owner {
    /// Code of the owner: `KGZ`, `region:CA`, `org:UNICRI`.
    pub code: String,
    /// Its name.
    pub name: Option<Text>,
}

/// The legal act by which a plan was adopted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentAct)]
pub struct Act {
    /// Body that adopted the plan.
    pub body: Option<String>,
    /// Number of the act.
    pub number: Option<String>,
    /// Day of the act.
    pub on: Option<NaiveDate>,
    /// Where the act is published or kept.
    pub source: Option<String>,
    /// The day as it is written in the language of the document.
    pub on_text: Option<String>,
}

/// How many actions are in a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentCount)]
pub struct Count {
    /// The state.
    pub status: Label,
    /// How many actions are in it.
    pub actions: usize,
}

/// Actions that the document shows, counted and added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentFigures)]
pub struct Figures {
    /// How many actions the document shows.
    pub actions: usize,
    /// The same by state, in the order of states.
    pub by_status: Vec<Count>,
    /// Their planned costs, a sum for each currency.
    pub costs: Vec<Amount>,
}

/// An action of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentAction)]
pub struct ActionEntry {
    /// Id of the action.
    pub id: Uuid,
    /// Its code, or its number in this document where no action beside it has a code.
    pub number: Option<String>,
    /// Title.
    pub title: Text,
    /// Text.
    pub description: Option<Text>,
    /// Agency that leads.
    pub lead: Option<Ref>,
    /// Agencies that contribute.
    pub partners: Vec<Ref>,
    /// Period.
    pub period: Option<Period>,
    /// Planned cost.
    pub cost: Option<Amount>,
    /// Who pays.
    pub funding_source: Option<String>,
    /// How far the action is.
    pub status: Label,
    /// Progress in percent, as reported.
    pub progress_percent: i32,
    /// The progress as it is written in the language of the document.
    pub progress_text: String,
    /// What the progress consists in.
    pub progress_note: Option<String>,
    /// Obligations the action serves.
    pub obligations: Vec<Ref>,
}

/// An objective of the document, with its actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentObjective)]
pub struct ObjectiveEntry {
    /// Id of the objective.
    pub id: Uuid,
    /// Its code, or its number in this document where no objective beside it has a code.
    pub number: Option<String>,
    /// Title.
    pub title: Text,
    /// Text.
    pub description: Option<Text>,
    /// Its actions, in order.
    pub actions: Vec<ActionEntry>,
}

/// A pillar of the document, with its objectives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentPillar)]
pub struct PillarEntry {
    /// Id of the pillar.
    pub id: Uuid,
    /// Its code, or its number in this document where no pillar beside it has a code.
    pub number: Option<String>,
    /// Title.
    pub title: Text,
    /// Text.
    pub description: Option<Text>,
    /// Its actions, counted and added up.
    pub figures: Figures,
    /// Its objectives, in order.
    pub objectives: Vec<ObjectiveEntry>,
}

/// An obligation that actions of the document serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentObligation)]
pub struct Served {
    /// The obligation.
    pub obligation: Ref,
    /// The actions, by number, else by title.
    pub actions: Vec<String>,
}

/// A plan as a document, as far as the caller may see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanDocument)]
pub struct Document {
    /// Id of the plan.
    pub id: Uuid,
    /// Language of the fixed words, labels, days and amounts.
    pub language: Language,
    /// Day on which the document was made.
    pub made_on: NaiveDate,
    /// That day in words: `As at 31 December 2026`.
    pub as_at: String,
    /// What the plan is.
    pub kind: Label,
    /// Title.
    pub title: Text,
    /// Whose plan it is.
    pub owner: Owner,
    /// Edition of the plan.
    pub edition: i32,
    /// State of the plan.
    pub status: Label,
    /// Period of the plan.
    pub period: Option<Period>,
    /// Hazard domains it is about.
    pub domains: Vec<Label>,
    /// The legal act, where there is one.
    pub act: Option<Act>,
    /// The national vision.
    pub vision: Option<Text>,
    /// What it is about.
    pub summary: Option<Text>,
    /// Its sections, in order.
    pub sections: Vec<Section>,
    /// Its actions, counted and added up.
    pub figures: Figures,
    /// Its pillars, in order.
    pub pillars: Vec<PillarEntry>,
    /// The obligations its actions serve.
    pub obligations: Vec<Served>,
    /// The columns of tables of actions: those in which an action says something.
    pub columns: Vec<Column>,
    /// When its actions begin and end; null where none has a day.
    pub timeline: Option<Timeline>,
    /// What else belongs to the plan, each part where there is something to show.
    pub annexes: Vec<Annex>,
    /// The fixed words by key, in the language of the document.
    #[schema(value_type = BTreeMap<String, String>)]
    pub words: BTreeMap<&'static str, &'static str>,
    #[serde(skip)]
    texts_in: Option<String>,
}

impl Document {
    /// The language of everything that is written in the document, where it is one.
    #[must_use]
    pub fn content_language(&self) -> Option<&str> {
        self.texts_in.as_deref()
    }

    /// A fixed word.
    #[must_use]
    pub fn word(&self, key: &str) -> &'static str {
        self.words.get(key).copied().unwrap_or_default()
    }
}

/// What making a document takes: who asks, how it speaks, and how rows read.
pub(crate) struct Scribe<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) speech: Speech,
    pub(crate) renderer: Renderer,
}

impl Scribe<'_> {
    /// A text of a row.
    pub(crate) fn text(&self, row: &Row, column: &str) -> Option<Text> {
        let texts = self.renderer.texts(row);
        let language = texts.language_of(column).filter(|tag| !tag.is_empty()).map(str::to_owned);
        texts.get(column).map(|text| Text { text: text.to_owned(), language })
    }

    /// A text of a row that every row has.
    pub(crate) fn title(&self, row: &Row, column: &str) -> Text {
        self.text(row, column).unwrap_or_else(|| Text { text: String::new(), language: None })
    }
}

/// The document of a visible plan, as it is in force.
///
/// # Errors
/// `NotFound` if the plan is not visible.
pub async fn document(ctx: &Ctx, id: Uuid, edition: Edition) -> Result<Document> {
    let rows = load(ctx, id, edition).await?;
    of(&rows.reader.clone(), rows).await
}

/// The document of these rows.
///
/// # Errors
/// What the database says.
pub async fn of(ctx: &Ctx, rows: Rows) -> Result<Document> {
    let owners = Renderer::owners(ctx).await?;
    let speech = Speech::of(&ctx.locale, official(&owners, &rows.plan));
    let renderer = Renderer::on(ctx, Action::def(), &rows.actions, Detail::List).await?;
    let scribe = Scribe { ctx, speech, renderer };
    let head = head::of(&scribe, &rows.plan).await?;
    let content = Content::of(&scribe, &rows);
    let timeline = timeline::of(&content.pillars);
    let annexes = annex::all(&scribe, &rows).await?;
    Ok(whole(&scribe, &rows, (head, content, timeline, annexes)))
}

fn official<'a>(owners: &'a Owners, plan: &Row) -> &'a [String] {
    owners.languages(plan.owner())
}

type Parts = (head::Head, Content, Option<Timeline>, Vec<Annex>);

fn whole(scribe: &Scribe<'_>, rows: &Rows, (head, content, timeline, annexes): Parts) -> Document {
    let speech = &scribe.speech;
    let made_on = scribe.ctx.clock.today();
    let columns = columns::of(&content.pillars);
    let mut document = Document {
        id: rows.plan.id(),
        language: speech.language(),
        made_on,
        as_at: speech.phrase("as_at", &speech.day(made_on)),
        kind: head.kind,
        title: head.title,
        owner: head.owner,
        edition: head.edition,
        status: head.status,
        period: head.period,
        domains: head.domains,
        act: head.act,
        vision: head.vision,
        summary: head.summary,
        sections: sections::of(scribe, &rows.sections),
        figures: content.figures,
        pillars: content.pillars,
        obligations: content.obligations,
        columns,
        timeline,
        annexes,
        words: speech.words(),
        texts_in: None,
    };
    document.texts_in = one_language(&document);
    document
}

/// The language of the fixed words, where all texts are in it too.
fn one_language(document: &Document) -> Option<String> {
    let heads = [Some(&document.title), document.vision.as_ref(), document.summary.as_ref()];
    let pillars = document.pillars.iter().map(|pillar| &pillar.title);
    let objectives = document.pillars.iter().flat_map(|pillar| &pillar.objectives);
    let actions = objectives.clone().flat_map(|objective| &objective.actions).map(|action| &action.title);
    let titles = pillars.chain(objectives.map(|objective| &objective.title)).chain(actions);
    let own = document.language.tag();
    let sections = document.sections.iter().flat_map(Section::languages);
    let mut all =
        heads.into_iter().flatten().chain(titles).map(|text| text.language.as_deref()).chain(sections);
    all.all(|language| language == Some(own)).then(|| own.to_owned())
}
