//! What stands before the addresses: who pays, who is let in, who may read answers from another site.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    limits::{
        meter::{Meter, RATE_LIMIT, RATE_LIMIT_POLICY},
        rates::COSTS,
        traffic::Traffic,
    },
    origin::Origin,
    rest::{
        idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED},
        problem::Problem,
    },
    signin::{standing::ACT_AS, viewing::VIEW_AS},
    state::AppState,
};

/// Bytes of a refused body that are read still, so that its client sees the answer.
const DRAINED: usize = 1024 * 1024;
/// Time in which they are read.
const DRAINING: Duration = Duration::from_secs(2);
/// How long a browser remembers what it may send.
const PREFLIGHT: Duration = Duration::from_mins(10);

/// Lets the address pay and the request in; `/health/*` is answered always.
pub(super) async fn admit<R: Future<Output = Response>>(
    state: &AppState,
    mut request: Request,
    run: impl FnOnce(Request) -> R,
) -> Response {
    let path = request.uri().path();
    if path.starts_with("/health/") {
        return run(request).await;
    }
    let address = request.extensions().get::<Origin>().map(|origin| origin.address);
    let meter = Meter::new(state.limits.clone(), address, COSTS.of(Traffic::of(request.method(), path)));
    let place = state.limits.places.claim(address);
    let admitted = match meter.begin() {
        Ok(()) => place.enter().await,
        refused => refused,
    };
    let mut response = match admitted {
        Ok(()) => {
            request.extensions_mut().insert(meter.clone());
            request.extensions_mut().insert(place.clone());
            run(request).await
        }
        Err(error) => Problem::from(error).into_response(),
    };
    place.leave();
    meter.tell(response.headers_mut());
    response
}

/// The request with a body of which a little of what is left is read when it is answered.
pub(super) fn drained(request: Request) -> Request {
    let waits = request.headers().contains_key(header::EXPECT);
    request.map(|body| Body::new(Drained { body, is_sent: !waits }))
}

/// A body of which the rest is read, within bounds, when nobody wants it.
struct Drained {
    body: Body,
    /// Whether the client sends it unasked, or was asked.
    is_sent: bool,
}

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.is_sent = true;
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        if !self.is_sent || self.body.is_end_stream() {
            return;
        }
        let mut body = std::mem::take(&mut self.body);
        tokio::spawn(timeout(DRAINING, async move {
            let mut left = DRAINED;
            while let Some(Ok(frame)) = body.frame().await
                && left > 0
            {
                left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            }
        }));
    }
}

/// What pages of other sites may do: read and write with a token, never with cookies.
pub(super) fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(with(
            [
                header::ACCEPT_LANGUAGE,
                header::AUTHORIZATION,
                header::CONTENT_ENCODING,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
            ],
            &[IDEMPOTENCY_KEY, ACT_AS, VIEW_AS, "Last-Event-ID"],
        ))
        .expose_headers(with(
            [header::CONTENT_LANGUAGE, header::ETAG, header::LINK, header::LOCATION, header::RETRY_AFTER],
            &[IDEMPOTENCY_REPLAYED, RATE_LIMIT, RATE_LIMIT_POLICY, "X-Request-Id"],
        ))
        .max_age(PREFLIGHT)
}

/// Headers of the standards, and those that have no constant there.
fn with<const COUNT: usize>(known: [HeaderName; COUNT], others: &[&str]) -> Vec<HeaderName> {
    known.into_iter().chain(others.iter().filter_map(|name| name.parse().ok())).collect()
}
