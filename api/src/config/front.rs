//! Settings of the front door: connections, times, TLS, proxies.

use std::{
    net::IpAddr,
    num::{NonZero, NonZeroU32},
    path::PathBuf,
    thread::available_parallelism,
    time::Duration,
};

use axum::http::HeaderValue;
use ipnet::IpNet;

use super::{PublicUrl, reader::Reader};

/// How connections are taken and how long anything on them may last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// Connections of clients at the same time; 1..=100,000. Others wait to be accepted.
    pub max_clients: usize,
    /// Requests that run at the same time; 1..=100,000. As many wait a moment, others are answered 503.
    pub max_requests: usize,
    /// Requests of one network that run at the same time while others ask too; 1..=100,000.
    pub max_requests_of_a_network: usize,
    /// Units a caller who is signed in may spend in a minute.
    pub caller_rate: NonZeroU32,
    /// Units an address may spend in a minute.
    pub address_rate: NonZeroU32,
    /// Sites whose pages may call from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// Time a client has for the head of a request, and for the handshake of TLS.
    pub header_timeout: Duration,
    /// Time a client has for the whole body of a request.
    pub body_timeout: Duration,
    /// Time a connection is kept without a request.
    pub idle_timeout: Duration,
    /// Time in which requests are still taken after the signal to stop: clients that were told readiness before,
    /// and connections the kernel took before, are answered in it.
    pub last_call: Duration,
    /// Time given to what still runs after it.
    pub grace: Duration,
    /// Certificate and key; none where a proxy speaks TLS, or nobody.
    pub tls: Option<TlsFiles>,
    /// Where callers reach the service.
    pub public_url: PublicUrl,
    /// Networks of the proxies that are believed whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// Header in which those proxies tell it.
    pub forwarded_header: ForwardedHeader,
}

impl Default for Front {
    fn default() -> Self {
        Self {
            max_clients: 4096,
            max_requests: 256,
            // One network cannot keep more processors busy than there are.
            max_requests_of_a_network: available_parallelism().map_or(2, NonZero::get).max(2),
            caller_rate: NonZeroU32::MIN.saturating_add(29_999),
            address_rate: NonZeroU32::MIN.saturating_add(59_999),
            cors_origins: Vec::new(),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(75),
            last_call: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            tls: None,
            public_url: PublicUrl::default(),
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
        }
    }
}

/// Files of TLS, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that lead to its root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Header in which a proxy tells whom it speaks for.
///
/// One of them only: a proxy sets the one and passes the other on as its client sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Reader {
    /// Takes the settings of the front door.
    pub(super) fn front(&mut self, default: Front) -> Front {
        Front {
            max_clients: self.number("max_clients", 1..=100_000).unwrap_or(default.max_clients),
            max_requests: self.number("max_requests", 1..=100_000).unwrap_or(default.max_requests),
            max_requests_of_a_network: self
                .number("max_requests_of_a_network", 1..=100_000)
                .unwrap_or(default.max_requests_of_a_network),
            caller_rate: self.rate("caller_rate", default.caller_rate),
            address_rate: self.rate("address_rate", default.address_rate),
            cors_origins: self.sites("cors_origins").unwrap_or(default.cors_origins),
            header_timeout: self.seconds("header_timeout_seconds", default.header_timeout),
            body_timeout: self.seconds("body_timeout_seconds", default.body_timeout),
            idle_timeout: self.seconds("idle_timeout_seconds", default.idle_timeout),
            last_call: self.seconds("last_call_seconds", default.last_call),
            grace: self.seconds("grace_seconds", default.grace),
            tls: self.tls(),
            public_url: self.public_url().unwrap_or(default.public_url),
            trusted_proxies: self.networks("trusted_proxies").unwrap_or(default.trusted_proxies),
            forwarded_header: self.forwarded_header().unwrap_or(default.forwarded_header),
        }
    }

    fn seconds(&mut self, name: &str, default: Duration) -> Duration {
        self.number(name, 1..=3600).map_or(default, Duration::from_secs)
    }

    fn rate(&mut self, name: &str, default: NonZeroU32) -> NonZeroU32 {
        self.number(name, 1..=1_000_000_000).and_then(NonZeroU32::new).unwrap_or(default)
    }

    fn tls(&mut self) -> Option<TlsFiles> {
        let certificate = self.text("tls_certificate_file").map(PathBuf::from);
        let key = self.text("tls_key_file").map(PathBuf::from);
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            _ => {
                self.fault("tls_certificate_file and tls_key_file belong together: give both or none");
                None
            }
        }
    }

    /// A list of networks, parted by commas; empty for none.
    pub(super) fn networks(&mut self, name: &str) -> Option<Vec<IpNet>> {
        if self.is_empty(name) {
            return None;
        }
        self.checked(name, |text| text.split(',').map(|one| network(one.trim())).collect())
    }

    /// A list of sites, parted by commas; empty for none.
    fn sites(&mut self, name: &str) -> Option<Vec<HeaderValue>> {
        if self.is_empty(name) {
            return None;
        }
        self.checked(name, |text| text.split(',').map(|one| site(one.trim())).collect())
    }

    fn forwarded_header(&mut self) -> Option<ForwardedHeader> {
        self.checked("forwarded_header", |text| match text.to_ascii_lowercase().as_str() {
            "x-forwarded-for" => Ok(ForwardedHeader::XForwardedFor),
            "forwarded" => Ok(ForwardedHeader::Forwarded),
            _ => Err(format!("is {text:?}; it can be x-forwarded-for or forwarded")),
        })
    }
}

/// A network in the form 10.0.0.0/8, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse()
        .ok()
        .or_else(address)
        .ok_or_else(|| format!("has {text:?}, not a network such as 10.0.0.0/8"))
}

/// A site as browsers name it: scheme, host and port, and no more.
fn site(text: &str) -> Result<HeaderValue, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain =
        !host.is_empty() && !host.contains(['/', '*', '?', '#', '@']) && host == host.to_ascii_lowercase();
    let value = HeaderValue::from_str(text).ok().filter(|_| plain);
    value.ok_or_else(|| format!("has {text:?}, not a site such as https://portal.example.org"))
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    /// What is wrong with these variables, given without their prefix.
    fn faults(variables: &[(&str, &str)]) -> Vec<String> {
        let given = variables.iter().map(|(name, value)| (format!("CONCORD_{name}"), (*value).to_owned()));
        Config::read(None, given).map_or_else(|errors| errors.0, |_| Vec::new())
    }

    #[test]
    fn a_network_that_is_none_is_refused_with_its_setting() {
        let good = ["", "10.0.0.0/8", "10.0.0.0/8, 192.0.2.1, 2001:db8::/32"];
        let bad = ["10.0.0.0/33", "localhost", "10.0.0.0/8,", "10.0.0.0/8 192.0.2.1"];

        let taken = good.map(|text| faults(&[("TRUSTED_PROXIES", text)]));
        let refused = bad.map(|text| faults(&[("TRUSTED_PROXIES", text)]).concat());

        assert_eq!(taken.concat(), [""; 0]);
        assert_eq!(
            refused[0],
            "CONCORD_TRUSTED_PROXIES has \"10.0.0.0/33\", not a network such as 10.0.0.0/8"
        );
        assert!(refused.iter().all(|fault| fault.starts_with("CONCORD_TRUSTED_PROXIES has ")), "{refused:?}");
    }

    #[test]
    fn a_site_that_browsers_name_otherwise_is_refused_with_its_setting() {
        let good = ["", "https://portal.example.org", "http://localhost:3000, https://portal.example.org"];
        let bad = [
            "*",
            "portal.example.org",
            "https://",
            "https://portal.example.org/",
            "https://Portal.example.org",
            "https://*.example.org",
            "https://me@portal.example.org",
            "https://portal.example.org,",
        ];

        let taken = good.map(|text| faults(&[("CORS_ORIGINS", text)]));
        let refused = bad.map(|text| faults(&[("CORS_ORIGINS", text)]).concat());

        assert_eq!(taken.concat(), [""; 0]);
        assert_eq!(
            refused[0],
            "CONCORD_CORS_ORIGINS has \"*\", not a site such as https://portal.example.org"
        );
        assert!(refused.iter().all(|fault| fault.starts_with("CONCORD_CORS_ORIGINS has ")), "{refused:?}");
    }

    #[test]
    fn one_file_of_tls_is_refused_without_the_other() {
        let certificate = ("TLS_CERTIFICATE_FILE", "concord.crt");
        let key = ("TLS_KEY_FILE", "concord.key");

        let found = [faults(&[certificate, key]), faults(&[certificate]), faults(&[key])];

        let text = "tls_certificate_file and tls_key_file belong together: give both or none";
        assert_eq!(found, [vec![], vec![text.to_owned()], vec![text.to_owned()]]);
    }

    #[test]
    fn everything_wrong_with_the_front_door_is_listed() {
        let found = faults(&[
            ("TRUSTED_PROXIES", "everybody"),
            ("CORS_ORIGINS", "*"),
            ("FORWARDED_HEADER", "x-real-ip"),
            ("MAX_CLIENTS", "0"),
            ("CALLER_RATE", "0"),
            ("GRACE_SECONDS", "3601"),
            ("TLS_KEY_FILE", "concord.key"),
        ]);

        let starts = [
            "CONCORD_TRUSTED_PROXIES has ",
            "CONCORD_CORS_ORIGINS has ",
            "CONCORD_FORWARDED_HEADER is ",
            "CONCORD_MAX_CLIENTS must be ",
            "CONCORD_CALLER_RATE must be ",
            "CONCORD_GRACE_SECONDS must be ",
            "tls_certificate_file and tls_key_file ",
        ];
        assert_eq!(found.len(), starts.len(), "{found:?}");
        assert!(starts.iter().all(|start| found.iter().any(|fault| fault.starts_with(start))), "{found:?}");
    }
}
