//! Which addresses can be reached from the Internet.

use std::net::{IpAddr, Ipv4Addr};

/// Whether an address can be a host's on the Internet. Of those that cannot, the networks that are in real use
/// inside organizations and providers are known, loopback, link-local and multicast (RFC 1918, 4193,
/// 4291, 6598, 6890).
#[must_use]
pub fn is_public(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_shared = first == 100 && second & 0xc0 == 64;
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || first == 0
                || first >= 240
                || is_shared)
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let is_local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || is_local)
        }
    }
}

/// Whether `address` lies in the first `length` bits of `network`.
pub(crate) fn is_within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let same = |a: u128, b: u128, width: u32| {
        let keep = u32::from(length).min(width);
        keep == 0 || (a ^ b) >> (width - keep) == 0
    };
    let number = |v4: Ipv4Addr| u128::from(u32::from(v4));
    match (address.to_canonical(), network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => same(number(a), number(n), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => same(u128::from(a), u128::from(n), 128),
        _ => false,
    }
}

/// As a list in a sentence.
pub(crate) fn listed(addresses: &[IpAddr]) -> String {
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// `A` or `AAAA`.
pub(crate) fn kind(address: Option<&IpAddr>) -> &'static str {
    if address.is_some_and(IpAddr::is_ipv6) { "AAAA" } else { "A" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn private_networks_are_known() {
        for public in ["203.0.113.7", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2001:db8::1"] {
            assert!(is_public(&ip(public)), "{public}");
        }
        for private in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.2",
            "169.254.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_public(&ip(private)), "{private}");
        }
    }

    #[test]
    fn networks_hold_their_addresses() {
        assert!(is_within(ip("203.0.113.7"), ip("203.0.113.0"), 24));
        assert!(is_within(ip("::ffff:203.0.113.7"), ip("203.0.113.0"), 24));
        assert!(!is_within(ip("203.0.114.7"), ip("203.0.113.0"), 24));
        assert!(is_within(ip("9.9.9.9"), ip("203.0.113.0"), 0));
        assert!(!is_within(ip("203.0.113.7"), ip("203.0.113.6"), 32));
        assert!(is_within(ip("2001:db8::7"), ip("2001:db8::"), 64));
        assert!(!is_within(ip("2001:db8::7"), ip("203.0.113.0"), 0));
        assert!(is_within(ip("2001:db8::7"), ip("2001:db8::7"), 128));
    }
}
