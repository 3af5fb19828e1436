//! Domain names as mail uses them: always lower-case A-labels inside, so that comparison is
//! comparison of bytes (RFC 1035 section 2.3.1, RFC 5890; routing.md section 4.1).

use std::{fmt, net::IpAddr, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::ValueError;

const ALLOWED: &str = "labels of letters, digits and hyphens, at most 63 characters each, separated by single dots, \
     at most 253 characters in all";

/// A host or mail domain: at least one label, lower case, A-label form, no trailing dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(Arc<str>);

impl DomainName {
    /// The name as lower-case A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The labels, leftmost first.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }

    /// Whether this is `parent` itself or lies below it.
    pub fn is_within(&self, parent: &DomainName) -> bool {
        match self.0.strip_suffix(parent.as_str()) {
            Some("") => true,
            Some(rest) => rest.ends_with('.'),
            None => false,
        }
    }
}

impl FromStr for DomainName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| Err(ValueError::new(text, problem, ALLOWED));
        if text.is_empty() {
            return refuse("is empty; a domain name is needed");
        }
        if text.len() > 1024 {
            return refuse("is too long for a domain name");
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            match idna::domain_to_ascii_strict(text) {
                Ok(ascii) => ascii,
                Err(_) => return refuse("is not a valid internationalised domain name"),
            }
        };
        if ascii.ends_with('.') {
            return refuse("ends with a dot");
        }
        if ascii.contains("..") || ascii.starts_with('.') {
            return refuse("has an empty label (two dots in a row, or a dot at the start)");
        }
        if ascii.len() > 253 {
            return refuse("is too long for a domain name");
        }
        for label in ascii.split('.') {
            if label.len() > 63 {
                return refuse("has a label of more than 63 characters");
            }
            if label.starts_with('-') || label.ends_with('-') {
                return refuse("has a label that starts or ends with a hyphen");
            }
            if let Some(bad) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
                return refuse(&format!("contains '{bad}', which no domain name may contain"));
            }
        }
        Ok(Self(ascii.into()))
    }
}

impl TryFrom<String> for DomainName {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> String {
        name.0.to_string()
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The right side of an address: a name, or an address literal such as `[192.0.2.1]` or
/// `[IPv6:2001:db8::1]` (RFC 5321 section 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressDomain {
    /// A domain name.
    Name(DomainName),
    /// An address literal.
    Literal(IpAddr),
}

impl FromStr for AddressDomain {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let Some(inner) = text.strip_prefix('[') else {
            return text.parse().map(Self::Name);
        };
        let refuse = || {
            ValueError::new(text, "is not an address literal", "[192.0.2.1] or [IPv6:2001:db8::1]")
        };
        let inner = inner.strip_suffix(']').ok_or_else(refuse)?;
        let v6 = inner.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
        let address = if v6 {
            inner[5..].parse().map(IpAddr::V6).map_err(|_| refuse())?
        } else {
            inner.parse().map(IpAddr::V4).map_err(|_| refuse())?
        };
        Ok(Self::Literal(address))
    }
}

impl fmt::Display for AddressDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Literal(IpAddr::V4(v4)) => write!(f, "[{v4}]"),
            Self::Literal(IpAddr::V6(v6)) => write!(f, "[IPv6:{v6}]"),
        }
    }
}

/// Which domains something is meant for: one name, a name with all below it, or every name
/// (send-connectors.md section 3.2; accepted and remote domains use the same forms).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DomainPattern {
    /// `*`
    Any,
    /// `*.contoso.com`: contoso.com and every domain below it.
    Subdomains(DomainName),
    /// `contoso.com` and nothing else.
    Exact(DomainName),
}

impl DomainPattern {
    /// Whether mail for `domain` falls under this pattern. A literal matches only `*`.
    pub fn matches(&self, domain: &AddressDomain) -> bool {
        match (self, domain) {
            (Self::Any, _) => true,
            (_, AddressDomain::Literal(_)) => false,
            (Self::Subdomains(parent), AddressDomain::Name(name)) => name.is_within(parent),
            (Self::Exact(exact), AddressDomain::Name(name)) => exact == name,
        }
    }

    /// Whether everything that falls under `other` falls under this one too.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Any) | (Self::Exact(_), Self::Subdomains(_)) => false,
            (Self::Subdomains(parent), Self::Subdomains(name) | Self::Exact(name)) => {
                name.is_within(parent)
            }
            (Self::Exact(exact), Self::Exact(name)) => exact == name,
        }
    }

    /// How precise a match is: exact beats any parent, a longer parent beats a shorter one,
    /// `*` is last. Only comparable between patterns that match the same domain.
    pub fn specificity(&self) -> usize {
        match self {
            Self::Any => 0,
            Self::Subdomains(parent) => parent.labels().count(),
            Self::Exact(_) => usize::MAX,
        }
    }
}

impl FromStr for DomainPattern {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        const FORMS: &str = "a domain (contoso.com), a domain with all its subdomains (*.contoso.com) or every domain (*)";
        if text == "*" {
            return Ok(Self::Any);
        }
        if let Some(parent) = text.strip_prefix("*.") {
            if parent.contains('*') {
                return Err(ValueError::new(text, "has more than one wildcard", FORMS));
            }
            return parent
                .parse()
                .map(Self::Subdomains)
                .map_err(|e: ValueError| ValueError::new(text, e.problem, e.allowed));
        }
        if text.contains('*') {
            return Err(ValueError::new(
                text,
                "has a wildcard in the wrong place: the star must be the entire first label",
                FORMS,
            ));
        }
        text.parse().map(Self::Exact)
    }
}

impl TryFrom<String> for DomainPattern {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<DomainPattern> for String {
    fn from(pattern: DomainPattern) -> String {
        pattern.to_string()
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Subdomains(parent) => write!(f, "*.{parent}"),
            Self::Exact(name) => name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().unwrap()
    }

    #[test]
    fn patterns_cover_each_other() {
        let pattern = |text: &str| text.parse::<DomainPattern>().unwrap();
        for (wide, narrow, covers) in [
            ("*", "*", true),
            ("*", "*.a.test", true),
            ("*.a.test", "*", false),
            ("*.a.test", "a.test", true),
            ("*.a.test", "*.b.a.test", true),
            ("*.b.a.test", "*.a.test", false),
            ("a.test", "*.a.test", false),
            ("a.test", "a.test", true),
            ("a.test", "b.test", false),
        ] {
            assert_eq!(pattern(wide).covers(&pattern(narrow)), covers, "{wide} {narrow}");
        }
    }

    #[test]
    fn names_are_lower_case_a_labels() {
        assert_eq!(name("Contoso.COM").as_str(), "contoso.com");
        assert_eq!(name("münchen.example").as_str(), "xn--mnchen-3ya.example");
        for bad in ["", ".", "a..b", "a.", "-a.b", "a-.b", "a_b.c", "a b", "*.b", "a@b"] {
            assert!(bad.parse::<DomainName>().is_err(), "{bad:?}");
        }
        assert!(format!("{}.com", "a".repeat(64)).parse::<DomainName>().is_err());
    }

    #[test]
    fn patterns_match_as_documented() {
        let star: DomainPattern = "*.contoso.com".parse().unwrap();
        let matches = |p: &DomainPattern, d: &str| p.matches(&d.parse().unwrap());
        assert!(matches(&star, "contoso.com"));
        assert!(matches(&star, "a.b.contoso.com"));
        assert!(!matches(&star, "notcontoso.com"));
        let exact: DomainPattern = "contoso.com".parse().unwrap();
        assert!(!matches(&exact, "a.contoso.com"));
        assert!(matches(&DomainPattern::Any, "[192.0.2.1]"));
        for bad in ["*contoso.com", "con*.com", "contoso.*", "*.*.com", "a..b", "**"] {
            assert!(bad.parse::<DomainPattern>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn specificity_orders_exact_parent_any() {
        let of = |p: &str| p.parse::<DomainPattern>().unwrap().specificity();
        assert!(of("marketing.contoso.com") > of("*.marketing.contoso.com"));
        assert!(of("*.marketing.contoso.com") > of("*.contoso.com"));
        assert!(of("*.contoso.com") > of("*"));
    }
}
