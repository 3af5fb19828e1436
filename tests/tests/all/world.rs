//! A server, a name server and addresses for mail hosts: what most tests begin with.

use std::net::Ipv4Addr;

use end_to_end::{NameServer, Relais, Settings, Sink, Smtp, address, message};
use serde_json::json;

/// The port of a mail host where one is enough.
pub(crate) const PORT: u16 = 2525;

/// A sender who is nobody of ours.
pub(crate) const STRANGER: &str = "stranger@elsewhere.example";

/// A server that relays for loopback and resolves names in `test.` by NSD.
pub(crate) struct World {
    pub(crate) relais: Relais,
    pub(crate) dns: NameServer,
    /// Where `mail.test`, the mail exchanger of every domain given, is.
    pub(crate) host: Ipv4Addr,
}

impl World {
    /// With domains (without `.test`) whose MX is `mail.test`.
    pub(crate) fn of(domains: &[&str]) -> Self {
        Self::of_with(domains, Settings::default())
    }

    /// The same, without the quick retries: after a failure nothing happens for an hour.
    pub(crate) fn patient(domains: &[&str]) -> Self {
        let world =
            Self::of_with(domains, Settings { glitch_retry_count: 0, ..Settings::default() });
        world.transport(json!({
            "TransientFailureRetryCount": 1,
            "TransientFailureRetryInterval": "01:00:00",
            "OutboundConnectionFailureRetryInterval": "01:00:00",
        }));
        world
    }

    /// The same with other settings of the server.
    pub(crate) fn of_with(domains: &[&str], settings: Settings) -> Self {
        let host = address();
        let mut records = vec![format!("mail A {host}")];
        records.extend(domains.iter().map(|domain| format!("{domain} MX 10 mail")));
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        Self::start(host, &records, settings)
    }

    /// With these records of the zone.
    pub(crate) fn with(host: Ipv4Addr, records: &[&str]) -> Self {
        Self::start(host, records, Settings::default())
    }

    /// With these records of the zone and settings of the server.
    pub(crate) fn start(host: Ipv4Addr, records: &[&str], settings: Settings) -> Self {
        let dns = NameServer::start(address(), records);
        let relais = Relais::relaying(Settings { dns: Some(dns.address()), ..settings });
        Self { relais, dns, host }
    }

    /// The same for a server that reaches nothing but its front end, to which these keys lend more than mail
    /// ports: DNS questions and requests to web servers go through it. `DNS` stands for the name server.
    pub(crate) fn behind_front_end(
        host: Ipv4Addr,
        records: &[&str],
        lent: &str,
        settings: Settings,
    ) -> Self {
        let dns = NameServer::start(address(), records);
        let relais = Relais::relaying(Settings { toml: behind(&dns, lent), ..settings });
        Self { relais, dns, host }
    }

    /// A sink at `mail.test`.
    pub(crate) fn sink(&self, port: u16) -> Sink {
        Sink::start(self.host, port)
    }

    /// Hands a small message from a stranger to the relay, which must take it.
    pub(crate) fn send(&self, to: &str, subject: &str) {
        self.send_as(STRANGER, to, subject);
    }

    /// Hands a small message to the relay, which must take it.
    pub(crate) fn send_as(&self, from: &str, to: &str, subject: &str) {
        let reply =
            Smtp::hello(self.relais.relay()).deliver(from, &[to], &message(from, to, subject));
        assert_eq!(reply.code, 250, "{reply:?}");
    }

    /// A mailbox that gets the reports, with the given languages.
    pub(crate) fn sender(&self, name: &str, languages: &[&str]) -> String {
        self.relais.mailbox(name, "a Secret of the Sender 3");
        if !languages.is_empty() {
            self.relais.run("Set-Mailbox", json!({ "Identity": name, "Languages": languages }));
        }
        format!("{name}@contoso.com")
    }

    /// Changes the Transport service's settings.
    pub(crate) fn transport(&self, settings: serde_json::Value) {
        let mut parameters = json!({ "Identity": end_to_end::SERVER });
        for (key, value) in settings.as_object().into_iter().flatten() {
            parameters[key.as_str()] = value.clone();
        }
        self.relais.run("Set-TransportService", parameters);
    }
}

/// A message of about `size` bytes, in lines of 78.
pub(crate) fn large(size: usize) -> String {
    let mut text = message(STRANGER, "somebody", "large");
    let line = "x".repeat(76) + "\r\n";
    text.extend(std::iter::repeat_n(line.as_str(), size / line.len()));
    text
}

/// What a server's settings file says that reaches nothing but its front end.
pub(crate) fn behind(dns: &NameServer, lent: &str) -> &'static str {
    let lent = lent.replace("DNS", &dns.address().to_string());
    // A test has few of them.
    format!("lookups_through_front_ends = true\n[frontend]\nallow = [\"127.0.0.0/8\"]\n{lent}\n")
        .leak()
}
