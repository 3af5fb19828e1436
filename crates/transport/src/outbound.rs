//! What a queue's next hop is, as a thing that takes messages: an SMTP connection of its
//! connector or to another server of the organization, or this server's mailboxes (`mailboxes`).

use std::sync::Arc;

use delivery::{ConnectFailure, Connection, Courier, HostSecurity, Hosts, Parcel, Relay, Route};
use directory::{SendConnector, SendRight, Server, Snapshot};
use mailbox::Mailboxes;
use model::{AddressDomain, Timestamp, TlsRequirement};
use queue::{DeliveryType, QueueKey};
use spool::SpoolError;

use crate::{core::Core, registry::Item, relayed};

/// An open way to the next hop.
pub(crate) enum Link {
    Smtp {
        connection: Box<Connection>,
        /// What was configured when it was opened.
        version: Version,
        longest_idle: std::time::Duration,
        /// What the connector lets the other side see.
        headers: HeaderPermissions,
    },
    Maildirs(Mailboxes),
    /// To the server that has the mailboxes.
    Lmtp(Box<Connection>),
}

/// The hosts of a next hop, and how they are to be spoken to.
pub(crate) struct Found {
    pub(crate) hosts: Hosts,
    route: Route,
    version: Version,
    headers: HeaderPermissions,
}

/// The connector's version (of redirected mail the server's), and what the organization says of DANE, MTA-STS, `TLS-Required: No` and of exceptions: a
/// link that was opened under others is not used on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    connector: u64,
    tls: [bool; 3],
    /// Of all exceptions together: few, and seldom changed.
    exceptions: i64,
}

impl Version {
    /// That of a queue's connector, while it exists.
    pub(crate) fn of(snapshot: &Snapshot, key: &QueueKey) -> Option<Self> {
        let config = &snapshot.organization.transport;
        let tls = [config.dane_enabled, config.mta_sts_enabled, config.tls_required_no_enabled];
        let untils = snapshot.remote_domains.iter().filter_map(|d| d.tls_exception_until);
        let exceptions = untils.fold(0, |sum: i64, until| sum.wrapping_add(until.as_millis()));
        let connector = match key.delivery_type {
            DeliveryType::SmtpRelayToServers => {
                let servers = redirected_to(snapshot, key);
                servers.iter().map(|server| server.header.version).reduce(u64::wrapping_add)?
            }
            _ => snapshot.send_connector_by_guid(key.connector)?.header.version,
        };
        Some(Self { connector, tls, exceptions })
    }
}

/// The header permissions of a connection (send-connectors.md section 2.2).
pub(crate) struct HeaderPermissions {
    organization: bool,
    forest: bool,
    routing: bool,
    cross_premises: bool,
    /// The other side is a server of ours: it sees all, and what leaves is signed there.
    between_servers: bool,
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
            between_servers: false,
            own_name: own_name.to_string(),
        }
    }

    /// Of a connection between servers of the organization.
    fn between_servers(own_name: &model::DomainName) -> Self {
        Self {
            organization: true,
            forest: true,
            routing: true,
            cross_premises: true,
            between_servers: true,
            own_name: own_name.to_string(),
        }
    }

    /// What of the content the other side gets to see.
    fn firewall(&self, content: bytes::Bytes) -> bytes::Bytes {
        if self.between_servers {
            return content;
        }
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
    /// Whether it has carried as many messages as one connection may.
    pub(crate) fn is_spent(&self) -> bool {
        match self {
            Self::Smtp { connection, .. } | Self::Lmtp(connection) => connection.is_spent(),
            Self::Maildirs(_) => false,
        }
    }
}

impl Core {
    /// Why nothing can leave towards the queue's next hop at the moment, without trying: its
    /// connector goes through front ends, and none can be used.
    pub(crate) fn way_barred(&self, key: &QueueKey) -> Option<String> {
        let snapshot = self.directory.snapshot();
        // The server that the message goes to sends it through front ends.
        let goes_out = !key.delivery_type.is_between_servers();
        let connector = snapshot
            .send_connector_by_guid(key.connector)
            .filter(|c| goes_out && c.frontend_proxy_enabled);
        connector.and(self.here(&snapshot)).and_then(|here| self.front_ends.barred(&snapshot, here))
    }

    /// Looks for the hosts of the queue's next hop; `None` when that is this server's mailboxes.
    /// `turn` rotates smart hosts.
    pub(crate) async fn find_hosts(
        &self,
        key: &QueueKey,
        turn: usize,
    ) -> Result<Option<Found>, ConnectFailure> {
        match key.delivery_type {
            DeliveryType::SmtpDeliveryToMailbox => Ok(None),
            DeliveryType::DnsConnectorDelivery | DeliveryType::SmartHostConnectorDelivery => {
                self.find(key, turn).await.map(Some)
            }
            DeliveryType::SmtpRelayToConnectorSourceServers | DeliveryType::SmtpRelayToServers => {
                self.find(key, turn).await.map(Some)
            }
            DeliveryType::Unreachable | DeliveryType::Submission | DeliveryType::Poison => {
                Err(transient(crate::categorizer::NO_CONNECTOR))
            }
        }
    }

    async fn find(&self, key: &QueueKey, turn: usize) -> Result<Found, ConnectFailure> {
        let (route, version, headers) = self.route_to(key)?;
        let hosts = self.courier.find(&route, turn).await?;
        Ok(Found { hosts, version, headers, route })
    }

    /// What would be demanded of the hosts of a connector's queue.
    pub(crate) async fn look_into(
        &self,
        key: &QueueKey,
    ) -> Result<Vec<HostSecurity>, ConnectFailure> {
        let (route, ..) = self.route_to(key)?;
        self.courier.look_into(&route).await
    }

    /// How the next hop of a connector's queue is reached, by which version of the connector.
    fn route_to(
        &self,
        key: &QueueKey,
    ) -> Result<(Route, Version, HeaderPermissions), ConnectFailure> {
        let snapshot = self.directory.snapshot();
        if key.delivery_type.is_between_servers() {
            return self.route_to_servers(&snapshot, key);
        }
        let gone = || transient("451 4.4.0 The Send connector has been removed");
        let connector = snapshot.send_connector_by_guid(key.connector).ok_or_else(gone)?;
        let version = Version::of(&snapshot, key).ok_or_else(gone)?;
        let server = self.here(&snapshot).ok_or_else(gone)?;
        let domain: AddressDomain = match key.delivery_type {
            DeliveryType::DnsConnectorDelivery => {
                key.next_hop_domain.parse().map_err(|e| transient(&format!("451 4.4.0 {e}")))?
            }
            // Smart hosts serve every domain; the domain plays no part in the route.
            _ => AddressDomain::Name(server.fqdn.clone()),
        };
        let side = self.shown.sending(connector).map_err(|missing| {
            transient(&format!(
                "451 4.4.0 {}: this server has no such certificate with its private key; the message \
                 waits rather than leave without it",
                missing.wanted
            ))
        })?;
        let resolvers = self.resolvers(server);
        let mut route = Route::new(connector, &domain, &server.fqdn, &resolvers, side)
            .map_err(|unavailable| transient(&unavailable.to_string()))?
            .through(|| self.front_ends.passage(&snapshot, server, connector.fqdn.is_none()));
        route.own_external_address = server.transport.external_ip_address;
        let excepted = self.tls_exception(&snapshot, &domain).is_some();
        let config = &snapshot.organization.transport;
        route.requirement = match key.tls {
            TlsRequirement::NotRequired if !config.tls_required_no_enabled => {
                TlsRequirement::Default
            }
            tls => tls,
        };
        route.dane = config.dane_enabled && !excepted;
        route.sts = config.mta_sts_enabled && !excepted;
        let headers = HeaderPermissions::of(connector, &server.fqdn);
        Ok((route, version, headers))
    }

    /// The same where other servers of the organization are the next hop: the source servers of the connector, or the
    /// one that mail has been redirected to.
    fn route_to_servers(
        &self,
        snapshot: &Snapshot,
        key: &QueueKey,
    ) -> Result<(Route, Version, HeaderPermissions), ConnectFailure> {
        let here = self.here(snapshot);
        let gone = || transient("451 4.4.0 This server, or the next hop, has been removed");
        let (here, version) = here.zip(Version::of(snapshot, key)).ok_or_else(gone)?;
        let names: Vec<&str> = match snapshot.send_connector_by_guid(key.connector) {
            Some(connector) => {
                connector.source_transport_servers.iter().map(AsRef::as_ref).collect()
            }
            None => redirected_to(snapshot, key).iter().map(|s| s.name.as_str()).collect(),
        };
        let servers = self.servers.others(snapshot, here, names.iter().copied());
        if servers.is_empty() {
            return Err(transient(&format!(
                "451 4.4.0 None of these servers is a Mailbox server with a Receive connector for other servers \
                 (HubTransport, AuthMechanism ExchangeServer): {}",
                names.join(", ")
            )));
        }
        let relay = Relay {
            kind: key.delivery_type.name(),
            next_hop: key.next_hop_domain.to_string(),
            servers,
        };
        let resolver = self.resolvers(here).internal;
        let mut route = Route::between_servers(here, relay, resolver);
        route.requirement = key.tls;
        Ok((route, version, HeaderPermissions::between_servers(&here.fqdn)))
    }

    /// Until when the administrator excepts the domain from what the DNS demands.
    pub(crate) fn tls_exception(
        &self,
        snapshot: &Snapshot,
        domain: &AddressDomain,
    ) -> Option<Timestamp> {
        snapshot.remote_domain(domain)?.tls_exception(self.clock.now())
    }

    /// Opens a way to hosts that were found; `avoid` is the one to be tried last.
    pub(crate) async fn open_link(
        &self,
        found: Found,
        avoid: Option<&str>,
    ) -> Result<Link, ConnectFailure> {
        let Found { route, hosts, version, headers } = found;
        let connection = self.courier.connect(&route, hosts, avoid).await?;
        Ok(Link::Smtp {
            connection: Box::new(connection),
            version,
            longest_idle: Courier::longest_idle(&route),
            headers,
        })
    }

    /// What goes out of a consignment to these recipients of its message: its own and those of others of
    /// the message that go the same way.
    ///
    /// # Errors
    /// When its content cannot be read.
    pub(crate) async fn parcel(
        &self,
        (item, recipients): (&Item, Vec<u32>),
        headers: &HeaderPermissions,
        is_logged: bool,
    ) -> Result<Parcel, SpoolError> {
        let record = &item.message.record;
        let content = self.content(&item.message).await?;
        let signer = match headers.between_servers {
            true => None,
            false => self.signing.signer(&self.directory, record, &content, &headers.own_name),
        };
        let attributes =
            headers.between_servers.then(|| relayed::attributes(&item.message, &recipients).into());
        Ok(Parcel {
            id: record.id,
            internet_message_id: is_logged.then(|| record.internet_message_id.clone()).flatten(),
            envelope: Arc::clone(&record.envelope),
            recipients,
            trace: record.trace.clone(),
            content: headers.firewall(content),
            eight_bit: record.eight_bit,
            signer,
            attributes,
        })
    }
}

/// The servers that a queue's mail has been redirected to, as far as they are Mailbox servers.
pub(crate) fn redirected_to<'a>(snapshot: &'a Snapshot, key: &QueueKey) -> Vec<&'a Arc<Server>> {
    let is_one = |server: &&Arc<Server>| {
        let mut names = key.next_hop_domain.split(',');
        server.is_mailbox_server
            && names.any(|name| name.eq_ignore_ascii_case(server.fqdn.as_str()))
    };
    snapshot.servers.iter().filter(is_one).collect()
}

fn transient(text: &str) -> ConnectFailure {
    ConnectFailure::Transient(text.to_owned())
}
