//! Signatures as the world sees them: keys made and published as an administrator does it, messages
//! through a Send connector, and the verdicts of OpenDKIM and dkimpy.

use std::{net::SocketAddr, time::Duration};

use end_to_end::{
    Answers, Received, SOON, Sink, Smtp, address, consistently, dkimpy, opendkim, signatures, tag,
    until,
};
use serde_json::{Value, json};

use crate::world::{PORT, World, large};

/// A domain whose DNS the test holds; its mail is relayed for everybody on loopback.
const SIGNED: &str = "signed.test";
const AUTHOR: &str = "anna@signed.test";

impl World {
    /// Makes keys, publishes what is shown, and signs.
    fn sign(&mut self, parameters: Value) -> Value {
        let mut parameters = parameters;
        parameters["DomainName"] = json!(SIGNED);
        let made = self.relais.run("New-DkimSigningConfig", parameters).remove(0);
        self.publish(&made);
        self.relais.run("Set-DkimSigningConfig", json!({ "Identity": SIGNED, "Enabled": true }));
        self.config()
    }

    fn publish(&mut self, config: &Value) {
        let records = config["Records"].as_array().expect("records");
        let lines: Vec<&str> = records.iter().map(|line| line.as_str().expect("a line")).collect();
        self.dns.replace("relais", &lines);
    }

    fn config(&self) -> Value {
        self.relais.run("Get-DkimSigningConfig", json!({ "Identity": SIGNED })).remove(0)
    }

    /// Hands content to the relay as it is.
    fn hand_in(&self, to: &str, content: &str) {
        let reply = Smtp::hello(self.relais.relay()).deliver(AUTHOR, &[to], content);
        assert_eq!(reply.code, 250, "{reply:?}");
    }
}

/// Both verifiers find all signatures good, of which there are so many.
fn verified(dns: SocketAddr, message: &Received, number: usize) {
    let (found, _) = signatures(&message.content);
    assert_eq!(found.len(), number, "{}", message.text());
    for (good, said) in [dkimpy(dns, &message.content), opendkim(dns, &message.content)] {
        assert!(good, "{said}\n{}", message.text());
    }
}

/// A message of Anna's with more fields and this body.
fn letter(subject: &str, fields: &str, body: &str) -> String {
    format!(
        "From: Anna <{AUTHOR}>\r\nTo: u@a.test\r\nSubject: {subject}\r\n\
         Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <{}@signed.test>\r\n{fields}\r\n{body}",
        subject.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    )
}

const EIGHT_BIT: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: 8bit\r\n";

/// What has broken signers: each with a name for when it fails.
fn letters() -> Vec<(&'static str, String)> {
    let long_word = "x".repeat(990);
    let folded = "X-Other: one\r\nReferences: <1@signed.test>\r\n\t<2@signed.test>\r\n   <3@signed.test>\r\n\
        Cc: \"B\"   <b@a.test>,\r\n\tc@a.test \r\nIn-Reply-To:<1@signed.test>\r\nReply-To:\r\n d@signed.test\r\n";
    vec![
        ("ordinary", letter("ordinary", "", "Bonjour.\r\n")),
        ("empty body", letter("empty body", "", "")),
        ("one empty line", letter("one empty line", "", "\r\n")),
        ("blank lines at the end", letter("blank lines", "", "text\r\n\r\n\r\n \r\n\t\r\n\r\n")),
        ("only white space", letter("only white space", "", " \r\n\t \r\n")),
        (
            "white space",
            letter("white  space ", "", "two  blanks \r\n\ttab\t\t\r\n \r\nend \t \r\n"),
        ),
        ("dots", letter("dots", "", ".\r\n..\r\n.text\r\n")),
        ("folded fields", letter("folded\r\n  subject\r\n\twith\r\n tabs", folded, "text\r\n")),
        ("8 bit", letter("8 bit", EIGHT_BIT, "déjà vu — voilà\r\n\r\nétait là \r\n")),
        ("long lines", letter("long lines", "", &format!("{long_word}\r\n{long_word}\r\nend\r\n"))),
        ("large", large(3 << 20).replace(crate::world::STRANGER, AUTHOR)),
        (
            "two authors' fields",
            letter("two", "Sender: c@signed.test\r\nTo: second@a.test\r\n", "x\r\n"),
        ),
        ("no fields but From", format!("From: {AUTHOR}\r\n\r\nbare\r\n")),
    ]
}

#[test]
fn opendkim_and_dkimpy_find_both_signatures_good() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let config = world.sign(json!({}));
    assert_eq!(
        (&config["Status"], &config["Enabled"]),
        (&json!("Valid"), &json!(true)),
        "{config}"
    );
    let letters = letters();
    for (number, (what, letter)) in letters.iter().enumerate() {
        world.hand_in("u@a.test", letter);
        let message = sink.wait_for(number + 1, SOON).remove(number);
        verified(world.dns.address(), &message, 2);
        let (found, below) = signatures(&message.content);
        let algorithms: Vec<String> = found.iter().map(|field| tag(field, "a")).collect();
        assert_eq!(algorithms, ["rsa-sha256", "ed25519-sha256"], "{what}");
        assert!(found.iter().all(|f| tag(f, "d") == SIGNED && tag(f, "l").is_empty()), "{what}");
        assert!(below.starts_with(b"Received:"), "{what}");
    }
}

#[test]
fn what_is_changed_on_the_way_is_found_out() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world.sign(json!({}));
    world.hand_in("u@a.test", &letter("genuine", "", "pay 10\r\n"));
    let message = sink.wait_for(1, SOON).remove(0);
    let text = message.text();
    let dns = world.dns.address();
    for (changed, is_good) in [
        (text.clone(), true),
        (text.replacen("Received:", "X-Added: on the way\r\nReceived:", 1), true),
        (text.replace("pay 10", "pay  10  "), true),
        (text.replace("pay 10", "pay 99"), false),
        (text.replace("Subject: genuine", "Subject: urgent"), false),
        (text.replace("From: Anna", "Subject: second\r\nFrom: Anna"), false),
        (text.replace("From: Anna", "Reply-To: eve@evil.example\r\nFrom: Anna"), false),
        (format!("{text}more\r\n"), false),
    ] {
        // Verifiers keep the signatures on top.
        assert_eq!(dkimpy(dns, changed.as_bytes()).0, is_good, "{changed}");
        assert_eq!(opendkim(dns, changed.as_bytes()).0, is_good, "{changed}");
    }
}

/// Simple forms, 4096 bits, one algorithm alone: what an administrator may choose.
#[test]
fn every_choice_makes_good_signatures() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world.sign(json!({ "KeySize": 4096 }));
    let choices = [
        (json!({ "HeaderCanonicalization": "Simple", "BodyCanonicalization": "Simple" }), 2),
        (json!({ "HeaderCanonicalization": "Relaxed", "Algorithms": "RsaSha256" }), 1),
        (json!({ "BodyCanonicalization": "Relaxed", "Algorithms": "Ed25519Sha256" }), 1),
    ];
    let body = "two  blanks \r\nlast \r\n\r\n\r\n";
    for (number, (choice, signatures)) in choices.into_iter().enumerate() {
        let mut change = choice;
        change["Identity"] = json!(SIGNED);
        world.relais.run("Set-DkimSigningConfig", change);
        world.hand_in("u@a.test", &letter("a  choice", "Cc: b@a.test,\r\n\tc@a.test\r\n", body));
        let message = sink.wait_for(number + 1, SOON).remove(number);
        verified(world.dns.address(), &message, signatures);
    }
}

/// A host without 8BITMIME gets another form of the message than others, each signed as it is.
#[test]
fn the_converted_form_has_a_signature_of_its_own() {
    let (eight, seven) = (address(), address());
    let records = [
        "a MX 10 eight".to_owned(),
        "b MX 10 seven".to_owned(),
        format!("eight A {eight}"),
        format!("seven A {seven}"),
    ];
    let mut world = World::with(eight, &records.each_ref().map(String::as_str));
    let plain = Answers { extensions: vec!["PIPELINING"], ..Answers::default() };
    let (eight, seven) = (Sink::start(eight, PORT), Sink::answering(seven, PORT, plain));
    world.relais.send_connector("All", "*", PORT);
    world.sign(json!({}));
    let text = letter("two forms", EIGHT_BIT, "déjà vu\r\n");
    let reply = Smtp::hello(world.relais.relay()).deliver(AUTHOR, &["u@a.test", "u@b.test"], &text);
    assert_eq!(reply.code, 250, "{reply:?}");
    let (eight, seven) = (eight.wait_for(1, SOON).remove(0), seven.wait_for(1, SOON).remove(0));
    verified(world.dns.address(), &eight, 2);
    verified(world.dns.address(), &seven, 2);
    assert!(seven.content.is_ascii() && !eight.content.is_ascii());
    assert!(seven.text().contains("Content-Transfer-Encoding: base64"));
}

/// From keys to a rotation, in the administrator's shell, with the DNS asked at each step.
#[test]
fn keys_are_rotated_without_a_message_that_cannot_be_verified() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let made = world.relais.run("New-DkimSigningConfig", json!({ "DomainName": SIGNED })).remove(0);
    let enable = json!({ "Identity": SIGNED, "Enabled": true });
    let problem = world.relais.try_run("Set-DkimSigningConfig", enable.clone()).unwrap_err();
    assert_eq!((problem.status, problem.field("id")), (409, "DK-06"), "{problem}");
    assert_eq!(world.config()["Status"], "RecordMissing");
    world.hand_in("u@a.test", &letter("before", "", "x\r\n"));
    assert!(signatures(&sink.wait_for(1, SOON)[0].content).0.is_empty(), "not signed yet");

    world.dns.add(&["relais1._domainkey.signed TXT \"v=DKIM1; p=AAAA\""]);
    let config = world.config();
    assert_eq!(config["Status"], "RecordDiffers");
    assert!(config["StatusDetail"].as_str().unwrap().contains("its p= is another key"), "{config}");
    world.publish(&made);
    assert_eq!(world.config()["Status"], "Valid");
    world.relais.run("Set-DkimSigningConfig", enable);
    world.hand_in("u@a.test", &letter("first keys", "", "x\r\n"));
    verified(world.dns.address(), &sink.wait_for(2, SOON)[1], 2);

    // At once, but not before the records are there.
    let now = json!({ "Identity": SIGNED, "RotateOnDate": "2020-01-01" });
    let rotated = world.relais.run("Rotate-DkimSigningConfig", now).remove(0);
    consistently("the old keys go on", Duration::from_secs(2), || {
        world.config()["SelectorAfterRotateOnDate"] == "relais2"
            && world.config()["OldRecordsNeededUntil"].is_null()
    });
    world.hand_in("u@a.test", &letter("old keys", "", "x\r\n"));
    let message = sink.wait_for(3, SOON).remove(2);
    verified(world.dns.address(), &message, 2);
    assert_eq!(tag(&signatures(&message.content).0[0], "s"), "relais1");
    world.publish(&rotated);
    until("the new keys have taken over", Duration::from_secs(60), || {
        world.config()["OldRecordsNeededUntil"].is_string().then_some(())
    });
    world.hand_in("u@a.test", &letter("new keys", "", "x\r\n"));
    let message = sink.wait_for(4, SOON).remove(3);
    verified(world.dns.address(), &message, 2);
    assert_eq!(tag(&signatures(&message.content).0[0], "s"), "relais2");
}

/// Anybody may write to a domain that is relayed, with any From: a signature would vouch for it.
#[test]
fn what_strangers_write_is_passed_on_unsigned() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world.sign(json!({}));
    let relayed =
        json!({ "Name": "a.test", "DomainName": "a.test", "DomainType": "InternalRelay" });
    world.relais.run("New-AcceptedDomain", relayed);
    let forged = letter("forged", "", "x\r\n");
    let mut stranger = Smtp::hello(world.relais.front());
    let reply = stranger.deliver(crate::world::STRANGER, &["u@a.test"], &forged);
    assert_eq!(reply.code, 250, "{reply:?}");
    assert!(signatures(&sink.wait_for(1, SOON)[0].content).0.is_empty());
    // The same from somebody who may relay.
    world.hand_in("u@a.test", &forged);
    verified(world.dns.address(), &sink.wait_for(2, SOON)[1], 2);
    // And from an administrator who writes as himself.
    let contoso = json!({ "DomainName": "contoso.com", "Enabled": true, "Force": true });
    world.relais.run("New-DkimSigningConfig", contoso);
    let test = json!({ "To": "u@a.test", "Subject": "test", "Body": "x" });
    world.relais.run("Send-TestMessage", test);
    let (found, _) = signatures(&sink.wait_for(3, SOON)[2].content);
    assert!(found.len() == 2 && tag(&found[0], "d") == "contoso.com", "{found:?}");
}

/// After a restart everything is as before, and nothing of the keys stands anywhere in the clear.
#[test]
fn keys_survive_a_restart_and_stand_nowhere() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let before = world.sign(json!({}));
    world.relais.stop();
    world.relais.resume();
    assert_eq!(world.config()["Records"], before["Records"]);
    world.hand_in("u@a.test", &letter("after a restart", "", "x\r\n"));
    verified(world.dns.address(), &sink.wait_for(1, SOON)[0], 2);
    // How every RSA and Ed25519 private key in PKCS#8 begins, as base64.
    let marks = ["MIIEv", "MIIEu", "MIIEw", "MC4CAQAwBQYDK2Vw", "PRIVATE KEY"];
    let directory = std::fs::read(world.relais.data().join("directory.db")).unwrap();
    let text = String::from_utf8_lossy(&directory);
    for mark in marks {
        assert!(!text.contains(mark), "{mark} in directory.db");
        assert!(!world.relais.log().contains(mark), "{mark} in the log");
        assert!(!before.to_string().contains(mark), "{mark} is shown");
    }
}
