//! Invitations and resets: tokens with which a person sets a password.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    addresses,
    auth::new_password,
    body::{Input, Optional},
    caller::SignedIn,
    problem::{Problem, WriteProblems},
};
use crate::{
    signin::password_token::{self, PasswordToken},
    state::AppState,
};

/// Routes of password tokens.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(issue_password_token))
        .routes(routes!(issue_password_token_for_grant))
        .routes(routes!(accept_password_token))
}

/// What the token does besides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reset_second_factor": true}))]
pub struct PasswordTokenInput {
    /// Whether it takes the person's second factor away; default false.
    #[serde(default)]
    pub reset_second_factor: bool,
}

/// The token and the password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "c2VjcmV0", "password": "another long pass phrase"}))]
pub struct AcceptInput {
    /// The token, as its issuer handed it over.
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    /// The password from now on.
    #[schema(schema_with = new_password)]
    pub password: String,
}

#[utoipa::path(post, path = "/users/{id}/password-token", tag = "Access",
    summary = "Invite a person, or let it back in",
    description = "Answers, this once, a token of 24 hours with which the person sets a password; hand it over by other means. Earlier tokens end. Only who could give the person every grant it has may issue one.",
    params(("id" = String, Path, description = "Id of the user")),
    request_body = Option<PasswordTokenInput>,
    responses((status = 201, description = "The token", body = PasswordToken), WriteProblems))]
async fn issue_password_token(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Optional(Input(input)): Optional<Input<PasswordTokenInput>>,
) -> Result<(StatusCode, Json<PasswordToken>), Problem> {
    let user = addresses::id(&id)?;
    let issued = password_token::issue(&ctx, user, input.reset_second_factor).await?;
    Ok((StatusCode::CREATED, Json(issued)))
}

#[utoipa::path(post, path = "/grants/{id}/password-token", tag = "Access",
    summary = "Invite whom a grant is offered to",
    description = "Answers a token as for the user the grant is for: whose account it is stays hidden until the grant is accepted. Refused for somebody who has a password or rights of others: that person signs in and accepts the offer.",
    params(("id" = String, Path, description = "Id of the grant")),
    request_body = Option<PasswordTokenInput>,
    responses((status = 201, description = "The token", body = PasswordToken), WriteProblems))]
async fn issue_password_token_for_grant(
    SignedIn(ctx): SignedIn,
    Path(id): Path<String>,
    Optional(Input(input)): Optional<Input<PasswordTokenInput>>,
) -> Result<(StatusCode, Json<PasswordToken>), Problem> {
    let grant = addresses::id(&id)?;
    let issued = password_token::issue_for_grant(&ctx, grant, input.reset_second_factor).await?;
    Ok((StatusCode::CREATED, Json(issued)))
}

#[utoipa::path(post, path = "/auth/accept", tag = "Sign-in",
    summary = "Set a password with a token",
    description = "Sets the password of the person a token was issued for, spends the token, and ends all sessions of the person. The first password accepts what the issuer has offered, if the person holds no grant yet; what others have offered falls away.",
    request_body = AcceptInput,
    responses((status = 204, description = "The password is set; sign in with it"), WriteProblems))]
async fn accept_password_token(
    State(state): State<AppState>,
    Input(input): Input<AcceptInput>,
) -> Result<StatusCode, Problem> {
    password_token::accept(&state.ctx(None), &state.keys, &input.token, &input.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
