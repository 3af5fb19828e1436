//! DANE (RFC 7672) with signed zones of NSD, Unbound as the validating resolver, and Postfix as the mail
//! exchanger: what TLSA records demand is given or nothing leaves, and the LastError says why.

use std::{collections::BTreeSet, process::Command, time::Duration};

use end_to_end::{
    Authority, Issued, NameServer, Postfix, Relais, SOON, Settings, Sink, Smtp, Validator, address,
    consistently, message, program, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER};

/// The port of the host that does not encrypt is the same; it has an address of its own.
struct Place {
    relais: Relais,
    _zones: NameServer,
    validator: Validator,
    postfix: Postfix,
    clear: Sink,
    _authority: Authority,
}

/// One case: the MX of `NAME.test` is `mx-NAME.test`, which has these TLSA records.
struct Case {
    name: &'static str,
    tlsa: Vec<String>,
    /// What the LastError says; delivered where there is none.
    waits: Option<&'static str>,
}

const INVALID: &str = "451 4.7.323 tlsa-invalid";
const NOT_OFFERED: &str = "451 4.7.321 starttls-not-supported";
const UNKNOWN: &str = "451 4.7.324 dnssec-invalid";

fn case(name: &'static str, tlsa: &[String], waits: Option<&'static str>) -> Case {
    Case { name, tlsa: tlsa.to_vec(), waits }
}

/// What records can say of one certificate, and what comes of it.
fn cases(authority: &Authority, leaf: &Issued) -> Vec<Case> {
    let other = Authority::new("Another");
    let (wrong, wrong_authority) = (other.tlsa((3, 1, 1)), other.tlsa((2, 0, 1)));
    let mut cases = vec![
        case("none", &[], None),
        case("wrong", std::slice::from_ref(&wrong), Some(INVALID)),
        case("either", &[wrong.clone(), leaf.tlsa((3, 1, 1))], None),
        case("authority", &[authority.tlsa((2, 0, 1))], None),
        case("its-key", &[authority.tlsa((2, 1, 2))], None),
        case("whole-authority", &[authority.tlsa((2, 0, 0))], None),
        case("wrong-authority", std::slice::from_ref(&wrong_authority), Some(INVALID)),
        case("leaf-as-authority", &[leaf.tlsa((2, 1, 1))], Some(INVALID)),
        case("authority-as-leaf", &[authority.tlsa((3, 0, 1))], Some(INVALID)),
        // Usages that mail does not use: encrypted, whoever it is.
        case("pkix", &[wrong.replacen('3', "1", 1)], None),
        case("pkix-authority", &[wrong_authority.replacen('2', "0", 1)], None),
        case("pkix-and-wrong", &[wrong.replacen('3', "1", 1), wrong], Some(INVALID)),
    ];
    let exact = [
        ("key-whole", (3, 1, 0)),
        ("key-256", (3, 1, 1)),
        ("key-512", (3, 1, 2)),
        ("certificate-whole", (3, 0, 0)),
        ("certificate-256", (3, 0, 1)),
        ("certificate-512", (3, 0, 2)),
    ];
    cases.extend(exact.map(|(name, numbers)| case(name, &[leaf.tlsa(numbers)], None)));
    cases
}

const NAMES: &str = "DNS:mx-authority.test,DNS:mx-its-key.test,DNS:mx-whole-authority.test,\
                     DNS:mx-wrong-authority.test,DNS:mx-leaf-as-authority.test,DNS:named.test,\
                     DNS:mx-first.test,DNS:mx-aliased.test";

impl Place {
    /// With records besides those of the cases.
    fn new(
        cases: impl FnOnce(&Authority, &Issued) -> (Vec<Case>, Vec<String>, Vec<String>),
    ) -> (Self, Vec<Case>) {
        let authority = Authority::new("The Hosts' Authority");
        let leaf = authority.issue(NAMES);
        let (host, bare) = (address(), address());
        let (cases, more, plain) = cases(&authority, &leaf);
        let mut records = vec![format!("mail A {host}"), format!("bare A {bare}")];
        let mut domains = BTreeSet::from(["plain.test".to_owned()]);
        for Case { name, tlsa, .. } in &cases {
            records.push(format!("{name} MX 10 mx-{name}"));
            records.push(format!("mx-{name} A {host}"));
            records.extend(tlsa.iter().map(|data| format!("_{PORT}._tcp.mx-{name} TLSA {data}")));
            domains.insert(format!("{name}.test"));
        }
        let at = |text: &String| {
            text.replace("HOST", &host.to_string()).replace("BARE", &bare.to_string())
        };
        for record in &more {
            if let Some((domain, _)) = record.split_once(" MX ") {
                domains.insert(format!("{domain}.test"));
            }
            records.push(at(record));
        }
        let plain: Vec<String> = plain.iter().map(at).collect();
        let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
        let postfix = Postfix::with(
            host,
            PORT,
            &domains,
            &format!("smtpd_tls_security_level = may\n{}", leaf.for_postfix()),
        );
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        let zones = NameServer::signed(address(), &records, &plain);
        let validator = Validator::start(address(), &zones);
        let relais = Relais::relaying(settings(&validator));
        let clear = Sink::start(bare, PORT);
        (Self { relais, _zones: zones, validator, postfix, clear, _authority: authority }, cases)
    }

    fn send(&self, to: &str) {
        let reply =
            Smtp::hello(self.relais.relay()).deliver(STRANGER, &[to], &message(STRANGER, to, to));
        assert_eq!(reply.code, 250, "{reply:?}");
    }

    fn has_arrived(&self, to: &str) -> bool {
        let line = format!("X-Original-To: {to}");
        self.postfix.messages().iter().any(|message| message.contains(&line))
    }

    /// Waits until the message for this recipient has arrived, encrypted.
    fn arrives(&self, to: &str) {
        until(&format!("{to} has it"), SOON, || self.has_arrived(to).then_some(()));
        let line = format!("X-Original-To: {to}");
        let message = self.postfix.messages().into_iter().find(|message| message.contains(&line));
        assert!(message.is_some_and(|message| message.contains("(using TLSv1.3")), "{to} in clear");
    }

    /// Waits until the queue of this domain says this.
    fn waits(&self, domain: &str, why: &str) -> String {
        let queue: Value = until(&format!("{domain} waits for: {why}"), SOON, || {
            let queues = self.relais.queues();
            queues.into_iter().find(|queue| {
                queue["NextHopDomain"] == domain
                    && queue["LastError"].as_str().is_some_and(|text| text.contains(why))
            })
        });
        queue["LastError"].as_str().unwrap_or_default().to_owned()
    }
}

fn settings(validator: &Validator) -> Settings {
    Settings {
        dns: Some(validator.address()),
        shows_validation: true,
        glitch_retry_count: 0,
        ..Settings::default()
    }
}

#[test]
fn what_the_records_say_holds() {
    let (mut place, cases) =
        Place::new(|authority, leaf| (cases(authority, leaf), Vec::new(), Vec::new()));
    place.relais.send_connector("All", "*", PORT);
    for Case { name, .. } in &cases {
        place.send(&format!("u@{name}.test"));
    }
    for Case { name, waits, .. } in &cases {
        let domain = format!("{name}.test");
        match waits {
            None => place.arrives(&format!("u@{domain}")),
            Some(why) => {
                let error = place.waits(&domain, why);
                assert!(error.contains(&format!("mx-{name}.test")), "{error}");
                assert!(!place.has_arrived(&format!("u@{domain}")), "{domain}");
            }
        }
    }
    // What became of it is counted, for the report.
    place.relais.stop();
    let file = std::fs::read(place.relais.data().join("tls-reports.json")).expect("counted");
    let counted: Value = serde_json::from_slice(&file).expect("JSON");
    let policy = |domain: &str| counted["tally"]["domains"][domain]["policies"][0].clone();
    let right = policy("key-256.test");
    assert_eq!(right["applied"]["policy_type"], "tlsa");
    assert_eq!(right["applied"]["mx_host"], json!(["mx-key-256.test"]));
    assert!(right["successes"].as_u64() >= Some(1) && right["failures"] == 0, "{right}");
    let wrong = policy("wrong.test");
    assert_eq!(wrong["details"][0][0]["failure_type"], "tlsa-invalid", "{wrong}");
    assert_eq!(policy("none.test")["applied"]["policy_type"], "no-policy-found");
}

/// What `Get-TransportSecurity` shows of the only host of a domain.
fn security(place: &Place, domain: &str) -> Value {
    let recipient = format!("somebody@{domain}");
    let rows = place.relais.run("Get-TransportSecurity", json!({ "Recipient": recipient }));
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.into_iter().next().unwrap_or_default()
}

#[test]
fn what_is_demanded_is_explained_before_and_after() {
    let (place, _) = Place::new(|authority, leaf| {
        let some = |name, tlsa| case(name, &[tlsa], None);
        let cases = vec![
            some("right", leaf.tlsa((3, 1, 1))),
            some("wrong", authority.tlsa((3, 1, 1))),
            case("none", &[], None),
        ];
        let more = vec![
            "unknown MX 10 mx-unknown".to_owned(),
            "mx-unknown A HOST".to_owned(),
            "_tcp.mx-unknown NS ns".to_owned(),
            format!("_tcp.mx-unknown DS 4711 13 2 {}", "0".repeat(64)),
        ];
        (cases, more, Vec::new())
    });
    let nowhere = security(&place, "right.test");
    assert!(nowhere["Detail"].as_str().is_some_and(|why| why.contains("No Send connector")));
    place.relais.send_connector("All", "*", PORT);
    let right = security(&place, "right.test");
    assert_eq!(right["SendConnector"], "All");
    assert_eq!(right["DnssecValidation"], "Proven");
    assert_eq!(
        (&right["Requirement"], &right["RequiredBy"]),
        (&json!("Dane"), &json!("TLSA records of mx-right.test"))
    );
    assert_eq!(right["TlsaRecords"].as_array().map(Vec::len), Some(1));
    assert_eq!(right["LastSeen"], Value::Null);
    assert_eq!(security(&place, "none.test")["Requirement"], "Opportunistic");
    let unknown = security(&place, "unknown.test");
    assert_eq!(unknown["Requirement"], "Unknown");
    let detail = unknown["Detail"].as_str().unwrap_or_default();
    assert!(detail.starts_with(UNKNOWN) && detail.contains("_tcp.mx-unknown.test"), "{unknown}");
    place.send("u@right.test");
    place.send("u@wrong.test");
    place.arrives("u@right.test");
    place.waits("wrong.test", INVALID);
    let right = security(&place, "right.test");
    assert!(right["LastTls"].as_str().is_some_and(|tls| tls.starts_with("TLS1.3 ")), "{right}");
    assert!(
        right["LastCertificate"].as_str().is_some_and(|c| c.contains("mx-authority.test")),
        "{right}"
    );
    let wrong = security(&place, "wrong.test");
    assert!(wrong["LastFailure"].as_str().is_some_and(|why| why.contains(INVALID)), "{wrong}");
    let here = security(&place, "contoso.com");
    assert!(here["Detail"].as_str().is_some_and(|why| why.contains("stays in the organization")));
}

#[test]
fn what_leads_to_the_records_has_to_be_signed_too() {
    let (place, _) = Place::new(|authority, leaf| {
        let (wrong, right) = (Authority::new("Another").tlsa((3, 1, 1)), leaf.tlsa((3, 1, 1)));
        let tlsa = |host: &str, data: &str| format!("_{PORT}._tcp.{host} TLSA {data}");
        let more = vec![
            // The MX is signed, the address of the host is not.
            "foreign MX 10 host.plain".to_owned(),
            // The name of an alias, and what it is an alias of.
            "alias MX 10 mx-alias".to_owned(),
            "mx-alias CNAME mail".to_owned(),
            tlsa("mail", &right),
            tlsa("mx-alias", &wrong),
            "wrong-alias MX 10 mx-wrong-alias".to_owned(),
            "mx-wrong-alias CNAME mx-end".to_owned(),
            "mx-end A HOST".to_owned(),
            tlsa("mx-end", &wrong),
            tlsa("mx-wrong-alias", &right),
            // Only the beginning of the alias is signed.
            "half MX 10 mx-half".to_owned(),
            "mx-half CNAME host.plain".to_owned(),
            tlsa("mx-half", &wrong),
            // Only the name at the beginning has records.
            "start MX 10 mx-aliased".to_owned(),
            "mx-aliased CNAME mx-bare-end".to_owned(),
            "mx-bare-end A HOST".to_owned(),
            tlsa("mx-aliased", &authority.tlsa((2, 0, 1))),
            // Nobody can say whether there are records.
            "unknown MX 10 mx-unknown".to_owned(),
            "mx-unknown A HOST".to_owned(),
            "_tcp.mx-unknown NS ns".to_owned(),
            format!("_tcp.mx-unknown DS 4711 13 2 {}", "0".repeat(64)),
            // The same, and another host.
            "unknown-first MX 10 mx-unknown".to_owned(),
            "unknown-first MX 20 mail".to_owned(),
            "mixed MX 10 mx-end".to_owned(),
            "mixed MX 20 mail".to_owned(),
            // A certificate for the destination, not for its host.
            "named MX 10 mx-of-named".to_owned(),
            "mx-of-named A HOST".to_owned(),
            tlsa("mx-of-named", &authority.tlsa((2, 0, 1))),
            "not-named MX 10 mx-of-named".to_owned(),
            // No encryption where records demand it, of use or not.
            "bare-host MX 10 bare".to_owned(),
            "bare-pkix MX 10 mx-bare-pkix".to_owned(),
            "mx-bare-pkix A BARE".to_owned(),
            tlsa("mx-bare-pkix", &wrong.replacen('3', "1", 1)),
            "bare-tlsa MX 10 mx-bare-tlsa".to_owned(),
            "mx-bare-tlsa A BARE".to_owned(),
            tlsa("mx-bare-tlsa", &right),
            // A domain that is its own host.
            "itself A HOST".to_owned(),
            tlsa("itself", &wrong),
        ];
        let plain = vec![
            "@ MX 10 mx-end.test.".to_owned(),
            "host A HOST".to_owned(),
            format!("_{PORT}._tcp.host TLSA {wrong}"),
        ];
        (Vec::new(), more, plain)
    });
    place.relais.send_connector("All", "*", PORT);
    let arrive = ["plain", "foreign", "alias", "start", "unknown-first", "mixed", "named"];
    let wait = [
        ("wrong-alias", INVALID),
        ("half", INVALID),
        ("unknown", UNKNOWN),
        ("not-named", INVALID),
        ("bare-pkix", NOT_OFFERED),
        ("bare-tlsa", NOT_OFFERED),
        ("itself", INVALID),
    ];
    for name in arrive.iter().chain(wait.iter().map(|(name, _)| name)).chain(&["bare-host"]) {
        place.send(&format!("u@{name}.test"));
    }
    for name in arrive {
        place.arrives(&format!("u@{name}.test"));
    }
    for (name, why) in wait {
        place.waits(&format!("{name}.test"), why);
    }
    // Without records it is as ever.
    assert!(place.clear.wait_for(1, SOON)[0].recipients[0].contains("u@bare-host.test"));
    place.send("u@bogus.test");
    place.waits("bogus.test", "SERVFAIL");
    assert_eq!(place.clear.count(), 1, "nothing that was to be encrypted left in clear");
}

#[test]
fn connectors_that_say_otherwise_are_obeyed() {
    let (place, _) = Place::new(|_, _| {
        let wrong = Authority::new("Another").tlsa((3, 1, 1));
        let more = vec![
            "ignores MX 10 mx-wrong".to_owned(),
            "smart MX 10 bare".to_owned(),
            "mx-wrong A HOST".to_owned(),
            format!("_{PORT}._tcp.mx-wrong TLSA {wrong}"),
        ];
        (Vec::new(), more, Vec::new())
    });
    place.relais.send_connector_with(
        "Ignores",
        json!({ "AddressSpaces": ["ignores.test"], "Port": PORT, "IgnoreSTARTTLS": true }),
    );
    place.relais.send_connector_with(
        "Smart",
        json!({ "AddressSpaces": ["smart.test"], "Port": PORT, "DNSRoutingEnabled": false,
                "SmartHosts": ["mx-wrong.test"], "SmartHostAuthMechanism": "None" }),
    );
    place.send("u@ignores.test");
    until("in clear, as was asked", SOON, || place.has_arrived("u@ignores.test").then_some(()));
    place.send("u@smart.test");
    let error = until("the smart host's records count too", SOON, || {
        let queues = place.relais.queues();
        queues.iter().find_map(|q| {
            q["LastError"].as_str().filter(|e| e.contains(INVALID)).map(str::to_owned)
        })
    });
    assert!(error.contains("mx-wrong.test"), "{error}");
    place.relais.run("Set-TransportConfig", json!({ "DaneEnabled": false }));
    place.relais.run("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'" }));
    place.arrives("u@smart.test");
}

/// `relais check`: whether it ended well, and what it said.
fn check(relais: &Relais) -> (bool, String) {
    let mut command = Command::new(program());
    command.arg("check").arg("--config").arg(relais.config()).arg("--data").arg(relais.data());
    // From where this machine sends is no matter here.
    let output = command.args(["--public-address", "127.0.0.1"]).output().expect("relais check");
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_resolver_that_never_validated_is_not_believed_and_one_that_did_is_missed() {
    let (mut place, _) = Place::new(|_, leaf| {
        let more = vec![
            "tlsa MX 10 mail".to_owned(),
            format!("_{PORT}._tcp.mail TLSA {}", leaf.tlsa((3, 1, 1))),
            "free MX 10 mx-free".to_owned(),
            "mx-free A HOST".to_owned(),
        ];
        (Vec::new(), more, Vec::new())
    });
    place.relais.send_connector("All", "*", PORT);
    place.send("u@tlsa.test");
    place.arrives("u@tlsa.test");
    assert!(place.relais.log().contains("DANE is on"), "{}", place.relais.log());
    let (good, said) = check(&place.relais);
    assert!(good && said.contains("validate signatures: DANE is on"), "{said}");
    // From now on it passes on what it hears, whoever said it.
    place.validator.stop_validating();
    place.relais.stop();
    place.relais.resume();
    assert!(place.relais.log().contains("validate signatures no longer"), "{}", place.relais.log());
    place.send("v@tlsa.test");
    place.send("v@free.test");
    place.arrives("v@free.test");
    let error = place.waits("tlsa.test", UNKNOWN);
    assert!(error.contains("validates no longer"), "{error}");
    consistently("it stays", Duration::from_millis(500), || !place.has_arrived("v@tlsa.test"));
    let (good, said) = check(&place.relais);
    assert!(good, "mail without DANE goes: {said}");
    assert!(said.contains("the signed name test is not said to be authentic"), "{said}");
    assert!(said.contains("notice  DNSSEC") && said.contains("apt install unbound"), "{said}");
    // Whoever never saw it validate does without, and says so.
    let fresh = Relais::relaying(settings(&place.validator));
    fresh.send_connector("All", "*", PORT);
    assert!(fresh.log().contains("DANE is off"), "{}", fresh.log());
    let reply =
        Smtp::hello(fresh.relay()).deliver(STRANGER, &["w@tlsa.test"], "Subject: x\r\n\r\n");
    assert_eq!(reply.code, 250);
    place.arrives("w@tlsa.test");
}

#[test]
fn one_domain_is_excepted_for_a_while() {
    let (place, _) = Place::new(|_, _| {
        let wrong = Authority::new("Another").tlsa((3, 1, 1));
        let cases = vec![
            case("partner", std::slice::from_ref(&wrong), Some(INVALID)),
            case("other", std::slice::from_ref(&wrong), Some(INVALID)),
        ];
        (cases, Vec::new(), Vec::new())
    });
    place.relais.send_connector("All", "*", PORT);
    for domain in ["partner.test", "other.test"] {
        place.send(&format!("u@{domain}"));
        place.waits(domain, INVALID);
    }
    let partner = json!({ "Name": "Partner", "DomainName": "partner.test" });
    place.relais.run("New-RemoteDomain", partner);
    place.relais.shell_ok(
        "Set-RemoteDomain Partner -TlsExceptionUntil (Get-Date).AddDays(7) -WarningAction SilentlyContinue",
    );
    place.relais.run("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'" }));
    place.arrives("u@partner.test");
    let shown = security(&place, "partner.test");
    assert_eq!(shown["Requirement"], "Opportunistic", "{shown}");
    assert!(
        shown["Detail"].as_str().is_some_and(|why| why.contains("TlsExceptionUntil")),
        "{shown}"
    );
    place.waits("other.test", INVALID);
    // Once it has ended, what was opened under it is not used on.
    let end = json!({ "Identity": "Partner", "TlsExceptionUntil": null });
    place.relais.run("Set-RemoteDomain", end);
    place.send("v@partner.test");
    place.waits("partner.test", INVALID);
}
