//! Keys of webhooks, and what is signed with them (Standard Webhooks 1.0).
//!
//! A key is nowhere stored: it follows from the installation secret, the id of its webhook, and its number. So nobody
//! who reads the database can sign.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Ctx, Error, Result};

use super::stored::Stored;

/// Messages are signed with a secret that both sides know.
pub(super) const HMAC: &str = "hmac";
/// Messages are signed with a private key; the receiver knows the public one.
pub(super) const ED25519: &str = "ed25519";

/// The key of a webhook with this number.
fn key(ctx: &Ctx, hook: &Stored, number: i32) -> Result<hmac::Tag> {
    if ctx.cursor_key.is_empty() {
        return Err(Error::Internal("messages are signed by the service".into()));
    }
    let whole = hmac::Key::new(hmac::HMAC_SHA256, &ctx.cursor_key);
    Ok(hmac::sign(&whole, format!("webhook {} {number}", hook.id).as_bytes()))
}

fn pair(ctx: &Ctx, hook: &Stored, number: i32) -> Result<Ed25519KeyPair> {
    let pair = Ed25519KeyPair::from_seed_unchecked(key(ctx, hook, number)?.as_ref());
    pair.map_err(|_| Error::Internal("no key follows from the secret".into()))
}

/// The secret that the receiver needs; none where a public key does.
pub(super) fn secret(ctx: &Ctx, hook: &Stored) -> Result<Option<String>> {
    if hook.signature != HMAC {
        return Ok(None);
    }
    Ok(Some(format!("whsec_{}", STANDARD.encode(key(ctx, hook, hook.key_number)?))))
}

/// The public key that the receiver needs; none where it needs a secret.
pub(super) fn public(ctx: &Ctx, hook: &Stored) -> Result<Option<String>> {
    if hook.signature != ED25519 {
        return Ok(None);
    }
    let pair = pair(ctx, hook, hook.key_number)?;
    Ok(Some(format!("whpk_{}", STANDARD.encode(pair.public_key()))))
}

/// The signatures of a message: with the key, and in its grace with the one before.
pub(super) fn signatures(ctx: &Ctx, hook: &Stored, signed: &[u8]) -> Result<String> {
    let is_in_grace = hook.previous_until.is_some_and(|until| until > ctx.clock.now());
    let before = hook.key_number.checked_sub(1).filter(|_| is_in_grace);
    let sign = |number: i32| -> Result<String> {
        if hook.signature == ED25519 {
            return Ok(format!("v1a,{}", STANDARD.encode(pair(ctx, hook, number)?.sign(signed))));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, key(ctx, hook, number)?.as_ref());
        Ok(format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed))))
    };
    let all: Vec<String> =
        [Some(hook.key_number), before].into_iter().flatten().map(sign).collect::<Result<_>>()?;
    Ok(all.join(" "))
}

/// The id of the message about something, which tells nothing of it: the same whenever it is told to this webhook.
pub(super) fn message_id(ctx: &Ctx, hook: &Stored, about: &str) -> Result<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key(ctx, hook, 0)?.as_ref());
    let sign = hmac::sign(&key, about.as_bytes());
    let short: Vec<u8> = sign.as_ref().iter().take(16).copied().collect();
    Ok(format!("msg_{}", hex::encode(short)))
}
