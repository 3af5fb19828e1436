//! What would be demanded of the hosts that mail for a recipient goes to, by whom, and what was seen of them
//! last: the answer before anything is sent.

use delivery::HostSecurity;
use dns::Validation;
use model::{Address, ByteSize, Timestamp, TlsRequirement};
use queue::QueueKey;
use routing::NextHop;

use crate::core::Core;

/// The way of mail for a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// It stays in the organization.
    Here,
    /// No connector of this server takes it.
    Nowhere,
    /// By this connector's source servers, of which this is none.
    Elsewhere(String),
    /// By this connector.
    Connector {
        /// Its name.
        name: String,
        /// The domain whose mail hosts are asked for, or the smart hosts.
        next_hop: String,
        /// Until when the administrator excepts the domain from what the DNS demands.
        exception: Option<Timestamp>,
        /// Its hosts; why there are none.
        hosts: Result<Vec<HostSecurity>, String>,
    },
}

/// What is known before a message is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// Which way it goes.
    pub way: Way,
    /// How far the DNS servers that are asked are believed about signatures.
    pub validation: Validation,
}

/// Of a message that wants this of TLS itself.
pub(crate) async fn of(core: &Core, recipient: &Address, tls: TlsRequirement) -> Security {
    let snapshot = core.directory.snapshot();
    let domain = recipient.domain();
    let nowhere = |way| Security { way, validation: core.validation().0 };
    if snapshot.is_internal(domain) {
        return nowhere(Way::Here);
    }
    let Some(here) = core.here(&snapshot) else { return nowhere(Way::Nowhere) };
    let connector = match routing::route(&snapshot, here, domain, ByteSize::bytes(0)).next_hop {
        NextHop::Connector(connector) => connector,
        NextHop::SourceServers(connector) => {
            return nowhere(Way::Elsewhere(connector.name.to_string()));
        }
        NextHop::Unreachable | NextHop::TooLarge(_) => return nowhere(Way::Nowhere),
    };
    let key: QueueKey = crate::categorizer::connector_queue(&connector, domain, tls);
    let validation = match connector.use_external_dns_servers_enabled {
        true => core.validation().1,
        false => core.validation().0,
    };
    let hosts = core.look_into(&key).await.map_err(|failure| failure.text().to_owned());
    let (name, next_hop) = (connector.name.to_string(), key.next_hop_domain.to_string());
    let exception = core.tls_exception(&snapshot, domain);
    Security { way: Way::Connector { name, next_hop, exception, hosts }, validation }
}
