//! What is to be obtained, from whom, and how it is proved that the names are ours.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

use directory::CertificateServices;
use model::HttpsUrl;
use model::{TimeSpan, ValueError};
use zeroize::Zeroizing;

use crate::CertificateDomain;

/// `[acme]` of `relais.toml`, read and checked.
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    /// The directory of the ACME server (RFC 8555 section 7.1.1).
    pub directory: HttpsUrl,
    /// Whom the authority may write to.
    pub contact: Vec<Contact>,
    /// The names of the certificate: one to a hundred, none twice.
    pub domains: Vec<CertificateDomain>,
    /// How it is proved that they are ours.
    pub challenge: Challenge,
    /// For what the certificate is shown; `None` is as the one it replaces, and the first time for everything.
    pub services: Option<CertificateServices>,
    /// What kind of key it has.
    pub key: KeyKind,
    /// Whether a renewed certificate keeps the key of the one it replaces.
    pub reuse_key: bool,
    /// Who vouches for our account (RFC 8555 section 7.3.4), for authorities that ask for it.
    pub external_account: Option<ExternalAccount>,
}

/// How it is proved that a name is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// By what a web server at the name's port 80 answers (section 8.3).
    Http01 {
        /// Where that is listened.
        listen: Vec<SocketAddr>,
    },
    /// By a TXT record (section 8.4).
    Dns01 {
        /// The program that makes and removes it.
        hook: PathBuf,
        /// How long is waited until the DNS shows it; zero where nobody looks.
        wait: TimeSpan,
    },
}

/// The kind of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA, P-256.
    Ecdsa,
    /// RSA, 2048 bits.
    Rsa,
}

/// An account elsewhere at the authority. Its `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct ExternalAccount {
    /// Its name: the key identifier.
    pub kid: String,
    /// The key for HMAC-SHA-256.
    pub key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for ExternalAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalAccount").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// An address for the authority's letters: `mailto:postmaster@contoso.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact(String);

impl Contact {
    /// With `mailto:`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Contact {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            ValueError::new(text, problem, "one address, such as mailto:postmaster@contoso.com")
        };
        let address = text.strip_prefix("mailto:").unwrap_or(text);
        // RFC 8555 section 7.3: neither header fields nor more than one address.
        if address.contains(['?', ',', '%']) {
            return Err(refuse("is more than one address"));
        }
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic()) && address.len() <= 320;
        if !is_plain || address.parse::<model::Address>().is_err() {
            return Err(refuse("is not an address of mail"));
        }
        Ok(Self(format!("mailto:{address}")))
    }
}

impl AcmeSettings {
    /// The names, as they stand in the certificate.
    pub(crate) fn names(&self) -> Vec<String> {
        self.domains.iter().map(ToString::to_string).collect()
    }

    /// What an attempt depends on: where this has changed, earlier failures say nothing.
    pub(crate) fn wanted(&self) -> String {
        let challenge = match &self.challenge {
            Challenge::Http01 { listen } => format!("http-01 {listen:?}"),
            Challenge::Dns01 { hook, .. } => format!("dns-01 {}", hook.display()),
        };
        let kid = self.external_account.as_ref().map_or("", |account| &account.kid);
        format!("{} {} {challenge} {kid}", self.directory, self.names().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_one_address() {
        let good: Contact = "postmaster@contoso.com".parse().unwrap();
        assert_eq!(good.as_str(), "mailto:postmaster@contoso.com");
        assert_eq!("mailto:postmaster@contoso.com".parse::<Contact>().unwrap(), good);
        for bad in ["", "mailto:", "postmaster", "a@b.com,c@d.com", "a@b.com?subject=x", "tel:1"] {
            assert!(bad.parse::<Contact>().is_err(), "{bad}");
        }
    }
}
