//! An issuer that is reached over TLS, by a certificate of its own.

use std::{fs, path::PathBuf, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use super::stage;

/// Answers over TLS in the name of whoever answers at this address; its address, and a file with its certificate.
async fn in_front_of(plain: &str) -> (String, PathBuf) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a server");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (acceptor, to) = (TlsAcceptor::from(Arc::new(config)), plain.replace("http://", ""));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut behind = TcpStream::connect(&to).await.expect("the provider");
            drop(tokio::io::copy_bidirectional(&mut stream, &mut behind).await);
        }
    });
    let file = std::env::temp_dir().join(format!("concord_issuer_{}_{port}.pem", std::process::id()));
    fs::write(&file, cert.pem()).expect("a file");
    (format!("https://localhost:{port}"), file)
}

#[tokio::test]
async fn an_issuer_is_trusted_by_the_certificates_of_its_file() {
    stage("secretariat", &[], async |stage| {
        let (url, file) = in_front_of(&stage.provider.url).await;
        stage.provider.describes(json!({"issuer": url, "jwks_uri": format!("{url}/keys")}));
        let mut settings = stage.provider.settings();
        (settings["issuer"], settings["unknown_users"]) = (json!(url), json!("provision"));
        let token = stage.token(|claims| claims["iss"] = json!(url));

        let by_usual_roots = stage.app.trusting(&[settings.clone()]).await;
        let refused = by_usual_roots.holder(token.clone()).get("/me").await;
        let asked = stage.provider.asked();
        settings["ca_file"] = json!(file);
        let by_its_own = stage.app.trusting(&[settings]).await;
        let taken = by_its_own.holder(token).get("/me").await;
        fs::remove_file(&file).expect("the file goes");

        refused.problem(503, "issuer_unreachable");
        assert_eq!(asked, 0);
        taken.ok(200);
    })
    .await;
}
