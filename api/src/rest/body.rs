//! Bodies: JSON objects, read strictly, checked against the published schema.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderValue, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::{Code, Error, Violation, input::schema_of};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::{json::read_object, problem::Problem};
use crate::{
    limits::{Limits, places::Place, traffic::Traffic},
    state::AppState,
};

/// The members of a body; whoever takes them checks them against their schema.
pub struct Members(pub Map<String, Json>);

/// A typed input of an operation that is no record.
pub struct Input<T>(pub T);

impl FromRequest<AppState> for Members {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !is_json(kind) {
            let text = "send the body as application/json in UTF-8";
            return Err(Problem::Http(Code::UnsupportedMediaType, text.into()));
        }
        Ok(Self(read_object(&read(request, &state.limits).await?)?))
    }
}

/// Bytes the body of a request may have, where its address alone does not say it.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// Reads a body in the time and up to the size it may have; what is announced too large is not read at all.
///
/// While the client sends, the request gives up its place among those that run.
async fn read(request: Request, limits: &Limits) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    let by_address = || limits.bodies.of_traffic(Traffic::of(&parts.method, parts.uri.path()));
    let most = parts.extensions.get::<BodyLimit>().map_or_else(by_address, |limit| limit.0);
    let too_large = || Problem::Http(Code::PayloadTooLarge, format!("a body has at most {most} bytes here"));
    if usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX) > most {
        return Err(too_large());
    }
    let place = parts.extensions.get::<Place>();
    if let Some(place) = place {
        place.leave();
    }
    let read = timeout(limits.front.body_timeout, Limited::new(body, most).collect()).await;
    if let Some(place) = place {
        place.enter().await?;
    }
    match read {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Error::bad_request("", Code::BadRequest, "the body could not be read").into()),
        Err(_) => {
            let text = format!("the body did not come within {} s", limits.front.body_timeout.as_secs());
            Err(Problem::Http(Code::RequestTimeout, text))
        }
    }
}

/// Whether a content type is JSON in UTF-8.
#[must_use]
pub fn is_json(kind: &str) -> bool {
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    let is_json = media == "application/json" || media == "application/merge-patch+json";
    is_json && parts.all(|part| !part.starts_with("charset=") || part.trim_matches('"').ends_with("utf-8"))
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest<AppState> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let members = Json::Object(Members::from_request(request, state).await?.0);
        let faults = schema_of::<T>().violations(&members, "");
        if !faults.is_empty() {
            return Err(Error::Invalid(faults).into());
        }
        let read = serde_path_to_error::deserialize(&members).map_err(|error| {
            let place = format!("/{}", error.path().to_string().replace('.', "/"));
            Error::Invalid(vec![Violation::new(place, Code::WrongType, error.inner().to_string())])
        })?;
        Ok(Self(read))
    }
}

/// A body that may be missing: a request without one is read as an empty object.
pub struct Optional<B>(pub B);

impl<B: FromRequest<AppState, Rejection = Problem>> FromRequest<AppState> for Optional<B> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Body::from("{}");
        }
        B::from_request(request, state).await.map(Self)
    }
}
