//! The client against servers whose every word is given: groups and single commands, refusals of
//! every kind, 421 everywhere, junk, TLS, LMTP.

use std::sync::Arc;

use bytes::Bytes;
use model::{Address, Envelope, Notify, ReversePath};
use proptest::prelude::*;

use super::*;

mod ahead;
mod hostile;
mod logons;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn envelope(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|text| address(text)).collect();
    Envelope::plain(ReversePath::Address(address("a@b.c")), recipients)
}

fn transaction(envelope: Envelope, content: &'static str) -> Transaction {
    let recipients = (0..envelope.recipients.len()).collect();
    let eight_bit = !content.is_ascii();
    Transaction {
        envelope: Arc::new(envelope),
        recipients,
        top: Bytes::new(),
        content: Bytes::from(content),
        eight_bit,
        attributes: None,
    }
}

fn to(recipients: &[&str]) -> Transaction {
    transaction(envelope(recipients), "S: x\r\n\r\n.dot\r\n")
}

/// A client towards a server whose words are given.
struct Peer {
    client: Client,
    /// What the client has sent and no test has looked at.
    unseen: String,
}

impl Peer {
    fn new() -> Self {
        Self::with(ClientSettings { hello: "us.example".into(), force_helo: false, lmtp: false })
    }

    fn with(settings: ClientSettings) -> Self {
        Self { client: Client::new(settings), unseen: String::new() }
    }

    /// A peer that has come to Ready with these extensions.
    fn ready(extensions: &str) -> Self {
        let mut peer = Self::new();
        assert_eq!(peer.sent(), "");
        peer.say("220 mx.example ESMTP");
        assert_eq!(peer.sent(), "EHLO us.example\r\n");
        let lines: Vec<_> = extensions.split_whitespace().collect();
        let mut reply = "250-mx.example Hello\r\n".to_owned();
        for line in &lines {
            reply.push_str(&format!("250-{}\r\n", line.replace('_', " ")));
        }
        reply.push_str("250 HELP");
        assert_eq!(peer.say(&reply), "Ready");
        peer
    }

    /// Everything that was to be sent has been; the server says this line; what the client does then.
    fn say(&mut self, line: &str) -> String {
        self.send();
        self.client.input().extend_from_slice(line.as_bytes());
        self.client.input().extend_from_slice(b"\r\n");
        self.step()
    }

    fn step(&mut self) -> String {
        match self.client.next() {
            ClientStep::Finished(result) => {
                let results = result.recipients.iter().zip(&result.stage);
                let words: Vec<_> = results
                    .map(|((index, reply), stage)| format!("{index} {stage:?} {reply}"))
                    .collect();
                format!("Finished: {}", words.join("; "))
            }
            ClientStep::Failed(SessionFailure::Protocol(_)) => "Protocol".into(),
            step => format!("{step:?}"),
        }
    }

    /// What the client has sent since the last call.
    fn sent(&mut self) -> String {
        let step = matches!(self.client.next(), ClientStep::NeedInput);
        assert!(step || self.client.output().is_empty());
        self.send();
        std::mem::take(&mut self.unseen)
    }

    fn send(&mut self) {
        self.unseen.push_str(std::str::from_utf8(&self.client.output().split()).unwrap());
    }

    fn begin(&mut self, transaction: Transaction) -> String {
        self.client.begin(transaction).unwrap();
        self.sent()
    }
}

#[test]
fn one_by_one_without_pipelining() {
    let mut peer = Peer::ready("");
    assert_eq!(peer.begin(to(&["d@e.f", "g@h.i"])), "MAIL FROM:<a@b.c>\r\n");
    assert_eq!(peer.client.waits_for(), Phase::Mail);
    assert_eq!(peer.say("250 ok"), "NeedInput");
    assert_eq!(peer.sent(), "RCPT TO:<d@e.f>\r\n");
    assert_eq!(peer.client.waits_for(), Phase::Recipient);
    peer.say("550 5.1.1 no");
    assert_eq!(peer.sent(), "RCPT TO:<g@h.i>\r\n");
    peer.say("250 ok");
    assert_eq!(peer.sent(), "DATA\r\n");
    assert_eq!(peer.client.waits_for(), Phase::DataCommand);
    peer.say("354 go");
    assert_eq!(peer.client.waits_for(), Phase::DataBlock);
    assert_eq!(peer.sent(), "S: x\r\n\r\n..dot\r\n.\r\n");
    assert_eq!(peer.client.waits_for(), Phase::DataEnd);
    assert_eq!(peer.say("250 2.0.0 taken"), "Finished: 0 Rcpt 550 5.1.1 no; 1 End 250 2.0.0 taken");
    assert_eq!(peer.step(), "Ready");
    assert_eq!(peer.client.waits_for(), Phase::Idle);
    assert_eq!(peer.begin(to(&["d@e.f"])), "MAIL FROM:<a@b.c>\r\n", "no RSET is needed");
}

#[test]
fn one_group_with_pipelining() {
    let mut peer = Peer::ready("PIPELINING SIZE_1000");
    let group = "MAIL FROM:<a@b.c> SIZE=14\r\nRCPT TO:<d@e.f>\r\nRCPT TO:<g@h.i>\r\nDATA\r\n";
    assert_eq!(peer.begin(to(&["d@e.f", "g@h.i"])), group);
    assert_eq!(peer.say("250 ok\r\n452 4.2.2 full\r\n250-ok\r\n250 ok\r\n354 go"), "NeedInput");
    assert_eq!(peer.sent(), "S: x\r\n\r\n..dot\r\n.\r\n");
    assert_eq!(peer.say("250 taken"), "Finished: 0 Rcpt 452 4.2.2 full; 1 End 250 taken");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn all_recipients_refused() {
    // The server goes into DATA nevertheless.
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f", "g@h.i"]));
    peer.say("250 ok\r\n550 a\r\n551 b\r\n354 go");
    assert_eq!(peer.sent(), ".\r\n");
    assert_eq!(peer.say("554 no recipients"), "Finished: 0 Rcpt 550 a; 1 Rcpt 551 b");
    assert_eq!(peer.step(), "Ready");
    // It does not.
    peer.begin(to(&["d@e.f"]));
    assert_eq!(peer.say("250 ok\r\n550 a\r\n503 no recipients"), "Finished: 0 Rcpt 550 a");
    assert_eq!(peer.step(), "Ready");
    assert!(peer.begin(to(&["d@e.f"])).starts_with("RSET\r\nMAIL FROM"));
    assert_eq!(peer.say("250 reset\r\n250 ok\r\n250 ok\r\n354 go"), "NeedInput");
    // Without pipelining DATA is not even sent.
    let mut peer = Peer::ready("");
    peer.begin(to(&["d@e.f"]));
    peer.say("250 ok");
    peer.sent();
    assert_eq!(peer.say("550 a"), "Finished: 0 Rcpt 550 a");
    assert_eq!(peer.step(), "Ready");
    assert_eq!(peer.begin(to(&["d@e.f"])), "RSET\r\n");
    peer.say("250 ok");
    assert_eq!(peer.sent(), "MAIL FROM:<a@b.c>\r\n");
}

#[test]
fn mail_refused() {
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f", "g@h.i"]));
    let replies = "550 5.7.1 not you\r\n503 mail first\r\n250 odd\r\n503 mail first";
    assert_eq!(peer.say(replies), "Finished: 0 Mail 550 5.7.1 not you; 1 Mail 550 5.7.1 not you");
    assert!(peer.begin(to(&["d@e.f"])).starts_with("MAIL FROM"));
    // And a server that takes DATA all the same.
    peer.say("451 later\r\n250 odd\r\n354 go");
    assert_eq!(peer.sent(), ".\r\n");
    assert_eq!(peer.say("250 odd"), "Finished: 0 Mail 451 later");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn data_or_content_refused() {
    let mut peer = Peer::ready("PIPELINING");
    peer.begin(to(&["d@e.f"]));
    assert_eq!(peer.say("250 ok\r\n250 ok\r\n451 4.3.0 no"), "Finished: 0 Data 451 4.3.0 no");
    assert!(peer.begin(to(&["d@e.f", "g@h.i"])).starts_with("RSET\r\n"));
    peer.say("250 ok\r\n250 ok\r\n250 ok\r\n550 x\r\n354 go");
    peer.sent();
    assert_eq!(peer.say("554 5.7.1 spam"), "Finished: 0 End 554 5.7.1 spam; 1 Rcpt 550 x");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn closed_in_the_middle() {
    let closing = r#"Failed(Closing(Reply { code: ReplyCode(421), enhanced: None, text: "bye" }))"#;
    for (said, results) in [
        ("421 bye", "0 Mail 421 bye; 1 Mail 421 bye"),
        ("250 ok\r\n550 no\r\n421 bye", "0 Rcpt 550 no; 1 Rcpt 421 bye"),
        ("250 ok\r\n250 ok\r\n421 bye", "0 Rcpt 421 bye; 1 Rcpt 421 bye"),
        ("250 ok\r\n550 no\r\n250 ok\r\n421 bye", "0 Rcpt 550 no; 1 Data 421 bye"),
        ("250 ok\r\n250 ok\r\n550 no\r\n354 ok\r\n421 bye", "0 End 421 bye; 1 Rcpt 550 no"),
    ] {
        let mut peer = Peer::ready("PIPELINING");
        peer.begin(to(&["d@e.f", "g@h.i"]));
        assert_eq!(peer.say(said), format!("Finished: {results}"), "{said}");
        assert_eq!(peer.step(), closing);
        assert_eq!(peer.step(), closing);
    }
    let mut peer = Peer::ready("");
    assert_eq!(peer.say("421 bye"), closing, "while nothing is under way");
    let mut peer = Peer::new();
    assert!(peer.say("421 busy").starts_with("Failed(Greeting"));
    let mut peer = Peer::new();
    peer.say("220 hi");
    assert_eq!(peer.say("421 bye"), closing);
    let mut peer = Peer::ready("");
    peer.client.quit();
    assert_eq!(peer.sent(), "QUIT\r\n");
    assert_eq!(peer.client.waits_for(), Phase::Quit);
    assert!(peer.say("221 bye").starts_with("Failed(Closing"));
}

#[test]
fn junk_ends_it() {
    for said in [
        "hello",
        "250 ok\r\n250 ok\r\n250 ok\r\n250 ok",
        "250 ok\r\n354 ok",
        "354 ok",
        "250 ok\r\n250 ok\r\n250 ok\r\n334 ok",
        "250-a\r\n550 b",
        "250 ok\r\n250 ok\r\n250 ok\r\n354 ok\r\n354 ok",
    ] {
        let mut peer = Peer::ready("PIPELINING");
        peer.begin(to(&["d@e.f", "g@h.i"]));
        assert_eq!(peer.say(said), "Protocol", "{said}");
        peer.client.quit();
        assert_eq!(peer.step(), "Protocol");
    }
    let mut peer = Peer::ready("");
    assert_eq!(peer.say("250 nobody asked"), "Protocol");
    let mut peer = Peer::new();
    assert_eq!(peer.say("SSH-2.0-OpenSSH_9.9"), "Protocol");
    let mut peer = Peer::new();
    peer.client.begin(to(&["d@e.f"])).unwrap();
    assert_eq!(peer.step(), "Protocol");
}

#[test]
fn hello_falls_back() {
    let mut peer = Peer::new();
    peer.say("220-two\r\n220 lines");
    peer.sent();
    assert_eq!(peer.say("502 what?"), "NeedInput");
    assert_eq!(peer.sent(), "HELO us.example\r\n");
    assert_eq!(peer.client.waits_for(), Phase::Hello);
    assert_eq!(peer.say("250 old.example at your service"), "Ready");
    assert!(!peer.client.capabilities().esmtp);
    assert_eq!(peer.client.capabilities().name, "old.example");
    let mut peer = Peer::new();
    peer.say("220 hi");
    assert!(peer.say("450 not now").starts_with("Failed(Hello"));
    let mut peer = Peer::new();
    peer.say("220 hi");
    peer.say("500 no");
    assert!(peer.say("500 no").starts_with("Failed(Hello"));
    let settings = ClientSettings { hello: "us.example".into(), force_helo: true, lmtp: false };
    let mut peer = Peer::with(settings);
    peer.say("220 hi");
    assert_eq!(peer.sent(), "HELO us.example\r\n");
    let mut peer = Peer::new();
    assert!(peer.say("554 no").starts_with("Failed(Greeting"));
    let settings =
        ClientSettings { hello: "a b\r\nRSET\r\n".into(), force_helo: false, lmtp: false };
    let mut peer = Peer::with(settings);
    peer.say("220 hi");
    assert_eq!(peer.sent(), "EHLO abRSET\r\n");
}

#[test]
fn start_tls() {
    let mut peer = Peer::ready("STARTTLS PIPELINING");
    peer.client.start_tls();
    assert_eq!(peer.sent(), "STARTTLS\r\n");
    assert_eq!(peer.client.waits_for(), Phase::StartTls);
    assert_eq!(peer.say("220 go"), "StartTls");
    peer.client.tls_started();
    assert!(!peer.client.capabilities().pipelining);
    assert_eq!(peer.sent(), "EHLO us.example\r\n");
    assert_eq!(peer.say("250-mx\r\n250 AUTH PLAIN"), "Ready");
    assert_eq!(peer.client.capabilities().auth, ["PLAIN"]);
    let mut peer = Peer::ready("STARTTLS");
    peer.client.start_tls();
    assert!(peer.say("454 4.7.0 not now").starts_with("TlsRefused"));
    assert_eq!(peer.step(), "Ready");
    let mut peer = Peer::ready("STARTTLS");
    peer.client.start_tls();
    assert_eq!(peer.say("220 go\r\n250 injected"), "Protocol");
}

#[test]
fn parameters_only_where_offered() {
    let mut asked = envelope(&["d@e.f"]);
    asked.ret = Some(model::DsnReturn::Headers);
    asked.envid = Some("QQ1".parse().unwrap());
    asked.smtputf8 = true;
    asked.recipients[0].notify = Some(Notify::On { success: true, failure: true, delay: false });
    asked.recipients[0].original = Some("rfc822;x+40y".parse().unwrap());
    let message = transaction(asked, "S: x\r\n\r\né\r\n");
    let mut peer = Peer::ready("PIPELINING 8BITMIME DSN SMTPUTF8 SIZE");
    assert_eq!(
        peer.begin(message.clone()),
        "MAIL FROM:<a@b.c> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ1\r\n\
         RCPT TO:<d@e.f> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+40y\r\nDATA\r\n"
    );
    let mut peer = Peer::ready("8BITMIME");
    assert_eq!(peer.begin(message.clone()), "MAIL FROM:<a@b.c> BODY=8BITMIME\r\n");
    let mut peer = Peer::ready("");
    assert_eq!(peer.client.begin(message), Err(NotPossible::EightBit));
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn requiretls_goes_only_where_it_is_offered_under_tls() {
    let tagged = |sender| {
        let envelope = envelope(&["d@e.f"]);
        transaction(Envelope { require_tls: true, sender, ..envelope }, "S: x\r\n\r\nx\r\n")
    };
    let user = || tagged(ReversePath::Address(address("a@b.c")));
    // Said in clear it means nothing.
    let mut peer = Peer::ready("STARTTLS REQUIRETLS");
    assert_eq!(peer.client.begin(user()), Err(NotPossible::RequireTls));
    assert_eq!(peer.begin(tagged(ReversePath::Null)), "MAIL FROM:<>\r\n");
    let under_tls = |extensions: &str| {
        let mut peer = Peer::ready("STARTTLS");
        peer.client.start_tls();
        peer.say("220 go");
        peer.client.tls_started();
        peer.sent();
        assert_eq!(peer.say(&format!("250-mx.example\r\n250 {extensions}")), "Ready");
        peer
    };
    let mut peer = under_tls("SMTPUTF8");
    assert_eq!(peer.client.begin(user()), Err(NotPossible::RequireTls));
    // A report is not lost for it (RFC 8689 section 5).
    assert_eq!(peer.begin(tagged(ReversePath::Null)), "MAIL FROM:<>\r\n");
    let mut peer = under_tls("REQUIRETLS");
    assert_eq!(peer.begin(user()), "MAIL FROM:<a@b.c> REQUIRETLS\r\n");
    let mut peer = under_tls("REQUIRETLS");
    assert_eq!(peer.begin(tagged(ReversePath::Null)), "MAIL FROM:<> REQUIRETLS\r\n");
    let mut peer = under_tls("REQUIRETLS");
    assert_eq!(peer.begin(to(&["d@e.f"])), "MAIL FROM:<a@b.c>\r\n");
}

#[test]
fn what_the_server_cannot_take() {
    let mut peer = Peer::ready("SIZE_13 8BITMIME");
    assert_eq!(peer.client.begin(to(&["d@e.f"])), Err(NotPossible::TooLarge { limit: 13 }));
    let mut peer = Peer::ready("8BITMIME");
    let foreign_local = transaction(envelope(&["é@e.f"]), "x\r\n");
    assert_eq!(peer.client.begin(foreign_local), Err(NotPossible::SmtpUtf8));
    let mut utf8 = envelope(&["d@e.f"]);
    utf8.smtputf8 = true;
    let foreign_header = transaction(utf8.clone(), "S: é\r\n\r\nx\r\n");
    assert_eq!(peer.client.begin(foreign_header), Err(NotPossible::SmtpUtf8));
    assert_eq!(
        peer.begin(transaction(utf8, "S: x\r\n\r\né\r\n")),
        "MAIL FROM:<a@b.c> BODY=8BITMIME\r\n"
    );
    // A domain can go as A-labels.
    let mut peer = Peer::ready("PIPELINING");
    let sent = peer.begin(transaction(envelope(&["d@exämple.fr"]), "x\r\n"));
    assert!(sent.contains("RCPT TO:<d@xn--exmple-cua.fr>\r\n"), "{sent}");
}

#[test]
fn many_recipients_go_in_groups() {
    let names: Vec<_> = (0..250).map(|i| format!("u{i}@e.f")).collect();
    let all = to(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut peer = Peer::ready("PIPELINING");
    let sent = peer.begin(all);
    assert_eq!((sent.matches("RCPT").count(), sent.contains("DATA")), (100, false));
    peer.say("250 ok\r\n".repeat(101).trim_end());
    assert_eq!(peer.sent().matches("RCPT").count(), 100);
    peer.say("452 4.5.3 too many\r\n".repeat(100).trim_end());
    let sent = peer.sent();
    assert_eq!((sent.matches("RCPT").count(), sent.ends_with("DATA\r\n")), (50, true));
    peer.say(&format!("{}354 go", "452 4.5.3 too many\r\n".repeat(50)));
    peer.sent();
    let finished = peer.say("250 done");
    assert_eq!(finished.matches(" End 250 done").count(), 100);
    assert_eq!(finished.matches(" Rcpt 452").count(), 150);
}

#[test]
fn some_recipients_and_none() {
    let mut some = to(&["d@e.f", "g@h.i", "j@k.l"]);
    some.recipients = vec![2, 0, 99];
    let mut peer = Peer::ready("PIPELINING");
    assert_eq!(
        peer.begin(some),
        "MAIL FROM:<a@b.c>\r\nRCPT TO:<j@k.l>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n"
    );
    peer.say("250 ok\r\n250 ok\r\n250 ok\r\n354 go");
    assert_eq!(peer.say("250 ok"), "Finished: 2 End 250 ok; 0 End 250 ok");
    let mut none = to(&["d@e.f"]);
    none.recipients.clear();
    peer.client.output().clear();
    peer.client.begin(none).unwrap();
    assert_eq!(peer.step(), "Finished: ");
    assert_eq!(peer.step(), "Ready");
}

#[test]
fn null_sender_and_reset() {
    let mut message = to(&["d@e.f"]);
    message.envelope =
        Arc::new(Envelope::plain(ReversePath::Null, vec![address("\"d e\"@[192.0.2.1]")]));
    let mut peer = Peer::ready("PIPELINING");
    assert!(peer.begin(message).starts_with("MAIL FROM:<>\r\nRCPT TO:<\"d e\"@[192.0.2.1]>\r\n"));
    let mut peer = Peer::ready("");
    peer.client.reset();
    assert_eq!(peer.sent(), "RSET\r\n");
    assert_eq!(peer.say("250 ok"), "Ready");
}

fn lmtp() -> ClientSettings {
    ClientSettings { hello: "us.example".into(), force_helo: false, lmtp: true }
}

#[test]
fn lmtp_has_a_reply_for_each() {
    let ready = || {
        let mut peer = Peer::with(lmtp());
        peer.say("220 hi");
        assert_eq!(peer.sent(), "LHLO us.example\r\n");
        peer.say("250-store\r\n250 PIPELINING");
        peer
    };
    let mut peer = ready();
    peer.begin(to(&["d@e.f", "g@h.i", "j@k.l"]));
    peer.say("250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go");
    peer.sent();
    assert_eq!(
        peer.say("250 first\r\n452 4.2.2 full"),
        "Finished: 0 End 250 first; 1 Rcpt 550 no; 2 End 452 4.2.2 full"
    );
    assert_eq!(peer.step(), "Ready");
    peer.begin(to(&["d@e.f", "g@h.i"]));
    peer.say("250 ok\r\n250 ok\r\n250 ok\r\n354 go");
    peer.sent();
    peer.say("250 first");
    assert_eq!(peer.say("421 bye"), "Finished: 0 End 250 first; 1 End 421 bye");
    let mut peer = ready();
    peer.begin(to(&["d@e.f"]));
    assert_eq!(peer.say("250 ok\r\n550 no\r\n354 go"), "Finished: 0 Rcpt 550 no");
    assert_eq!(peer.step(), "Protocol");
    let mut peer = Peer::with(lmtp());
    peer.say("220 hi");
    assert!(peer.say("500 no").starts_with("Failed(Hello"));
}

#[test]
fn lmtp_that_ends_early_keeps_what_was_said() {
    let content_is_out = || {
        let mut peer = Peer::with(lmtp());
        peer.say("220 hi");
        peer.say("250-store\r\n250 PIPELINING");
        peer.begin(to(&["d@e.f", "g@h.i", "j@k.l"]));
        peer.say("250 ok\r\n250 ok\r\n250 ok\r\n550 no\r\n354 go");
        peer.sent();
        peer
    };
    let answered = |peer: &mut Peer| {
        let answered = peer.client.answered()?;
        let shown = |(index, reply): &(usize, Reply)| format!("{index} {reply}");
        Some(answered.recipients.iter().map(shown).collect::<Vec<_>>().join("; "))
    };
    // The connection ends: nobody says so to the machine.
    let mut peer = content_is_out();
    assert_eq!(peer.say("250 first"), "NeedInput");
    assert_eq!(answered(&mut peer).as_deref(), Some("0 250 first"));
    assert_eq!(peer.client.content_sent(false), ContentSent::Whole);
    // What is no reply, and what is none that fits.
    for nonsense in ["x", "354 more"] {
        let mut peer = content_is_out();
        peer.say("552 5.2.2 full");
        assert_eq!(peer.say(nonsense), "Protocol");
        assert_eq!(answered(&mut peer).as_deref(), Some("0 552 5.2.2 full"));
        assert_eq!(answered(&mut peer), None);
        assert_eq!(peer.client.content_sent(false), ContentSent::Whole);
    }
    let mut peer = content_is_out();
    assert_eq!(peer.say("x"), "Protocol");
    assert_eq!(answered(&mut peer), None);
}

/// What a client makes of a server's words about one transaction that arrive line by line, in
/// pieces of `size`: what it sent and how it ended, until the transaction is over.
fn play(extensions: &str, words: &[u8], size: usize) -> (String, Option<TransactionResult>) {
    let mut peer = Peer::ready(extensions);
    let mut log = peer.begin(to(&["d@e.f", "g@h.i"]));
    let lines = words.split_inclusive(|byte| *byte == b'\n');
    for piece in lines.flat_map(|line| line.chunks(size)) {
        peer.client.input().extend_from_slice(piece);
        let step = peer.client.next();
        log.push_str(&peer.client.output().split().escape_ascii().to_string());
        match step {
            ClientStep::NeedInput => {}
            ClientStep::Finished(result) => return (log, Some(result)),
            step => return (format!("{log}{step:?}"), None),
        }
    }
    (log, None)
}

proptest! {
    #[test]
    fn every_recipient_has_one_result(
        extensions in "(PIPELINING)?",
        words in "((250|250|250|354|550|451|421|x)[ -][a-z]{0,3}\r\n){0,30}",
        size in 1usize..9,
    ) {
        let whole = play(&extensions, words.as_bytes(), usize::MAX);
        if let (_, Some(result)) = &whole {
            let indexes: Vec<_> = result.recipients.iter().map(|(index, _)| *index).collect();
            prop_assert_eq!(indexes, vec![0, 1]);
            prop_assert_eq!(result.stage.len(), 2);
        }
        prop_assert_eq!(play(&extensions, words.as_bytes(), size), whole);
    }

    /// In LMTP, what was said of each after the content: by the whole of the transaction, or by as much of it as came.
    #[test]
    fn lmtp_has_at_most_one_result_for_each(
        words in "(250|250|250|550|451|354|x)[ -]?[a-z]{0,3}\r\n((250|550|451|421|354|x)[ -][a-z]{0,3}\r\n){0,4}",
    ) {
        let mut peer = Peer::with(lmtp());
        peer.say("220 hi");
        peer.say("250-store\r\n250 PIPELINING");
        peer.begin(to(&["d@e.f", "g@h.i", "j@k.l"]));
        peer.say("250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go");
        peer.send();
        peer.client.input().extend_from_slice(words.as_bytes());
        let whole = match peer.client.next() {
            ClientStep::Finished(result) => Some(result.recipients),
            _ => None,
        };
        let all = whole.is_some();
        let told = whole.or_else(|| Some(peer.client.answered()?.recipients)).unwrap_or_default();
        let indexes: Vec<usize> = told.iter().map(|(index, _)| *index).collect();
        prop_assert!(indexes.iter().copied().eq(0..indexes.len()) && indexes.len() <= 3);
        prop_assert_eq!(all, indexes.len() == 3);
        // Nobody is said to have the message but by a line that says so.
        let good = told.iter().filter(|(_, reply)| reply.is_positive()).count();
        prop_assert!(good <= words.matches("250").count());
    }

    #[test]
    fn never_panics(words in proptest::collection::vec(any::<u8>(), 0..300)) {
        play("PIPELINING", &words, 7);
        let mut peer = Peer::new();
        peer.client.input().extend_from_slice(&words);
        peer.client.next();
    }
}

#[test]
fn what_is_so_of_a_message_is_told_to_servers_of_ours_only() {
    let attributes: model::HopAttributes =
        "1;00000000-0000-0000-0000-000000000000;5;0;S;9;-".parse().unwrap();
    let told = || Transaction { attributes: Some(Box::new(attributes.clone())), ..to(&["d@e.f"]) };
    let with = format!("MAIL FROM:<a@b.c> XATTR={attributes}\r\n");
    assert_eq!(Peer::ready("XATTR_1").begin(told()), with);
    for other in ["", "XATTR", "XATTR_2"] {
        assert_eq!(Peer::ready(other).begin(told()), "MAIL FROM:<a@b.c>\r\n", "{other}");
    }
    assert_eq!(Peer::ready("XATTR_1").begin(to(&["d@e.f"])), "MAIL FROM:<a@b.c>\r\n");
}
