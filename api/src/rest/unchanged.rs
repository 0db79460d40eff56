//! Conditional reads: who has an answer already is sent none (304).
//!
//! A tag is a hash of its answer. The process remembers which tag a caller was given, and a change set that was committed
//! before that answer was read. As long as the log ends there and the caller stands as it did, the answer is the same, and
//! one statement tells both; else it is made anew and its tag compared.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock, OnceLock},
};

use axum::{
    body::Body,
    extract::{OriginalUri, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{
    Ctx, KindDef,
    crypto::sha256,
    policy::Class,
    standings::{Answered, Standings},
};

use super::{analytics, problem::Problem};
use crate::{
    domain::{KINDS, flat::VIEWS},
    signin::identity::Identity,
    state::AppState,
};

/// Seconds in which no day begins anywhere but at their beginning.
const QUARTER: i64 = 15 * 60;

/// A read of what the log tells of, and the tags that its caller has.
#[derive(Clone, Debug)]
pub struct Condition(Arc<Asked>);

#[derive(Debug)]
struct Asked {
    tags: Vec<String>,
    /// Of everything that the answer depends on besides caller and log.
    hash: String,
    /// Whether days begin in a zone that the caller names.
    is_zoned: bool,
    read: OnceLock<Read>,
}

/// What is known before an answer is read.
#[derive(Debug)]
struct Read {
    standings: Standings,
    caller: u64,
    seq: i64,
    within: i64,
}

impl Condition {
    /// The condition of a request, where the log tells of all that its answer depends on.
    fn of(request: &Request, tags: Vec<String>) -> Option<Self> {
        let uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |uri| &uri.0);
        let is_told = is_told_by_log(request.uri());
        is_told.then(|| {
            let forms = [header::ACCEPT, header::ACCEPT_LANGUAGE]
                .map(|name| lines(request.headers(), &name).join(","));
            let hash = sha256(&[uri.to_string().as_bytes(), b"\n", forms.join("\n").as_bytes()]);
            let is_zoned = uri.query().is_some_and(|query| query.contains("time_zone"));
            Self(Arc::new(Asked { tags, hash, is_zoned, read: OnceLock::new() }))
        })
    }

    /// Finds out whether a caller has been given what it asks for already, and notes what is known before it is read.
    async fn hold(&self, state: &AppState, (ctx, identity): (&Ctx, &Identity)) -> Result<(), Problem> {
        let Some(watch) = &ctx.watch else { return Ok(()) };
        let asked = &*self.0;
        let within = if asked.is_zoned { ctx.clock.now().timestamp().div_euclid(QUARTER) } else { 0 };
        let kept = ctx.standings.answers().get(&(watch.caller(), asked.hash.clone()));
        let fits = |kept: &Answered| {
            kept.within == within && kept.seq >= state.db.reached() && has(&asked.tags, &kept.tag)
        };
        if let Some(kept) = kept.filter(fits) {
            let end = state.db.end().await?;
            if end.seq == kept.seq && identity.stands_at(ctx, end.epoch) {
                return Err(Problem::Unchanged(kept.tag));
            }
        }
        let (standings, caller) = (ctx.standings.clone(), watch.caller());
        drop(asked.read.set(Read { standings, caller, seq: state.db.reached(), within }));
        Ok(())
    }

    /// Remembers what was answered.
    fn keep(&self, response: &Response) {
        let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.filter(|_| response.status() == StatusCode::OK);
        let (Some(tag), Some(Read { standings, caller, seq, within })) = (tag, self.0.read.get()) else {
            return;
        };
        let answered = Answered { tag: tag.to_owned(), seq: *seq, within: *within };
        standings.answers().put((*caller, self.0.hash.clone()), answered);
    }
}

/// Ends a read whose caller has the answer already.
///
/// # Errors
/// `Unchanged`, and what the database says.
pub async fn hold(parts: &Parts, state: &AppState, caller: (&Ctx, &Identity)) -> Result<(), Problem> {
    match parts.extensions.get::<Condition>() {
        Some(condition) => condition.hold(state, caller).await,
        None => Ok(()),
    }
}

/// Whether nothing but the log, rights and the day change what is answered below `/api/v1`: records, their lists and figures.
fn is_told_by_log(uri: &Uri) -> bool {
    static LISTS: LazyLock<[BTreeSet<&str>; 2]> = LazyLock::new(|| {
        let lasting = |def: &&KindDef| {
            let is_plain =
                matches!(def.class, Class::Reference | Class::National | Class::Work | Class::Comment);
            is_plain && !def.declared.fields.iter().any(|field| field.is_unlogged)
        };
        // What is overdue follows from the instant.
        let timeless = |def: &&KindDef| def.declared.fields.iter().all(|field| field.overdue.is_none());
        let all = || KINDS.served().filter(lasting);
        [
            all().filter(timeless).map(|def| def.collection).collect(),
            all().map(|def| def.collection).collect(),
        ]
    });
    let [lists, figures] = &*LISTS;
    let mut path = uri.path().trim_start_matches('/').split('/');
    match path.next() {
        Some(analytics::ROOT) => path.next().is_some_and(|list| figures.contains(list)),
        Some(list) => lists.contains(list) || VIEWS.iter().any(|view| view.name == list),
        None => false,
    }
}

fn lines(headers: &HeaderMap, name: &header::HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect()
}

/// Sends no body the caller has already (304).
pub async fn conditional(mut request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let tags = lines(request.headers(), &header::IF_NONE_MATCH);
    let condition = if is_read { Condition::of(&request, tags.clone()) } else { None };
    if let Some(condition) = &condition {
        request.extensions_mut().insert(condition.clone());
    }
    let response = next.run(request).await;
    if let Some(condition) = condition {
        condition.keep(&response);
    }
    let Some(tag) = response.headers().get(header::ETAG).filter(|_| is_read) else { return response };
    if !has(&tags, tag.to_str().unwrap_or_default()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    Response::from_parts(parts, Body::empty())
}

/// The answer to who has it already.
pub(super) fn same(tag: &str) -> Response {
    let tag = HeaderValue::from_str(tag).map(|tag| [(header::ETAG, tag)]);
    (StatusCode::NOT_MODIFIED, tag.unwrap_or([(header::ETAG, HeaderValue::from_static("\"\""))]))
        .into_response()
}

/// Whether a tag is among those of `If-None-Match`.
fn has(lines: &[String], tag: &str) -> bool {
    let mut tags = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|one| one == "*" || bare(one) == bare(tag))
}

/// A tag without what coding makes of it: `W/`, or the suffix that a proxy adds (`"1.5288435050c4-gzip"`).
fn bare(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    tag.split_once('-').map_or(tag, |(own, _)| own)
}
