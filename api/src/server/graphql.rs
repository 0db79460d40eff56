//! The address `/graphql`.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream::iter};
use kernel::{Code, Error};

use crate::{
    graphql::http::{self, Call, Media},
    preference::Accept,
    rest::{
        body::{BodyLimit, Members},
        caller::{authenticate, pairs},
        changes::EVENTS,
        problem::Problem,
    },
    state::AppState,
    streams::detach,
};

/// Runs a request in a JSON body.
pub(super) async fn by_post(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let accept = Accept::of(request.headers());
    let streamed = accept.names(EVENTS);
    let media = if streamed { Media::GraphqlResponse } else { media(&accept)? };
    let (mut parts, body) = request.into_parts();
    let (ctx, identity) = authenticate(&parts, &state).await?;
    if !ctx.actor.is_known() {
        parts.extensions.insert(BodyLimit(state.limits.bodies.graphql_anonymous_bytes));
    }
    let call = Call { ctx, identity, meter: parts.extensions.get().cloned(), may_write: true };
    let members = Members::from_request(Request::from_parts(parts, body), &state).await?;
    let request = http::request(&members.0).map_err(|why| Error::bad_request("", Code::BadRequest, why))?;
    if streamed {
        return stream(&state, call, request);
    }
    Ok(respond(http::run(&state, call, request).await?, media))
}

/// Runs a query in the query string; mutations by GET are refused.
pub(super) async fn by_get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let media = media(&Accept::of(request.headers()))?;
    let (parts, _) = request.into_parts();
    let (ctx, identity) = authenticate(&parts, &state).await?;
    let request = http::by_get(&pairs(parts.uri.query()))
        .map_err(|why| Error::bad_request("?query", Code::BadRequest, why))?;
    let call = Call { ctx, identity, meter: parts.extensions.get().cloned(), may_write: false };
    Ok(respond(http::run(&state, call, request).await?, media))
}

/// Answers a subscription as server-sent events: `next` for each answer, `complete` at the end.
fn stream(state: &AppState, call: Call, request: http::Sent) -> Result<Response, Problem> {
    let seat = state.streams.take(call.ctx.actor.user)?;
    let answers = match http::subscribe(state, call, request) {
        Ok(answers) => answers,
        Err(refusal) => return Ok(respond(Some(*refusal), Media::GraphqlResponse)),
    };
    let next = |answer: &async_graphql::Response| {
        Event::default().event("next").data(serde_json::to_string(answer).unwrap_or_default())
    };
    let told = detach(state, seat, answers).map(move |answer| next(&answer));
    let events = told.chain(iter([Event::default().event("complete").data("")])).map(Ok::<_, Infallible>);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn media(accept: &Accept<'_>) -> Result<Media, Problem> {
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
