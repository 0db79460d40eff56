//! What is bounded, and where the bounds are.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    caller::Caller,
    problem::{Problem, ReadProblems},
};
use crate::{limits::listing::LimitList, state::AppState};

/// Routes of the limits.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_limits))
}

#[utoipa::path(get, path = "/limits", tag = "Service",
    summary = "List the limits",
    description = "Every limit of this installation as it is enforced: bodies, pages, batches, GraphQL documents, rates, times, connections.",
    responses((status = 200, description = "The limits", body = LimitList), ReadProblems))]
async fn list_limits(State(state): State<AppState>, _: Caller) -> Result<axum::Json<LimitList>, Problem> {
    Ok(axum::Json(state.limits.list()))
}
