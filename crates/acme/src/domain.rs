//! A name that a certificate is asked for.

use std::{fmt, str::FromStr};

use model::{DomainName, ValueError};

const ALLOWED: &str =
    "the name of a host such as mail.contoso.com, or *.contoso.com with challenge = \"dns-01\"";

/// A host's name, or with a star all names of one more label (RFC 8555 section 7.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDomain {
    /// The name, without star.
    pub base: DomainName,
    /// Whether there is a star.
    pub is_wildcard: bool,
}

impl FromStr for CertificateDomain {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (is_wildcard, name) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let refuse = |problem: &str| ValueError::new(text, problem, ALLOWED);
        let base: DomainName = name.parse().map_err(|error: ValueError| refuse(&error.problem))?;
        let numbers = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
        if base.labels().last().is_some_and(numbers) {
            return Err(refuse("is an address and no name"));
        }
        if base.labels().count() < 2 {
            return Err(refuse("is no name that is known outside: it has one label"));
        }
        Ok(Self { base, is_wildcard })
    }
}

impl fmt::Display for CertificateDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_wildcard {
            f.write_str("*.")?;
        }
        self.base.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_and_wildcards() {
        let shown = |text: &str| text.parse::<CertificateDomain>().unwrap().to_string();
        assert_eq!(shown("Mail.Contoso.com"), "mail.contoso.com");
        assert_eq!(shown("*.contoso.com"), "*.contoso.com");
        assert_eq!(shown("b\u{fc}cher.example"), "xn--bcher-kva.example");
        for bad in ["", "localhost", "*.", "*", "*.*.contoso.com", "192.0.2.1", "a b.com", "*.com"]
        {
            let refused = bad.parse::<CertificateDomain>().unwrap_err().to_string();
            assert!(refused.contains(ALLOWED) && refused.contains(bad), "{refused}");
        }
    }
}
