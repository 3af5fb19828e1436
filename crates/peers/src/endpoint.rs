//! Where a server is asked: a host, by name or address, and a port.

use std::{fmt, str::FromStr};

use model::{HttpsUrl, ValueError};
use serde::{Deserialize, Deserializer, de};

/// A host and a port: `mbx02.contoso.com:443`, `192.0.2.12:10443`, `[2001:db8::12]:443`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    /// The host as the operating system looks it up: an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Endpoint {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            ValueError::new(text, problem, "host or host:port, such as mbx02.contoso.com:443")
        };
        if text.contains(['/', '?']) {
            return Err(refuse("has more than a host and a port"));
        }
        let url: HttpsUrl =
            format!("https://{text}").parse().map_err(|_| refuse("is no host and port"))?;
        Ok(Self { host: url.host().to_string(), port: url.port() })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_and_nothing_more() {
        for (text, host, port, shown) in [
            ("mbx02.contoso.com", "mbx02.contoso.com", 443, "mbx02.contoso.com:443"),
            ("127.0.0.12:10443", "127.0.0.12", 10443, "127.0.0.12:10443"),
            ("[::1]:10443", "::1", 10443, "[::1]:10443"),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!((endpoint.host(), endpoint.port()), (host, port));
            assert_eq!(endpoint.to_string(), shown);
        }
        for wrong in ["", "a b", "mbx02:0", "mbx02:99999", "mbx02/x", "u@mbx02", "::1"] {
            assert!(wrong.parse::<Endpoint>().is_err(), "{wrong}");
        }
    }
}
