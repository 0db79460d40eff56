//! What webhooks take and answer: text of both contracts.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use kernel::{Ctx, Result};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    keys,
    stored::{ACTIVE, ENDED, Stored},
};

/// A webhook to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.org/hooks/concord", "kinds": ["task"], "events": ["changed", "appeared"]}))]
pub struct NewWebhook {
    /// Address that messages are sent to: `https`, of the public network, without user and fragment.
    #[schema(max_length = 2000)]
    pub url: String,
    /// Kinds of records (`task`, `plans`) that are told; all where none is named.
    #[schema(max_items = 200)]
    pub kinds: Option<Vec<String>>,
    /// Countries whose records are told; all where none is named. A record that has disappeared has no country any more,
    /// and is told always.
    #[schema(max_items = 200)]
    pub countries: Option<Vec<String>>,
    /// What is told: `changed`, `appeared`, `disappeared`; all where none is named.
    #[schema(max_items = 10)]
    pub events: Option<Vec<String>>,
    /// How messages are signed: `hmac` (the default), with a secret that both sides know, or `ed25519`, with a public key.
    pub signature: Option<String>,
    /// Cursor of `/changes` after which it begins; what happens from now on without it, and with `now`.
    pub after: Option<String>,
}

/// What is changed of a webhook; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kinds": ["task", "plan"]}))]
pub struct WebhookPatch {
    /// Address that messages are sent to.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_length = 2000, nullable = false)]
    pub url: Option<String>,
    /// Kinds that are told; `[]` for all.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_items = 200, nullable = false)]
    pub kinds: Option<Vec<String>>,
    /// Countries whose records are told; `[]` for all.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_items = 200, nullable = false)]
    pub countries: Option<Vec<String>>,
    /// What is told; `[]` for everything.
    #[serde(default, deserialize_with = "given")]
    #[schema(max_items = 10, nullable = false)]
    pub events: Option<Vec<String>>,
}

/// Reads a member that is there: null is no value of it.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(of: D) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(of).map(Some)
}

/// How a key is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"grace_hours": 48}))]
pub struct Rotation {
    /// Hours for which messages are signed with the key before too, 0 to 168; 24 where nothing is said.
    #[schema(minimum = 0, maximum = 168)]
    pub grace_hours: Option<i64>,
}

/// How a webhook goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"after": "now"}))]
pub struct Resumption {
    /// Cursor of `/changes` after which it goes on, so that what came later is sent again; `now` to leave out what has
    /// happened; where it stopped without one.
    pub after: Option<String>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct Webhook {
    /// Id of the webhook.
    pub id: Uuid,
    /// Owner that its reader acts under.
    pub owner: String,
    /// API key by which it was made, and reads.
    pub api_key: Option<Uuid>,
    /// Address that messages are sent to.
    pub url: String,
    /// Kinds that are told; all where none is named.
    pub kinds: Vec<String>,
    /// Countries whose records are told; all where none is named.
    pub countries: Vec<String>,
    /// What is told; everything where nothing is named.
    pub events: Vec<String>,
    /// How messages are signed: `hmac` or `ed25519`.
    pub signature: String,
    /// The secret (`whsec_`), shown once: where the webhook is made, and where its key is replaced.
    pub secret: Option<String>,
    /// The public key (`whpk_`) where messages are signed by `ed25519`.
    pub public_key: Option<String>,
    /// Instant until which messages are signed with the key before too.
    pub previous_key_until: Option<DateTime<Utc>>,
    /// State: `active`, `paused`, or `ended` for good.
    pub state: String,
    /// Why it is paused (`asked`, `failing`, `rights_changed`, `log_replaced`, `cursor_invalid`) or has ended (`gone`: the
    /// receiver answered 410; `no_reader`: who made it may not act for the owner any more).
    pub reason: Option<String>,
    /// Cursor of `/changes`: everything up to it was taken.
    pub cursor: String,
    /// Attempts in a row that failed.
    pub failures: i32,
    /// When the next message is sent at the earliest; null unless it is active.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The last attempt.
    pub last_attempt: Option<Attempt>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(name = "WebhookAttempt")]
#[schema(as = WebhookAttempt)]
pub struct Attempt {
    /// Id of the message, as `webhook-id` says it: the same for each attempt at it.
    pub message: String,
    /// What it told: kind and event (`task.changed`), or `ping`.
    pub r#type: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Status of the answer; null where none came.
    pub status: Option<i32>,
    /// Why no answer came: `no_address` (the host has no address that may be called), `no_connection`, `tls`, `timeout`,
    /// `no_answer`.
    pub error: Option<String>,
}

/// Webhooks, the last one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct WebhookPage {
    /// The webhooks.
    pub items: Vec<Webhook>,
    /// Where to go on: `after` of the next page; null on the last one.
    pub next: Option<String>,
}

/// The last attempts of a webhook, the last one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[graphql(name = "WebhookAttemptPage")]
#[schema(as = WebhookAttemptPage)]
pub struct AttemptPage {
    /// The attempts that are kept.
    pub items: Vec<Attempt>,
}

impl Webhook {
    /// A webhook as who made it is told of it.
    pub(super) fn of(ctx: &Ctx, stored: Stored) -> Result<Self> {
        let now = ctx.clock.now();
        let attempts: Vec<Attempt> = serde_json::from_value(stored.attempts.clone())?;
        Ok(Self {
            secret: None,
            public_key: keys::public(ctx, &stored)?,
            previous_key_until: stored.previous_until.filter(|until| *until > now && stored.state != ENDED),
            next_attempt_at: (stored.state == ACTIVE).then_some(stored.due_at),
            last_attempt: attempts.into_iter().next(),
            id: stored.id,
            owner: stored.owner,
            api_key: stored.api_key_id,
            url: stored.url,
            kinds: serde_json::from_value(stored.kinds)?,
            countries: serde_json::from_value(stored.countries)?,
            events: serde_json::from_value(stored.events)?,
            signature: stored.signature,
            state: stored.state,
            reason: stored.reason,
            cursor: stored.cursor,
            failures: stored.failures,
            created_at: stored.created_at,
        })
    }
}
