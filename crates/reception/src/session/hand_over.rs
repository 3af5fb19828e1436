//! A complete message: the last rules, what is noted on top of it, and the hand-over.

use std::net::IpAddr;

use bytes::Bytes;
use directory::{ExtendedRight, Snapshot};
use message::{Submission, Trace};
use model::{Envelope, Guid, HopAttributes, MessageId, ObjectName, Reply};
use sender_auth::Arrival;
use smtp::Answer;

use super::Session;
use crate::{
    Source, Submitted,
    policy::{Client, Policy},
};

impl Session {
    /// A complete message: the last rules, then the hand-over. `250` only after it is durable.
    pub(super) async fn take_over(
        &mut self,
        snapshot: &Snapshot,
        received: smtp::ReceivedMessage,
    ) -> Answer {
        let policy = Policy { snapshot, connector: &self.connector, client: &self.client };
        if let Err(reply) = self.check_content(&policy, &received.content) {
            return Answer::Refuse(reply);
        }
        let id = self.shared.intake.next_id();
        let by_server = match (&self.client, received.attributes) {
            (Client::Server(name), Some(attributes)) => Some((name.clone(), attributes)),
            _ => None,
        };
        let network_id = by_server.as_ref().map_or_else(Guid::new_v4, |(_, told)| told.network_id);
        let stranger = !policy.is_submission();
        let original = received.content.clone();
        let mut content = self.prepare(&policy, received.content, network_id);
        let mut signers = Vec::new();
        self.admitted.holds(original.len());
        // What another server of ours hands on, it has looked at itself.
        if stranger && by_server.is_none() && !is_internal(snapshot, self.client_address) {
            (content, signers) = self.note_sender(&received.envelope, original, content).await;
        }
        let trace = self.trace(id, &received.envelope);
        let submitted = Submitted {
            id,
            network_id,
            envelope: received.envelope,
            content,
            trace,
            source: self.source(by_server, stranger, signers),
        };
        self.admitted.holds(submitted.content.len());
        match self.shared.intake.accept(submitted).await {
            Ok(accepted) => {
                let message_id = accepted.internet_message_id.unwrap_or_default();
                Answer::Accepted(queued(&message_id, id))
            }
            Err(refusal) => Answer::Refuse(refusal.0),
        }
    }

    fn source(
        &self,
        by_server: Option<(ObjectName, HopAttributes)>,
        stranger: bool,
        signers: Vec<String>,
    ) -> Source {
        let (connector, local) = (self.connector.name.to_string(), self.local_address);
        match by_server {
            Some((server, attributes)) => {
                let address = self.client_address;
                Source::Server { connector, server, address, local, attributes }
            }
            None => Source::Smtp {
                connector,
                client: self.client_address,
                hello: self.machine.hello().unwrap_or_default().to_owned(),
                local,
                stranger,
                signers,
            },
        }
    }

    fn check_content(&self, policy: &Policy<'_>, content: &Bytes) -> Result<(), Reply> {
        if let Client::User(_) = self.client {
            policy.author(&message::authors(content))?;
        }
        let most = self.connector.max_local_hop_count as usize;
        if most > 0 && message::own_hops(content, &self.shared.fqdn) > most {
            return Err(Reply::new(
                554,
                (5, 4, 6),
                "Hop count exceeded - possible mail loop: the message has passed this server before",
            ));
        }
        Ok(())
    }

    /// What may come in from outside our own servers, completed where we are the submission
    /// service (RFC 6409 section 8).
    fn prepare(&self, policy: &Policy<'_>, content: Bytes, network_id: Guid) -> Bytes {
        let may = message::Inbound {
            organization: policy.holds(ExtendedRight::AcceptHeadersOrganization),
            forest: policy.holds(ExtendedRight::AcceptHeadersForest),
            routing: policy.holds(ExtendedRight::AcceptHeadersRouting),
            own_name: &self.shared.fqdn,
        };
        let content = message::firewall_inbound(content, &may);
        if !policy.is_submission() {
            return content;
        }
        let submission = Submission {
            message_id_domain: &self.shared.fqdn,
            network_id,
            now: self.shared.clock.now(),
            remove_bcc: true,
        };
        message::prepare_submission(content, &submission)
    }

    /// The message of a stranger, without results under our name, and with our own where the connector
    /// has them found out; and the domains whose signature would be good on a TLS report.
    async fn note_sender(
        &self,
        envelope: &Envelope,
        original: Bytes,
        content: Bytes,
    ) -> (Bytes, Vec<String>) {
        let host = &self.shared.fqdn;
        let content = without_our_results(&self.shared.directory.snapshot(), content);
        let content = message::without_results_of(content, host);
        if !self.connector.sender_authentication_enabled {
            return (content, Vec::new());
        }
        let arrival = Arrival {
            client: self.client_address,
            hello: self.machine.hello().unwrap_or_default(),
            sender: &envelope.sender,
            now: self.shared.clock.now(),
        };
        self.shared.sender_proof.note(host, arrival, original, &content).await
    }

    fn trace(&self, id: MessageId, envelope: &model::Envelope) -> String {
        let single = match envelope.recipients.as_slice() {
            [only] => Some(&only.address),
            _ => None,
        };
        let trace = Trace {
            from_hello: self.machine.hello().unwrap_or_default(),
            from_address: Some(self.client_address),
            by: &self.shared.fqdn,
            with: message::Protocol::of(
                self.machine.is_esmtp(),
                self.tls.is_some(),
                matches!(self.client, Client::User(_)),
                envelope.smtputf8,
            ),
            tls: self.tls.as_ref().map(|t| (t.protocol.clone(), t.cipher.clone())),
            id,
            for_: single,
            at: self.shared.clock.now(),
        };
        String::from_utf8_lossy(&message::received_field(&trace)).into_owned()
    }
}

/// The content without results in the name of a server of ours: what one of us has noted, the others believe.
fn without_our_results(snapshot: &Snapshot, content: Bytes) -> Bytes {
    let names = snapshot.servers.iter().map(|server| server.fqdn.as_str());
    names.fold(content, message::without_results_of)
}

/// Whether the client is one of the organization's own SMTP servers: it has been given the message by others,
/// whose address is not known here, and what it notes is ours.
fn is_internal(snapshot: &Snapshot, client: IpAddr) -> bool {
    let servers = &snapshot.organization.transport.internal_smtp_servers;
    servers.iter().any(|range| range.contains(client))
}

/// `250 2.6.0 <id> [InternalId=n] Queued mail for delivery`, the Message-ID sanitised.
fn queued(message_id: &str, id: MessageId) -> Reply {
    let safe: String = message_id.chars().filter(|c| c.is_ascii_graphic()).take(250).collect();
    let blank = if safe.is_empty() { "" } else { " " };
    Reply::new(250, (2, 6, 0), format!("{safe}{blank}[InternalId={id}] Queued mail for delivery"))
}
