//! Closed lists with their labels.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    caller::Caller,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::vocabularies::{Term, terms},
    state::AppState,
};

/// Routes of the closed lists.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_vocabularies))
}

#[utoipa::path(get, path = "/vocabularies", tag = "Reference data",
    summary = "List the closed lists",
    description = "Every code of every closed list with its labels; a label is null where nobody was sure.",
    responses((status = 200, description = "The codes", body = Vec<Term>), ReadProblems))]
async fn list_vocabularies(_: Caller) -> Result<axum::Json<&'static [Term]>, Problem> {
    Ok(axum::Json(terms()))
}
