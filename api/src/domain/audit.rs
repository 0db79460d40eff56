//! Who read what of a country's records, where that leaves a trace: for its focal point.

use std::collections::BTreeSet;

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{
    Code, Ctx, Error, Result, Violation,
    cause::ReadReason,
    dates,
    input::{cut, hint},
    page::Page,
    policy::oversees_reads,
    traces::{self, Left, Sought},
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    KINDS,
    history::{HistoryWriter, Writers, writers_named},
};
use crate::signin::sign_in_first;

/// Reads of records of one kind by one reader within a minute.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct ReadTrace {
    /// When the first of them was answered.
    pub at: DateTime<Utc>,
    /// Owner of the records.
    pub owner: String,
    /// Kind of the records (`task`).
    pub kind: String,
    /// Why they left a trace.
    pub why: ReadReason,
    /// Who read, with role and agency held for the owner it acted for; null once the account is gone.
    #[schema(required = true)]
    pub by: Option<HistoryWriter>,
    /// Owner the reader acted for.
    #[schema(required = true)]
    pub acting_as: Option<String>,
    /// Of restricted records, the ids in the first answer of the minute, 100 at most; empty otherwise.
    pub ids: Vec<Uuid>,
}

/// A part of the traces, newest first, each with its cursor.
#[derive(Clone, Debug)]
pub struct ReadTraces {
    /// The traces.
    pub items: Vec<(String, ReadTrace)>,
    /// Whether others follow.
    pub has_more: bool,
    /// How many there are altogether, if asked.
    pub total: Option<u64>,
}

/// What narrows the traces, as it was given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Kind of the records.
    pub kind: Option<&'a str>,
    /// Left at this instant or later.
    pub from: Option<&'a str>,
    /// Left before this instant.
    pub until: Option<&'a str>,
}

/// Lists the traces of reads of the records of the caller's country.
///
/// # Errors
/// `Unauthenticated` for anonymous callers, `Forbidden` for all but focal points; then `BadRequest` naming everything
/// that cannot be read, beside `faults` that were found before.
pub async fn reads(
    ctx: &Ctx,
    asked: Asked<'_>,
    (page, faults): (&Page, Vec<Violation>),
) -> Result<ReadTraces> {
    if !ctx.actor.is_known() {
        return Err(sign_in_first());
    }
    let only = || Error::Forbidden("only the focal point of a country sees who read its records".into());
    let owner = oversees_reads(&ctx.actor).ok_or_else(only)?;
    let (sought, after) = sought(asked, page, faults)?;
    let conn = ctx.db.reading();
    let mut found = traces::list(conn, owner, &sought, (after, page.limit)).await?;
    let has_more = found.len() > page.limit;
    found.truncate(page.limit);
    let total = if page.total { Some(traces::count(conn, owner, &sought).await?) } else { None };
    let readers: BTreeSet<_> = found.iter().filter_map(reader).collect();
    let known = writers_named(ctx, readers).await?;
    Ok(ReadTraces { items: found.into_iter().map(|left| shown(left, &known)).collect(), has_more, total })
}

/// Who read, and for whom.
fn reader(left: &Left) -> Option<(Uuid, String)> {
    Some((left.by?, left.acting.clone().unwrap_or_default()))
}

fn shown(left: Left, known: &Writers) -> (String, ReadTrace) {
    let by = reader(&left).and_then(|reader| known.get(&reader).cloned());
    let Left { trace, at, acting, .. } = left;
    let cursor = format!("{CURSOR}{}", trace.id.simple());
    let subject = trace.subject;
    let (owner, kind, why) = (subject.owner, subject.kind, subject.why);
    (cursor, ReadTrace { at, owner, kind, why, by, acting_as: acting, ids: trace.ids })
}

/// What cursors of traces begin with.
const CURSOR: &str = "r-";

/// Reads what narrows the traces, and after which one the page begins.
fn sought(asked: Asked<'_>, page: &Page, mut faults: Vec<Violation>) -> Result<(Sought, Option<Uuid>)> {
    let names: Vec<&str> = KINDS.all().iter().map(|def| def.name).collect();
    let kind = asked.kind.and_then(|given| {
        let found = KINDS
            .all()
            .iter()
            .find(|def| def.name.eq_ignore_ascii_case(given) || def.collection.eq_ignore_ascii_case(given));
        if found.is_none() {
            let near = hint(given, names.iter().copied());
            let text =
                format!("{} is no kind; kinds are {}{near}", cut(&Json::from(given)), names.join(", "));
            faults.push(Violation::new("?kind", Code::NotInList, text));
        }
        found.map(|def| def.name.to_owned())
    });
    let mut instant = |name: &str, given: Option<&str>| {
        let read = dates::instant(given?);
        if read.is_none() {
            let given = cut(&Json::from(given?));
            let text = format!("`{name}`: {given} is no instant such as 2026-11-21T10:00:00Z");
            faults.push(Violation::new(format!("?{name}"), Code::BadFormat, text));
        }
        read
    };
    let (from, until) = (instant("from", asked.from), instant("until", asked.until));
    let after = page.cursor.as_deref().map(|text| Uuid::try_parse(text.strip_prefix(CURSOR)?).ok());
    if after == Some(None) {
        let text = "this is no cursor of traces of reads";
        faults.push(Violation::new("?after", Code::CursorInvalid, text));
    }
    let sought = Sought { kind, from, until };
    if faults.is_empty() { Ok((sought, after.flatten())) } else { Err(Error::BadRequest(faults)) }
}
