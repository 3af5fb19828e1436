//! An address a front end sends from, and the name it has there.

use std::{fmt, net::IpAddr, str::FromStr};

use model::{DomainName, ValueError};

use super::enumeration::text_serde;
use crate::setting::text_setting;

const ALLOWED: &str =
    "an address of the server and its name in the DNS, such as 203.0.113.7;mail.contoso.com";

/// `address;name`: what the outside sees of a front end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Egress {
    /// The address connections go out from.
    pub address: IpAddr,
    /// The name in EHLO: what the address's PTR record and SPF should say.
    pub name: DomainName,
}

impl FromStr for Egress {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        let (address, name) =
            text.split_once(';').ok_or_else(|| refuse("has no name after the address"))?;
        let address: IpAddr =
            address.trim().parse().map_err(|_| refuse("does not begin with an IP address"))?;
        if address.is_unspecified() || address.is_multicast() {
            return Err(refuse("is not an address a server can send from"));
        }
        let name = name.trim().parse().map_err(|error: ValueError| refuse(&error.problem))?;
        Ok(Self { address: address.to_canonical(), name })
    }
}

impl fmt::Display for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{}", self.address, self.name)
    }
}

text_serde!(Egress);
text_setting!(Egress, None, "address;name");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_its_name() {
        let egress: Egress = " 203.0.113.7 ; Mail.Contoso.com".parse().unwrap();
        assert_eq!(egress.to_string(), "203.0.113.7;mail.contoso.com");
        assert_eq!("2001:db8::7;m.x".parse::<Egress>().unwrap().to_string(), "2001:db8::7;m.x");
        for bad in ["", "203.0.113.7", ";a.b", "a.b;203.0.113.7", "0.0.0.0;a.b", "1.2.3.4;a b"] {
            assert!(bad.parse::<Egress>().is_err(), "{bad:?}");
        }
    }
}
