//! Mail addresses as the envelope carries them (RFC 5321 section 4.1.2, RFC 6531).

use std::{fmt, hash, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{AddressDomain, ValueError};

const ALLOWED: &str = "local-part@domain, with at most 64 bytes before the @ and 255 after it";

/// One mailbox address. Keeps the spelling it was given; compares without regard to case in
/// both parts, as every mail system in use does.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// The whole address as given; `at` is the index of the separating `@`.
    text: Arc<str>,
    at: u16,
    domain: AddressDomain,
}

impl Address {
    /// Longest local part in bytes (RFC 5321 section 4.5.3.1.1).
    pub const MAX_LOCAL: usize = 64;

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`, quotes included.
    pub fn local_part(&self) -> &str {
        &self.text[..usize::from(self.at)]
    }

    /// The domain in the form routing compares.
    pub fn domain(&self) -> &AddressDomain {
        &self.domain
    }

    /// Whether the local part or the domain as written needs SMTPUTF8 (RFC 6531).
    pub fn is_internationalized(&self) -> bool {
        !self.text.is_ascii()
    }

    /// Whether the local part is `postmaster`, which every domain of ours accepts.
    pub fn is_postmaster(&self) -> bool {
        self.local_part().eq_ignore_ascii_case("postmaster")
    }

    /// The form used as a key: lower case, domain as A-labels.
    pub fn key(&self) -> String {
        format!("{}@{}", self.local_part().to_lowercase(), self.domain)
    }

    /// An address with a local part of ours and a domain.
    ///
    /// # Errors
    /// When the two do not make an address.
    pub fn new(local: &str, domain: &AddressDomain) -> Result<Self, ValueError> {
        format!("{local}@{domain}").parse()
    }
}

impl FromStr for Address {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        if text.len() > 600 {
            return Err(refuse("is too long for a mail address"));
        }
        let at =
            text.rfind('@').ok_or_else(|| refuse("is not a mail address: the @ is missing"))?;
        let (local, domain) = (&text[..at], &text[at + 1..]);
        if local.is_empty() {
            return Err(refuse("has nothing before the @"));
        }
        if local.len() > Self::MAX_LOCAL {
            return Err(refuse("has more than 64 bytes before the @"));
        }
        if !is_dot_string(local) && !is_quoted_string(local) {
            return Err(refuse(
                "has a local part that is neither plain words separated by dots nor a quoted string",
            ));
        }
        let domain: AddressDomain = domain
            .parse()
            .map_err(|e: ValueError| refuse(&format!("has a wrong domain: it {}", e.problem)))?;
        // The lengths were bounded above, so the index fits.
        let at = u16::try_from(at).map_err(|_| refuse("is too long for a mail address"))?;
        Ok(Self { text: text.into(), at, domain })
    }
}

fn is_atom_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_control())
}

fn is_dot_string(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

fn is_quoted_string(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return false,
            '\\' => match chars.next() {
                Some(escaped) if (' '..='~').contains(&escaped) => {}
                _ => return false,
            },
            c if c.is_control() => return false,
            _ => {}
        }
    }
    true
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.domain == other.domain
            && self.local_part().to_lowercase() == other.local_part().to_lowercase()
    }
}

impl Eq for Address {}

impl hash::Hash for Address {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl TryFrom<String> for Address {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.text.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.text)
    }
}

/// The envelope sender: an address, or nobody (`<>`), which delivery status notifications use
/// so that they are never answered (RFC 5321 section 4.5.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReversePath {
    /// `<>`
    Null,
    /// A sender who can be told of failures.
    Address(Address),
}

impl ReversePath {
    /// The address, when there is one.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Null => None,
            Self::Address(address) => Some(address),
        }
    }

    /// The address without angle brackets; empty for the null path.
    pub fn as_str(&self) -> &str {
        self.address().map_or("", Address::as_str)
    }
}

impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_spelling_compares_without_case() {
        let a: Address = "Jean.Dupont@Contoso.COM".parse().unwrap();
        assert_eq!(a.as_str(), "Jean.Dupont@Contoso.COM");
        assert_eq!(a, "jean.dupont@contoso.com".parse().unwrap());
        assert_eq!(a.local_part(), "Jean.Dupont");
        assert_eq!(a.key(), "jean.dupont@contoso.com");
    }

    #[test]
    fn accepts_what_rfc_5321_allows() {
        for good in [
            "a@b",
            "\"a b@c\"@example.com",
            "x@[192.0.2.1]",
            "x@[IPv6:::1]",
            "é@exämple.fr",
            "a+b/c=d@e.f",
        ] {
            good.parse::<Address>().unwrap_or_else(|e| panic!("{e}"));
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a..b@c",
            ".a@c",
            "a b@c",
            "\"a\"b@c",
            "\"a\\\"@c",
            "a@b@",
            "a\r\n@b",
            "a@[300.1.1.1]",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad:?}");
        }
        assert!(format!("{}@c", "a".repeat(65)).parse::<Address>().is_err());
    }
}
