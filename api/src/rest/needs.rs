//! What follows from a needs assessment: its renewal, and the proposal of a plan.

use axum::{Json, extract::Path};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    answer::Answer,
    body::{Input, Optional},
    caller::SignedIn,
    if_match::Creating,
    problem::{Problem, WriteProblems},
    records::Records,
};
use crate::{
    domain::needs::{
        proposal::{PlanProposal, ProposalInput, propose},
        renewal::{Renewal, RenewalInput, renew},
    },
    state::AppState,
};

/// Routes of renewals and proposals.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(renew_assessment)).routes(routes!(propose_plan))
}

#[utoipa::path(post, path = "/assessments/{id}/renew", tag = "Needs assessment",
    summary = "Renew an assessment",
    description = "Makes a new assessment, which is being answered, from a validated or closed one, with a newer edition of its questionnaire or another one. Answers are carried over where the new questionnaire keeps their question, by its code or as `replaces`, with its answer type, and where the value fits; the answer lists what was carried over and what was not, as far as the caller sees it. The old assessment stays as it is.",
    params(("id" = String, Path, description = "Id of the assessment")),
    request_body = RenewalInput,
    responses((status = 201, description = "The new assessment, and what became of the answers", body = ref("#/components/schemas/AssessmentRenewal"), headers(("ETag" = String), ("Location" = String), ("Content-Language" = String))), WriteProblems))]
async fn renew_assessment(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    _: Creating,
    Input(input): Input<RenewalInput>,
) -> Result<Answer, Problem> {
    let assessment = addresses::id(&id)?;
    let (row, renewed) = renew(&ctx, Renewal { assessment, input }).await?;
    Records { def: row.def(), ctx }.renewed(&row, &renewed).await
}

#[utoipa::path(post, path = "/assessments/{id}/plan-proposal", tag = "Needs assessment",
    summary = "Propose a plan from an assessment",
    description = "Proposes pillars, objectives and actions for the open gaps of a validated or closed assessment, from the built-in template, each action with an agency that is to lead by its state functions; for a new plan, or for one that is there. Nothing is written: `batch` is a body of `POST /batch`, to be edited and sent, whole or in part. It binds nobody.",
    params(("id" = String, Path, description = "Id of the assessment")),
    request_body = Option<ProposalInput>,
    responses((status = 200, description = "The proposal", body = PlanProposal), WriteProblems))]
async fn propose_plan(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Optional(Input(input)): Optional<Input<ProposalInput>>,
) -> Result<Json<PlanProposal>, Problem> {
    let assessment = addresses::id(&id)?;
    Ok(Json(propose(&ctx, assessment, &input).await?))
}
