//! Bodies: JSON objects, read strictly, checked against the published schema.

use std::{error::Error as StdError, io};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, header},
};
use futures_util::TryStreamExt;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use kernel::{
    Code, Error, Violation,
    input::{cut, schema_of},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use serde_path_to_error::Segment;
use tokio::time::timeout;
use tokio_util::io::StreamReader;
use utoipa::ToSchema;

use super::{idempotency, problem::Problem};
use crate::{
    coding::{Coding, Unpacked},
    json::read_object,
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
/// The size is that of what is meant: a body that is packed is unpacked no further. While the client sends, the request
/// gives up its place among those that run.
async fn read(request: Request, limits: &Limits) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    let coding = coding(&parts.headers)?;
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
    let read = timeout(limits.front.body_timeout, taken(body, coding, most)).await;
    if let Some(place) = place {
        place.enter().await?;
    }
    let wrong = |why: &str| Err(Error::bad_request("", Code::BadRequest, why).into());
    match read {
        Ok(Ok(whole)) => {
            if parts.headers.contains_key(header::CONTENT_ENCODING) {
                idempotency::unpacked(&parts, &whole);
            }
            Ok(whole)
        }
        Ok(Err(Taking::TooLarge)) => Err(too_large()),
        Ok(Err(Taking::Broken)) => wrong("the body could not be read"),
        Ok(Err(Taking::Coded(coding))) => {
            let name = coding.name();
            wrong(&format!("the body is not {name}, or not all of it, though `Content-Encoding` says so"))
        }
        Err(_) => {
            let text = format!("the body did not come within {} s", limits.front.body_timeout.as_secs());
            Err(Problem::Http(Code::RequestTimeout, text))
        }
    }
}

/// Why a body was not taken.
enum Taking {
    TooLarge,
    Broken,
    Coded(Coding),
}

impl Taking {
    /// What stopped the reading of a body; `None` where it is not the body itself.
    fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        let is_too_large = error.is::<LengthLimitError>();
        (is_too_large || error.is::<axum::Error>()).then_some(if is_too_large {
            Self::TooLarge
        } else {
            Self::Broken
        })
    }
}

/// Reads at most so many bytes of a body, unpacked where it is packed.
async fn taken(body: Body, coding: Option<Coding>, most: usize) -> Result<Bytes, Taking> {
    let body = Limited::new(body, most);
    let Some(coding) = coding else {
        let whole = body.collect().await;
        return whole.map(Collected::to_bytes).map_err(|error| Taking::of(&*error).unwrap_or(Taking::Broken));
    };
    let packed = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
    match coding.unpack(packed, most).await {
        Ok(Unpacked::Whole(whole)) => Ok(whole),
        Ok(Unpacked::TooLarge) => Err(Taking::TooLarge),
        Err(error) => {
            let source = error.get_ref().and_then(|source| Taking::of(source));
            Err(source.unwrap_or(Taking::Coded(coding)))
        }
    }
}

/// The coding of a body; none where it is sent as it is.
fn coding(headers: &HeaderMap) -> Result<Option<Coding>, Problem> {
    let given = headers.get_all(header::CONTENT_ENCODING).iter();
    let names = given.flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim);
    let mut names = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
    let Some(name) = names.next() else { return Ok(None) };
    match (Coding::named(name), names.next()) {
        (Some(coding), None) => Ok(Some(coding)),
        _ => Err(Problem::Coding),
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
            let place: String = error.path().iter().map(segment).collect();
            // The schema has said what has the wrong type: what is left is too large for its own.
            let given = members.pointer(&place).map(cut).unwrap_or_default();
            let text = format!("{given} is outside the range of what is taken here");
            Error::Invalid(vec![Violation::new(place, Code::OutOfRange, text)])
        })?;
        Ok(Self(read))
    }
}

/// A step of the way to a member, as a JSON Pointer has it.
fn segment(step: &Segment) -> String {
    match step {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{key}"),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    }
}

/// A body that may be missing: a request without one is read as an empty object.
pub struct Optional<B>(pub B);

impl<B: FromRequest<AppState, Rejection = Problem>> FromRequest<AppState> for Optional<B> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.headers_mut().remove(header::CONTENT_ENCODING);
            *request.body_mut() = Body::from("{}");
        }
        B::from_request(request, state).await.map(Self)
    }
}
