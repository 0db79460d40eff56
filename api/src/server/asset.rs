//! Answers that are the same for everybody: compressed once, with a validator.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::sync::OnceCell;

use crate::{coding::Coding, preference::weighted};

/// For ever: the address holds the hash of what lies there.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, and asked for before each use whether it is the same.
const CHECKED: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Bytes with their type, and what they are when they are compressed.
#[derive(Debug)]
pub(super) struct Asset {
    kind: String,
    bytes: Bytes,
    hash: String,
    coded: [OnceCell<Bytes>; 2],
}

impl Asset {
    /// An asset of this media type.
    pub fn new(kind: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let mut hash = kernel::crypto::sha256(&[&bytes]);
        hash.truncate(16);
        Self { kind: kind.into(), bytes, hash, coded: Default::default() }
    }

    /// What stands behind the address of the asset, so that another content has another address.
    pub fn version(&self) -> String {
        format!("?v={}", self.hash)
    }

    /// The answer to a request, in a coding that it takes.
    pub async fn answer(&self, uri: &Uri, headers: &HeaderMap) -> Response {
        let is_versioned = uri.query().is_some_and(|query| self.version().strip_prefix('?') == Some(query));
        let cached = if is_versioned { IMMUTABLE } else { CHECKED };
        let coding = preferred(headers);
        let body = match coding {
            Some(coding) => self.coded(coding).await,
            None => self.bytes.clone(),
        };
        let mut response = body.into_response();
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.hash)).ok();
        let kind = HeaderValue::from_str(&self.kind).ok();
        let coding = coding.map(|coding| HeaderValue::from_static(coding.name()));
        let told = [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_ENCODING, coding),
            (header::ETAG, tag),
            (header::CACHE_CONTROL, Some(cached)),
        ];
        for (name, value) in told {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    async fn coded(&self, coding: Coding) -> Bytes {
        let [gzip, zstd] = &self.coded;
        let cell = if coding == Coding::Gzip { gzip } else { zstd };
        cell.get_or_init(|| coding.pack(&self.bytes)).await.clone()
    }
}

/// The coding a caller prefers among ours; none where it takes neither.
fn preferred(headers: &HeaderMap) -> Option<Coding> {
    let given = weighted(headers, header::ACCEPT_ENCODING);
    let weight = |name: &str| {
        let named = given.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
        named.or_else(|| given.iter().find(|(coding, _)| *coding == "*")).map_or(0.0, |(_, weight)| *weight)
    };
    let (zstd, gzip) = (weight(Coding::Zstd.name()), weight(Coding::Gzip.name()));
    let best = if zstd >= gzip { (Coding::Zstd, zstd) } else { (Coding::Gzip, gzip) };
    Some(best).filter(|(_, weight)| *weight > 0.0).map(|(coding, _)| coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &'static str) -> Option<Coding> {
        preferred(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn the_coding_is_one_that_the_caller_takes() {
        assert_eq!(of("gzip, deflate, br, zstd"), Some(Coding::Zstd));
        assert_eq!(of("gzip, zstd;q=0.5"), Some(Coding::Gzip));
        assert_eq!(of("zstd;q=0, *"), Some(Coding::Gzip));
        assert_eq!(["br", "identity", "gzip;q=0", ""].map(of), [None; 4]);
    }
}
