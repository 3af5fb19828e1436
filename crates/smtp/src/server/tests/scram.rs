//! SCRAM in a session: the example of RFC 7677, what breaks it off at each step, and who hears of it.

use std::{num::NonZeroU32, sync::LazyLock};

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac, pbkdf2,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;

const FIRST: &str = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const CHALLENGE: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                         s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const LAST: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                    p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
const FAILED: &str = "535 5.7.3 Authentication unsuccessful\r\n";
const UNDECODABLE: &str = "501 5.5.2 Cannot decode authentication response\r\n";

static PENCIL: LazyLock<ScramKeys> = LazyLock::new(|| {
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let rounds = NonZeroU32::new(4096).unwrap();
    let mut salted = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, b"pencil", &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest(&SHA256, client_key.as_ref()).as_ref().try_into().unwrap();
    let server_key = hmac::sign(&key, b"Server Key").as_ref().try_into().unwrap();
    ScramKeys { salt, rounds, stored_key, server_key }
});

/// What the driver of these tests says of a user: `user` has the password `pencil`, of `later` nothing can be
/// said now, and nobody knows a password for anybody else.
pub(super) fn keys_of(user: &str) -> Answer {
    if user == "later" {
        return Answer::Refuse(Reply::new(454, (4, 7, 0), "Temporary authentication failure"));
    }
    let mut keys = PENCIL.clone();
    if user != "user" {
        keys.stored_key = [0; 32];
    }
    Answer::ScramKeys { keys, nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".to_owned() }
}

fn line(text: &str) -> String {
    format!("{}\r\n", STANDARD.encode(text))
}

fn asked(text: &str) -> String {
    format!("334 {}", line(text))
}

fn begin(mechanism: &str, first: &str) -> String {
    format!("AUTH {mechanism} {}", line(first))
}

fn patient() -> Driver {
    let endless =
        ServerSettings { max_protocol_errors: None, max_logon_failures: None, ..settings() };
    let mut driver = Driver::new(endless, true);
    driver.say("EHLO x\r\n");
    driver
}

fn challenged() -> Driver {
    let mut driver = patient();
    assert_eq!(driver.say(&begin("SCRAM-SHA-256", FIRST)), asked(CHALLENGE));
    driver
}

fn can_be_bound() -> Vec<TlsBinding> {
    vec![TlsBinding { kind: "tls-exporter", data: vec![7; 32] }]
}

#[test]
fn the_example_of_the_rfc() {
    let mut driver = challenged();
    assert_eq!(driver.say(&line(LAST)), asked(SERVER_LAST));
    assert!(!driver.server.is_authenticated());
    assert_eq!(driver.say("\r\n"), "235 2.7.0 Authentication successful\r\n");
    assert!(driver.server.is_authenticated());
    assert_eq!(
        driver.steps,
        [
            "ScramKeys { user: \"user\" }",
            "ScramProof { mechanism: \"SCRAM-SHA-256\", user: \"user\", proof: Ok(()) }",
            "SignedIn",
        ]
    );
    assert_eq!(driver.say("AUTH SCRAM-SHA-256\r\n"), BAD_SEQUENCE);
    let mut driver = patient();
    assert_eq!(driver.say("auth scram-sha-256\r\n"), "334 \r\n");
    assert_eq!(driver.say(&line(FIRST)), asked(CHALLENGE));
}

#[test]
fn plus_is_offered_where_there_is_something_to_bind_to() {
    let offer = |driver: &mut Driver| {
        let said = driver.say("EHLO x\r\n");
        let line = said.lines().find(|line| line.contains("AUTH")).unwrap_or_default();
        line.get(4..).unwrap_or_default().to_owned()
    };
    let mut driver = Driver::new(settings(), false);
    driver.bindings = can_be_bound();
    assert_eq!(offer(&mut driver), "");
    driver.say("STARTTLS\r\n");
    assert_eq!(offer(&mut driver), "AUTH PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS");
    let mut unbound = patient();
    assert_eq!(offer(&mut unbound), "AUTH PLAIN LOGIN SCRAM-SHA-256");
    let plus = begin("SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=user,r=x");
    assert!(unbound.say(&plus).starts_with("504 5.5.4 "));
    assert!(driver.say(&plus).starts_with("334 "));
}

/// RFC 5802 section 6: all the same to the client, and the driver hears why.
#[test]
fn a_first_message_that_may_not_be_is_a_failed_logon() {
    for (mechanism, first, why) in [
        ("SCRAM-SHA-256", "y,,n=user,r=x", "somebody may sit in between"),
        ("SCRAM-SHA-256", "p=tls-exporter,,n=user,r=x", "with channel binding"),
        ("SCRAM-SHA-256-PLUS", "n,,n=user,r=x", "without channel binding"),
        ("SCRAM-SHA-256-PLUS", "y,,n=user,r=x", "without channel binding"),
        ("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=user,r=x", "unknown kind"),
        ("SCRAM-SHA-256", "n,a=other,n=user,r=x", "authorization identity"),
        ("SCRAM-SHA-256", "n,,n=us\u{7}er,r=x", "RFC 4013"),
    ] {
        let mut driver = patient();
        driver.server.bind_to(can_be_bound());
        assert_eq!(driver.say(&begin(mechanism, first)), FAILED, "{first}");
        let step = &driver.steps[0];
        assert!(step.starts_with("ScramProof") && step.contains(why), "{step}");
        assert_eq!(driver.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
    }
    // Where PLUS was not offered, who says so is right.
    assert!(patient().say(&begin("SCRAM-SHA-256", "y,,n=user,r=x")).starts_with("334 "));
}

#[test]
fn a_wrong_proof_and_an_unknown_user_are_alike() {
    let wrong = LAST.replace("p=dHz", "p=dHy");
    let mut driver = challenged();
    assert_eq!(driver.say(&line(&wrong)), FAILED);
    assert!(driver.steps[1].contains("proof: Err(\"wrong user name or password\")"));
    let mut stranger = patient();
    let first = FIRST.replace("user", "nobody");
    assert_eq!(stranger.say(&begin("SCRAM-SHA-256", &first)), asked(CHALLENGE));
    assert_eq!(stranger.say(&line(LAST)), FAILED);
    for last in [LAST.replace("c=biws", "c=eSws"), LAST.replace("$k0,", "$k1,")] {
        let mut driver = challenged();
        assert_eq!(driver.say(&line(&last)), FAILED);
        assert_eq!(driver.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
        assert!(!driver.server.is_authenticated());
    }
}

#[test]
fn failures_end_the_session_as_those_of_passwords_do() {
    let mut driver = tls_session();
    let wrong = LAST.replace("p=dHz", "p=dHy");
    let attempt = format!("{}{}", begin("SCRAM-SHA-256", FIRST), line(&wrong));
    let replies = driver.say(&format!("AUTH PLAIN AGplYW4Ad3Jvbmc=\r\n{}", attempt.repeat(4)));
    assert_eq!(replies.matches("535 5.7.3").count(), 2);
    assert!(replies.ends_with("closing transmission channel\r\n") && driver.closed, "{replies}");
}

#[test]
fn what_is_not_of_the_exchange_breaks_it_off() {
    let cancelled = "501 5.7.0 Authentication cancelled\r\n";
    let not_text = format!("{}\r\n", STANDARD.encode(b"n,,n=\xff,r=x"));
    let long = format!("{}\r\n", "A".repeat(12_287));
    for (bad, reply) in [
        ("*\r\n", cancelled),
        ("!!!\r\n", UNDECODABLE),
        ("\r\n", UNDECODABLE),
        ("=\r\n", UNDECODABLE),
        (not_text.as_str(), UNDECODABLE),
        (&line("no message of SCRAM"), UNDECODABLE),
        (&long, "500 5.5.2 Line too long\r\n"),
    ] {
        let mut first = patient();
        assert_eq!(first.say("AUTH SCRAM-SHA-256\r\n"), "334 \r\n");
        assert_eq!(first.say(bad), reply, "{bad}");
        let mut second = challenged();
        assert_eq!(second.say(bad), reply, "{bad}");
        let mut broken = vec![first, second];
        // An empty line is what the exchange ends with.
        if bad != "\r\n" {
            let mut third = challenged();
            third.say(&line(LAST));
            assert_eq!(third.say(bad), reply, "{bad}");
            broken.push(third);
        }
        for mut driver in broken {
            assert!(!driver.server.is_authenticated());
            assert!(!driver.steps.contains(&"SignedIn".to_owned()));
            assert_eq!(driver.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
        }
    }
    let long = format!("n,,n=user,r={}", "x".repeat(257));
    for first in ["=\r\n".to_owned(), line(&long), line("n,,m=x,n=user,r=x"), line("n,,n=,r=x")] {
        assert_eq!(patient().say(&format!("AUTH SCRAM-SHA-256 {first}")), UNDECODABLE, "{first}");
    }
}

#[test]
fn what_the_driver_does_not_answer_is_refused_for_now() {
    let later = begin("SCRAM-SHA-256", "n,,n=later,r=x");
    assert_eq!(patient().say(&later), "454 4.7.0 Temporary authentication failure\r\n");
    let first = begin("SCRAM-SHA-256", FIRST);
    let nonce = String::new();
    for wrong in [Answer::AuthOk, Answer::Accept, Answer::ScramKeys { keys: PENCIL.clone(), nonce }]
    {
        let mut driver = patient();
        driver.server.input().extend_from_slice(first.as_bytes());
        assert!(matches!(driver.server.next(), Step::ScramKeys { .. }));
        driver.server.answer(wrong);
        driver.run();
        assert!(driver.take_output().starts_with("451 4.3.0 "));
    }
    // A wrong proof stays wrong, whatever the driver says.
    let mut driver = challenged();
    let wrong = line(&LAST.replace("p=dHz", "p=dHy"));
    driver.server.input().extend_from_slice(wrong.as_bytes());
    assert!(matches!(driver.server.next(), Step::ScramProof { proof: Err(_), .. }));
    driver.server.answer(Answer::AuthOk);
    driver.run();
    assert!(driver.take_output().starts_with("451 4.3.0 "));
    assert!(!driver.server.is_authenticated());
    // The password has changed since: a right proof is refused.
    let mut driver = challenged();
    driver.server.input().extend_from_slice(line(LAST).as_bytes());
    assert!(matches!(driver.server.next(), Step::ScramProof { proof: Ok(()), .. }));
    driver.server.answer(Answer::Refuse(Reply::new(535, (5, 7, 3), "no")));
    driver.run();
    assert_eq!(driver.take_output(), "535 5.7.3 no\r\n");
    assert_eq!(driver.say("\r\n"), "500 5.5.2 Unrecognized command\r\n");
    assert!(!driver.server.is_authenticated());
}

/// What binds is of one TLS session.
#[test]
fn a_new_tls_session_is_not_bound_to_the_old_one() {
    let mut driver = Driver::new(settings(), false);
    driver.server.bind_to(can_be_bound());
    driver.say("EHLO x\r\nSTARTTLS\r\n");
    assert!(!driver.say("EHLO x\r\n").contains("PLUS"));
}

#[test]
fn nothing_of_it_is_seen() {
    let mut driver = patient();
    driver.server.keep_transcript();
    driver.say(&format!("{}{}\r\n", begin("scram-sha-256", FIRST), line(LAST)));
    driver.say("AUTH SCRAM-SHA-256-PLUS bm90aGluZw==\r\n");
    let shown: Vec<_> = driver.server.take_transcript().into_iter().map(|line| line.text).collect();
    assert_eq!(
        shown[..6],
        [
            "AUTH SCRAM-SHA-256 <Binary Data>",
            "334 <Binary Data>",
            "<Binary Data>",
            "334 <Binary Data>",
            "<Binary Data>",
            "235 2.7.0 Authentication successful",
        ]
    );
    assert_eq!(shown[6], "AUTH SCRAM-SHA-256-PLUS <Binary Data>");
}

proptest! {
    /// Whatever comes in whatever pieces: nobody is signed in without the proof, and every reply is a line.
    #[test]
    fn no_bytes_sign_anybody_in(
        first in "(n|y|p=tls-exporter|p=x),(a=user)?,(m=x,)?n=(user|nobody|later|=2C)?,r=[a-c]{0,3}(,x=y)?",
        last in "(c=(biws|eSws|x)?,)?(r=[a-c%]{0,5},)?p=[A-Za-z0-9+/]{43}=",
        plus in any::<bool>(),
        size in 1usize..60,
    ) {
        let mut driver = patient();
        driver.server.bind_to(can_be_bound());
        let mechanism = if plus { "SCRAM-SHA-256-PLUS" } else { "SCRAM-SHA-256" };
        let talk = format!("{}{}\r\nNOOP\r\n", begin(mechanism, &first), line(&last));
        driver.feed(talk.as_bytes(), size);
        prop_assert!(!driver.server.is_authenticated());
        for reply in driver.output.split_terminator("\r\n") {
            prop_assert!(reply.len() <= 510 && reply.bytes().take(3).all(|b| b.is_ascii_digit()));
        }
        prop_assert!(driver.output.ends_with("250 2.0.0 OK\r\n"), "{}", driver.output);
    }
}
