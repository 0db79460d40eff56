//! `Idempotency-Key`: calls that may be repeated.
//!
//! A layer reads the header and hashes what is sent. The unit that writes keeps both with what it did
//! (`kernel::idempotency`), so handlers do nothing for it.

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method,
        header::{self, CONTENT_LANGUAGE},
        request::Parts,
    },
    response::Response,
};
use http_body_util::BodyExt;
use kernel::{Code, Error, Result, idempotency::Call};

use crate::limits::traffic::Traffic;

/// Header with the key a caller gives.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Header of an answer that was given before.
pub const IDEMPOTENCY_REPLAYED: &str = "Idempotency-Replayed";

/// The call that a request makes under a key, for those who authenticate it.
#[derive(Clone)]
struct Keyed(Result<Call>);

/// Puts the key of a `POST` into the request, where the call may be repeated, and hashes what is sent.
pub async fn remember<R: Future<Output = Response>>(
    mut request: Request,
    run: impl FnOnce(Request) -> R,
) -> Response {
    let uri = request.uri().clone();
    let is_post = request.method() == Method::POST;
    let is_keyed = is_post && Traffic::of(request.method(), uri.path()).is_repeatable();
    let Some(call) = keyed(request.headers()).filter(|_| is_keyed) else { return run(request).await };
    request.extensions_mut().insert(Keyed(call.clone()));
    let Ok(call) = call else { return run(request).await };

    call.add(format!("POST {uri}\n").as_bytes());
    for language in request.headers().get_all(CONTENT_LANGUAGE) {
        call.add(b"Content-Language: ");
        call.add(language.as_bytes());
        call.add(b"\n");
    }
    let sent = call.clone();
    // A packed body is what it is unpacked: packed again, the same may be other bytes.
    let is_packed = request.headers().contains_key(header::CONTENT_ENCODING);
    let request = request.map(|body| {
        if is_packed {
            return body;
        }
        Body::new(body.inspect_frame(move |frame| {
            frame.data_ref().into_iter().for_each(|bytes| sent.add(bytes));
        }))
    });
    let mut response = run(request).await;
    if call.is_replayed() {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn keyed(headers: &HeaderMap) -> Option<Result<Call>> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = given.next()?.to_str().unwrap_or_default();
    if given.next().is_some() {
        let detail = "give one idempotency key";
        return Some(Err(Error::bad_request("", Code::IdempotencyKeyInvalid, detail)));
    }
    Some(Call::under(key))
}

/// The call a request makes under a key; none without one.
///
/// # Errors
/// `BadRequest` for a key that does not have the required form.
pub fn call(parts: &Parts) -> Result<Option<Call>> {
    parts.extensions.get::<Keyed>().map(|keyed| keyed.0.clone()).transpose()
}

/// Hashes a body that was packed, for the call it belongs to.
pub fn unpacked(parts: &Parts, body: &[u8]) {
    if let Some(Keyed(Ok(call))) = parts.extensions.get() {
        call.add(body);
    }
}
