//! What is offered to the caller: grants that it accepts or declines.

use axum::extract::Path;
use entity::vocab::Consent;
use kernel::Ctx;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    caller::Person,
    problem::{Problem, WriteProblems},
    records::Records,
};
use crate::{domain::access::consent, state::AppState};

/// Routes of offers.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(accept_grant)).routes(routes!(decline_grant))
}

#[utoipa::path(post, path = "/me/grants/{id}/accept", tag = "Sign-in",
    summary = "Accept an offered grant",
    description = "Brings a grant that is offered to the caller into force; further grants of its owner need no consent as long as the caller holds it.",
    params(("id" = String, Path, description = "Id of the grant")),
    responses((status = 200, description = "The grant", body = ref("#/components/schemas/Grant"), headers(("ETag" = String))), WriteProblems))]
async fn accept_grant(Person(ctx, _): Person, Path(id): Path<String>) -> Result<Answer, Problem> {
    answer(ctx, &id, Consent::Accepted).await
}

#[utoipa::path(post, path = "/me/grants/{id}/decline", tag = "Sign-in",
    summary = "Decline an offered grant",
    description = "Refuses a grant that is offered to the caller; it stays as it is, and never comes into force.",
    params(("id" = String, Path, description = "Id of the grant")),
    responses((status = 200, description = "The grant", body = ref("#/components/schemas/Grant"), headers(("ETag" = String))), WriteProblems))]
async fn decline_grant(Person(ctx, _): Person, Path(id): Path<String>) -> Result<Answer, Problem> {
    answer(ctx, &id, Consent::Declined).await
}

async fn answer(ctx: Ctx, id: &str, reply: Consent) -> Result<Answer, Problem> {
    let offer = addresses::id(id)?;
    let row = consent::answer(&ctx, offer, reply).await?;
    Records { def: row.def(), ctx }.answer(&row, false).await
}
