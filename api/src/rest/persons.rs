//! What is kept of a person: exported, and erased.

use axum::{Json, extract::Path};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    body::Members,
    caller::{Person, SignedIn},
    if_match::IfMatch,
    problem::{Problem, ReadProblems, WriteProblems},
    records::Records,
};
use crate::{
    domain::{
        access::{
            erasure::{Erasure, erase},
            export::{PersonExport, export},
        },
        purge::ReasonInput,
    },
    state::AppState,
};

/// Routes of persons.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export_user)).routes(routes!(erase_user))
}

#[utoipa::path(get, path = "/users/{id}/export", tag = "Access",
    summary = "Export what is kept of a person",
    description = "Answers everything that is kept of a person, without secrets: account, grants, sessions, and what the log keeps of them. For the person itself and the operator.",
    params(("id" = String, Path, description = "Id of the user")),
    responses((status = 200, description = "What is kept", body = PersonExport), ReadProblems))]
async fn export_user(Person(ctx, _): Person, Path(id): Path<String>) -> Result<Json<PersonExport>, Problem> {
    let user = addresses::id(&id)?;
    Ok(Json(export(&ctx, user).await?))
}

#[utoipa::path(post, path = "/users/{id}/erase", tag = "Access",
    summary = "Erase a person",
    description = "Ends the grants of a person, closes its account under a pseudonym, and destroys its sessions, password, second factor, and what the log holds of account and grants. What the person wrote stays, under the pseudonym. It cannot be taken back. For the person itself and the operator; needs `If-Match` with the ETag that was read.",
    params(("id" = String, Path, description = "Id of the user"), ("If-Match" = String, Header, description = "ETag that was read")),
    request_body = ReasonInput,
    responses((status = 200, description = "The account as it stays", body = ref("#/components/schemas/User"), headers(("ETag" = String))), WriteProblems))]
async fn erase_user(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Members(members): Members,
) -> Result<Answer, Problem> {
    let ReasonInput { reason } = ReasonInput::of(members)?;
    let user = addresses::id(&id)?;
    let row = erase(&ctx, Erasure { user, version, reason }).await?;
    Records { def: row.def(), ctx }.answer(&row, false).await
}
