//! Webhooks: made, looked at, changed, paused, replayed, ended by who reads by them.

use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    body::{Input, Optional},
    caller::{Caller, SignedIn},
    listing::{Asking, Following},
    problem::{Problem, ProblemDetails, ReadProblems, WriteProblems},
};
use crate::{
    domain::exchange::webhooks::{
        self, AttemptPage, NewWebhook, Resumption, Rotation, Webhook, WebhookPage, WebhookPatch,
    },
    state::AppState,
};

/// Routes of webhooks.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(get_webhook, update_webhook, delete_webhook))
        .routes(routes!(rotate_webhook))
        .routes(routes!(pause_webhook))
        .routes(routes!(resume_webhook))
        .routes(routes!(test_webhook))
        .routes(routes!(list_webhook_attempts))
}

#[utoipa::path(post, path = "/webhooks", tag = "Webhooks",
    summary = "Make a webhook",
    description = "Sends what the feed (`GET /changes`) tells the caller to an address, from now on or after a cursor: one message after the other, in the order of the feed, the next one once the one before was taken (2xx). A message is `{type, timestamp, data}`, where `data` is the item of the feed, with the record as the caller may see it when it is sent. It is signed as Standard Webhooks has it: by HMAC with a secret that this answer alone tells, or by Ed25519.",
    request_body = NewWebhook,
    responses((status = 201, description = "The webhook, with its secret", body = Webhook, headers(("Location" = String))), WriteProblems,
        (status = 410, description = "Refused: log_replaced, rights_changed", body = ProblemDetails, content_type = "application/problem+json")))]
async fn create_webhook(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    Input(new): Input<NewWebhook>,
) -> Result<Response, Problem> {
    let made = webhooks::create(&ctx, &state.hooks, &new).await?;
    let location = [(header::LOCATION, format!("/api/v1/webhooks/{}", made.id))];
    Ok((StatusCode::CREATED, location, Json(made)).into_response())
}

#[utoipa::path(get, path = "/webhooks", tag = "Webhooks",
    summary = "List your webhooks",
    description = "Lists the webhooks that the caller has made for the owner it acts under, the last one first; an API key lists those that it made.",
    params(Following),
    responses((status = 200, description = "Webhooks", body = WebhookPage), ReadProblems))]
async fn list_webhooks(Asking(ctx, asked): Asking<Following>) -> Result<Json<WebhookPage>, Problem> {
    Ok(Json(webhooks::list(&ctx, asked.after.as_deref(), asked.limit()?).await?))
}

#[utoipa::path(get, path = "/webhooks/{id}", tag = "Webhooks",
    summary = "Read a webhook",
    description = "Reads where a webhook sends, what, and how far it is: its state, why it is paused or has ended, and its last attempt.",
    params(("id" = String, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The webhook", body = Webhook), ReadProblems))]
async fn get_webhook(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::find(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(patch, path = "/webhooks/{id}", tag = "Webhooks",
    summary = "Change a webhook",
    description = "Changes where a webhook sends, and what. It goes on where it was; what is left out stays.",
    params(("id" = String, Path, description = "Id of the webhook")),
    request_body = WebhookPatch,
    responses((status = 200, description = "The webhook", body = Webhook), WriteProblems))]
async fn update_webhook(
    State(state): State<AppState>,
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Input(patch): Input<WebhookPatch>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::update(&ctx, &state.hooks, (addresses::id(&id)?, &patch)).await?))
}

#[utoipa::path(delete, path = "/webhooks/{id}", tag = "Webhooks",
    summary = "Delete a webhook",
    description = "Deletes a webhook, whatever its state. A message that is on its way may still arrive.",
    params(("id" = String, Path, description = "Id of the webhook")),
    responses((status = 204, description = "It is deleted"), WriteProblems))]
async fn delete_webhook(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    webhooks::delete(&ctx, addresses::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/webhooks/{id}/rotate", tag = "Webhooks",
    summary = "Replace the key of a webhook",
    description = "Makes another key, whose secret this answer alone tells. For 24 hours, or as many as are said, messages carry a signature by each of the two.",
    params(("id" = String, Path, description = "Id of the webhook")),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The webhook, with its new secret", body = Webhook), WriteProblems))]
async fn rotate_webhook(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Optional(Input(rotation)): Optional<Input<Rotation>>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::rotate(&ctx, addresses::id(&id)?, &rotation).await?))
}

#[utoipa::path(post, path = "/webhooks/{id}/pause", tag = "Webhooks",
    summary = "Pause a webhook",
    description = "Lets a webhook send nothing until it is resumed. Nothing is lost: it goes on where it was.",
    params(("id" = String, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The webhook", body = Webhook), WriteProblems))]
async fn pause_webhook(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::pause(&ctx, addresses::id(&id)?).await?))
}

#[utoipa::path(post, path = "/webhooks/{id}/resume", tag = "Webhooks",
    summary = "Resume or replay a webhook",
    description = "Lets a webhook go on: where it stopped, after a cursor of the feed (what came later is sent again, under the same message ids), or from `now`. After `rights_changed` the cursor is of no more use: read the lists anew, and go on from a new one.",
    params(("id" = String, Path, description = "Id of the webhook")),
    request_body = Option<Resumption>,
    responses((status = 200, description = "The webhook", body = Webhook), WriteProblems,
        (status = 410, description = "Refused: log_replaced, rights_changed", body = ProblemDetails, content_type = "application/problem+json")))]
async fn resume_webhook(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Optional(Input(resumption)): Optional<Input<Resumption>>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::resume(&ctx, addresses::id(&id)?, &resumption).await?))
}

#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "Webhooks",
    summary = "Test a webhook",
    description = "Has a message of type `ping` sent within seconds, whatever the state of the webhook. What became of it is told by its attempts; it changes nothing else.",
    params(("id" = String, Path, description = "Id of the webhook")),
    responses((status = 202, description = "The webhook; the message is sent within seconds", body = Webhook, headers(("Location" = String))), WriteProblems))]
async fn test_webhook(SignedIn(ctx): SignedIn, Path(id): Path<String>) -> Result<Response, Problem> {
    let tested = webhooks::test(&ctx, addresses::id(&id)?).await?;
    let location = [(header::LOCATION, format!("/api/v1/webhooks/{}/attempts", tested.id))];
    Ok((StatusCode::ACCEPTED, location, Json(tested)).into_response())
}

#[utoipa::path(get, path = "/webhooks/{id}/attempts", tag = "Webhooks",
    summary = "List the last attempts of a webhook",
    description = "Lists the last attempts to send a message, the last one first: which message, when, and the status of the answer or why none came.",
    params(("id" = String, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The attempts", body = AttemptPage), ReadProblems))]
async fn list_webhook_attempts(
    Caller(ctx): Caller,
    Path(id): Path<String>,
) -> Result<Json<AttemptPage>, Problem> {
    Ok(Json(webhooks::attempts(&ctx, addresses::id(&id)?).await?))
}
