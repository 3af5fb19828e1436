use model::TimeSpan;

use super::*;
use crate::{Properties, Snapshot};

fn first(sandbox: bool) -> FirstStart {
    let at = |port: u16| vec![SocketAddr::from(([0, 0, 0, 0], port))];
    let mailbox = |name: &str| {
        let address = format!("{}@contoso.com", name.to_lowercase()).parse().unwrap();
        Mailbox::with_defaults(Header::fresh(), name.parse().unwrap(), address)
    };
    FirstStart {
        organization: "Contoso".to_owned(),
        domain: "contoso.com".parse().unwrap(),
        server_name: "MBX01".parse().unwrap(),
        server_fqdn: "mbx01.contoso.com".parse().unwrap(),
        egress_addresses: Vec::new(),
        bindings: DefaultBindings {
            default_frontend: at(25),
            client_frontend: at(587),
            client_frontend_implicit_tls: at(465),
            outbound_proxy: at(717),
            default_hub: at(2525),
            sandbox_relay: sandbox.then(|| at(10025)),
        },
        administrator: mailbox("Administrator"),
        mailboxes: vec![mailbox("Jean")],
    }
}

fn snapshot(first: &FirstStart) -> Snapshot {
    Snapshot::of(first_objects(first).into_iter().filter_map(|change| match change {
        Change::Create(object) => Some(object),
        _ => None,
    }))
}

#[test]
fn makes_what_the_documents_name() {
    let snapshot = snapshot(&first(false));
    assert!(snapshot.send_connectors.is_empty(), "nothing leaves by accident");
    assert_eq!(snapshot.default_domain().unwrap().as_str(), "contoso.com");
    assert!(snapshot.server("mbx01").is_some());
    assert_eq!(snapshot.role_groups.len(), 7);
    let administrator = snapshot.mailbox("administrator").unwrap();
    let postmaster = "postmaster@contoso.com".parse().unwrap();
    assert_eq!(snapshot.mailbox_by_address(&postmaster), Some(administrator));
    let groups: Vec<_> = snapshot.role_groups_of(administrator.header.guid).collect();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].name.as_str(), "Organization Management");
    assert!(groups[0].roles.iter().any(|role| role == "Send Connectors"));
    assert!(snapshot.mailbox("jean@contoso.com").is_some());
}

#[test]
fn receive_connectors_have_their_documented_settings() {
    let snapshot = snapshot(&first(true));
    let of = |name: &str| snapshot.receive_connector(&format!("MBX01\\{name}")).unwrap();
    let table = [
        (
            "Default Frontend MBX01",
            "0.0.0.0:25",
            "AnonymousUsers, ExchangeServers, ExchangeLegacyServers",
            36,
        ),
        ("Client Frontend MBX01", "0.0.0.0:587", "ExchangeUsers", 35),
        ("Outbound Proxy Frontend MBX01", "0.0.0.0:717", "ExchangeServers", 36),
        ("Default MBX01", "0.0.0.0:2525", "ExchangeServers, ExchangeLegacyServers", 35),
        ("Sandbox Relay", "0.0.0.0:10025", "AnonymousUsers", 36),
    ];
    assert_eq!(snapshot.receive_connectors.len(), table.len());
    for (name, binding, groups, size) in table {
        let connector = of(name);
        connector.validate().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(connector.bindings[0].to_string(), binding);
        assert_eq!(connector.permission_groups.to_string(), groups);
        assert_eq!(connector.max_message_size, ByteSize::mb(size));
        assert_eq!(connector.tarpit_interval, TimeSpan::seconds(5));
    }
    let frontend = of("default frontend mbx01");
    assert_eq!(frontend.max_inbound_connection_per_source, Unlimited::Limited(20));
    assert_eq!(frontend.max_recipients_per_message, 200);
    assert!(!frontend.grants(ExtendedRight::AcceptAnyRecipient));
    let client = of("Client Frontend MBX01");
    assert_eq!(client.implicit_tls_bindings[0].port(), 465);
    assert_eq!(client.view()["AuthMechanism"], "Tls, Integrated, BasicAuth, BasicAuthRequireTLS");
    let hub = of("Default MBX01");
    assert_eq!(hub.max_inbound_connection_per_source, Unlimited::Unlimited);
    assert_eq!(hub.max_recipients_per_message, 5000);
    assert_eq!(hub.transport_role, TransportRole::HubTransport);
    let relay = of("Sandbox Relay");
    assert_eq!(relay.transport_role, TransportRole::HubTransport);
    assert!(relay.grants(ExtendedRight::AcceptAnyRecipient));
    assert!(relay.remote_ip_ranges.iter().any(|r| r.contains("127.9.9.9".parse().unwrap())));
    assert!(!relay.remote_ip_ranges.iter().any(|r| r.contains("192.0.2.1".parse().unwrap())));
}

#[test]
fn long_server_names_still_make_names() {
    let mut first = first(true);
    first.server_name = "s".repeat(64).parse().unwrap();
    let snapshot = snapshot(&first);
    assert_eq!(snapshot.receive_connectors.len(), 5);
}

#[test]
fn a_further_server_brings_itself_and_its_connectors() {
    let first = first(false);
    let at = |port: u16| vec![SocketAddr::from(([192, 0, 2, 2], port))];
    let further = NewServer {
        name: "MBX02".parse().unwrap(),
        fqdn: "mbx02.contoso.com".parse().unwrap(),
        egress_addresses: Vec::new(),
        bindings: DefaultBindings { default_hub: at(2525), ..DefaultBindings::default() },
    };
    let all = first_objects(&first).into_iter().chain(server_objects(&further));
    let snapshot = Snapshot::of(all.filter_map(|change| match change {
        Change::Create(object) => Some(object),
        _ => None,
    }));
    assert_eq!(snapshot.servers.len(), 2);
    assert_eq!(snapshot.receive_connectors.len(), 5, "only what has a binding");
    let hub = snapshot.receive_connector("MBX02\\Default MBX02").unwrap();
    assert_eq!(hub.bindings, at(2525));
    let servers = PermissionGroups::EXCHANGE_SERVERS | PermissionGroups::EXCHANGE_LEGACY_SERVERS;
    assert_eq!(hub.permission_groups, servers);
    hub.validate().unwrap();
}
