//! Several certificates at one port: the client says whom it wants (SNI, RFC 6066 section 3), and is shown
//! the certificate of that name; who says nothing, or a name that none has, is shown one that is chosen.

use std::{fmt, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::sign::any_supported_type,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::{Identity, ShownChain, TlsError, TlsTerms, peer::AnyClient};

/// A certificate with its key, ready to be shown.
#[derive(Clone)]
pub struct ShownCertificate {
    key: Arc<CertifiedKey>,
    domains: Arc<[String]>,
}

impl ShownCertificate {
    /// This identity, for whoever asks for one of `domains` (wildcards such as `*.contoso.com` included).
    ///
    /// # Errors
    /// When the chain is empty, or does not belong to the key.
    pub fn new(identity: Identity, domains: &[String]) -> Result<Self, TlsError> {
        if identity.chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let signing = any_supported_type(&identity.key)?;
        let key = CertifiedKey::new(identity.chain, signing);
        key.keys_match()?;
        Ok(Self { key: Arc::new(key), domains: domains.into() })
    }

    fn is_for(&self, name: &str) -> bool {
        self.domains.iter().any(|domain| covers(domain, name))
    }

    /// The chain, the certificate itself first.
    pub fn chain(&self) -> ShownChain {
        ShownChain::of(self.key.cert.clone())
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key)
    }
}

/// Whether `pattern` of a certificate, such as `mail.contoso.com` or `*.contoso.com`, covers `name`
/// (RFC 6125 section 6.4.3: a star stands for one whole label).
pub fn covers(pattern: &str, name: &str) -> bool {
    let name = name.trim_end_matches('.');
    match pattern.strip_prefix("*.") {
        Some(parent) => name
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent)),
        None => pattern.eq_ignore_ascii_case(name),
    }
}

/// A server that shows the first of `by_name` that is for whom the client wants, else `otherwise`. With
/// `asks_client` the client is asked for a certificate; it needs none, and what it shows is believed to be its
/// own but judged by nobody yet ([`crate::vouched`]).
///
/// # Errors
/// When the terms leave nothing to speak.
pub fn server_config(
    by_name: Vec<ShownCertificate>,
    otherwise: &ShownCertificate,
    asks_client: bool,
    terms: &TlsTerms,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = terms.provider()?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(terms.versions())?;
    let builder = if asks_client {
        builder.with_client_cert_verifier(Arc::new(AnyClient::new(&provider)))
    } else {
        builder.with_no_client_auth()
    };
    let choice = ByName { by_name, otherwise: otherwise.certified() };
    Ok(Arc::new(builder.with_cert_resolver(Arc::new(choice))))
}

struct ByName {
    by_name: Vec<ShownCertificate>,
    otherwise: Arc<CertifiedKey>,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let wanted = client.server_name();
        let found = wanted.and_then(|name| self.by_name.iter().find(|one| one.is_for(name)));
        Some(found.map_or_else(|| Arc::clone(&self.otherwise), ShownCertificate::certified))
    }
}

impl fmt::Debug for ByName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByName").field("by_name", &self.by_name).finish_non_exhaustive()
    }
}

impl fmt::Debug for ShownCertificate {
    /// The names, and nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShownCertificate").field("domains", &self.domains).finish_non_exhaustive()
    }
}
