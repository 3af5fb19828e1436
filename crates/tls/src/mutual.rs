//! Mutual TLS between servers of one organization: both sides show a certificate of the
//! organization's authority, and each demands a role of the other. Verified at every handshake:
//! sessions are never resumed, so a certificate that has ended counts with the next connection.
//! The roles are those the certificate was made with; whether its server still has them is for
//! the caller to ask the directory.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::{
        NoServerSessionStorage, WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    version::TLS13,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::{Identity, Role, TlsError, provider::provider, verifier::roots_of};

/// What a Mailbox server says by ALPN (RFC 7301) to another at a port where browsers come too.
pub const PEER_PROTOCOL: &[u8] = b"relais-peer";

/// What a server says there that is not one of the organization yet: it is shown a certificate of the organization's
/// authority, whatever browsers are shown.
pub const JOIN_PROTOCOL: &[u8] = b"relais-join";

/// A server's identity towards the other servers, replaced without a restart.
pub struct MutualTls {
    authority: CertificateDer<'static>,
    current: ArcSwap<Current>,
}

/// One configuration per role that is demanded of the other side.
struct Current {
    servers: [Arc<ServerConfig>; 2],
    clients: [Arc<ClientConfig>; 2],
    /// Between Mailbox servers, with [`PEER_PROTOCOL`].
    peers: (Arc<ServerConfig>, Arc<ClientConfig>),
}

impl MutualTls {
    /// Shows this identity and trusts this authority, and no other.
    ///
    /// # Errors
    /// When either cannot be used.
    pub fn new(identity: &Identity, authority: CertificateDer<'static>) -> Result<Self, TlsError> {
        let current = ArcSwap::from_pointee(Current::new(identity, &authority)?);
        Ok(Self { authority, current })
    }

    /// Shows this identity from the next connection on. After an error the old one stays.
    ///
    /// # Errors
    /// As [`MutualTls::new`].
    pub fn replace(&self, identity: &Identity) -> Result<(), TlsError> {
        self.current.store(Arc::new(Current::new(identity, &self.authority)?));
        Ok(())
    }

    /// Accepts one connection of a server with this role. Ask again for every connection.
    pub fn acceptor(&self, client: Role) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().servers[index(client)]))
    }

    /// Opens one connection to a server with this role. Ask again for every connection.
    pub fn connector(&self, server: Role) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.current.load().clients[index(server)]))
    }

    /// Accepts one connection of a Mailbox server that speaks [`PEER_PROTOCOL`]. Ask again for every connection.
    pub fn peer_acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().peers.0))
    }

    /// Opens one connection to a Mailbox server that speaks [`PEER_PROTOCOL`]. Ask again for every connection.
    pub fn peer_connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.current.load().peers.1))
    }
}

impl fmt::Debug for MutualTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MutualTls").finish_non_exhaustive()
    }
}

fn index(role: Role) -> usize {
    match role {
        Role::Mailbox => 0,
        Role::ClientAccess => 1,
    }
}

impl Current {
    fn new(identity: &Identity, authority: &CertificateDer<'_>) -> Result<Self, TlsError> {
        let server = |role| server_config(identity, authority, role);
        let client = |role| client_config(identity, authority, role);
        let [mailbox, client_access] = Role::ALL;
        let mut peer_server = ServerConfig::clone(&*server(mailbox)?);
        peer_server.alpn_protocols = vec![PEER_PROTOCOL.to_vec()];
        let mut peer_client = ClientConfig::clone(&*client(mailbox)?);
        peer_client.alpn_protocols = vec![PEER_PROTOCOL.to_vec()];
        Ok(Self {
            peers: (Arc::new(peer_server), Arc::new(peer_client)),
            servers: [server(mailbox)?, server(client_access)?],
            clients: [client(mailbox)?, client(client_access)?],
        })
    }
}

fn server_config(
    identity: &Identity,
    authority: &CertificateDer<'_>,
    role: Role,
) -> Result<Arc<ServerConfig>, TlsError> {
    let roots = Arc::new(roots_of(authority)?);
    let inner = WebPkiClientVerifier::builder_with_provider(roots, provider())
        .build()
        .map_err(|e| TlsError::Authority(e.to_string()))?;
    let Identity { chain, key } = identity.clone();
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(ClientWithRole { inner, role }))
        .with_single_cert(chain, key)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

fn client_config(
    identity: &Identity,
    authority: &CertificateDer<'_>,
    role: Role,
) -> Result<Arc<ClientConfig>, TlsError> {
    let roots = Arc::new(roots_of(authority)?);
    let inner = WebPkiServerVerifier::builder_with_provider(roots, provider())
        .build()
        .map_err(|e| TlsError::Authority(e.to_string()))?;
    let Identity { chain, key } = identity.clone();
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(ServerWithRole { inner, role }))
        .with_client_auth_cert(chain, key)?;
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// The chain was good; is the role?
fn demand(role: Role, leaf: &CertificateDer<'_>) -> Result<(), Error> {
    if role.is_in(leaf) {
        return Ok(());
    }
    Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
}

#[derive(Debug)]
struct ClientWithRole {
    inner: Arc<dyn ClientCertVerifier>,
    role: Role,
}

impl ClientCertVerifier for ClientWithRole {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.inner.verify_client_cert(end_entity, intermediates, now)?;
        demand(self.role, end_entity)?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[derive(Debug)]
struct ServerWithRole {
    inner: Arc<WebPkiServerVerifier>,
    role: Role,
}

impl ServerCertVerifier for ServerWithRole {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )?;
        demand(self.role, end_entity)?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
#[path = "mutual_tests.rs"]
mod tests;
