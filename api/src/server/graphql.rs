//! The address `/graphql`.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Code, Error};

use crate::{
    graphql::http,
    rest::{
        body::Members,
        caller::{authenticate, pairs},
        problem::Problem,
    },
    state::AppState,
};

/// Runs a request in a JSON body.
pub(super) async fn by_post(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    use axum::extract::FromRequest;
    let (parts, body) = request.into_parts();
    let (ctx, _) = authenticate(&parts, &state).await?;
    let members = Members::from_request(Request::from_parts(parts, body), &state).await?;
    let request = http::request(&members.0).map_err(|why| Error::bad_request("", Code::BadRequest, why))?;
    Ok(http::answer(&http::run(&state, ctx, request).await))
}

/// Runs a query in the query string; mutations by GET are refused.
pub(super) async fn by_get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let (ctx, _) = authenticate(&parts, &state).await?;
    let Some(asked) = http::by_get(&pairs(parts.uri.query())) else {
        let text = "by GET, `query` holds a query and no mutation; `variables` is JSON";
        return Ok((
            StatusCode::BAD_REQUEST,
            Problem::from(Error::bad_request("?query", Code::BadRequest, text)),
        )
            .into_response());
    };
    Ok(http::answer(&http::run(&state, ctx, asked).await))
}
