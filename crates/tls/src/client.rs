//! The client's side: which certificate is good enough.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    client::{Resumption, WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::CertificateDer,
};
use tokio_rustls::TlsConnector;

use crate::{
    Fingerprint, TlsError,
    provider::provider,
    verifier::{AcceptAny, Pinned, roots_of},
};

/// What is demanded of the other side's certificate.
#[derive(Debug, Clone)]
pub enum ClientPolicy {
    /// Encrypts; authenticates nobody. Any certificate and any handshake signature will do
    /// (RFC 7435): who could forge them could also have suppressed STARTTLS. Mail exchangers
    /// with RSA-1024 keys or version 1 certificates are many, and refusing them would only send
    /// the same mail in clear.
    Opportunistic,
    /// The chain must contain the certificate with this fingerprint and lead to it, and the
    /// leaf must name the server. The fingerprint is the authority's, or the leaf's own.
    Pinned(Fingerprint),
    /// The chain must lead to this authority and no other, and the leaf must name the server.
    Authority(CertificateDer<'static>),
    /// The chain must lead to one of these authorities, and the leaf must name the server: a
    /// domain name, or an address among its IP addresses.
    Authorities(Arc<RootCertStore>),
}

/// A configuration that demands this. Make one per policy and keep it.
///
/// Sessions are resumed only under [`ClientPolicy::Opportunistic`]: a resumed handshake shows no
/// certificate, so the others verify anew every time.
///
/// # Errors
/// When the authority's certificate cannot be read as one.
pub fn client_config(policy: ClientPolicy) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = provider();
    let resumable = matches!(policy, ClientPolicy::Opportunistic);
    let verifier: Arc<dyn ServerCertVerifier> = match policy {
        ClientPolicy::Opportunistic => Arc::new(AcceptAny::new(&provider)),
        ClientPolicy::Pinned(pin) => Arc::new(Pinned::new(pin, Arc::clone(&provider))),
        ClientPolicy::Authority(authority) => {
            verifier(Arc::new(roots_of(&authority)?), Arc::clone(&provider))?
        }
        ClientPolicy::Authorities(roots) => verifier(roots, Arc::clone(&provider))?,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    if !resumable {
        config.resumption = Resumption::disabled();
    }
    Ok(Arc::new(config))
}

fn verifier(
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TlsError> {
    WebPkiServerVerifier::builder_with_provider(roots, provider)
        .build()
        .map_err(|e| TlsError::Authority(e.to_string()))
}

/// Opens connections under this configuration.
pub fn connector(config: Arc<ClientConfig>) -> TlsConnector {
    TlsConnector::from(config)
}
