//! Signing in, and about oneself.

use axum::{extract::State, http::StatusCode};
use kernel::Error;
use serde::Deserialize;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder,
        schema::{Object, SchemaType, Type},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    body::Input,
    caller::{Oneself, Person},
    device::FromDevice,
    problem::{Problem, ReadProblems, WriteProblems},
};
use crate::{
    domain::me::{self, Me},
    signin::{
        password::{MAX_CHARS, MIN_CHARS, MIN_CHARS_WITH_FACTOR},
        session::{self, Change, Login, Tokens},
    },
    state::AppState,
};

/// Routes of signing in.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(change_password))
        .routes(routes!(get_me))
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "focal_point@kgz.demo", "password": "rehearsal-only-Concord-demo"}))]
pub struct LoginInput {
    /// E-mail address.
    #[schema(min_length = 1, max_length = 200)]
    pub email: String,
    /// Password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
    /// Code of the second factor, where the account has one: six digits, or a recovery code.
    #[schema(min_length = 6, max_length = 40)]
    pub code: Option<String>,
}

/// The token to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "0198c0de-0000-7000-8000-000000000001.c2VjcmV0"}))]
pub struct RefreshInput {
    /// The newest refresh token of the session.
    #[schema(min_length = 1, max_length = 400)]
    pub refresh_token: String,
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"old_password": "rehearsal-only-Concord-demo", "new_password": "another long pass phrase"}))]
pub struct PasswordInput {
    /// The present password.
    #[schema(min_length = 1, max_length = 200)]
    pub old_password: String,
    /// The password from now on.
    #[schema(schema_with = new_password)]
    pub new_password: String,
}

/// The schema of a password to be set, bounded as it is judged; one that is too short is judged as too weak.
pub(super) fn new_password() -> Object {
    let rule = format!(
        "The password from now on: {MIN_CHARS} characters or more ({MIN_CHARS_WITH_FACTOR} beside a second factor), \
         {MAX_CHARS} at most, no common one."
    );
    ObjectBuilder::new()
        .schema_type(SchemaType::new(Type::String))
        .description(Some(rule))
        .min_length(Some(1))
        .max_length(Some(MAX_CHARS))
        .build()
}

#[utoipa::path(post, path = "/auth/login", tag = "Sign-in",
    summary = "Sign in",
    description = "Answers an access token of 15 minutes and a refresh token. Unknown users and wrong passwords answer alike. An account with a second factor answers `second_factor_required` until `code` is right. Whoever fails often waits, by account and by address.",
    request_body = LoginInput,
    responses((status = 200, description = "The tokens", body = Tokens), WriteProblems))]
async fn login(
    State(state): State<AppState>,
    FromDevice(device): FromDevice,
    Input(input): Input<LoginInput>,
) -> Result<axum::Json<Tokens>, Problem> {
    let who = Login {
        email: &input.email,
        password: &input.password,
        code: input.code.as_deref(),
        device: &device,
    };
    Ok(axum::Json(session::login(&state.ctx(None), &state.keys, who).await?))
}

#[utoipa::path(post, path = "/auth/refresh", tag = "Sign-in",
    summary = "Renew the access token",
    description = "Exchanges a refresh token for a new access token and the next refresh token; the old one is spent. Sent again within 30 seconds, by another tab or because the answer was lost, it is answered with the same next one. Sent later, or once the next one is spent too, it ends the session: `refresh_token_reused`.",
    request_body = RefreshInput,
    responses((status = 200, description = "The tokens", body = Tokens), WriteProblems))]
async fn refresh(
    State(state): State<AppState>,
    Input(input): Input<RefreshInput>,
) -> Result<axum::Json<Tokens>, Problem> {
    Ok(axum::Json(session::refresh(&state.ctx(None), &state.keys, &input.refresh_token).await?))
}

#[utoipa::path(post, path = "/auth/logout", tag = "Sign-in",
    summary = "Sign out",
    description = "Ends the session of the access token; its refresh token is spent.",
    responses((status = 204, description = "The session has ended"), WriteProblems))]
async fn logout(Person(ctx, caller): Person) -> Result<StatusCode, Problem> {
    session::logout(&ctx, caller.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/auth/password", tag = "Sign-in",
    summary = "Change one's password",
    description = "Changes the caller's password and ends all other sessions.",
    request_body = PasswordInput,
    responses((status = 204, description = "The password is changed"), WriteProblems))]
async fn change_password(
    State(state): State<AppState>,
    Person(ctx, caller): Person,
    Input(input): Input<PasswordInput>,
) -> Result<StatusCode, Problem> {
    let (old, new) = (&*input.old_password, &*input.new_password);
    let change = Change { user: caller.user, session: caller.id, old, new };
    session::change_password(&ctx, &state.keys, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/me", tag = "Sign-in",
    summary = "Read about oneself",
    description = "Answers the caller's account, owners, grants, and the kinds of which it may create records.",
    responses((status = 200, description = "The caller", body = Me), ReadProblems))]
async fn get_me(Oneself(ctx): Oneself) -> Result<axum::Json<Me>, Problem> {
    let me = me::me(&ctx).await?;
    Ok(axum::Json(me.ok_or(Error::NotFound)?))
}
