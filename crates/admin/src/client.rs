//! Where a request comes from: the peer of its connection, or whom a trusted proxy says it asks for.
//!
//! Anybody can write `X-Forwarded-For`. It counts only where the peer is a proxy that the
//! configuration trusts, and then only as far from its end as trusted proxies have written it.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, request::Parts};
use directory::IpRange;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the other side of the connection, put into every request by the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The proxies that may say whom they ask for.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedProxies(Vec<IpRange>);

impl TrustedProxies {
    pub(crate) fn new(ranges: Vec<IpRange>) -> Self {
        Self(ranges)
    }

    /// Whether this is one of them.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(address))
    }

    /// Who asks; `None` for a request that came over no connection.
    pub(crate) fn client(&self, parts: &Parts) -> Option<IpAddr> {
        let Peer(peer) = parts.extensions.get().copied()?;
        Some(self.behind(peer.to_canonical(), &parts.headers))
    }

    /// The last address that is no trusted proxy's. What cannot be read ends the search: whoever
    /// wrote that is asked for it.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let fields: Vec<&str> =
            headers.get_all(FORWARDED_FOR).into_iter().filter_map(|f| f.to_str().ok()).collect();
        let mut hops = fields.iter().rev().flat_map(|field| field.rsplit(','));
        let mut client = peer;
        while self.contain(client)
            && let Some(before) = hops.next().and_then(|hop| address(hop.trim()))
        {
            client = before;
        }
        client
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    let bracketed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = bracketed.unwrap_or(text).parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let ranges = ["10.0.0.0/8", "127.0.0.1"].map(|range| range.parse().unwrap());
        let headers =
            HeaderMap::from_iter(forwarded.iter().map(|f| (FORWARDED_FOR, f.parse().unwrap())));
        let proxies = TrustedProxies::new(ranges.to_vec());
        proxies.behind(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_have_written_counts() {
        // Not from a proxy.
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        // One proxy, with what its client made up before.
        assert_eq!(client("127.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        // Several of ours.
        assert_eq!(client("127.0.0.1", &["1.1.1.1,198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        // Somebody at the proxy himself.
        assert_eq!(client("127.0.0.1", &["10.0.0.2"]), "10.0.0.2");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        // What cannot be read.
        for bad in ["unknown", "", "1.1.1.1, x", "1.1.1.1,"] {
            assert_eq!(client("127.0.0.1", &[bad]), "127.0.0.1", "{bad}");
        }
        // Other ways to write an address.
        assert_eq!(client("127.0.0.1", &["198.51.100.7:1234"]), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }
}
