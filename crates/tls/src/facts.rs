//! What a certificate says of itself, for logs: nothing here is verified, and whoever made the
//! certificate chose every word. Text is bounded; what cannot be read is left out.

use std::fmt;

use rustls::pki_types::CertificateDer;
use x509_parser::{extensions::GeneralName, parse_x509_certificate};

use crate::Fingerprint;

/// Names shown; certificates of large providers have hundreds.
const MOST_NAMES: usize = 10;
/// Longest text taken from a field, in characters.
const MAX_TEXT: usize = 200;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of it.
    pub fingerprint: Fingerprint,
    /// What could be read in it.
    pub content: Option<CertificateContent>,
}

/// The fields of a certificate that people look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateContent {
    /// Whose it is: `CN=mx.example.net`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// From when it is valid, in UTC.
    pub not_before: String,
    /// Until when.
    pub not_after: String,
    /// DNS names and addresses it is for; the first ten.
    pub names: Vec<String>,
}

impl CertificateFacts {
    /// Reads a certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        Self { fingerprint: Fingerprint::of(certificate), content: read(certificate) }
    }
}

fn read(certificate: &CertificateDer<'_>) -> Option<CertificateContent> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let names = alternative.map(|extension| extension.value.general_names.as_slice());
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(cut(name)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    Some(CertificateContent {
        subject: cut(&parsed.subject().to_string()),
        issuer: cut(&parsed.issuer().to_string()),
        not_before: cut(&parsed.validity().not_before.to_string()),
        not_after: cut(&parsed.validity().not_after.to_string()),
        names: names.unwrap_or_default().iter().filter_map(name).take(MOST_NAMES).collect(),
    })
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    Some(std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string())
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl fmt::Display for CertificateFacts {
    /// `subject CN=a; issuer CN=b; valid … to …; names a, b; SHA-256 AB:CD:…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Some(content) => {
                write!(
                    f,
                    "subject {}; issuer {}; valid {} to {}; ",
                    content.subject, content.issuer, content.not_before, content.not_after
                )?;
                if !content.names.is_empty() {
                    write!(f, "names {}; ", content.names.join(", "))?;
                }
            }
            None => f.write_str("cannot be read; ")?,
        }
        write!(f, "SHA-256 {}", self.fingerprint)
    }
}
