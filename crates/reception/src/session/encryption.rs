//! TLS: the handshake, what a logon can be bound to, and who the client is by the certificate it has shown: a
//! partner, or another server of the organization, which names our protocol and is asked for its own.

use std::{io, sync::Arc, time::Duration};

use directory::ExtendedRight;
use rustls::pki_types::CertificateDer;
use smtp::TlsBinding;
use tls::{CertificateFacts, Role, SessionBinding, ShownLeaf, TlsSummary, is_named};
use tokio::{task::spawn_blocking, time::timeout};

use super::{End, Session, Stream};
use crate::{
    partner,
    policy::{Client, Policy},
};

/// The longest a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(60);

impl Session {
    /// Who the client is by the certificate it has shown (DomainSecureEnabled asks for one).
    async fn certified(&mut self, chain: Vec<CertificateDer<'static>>) -> Client {
        let Some(leaf) = chain.first() else { return Client::Anonymous };
        let facts = CertificateFacts::of(leaf).to_string();
        let (trust, now) = (Arc::clone(&self.shared.trust), self.shared.clock.now());
        let lists = self.shared.directory.snapshot();
        let judged = spawn_blocking(move || {
            let domains = &lists.organization.transport.tls_receive_domain_secure_list;
            partner::proved(&chain, &trust, domains, now)
        });
        let judged = judged.await.unwrap_or_else(|error| Err(error.to_string()));
        self.conversation.information(|| match &judged {
            Ok(domains) if domains.is_empty() => {
                format!("Remote certificate, of no domain in TLSReceiveDomainSecureList: {facts}")
            }
            Ok(_) => format!("Remote certificate, verified: {facts}"),
            Err(why) => format!("Remote certificate, not verified ({why}): {facts}"),
        });
        match judged {
            Ok(domains) if !domains.is_empty() => Client::Partner(domains),
            Ok(_) | Err(_) => Client::Anonymous,
        }
    }

    /// Which Mailbox server of the organization the client is, whose certificate is the authority's and says that role:
    /// nobody where the directory knows none of its name.
    fn server(&mut self, chain: &[CertificateDer<'static>]) -> Client {
        let Some(leaf) = chain.first() else { return Client::Anonymous };
        let snapshot = self.shared.directory.snapshot();
        let is_it = |name: &str| is_named(leaf, name);
        let mut servers = snapshot.servers.iter().filter(|server| server.is_mailbox_server);
        let Some(server) = servers.find(|server| is_it(server.fqdn.as_str())) else {
            let facts = CertificateFacts::of(leaf).to_string();
            self.conversation.information(|| {
                format!(
                    "Remote certificate of the organization, of no server in the directory: {facts}"
                )
            });
            return Client::Anonymous;
        };
        self.conversation.information(|| format!("Remote certificate of server {}", server.name));
        let client = Client::Server(server.name.clone());
        let policy = Policy { snapshot: &snapshot, connector: &self.connector, client: &client };
        self.machine.admit_peer(policy.holds(ExtendedRight::BypassMessageSizeLimit));
        client
    }

    /// The stream under TLS, and what a logon in it can be bound to.
    pub(super) async fn encrypt(
        &mut self,
        stream: Box<dyn Stream>,
    ) -> Result<(Box<dyn Stream>, Vec<TlsBinding>), End> {
        let acceptor = self.shared.shown.acceptor(&self.connector).map_err(io::Error::other)?;
        let (acceptor, shown) = ShownLeaf::of(&acceptor);
        let handshake = timeout(HANDSHAKE, async {
            if Policy::admits_servers(&self.connector) {
                self.shared.servers.accept_or(Role::Mailbox, &acceptor, stream).await
            } else {
                Ok((acceptor.accept(stream).await?, false))
            }
        });
        let (stream, is_server) = handshake.await.map_err(io::Error::other)??;
        let connection = stream.get_ref().1;
        let summary = TlsSummary::of_server(connection);
        self.conversation
            .information(|| format!("TLS negotiated: {} {}", summary.protocol, summary.cipher));
        self.tls = Some(summary);
        let bindings = SessionBinding::of_server(connection, &shown);
        let bindings = bindings
            .into_iter()
            .map(|binding| TlsBinding { kind: binding.kind, data: binding.data });
        let bindings = bindings.collect();
        let chain = connection.peer_certificates().map(<[_]>::to_vec).unwrap_or_default();
        self.client = if is_server { self.server(&chain) } else { self.certified(chain).await };
        Ok((Box::new(stream), bindings))
    }
}
