//! Sending: what a webhook's reader is told at this moment, a message at a time, in order.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use kernel::{
    Ctx, Error, KindDef, Result,
    change::feed::{self, Position},
};
use tokio::{sync::Semaphore, time::Instant};

use super::{
    message::{Message, Outcome},
    retry,
    stored::{self, ACTIVE, ENDED, PAUSED, Stored},
    summary::Summary,
};
use crate::{
    domain::exchange::{
        changes::{Change, Part, Told, kinds_named, told},
        imports,
    },
    outgoing::hooks::Hooks,
    signin::standing::sender_until,
};

/// Webhooks of one run at most; those that wait longest come first.
const MOST: u64 = 1_000;
/// Changes read at a time.
const PAGE: usize = 20;
/// Changes read at a time where they are counted.
const STRETCH: usize = 500;
/// Time after which an import is looked at again whose end is waited for.
const PAUSE: Duration = Duration::from_secs(5);
/// Longest time for one webhook before others have their turn.
const SLICE: Duration = Duration::from_secs(10);
/// One reading at a time in a process, so that webhooks leave the database and the processor to callers.
static READINGS: Semaphore = Semaphore::const_new(1);

/// The webhooks that have something to send, or something to look at.
///
/// # Errors
/// What the database says.
pub async fn due(ctx: &Ctx) -> Result<Vec<Stored>> {
    stored::due(ctx, feed::end(ctx).await?, MOST).await
}

/// Sends what a webhook has to send, for a while: until nothing is left, or a message is not taken.
///
/// # Errors
/// What the database says.
pub async fn deliver(ctx: &Ctx, hooks: &Hooks, mut hook: Stored) -> Result<()> {
    if let Some(ping) = hook.ping_id.take() {
        Message::ping(ctx, &hook, ping)?.send(ctx, hooks, &mut hook).await?;
        stored::tested(ctx, &hook, ping).await?;
    }
    if hook.state != ACTIVE || hook.due_at > ctx.clock.now() {
        return Ok(());
    }
    let over = Instant::now() + SLICE;
    let mut course = Course { kept: hook.cursor.clone(), hook, over };
    while Instant::now() < over && course.advances(ctx, hooks).await? {}
    Ok(())
}

/// What a reader is told, as it stood at an instant.
struct Reading {
    /// The reader.
    ctx: Ctx,
    part: Part,
    end: Position,
    /// When time alone may change what it sees.
    until: DateTime<Utc>,
    over: Instant,
}

impl Reading {
    /// Whether the reader would be told the same now.
    async fn stands(&self, ctx: &Ctx) -> Result<bool> {
        let is_young = ctx.clock.now() < self.until && Instant::now() < self.over;
        Ok(is_young && feed::end(ctx).await? == self.end)
    }
}

/// The change sets of a part of the feed that are told of in a summary.
async fn summarised_of(ctx: &Ctx, part: &Part) -> Result<BTreeSet<i64>> {
    imports::summarised(ctx.db.reading(), &part.told.iter().map(|told| told.seq).collect()).await
}

/// A webhook on its way through the feed.
struct Course {
    hook: Stored,
    /// Its cursor as it is stored.
    kept: String,
    over: Instant,
}

impl Course {
    /// Takes the next part of the feed; answers whether there may be more to take.
    async fn advances(&mut self, ctx: &Ctx, hooks: &Hooks) -> Result<bool> {
        let Some(reading) = self.read(ctx, &self.hook.cursor.clone(), PAGE).await? else { return Ok(false) };
        let summarised = summarised_of(ctx, &reading.part).await?;
        for told in &reading.part.told {
            if summarised.contains(&told.seq) {
                return self.sum_up(ctx, hooks, (told.seq, reading.end)).await;
            }
            if !self.wants(&told.change)? {
                self.hook.cursor.clone_from(&told.change.cursor);
                continue;
            }
            if Instant::now() >= self.over {
                return Ok(false);
            }
            if !reading.stands(ctx).await? {
                return Ok(true);
            }
            if !self.tell(&reading.ctx, hooks, told).await? {
                return Ok(false);
            }
        }
        self.hook.cursor.clone_from(&reading.part.next);
        if !reading.part.has_more {
            self.hook.seen = reading.end.seq;
        }
        Ok(self.keep(ctx).await? && reading.part.has_more)
    }

    /// Tells of the next part of the feed in one message, as far as imports go on that are told of so; answers whether there may
    /// be more to take. While one of them is at work, and nothing else follows, the rest of it is waited for.
    async fn sum_up(&mut self, ctx: &Ctx, hooks: &Hooks, (first, end): (i64, Position)) -> Result<bool> {
        if imports::is_at_work(ctx, first, end.seq).await? {
            self.hook.due_at = ctx.clock.now() + PAUSE;
            return self.keep(ctx).await.map(|_| false);
        }
        let mut summary = Summary::after(self.hook.cursor.clone());
        let mut cursor = self.hook.cursor.clone();
        let mut ends = false;
        let reading = loop {
            let Some(reading) = self.read(ctx, &cursor, STRETCH).await? else { return Ok(false) };
            let summarised = summarised_of(ctx, &reading.part).await?;
            for told in &reading.part.told {
                if !summarised.contains(&told.seq) {
                    ends = true;
                    break;
                }
                cursor.clone_from(&told.change.cursor);
                if self.wants(&told.change)? {
                    summary.add(told);
                }
            }
            if ends || !reading.part.has_more || Instant::now() >= self.over {
                break reading;
            }
            cursor.clone_from(&reading.part.next);
        };
        if let Some(message) = Message::summary(ctx, &self.hook, &summary, &cursor)? {
            return self.send(&reading.ctx, hooks, &message, &cursor).await;
        }
        self.hook.cursor = cursor;
        self.keep(ctx).await
    }

    /// What the reader is told next after a cursor; none where it may not read any more, or has to begin anew.
    async fn read(&mut self, ctx: &Ctx, after: &str, limit: usize) -> Result<Option<Reading>> {
        let ended = |_| Error::Internal("the turns of webhooks are gone".into());
        let _turn = READINGS.acquire().await.map_err(ended)?;
        // First the end of the log, then the reader: nothing may become visible in between.
        let end = feed::end(ctx).await?;
        let hook = &self.hook;
        let reader = sender_until(ctx, hook.user_id, &hook.owner, hook.api_key_id).await?;
        let Some((actor, until)) = reader else {
            self.stop(ctx, ENDED, "no_reader").await?;
            return Ok(None);
        };
        let mut reader = ctx.acting(actor);
        reader.view = reader.view.noting();
        match told(&reader, (after, end), (&self.kinds()?, limit)).await {
            Ok(part) => Ok(Some(Reading { ctx: reader, part, end, until, over: Instant::now() + SLICE })),
            Err(Error::Gone(code, _)) => {
                self.stop(ctx, PAUSED, code.name()).await?;
                Ok(None)
            }
            Err(Error::BadRequest(_)) => {
                self.stop(ctx, PAUSED, "cursor_invalid").await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Kinds that are told; one that is there no more tells nothing.
    fn kinds(&self) -> Result<Vec<&'static KindDef>> {
        let names: Vec<String> = serde_json::from_value(self.hook.kinds.clone())?;
        kinds_named(&names)
    }

    /// Whether a change is one of those that are told.
    fn wants(&self, change: &Change) -> Result<bool> {
        let events: Vec<String> = serde_json::from_value(self.hook.events.clone())?;
        let countries: Vec<String> = serde_json::from_value(self.hook.countries.clone())?;
        let is_of = |record: &kernel::scalar::Object| {
            let country = record.0.get("owner_country").and_then(serde_json::Value::as_str);
            country.is_some_and(|country| countries.iter().any(|one| one == country))
        };
        let is_event = events.is_empty() || events.iter().any(|one| one == change.event.name());
        Ok(is_event && (countries.is_empty() || change.record.as_ref().is_none_or(is_of)))
    }

    /// Tells of one change; answers whether the next one may follow.
    async fn tell(&mut self, reader: &Ctx, hooks: &Hooks, told: &Told) -> Result<bool> {
        if let Some(row) = &told.row {
            reader.note(row);
        }
        reader.settle_reads().await?;
        let message = Message::about(reader, &self.hook, told)?;
        self.send(reader, hooks, &message, &told.change.cursor).await
    }

    /// Sends a message, after which the webhook stands at a cursor; answers whether the next one may follow.
    async fn send(&mut self, reader: &Ctx, hooks: &Hooks, message: &Message, cursor: &str) -> Result<bool> {
        match message.send(reader, hooks, &mut self.hook).await? {
            Outcome::Taken => {
                cursor.clone_into(&mut self.hook.cursor);
                (self.hook.failures, self.hook.due_at) = (0, reader.clock.now());
                self.keep(reader).await
            }
            Outcome::Gone => self.stop(reader, ENDED, "gone").await.map(|()| false),
            Outcome::Failed => {
                self.hook.failures = self.hook.failures.saturating_add(1);
                match retry::wait(self.hook.failures, reader.clock.id()) {
                    Some(wait) => {
                        self.hook.due_at = reader.clock.now() + wait;
                        self.keep(reader).await.map(|_| false)
                    }
                    None => self.stop(reader, PAUSED, "failing").await.map(|()| false),
                }
            }
        }
    }

    async fn stop(&mut self, ctx: &Ctx, state: &str, reason: &str) -> Result<()> {
        (self.hook.state, self.hook.reason) = (state.to_owned(), Some(reason.to_owned()));
        tracing::info!(webhook.id = %self.hook.id, "a webhook is {state}: {reason}");
        self.keep(ctx).await.map(drop)
    }

    /// Stores how far it is; answers whether it goes on, which it does not where somebody else has set it elsewhere.
    async fn keep(&mut self, ctx: &Ctx) -> Result<bool> {
        let goes_on = stored::advance(ctx, &self.hook, &self.kept).await?;
        self.kept.clone_from(&self.hook.cursor);
        Ok(goes_on)
    }
}
