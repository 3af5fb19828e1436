//! The server's side: TLS 1.2 and 1.3, one certificate, replaced without a restart.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use crate::{Fingerprint, Identity, TlsError, provider::provider};

/// What a server shows of itself. Handshakes under way keep the certificate they began with;
/// sessions made under an earlier certificate are not resumed under a new one, since each
/// certificate has its own session store. Clients are not asked for certificates.
pub struct ServerTls {
    current: ArcSwap<Current>,
}

struct Current {
    /// Without ALPN: SMTP (no protocol identifier is registered for it).
    mail: Arc<ServerConfig>,
    /// With ALPN `http/1.1`.
    https: Arc<ServerConfig>,
    fingerprint: Fingerprint,
}

impl ServerTls {
    /// Serves with this identity.
    ///
    /// # Errors
    /// When the chain is empty, cannot be read, or does not belong to the key.
    pub fn new(identity: Identity) -> Result<Self, TlsError> {
        Ok(Self { current: ArcSwap::from_pointee(Current::new(identity)?) })
    }

    /// Serves new connections with this identity. After an error the old one stays.
    ///
    /// # Errors
    /// As [`ServerTls::new`].
    pub fn replace(&self, identity: Identity) -> Result<(), TlsError> {
        self.current.store(Arc::new(Current::new(identity)?));
        Ok(())
    }

    /// Accepts one connection that speaks SMTP. Ask again for every connection, so that a
    /// replaced certificate is used.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().mail))
    }

    /// Accepts one connection that speaks HTTP/1.1: offers ALPN `http/1.1` (RFC 7301) and
    /// refuses clients that offer only other protocols.
    pub fn https_acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().https))
    }

    /// The fingerprint of the leaf certificate now in use.
    pub fn fingerprint(&self) -> Fingerprint {
        self.current.load().fingerprint
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("leaf", &self.fingerprint()).finish_non_exhaustive()
    }
}

impl Current {
    fn new(identity: Identity) -> Result<Self, TlsError> {
        let fingerprint = identity.fingerprint()?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)?;
        let mut https = config.clone();
        https.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { mail: Arc::new(config), https: Arc::new(https), fingerprint })
    }
}
