//! Answers with an `ETag`: one record, a page of a list, a tree.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::Result;
use serde::Serialize;
use utoipa::ToSchema;

/// An answer of JSON, with its `ETag`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// Version of the record, where the caller may see it.
    pub version: Option<i32>,
    /// Language of the texts, where it is one.
    pub language: Option<String>,
    /// Address of a record that was just made.
    pub location: Option<String>,
    /// Address of the next page.
    pub next: Option<String>,
}

impl Answer {
    /// The answer with this body and no headers of its own.
    ///
    /// # Errors
    /// `Internal` if the body cannot be written as JSON.
    pub fn of(body: &impl Serialize) -> Result<Self> {
        Ok(Self { body: serde_json::to_vec(body)?, ..Self::default() })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = if self.location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        let texts = [
            (header::ETAG, Some(etag(self.version.unwrap_or(0), &self.body))),
            (header::CONTENT_LANGUAGE, self.language),
            (header::LOCATION, self.location),
            (header::LINK, self.next.map(|address| format!("<{address}>; rel=\"next\""))),
        ];
        let given =
            |(name, text): (HeaderName, Option<String>)| Some((name, HeaderValue::from_str(&text?).ok()?));
        let mut headers: HeaderMap = texts.into_iter().filter_map(given).collect();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        (status, headers, self.body).into_response()
    }
}

/// `"<version>.<12 hex of the body's hash>"`.
pub(super) fn etag(version: i32, body: &[u8]) -> String {
    let hash = kernel::crypto::sha256(&[body]);
    format!("\"{version}.{}\"", hash.get(..12).unwrap_or_default())
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// What the page lists.
    pub items: Vec<T>,
    /// Where to go on.
    pub page: PageInfo,
}

/// Where a list goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageInfo {
    /// Cursor of the next page; null on the last one.
    #[schema(required = true)]
    pub next: Option<String>,
    /// How many records a page has at most.
    pub limit: usize,
    /// How many records there are altogether, if asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}
