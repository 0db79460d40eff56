//! Tokens of other issuers: providers of OpenID Connect that the settings name, each for one owner.
//!
//! Such a token is good on any request, and opens no session. Who it means is looked up by issuer and subject
//! (`person`); what that person may do is what its account is granted, as far as the token's claims name it.

mod jwt;
mod keys;
mod person;

use std::{num::NonZeroUsize, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    cache::Cache,
    clock::Clock,
    crypto::sha256,
    error::{Error, Result},
};
use uuid::Uuid;

use self::{
    jwt::{Claims, Jwt},
    keys::Keys,
};
use super::token;
use crate::config::{Given, Issuer};

pub(super) use person::held;
pub use person::{link, unlink};

/// Seconds that the clock of an issuer may differ from ours.
pub const SKEW_SECONDS: i64 = 60;
/// Tokens remembered at most; the one that was used longest ago goes first.
const MOST_VERIFIED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Who an issuer says a request is from, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// The person, as the issuer names it.
    pub subject: String,
    /// Name to show of a person who has no account yet.
    pub name: String,
    /// What the claims give, by code in order.
    pub given: Vec<Given>,
    /// Instant the token ends to be good.
    pub until: DateTime<Utc>,
}

impl Vouched {
    /// What stands for the person, and for what its claims give, where callers are remembered and counted.
    #[must_use]
    pub fn who(&self) -> (Uuid, Uuid) {
        let issuer = self.issuer.issuer.as_str();
        let codes: Vec<String> = self.given.iter().map(Given::code).collect();
        (stand_in(&[issuer, &self.subject]), stand_in(&[issuer, &codes.join("\n")]))
    }
}

/// An id that follows from texts, none of which holds U+0000.
fn stand_in(texts: &[&str]) -> Uuid {
    let hash = sha256(&[texts.join("\0").as_bytes()]);
    Uuid::try_parse(hash.get(..32).unwrap_or_default()).unwrap_or_default()
}

/// The issuers whose tokens are accepted; clones share what is known of them.
#[derive(Clone, Debug)]
pub struct Issuers {
    all: Arc<[Trusted]>,
    verified: Cache<String, Verified>,
}

/// An issuer with its keys.
#[derive(Debug)]
struct Trusted {
    issuer: Arc<Issuer>,
    keys: Arc<Keys>,
}

/// A token whose signature was checked.
#[derive(Clone)]
struct Verified {
    kid: String,
    /// The very key: another may come under the same name.
    mark: String,
    claims: Arc<Claims>,
}

impl Default for Issuers {
    fn default() -> Self {
        Self { all: Arc::default(), verified: Cache::of(MOST_VERIFIED) }
    }
}

impl Issuers {
    /// Trusts the issuers of the settings; none of them is asked before a token names it.
    ///
    /// # Errors
    /// What is wrong with a file of certificates.
    pub fn of(settings: &[Issuer]) -> Result<Self> {
        let trusted = |issuer: &Issuer| {
            let issuer = Arc::new(issuer.clone());
            let keys = Arc::new(Keys::of(issuer.clone())?);
            Ok(Trusted { issuer, keys })
        };
        let all: std::result::Result<Vec<_>, String> = settings.iter().map(trusted).collect();
        let all = all.map_err(|why| Error::Unavailable(format!("a trusted issuer: {why}")))?;
        Ok(Self { all: all.into(), ..Self::default() })
    }

    /// Who a token is from that names another issuer than us; none where it is ours to check.
    ///
    /// # Errors
    /// `Unauthenticated`, always with one text, for a token that is not good; `IssuerUnreachable` where that
    /// cannot be told now.
    pub async fn vouched(&self, clock: &Clock, text: &str) -> Result<Option<Vouched>> {
        if self.all.is_empty() {
            return Ok(None);
        }
        match jwt::issuer(text) {
            Some(named) if named != token::ISSUER => self.verify(&named, clock, text).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn verify(&self, named: &str, clock: &Clock, text: &str) -> Result<Vouched> {
        let now = clock.now();
        let trusted = self.all.iter().find(|one| one.issuer.issuer == named).ok_or_else(refused)?;
        let hash = sha256(&[text.as_bytes()]);
        let found = match self.verified.get(&hash) {
            // Its key is asked for each time: one that was taken back verifies nothing any more.
            Some(found)
                if trusted.keys.with(&found.kid, now).await?.iter().any(|key| key.mark == found.mark) =>
            {
                found
            }
            _ => self.check(trusted, now, text).await?,
        };
        let (claims, until) = (found.claims.clone(), lasting(&found.claims, now)?);
        self.verified.put(hash, found);
        Ok(Vouched {
            issuer: trusted.issuer.clone(),
            subject: claims.subject.clone(),
            name: claims.name.clone(),
            given: claims.given.clone(),
            until,
        })
    }

    /// Reads a token and checks everything about it; its issuer is asked last.
    async fn check(&self, trusted: &Trusted, now: DateTime<Utc>, text: &str) -> Result<Verified> {
        let jwt = Jwt::read(text, &trusted.issuer).ok_or_else(refused)?;
        let claims = Claims::read(&jwt.claims, &trusted.issuer).ok_or_else(refused)?;
        lasting(&claims, now)?;
        let keys = trusted.keys.with(&jwt.kid, now).await?;
        let signer = keys.iter().find(|key| key.kid == jwt.kid && key.has_signed(text, jwt.algorithm));
        let mark = signer.ok_or_else(refused)?.mark.clone();
        Ok(Verified { kid: jwt.kid, mark, claims: Arc::new(claims) })
    }
}

/// Until when a token is good that is good now, whoever's clock is right.
fn lasting(claims: &Claims, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let skew = TimeDelta::seconds(SKEW_SECONDS);
    let (from, until) = (claims.from - skew, claims.until + skew);
    if (from..until).contains(&now) { Ok(until) } else { Err(refused()) }
}

/// The one refusal: a forged token learns nothing of what it lacks.
fn refused() -> Error {
    let text = "the token is not good here: its signature or its claims are wrong, or its time is over";
    Error::Unauthenticated(text.into())
}
