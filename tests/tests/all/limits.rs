//! The limits of Receive connectors (transport.md section 4), each set low and met.

use std::time::{Duration, Instant};

use end_to_end::{Relais, SOON, Smtp, until};
use serde_json::{Value, json};

use crate::world::{STRANGER, large};

const OURS: &str = "jean@contoso.com";

/// A connector like the front door, with these settings.
fn door(relais: &Relais, settings: Value) -> std::net::SocketAddr {
    relais.receive_connector("Limited", 10040, settings)
}

#[test]
fn recipients_of_a_message() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MaxRecipientsPerMessage": 2 }));
    let mut smtp = Smtp::hello(door);
    smtp.say(&format!("MAIL FROM:<{STRANGER}>"));
    for _ in 0..2 {
        assert_eq!(smtp.say(&format!("RCPT TO:<{OURS}>")).code, 250);
    }
    let third = smtp.say(&format!("RCPT TO:<{OURS}>"));
    assert!(third.text().starts_with("452 4.5.3"), "{third:?}");
    assert_eq!(smtp.say("DATA").code, 354, "those accepted get the message");
    smtp.send(b"Subject: two\r\n\r\n.\r\n");
    assert_eq!(smtp.reply().code, 250);
}

#[test]
fn size_declared_and_real() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MaxMessageSize": "64KB" }));
    let (mut smtp, _) = Smtp::connect(door);
    let hello = smtp.say("EHLO client.example");
    assert!(hello.lines.iter().any(|line| line == "SIZE 65536"), "{hello:?}");
    let declared = smtp.say(&format!("MAIL FROM:<{STRANGER}> SIZE=65537"));
    assert!(declared.text().starts_with("552 5.3.4"), "{declared:?}");
    let real = smtp.deliver(STRANGER, &[OURS], &large(70_000));
    assert!(real.text().starts_with("552 5.3.4"), "{real:?}");
    let fits = smtp.deliver(STRANGER, &[OURS], &large(60_000));
    assert_eq!(fits.code, 250, "{fits:?}");
    // In chunks as well.
    smtp.envelope(STRANGER, OURS);
    smtp.send(b"BDAT 70000 LAST\r\n");
    smtp.send(&vec![b'x'; 70_000]);
    let chunk = smtp.reply();
    assert!(chunk.text().starts_with("552 5.3.4"), "{chunk:?}");
}

#[test]
fn size_of_the_header() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MaxHeaderSize": "2KB" }));
    let mut smtp = Smtp::hello(door);
    let header = format!("X-Filler: {}\r\n", "x".repeat(500)).repeat(6);
    let refused = smtp.deliver(STRANGER, &[OURS], &format!("{header}\r\nbody\r\n"));
    assert!(refused.text().starts_with("552 5.3.4"), "{refused:?}");
    assert_eq!(smtp.deliver(STRANGER, &[OURS], &format!("Subject: x\r\n\r\n{header}")).code, 250);
}

#[test]
fn connections_of_a_source() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MaxInboundConnectionPerSource": 2 }));
    // The check that the connector listens may still count as a connection.
    let first =
        until("a first place", SOON, || Some(Smtp::connect(door)).filter(|(_, g)| g.code == 220));
    let second =
        until("a second place", SOON, || Some(Smtp::connect(door)).filter(|(_, g)| g.code == 220));
    let mut third = Smtp::open(door);
    let refused = third.reply();
    assert!(refused.text().starts_with("421 4.3.2"), "{refused:?}");
    assert!(third.try_reply().is_none(), "and the connection is closed");
    drop(first);
    until("a place is free again", SOON, || {
        Some(Smtp::connect(door)).filter(|(_, g)| g.code == 220)
    });
    drop(second);
}

#[test]
fn connections_of_a_connector() {
    let relais = Relais::sandbox();
    let settings =
        json!({ "MaxInboundConnection": 1, "MaxInboundConnectionPercentagePerSource": 100 });
    let door = door(&relais, settings);
    let first =
        until("the place", SOON, || Some(Smtp::connect(door)).filter(|(_, g)| g.code == 220));
    let refused = Smtp::open(door).reply();
    assert!(refused.text().starts_with("421 4.3.2"), "{refused:?}");
    drop(first);
}

#[test]
fn errors_of_a_session() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MaxProtocolErrors": 3 }));
    let mut smtp = Smtp::hello(door);
    let mut replies = Vec::new();
    for _ in 0..6 {
        if smtp.try_send(b"NONSENSE\r\n").is_err() {
            break;
        }
        match smtp.try_reply() {
            Some(reply) => replies.push(reply.code),
            None => break,
        }
    }
    assert_eq!(replies.last(), Some(&421), "{replies:?}");
    assert!((3..=4).contains(&replies.iter().filter(|code| **code == 500).count()), "{replies:?}");
    assert!(smtp.try_reply().is_none(), "closed");
}

#[test]
fn messages_a_minute() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "MessageRateLimit": 3 }));
    let mut smtp = Smtp::hello(door);
    let codes: Vec<u16> =
        (0..8).map(|_| smtp.deliver(STRANGER, &[OURS], "Subject: x\r\n\r\n").code).collect();
    // A new minute may begin in between, once.
    assert!(
        codes.contains(&450) && codes.iter().filter(|code| **code == 250).count() <= 6,
        "{codes:?}"
    );
}

#[test]
fn a_sender_who_is_refused_has_sent_nothing() {
    let relais = Relais::sandbox();
    let settings = json!({ "MessageRateLimit": 3, "MessageRateSource": "User" });
    let mut smtp = Smtp::hello(door(&relais, settings));
    for _ in 0..8 {
        let refused = smtp.say(&format!("MAIL FROM:<{OURS}>"));
        assert!(refused.text().starts_with("550 5.7.60"), "{refused:?}");
    }
}

#[test]
fn time_without_a_word() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "ConnectionInactivityTimeout": "00:00:01" }));
    let mut smtp = Smtp::hello(door);
    let started = Instant::now();
    let reply = smtp.reply();
    assert!(reply.text().starts_with("421 4.4."), "{reply:?}");
    assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
    assert!(smtp.try_reply().is_none());
}

#[test]
fn time_in_all() {
    let relais = Relais::sandbox();
    let settings =
        json!({ "ConnectionTimeout": "00:00:02", "ConnectionInactivityTimeout": "00:00:01" });
    let door = door(&relais, settings);
    let mut smtp = Smtp::hello(door);
    let started = Instant::now();
    while smtp.try_send(b"NOOP\r\n").is_ok() {
        assert!(started.elapsed() < Duration::from_secs(10), "the session never ends");
        match smtp.try_reply() {
            Some(reply) if reply.code == 421 => break,
            Some(_) => std::thread::sleep(Duration::from_millis(50)),
            None => break,
        }
    }
    assert!(started.elapsed() >= Duration::from_millis(1500), "{:?}", started.elapsed());
}

#[test]
fn length_of_a_line() {
    let relais = Relais::prompt_sandbox();
    let mut smtp = Smtp::hello(relais.front());
    let reply = smtp.say(&format!("NOOP {}", "x".repeat(4000)));
    assert_eq!(reply.code, 500, "{reply:?}");
    assert_eq!(smtp.say("NOOP").code, 250, "the rest of the line is not a command");
    // Without an end to the line nothing is kept for ever.
    let mut endless = Smtp::hello(relais.front());
    let mut sent = 0;
    while sent < 64 << 20 && endless.try_send(&vec![b'x'; 1 << 16]).is_ok() {
        sent += 1 << 16;
    }
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", relais.process_id())).expect("/proc");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("peak memory");
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(kilobytes < 400_000, "peak memory of {kilobytes} kB");
}

#[test]
fn hops_of_a_message() {
    let relais = Relais::prompt_sandbox();
    let trace = |number: usize| {
        "Received: from a.example by b.example; Mon, 23 Nov 2026 10:00:00 +0000\r\n".repeat(number)
    };
    let mut smtp = Smtp::hello(relais.front());
    let many = smtp.deliver(STRANGER, &[OURS], &format!("{}Subject: x\r\n\r\n", trace(31)));
    assert!(many.text().starts_with("554 5.4.6"), "{many:?}");
    assert_eq!(
        smtp.deliver(STRANGER, &[OURS], &format!("{}Subject: x\r\n\r\n", trace(20))).code,
        250
    );
    let own = "Received: from a.example by mbx01.contoso.com; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
        .repeat(9);
    let loops = smtp.deliver(STRANGER, &[OURS], &format!("{own}Subject: x\r\n\r\n"));
    assert!(loops.text().starts_with("554 5.4.6"), "{loops:?}");
}

/// A refusal to a stranger waits, so that guessing is slow.
#[test]
fn a_refusal_waits_for_the_tarpit() {
    let relais = Relais::sandbox();
    let door = door(&relais, json!({ "TarpitInterval": "00:00:02" }));
    let mut smtp = Smtp::hello(door);
    let started = Instant::now();
    let (_, refused) = smtp.envelope(STRANGER, "nobody@contoso.com");
    assert_eq!(refused.code, 550);
    assert!(started.elapsed() >= Duration::from_millis(1900), "{:?}", started.elapsed());
}

/// A crowd of connections over the limit does not harm those that are in.
#[test]
fn a_flood_is_turned_away_and_the_rest_is_served() {
    let relais = Relais::sandbox();
    let mut inside = Smtp::hello(relais.front());
    let flood: Vec<std::net::TcpStream> =
        (0..300).filter_map(|_| std::net::TcpStream::connect(relais.front()).ok()).collect();
    assert_eq!(inside.deliver(STRANGER, &[OURS], "Subject: inside\r\n\r\n").code, 250);
    drop(flood);
    relais.wait_for_mail(OURS, 1, SOON);
}
