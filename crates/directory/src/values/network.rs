//! Addresses: remote ranges and bindings of Receive connectors, DNS servers.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use model::ValueError;

use super::enumeration::text_serde;
use crate::setting::text_setting;

/// Where a Receive connector listens.
pub type Binding = SocketAddr;

/// Addresses from one to another, of one family (management.md section 8.6).
#[derive(Debug, Clone, Copy)]
pub struct IpRange {
    first: u128,
    last: u128,
    v6: bool,
    form: Form,
}

/// How the range was written, and so is shown.
#[derive(Debug, Clone, Copy)]
enum Form {
    Single,
    Span,
    Prefix(u8),
}

impl IpRange {
    /// Every IPv4 address.
    pub const ALL_V4: Self = Self { first: 0, last: u32::MAX as u128, v6: false, form: Form::Span };
    /// Every IPv6 address.
    pub const ALL_V6: Self = Self { first: 0, last: u128::MAX, v6: true, form: Form::Span };

    /// Whether the address is in the range. An IPv4 address that arrives as an IPv6 one counts
    /// as what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (number, v6) = number(address.to_canonical());
        self.v6 == v6 && (self.first..=self.last).contains(&number)
    }

    /// How many addresses there are beside the first: for comparing which range is narrower.
    pub fn size(&self) -> u128 {
        self.last - self.first
    }

    /// Whether every address of `other` is in this range.
    pub fn encloses(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.first <= other.first && other.last <= self.last
    }

    /// Whether some address is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.v6 == other.v6 && self.first <= other.last && other.first <= self.last
    }

    fn prefix(address: IpAddr, length: u8) -> Option<Self> {
        let (number, v6) = number(address);
        let width: u8 = if v6 { 128 } else { 32 };
        let free = u32::from(width.checked_sub(length)?);
        let hosts = 1u128.checked_shl(free).map_or(u128::MAX, |n| n - 1);
        let first = number & !hosts;
        Some(Self { first, last: first | hosts, v6, form: Form::Prefix(length) })
    }

    fn address(&self, number: u128) -> IpAddr {
        match u32::try_from(number) {
            Ok(short) if !self.v6 => Ipv4Addr::from(short).into(),
            _ => Ipv6Addr::from(number).into(),
        }
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), false),
        IpAddr::V6(v6) => (u128::from(v6), true),
    }
}

impl PartialEq for IpRange {
    fn eq(&self, other: &Self) -> bool {
        (self.v6, self.first, self.last) == (other.v6, other.first, other.last)
    }
}

impl Eq for IpRange {}

impl FromStr for IpRange {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            ValueError::new(
                text,
                problem,
                "an address (10.0.0.1), a range (10.0.0.1-10.0.0.9) or a network (10.0.0.0/24), \
                 IPv4 or IPv6",
            )
        };
        let address = |part: &str| {
            part.trim().parse::<IpAddr>().map_err(|_| refuse("is not a range of IP addresses"))
        };
        if let Some((network, length)) = text.split_once('/') {
            let length = length.parse().map_err(|_| refuse("has a wrong prefix length"))?;
            return Self::prefix(address(network)?, length)
                .ok_or_else(|| refuse("has a wrong prefix length"));
        }
        let Some((first, last)) = text.split_once('-') else {
            let (number, v6) = number(address(text)?);
            return Ok(Self { first: number, last: number, v6, form: Form::Single });
        };
        let (first, v6) = number(address(first)?);
        let (last, also_v6) = number(address(last)?);
        if v6 != also_v6 {
            return Err(refuse("mixes IPv4 and IPv6"));
        }
        if first > last {
            return Err(refuse("ends before it starts"));
        }
        Ok(Self { first, last, v6, form: Form::Span })
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.address(self.first);
        match self.form {
            Form::Single => first.fmt(f),
            Form::Span => write!(f, "{first}-{}", self.address(self.last)),
            Form::Prefix(length) => write!(f, "{first}/{length}"),
        }
    }
}

text_serde!(IpRange);
text_setting!(IpRange, None, "an IP address, a range or a network");

/// A DNS server: `address`, or `address:port` where the port is not 53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DnsServer(pub SocketAddr);

impl DnsServer {
    const PORT: u16 = 53;

    /// Where it answers.
    pub const fn socket_addr(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for DnsServer {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            ValueError::new(text, problem, "an IP address such as 10.0.0.53, or address:port")
        };
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        let address = match bare.parse::<IpAddr>() {
            Ok(address) => SocketAddr::new(address, Self::PORT),
            Err(_) => text.parse().map_err(|_| refuse("is not the address of a DNS server"))?,
        };
        if address.port() == 0 || address.ip().is_unspecified() || address.ip().is_multicast() {
            return Err(refuse("is not the address of a DNS server"));
        }
        Ok(Self(address))
    }
}

impl fmt::Display for DnsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.port() == Self::PORT { self.0.ip().fmt(f) } else { self.0.fmt(f) }
    }
}

text_serde!(DnsServer);
text_setting!(DnsServer, None, "an IP address, or address:port");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> IpRange {
        text.parse().unwrap()
    }

    #[test]
    fn ranges_read_compare_and_show() {
        assert!(range("10.0.0.0/8").contains("10.1.2.3".parse().unwrap()));
        assert!(range("10.0.0.1-10.0.0.9").contains("::ffff:10.0.0.9".parse().unwrap()));
        assert!(!range("10.0.0.1-10.0.0.9").contains("10.0.0.10".parse().unwrap()));
        assert!(!range("0.0.0.0/0").contains("::1".parse().unwrap()));
        assert_eq!(range("0.0.0.0/0"), IpRange::ALL_V4);
        assert_eq!(range("::/0"), IpRange::ALL_V6);
        assert_eq!(IpRange::ALL_V4.to_string(), "0.0.0.0-255.255.255.255");
        assert_eq!(range(&IpRange::ALL_V6.to_string()), IpRange::ALL_V6);
        assert_eq!(range("10.0.0.77/24").to_string(), "10.0.0.0/24");
        assert_eq!(range("::1").to_string(), "::1");
        assert!(range("::1").size() < range("::/64").size());
        assert!(range("10.0.0.0/8").encloses(&range("10.9.0.0/16")));
        assert!(range("10.0.0.0-10.0.0.5").overlaps(&range("10.0.0.5-10.0.0.9")));
        for bad in ["", "10.0.0", "10.0.0.9-10.0.0.1", "10.0.0.0/33", "::/129", "10.0.0.1-::1", "a"]
        {
            assert!(bad.parse::<IpRange>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn dns_servers() {
        let server = |t: &str| t.parse::<DnsServer>().unwrap();
        assert_eq!(server("10.0.0.53").socket_addr(), "10.0.0.53:53".parse().unwrap());
        assert_eq!(server("127.0.0.1:5353").to_string(), "127.0.0.1:5353");
        assert_eq!(server("[::1]:53").to_string(), "::1");
        for bad in ["", "dns.example", "0.0.0.0", "10.0.0.1:0", "10.0.0.1:x"] {
            assert!(bad.parse::<DnsServer>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn ranges_never_panic_and_show_what_they_read(text in "[0-9a-f:./ -]{0,40}") {
            if let Ok(range) = text.parse::<IpRange>() {
                prop_assert_eq!(range.to_string().parse::<IpRange>().unwrap(), range);
            }
        }

        #[test]
        fn prefixes_hold_their_own_address(bits in any::<u128>(), length in 0u8..=128) {
            let address = IpAddr::from(Ipv6Addr::from(bits));
            let network = range(&format!("{address}/{length}"));
            let (number, _) = super::number(address);
            prop_assert!(network.first <= number && number <= network.last);
        }

        #[test]
        fn dns_servers_never_panic(text in "[0-9a-f:.\\[\\]]{0,30}") {
            if let Ok(server) = text.parse::<DnsServer>() {
                prop_assert_eq!(server.to_string().parse::<DnsServer>().unwrap(), server);
            }
        }
    }
}
