//! The accept loop: connections up to a cap, each in a tracked task, until the last call.

mod places;

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::{net::TcpListener, task::unconstrained, time::sleep};
use tokio_util::task::TaskTracker;

use super::connection::Connections;
use places::Places;

pub(super) use places::Place;

/// Pause after a connection that could not be taken, most often for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// An address that answers.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) connections: Arc<Connections>,
    pub(super) tasks: TaskTracker,
}

impl Door {
    /// Takes connections until the service stops; those taken end in their own tasks.
    pub(super) async fn serve(self) {
        let places = Places::of(&self.connections.front);
        let stopping = self.connections.stopping.clone();
        let last_call = async {
            stopping.cancelled().await;
            sleep(self.connections.front.last_call).await;
        };
        tokio::select! {
            () = last_call => {}
            () = self.accept_all(&places) => {}
        }
        // What the kernel took until now is answered too, however much it is.
        while unconstrained(self.accept_one(&places)).now_or_never() == Some(true) {}
        tracing::info!("the last call is over: no connection is taken any more");
        self.connections.closing.cancel();
    }

    async fn accept_all(&self, places: &Places) {
        loop {
            if !self.accept_one(places).await {
                sleep(PAUSE).await;
            }
        }
    }

    /// Takes one connection, when there is a place for it; closes it where its network has too many.
    async fn accept_one(&self, places: &Places) -> bool {
        let Some(free) = places.free().await else { return false };
        match self.listener.accept().await {
            Ok((stream, from)) => {
                let connections = self.connections.clone();
                let Some(place) = places.take(free, from.ip(), &connections.front) else {
                    tracing::debug!("a connection was closed: its network has as many as it may have");
                    return true;
                };
                self.tasks.spawn(async move { connections.serve(stream, from, place).await });
                true
            }
            Err(error) => {
                tracing::warn!("a connection could not be taken: {error}");
                false
            }
        }
    }
}
