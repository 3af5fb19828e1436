//! The client's side: which certificate is good enough.

use std::sync::Arc;

use model::DomainPattern;
use rustls::{
    ClientConfig, RootCertStore,
    client::{Resumption, WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName},
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio_rustls::TlsConnector;

use crate::{
    Fingerprint, ShownCertificate, TlsError, TlsTerms, TlsaRecord,
    dane::Dane,
    verifier::{AcceptAny, Pinned, Vouched, roots_of},
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
    /// The chain must lead to one of these authorities; whom the leaf names does not matter
    /// (TlsAuthLevel CertificateValidation).
    AnyName(Arc<RootCertStore>),
    /// The same, and the leaf must name one of these domains (TlsAuthLevel DomainValidation).
    Domains(Arc<RootCertStore>, Vec<DomainPattern>),
    /// What TLSA records let through (RFC 7672); where an authority does, for one of these names.
    Dane(Vec<TlsaRecord>, Vec<ServerName<'static>>),
}

/// What a client shows of itself, and on which terms it speaks.
#[derive(Debug, Clone, Default)]
pub struct ClientSide {
    /// The certificate that is shown to a server that asks for one.
    pub certificate: Option<ShownCertificate>,
    /// Versions and suites.
    pub terms: TlsTerms,
}

/// A configuration that demands this. Make one per policy and keep it.
///
/// Sessions are resumed only under [`ClientPolicy::Opportunistic`]: a resumed handshake shows no
/// certificate, so the others verify anew every time.
///
/// # Errors
/// When the authority's certificate cannot be read as one.
pub fn client_config(policy: ClientPolicy) -> Result<Arc<ClientConfig>, TlsError> {
    ClientSide::default().config(policy)
}

impl ClientSide {
    /// Whether nothing is shown and everything is spoken.
    pub fn is_plain(&self) -> bool {
        self.certificate.is_none() && self.terms == TlsTerms::default()
    }

    /// A configuration that demands this, as [`client_config`].
    ///
    /// # Errors
    /// When the authority's certificate cannot be read as one, or the terms leave nothing to speak.
    pub fn config(&self, policy: ClientPolicy) -> Result<Arc<ClientConfig>, TlsError> {
        build(policy, self)
    }
}

fn build(policy: ClientPolicy, side: &ClientSide) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = side.terms.provider()?;
    let resumable = matches!(policy, ClientPolicy::Opportunistic);
    let verifier: Arc<dyn ServerCertVerifier> = match policy {
        ClientPolicy::Opportunistic => Arc::new(AcceptAny::new(&provider)),
        ClientPolicy::Pinned(pin) => Arc::new(Pinned::new(pin, Arc::clone(&provider))),
        ClientPolicy::Authority(authority) => {
            verifier(Arc::new(roots_of(&authority)?), Arc::clone(&provider))?
        }
        ClientPolicy::Authorities(roots) => verifier(roots, Arc::clone(&provider))?,
        ClientPolicy::AnyName(roots) => Arc::new(Vouched::new(roots, None, Arc::clone(&provider))),
        ClientPolicy::Domains(roots, domains) => {
            Arc::new(Vouched::new(roots, Some(domains), Arc::clone(&provider)))
        }
        ClientPolicy::Dane(records, names) => {
            Arc::new(Dane::new(records, names, Arc::clone(&provider)))
        }
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(side.terms.versions())?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match &side.certificate {
        Some(shown) => {
            let always = SingleCertAndKey::from(CertifiedKey::clone(&shown.certified()));
            builder.with_client_cert_resolver(Arc::new(always))
        }
        None => builder.with_no_client_auth(),
    };
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
