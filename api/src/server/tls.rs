//! TLS of our own: certificate and key from files, read again when they change.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::sleep,
};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::ServeError;
use crate::{config::TlsFiles, host};

/// Time between two looks at the files.
const LOOK: Duration = Duration::from_secs(5);

/// The certificate in use; a new one holds for connections that begin after it.
#[derive(Clone)]
pub(super) struct Certificates(watch::Receiver<Arc<ServerConfig>>);

impl Certificates {
    /// What a connection that begins now is served with.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        self.0.borrow().clone()
    }

    /// Reads the files, and keeps an eye on them: when they change, and on SIGHUP.
    ///
    /// # Errors
    /// What is wrong with them. What is wrong later is logged, and the old certificate stays.
    pub(super) fn open(files: TlsFiles) -> Result<Self, ServeError> {
        let told = signal(SignalKind::hangup())
            .map_err(|error| ServeError(format!("SIGHUP cannot be awaited: {error}")))?;
        let seen = changed_at(&files);
        host::files::warn_if_open(&files.key);
        let (put, current) = watch::channel(read(&files)?);
        tokio::spawn(watch_files(files, seen, told, put));
        Ok(Self(current))
    }
}

/// When the files were changed last, as far as that can be known.
type Changed = [Option<SystemTime>; 2];

fn changed_at(files: &TlsFiles) -> Changed {
    let of = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    [of(&files.certificate), of(&files.key)]
}

async fn watch_files(
    files: TlsFiles,
    mut seen: Changed,
    mut told: Signal,
    put: watch::Sender<Arc<ServerConfig>>,
) {
    loop {
        let is_told = tokio::select! {
            _ = told.recv() => true,
            () = sleep(LOOK) => false,
            () = put.closed() => return,
        };
        let now = changed_at(&files);
        if !is_told && now == seen {
            continue;
        }
        seen = now;
        match read(&files) {
            Ok(config) => {
                put.send_replace(config);
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!("the certificate in use stays: {error}"),
        }
    }
}

/// TLS 1.2 and 1.3 with the certificate and key of the files.
fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, ServeError> {
    let wrong = |path: &Path, error: &dyn std::fmt::Display| {
        ServeError(format!("{} is not usable: {error}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| wrong(&files.certificate, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
