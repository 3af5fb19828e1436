//! The two machines against each other over buffers in memory: what the client sends is what the
//! server hands out, and the replies find their recipients.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests stand outside test functions"
)]

use std::{num::NonZeroU32, sync::Arc};

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac, pbkdf2,
};
use bytes::{Bytes, BytesMut};
use model::{Address, Envelope, Notify, Recipient, Reply, ReversePath};
use proptest::prelude::*;
use smtp::{
    Answer, AuthOffer, BearerOffer, ChannelBinding, Client, ClientSettings, ClientStep,
    NotPossible, ReceivedMessage, ScramKeys, Server, ServerSettings, SessionFailure, SizeMode,
    Stage, Step, TlsBinding, Transaction, TransactionResult,
};

fn settings() -> ServerSettings {
    ServerSettings {
        fqdn: "mx.example.net".into(),
        banner: None,
        max_message_size: 10_000_000,
        max_header_size: 100_000,
        max_recipients: 150,
        max_hops: 30,
        max_protocol_errors: Some(5),
        max_logon_failures: Some(3),
        pipelining: true,
        chunking: true,
        eight_bit_mime: true,
        dsn: true,
        enhanced_status_codes: true,
        smtputf8: true,
        offer_require_tls: true,
        size: SizeMode::Enabled,
        start_tls: true,
        require_tls: true,
        scram: true,
        auth: AuthOffer::UnderTls,
        bearer: Some(BearerOffer { configuration: Some("https://login.test/x".into()) }),
        require_hello_name: false,
        require_auth: true,
    }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn message(recipients: &[&str], content: impl Into<Bytes>) -> Transaction {
    let content = content.into();
    let addresses: Vec<_> = recipients.iter().map(|text| address(text)).collect();
    Transaction {
        recipients: (0..addresses.len()).collect(),
        envelope: Arc::new(Envelope::plain(ReversePath::Address(address("a@b.c")), addresses)),
        eight_bit: !content.is_ascii(),
        top: Bytes::new(),
        content,
        attributes: None,
    }
}

/// Both ends of a connection that carries at most `piece` bytes at a time.
struct Wire {
    client: Client,
    server: Server,
    piece: usize,
    /// What the client has sent and the server has not got.
    under_way: BytesMut,
    received: Vec<ReceivedMessage>,
    /// What SCRAM has led to.
    proven: Vec<(&'static str, Result<(), &'static str>)>,
    signed_in: usize,
}

/// What is kept of the password `secret`.
fn secret_s_keys() -> ScramKeys {
    let (salt, rounds) = (b"sixteen bytes of".to_vec(), NonZeroU32::new(5000).unwrap());
    let mut salted = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, b"secret", &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest(&SHA256, client_key.as_ref()).as_ref().try_into().unwrap();
    let server_key = hmac::sign(&key, b"Server Key").as_ref().try_into().unwrap();
    ScramKeys { salt, rounds, stored_key, server_key }
}

impl Wire {
    fn new(settings: ServerSettings, piece: usize) -> Self {
        let client = ClientSettings { hello: "us.example".into(), force_helo: false, lmtp: false };
        let mut wire = Self {
            client: Client::new(client),
            server: Server::new(settings, false),
            piece,
            under_way: BytesMut::new(),
            received: Vec::new(),
            proven: Vec::new(),
            signed_in: 0,
        };
        wire.server.greet();
        assert!(matches!(wire.run(), ClientStep::Ready));
        wire
    }

    /// A connection under TLS (as far as the machines know) with a logon done.
    fn signed_in(settings: ServerSettings, piece: usize) -> Self {
        let mut wire = Self::new(settings, piece);
        wire.client.start_tls();
        assert!(matches!(wire.run(), ClientStep::Ready));
        wire.client.authenticate_login("jean", "secret");
        assert!(matches!(wire.run(), ClientStep::Authenticated));
        assert!(matches!(wire.run(), ClientStep::Ready));
        wire
    }

    /// Until the client has something to say to its driver.
    fn run(&mut self) -> ClientStep {
        for _ in 0..10_000_000 {
            match self.client.next() {
                ClientStep::NeedInput => {}
                ClientStep::StartTls => {
                    self.client.tls_started();
                    continue;
                }
                step => return step,
            }
            self.under_way.extend_from_slice(&self.client.output().split());
            let sent = self.under_way.split_to(self.under_way.len().min(self.piece));
            self.server.input().extend_from_slice(&sent);
            self.serve();
            let replies = self.server.output();
            let replies = replies.split_to(replies.len().min(self.piece));
            self.client.input().extend_from_slice(&replies);
        }
        panic!("the two have nothing more to say");
    }

    fn serve(&mut self) {
        loop {
            match self.server.next() {
                Step::NeedInput | Step::Close => return,
                Step::Tarpit => {}
                Step::StartTls => {
                    // The reply crosses in clear before the handshake.
                    let reply = self.server.output().split();
                    self.client.input().extend_from_slice(&reply);
                    self.server.tls_started();
                }
                Step::Authenticate { user, password, .. } => {
                    assert_eq!((user.as_str(), &*password), ("jean", "secret"));
                    self.server.answer(Answer::AuthOk);
                }
                Step::Bearer { user, token, .. } => {
                    assert_eq!(user.as_deref(), Some("jean"));
                    let refused = Reply::new(535, (5, 7, 3), "Authentication unsuccessful");
                    let good = &*token == "a.good.token";
                    self.server.answer(if good { Answer::AuthOk } else { Answer::Refuse(refused) });
                }
                Step::ScramKeys { user } => {
                    assert_eq!(user, "jean");
                    let nonce = "fromTheServer".to_owned();
                    self.server.answer(Answer::ScramKeys { keys: secret_s_keys(), nonce });
                }
                Step::ScramProof { mechanism, proof, .. } => {
                    self.proven.push((mechanism, proof));
                    let wrong = Reply::new(535, (5, 7, 3), "wrong");
                    let answer = proof.map_or(Answer::Refuse(wrong), |()| Answer::AuthOk);
                    self.server.answer(answer);
                }
                Step::SignedIn => self.signed_in += 1,
                Step::Mail(_) => self.server.answer(Answer::Accept),
                Step::Recipient(recipient) if recipient.address.as_str().starts_with("bad") => {
                    self.server.answer(Answer::Refuse(Reply::new(550, (5, 1, 1), "User unknown")));
                }
                Step::Recipient(_) => self.server.answer(Answer::Accept),
                Step::Postmaster => self.server.answer(Answer::AcceptAs(address("p@b.c"))),
                Step::Message(message) => {
                    self.received.push(message);
                    self.server.answer(Answer::Accepted(Reply::new(250, (2, 6, 0), "Queued")));
                }
            }
        }
    }

    fn send(&mut self, transaction: Transaction) -> TransactionResult {
        self.client.begin(transaction).unwrap();
        let step = self.run();
        assert!(matches!(self.run(), ClientStep::Ready));
        match step {
            ClientStep::Finished(result) => result,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn messages_arrive_as_they_were() {
    for pipelining in [true, false] {
        for piece in [1, 7, 4096, usize::MAX] {
            let settings = ServerSettings { pipelining, ..settings() };
            let mut wire = Wire::signed_in(settings, piece);
            let content = "Subject: é\r\n\r\n.\r\n..\r\n.dot\r\n\r\nend\r\n";
            let result = wire.send(message(&["d@e.f", "bad@e.f", "g@h.i"], content));
            let codes: Vec<_> =
                result.recipients.iter().map(|(i, r)| (*i, r.code.as_u16())).collect();
            assert_eq!(codes, [(0, 250), (1, 550), (2, 250)]);
            assert_eq!(result.stage, [Stage::End, Stage::Rcpt, Stage::End]);
            assert_eq!(result.recipients[1].1, Reply::new(550, (5, 1, 1), "User unknown"));
            assert_eq!(wire.received[0].content, content);
            assert_eq!(wire.received[0].envelope.recipients.len(), 2);
            // All refused, then the connection goes on to be used.
            let result = wire.send(message(&["bad@e.f"], content));
            assert_eq!(result.stage, [Stage::Rcpt]);
            wire.send(message(&["d@e.f"], ""));
            assert_eq!(wire.received.len(), 2);
            wire.client.quit();
            assert!(matches!(wire.run(), ClientStep::Failed(SessionFailure::Closing(_))));
        }
    }
}

/// Signs in by SCRAM, in a TLS session that our side knows by `data`; what the client hears.
fn scram(wire: &mut Wire, password: &str, binding: ChannelBinding, data: &[u8]) -> ClientStep {
    wire.client.start_tls();
    assert!(matches!(wire.run(), ClientStep::Ready));
    wire.server.bind_to(vec![TlsBinding { kind: "tls-exporter", data: data.to_vec() }]);
    wire.client.authenticate_scram_sha_256("jean", password, "fromTheClient", binding);
    match wire.run() {
        ClientStep::Derive(work) => wire.client.derived(&work.run()),
        other => return other,
    }
    wire.run()
}

#[test]
fn scram_signs_in_and_proves_both_sides() {
    let bound = || ChannelBinding::Bound { kind: "tls-exporter", data: vec![7; 32] };
    for piece in [1, usize::MAX] {
        for (binding, mechanism) in
            [(ChannelBinding::None, "SCRAM-SHA-256"), (bound(), "SCRAM-SHA-256-PLUS")]
        {
            let mut wire = Wire::new(settings(), piece);
            let step = scram(&mut wire, "secret", binding, &[7; 32]);
            assert!(matches!(step, ClientStep::Authenticated), "{step:?}");
            assert_eq!(wire.proven, [(mechanism, Ok(()))]);
            assert!(matches!(wire.run(), ClientStep::Ready));
            wire.send(message(&["d@e.f"], "x\r\n"));
            assert_eq!((wire.signed_in, wire.received.len()), (1, 1));
        }
    }
    for (password, binding, data) in [
        ("secreT", ChannelBinding::None, 7),
        ("secreT", bound(), 7),
        // Somebody in between has another TLS session with each side, or hides what is offered.
        ("secret", bound(), 8),
        ("secret", ChannelBinding::NotOffered, 7),
    ] {
        let mut wire = Wire::new(settings(), usize::MAX);
        let step = scram(&mut wire, password, binding, &[data; 32]);
        assert!(matches!(step, ClientStep::AuthRefused(_)), "{step:?}");
        assert!(wire.proven[0].1.is_err() && wire.signed_in == 0);
        assert!(!wire.server.is_authenticated());
    }
}

#[test]
fn tokens_sign_in_or_are_refused_with_a_reply_behind_the_explanation() {
    for piece in [1, usize::MAX] {
        for (number, token) in ["a.good.token", "a.bad.token"].iter().cycle().take(4).enumerate() {
            let mut wire = Wire::new(settings(), piece);
            wire.client.start_tls();
            assert!(matches!(wire.run(), ClientStep::Ready));
            if number < 2 {
                wire.client.authenticate_oauthbearer("jean", ("mx.example.net", 587), token);
            } else {
                wire.client.authenticate_xoauth2("jean", token);
            }
            match wire.run() {
                ClientStep::Authenticated => assert_eq!(*token, "a.good.token"),
                ClientStep::AuthRefused(reply) => {
                    assert_eq!((*token, reply.code.as_u16()), ("a.bad.token", 535));
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(wire.server.is_authenticated(), *token == "a.good.token");
        }
    }
}

#[test]
fn envelopes_arrive_as_they_were() {
    let mut wire = Wire::signed_in(settings(), usize::MAX);
    let envelope = Envelope {
        sender: ReversePath::Address(address("jérôme@exämple.fr")),
        body: model::BodyType::EightBitMime,
        smtputf8: true,
        ret: Some(model::DsnReturn::Full),
        envid: Some("a+2Bb".parse().unwrap()),
        require_tls: true,
        recipients: vec![
            Recipient {
                address: address("\"odd >local\"@[IPv6:2001:db8::1]"),
                notify: Some(Notify::Never),
                original: Some("rfc822;x+40y".parse().unwrap()),
            },
            Recipient::plain(address("d@e.f")),
        ],
    };
    let mut transaction = message(&[], "S: x\r\n\r\né\r\n");
    transaction.envelope = Arc::new(envelope.clone());
    transaction.recipients = vec![0, 1];
    wire.send(transaction);
    assert_eq!(wire.received[0].envelope, envelope);
}

#[test]
fn limits_reach_the_client() {
    let small = ServerSettings { max_message_size: 10, eight_bit_mime: false, ..settings() };
    let mut wire = Wire::signed_in(small, usize::MAX);
    let large = message(&["d@e.f"], "12345678901");
    assert_eq!(wire.client.begin(large), Err(NotPossible::TooLarge { limit: 10 }));
    assert_eq!(wire.client.begin(message(&["d@e.f"], "é\r\n")), Err(NotPossible::EightBit));
    let mut wire = Wire::signed_in(settings(), usize::MAX);
    let many: Vec<_> = (0..180).map(|i| format!("u{i}@e.f")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let result = wire.send(message(&many, "x\r\n"));
    let refused = result.recipients.iter().filter(|(_, reply)| reply.code.as_u16() == 452).count();
    assert_eq!((refused, wire.received[0].envelope.recipients.len()), (30, 150));
}

#[test]
fn large_content() {
    let mut wire = Wire::signed_in(settings(), 65_536);
    let content = "S: x\r\n\r\n".to_owned()
        + &"0123456789012345678901234567890123456789012345678901234567890123456789\r\n.\r\n"
            .repeat(40_000);
    wire.send(message(&["d@e.f"], content.clone()));
    assert_eq!(wire.received[0].content, content);
    assert!(wire.server.input().capacity() <= 8192 && wire.server.content_buffered() == 0);
    assert!(wire.client.output().capacity() <= 8192);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_lines_arrive(lines in proptest::collection::vec("[.a-cé\0 ]{0,6}", 0..30), piece in 1usize..40) {
        let content: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let mut wire = Wire::signed_in(settings(), piece);
        wire.send(message(&["d@e.f"], content.clone()));
        prop_assert_eq!(wire.received[0].content.as_ref(), content.as_bytes());
    }

    #[test]
    fn bare_newlines_never_leave(parts in proptest::collection::vec("[.\r\na]{0,6}", 0..20)) {
        let mut wire = Wire::signed_in(settings(), 11);
        let result = wire.send(message(&["d@e.f"], parts.concat()));
        prop_assert!(result.recipients[0].1.is_positive());
        prop_assert_eq!(wire.received.len(), 1);
    }
}
