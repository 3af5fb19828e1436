//! The address of something that is asked for over HTTPS and nothing else: a token endpoint (RFC 6749
//! section 3.2), the metadata of who issues tokens, a web server that takes reports.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{DomainName, ValueError};

/// Longest address, in bytes.
const MAX_URL: usize = 1024;

/// `https://host[:port]/path[?query]`, without a user, a password or a fragment; at most 1,024 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpsUrl {
    host: HttpsHost,
    port: u16,
    path: String,
}

/// The host of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HttpsHost {
    /// By name.
    Name(DomainName),
    /// By address.
    Address(IpAddr),
}

impl HttpsUrl {
    /// The host.
    pub fn host(&self) -> &HttpsHost {
        &self.host
    }

    /// The port; 443 where none is written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a request asks for: the path, with the query if there is one; begins with a slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Host and port as they stand in the address, and in a request's Host field.
    pub fn authority(&self) -> String {
        if self.port == 443 {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for HttpsUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        let scheme = text.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://"));
        let rest = scheme.and_then(|_| text.get(8..));
        let rest = rest.ok_or_else(|| refuse("does not begin with https://"))?;
        if text.len() > MAX_URL || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse("is longer than 1,024 bytes or has other than visible ASCII"));
        }
        if rest.contains('#') {
            return Err(refuse("has a fragment"));
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(refuse("has a user name"));
        }
        let (host, port) = host_and_port(authority).ok_or_else(|| refuse("names no host"))?;
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { host, port, path: format!("{slash}{path}") })
    }
}

/// `name`, `address` or `[address]`, with a port or not.
fn host_and_port(authority: &str) -> Option<(HttpsHost, u16)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            (host, port.parse().ok().filter(|p| *p != 0)?)
        }
        _ => (authority, 443),
    };
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = match literal {
        Some(address) => HttpsHost::Address(IpAddr::V6(address.parse().ok()?)),
        None => match host.parse::<std::net::Ipv4Addr>() {
            Ok(address) => HttpsHost::Address(IpAddr::V4(address)),
            Err(_) => HttpsHost::Name(host.parse().ok()?),
        },
    };
    Some((host, port))
}

impl fmt::Display for HttpsHost {
    /// As in an address: IPv6 in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.path)
    }
}

const ALLOWED: &str = "https://host/path, such as https://login.example.com/oauth2/token";

impl Serialize for HttpsUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HttpsUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_endpoints() {
        let shown = |text: &str| text.parse::<HttpsUrl>().unwrap().to_string();
        let login = "https://login.example.com/tenant/oauth2/v2.0/token?p=1";
        assert_eq!(shown(login), login);
        assert_eq!(shown("HTTPS://Login.Example.com:443"), "https://login.example.com/");
        assert_eq!(shown("https://a.test:8443?x"), "https://a.test:8443/?x");
        assert_eq!(shown("https://[::1]:8443/t"), "https://[::1]:8443/t");
        let url: HttpsUrl = "https://127.0.0.1:8443/t".parse().unwrap();
        assert_eq!((url.port(), url.path()), (8443, "/t"));
        assert_eq!(*url.host(), HttpsHost::Address([127, 0, 0, 1].into()));
        for bad in [
            "",
            "http://a.test/",
            "login.example.com/token",
            "https://",
            "https:///token",
            "https://jean@a.test/",
            "https://a.test/#x",
            "https://a.test:0/",
            "https://a.test:99999/",
            "https://a test/",
            "https://\u{e9}.test/",
        ] {
            assert!(bad.parse::<HttpsUrl>().is_err(), "{bad:?}");
        }
    }
}
