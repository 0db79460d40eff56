//! Webhooks: what the feed tells its reader, sent to an address as messages that are signed (Standard Webhooks).
//!
//! A webhook is a place in the feed. What it sends is read as its reader stands at that moment, one message at a time and
//! in order; the place moves on once a message is taken, so nothing is lost while a receiver is away.

mod asked;
mod contract;
mod deliver;
mod keys;
mod manage;
mod message;
mod retry;
mod stored;
mod summary;

pub use contract::{
    Attempt, AttemptPage, NewWebhook, Resumption, Rotation, Webhook, WebhookPage, WebhookPatch,
};
pub use deliver::{deliver, due};
pub use manage::{attempts, create, delete, find, list, pause, resume, rotate, test, update};
pub use retry::{FIRST_SECONDS, LONGEST_SECONDS, RETRIES};

/// Webhooks that one caller keeps, at most.
pub const MAX_KEPT: usize = 20;
/// Kinds, and countries, that a webhook names at most.
pub const MAX_NAMES: usize = 200;
/// Attempts of a webhook that are kept.
pub const MAX_ATTEMPTS: usize = 20;
/// Webhooks that are served at the same time; others wait.
pub const AT_ONCE: usize = 8;
/// Hours for which a key that was replaced signs too, where nothing is said.
pub const GRACE_HOURS: i64 = 24;
/// Hours for which it may at most.
pub const MAX_GRACE_HOURS: i64 = 168;
