//! NextHopSolutionKey: what makes two recipients wait in the same queue
//! (transport.md section 2.3).

use std::{fmt, str::FromStr, sync::Arc};

use model::{Guid, TlsRequirement, ValueError};

/// How a queue's next hop is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryType {
    /// By MX of the recipient's domain, through a Send connector.
    DnsConnectorDelivery,
    /// To the smart hosts of a Send connector.
    SmartHostConnectorDelivery,
    /// To another server that is a source of the connector.
    SmtpRelayToConnectorSourceServers,
    /// To another server that an administrator has named (Redirect-Message).
    SmtpRelayToServers,
    /// Into a mailbox of this server.
    SmtpDeliveryToMailbox,
    /// Nowhere: no connector matches.
    Unreachable,
    /// Not routed yet: the Submission queue.
    Submission,
    /// Nowhere: suspected of crashing the service.
    Poison,
}

impl DeliveryType {
    /// The name that is shown and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::DnsConnectorDelivery => "DnsConnectorDelivery",
            Self::SmartHostConnectorDelivery => "SmartHostConnectorDelivery",
            Self::SmtpRelayToConnectorSourceServers => "SmtpRelayToConnectorSourceServers",
            Self::SmtpRelayToServers => "SmtpRelayToServers",
            Self::SmtpDeliveryToMailbox => "SmtpDeliveryToMailbox",
            Self::Unreachable => "Unreachable",
            Self::Submission | Self::Poison => "Undefined",
        }
    }

    /// Whether what waits there is sent by itself.
    pub fn is_delivery(self) -> bool {
        !matches!(self, Self::Unreachable | Self::Submission | Self::Poison)
    }

    /// Whether it goes to another server of the organization.
    pub fn is_between_servers(self) -> bool {
        matches!(self, Self::SmtpRelayToConnectorSourceServers | Self::SmtpRelayToServers)
    }

    /// NextHopCategory.
    pub fn category(self) -> &'static str {
        match self {
            Self::DnsConnectorDelivery | Self::SmartHostConnectorDelivery => "External",
            _ => "Internal",
        }
    }
}

impl FromStr for DeliveryType {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let all = [
            ("DnsConnectorDelivery", Self::DnsConnectorDelivery),
            ("SmartHostConnectorDelivery", Self::SmartHostConnectorDelivery),
            ("SmtpRelayToConnectorSourceServers", Self::SmtpRelayToConnectorSourceServers),
            ("SmtpRelayToServers", Self::SmtpRelayToServers),
            ("SmtpDeliveryToMailbox", Self::SmtpDeliveryToMailbox),
            ("Unreachable", Self::Unreachable),
            ("Submission", Self::Submission),
            ("Poison", Self::Poison),
        ];
        let found = all.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind);
        found.ok_or_else(|| {
            let names = all.map(|(name, _)| name).join(", ");
            ValueError::new(text, "is not a way to a next hop", names)
        })
    }
}

/// The identity of a queue: delivery type, next hop, connector, and what its messages want of TLS.
///
/// Messages that want more or less of TLS than others for the same next hop (RFC 8689) wait in a queue of their
/// own: which hosts may have them, why not, and when they are tried again is another matter than for the
/// others. So neither holds the other back, and what is demanded is one thing for all that a connection carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueKey {
    /// How the next hop is reached.
    pub delivery_type: DeliveryType,
    /// NextHopDomain: a domain, a smart-host list, a server, a mailbox store.
    pub next_hop_domain: Arc<str>,
    /// The Send connector; zeros where there is none.
    pub connector: Guid,
    /// What its messages want of TLS; the same for all where that plays no part.
    pub tls: TlsRequirement,
}

impl fmt::Display for QueueKey {
    /// Delivery type, what is wanted of TLS unless that is nothing, connector and next hop, as the store keeps
    /// them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.delivery_type {
            DeliveryType::Submission => "Submission",
            DeliveryType::Poison => "Poison",
            other => other.name(),
        };
        f.write_str(kind)?;
        if self.tls != TlsRequirement::Default {
            write!(f, "/{}", self.tls.name())?;
        }
        write!(f, " {} {}", self.connector, self.next_hop_domain)
    }
}

impl FromStr for QueueKey {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let wrong =
            || ValueError::new(text, "is not the key of a queue", "type, connector, next hop");
        let mut parts = text.splitn(3, ' ');
        let (kind, connector, hop) = match (parts.next(), parts.next(), parts.next()) {
            (Some(kind), Some(connector), Some(hop)) => (kind, connector, hop),
            _ => return Err(wrong()),
        };
        let (kind, tls) = match kind.split_once('/') {
            Some((kind, tls)) => (kind, tls.parse()?),
            None => (kind, TlsRequirement::Default),
        };
        Ok(Self {
            delivery_type: kind.parse()?,
            tls,
            connector: connector.parse().map_err(|_| wrong())?,
            next_hop_domain: hop.into(),
        })
    }
}

impl QueueKey {
    /// The queue of recipients that no connector matches.
    pub fn unreachable() -> Self {
        Self {
            delivery_type: DeliveryType::Unreachable,
            next_hop_domain: "Unreachable Domain".into(),
            connector: Guid::nil(),
            tls: TlsRequirement::Default,
        }
    }

    /// The queue of mail that waits to be categorized while an administrator has suspended that.
    pub fn submission() -> Self {
        Self {
            delivery_type: DeliveryType::Submission,
            next_hop_domain: "Submission".into(),
            connector: Guid::nil(),
            tls: TlsRequirement::Default,
        }
    }

    /// The queue of messages that broke their handling.
    pub fn poison() -> Self {
        Self {
            delivery_type: DeliveryType::Poison,
            next_hop_domain: "Poison Message".into(),
            connector: Guid::nil(),
            tls: TlsRequirement::Default,
        }
    }

    /// The queue of mail that an administrator has redirected to the servers of these Fqdns, with commas between
    /// them.
    pub fn servers(fqdns: &str, tls: TlsRequirement) -> Self {
        Self {
            delivery_type: DeliveryType::SmtpRelayToServers,
            next_hop_domain: fqdns.into(),
            connector: Guid::nil(),
            tls,
        }
    }

    /// The queue of this server's mailboxes.
    pub fn mailboxes(server: &str) -> Self {
        Self {
            delivery_type: DeliveryType::SmtpDeliveryToMailbox,
            next_hop_domain: server.into(),
            connector: Guid::nil(),
            tls: TlsRequirement::Default,
        }
    }
}
