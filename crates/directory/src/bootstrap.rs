//! What a new organization starts with (DESIGN section 5, routing.md section 8): the
//! organization, its first server, the default accepted domain, the remote domain for all others, the Receive connectors of a
//! server with both roles, the administrator, the role groups. No Send connector: nothing leaves
//! until somebody makes one.

use std::{net::SocketAddr, sync::Arc};

use cmdlets::BUILT_IN_ROLE_GROUPS;
use model::{Address, AddressDomain, ByteSize, DomainName, DomainPattern, ObjectName, Unlimited};

use crate::{
    accepted_domain::AcceptedDomain,
    mailbox::Mailbox,
    object::{Change, Object},
    organization::Organization,
    properties::Header,
    receive_connector::{ReceiveConnector, everywhere},
    remote_domain::RemoteDomain,
    role_group::RoleGroup,
    server::Server,
    snapshot::Snapshot,
    values::{
        AuthMechanisms, DomainType, Egress, ExtendedRight, IpRange, LocalPath, PermissionGroups,
        TransportRole,
    },
};

/// How the connector for outbound connections begins, before the name of its server.
const OUTBOUND_PROXY: &str = "Outbound Proxy Frontend";

/// What differs between first starts.
#[derive(Debug, Clone)]
pub struct FirstStart {
    /// The organization's name.
    pub organization: String,
    /// The first accepted domain, authoritative and default.
    pub domain: DomainName,
    /// The first server.
    pub server_name: ObjectName,
    /// Its name in the network.
    pub server_fqdn: DomainName,
    /// What its front end sends from.
    pub egress_addresses: Vec<Egress>,
    /// Where it listens.
    pub bindings: DefaultBindings,
    /// The first member of Organization Management; `postmaster` becomes one of its addresses.
    pub administrator: Mailbox,
    /// Other mailboxes.
    pub mailboxes: Vec<Mailbox>,
}

/// A server that is new to its organization, with both roles.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// Its name.
    pub name: ObjectName,
    /// Its name in the network.
    pub fqdn: DomainName,
    /// What its front end sends from.
    pub egress_addresses: Vec<Egress>,
    /// Where it listens.
    pub bindings: DefaultBindings,
}

/// Where the default Receive connectors listen. A connector without a binding is not made.
#[derive(Debug, Clone, Default)]
pub struct DefaultBindings {
    /// From the Internet: 25.
    pub default_frontend: Vec<SocketAddr>,
    /// Submission: 587.
    pub client_frontend: Vec<SocketAddr>,
    /// Submission under implicit TLS: 465.
    pub client_frontend_implicit_tls: Vec<SocketAddr>,
    /// From our own Mailbox servers outwards: 717.
    pub outbound_proxy: Vec<SocketAddr>,
    /// From our other servers: 2525.
    pub default_hub: Vec<SocketAddr>,
    /// The relay of the sandbox, for clients on this machine only.
    pub sandbox_relay: Option<Vec<SocketAddr>>,
}

/// The changes that make a new organization of an empty directory.
pub fn first_objects(first: &FirstStart) -> Vec<Change> {
    let organization = Organization::with_defaults(Header::fresh(), first.organization.clone());
    let server = NewServer {
        name: first.server_name.clone(),
        fqdn: first.server_fqdn.clone(),
        egress_addresses: first.egress_addresses.clone(),
        bindings: first.bindings.clone(),
    };
    let administrator = with_postmaster(first.administrator.clone(), &first.domain);
    let mut objects: Vec<Object> = vec![organization.into(), accepted_domain(first).into()];
    objects.extend(default_remote_domain().map(Object::from));
    objects.extend(objects_of(&server));
    objects.extend(role_groups(&administrator).into_iter().map(Object::from));
    objects.push(administrator.into());
    objects.extend(first.mailboxes.iter().cloned().map(Object::from));
    objects.into_iter().map(Change::Create).collect()
}

/// The changes that bring a further server into an organization: itself and its Receive connectors. Nothing of
/// what the organization has already.
pub fn server_objects(server: &NewServer) -> Vec<Change> {
    objects_of(server).into_iter().map(Change::Create).collect()
}

fn objects_of(new: &NewServer) -> Vec<Object> {
    let mut server = Server::with_defaults(Header::fresh(), new.name.clone(), new.fqdn.clone());
    server.frontend.egress_addresses.clone_from(&new.egress_addresses);
    if new.bindings.sandbox_relay.is_some() {
        // In a data directory that is private. Elsewhere whoever may write there may send, so that
        // somebody has to decide it.
        server.transport.pickup_directory_path = Some(LocalPath::known("pickup"));
        server.transport.replay_directory_path = Some(LocalPath::known("replay"));
    }
    let connectors = receive_connectors(new).into_iter().map(Object::from);
    std::iter::once(Object::from(server)).chain(connectors).collect()
}

/// What an organization of an earlier version lacks of what every organization has.
pub(crate) fn missing_objects(snapshot: &Snapshot) -> Vec<Change> {
    if snapshot.organization.header.guid.is_nil() {
        return Vec::new();
    }
    let has_default = snapshot.remote_domains.iter().any(|domain| domain.is_default());
    let domain = default_remote_domain().filter(|_| !has_default).map(Object::from);
    let proxies = unmarked_proxies(snapshot)
        .map(|connector| Change::Update { object: Object::from(connector) });
    domain.map(Change::Create).into_iter().chain(proxies).collect()
}

/// Connectors for outbound connections as the first start of version 0.1.0 made them, where their
/// server has none that is marked as that.
fn unmarked_proxies(snapshot: &Snapshot) -> impl Iterator<Item = ReceiveConnector> {
    snapshot.servers.iter().filter_map(|server| {
        let of_server = || snapshot.receive_connectors.iter().filter(|c| server.name.is(&c.server));
        if of_server().any(|connector| connector.outbound_proxy) {
            return None;
        }
        let name = fitting(&format!("{OUTBOUND_PROXY} {}", server.name), &server.name);
        let is_it = |connector: &&Arc<ReceiveConnector>| {
            connector.name.is(name.as_str())
                && connector.transport_role == TransportRole::FrontendTransport
                && connector.permission_groups.contains(PermissionGroups::EXCHANGE_SERVERS)
        };
        let mut found = of_server().find(is_it)?.as_ref().clone();
        found.outbound_proxy = true;
        // Where another connector is in its way it stays as it is: the server must start.
        let mut others = of_server().filter(|other| other.header.guid != found.header.guid);
        others.all(|other| found.check_against(other).is_ok()).then_some(found)
    })
}

fn default_remote_domain() -> Option<RemoteDomain> {
    Some(RemoteDomain::for_all(Header::fresh(), RemoteDomain::DEFAULT.parse().ok()?))
}

fn accepted_domain(first: &FirstStart) -> AcceptedDomain {
    let name = fitting(first.domain.as_str(), &first.server_name);
    let pattern = DomainPattern::Exact(first.domain.clone());
    let mut domain =
        AcceptedDomain::of_type(Header::fresh(), pattern, name, DomainType::Authoritative);
    domain.default = true;
    domain
}

fn with_postmaster(mut administrator: Mailbox, domain: &DomainName) -> Mailbox {
    let postmaster = Address::new("postmaster", &AddressDomain::Name(domain.clone()));
    if let Ok(postmaster) = postmaster
        && !administrator.addresses().any(|address| *address == postmaster)
    {
        administrator.email_addresses.push(postmaster);
    }
    administrator
}

fn role_groups(administrator: &Mailbox) -> Vec<RoleGroup> {
    let group = |built_in: &cmdlets::BuiltInRoleGroup| {
        let mut group = RoleGroup::with_defaults(Header::fresh(), built_in.name.parse().ok()?);
        group.description = Some(built_in.description.to_owned());
        group.roles = built_in.roles.iter().map(|role| (*role).to_owned()).collect();
        if group.name.is(RoleGroup::ORGANIZATION_MANAGEMENT) {
            group.members = vec![administrator.header.guid];
        }
        Some(group)
    };
    BUILT_IN_ROLE_GROUPS.iter().filter_map(group).collect()
}

fn receive_connectors(server: &NewServer) -> Vec<ReceiveConnector> {
    let bindings = &server.bindings;
    let mut connectors = vec![
        default_frontend(server, &bindings.default_frontend),
        client_frontend(server, bindings),
        outbound_proxy(server, &bindings.outbound_proxy),
        default_hub(server, &bindings.default_hub),
    ];
    connectors.extend(bindings.sandbox_relay.as_ref().map(|relay| sandbox_relay(server, relay)));
    connectors.retain(|c| !c.bindings.is_empty() || !c.implicit_tls_bindings.is_empty());
    connectors
}

/// The mechanisms every default connector has.
const BASIC: AuthMechanisms =
    AuthMechanisms::TLS.union(AuthMechanisms::BASIC_AUTH).union(AuthMechanisms::INTEGRATED);
const BASIC_TLS: AuthMechanisms = BASIC.union(AuthMechanisms::BASIC_AUTH_REQUIRE_TLS);

fn default_frontend(server: &NewServer, bindings: &[SocketAddr]) -> ReceiveConnector {
    let mut connector = connector(server, "Default Frontend", bindings);
    connector.auth_mechanism = BASIC_TLS | AuthMechanisms::EXCHANGE_SERVER;
    connector.permission_groups = PermissionGroups::ANONYMOUS_USERS
        | PermissionGroups::EXCHANGE_SERVERS
        | PermissionGroups::EXCHANGE_LEGACY_SERVERS;
    connector
}

fn client_frontend(server: &NewServer, bindings: &DefaultBindings) -> ReceiveConnector {
    let mut connector = connector(server, "Client Frontend", &bindings.client_frontend);
    connector.implicit_tls_bindings.clone_from(&bindings.client_frontend_implicit_tls);
    connector.auth_mechanism = BASIC_TLS;
    connector.permission_groups = PermissionGroups::EXCHANGE_USERS;
    connector.max_message_size = ByteSize::mb(35);
    connector
}

fn outbound_proxy(server: &NewServer, bindings: &[SocketAddr]) -> ReceiveConnector {
    let mut connector = connector(server, OUTBOUND_PROXY, bindings);
    connector.outbound_proxy = true;
    connector.auth_mechanism = BASIC_TLS | AuthMechanisms::EXCHANGE_SERVER;
    connector.permission_groups = PermissionGroups::EXCHANGE_SERVERS;
    connector
}

/// For the organization's other servers only.
fn default_hub(server: &NewServer, bindings: &[SocketAddr]) -> ReceiveConnector {
    let mut connector = connector(server, "Default", bindings);
    connector.transport_role = TransportRole::HubTransport;
    connector.auth_mechanism = BASIC | AuthMechanisms::EXCHANGE_SERVER;
    connector.permission_groups =
        PermissionGroups::EXCHANGE_SERVERS | PermissionGroups::EXCHANGE_LEGACY_SERVERS;
    connector.max_message_size = ByteSize::mb(35);
    connector.max_recipients_per_message = 5000;
    without_source_limit(&mut connector);
    connector
}

/// Relays for whoever is on this machine, as any of us. One of the Transport service, so that it
/// takes mail while the front end is stopped.
fn sandbox_relay(server: &NewServer, bindings: &[SocketAddr]) -> ReceiveConnector {
    let mut connector = connector(server, "", bindings);
    connector.transport_role = TransportRole::HubTransport;
    connector.name = fitting("Sandbox Relay", &server.name);
    connector.permission_groups = PermissionGroups::ANONYMOUS_USERS;
    connector.extra_permissions =
        vec![ExtendedRight::AcceptAnyRecipient, ExtendedRight::AcceptAuthoritativeDomainSender];
    connector.remote_ip_ranges =
        ["127.0.0.0/8", "::1"].iter().filter_map(|range| range.parse::<IpRange>().ok()).collect();
    without_source_limit(&mut connector);
    connector
}

fn without_source_limit(connector: &mut ReceiveConnector) {
    connector.max_inbound_connection_per_source = Unlimited::Unlimited;
    connector.max_inbound_connection_percentage_per_source = 100;
}

/// A connector called `<kind> <server>` for all remote addresses.
fn connector(server: &NewServer, kind: &str, bindings: &[SocketAddr]) -> ReceiveConnector {
    let name = fitting(&format!("{kind} {}", server.name), &server.name);
    let mut connector =
        ReceiveConnector::with_defaults(Header::fresh(), server.name.to_string(), name);
    connector.bindings = bindings.to_vec();
    connector.remote_ip_ranges = everywhere();
    connector
}

/// The text as a name, cut where it is too long for one.
fn fitting(text: &str, otherwise: &ObjectName) -> ObjectName {
    let cut: String = text.trim().chars().take(ObjectName::MAX).collect();
    cut.trim_end().parse().unwrap_or_else(|_| otherwise.clone())
}

#[cfg(test)]
mod tests;
