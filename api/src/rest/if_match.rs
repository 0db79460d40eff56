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
fn version_in(etag: &str) -> Option<i32> {
    let (version, hash) = etag.strip_prefix('"')?.strip_suffix('"')?.split_once('.')?;
    let is_ours = version.bytes().all(|byte| byte.is_ascii_digit())
        && hash.len() == 12
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    version.parse().ok().filter(|_| is_ours)
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
