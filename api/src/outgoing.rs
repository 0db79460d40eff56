//! Requests that the service itself makes: to hosts that its settings name, and to those of webhooks ([`hooks`]).
//!
//! A request is one `GET` over a connection of its own. Redirects are not followed, answers are bounded in bytes
//! and time, and TLS trusts the usual roots or those of a file.

pub mod hooks;
mod networks;

use std::{fmt, path::Path, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    http::{Request, StatusCode, Uri, header},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// Time for a whole request: the name of the host, the connection, and the last byte of the answer.
const WHOLE: Duration = Duration::from_secs(5);
/// Time for a connection to one of the host's addresses.
const CONNECT: Duration = Duration::from_secs(2);
/// Bytes of an answer at most; key sets have a few thousand.
pub const MOST_BYTES: usize = 256 * 1024;

/// Where a request goes: `https`, or `http` on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    is_secure: bool,
    host: String,
    port: u16,
    path: String,
}

impl Address {
    /// Reads an address; it has no user and no fragment.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("is {text:?}, not an address such as https://id.example.org/realms/x");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let authority = uri.authority().map(axum::http::uri::Authority::as_str).unwrap_or_default();
        let host = uri.host().map(str::to_ascii_lowercase).filter(|host| !host.is_empty());
        let host = host.ok_or_else(wrong)?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        if text.contains('#') || authority.contains('@') {
            return Err(wrong());
        }
        if !is_secure && !is_this_machine(&host) {
            return Err(format!("is {text:?}: without TLS only addresses of this machine are asked"));
        }
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned();
        Ok(Self { is_secure, host, port, path })
    }

    /// The address of a path below this one, which has no query.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        Self { path: format!("{}{path}", self.path.trim_end_matches('/')), ..self.clone() }
    }

    /// The root of another host, reached as this one is.
    ///
    /// # Errors
    /// What is wrong with the host.
    pub fn at_host(&self, host: &str) -> Result<Self, String> {
        Self::read(&format!("{}://{host}", self.scheme()))
    }

    /// Whether both are on one host, at one port, with or without TLS alike.
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.is_secure, &self.host, self.port) == (other.is_secure, &other.host, other.port)
    }

    const fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    /// The host, with the port where it is not the usual one.
    fn authority(&self) -> String {
        let usual = if self.is_secure { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path)
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host == "[::1]"
        || host.parse().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
}

/// Makes requests; cheap to clone.
#[derive(Clone)]
pub struct Outgoing(Arc<ClientConfig>);

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outgoing")
    }
}

impl Outgoing {
    /// Trusts the certificates of a file in PEM, or the usual roots where none is given.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn trusting(roots: Option<&Path>) -> Result<Self, String> {
        let mut trusted = RootCertStore::empty();
        match roots {
            None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Some(file) => {
                let wrong = |error: &dyn fmt::Display| format!("{} is not usable: {error}", file.display());
                for one in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
                    let one = one.map_err(|error| wrong(&error))?;
                    trusted.add(one).map_err(|error| wrong(&error))?;
                }
                if trusted.is_empty() {
                    return Err(wrong(&"it holds no certificate"));
                }
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Fetches what an address answers.
    ///
    /// # Errors
    /// Why there is no answer, or none that can be used; for the log.
    pub async fn get(&self, to: &Address) -> Result<Bytes, String> {
        let asked = timeout(WHOLE, self.ask(to)).await;
        asked.unwrap_or_else(|_| Err("no answer in time".into())).map_err(|why| format!("{to}: {why}"))
    }

    async fn ask(&self, to: &Address) -> Result<Bytes, String> {
        let stream = connect(to).await?;
        if !to.is_secure {
            return exchange(stream, to).await;
        }
        let bare = to.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|error| error.to_string())?;
        let stream = TlsConnector::from(self.0.clone()).connect(name, stream).await;
        exchange(stream.map_err(|error| format!("TLS: {error}"))?, to).await
    }
}

/// A connection to the first of the host's addresses that answers.
async fn connect(to: &Address) -> Result<TcpStream, String> {
    let host = to.host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((host, to.port)).await.map_err(|error| error.to_string())?;
    let mut why = "the host has no address".to_owned();
    for address in found {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("{address} does not answer"),
        }
    }
    Err(why)
}

/// Asks over a connection, and reads the answer up to its bound.
async fn exchange<S>(stream: S, to: &Address) -> Result<Bytes, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let text = |error: &dyn fmt::Display| error.to_string();
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| text(&error))?;
    // Ends with this function: nothing is asked over the connection again.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = Request::get(&to.path)
        .header(header::HOST, to.authority())
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, concat!("concord/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| text(&error))?;
    let answer = sender.send_request(request).await.map_err(|error| text(&error))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("it answers {}", answer.status()));
    }
    let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await.map_err(|error| text(&error))?;
    Ok(body.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        let good =
            ["https://id.example.org", "http://127.0.0.1:8080/a", "http://[::1]:1/", "http://localhost"];
        let bad =
            ["http://id.example.org", "http://127.0.0.1.example.org", "ftp://localhost", "localhost", ""];

        let taken = good.map(|text| Address::read(text).is_ok());
        let refused = bad.map(|text| Address::read(text).is_err());

        assert_eq!(taken, [true; 4]);
        assert_eq!(refused, [true; 5]);
    }

    #[test]
    fn an_address_has_no_user_and_no_fragment() {
        let bad = ["https://me@id.example.org", "https://id.example.org/#x"];

        assert_eq!(bad.map(|text| Address::read(text).is_err()), [true; 2]);
    }

    #[test]
    fn what_lies_below_is_on_the_same_host() {
        let issuer = Address::read("https://ID.example.org/realms/x/").unwrap();
        let keys = issuer.below("/keys");

        assert_eq!(keys.to_string(), "https://id.example.org/realms/x/keys");
        assert!(issuer.is_beside(&keys));
        assert!(!issuer.is_beside(&Address::read("https://id.example.org:8443/realms/x/keys").unwrap()));
        assert!(!issuer.is_beside(&Address::read("https://keys.example.org/").unwrap()));
    }
}
