//! Webhooks: how many there are, and what one message may take.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::exchange::webhooks::{
        AT_ONCE, FIRST_SECONDS, GRACE_HOURS, LONGEST_SECONDS, MAX_ATTEMPTS, MAX_GRACE_HOURS, MAX_KEPT,
        MAX_NAMES, RETRIES,
    },
    outgoing::hooks::{HEAD_BYTES, MAX_CHARS, SECONDS},
};

/// Webhooks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookLimits {
    /// Webhooks that one caller keeps, at most; above them the answer is 409.
    pub kept: usize,
    /// Characters of an address, at most.
    pub url_chars: usize,
    /// Kinds, and countries, that one names at most.
    pub names: usize,
    /// Webhooks that are served at the same time; others wait.
    pub at_once: usize,
    /// Seconds within which a receiver answers; later ones failed.
    pub seconds: u64,
    /// Bytes of the head of its answer, at most; its body is not read.
    pub head_bytes: usize,
    /// Seconds before a message is sent again for the first time; four times as many before each next one.
    pub retry_seconds: i64,
    /// Seconds between two attempts, at most.
    pub most_retry_seconds: i64,
    /// Times that a message is sent again; then its webhook is paused.
    pub retries: i32,
    /// Attempts that are kept of each.
    pub attempts: usize,
    /// Hours for which a key that was replaced signs too, where nothing is said.
    pub grace_hours: i64,
    /// Hours for which it may, at most.
    pub most_grace_hours: i64,
}

impl WebhookLimits {
    /// The bounds, as they are enforced.
    #[must_use]
    pub const fn list() -> Self {
        Self {
            kept: MAX_KEPT,
            url_chars: MAX_CHARS,
            names: MAX_NAMES,
            at_once: AT_ONCE,
            seconds: SECONDS,
            head_bytes: HEAD_BYTES,
            retry_seconds: FIRST_SECONDS,
            most_retry_seconds: LONGEST_SECONDS,
            retries: RETRIES,
            attempts: MAX_ATTEMPTS,
            grace_hours: GRACE_HOURS,
            most_grace_hours: MAX_GRACE_HOURS,
        }
    }
}
