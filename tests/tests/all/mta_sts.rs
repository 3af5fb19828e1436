//! MTA-STS (RFC 8461): policies from a real web server, with Postfix as the mail exchanger.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use end_to_end::{
    Authority, PolicyWeb, Postfix, SOON, Settings, Sink, address, consistently, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, World};

/// The domains, each with the host of this name as its MX, and its policy.
const DOMAINS: [(&str, &str, &str); 10] = [
    // First, so that a connection to the host stands when the others ask for one.
    ("plain", "mx-good", "none"),
    ("good", "mx-good", "enforce mx-good.test"),
    ("wildcard", "mx-good", "enforce *.test"),
    ("other-name", "mx-other", "enforce mx-other.test"),
    ("stranger", "mx-stranger", "enforce mx-stranger.test"),
    ("not-named", "mx-good", "enforce mx-elsewhere.test"),
    ("clear", "mx-clear", "enforce mx-clear.test"),
    ("tested", "mx-stranger", "testing mx-stranger.test"),
    ("none", "mx-stranger", "none"),
    ("broken", "mx-stranger", "no policy at all"),
];

struct Place {
    world: World,
    postfix: Postfix,
    clear: Sink,
    web: Option<PolicyWeb>,
    /// Their files are read for each connection.
    _authorities: [Authority; 2],
}

fn policy(words: &str) -> String {
    match words.split_once(' ') {
        Some((mode @ ("enforce" | "testing"), mx)) => {
            format!("version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n")
        }
        _ if words == "none" => "version: STSv1\nmode: none\nmax_age: 86400\n".to_owned(),
        _ => words.to_owned(),
    }
}

impl Place {
    fn new() -> Self {
        let (trusted, stranger) = (Authority::new("Trusted"), Authority::new("A Stranger"));
        let (web_at, bare): (Ipv4Addr, Ipv4Addr) = (address(), address());
        let mut records = vec![format!("mx-clear A {bare}")];
        let mut faces: Vec<(SocketAddr, String)> = Vec::new();
        for (host, names, authority) in [
            ("mx-good", "DNS:mx-good.test", &trusted),
            ("mx-other", "DNS:mx-another.test", &trusted),
            ("mx-stranger", "DNS:mx-stranger.test", &stranger),
        ] {
            let at = address();
            records.push(format!("{host} A {at}"));
            faces.push((SocketAddr::from((at, PORT)), authority.issue(names).for_postfix()));
        }
        let mut names = Vec::new();
        let mut policies = Vec::new();
        for (domain, host, words) in DOMAINS {
            records.push(format!("{domain} MX 10 {host}"));
            records.push(format!("_mta-sts.{domain} TXT \"v=STSv1; id=1;\""));
            records.push(format!("mta-sts.{domain} A {web_at}"));
            names.push(format!("DNS:mta-sts.{domain}.test"));
            policies.push((format!("mta-sts.{domain}.test"), policy(words)));
        }
        let policies: Vec<(&str, &str)> =
            policies.iter().map(|(host, text)| (host.as_str(), text.as_str())).collect();
        let web = PolicyWeb::start(web_at, &trusted.issue(&names.join(",")), &policies);
        let listeners: Vec<(SocketAddr, &str)> =
            faces.iter().map(|(at, lines)| (*at, lines.as_str())).collect();
        let domains: Vec<String> =
            DOMAINS.iter().map(|(name, ..)| format!("{name}.test")).collect();
        let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
        let postfix = Postfix::listening(&domains, "smtpd_tls_security_level = may\n", &listeners);
        let settings = Settings {
            glitch_retry_count: 0,
            trusted_ca_files: vec![trusted.certificate()],
            policy_port: Some(PolicyWeb::PORT),
            ..Settings::default()
        };
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let world = World::start(address(), &records, settings);
        let clear = Sink::start(bare, PORT);
        world.relais.send_connector("All", "*", PORT);
        Self { world, postfix, clear, web: Some(web), _authorities: [trusted, stranger] }
    }

    /// Waits until the policy of a domain is known.
    fn knows(&self, domain: &str) {
        let recipient = json!({ "Recipient": format!("x@{domain}.test") });
        until(&format!("the policy of {domain}.test is known"), Duration::from_secs(90), || {
            let shown = self.world.relais.run("Get-TransportSecurity", recipient.clone());
            let says = |row: &Value, name: &str| {
                row[name].as_str().is_some_and(|text| text.contains("MTA-STS policy of"))
            };
            shown.iter().any(|row| says(row, "RequiredBy") || says(row, "Detail")).then_some(())
        });
    }

    /// Waits until the message for this recipient has arrived, encrypted.
    fn arrives(&self, to: &str) {
        let line = format!("X-Original-To: {to}");
        let message = until(&format!("{to} has it"), SOON, || {
            self.postfix.messages().into_iter().find(|message| message.contains(&line))
        });
        assert!(message.contains("(using TLSv1.3"), "{to} in clear");
    }

    fn waits(&self, domain: &str, words: &[&str]) {
        until(&format!("{domain} waits for: {words:?}"), SOON, || {
            let queues = self.world.relais.queues();
            let says = |q: &&Value| {
                let error = q["LastError"].as_str().unwrap_or_default();
                q["NextHopDomain"] == domain && words.iter().all(|word| error.contains(word))
            };
            queues.iter().find(says).map(|_| ())
        });
    }
}

#[test]
fn what_a_policy_says_holds() {
    let mut place = Place::new();
    // Mail that leaves before a policy is known leaves without it.
    for (domain, _, words) in DOMAINS.iter().filter(|(_, _, words)| words.contains(' ')) {
        if *words != "no policy at all" {
            place.knows(domain);
        }
    }
    for (domain, ..) in DOMAINS {
        place.world.send(&format!("u@{domain}.test"), "under a policy");
    }
    for domain in ["plain", "good", "wildcard", "tested", "none", "broken"] {
        place.arrives(&format!("u@{domain}.test"));
    }
    for (domain, words) in [
        (
            "other-name.test",
            ["454 4.7.5", "the MTA-STS policy of other-name.test demands it", "mx-another.test"],
        ),
        (
            "stranger.test",
            ["454 4.7.5", "the MTA-STS policy of stranger.test", "not of an authority"],
        ),
        (
            "not-named.test",
            ["451 4.7.5", "does not name its mail host mx-good.test", "may be forged"],
        ),
        (
            "clear.test",
            [
                "451 4.7.321 starttls-not-supported",
                "clear.test demands encryption",
                "mx-clear.test",
            ],
        ),
    ] {
        place.waits(domain, &words);
    }
    assert_eq!(place.clear.count(), 0, "nothing left in clear");
    // A connection that stands for a domain without a policy carries for none that has one.
    place.world.send("v@plain.test", "keeps a connection");
    place.arrives("v@plain.test");
    place.world.send("w@not-named.test", "has its own policy");
    place.world.relais.run("Retry-Queue", json!({ "Identity": "not-named.test" }));
    consistently("it stays", Duration::from_secs(1), || {
        !place.postfix.messages().iter().any(|message| message.contains("@not-named.test"))
    });
    let asked = json!({ "Recipient": "x@good.test" });
    let shown = place.world.relais.run("Get-TransportSecurity", asked).remove(0);
    assert_eq!(shown["RequiredBy"], "MTA-STS policy of good.test (mode enforce)", "{shown}");
    assert_eq!(shown["Names"], json!(["mx-good.test"]));
    // A policy outlives the web server and a restart.
    place.web = None;
    place.world.relais.stop();
    let counted =
        std::fs::read(place.world.relais.data().join("tls-reports.json")).expect("counted");
    let counted: Value = serde_json::from_slice(&counted).expect("JSON");
    let first = |domain: &str| counted["tally"]["domains"][domain]["policies"][0].clone();
    let tested = first("tested.test");
    assert_eq!(tested["applied"]["policy_type"], "sts");
    assert_eq!(tested["details"][0][0]["failure_type"], "certificate-not-trusted", "{tested}");
    assert_eq!(
        first("other-name.test")["details"][0][0]["failure_type"],
        "certificate-host-mismatch"
    );
    assert_eq!(first("broken.test")["details"][0][0]["failure_type"], "sts-policy-invalid");
    assert_eq!(first("good.test")["applied"]["mx_host"], json!(["mx-good.test"]));
    place.world.relais.resume();
    place.world.send("v@not-named.test", "the policy is kept");
    place.waits("not-named.test", &["does not name its mail host"]);
    place.world.send("v@good.test", "the policy is kept");
    place.arrives("v@good.test");
    // Until the administrator wants none of it.
    place.world.relais.run("Set-TransportConfig", json!({ "MtaStsEnabled": false }));
    place.world.relais.run("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'" }));
    place.arrives("v@not-named.test");
}
