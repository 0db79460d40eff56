//! How far an import is, told as it goes on.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::{Response, sse::Event},
};
use futures_util::{Stream, StreamExt, future::ready, stream};
use kernel::{Code, Ctx};
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    domain::exchange::imports::{self, Import},
    limits::{Limits, meter::Meter, places::Place, rates::COSTS},
    preference::Accept,
    rest::{
        addresses,
        caller::identity,
        changes::{EVENTS, unbuffered},
        problem::{Problem, ReadProblems},
    },
    signin::identity::Identity,
    state::AppState,
    streams::{Said, Seat, detach},
};

/// Time between two looks at an import.
const LOOK: Duration = Duration::from_secs(1);

/// Who follows, and the seat taken for it.
pub(super) struct Following {
    ctx: Ctx,
    identity: Identity,
    seat: Seat,
    meter: Option<Meter>,
}

impl FromRequestParts<AppState> for Following {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if Accept::of(&parts.headers).weight(EVENTS) <= 0.0 {
            return Err(Problem::Http(Code::NotAcceptable, format!("answers are {EVENTS}")));
        }
        let (ctx, identity) = identity(parts, state).await?;
        let meter = parts.extensions.get::<Meter>().cloned();
        let seat = state.streams.take(identity.payer, meter.as_ref().and_then(Meter::address))?;
        if let Some(place) = parts.extensions.get::<Place>() {
            // Who waits takes a seat, not a place among those that work.
            place.leave();
        }
        Ok(Self { ctx, identity, seat, meter })
    }
}

#[utoipa::path(get, path = "/imports/{id}/events", tag = "Imports",
    summary = "Follow an import",
    description = "Tells how far an import is, as server-sent events: an event `import`, whose `data` is the import, at once, with each change, and when it is done; then the stream ends. An event `problem` says why a stream ends early.",
    params(("id" = String, Path, description = "Id of the import")),
    responses((status = 200, description = "The import, again and again", body = String, content_type = "text/event-stream"), ReadProblems))]
pub(super) async fn follow_import(
    State(state): State<AppState>,
    following: Following,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = addresses::id(&id)?;
    let Following { ctx, identity, seat, meter } = following;
    // The first answer before the first byte: what is refused at once is refused with its status.
    let first = imports::find(&identity.look_up(&ctx).await?, id).await?;
    let limits = state.limits.clone();
    let later = later((ctx, identity, meter), id, first.clone());
    let events = stream::iter([Ok(first)]).chain(later).map(move |told| event(&limits, told));
    let events = detach(&state, seat, events).filter_map(|said| {
        ready(match said {
            Said::Item(event) => Some(Ok::<_, Infallible>(event)),
            Said::End => None,
        })
    });
    Ok(unbuffered(events))
}

/// The import whenever it differs from what was told, until it is done; ends with the first error.
fn later(
    call: (Ctx, Identity, Option<Meter>),
    id: Uuid,
    first: Import,
) -> impl Stream<Item = kernel::Result<Import>> {
    stream::unfold(Some((call, first)), move |state| async move {
        let (call, told) = state.filter(|(_, told)| told.finished_at.is_none())?;
        match next(&call, id, &told).await {
            Ok(now) => Some((Ok(now.clone()), Some((call, now)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// What is told next: paid for, and as the caller stands then.
async fn next(
    (ctx, identity, meter): &(Ctx, Identity, Option<Meter>),
    id: Uuid,
    told: &Import,
) -> kernel::Result<Import> {
    loop {
        sleep(LOOK).await;
        let now = imports::find(&identity.look_up(ctx).await?, id).await?;
        if now != *told {
            meter.iter().try_for_each(|meter| meter.charge(COSTS.read))?;
            return Ok(now);
        }
    }
}

fn event(limits: &Limits, told: kernel::Result<Import>) -> Event {
    match told {
        Ok(import) => {
            Event::default().event("import").data(serde_json::to_string(&import).unwrap_or_default())
        }
        Err(error) => {
            let told = Problem::from(error).to_json(&limits.front.public_url);
            Event::default().event("problem").data(told)
        }
    }
}
