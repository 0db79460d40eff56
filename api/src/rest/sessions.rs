//! The caller's own sessions.

use axum::{Json, extract::Path, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    caller::Person,
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    signin::own_sessions::{self, OwnSessions},
    state::AppState,
};

/// Routes of the caller's sessions.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_sessions, end_other_sessions)).routes(routes!(end_session))
}

#[utoipa::path(get, path = "/me/sessions", tag = "Sign-in",
    summary = "List one's sessions",
    description = "Lists the caller's sessions that are not over, newest first, and says which one asks.",
    responses((status = 200, description = "The sessions", body = OwnSessions), ReadProblems))]
async fn list_sessions(Person(ctx, caller): Person) -> Result<Json<OwnSessions>, Problem> {
    Ok(Json(own_sessions::list(&ctx, caller.user, caller.id).await?))
}

#[utoipa::path(delete, path = "/me/sessions", tag = "Sign-in",
    summary = "End all one's other sessions",
    description = "Ends all sessions of the caller but the one that asks; their tokens are refused from then on.",
    responses((status = 204, description = "The other sessions have ended"), WriteProblems))]
async fn end_other_sessions(Person(ctx, caller): Person) -> Result<StatusCode, Problem> {
    own_sessions::end_others(&ctx, caller.user, caller.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "Sign-in",
    summary = "End one of one's sessions",
    description = "Ends one session of the caller; its tokens are refused from then on.",
    params(("id" = String, Path, description = "Id of the session")),
    responses((status = 204, description = "The session has ended"), WriteProblems))]
async fn end_session(Person(ctx, caller): Person, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let session = addresses::id(&id)?;
    own_sessions::end(&ctx, caller.user, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
