//! The figures of a plan: its progress and its money.

use axum::extract::Path;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    caller::Caller,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::delivery::{
        funding::{PlanFunding, funding},
        progress::{PlanProgress, progress},
    },
    state::AppState,
};

/// Routes of the figures.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_plan_progress)).routes(routes!(get_plan_funding))
}

#[utoipa::path(get, path = "/plans/{id}/progress", tag = "Delivery",
    summary = "Read how far a plan is",
    description = "Counts the actions and tasks of a plan that the caller may see, with their shares: of the whole, by pillar, objective, lead agency and hazard domain. Domains are those of the obligations that an action serves. What the owner tells of a pillar or an objective instead stands beside what is computed.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "How far the plan is", body = PlanProgress, headers(("ETag" = String))), ReadProblems))]
async fn get_plan_progress(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&progress(&ctx, id).await?)?)
}

#[utoipa::path(get, path = "/plans/{id}/funding", tag = "Delivery",
    summary = "Read what a plan needs and what pays for it",
    description = "Adds up the cost of a plan's actions and the amounts of their budget lines, as far as the caller may see them: of the whole, by objective, source and year, each currency for itself. Names the actions without funding.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "The money of the plan", body = PlanFunding, headers(("ETag" = String))), ReadProblems))]
async fn get_plan_funding(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&funding(&ctx, id).await?)?)
}
