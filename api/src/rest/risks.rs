//! How a risk has changed, and the order of priorities.

use axum::extract::Path;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    caller::Caller,
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::risks::{
        ranking::{Ranking, ranking},
        trend::{RiskTrend, trend},
    },
    state::AppState,
};

/// Routes of what is reckoned from risks and priorities.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_risk_trend)).routes(routes!(get_priority_ranking))
}

#[utoipa::path(get, path = "/risks/{id}/trend", tag = "Risks and priorities",
    summary = "Read how a risk has changed",
    description = "Reads the states of a risk in which likelihood or impact changed, oldest first, as far as the caller may see them.",
    params(("id" = String, Path, description = "Id of the risk")),
    responses((status = 200, description = "The states", body = RiskTrend, headers(("ETag" = String))), ReadProblems))]
async fn get_risk_trend(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&trend(&ctx, id).await?)?)
}

#[utoipa::path(get, path = "/priority-methods/{id}/ranking", tag = "Risks and priorities",
    summary = "Rank the priorities of a method",
    description = "Reads the priorities of a method that the caller sees in their order: each with the rank by its total, counted among these, whether others have the same, and the rank that was given instead, with the reason. The first 1000.",
    params(("id" = String, Path, description = "Id of the method")),
    responses((status = 200, description = "The priorities in their order", body = Ranking, headers(("ETag" = String))), ReadProblems))]
async fn get_priority_ranking(Caller(ctx): Caller, Path(id): Path<String>) -> Result<Answer, Problem> {
    let id = addresses::id(&id)?;
    Ok(Answer::of(&ranking(&ctx, id).await?)?)
}
