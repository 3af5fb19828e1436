//! The open-relay matrix: connector, client, sender, recipient and every trick with addresses.
//! Nothing from outside leaves again unless somebody has granted it.

use std::time::Duration;

use end_to_end::{Relais, Reply, SOON, Smtp, consistently};
use serde_json::json;

use crate::world::STRANGER;

const OURS: &str = "jean@contoso.com";

/// Recipients that are not ours, however they are written; each must be refused for good.
const OUTSIDE: &[&str] = &[
    "victim@elsewhere.example",
    "victim@example.net",
    "VICTIM@EXAMPLE.NET",
    "postmaster@example.net",
    "jean@sub.contoso.com",
    "jean@contoso.com.example.net",
    "jean@notcontoso.com",
    "jean@[127.0.0.1]",
    "jean@[IPv6:::1]",
    "jean@[192.0.2.1]",
    // percent hack
    "victim%example.net@contoso.com",
    "victim%example.net%contoso.com@contoso.com",
    "victim%example.net@[127.0.0.1]",
    // bang paths
    "example.net!victim@contoso.com",
    "contoso.com!example.net!victim",
    "example.net!victim",
    // quoted local parts
    "\"victim@example.net\"@contoso.com",
    "\"victim%example.net\"@contoso.com",
    "\"@example.net:victim\"@contoso.com",
    "\"victim@example.net>\"@contoso.com",
    // source routes: the route is dropped, what is left is outside
    "@contoso.com:victim@example.net",
    "@contoso.com,@mbx01.contoso.com:victim@example.net",
    // not addresses
    "victim@example.net@contoso.com",
    "jean@contoso.com@example.net",
    "victim@example.net.",
    "victim@.example.net",
    "victim@example..net",
    "victim",
    "@example.net",
    "jean@contoso.com\t@example.net",
    "victim@example.net\0@contoso.com",
    "<victim@example.net>",
    "jean@contoso.com> <victim@example.net",
];

const SENDERS: &[&str] = &["", STRANGER, "postmaster@example.net", "\"a@b\"@elsewhere.example"];

fn is_refused(reply: &Reply) -> bool {
    (500..600).contains(&reply.code)
}

/// A sandbox with a way out, and without the limits that the matrix would meet.
fn server() -> Relais {
    let relais = Relais::prompt_sandbox();
    relais.run(
        "New-SendConnector",
        json!({ "Name": "All", "Internet": true, "AddressSpaces": ["*"] }),
    );
    relais
}

#[test]
fn the_front_door_takes_mail_for_us_only() {
    let relais = server();
    for sender in SENDERS {
        for recipient in OUTSIDE {
            let mut smtp = Smtp::hello(relais.front());
            let (mail, rcpt) = smtp.envelope(sender, recipient);
            assert!(
                mail.code == 250 && is_refused(&rcpt),
                "from <{sender}> to <{recipient}>: {mail:?}, {rcpt:?}"
            );
            assert!(is_refused(&smtp.say("DATA")), "DATA after <{recipient}>");
        }
    }
    let (_, refused) = Smtp::hello(relais.front()).envelope(STRANGER, "victim@example.net");
    assert_eq!(refused.text(), "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain");
    consistently("nothing has left", Duration::from_secs(1), || {
        relais.sandbox_messages().is_empty() && relais.messages().is_empty()
    });
    // And what is for us goes through the same door.
    for recipient in
        [OURS, "JEAN@Contoso.COM", "postmaster@contoso.com", "@elsewhere.example:jean@contoso.com"]
    {
        let reply =
            Smtp::hello(relais.front()).deliver(STRANGER, &[recipient], "Subject: for us\r\n\r\n");
        assert_eq!(reply.code, 250, "<{recipient}>: {reply:?}");
    }
    relais.wait_for_mail(OURS, 3, SOON);
}

#[test]
fn a_stranger_does_not_send_as_one_of_us() {
    let relais = server();
    for sender in [OURS, "nobody@contoso.com", "JEAN@CONTOSO.COM"] {
        let (mail, _) = Smtp::hello(relais.front()).envelope(sender, OURS);
        assert!(mail.text().starts_with("550 5.7.60"), "{sender}: {mail:?}");
    }
}

#[test]
fn the_submission_door_takes_nothing_without_sign_in() {
    let relais = server();
    let mut smtp = Smtp::hello(relais.submission());
    for sender in ["", STRANGER, OURS] {
        let (mail, rcpt) = smtp.envelope(sender, OURS);
        assert!(is_refused(&mail) && is_refused(&rcpt), "<{sender}>: {mail:?}, {rcpt:?}");
    }
}

#[test]
fn the_doors_of_servers_take_nothing_from_others() {
    let relais = server();
    for door in [relais.server_to_server(), relais.outbound_proxy()] {
        if !Smtp::listens(door) {
            continue;
        }
        let mut smtp = Smtp::open(door);
        let Some(greeting) = smtp.try_reply() else { continue };
        if greeting.code != 220 {
            continue;
        }
        smtp.say("EHLO other.example");
        for recipient in [OURS, "victim@example.net"] {
            let (mail, rcpt) = smtp.envelope(STRANGER, recipient);
            assert!(
                is_refused(&mail) || is_refused(&rcpt),
                "{door} to {recipient}: {mail:?} {rcpt:?}"
            );
        }
    }
}

#[test]
fn a_relay_serves_its_range_only() {
    let relais = server();
    let rights = ["ms-Exch-SMTP-Accept-Any-Recipient"];
    let elsewhere = relais.receive_connector(
        "Relay for others",
        10031,
        json!({ "ExtendedRights": rights, "RemoteIPRanges": ["127.250.0.0/16", "192.0.2.0/24"] }),
    );
    // A client outside the range has no connector at all.
    let mut smtp = Smtp::open(elsewhere);
    if let Some(greeting) = smtp.try_reply() {
        assert_ne!(greeting.code, 220, "{greeting:?}");
    }
    let here = relais.receive_connector("Relay", 10032, json!({ "ExtendedRights": rights }));
    let (mail, rcpt) = Smtp::hello(here).envelope(STRANGER, "somebody@example.net");
    assert_eq!((mail.code, rcpt.code), (250, 250));
    // Relaying is not the permission to send as one of us.
    let (mail, _) = Smtp::hello(here).envelope(OURS, "somebody@example.net");
    assert!(mail.text().starts_with("550 5.7.60"), "{mail:?}");
    // Without the right the same binding is a front door.
    relais.run("Set-ReceiveConnector", json!({ "Identity": "MBX01\\Relay", "ExtendedRights": [] }));
    let refused = end_to_end::until("the right is gone", Duration::from_secs(1), || {
        let (_, rcpt) = Smtp::hello(here).envelope(STRANGER, "somebody@example.net");
        is_refused(&rcpt).then_some(rcpt)
    });
    assert!(refused.text().starts_with("550 5.7.54"), "{refused:?}");
}

#[test]
fn even_a_relay_does_not_resolve_tricks() {
    let relais = server();
    let relay = relais.relay();
    for recipient in [
        "victim%example.net@contoso.com",
        "example.net!victim@contoso.com",
        "\"victim@example.net\"@contoso.com",
        "victim@example.net@contoso.com",
    ] {
        let (_, rcpt) = Smtp::hello(relay).envelope(STRANGER, recipient);
        assert!(is_refused(&rcpt), "<{recipient}>: {rcpt:?}");
    }
}

#[test]
fn a_signed_in_user_relays_as_himself_and_as_nobody_else() {
    let relais = server();
    let authority = relais.authority();
    let directory = tempfile::tempdir().expect("temporary directory");
    let file = directory.path().join("message");
    std::fs::write(&file, "Subject: relayed\r\n\r\n").expect("message file");
    let file = file.display().to_string();
    let send = |sender: &str, recipient: &str| {
        let arguments = ["starttls", OURS, end_to_end::SANDBOX_PASSWORD, sender, &file, recipient];
        end_to_end::python_send(relais.submission(), &authority, &arguments)
    };
    let (good, said) = send(OURS, "somebody@example.net");
    assert!(good, "{said}");
    for sender in [STRANGER, "administrator@contoso.com", "jean@example.net"] {
        let (good, said) = send(sender, "somebody@example.net");
        assert!(!good && said.contains("550 5.7.60"), "{sender}: {said}");
    }
    for recipient in ["victim%example.net@contoso.com", "nobody@contoso.com"] {
        let (good, said) = send(OURS, recipient);
        assert!(!good && said.contains("550 5.1.1"), "{recipient}: {said}");
    }
    relais.wait_in_sandbox(1, SOON);
    consistently("one message", Duration::from_millis(500), || {
        relais.sandbox_messages().len() == 1
    });
}
