//! Webhooks.

use kernel::{Code, Ctx, Error, Result};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Found, Run,
    json::of_value,
    roots::{following, or_null, text},
};
use crate::{
    domain::exchange::webhooks,
    graphql::{
        selection::Item,
        types::{WebhookInput, WebhookWrite},
    },
    outgoing::hooks::Hooks,
};

impl Run {
    /// Webhooks of the caller.
    pub(super) async fn webhooks(&self, item: &Item) -> Result<Found> {
        let (after, first) = following(item)?;
        Ok(of_value(&serde_json::to_value(webhooks::list(&self.ctx, after, first).await?)?))
    }

    /// A webhook of the caller.
    pub(super) async fn webhook(&self, item: &Item) -> Result<Found> {
        let Ok(id) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        or_null(webhooks::find(&self.ctx, id).await)
    }

    /// What became of the last messages of a webhook.
    pub(super) async fn webhook_attempts(&self, item: &Item) -> Result<Found> {
        let Ok(id) = text(item, "id").parse::<Uuid>() else { return Ok(Found::Null) };
        or_null(webhooks::attempts(&self.ctx, id).await)
    }
}

/// Does something with a webhook.
pub(super) async fn write(
    call: &Ctx,
    hooks: &Hooks,
    of: WebhookWrite,
    mut input: Map<String, Json>,
) -> Result<Found> {
    let id = input.remove("id").unwrap_or_default();
    let WebhookInput { id } = serde_json::from_value(Json::Object(Map::from_iter([("id".to_owned(), id)])))?;
    let done = match of {
        WebhookWrite::Update => webhooks::update(call, hooks, (id, &read(input)?)).await?,
        WebhookWrite::Pause => webhooks::pause(call, id).await?,
        WebhookWrite::Resume => webhooks::resume(call, id, &read(input)?).await?,
        WebhookWrite::Test => webhooks::test(call, id).await?,
        WebhookWrite::Delete => {
            let webhook = webhooks::find(call, id).await?;
            webhooks::delete(call, id).await?;
            webhook
        }
    };
    Ok(of_value(&serde_json::to_value(&done)?))
}

/// Reads what has its types already; only null may stand where none may.
fn read<T: DeserializeOwned>(input: Map<String, Json>) -> Result<T> {
    let wrong = |_| Error::invalid("", Code::WrongType, "leave out what stays; null is no value of it");
    serde_json::from_value(Json::Object(input)).map_err(wrong)
}
