//! The moves of plans.

use axum::extract::Path;
use kernel::{Error, policy::Verb};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    domain::{
        lifecycle::MoveState,
        moves::{self, AdoptInput, PlanMoveInput, Target},
        plans::plan::{Plan, lifecycle},
    },
    rest::{
        body::Optional,
        caller::{Caller, Known},
        problem::{Problem, ReadProblems, WriteProblems},
        saved::{IfMatch, Saved},
        standard,
    },
    state::AppState,
};

/// Routes of the moves.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(plan_moves))
        .routes(routes!(consult_plan))
        .routes(routes!(submit_plan))
        .routes(routes!(recall_plan))
        .routes(routes!(adopt_plan))
        .routes(routes!(return_plan))
        .routes(routes!(withdraw_plan))
        .routes(routes!(start_plan))
        .routes(routes!(review_plan))
        .routes(routes!(resume_plan))
        .routes(routes!(close_plan))
}

fn target(id: &str, version: Option<i32>, verb: Verb) -> Result<Target, Error> {
    Ok(Target { id: id.parse().map_err(|_| Error::NotFound)?, version, verb })
}

#[utoipa::path(get, path = "/plans/{id}/moves", tag = "Plans",
    summary = "List the moves of a plan",
    description = "Lists the moves the lifecycle knows from the present state, each with whether the caller can make it now and which facts are missing.",
    params(("id" = String, Path, description = "Id of the plan")),
    responses((status = 200, description = "The moves", body = Vec<MoveState>), ReadProblems))]
async fn plan_moves(
    Caller(ctx): Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<Vec<MoveState>>, Problem> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    Ok(axum::Json(lifecycle::moves(&ctx, id).await?))
}

#[utoipa::path(post, path = "/plans/{id}/consult", tag = "Plans",
    summary = "Send a draft plan to consultation",
    description = "Send a draft plan to consultation. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn consult_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Consult)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/submit", tag = "Plans",
    summary = "Submit a plan for adoption",
    description = "Submit a plan for adoption. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn submit_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Submit)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/recall", tag = "Plans",
    summary = "Take a plan back to draft",
    description = "Take a plan back to draft. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn recall_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Recall)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/adopt", tag = "Plans",
    summary = "Adopt a submitted plan",
    description = "Adopt a submitted plan. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = AdoptInput,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn adopt_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<AdoptInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Adopt)?;
    standard::saved(
        &ctx,
        ctx.write(async move |unit| moves::adopt_plan(unit, to, &input).await).await?,
        false,
    )
    .await
}

#[utoipa::path(post, path = "/plans/{id}/return", tag = "Plans",
    summary = "Return a submitted plan to draft",
    description = "Return a submitted plan to draft. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn return_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Return)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/withdraw", tag = "Plans",
    summary = "Withdraw an adopted plan",
    description = "Withdraw an adopted plan. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn withdraw_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Withdraw)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/start", tag = "Plans",
    summary = "Start the implementation of an adopted plan",
    description = "Start the implementation of an adopted plan. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn start_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Start)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/review", tag = "Plans",
    summary = "Put a running plan under review",
    description = "Put a running plan under review. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn review_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Review)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/resume", tag = "Plans",
    summary = "Resume a plan after its review",
    description = "Resume a plan after its review. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn resume_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Resume)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/plans/{id}/close", tag = "Plans",
    summary = "Close a plan after its review",
    description = "Close a plan after its review. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the plan"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<PlanMoveInput>,
    responses((status = 200, description = "The plan as it is now", body = Plan, headers(("ETag" = String))), WriteProblems))]
async fn close_plan(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<PlanMoveInput>,
) -> Result<Saved<Plan>, Problem> {
    let to = target(&id, version, Verb::Close)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_plan(unit, to, &input).await).await?, false)
        .await
}
