//! Errors as problem details (RFC 9457).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Code, Error, Violation};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response as Documented, ResponseBuilder},
};

use super::unchanged::same;
use crate::{coding::TAKEN, config::PublicUrl, domain::batch::BatchOutcome};

/// What went wrong, and what helps (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/invalid", "title": "The content breaks rules", "status": 422,
    "detail": "the member `title` is required", "code": "invalid", "request_id": "0198c0de",
    "errors": [{"pointer": "/title", "code": "required", "detail": "the member `title` is required"}]
}))]
pub struct ProblemDetails {
    /// Address of the page about this code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, the same for every occurrence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time and what helps.
    pub detail: String,
    /// Address the request went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Machine-readable code.
    pub code: String,
    /// Id under which the request is in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Everything that is wrong, each with its place.
    pub errors: Vec<Violation>,
    /// Version stored now, for `stale_version`, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i32>,
    /// Moves the state knows, for `illegal_move`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
    /// Facts a move lacks, for `illegal_move`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<String>>,
    /// What became of each item of a batch that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcomes: Option<Vec<BatchOutcome>>,
}

/// The domain's error on its way out, or a refusal that only HTTP knows.
#[derive(Clone, Debug)]
pub enum Problem {
    /// An error of the domain.
    Domain(Error),
    /// A refusal of the HTTP face: 405, 406, 408, 413, 415, or a panic.
    Http(Code, String),
    /// A coding of the body that is not unpacked here (415).
    Coding,
    /// No problem: the caller has the answer already, under this tag (304).
    Unchanged(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl Problem {
    /// The problem as JSON, for answers that have begun already.
    #[must_use]
    pub fn to_json(&self, public: &PublicUrl) -> String {
        if let Self::Domain(Error::Internal(why)) = self {
            tracing::error!("an answer that had begun failed: {why}");
        }
        let details = self.details();
        serde_json::to_string(&ProblemDetails { kind: public.link(&details.kind), ..details })
            .unwrap_or_default()
    }

    /// Seconds after which the same request may succeed.
    fn wait_seconds(&self) -> u64 {
        match self {
            Self::Domain(Error::Limited { seconds, .. } | Error::TooManyAttempts { seconds }) => *seconds,
            _ => 2,
        }
    }

    fn details(&self) -> ProblemDetails {
        let (code, detail) = match self {
            Self::Domain(error) => (error.code(), error.detail()),
            Self::Http(code, detail) => (*code, detail.clone()),
            Self::Coding => {
                let text = format!("send the body as it is, or by one of the codings {TAKEN}");
                (Code::UnsupportedMediaType, text)
            }
            // It is answered without any of this.
            Self::Unchanged(_) => (Code::Internal, String::new()),
        };
        let mut details = ProblemDetails {
            kind: format!("/problems/{}", code.name()),
            title: code.title().into(),
            status: code.status(),
            detail,
            instance: None,
            code: code.name().into(),
            request_id: None,
            errors: Vec::new(),
            current_version: None,
            allowed: None,
            missing: None,
            outcomes: None,
        };
        if let Self::Domain(error) = self {
            details.errors = error.violations().to_vec();
            match error {
                Error::StaleVersion { current } => details.current_version = *current,
                Error::IllegalMove { allowed, missing, .. } => {
                    details.allowed = Some(allowed.clone());
                    details.missing = Some(missing.clone());
                }
                Error::Rejected(outcomes) => {
                    details.outcomes = Some(outcomes.iter().map(BatchOutcome::from).collect());
                }
                _ => {}
            }
        }
        details
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match &self {
            Self::Unchanged(tag) => return same(tag),
            Self::Domain(Error::Internal(why)) => tracing::error!("a request failed: {why}"),
            _ => {}
        }
        let details = self.details();
        let status = StatusCode::from_u16(details.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match status {
            StatusCode::UNAUTHORIZED => {
                headers
                    .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"concord\""));
            }
            _ if details.code == Code::IdempotencyInFlight.name() => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(self.wait_seconds()));
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE if matches!(self, Self::Coding) => {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(TAKEN));
            }
            StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        let mut response = (status, headers, axum::Json(&details)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.extensions_mut().insert(IsProblem);
        response
    }
}

/// Marks a response that the layer of request ids completes.
#[derive(Clone, Copy, Debug)]
pub struct IsProblem;

/// Adds the request's id and address to the body of a problem, and the public address to its links.
#[must_use]
pub fn complete(body: &[u8], request_id: &str, (public, path): (&PublicUrl, &str)) -> Vec<u8> {
    let mut details: Map<String, Json> = serde_json::from_slice(body).unwrap_or_default();
    details.insert("request_id".into(), json!(request_id));
    details.insert("instance".into(), json!(format!("{}{path}", public.prefix())));
    if let Some(kind) = details.get_mut("type") {
        *kind = json!(public.link(kind.as_str().unwrap_or_default()));
    }
    serde_json::to_vec(&details).unwrap_or_default()
}

fn documented(statuses: &[u16]) -> std::collections::BTreeMap<String, RefOr<Documented>> {
    let response = |status: u16| {
        let codes: Vec<&str> =
            Code::ALL.iter().filter(|code| code.status() == status).map(|code| code.name()).collect();
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDetails"))).build();
        let text = format!("Refused: {}", codes.join(", "));
        ResponseBuilder::new().description(text).content("application/problem+json", content).build()
    };
    statuses.iter().map(|status| (status.to_string(), RefOr::T(response(*status)))).collect()
}

/// Refusals every read can answer.
pub struct ReadProblems;

impl IntoResponses for ReadProblems {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Documented>> {
        documented(&[400, 401, 403, 404, 406, 429, 500, 503])
    }
}

/// Refusals that a file can answer.
pub struct FileProblems;

impl IntoResponses for FileProblems {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Documented>> {
        documented(&[400, 401, 403, 404, 406, 410, 416, 429, 500, 503])
    }
}

/// Refusals every write can answer.
pub struct WriteProblems;

impl IntoResponses for WriteProblems {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Documented>> {
        documented(&[400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 428, 429, 500, 503])
    }
}
