//! What everybody may see, at addresses of its own: caches that many callers share may keep it.
//!
//! `/public/api/v1/...` answers what `/api/v1/...` answers an anonymous caller, whoever asks.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use kernel::{Code, Ctx};

use super::{calendars, problem::Problem};
use crate::{
    limits::meter::{RATE_LIMIT, RATE_LIMIT_POLICY},
    signin::{calendar::Token, standing::ACT_AS, viewing::VIEW_AS},
};

/// What stands before an address here.
const ROOT: &str = "/public";
/// Seconds for which an answer is good.
const FRESH: i64 = 60;
/// Seconds after these in which it may be shown while it is asked for again.
const STALE: i64 = 240;
/// The headers of requests on which answers depend here.
const VARIES: HeaderValue = HeaderValue::from_static("Accept, Accept-Language, Accept-Encoding");

/// A read of what everybody may see, with the instant at which time alone changes what that is.
#[derive(Clone, Debug, Default)]
pub struct Public(Arc<OnceLock<DateTime<Utc>>>);

/// Takes the beginning off an address of what everybody may see, and lets links keep it; answers who brings more than a question.
pub fn enter(request: &mut Request) -> Option<Result<Public, Response>> {
    let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
    let path = request.uri().path().strip_prefix(ROOT).filter(|path| path.starts_with("/api/v1/"))?;
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    // The token of a calendar stands in its address.
    calendars::take(request);
    if let Some(refusal) = refusal(request) {
        return Some(Err(refusal));
    }
    let public = Public::default();
    request.extensions_mut().insert(public.clone());
    Some(Ok(public))
}

fn refusal(request: &Request) -> Option<Response> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        let text = format!("nothing is written below {ROOT}; see Allow");
        let refused = Problem::Http(Code::MethodNotAllowed, text).into_response();
        return Some(([(header::ALLOW, HeaderValue::from_static("GET, HEAD"))], refused).into_response());
    }
    let brought = [header::AUTHORIZATION.as_str(), ACT_AS, VIEW_AS];
    let mut brought: Vec<&str> =
        brought.into_iter().filter(|name| request.headers().contains_key(*name)).collect();
    if request.extensions().get::<Token>().is_some() {
        brought.push("the token of a calendar");
    }
    if brought.is_empty() {
        return None;
    }
    let text = format!("everybody is answered the same here: leave out {}", brought.join(", "));
    Some(Problem::Http(Code::CredentialsRefused, text).into_response())
}

/// Notes how long what a caller may see stays what it is.
pub fn note(parts: &Parts, ctx: &Ctx) {
    if let (Some(Public(until)), Some(watch)) = (parts.extensions.get::<Public>(), &ctx.watch) {
        until.get_or_init(|| watch.until());
    }
}

impl Public {
    /// Says in the headers of an answer what may be kept of it: nothing past the instant at which something becomes
    /// visible, or hidden, by itself.
    pub fn leave(&self, status: StatusCode, now: DateTime<Utc>, headers: &mut HeaderMap) {
        headers.insert(header::VARY, VARIES);
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let is_good = matches!(status, StatusCode::OK | StatusCode::NOT_MODIFIED);
        if !is_good || !headers.contains_key(header::ETAG) {
            return;
        }
        for name in [RATE_LIMIT, RATE_LIMIT_POLICY] {
            headers.remove(name);
        }
        let left = self.0.get().map_or(i64::MAX, |until| (*until - now).num_seconds().max(0));
        let fresh = left.min(FRESH);
        let stale = left.saturating_sub(fresh).min(STALE);
        let kept = match (fresh, stale) {
            (0, _) => "public, no-cache".to_owned(),
            (_, 0) => format!("public, max-age={fresh}, must-revalidate"),
            _ => format!("public, max-age={fresh}, stale-while-revalidate={stale}"),
        };
        if let Ok(kept) = HeaderValue::from_str(&kept) {
            headers.insert(header::CACHE_CONTROL, kept);
        }
    }
}
