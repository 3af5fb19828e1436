//! From a recipient to the queue it waits in: first who it is (recipient resolution, routing.md
//! section 2), then who carries it (routing, section 4). Pure: no I/O, no clock.

use std::{cell::RefCell, collections::HashMap};

use directory::{AcceptedDomain, DomainType, Mailbox, Recipient, Server, Snapshot};
use model::{Address, AddressDomain, ByteSize, EnhancedCode, ObjectName, TlsRequirement};
use queue::{DeliveryType, QueueKey};
use routing::{NextHop, SizeClass};
use spool::{MessageRecord, Origin};

use crate::resolver::{self, Facts};

/// The documented LastError of a recipient in the Unreachable queue.
pub(crate) const NO_CONNECTOR: &str =
    "A matching connector cannot be found to route the external recipient";

/// The LastError of one that may be known to a directory that cannot be read.
pub(crate) const NOT_READ: &str =
    "The LDAP directory that may know the recipient cannot be read: see Get-LdapDirectory";

/// What becomes of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placement {
    /// It waits in this queue; with the reason, where waiting needs one.
    Queue(QueueKey, Option<&'static str>),
    /// It can never be delivered.
    Fail(EnhancedCode, String),
}

/// Places recipients according to one snapshot.
pub(crate) struct Categorizer<'a> {
    snapshot: &'a Snapshot,
    here: Option<&'a Server>,
    /// Routing is the same for all mail to a domain in a size class that wants the same of TLS: a pass over a
    /// long queue asks once for each.
    routed: RefCell<HashMap<(AddressDomain, SizeClass, TlsRequirement), Placement>>,
}

impl<'a> Categorizer<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, server: &ObjectName) -> Self {
        Self {
            snapshot,
            here: snapshot.server(server.as_str()).map(AsRef::as_ref),
            routed: RefCell::default(),
        }
    }

    /// Where the `index`th recipient of the message goes.
    pub(crate) fn place(&self, record: &MessageRecord, index: u32) -> Placement {
        let Some(recipient) = record.envelope.recipients.get(index as usize) else {
            return fail((5, 1, 3), "the recipient is not in the envelope");
        };
        let address = &recipient.address;
        if let Some((code, text)) = resolver::dead_end(self.snapshot, Facts::of(record), address) {
            return Placement::Fail(code, format!("550 {code} {text}"));
        }
        let local = self.mailbox_of(address);
        if let Some(refusal) = self.too_large(record, local) {
            return refusal;
        }
        match self.snapshot.accepted_domain(address.domain()) {
            Some(domain) if domain.domain_type == DomainType::Authoritative => {
                self.local_or(local, || self.unknown())
            }
            Some(domain) if is_shared(domain) => {
                self.local_or(local, || self.route(address, record))
            }
            _ => self.route(address, record),
        }
    }

    /// Whether all mail to `domain`, of whatever size, that wants of TLS what the queue's does goes to this queue.
    /// `false` where that
    /// depends on the recipient.
    pub(crate) fn sends_all(&self, domain: &AddressDomain, key: &QueueKey) -> bool {
        self.snapshot.accepted_domain(domain).is_none()
            && SizeClass::examples(self.snapshot).into_iter().all(|size| {
                matches!(self.choose(domain, size, key.tls), Placement::Queue(chosen, _) if chosen == *key)
            })
    }

    /// The mailbox an address of ours belongs to; `postmaster` always has one.
    pub(crate) fn mailbox_of(&self, address: &Address) -> Option<&'a Mailbox> {
        match resolver::lookup(self.snapshot, address)? {
            Recipient::Mailbox(mailbox) => Some(mailbox.as_ref()),
            Recipient::Group(_) | Recipient::Contact(_) => None,
        }
    }

    /// A recipient of ours whom nobody knows: it cannot be delivered, or waits until the directory that may know it has
    /// been read.
    fn unknown(&self) -> Placement {
        if self.snapshot.may_lack_recipients {
            return Placement::Queue(QueueKey::unreachable(), Some(NOT_READ));
        }
        fail((5, 1, 1), "RESOLVER.ADR.RecipNotFound; not found")
    }

    fn local_or(
        &self,
        mailbox: Option<&Mailbox>,
        otherwise: impl FnOnce() -> Placement,
    ) -> Placement {
        match (mailbox, self.here) {
            (Some(_), Some(here)) => {
                Placement::Queue(QueueKey::mailboxes(here.name.as_str()), None)
            }
            _ => otherwise(),
        }
    }

    fn route(&self, address: &Address, record: &MessageRecord) -> Placement {
        let size = ByteSize::bytes(record.limited_size());
        let tls = record.tls_requirement();
        let key = (address.domain().clone(), SizeClass::of(self.snapshot, size), tls);
        if let Some(known) = self.routed.borrow().get(&key) {
            return known.clone();
        }
        let placement = self.choose(address.domain(), size, tls);
        self.routed.borrow_mut().insert(key, placement.clone());
        placement
    }

    fn choose(&self, domain: &AddressDomain, size: ByteSize, tls: TlsRequirement) -> Placement {
        let Some(here) = self.here else {
            return Placement::Queue(QueueKey::unreachable(), Some(NO_CONNECTOR));
        };
        match routing::route(self.snapshot, here, domain, size).next_hop {
            NextHop::Connector(connector) => {
                Placement::Queue(connector_queue(&connector, domain, tls), None)
            }
            NextHop::SourceServers(connector) => Placement::Queue(
                QueueKey {
                    delivery_type: DeliveryType::SmtpRelayToConnectorSourceServers,
                    next_hop_domain: connector.name.as_str().into(),
                    connector: connector.header.guid,
                    tls,
                },
                None,
            ),
            NextHop::Unreachable => Placement::Queue(QueueKey::unreachable(), Some(NO_CONNECTOR)),
            NextHop::TooLarge(limit) => fail(
                (5, 3, 4),
                &format!(
                    "ROUTING.SizeLimit; message size exceeds the limit of {limit} of every connector to {domain}"
                ),
            ),
        }
    }

    /// Organization and user limits (transport.md section 5). Reports are exempt; a user's own
    /// limit counts instead of the organization's only between our own users.
    fn too_large(&self, record: &MessageRecord, recipient: Option<&Mailbox>) -> Option<Placement> {
        // What another server of ours hands on has been let through there (Bypass-Message-Size-Limit).
        if matches!(record.origin, Origin::Dsn { .. } | Origin::Server { .. }) {
            return None;
        }
        let size = ByteSize::bytes(record.size);
        let sender = record.envelope.sender.address().and_then(|a| self.mailbox_of(a));
        let organization = &self.snapshot.organization.transport;
        let both_ours = sender.is_some() && recipient.is_some();
        let own = |limit: model::Unlimited<ByteSize>| limit.limit();
        let send = sender.and_then(|m| own(m.max_send_size)).filter(|_| both_ours);
        let receive = recipient.and_then(|m| own(m.max_receive_size));
        let limits = [
            sender.map(|_| send.or_else(|| own(organization.max_send_size))),
            sender.and_then(|m| own(m.max_send_size)).map(Some),
            Some(receive.filter(|_| both_ours).or_else(|| own(organization.max_receive_size)))
                .filter(|_| recipient.is_some() || sender.is_none()),
            receive.map(Some),
        ];
        let broken = limits.into_iter().flatten().flatten().find(|limit| size > *limit)?;
        Some(fail(
            (5, 3, 4),
            &format!("ROUTING.SizeLimit; message size exceeds fixed maximum size of {broken}"),
        ))
    }
}

/// Whether recipients of the domain may live here or elsewhere.
fn is_shared(domain: &AcceptedDomain) -> bool {
    domain.domain_type == DomainType::InternalRelay
}

/// The queue of mail for `domain` that wants this of TLS, through a connector that is used here.
pub(crate) fn connector_queue(
    connector: &directory::SendConnector,
    domain: &AddressDomain,
    tls: TlsRequirement,
) -> QueueKey {
    let (delivery_type, next_hop) = if connector.dns_routing_enabled {
        (DeliveryType::DnsConnectorDelivery, domain.to_string())
    } else {
        let hosts: Vec<String> =
            connector.smart_hosts.iter().map(|host| host.bracketed()).collect();
        (DeliveryType::SmartHostConnectorDelivery, hosts.join(","))
    };
    let connector = connector.header.guid;
    QueueKey { delivery_type, next_hop_domain: next_hop.into(), connector, tls }
}

fn fail(code: (u8, u16, u16), text: &str) -> Placement {
    let status = EnhancedCode::new(code.0, code.1, code.2);
    Placement::Fail(status, format!("550 {status} {text}"))
}
