//! What strangers' messages prove of their senders, with a real DNS: SPF, DKIM, DMARC and ARC noted on top of
//! them, forged results gone, and seals on what is passed on. dkimpy signs and verifies, authres reads.

use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

use end_to_end::{
    NameServer, Received, Relais, SOON, Settings, SigningKey, Sink, Smtp, address, arc_verdict,
    results, signatures, tag,
};
use serde_json::json;

use crate::world::{PORT, World};

/// The name of the server in what it notes.
const HOST: &str = "mbx01.contoso.com";
/// A recipient whose domain is relayed for everybody: what strangers send him leaves again.
const TO: &str = "u@a.test";

/// A world with these records, where mail for `a.test` is taken of strangers and passed on.
fn passing_on(records: &[&str]) -> (World, Sink) {
    let host = address();
    let mail = format!("mail A {host}");
    let all: Vec<&str> = [mail.as_str(), "a MX 10 mail"].iter().chain(records).copied().collect();
    let world = World::with(host, &all);
    let sink = Sink::start(host, PORT);
    open(&world.relais);
    (world, sink)
}

fn open(relais: &Relais) {
    relais.send_connector("All", "*", PORT);
    let relayed =
        json!({ "Name": "a.test", "DomainName": "a.test", "DomainType": "InternalRelay" });
    relais.run("New-AcceptedDomain", relayed);
}

/// Hands content in as a stranger who calls himself `hello`.
fn hand_in(relais: &Relais, hello: &str, from: &str, content: &str) {
    let (mut smtp, _) = Smtp::connect(relais.front());
    assert_eq!(smtp.say(&format!("EHLO {hello}")).code, 250);
    let reply = smtp.deliver(from, &[TO], content);
    assert_eq!(reply.code, 250, "{reply:?}");
}

fn letter(from: &str, fields: &str) -> String {
    format!("{fields}From: <{from}>\r\nTo: {TO}\r\nSubject: a letter\r\n\r\nBonjour.\r\n")
}

/// The next message of the sink, after `number` others.
fn next(sink: &Sink, number: usize) -> Received {
    sink.wait_for(number + 1, SOON).remove(number)
}

/// What was noted of a message, by method, without what others said in it.
fn noted(message: &Received) -> Vec<String> {
    results(HOST, &message.text())
}

fn has(results: &[String], wanted: &str) -> bool {
    results.iter().any(|result| result == wanted)
}

#[test]
fn spf_of_mail_from_and_hello() {
    let (world, sink) = passing_on(&[
        "pass TXT \"v=spf1 ip4:127.0.0.0/8 -all\"",
        "fail TXT \"v=spf1 ip4:192.0.2.1 -all\"",
        "soft TXT \"v=spf1 a:mail.pass.test ~all\"",
        "neutral TXT \"v=spf1 ?all\"",
        "bare TXT \"something else\"",
        "wrong TXT \"v=spf1 ip4:127.0.0.300 -all\"",
        "two TXT \"v=spf1 all\"",
        "two TXT \"v=spf1 -all\"",
        "circle TXT \"v=spf1 include:circle.test all\"",
        "down TXT \"v=spf1 include:x.broken -all\"",
        "long TXT \"v=spf1 \" \"ip4:192.0.2.1 \" \"include:pass.test -all\"",
        "void TXT \"v=spf1 a:n1.test a:n2.test a:n3.test all\"",
        "ex TXT \"v=spf1 exists:%{l}.%{d2} -all\"",
        "anna.ex A 127.0.0.2",
        "mail.pass A 192.0.2.2",
        "mail.pass TXT \"v=spf1 -all\"",
    ]);
    for (number, (from, result)) in [
        ("a@pass.test", "pass"),
        ("a@fail.test", "fail"),
        ("a@soft.test", "softfail"),
        ("a@neutral.test", "neutral"),
        ("a@bare.test", "none"),
        ("a@nowhere.test", "none"),
        ("a@wrong.test", "permerror"),
        ("a@two.test", "permerror"),
        ("a@circle.test", "permerror"),
        ("a@down.test", "temperror"),
        ("a@x.broken", "temperror"),
        ("a@long.test", "pass"),
        ("a@void.test", "permerror"),
        ("anna@ex.test", "pass"),
        ("eve@ex.test", "fail"),
    ]
    .into_iter()
    .enumerate()
    {
        hand_in(&world.relais, "mail.pass.test", from, &letter(from, ""));
        let message = next(&sink, number);
        let found = noted(&message);
        assert!(has(&found, &format!("spf={result} smtp.mailfrom={from}")), "{found:?}");
        assert!(has(&found, "spf=fail smtp.helo=mail.pass.test"), "{found:?}");
        assert!(has(&found, "dkim=none") && has(&found, "arc=none"), "{found:?}");
        let text = message.text();
        assert!(text.starts_with("Received: from mail.pass.test "), "{text}");
        assert_eq!(text.matches("\r\nAuthentication-Results: ").count(), 1, "{text}");
    }
    // Without a sender, the name in HELO is all there is.
    hand_in(&world.relais, "pass.test", "", &letter("a@pass.test", ""));
    let found = noted(&next(&sink, 15));
    assert_eq!(found[0], "spf=pass smtp.helo=pass.test");
}

#[test]
fn dkim_of_dkimpy_and_dmarc() {
    let (mut world, sink) = passing_on(&[
        "_dmarc.e TXT \"v=DMARC1; p=reject; sp=quarantine\"",
        "_dmarc.strict TXT \"v=DMARC1; p=quarantine; aspf=s; adkim=s\"",
        "e TXT \"v=spf1 ip4:192.0.2.1 -all\"",
        "news.e TXT \"v=spf1 ip4:127.0.0.0/8 -all\"",
        "bounce.strict TXT \"v=spf1 ip4:127.0.0.0/8 -all\"",
    ]);
    let [e, below, strict] =
        ["e.test", "sub.e.test", "sub.strict.test"].map(|domain| SigningKey::make(domain, "s1"));
    let records = [e.record(), below.record(), strict.record()];
    world.dns.add(&records.each_ref().map(String::as_str));
    let changed = |text: String| text.replace("Bonjour", "Bonsoir");
    let unsigned = |from: &str| letter(from, "");
    for (number, (from, content, dkim, dmarc)) in [
        // Signed by the author's domain; by one below it; not at all.
        ("a@fail.test", e.sign(&unsigned("a@e.test")), "pass", "pass header.from=e.test"),
        ("a@fail.test", below.sign(&unsigned("a@e.test")), "pass", "pass header.from=e.test"),
        ("a@fail.test", e.sign(&unsigned("a@sub.e.test")), "pass", "pass header.from=sub.e.test"),
        ("a@e.test", unsigned("a@e.test"), "none", "fail header.from=e.test"),
        ("a@news.e.test", unsigned("a@e.test"), "none", "pass header.from=e.test"),
        (
            "a@news.e.test",
            changed(e.sign(&unsigned("a@e.test"))),
            "fail",
            "pass header.from=e.test",
        ),
        ("a@e.test", changed(e.sign(&unsigned("a@e.test"))), "fail", "fail header.from=e.test"),
        ("a@e.test", e.sign(&unsigned("a@other.test")), "pass", "none header.from=other.test"),
        // Strict: nothing but the domain itself.
        ("a@bounce.strict.test", unsigned("a@strict.test"), "none", "fail header.from=strict.test"),
        (
            "a@e.test",
            strict.sign(&unsigned("a@strict.test")),
            "pass",
            "fail header.from=strict.test",
        ),
        // Two authors of two domains.
        ("a@news.e.test", letter("a@e.test>, <b@other.test", ""), "none", "permerror"),
    ]
    .into_iter()
    .enumerate()
    {
        hand_in(&world.relais, "client.test", from, &content);
        let message = next(&sink, number);
        let found = noted(&message);
        let of = |method: &str| found.iter().find(|result| result.starts_with(method)).unwrap();
        assert!(of("dkim=").starts_with(&format!("dkim={dkim}")), "{number}: {found:?}");
        assert_eq!(*of("dmarc="), format!("dmarc={dmarc}"), "{number}");
        if dkim != "none" {
            assert!(of("dkim=").contains(" header.s=s1 header.b="), "{found:?}");
        }
    }
    let text = next(&sink, 2).text();
    assert!(text.contains("dmarc=pass (p=quarantine)"), "what is asked for below e.test: {text}");
    // A key that is not there, and one that cannot be had.
    let (lost, silent) = (SigningKey::make("e.test", "lost"), SigningKey::make("x.broken", "s1"));
    for (number, key, result) in [(11, lost, "permerror"), (12, silent, "temperror")] {
        hand_in(&world.relais, "client.test", "a@e.test", &key.sign(&letter("a@e.test", "")));
        let found = noted(&next(&sink, number));
        assert!(found.iter().any(|r| r.starts_with(&format!("dkim={result} "))), "{found:?}");
        let dmarc = if result == "temperror" { "temperror" } else { "fail" };
        assert!(has(&found, &format!("dmarc={dmarc} header.from=e.test")), "{found:?}");
    }
}

/// What a reader finds under our name is ours, whatever a stranger writes and calls himself.
#[test]
fn nobody_speaks_in_our_name() {
    let (world, sink) = passing_on(&[]);
    let forged = "Authentication-Results: mbx01.contoso.com; spf=pass smtp.mailfrom=boss@contoso.com\r\n\
        authentication-results : (x) \"MBX01.contoso.com\" 1;\r\n\tdkim=pass header.d=contoso.com\r\n\
        Authentication-Results: mx.other.test; dkim=pass header.d=other.test\r\n\
        Authentication-Results: (never closed mbx01.contoso.com; dkim=pass\r\n";
    let names = ["x;dkim=pass", "x\"(\\", "[127.0.0.1]", &"y".repeat(200)];
    for (number, hello) in names.into_iter().enumerate() {
        let (mut smtp, _) = Smtp::connect(world.relais.front());
        if smtp.say(&format!("EHLO {hello}")).code != 250 {
            // A name that is refused can do no harm.
            assert_eq!(smtp.say("EHLO client.test").code, 250);
        }
        let evil = "\"a;dkim=pass (x\"@nowhere.test";
        let signature = "DKIM-Signature: v=1; a=rsa-sha256; d=x\r\n\t(; s=\"; b=); arc=pass\r\n";
        let reply =
            smtp.deliver(evil, &[TO], &letter("a@nowhere.test", &format!("{signature}{forged}")));
        assert_eq!(reply.code, 250, "{reply:?}");
        let message = next(&sink, number);
        let text = message.text();
        assert!(text.contains("Authentication-Results: mx.other.test; dkim=pass"), "{text}");
        assert!(!text.contains("boss@contoso.com") && !text.contains("never closed"), "{text}");
        let found = noted(&message);
        let methods: Vec<&str> = found.iter().filter_map(|r| r.split('=').next()).collect();
        assert_eq!(methods, ["spf", "spf", "dkim", "dmarc", "arc"], "{text}");
        let mut verdicts = found.iter().filter_map(|result| result.split(' ').next());
        assert!(!verdicts.any(|verdict| verdict.ends_with("=pass")), "{found:?}");
    }
}

/// Who signs in, may relay or is one of ours is believed, and costs nothing.
#[test]
fn only_strangers_are_looked_at() {
    let (world, sink) = passing_on(&["pass TXT \"v=spf1 ip4:127.0.0.0/8 -all\""]);
    let relais = &world.relais;
    let from = "a@pass.test";
    let counted = || {
        let (_, text) = relais.http("GET", "/metrics", None, None);
        let lines =
            text.lines().filter(|line| line.contains("relais_sender_authentication_total{"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let reply = Smtp::hello(relais.relay()).deliver(from, &[TO], &letter(from, ""));
    assert_eq!(reply.code, 250, "{reply:?}");
    assert!(!next(&sink, 0).text().contains("Authentication-Results"));
    assert_eq!(counted(), [""; 0]);

    hand_in(relais, "client.test", from, &letter(from, ""));
    assert!(has(&noted(&next(&sink, 1)), "spf=pass smtp.mailfrom=a@pass.test"));
    let after = counted();
    assert_eq!(after.len(), 4, "{after:?}");
    assert!(
        after.iter().any(|line| line.contains("method=\"spf\",result=\"pass\"} 1")),
        "{after:?}"
    );

    relais.run("Set-TransportConfig", json!({ "InternalSMTPServers": "127.0.0.0/8" }));
    hand_in(relais, "client.test", from, &letter(from, ""));
    assert!(!next(&sink, 2).text().contains("Authentication-Results"));
    relais.run("Set-TransportConfig", json!({ "InternalSMTPServers": null }));

    let front = relais
        .run("Get-ReceiveConnector", json!({}))
        .into_iter()
        .find(|connector| {
            connector["Name"].as_str().is_some_and(|n| n.starts_with("Default Frontend"))
        })
        .expect("the default connector");
    assert_eq!(front["SenderAuthenticationEnabled"], true);
    let off = json!({ "Identity": front["Identity"], "SenderAuthenticationEnabled": false });
    relais.run("Set-ReceiveConnector", off);
    let forged = format!("Authentication-Results: {HOST}; spf=pass smtp.mailfrom=a@b.test\r\n");
    hand_in(relais, "client.test", from, &letter(from, &forged));
    assert!(!next(&sink, 3).text().contains("Authentication-Results"), "nothing in our name");
    assert_eq!(counted(), after);
}

/// Ten seconds, and the message is taken all the same.
#[test]
fn a_dns_that_says_nothing_holds_nobody_up_for_long() {
    let socket = UdpSocket::bind((address(), 53_535)).expect("a silent server");
    let dns = socket.local_addr().expect("bound");
    let relais = Relais::start(Settings { dns: Some(dns), ..Settings::default() });
    relais.mailbox("anna", "a Secret of the Sender 3");
    let content = letter("a@pass.test", "");
    let started = Instant::now();
    let reply = Smtp::hello(relais.front()).deliver("a@pass.test", &["anna@contoso.com"], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    let text = relais.wait_for_mail("anna@contoso.com", 1, SOON).remove(0).replace('\n', "\r\n");
    let found = results(HOST, &text.replace("\r\r\n", "\r\n"));
    assert!(has(&found, "spf=temperror smtp.mailfrom=a@pass.test"), "{text}");
    assert!(has(&found, "dmarc=temperror header.from=pass.test"), "{text}");
}

/// Publishes the key that seals for `a.test`; the name server is told too.
fn seal_for_a(relais: &Relais, dns: &mut NameServer) {
    let made = relais.run("New-DkimSigningConfig", json!({ "DomainName": "a.test" })).remove(0);
    let lines = made["Records"].as_array().expect("records").iter();
    let lines: Vec<&str> = lines.map(|line| line.as_str().expect("a line")).collect();
    dns.add(&lines);
    relais.run("Set-DkimSigningConfig", json!({ "Identity": "a.test", "Enabled": true }));
}

#[test]
fn what_is_passed_on_is_sealed() {
    let (mut world, sink) = passing_on(&["pass TXT \"v=spf1 ip4:127.0.0.0/8 -all\""]);
    let from = "a@pass.test";
    hand_in(&world.relais, "client.test", from, &letter(from, ""));
    assert!(!next(&sink, 0).text().contains("ARC-"), "without a key there is no seal");
    seal_for_a(&world.relais, &mut world.dns);

    // The first of the chain.
    hand_in(&world.relais, "client.test", from, &letter(from, ""));
    let first = next(&sink, 1).text();
    assert!(first.starts_with("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.test;"), "{first}");
    assert!(
        first.contains("ARC-Authentication-Results: i=1; mbx01.contoso.com;\r\n\tspf=pass"),
        "{first}"
    );
    let dns = world.dns.address();
    assert_eq!(arc_verdict(dns, &first), "pass 1 success", "{first}");
    for (from, to) in
        [("Bonjour", "Bonsoir"), ("Subject: a", "Subject: the"), ("spf=pass", "spf=fail")]
    {
        assert!(arc_verdict(dns, &first.replacen(from, to, 1)).starts_with("fail"), "{to}");
    }
    assert!(signatures(first.as_bytes()).0.is_empty(), "sealed, and not signed");

    // The third of a chain that two others have begun.
    let hops = [SigningKey::make("hop1.test", "s1"), SigningKey::make("hop2.test", "s1")];
    let records = hops.each_ref().map(SigningKey::record);
    world.dns.add(&records.each_ref().map(String::as_str));
    let content = letter(
        from,
        "Authentication-Results: hop1.test; arc=none; spf=pass smtp.mailfrom=x@y.test\r\n",
    );
    let one = hops[0].seal("hop1.test", &content);
    let content = format!(
        "Authentication-Results: hop2.test; arc=pass; spf=pass smtp.mailfrom=x@y.test\r\n{one}"
    );
    let two = hops[1].seal("hop2.test", &content);
    assert_eq!(arc_verdict(dns, &two), "pass 2 success", "{two}");
    hand_in(&world.relais, "client.test", from, &two);
    let third = next(&sink, 2);
    let found = noted(&third);
    assert!(
        found.iter().any(|result| result.starts_with("arc=pass smtp.remote-ip=127.")),
        "{found:?}"
    );
    let third = third.text();
    assert!(third.starts_with("ARC-Seal: i=3; a=rsa-sha256; cv=pass; d=a.test;"), "{third}");
    assert_eq!(arc_verdict(dns, &third), "pass 3 success", "{third}");

    // What was changed before it came to us is sealed as that, and no more after that.
    hand_in(&world.relais, "client.test", from, &two.replace("Bonjour", "Bonsoir"));
    let broken = next(&sink, 3);
    assert!(has(&noted(&broken), "arc=fail"), "{}", broken.text());
    let broken = broken.text();
    assert!(broken.starts_with("ARC-Seal: i=3; a=rsa-sha256; cv=fail; d=a.test;"), "{broken}");
    assert!(
        arc_verdict(dns, &broken).starts_with("ended 3 ARC-Seal[3] reported failure"),
        "{broken}"
    );
    hand_in(&world.relais, "client.test", from, &broken);
    let again = next(&sink, 4).text();
    assert!(!again.contains("ARC-Seal: i=4") && again.starts_with("Received:"), "{again}");

    // Who may relay is signed for as before, not sealed.
    let reply = Smtp::hello(world.relais.relay()).deliver(from, &[TO], &letter("x@a.test", ""));
    assert_eq!(reply.code, 250, "{reply:?}");
    let signed = next(&sink, 5);
    let (found, _) = signatures(&signed.content);
    assert!(found.len() == 2 && tag(&found[0], "d") == "a.test", "{}", signed.text());
    assert!(!signed.text().contains("ARC-"), "{}", signed.text());
}

/// A message that had a seal on its way through two servers of ours keeps a good chain.
#[test]
fn a_seal_of_ours_is_good_for_the_next() {
    let (mut world, sink) = passing_on(&["pass TXT \"v=spf1 ip4:127.0.0.0/8 -all\""]);
    seal_for_a(&world.relais, &mut world.dns);
    let from = "a@pass.test";
    hand_in(&world.relais, "client.test", from, &letter(from, ""));
    let first = next(&sink, 0).text();
    hand_in(&world.relais, "client.test", from, &first);
    let second = next(&sink, 1);
    assert!(noted(&second)[4].starts_with("arc=pass"), "{}", second.text());
    assert_eq!(
        arc_verdict(world.dns.address(), &second.text()),
        "pass 2 success",
        "{}",
        second.text()
    );
}
