//! `If-Match`: the version that a write is based on.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use super::problem::Problem;
use crate::state::AppState;

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
