//! Consultations, and what regional plans and regions come to.

use axum::extract::Path;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    caller::Caller,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::{
        plans::consultation::{PlanConsultation, consultation},
        regional::{
            gaps::{RegionGaps, gaps},
            roll_up::{PlanRollUp, roll_up},
        },
    },
    state::AppState,
};

/// Routes of consultations and roll-ups.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_plan_consultation))
        .routes(routes!(get_plan_roll_up))
        .routes(routes!(get_region_gaps))
}

#[utoipa::path(get, path = "/plans/{id}/consultation", tag = "Plans",
    summary = "Read the consultation on a plan",
    description = "Reads what is said of a plan and its content and not settled yet, and which actions close no gap or reduce no risk, as far as the caller may see it: in the edition that is worked on, where the caller works on it. What the plan's `preconditions` name must be settled before `submit`; the rest is a warning.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "What is open", body = PlanConsultation, headers(("ETag" = String))), ReadProblems))]
async fn get_plan_consultation(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&consultation(&ctx, id).await?)?)
}

#[utoipa::path(get, path = "/plans/{id}/roll-up", tag = "Regional plans",
    summary = "Read what a regional plan comes to",
    description = "Adds up the actions, gaps and indicators that the items of a region's plan link to: only records that countries have released to the region and that the caller may see. Says of how many of the member countries they are, and where indicators of one unit are defined in several ways.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "The figures", body = PlanRollUp, headers(("ETag" = String))), ReadProblems))]
async fn get_plan_roll_up(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&roll_up(&ctx, id).await?)?)
}

#[utoipa::path(get, path = "/regions/{id}/gaps", tag = "Regional plans",
    summary = "Count the gaps of a region by area",
    description = "Counts the gaps that member countries have released to the region and that the caller may see, by area of capability, and says of how many of the member countries they are.",
    params(("id" = String, Path, description = "Id or code of the region")),
    responses((status = 200, description = "The counts", body = RegionGaps, headers(("ETag" = String))), ReadProblems))]
async fn get_region_gaps(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    Ok(Answer::of(&gaps(&ctx, &id).await?)?)
}
