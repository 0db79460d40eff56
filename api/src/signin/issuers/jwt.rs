//! Tokens as other issuers write them: read strictly, and believed in nothing before the signature is checked.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value as Json};

use crate::{
    config::{Given, Issuer},
    json::read_object,
};

/// Bytes of the longest token that is looked at; some providers list hundreds of groups.
const MAX_BYTES: usize = 16 * 1024;
/// Characters of the longest name of a person (OpenID Connect Core, 2).
const MAX_SUBJECT: usize = 255;
/// Characters of a name that is shown.
const MAX_NAME: usize = 200;
/// What a header may not bring: keys of its own, places to fetch some from, and rules nobody here knows.
const FORBIDDEN: [&str; 6] = ["crit", "jwk", "jku", "x5u", "x5c", "b64"];
/// The types of tokens that say who calls; a token of another type was made for something else.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// The issuer that a token names; nothing of it is checked.
pub(super) fn issuer(text: &str) -> Option<String> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let claims: Map<String, Json> = serde_json::from_slice(&decoded(text.split('.').nth(1)?)?).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// A token that is made as tokens of its issuer are.
pub(super) struct Jwt {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    pub(super) claims: Map<String, Json>,
}

impl Jwt {
    /// Reads a token; none where it is not of a form its issuer makes.
    pub(super) fn read(text: &str, issuer: &Issuer) -> Option<Self> {
        let mut parts = text.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || signature.is_empty() {
            return None;
        }
        let header = read_object(&decoded(header)?).ok()?;
        if FORBIDDEN.iter().any(|name| header.contains_key(*name)) {
            return None;
        }
        if let Some(kind) = header.get("typ") {
            let kind = kind.as_str()?.to_ascii_lowercase();
            TYPES.contains(&kind.as_str()).then_some(())?;
        }
        let named = header.get("alg")?.as_str()?;
        let algorithm: Algorithm = named.parse().ok()?;
        issuer.algorithms.contains(&algorithm).then_some(())?;
        let kid = header.get("kid")?.as_str()?.to_owned();
        Some(Self { algorithm, kid, claims: read_object(&decoded(claims)?).ok()? })
    }
}

/// What a token says.
pub(super) struct Claims {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) given: Vec<Given>,
    /// The later of the instants of making and of beginning; the earliest there is where neither is told.
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
}

impl Claims {
    /// Reads claims; none where one is missing, of another form, or not for us.
    pub(super) fn read(claims: &Map<String, Json>, issuer: &Issuer) -> Option<Self> {
        (claims.get("iss")?.as_str()? == issuer.issuer).then_some(())?;
        names(claims.get("aud")?)?.contains(&issuer.audience.as_str()).then_some(())?;
        let subject = claims.get("sub")?.as_str()?;
        (1..=MAX_SUBJECT).contains(&subject.chars().count()).then_some(())?;
        let until = instant(claims.get("exp")?)?;
        let mut from = DateTime::UNIX_EPOCH;
        for begins in ["iat", "nbf"].iter().filter_map(|name| claims.get(*name)) {
            from = from.max(instant(begins)?);
        }
        Some(Self {
            subject: subject.to_owned(),
            name: name(claims, subject),
            given: given(claims, issuer),
            from,
            until,
        })
    }
}

/// One text, or a list of texts and nothing else.
fn names(value: &Json) -> Option<Vec<&str>> {
    match value {
        Json::String(one) => Some(vec![one]),
        Json::Array(many) => many.iter().map(Json::as_str).collect(),
        _ => None,
    }
}

/// Seconds since 1970, of an instant that can be.
fn instant(value: &Json) -> Option<DateTime<Utc>> {
    let seconds = value.as_i64().filter(|seconds| (0..=253_402_300_799).contains(seconds))?;
    DateTime::from_timestamp(seconds, 0)
}

/// What the issuer calls the person; only shown.
fn name(claims: &Map<String, Json>, subject: &str) -> String {
    let told = ["name", "preferred_username", "email"].iter().filter_map(|name| claims.get(*name)?.as_str());
    let plain = |text: &str| {
        text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect::<String>().trim().to_owned()
    };
    told.chain([subject]).map(plain).find(|name| !name.is_empty()).unwrap_or_else(|| "-".to_owned())
}

/// What the claim of the settings gives: each of its values that the settings know.
fn given(claims: &Map<String, Json>, issuer: &Issuer) -> Vec<Given> {
    let mut names_to_go = issuer.claim.iter();
    let first = names_to_go.next().and_then(|name| claims.get(name));
    let found = names_to_go.fold(first, |at, name| at?.as_object()?.get(name));
    let values = found.and_then(names).unwrap_or_default();
    let mut given: Vec<Given> =
        values.into_iter().filter_map(|value| issuer.grants.get(value)).cloned().collect();
    given.sort_by_key(Given::code);
    given.dedup();
    given
}
