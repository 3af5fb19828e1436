//! What a connector demands of the other side's certificate (TlsAuthLevel; send-connectors.md section 5.4), with
//! Postfix as the other side, whose certificates openssl has made.

use std::net::SocketAddr;

use end_to_end::{Authority, Postfix, SOON, Settings, address, until};
use serde_json::{Value, json};

use crate::world::{PORT, World};

/// One Postfix with several faces: at each address another certificate.
struct Hosts {
    world: World,
    postfix: Postfix,
    /// Their files are read for each connection.
    _authorities: [Authority; 2],
}

/// `NAME.test` has `mx-NAME.test`, whose certificate is for what is beside it; of an authority that is
/// trusted or not.
const FACES: [(&str, &str, bool); 5] = [
    ("right", "DNS:mx-right.test", true),
    ("partner", "DNS:mail.partner.example", true),
    ("wildcard", "DNS:*.partner.example", true),
    ("named", "DNS:named.test", true),
    ("stranger", "DNS:mx-stranger.test", false),
];

impl Hosts {
    fn new() -> Self {
        let (trusted, stranger) = (Authority::new("Trusted"), Authority::new("A Stranger"));
        let mut records = vec!["other MX 10 mx-named".to_owned()];
        let mut faces: Vec<(SocketAddr, String)> = Vec::new();
        for (name, names, is_trusted) in FACES {
            let at = address();
            records.push(format!("{name} MX 10 mx-{name}"));
            records.push(format!("mx-{name} A {at}"));
            let authority = if is_trusted { &trusted } else { &stranger };
            faces.push((SocketAddr::from((at, PORT)), authority.issue(names).for_postfix()));
        }
        let listeners: Vec<(SocketAddr, &str)> =
            faces.iter().map(|(at, lines)| (*at, lines.as_str())).collect();
        let domains: Vec<String> = FACES
            .iter()
            .map(|(name, ..)| format!("{name}.test"))
            .chain(["other.test".into()])
            .collect();
        let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
        let postfix = Postfix::listening(&domains, "smtpd_tls_security_level = may\n", &listeners);
        let settings = Settings {
            glitch_retry_count: 0,
            trusted_ca_files: vec![trusted.certificate()],
            ..Settings::default()
        };
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        let world = World::start(address(), &records, settings);
        world.relais.send_connector("All", "*", PORT);
        Self { world, postfix, _authorities: [trusted, stranger] }
    }

    fn demand(&self, settings: Value) {
        let mut parameters = json!({ "Identity": "All", "RequireTLS": true });
        for (name, value) in settings.as_object().into_iter().flatten() {
            parameters[name.as_str()] = value.clone();
        }
        self.world.relais.run("Set-SendConnector", parameters);
    }

    /// Sends to somebody new at each of these, and waits until it has arrived, encrypted.
    fn arrive(&self, who: &str, names: &[&str]) {
        for name in names {
            let to = format!("{who}@{name}.test");
            self.world.send(&to, "under TLS");
            let line = format!("X-Original-To: {to}");
            let message = until(&format!("{to} has it"), SOON, || {
                self.postfix.messages().into_iter().find(|message| message.contains(&line))
            });
            assert!(message.contains("(using TLSv1.3"), "{to} in clear");
        }
    }

    /// Sends to somebody new at each of these, and waits until the queue says this.
    fn wait(&self, who: &str, names: &[(&str, &str)]) {
        for (name, why) in names {
            self.world.send(&format!("{who}@{name}.test"), "under TLS");
            until(&format!("{name}.test waits for: {why}"), SOON, || {
                let queues = self.world.relais.queues();
                let says = |q: &&Value| {
                    q["NextHopDomain"] == format!("{name}.test").as_str()
                        && q["LastError"].as_str().is_some_and(|text| text.contains(why))
                };
                queues.iter().find(says).map(|_| ())
            });
        }
        self.world
            .relais
            .run("Remove-Message", json!({ "Filter": "Status -ne 'Active'", "WithNDR": false }));
    }
}

const NOT_TRUSTED: &str = "not of an authority that is trusted here";

#[test]
fn each_level_demands_what_it_says() {
    let hosts = Hosts::new();
    hosts.demand(json!({ "TlsAuthLevel": "EncryptionOnly" }));
    hosts.arrive("a", &["right", "partner", "stranger"]);
    hosts.demand(json!({ "TlsAuthLevel": "CertificateValidation" }));
    hosts.arrive("b", &["right", "partner", "named"]);
    hosts.wait("b", &[("stranger", NOT_TRUSTED)]);
    hosts
        .demand(json!({ "TlsAuthLevel": "DomainValidation", "TlsDomain": "mail.partner.example" }));
    hosts.arrive("c", &["partner", "wildcard"]);
    hosts.wait(
        "c",
        &[("right", "the certificate is for mx-right.test, and mail.partner.example is demanded")],
    );
    hosts.demand(json!({ "TlsDomain": "*.partner.example" }));
    hosts.arrive("d", &["partner", "wildcard"]);
    hosts.wait("d", &[("named", "*.partner.example is demanded"), ("stranger", NOT_TRUSTED)]);
}

#[test]
fn without_tls_domain_the_recipients_domain_is_demanded_of_shared_hosts_too() {
    let hosts = Hosts::new();
    hosts.demand(json!({ "TlsAuthLevel": "DomainValidation", "TlsDomain": null }));
    hosts.arrive("a", &["named"]);
    // Its connection stands, and leads to the same host.
    hosts.wait("a", &[("other", "the certificate is for named.test, and other.test is demanded")]);
    hosts.wait("a", &[("right", "right.test is demanded")]);
}
