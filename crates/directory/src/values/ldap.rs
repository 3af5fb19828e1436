//! Where an LDAP directory answers, and what somebody is there.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use model::{DomainName, Guid, ValueError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::enumeration::text_serde;
use crate::{
    rule::Refused,
    setting::{Stored, text_setting},
};

const ALLOWED: &str =
    "ldaps://host or ldap://host, with a port or not, such as ldaps://dc1.contoso.com";
/// The port of LDAP (RFC 4516 section 2).
const LDAP: u16 = 389;
/// The port of LDAP under TLS from the first byte.
const LDAPS: u16 = 636;

/// A server of an LDAP directory. Nothing is asked in clear text of another machine: `ldaps` is under TLS from the first
/// byte, `ldap` from StartTLS on (RFC 4513 section 3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LdapServer {
    /// TLS from the first byte.
    pub is_ldaps: bool,
    /// A host name or an address, which its certificate has to name.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl LdapServer {
    /// Whether it is on this machine, so that nobody listens in between.
    pub fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost" || address.parse::<IpAddr>().is_ok_and(|a| a.is_loopback())
    }

    /// The port where it is none of one's own choosing.
    const fn usual_port(is_ldaps: bool) -> u16 {
        if is_ldaps { LDAPS } else { LDAP }
    }
}

impl FromStr for LdapServer {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        let lower = text.to_ascii_lowercase();
        let (is_ldaps, rest) = match (lower.strip_prefix("ldaps://"), lower.strip_prefix("ldap://"))
        {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(refuse("does not begin with ldaps:// or ldap://")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse().ok().filter(|port| *port != 0);
                (host, port.ok_or_else(|| refuse("has a port that is none"))?)
            }
            _ => (rest, Self::usual_port(is_ldaps)),
        };
        let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_host = match literal {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => host.parse::<IpAddr>().is_ok_and(|a| a.is_ipv4()) || is_name(host),
        };
        if !is_host {
            return Err(refuse("names no host"));
        }
        Ok(Self { is_ldaps, host: host.to_owned(), port })
    }
}

/// Names of which the last label is a number look like addresses and are none.
fn is_name(host: &str) -> bool {
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    host.parse::<DomainName>().is_ok_and(|name| name.labels().last().is_some_and(|l| !is_number(l)))
}

impl fmt::Display for LdapServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_ldaps { "ldaps" } else { "ldap" };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != Self::usual_port(self.is_ldaps) {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

text_serde!(LdapServer);
text_setting!(LdapServer, Some("LD-02"), "ldaps://host or ldap://host");

/// What a recipient is in the LDAP directory that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct External {
    /// The LDAP directory.
    pub directory: Guid,
    /// What never changes there: `objectGUID`, `entryUUID`.
    pub id: String,
    /// Its distinguished name there, by which its password is verified.
    pub distinguished_name: String,
    /// What one signs in with beside the addresses: `sAMAccountName`, `uid`.
    pub account: Option<String>,
    /// The same with a domain: `userPrincipalName`.
    pub principal: Option<String>,
}

impl Stored for External {
    fn store(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::deserialize(value).map_err(|e| {
            let problem = format!("is not a stored origin ({e})");
            ValueError::new("", problem, "where a recipient comes from").into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn servers_are_read_and_shown() {
        let server = |text: &str| text.parse::<LdapServer>().unwrap();
        let dc = server("LDAPS://DC1.Contoso.com/");
        assert_eq!((dc.is_ldaps, dc.host.as_str(), dc.port), (true, "dc1.contoso.com", 636));
        assert_eq!(server("ldaps://dc1.contoso.com:636").to_string(), "ldaps://dc1.contoso.com");
        assert_eq!(server("ldap://10.0.0.1:3890").to_string(), "ldap://10.0.0.1:3890");
        assert_eq!(server("ldap://[2001:db8::1]:390").port, 390);
        assert_eq!(server("ldap://[::1]").port, 389);
        assert!(server("ldap://[::1]").is_loopback() && server("ldap://localhost").is_loopback());
        assert!(server("ldap://127.0.0.2:3890").is_loopback() && !dc.is_loopback());
        for bad in [
            "",
            "dc1",
            "http://dc1",
            "ldap://",
            "ldap://a:0",
            "ldap://a:x",
            "ldap://a b",
            "ldap://a/dc=x",
            "ldap://u@a",
            "ldap://10.0.0.256",
            "ldap://[::1",
            "ldap://::1",
        ] {
            assert!(bad.parse::<LdapServer>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_alike(text in "ldaps?://[a-z0-9:.\\[\\]/-]{0,30}") {
            if let Ok(server) = text.parse::<LdapServer>() {
                prop_assert_eq!(server.to_string().parse::<LdapServer>().unwrap(), server);
            }
        }
    }
}
