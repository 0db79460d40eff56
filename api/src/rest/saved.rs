//! Answers with one record or a page of them, with their `ETag`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, Ref, RefOr,
        schema::{ArrayBuilder, Schema, SchemaType, Type},
    },
};

use super::problem::Problem;
use crate::state::AppState;

/// One record, with its `ETag`.
pub struct Saved<T> {
    /// The record.
    pub body: T,
    /// Its version, where the caller may see it.
    pub version: Option<i32>,
    /// Language of its texts.
    pub language: Option<String>,
    /// Address of a record that was just made.
    pub location: Option<String>,
}

impl<T: Serialize> IntoResponse for Saved<T> {
    fn into_response(self) -> Response {
        let Ok(bytes) = serde_json::to_vec(&self.body) else {
            return Problem::from(kernel::Error::Internal("a record cannot be written as JSON".into()))
                .into_response();
        };
        let mut headers = HeaderMap::new();
        let mut put = |name, text: String| {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        };
        put(header::CONTENT_TYPE, "application/json".into());
        put(header::ETAG, etag(self.version.unwrap_or(0), &bytes));
        self.language.into_iter().for_each(|tag| put(header::CONTENT_LANGUAGE, tag));
        let status = if self.location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        self.location.into_iter().for_each(|address| put(header::LOCATION, address));
        (status, headers, bytes).into_response()
    }
}

/// `"<version>.<12 hex of the body's hash>"`.
fn etag(version: i32, body: &[u8]) -> String {
    let hash = kernel::crypto::sha256(&[body]);
    format!("\"{version}.{}\"", hash.get(..12).unwrap_or_default())
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The records.
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

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        schemas.push((PageInfo::name().into(), PageInfo::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Object))
            .description(Some("A page of a list."))
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .required("items")
            .property("page", Ref::from_schema_name(PageInfo::name()))
            .required("page")
            .into()
    }
}

/// A page of a list as an answer, with `Link: rel="next"`.
pub struct Listed<T> {
    /// The page.
    pub page: Page<T>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Language of the records' names, where it is one.
    pub language: Option<String>,
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let link = self.next.map(|address| format!("<{address}>; rel=\"next\""));
        let mut response =
            Saved { body: self.page, version: None, language: self.language, location: None }.into_response();
        if let Some(value) = link.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(header::LINK, value);
        }
        response
    }
}

/// The version part of `If-Match`; none when it is missing or `*`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<i32>);

impl FromRequestParts<AppState> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        // What is no ETag of ours fits no version.
        Ok(Self(Some(version_in(text).unwrap_or(-1))))
    }
}

/// The version in an `ETag` of ours, `"<version>.<12 hex>"`; none in any other text.
fn version_in(etag: &str) -> Option<i32> {
    let (version, hash) = etag.strip_prefix('"')?.strip_suffix('"')?.split_once('.')?;
    let is_ours = version.bytes().all(|byte| byte.is_ascii_digit())
        && hash.len() == 12
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    version.parse().ok().filter(|_| is_ours)
}

/// The address a request came to, for links.
pub struct Address(pub axum::http::Uri);

impl FromRequestParts<AppState> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|uri| uri.0.clone());
        Ok(Self(original.unwrap_or_else(|| parts.uri.clone())))
    }
}

impl Address {
    /// The same address with another cursor.
    #[must_use]
    pub fn with_cursor(&self, cursor: &str) -> String {
        let mut pairs = super::caller::pairs(self.0.query());
        pairs.retain(|(name, _)| name != "after");
        pairs.push(("after".into(), cursor.into()));
        format!("{}?{}", self.0.path(), serde_html_form::to_string(&pairs).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn only_an_etag_of_ours_has_a_version() {
        let given = [
            "\"3.0123456789ab\"",
            "\"12.ABCDEF012345\"",
            "\"3.0123456789ab",
            "3.0123456789ab",
            "\"3.anything\"",
            "\"3.0123456789abc\"",
            "\"3.\"",
            "\"3\"",
            "\"+3.0123456789ab\"",
            "\".0123456789ab\"",
            "\"3.0123456789ab\", \"4.0123456789ab\"",
            "W/\"3.0123456789ab\"",
            "\"99999999999.0123456789ab\"",
        ];

        let versions = given.map(version_in);

        let mut expected = [None; 13];
        expected[..2].copy_from_slice(&[Some(3), Some(12)]);
        assert_eq!(versions, expected);
    }
}
