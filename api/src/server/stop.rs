//! The signals to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::ServeError;

/// SIGTERM and SIGINT, heard from the start on.
pub(super) struct Signals([Signal; 2]);

impl Signals {
    pub(super) fn listen() -> Result<Self, ServeError> {
        let of =
            |kind| signal(kind).map_err(|error| ServeError(format!("signals cannot be awaited: {error}")));
        Ok(Self([of(SignalKind::terminate())?, of(SignalKind::interrupt())?]))
    }

    /// Waits for the next of them.
    pub(super) async fn next(&mut self) {
        let [term, int] = &mut self.0;
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
}
