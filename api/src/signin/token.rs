//! Access tokens: JWTs that say who somebody is, and nothing of what they may do.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use kernel::{
    clock::Clock,
    crypto::sha256,
    error::{Error, Result},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::keys::KeyRing;

/// Minutes an access token is good for.
pub const LIFETIME_MINUTES: i64 = 15;

/// What our tokens name as their issuer.
pub(super) const ISSUER: &str = "concord";
const AUDIENCE: &str = "concord-api";
/// Seconds the clocks of two processes may differ; helps `nbf` and `iat`, never `exp`.
const LEEWAY_SECONDS: i64 = 5;
/// Bytes of the longest token that is looked at; ours have about 500.
const MAX_BYTES: usize = 4096;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made the token: always `concord`.
    pub iss: String,
    /// Whom it is for: always `concord-api`.
    pub aud: String,
    /// The user.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The token itself.
    pub jti: Uuid,
    /// Second it was made.
    pub iat: i64,
    /// Second it begins to be good.
    pub nbf: i64,
    /// Second it ends to be good.
    pub exp: i64,
}

/// Makes an access token of 15 minutes.
///
/// # Errors
/// `Internal` when the key cannot sign.
pub fn issue(ring: &KeyRing, clock: &Clock, user: Uuid, session: Uuid) -> Result<String> {
    let now = clock.now().timestamp();
    let claims = Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        sub: user,
        sid: session,
        jti: clock.id(),
        iat: now,
        nbf: now,
        exp: now.saturating_add(LIFETIME_MINUTES * 60),
    };
    sign_claims(ring, &serde_json::to_value(claims)?)
}

/// Signs any claims with the newest key; tests make wrong tokens with it.
///
/// # Errors
/// `Internal` when the key cannot sign.
pub fn sign_claims(ring: &KeyRing, claims: &Json) -> Result<String> {
    let keys = ring.keys();
    let key = keys.first().ok_or_else(|| Error::Internal("there is no signing key".into()))?;
    let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
    encode(&header, claims, &key.encoding)
        .map_err(|error| Error::Internal(format!("an access token cannot be signed: {error}")))
}

/// Checks an access token and returns what it says; a key that another process made is looked for.
///
/// # Errors
/// `Unauthenticated` with a reason for people; what the database says.
pub async fn verify(ring: &KeyRing, clock: &Clock, token: &str) -> Result<Claims> {
    let unreadable = || refuse("the access token cannot be read");
    if token.len() > MAX_BYTES {
        return Err(unreadable());
    }
    let hash = sha256(&[token.as_bytes()]);
    if let Some(claims) = ring.recall(&hash) {
        check(clock, &claims)?;
        return Ok(claims);
    }
    let header = decode_header(token).map_err(|_| unreadable())?;
    if header.alg != Algorithm::EdDSA || header.crit.is_some() || header.typ.as_deref() != Some("JWT") {
        return Err(refuse("the access token is not of a kind made here"));
    }
    let kid = header.kid.as_deref().unwrap_or_default();
    if ring.keys().iter().all(|key| key.kid != kid) {
        ring.look_again().await?;
    }
    let keys = ring.keys();
    let unknown = || refuse("the access token was signed with a key that is not in use");
    let key = keys.iter().find(|key| key.kid == kid).ok_or_else(unknown)?;
    let claims: Claims = decode(token, &key.decoding, &validation())
        .map_err(|_| refuse("the access token is not valid: its signature or its claims are wrong"))?
        .claims;
    check(clock, &claims)?;
    ring.remember(hash, kid, &claims);
    Ok(claims)
}

/// What jsonwebtoken checks: signature, algorithm, and that the claims are there.
///
/// Its own time checks are off: they ask the machine, and time here comes from [`Clock`] alone. Its
/// defaults (60 s leeway, `nbf` and `iss` unchecked, only `exp` required) are all set by hand.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.algorithms = vec![Algorithm::EdDSA];
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
    validation.validate_aud = true;
    validation.leeway = 0;
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

/// What is checked by hand; `iss` and `aud` again, as one text each and not as lists.
fn check(clock: &Clock, claims: &Claims) -> Result<()> {
    let now = clock.now().timestamp();
    let soon = now.saturating_add(LEEWAY_SECONDS);
    if claims.iss != ISSUER || claims.aud != AUDIENCE {
        return Err(refuse("the access token was not made for this service"));
    }
    if claims.exp <= now {
        return Err(refuse("the access token has expired; refresh it"));
    }
    if claims.nbf > soon || claims.iat > soon {
        return Err(refuse("the access token is not good yet"));
    }
    Ok(())
}

fn refuse(why: &str) -> Error {
    Error::Unauthenticated(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_comes_from_the_clock() {
        let clock = Clock::fixed(chrono::DateTime::from_timestamp(1_000, 0).unwrap());
        let at = |iat, nbf, exp| {
            let claims = Claims {
                iss: ISSUER.into(),
                aud: AUDIENCE.into(),
                sub: Uuid::nil(),
                sid: Uuid::nil(),
                jti: Uuid::nil(),
                iat,
                nbf,
                exp,
            };
            check(&clock, &claims).is_ok()
        };

        assert!(at(1_000, 1_000, 1_001));
        assert!(!at(1_000, 1_000, 1_000));
        assert!(at(1_005, 1_005, 2_000));
        assert!(!at(1_006, 1_000, 2_000));
        assert!(!at(1_000, 1_006, 2_000));
        assert!(!at(i64::MIN, i64::MIN, i64::MIN));
    }
}
