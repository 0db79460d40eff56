//! Where a request comes from: the client's address, and whether it speaks TLS.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

use crate::config::{ForwardedHeader, Front};

/// The other end of a connection, put into each of its requests by the accept loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Address of the client, or of the proxy before us.
    pub address: SocketAddr,
    /// Whether the connection is under our own TLS.
    pub is_tls: bool,
}

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its address.
    pub address: IpAddr,
    /// Whether it speaks TLS, with us or with a proxy that is trusted.
    pub is_secure: bool,
}

/// One hop as a proxy tells it.
struct Hop<'h> {
    address: Option<IpAddr>,
    proto: Option<&'h str>,
}

impl Origin {
    /// The client behind a peer: the peer itself, unless a trusted proxy speaks for others.
    ///
    /// Entries are read from the right, where our own proxies wrote them; the first that is no trusted proxy
    /// is the client, so what a client writes to the left of it gains nothing.
    #[must_use]
    pub fn of(peer: Peer, headers: &HeaderMap, front: &Front) -> Self {
        let mut found = Self { address: peer.address.ip().to_canonical(), is_secure: peer.is_tls };
        if !is_trusted(found.address, front) {
            return found;
        }
        let hops = match front.forwarded_header {
            ForwardedHeader::XForwardedFor => listed(headers),
            ForwardedHeader::Forwarded => forwarded(headers),
        };
        for hop in hops.into_iter().rev() {
            let Some(address) = hop.address else { break };
            found.address = address;
            found.is_secure = hop.proto.map_or(found.is_secure, |proto| proto.eq_ignore_ascii_case("https"));
            if !is_trusted(address, front) {
                break;
            }
        }
        found
    }
}

/// Whether an address is that of a proxy that is believed whom it speaks for.
#[must_use]
pub fn is_trusted(address: IpAddr, front: &Front) -> bool {
    let address = address.to_canonical();
    front.trusted_proxies.iter().any(|network| network.contains(&address))
}

/// The network an address is counted under: of IPv6 the 64 bits one subscriber has, of IPv4 itself.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() >> 64 << 64).into(),
        four @ IpAddr::V4(_) => four,
    }
}

/// The members of a header that is a list, over all its lines; one that is no text counts as empty.
///
/// A proxy appends to the line of its client: what that wrote must not hide the members after it.
fn members<'h>(headers: &'h HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'h str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    let members = lines.into_iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    members.map(|member| std::str::from_utf8(member).unwrap_or_default().trim())
}

/// The hops of `X-Forwarded-For`; the scheme is the last one `X-Forwarded-Proto` has.
fn listed(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let proto = members(headers, "x-forwarded-proto").next_back();
    members(headers, "x-forwarded-for").map(|text| Hop { address: address(text), proto }).collect()
}

/// The hops of `Forwarded` (RFC 7239).
fn forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    members(headers, "forwarded").map(hop).collect()
}

fn hop(member: &str) -> Hop<'_> {
    let value = |name: &str| {
        let mut pairs = member.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"'))
    };
    Hop { address: value("for").and_then(address), proto: value("proto") }
}

/// An address, with or without a port; none for names that hide one.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let with_port = || text.parse::<SocketAddr>().map(|at| at.ip()).ok();
    bare().or_else(with_port).map(|found: IpAddr| found.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn origin(peer: &str, header: ForwardedHeader, lines: &[(&'static str, &str)]) -> (String, bool) {
        let front = Front {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            forwarded_header: header,
            ..Front::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let peer = Peer { address: SocketAddr::new(peer.parse().unwrap(), 9), is_tls: false };
        let found = Origin::of(peer, &headers, &front);
        (found.address.to_string(), found.is_secure)
    }

    #[test]
    fn strangers_are_not_believed() {
        let lines = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https")];

        assert_eq!(origin("9.9.9.9", ForwardedHeader::XForwardedFor, &lines), ("9.9.9.9".into(), false));
    }

    #[test]
    fn the_rightmost_entry_that_is_no_proxy_is_the_client() {
        let lines = [("x-forwarded-for", "6.6.6.6, 1.2.3.4"), ("x-forwarded-for", "10.1.1.1")];
        let forged = [("x-forwarded-for", "6.6.6.6, not-an-address, 10.1.1.1")];

        assert_eq!(origin("10.0.0.1", ForwardedHeader::XForwardedFor, &lines), ("1.2.3.4".into(), false));
        assert_eq!(origin("10.0.0.1", ForwardedHeader::XForwardedFor, &forged), ("10.1.1.1".into(), false));
    }

    #[test]
    fn what_a_client_writes_does_not_hide_what_the_proxy_appends() {
        let lines = [("x-forwarded-for", "kızıl, 1.2.3.4"), ("x-forwarded-proto", "ü, https")];
        let elements = [("forwarded", "for=ü, for=1.2.3.4;proto=https")];
        let mut raw = HeaderMap::new();
        raw.append("x-forwarded-for", HeaderValue::from_bytes(b"\xff, 1.2.3.4").unwrap());

        let (listed, other) = (ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded);
        assert_eq!(origin("10.0.0.1", listed, &lines), ("1.2.3.4".into(), true));
        assert_eq!(origin("10.0.0.1", other, &elements), ("1.2.3.4".into(), true));
        assert_eq!(members(&raw, "x-forwarded-for").collect::<Vec<_>>(), ["", "1.2.3.4"]);
    }

    #[test]
    fn only_the_header_that_was_chosen_is_read() {
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("forwarded", "for=7.7.7.7, for=\"[2001:db8::1]:80\";proto=https"),
        ];

        let (listed, other) = (ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded);
        assert_eq!(origin("10.0.0.1", listed, &lines), ("6.6.6.6".into(), false));
        assert_eq!(origin("::ffff:10.0.0.1", other, &lines), ("2001:db8::1".into(), true));
    }
}
