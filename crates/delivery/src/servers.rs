//! The organization's other Mailbox servers, as next hops: which of them there are for a message, in which order they
//! are tried, and where each is reachable (routing.md sections 3 and 6, DESIGN section 9).
//!
//! Where servers listen, and which of them live, is asked through [`Whereabouts`]: the directory knows what is
//! configured, who watches over the servers knows more. What it says is a hint: nothing is sent to anybody who has
//! not proved by a certificate of the organization's authority that he is the server that is meant.

use std::{cmp::Reverse, collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use directory::{AuthMechanisms, Server, Snapshot, TransportRole};
use model::DomainName;
use parking_lot::Mutex;
use tls::{MutualTls, Role};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

/// A server that could not be used comes after the others for this long.
const AVOIDED: Duration = Duration::from_secs(60);

/// Where a server takes connections of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// Here.
    Address(SocketAddr),
    /// At this port of every address that its Fqdn has in the DNS.
    Port(u16),
}

/// Where the organization's servers are reachable, and which of them live.
pub trait Whereabouts: Send + Sync {
    /// Where the server takes mail of the others, best first; nothing where it does not. Must be quick.
    fn endpoints(&self, snapshot: &Snapshot, server: &Server) -> Vec<Endpoint> {
        endpoints_of(snapshot, server)
    }

    /// Whether it lives and takes mail, as far as is known. One that does not is tried after all that do.
    fn lives(&self, server: &Server) -> bool {
        server.takes_mail()
    }
}

/// What the directory says: the addresses of the server's Receive connectors for other servers. All live that have
/// not been taken out of service.
#[derive(Debug, Clone, Copy, Default)]
pub struct FromDirectory;

impl Whereabouts for FromDirectory {}

/// The bindings of the server's Receive connectors of the Transport service that know other servers by their
/// certificates (AuthMechanism ExchangeServer); a binding to every address stands for those of its Fqdn.
pub fn endpoints_of(snapshot: &Snapshot, server: &Server) -> Vec<Endpoint> {
    let connectors = snapshot.receive_connectors.iter().filter(|connector| {
        connector.enabled
            && server.name.is(&connector.server)
            && connector.transport_role == TransportRole::HubTransport
            && connector.auth_mechanism.contains(AuthMechanisms::EXCHANGE_SERVER)
    });
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for binding in connectors.flat_map(|connector| &connector.bindings) {
        let endpoint = match binding.ip().is_unspecified() {
            true => Endpoint::Port(binding.port()),
            false => Endpoint::Address(*binding),
        };
        if !endpoints.contains(&endpoint) {
            endpoints.push(endpoint);
        }
    }
    // An address of its own on loopback is another one on every other machine.
    endpoints.sort_by_key(|endpoint| match endpoint {
        Endpoint::Address(address) => (address.ip().is_loopback(), address.is_ipv6()),
        Endpoint::Port(_) => (false, true),
    });
    endpoints
}

/// Another server that takes messages for a next hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherServer {
    /// Its name in the network, which its certificate must be for.
    pub(crate) fqdn: DomainName,
    pub(crate) endpoints: Vec<Endpoint>,
    lives: bool,
    /// It is of another site.
    far: bool,
}

/// What all ways to other servers share.
#[derive(Clone)]
pub struct Servers {
    tls: Arc<MutualTls>,
    whereabouts: Arc<dyn Whereabouts>,
    /// When a server last could not be used.
    failed: Arc<Mutex<HashMap<DomainName, Instant>>>,
}

impl Servers {
    /// Ways that show this identity and take only Mailbox servers of the same organization.
    pub fn new(tls: Arc<MutualTls>, whereabouts: Arc<dyn Whereabouts>) -> Self {
        Self { tls, whereabouts, failed: Arc::default() }
    }

    /// The servers of these names that are Mailbox servers, as `here` sees them; itself is none of them.
    pub fn others<'a>(
        &self,
        snapshot: &Snapshot,
        here: &Server,
        names: impl Iterator<Item = &'a str>,
    ) -> Vec<OtherServer> {
        let found = names.filter_map(|name| snapshot.server(name));
        let usable = found.filter(|s| s.is_mailbox_server && s.header.guid != here.header.guid);
        let other = |server: &Arc<Server>| OtherServer {
            fqdn: server.fqdn.clone(),
            endpoints: self.whereabouts.endpoints(snapshot, server),
            lives: self.whereabouts.lives(server),
            far: server.site != here.site,
        };
        usable.map(other).filter(|other| !other.endpoints.is_empty()).collect()
    }

    /// In the order in which they are tried: those that work, nearest first; equals share in turn.
    pub(crate) fn in_turn(&self, servers: &[OtherServer], turn: usize) -> Vec<OtherServer> {
        let mut ordered = servers.to_vec();
        if !ordered.is_empty() {
            ordered.rotate_left(turn % servers.len());
        }
        let failed = self.failed.lock();
        let works = |server: &OtherServer| {
            failed.get(&server.fqdn).is_none_or(|at| at.elapsed() >= AVOIDED)
        };
        ordered.sort_by_key(|server| Reverse((server.lives, works(server), !server.far)));
        ordered
    }

    /// The server could not be used.
    pub(crate) fn failed(&self, name: &str, why: &str) {
        let Ok(fqdn) = name.parse::<DomainName>() else { return };
        if self.failed.lock().insert(fqdn, Instant::now()).is_none() {
            tracing::warn!(server = name, why, "another server cannot be used");
        }
    }

    /// The server takes mail.
    pub(crate) fn works(&self, name: &str) {
        let Ok(fqdn) = name.parse::<DomainName>() else { return };
        if self.failed.lock().remove(&fqdn).is_some() {
            tracing::info!(server = name, "the other server can be used again");
        }
    }

    /// What verifies the other side and shows ours.
    pub(crate) fn connector(&self) -> TlsConnector {
        self.tls.doorway_connector(Role::Mailbox)
    }
}

#[cfg(test)]
pub(crate) mod tests;
