//! Certificates that clients show: taken in the handshake whatever they are, since whoever shows one that is
//! not trusted could as well have shown none; judged afterwards, at each session anew.

use std::{sync::Arc, time::Duration};

use model::Timestamp;
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme,
    client::{danger::HandshakeSignatureValid, verify_server_cert_signed_by_trust_anchor},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, UnixTime},
    server::{
        ParsedCertificate, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};

use crate::{HandshakeFailure, provider::provider, verifier::signatures_of_provider};

/// Whether one of these authorities vouches for the chain, leaf first, at that time. The leaf may be meant
/// for clients or for servers: authorities of the public have stopped issuing for clients, and a mail host
/// is both.
///
/// # Errors
/// Why not, in words.
pub fn vouched(
    chain: &[CertificateDer<'_>],
    roots: &RootCertStore,
    now: Timestamp,
) -> Result<(), String> {
    let Some((leaf, intermediates)) = chain.split_first() else {
        return Err("there is no certificate".to_owned());
    };
    let seconds = u64::try_from(now.as_millis() / 1000).unwrap_or(0);
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let as_server = || {
        let parsed = ParsedCertificate::try_from(leaf)?;
        let algorithms = provider().signature_verification_algorithms;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            roots,
            intermediates,
            now,
            algorithms.all,
        )
    };
    let as_client = || {
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots.clone()), provider())
            .build()
            .map_err(|e| Error::General(e.to_string()))?
            .verify_client_cert(leaf, intermediates, now)
    };
    match as_server() {
        Ok(()) => Ok(()),
        Err(error) => as_client().map(drop).map_err(|_| HandshakeFailure::about(&error).text),
    }
}

/// Takes every certificate that the client can prove to be its own, or none.
#[derive(Debug)]
pub(crate) struct AnyClient {
    provider: Arc<CryptoProvider>,
}

impl AnyClient {
    pub(crate) fn new(provider: &Arc<CryptoProvider>) -> Self {
        Self { provider: Arc::clone(provider) }
    }
}

impl ClientCertVerifier for AnyClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    signatures_of_provider!();
}
