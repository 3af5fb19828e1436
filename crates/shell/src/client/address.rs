//! Where a server is: `https://host[:port]`.

use std::{fmt, net::IpAddr, str::FromStr};

/// Host and port of a server's HTTPS interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    /// A name, or an IP address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl ServerAddress {
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port }
    }

    /// Whether it is this very machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for ServerAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || {
            let shown: String = text.chars().take(100).collect();
            format!(
                "'{shown}' is not the address of a server. Allowed: https://host or https://host:port."
            )
        };
        let rest = match text.trim().split_once("://") {
            Some(("https", rest)) => rest,
            Some(_) => return Err(refuse()),
            None => text.trim(),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.strip_prefix('[') {
            Some(literal) => {
                let (host, after) = literal.split_once(']').ok_or_else(refuse)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| refuse())?;
                (host, after.strip_prefix(':').or(after.is_empty().then_some("443")))
            }
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, Some("443")),
            },
        };
        let port = port.and_then(|p| p.parse().ok()).filter(|p: &u16| *p > 0).ok_or_else(refuse)?;
        let valid = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || host.len() > 255 || !host.chars().all(valid) {
            return Err(refuse());
        }
        Ok(Self::new(host, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |text: &str| text.parse::<ServerAddress>().map(|a| a.to_string());
        assert_eq!(read("https://127.0.0.1:10443/").as_deref(), Ok("127.0.0.1:10443"));
        assert_eq!(read("mbx01.contoso.com").as_deref(), Ok("mbx01.contoso.com:443"));
        assert_eq!(read("https://[::1]:10443").as_deref(), Ok("[::1]:10443"));
        for wrong in
            ["http://x", "https://", "https://x:0", "https://x/api", "a b", "[x]:1", "https://u@x"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(ServerAddress::new("::1", 1).is_loopback());
        assert!(!ServerAddress::new("192.0.2.1", 1).is_loopback());
    }
}
