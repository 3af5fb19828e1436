//! SMTP smuggling: only CRLF.CRLF ends a message (RFC 5321 section 4.1.1.4). Everything that some
//! other server takes for an end is refused or stays inside the one message, and what leaves cannot
//! be taken for an end by anybody.

use std::time::Duration;

use end_to_end::{Postfix, Relais, SOON, Smtp, address, consistently};

use crate::world::{PORT, STRANGER, World};

const TO: &str = "jean@contoso.com";
/// What would follow as a message of its own.
const SMUGGLED: &str = "MAIL FROM:<admin@contoso.com>\r\nRCPT TO:<jean@contoso.com>\r\nDATA\r\n\
    Subject: smuggled\r\n\r\nsmuggled\r\n.\r\n";

/// Ends of data that differ from CRLF.CRLF: CR and LF alone, doubled, mixed, missing on one side,
/// with something between.
const VARIANTS: &[&[u8]] = &[
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r.\n",
    b"\n\n.\n\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\r\r\n",
    b"\r\n\n.\r\n",
    b"\n\r\n.\n",
    b"\n\r.\n\r",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
    b"\r\n. \r\n",
    b"\r\n \r\n.\n",
    b"\r\n\t.\r\n",
    b"\x85.\x85",
    b"\xe2\x80\xa8.\xe2\x80\xa8",
    b"\x0b.\x0b",
    b"\x0c.\x0c",
];

#[test]
fn data_ends_at_one_sequence_only() {
    let relais = Relais::prompt_sandbox();
    let mut accepted = 0;
    for variant in VARIANTS {
        let mut smtp = Smtp::hello(relais.relay());
        let (mail, rcpt) = smtp.envelope(STRANGER, TO);
        assert_eq!((mail.code, rcpt.code), (250, 250));
        assert_eq!(smtp.say("DATA").code, 354);
        let mut content = b"Subject: one message\r\n\r\nbegin".to_vec();
        content.extend_from_slice(variant);
        content.extend_from_slice(SMUGGLED.as_bytes());
        smtp.send(&content);
        let reply = smtp.reply();
        if reply.code == 250 {
            accepted += 1;
        } else {
            assert!(
                reply.text().starts_with("550 5.6.11"),
                "{}: {reply:?}",
                variant.escape_ascii()
            );
        }
        // The session is where it would be after one message: nothing else has been answered.
        assert_eq!(smtp.say("NOOP").code, 250, "{}", variant.escape_ascii());
        assert_eq!(smtp.say("QUIT").code, 221, "{}", variant.escape_ascii());
    }
    only(&relais, accepted);
}

#[test]
fn bare_line_ends_are_refused_in_chunks_too() {
    let relais = Relais::prompt_sandbox();
    let mut accepted = 0;
    for variant in VARIANTS {
        let mut smtp = Smtp::hello(relais.relay());
        smtp.envelope(STRANGER, TO);
        let mut content = b"Subject: one message\r\n\r\nbegin".to_vec();
        content.extend_from_slice(variant);
        content.extend_from_slice(SMUGGLED.as_bytes());
        // Cut inside the variant, so that CR and LF may be apart.
        let (first, last) = content.split_at(31);
        smtp.send(format!("BDAT {}\r\n", first.len()).as_bytes());
        smtp.send(first);
        smtp.send(format!("BDAT {} LAST\r\n", last.len()).as_bytes());
        smtp.send(last);
        // Refused with the chunk in which it is seen; what follows then belongs to no message.
        let (first, last) = (smtp.reply(), smtp.reply());
        match (first.code, last.code) {
            (250, 250) => accepted += 1,
            (250, _) => assert!(
                last.text().starts_with("550 5.6.11"),
                "{}: {last:?}",
                variant.escape_ascii()
            ),
            _ => {
                assert!(
                    first.text().starts_with("550 5.6.11"),
                    "{}: {first:?}",
                    variant.escape_ascii()
                );
                assert!(matches!(last.code, 503 | 550), "{}: {last:?}", variant.escape_ascii());
            }
        }
        assert_eq!(smtp.say("NOOP").code, 250, "{}", variant.escape_ascii());
    }
    only(&relais, accepted);
}

/// Exactly `accepted` messages have arrived, none of them what was smuggled.
fn only(relais: &Relais, accepted: usize) {
    let mail = relais.wait_for_mail(TO, accepted, SOON);
    for message in &mail {
        assert!(message.contains("Subject: one message"), "{message}");
        assert!(!message.contains("Return-Path: <admin@"), "{message}");
    }
    consistently("no other message", Duration::from_millis(500), || {
        relais.maildir(TO).len() == accepted
    });
}

#[test]
fn commands_end_with_crlf_too() {
    let relais = Relais::prompt_sandbox();
    let mut smtp = Smtp::hello(relais.relay());
    smtp.send(b"NOOP\nNOOP\r\n");
    let reply = smtp.reply();
    assert!(reply.text().starts_with("500 5.5.2"), "{reply:?}");
    assert_eq!(smtp.rest(), "", "one answer, and nothing behind the LF is a command");
}

/// A body with every kind of dotted line passes through us and Postfix as one message, whole.
#[test]
fn dots_survive_two_hops() {
    let host = address();
    let postfix = Postfix::start(host, PORT, &["a.test"]);
    let world = World::with(host, &["a MX 10 mail", &format!("mail A {host}")]);
    world.relais.send_connector("All", "*", PORT);
    let mut smtp = Smtp::hello(world.relais.relay());
    smtp.envelope(STRANGER, "u@a.test");
    assert_eq!(smtp.say("DATA").code, 354);
    smtp.send(b"Subject: dots\r\n\r\n..\r\n...\r\n..dot\r\n ..\r\nQUIT\r\n..\r\nlast\r\n.\r\n");
    assert_eq!(smtp.reply().code, 250);
    let message = postfix.wait_for(1, SOON).remove(0);
    assert!(message.ends_with("\n\n.\n..\n.dot\n ..\nQUIT\n.\nlast\n"), "{message}");
    consistently("one message", Duration::from_millis(500), || postfix.messages().len() == 1);
}

/// STARTTLS injection (CVE-2011-0411): what came in clear behind the command is forgotten.
#[test]
fn commands_behind_starttls_are_discarded() {
    let relais = Relais::prompt_sandbox();
    for to in [relais.submission(), relais.relay(), relais.front()] {
        let (good, said) =
            end_to_end::have_tls_injection_answer(to, "EHLO injected.example\r\nRSET");
        assert!(good, "{said}");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 2, "an answer each to NOOP and QUIT: {lines:?}");
        assert!(lines[0].starts_with("250") && lines[1].starts_with("221"), "{lines:?}");
    }
}

/// An answer to what was said in clear does not count under TLS: a client begins anew.
#[test]
fn a_session_begins_anew_under_tls() {
    let relais = Relais::prompt_sandbox();
    let (good, said) = end_to_end::swaks(
        relais.relay(),
        &["--tls", "--from", STRANGER, "--to", TO, "--header", "Subject: by swaks under TLS"],
    );
    assert!(good, "{said}");
    let message = relais.wait_for_mail(TO, 1, SOON).remove(0);
    assert!(message.contains("with ESMTPS"), "{message}");
}
