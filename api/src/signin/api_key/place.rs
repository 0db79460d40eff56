//! Where a key may be used: networks, and pages in browsers.

use std::net::IpAddr;

use ipnet::IpNet;
use kernel::narrowing::Narrowing;

/// Where a request comes from: its address, and the origin of the page that made a browser send it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    address: Option<IpAddr>,
    origin: Option<Box<str>>,
}

impl Place {
    /// The place of a request: its address, and its header `Origin`.
    #[must_use]
    pub fn of(address: Option<IpAddr>, origin: Option<&str>) -> Self {
        Self { address, origin: origin.map(Into::into) }
    }

    /// The address of the request, where it is known.
    #[must_use]
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether a key is taken from here.
    pub(in crate::signin) fn suits(&self, key: &Narrowing) -> bool {
        let within = |text: &String| {
            self.address.is_some_and(|address| {
                network(text).is_some_and(|network| network.contains(&address.to_canonical()))
            })
        };
        let is_from =
            |text: &String| self.origin.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(text));
        (key.networks.is_empty() || key.networks.iter().any(within))
            && (key.origins.is_empty() || key.origins.iter().any(is_from))
    }
}

/// A network by its text: an address alone is one of its own.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: IpAddr| IpNet::from(address.to_canonical())))
}

/// Whether a text is a network, or an address.
#[must_use]
pub fn is_network(text: &str) -> bool {
    network(text).is_some()
}

/// Whether a text is an origin as browsers send it: scheme and host, and the port where it is not the usual one.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_of_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suits(from: &str, networks: &[&str]) -> bool {
        let place = Place { address: from.parse().ok(), origin: None };
        let networks = networks.iter().map(|text| (*text).to_owned()).collect();
        place.suits(&Narrowing { networks, ..Narrowing::default() })
    }

    #[test]
    fn a_network_is_what_it_says() {
        assert!(suits("192.0.2.7", &[]));
        assert!(suits("192.0.2.7", &["198.51.100.0/24", "192.0.2.0/24"]));
        assert!(suits("::ffff:192.0.2.7", &["192.0.2.7"]));
        assert!(suits("2001:db8::1", &["2001:db8::/32"]));
        assert!(!suits("192.0.3.7", &["192.0.2.0/24"]));
        assert!(!suits("nowhere", &["0.0.0.0/0"]));
    }

    #[test]
    fn an_origin_is_scheme_and_host() {
        assert!(["https://dash.example", "http://localhost:3000"].into_iter().all(is_origin));
        let wrong = [
            "*",
            "null",
            "dash.example",
            "https://dash.example/",
            "https://dash.example/x",
            "ftp://a",
            "https://u@a",
        ];
        assert!(!wrong.into_iter().any(is_origin));
    }
}
