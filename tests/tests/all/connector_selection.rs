//! Which connector carries a recipient: routing.md sections 2.1 and 4, seen from outside. Each
//! connector has a port of its own, so that the sink that gets a message names the connector.

use std::time::Duration;

use end_to_end::{SOON, Sink, Smtp, address, consistently, until};
use serde_json::json;

use crate::world::{PORT, STRANGER, World, large};

/// Sends to each address and says at which of the ports it arrived.
fn carried_by(world: &World, ports: &[u16], to: &[&str]) -> Vec<u16> {
    let sinks: Vec<Sink> = ports.iter().map(|port| world.sink(*port)).collect();
    to.iter()
        .map(|recipient| {
            world.send(recipient, "which way");
            end_to_end::until(&format!("the message to {recipient}"), SOON, || {
                let has_it = |sink: &&Sink| {
                    sink.received()
                        .iter()
                        .any(|m| m.recipients.iter().any(|r| r.contains(recipient)))
                };
                sinks.iter().find(has_it).map(|sink| sink.address().port())
            })
        })
        .collect()
}

#[test]
fn the_most_specific_space_wins_whatever_it_costs() {
    let world = World::of(&["a", "x.a", "y.a", "z.x.a", "b"]);
    let relais = &world.relais;
    relais.send_connector("All", "*;1", 2501);
    relais.send_connector("A and below", "*.a.test;2", 2502);
    relais.send_connector("X below A and below", "*.x.a.test;3", 2503);
    relais.send_connector("X below A", "x.a.test;100", 2504);
    let to = ["u@b.test", "u@a.test", "u@y.a.test", "u@z.x.a.test", "u@x.a.test", "u@X.A.Test"];
    let ports = carried_by(&world, &[2501, 2502, 2503, 2504], &to);
    assert_eq!(ports, [2501, 2502, 2502, 2503, 2504, 2504]);
}

#[test]
fn an_exact_space_does_not_match_subdomains() {
    let world = World::of(&["a", "x.a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("A", "a.test", PORT);
    world.send("u@x.a.test", "below");
    let waiting = world.relais.wait_for_unreachable(1);
    assert_eq!(waiting[0]["Subject"], "below");
    world.send("u@a.test", "exact");
    sink.wait_for(1, SOON);
}

#[test]
fn the_lower_cost_wins_then_the_name() {
    let world = World::of(&["a", "b"]);
    let relais = &world.relais;
    relais.send_connector("A dear", "a.test;10", 2501);
    relais.send_connector("B cheap", "a.test;1", 2502);
    relais.send_connector("Name B", "b.test;5", 2503);
    relais.send_connector("name a", "b.test;5", 2504);
    assert_eq!(
        carried_by(&world, &[2501, 2502, 2503, 2504], &["u@a.test", "u@b.test"]),
        [2502, 2504]
    );
}

#[test]
fn one_connector_with_several_spaces_counts_with_the_best_one() {
    let world = World::of(&["a", "b"]);
    let relais = &world.relais;
    relais.send_connector_with(
        "Several",
        json!({ "AddressSpaces": ["*;50", "a.test;7"], "Port": 2501 }),
    );
    relais.send_connector("All", "*;10", 2502);
    assert_eq!(carried_by(&world, &[2501, 2502], &["u@a.test", "u@b.test"]), [2501, 2502]);
}

#[test]
fn a_connector_too_small_is_passed_over_and_all_too_small_is_a_report() {
    let world = World::of(&["a"]);
    let relais = &world.relais;
    relais.lift_organization_limits();
    let anna = world.sender("anna", &[]);
    let exact = world.sink(2501);
    let all = world.sink(2502);
    relais.send_connector_with(
        "Exact",
        json!({ "AddressSpaces": ["a.test"], "Port": 2501, "MaxMessageSize": "1MB" }),
    );
    relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": 2502, "MaxMessageSize": "25MB" }),
    );
    let send =
        |size: usize| Smtp::hello(relais.relay()).deliver(&anna, &["u@a.test"], &large(size));
    assert_eq!(send(500_000).code, 250);
    exact.wait_for(1, SOON);
    assert_eq!(send(5_000_000).code, 250);
    all.wait_for(1, SOON);
    assert_eq!(send(30_000_000).code, 250);
    let report = relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.3.4"), "{report:.3000}");
    assert_eq!((exact.count(), all.count()), (1, 1));
    // The report is in its mailbox a moment before that is written down.
    until("nothing waits", SOON, || relais.messages().is_empty().then_some(()));
}

#[test]
fn the_organization_s_own_limit_comes_first() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    let reply = Smtp::hello(world.relais.relay()).deliver(&anna, &["u@a.test"], &large(11_000_000));
    assert_eq!(reply.code, 250, "{reply:?}");
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.3.4"), "{report:.3000}");
}

#[test]
fn a_scoped_connector_of_this_site_is_used() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector_with(
        "Scoped",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "IsScopedConnector": true }),
    );
    world.send("u@a.test", "scoped");
    sink.wait_for(1, SOON);
}

#[test]
fn an_address_literal_matches_only_the_star() {
    let world = World::of(&[]);
    let host = address();
    let sink = Sink::start(host, PORT);
    world.relais.send_connector("Domains", "*.test", PORT);
    world.send(&format!("u@[{host}]"), "literal");
    world.relais.wait_for_unreachable(1);
    // A loopback literal is this machine itself, so it is a smart host that carries it here.
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "DNSRoutingEnabled": false, "SmartHosts": [host.to_string()] }),
    );
    let arrived = sink.wait_for(1, SOON);
    assert_eq!(arrived[0].recipients, [format!("TO:<u@[{host}]>")]);
}

#[test]
fn internationalised_domains_compare_as_a_labels() {
    let world = World::of(&["xn--bcher-kva"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("Books", "xn--bcher-kva.test", PORT);
    let mut smtp = Smtp::hello(world.relais.relay());
    assert_eq!(smtp.say(&format!("MAIL FROM:<{STRANGER}> SMTPUTF8")).code, 250);
    assert_eq!(smtp.say("RCPT TO:<u@bücher.test>").code, 250);
    assert_eq!(smtp.say("DATA").code, 354);
    smtp.send(b"Subject: books\r\n\r\n.\r\n");
    assert_eq!(smtp.reply().code, 250);
    sink.wait_for(1, SOON);
}

#[test]
fn each_recipient_has_its_own_connector() {
    let world = World::of(&["a", "b", "c"]);
    let (a, b) = (world.sink(2501), world.sink(2502));
    world.relais.send_connector("A", "a.test", 2501);
    world.relais.send_connector("B", "b.test", 2502);
    let to = ["1@a.test", "2@b.test", "3@a.test", "4@c.test"];
    let content = end_to_end::message(STRANGER, "several", "several");
    assert_eq!(Smtp::hello(world.relais.relay()).deliver(STRANGER, &to, &content).code, 250);
    let at_a = a.wait_for(1, SOON).remove(0);
    assert_eq!(at_a.recipients, ["TO:<1@a.test>", "TO:<3@a.test>"], "one transaction for both");
    assert_eq!(b.wait_for(1, SOON)[0].recipients, ["TO:<2@b.test>"]);
    let waiting = world.relais.wait_for_unreachable(1).remove(0);
    let recipients = waiting["Recipients"].as_array().expect("recipients").clone();
    assert!(
        recipients.iter().any(|r| r["Address"] == "4@c.test" && r["Status"] != "Complete"),
        "{recipients:?}"
    );
}

/// Section 2.1: the three kinds of accepted domains.
#[test]
fn accepted_domains_decide_who_is_local() {
    let world = World::of(&["shared", "outer"]);
    let relais = &world.relais;
    let sink = world.sink(PORT);
    relais.send_connector("All", "*", PORT);
    let domain = |name: &str, kind: &str| {
        relais.run(
            "New-AcceptedDomain",
            json!({ "Name": name, "DomainName": name, "DomainType": kind }),
        );
    };
    domain("shared.test", "InternalRelay");
    domain("outer.test", "ExternalRelay");
    domain("own.test", "Authoritative");
    relais.mailbox("anna", "a Secret of Anna 4");
    relais.run(
        "Set-Mailbox",
        json!({ "Identity": "anna", "EmailAddresses": { "Add": ["anna@shared.test"] } }),
    );

    let mut front = Smtp::hello(relais.front());
    let mut deliver = |to: &str| {
        front.deliver(STRANGER, &[to], &end_to_end::message(STRANGER, to, "accepted domains"))
    };
    assert_eq!(deliver("anna@shared.test").code, 250);
    relais.wait_for_mail("anna@contoso.com", 1, SOON);
    assert_eq!(deliver("unknown@shared.test").code, 250);
    assert_eq!(deliver("anybody@outer.test").code, 250);
    let arrived = sink.wait_for(2, SOON);
    let mut to: Vec<String> = arrived.iter().flat_map(|m| m.recipients.clone()).collect();
    to.sort();
    assert_eq!(to, ["TO:<anybody@outer.test>", "TO:<unknown@shared.test>"]);
    drop(front);
    let (_, refused) = Smtp::hello(relais.front()).envelope(STRANGER, "unknown@own.test");
    assert!(refused.text().starts_with("550 5.1.1"), "{refused:?}");
    consistently("local mail stays here", Duration::from_millis(500), || sink.count() == 2);
}
