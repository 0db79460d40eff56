//! TLS of our own, and certificates that change.

use std::{fs, path::PathBuf, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName},
    },
};

use crate::support::process::{Process, process};

/// A folder with a certificate and its key.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("concord_tls_{}_{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Writes a new certificate, and answers it.
    fn renew(&self) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        fs::write(self.path("key.pem"), signing_key.serialize_pem()).expect("a file");
        fs::write(self.path("cert.pem"), cert.pem()).expect("a file");
        cert.der().clone()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The answer over TLS to a client that trusts this certificate, with the protocol agreed upon.
async fn ask(
    service: &Process,
    trusted: &CertificateDer<'static>,
    alpn: &str,
) -> Result<(String, String), std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = service.connect().await.0;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let agreed = String::from_utf8_lossy(stream.get_ref().1.alpn_protocol().unwrap_or_default()).into_owned();
    let request = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    if alpn == "h2" {
        return Ok((agreed, String::new()));
    }
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![0; 4096];
    let count = stream.read(&mut answer).await?;
    Ok((agreed, String::from_utf8_lossy(&answer[..count]).into_owned()))
}

/// Runs a test beside a process with TLS.
async fn secure<F>(name: &str, test: F)
where
    F: AsyncFnOnce(&mut Process, &Files, CertificateDer<'static>),
{
    let files = Files::new(name);
    let first = files.renew();
    let (certificate, key) = (files.path("cert.pem"), files.path("key.pem"));
    process(&[("tls_certificate_file", &certificate), ("tls_key_file", &key)], async |service| {
        test(service, &files, first).await;
    })
    .await;
}

#[tokio::test]
async fn both_protocols_are_offered() {
    secure("protocols", async |service, _, certificate| {
        let (one, answer) = ask(service, &certificate, "http/1.1").await.expect("TLS");
        let (two, _) = ask(service, &certificate, "h2").await.expect("TLS");

        assert_eq!((one.as_str(), two.as_str()), ("http/1.1", "h2"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(service.logged("listening on").contains("https://"));
    })
    .await;
}

#[tokio::test]
async fn a_new_certificate_is_taken_without_a_restart() {
    secure("renewal", async |service, files, old| {
        let new = files.renew();
        service.signal("HUP");
        service.logged("the certificate was read again");

        let with_new = ask(service, &new, "http/1.1").await;
        let with_old = ask(service, &old, "http/1.1").await;

        assert!(with_new.expect("TLS").1.starts_with("HTTP/1.1 200 "));
        assert!(with_old.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_broken_certificate_leaves_the_old_one_in_use() {
    secure("broken", async |service, files, certificate| {
        fs::write(files.path("cert.pem"), "no certificate").expect("a file");
        service.signal("HUP");
        service.logged("the certificate in use stays");

        let answer = ask(service, &certificate, "http/1.1").await;

        assert!(answer.expect("TLS").1.starts_with("HTTP/1.1 200 "));
    })
    .await;
}

#[tokio::test]
async fn files_that_change_are_seen_without_a_signal() {
    secure("seen", async |service, files, _| {
        let new = files.renew();

        service.logged("the certificate was read again");

        assert!(ask(service, &new, "http/1.1").await.expect("TLS").1.starts_with("HTTP/1.1 200 "));
    })
    .await;
}
