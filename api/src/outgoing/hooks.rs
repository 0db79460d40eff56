//! Messages to addresses that callers name: to the public network, and to what else the operator allows.
//!
//! The host is looked up here, each of its addresses is judged, and the connection goes to an address that was judged: a
//! name that means something else the next moment leads nowhere else. Nothing is followed, no proxy is used, and of the
//! answer no more than its head is read.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{Request, header},
};
use futures_util::future::BoxFuture;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use reqwest::Url;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::{Outgoing, networks::is_public};

/// Seconds for a message: the name of the host, the connection, and the head of the answer.
pub const SECONDS: u64 = 10;
/// Time for a connection to one of the host's addresses.
const CONNECT: Duration = Duration::from_secs(3);
/// Addresses of a host that are tried.
const TRIED: usize = 3;
/// Characters of an address at most.
pub const MAX_CHARS: usize = 2_000;
/// Bytes of the head of an answer at most.
pub const HEAD_BYTES: usize = 16 * 1024;

/// Finds the addresses of a host at a port.
pub type Resolve = Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Why a message has no answer. Nothing in it tells what is behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The host has no address, or one that may not be called.
    NoAddress,
    /// Nobody takes the connection.
    NoConnection,
    /// The certificate is not the host's, or not trusted.
    Tls,
    /// No answer in time.
    Timeout,
    /// What comes is no answer.
    NoAnswer,
}

impl Failure {
    /// Name used in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::NoConnection => "no_connection",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// Sends messages; cheap to clone.
#[derive(Clone)]
pub struct Hooks(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    tls: Arc<ClientConfig>,
    networks: Vec<IpNet>,
    resolve: Resolve,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hooks").field(&self.0.networks).finish()
    }
}

impl Hooks {
    /// Sends to the public network, and to these networks of the operator.
    ///
    /// # Errors
    /// Why TLS cannot be spoken.
    pub fn to(networks: &[IpNet]) -> Result<Self, String> {
        let resolve: Resolve = Arc::new(|host, port| {
            Box::pin(async move { Ok(lookup_host((host.as_str(), port)).await?.collect()) })
        });
        let tls = Outgoing::trusting(None)?.0;
        Ok(Self(Arc::new(Parts { tls, networks: networks.to_vec(), resolve })))
    }

    /// The same, where hosts are found otherwise.
    #[must_use]
    pub fn resolving(&self, resolve: Resolve) -> Self {
        Self(Arc::new(Parts { resolve, ..Parts::clone(&self.0) }))
    }

    /// Reads an address that is to be called, and asks where its host is now; answers it as it is called.
    ///
    /// # Errors
    /// What is wrong with it: the same for a host that is nowhere, and for one that is where nothing is sent.
    pub async fn admit(&self, text: &str) -> Result<String, &'static str> {
        let url = self.read(text)?;
        let found = timeout(Duration::from_secs(SECONDS), self.addresses(&url)).await;
        match found {
            Ok(Ok(_)) => Ok(url.into()),
            _ => Err("its host has no address that may be called"),
        }
    }

    fn read(&self, text: &str) -> Result<Url, &'static str> {
        let wrong = "give an address such as https://example.org/hooks/concord";
        if text.chars().count() > MAX_CHARS {
            return Err("the address is too long");
        }
        if text.chars().any(|letter| letter.is_whitespace() || letter.is_control() || letter == '\\') {
            return Err(wrong);
        }
        let url = Url::parse(text).map_err(|_| wrong)?;
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("an address has no user, no password and no fragment; messages are signed");
        }
        match url.scheme() {
            "https" => Ok(url),
            // Without TLS only to networks of the operator's own.
            "http" if !self.0.networks.is_empty() => Ok(url),
            _ => Err("only `https` is called"),
        }
    }

    /// The addresses of the host: all may be called.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Failure> {
        let (host, port) = (bare(url), url.port_or_known_default().ok_or(Failure::NoAddress)?);
        let found = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => (self.0.resolve)(host, port).await.map_err(|_| Failure::NoAddress)?,
        };
        let is_secure = url.scheme() == "https";
        let may_be_called = |at: &SocketAddr| {
            let address = at.ip().to_canonical();
            self.0.networks.iter().any(|own| own.contains(&address)) || (is_secure && is_public(address))
        };
        if found.is_empty() || !found.iter().all(may_be_called) {
            return Err(Failure::NoAddress);
        }
        Ok(found)
    }

    /// Sends a message; answers the status of what came back.
    ///
    /// # Errors
    /// Why nothing came back.
    pub async fn post(
        &self,
        to: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, Failure> {
        let url = self.read(to).map_err(|_| Failure::NoAddress)?;
        let sent = timeout(Duration::from_secs(SECONDS), self.send(&url, headers, body)).await;
        sent.unwrap_or(Err(Failure::Timeout))
    }

    async fn send(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, Failure> {
        let stream = connect(&self.addresses(url).await?).await?;
        let request = request(url, headers, body)?;
        if url.scheme() != "https" {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(bare(url)).map_err(|_| Failure::Tls)?;
        let stream = TlsConnector::from(self.0.tls.clone()).connect(name, stream).await;
        exchange(stream.map_err(|_| Failure::Tls)?, request).await
    }
}

/// The host without the brackets of IPv6.
fn bare(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// A connection to the first of these addresses that takes it.
async fn connect(found: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for address in found.iter().take(TRIED) {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(address)).await {
            return Ok(stream);
        }
    }
    Err(Failure::NoConnection)
}

fn request(
    url: &Url,
    headers: &[(&'static str, String)],
    body: Vec<u8>,
) -> Result<Request<Full<Bytes>>, Failure> {
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("concord/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(body))).map_err(|_| Failure::NoAnswer)
}

/// Sends over a connection, and reads the head of the answer: the connection ends with it, whatever would follow.
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let begun = http1::Builder::new().max_buf_size(HEAD_BYTES).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = begun.map_err(|_| Failure::NoAnswer)?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let answer = sender.send_request(request).await.map_err(|_| Failure::NoAnswer)?;
    Ok(answer.status().as_u16())
}
