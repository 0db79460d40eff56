//! One message: what it says, how it is signed, and what became of it.

use kernel::{Ctx, Result};
use serde_json::{Value as Json, json};

use super::{
    Attempt, MAX_ATTEMPTS, keys,
    stored::Stored,
    summary::{self, Summary},
};
use crate::{
    domain::exchange::changes::{Change, Told},
    outgoing::hooks::{Failure, Hooks},
};

/// Type of the message that tests a webhook.
const PING: &str = "ping";

/// A message to a webhook.
pub(super) struct Message {
    id: String,
    name: String,
    data: Json,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was taken.
    Taken,
    /// The receiver wants no more.
    Gone,
    /// It was not taken; it is sent again.
    Failed,
}

impl Message {
    /// The message about a change.
    pub(super) fn about(ctx: &Ctx, hook: &Stored, told: &Told) -> Result<Self> {
        let Change { event, kind, id, .. } = &told.change;
        let event = event.name();
        Ok(Self {
            id: keys::message_id(ctx, hook, &format!("{kind} {id} {event} {}", told.place))?,
            name: format!("{kind}.{event}"),
            data: serde_json::to_value(&told.change)?,
        })
    }

    /// The message about changes that are counted, up to a cursor; none where there are none.
    pub(super) fn summary(ctx: &Ctx, hook: &Stored, summary: &Summary, cursor: &str) -> Result<Option<Self>> {
        let Some(place) = summary.place() else { return Ok(None) };
        let id = keys::message_id(ctx, hook, &place)?;
        Ok(Some(Self { id, name: summary::NAME.into(), data: summary.told(cursor) }))
    }

    /// The message that tests a webhook.
    pub(super) fn ping(ctx: &Ctx, hook: &Stored, ping: uuid::Uuid) -> Result<Self> {
        let id = keys::message_id(ctx, hook, &format!("{PING} {ping}"))?;
        Ok(Self { id, name: PING.into(), data: json!({ "webhook": hook.id }) })
    }

    /// Sends it, and notes what became of it with the webhook.
    pub(super) async fn send(&self, ctx: &Ctx, hooks: &Hooks, hook: &mut Stored) -> Result<Outcome> {
        let now = ctx.clock.now();
        let body = json!({ "type": self.name, "timestamp": now, "data": self.data }).to_string();
        let seconds = now.timestamp();
        let signed = format!("{}.{seconds}.{body}", self.id);
        let headers = [
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", keys::signatures(ctx, hook, signed.as_bytes())?),
        ];
        let answer = hooks.post(&hook.url, &headers, body.into_bytes()).await;
        let attempt = Attempt {
            message: self.id.clone(),
            r#type: self.name.clone(),
            at: now,
            status: answer.ok().map(i32::from),
            error: answer.err().map(Failure::name).map(str::to_owned),
        };
        let mut attempts: Vec<Attempt> = serde_json::from_value(hook.attempts.clone())?;
        attempts.insert(0, attempt);
        attempts.truncate(MAX_ATTEMPTS);
        hook.attempts = json!(attempts);
        Ok(match answer {
            Ok(200..=299) => Outcome::Taken,
            Ok(410) => Outcome::Gone,
            _ => Outcome::Failed,
        })
    }
}
