//! One connection: TLS where it is on, HTTP/1.1 or HTTP/2, and an end in time.

mod answers;

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, Response, Version, header},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{
    accept::Place,
    pulse::{Pulse, Running, Verdict, Watched},
    tls::Certificates,
};
use crate::{
    config::Front,
    limits::listing::{HEAD_BYTES, HEADERS, STREAMS},
    origin::Peer,
};
use answers::{Answering, Streams};

/// Streams a client may reset before they were looked at, until its connection is closed.
const RESETS: usize = 20;
/// Time between two questions to a silent HTTP/2 connection whether it lives, and for its answer.
const PING: Duration = Duration::from_secs(20);
/// Time between two looks at a connection; its times are kept to that.
const LOOK: Duration = Duration::from_secs(1);

/// What all connections of one address share.
pub(super) struct Connections {
    pub(super) router: Router,
    pub(super) front: Front,
    pub(super) tls: Option<Certificates>,
    /// The service stops: answers ask their clients to close.
    pub(super) stopping: CancellationToken,
    /// No new request is taken any more.
    pub(super) closing: CancellationToken,
    http: auto::Builder<Streams>,
}

impl Connections {
    pub(super) fn new(
        router: Router,
        front: Front,
        tls: Option<Certificates>,
        stopping: CancellationToken,
    ) -> Self {
        let http = protocols(&front);
        Self { router, front, tls, stopping, closing: CancellationToken::new(), http }
    }

    /// Serves one connection until it ends.
    pub(super) async fn serve(self: Arc<Self>, stream: TcpStream, from: SocketAddr, place: Place) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("a connection takes no option: {error}");
        }
        let peer = Peer { address: from, is_tls: self.tls.is_some() };
        let pulse = Pulse::new();
        let stream = Watched::new(stream, pulse.clone(), place);
        let Some(tls) = &self.tls else { return self.speak(stream, peer, pulse).await };
        let shaken = TlsAcceptor::from(tls.current()).accept(stream);
        match timeout(self.front.header_timeout, shaken).await {
            Ok(Ok(stream)) => self.speak(stream, peer, pulse).await,
            Ok(Err(error)) => tracing::debug!("a handshake failed: {error}"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn speak<S>(self: &Arc<Self>, stream: S, peer: Peer, pulse: Pulse)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: Request<_>| {
            let running = pulse.begin(request.version());
            self.clone().answer(request, peer, running)
        });
        let connection = self.http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut closing, mut told): (Option<Instant>, Option<Instant>) = (None, None);
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    return if let Err(error) = ended { tracing::debug!("a connection broke: {error}") };
                }
                () = self.closing.cancelled(), if closing.is_none() => closing = Some(Instant::now()),
                _ = looks.tick() => {}
            }
            let verdict = pulse.verdict(&self.front);
            if verdict == Verdict::Stuck {
                return tracing::debug!("a connection was cut: its client is too slow");
            }
            // Who was taken by the last call is heard before it is told.
            let is_last = closing.is_some_and(|since| pulse.has_begun() || since.elapsed() >= LOOK);
            match told {
                None if verdict == Verdict::Idle || is_last => {
                    connection.as_mut().graceful_shutdown();
                    told = Some(Instant::now());
                }
                Some(at) if at.elapsed() > LOOK && pulse.is_idle() => return,
                _ => {}
            }
        }
    }

    async fn answer(
        self: Arc<Self>,
        mut request: Request<Incoming>,
        peer: Peer,
        running: Running,
    ) -> Result<Response<Answering>, Infallible> {
        let can_be_told = request.version() <= Version::HTTP_11;
        request.extensions_mut().insert(peer);
        let mut response = self.router.clone().oneshot(request.map(Body::new)).await?;
        if can_be_told && self.stopping.is_cancelled() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response.map(|body| Answering::new(body, running)))
    }
}

/// HTTP/1.1 and HTTP/2 by prior knowledge or ALPN, with their bounds.
fn protocols(front: &Front) -> auto::Builder<Streams> {
    let mut http = auto::Builder::new(Streams(front.body_timeout));
    // Its clock runs while a connection idles too, so it can only be the outer bound of the pulse's.
    let longest = front.idle_timeout.max(front.header_timeout) + LOOK + LOOK;
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(longest)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    http
}
