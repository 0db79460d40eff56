//! The keys an issuer signs with: fetched when a token needs them, kept, and fetched again when they are old or a
//! token names one that is not known.
//!
//! An issuer is asked once in [`AGAIN_SECONDS`] at most, whatever tokens come.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, jwk::Jwk};
use kernel::{
    crypto::sha256,
    error::{Error, Result},
};
use serde_json::{Map, Value as Json};
use tokio::sync::Mutex;

use crate::{
    config::Issuer,
    outgoing::{Address, Outgoing},
};

/// Least time between two fetches from one issuer.
pub(super) const AGAIN_SECONDS: i64 = 10;
/// Age at which keys are fetched again: a key that is taken back is good no longer.
const FRESH_SECONDS: i64 = 10 * 60;
/// Age up to which keys are used where the issuer does not answer.
const USABLE_SECONDS: i64 = 60 * 60;
/// Keys of one issuer at most.
const MOST_KEYS: usize = 100;
/// Where a provider describes itself (OpenID Connect Discovery, 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A key that verifies.
pub(super) struct Key {
    pub(super) kid: String,
    /// What tells it from every other key.
    pub(super) mark: String,
    /// The one algorithm it is for, where the issuer says so.
    algorithm: Option<String>,
    decoding: DecodingKey,
}

impl Key {
    fn read(jwk: &Json) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Json::as_str);
        let verifies = |all: &Vec<Json>| all.iter().any(|one| one == "verify");
        let is_for_signing = text("use").is_none_or(|of| of == "sig")
            && jwk.get("key_ops").and_then(Json::as_array).is_none_or(verifies);
        let kid = text("kid").filter(|_| is_for_signing)?.to_owned();
        let read: Jwk = serde_json::from_value(jwk.clone()).ok()?;
        let decoding = DecodingKey::from_jwk(&read).ok()?;
        (decoding.family() != AlgorithmFamily::Hmac).then_some(())?;
        let mark = sha256(&[jwk.to_string().as_bytes()]);
        Some(Self { kid, mark, algorithm: text("alg").map(str::to_owned), decoding })
    }

    /// Whether this key has signed a token by this algorithm.
    pub(super) fn has_signed(&self, token: &str, algorithm: Algorithm) -> bool {
        let is_for = self.algorithm.as_ref().is_none_or(|own| own.parse() == Ok(algorithm));
        let is_of_family = self.decoding.family() == algorithm.family();
        is_for
            && is_of_family
            && decode::<Map<String, Json>>(token, &self.decoding, &signature(algorithm)).is_ok()
    }
}

/// The signature alone: all claims are checked by hand, and times by our own clock.
fn signature(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.algorithms = vec![algorithm];
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// What is known of an issuer's keys.
#[derive(Clone, Default)]
struct Known {
    keys: Arc<[Key]>,
    fetched_at: Option<DateTime<Utc>>,
    /// Whether the last attempt to fetch them failed.
    has_failed: bool,
}

impl Known {
    fn is_younger(&self, than: i64, now: DateTime<Utc>) -> bool {
        self.fetched_at.is_some_and(|at| is_within(at, now, than))
    }

    fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }
}

/// Whether an instant is so many seconds ago at most; one to come is not.
fn is_within(at: DateTime<Utc>, now: DateTime<Utc>, seconds: i64) -> bool {
    (TimeDelta::zero()..TimeDelta::seconds(seconds)).contains(&(now - at))
}

/// The keys of one issuer.
pub(super) struct Keys {
    issuer: Arc<Issuer>,
    outgoing: Outgoing,
    known: RwLock<Known>,
    /// Instant of the last fetch; held while one runs.
    tried: Mutex<Option<DateTime<Utc>>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    pub(super) fn of(issuer: Arc<Issuer>) -> std::result::Result<Self, String> {
        let outgoing = Outgoing::trusting(issuer.ca_file.as_deref())?;
        Ok(Self { issuer, outgoing, known: RwLock::default(), tried: Mutex::default() })
    }

    /// The keys there are, once this one was looked for.
    ///
    /// # Errors
    /// `IssuerUnreachable` where the issuer does not answer and what is known does not do.
    pub(super) async fn with(self: &Arc<Self>, kid: &str, now: DateTime<Utc>) -> Result<Arc<[Key]>> {
        let known = self.known();
        if !known.has(kid) || !known.is_younger(USABLE_SECONDS, now) {
            self.refresh(now).await;
        } else if !known.is_younger(FRESH_SECONDS, now) && self.tried.try_lock().is_ok() {
            // Whoever comes meanwhile goes on with the keys there are.
            self.refresh(now).await;
        }
        let known = self.known();
        let is_told = known.has(kid) || !known.has_failed;
        if !is_told || !known.is_younger(USABLE_SECONDS, now) {
            return Err(Error::IssuerUnreachable);
        }
        Ok(known.keys)
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the keys, or waits for whoever does; in a task of its own, which goes on where its caller leaves.
    async fn refresh(self: &Arc<Self>, now: DateTime<Utc>) {
        let this = self.clone();
        let _ = tokio::spawn(async move { this.fetch_once(now).await }).await;
    }

    async fn fetch_once(&self, now: DateTime<Utc>) {
        let mut tried = self.tried.lock().await;
        if tried.is_some_and(|at| is_within(at, now, AGAIN_SECONDS)) {
            return;
        }
        *tried = Some(now);
        let name = &self.issuer.issuer;
        let fetched = self.fetch().await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.has_failed = fetched.is_err();
        match fetched {
            Ok(keys) => {
                tracing::info!(issuer = %name, "issuer {name} has {} keys", keys.len());
                (known.keys, known.fetched_at) = (keys.into(), Some(now));
            }
            Err(why) => tracing::warn!(issuer = %name, "issuer {name} gives no keys: {why}"),
        }
    }

    async fn fetch(&self) -> std::result::Result<Vec<Key>, String> {
        let described = self.json(&self.issuer.address.below(DISCOVERY)).await?;
        let text = |name: &str| described.get(name).and_then(Json::as_str).unwrap_or_default();
        if text("issuer") != self.issuer.issuer {
            return Err(format!("it describes another issuer: {:?}", text("issuer")));
        }
        let place = Address::read(text("jwks_uri")).map_err(|why| format!("jwks_uri {why}"))?;
        let beside = [Some(&self.issuer.address), self.issuer.keys_beside.as_ref()];
        if !beside.into_iter().flatten().any(|one| one.is_beside(&place)) {
            return Err(format!("its keys are at {place}, a host that jwks_host does not name"));
        }
        let set = self.json(&place).await?;
        let keys = set.get("keys").and_then(Json::as_array).ok_or("it answers no set of keys")?;
        Ok(keys.iter().take(MOST_KEYS).filter_map(Key::read).collect())
    }

    async fn json(&self, at: &Address) -> std::result::Result<Json, String> {
        let body = self.outgoing.get(at).await?;
        serde_json::from_slice(&body).map_err(|error| format!("{at}: no JSON: {error}"))
    }
}
