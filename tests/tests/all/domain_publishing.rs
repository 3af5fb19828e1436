//! `Test-DomainPublishing` with signed zones of NSD, Unbound as the validating resolver and a web server of
//! policies: a domain that publishes what it is told becomes good, one with everything wrong is told so in both
//! languages, and a DNS that is silent holds nobody up.

use std::{
    net::UdpSocket,
    process::Command,
    time::{Duration, Instant},
};

use end_to_end::{
    ADMIN_PASSWORD, ADMINISTRATOR, Authority, NameServer, PolicyWeb, Relais, SERVER, SOON,
    Settings, Validator, address, program, until,
};
use serde_json::{Value, json};

const GOOD: &str = "good.test";
const BAD: &str = "bad.test";
const POLICY: &str = "version: STSv1\nmode: testing\nmx: mbx01.good.test\nmax_age: 604800\n";

/// What the domain has before anything is asked.
const GOOD_RECORDS: &[&str] = &[
    "good MX 10 mbx01.good",
    "mbx01.good A 203.0.113.7",
    "good TXT \"v=spf1 include:_spf.good.test ~all\"",
    "good TXT \"another-text\"",
    "_spf.good TXT \"v=spf1 ip4:203.0.113.0/28 -all\"",
    "_dmarc.good TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.test\"",
    "good.test._report._dmarc.reports TXT \"v=DMARC1;\"",
    "_mta-sts.good TXT \"v=STSv1; id=1;\"",
    "_smtp._tls.good TXT \"v=TLSRPTv1; rua=mailto:tls@good.test\"",
];

const BAD_RECORDS: &[&str] = &[
    "bad MX 10 192.0.2.1.",
    "bad MX 20 alias.bad",
    "alias.bad CNAME inside.bad",
    "inside.bad A 10.0.0.9",
    "bad TXT \"v=spf1 ip4:198.51.100.1 include:nothing.bad.test ?all\"",
    "relais1._domainkey.bad TXT \"v=DKIM1; p=AAAA\"",
    "relais1-ed25519._domainkey.bad TXT \"v=DKIM1; k=ed25519; p=\"",
    "_dmarc.bad TXT \"v=DMARC1; p=never\"",
    "_mta-sts.bad TXT \"v=STSv1;\"",
    "_smtp._tls.bad TXT \"v=TLSRPTv1; rua=nobody\"",
];

struct Place {
    relais: Relais,
    zones: NameServer,
    _validator: Validator,
    _web: PolicyWeb,
    _authority: Authority,
}

impl Place {
    fn new() -> Self {
        let authority = Authority::new("Trusted");
        let web_at = address();
        let certificate = authority.issue("DNS:mta-sts.good.test");
        let web = PolicyWeb::start(web_at, &certificate, &[("mta-sts.good.test", POLICY)]);
        let web_record = format!("mta-sts.good A {web_at}");
        let mut records = [GOOD_RECORDS, BAD_RECORDS].concat();
        records.push(&web_record);
        let reverse = ["7 PTR mbx01.good.test."];
        let zones = NameServer::signed_with_reverse(address(), &records, &[], &reverse);
        let validator = Validator::start(address(), &zones);
        let relais = Relais::start(Settings {
            domain: GOOD,
            dns: Some(validator.address()),
            shows_validation: true,
            trusted_ca_files: vec![authority.certificate()],
            policy_port: Some(PolicyWeb::PORT),
            ..Settings::default()
        });
        relais.send_connector("Internet", "*", 25);
        relais.run("New-AcceptedDomain", json!({ "Name": "Bad", "DomainName": BAD }));
        Self { relais, zones, _validator: validator, _web: web, _authority: authority }
    }

    fn test(&self, domain: &str) -> Vec<Value> {
        self.relais.run("Test-DomainPublishing", json!({ "Identity": domain }))
    }

    /// The rows of a check.
    fn of(&self, domain: &str, check: &str) -> Vec<Value> {
        self.test(domain).into_iter().filter(|row| row["Check"] == check).collect()
    }

    /// Publishes what a check recommends.
    fn publish(&mut self, domain: &str, check: &str) {
        let lines: Vec<String> = self
            .of(domain, check)
            .iter()
            .map(|row| {
                let text = |name: &str| row[name].as_str().expect("a text").to_owned();
                let (name, kind, data) =
                    (text("RecordName"), text("RecordType"), text("Recommended"));
                let data = if kind == "TXT" { strings(&data) } else { data };
                format!("{name}. {kind} {data}")
            })
            .collect();
        assert!(!lines.is_empty(), "{check}");
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        self.zones.add(&lines);
    }
}

/// A text as a zone file has it: in strings of at most 255 bytes.
fn strings(text: &str) -> String {
    let parts = text.as_bytes().chunks(255).map(|part| String::from_utf8_lossy(part).into_owned());
    parts.map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(" ")
}

fn text<'a>(row: &'a Value, property: &str) -> &'a str {
    row[property].as_str().unwrap_or_default()
}

fn statuses(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (text(row, "Check"), text(row, "Status"))).collect()
}

#[test]
fn a_domain_that_publishes_what_it_is_told_becomes_good() {
    let mut place = Place::new();
    // From where this server sends is known by its name's address; and by the setting.
    place.relais.run(
        "Set-TransportService",
        json!({ "Identity": SERVER, "ExternalIPAddress": "203.0.113.7" }),
    );
    let first = place.test(GOOD);
    let by = |rows: &[Value], check: &str| -> Value {
        rows.iter().find(|row| row["Check"] == check).cloned().unwrap_or_else(|| panic!("{check}"))
    };
    for check in ["MX", "Address", "SPF", "DMARC", "TlsRpt", "ReverseDns", "HeloName"] {
        let row = by(&first, check);
        assert_eq!(row["Status"], "Good", "{row}");
        assert_eq!(row["Detail"], Value::Null, "{row}");
        assert_eq!(row["Recommended"], row["Published"], "{row}");
    }
    assert_eq!(by(&first, "DKIM")["Status"], "Missing");
    let tlsa = by(&first, "Tlsa");
    assert_eq!(tlsa["Status"], "Missing", "{tlsa}");
    assert_eq!(tlsa["RecordName"], "_25._tcp.mbx01.good.test");
    // What it shows is made anew at each start, so a record of the authority is recommended.
    assert!(tlsa["Recommended"].as_str().is_some_and(|text| text.starts_with("2 1 1 ")), "{tlsa}");

    place.relais.run("New-DkimSigningConfig", json!({ "DomainName": GOOD }));
    place.publish(GOOD, "DKIM");
    place.publish(GOOD, "Tlsa");
    until("the keys are there", SOON, || {
        place.of(GOOD, "DKIM").iter().all(|row| row["Status"] == "Warning").then_some(())
    });
    place.relais.run("Set-DkimSigningConfig", json!({ "Identity": GOOD, "Enabled": true }));
    let last = until("all is good", SOON, || {
        let rows = place.test(GOOD);
        let tlsa = rows.iter().find(|row| row["Check"] == "Tlsa");
        tlsa.is_some_and(|row| row["Status"] == "Good").then_some(rows)
    });
    let wanted = [
        ("MX", "Good"),
        ("Address", "Good"),
        ("SPF", "Good"),
        ("DKIM", "Good"),
        ("DKIM", "Good"),
        ("DMARC", "Good"),
        ("MtaSts", "Good"),
        // To enforce with a certificate that nobody knows would keep mail out.
        ("MtaSts", "Warning"),
        ("TlsRpt", "Good"),
        ("Tlsa", "Good"),
        ("ReverseDns", "Good"),
        ("HeloName", "Good"),
    ];
    assert_eq!(statuses(&last), wanted, "{last:#?}");
    assert_eq!(
        last[7]["Published"].as_str().map(|text| format!("{text}\n")).as_deref(),
        Some(POLICY)
    );

    // It stays right when the server begins anew with another certificate.
    place.relais.stop();
    place.relais.resume();
    until("the zone is known to be signed", SOON, || {
        place.of(GOOD, "Tlsa").iter().all(|row| row["Status"] == "Good").then_some(())
    });
    // The record of another certificate is told at once.
    let other = Authority::new("Another").tlsa((3, 1, 1));
    place.zones.replace("_25._tcp.mbx01.good", &[&format!("_25._tcp.mbx01.good TLSA {other}")]);
    let wrong = until("it is wrong", SOON, || {
        let row = place.of(GOOD, "Tlsa").remove(0);
        (row["Status"] == "Bad").then_some(row)
    });
    assert!(
        wrong["Detail"].as_str().is_some_and(|text| text.contains("does not arrive")),
        "{wrong}"
    );
}

#[test]
fn a_domain_with_everything_wrong_is_told_so() {
    let place = Place::new();
    place.relais.run("New-DkimSigningConfig", json!({ "DomainName": BAD }));
    // A name that is only inside, from nobody knows where.
    place.relais.run("Set-SendConnector", json!({ "Identity": "Internet", "Fqdn": "mail.local" }));
    let rows = place.test(BAD);
    let wanted = [
        ("MX", "Bad"),
        ("Address", "Bad"),
        ("SPF", "Bad"),
        ("DKIM", "Bad"),
        ("DKIM", "Bad"),
        ("DMARC", "Bad"),
        ("MtaSts", "Bad"),
        ("MtaSts", "Missing"),
        ("TlsRpt", "Bad"),
        ("ReverseDns", "Unknown"),
        ("HeloName", "Bad"),
    ];
    assert_eq!(statuses(&rows), wanted, "{rows:#?}");
    let english: Vec<String> =
        rows.iter().map(|row| row["Detail"].as_str().unwrap_or_default().to_owned()).collect();
    for (row, text) in [
        (0, "points to 192.0.2.1, an IP address"),
        (1, "alias.bad.test is an alias (CNAME)"),
        (1, "10.0.0.9, which cannot be reached from the Internet"),
        (2, "includes nothing.bad.test"),
        (2, "ends with ?all"),
        (2, "say it by Set-TransportService MBX01 -ExternalIPAddress"),
        (3, "its p= is another key"),
        (4, "its p= is empty"),
        (5, "p=never is not allowed"),
        (6, "the TXT record has no id"),
        (7, "https://mta-sts.bad.test/.well-known/mta-sts.txt"),
        (8, "names no address that can be used"),
        (9, "Set-TransportService MBX01 -ExternalIPAddress"),
        (10, "Set-SendConnector \"Internet\" -Fqdn"),
    ] {
        assert!(english[row].contains(text), "{text}: {}", english[row]);
    }
    // The same in French, as the shell asks for it.
    let output = Command::new(program())
        .args(["shell", "--server", &place.relais.url(), "--data"])
        .arg(place.relais.data())
        .args(["-c", "Test-DomainPublishing bad.test | ForEach-Object { $_.Detail }"])
        .env("RELAIS_USER", ADMINISTRATOR)
        .env("RELAIS_PASSWORD", ADMIN_PASSWORD)
        .env("LC_ALL", "fr_FR.UTF-8")
        .output()
        .expect("relais shell");
    let french = String::from_utf8_lossy(&output.stdout).into_owned();
    for text in [
        "désigne 192.0.2.1, une adresse IP",
        "est un alias (CNAME)",
        "son p= est une autre clé",
        "l’enregistrement TXT n’a pas d’id",
        "l’enregistrement TLSRPTv1 ne nomme aucune adresse utilisable",
        "choisissez-en un autre par Set-SendConnector",
    ] {
        assert!(french.contains(text), "{text}:\n{french}");
    }
    // All domains, in a table of the shell.
    let table = place.relais.shell_ok("Test-DomainPublishing | Format-Table Domain,Check,Status");
    for domain in [GOOD, BAD] {
        assert!(table.lines().any(|line| line.starts_with(domain)), "{domain}:\n{table}");
    }
    let refused =
        place.relais.try_run("Test-DomainPublishing", json!({ "Identity": "nobody.test" }));
    assert_eq!(refused.expect_err("no such domain").status, 404);
}

#[test]
fn a_silent_dns_holds_nobody_up() {
    let silent = UdpSocket::bind((address(), 5353)).expect("a socket");
    let relais = Relais::start(Settings {
        domain: GOOD,
        dns: silent.local_addr().ok(),
        ..Settings::default()
    });
    relais.send_connector("Internet", "*", 25);
    for number in 0..10 {
        let domain = format!("d{number}.test");
        relais.run("New-AcceptedDomain", json!({ "Name": domain, "DomainName": domain }));
    }
    let began = Instant::now();
    // Longer than curl waits in other tests.
    let output =
        relais.shell_ok("Test-DomainPublishing | Group-Object Status | ForEach-Object { $_.Name }");
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
    let statuses: Vec<&str> =
        output.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // That there is no DKIM configuration is known without the DNS.
    assert_eq!(statuses, ["Unknown", "Missing"], "{output}");
}
