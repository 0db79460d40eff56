//! What may be kept of an answer, and by whom.

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Error, policy::Class};

use super::{answer::etag, problem::Problem};
use crate::{domain::KINDS, limits::traffic::Traffic};

/// Kept nowhere: it holds a secret, or is true for a moment only.
const NOWHERE: HeaderValue = HeaderValue::from_static("no-store");
/// Kept by its caller, and asked for before each use whether it is the same.
const CHECKED: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Kept by everybody for a minute: facts that belong to nobody.
const SHARED: HeaderValue = HeaderValue::from_static("public, max-age=60, must-revalidate");

/// Who asks for what, as far as that decides what is kept of the answer.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    traffic: Traffic,
    is_public: bool,
    is_health: bool,
}

impl Asked {
    /// Reads it from a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let (method, path, headers) = (request.method(), request.uri().path(), request.headers());
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        let is_anonymous = !headers.contains_key(header::AUTHORIZATION);
        Self {
            traffic: Traffic::of(method, path),
            is_public: is_read && is_anonymous && is_reference(path),
            is_health: path.starts_with("/health/"),
        }
    }

    /// Says in the headers of an answer what may be kept of it, where nothing is said yet.
    pub fn tell(self, status: StatusCode, headers: &mut HeaderMap) {
        if headers.contains_key(header::CACHE_CONTROL) {
            return;
        }
        let is_good = status == StatusCode::OK || status == StatusCode::NOT_MODIFIED;
        let kept = match self.traffic {
            Traffic::SignIn => NOWHERE,
            _ if self.is_health => NOWHERE,
            _ if self.is_public && is_good => SHARED,
            _ => CHECKED,
        };
        headers.insert(header::CACHE_CONTROL, kept);
    }
}

/// Whether what lies at an address belongs to nobody: reference data, closed lists, keys, bounds.
fn is_reference(path: &str) -> bool {
    let Some(below) = path.strip_prefix("/api/v1/") else { return path == "/.well-known/jwks.json" };
    let collection = below.split('/').next().unwrap_or_default();
    let is_kind = || KINDS.served().any(|def| def.class == Class::Reference && def.collection == collection);
    collection == "vocabularies" || is_kind()
}

/// Gives a read without an `ETag` one of its body, so that its caller need not be sent it again.
pub async fn tagged(request: Request, next: Next) -> Response {
    let is_read = *request.method() == Method::GET;
    let response = next.run(request).await;
    let is_plain = response.status() == StatusCode::OK && !response.headers().contains_key(header::ETAG);
    let Some(size) = response.body().size_hint().exact().filter(|_| is_read && is_plain) else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let Ok(bytes) = to_bytes(body, size).await else {
        return Problem::from(Error::Internal("an answer that is there cannot be read".into()))
            .into_response();
    };
    if let Ok(tag) = HeaderValue::from_str(&etag(0, &bytes)) {
        parts.headers.insert(header::ETAG, tag);
    }
    Response::from_parts(parts, Body::from(bytes))
}
