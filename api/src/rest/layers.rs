//! What every request passes: its id, time-outs, the task that outlives its caller.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::{OriginalUri, Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use kernel::{Code, Error};
use tracing::Instrument;

use super::{
    addresses, caching, calendars,
    caller::RequestId,
    links,
    problem::{IsProblem, Problem, complete},
    public,
};
use crate::{
    origin::{Origin, Peer},
    preference::Accept,
    state::AppState,
};

/// Gives the request an id, logs it once, and completes problems with id and address.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id: Arc<str> = Arc::from(state.clock.id().simple().to_string());
    request.extensions_mut().insert(RequestId(id.clone()));
    let peer = request.extensions().get::<Peer>().copied();
    let origin = peer.map(|peer| Origin::of(peer, request.headers(), &state.limits.front));
    if let Some(origin) = origin {
        request.extensions_mut().insert(origin);
    }
    let public_url = &state.limits.front.public_url;
    let redirect = links::enter(public_url, &mut request);
    let (shared, refusal) = public::enter(&mut request).map_or((None, None), |entered| match entered {
        Ok(shared) => (Some(shared), None),
        Err(refusal) => (None, Some(refusal)),
    });
    calendars::take(&mut request);
    let asked = caching::Asked::of(&request);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    // At this level whatever the filter lets through, so that each line tells its request.
    let span = tracing::error_span!("request", id = %id, method = %method, path = %uri.path());
    let started = tokio::time::Instant::now();
    let mut response = match redirect.or(refusal) {
        Some(answer) => answer,
        None => next.run(request).instrument(span.clone()).await,
    };
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, seconds, "answered {status}"));
    let labels = [("method", label(&method).to_owned()), ("status", status.to_string())];
    metrics::histogram!("http_request_seconds", &labels).record(seconds);
    if response.extensions().get::<IsProblem>().is_some() {
        let (mut parts, body) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        let body = if method == Method::HEAD {
            Body::empty()
        } else {
            let body = to_bytes(body, 4 << 20).await.unwrap_or_default();
            Body::from(complete(&body, &id, (public_url, uri.path())))
        };
        response = Response::from_parts(parts, body);
    }
    links::leave(public_url, response.headers_mut());
    asked.tell(response.status(), response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    if origin.is_some_and(|origin| origin.is_secure) {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    let everywhere = [
        (header::VARY, VARIES),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in everywhere {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if let Some(shared) = shared {
        let status = response.status();
        shared.leave(status, state.clock.now(), response.headers_mut());
    }
    response
}

/// The headers of requests on which answers depend.
const VARIES: &str =
    "Accept, Accept-Language, Accept-Encoding, Authorization, Origin, X-Concord-Act-As, X-Concord-View-As";

/// A method as metrics name it: each name is kept for as long as the process lives, and clients may invent more.
const fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Answers 503 when a request takes too long; a write goes on in its own task.
pub async fn time_out(state: &AppState, running: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(state.limits.request_timeout, running).await {
        Ok(response) => response,
        Err(_) => Problem::from(Error::Unavailable("the request took too long".into())).into_response(),
    }
}

/// Runs unsafe requests in a task of their own, so that a caller that leaves cancels nothing.
pub async fn outlive<R: Future<Output = Response> + Send + 'static>(
    state: &AppState,
    request: Request,
    run: impl FnOnce(Request) -> R,
) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        || request.uri().path() == "/graphql"
    {
        return run(request).await;
    }
    let span = tracing::Span::current();
    match state.tasks.spawn(run(request).instrument(span)).await {
        Ok(response) => response,
        Err(error) => Problem::from(Error::Internal(format!("a write ended early: {error}"))).into_response(),
    }
}

/// Whether a path is UTF-8 once its escapes are undone.
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
        bytes.extend(hex::decode(pair).unwrap_or_default());
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Refuses addresses that are no text, which lead nowhere, and answers a panic as [`caught`] does.
pub async fn contained(request: Request, next: Next) -> Response {
    if !is_text(request.uri().path()) {
        return addresses::no_such_address(request.uri().path()).into_response();
    }
    AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(caught)
}

/// Refuses callers that do not take JSON (406).
pub async fn json_only(request: Request, next: Next) -> Response {
    match takes_json(&Accept::of(request.headers())) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Refuses a caller that does not take JSON, the form of answers and of refusals.
pub(super) fn takes_json(accept: &Accept<'_>) -> Result<(), Problem> {
    if ["application/json", "application/problem+json"].iter().any(|media| accept.weight(media) > 0.0) {
        return Ok(());
    }
    Err(Problem::Http(Code::NotAcceptable, "answers are application/json".into()))
}

/// Makes the validator of a compressed answer weak: its bytes are others than those the tag was made of.
pub async fn weaken(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_coded = response.headers().contains_key(header::CONTENT_ENCODING);
    let strong = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let weak = strong.filter(|tag| is_coded && tag.starts_with('"')).map(|tag| format!("W/{tag}"));
    if let Some(weak) = weak.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        response.headers_mut().insert(header::ETAG, weak);
    }
    response
}

/// The answer for addresses that lead nowhere.
pub async fn no_such_address(OriginalUri(uri): OriginalUri) -> Problem {
    addresses::no_such_address(uri.path())
}

/// The answer for methods an address does not know.
pub async fn no_such_method() -> Problem {
    Problem::Http(Code::MethodNotAllowed, "this address does not know the method; see Allow".into())
}

/// The answer of a panic, which was logged where it arose (`telemetry::log_panics`).
#[must_use]
pub fn caught(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::Http(Code::Internal, Error::Internal(String::new()).detail()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_a_client_invents_share_one_label() {
        let of = |name: &str| label(&name.parse().unwrap());

        assert_eq!(["GET", "PATCH", "OPTIONS"].map(of), ["GET", "PATCH", "OPTIONS"]);
        assert_eq!(["GET1", "get", "CONNECT"].map(of), ["other"; 3]);
    }
}
