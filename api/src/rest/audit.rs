//! Who read a country's records.

use kernel::page::Page as Wanted;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answer::{Answer, Page, PageInfo},
    listing::{ListReader, limit_of},
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::audit::{Asked, ReadTrace, reads},
    state::AppState,
};

/// Routes of the audit of reads.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_reads))
}

/// Which traces are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ReadsParams {
    /// Kind of the records that were read (`task`, `plans`).
    pub kind: Option<String>,
    /// Reads from this instant on.
    #[param(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub from: Option<String>,
    /// Reads before this instant.
    #[param(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub until: Option<String>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Cursor: `page.next` of the page before.
    pub after: Option<String>,
    /// Whether to count all too.
    pub total: Option<bool>,
    /// Languages wanted, best first; `*` for base texts and all translations.
    pub lang: Option<String>,
}

/// A part of the traces of reads, newest first.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says in the contract what `Page` answers")]
pub struct ReadTracePage {
    /// The traces.
    items: Vec<ReadTrace>,
    /// Where to go on.
    page: PageInfo,
}

#[utoipa::path(get, path = "/audit/reads", tag = "Sharing",
    summary = "List who read a country's records",
    description = "Lists, newest first, reads of the records of the caller's country that leave a trace: of restricted records, by others through a release that is not to everybody, as others, and exports of its people's accounts. \
        Each reader has one for each kind and reason in a minute. For focal points.",
    params(ReadsParams),
    responses((status = 200, description = "A page of traces", body = ReadTracePage), ReadProblems))]
async fn list_reads(ListReader(recalled, parameters): ListReader) -> Result<Answer, Problem> {
    let ctx = recalled.confirmed().await?;
    let mut faults = Vec::new();
    let given: ReadsParams = parameters.read(&mut faults);
    let (limit, total) = (limit_of(given.limit, &mut faults), given.total.unwrap_or(false));
    let page = Wanted { cursor: given.after, total, ..Wanted::first(limit) };
    let asked =
        Asked { kind: given.kind.as_deref(), from: given.from.as_deref(), until: given.until.as_deref() };
    let found = reads(&ctx, asked, (&page, faults)).await?;
    let next = found.items.last().filter(|_| found.has_more).map(|(cursor, _)| cursor.clone());
    let items: Vec<ReadTrace> = found.items.into_iter().map(|(_, trace)| trace).collect();
    let info = PageInfo { next: next.clone(), limit, total: found.total };
    Ok(Answer {
        next: next.map(|cursor| parameters.address_after(&cursor)),
        ..Answer::of(&Page { items, page: info })?
    })
}
