//! Delivery to Postfix, named by NSD, with mail from swaks: nobody here wrote the other sides.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{Answers, Postfix, SOON, Sink, Smtp, address, consistently, swaks};
use serde_json::json;

use crate::world::{PORT, STRANGER, World};

/// A world whose domain a.test is at a Postfix.
fn with_postfix(extra: &str) -> (World, Postfix) {
    let host = address();
    let postfix = Postfix::with(host, PORT, &["a.test"], extra);
    let world = World::with(host, &["a MX 10 mail", &format!("mail A {host}")]);
    (world, postfix)
}

#[test]
fn a_message_of_swaks_reaches_postfix_encrypted_and_whole() {
    let (world, postfix) = with_postfix("smtpd_tls_security_level = may\n");
    world.relais.send_connector("All", "*", PORT);
    let (good, said) = swaks(
        world.relais.relay(),
        &[
            "--from",
            STRANGER,
            "--to",
            "u@a.test",
            "--header",
            "Subject: =?utf-8?q?d=C3=A9j=C3=A0_vu?=",
            "--body",
            "first line\\n.\\n..\\nlast line",
        ],
    );
    assert!(good && said.contains("Queued mail for delivery"), "{said}");
    let message = postfix.wait_for(1, SOON).remove(0);
    for part in [
        "X-Original-To: u@a.test",
        "Return-Path: <stranger@elsewhere.example>",
        "using TLSv1.3",
        "by mbx01.contoso.com",
        "from swaks.example",
        "Subject: =?utf-8?q?d=C3=A9j=C3=A0_vu?=",
        "first line\n.\n..\nlast line",
    ] {
        assert!(message.contains(part), "{part} is missing in\n{message}");
    }
    world.relais.wait_until_empty(SOON);
    consistently("it arrives once", Duration::from_secs(1), || postfix.messages().len() == 1);
}

#[test]
fn ignore_starttls_means_in_clear() {
    let (world, postfix) = with_postfix("smtpd_tls_security_level = may\n");
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "IgnoreSTARTTLS": true }),
    );
    world.send("u@a.test", "in clear");
    let message = postfix.wait_for(1, SOON).remove(0);
    assert!(!message.contains("using TLSv1"), "{message}");
}

#[test]
fn require_tls_never_sends_in_clear() {
    let (world, postfix) = with_postfix("smtpd_tls_security_level = none\n");
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "RequireTLS": true }),
    );
    world.send("u@a.test", "secret");
    let waiting = world.relais.wait_for_error("STARTTLS", SOON);
    assert_eq!(waiting["Status"], "Retry");
    consistently("nothing leaves", Duration::from_secs(2), || postfix.messages().is_empty());
    world.relais.run("Set-SendConnector", json!({ "Identity": "All", "RequireTLS": false }));
    postfix.wait_for(1, SOON);
}

#[test]
fn a_server_that_demands_tls_gets_it() {
    let (world, postfix) = with_postfix("smtpd_tls_security_level = encrypt\n");
    world.relais.send_connector("All", "*", PORT);
    world.send("u@a.test", "under TLS only");
    postfix.wait_for(1, SOON);
}

#[test]
fn postfix_s_refusal_is_reported() {
    let (world, _postfix) = with_postfix("");
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    let mut dns = world.dns;
    dns.add(&["b MX 10 mail"]);
    let reply =
        Smtp::hello(world.relais.relay()).deliver(&anna, &["u@b.test"], "Subject: x\r\n\r\n");
    assert_eq!(reply.code, 250);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Relay access denied") && report.contains("Status: 5.7.1"), "{report}");
}

#[test]
fn eight_bit_and_internationalised_mail_passes() {
    let (world, postfix) = with_postfix("smtputf8_enable = yes\n");
    world.relais.send_connector("All", "*", PORT);
    let mut smtp = Smtp::hello(world.relais.relay());
    smtp.say(&format!("MAIL FROM:<{STRANGER}> BODY=8BITMIME"));
    smtp.say("RCPT TO:<u@a.test>");
    assert_eq!(smtp.say("DATA").code, 354);
    smtp.send("Subject: 8bit\r\n\r\nÇa va très bien\r\n.\r\n".as_bytes());
    assert_eq!(smtp.reply().code, 250);
    assert!(postfix.wait_for(1, SOON)[0].contains("Ça va très bien"));
    assert_eq!(smtp.say(&format!("MAIL FROM:<{STRANGER}> SMTPUTF8")).code, 250);
    assert_eq!(smtp.say("RCPT TO:<günther@a.test>").code, 250);
    assert_eq!(smtp.say("DATA").code, 354);
    smtp.send("Subject: für Günther\r\n\r\n\r\n.\r\n".as_bytes());
    assert_eq!(smtp.reply().code, 250);
    let messages = postfix.wait_for(2, SOON);
    assert!(messages.iter().any(|m| m.contains("X-Original-To: günther@a.test")), "{messages:?}");
}

/// A host without 8BITMIME gets seven bits; one that signed the content gets a report instead.
#[test]
fn content_is_converted_for_a_host_of_seven_bits() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    let answers = Answers { extensions: vec!["PIPELINING"], ..Answers::default() };
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    let header = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n";
    let mut smtp = Smtp::hello(world.relais.relay());
    let reply = smtp.deliver(&anna, &["u@a.test"], &format!("{header}\r\nÇa va\r\n"));
    assert_eq!(reply.code, 250);
    let arrived = sink.wait_for(1, SOON).remove(0);
    assert!(arrived.content.is_ascii() && !arrived.mail.contains("BODY="), "{}", arrived.text());
    let text = arrived.text();
    let base64 = STANDARD.encode("Ça va\r\n");
    assert!(text.contains("=C3=87a va") || text.contains(&base64), "{text}");
    let signed =
        format!("DKIM-Signature: v=1; a=rsa-sha256; d=contoso.com; b=x\r\n{header}\r\nÇa va\r\n");
    assert_eq!(smtp.deliver(&anna, &["u@a.test"], &signed).code, 250);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.6.3"), "{report}");
    assert_eq!(sink.count(), 1);
}

#[test]
fn a_message_too_large_for_the_host_is_reported_without_sending_it() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    let answers = Answers { extensions: vec!["PIPELINING", "SIZE 50000"], ..Answers::default() };
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    let reply = Smtp::hello(world.relais.relay()).deliver(
        &anna,
        &["u@a.test"],
        &crate::world::large(80_000),
    );
    assert_eq!(reply.code, 250);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Status: 5.3.4"), "{report:.3000}");
    assert_eq!(sink.count(), 0);
}

#[test]
fn hosts_of_any_age_are_spoken_to() {
    let cases: [(&str, Vec<&'static str>); 3] = [
        ("bare ESMTP", vec![]),
        ("no pipelining", vec!["8BITMIME", "SIZE"]),
        ("all", vec!["PIPELINING", "8BITMIME"]),
    ];
    for (name, extensions) in cases {
        let world = World::of(&["a"]);
        let sink = Sink::answering(world.host, PORT, Answers { extensions, ..Answers::default() });
        world.relais.send_connector("All", "*", PORT);
        for number in 0..3 {
            world.send("u@a.test", &format!("{name} {number}"));
        }
        sink.wait_for(3, SOON);
    }
    // EHLO refused: HELO.
    let world = World::of(&["a"]);
    let answers = Answers::scripted(|verb, _, _| {
        (verb == "EHLO").then(|| "502 5.5.1 What is EHLO?".to_owned())
    });
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    world.send("u@a.test", "HELO");
    sink.wait_for(1, SOON);
}

#[test]
fn our_name_is_the_connector_s_fqdn_or_the_server_s() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world.send("u@a.test", "one");
    assert_eq!(sink.wait_for(1, SOON)[0].hello, "mbx01.contoso.com");
    world.relais.run("Set-SendConnector", json!({ "Identity": "All", "Fqdn": "mail.contoso.com" }));
    world.send("u@a.test", "two");
    assert_eq!(sink.wait_for(2, SOON)[1].hello, "mail.contoso.com");
}

#[test]
fn connections_are_used_again_up_to_the_limit() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "SmtpMaxMessagesPerConnection": 5, "Enabled": false }),
    );
    let mut smtp = Smtp::hello(world.relais.relay());
    for number in 0..100 {
        let reply = smtp.deliver(STRANGER, &[&format!("u{number}@a.test")], "Subject: x\r\n\r\n");
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    world.relais.run("Set-SendConnector", json!({ "Identity": "All", "Enabled": true }));
    let arrived = sink.wait_for(100, SOON);
    for connection in 1..=sink.connections() {
        let on_it = arrived.iter().filter(|m| m.connection == connection).count();
        assert!(on_it <= 5, "{on_it} messages on connection {connection}");
    }
    assert!(sink.connections() < 60, "{} connections for 100 messages", sink.connections());
    // Of 100 that might: MaxPerDomainOutboundConnections is 20, and who has said QUIT waits a second for a host that
    // has no time to read it.
    assert!(sink.most_at_once() < 30, "{} connections at once", sink.most_at_once());
}

#[test]
fn a_4xx_of_its_own_makes_only_that_message_wait() {
    let world = World::of(&["a"]);
    world.transport(json!({ "MessageRetryInterval": "00:00:01" }));
    let answers = Answers::scripted(|verb, argument, count| {
        (verb == "RCPT" && argument.contains("later") && count == 1)
            .then(|| "451 4.7.1 Greylisted, come again".to_owned())
    });
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    world.send("later@a.test", "greylisted");
    let waiting = world.relais.wait_for_error("451 4.7.1 Greylisted, come again", SOON);
    assert_eq!(waiting["Recipients"][0]["LastError"], "451 4.7.1 Greylisted, come again");
    world.send("now@a.test", "not greylisted");
    let arrived = sink.wait_for(2, SOON);
    let order: Vec<_> = arrived.iter().flat_map(|m| m.recipients.clone()).collect();
    assert!(
        order.contains(&"TO:<later@a.test>".to_owned())
            && order.contains(&"TO:<now@a.test>".to_owned())
    );
    world.relais.wait_until_empty(SOON);
}

/// A 4xx at each stage delays, a 5xx at each stage reports, and what was said is what is shown.
#[test]
fn every_stage_can_refuse() {
    for stage in ["MAIL", "RCPT", "DATA", "END"] {
        let world = World::of(&["a"]);
        let anna = world.sender("anna", &[]);
        let answers = Answers::scripted(move |verb, _, _| {
            (verb == stage).then(|| format!("554 5.7.1 No at {stage}"))
        });
        let _sink = Sink::answering(world.host, PORT, answers);
        world.relais.send_connector("All", "*", PORT);
        world.send_as(&anna, "u@a.test", stage);
        let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
        assert!(
            report.contains("Status: 5.7.1") && report.contains(&format!("No at {stage}")),
            "{report}"
        );
    }
    for stage in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END"] {
        let world = World::of(&["a"]);
        world.transport(json!({ "MessageRetryInterval": "00:00:01" }));
        let code = if matches!(stage, "CONNECT" | "EHLO") { 421 } else { 450 };
        let answers = Answers::scripted(move |verb, _, count| {
            (verb == stage && count == 1).then(|| format!("{code} 4.3.2 Later at {stage}"))
        });
        let sink = Sink::answering(world.host, PORT, answers);
        world.relais.send_connector("All", "*", PORT);
        world.send("u@a.test", stage);
        sink.wait_for(1, SOON);
        world.relais.wait_until_empty(SOON);
    }
}

/// What a hostile server says is bounded and cannot hurt.
#[test]
fn hostile_replies_do_no_harm() {
    let endless = format!("250-{}\r\n", "x".repeat(1000)).repeat(5000) + "250 end";
    let escapes = format!("550 5.1.1 {}", "\u{1b}[2J\u{7}evil\u{0}".repeat(200));
    let cases = [
        ("EHLO", endless),
        ("MAIL", "not a reply at all".to_owned()),
        ("RCPT", escapes),
        ("DATA", "354 go\r\n250 already done".to_owned()),
    ];
    for (stage, reply) in cases {
        let world = World::of(&["a", "b"]);
        let anna = world.sender("anna", &[]);
        let answers = Answers::scripted(move |verb, argument, _| {
            (verb == stage && (verb != "RCPT" || argument.contains("@a.test")))
                .then(|| reply.clone())
        });
        let _sink = Sink::answering(world.host, PORT, answers);
        world.relais.send_connector("All", "*", PORT);
        world.send_as(&anna, "u@a.test", stage);
        end_to_end::until(&format!("{stage}: something is known"), SOON, || {
            let told = !world.relais.maildir(&anna).is_empty();
            let shown = world.relais.messages().iter().any(|m| m["LastError"].is_string());
            let done = world.relais.messages().is_empty();
            (told || shown || done).then_some(())
        });
        let all = format!("{:?} {:?}", world.relais.messages(), world.relais.maildir(&anna));
        assert!(
            !all.contains('\u{1b}') && !all.contains('\u{7}'),
            "control characters: {all:.2000}"
        );
        assert!(all.len() < 200_000, "{} bytes", all.len());
    }
}
