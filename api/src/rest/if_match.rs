//! What a write expects of the record it is made on: `If-Match`, `If-None-Match`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use kernel::{Code, Error, record::Expected};

use super::problem::Problem;
use crate::state::AppState;

/// What fits no version: a tag that is not ours.
const NO_VERSION: i32 = -1;

/// The version part of `If-Match`; none when it is missing or `*`.
///
/// One that `If-None-Match` names, or its `*`, fits no record that could be edited.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<i32>);

impl FromRequestParts<AppState> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let asked = text(&parts.headers, &header::IF_MATCH).filter(|text| text != "*");
        let version = asked.map(|text| version_in(&text).unwrap_or(NO_VERSION));
        let unwanted = text(&parts.headers, &header::IF_NONE_MATCH).unwrap_or_default();
        let is_unwanted = |version| unwanted.split(',').any(|tag| names(tag.trim(), version));
        Ok(Self(version.map(|version| if is_unwanted(version) { NO_VERSION } else { version })))
    }
}

/// What a write by key expects: `If-Match` that there is a record, of this version; `If-None-Match: *` that there is
/// none.
#[derive(Clone, Copy, Debug)]
pub struct ByKey(pub Expected);

impl FromRequestParts<AppState> for ByKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let headers = &parts.headers;
        if headers.contains_key(header::IF_UNMODIFIED_SINCE) && !headers.contains_key(header::IF_MATCH) {
            return Err(refused("a write by key is based on a version, not on a time; send `If-Match`"));
        }
        let given = [&header::IF_MATCH, &header::IF_NONE_MATCH].map(|name| text(&parts.headers, name));
        Ok(Self(match given.each_ref().map(Option::as_deref) {
            [None, None] => Expected::Anything,
            [Some("*"), None] => Expected::Existing,
            [Some(tag), None] => Expected::Version(version_in(tag).unwrap_or(NO_VERSION)),
            [None, Some("*")] => Expected::New,
            [None, Some(_)] => return Err(refused("a write by key takes `If-None-Match: *` only")),
            [Some(_), Some(_)] => {
                return Err(refused("`If-Match` and `If-None-Match` exclude each other; send one of them"));
            }
        }))
    }
}

/// A creation, which is based on no version; that there is no record yet holds always.
#[derive(Clone, Copy, Debug)]
pub struct Creating;

impl FromRequestParts<AppState> for Creating {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let is_new = text(&parts.headers, &header::IF_NONE_MATCH).is_none_or(|text| text == "*");
        if is_new && !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(Self);
        }
        let why =
            "a creation takes no `If-Match`, and `If-None-Match: *` only; write by key to create or edit";
        Err(refused(why))
    }
}

/// A batch, of which each item names the version it is based on.
#[derive(Clone, Copy, Debug)]
pub struct Unconditional;

impl FromRequestParts<AppState> for Unconditional {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let is_given = |name| parts.headers.contains_key(name);
        if is_given(header::IF_MATCH) || is_given(header::IF_NONE_MATCH) {
            let why = "a batch takes neither `If-Match` nor `If-None-Match`; each item has its `version`";
            return Err(refused(why));
        }
        Ok(Self)
    }
}

fn refused(why: &str) -> Problem {
    Error::bad_request("", Code::BadRequest, why).into()
}

/// What all lines of a header say together; none where there are none.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default().trim());
    Some(lines.collect::<Vec<_>>().join(", ")).filter(|_| headers.contains_key(name))
}

/// Whether a member of `If-None-Match` names a record of this version.
fn names(tag: &str, version: i32) -> bool {
    tag == "*" || version_in(tag) == Some(version)
}

/// The version in an `ETag` of ours, `"<version>.<12 hex>"`; none in any other text.
///
/// Also of one that something on its way made weak or gave the suffix of a coding, and of the version alone, which
/// lists and GraphQL show: what a write is based on is the version.
fn version_in(etag: &str) -> Option<i32> {
    let opaque = etag.strip_prefix("W/").unwrap_or(etag).strip_prefix('"')?.strip_suffix('"')?;
    let (version, hash) = opaque.split_once('.').unwrap_or((opaque, "000000000000"));
    let is_hash = |hash: &str| hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_suffix = |rest: &str| rest.is_empty() || rest.starts_with(['-', ';', '+', ':']);
    let is_ours = version.bytes().all(|byte| byte.is_ascii_digit())
        && hash.split_at_checked(12).is_some_and(|(hash, rest)| is_hash(hash) && has_suffix(rest))
        && !hash.contains('"');
    version.parse().ok().filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn an_etag_of_ours_has_a_version_whatever_became_of_it() {
        let given = [
            ("\"3.0123456789ab\"", 3),
            ("\"12.ABCDEF012345\"", 12),
            ("W/\"3.0123456789ab\"", 3),
            ("\"3.0123456789ab-gzip\"", 3),
            ("\"3.0123456789ab;br\"", 3),
            ("W/\"3.0123456789ab--gzip\"", 3),
            ("\"3\"", 3),
            ("W/\"14\"", 14),
        ];

        for (etag, version) in given {
            assert_eq!(version_in(etag), Some(version), "{etag}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        let given = [
            "\"3.0123456789ab",
            "3.0123456789ab",
            "3",
            "w/\"3\"",
            "\"3.anything\"",
            "\"3.0123456789abc\"",
            "\"3.\"",
            "\"\"",
            "\"+3\"",
            "\"+3.0123456789ab\"",
            "\".0123456789ab\"",
            "\"3.0123456789ab\", \"4.0123456789ab\"",
            "\"99999999999.0123456789ab\"",
        ];

        for etag in given {
            assert_eq!(version_in(etag), None, "{etag}");
        }
    }
}
