//! The next hop by DNS, asked of a real name server: routing.md section 5.

use std::{net::Ipv6Addr, time::Duration};

use end_to_end::{NameServer, SERVER, SOON, Settings, Sink, address, consistently};
use serde_json::json;

use crate::world::{PORT, World};

#[test]
fn the_next_mx_is_used_when_the_first_is_down() {
    let (first, second) = (address(), address());
    let records = [
        "a MX 20 backup".to_owned(),
        "a MX 10 main".to_owned(),
        format!("main A {first}"),
        format!("backup A {second}"),
    ];
    let world = World::with(first, &records.each_ref().map(String::as_str));
    world.relais.send_connector("All", "*", PORT);
    let backup = Sink::start(second, PORT);
    world.send("u@a.test", "to the backup");
    backup.wait_for(1, SOON);
    let main = Sink::start(first, PORT);
    // While a connection to the backup is kept mail may use it; it is closed with the backup.
    drop(backup);
    world.send("u@a.test", "to the main host");
    main.wait_for(1, SOON);
}

#[test]
fn with_every_mx_down_mail_waits_and_nothing_bounces() {
    let (first, second) = (address(), address());
    let records = [
        "a MX 10 main".to_owned(),
        "a MX 20 backup".to_owned(),
        format!("main A {first}"),
        format!("backup A {second}"),
    ];
    let world = World::with(first, &records.each_ref().map(String::as_str));
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    world.send_as(&anna, "u@a.test", "waiting");
    world.relais.wait_for_error("451 4.4.0 Primary target IP address responded with", SOON);
    consistently("nothing bounces", Duration::from_secs(2), || {
        world.relais.maildir(&anna).is_empty() && world.relais.messages().len() == 1
    });
    Sink::start(second, PORT).wait_for(1, SOON);
}

#[test]
fn hosts_of_equal_preference_share() {
    let (one, two) = (address(), address());
    let records = [
        "a MX 10 one".to_owned(),
        "a MX 10 two".to_owned(),
        format!("one A {one}"),
        format!("two A {two}"),
    ];
    let world = World::with(one, &records.each_ref().map(String::as_str));
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "SmtpMaxMessagesPerConnection": 1 }),
    );
    let (one, two) = (Sink::start(one, PORT), Sink::start(two, PORT));
    let mut smtp = end_to_end::Smtp::hello(world.relais.relay());
    for _ in 0..40 {
        let reply = smtp.deliver(crate::world::STRANGER, &["u@a.test"], "Subject: share\r\n\r\n");
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    end_to_end::until("all 40", SOON, || (one.count() + two.count() == 40).then_some(()));
    // By chance alone one of them gets none once in 2^39 runs.
    assert!(one.count() > 0 && two.count() > 0, "{} and {}", one.count(), two.count());
}

#[test]
fn several_addresses_of_one_host_are_tried() {
    let (dead, live) = (address(), address());
    let records = ["a MX 10 mail".to_owned(), format!("mail A {dead}"), format!("mail A {live}")];
    let world = World::with(dead, &records.each_ref().map(String::as_str));
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(live, PORT);
    for i in 0..4 {
        world.send("u@a.test", &format!("number {i}"));
    }
    sink.wait_for(4, SOON);
}

#[test]
fn a_domain_without_mx_is_its_own_mail_host() {
    let host = address();
    let world = World::with(host, &[&format!("a A {host}")]);
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(host, PORT);
    world.send("u@a.test", "implicit");
    sink.wait_for(1, SOON);
}

#[test]
fn a_host_with_an_ipv6_address_is_reached() {
    let sink = Sink::start(Ipv6Addr::LOCALHOST, 0);
    let world = World::with(address(), &["a MX 10 mail", "mail AAAA ::1"]);
    world.relais.send_connector("All", "*", sink.address().port());
    world.send("u@a.test", "six");
    sink.wait_for(1, SOON);
}

#[test]
fn aliases_are_followed() {
    let host = address();
    let records = [
        "alias CNAME real".to_owned(),
        "real MX 10 mail".to_owned(),
        "b MX 10 mx-alias".to_owned(),
        "mx-alias CNAME mail".to_owned(),
        format!("mail A {host}"),
    ];
    let world = World::with(host, &records.each_ref().map(String::as_str));
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(host, PORT);
    world.send("u@alias.test", "the domain is an alias");
    world.send("u@b.test", "the host is an alias");
    let arrived = sink.wait_for(2, SOON);
    let mut to: Vec<_> = arrived.iter().flat_map(|m| m.recipients.clone()).collect();
    to.sort();
    assert_eq!(to, ["TO:<u@alias.test>", "TO:<u@b.test>"]);
}

#[test]
fn an_mx_that_does_not_resolve_is_passed_over() {
    let host = address();
    let world = World::with(
        host,
        &["a MX 5 nowhere", "a MX 10 mail", &format!("mail A {host}"), "b MX 10 nowhere"],
    );
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(host, PORT);
    world.send("u@a.test", "one of two resolves");
    sink.wait_for(1, SOON);
    world.send("u@b.test", "none resolves");
    let waiting = world.relais.wait_for_error("451 4.4.0 DNS query failed", SOON);
    assert_eq!(waiting["Status"], "Retry");
}

#[test]
fn a_null_mx_is_a_report_at_once() {
    let world = World::with(address(), &["a MX 0 ."]);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    world.send_as(&anna, "u@a.test", "nobody reads here");
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.1.10"), "{report}");
    world.relais.wait_until_empty(SOON);
}

#[test]
fn a_domain_that_does_not_exist_is_a_report_at_once() {
    let world = World::with(address(), &[]);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    world.send_as(&anna, "u@nowhere.test", "lost");
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.4.4"), "{report}");
    assert!(report.contains("SMTPSEND.DNS.NonExistentDomain; nonexistent domain"), "{report}");
    world.relais.wait_until_empty(SOON);
}

#[test]
fn with_downgraded_dns_failures_it_waits() {
    let host = address();
    let mut world = World::with(host, &[&format!("mail A {host}")]);
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "ErrorPolicies": "DowngradeDnsFailures" }),
    );
    world.send("u@late.test", "patience");
    let waiting = world.relais.wait_for_error("451 4.4.0 DNS query failed", SOON);
    assert_eq!(waiting["Status"], "Retry");
    let sink = Sink::start(host, PORT);
    world.dns.add(&["late MX 10 mail"]);
    sink.wait_for(1, SOON);
}

#[test]
fn a_failing_name_server_is_no_reason_to_give_up() {
    let world = World::with(address(), &[]);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    world.send_as(&anna, "u@a.broken", "SERVFAIL");
    let waiting = world.relais.wait_for_error("451 4.4.0 DNS query failed", SOON);
    assert_eq!(waiting["Status"], "Retry");
    consistently("no report", Duration::from_secs(1), || world.relais.maildir(&anna).is_empty());
}

/// A literal that is this machine is a loop, not a way to its other services.
#[test]
fn a_loopback_literal_is_a_loop() {
    let world = World::of(&[]);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(address(), PORT);
    world.send_as(&anna, &format!("u@[{}]", sink.address().ip()), "to this machine");
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.4.6"), "{report}");
    assert_eq!(sink.connections(), 0);
}

#[test]
fn a_domain_whose_best_mx_is_this_server_is_a_loop() {
    let host = address();
    let us = "mbx01.contoso.com.";
    let records = [
        format!("a MX 10 {us}"),
        "a MX 20 backup".to_owned(),
        "b MX 10 main".to_owned(),
        format!("b MX 20 {us}"),
        format!("main A {host}"),
        format!("backup A {host}"),
    ];
    let world = World::with(host, &records.each_ref().map(String::as_str));
    let anna = world.sender("anna", &[]);
    let sink = Sink::start(host, PORT);
    world.relais.send_connector("All", "*", PORT);
    world.send_as(&anna, "u@a.test", "we are the best MX");
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.4.6"), "{report}");
    world.send_as(&anna, "u@b.test", "we are the backup");
    let arrived = sink.wait_for(1, SOON);
    assert_eq!(arrived[0].recipients, ["TO:<u@b.test>"]);
}

#[test]
fn the_servers_of_the_settings_are_asked_in_order() {
    let host = address();
    let world = World::with(address(), &[]);
    let other = NameServer::start(address(), &["a MX 10 mail", &format!("mail A {host}")]);
    let dead = address();
    world.transport(json!({
        "InternalDNSAdapterEnabled": false,
        "InternalDNSServers": [format!("{dead}:5353"), other.address().to_string()],
    }));
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(host, PORT);
    world.send("u@a.test", "by the second server");
    sink.wait_for(1, SOON);
}

#[test]
fn a_connector_can_use_the_external_servers() {
    let host = address();
    let world = World::with(address(), &[]);
    let outside = NameServer::start(address(), &["a MX 10 mail", &format!("mail A {host}")]);
    world.transport(json!({
        "ExternalDNSAdapterEnabled": false,
        "ExternalDNSServers": [outside.address().to_string()],
        "ExternalDNSProtocolOption": "UseTcpOnly",
    }));
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "UseExternalDNSServersEnabled": true }),
    );
    let sink = Sink::start(host, PORT);
    world.send("u@a.test", "seen from outside");
    sink.wait_for(1, SOON);
    let shown = world.relais.run("Get-TransportService", json!({ "Identity": SERVER }));
    assert_eq!(shown[0]["ExternalDNSServers"], json!([outside.address().to_string()]));
}

#[test]
fn an_answer_too_large_for_udp_is_asked_for_again_over_tcp() {
    let host = address();
    let label = "x".repeat(50);
    let mut records: Vec<String> =
        (0..40).map(|i| format!("a MX {} host-{i}.{label}.{label}", 10 + i)).collect();
    records.push(format!("host-0.{label}.{label} A {host}"));
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let world = World::with(host, &records);
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::start(host, PORT);
    world.send("u@a.test", "many hosts");
    sink.wait_for(1, SOON);
}

/// A mail exchanger under another name is known by its address: loopback, the machine's own, and
/// the one it has for the outside.
#[test]
fn a_mail_exchanger_with_an_address_of_ours_is_a_loop() {
    let host = address();
    let own = std::process::Command::new("hostname").arg("-I").output().expect("hostname");
    let own = String::from_utf8_lossy(&own.stdout).into_owned();
    let is_v4 = |ip: &&str| ip.parse::<std::net::Ipv4Addr>().is_ok();
    let machine = own.split_whitespace().find(is_v4).unwrap_or("127.0.0.1");
    let records = [
        "loopback MX 10 alias".to_owned(),
        format!("alias A {host}"),
        "machine MX 10 nic".to_owned(),
        format!("nic A {machine}"),
        "outside MX 10 nat".to_owned(),
        "nat A 192.0.2.77".to_owned(),
        format!("bare A {host}"),
    ];
    let settings = Settings { loopback_next_hops: false, ..Settings::default() };
    let world = World::start(host, &records.each_ref().map(String::as_str), settings);
    let anna = world.sender("anna", &[]);
    let sink = Sink::start(host, PORT);
    world.relais.send_connector("All", "*", PORT);
    world.transport(json!({ "ExternalIPAddress": "192.0.2.77" }));
    for (n, domain) in ["loopback", "machine", "outside", "bare"].into_iter().enumerate() {
        world.send_as(&anna, &format!("u@{domain}.test"), domain);
        let reports = world.relais.wait_for_mail(&anna, n + 1, SOON);
        let report = reports.iter().find(|r| r.contains(&format!("u@{domain}.test")));
        let report = report.expect("the report");
        assert!(report.contains("Status: 5.4.6"), "{domain}: {report}");
        assert!(report.contains("is this server itself"), "{domain}: {report}");
    }
    assert_eq!(sink.connections(), 0);
    // A smart host is the administrator's word: it may be here.
    world.relais.run("Remove-SendConnector", json!({ "Identity": "All", "Confirm": false }));
    world.relais.send_connector_with(
        "Smart",
        json!({ "AddressSpaces": ["*"], "SmartHosts": [format!("[{host}]")], "Port": PORT,
                "DNSRoutingEnabled": false }),
    );
    world.send_as(&anna, "u@loopback.test", "through the smart host");
    assert_eq!(sink.wait_for(1, SOON)[0].recipients, ["TO:<u@loopback.test>"]);
}
