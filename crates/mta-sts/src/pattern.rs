//! Which hosts a policy means (RFC 8461 section 4.1): a name, or one label below a name.

use std::{fmt, str::FromStr};

use model::{DomainName, ValueError};

const FORMS: &str = "a host name (mail.example.com) or every name one label below another (*.example.com), \
     internationalised labels as A-labels";

/// One `mx` of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MxPattern {
    /// `mail.example.com` and nothing else.
    Host(DomainName),
    /// `*.example.com`: a.example.com, but neither example.com nor a.b.example.com.
    OneLabelBelow(DomainName),
}

impl MxPattern {
    /// Whether `host` is meant.
    pub fn matches(&self, host: &DomainName) -> bool {
        match self {
            Self::Host(name) => name == host,
            Self::OneLabelBelow(parent) => {
                host.as_str().split_once('.').is_some_and(|(_, rest)| rest == parent.as_str())
            }
        }
    }

    /// The name without a star.
    pub(crate) fn name(&self) -> &DomainName {
        match self {
            Self::Host(name) | Self::OneLabelBelow(name) => name,
        }
    }
}

impl FromStr for MxPattern {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if !text.is_ascii() {
            return Err(ValueError::new(text, "is not written in A-labels", FORMS));
        }
        let (name, form): (_, fn(DomainName) -> Self) = match text.strip_prefix("*.") {
            Some(parent) => (parent, Self::OneLabelBelow),
            None => (text, Self::Host),
        };
        name.parse().map(form).map_err(|e: ValueError| ValueError::new(text, e.problem, FORMS))
    }
}

impl fmt::Display for MxPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => name.fmt(f),
            Self::OneLabelBelow(parent) => write!(f, "*.{parent}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, host: &str) -> bool {
        pattern.parse::<MxPattern>().unwrap().matches(&host.parse().unwrap())
    }

    #[test]
    fn a_star_is_exactly_one_label() {
        assert!(matches("*.example.com", "mx1.example.com"));
        assert!(matches("*.Example.COM", "MX1.example.com"));
        for other in ["example.com", "a.b.example.com", "xexample.com", "mx.example.com.net"] {
            assert!(!matches("*.example.com", other), "{other}");
        }
        assert!(matches("*.com", "example.com"));
        assert!(!matches("*.com", "com"));
    }

    #[test]
    fn a_name_is_itself() {
        assert!(matches("Mail.Example.com", "mail.example.com"));
        assert!(!matches("mail.example.com", "a.mail.example.com"));
        assert!(matches("xn--mnchen-3ya.example", "münchen.example"));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "",
            "*",
            "*.",
            "*.*.example.com",
            "mx*.example.com",
            "a.*.example.com",
            "münchen.example",
            "mail.example.com.",
            ".example.com",
            "a b",
            "[192.0.2.1]",
            "a_b.example",
        ] {
            assert!(bad.parse::<MxPattern>().is_err(), "{bad:?}");
        }
    }
}
