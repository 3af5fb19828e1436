//! What binds a logon to the TLS session it happens in (RFC 5056): the same at both ends of one session,
//! and at no others.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::{
    ClientConnection, ProtocolVersion, ServerConnection,
    pki_types::CertificateDer,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;
use x509_parser::parse_x509_certificate;

/// A kind of channel binding, and what both sides know of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionBinding {
    /// The kind's registered name: `tls-exporter` (RFC 9266) under TLS 1.3, `tls-server-end-point`
    /// (RFC 5929) under TLS 1.2, where the exporter is not certain to be unique.
    pub kind: &'static str,
    /// What both sides know.
    pub data: Vec<u8>,
}

impl SessionBinding {
    /// Of a session that we opened. Nothing before the handshake is finished, or where the certificate is
    /// signed in a way that has no hash of its own.
    pub fn of_client(connection: &ClientConnection) -> Option<Self> {
        match connection.protocol_version()? {
            ProtocolVersion::TLSv1_3 => {
                let keys = connection.export_keying_material(room(), EXPORTER, Some(b""));
                Some(Self::exporter(keys.ok()?))
            }
            ProtocolVersion::TLSv1_2 => Self::end_point(connection.peer_certificates()?.first()?),
            _ => None,
        }
    }

    /// All that a client may choose from in a session that it opened with us, in which it was `shown` this:
    /// `tls-exporter` under TLS 1.3, and `tls-server-end-point` under TLS 1.2 and 1.3. Nothing before the
    /// handshake is finished.
    pub fn of_server(connection: &ServerConnection, shown: &ShownLeaf) -> Vec<Self> {
        let exporter = match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => {
                connection.export_keying_material(room(), EXPORTER, Some(b"")).ok()
            }
            Some(ProtocolVersion::TLSv1_2) => None,
            _ => return Vec::new(),
        };
        let end_point = shown.0.get().and_then(|leaf| Self::end_point(leaf));
        exporter.map(Self::exporter).into_iter().chain(end_point).collect()
    }

    fn exporter(data: Vec<u8>) -> Self {
        Self { kind: "tls-exporter", data }
    }

    fn end_point(certificate: &[u8]) -> Option<Self> {
        let data = digest(hash_of(certificate)?, certificate).as_ref().to_vec();
        Some(Self { kind: "tls-server-end-point", data })
    }
}

/// RFC 9266 section 2.
const EXPORTER: &[u8] = b"EXPORTER-Channel-Binding";

fn room() -> Vec<u8> {
    vec![0; 32]
}

/// Which certificate a client was shown in one handshake; none before it.
#[derive(Debug, Default)]
pub struct ShownLeaf(OnceLock<CertificateDer<'static>>);

impl ShownLeaf {
    /// The same acceptor for one connection, and what that will have shown. Sessions are resumed as by the
    /// acceptor itself.
    pub fn of(acceptor: &TlsAcceptor) -> (TlsAcceptor, Arc<Self>) {
        let leaf = Arc::new(Self::default());
        let mut config = acceptor.config().as_ref().clone();
        let chooser = Arc::clone(&config.cert_resolver);
        config.cert_resolver = Arc::new(Noting { chooser, leaf: Arc::clone(&leaf) });
        (TlsAcceptor::from(Arc::new(config)), leaf)
    }
}

/// Notes what another chooses to show.
struct Noting {
    chooser: Arc<dyn ResolvesServerCert>,
    leaf: Arc<ShownLeaf>,
}

impl ResolvesServerCert for Noting {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let chosen = self.chooser.resolve(client)?;
        if let Some(leaf) = chosen.cert.first() {
            self.leaf.0.get_or_init(|| leaf.clone());
        }
        Some(chosen)
    }
}

impl fmt::Debug for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noting").field("chooser", &self.chooser).finish_non_exhaustive()
    }
}

/// RFC 5929 section 4.1: the hash of the certificate's signature, SHA-256 instead of MD5 and SHA-1.
fn hash_of(certificate: &[u8]) -> Option<&'static Algorithm> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    match parsed.signature_algorithm.algorithm.to_id_string().as_str() {
        // RSA with MD5, SHA-1 and SHA-256; ECDSA with SHA-1 and SHA-256.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => Some(&SHA256),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(&SHA384),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(&SHA512),
        _ => None,
    }
}
