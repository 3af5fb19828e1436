//! A certificate chain with its private key.

use std::fmt;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use crate::{Fingerprint, TlsError};

/// Most certificates read from one PEM text.
const MAX_CHAIN: usize = 16;

/// Who a server is: its certificate chain, leaf first, and the leaf's private key.
pub struct Identity {
    /// The leaf, then the certificates that lead to its authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's private key.
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a chain (at most 16 certificates, leaf first) and a private key (PKCS #8, PKCS #1
    /// or SEC 1) from PEM texts.
    ///
    /// # Errors
    /// When either text is not PEM or lacks what is needed. Whether the two belong together is
    /// found when a [`crate::ServerTls`] is made of them.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let wrong = |what| {
            move |e: rustls::pki_types::pem::Error| TlsError::Pem { what, problem: e.to_string() }
        };
        let chain = CertificateDer::pem_slice_iter(chain)
            .take(MAX_CHAIN)
            .collect::<Result<Vec<_>, _>>()
            .map_err(wrong("certificate chain"))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(wrong("private key"))?;
        Ok(Self { chain, key })
    }

    /// The fingerprint of the leaf.
    ///
    /// # Errors
    /// When the chain is empty.
    pub fn fingerprint(&self) -> Result<Fingerprint, TlsError> {
        self.chain.first().map(Fingerprint::of).ok_or(TlsError::NoCertificate)
    }
}

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl fmt::Debug for Identity {
    /// Shows the fingerprint and nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("leaf", &self.chain.first().map(Fingerprint::of))
            .finish_non_exhaustive()
    }
}
