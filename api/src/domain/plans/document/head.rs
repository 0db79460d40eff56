//! What stands at the head of a document: title, owner, state, act.

use entity::{Country, Organisation, Region, country, plan, vocab::Domain};
use kernel::{Error, KindDef, Result, row, row::Row, store};
use model::Vocabulary;

use super::{
    Act, Owner, Scribe, Text,
    words::{Label, Period},
};
use crate::domain::Registered;

/// The head of a document.
pub(super) struct Head {
    pub(super) kind: Label,
    pub(super) title: Text,
    pub(super) owner: Owner,
    pub(super) edition: i32,
    pub(super) status: Label,
    pub(super) period: Option<Period>,
    pub(super) domains: Vec<Label>,
    pub(super) act: Option<Act>,
    pub(super) vision: Option<Text>,
    pub(super) summary: Option<Text>,
}

/// The head of a plan's document.
///
/// # Errors
/// What the database says.
pub(super) async fn of(scribe: &Scribe<'_>, plan: &Row) -> Result<Head> {
    let speech = &scribe.speech;
    let code = |list, column| speech.label(list, plan.text(column).unwrap_or_default());
    let mask = plan.read(plan::DOMAINS).unwrap_or_default();
    let is_in = |domain: &&Domain| row::bit(Domain::DEF, domain.code()).is_some_and(|bit| mask & bit != 0);
    let domains = Domain::ALL.iter().filter(is_in).map(|domain| speech.label("domain", domain.code()));
    // Kinds of plans that have no vision are read all the same.
    let vision = plan.def().has("vision").then(|| scribe.text(plan, "vision")).flatten();
    Ok(Head {
        kind: code("plan_kind", plan::KIND.column),
        title: scribe.title(plan, plan::TITLE.column),
        owner: Owner { code: plan.owner().to_owned(), name: name(scribe, plan.owner()).await? },
        edition: plan.read(plan::EDITION).unwrap_or(1),
        status: code("plan_status", plan::STATUS.column),
        period: speech.period(plan.read(plan::STARTS_ON), plan.read(plan::ENDS_ON)),
        domains: domains.collect(),
        act: act(scribe, plan),
        vision,
        summary: scribe.text(plan, plan::SUMMARY.column),
    })
}

fn act(scribe: &Scribe<'_>, plan: &Row) -> Option<Act> {
    let on = plan.read(plan::ACT_ON);
    let made = Act {
        body: plan.read(plan::ACT_BODY),
        number: plan.read(plan::ACT_NUMBER),
        on,
        source: plan.read(plan::ACT_SOURCE),
        on_text: on.map(|on| scribe.speech.day(on)),
    };
    let is_there = made.body.is_some() || made.number.is_some() || on.is_some() || made.source.is_some();
    is_there.then_some(made)
}

/// The name of an owner: of a country the full one, where it has one in the language of the document.
async fn name(scribe: &Scribe<'_>, owner: &str) -> Result<Option<Text>> {
    let (def, code): (&'static KindDef, &str) = match owner.split_once(':') {
        Some(("region", code)) => (Region::def(), code),
        Some(("org", code)) => (Organisation::def(), code),
        Some(_) => return Ok(None),
        None => (Country::def(), owner),
    };
    let row = match store::by_code(scribe.ctx, def, code).await {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    let own = scribe.speech.language().tag();
    let is_own = |text: &Text| text.language.as_deref() == Some(own);
    let long = country::NAME_LONG.column;
    let long = def.has(long).then(|| scribe.text(&row, long)).flatten().filter(is_own);
    Ok(long.or_else(|| scribe.text(&row, def.label?)))
}
