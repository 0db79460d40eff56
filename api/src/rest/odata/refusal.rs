//! What is refused, in the form of OData.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Code, Error};
use serde_json::{Value as Json, json};

use super::VERSION;
use crate::rest::problem::{IsProblem, Problem};

/// Bytes of a problem at most.
const LARGEST: usize = 1 << 20;

/// Something that is wrong with an option, or that the service does not do.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    option: String,
    code: Code,
    why: String,
}

impl Refusal {
    pub(super) fn new(option: &str, code: Code, why: impl Into<String>) -> Self {
        Self { option: option.to_owned(), code, why: why.into() }
    }
}

/// The refusal of something that is good OData, and that the service does not do.
pub(super) fn unsupported(option: &str, what: &str) -> Refusal {
    Refusal::new(option, Code::NotSupported, format!("`{option}`: {what} are not supported here"))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        if refusal.code == Code::NotSupported {
            return Self::Http(refusal.code, refusal.why);
        }
        Error::bad_request(&format!("?{}", refusal.option), refusal.code, refusal.why).into()
    }
}

/// Writes every refusal as OData has it, with our codes, and the version of the protocol into every answer.
pub(super) async fn told(mut response: Response) -> Response {
    if response.extensions_mut().remove::<IsProblem>().is_some() {
        let (mut parts, body) = response.into_parts();
        let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
        let said: Json = serde_json::from_slice(&bytes).unwrap_or_default();
        let body = serde_json::to_vec(&error(&said)).unwrap_or_default();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if parts.status == StatusCode::UNAUTHORIZED {
            // What programs for tables ask their users for.
            let asked = HeaderValue::from_static("Basic realm=\"concord\"");
            parts.headers.insert(header::WWW_AUTHENTICATE, asked);
        }
        response = (parts, Body::from(body)).into_response();
    }
    response.headers_mut().insert("odata-version", VERSION);
    response
}

/// A problem as OData has errors.
fn error(said: &Json) -> Json {
    let text = |of: &Json, name: &str| of.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let target = |of: &Json| text(of, "pointer").trim_start_matches('?').to_owned();
    let errors = said.get("errors").and_then(Json::as_array).cloned().unwrap_or_default();
    let details: Vec<Json> = errors
        .iter()
        .map(
            |one| json!({ "code": text(one, "code"), "target": target(one), "message": text(one, "detail") }),
        )
        .collect();
    let mut error =
        json!({ "code": text(said, "code"), "message": text(said, "detail"), "details": details });
    if let (Some(first), Some(error)) = (errors.first(), error.as_object_mut()) {
        error.insert("target".into(), target(first).into());
    }
    json!({ "error": error })
}
