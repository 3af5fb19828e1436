//! The built-in validator (`[dns] validator = "built-in"`): signed zones of NSD, asked of a resolver that
//! validates nothing (Unbound without its validator) or of NSD itself, and Postfix as the mail exchanger.

use std::{net::SocketAddr, time::Duration};

use end_to_end::{
    Authority, NameServer, Postfix, Relais, SOON, Settings, Smtp, Validator, address, consistently,
    message, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER};

const INVALID: &str = "451 4.7.323 tlsa-invalid";
const UNKNOWN: &str = "451 4.7.324 dnssec-invalid";

/// Signed zones, and the host of all their domains.
struct Zones {
    server: NameServer,
    postfix: Postfix,
    _authority: Authority,
}

/// How a server of signed zones is started.
type Start = fn(std::net::Ipv4Addr, &[&str], &[&str]) -> NameServer;

impl Zones {
    fn new() -> Self {
        Self::of(NameServer::signed)
    }

    fn of(start: Start) -> Self {
        let authority = Authority::new("The Hosts' Authority");
        let leaf = authority.issue("DNS:mail.test");
        let (right, wrong) = (leaf.tlsa((3, 1, 1)), Authority::new("Another").tlsa((3, 1, 1)));
        let host = address();
        let tlsa = |host: &str, data: &str| format!("_{PORT}._tcp.{host} TLSA {data}");
        let records = [
            format!("mail A {host}"),
            tlsa("mail", &right),
            "right MX 10 mail".to_owned(),
            "wrong MX 10 mx-wrong".to_owned(),
            format!("mx-wrong A {host}"),
            tlsa("mx-wrong", &wrong),
            // Signed, and proven to have no TLSA records.
            "none MX 10 mx-none".to_owned(),
            format!("mx-none A {host}"),
            // The host is an alias: what is at its end counts.
            "alias MX 10 mx-alias".to_owned(),
            "mx-alias CNAME mail".to_owned(),
            "wrong-alias MX 10 mx-wrong-alias".to_owned(),
            "mx-wrong-alias CNAME mx-wrong".to_owned(),
            // The zone below is said to be signed and is not there.
            "unknown MX 10 mx-unknown".to_owned(),
            format!("mx-unknown A {host}"),
            "_tcp.mx-unknown NS ns".to_owned(),
            format!("_tcp.mx-unknown DS 4711 13 2 {}", "0".repeat(64)),
            // Names that a wildcard makes.
            "*.wild MX 10 mx-wrong".to_owned(),
            // A domain that is its own host: that it has no MX is proven.
            format!("itself A {host}"),
            tlsa("itself", &wrong),
        ];
        let plain =
            ["@ MX 10 host.plain.test.".to_owned(), format!("host A {host}"), tlsa("host", &wrong)];
        let borrowed = |list: &[String]| -> Vec<String> { list.to_vec() };
        let (records, plain) = (borrowed(&records), borrowed(&plain));
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        let domains = [
            "right.test",
            "wrong.test",
            "none.test",
            "alias.test",
            "wrong-alias.test",
            "unknown.test",
            "a.wild.test",
            "itself.test",
            "plain.test",
            "bogus.test",
        ];
        let settings = format!("smtpd_tls_security_level = may\n{}", leaf.for_postfix());
        let postfix = Postfix::with(host, PORT, &domains, &settings);
        let server = start(address(), &records, &plain);
        Self { server, postfix, _authority: authority }
    }

    fn settings(&self, dns: SocketAddr) -> Settings {
        Settings {
            dns: Some(dns),
            shows_validation: true,
            trust_anchor: Some(self.server.anchor()),
            glitch_retry_count: 0,
            ..Settings::default()
        }
    }

    fn has_arrived(&self, to: &str) -> bool {
        let line = format!("X-Original-To: {to}");
        self.postfix.messages().iter().any(|message| message.contains(&line))
    }

    fn arrives(&self, to: &str) {
        until(&format!("{to} has it"), SOON, || self.has_arrived(to).then_some(()));
    }
}

fn send(relais: &Relais, to: &str) {
    let reply = Smtp::hello(relais.relay()).deliver(STRANGER, &[to], &message(STRANGER, to, to));
    assert_eq!(reply.code, 250, "{reply:?}");
}

/// Waits until the queue of this domain says all of this.
fn waits(relais: &Relais, domain: &str, words: &[&str]) {
    until(&format!("{domain} waits for: {words:?}"), SOON, || {
        relais.queues().into_iter().find(|queue| {
            let error = queue["LastError"].as_str().unwrap_or_default();
            queue["NextHopDomain"] == domain && words.iter().all(|word| error.contains(word))
        })
    });
}

fn security(relais: &Relais, domain: &str) -> Value {
    let recipient = format!("somebody@{domain}");
    relais.run("Get-TransportSecurity", json!({ "Recipient": recipient })).remove(0)
}

/// All of it, whoever is asked; and whether the names that a wildcard makes count as signed.
fn what_is_signed_holds(zones: &Zones, dns: SocketAddr, wildcards_count: bool) {
    let relais = Relais::relaying(zones.settings(dns));
    assert!(relais.log().contains("the built-in validator proves signatures"), "{}", relais.log());
    relais.send_connector("All", "*", PORT);
    let mut arrive = vec!["right", "none", "alias", "plain"];
    let mut wait: Vec<(&str, &[&str])> = vec![
        ("wrong", &[INVALID, "mx-wrong.test"]),
        ("wrong-alias", &[INVALID]),
        ("unknown", &[UNKNOWN, "_tcp.mx-unknown.test"]),
        ("itself", &[INVALID]),
        ("bogus", &["bogus.test", "is bogus (DNSSEC)"]),
    ];
    if wildcards_count {
        wait.push(("a.wild", &[INVALID]));
    } else {
        arrive.push("a.wild");
    }
    for name in arrive.iter().chain(wait.iter().map(|(name, _)| name)) {
        send(&relais, &format!("u@{name}.test"));
    }
    for name in arrive {
        zones.arrives(&format!("u@{name}.test"));
    }
    for (name, words) in &wait {
        waits(&relais, &format!("{name}.test"), words);
    }
    let right = security(&relais, "right.test");
    assert_eq!(right["DnssecValidation"], "Proven", "{right}");
    assert_eq!(right["RequiredBy"], "TLSA records of mail.test", "{right}");
    assert_eq!(security(&relais, "none.test")["Requirement"], "Opportunistic");
    assert_eq!(security(&relais, "plain.test")["Requirement"], "Opportunistic");
    consistently("what waits stays", Duration::from_millis(500), || {
        wait.iter().all(|(name, _)| !zones.has_arrived(&format!("u@{name}.test")))
    });
}

#[test]
fn behind_a_resolver_that_validates_nothing() {
    let zones = Zones::new();
    let resolver = Validator::passing_on(address(), &zones.server);
    // Believed as it is, it proves nothing.
    let settings = Settings { trust_anchor: None, ..zones.settings(resolver.address()) };
    let believing = Relais::relaying(settings);
    assert!(believing.log().contains("DANE is off"), "{}", believing.log());
    drop(believing);
    what_is_signed_holds(&zones, resolver.address(), true);
}

#[test]
fn behind_a_server_that_only_has_the_zones() {
    let zones = Zones::new();
    what_is_signed_holds(&zones, zones.server.address(), true);
}

/// Denials by NSEC3, as large zones have them.
#[test]
fn zones_with_nsec3() {
    let zones = Zones::of(NameServer::signed_with_nsec3);
    let resolver = Validator::passing_on(address(), &zones.server);
    what_is_signed_holds(&zones, resolver.address(), true);
}

/// With opt-out an unsigned zone may begin wherever there is nothing: what a wildcard makes is not authentic.
#[test]
fn zones_with_opt_out() {
    let zones = Zones::of(NameServer::signed_with_opt_out);
    what_is_signed_holds(&zones, zones.server.address(), false);
}

/// The servers give out the same records without signatures: that is found out at the start and said, and
/// mail leaves as it would without DANE.
#[test]
fn behind_a_resolver_that_takes_signatures_out_nothing_is_validated() {
    let zones = Zones::new();
    let host = zones.postfix.address().ip();
    let stripped = NameServer::start(
        address(),
        &["@ A 127.0.0.1", "wrong MX 10 mx-wrong", &format!("mx-wrong A {host}")],
    );
    let relais = Relais::relaying(zones.settings(stripped.address()));
    let log = relais.log();
    assert!(log.contains("nothing is validated") && log.contains("DANE is off"), "{log}");
    relais.send_connector("All", "*", PORT);
    let shown = security(&relais, "wrong.test");
    assert_eq!(shown["DnssecValidation"], "Off", "{shown}");
    send(&relais, "u@wrong.test");
    zones.arrives("u@wrong.test");
}

/// Whoever sits between this server and its DNS servers takes signatures out later: nothing leaves with less.
#[test]
fn what_was_proven_once_is_not_believed_without_proof() {
    let zones = Zones::new();
    let host = zones.postfix.address().ip();
    let mut relais = Relais::relaying(zones.settings(zones.server.address()));
    relais.send_connector("All", "*", PORT);
    send(&relais, "u@right.test");
    zones.arrives("u@right.test");
    relais.stop();
    let Zones { server, postfix, _authority } = zones;
    let SocketAddr::V4(at) = server.address() else { panic!("IPv4") };
    drop(server);
    let records = ["@ A 127.0.0.1", "right MX 10 mail", &format!("mail A {host}")];
    let _stripped = NameServer::start(*at.ip(), &records);
    relais.resume();
    assert!(relais.log().contains("can no longer prove"), "{}", relais.log());
    assert_eq!(security(&relais, "right.test")["DnssecValidation"], "Lost");
    send(&relais, "v@right.test");
    waits(&relais, "right.test", &["is bogus (DNSSEC)", "keys are missing"]);
    let arrived = |to: &str| {
        let line = format!("X-Original-To: {to}");
        postfix.messages().iter().any(|message| message.contains(&line))
    };
    consistently("it stays", Duration::from_millis(500), || !arrived("v@right.test"));
}
