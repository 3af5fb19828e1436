//! TLS: the handshake, what a logon can be bound to, and who the client is by the certificate it has shown.

use std::{io, sync::Arc, time::Duration};

use rustls::pki_types::CertificateDer;
use smtp::TlsBinding;
use tls::{CertificateFacts, SessionBinding, ShownLeaf, TlsSummary};
use tokio::{task::spawn_blocking, time::timeout};

use super::{End, Session, Stream};
use crate::{partner, policy::Client};

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

    /// The stream under TLS, and what a logon in it can be bound to.
    pub(super) async fn encrypt(
        &mut self,
        stream: Box<dyn Stream>,
    ) -> Result<(Box<dyn Stream>, Vec<TlsBinding>), End> {
        let acceptor = self.shared.shown.acceptor(&self.connector).map_err(io::Error::other)?;
        let (acceptor, shown) = ShownLeaf::of(&acceptor);
        let handshake = timeout(HANDSHAKE, acceptor.accept(stream)).await;
        let stream = handshake.map_err(io::Error::other)??;
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
        self.client = self.certified(chain).await;
        Ok((Box::new(stream), bindings))
    }
}
