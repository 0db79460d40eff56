//! The address `/graphql`.

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Code, Error};

use crate::{
    graphql::http::{self, Call, Media},
    rest::{
        body::{BodyLimit, Members},
        caller::{authenticate, pairs},
        problem::Problem,
    },
    state::AppState,
};

/// Runs a request in a JSON body.
pub(super) async fn by_post(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let media = media(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let (ctx, _) = authenticate(&parts, &state).await?;
    if !ctx.actor.is_known() {
        parts.extensions.insert(BodyLimit(state.limits.bodies.graphql_anonymous_bytes));
    }
    let call = Call { meter: parts.extensions.get().cloned(), may_write: true };
    let members = Members::from_request(Request::from_parts(parts, body), &state).await?;
    let request = http::request(&members.0).map_err(|why| Error::bad_request("", Code::BadRequest, why))?;
    Ok(respond(http::run(&state, ctx, request, &call).await?, media))
}

/// Runs a query in the query string; mutations by GET are refused.
pub(super) async fn by_get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let media = media(request.headers())?;
    let (parts, _) = request.into_parts();
    let (ctx, _) = authenticate(&parts, &state).await?;
    let request = http::by_get(&pairs(parts.uri.query()))
        .map_err(|why| Error::bad_request("?query", Code::BadRequest, why))?;
    let call = Call { meter: parts.extensions.get().cloned(), may_write: false };
    Ok(respond(http::run(&state, ctx, request, &call).await?, media))
}

fn media(headers: &HeaderMap) -> Result<Media, Problem> {
    let accept = headers.get(header::ACCEPT).map(|value| value.to_str().unwrap_or_default());
    Media::wanted(accept).ok_or_else(|| {
        let text = "answers are application/graphql-response+json or application/json";
        Problem::Http(Code::NotAcceptable, text.into())
    })
}

fn respond(response: Option<async_graphql::Response>, media: Media) -> Response {
    let Some(response) = response else {
        let text = "by GET only queries are run; send mutations by POST";
        let mut refused = Problem::Http(Code::MethodNotAllowed, text.into()).into_response();
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return refused;
    };
    let (status, body) = http::answer(&response, media);
    let mut out = Response::new(Body::from(body));
    *out.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    out.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    out
}
