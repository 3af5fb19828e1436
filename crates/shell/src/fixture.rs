//! For tests: a certificate authority, and servers under TLS on loopback.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tls::{Fingerprint, Identity, ServerTls};

/// An authority with a server identity for 127.0.0.1.
pub(crate) struct Pki {
    pub(crate) authority: CertificateDer<'static>,
    pem: String,
    pub(crate) server: Arc<ServerTls>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer =
            CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let authority = issuer.der().clone();
        let identity = Identity {
            chain: vec![leaf.der().clone(), authority.clone()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        };
        let server = Arc::new(ServerTls::new(identity).unwrap());
        Self { authority, pem: issuer.pem(), server }
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.authority)
    }

    /// Puts the authority where a server keeps it.
    pub(crate) fn install(&self, data_dir: &Path) {
        let keys = data_dir.join("keys");
        std::fs::create_dir_all(&keys).unwrap();
        std::fs::write(keys.join("authority.pem"), &self.pem).unwrap();
    }
}
