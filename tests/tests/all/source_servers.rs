//! Several Mailbox servers of one organization: mail that a server has accepted and may not send leaves through a source
//! server of its connector (routing.md sections 3, 4 and 6), as what it was when it came; and `Redirect-Message`.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    process::{Command, Stdio},
    time::Duration,
};

use end_to_end::{
    Answers, Authority, NameServer, Relais, SECOND, SOON, Settings, Siblings, Sink, Smtp, Twins,
    address, arc_verdict, consistently, message, python_send, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER};

const THIRD: &str = "MBX03";

/// Names, and the mail exchanger of `a.test`.
fn names() -> (NameServer, Ipv4Addr) {
    let host = address();
    let records = [
        format!("mail A {host}"),
        "a MX 10 mail".to_owned(),
        "pass TXT \"v=spf1 ip4:127.0.0.0/8 -all\"".to_owned(),
    ];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    (NameServer::start(address(), &records), host)
}

fn settings(dns: &NameServer) -> Settings {
    Settings { dns: Some(dns.address()), ..Settings::default() }
}

/// A connector to everywhere that these servers use.
fn connector(relais: &Relais, sources: &[&str]) {
    let settings =
        json!({ "AddressSpaces": ["*"], "Port": PORT, "SourceTransportServers": sources });
    relais.send_connector_with("Out", settings);
}

/// Two servers of which only the second sends.
fn twins(dns: &NameServer) -> Twins {
    Twins::start(settings(dns), |first| connector(first, &[SECOND]))
}

fn hand_in(relais: &Relais, subject: &str) {
    let to = "u@a.test";
    let reply =
        Smtp::hello(relais.relay()).deliver(STRANGER, &[to], &message(STRANGER, to, subject));
    assert_eq!(reply.code, 250, "{reply:?}");
}

fn only(relais: &Relais) -> Value {
    let mut messages = until("a message waits", SOON, || {
        Some(relais.messages()).filter(|messages| !messages.is_empty())
    });
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages.remove(0)
}

/// A sink that offers DSN too.
fn with_dsn(host: Ipv4Addr) -> Sink {
    let mut answers = Answers::default();
    answers.extensions.push("DSN");
    Sink::answering(host, PORT, answers)
}

#[test]
fn mail_leaves_from_a_source_server_as_what_it_was() {
    let (dns, host) = names();
    let twins = twins(&dns);
    let sink = with_dsn(host);
    let mut smtp = Smtp::hello(twins.first.relay());
    let mail = format!("MAIL FROM:<{STRANGER}> BODY=8BITMIME RET=HDRS ENVID=QQ314159");
    assert_eq!(smtp.say(&mail).code, 250);
    let to = "RCPT TO:<u@a.test> NOTIFY=DELAY,FAILURE ORCPT=rfc822;alias@a.test";
    assert_eq!(smtp.say(to).code, 250);
    assert_eq!(smtp.say("DATA").code, 354);
    let content = message(STRANGER, "u@a.test", "é");
    let reply = smtp.say(&format!("X-MS-Exchange-Organization-SCL: 1\r\n{content}\r\n."));
    assert_eq!(reply.code, 250, "{reply:?}");

    let received = sink.wait_for(1, SOON).remove(0);
    let text = received.text();
    assert_eq!(received.hello, "mbx02.contoso.com");
    for word in ["RET=HDRS", "ENVID=QQ314159"] {
        assert!(received.mail.contains(word), "{}", received.mail);
    }
    assert!(!received.mail.contains("XATTR"), "{}", received.mail);
    assert!(
        received.recipients[0].contains("NOTIFY=FAILURE,DELAY ORCPT=rfc822;alias@a.test"),
        "{:?}",
        received.recipients
    );
    // A trace field of each server, the last one on top; nothing that only our servers are to see.
    let hops: Vec<&str> = text.lines().filter(|line| line.starts_with("\tby ")).collect();
    assert!(hops.len() == 2 && hops[0].starts_with("\tby mbx02.contoso.com with ESMTPS"), "{text}");
    assert!(hops[1].starts_with("\tby mbx01.contoso.com with ESMTP"), "{text}");
    assert!(text.contains("Received: from mbx01.contoso.com"), "{text}");
    assert!(!text.contains("X-MS-Exchange-Organization"), "{text}");
    twins.first.wait_until_empty(SOON);
    twins.second.wait_until_empty(SOON);
}

#[test]
fn it_waits_for_a_source_server_and_keeps_its_time() {
    let (dns, host) = names();
    let mut twins = twins(&dns);
    twins.second.stop();
    hand_in(&twins.first, "waits");
    let waits = twins.first.wait_for_error("mbx02.contoso.com", SOON);
    assert_eq!((&waits["Status"], &waits["FromAddress"]), (&json!("Retry"), &json!(STRANGER)));
    let queues = twins.first.queues();
    let queue = queues.iter().find(|queue| queue["Identity"] == waits["Queue"]).expect("its queue");
    assert_eq!(queue["DeliveryType"], "SmtpRelayToConnectorSourceServers", "{queue}");
    assert_eq!(
        (&queue["NextHopDomain"], &queue["NextHopCategory"]),
        (&json!("Out"), &json!("Internal"))
    );
    assert_eq!(queue["Status"], "Retry", "{queue}");

    // There is nobody at the mail exchanger yet: it comes to the second server, and waits there.
    twins.second.resume();
    let moved = only(&twins.second);
    for property in ["DateReceived", "FromAddress", "Subject", "InternetMessageId", "SourceIP"] {
        assert_eq!(moved[property], waits[property], "{property}: {moved}");
    }
    twins.first.wait_until_empty(SOON);
    let sink = Sink::start(host, PORT);
    assert_eq!(sink.wait_for(1, SOON)[0].hello, "mbx02.contoso.com");
}

#[test]
fn what_it_wants_of_tls_holds_on_the_source_server() {
    let (dns, _) = names();
    let (anna, password) = ("anna@contoso.com", "a Secret of the Sender 3");
    let twins = Twins::start(settings(&dns), |first| {
        connector(first, &[SECOND]);
        first.mailbox("anna", password);
    });
    let directory = tempfile::tempdir().expect("temporary directory");
    let submit = |options: &str, lines: &str| {
        let file = directory.path().join("message");
        let content = message(anna, "u@a.test", options);
        std::fs::write(&file, format!("{lines}{content}")).expect("the message");
        let (file, sender) = (file.display().to_string(), format!("{anna}{options}"));
        let arguments = ["starttls", anna, password, &sender, &file, "u@a.test"];
        let to = twins.first.submission();
        let (good, said) = python_send(to, &twins.first.authority(), &arguments);
        assert!(good, "{said}");
    };
    submit(" REQUIRETLS", "");
    submit("", "TLS-Required: No\r\n");
    let moved = until("both wait on the second server", SOON, || {
        Some(twins.second.messages()).filter(|messages| messages.len() == 2)
    });
    let mut wanted: Vec<&str> =
        moved.iter().filter_map(|message| message["TlsRequirement"].as_str()).collect();
    wanted.sort_unstable();
    assert_eq!(wanted, ["NotRequired", "Required"], "{moved:?}");
    twins.first.wait_until_empty(SOON);
}

#[test]
fn a_stranger_stays_a_stranger() {
    let (mut dns, host) = names();
    let twins = Twins::start(settings(&dns), |first| {
        connector(first, &[SECOND]);
        let relayed =
            json!({ "Name": "a.test", "DomainName": "a.test", "DomainType": "InternalRelay" });
        first.run("New-AcceptedDomain", relayed);
        let made = first.run("New-DkimSigningConfig", json!({ "DomainName": "a.test" })).remove(0);
        let lines = made["Records"].as_array().expect("records").iter();
        let lines: Vec<&str> = lines.map(|line| line.as_str().expect("a line")).collect();
        dns.add(&lines);
        let on = json!({ "Identity": "a.test", "Enabled": true });
        first.run("Set-DkimSigningConfig", on);
    });
    let sink = Sink::start(host, PORT);
    // He writes as one of ours, and pretends that our second server has looked at him.
    let content = "Authentication-Results: mbx02.contoso.com; spf=pass; arc=none\r\n\
         From: <boss@a.test>\r\nTo: <u@a.test>\r\nSubject: x\r\n\r\nx\r\n";
    let (mut smtp, _) = Smtp::connect(twins.first.front());
    assert_eq!(smtp.say("EHLO client.test").code, 250);
    let reply = smtp.deliver("a@pass.test", &["u@a.test"], content);
    assert_eq!(reply.code, 250, "{reply:?}");
    let text = sink.wait_for(1, SOON).remove(0).text();
    assert!(!text.contains("DKIM-Signature"), "nobody vouches for him:\n{text}");
    assert!(!text.contains("mbx02.contoso.com; spf"), "{text}");
    // What the first server has found out is sealed by the second.
    let seal = "ARC-Authentication-Results: i=1; mbx01.contoso.com;\r\n\tspf=pass";
    assert!(text.starts_with("ARC-Seal: i=1;") && text.contains(seal), "{text}");
    assert_eq!(arc_verdict(dns.address(), &text), "pass 1 success", "{text}");
}

#[test]
fn only_servers_of_the_organization_are_let_in() {
    let (dns, _) = names();
    let twins = twins(&dns);
    let mut smtp = Smtp::open(twins.second.server_to_server());
    smtp.reply();
    let hello = smtp.say("EHLO mbx01.contoso.com");
    assert!(hello.offers("STARTTLS") && !hello.offers("XATTR"), "{hello:?}");
    assert_eq!(
        smtp.say(&format!("MAIL FROM:<{STRANGER}>")).text(),
        "530 5.7.57 Client was not authenticated to send mail"
    );
    // Where strangers may send, what servers tell each other is not taken from them.
    let mut smtp = Smtp::hello(twins.first.relay());
    let told = "1;00000000-0000-0000-0000-000000000000;0;0;-;1;-";
    let reply = smtp.say(&format!("MAIL FROM:<{STRANGER}> XATTR={told}"));
    assert_eq!(reply.text(), "555 5.5.4 Unsupported option");
}

/// What is said under TLS to a client that shows a certificate for our first server's name, which another authority has
/// made; with `protocol`, one that names our protocol.
fn says_with_a_foreign_certificate(to: SocketAddr, protocol: bool) -> String {
    let authority = Authority::new("Contoso");
    let issued = authority.issue("DNS:mbx01.contoso.com");
    let (key, chain) = issued.files();
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-starttls", "smtp", "-connect", &to.to_string()]);
    command.arg("-key").arg(key).arg("-cert").arg(chain);
    if protocol {
        command.args(["-alpn", "relais-smtp"]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut client = command.spawn().expect("openssl");
    let commands = format!("EHLO mbx01.contoso.com\r\nMAIL FROM:<{STRANGER}>\r\nQUIT\r\n");
    // It may have been shut out already.
    let _ = client.stdin.take().expect("piped").write_all(commands.as_bytes());
    let output = client.wait_with_output().expect("openssl");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_certificate_of_another_authority_opens_nothing() {
    let (dns, _) = names();
    let twins = twins(&dns);
    let door = twins.second.server_to_server();
    let said = says_with_a_foreign_certificate(door, false);
    assert!(said.contains("250-") && !said.contains("XATTR"), "{said}");
    assert!(said.contains("530 5.7.57"), "{said}");
    let said = says_with_a_foreign_certificate(door, true);
    assert!(!said.contains("250-mbx02.contoso.com Hello") && !said.contains("XATTR"), "{said}");
}

#[test]
fn source_servers_share_and_stand_in_for_each_other() {
    let (dns, host) = names();
    let mut all = Siblings::start(settings(&dns), &[SECOND, THIRD], |first| {
        connector(first, &[SECOND, THIRD]);
        // A connection for each message: they are shared out by connections.
        let one = json!({
            "Identity": "MBX01", "IntraOrgConnectorSmtpMaxMessagesPerConnection": 1,
        });
        first.run("Set-TransportService", one);
    });
    let sink = Sink::start(host, PORT);
    let from = |count: usize, hello: &str| {
        sink.received()[count..].iter().filter(|message| message.hello == hello).count()
    };
    for number in 1..=8 {
        hand_in(&all.first, &format!("shared {number}"));
        sink.wait_for(number, SOON);
    }
    let shares = (from(0, "mbx02.contoso.com"), from(0, "mbx03.contoso.com"));
    assert_eq!(shares.0 + shares.1, 8);
    assert!(shares.0 >= 2 && shares.1 >= 2, "{shares:?}");

    all.others[1].kill();
    for number in 1..=6 {
        hand_in(&all.first, &format!("one is dead {number}"));
        sink.wait_for(8 + number, SOON);
    }
    assert_eq!(from(8, "mbx02.contoso.com"), 6, "nothing waits for the dead one");

    all.others[0].kill();
    hand_in(&all.first, "both are dead");
    let waits = all.first.wait_for_error("451 4.4.0 Primary target IP address responded", SOON);
    assert!(waits["LastError"].as_str().is_some_and(|e| e.contains(".contoso.com")), "{waits}");
    consistently("nothing leaves", Duration::from_millis(500), || sink.count() == 14);
    all.others[1].resume();
    assert_eq!(sink.wait_for(15, SOON)[14].hello, "mbx03.contoso.com");
}

#[test]
fn servers_whose_directories_differ_do_not_play_ball() {
    let (dns, host) = names();
    let twins = twins(&dns);
    let sink = Sink::start(host, PORT);
    let sources = |server: &Relais, sources: &[&str]| {
        let set = json!({ "Identity": "Out", "SourceTransportServers": sources });
        server.run("Set-SendConnector", set);
    };
    sources(&twins.second, &["MBX01"]);
    hand_in(&twins.first, "back and forth");
    let waits = twins.first.wait_for_error("451 4.4.6", SOON);
    let why = waits["LastError"].as_str().expect("text");
    assert!(why.contains("Out is used by MBX01") && why.contains("differ"), "{why}");
    assert_eq!(twins.second.messages().len() + sink.count(), 0);
    // They agree again.
    sources(&twins.second, &[SECOND]);
    let queue = waits["Queue"].clone();
    twins.first.run("Retry-Queue", json!({ "Identity": queue }));
    assert_eq!(sink.wait_for(1, SOON)[0].hello, "mbx02.contoso.com");
    twins.first.wait_until_empty(SOON);
}

#[test]
fn a_message_that_has_passed_too_often_comes_back() {
    let (dns, _) = names();
    let twins = twins(&dns);
    twins.first.mailbox("anna", "a Secret of the Sender 3");
    let hop =
        "Received: from x by mbx02.contoso.com with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\r\n";
    let content = message("anna@contoso.com", "u@a.test", "round and round");
    let content = format!("{}{content}", hop.repeat(9));
    let reply =
        Smtp::hello(twins.first.relay()).deliver("anna@contoso.com", &["u@a.test"], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    let report = twins.first.wait_for_mail("anna@contoso.com", 1, SOON).remove(0);
    assert!(report.contains("5.4.6") && report.contains("Hop count exceeded"), "{report}");
    assert!(report.contains("mbx02.contoso.com"), "{report}");
}

#[test]
fn redirected_messages_leave_from_the_other_server() {
    let (dns, host) = names();
    let settings = Settings { glitch_retry_count: 0, ..settings(&dns) };
    let twins = Twins::start(settings, |first| connector(first, &["MBX01", SECOND]));
    for number in 0..30 {
        hand_in(&twins.first, &format!("redirected {number}"));
    }
    until("all wait on the first", SOON, || (twins.first.messages().len() == 30).then_some(()));
    let one = |target: &str| json!({ "Server": "MBX01", "Target": target });
    let unknown = twins.first.try_run("Redirect-Message", one("mbx09.contoso.com"));
    let problem = unknown.expect_err("there is no such server");
    assert_eq!(problem.status, 404, "{problem:?}");
    twins.first.wait_for_error("451 4.4.0", SOON);
    twins.first.run("Redirect-Message", one("mbx02.contoso.com"));
    until("all wait on the second", SOON, || (twins.second.messages().len() == 30).then_some(()));
    twins.first.wait_until_empty(SOON);
    let sink = Sink::start(host, PORT);
    for queue in twins.second.queues() {
        if queue["Status"] == "Retry" {
            twins.second.run("Retry-Queue", json!({ "Identity": queue["Identity"] }));
        }
    }
    let received = sink.wait_for(30, SOON);
    assert!(received.iter().all(|message| message.hello == "mbx02.contoso.com"));
    // New mail is taken again, and leaves from where it is.
    hand_in(&twins.first, "afterwards");
    for queue in twins.first.queues() {
        if queue["Status"] == "Retry" {
            twins.first.run("Retry-Queue", json!({ "Identity": queue["Identity"] }));
        }
    }
    assert_eq!(sink.wait_for(31, SOON)[30].hello, "mbx01.contoso.com");
}
