//! The address `/graphql`.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response, sse::Event},
};
use futures_util::StreamExt;
use kernel::{Code, Error};
use uuid::Uuid;

use crate::{
    graphql::http::{self, Admitted, Answer, GraphqlCall, Media, Sent},
    limits::meter::Meter,
    preference::Accept,
    rest::{
        body::{BodyLimit, Members},
        caller::recall,
        changes::{EVENTS, unbuffered},
        parameters::pairs,
        problem::Problem,
    },
    signin::identity::Recalled,
    state::AppState,
    streams::{Said, detach},
};

/// Runs a request in a JSON body; a subscription is streamed to callers that name the media type of events.
pub(super) async fn by_post(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let accept = Accept::of(&parts.headers);
    let (wanted, takes_events) = (Media::wanted(&accept), accept.names(EVENTS));
    let media = match wanted {
        None if takes_events => Media::GraphqlResponse,
        wanted => wanted.ok_or_else(not_acceptable)?,
    };
    let recalled = recall(&parts, &state).await?;
    if !recalled.ctx.actor.is_known() {
        parts.extensions.insert(BodyLimit(state.limits.bodies.graphql_anonymous_bytes));
    }
    let call = GraphqlCall::of(&recalled, &parts);
    let who = (call.identity.payer, call.meter.as_ref().and_then(Meter::address));
    let sent = sent(Request::from_parts(parts, body), &state).await;
    let admitted = match admit(&state, recalled, call, sent).await? {
        Ok(admitted) => admitted,
        Err(refusal) => return Ok(respond(Some((*refusal).into()), media)),
    };
    if takes_events && (wanted.is_none() || admitted.is_subscription()) {
        return stream(&state, who, admitted.confirmed().await?);
    }
    Ok(respond(http::run(&state, admitted).await?, media))
}

/// Runs a query in the query string; mutations by GET are refused.
pub(super) async fn by_get(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let media = Media::wanted(&Accept::of(request.headers())).ok_or_else(not_acceptable)?;
    let (parts, _) = request.into_parts();
    let recalled = recall(&parts, &state).await?;
    let sent = http::by_get(&pairs(parts.uri.query()));
    let sent = sent.map_err(|why| Error::bad_request("?query", Code::BadRequest, why).into());
    let call = GraphqlCall::of(&recalled, &parts);
    let answer = match admit(&state, recalled, call, sent).await? {
        Ok(admitted) => http::run(&state, admitted).await?,
        Err(refusal) => Some((*refusal).into()),
    };
    Ok(respond(answer, media))
}

/// Reads a request from a JSON body.
async fn sent(request: Request, state: &AppState) -> Result<Sent, Problem> {
    let members = Members::from_request(request, state).await?;
    Ok(http::request(&members.0).map_err(|why| Error::bad_request("", Code::BadRequest, why))?)
}

/// Admits a request that could be read. Nobody is refused anything before it is known who that is now.
async fn admit(
    state: &AppState,
    recalled: Recalled,
    call: GraphqlCall,
    sent: Result<Sent, Problem>,
) -> Result<Result<Admitted, Box<async_graphql::Response>>, Problem> {
    let admitted = match sent {
        Ok(sent) => http::admit(state, call, sent).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    if !matches!(admitted, Ok(Ok(_))) {
        recalled.confirmed().await?;
    }
    admitted
}

/// Answers a subscription as server-sent events: `next` for each answer, `complete` where it has come to its end.
///
/// A stream that was broken off has no `complete`, so that its caller comes back.
fn stream(
    state: &AppState,
    (user, address): (Option<Uuid>, Option<IpAddr>),
    admitted: Admitted,
) -> Result<Response, Problem> {
    let seat = state.streams.take(user, address)?;
    let answers = match http::subscribe(state, admitted) {
        Ok(answers) => answers,
        Err(refusal) => return Ok(respond(Some((*refusal).into()), Media::GraphqlResponse)),
    };
    let event = |answer: Said<async_graphql::Response>| {
        Ok::<_, Infallible>(match answer {
            Said::Item(answer) => {
                Event::default().event("next").data(serde_json::to_string(&answer).unwrap_or_default())
            }
            Said::End => Event::default().event("complete").data(""),
        })
    };
    let events = detach(state, seat, answers).map(event);
    Ok(unbuffered(events))
}

fn not_acceptable() -> Problem {
    let text = "answers are application/graphql-response+json or application/json";
    Problem::Http(Code::NotAcceptable, text.into())
}

fn respond(answer: Option<Answer>, media: Media) -> Response {
    let Some(answer) = answer else {
        let text = "by GET only queries are run; send mutations by POST";
        let mut refused = Problem::Http(Code::MethodNotAllowed, text.into()).into_response();
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return refused;
    };
    let (status, body) = answer.write(media);
    let mut out = Response::new(Body::from(body));
    *out.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    out.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    out
}
