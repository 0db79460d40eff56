//! Webhooks are made, looked at, changed and ended by who reads by them.

use chrono::TimeDelta;
use entity::webhook::Column;
use kernel::{Code, Ctx, Error, Result, change::feed};
use serde_json::json;
use uuid::Uuid;

use super::{
    AttemptPage, GRACE_HOURS, MAX_GRACE_HOURS, MAX_KEPT, NewWebhook, Resumption, Rotation, Webhook,
    WebhookPage, WebhookPatch,
    asked::Asked,
    keys,
    stored::{self, ACTIVE, ENDED, PAUSED, Stored},
};
use crate::{
    domain::exchange::{
        changes::{cursor_at_end, cursor_stands},
        kept,
    },
    outgoing::hooks::Hooks,
};

/// Makes a webhook, and tells its secret this once.
///
/// # Errors
/// `Invalid`, naming everything that is wrong; `Forbidden` for who acts for no owner, or must not hand on what it reads;
/// `IllegalMove` where the caller keeps as many as it may; as for `/changes` where the cursor does not fit.
pub async fn create(ctx: &Ctx, hooks: &Hooks, new: &NewWebhook) -> Result<Webhook> {
    let (user, owner) = reader(ctx)?;
    let mut asked = Asked::of(ctx);
    let url = asked.url(hooks, &new.url).await;
    let kinds = asked.kinds(new.kinds.as_deref().unwrap_or_default());
    let countries = asked.countries(new.countries.as_deref().unwrap_or_default()).await?;
    let events = asked.events(new.events.as_deref().unwrap_or_default());
    let signature = asked.signature(new.signature.as_deref());
    asked.done(())?;
    if stored::list(ctx, None, MAX_KEPT).await?.len() >= MAX_KEPT {
        let why = format!("you keep {MAX_KEPT} webhooks: delete one before you make another");
        return Err(Error::no_move(why));
    }
    let (cursor, seen) = begun(ctx, new.after.as_deref().unwrap_or("now")).await?;
    let now = ctx.clock.now();
    let hook = Stored {
        id: ctx.clock.id(),
        owner,
        user_id: user,
        api_key_id: ctx.actor.key.as_ref().map(|key| key.key),
        url,
        kinds: json!(kinds),
        countries: json!(countries),
        events: json!(events),
        signature,
        key_number: 1,
        previous_until: None,
        state: ACTIVE.into(),
        reason: None,
        cursor,
        seen,
        failures: 0,
        due_at: now,
        attempts: json!([]),
        ping_id: None,
        created_at: now,
    };
    kept::insert(ctx.db.writing(), &hook).await?;
    with_secret(ctx, hook)
}

/// Who reads by a webhook that the caller makes: a person that is known here, for an owner, or such a person's key.
fn reader(ctx: &Ctx) -> Result<(Uuid, String)> {
    let actor = &ctx.actor;
    actor.must_be_itself()?;
    let forbidden = |why: &str| Err(Error::Forbidden(why.into()));
    let (Some(user), Some(owner)) = (actor.user, actor.acting.clone()) else {
        return forbidden("a webhook reads for an owner: sign in with a grant of one");
    };
    match &actor.key {
        Some(key) if !key.networks.is_empty() || !key.origins.is_empty() => {
            forbidden("this API key is read from some networks or sites only, so it sends nothing elsewhere")
        }
        // What an issuer vouches for ends with its token.
        None if actor.bound.is_some() => {
            forbidden("a webhook goes on when your token is over: make it with an API key, or signed in here")
        }
        _ => Ok((user, owner)),
    }
}

/// Where the feed begins after what was asked: the cursor, and the change set up to which nothing is told.
async fn begun(ctx: &Ctx, after: &str) -> Result<(String, i64)> {
    if after == "now" {
        let end = feed::end(ctx).await?;
        return Ok((cursor_at_end(ctx).await?, end.seq));
    }
    match cursor_stands(ctx, after).await {
        Ok(()) => Ok((after.to_owned(), -1)),
        Err(Error::BadRequest(_)) => {
            let text = "the cursor was not made for you by `/changes`; leave it out, or give `now`";
            Err(Error::invalid("/after", Code::CursorInvalid, text))
        }
        Err(error) => Err(error),
    }
}

fn with_secret(ctx: &Ctx, hook: Stored) -> Result<Webhook> {
    let secret = keys::secret(ctx, &hook)?;
    Ok(Webhook { secret, ..Webhook::of(ctx, hook)? })
}

/// The caller's webhook with this id.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn find(ctx: &Ctx, id: Uuid) -> Result<Webhook> {
    Webhook::of(ctx, stored::find(ctx, id).await?)
}

/// The caller's webhooks, the last one first.
///
/// # Errors
/// `BadRequest` for a cursor that is none.
pub async fn list(ctx: &Ctx, after: Option<&str>, limit: usize) -> Result<WebhookPage> {
    let found = stored::list(ctx, kept::cursor(after)?, limit.saturating_add(1)).await?;
    let (found, next) = kept::page(found, limit, |hook| hook.id.to_string());
    let items = found.into_iter().map(|hook| Webhook::of(ctx, hook)).collect::<Result<_>>()?;
    Ok(WebhookPage { items, next })
}

/// The last attempts of the caller's webhook.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn attempts(ctx: &Ctx, id: Uuid) -> Result<AttemptPage> {
    Ok(AttemptPage { items: serde_json::from_value(stored::find(ctx, id).await?.attempts)? })
}

/// Changes where a webhook sends, and what.
///
/// # Errors
/// `NotFound` where the caller has none; `Invalid`, naming everything that is wrong; `Conflict(WebhookEnded)`.
pub async fn update(ctx: &Ctx, hooks: &Hooks, (id, patch): (Uuid, &WebhookPatch)) -> Result<Webhook> {
    let mut hook = changeable(ctx, id).await?;
    let mut asked = Asked::of(ctx);
    if let Some(url) = &patch.url {
        hook.url = asked.url(hooks, url).await;
    }
    if let Some(kinds) = &patch.kinds {
        hook.kinds = json!(asked.kinds(kinds));
    }
    if let Some(countries) = &patch.countries {
        hook.countries = json!(asked.countries(countries).await?);
    }
    if let Some(events) = &patch.events {
        hook.events = json!(asked.events(events));
    }
    asked.done(())?;
    stored::store(ctx, &hook, &[Column::Url, Column::Kinds, Column::Countries, Column::Events]).await?;
    Webhook::of(ctx, hook)
}

/// Deletes the caller's webhook, whatever its state.
///
/// # Errors
/// `NotFound` where it has none.
pub async fn delete(ctx: &Ctx, id: Uuid) -> Result<()> {
    ctx.actor.must_be_itself()?;
    let hook = stored::find(ctx, id).await?;
    stored::delete(ctx, hook.id).await
}

/// Replaces the key; for some hours messages are signed with both.
///
/// # Errors
/// `NotFound` where the caller has none; `Invalid` for hours out of range; `Conflict(WebhookEnded)`.
pub async fn rotate(ctx: &Ctx, id: Uuid, rotation: &Rotation) -> Result<Webhook> {
    let mut hook = changeable(ctx, id).await?;
    let hours = rotation.grace_hours.unwrap_or(GRACE_HOURS);
    if !(0..=MAX_GRACE_HOURS).contains(&hours) {
        let text = format!("0 to {MAX_GRACE_HOURS} hours");
        return Err(Error::invalid("/grace_hours", Code::OutOfRange, text));
    }
    hook.key_number = hook.key_number.saturating_add(1);
    hook.previous_until = Some(ctx.clock.now() + TimeDelta::hours(hours));
    stored::store(ctx, &hook, &[Column::KeyNumber, Column::PreviousUntil]).await?;
    with_secret(ctx, hook)
}

/// Pauses the caller's webhook: it sends nothing until it is resumed, and then everything since.
///
/// # Errors
/// `NotFound` where it has none; `Conflict(WebhookEnded)`.
pub async fn pause(ctx: &Ctx, id: Uuid) -> Result<Webhook> {
    let mut hook = changeable(ctx, id).await?;
    if hook.state == ACTIVE {
        (hook.state, hook.reason) = (PAUSED.into(), Some("asked".into()));
        stored::store(ctx, &hook, &[Column::State, Column::Reason]).await?;
    }
    Webhook::of(ctx, hook)
}

/// Lets the caller's webhook go on: where it stopped, or after another cursor.
///
/// # Errors
/// `NotFound` where it has none; `Conflict(WebhookEnded)`; as for `/changes` where the cursor does not fit.
pub async fn resume(ctx: &Ctx, id: Uuid, resumption: &Resumption) -> Result<Webhook> {
    let mut hook = changeable(ctx, id).await?;
    let after = resumption.after.clone().unwrap_or_else(|| hook.cursor.clone());
    (hook.cursor, hook.seen) = begun(ctx, &after).await?;
    (hook.state, hook.reason) = (ACTIVE.into(), None);
    (hook.failures, hook.due_at) = (0, ctx.clock.now());
    let columns =
        [Column::State, Column::Reason, Column::Cursor, Column::Seen, Column::Failures, Column::DueAt];
    stored::store(ctx, &hook, &columns).await?;
    Webhook::of(ctx, hook)
}

/// Has a test message sent, whatever the state; what became of it is among the attempts.
///
/// # Errors
/// `NotFound` where the caller has none; `Conflict(WebhookEnded)`.
pub async fn test(ctx: &Ctx, id: Uuid) -> Result<Webhook> {
    let mut hook = changeable(ctx, id).await?;
    hook.ping_id = Some(ctx.clock.id());
    stored::store(ctx, &hook, &[Column::PingId]).await?;
    Webhook::of(ctx, hook)
}

/// The caller's webhook, which is not over.
async fn changeable(ctx: &Ctx, id: Uuid) -> Result<Stored> {
    ctx.actor.must_be_itself()?;
    let hook = stored::find(ctx, id).await?;
    if hook.state == ENDED {
        let text =
            "the webhook has ended: make another one, with its `cursor` as `after` to go on where it was";
        return Err(Error::Conflict(Code::WebhookEnded, text.into()));
    }
    Ok(hook)
}
