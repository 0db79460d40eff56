//! Answers: what was run and what was refused, in the form the caller prefers.

use std::collections::BTreeMap;

use async_graphql::{Name, Response, ServerError, Value};
use kernel::Code;
use serde::Serialize;

use super::fault::plain_fault;
use crate::preference::Accept;

/// An answer to a query or a mutation.
#[derive(Debug, Default)]
pub struct Answer {
    /// The data, written; none where nothing was run.
    data: Option<Vec<u8>>,
    errors: Vec<ServerError>,
    extensions: BTreeMap<String, Value>,
}

impl Answer {
    /// What was run.
    #[must_use]
    pub(crate) fn of(data: Vec<u8>, errors: Vec<ServerError>) -> Self {
        Self { data: Some(data), errors, ..Self::default() }
    }

    /// Says why nothing was run, or nothing is known of it.
    #[must_use]
    pub(crate) fn refused(errors: Vec<ServerError>) -> Self {
        Self { errors, ..Self::default() }
    }

    /// Adds how many rows were read for it, of how many.
    #[must_use]
    pub(crate) fn costed(mut self, rows: u64, limit: u64) -> Self {
        let members =
            [("rows", rows), ("limit", limit)].map(|(name, number)| (Name::new(name), number.into()));
        self.extensions.insert("cost".to_owned(), Value::Object(members.into_iter().collect()));
        self
    }

    /// Bytes of what was run.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.data.as_ref().map_or(0, Vec::len)
    }

    /// Status and body.
    ///
    /// What was refused before it was run has no `data`, and is told by the status only in the form made for it.
    #[must_use]
    pub fn write(&self, media: Media) -> (u16, Vec<u8>) {
        let mut body = Vec::with_capacity(self.data.as_ref().map_or(0, Vec::len) + 128);
        body.push(b'{');
        if let Some(data) = &self.data {
            member(&mut body, "data");
            body.extend_from_slice(data);
        }
        if !self.extensions.is_empty() {
            member(&mut body, "extensions");
            put(&mut body, &self.extensions);
        }
        if !self.errors.is_empty() {
            member(&mut body, "errors");
            put(&mut body, &self.errors);
        }
        body.push(b'}');
        let status = if self.data.is_none() && media == Media::GraphqlResponse { 400 } else { 200 };
        (status, body)
    }
}

impl From<Response> for Answer {
    /// A refusal.
    fn from(response: Response) -> Self {
        Self { data: None, errors: response.errors, extensions: response.extensions }
    }
}

fn member(body: &mut Vec<u8>, name: &str) {
    if body.len() > 1 {
        body.push(b',');
    }
    put(body, name);
    body.push(b':');
}

fn put<T: Serialize + ?Sized>(body: &mut Vec<u8>, value: &T) {
    // Writing into memory does not fail.
    let _ = serde_json::to_writer(body, value);
}

/// An answer that says why nothing was run.
#[must_use]
pub fn failed(why: &str, code: Code) -> Response {
    Response::from_errors(vec![plain_fault(why, code)])
}

/// Media type made for answers of GraphQL.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// Forms an answer can be sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`: the status is 200 whenever the request could be read.
    Json,
    /// `application/graphql-response+json`: the status tells whether the document was run.
    GraphqlResponse,
}

impl Media {
    /// The form a caller prefers, the one made for GraphQL only where it is named; none where neither is taken.
    #[must_use]
    pub fn wanted(accept: &Accept<'_>) -> Option<Self> {
        let json = accept.weight("application/json");
        if accept.names(GRAPHQL_RESPONSE) && accept.weight(GRAPHQL_RESPONSE) >= json {
            return Some(Self::GraphqlResponse);
        }
        (json > 0.0).then_some(Self::Json)
    }

    /// The content type of the answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Accept, Media};

    #[test]
    fn callers_are_answered_in_the_form_they_prefer() {
        let wanted = |accept: &'static str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            Media::wanted(&Accept::of(&headers))
        };
        let (json, new) = (Some(Media::Json), Some(Media::GraphqlResponse));

        assert_eq!(Media::wanted(&Accept::of(&HeaderMap::new())), json);
        assert_eq!(wanted("*/*"), json);
        assert_eq!(wanted("application/graphql-response+json"), new);
        assert_eq!(wanted("application/json;q=0.9, application/graphql-response+json"), new);
        assert_eq!(wanted("application/json, application/graphql-response+json;q=0.9"), json);
        assert_eq!(wanted("application/json, application/graphql-response+json"), new);
        assert_eq!(wanted("text/html, application/json;charset=utf-8"), json);
        assert_eq!(wanted("application/json;q=0, text/plain"), None);
    }
}
