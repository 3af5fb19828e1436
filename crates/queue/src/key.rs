//! NextHopSolutionKey: what makes two recipients wait in the same queue
//! (transport.md section 2.3).

use std::sync::Arc;

use model::Guid;

/// How a queue's next hop is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryType {
    /// By MX of the recipient's domain, through a Send connector.
    DnsConnectorDelivery,
    /// To the smart hosts of a Send connector.
    SmartHostConnectorDelivery,
    /// To another server that is a source of the connector.
    SmtpRelayToConnectorSourceServers,
    /// Into a mailbox of this server.
    SmtpDeliveryToMailbox,
    /// Nowhere: no connector matches.
    Unreachable,
}

impl DeliveryType {
    /// The name that is shown and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::DnsConnectorDelivery => "DnsConnectorDelivery",
            Self::SmartHostConnectorDelivery => "SmartHostConnectorDelivery",
            Self::SmtpRelayToConnectorSourceServers => "SmtpRelayToConnectorSourceServers",
            Self::SmtpDeliveryToMailbox => "SmtpDeliveryToMailbox",
            Self::Unreachable => "Unreachable",
        }
    }

    /// NextHopCategory.
    pub fn category(self) -> &'static str {
        match self {
            Self::DnsConnectorDelivery | Self::SmartHostConnectorDelivery => "External",
            _ => "Internal",
        }
    }
}

/// The identity of a queue: delivery type, next hop and connector.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueKey {
    /// How the next hop is reached.
    pub delivery_type: DeliveryType,
    /// NextHopDomain: a domain, a smart-host list, a server, a mailbox store.
    pub next_hop_domain: Arc<str>,
    /// The Send connector; zeros where there is none.
    pub connector: Guid,
}

impl QueueKey {
    /// The queue of recipients that no connector matches.
    pub fn unreachable() -> Self {
        Self {
            delivery_type: DeliveryType::Unreachable,
            next_hop_domain: "Unreachable Domain".into(),
            connector: Guid::nil(),
        }
    }

    /// The queue of this server's mailboxes.
    pub fn mailboxes(server: &str) -> Self {
        Self {
            delivery_type: DeliveryType::SmtpDeliveryToMailbox,
            next_hop_domain: server.into(),
            connector: Guid::nil(),
        }
    }
}
