//! Certificate verifiers that the library does not bring: one that demands nothing, one that
//! demands a known certificate, one that knows the domains a certificate may be for. Neither keeps state, neither panics on a hostile certificate.

use std::sync::Arc;

use model::{DomainName, DomainPattern};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use x509_parser::{extensions::GeneralName, parse_x509_certificate};

use crate::{Fingerprint, TlsError, failure::refused};

/// Handshake signatures are checked as the verifier's `provider` does it.
macro_rules! signatures_of_provider {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            let algorithms = &self.provider.signature_verification_algorithms;
            verify_tls12_signature(message, cert, dss, algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            let algorithms = &self.provider.signature_verification_algorithms;
            verify_tls13_signature(message, cert, dss, algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider.signature_verification_algorithms.supported_schemes()
        }
    };
}

pub(crate) use signatures_of_provider;

/// Accepts every certificate and every handshake signature: encryption without authentication.
/// Signatures are not checked because checking them needs a certificate the library can parse
/// (version 3, RSA from 2,048 bits), and since no name is verified they would prove nothing.
#[derive(Debug)]
pub(crate) struct AcceptAny {
    schemes: Vec<SignatureScheme>,
}

impl AcceptAny {
    pub(crate) fn new(provider: &CryptoProvider) -> Self {
        let mut schemes = provider.signature_verification_algorithms.supported_schemes();
        // Old servers sign with SHA-1 alone, or choose by these alone; last, so that nobody
        // else does.
        for old in [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy] {
            if !schemes.contains(&old) {
                schemes.push(old);
            }
        }
        Self { schemes }
    }
}

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Demands a certificate with a known fingerprint in the chain, a leaf signed under it, the
/// server's name in the leaf, and a good handshake signature.
#[derive(Debug)]
pub(crate) struct Pinned {
    pin: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl Pinned {
    pub(crate) fn new(pin: Fingerprint, provider: Arc<CryptoProvider>) -> Self {
        Self { pin, provider }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // A pinned leaf is trusted itself: only its name is left to check.
        if Fingerprint::of(end_entity) == self.pin {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let authority = intermediates
            .iter()
            .find(|certificate| Fingerprint::of(certificate) == self.pin)
            .ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        let roots = roots_of(authority)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|e| Error::General(e.to_string()))?
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    signatures_of_provider!();
}

/// Demands a certificate of one of these authorities, whose names are judged by ourselves.
#[derive(Debug)]
pub(crate) struct Vouched {
    roots: Arc<RootCertStore>,
    /// The domains of which it must name one; anything will do where there are none.
    domains: Option<Vec<DomainPattern>>,
    provider: Arc<CryptoProvider>,
}

impl Vouched {
    pub(crate) fn new(
        roots: Arc<RootCertStore>,
        domains: Option<Vec<DomainPattern>>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self { roots, domains, provider }
    }

    fn is_named_right(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let Some(domains) = &self.domains else { return Ok(()) };
        let parsed = ParsedCertificate::try_from(certificate)?;
        let names = dns_names(certificate);
        let is_one = |domain: &DomainPattern| match domain {
            DomainPattern::Any => true,
            DomainPattern::Exact(name) => ServerName::try_from(name.as_str())
                .is_ok_and(|name| verify_server_name(&parsed, &name).is_ok()),
            DomainPattern::Subdomains(parent) => names.iter().any(|name| name.is_within(parent)),
        };
        if domains.iter().any(is_one) {
            return Ok(());
        }
        let (wanted, shown) = (joined(domains), joined(&names));
        Err(refused(format!("the certificate is for {shown}, and {wanted} is demanded")))
    }
}

fn joined<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() { "no name".to_owned() } else { names.join(", ") }
}

/// The DNS names of a certificate, without the star of those that have one.
fn dns_names(certificate: &CertificateDer<'_>) -> Vec<DomainName> {
    let Ok((_, parsed)) = parse_x509_certificate(certificate) else { return Vec::new() };
    let Ok(Some(alternative)) = parsed.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => name.trim_start_matches("*.").parse().ok(),
        _ => None,
    };
    alternative.value.general_names.iter().filter_map(name).collect()
}

impl ServerCertVerifier for Vouched {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.roots,
            intermediates,
            now,
            self.provider.signature_verification_algorithms.all,
        )?;
        self.is_named_right(end_entity)?;
        Ok(ServerCertVerified::assertion())
    }

    signatures_of_provider!();
}

/// A store that trusts this one certificate.
pub(crate) fn roots_of(authority: &CertificateDer<'_>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone().into_owned()).map_err(|e| TlsError::Authority(e.to_string()))?;
    Ok(roots)
}
