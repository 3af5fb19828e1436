//! Finds a host of the next hop that talks to us: look-up, hosts in order, addresses in order,
//! greeting, EHLO, encryption as the connector wants it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use directory::SmartHost;
use dns::{DestinationError, MailHost, OwnNames, mail_hosts, smart_host};
use futures_util::future::join_all;
use rustls::pki_types::ServerName;
use smtp::ClientSettings;
use tls::{ClientPolicy, TlsError};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use crate::{
    ConnectFailure, Connection, Destination, Dialer, Route, TlsUse,
    connection::{LONGEST_IDLE, Lost, Stream},
    patience,
};

/// Hosts tried for one connection; more would make a dead destination a long wait.
const MOST_HOSTS: usize = 10;
/// Addresses tried of one host.
const MOST_ADDRESSES: usize = 4;

/// What the couriers of a server share.
#[derive(Clone)]
pub struct CourierSettings {
    /// Who opens sockets.
    pub dialer: Arc<dyn Dialer>,
    /// Addresses of this server: an MX that resolves to one of them is a loop.
    pub own_addresses: Vec<IpAddr>,
}

/// Opens connections to next hops.
#[derive(Clone)]
pub struct Courier {
    settings: CourierSettings,
    opportunistic: TlsConnector,
}

/// One address of one host.
struct Target {
    name: String,
    address: SocketAddr,
}

impl Target {
    /// The host as it is shown: `mx1.example.net [192.0.2.1]`.
    fn label(&self) -> String {
        format!("{} [{}]", self.name, self.address.ip())
    }
}

impl Courier {
    /// A courier.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: CourierSettings) -> Result<Self, TlsError> {
        let config = tls::client_config(ClientPolicy::Opportunistic)?;
        Ok(Self { settings, opportunistic: tls::connector(config) })
    }

    /// Connects to the first host of the route that talks to us. `turn` rotates smart hosts, so
    /// that they share the load; `avoid` is the host with which the last session failed: it is
    /// tried after the others (RFC 5321 section 5.1).
    ///
    /// # Errors
    /// When the destination takes no mail, or none of its hosts could be used.
    pub async fn connect(
        &self,
        route: &Route,
        turn: usize,
        avoid: Option<&str>,
    ) -> Result<Connection, ConnectFailure> {
        let until = Instant::now() + patience::SEARCH;
        let mut targets = self.targets(route, turn).await?;
        targets.sort_by_key(|target| avoid == Some(target.label().as_str()));
        let mut first = None;
        for target in targets {
            let tried = timeout_at(until, self.try_target(route, &target)).await;
            match tried.unwrap_or_else(|_| Err(unreachable(&target, "took too long"))) {
                Ok(connection) => return Ok(connection),
                Err(Lost(why)) => {
                    tracing::debug!(host = target.name, address = %target.address, why, "host not usable");
                    first.get_or_insert(why);
                }
            }
            if Instant::now() >= until {
                break;
            }
        }
        let first = first.unwrap_or_else(|| "421 4.4.1 No host to connect to".to_owned());
        Err(ConnectFailure::all_hosts_failed(&first))
    }

    /// How long a connection of this route may stay without work.
    pub fn longest_idle(route: &Route) -> std::time::Duration {
        route.inactivity.min(LONGEST_IDLE)
    }

    async fn targets(&self, route: &Route, turn: usize) -> Result<Vec<Target>, ConnectFailure> {
        let hosts = match &route.destination {
            Destination::Literal(address) if self.is_own(*address) => {
                let loops = DestinationError::LoopsBack;
                return Err(ConnectFailure::of_destination(&loops, &format!("[{address}]"), false));
            }
            Destination::Literal(address) => vec![literal(*address)],
            Destination::Domain(domain) => {
                let own =
                    OwnNames { names: &route.own_names, addresses: &self.settings.own_addresses };
                mail_hosts(&route.resolver, domain, &own).await.map_err(|e| {
                    ConnectFailure::of_destination(
                        &e,
                        domain.as_str(),
                        route.downgrade_dns_failures,
                    )
                })?
            }
            Destination::SmartHosts(hosts) => smart_hosts(route, hosts, turn).await?,
        };
        Ok(hosts
            .into_iter()
            .take(MOST_HOSTS)
            .flat_map(|host| {
                let addresses = host.addresses.into_iter().take(MOST_ADDRESSES);
                addresses
                    .map(|ip| Target {
                        name: host.name.clone(),
                        address: SocketAddr::new(ip, route.port),
                    })
                    .collect::<Vec<_>>()
            })
            .collect())
    }

    /// Whether an address literal in a recipient leads back to this machine. Anybody may write
    /// one, so it must not reach what only this machine can reach.
    fn is_own(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback()
            || address.is_unspecified()
            || self.settings.own_addresses.contains(&address)
    }

    async fn try_target(&self, route: &Route, target: &Target) -> Result<Connection, Lost> {
        let connection = self.greet(route, target).await?;
        if route.tls == TlsUse::Never {
            return Ok(connection);
        }
        match self.encrypt(route, target, connection).await {
            Ok(connection) => Ok(connection),
            Err(_) if route.tls == TlsUse::Opportunistic => {
                // The policy promises encryption only where it works: once more, in clear.
                self.greet(route, target).await
            }
            Err(lost) => Err(lost),
        }
    }

    async fn encrypt(
        &self,
        route: &Route,
        target: &Target,
        mut connection: Connection,
    ) -> Result<Connection, Lost> {
        let required = route.tls == TlsUse::Required;
        if !connection.offers_tls() || !connection.ask_tls().await? {
            return if required {
                Err(Lost(format!(
                    "451 4.7.4 RequireTLS True: {} does not offer STARTTLS",
                    target.name
                )))
            } else {
                Ok(connection)
            };
        }
        connection.encrypt(&self.opportunistic, server_name(target)).await
    }

    async fn greet(&self, route: &Route, target: &Target) -> Result<Connection, Lost> {
        let dialed =
            timeout(patience::CONNECT, self.settings.dialer.dial(target.address, None)).await;
        let stream: Box<dyn Stream> = match dialed {
            Ok(Ok(stream)) => Box::new(stream),
            Ok(Err(error)) => return Err(unreachable(target, &error.to_string())),
            Err(_) => return Err(unreachable(target, "timed out")),
        };
        let settings = ClientSettings {
            hello: route.hello.clone(),
            force_helo: route.force_helo,
            lmtp: false,
        };
        Connection::open(stream, settings, target.label(), route.messages_per_connection).await
    }
}

/// Every smart host's hosts, beginning with the `turn`th. One that does not resolve is skipped.
async fn smart_hosts(
    route: &Route,
    hosts: &[SmartHost],
    turn: usize,
) -> Result<Vec<MailHost>, ConnectFailure> {
    let in_turn = (0..hosts.len()).map(|i| &hosts[(turn + i) % hosts.len()]);
    // All at once: one name that does not resolve must not cost every connection its time.
    let looked_up = join_all(in_turn.map(|host| look_up(route, host))).await;
    let mut found = Vec::new();
    let mut failure = None;
    for hosts in looked_up {
        match hosts {
            Ok(hosts) => found.extend(hosts),
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    match failure {
        Some(failure) if found.is_empty() => Err(failure),
        _ => Ok(found),
    }
}

async fn look_up(route: &Route, host: &SmartHost) -> Result<Vec<MailHost>, ConnectFailure> {
    match host {
        SmartHost::Literal(address) => Ok(vec![literal(*address)]),
        // A smart host is the administrator's own choice: a name that does not resolve is a
        // fault to be mended, not the end of the mail.
        SmartHost::Name(name) => smart_host(&route.resolver, name)
            .await
            .map_err(|error| ConnectFailure::of_destination(&error, name.as_str(), true)),
    }
}

fn literal(address: IpAddr) -> MailHost {
    MailHost { name: format!("[{address}]"), preference: 0, addresses: vec![address] }
}

fn unreachable(target: &Target, why: &str) -> Lost {
    Lost(format!("421 4.4.1 Connection to {} {} failed: {why}", target.name, target.address))
}

fn server_name(target: &Target) -> ServerName<'static> {
    ServerName::try_from(target.name.clone())
        .unwrap_or_else(|_| ServerName::IpAddress(target.address.ip().into()))
}
