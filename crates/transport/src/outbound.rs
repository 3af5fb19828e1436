//! What a queue's next hop is, as a thing that takes messages: an SMTP connection of its
//! connector, or this server's mailboxes.

use std::sync::Arc;

use delivery::{ConnectFailure, Connection, Courier, Delivery, Outcome, Parcel, Route};
use directory::{SendConnector, SendRight, Snapshot};
use mailbox::Copy;
use model::AddressDomain;
use queue::{DeliveryType, QueueKey};
use spool::SpoolError;

use crate::{categorizer::Categorizer, core::Core, registry::Item};

/// An open way to the next hop.
pub(crate) enum Link {
    Smtp {
        connection: Box<Connection>,
        /// The connector's version when it was opened; a changed connector is not used on.
        version: u64,
        longest_idle: std::time::Duration,
        /// What the connector lets the other side see.
        headers: HeaderPermissions,
    },
    Mailboxes,
}

/// The header permissions of a connection (send-connectors.md section 2.2).
pub(crate) struct HeaderPermissions {
    organization: bool,
    forest: bool,
    routing: bool,
    cross_premises: bool,
    /// This server's name in its Received fields.
    own_name: String,
}

impl HeaderPermissions {
    fn of(connector: &SendConnector, own_name: &model::DomainName) -> Self {
        Self {
            organization: connector.may_send(SendRight::HeadersOrganization),
            forest: connector.may_send(SendRight::HeadersForest),
            routing: connector.may_send(SendRight::HeadersRouting),
            cross_premises: connector.cloud_services_mail_enabled,
            own_name: own_name.to_string(),
        }
    }

    /// What of the content the other side gets to see.
    fn firewall(&self, content: bytes::Bytes) -> bytes::Bytes {
        let may = message::Outbound {
            organization: self.organization,
            forest: self.forest,
            routing: self.routing,
            own_name: &self.own_name,
            cross_premises: self.cross_premises,
        };
        message::firewall_outbound(content, &may)
    }
}

impl Link {
    /// Whether SmtpMaxMessagesPerConnection has been reached.
    pub(crate) fn is_spent(&self) -> bool {
        matches!(self, Self::Smtp { connection, .. } if connection.is_spent())
    }
}

impl Core {
    /// Why nothing can leave towards the queue's next hop at the moment, without trying: its
    /// connector goes through front ends, and none can be used.
    pub(crate) fn way_barred(&self, key: &QueueKey) -> Option<String> {
        let snapshot = self.directory.snapshot();
        let connector = connector(&snapshot, key).filter(|c| c.frontend_proxy_enabled);
        connector.and(self.here(&snapshot)).and_then(|here| self.front_ends.barred(&snapshot, here))
    }

    /// Opens a way to the queue's next hop. `turn` rotates smart hosts, `avoid` is the host to
    /// be tried last.
    pub(crate) async fn open_link(
        &self,
        key: &QueueKey,
        turn: usize,
        avoid: Option<&str>,
    ) -> Result<Link, ConnectFailure> {
        match key.delivery_type {
            DeliveryType::SmtpDeliveryToMailbox => Ok(Link::Mailboxes),
            DeliveryType::DnsConnectorDelivery | DeliveryType::SmartHostConnectorDelivery => {
                self.connect(key, turn, avoid).await
            }
            DeliveryType::SmtpRelayToConnectorSourceServers => Err(transient(
                "451 4.4.0 None of the connector's source servers can be reached from here",
            )),
            DeliveryType::Unreachable | DeliveryType::Submission | DeliveryType::Poison => {
                Err(transient(crate::categorizer::NO_CONNECTOR))
            }
        }
    }

    async fn connect(
        &self,
        key: &QueueKey,
        turn: usize,
        avoid: Option<&str>,
    ) -> Result<Link, ConnectFailure> {
        let snapshot = self.directory.snapshot();
        let gone = || transient("451 4.4.0 The Send connector has been removed");
        let connector = connector(&snapshot, key).ok_or_else(gone)?;
        let server = self.here(&snapshot).ok_or_else(gone)?;
        let domain: AddressDomain = match key.delivery_type {
            DeliveryType::DnsConnectorDelivery => {
                key.next_hop_domain.parse().map_err(|e| transient(&format!("451 4.4.0 {e}")))?
            }
            // Smart hosts serve every domain; the domain plays no part in the route.
            _ => AddressDomain::Name(server.fqdn.clone()),
        };
        let mut route = Route::new(connector, &domain, &server.fqdn, &self.resolvers(server))
            .map_err(|unavailable| transient(&unavailable.to_string()))?
            .through(|| self.front_ends.passage(&snapshot, server, connector.fqdn.is_none()));
        route.own_external_address = server.transport.external_ip_address;
        let connection = self.courier.connect(&route, turn, avoid).await?;
        Ok(Link::Smtp {
            connection: Box::new(connection),
            version: connector.header.version,
            longest_idle: Courier::longest_idle(&route),
            headers: HeaderPermissions::of(connector, &server.fqdn),
        })
    }

    /// Carries one consignment over the link.
    ///
    /// # Errors
    /// When its content cannot be read; nothing has been tried then.
    pub(crate) async fn carry(&self, link: &mut Link, item: &Item) -> Result<Delivery, SpoolError> {
        let _room = self.room(item.message.record.size).await;
        let content = self.content(&item.message).await?;
        Ok(match link {
            Link::Mailboxes => self.deliver_here(item, content).await,
            Link::Smtp { connection, headers, .. } => {
                let record = &item.message.record;
                let content = with_trace(&record.trace, headers.firewall(content));
                connection
                    .deliver(Parcel {
                        id: record.id,
                        internet_message_id: connection
                            .is_logged()
                            .then(|| record.internet_message_id.clone())
                            .flatten(),
                        envelope: Arc::clone(&record.envelope),
                        recipients: item.recipients.clone(),
                        content,
                        eight_bit: record.eight_bit,
                    })
                    .await
            }
        })
    }

    async fn deliver_here(&self, item: &Item, content: bytes::Bytes) -> Delivery {
        let snapshot = self.directory.snapshot();
        let (mailboxes, server) = (self.mailboxes.clone(), self.server.clone());
        let owned = item.clone();
        let delivered = tokio::task::spawn_blocking(move || {
            let categorizer = Categorizer::new(&snapshot, &server);
            let record = &owned.message.record;
            let one = |index: u32| {
                let Some(recipient) = record.envelope.recipients.get(index as usize) else {
                    return Outcome::Untried;
                };
                let Some(mailbox) = categorizer.mailbox_of(&recipient.address) else {
                    let status = model::EnhancedCode::new(5, 1, 1);
                    return Outcome::Failed(
                        status,
                        "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found".to_owned(),
                    );
                };
                let copy = Copy {
                    id: record.id,
                    recipient: index,
                    sender: &record.envelope.sender,
                    delivered_to: &recipient.address,
                    trace: record.trace.as_bytes(),
                    content: &content,
                };
                match mailboxes.deliver(&mailbox.primary_smtp_address, &copy) {
                    Ok(()) => Outcome::Delivered("250 2.1.5 Delivered to mailbox".to_owned()),
                    Err(error) => Outcome::Deferred(format!("452 4.3.1 {error}")),
                }
            };
            owned.recipients.iter().map(|index| (*index, one(*index))).collect()
        });
        match delivered.await {
            Ok(recipients) => Delivery {
                recipients,
                session_failure: None,
                relays_dsn: false,
                host: String::new(),
            },
            Err(_) => put_off(item, "451 4.3.0 The delivery was interrupted"),
        }
    }
}

/// The connector of a queue, while it exists.
pub(crate) fn connector<'a>(
    snapshot: &'a Snapshot,
    key: &QueueKey,
) -> Option<&'a Arc<SendConnector>> {
    snapshot.send_connector_by_guid(key.connector)
}

fn transient(text: &str) -> ConnectFailure {
    ConnectFailure::Transient(text.to_owned())
}

fn put_off(item: &Item, why: &str) -> Delivery {
    Delivery {
        recipients: item
            .recipients
            .iter()
            .map(|i| (*i, Outcome::Deferred(why.to_owned())))
            .collect(),
        session_failure: None,
        relays_dsn: false,
        host: String::new(),
    }
}

fn with_trace(trace: &str, content: bytes::Bytes) -> bytes::Bytes {
    if trace.is_empty() {
        return content;
    }
    let mut whole = bytes::BytesMut::with_capacity(trace.len() + content.len());
    whole.extend_from_slice(trace.as_bytes());
    whole.extend_from_slice(&content);
    whole.freeze()
}
