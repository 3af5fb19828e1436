//! What is in a certificate. Everything of it is somebody else's word: bounded, and shown as text only.

use aws_lc_rs::digest;
use model::Timestamp;
use rustls::pki_types::CertificateDer;
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, parse_x509_certificate,
    public_key::PublicKey,
};

use crate::{CertificateError, DistinguishedName};

/// Most names that are read of one certificate.
const MOST_NAMES: usize = 100;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// SHA-1 over the certificate, as Exchange and Windows call it: 40 hexadecimal digits, upper case.
    /// It identifies; nothing is trusted by it.
    pub thumbprint: String,
    /// Whom it is for.
    pub subject: DistinguishedName,
    /// Who issued it.
    pub issuer: DistinguishedName,
    /// The DNS names it is for, lower case, wildcards included; without any, its common name.
    pub domains: Vec<String>,
    /// From when it counts.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Hexadecimal, upper case.
    pub serial_number: String,
    /// Bits of its public key.
    pub key_size: u32,
    /// `RSA`, `ECDSA` or `Ed25519`; else the object identifier.
    pub key_algorithm: String,
    /// Whether subject and issuer are the same.
    pub is_self_signed: bool,
    /// SHA-256 over its public key (SubjectPublicKeyInfo): what a TLSA record 3 1 1 holds.
    pub public_key_sha256: [u8; 32],
}

impl Facts {
    /// Reads a certificate.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Self, CertificateError> {
        let parsed = parsed(certificate)?;
        let time = |at: x509_parser::time::ASN1Time| {
            Timestamp::from_millis(at.timestamp().saturating_mul(1000))
        };
        let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
        let key = digest::digest(&digest::SHA256, parsed.public_key().raw);
        let (key_algorithm, key_size) = key_of(&parsed);
        Ok(Self {
            thumbprint: hex(sha1.as_ref()),
            subject: DistinguishedName::of(parsed.subject()),
            issuer: DistinguishedName::of(parsed.issuer()),
            domains: domains(&parsed),
            not_before: time(parsed.validity().not_before),
            not_after: time(parsed.validity().not_after),
            serial_number: hex(parsed.raw_serial()),
            key_size,
            key_algorithm,
            is_self_signed: parsed.subject().as_raw() == parsed.issuer().as_raw(),
            public_key_sha256: key.as_ref().try_into().unwrap_or([0; 32]),
        })
    }

    /// Whether it is for the server of this name (RFC 6125: a star stands for one label).
    pub fn is_for(&self, name: &str) -> bool {
        self.domains.iter().any(|domain| tls::covers(domain, name))
    }
}

/// The certificate, taken apart.
pub(crate) fn parsed<'a>(
    certificate: &'a CertificateDer<'_>,
) -> Result<X509Certificate<'a>, CertificateError> {
    parse_x509_certificate(certificate)
        .map(|(_, parsed)| parsed)
        .map_err(|_| CertificateError::Damaged)
}

fn domains(parsed: &X509Certificate<'_>) -> Vec<String> {
    let alternative = parsed.subject_alternative_name().ok().flatten();
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    };
    let names: Vec<String> = alternative
        .iter()
        .flat_map(|extension| extension.value.general_names.iter().filter_map(name))
        .filter(|name| is_printable(name))
        .take(MOST_NAMES)
        .collect();
    if !names.is_empty() {
        return names;
    }
    let common = parsed.subject().iter_common_name().filter_map(|cn| cn.as_str().ok());
    common.filter(|name| is_printable(name)).take(1).map(str::to_ascii_lowercase).collect()
}

fn is_printable(name: &str) -> bool {
    !name.is_empty() && name.len() <= 255 && name.bytes().all(|b| b.is_ascii_graphic())
}

fn key_of(parsed: &X509Certificate<'_>) -> (String, u32) {
    let bits = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    match parsed.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => ("RSA".to_owned(), bits(key.key_size())),
        Ok(PublicKey::EC(point)) => ("ECDSA".to_owned(), bits(point.key_size())),
        _ => {
            let oid = parsed.public_key().algorithm.algorithm.to_id_string();
            if oid == "1.3.101.112" { ("Ed25519".to_owned(), 256) } else { (oid, 0) }
        }
    }
}

/// Hexadecimal, upper case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
