//! Mail that leaves through Front End Transport: seed-walkthrough.md C4 to C6, routing.md
//! section 7, and what a front end does not do.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    process::{Command, Stdio},
    time::Duration,
};

use end_to_end::{
    Postfix, Relais, SOON, Settings, Sink, Smtp, address, consistently, message, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, World};

const NAME: &str = "cas01.contoso.com";

/// A world whose front end may reach loopback, sends from an address of its own, and has a
/// proxied connector to `*`.
fn proxied(domains: &[&str]) -> (World, Ipv4Addr) {
    let world = World::of_with(domains, allowing());
    let egress = egress_of(&world.relais);
    world.relais.send_connector("Out", "*", PORT);
    proxy(&world.relais, true);
    (world, egress)
}

fn allowing() -> Settings {
    Settings { toml: "[frontend]\nallow = [\"127.0.0.0/8\"]\n", ..Settings::default() }
}

fn egress_of(relais: &Relais) -> Ipv4Addr {
    let egress = address();
    relais.run(
        "Set-FrontendTransportService",
        json!({ "Identity": "MBX01\\Frontend", "EgressAddresses": [format!("{egress};{NAME}")] }),
    );
    egress
}

fn proxy(relais: &Relais, on: bool) {
    relais.run("Set-SendConnector", json!({ "Identity": "Out", "FrontendProxyEnabled": on }));
}

fn front_end(relais: &Relais, state: &str) {
    component(relais, "FrontendTransport", state);
}

fn component(relais: &Relais, component: &str, state: &str) {
    let parameters = json!({
        "Identity": "MBX01", "Component": component, "State": state, "Requester": "Maintenance",
    });
    relais.run("Set-ServerComponentState", parameters);
}

fn listens(at: SocketAddr) -> bool {
    std::net::TcpStream::connect(at).is_ok()
}

/// Hands a message to the Transport service itself: a front end's connectors are closed.
fn by_hub(relais: &Relais, to: &str, subject: &str) {
    let rights = ["ms-Exch-SMTP-Accept-Any-Recipient"];
    let settings = json!({ "TransportRole": "HubTransport", "ExtendedRights": rights });
    let hub = relais.receive_connector("Hub", 10027, settings);
    let from = "stranger@elsewhere.example";
    let reply = Smtp::hello(hub).deliver(from, &[to], &message(from, to, subject));
    assert_eq!(reply.code, 250, "{reply:?}");
}

#[test]
fn the_outside_sees_the_front_end_and_directly_the_server() {
    let (world, egress) = proxied(&["a"]);
    let sink = world.sink(PORT);
    world.send("u@a.test", "through");
    let through = sink.wait_for(1, SOON).remove(0);
    assert_eq!((through.client, through.hello.as_str()), (egress.into(), NAME));
    assert!(!through.text().contains(NAME), "the hop adds no trace:\n{}", through.text());

    // The connector's own name goes before the egress's.
    world.relais.run("Set-SendConnector", json!({ "Identity": "Out", "Fqdn": "mail.contoso.com" }));
    world.send("u@a.test", "named");
    let named = sink.wait_for(2, SOON).remove(1);
    assert_eq!((named.client, named.hello.as_str()), (egress.into(), "mail.contoso.com"));

    world.relais.run("Set-SendConnector", json!({ "Identity": "Out", "Fqdn": null }));
    proxy(&world.relais, false);
    world.send("u@a.test", "direct");
    let direct = sink.wait_for(3, SOON).remove(2);
    assert_ne!(direct.client, std::net::IpAddr::from(egress));
    assert_eq!(direct.hello, "mbx01.contoso.com");
}

#[test]
fn tls_is_end_to_end_with_postfix() {
    let host = address();
    let postfix = Postfix::with(host, PORT, &["a.test"], "smtpd_tls_security_level = encrypt\n");
    let records = ["a MX 10 mail", &format!("mail A {host}")];
    let world = World::start(host, &records, allowing());
    let egress = egress_of(&world.relais);
    world.relais.send_connector_with(
        "Out",
        json!({
            "AddressSpaces": ["*"], "Port": PORT, "RequireTLS": true, "FrontendProxyEnabled": true,
        }),
    );
    world.send("u@a.test", "sealed");
    let arrived = postfix.wait_for(1, SOON).remove(0);
    for part in [format!("from {NAME}"), egress.to_string(), "using TLSv1.3".to_owned()] {
        assert!(arrived.contains(&part), "{part} is missing in\n{arrived}");
    }
    let log = world.relais.data().join("logs/Connectivity/FrontEnd");
    until("rows of the front end", SOON, || {
        let text: String = fs::read_dir(&log)
            .ok()?
            .filter_map(|file| fs::read_to_string(file.ok()?.path()).ok())
            .collect();
        let target = format!("{host}:{PORT}");
        (text.contains(&target) && text.contains(&format!("connected from {egress}"))).then_some(())
    });
}

#[test]
fn while_the_front_end_is_inactive_mail_waits_and_then_leaves() {
    let (world, egress) = proxied(&["a"]);
    let sink = world.sink(PORT);
    let relais = &world.relais;
    world.send("u@a.test", "before");
    sink.wait_for(1, SOON);

    front_end(relais, "Inactive");
    until("the front end has closed", SOON, || {
        (!listens(relais.outbound_proxy()) && !listens(relais.front())).then_some(())
    });
    by_hub(relais, "u@a.test", "waits");
    let waiting = relais.wait_for_error("MBX01 is not Active", SOON);
    assert_eq!((&waiting["Status"], &waiting["Subject"]), (&json!("Retry"), &json!("waits")));
    // The destination has done nothing wrong: its retries are not counted.
    let queue = || relais.queues().into_iter().find(|q| q["NextHopDomain"] == "a.test");
    consistently("nothing leaves directly, no ladder is climbed", Duration::from_secs(3), || {
        let queue = queue().expect("the queue");
        // In the moment of an attempt it is Connecting.
        queue["Status"] != "Active" && queue["RetryCount"] == 0 && sink.connections() == 1
    });
    front_end(relais, "Active");
    let after = sink.wait_for(2, SOON).remove(1);
    assert_eq!(after.client, std::net::IpAddr::from(egress));
    relais.wait_until_empty(SOON);
}

/// Closing the door is not enough: who is inside must not begin anything new either.
#[test]
fn an_open_session_begins_nothing_once_the_part_is_out_of_service() {
    let relais = Relais::sandbox();
    let from = "stranger@elsewhere.example";
    let to = "jean@contoso.com";
    for (part, state) in [("HubTransport", "Draining"), ("FrontendTransport", "Inactive")] {
        let (mut idle, mut begun) = (Smtp::hello(relais.front()), Smtp::hello(relais.front()));
        begun.envelope(from, to);
        component(&relais, part, state);
        let refused = idle.say(&format!("MAIL FROM:<{from}>"));
        assert_eq!(refused.text(), "421 4.3.2 Service not active", "{part}");
        assert!(idle.try_reply().is_none(), "{part}: the session has ended");
        assert_eq!(begun.say("DATA").code, 354, "{part}: what was begun may be finished");
        begun.send(b"Subject: begun\r\n\r\n.\r\n");
        assert_eq!(begun.reply().code, 250, "{part}");
        assert_eq!(begun.say(&format!("MAIL FROM:<{from}>")).code, 421, "{part}");
        component(&relais, part, "Active");
        until("it listens again", SOON, || listens(relais.front()).then_some(()));
    }
}

#[test]
fn a_front_end_that_is_inactive_stays_so_after_a_restart() {
    let (mut world, _) = proxied(&["a"]);
    front_end(&world.relais, "Inactive");
    world.relais.stop();
    world.relais.resume();
    let state = |relais: &Relais| {
        let component = json!({ "Identity": "MBX01", "Component": "FrontendTransport" });
        relais.run("Get-ServerComponentState", component).remove(0)["State"].clone()
    };
    assert_eq!(state(&world.relais), "Inactive");
    assert!(!listens(world.relais.outbound_proxy()));
    front_end(&world.relais, "Active");
    assert_eq!(state(&world.relais), "Active");
    until("it listens", SOON, || listens(world.relais.outbound_proxy()).then_some(()));
}

#[test]
fn a_failing_destination_is_told_apart_from_a_failing_front_end() {
    let (world, _) = proxied(&["a"]);
    // Nobody listens at mail.test.
    world.send("u@a.test", "refused");
    let waiting = world.relais.wait_for_error("connection refused", SOON);
    let error = waiting["LastError"].as_str().unwrap_or_default();
    assert!(error.contains("through front end MBX01"), "{error}");
    until("its ladder is climbed", SOON, || {
        let queues = world.relais.queues();
        let queue = queues.iter().find(|q| q["NextHopDomain"] == "a.test")?;
        (queue["RetryCount"].as_u64()? > 0).then_some(())
    });
    let sink = world.sink(PORT);
    sink.wait_for(1, SOON);
}

#[test]
fn loopback_is_refused_unless_it_is_a_smart_host_or_allowed() {
    let world = World::of(&["a"]);
    egress_of(&world.relais);
    let sink = world.sink(PORT);
    world.relais.send_connector("Out", "*", PORT);
    proxy(&world.relais, true);
    world.send("u@a.test", "not allowed");
    let waiting = world.relais.wait_for_error("not allowed by its rules", SOON);
    assert!(waiting["LastError"].as_str().is_some_and(|e| e.contains("[frontend] allow")));
    assert_eq!(sink.connections(), 0);
    // An address that an administrator made a smart host is thereby configured.
    world.relais.run(
        "Set-SendConnector",
        json!({
            "Identity": "Out",
            "DNSRoutingEnabled": false,
            "SmartHosts": [world.host.to_string()],
        }),
    );
    sink.wait_for(1, SOON);
}

/// Without a certificate of the organization's servers nobody gets so much as an answer.
#[test]
fn a_socks_client_without_a_certificate_gets_nothing() {
    let (world, _) = proxied(&["a"]);
    let sink = world.sink(PORT);
    let proxy = world.relais.outbound_proxy();
    let request = |target: SocketAddr| {
        let SocketAddr::V4(v4) = target else { panic!("IPv4") };
        let mut bytes = vec![5, 1, 0, 5, 1, 0, 1];
        bytes.extend(v4.ip().octets());
        bytes.extend(v4.port().to_be_bytes());
        bytes
    };
    // In clear.
    let mut clear = Smtp::open(proxy);
    let _ = clear.try_send(&request(sink.address()));
    let said = clear.rest();
    assert!(!said.as_bytes().starts_with(&[5]), "{said:?}");
    // Encrypted, by OpenSSL, which trusts the authority and has nothing to show.
    let mut openssl = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &proxy.to_string()])
        .arg("-CAfile")
        .arg(world.relais.authority())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl");
    let mut input = openssl.stdin.take().expect("piped");
    let _ = std::io::Write::write_all(&mut input, &request(sink.address()));
    let output = openssl.wait_with_output().expect("openssl ends");
    drop(input);
    assert!(output.stdout.is_empty(), "{:?}", output.stdout);
    let why = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(why.contains("certificate required"), "{why}");
    assert_eq!(sink.connections(), 0);
}

#[test]
fn an_inactive_transport_service_takes_and_sends_nothing() {
    let world = World::of(&["a"]);
    let sink = Sink::answering(
        world.host,
        PORT,
        end_to_end::Answers::scripted(|verb, _, times| {
            (verb == "RCPT" && times == 1).then(|| "451 4.3.0 later".to_owned())
        }),
    );
    world.relais.send_connector("Out", "*", PORT);
    world.transport(json!({ "MessageRetryInterval": "00:00:02" }));
    world.send("u@a.test", "queued");
    world.relais.wait_for_error("451 4.3.0 later", SOON);
    component(&world.relais, "HubTransport", "Inactive");
    until("it takes nothing", SOON, || (!listens(world.relais.relay())).then_some(()));
    consistently("nothing is sent", Duration::from_secs(4), || sink.count() == 0);
    assert_eq!(world.relais.messages().len(), 1);
    component(&world.relais, "HubTransport", "Active");
    sink.wait_for(1, SOON);
    until("it takes mail", SOON, || listens(world.relais.relay()).then_some(()));
}

#[test]
fn settings_and_states_by_cmdlet() {
    let relais = Relais::sandbox();
    let shown: Vec<Value> =
        relais.run("Get-FrontendTransportService", json!({ "Identity": "MBX01\\Frontend" }));
    assert_eq!(shown[0]["Identity"], "MBX01\\Frontend");
    assert_eq!(shown[0]["EgressAddresses"], json!(["127.0.0.17;frontend.contoso.com"]));
    assert_eq!(shown[0]["IntraOrgConnectorProtocolLoggingLevel"], "Verbose");
    let refused = relais
        .try_run(
            "Set-FrontendTransportService",
            json!({ "Identity": "MBX01", "EgressAddresses": ["nowhere"] }),
        )
        .expect_err("not an egress");
    assert_eq!((refused.status, refused.field("value")), (400, "nowhere"));
    let text = relais.shell_ok(
        "Set-FrontendTransportService MBX01 -TransientFailureRetryCount 7; \
         (Get-FrontendTransportService MBX01).TransientFailureRetryCount; \
         Set-ServerComponentState MBX01 -Component ServerWideOffline -State Inactive -Requester Sidelined; \
         Set-ServerComponentState MBX01 -Component HubTransport -State Inactive -Requester Maintenance; \
         Set-ServerComponentState MBX01 -Component HubTransport -State Active -Requester Maintenance; \
         Get-ServerComponentState MBX01 | Format-Table Server,Component,State",
    );
    assert!(text.contains('7') && text.contains("HubTransport is still Inactive"), "{text}");
    assert_eq!(text.matches("mbx01.contoso.com").count(), 3, "{text}");
}
