//! The signals that stop the service, and SIGHUP and SIGUSR1, which do not.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::ServeError;

/// SIGTERM and SIGINT, heard from the start on.
pub(super) struct Signals([Signal; 2]);

impl Signals {
    /// From here on SIGHUP and SIGUSR1 end the process no more: the one asks for settings to be read again, the other,
    /// which rotators of logs send, for files of logs to be opened again, and there are none.
    pub(super) fn listen(has_tls: bool) -> Result<Self, ServeError> {
        let of =
            |kind| signal(kind).map_err(|error| ServeError(format!("signals cannot be awaited: {error}")));
        tokio::spawn(answer(of(SignalKind::hangup())?, has_tls));
        drop(of(SignalKind::user_defined1())?);
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

/// Says of each SIGHUP what is read again; the certificate is by its own watch.
async fn answer(mut hangups: Signal, has_tls: bool) {
    while hangups.recv().await.is_some() {
        if has_tls {
            tracing::info!("SIGHUP: the certificate is read again; other settings are read at the start");
        } else {
            tracing::info!("SIGHUP: there is nothing to read again; settings are read at the start");
        }
    }
}
