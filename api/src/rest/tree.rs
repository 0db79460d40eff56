//! A plan with all its content in one document.

use axum::extract::Path;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    edition::Stated,
    problem::{Problem, ReadProblems},
};
use crate::{domain::tree::tree, state::AppState};

/// Routes of the tree.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_plan_tree))
}

#[utoipa::path(get, path = "/plans/{id}/tree", tag = "Plans",
    summary = "Read a plan with all its content",
    description = "Reads a plan with its sections, pillars, objectives and actions and the obligations they serve, as far as the caller may see them.",
    params(("id" = String, Path, description = "Id of the plan"),
        ("edition" = Option<String>, Query, description = "Edition to read: `in_force` (the default), `working`, or a number."),
        ("as_of" = Option<String>, Query, description = "State to read: a day, which means its end in UTC, or an instant.")),
    responses((status = 200, description = "The plan with its content", body = ref("#/components/schemas/PlanTree"), headers(("ETag" = String), ("Content-Language" = String))), ReadProblems))]
async fn get_plan_tree(Stated(ctx, edition): Stated, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    let tree = tree(&ctx, id, edition).await?;
    Ok(Answer { language: tree.language(), ..Answer::of(&tree)? })
}
