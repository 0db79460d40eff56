//! `concord health`, for containers that hold nothing but this program.

use std::{
    io::{Error, ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

use clap::Args;

use super::{failure::Failure, say};
use crate::config::Config;

/// How long connecting, and each read and write, may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Which service to ask.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// Address of the service, such as `http://127.0.0.1:8080`; by default where the settings listen.
    url: Option<String>,
}

pub(super) fn run(health: &Health) -> Result<(), Failure> {
    let authority = match &health.url {
        Some(url) => authority(url)?.to_owned(),
        None => of_settings(&Config::load()?)?,
    };
    match ask(&authority) {
        Ok(200) => {
            say(&"ready");
            Ok(())
        }
        Ok(status) => Err(Failure::findings(vec![format!("{authority} is not ready: it answers {status}")])),
        Err(error) => Err(Failure::findings(vec![format!("{authority} does not answer: {error}")])),
    }
}

/// Where the settings listen.
fn of_settings(config: &Config) -> Result<String, Failure> {
    let at = reachable(config.listen);
    if config.front.tls.is_some() {
        return Err(Failure::usage(&format!(
            "the service speaks TLS, which this command does not: ask https://{at}/health/ready by the name in its \
             certificate, as with curl"
        )));
    }
    Ok(at.to_string())
}

/// Host and port of a plain HTTP address.
fn authority(url: &str) -> Result<&str, Failure> {
    let authority = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    authority
        .filter(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ', '\r', '\n']))
        .ok_or_else(|| Failure::usage(&format!("{url:?} is not an address such as http://127.0.0.1:8080")))
}

/// The address to call for one that listens everywhere.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Sends one request and reads the status of the answer.
fn ask(authority: &str) -> Result<u16, Error> {
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let target = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let address = target.to_socket_addrs()?.next().ok_or(ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET /health/ready HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    // `HTTP/1.1 200` is all that counts.
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    status(&start).ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP/1.1"))
}

fn status(start: &[u8; 12]) -> Option<u16> {
    let code = std::str::from_utf8(start).ok()?.strip_prefix("HTTP/1.")?.split_once(' ')?.1;
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_answers_are_read() {
        assert_eq!(authority("http://127.0.0.1:8080/").ok(), Some("127.0.0.1:8080"));
        assert!(authority("https://127.0.0.1").is_err() && authority("http://a/b").is_err());
        let mut config = Config::default();
        assert_eq!(of_settings(&config).ok().as_deref(), Some("127.0.0.1:8080"));
        let file = || std::path::PathBuf::from("a.pem");
        config.front.tls = Some(crate::config::TlsFiles { certificate: file(), key: file() });
        assert!(of_settings(&config).is_err());
        assert_eq!(reachable(([0, 0, 0, 0], 80).into()), ([127, 0, 0, 1], 80).into());
        assert_eq!((status(b"HTTP/1.1 200"), status(b"SSH-2.0-Open")), (Some(200), None));
    }
}
