use super::*;
use directory::{Header, Object, SendConnector, Server, Snapshot, Usage};

fn header() -> Header {
    Header::fresh()
}

/// `name`, address spaces, and what else is to be set.
fn connector(
    name: &str,
    spaces: &[&str],
    change: impl FnOnce(&mut SendConnector),
) -> Arc<SendConnector> {
    let mut connector = SendConnector::from_usage(header(), name.parse().unwrap(), Usage::Internet);
    connector.address_spaces = spaces.iter().map(|s| s.parse().unwrap()).collect();
    connector.source_transport_servers = vec!["MBX01".to_owned()];
    change(&mut connector);
    Arc::new(connector)
}

fn plain(name: &str, spaces: &[&str]) -> Arc<SendConnector> {
    connector(name, spaces, |_| {})
}

fn server(name: &str, site: &str) -> Server {
    let fqdn = format!("{}.contoso.com", name.to_lowercase()).parse().unwrap();
    let mut server = Server::with_defaults(header(), name.parse().unwrap(), fqdn);
    server.site = site.to_owned();
    server
}

fn snapshot(connectors: Vec<Arc<SendConnector>>) -> Snapshot {
    let servers = [("MBX01", "Paris"), ("MBX02", "Paris"), ("MBX03", "Lyon")];
    let servers = servers.map(|(name, site)| Object::Server(server(name, site)));
    let connectors = connectors.iter().map(|c| Object::SendConnector(c.as_ref().clone()));
    Snapshot::of(servers.into_iter().chain(connectors))
}

fn decide(connectors: Vec<Arc<SendConnector>>, domain: &str, size: ByteSize) -> Decision {
    let snapshot = snapshot(connectors);
    let here = Arc::clone(snapshot.server("MBX01").unwrap());
    route(&snapshot, &here, &domain.parse().unwrap(), size)
}

fn winner(connectors: Vec<Arc<SendConnector>>, domain: &str) -> String {
    match decide(connectors, domain, ByteSize::kb(4)).next_hop {
        NextHop::Connector(c) => c.name.to_string(),
        NextHop::SourceServers(c) => format!("relay:{}", c.name),
        NextHop::Unreachable => "unreachable".to_owned(),
        NextHop::TooLarge(limit) => format!("too large for {limit}"),
    }
}

#[test]
fn without_a_matching_connector_there_is_no_way_out() {
    assert_eq!(winner(vec![], "fabrikam.com"), "unreachable");
    assert_eq!(winner(vec![plain("A", &["contoso.com"])], "sub.contoso.com"), "unreachable");
}

#[test]
fn specificity_beats_cost() {
    let connectors = || {
        vec![
            plain("any", &["*;1"]),
            plain("parent", &["*.contoso.com;5"]),
            plain("exact", &["marketing.contoso.com;100"]),
        ]
    };
    assert_eq!(winner(connectors(), "marketing.contoso.com"), "exact");
    assert_eq!(winner(connectors(), "sales.contoso.com"), "parent");
    assert_eq!(winner(connectors(), "contoso.com"), "parent");
    assert_eq!(winner(connectors(), "fabrikam.com"), "any");
    assert_eq!(winner(connectors(), "[192.0.2.1]"), "any");
}

#[test]
fn then_cost_then_proximity_then_name() {
    assert_eq!(winner(vec![plain("A", &["*;10"]), plain("B", &["*;1"])], "x.org"), "B");
    let near_and_far = vec![
        connector("A", &["*"], |c| c.source_transport_servers = vec!["MBX02".to_owned()]),
        plain("B", &["*"]),
    ];
    assert_eq!(winner(near_and_far, "x.org"), "B");
    assert_eq!(winner(vec![plain("b", &["*"]), plain("A", &["*"])], "x.org"), "A");
}

#[test]
fn another_site_costs_a_link() {
    let connectors = vec![
        connector("A", &["*;1"], |c| c.source_transport_servers = vec!["MBX03".to_owned()]),
        plain("B", &["*;50"]),
    ];
    assert_eq!(winner(connectors, "x.org"), "B");
}

#[test]
fn other_source_servers_mean_relay() {
    let elsewhere =
        connector("A", &["*"], |c| c.source_transport_servers = vec!["MBX03".to_owned()]);
    assert_eq!(winner(vec![elsewhere], "x.org"), "relay:A");
}

#[test]
fn disabled_and_scoped_connectors_do_not_count() {
    let disabled = connector("A", &["*"], |c| c.enabled = false);
    assert_eq!(winner(vec![disabled, plain("B", &["*;9"])], "x.org"), "B");
    let scoped = |site_server: &str| {
        let source = site_server.to_owned();
        connector("S", &["*"], |c| {
            c.is_scoped_connector = true;
            c.source_transport_servers = vec![source];
        })
    };
    assert_eq!(winner(vec![scoped("MBX03")], "x.org"), "unreachable");
    assert_eq!(winner(vec![scoped("MBX02")], "x.org"), "relay:S");
}

#[test]
fn connectors_too_small_are_passed_over_and_fail_only_when_alone() {
    let connectors = || {
        vec![
            connector("exact", &["x.org"], |c| c.max_message_size = "1MB".parse().unwrap()),
            plain("any", &["*"]),
        ]
    };
    let at = |size| match decide(connectors(), "x.org", size).next_hop {
        NextHop::Connector(c) => c.name.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(at(ByteSize::kb(10)), "exact");
    assert_eq!(at(ByteSize::mb(5)), "any");
    assert!(matches!(
        decide(connectors(), "x.org", ByteSize::mb(30)).next_hop,
        NextHop::TooLarge(limit) if limit == ByteSize::mb(25)
    ));
}

#[test]
fn other_address_types_do_not_carry_smtp() {
    let fax = connector("fax", &["FAX:*;1"], |_| {});
    assert_eq!(winner(vec![fax], "x.org"), "unreachable");
}

#[test]
fn every_connector_gets_its_reason() {
    let decision = decide(
        vec![
            plain("a", &["y.org"]),
            connector("b", &["*"], |c| c.enabled = false),
            connector("c", &["x.org"], |c| c.max_message_size = "1KB".parse().unwrap()),
            plain("d", &["*"]),
            plain("e", &["*.org;2"]),
            plain("f", &["*.org;3"]),
            plain("g", &["*.org;2"]),
        ],
        "x.org",
        ByteSize::kb(4),
    );
    let reasons: Vec<String> =
        decision.considered.iter().map(|c| format!("{}: {}", c.connector, c.verdict)).collect();
    assert_eq!(
        reasons,
        [
            "a: no address space matches the recipient's domain",
            "b: disabled",
            "c: the message is larger than MaxMessageSize 1 KB (1,024 bytes)",
            "d: SMTP:*;1 is less specific than SMTP:*.org;2",
            "e: chosen",
            "f: cost 3; another costs 2",
            "g: equal to \"e\", whose name comes first",
        ]
    );
}

#[test]
fn a_share_of_the_domains_goes_another_way_and_always_the_same() {
    let share_of = |share: u32| {
        let new = connector("New", &["*"], |c| c.share_of_domains = share);
        let takes = |n: &u32| {
            winner(vec![new.clone(), plain("Old", &["*;2"])], &format!("d{n}.test")) == "New"
        };
        (0..1000).filter(takes).collect::<std::collections::BTreeSet<u32>>()
    };
    let (tenth, half) = (share_of(10), share_of(50));
    assert!((70..=130).contains(&tenth.len()), "{}", tenth.len());
    assert!((440..=560).contains(&half.len()), "{}", half.len());
    assert!(tenth.is_subset(&half), "a share that grows loses nobody");
    assert_eq!(share_of(100).len(), 1000);
    // Written down once: another version must not move anybody.
    let new = connector("New", &["*"], |c| c.share_of_domains = 1);
    let decision = decide(vec![new], "Fabrikam.com", ByteSize::kb(4));
    assert!(matches!(decision.next_hop, NextHop::Unreachable));
    assert_eq!(decision.considered[0].verdict, Verdict::OutsideShare { lot: 36, share: 1 });
}
