//! Everything that can be demanded of a host, by everything that the DNS can say of it, by everything
//! that it can be: whether mail leaves and how, what the LastError says where it does not, and what the
//! report to the domain (RFC 8460) would have. One row for each demand, one column for each host.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use end_to_end::{
    Authority, Issued, NameServer, PolicyWeb, Postfix, Relais, SOON, Settings, Smtp, Validator,
    address, message, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER};

/// What the hosts are: a good certificate of a trusted authority, one for another name, one of an unknown
/// authority, one that has expired; one that speaks nothing newer than TLS 1.0; one without STARTTLS.
const HOSTS: [&str; 6] = ["good", "misnamed", "stranger", "expired", "old", "clear"];

/// What the DNS says of a host: nothing; TLSA records that fit its certificate, that do not; an MTA-STS
/// policy that names it, in both modes.
const SAYINGS: [&str; 5] = ["none", "fits", "wrong", "enforce", "testing"];

/// For each connector and saying, a word for each of [`HOSTS`]: see [`Outcome::of`].
const OUTCOMES: [(&str, &str, [&str; 6]); 25] = [
    ("any", "none", ["tls", "tls", "tls", "tls", "clear", "clear"]),
    ("any", "fits", ["tls", "tls", "tls", "tls", "hands", "offer"]),
    ("any", "wrong", ["tlsa", "tlsa", "tlsa", "tlsa", "hands", "offer"]),
    ("any", "enforce", ["tls", "name", "whose", "date", "hands", "offer"]),
    ("any", "testing", ["tls", "tls", "tls", "tls", "clear", "clear"]),
    ("encrypt", "none", ["tls", "tls", "tls", "tls", "hands", "require"]),
    ("encrypt", "fits", ["tls", "tls", "tls", "tls", "hands", "offer"]),
    ("encrypt", "wrong", ["tlsa", "tlsa", "tlsa", "tlsa", "hands", "offer"]),
    ("encrypt", "enforce", ["tls", "name", "whose", "date", "hands", "offer"]),
    ("encrypt", "testing", ["tls", "tls", "tls", "tls", "hands", "require"]),
    ("certify", "none", ["tls", "tls", "whose", "date", "hands", "level"]),
    ("certify", "fits", ["tls", "tls", "whose", "date", "hands", "level"]),
    ("certify", "wrong", ["tls", "tls", "whose", "date", "hands", "level"]),
    ("certify", "enforce", ["tls", "tls", "whose", "date", "hands", "level"]),
    ("certify", "testing", ["tls", "tls", "whose", "date", "hands", "level"]),
    ("domain", "none", ["tls", "name", "whose", "date", "hands", "level"]),
    ("domain", "fits", ["tls", "name", "whose", "date", "hands", "level"]),
    ("domain", "wrong", ["tls", "name", "whose", "date", "hands", "level"]),
    ("domain", "enforce", ["tls", "name", "whose", "date", "hands", "level"]),
    ("domain", "testing", ["tls", "name", "whose", "date", "hands", "level"]),
    ("ignore", "none", ["clear"; 6]),
    ("ignore", "fits", ["clear"; 6]),
    ("ignore", "wrong", ["clear"; 6]),
    ("ignore", "enforce", ["clear"; 6]),
    ("ignore", "testing", ["clear"; 6]),
];

/// What the report has for each saying, where the connector leaves it to the domain: its policy-type, and a
/// result-type for each host (`-` is a session that succeeded).
const REPORTED: [(&str, &str, [&str; 6]); 5] = [
    ("none", "no-policy-found", ["-", "-", "-", "-", HANDSHAKE, NO_TLS]),
    ("fits", "tlsa", ["-", "-", "-", "-", HANDSHAKE, NO_TLS]),
    ("wrong", "tlsa", [TLSA, TLSA, TLSA, TLSA, HANDSHAKE, NO_TLS]),
    ("enforce", "sts", ["-", NAME, TRUST, DATE, HANDSHAKE, NO_TLS]),
    ("testing", "sts", ["-", NAME, TRUST, DATE, HANDSHAKE, NO_TLS]),
];
const HANDSHAKE: &str = "validation-failure";
const NO_TLS: &str = "starttls-not-supported";
const TLSA: &str = "tlsa-invalid";
const NAME: &str = "certificate-host-mismatch";
const TRUST: &str = "certificate-not-trusted";
const DATE: &str = "certificate-expired";

/// What becomes of a message.
enum Outcome {
    Arrives { encrypted: bool },
    Waits(&'static str),
}

impl Outcome {
    fn of(word: &str) -> Self {
        match word {
            "tls" => Self::Arrives { encrypted: true },
            "clear" => Self::Arrives { encrypted: false },
            "offer" => Self::Waits("451 4.7.321 starttls-not-supported"),
            "tlsa" => Self::Waits("451 4.7.323 tlsa-invalid"),
            "require" => Self::Waits("451 4.7.4 RequireTLS True: "),
            "level" => Self::Waits("451 4.7.4 TlsAuthLevel "),
            "hands" => Self::Waits("454 4.7.5 The TLS handshake with "),
            "name" => Self::Waits("the certificate is for mx-elsewhere.test, and "),
            "whose" => Self::Waits("not of an authority that is trusted here"),
            "date" => Self::Waits("expired"),
            _ => unreachable!("{word}"),
        }
    }
}

/// The name that the connector `domain` demands of certificates.
const PARTNER: &str = "mail.partner.example";

fn connectors(relais: &Relais) {
    let tls = |level: &str| json!({ "RequireTLS": true, "TlsAuthLevel": level });
    let mut domain = tls("DomainValidation");
    domain["TlsDomain"] = json!(PARTNER);
    for (name, settings) in [
        ("any", json!({})),
        ("encrypt", tls("EncryptionOnly")),
        ("certify", tls("CertificateValidation")),
        ("domain", domain),
        ("ignore", json!({ "IgnoreSTARTTLS": true })),
    ] {
        let mut parameters = settings;
        parameters["AddressSpaces"] = json!([format!("*.{name}.test")]);
        parameters["Port"] = json!(PORT);
        relais.send_connector_with(name, parameters);
    }
}

/// The certificate of each host that has one.
struct Certificates {
    issued: BTreeMap<&'static str, Issued>,
    trusted: Authority,
    _stranger: Authority,
}

impl Certificates {
    fn new() -> Self {
        let (trusted, stranger) = (Authority::new("Trusted"), Authority::new("A Stranger"));
        let mut issued = BTreeMap::new();
        for host in HOSTS {
            let own: Vec<String> =
                SAYINGS.iter().map(|saying| format!("DNS:mx-{host}-{saying}.test")).collect();
            let names = format!("{},DNS:{PARTNER}", own.join(","));
            let certificate = match host {
                "misnamed" => trusted.issue("DNS:mx-elsewhere.test"),
                "stranger" => stranger.issue(&names),
                "expired" => trusted.issue_expired(&names),
                "clear" => continue,
                _ => trusted.issue(&names),
            };
            issued.insert(host, certificate);
        }
        Self { issued, trusted, _stranger: stranger }
    }

    fn for_postfix(&self, host: &str) -> String {
        match self.issued.get(host) {
            None => "smtpd_tls_security_level = none\n".to_owned(),
            Some(certificate) => {
                let versions = if host == "old" { "smtpd_tls_protocols = TLSv1\n" } else { "" };
                format!("smtpd_tls_security_level = may\n{versions}{}", certificate.for_postfix())
            }
        }
    }

    /// The data of the TLSA records of a host without encryption are another's.
    fn fitting(&self, host: &str) -> String {
        self.issued.get(host).unwrap_or(&self.issued["good"]).tlsa((3, 1, 1))
    }
}

/// Every domain of the matrix (without `.test`), its host, and what is said of it.
fn domains() -> impl Iterator<Item = (String, &'static str, &'static str)> {
    OUTCOMES.iter().flat_map(|(connector, saying, _)| {
        HOSTS.iter().map(move |host| (format!("{host}-{saying}.{connector}"), *host, *saying))
    })
}

struct Place {
    relais: Relais,
    postfix: Postfix,
    _zones: NameServer,
    _validator: Validator,
    _web: PolicyWeb,
    _certificates: Certificates,
}

impl Place {
    fn new() -> Self {
        let certificates = Certificates::new();
        let mut records = Vec::new();
        let mut faces: Vec<(SocketAddr, String)> = Vec::new();
        let wrong = Authority::new("Another").tlsa((3, 1, 1));
        for host in HOSTS {
            let at = address();
            faces.push((SocketAddr::from((at, PORT)), certificates.for_postfix(host)));
            for saying in SAYINGS {
                records.push(format!("mx-{host}-{saying} A {at}"));
                let tlsa = match saying {
                    "fits" => certificates.fitting(host),
                    "wrong" => wrong.clone(),
                    _ => continue,
                };
                records.push(format!("_{PORT}._tcp.mx-{host}-{saying} TLSA {tlsa}"));
            }
        }
        let web_at = address();
        let (mut names, mut policies) = (Vec::new(), Vec::new());
        for (domain, host, saying) in domains() {
            records.push(format!("{domain} MX 10 mx-{host}-{saying}"));
            if ["enforce", "testing"].contains(&saying) {
                records.push(format!("_mta-sts.{domain} TXT \"v=STSv1; id=1;\""));
                records.push(format!("mta-sts.{domain} A {web_at}"));
                names.push(format!("DNS:mta-sts.{domain}.test"));
                let mx = format!("mx: mx-{host}-{saying}.test");
                let policy = format!("version: STSv1\nmode: {saying}\n{mx}\nmax_age: 86400\n");
                policies.push((format!("mta-sts.{domain}.test"), policy));
            }
        }
        let policies: Vec<(&str, &str)> =
            policies.iter().map(|(host, text)| (host.as_str(), text.as_str())).collect();
        // Too many names for one file name.
        let web_certificate = certificates.trusted.issue_as("web", &names.join(","));
        let web = PolicyWeb::start(web_at, &web_certificate, &policies);
        let taken: Vec<String> = domains().map(|(domain, ..)| format!("{domain}.test")).collect();
        let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
        let listeners: Vec<(SocketAddr, &str)> =
            faces.iter().map(|(at, lines)| (*at, lines.as_str())).collect();
        let postfix = Postfix::listening(&taken, "", &listeners);
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let zones = NameServer::signed(address(), &records, &[]);
        let validator = Validator::start(address(), &zones);
        let relais = Relais::relaying(Settings {
            dns: Some(validator.address()),
            shows_validation: true,
            glitch_retry_count: 0,
            trusted_ca_files: vec![certificates.trusted.certificate()],
            policy_port: Some(PolicyWeb::PORT),
            ..Settings::default()
        });
        connectors(&relais);
        Self {
            relais,
            postfix,
            _zones: zones,
            _validator: validator,
            _web: web,
            _certificates: certificates,
        }
    }

    /// Mail that leaves before a policy is known leaves without it.
    fn know_policies(&self) {
        for (domain, _, saying) in domains() {
            let asks = domain.ends_with(".any") || domain.ends_with(".encrypt");
            if !asks || !["enforce", "testing"].contains(&saying) {
                continue;
            }
            let recipient = json!({ "Recipient": format!("x@{domain}.test") });
            until(&format!("the policy of {domain}"), Duration::from_secs(90), || {
                let rows = self.relais.run("Get-TransportSecurity", recipient.clone());
                let known = |row: &Value| {
                    ["RequiredBy", "Detail"].iter().any(|name| {
                        row[name].as_str().is_some_and(|text| text.contains("MTA-STS policy of"))
                    })
                };
                rows.iter().any(known).then_some(())
            });
        }
    }

    fn send_to_all(&self) {
        let mut smtp = Smtp::hello(self.relais.relay());
        for (domain, ..) in domains() {
            let to = format!("u@{domain}.test");
            let reply = smtp.deliver(STRANGER, &[&to], &message(STRANGER, &to, "one of many"));
            assert_eq!(reply.code, 250, "{to}: {reply:?}");
        }
    }

    /// How each message has arrived: whether encrypted, by its domain.
    fn arrived(&self) -> BTreeMap<String, bool> {
        let messages = self.postfix.messages();
        let read = |message: &String| {
            let (_, rest) = message.split_once("X-Original-To: u@")?;
            let (domain, _) = rest.split_once(".test\n")?;
            Some((domain.to_owned(), message.contains("(using TLSv1.3")))
        };
        messages.iter().filter_map(read).collect()
    }

    /// The LastError of each domain's queue that has one.
    fn errors(&self) -> BTreeMap<String, String> {
        let queues = self.relais.run("Get-Queue", json!({ "ResultSize": "Unlimited" }));
        let read = |queue: &Value| {
            let domain = queue["NextHopDomain"].as_str()?.strip_suffix(".test")?;
            Some((domain.to_owned(), queue["LastError"].as_str()?.to_owned()))
        };
        queues.iter().filter_map(read).collect()
    }
}

#[test]
fn every_demand_meets_every_host() {
    let mut place = Place::new();
    place.know_policies();
    place.send_to_all();
    let settled = |place: &Place| place.arrived().len() + place.errors().len();
    until("all have left or wait", 4 * SOON, || {
        (settled(&place) >= OUTCOMES.len() * HOSTS.len()).then_some(())
    });
    let (arrived, errors) = (place.arrived(), place.errors());
    let mut wrong = Vec::new();
    for (connector, saying, words) in &OUTCOMES {
        for (host, word) in HOSTS.iter().zip(words) {
            let domain = format!("{host}-{saying}.{connector}");
            let (how, why) = (arrived.get(&domain), errors.get(&domain));
            let right = match Outcome::of(word) {
                Outcome::Arrives { encrypted } => how == Some(&encrypted),
                Outcome::Waits(text) => {
                    how.is_none() && why.is_some_and(|why| why.contains(text) && why.contains(host))
                }
            };
            if !right {
                wrong.push(format!("{domain}: {word} was expected; encrypted {how:?}; {why:?}"));
            }
        }
    }
    place.relais.stop();
    let file = std::fs::read(place.relais.data().join("tls-reports.json")).expect("counted");
    let counted: Value = serde_json::from_slice(&file).expect("JSON");
    for connector in ["any", "encrypt"] {
        for (saying, kind, results) in &REPORTED {
            for (host, result) in HOSTS.iter().zip(results) {
                let domain = format!("{host}-{saying}.{connector}.test");
                let policies = &counted["tally"]["domains"][&domain]["policies"];
                let policy = &policies[0];
                let shown = policy["details"][0][0]["failure_type"].as_str().unwrap_or("-");
                let right = policy["applied"]["policy_type"] == *kind && shown == *result;
                if !right {
                    wrong.push(format!("{domain}: {kind} {result} was expected: {policies}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
