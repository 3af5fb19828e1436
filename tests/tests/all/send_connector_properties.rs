//! What each setting of a Send connector does on the wire, where no other file is about it.
//! AddressSpaces, cost, MaxMessageSize between connectors and IsScopedConnector: connector_selection;
//! Enabled and changes under way: queued_mail; SmartHosts and their authentication: smart_hosts,
//! smart_host_sign_in; DNS in depth: destinations; TLS: peers.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use end_to_end::{
    Answers, NameServer, Relais, SOON, Settings, Sink, Smtp, address, consistently, message, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World, large};

/// Creates the connector `All` for everything by MX.
fn connector(relais: &Relais, more: Value) {
    let mut settings = json!({ "AddressSpaces": ["*"], "Port": PORT });
    for (key, value) in more.as_object().into_iter().flatten() {
        settings[key.as_str()] = value.clone();
    }
    relais.send_connector_with("All", settings);
}

fn set(relais: &Relais, property: &str, value: Value) {
    relais.run("Set-SendConnector", json!({ "Identity": "All", property: value }));
}

/// What a sink heard: verb, argument, when.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, String, Instant)>>>);

impl Heard {
    fn sink(&self, world: &World, extensions: Vec<&'static str>) -> Sink {
        let heard = Arc::clone(&self.0);
        let answers = Answers::scripted(move |verb, argument, _| {
            let heard_now = (verb.to_owned(), argument.to_owned(), Instant::now());
            heard.lock().expect("not poisoned").push(heard_now);
            None
        });
        Sink::answering(world.host, PORT, Answers { extensions, ..answers })
    }

    fn all(&self) -> Vec<(String, String, Instant)> {
        self.0.lock().expect("not poisoned").clone()
    }

    fn verbs(&self) -> Vec<String> {
        self.all().into_iter().map(|(verb, ..)| verb).collect()
    }

    fn wait_for(&self, verb: &str, number: usize) -> Instant {
        until(&format!("{verb} number {number} at the sink"), SOON, || {
            let heard = self.all().into_iter().filter(|(heard, ..)| heard == verb);
            heard.map(|(.., at)| at).nth(number - 1)
        })
    }
}

#[test]
fn max_message_size_keeps_larger_messages_off_the_wire() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    let sink = world.sink(PORT);
    connector(&world.relais, json!({ "MaxMessageSize": "64KB" }));
    let mut smtp = Smtp::hello(world.relais.relay());
    assert_eq!(smtp.deliver(&anna, &["u@a.test"], &large(60_000)).code, 250);
    sink.wait_for(1, SOON);
    assert_eq!(smtp.deliver(&anna, &["u@a.test"], &large(70_000)).code, 250);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.3.4"), "{report:.2000}");
    assert_eq!((sink.count(), sink.connections()), (1, 1));
    set(&world.relais, "MaxMessageSize", json!("80KB"));
    assert_eq!(smtp.deliver(&anna, &["u@a.test"], &large(70_000)).code, 250);
    sink.wait_for(2, SOON);
}

#[test]
fn port_counts_at_the_next_attempt() {
    let world = World::of(&["a"]);
    connector(&world.relais, json!({ "Port": PORT + 1 }));
    world.send("u@a.test", "knocking");
    world.relais.wait_for_error(&format!(":{} failed", PORT + 1), SOON);
    let sink = world.sink(PORT);
    set(&world.relais, "Port", json!(PORT));
    sink.wait_for(1, SOON);
}

#[test]
fn force_helo_uses_no_extension() {
    let world = World::of(&["a"]);
    let heard = Heard::default();
    let extensions = vec!["PIPELINING", "SIZE 1000000", "8BITMIME", "STARTTLS", "DSN"];
    let sink = heard.sink(&world, extensions);
    connector(&world.relais, json!({ "ForceHELO": true, "Fqdn": "mail.contoso.com" }));
    world.send("u@a.test", "as in 1982");
    let message = sink.wait_for(1, SOON).remove(0);
    assert_eq!(message.hello, "mail.contoso.com");
    assert_eq!(message.mail, format!("FROM:<{STRANGER}>"));
    let verbs = heard.verbs();
    assert!(verbs.contains(&"HELO".to_owned()), "{verbs:?}");
    assert!(!verbs.iter().any(|verb| verb == "EHLO" || verb == "STARTTLS"), "{verbs:?}");
    // And back, over a connection of its own.
    set(&world.relais, "ForceHELO", json!(false));
    set(&world.relais, "IgnoreSTARTTLS", json!(true));
    world.send("u@a.test", "extended");
    let message = sink.wait_for(2, SOON).remove(1);
    assert!(message.mail.contains("SIZE="), "{}", message.mail);
    assert!(heard.verbs().contains(&"EHLO".to_owned()));
}

#[test]
fn an_idle_connection_is_closed_after_connection_inactivity_time_out() {
    let world = World::of(&["a"]);
    let heard = Heard::default();
    let sink = heard.sink(&world, vec!["PIPELINING"]);
    connector(&world.relais, json!({ "ConnectionInactivityTimeOut": "00:00:01" }));
    for number in 1..=3 {
        world.send("u@a.test", &format!("number {number}"));
        heard.wait_for("QUIT", number);
    }
    assert_eq!(sink.connections(), 3);
    let idle = |number| heard.wait_for("QUIT", number) - heard.wait_for("END", number);
    let idle = [idle(1), idle(2), idle(3)];
    assert!(idle.iter().all(|idle| *idle >= Duration::from_millis(900)), "{idle:?}");
    // A machine with much to do makes some of them longer; two seconds are the most otherwise.
    assert!(idle.iter().any(|idle| *idle < Duration::from_millis(1900)), "{idle:?}");
}

#[test]
fn a_silent_host_is_given_up_after_connection_inactivity_time_out() {
    let world = World::of(&["a"]);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = Mutex::new(held);
    let answers = Answers::scripted(move |verb, _, count| {
        // Until the test is over.
        if verb == "MAIL" && count == 1 {
            let _ = held.lock().expect("not poisoned").recv();
        }
        None
    });
    let sink = Sink::answering(world.host, PORT, answers);
    connector(&world.relais, json!({ "ConnectionInactivityTimeOut": "00:00:01" }));
    world.send("u@a.test", "patience");
    world.relais.wait_for_error("did not answer in time", SOON);
    assert_eq!(sink.count(), 0);
    drop(release);
}

#[test]
fn smtp_max_messages_per_connection_is_exact() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.transport(json!({ "MaxPerDomainOutboundConnections": 1 }));
    connector(&world.relais, json!({ "SmtpMaxMessagesPerConnection": 2, "Enabled": false }));
    for number in 1..=5 {
        world.send("u@a.test", &format!("number {number}"));
    }
    world.relais.wait_for_unreachable(5);
    set(&world.relais, "Enabled", json!(true));
    let arrived = sink.wait_for(5, SOON);
    let connections: Vec<usize> = arrived.iter().map(|message| message.connection).collect();
    assert_eq!(connections, [1, 1, 2, 2, 3]);
}

#[test]
fn external_dns_servers_are_asked_only_by_who_is_told_to() {
    let (inside, outside) = (address(), address());
    let world = World::with(address(), &[]);
    let zone = |host| ["a MX 10 mail".to_owned(), format!("mail A {host}")];
    let (internal, external) = (zone(inside), zone(outside));
    let start = |records: &[String; 2]| {
        NameServer::start(address(), &records.each_ref().map(String::as_str))
    };
    let (internal, external) = (start(&internal), start(&external));
    world.transport(json!({
        "InternalDNSAdapterEnabled": false,
        "InternalDNSServers": [internal.address().to_string()],
        "ExternalDNSAdapterEnabled": false,
        "ExternalDNSServers": [external.address().to_string()],
    }));
    let (inside, outside) = (Sink::start(inside, PORT), Sink::start(outside, PORT));
    connector(&world.relais, json!({}));
    world.send("u@a.test", "seen from inside");
    inside.wait_for(1, SOON);
    set(&world.relais, "UseExternalDNSServersEnabled", json!(true));
    world.send("u@a.test", "seen from outside");
    outside.wait_for(1, SOON);
    set(&world.relais, "UseExternalDNSServersEnabled", json!(false));
    world.send("u@a.test", "seen from inside again");
    inside.wait_for(2, SOON);
    assert_eq!(outside.count(), 1);
}

/// A Mailbox server has no source address of its own choice; a comment is for administrators.
#[test]
fn source_ip_address_and_comment_change_nothing_outside() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    connector(&world.relais, json!({ "SourceIPAddress": "0.0.0.0", "Comment": "für Fabrikam" }));
    world.send("u@a.test", "plain");
    let message = sink.wait_for(1, SOON).remove(0);
    assert_eq!(message.client, std::net::Ipv4Addr::LOCALHOST);
    assert!(!message.text().contains("Fabrikam"));
    let refused = world
        .relais
        .try_run("Set-SendConnector", json!({ "Identity": "All", "SourceIPAddress": "127.0.0.9" }))
        .expect_err("Edge servers only");
    assert_eq!(refused.field("id"), "SC-20");
    set(&world.relais, "Comment", json!(null));
    world.send("u@a.test", "as before");
    assert_eq!(sink.wait_for(2, SOON)[1].client, std::net::Ipv4Addr::LOCALHOST);
    let shown = &world.relais.run("Get-SendConnector", json!({}))[0];
    assert_eq!((&shown["Comment"], &shown["SourceIPAddress"]), (&json!(null), &json!("0.0.0.0")));
}

#[test]
fn error_policies_judge_particular_replies() {
    const REPLIES: &str = "downgrade_replies = [\"554 5.7.*\"]\n\
                           upgrade_replies = [\"450\"]\n";
    let world = World::of_with(&["a"], Settings { toml: REPLIES, ..Settings::default() });
    world.transport(json!({ "MessageRetryInterval": "00:00:01" }));
    let anna = world.sender("anna", &[]);
    let answers = Answers::scripted(|verb, argument, count| {
        let (stage, reply) = match argument {
            // Its mind changes.
            a if a.contains("moody@") && count < 3 => ("RCPT", "554 5.7.26 Not today"),
            a if a.contains("full@") => ("RCPT", "450 4.2.2 Mailbox full"),
            a if a.contains("never@") => ("RCPT", "550 5.1.1 Nobody"),
            _ => return None,
        };
        (verb == stage).then(|| reply.to_owned())
    });
    let sink = Sink::answering(world.host, PORT, answers);
    connector(
        &world.relais,
        json!({ "ErrorPolicies": "DowngradeCustomFailures,UpgradeCustomFailures" }),
    );
    let to = ["moody@a.test", "full@a.test", "never@a.test"];
    let text = message(&anna, "somebody", "to three");
    assert_eq!(Smtp::hello(world.relais.relay()).deliver(&anna, &to, &text).code, 250);
    // The downgraded one waits with the host's words, and arrives.
    world.relais.wait_for_error("554 5.7.26 Not today", SOON);
    let arrived = sink.wait_for(1, SOON);
    assert_eq!(arrived[0].recipients, ["TO:<moody@a.test>"]);
    // The upgraded one and the permanent one are reported.
    let reports = until("both are reported", SOON, || {
        let all = world.relais.maildir(&anna).join("\n");
        (all.contains("full@a.test") && all.contains("never@a.test")).then_some(all)
    });
    assert!(reports.contains("Status: 5.2.2"), "{reports}");
    assert!(reports.contains("450 4.2.2 Mailbox full"), "{reports}");
    assert!(!reports.contains("moody@a.test"), "{reports}");
    world.relais.wait_until_empty(SOON);
    // By default SMTP's own meaning counts.
    set(&world.relais, "ErrorPolicies", json!("Default"));
    world.send_as(&anna, "full@a.test", "patience");
    world.relais.wait_for_error("450 4.2.2 Mailbox full", SOON);
    let before = world.relais.maildir(&anna).len();
    consistently("it waits", Duration::from_secs(1), || {
        world.relais.maildir(&anna).len() == before
    });
}
