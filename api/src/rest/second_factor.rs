//! The caller's second factor.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    body::Input,
    caller::Person,
    problem::{Problem, WriteProblems},
};
use crate::{
    signin::factor::{self, Enrolment, RecoveryCodes},
    state::AppState,
};

/// Routes of the second factor.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(enrol_second_factor))
        .routes(routes!(confirm_second_factor))
        .routes(routes!(disable_second_factor))
}

/// The present password, to show who asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "rehearsal-only-Concord-demo"}))]
pub struct EnrolInput {
    /// The present password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
}

/// What the authenticator shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "287082"}))]
pub struct ConfirmInput {
    /// The six digits.
    #[schema(min_length = 6, max_length = 40)]
    pub code: String,
}

/// The present password and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "rehearsal-only-Concord-demo", "code": "287082"}))]
pub struct DisableInput {
    /// The present password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
    /// Six digits, or a recovery code.
    #[schema(min_length = 6, max_length = 40)]
    pub code: String,
}

#[utoipa::path(post, path = "/auth/second-factor", tag = "Sign-in",
    summary = "Make a second factor",
    description = "Answers, this once, the secret for an authenticator (TOTP, six digits, 30 seconds, SHA-1). It counts once it is confirmed.",
    request_body = EnrolInput,
    responses((status = 201, description = "The secret", body = Enrolment), WriteProblems))]
async fn enrol_second_factor(
    State(state): State<AppState>,
    Person(ctx, caller): Person,
    Input(input): Input<EnrolInput>,
) -> Result<(StatusCode, Json<Enrolment>), Problem> {
    let made = factor::enrol(&ctx, &state.keys, caller.user, &input.password).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[utoipa::path(post, path = "/auth/second-factor/confirm", tag = "Sign-in",
    summary = "Put the second factor in force",
    description = "Takes a code of the authenticator, and answers, this once, ten recovery codes. From then on signing in asks for a code.",
    request_body = ConfirmInput,
    responses((status = 200, description = "The recovery codes", body = RecoveryCodes), WriteProblems))]
async fn confirm_second_factor(
    State(state): State<AppState>,
    Person(ctx, caller): Person,
    Input(input): Input<ConfirmInput>,
) -> Result<Json<RecoveryCodes>, Problem> {
    Ok(Json(factor::confirm(&ctx, &state.keys, caller.user, &input.code).await?))
}

#[utoipa::path(post, path = "/auth/second-factor/disable", tag = "Sign-in",
    summary = "Take the second factor away",
    description = "Needs the password, which must be long enough to stand alone, and a code.",
    request_body = DisableInput,
    responses((status = 204, description = "Signing in asks for no code any more"), WriteProblems))]
async fn disable_second_factor(
    State(state): State<AppState>,
    Person(ctx, caller): Person,
    Input(input): Input<DisableInput>,
) -> Result<StatusCode, Problem> {
    factor::disable(&ctx, &state.keys, caller.user, (&input.password, &input.code)).await?;
    Ok(StatusCode::NO_CONTENT)
}
