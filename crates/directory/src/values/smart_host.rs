//! Smart hosts: a name or an address (send-connectors.md section 4).

use std::{fmt, net::IpAddr, str::FromStr};

use model::{DomainName, ValueError};

use super::enumeration::text_serde;
use crate::setting::text_setting;

const ALLOWED: &str = "a host name such as server.contoso.com, or an IP address such as 10.10.1.1";

/// One host that mail is handed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SmartHost {
    /// A name with MX or address records.
    Name(DomainName),
    /// An address.
    Literal(IpAddr),
}

impl SmartHost {
    /// The form in next hop domains: addresses in square brackets.
    pub fn bracketed(&self) -> String {
        match self {
            Self::Name(name) => name.to_string(),
            Self::Literal(address) => format!("[{address}]"),
        }
    }
}

impl FromStr for SmartHost {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        if text.trim() != text {
            return Err(refuse("starts or ends with a blank"));
        }
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let literal = bare.map(|inner| inner.strip_prefix("IPv6:").unwrap_or(inner));
        if let Ok(address) = literal.unwrap_or(text).parse::<IpAddr>() {
            if address.is_unspecified() || address.is_multicast() {
                return Err(refuse("is not the address of a host"));
            }
            return Ok(Self::Literal(address));
        }
        if literal.is_some() {
            return Err(refuse("is not an IP address in brackets"));
        }
        let name: DomainName = text.parse().map_err(|e: ValueError| refuse(&e.problem))?;
        let numeric = name.labels().last().is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
        if numeric {
            return Err(refuse("looks like an IP address but is not one"));
        }
        Ok(Self::Name(name))
    }
}

impl fmt::Display for SmartHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Literal(address) => address.fmt(f),
        }
    }
}

text_serde!(SmartHost);
text_setting!(SmartHost, Some("SC-08"), "a host name or an IP address");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_addresses() {
        let host = |t: &str| t.parse::<SmartHost>().unwrap();
        assert_eq!(host("Server.Contoso.com").to_string(), "server.contoso.com");
        assert_eq!(host("[10.10.1.1]"), host("10.10.1.1"));
        assert_eq!(host("10.10.1.1").bracketed(), "[10.10.1.1]");
        assert_eq!(host("[IPv6:2001:db8::1]"), host("2001:db8::1"));
        for bad in ["", " a.b", "a.b ", "a_b.c", "--", "10.10.1", "10.10.1.256", "[a.b]", "0.0.0.0"]
        {
            assert!(bad.parse::<SmartHost>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_shows_what_it_reads(text in "[\\PC\\[\\]:.0-9a-z]{0,40}") {
            if let Ok(host) = text.parse::<SmartHost>() {
                prop_assert_eq!(host.to_string().parse::<SmartHost>().unwrap(), host);
            }
        }
    }
}
