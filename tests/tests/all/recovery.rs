//! The first promise: what was answered with 250 is delivered, whatever happens to the program.
//! *Accepted = delivered or still queued*, and a duplicate only of what was under way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use end_to_end::{SOON, Sink, Smtp, consistently, until};
use serde_json::json;

use crate::world::{PORT, STRANGER, World};

const SENDERS: usize = 6;
const CRASHES: usize = 3;

/// Sends numbered messages over one connection until it breaks; remembers those that were
/// answered with 250.
fn load(
    relay: std::net::SocketAddr,
    next: &AtomicUsize,
    accepted: &Mutex<BTreeSet<usize>>,
    stop: &AtomicBool,
) {
    let Ok(stream) = std::net::TcpStream::connect(relay) else { return };
    drop(stream);
    let mut smtp = Smtp::open(relay);
    if smtp.try_reply().is_none_or(|greeting| greeting.code != 220) {
        return;
    }
    let ask =
        |smtp: &mut Smtp, bytes: &[u8]| smtp.try_send(bytes).ok().and_then(|()| smtp.try_reply());
    if ask(&mut smtp, b"EHLO load.example\r\n").is_none() {
        return;
    }
    while !stop.load(Ordering::SeqCst) {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let filler = "x".repeat(number % 5000);
        let content = format!("Subject: number {number}.\r\n\r\n{filler}\r\n.\r\n");
        for command in [
            format!("MAIL FROM:<{STRANGER}>\r\n"),
            format!("RCPT TO:<u{number}@a.test>\r\n"),
            "DATA\r\n".to_owned(),
        ] {
            match ask(&mut smtp, command.as_bytes()) {
                Some(reply) if reply.code < 400 => {}
                _ => return,
            }
        }
        match ask(&mut smtp, content.as_bytes()) {
            Some(reply) if reply.code == 250 => {
                accepted.lock().expect("no panic").insert(number);
            }
            _ => return,
        }
    }
}

fn number_of(text: &str) -> usize {
    let start = text.find("Subject: number ").expect("our subject") + "Subject: number ".len();
    text[start..].split('.').next().and_then(|n| n.parse().ok()).expect("a number")
}

fn arrived(sink: &Sink) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for message in sink.received() {
        *counts.entry(number_of(&message.text())).or_default() += 1;
    }
    counts
}

#[test]
fn nothing_that_was_accepted_is_lost_in_a_crash() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let next = Arc::new(AtomicUsize::new(0));
    let accepted = Arc::new(Mutex::new(BTreeSet::new()));
    for crash in 1..=CRASHES {
        let stop = Arc::new(AtomicBool::new(false));
        let relay = world.relais.relay();
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (next, accepted, stop) =
                    (Arc::clone(&next), Arc::clone(&accepted), Arc::clone(&stop));
                std::thread::spawn(move || load(relay, &next, &accepted, &stop))
            })
            .collect();
        let enough = crash * 200;
        until("enough messages are accepted", Duration::from_secs(60), || {
            (accepted.lock().expect("no panic").len() >= enough).then_some(())
        });
        world.relais.kill();
        stop.store(true, Ordering::SeqCst);
        for sender in senders {
            sender.join().expect("a sender does not panic");
        }
        world.relais.resume();
    }
    world.relais.wait_until_empty(Duration::from_secs(60));
    let accepted = accepted.lock().expect("no panic");
    let arrived = arrived(&sink);
    let lost: Vec<_> = accepted.iter().filter(|number| !arrived.contains_key(number)).collect();
    assert!(lost.is_empty(), "of {} accepted these are lost: {lost:?}", accepted.len());
    // A message may arrive twice only when the crash fell between the sink's 250 and our record of
    // it: at most what could be under way, 20 connections, at each crash.
    let doubled: usize = arrived.values().map(|count| count - 1).sum();
    assert!(doubled <= CRASHES * 200, "{doubled} duplicates");
    // Nor does anything arrive that was never sent.
    let sent = next.load(Ordering::SeqCst);
    assert!(arrived.keys().all(|number| *number < sent));
}

#[test]
fn a_restart_keeps_the_queue_and_its_numbers() {
    let mut world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    for number in 0..5 {
        world.send_as(&anna, &format!("u{number}@a.test"), &format!("number {number}."));
    }
    let identities = |world: &World| {
        let mut all: Vec<String> = world
            .relais
            .wait_for_unreachable(5)
            .iter()
            .map(|m| format!("{} {} {}", m["Identity"], m["Subject"], m["DateReceived"]))
            .collect();
        all.sort();
        all
    };
    let before = identities(&world);
    world.relais.stop();
    world.relais.resume();
    assert_eq!(identities(&world), before);
    world.relais.kill();
    world.relais.resume();
    assert_eq!(identities(&world), before);
    // Numbers are never reused.
    world.send_as(&anna, "new@a.test", "number 5.");
    let numbers = |m: &serde_json::Value| {
        m["Identity"]
            .as_str()
            .and_then(|i| i.rsplit('\\').next())
            .and_then(|n| n.parse::<u64>().ok())
    };
    let mut all: Vec<u64> =
        world.relais.wait_for_unreachable(6).iter().filter_map(numbers).collect();
    let newest = *all.iter().max().expect("six");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 6);
    let newest_subject = world.relais.messages().into_iter().find(|m| numbers(m) == Some(newest));
    assert_eq!(newest_subject.expect("it is there")["Subject"], "number 5.");
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    sink.wait_for(6, SOON);
    consistently("each once", Duration::from_secs(1), || sink.count() == 6);
}

#[test]
fn settings_survive_a_crash() {
    let mut world = World::of(&["a"]);
    world.relais.send_connector("All", "*", PORT);
    world
        .relais
        .run("New-AcceptedDomain", json!({ "Name": "second", "DomainName": "second.test" }));
    world.relais.kill();
    world.relais.resume();
    let connectors = world.relais.run("Get-SendConnector", json!({}));
    assert_eq!(connectors.len(), 1);
    assert_eq!(connectors[0]["Name"], "All");
    let domains = world.relais.run("Get-AcceptedDomain", json!({}));
    assert!(domains.iter().any(|d| d["DomainName"] == "second.test"), "{domains:?}");
    let sink = world.sink(PORT);
    world.send("u@a.test", "number 0.");
    sink.wait_for(1, SOON);
}

/// Recipients that are done are not done again after a crash; those that are not, are.
#[test]
fn a_crash_between_recipients_repeats_only_what_is_left() {
    let mut world = World::of(&["a", "b"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("A", "a.test", PORT);
    let content = "Subject: number 1.\r\n\r\n";
    let reply =
        Smtp::hello(world.relais.relay()).deliver(STRANGER, &["u@a.test", "u@b.test"], content);
    assert_eq!(reply.code, 250);
    sink.wait_for(1, SOON);
    until("only the second recipient waits", SOON, || {
        let waiting = world.relais.wait_for_unreachable(1);
        let recipients = waiting[0]["Recipients"].as_array().cloned().unwrap_or_default();
        recipients
            .iter()
            .all(|r| r["Address"] == "u@b.test" || r["Status"] == "Complete")
            .then_some(())
    });
    // What was delivered is recorded with the next commit; an orderly stop makes sure of it.
    world.relais.stop();
    world.relais.resume();
    world.relais.send_connector("B", "b.test", PORT);
    let arrived = sink.wait_for(2, SOON);
    assert_eq!(arrived[1].recipients, ["TO:<u@b.test>"]);
    consistently("two in all", Duration::from_secs(1), || sink.count() == 2);
}
