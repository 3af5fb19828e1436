//! Mailboxes that Dovecot has: mail goes to it by LMTP, and what it says of each recipient is what becomes
//! of the mail.

use std::net::SocketAddr;

use end_to_end::{Dovecot, Relais, SOON, Settings, Smtp, address, message, until};
use serde_json::{Value, json};

use crate::world::STRANGER;

const JEAN: &str = "jean@contoso.com";
const ANNA: &str = "anna@contoso.com";

/// A server whose mailboxes `jean` and `anna` are at this LMTP server.
fn relais_of(lmtp: &str) -> Relais {
    // A test has few of them.
    let toml = format!("[mailboxes]\nlmtp = {lmtp:?}\n").leak();
    let relais = Relais::relaying(Settings { toml, ..Settings::default() });
    for name in ["jean", "anna"] {
        relais.mailbox(name, "a Secret of a User 3");
    }
    relais
}

fn at_socket(dovecot: &Dovecot) -> Relais {
    relais_of(dovecot.lmtp_socket().to_str().expect("a path in UTF-8"))
}

fn send(relais: &Relais, from: &str, to: &[&str], content: &str) {
    let reply = Smtp::hello(relais.relay()).deliver(from, to, content);
    assert_eq!(reply.code, 250, "{reply:?}");
}

/// Waits for the message in a mailbox of Dovecot's that has this in it.
fn wait_for(dovecot: &Dovecot, user: &str, text: &str) -> String {
    until(&format!("{user} has {text:?}"), SOON, || {
        dovecot.messages(user).into_iter().find(|message| message.contains(text))
    })
}

fn tracked(relais: &Relais, event: &str) -> Vec<Value> {
    relais.run("Get-MessageTrackingLog", json!({ "EventId": event }))
}

#[test]
fn a_message_is_in_dovecots_mailbox_as_it_was_sent() {
    let mut dovecot = Dovecot::with_mailboxes(&[(JEAN, None)], None, false);
    dovecot.resume();
    let relais = at_socket(&dovecot);
    relais.run("Set-Mailbox", json!({ "Identity": "jean", "EmailAddresses": "sales@contoso.com" }));
    let sent = format!(
        "Date: Tue, 1 Dec 2026 10:00:00 +0100\r\nMessage-ID: <whole@elsewhere.example>\r\n{}Un été à Nîmes.\r\n..two dots\r\n{}\r\n\r\n",
        message(STRANGER, "sales@contoso.com", "whole"),
        "long ".repeat(190)
    );
    // Who sends a line that begins with a dot says one more.
    send(&relais, STRANGER, &["sales@contoso.com"], &sent.replace("\r\n.", "\r\n.."));
    let kept = wait_for(&dovecot, JEAN, "Subject: whole");
    relais.wait_until_empty(SOON);
    let (trace, whole) = kept.split_at(kept.find("Date: ").expect("a header"));
    assert_eq!(whole, sent, "{kept}");
    // Whose address it is, and who sent it, is said once: by Dovecot.
    assert_eq!(trace.matches("Delivered-To: jean@contoso.com\r\n").count(), 1, "{trace}");
    assert_eq!(trace.matches(&format!("Return-Path: <{STRANGER}>")).count(), 1, "{trace}");
    assert_eq!(trace.matches("\r\nReceived: ").count(), 2, "Dovecot's and ours: {trace}");
    let delivered = &tracked(&relais, "DELIVER")[0];
    assert_eq!(delivered["Source"], "STOREDRIVER");
    assert_eq!(delivered["Recipients"], json!([JEAN]));
    let said = delivered["RecipientStatus"].to_string();
    assert!(said.contains("250 2.0.0 <jean@contoso.com>") && said.contains("Saved"), "{said}");
    assert!(relais.maildir(JEAN).is_empty());
}

#[test]
fn whom_dovecot_does_not_know_gets_nothing_and_the_others_do() {
    let port = SocketAddr::from((address(), 2424));
    let mut dovecot = Dovecot::with_mailboxes(&[(JEAN, None)], Some(port), false);
    dovecot.resume();
    let relais = relais_of(&port.to_string());
    send(&relais, JEAN, &[ANNA, JEAN], &message(JEAN, ANNA, "both"));
    wait_for(&dovecot, JEAN, "Subject: both");
    let report = wait_for(&dovecot, JEAN, "multipart/report").replace("\r\n ", " ");
    relais.wait_until_empty(SOON);
    for line in [
        "Final-Recipient: rfc822; anna@contoso.com",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 <anna@contoso.com> User doesn't exist: anna@contoso.com",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
    assert_eq!(dovecot.messages(JEAN).len(), 2, "once each");
    assert_eq!(tracked(&relais, "FAIL")[0]["Recipients"], json!([ANNA]));
}

/// More than half of what Anna's mailbox holds.
fn large(subject: &str) -> String {
    message(JEAN, ANNA, subject) + &format!("{}\r\n", "x".repeat(70)).repeat(200)
}

#[test]
fn what_does_not_fit_comes_back_with_dovecots_words() {
    let mut dovecot = Dovecot::with_mailboxes(&[(JEAN, None), (ANNA, Some("20K"))], None, false);
    dovecot.resume();
    let relais = at_socket(&dovecot);
    send(&relais, JEAN, &[ANNA], &large("first"));
    wait_for(&dovecot, ANNA, "Subject: first");
    send(&relais, JEAN, &[ANNA], &large("second"));
    let report = wait_for(&dovecot, JEAN, "multipart/report");
    assert!(report.contains("Diagnostic-Code: smtp; 552 5.2.2 <anna@contoso.com>"), "{report}");
    relais.wait_until_empty(SOON);
    assert_eq!(dovecot.messages(ANNA).len(), 1);
}

#[test]
fn what_dovecot_puts_off_waits_until_there_is_room() {
    let mut dovecot = Dovecot::with_mailboxes(&[(JEAN, None), (ANNA, Some("20K"))], None, true);
    dovecot.resume();
    let relais = at_socket(&dovecot);
    for subject in ["first", "second"] {
        send(&relais, JEAN, &[ANNA, JEAN], &large(subject));
        wait_for(&dovecot, JEAN, &format!("Subject: {subject}"));
    }
    let waiting = relais.wait_for_error("452 4.2.2 <anna@contoso.com>", SOON);
    assert_eq!(waiting["Recipients"].as_array().map(Vec::len), Some(1), "{waiting}");
    dovecot.empty(ANNA);
    wait_for(&dovecot, ANNA, "Subject: second");
    relais.wait_until_empty(SOON);
    assert_eq!(dovecot.messages(JEAN).len(), 2, "he had his, and there is no report");
}

#[test]
fn mail_waits_while_dovecot_is_down_and_arrives_then() {
    let mut dovecot = Dovecot::with_mailboxes(&[(JEAN, None)], None, false);
    let relais = at_socket(&dovecot);
    send(&relais, STRANGER, &[JEAN], &message(STRANGER, JEAN, "before its first start"));
    let why = format!("421 4.4.1 Connection to {} failed", dovecot.lmtp_socket().display());
    relais.wait_for_error(&why, SOON);
    let queue = relais.queues().into_iter().find(|q| q["DeliveryType"] == "SmtpDeliveryToMailbox");
    let said = queue.expect("a queue")["LastError"].as_str().unwrap_or_default().to_owned();
    assert!(said.starts_with(&why), "{said}");
    dovecot.resume();
    wait_for(&dovecot, JEAN, "Subject: before its first start");
    dovecot.stop();
    send(&relais, STRANGER, &[JEAN], &message(STRANGER, JEAN, "while it is down"));
    relais.wait_for_error(&why, SOON);
    dovecot.resume();
    wait_for(&dovecot, JEAN, "Subject: while it is down");
    relais.wait_until_empty(SOON);
    assert_eq!(dovecot.messages(JEAN).len(), 2);
    assert!(tracked(&relais, "FAIL").is_empty());
}
