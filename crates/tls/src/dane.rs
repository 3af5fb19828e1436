//! DANE: which certificates TLSA records let through (RFC 6698, RFC 7671; for SMTP RFC 7672). Who may
//! believe the records is decided where they are looked up.

use std::{fmt, sync::Arc};

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{
        CryptoProvider, verify_tls12_signature, verify_tls13_signature,
        verify_tls13_signature_with_raw_key,
    },
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
    server::ParsedCertificate,
};
use x509_parser::parse_x509_certificate;

use crate::{failure::refused, verifier::roots_of};

/// What a record speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usage {
    /// DANE-TA(2): an authority that vouches for the server's certificate.
    TrustAnchor,
    /// DANE-EE(3): the server's certificate itself.
    EndEntity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selector {
    Certificate,
    PublicKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matching {
    Exact,
    Sha256,
    Sha512,
}

/// A TLSA record that mail can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsaRecord {
    usage: Usage,
    selector: Selector,
    matching: Matching,
    data: Vec<u8>,
}

impl TlsaRecord {
    /// The record with these numbers, where it is of use: the usages PKIX-TA(0) and PKIX-EE(1) are not
    /// for mail (RFC 7672 section 3.1.3), unknown numbers and digests of a wrong length are for nobody.
    #[must_use]
    pub fn usable(usage: u8, selector: u8, matching: u8, data: &[u8]) -> Option<Self> {
        let usage = match usage {
            2 => Usage::TrustAnchor,
            3 => Usage::EndEntity,
            _ => return None,
        };
        let selector = match selector {
            0 => Selector::Certificate,
            1 => Selector::PublicKey,
            _ => return None,
        };
        let (matching, fits) = match matching {
            0 => (Matching::Exact, !data.is_empty()),
            1 => (Matching::Sha256, data.len() == 32),
            2 => (Matching::Sha512, data.len() == 64),
            _ => return None,
        };
        fits.then(|| Self { usage, selector, matching, data: data.to_vec() })
    }

    /// Whether it speaks of the server's certificate itself, and not of an authority.
    #[must_use]
    pub fn is_of_server(&self) -> bool {
        self.usage == Usage::EndEntity
    }

    /// Whether it names this certificate.
    pub(crate) fn names(&self, certificate: &CertificateDer<'_>) -> bool {
        let selected = match self.selector {
            Selector::Certificate => Some(certificate.as_ref()),
            Selector::PublicKey => public_key(certificate),
        };
        selected.is_some_and(|selected| match self.matching {
            Matching::Exact => selected == self.data,
            Matching::Sha256 => digest(&SHA256, selected).as_ref() == self.data,
            Matching::Sha512 => digest(&SHA512, selected).as_ref() == self.data,
        })
    }
}

impl fmt::Display for TlsaRecord {
    /// As in a zone file, the data cut: `3 1 1 0b9fa5a5…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = if self.usage == Usage::EndEntity { 3 } else { 2 };
        let selector = u8::from(self.selector == Selector::PublicKey);
        let matching = match self.matching {
            Matching::Exact => 0,
            Matching::Sha256 => 1,
            Matching::Sha512 => 2,
        };
        write!(f, "{usage} {selector} {matching} ")?;
        self.data.iter().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…")
    }
}

/// The SubjectPublicKeyInfo of a certificate.
fn public_key<'a>(certificate: &'a CertificateDer<'_>) -> Option<&'a [u8]> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    Some(parsed.tbs_certificate.subject_pki.raw)
}

/// The SHA-256 digest of a certificate's SubjectPublicKeyInfo.
pub(crate) fn key_digest(certificate: &CertificateDer<'_>) -> Option<[u8; 32]> {
    digest(&SHA256, public_key(certificate)?).as_ref().try_into().ok()
}

/// Demands a certificate that one of these records lets through. No authority of the machine's counts,
/// and with DANE-EE neither name nor date (RFC 7672 section 3.1.1).
#[derive(Debug)]
pub(crate) struct Dane {
    records: Vec<TlsaRecord>,
    /// Of which the certificate must have one, where an authority vouches for it.
    names: Vec<ServerName<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Dane {
    pub(crate) fn new(
        records: Vec<TlsaRecord>,
        names: Vec<ServerName<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self { records, names, provider }
    }

    fn of(&self, usage: Usage) -> impl Iterator<Item = &TlsaRecord> {
        self.records.iter().filter(move |record| record.usage == usage)
    }

    /// Whether the certificate leads to an authority that a record names, and has a name that is right.
    fn is_vouched_for(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let is_named =
            |one: &&CertificateDer<'_>| self.of(Usage::TrustAnchor).any(|r| r.names(one));
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        let mut why = None;
        for authority in intermediates.iter().filter(is_named) {
            let roots = roots_of(authority)
                .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
            let leads_there = verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &roots,
                intermediates,
                now,
                algorithms,
            );
            match leads_there {
                Ok(()) => return self.is_named_right(&certificate),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| {
            let records: Vec<String> = self.records.iter().map(ToString::to_string).collect();
            refused(format!(
                "no TLSA record lets the certificate through (published: {})",
                records.join(", ")
            ))
        }))
    }

    fn is_named_right(&self, certificate: &ParsedCertificate<'_>) -> Result<(), Error> {
        let mut why = Error::InvalidCertificate(CertificateError::NotValidForName);
        for name in &self.names {
            match verify_server_name(certificate, name) {
                Ok(()) => return Ok(()),
                Err(error) => why = error,
            }
        }
        Err(why)
    }
}

impl ServerCertVerifier for Dane {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if !self.of(Usage::EndEntity).any(|record| record.names(end_entity)) {
            self.is_vouched_for(end_entity, intermediates, now)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    /// A certificate that the library cannot read (version 1, say) is no worse where it is pinned: what
    /// signs is its key.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match public_key(cert) {
            Some(key) => {
                let key = SubjectPublicKeyInfoDer::from(key);
                verify_tls13_signature_with_raw_key(message, &key, dss, algorithms)
            }
            None => verify_tls13_signature(message, cert, dss, algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_mail_can_use_is_a_record() {
        let (short, long) = ([7; 32], [7; 64]);
        for (usage, selector, matching, data, is_usable) in [
            (3, 1, 1, &short[..], true),
            (2, 0, 2, &long[..], true),
            (3, 0, 0, &[1][..], true),
            (0, 1, 1, &short[..], false),
            (1, 1, 1, &short[..], false),
            (4, 1, 1, &short[..], false),
            (3, 2, 1, &short[..], false),
            (3, 1, 3, &short[..], false),
            (3, 1, 1, &long[..], false),
            (3, 1, 2, &short[..], false),
            (3, 1, 0, &[][..], false),
        ] {
            let record = TlsaRecord::usable(usage, selector, matching, data);
            assert_eq!(record.is_some(), is_usable, "{usage} {selector} {matching} {}", data.len());
        }
        let record = TlsaRecord::usable(3, 1, 1, &short).unwrap();
        assert_eq!(record.to_string(), "3 1 1 07070707…");
    }
}
