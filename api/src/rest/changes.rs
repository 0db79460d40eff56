//! The feed of changes: pages, pages that wait, and a stream of events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{FutureExt, Stream, StreamExt, future::ready, stream};
use kernel::{
    Code, Error,
    page::{DEFAULT_LIMIT, MAX_LIMIT, Page},
};
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    caller::identity,
    layers::takes_json,
    listing::{or_faults, parameters},
    problem::{Problem, ReadProblems},
};
use crate::{
    domain::exchange::changes::{self, Change, ChangePage, Reader, follow, kinds_named},
    limits::{Limits, meter::Meter, places::Place, rates::COSTS},
    preference::Accept,
    state::AppState,
    streams::{Said, Seat, detach},
};

/// Media type of a stream of events.
pub const EVENTS: &str = "text/event-stream";

/// An answer of events, which a proxy passes on as they come (nginx, by `X-Accel-Buffering`).
pub fn unbuffered(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    ([("x-accel-buffering", "no")], Sse::new(events).keep_alive(KeepAlive::default())).into_response()
}

/// Routes of the feed.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_changes))
}

/// Which part of the feed is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// Cursor to go on after; `now` for what happens from now on. Without it every record the caller sees is told.
    pub after: Option<String>,
    /// Kinds of records (`task`, `plans`), several with commas; all kinds without it.
    pub kinds: Vec<String>,
    /// How many changes, 1 to 200; a stream has no pages.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Seconds to wait for a change where there is none, 0 to 20; two thirds of the time-out of requests at most.
    #[param(minimum = 0, maximum = 20, default = 0)]
    pub wait: Option<u64>,
    /// Languages wanted, best first; `*` for base texts and all translations.
    pub lang: Option<String>,
}

/// What is asked of the feed, and how it is to be answered.
struct Asked {
    reader: Reader,
    wait: Duration,
    streamed: bool,
    seat: Option<Seat>,
    meter: Option<Meter>,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let accept = Accept::of(&parts.headers);
        let streamed = accept.names(EVENTS) && accept.weight(EVENTS) >= accept.weight("application/json");
        if !streamed {
            takes_json(&accept)?;
        }
        let (ctx, identity) = identity(parts, state).await?;
        let asked: FeedParams = parameters(parts.uri.query())?;
        let (seconds, most) = (asked.wait.unwrap_or_default(), state.limits.wait_seconds());
        let limit = asked.limit.map_or(Ok(DEFAULT_LIMIT), |limit| Page::check_limit("limit", limit));
        let wait = if seconds > most {
            let text = format!("`wait` is 0 to {most} seconds");
            Err(Error::bad_request("?wait", Code::OutOfRange, text))
        } else {
            Ok(Duration::from_secs(seconds))
        };
        let mut faults = Vec::new();
        let read = (
            or_faults(limit, &mut faults),
            or_faults(wait, &mut faults),
            or_faults(kinds_named(&asked.kinds), &mut faults),
        );
        let (Some(limit), Some(wait), Some(kinds)) = read else {
            return Err(Error::BadRequest(faults).into());
        };
        let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let after = last.filter(|id| !id.is_empty()).or(asked.after.as_deref());
        let goes_on = streamed || seconds > 0;
        let meter = parts.extensions.get::<Meter>().cloned();
        let address = meter.as_ref().and_then(Meter::address);
        let seat = || state.streams.take(identity.payer, address);
        let seat = if goes_on { Some(seat()?) } else { None };
        if goes_on && let Some(place) = parts.extensions.get::<Place>() {
            // Who waits takes a seat, not a place among those that work.
            place.leave();
        }
        let limit = if streamed { MAX_LIMIT } else { limit };
        let reader = Reader::new((ctx, identity), after, kinds, limit);
        Ok(Self { reader, wait, streamed, seat, meter })
    }
}

#[utoipa::path(get, path = "/changes", tag = "Changes",
    summary = "Follow what changes",
    description = "Answers what became of the records the caller sees, in the order it happened: each with the record as it is now. \
        Take a cursor with `after=now`, read the lists you need, then go on from the cursor: applying every change gives what the lists give. \
        With `wait` an empty page is answered only when the seconds are over. With `Accept: text/event-stream` the answer is a stream of \
        server-sent events that goes on until the access token ends; `id` is the cursor, `Last-Event-ID` goes on after it, `data` a change; \
        an event `problem` says why a stream ends. \
        The names inside references follow the changes of the records they name. When the caller's grants, regions or groups change, \
        its cursors answer 410.",
    params(FeedParams, ("Last-Event-ID" = Option<String>, Header, description = "Cursor to go on after; before `after`")),
    responses((status = 200, description = "A part of the feed", content((ChangePage = "application/json"), (String = "text/event-stream"))), ReadProblems,
        (status = 410, description = "Refused: rights_changed", body = super::problem::ProblemDetails, content_type = "application/problem+json")))]
async fn list_changes(State(state): State<AppState>, asked: Asked) -> Result<Response, Problem> {
    let Asked { mut reader, wait: patience, streamed, seat, meter } = asked;
    if !streamed {
        let _seat = seat;
        let page = if patience.is_zero() {
            reader.next().await?
        } else {
            let over = timeout(patience, state.stopping.cancelled()).map(drop);
            changes::wait(&mut reader, over).await?
        };
        return Ok(axum::Json(page).into_response());
    }
    // The first page before the first byte: what is refused at once is refused with its status.
    let first = reader.next().await?;
    let pages = follow(reader, move || meter.iter().try_for_each(|meter| meter.charge(COSTS.read)));
    let limits = state.limits.clone();
    let events =
        stream::iter(begun(&first)).chain(pages.flat_map(move |page| stream::iter(events_of(&limits, page))));
    let events = detach(&state, seat, events).filter_map(|said| {
        ready(match said {
            Said::Item(event) => Some(Ok::<_, Infallible>(event)),
            Said::End => None,
        })
    });
    Ok(unbuffered(events))
}

/// The first page as events, and the cursor after it without data: whoever comes back before anything happens
/// goes on from there.
fn begun(page: &ChangePage) -> Vec<Event> {
    page.items.iter().map(event).chain([Event::default().id(&page.next)]).collect()
}

/// A page as events; the last one says why the stream ends, where it does.
fn events_of(limits: &Limits, page: kernel::Result<ChangePage>) -> Vec<Event> {
    match page {
        Ok(page) => page.items.iter().map(event).collect(),
        Err(error) => {
            let told = Problem::from(error).to_json(&limits.front.public_url);
            vec![Event::default().event("problem").data(told)]
        }
    }
}

fn event(change: &Change) -> Event {
    let data = serde_json::to_string(change).unwrap_or_default();
    Event::default().id(&change.cursor).event(change.event.name()).data(data)
}
