//! The moves of tasks.

use axum::extract::Path;
use kernel::{Error, policy::Verb};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    domain::{
        cooperation::task::{Task, lifecycle},
        lifecycle::MoveState,
        moves::{self, AssignInput, Target, TaskMoveInput},
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
        .routes(routes!(task_moves))
        .routes(routes!(assign_task))
        .routes(routes!(start_task))
        .routes(routes!(submit_task))
        .routes(routes!(complete_task))
        .routes(routes!(return_task))
        .routes(routes!(block_task))
        .routes(routes!(unblock_task))
        .routes(routes!(cancel_task))
        .routes(routes!(reopen_task))
}

fn target(id: &str, version: Option<i32>, verb: Verb) -> Result<Target, Error> {
    Ok(Target { id: id.parse().map_err(|_| Error::NotFound)?, version, verb })
}

#[utoipa::path(get, path = "/tasks/{id}/moves", tag = "Cooperation",
    summary = "List the moves of a task",
    description = "Lists the moves the lifecycle knows from the present state, each with whether the caller can make it now and which facts are missing.",
    params(("id" = String, Path, description = "Id of the task")),
    responses((status = 200, description = "The moves", body = Vec<MoveState>), ReadProblems))]
async fn task_moves(
    Caller(ctx): Caller,
    Path(id): Path<String>,
) -> Result<axum::Json<Vec<MoveState>>, Problem> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    Ok(axum::Json(lifecycle::moves(&ctx, id).await?))
}

#[utoipa::path(post, path = "/tasks/{id}/assign", tag = "Cooperation",
    summary = "Assign a planned task",
    description = "Assign a planned task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<AssignInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn assign_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<AssignInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Assign)?;
    standard::saved(
        &ctx,
        ctx.write(async move |unit| moves::assign_task(unit, to, &input).await).await?,
        false,
    )
    .await
}

#[utoipa::path(post, path = "/tasks/{id}/start", tag = "Cooperation",
    summary = "Start an assigned task",
    description = "Start an assigned task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn start_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Start)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/submit", tag = "Cooperation",
    summary = "Submit a task for review",
    description = "Submit a task for review. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn submit_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Submit)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/complete", tag = "Cooperation",
    summary = "Complete a task in review",
    description = "Complete a task in review. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn complete_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Complete)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/return", tag = "Cooperation",
    summary = "Return a task in review to work",
    description = "Return a task in review to work. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn return_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Return)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/block", tag = "Cooperation",
    summary = "Block a task",
    description = "Block a task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn block_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Block)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/unblock", tag = "Cooperation",
    summary = "Unblock a task",
    description = "Unblock a task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn unblock_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Unblock)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/cancel", tag = "Cooperation",
    summary = "Cancel a task",
    description = "Cancel a task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn cancel_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Cancel)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}

#[utoipa::path(post, path = "/tasks/{id}/reopen", tag = "Cooperation",
    summary = "Reopen a done or cancelled task",
    description = "Reopen a done or cancelled task. Needs `If-Match` with the ETag that was read; what the state does not allow, or lacks, answers 409 `illegal_move`.",
    params(("id" = String, Path, description = "Id of the task"), ("If-Match" = Option<String>, Header, description = "ETag that was read")),
    request_body = Option<TaskMoveInput>,
    responses((status = 200, description = "The task as it is now", body = Task, headers(("ETag" = String))), WriteProblems))]
async fn reopen_task(
    Known(ctx): Known,
    Path(id): Path<String>,
    IfMatch(version): IfMatch,
    Optional(input): Optional<TaskMoveInput>,
) -> Result<Saved<Task>, Problem> {
    let to = target(&id, version, Verb::Reopen)?;
    standard::saved(&ctx, ctx.write(async move |unit| moves::move_task(unit, to, &input).await).await?, false)
        .await
}
