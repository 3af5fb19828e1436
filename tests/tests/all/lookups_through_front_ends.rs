//! `[delivery] lookups_through_front_ends`: a server that reaches nothing but its front end. What is no mail
//! goes through it too, as far as the front end's settings file lends it: DNS questions to the front end's
//! own DNS servers (here NSD), MTA-STS policies from a real web server.

use std::net::{Ipv4Addr, SocketAddr};

use end_to_end::{
    Authority, NameServer, PolicyWeb, Postfix, Relais, SOON, Settings, Smtp, address, all_text,
    message, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World, behind};

const ALL: &str = "allow_https = true\ndns = [\"DNS\"]";
const DNS_ONLY: &str = "dns = [\"DNS\"]";

/// A world behind a front end with an egress of its own, and a connector through it.
fn through(world: &World) -> Ipv4Addr {
    let egress = address();
    let egresses = [format!("{egress};cas01.contoso.com")];
    world.relais.run(
        "Set-FrontendTransportService",
        json!({ "Identity": "MBX01", "EgressAddresses": egresses }),
    );
    let out = json!({ "AddressSpaces": ["*"], "Port": PORT, "FrontendProxyEnabled": true });
    world.relais.send_connector_with("Out", out);
    egress
}

/// Waits until the front end's connectivity log has a row with all of these.
fn front_end_logs(relais: &Relais, words: &[&str]) {
    let log = relais.data().join("logs/Connectivity/FrontEnd");
    until(&format!("a row of the front end with {words:?}"), SOON, || {
        let text = all_text(&log);
        text.lines().any(|line| words.iter().all(|word| line.contains(word))).then_some(())
    });
}

fn front_end(relais: &Relais, state: &str) {
    let parameters = json!({
        "Identity": "MBX01",
        "Component": "FrontendTransport",
        "State": state,
        "Requester": "Maintenance",
    });
    relais.run("Set-ServerComponentState", parameters);
}

fn security(relais: &Relais, recipient: &str) -> Value {
    relais.run("Get-TransportSecurity", json!({ "Recipient": recipient })).remove(0)
}

#[test]
fn names_and_policies_are_found_through_the_front_end() {
    let trusted = Authority::new("Trusted");
    let (host, web_at) = (address(), address());
    let postfix = Postfix::with(
        host,
        PORT,
        &["good.test", "bad.test"],
        &format!(
            "smtpd_tls_security_level = may\n{}",
            trusted.issue("DNS:mail.test").for_postfix()
        ),
    );
    let policy =
        |mx: &str| format!("version: STSv1\r\nmode: enforce\r\nmx: {mx}\r\nmax_age: 86400\r\n");
    let names = "DNS:mta-sts.good.test,DNS:mta-sts.bad.test";
    let _web = PolicyWeb::start(
        web_at,
        &trusted.issue(names),
        &[
            ("mta-sts.good.test", policy("mail.test").as_str()),
            ("mta-sts.bad.test", policy("elsewhere.test").as_str()),
        ],
    );
    let mut records = vec![format!("mail A {host}")];
    for domain in ["good", "bad"] {
        records.push(format!("{domain} MX 10 mail"));
        records.push(format!("_mta-sts.{domain} TXT \"v=STSv1; id=1;\""));
        records.push(format!("mta-sts.{domain} A {web_at}"));
    }
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let settings = Settings {
        trusted_ca_files: vec![trusted.certificate()],
        policy_port: Some(PolicyWeb::PORT),
        glitch_retry_count: 0,
        ..Settings::default()
    };
    let world = World::behind_front_end(host, &records, ALL, settings);
    let egress = through(&world).to_string();
    for domain in ["good", "bad"] {
        until(&format!("the policy of {domain}.test is known"), SOON, || {
            let shown = security(&world.relais, &format!("x@{domain}.test")).to_string();
            shown.contains("MTA-STS policy of").then_some(())
        });
        world.send(&format!("u@{domain}.test"), "behind a front end");
    }
    let arrived = postfix.wait_for(1, SOON).remove(0);
    for part in ["X-Original-To: u@good.test", "using TLSv1.3", egress.as_str()] {
        assert!(arrived.contains(part), "{part} is missing in\n{arrived}");
    }
    world.relais.wait_for_error("does not name its mail host", SOON);
    let web = SocketAddr::from((web_at, PolicyWeb::PORT)).to_string();
    front_end_logs(&world.relais, &[web.as_str(), &format!("connected from {egress}")]);
    let dns = world.dns.address().to_string();
    front_end_logs(&world.relais, &["0.0.0.0:53", &format!("to {dns}")]);
}

/// Both together: signatures are proven here, whoever answers at the other end of the tunnel.
#[test]
fn dane_counts_through_the_front_end_where_it_is_proven_here() {
    let authority = Authority::new("The Hosts' Authority");
    let leaf = authority.issue("DNS:mail.test");
    let (host, wrong) = (address(), Authority::new("Another").tlsa((3, 1, 1)));
    let records = [
        format!("mail A {host}"),
        format!("_{PORT}._tcp.mail TLSA {}", leaf.tlsa((3, 1, 1))),
        format!("mx-wrong A {host}"),
        format!("_{PORT}._tcp.mx-wrong TLSA {wrong}"),
        "right MX 10 mail".to_owned(),
        "wrong MX 10 mx-wrong".to_owned(),
    ];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let dns = NameServer::signed(address(), &records, &[]);
    let smtpd = format!("smtpd_tls_security_level = may\n{}", leaf.for_postfix());
    let postfix = Postfix::with(host, PORT, &["right.test", "wrong.test"], &smtpd);
    let settings = Settings {
        shows_validation: true,
        trust_anchor: Some(dns.anchor()),
        toml: behind(&dns, DNS_ONLY),
        glitch_retry_count: 0,
        ..Settings::default()
    };
    let relais = Relais::relaying(settings.clone());
    assert!(relais.log().contains("the built-in validator proves signatures"), "{}", relais.log());
    let world = World { relais, dns, host };
    through(&world);
    let shown = security(&world.relais, "x@right.test");
    assert_eq!(shown["DnssecValidation"], "Proven", "{shown}");
    assert_eq!(shown["RequiredBy"], "TLSA records of mail.test", "{shown}");
    world.send("u@right.test", "proven");
    world.send("u@wrong.test", "not let through");
    let arrived = postfix.wait_for(1, SOON).remove(0);
    assert!(arrived.contains("X-Original-To: u@right.test"), "{arrived}");
    world.relais.wait_for_error("451 4.7.323 tlsa-invalid", SOON);
    // Without it, what a resolver elsewhere says of signatures is worth nothing.
    let believing = Relais::relaying(Settings { trust_anchor: None, ..settings });
    believing.send_connector("Out", "*", PORT);
    let shown = security(&believing, "x@right.test");
    assert_eq!(
        (&shown["DnssecValidation"], &shown["Requirement"]),
        (&json!("Off"), &json!("Opportunistic")),
        "{shown}"
    );
}

#[test]
fn what_the_front_end_does_not_lend_is_refused_and_said() {
    let host = address();
    let records = ["a MX 10 mail", &format!("mail A {host}")];
    // Nothing but mail.
    let world = World::behind_front_end(host, &records, "", Settings::default());
    through(&world);
    world.send("u@a.test", "without names");
    let waiting = world.relais.wait_for_error("DNS servers: not allowed by its rules", SOON);
    let error = waiting["LastError"].as_str().unwrap_or_default();
    assert!(
        error.contains("through front end MBX01") && error.contains("[frontend] dns"),
        "{error}"
    );
    assert!(world.relais.log().contains("[frontend] dns names no DNS server"));
    drop(world);

    // Names, and no web servers: the policy is not had, and the front end says why.
    let records = [
        "a MX 10 mail".to_owned(),
        format!("mail A {host}"),
        "_mta-sts.a TXT \"v=STSv1; id=1;\"".to_owned(),
        format!("mta-sts.a A {}", address()),
    ];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let world = World::behind_front_end(host, &records, DNS_ONLY, Settings::default());
    through(&world);
    let sink = world.sink(PORT);
    world.send("u@a.test", "without a policy");
    sink.wait_for(1, SOON);
    until("the front end has refused it", SOON, || {
        let log = world.relais.log();
        log.contains("port 443 is a web server's, and [frontend] allow_https is not true")
            .then_some(())
    });
}

#[test]
fn without_a_front_end_names_wait_and_are_found_when_it_is_back() {
    let host = address();
    let records = ["a MX 10 mail", &format!("mail A {host}")];
    let settings = Settings::default();
    let mut world = World::behind_front_end(host, &records, DNS_ONLY, settings);
    // Mail itself has a way of its own here: it is the names that cannot be had.
    world.relais.send_connector("Out", "*", PORT);
    let sink = world.sink(PORT);
    front_end(&world.relais, "Inactive");
    let rights = ["ms-Exch-SMTP-Accept-Any-Recipient"];
    let hub = json!({ "TransportRole": "HubTransport", "ExtendedRights": rights });
    let hub = world.relais.receive_connector("Hub", 10027, hub);
    let content = message(STRANGER, "u@a.test", "waits for names");
    let reply = Smtp::hello(hub).deliver(STRANGER, &["u@a.test"], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    let waiting = world.relais.wait_for_error("the outbound gateway is not available", SOON);
    let error = waiting["LastError"].as_str().unwrap_or_default();
    assert!(error.contains("Front End Transport of MBX01 is not Active"), "{error}");
    assert_eq!(sink.connections(), 0);
    front_end(&world.relais, "Active");
    sink.wait_for(1, SOON);
    // Tunnels that are kept do not hold up a stop.
    world.relais.stop();
}
