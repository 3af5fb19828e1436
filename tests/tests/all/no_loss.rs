//! The first promise: what was answered with 250 is delivered, returned or still queued, whatever
//! happens to the program, to the next hop or to the disk. A duplicate is only of what was under
//! way when something was killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use end_to_end::{
    Answers, DOMAIN, Ledger, Letter, Received, SERVER, SOON, Settings, Sink, SmallDisk, until,
};
use serde_json::json;

use crate::{
    dice::{Dice, number_from},
    world::{PORT, World},
};

/// Connections over which mail is submitted at once.
const SENDERS: usize = 6;
/// `MaxPerDomainOutboundConnections`: each carries one message at a time.
const CONNECTIONS: usize = 20;
/// An outcome is durable with the next commit; a busy machine may take this long for it.
const RECORDED_WITHIN: Duration = Duration::from_secs(3);
/// How long what is left may take.
const DRAINED: Duration = Duration::from_secs(90);

/// Numbers whose messages come back, wait, are put off or dropped on the first try.
fn is_returned(number: usize) -> bool {
    number % 23 == 3
}
fn is_unroutable(number: usize) -> bool {
    number % 97 == 11
}
fn is_put_off(number: usize) -> bool {
    number % 29 == 5
}
fn is_dropped(number: usize) -> bool {
    number % 101 == 7
}

fn letter(number: usize) -> Letter {
    let domain = if is_unroutable(number) { "b.test" } else { "a.test" };
    let from = if is_returned(number) {
        format!("anna@{DOMAIN}")
    } else {
        format!("s{number}@elsewhere.example")
    };
    Letter { from, to: format!("u{number}@{domain}"), size: number * 37 % 20_000 }
}

/// A next hop that refuses some for good, some for now, and leaves some without an answer.
fn difficult() -> Answers {
    let number_of = |argument: &str, before: &str| {
        let digits = argument.split_once(before)?.1.split('@').next()?;
        digits.parse::<usize>().ok()
    };
    Answers::scripted(move |verb, argument, count| match verb {
        "RCPT" => {
            let number = number_of(argument, "<u")?;
            if is_returned(number) {
                Some("550 5.1.1 Nobody here".to_owned())
            } else {
                (is_put_off(number) && count == 1).then(|| "451 4.7.1 Later".to_owned())
            }
        }
        "END" => {
            let number = number_of(argument, "<s")?;
            (is_dropped(number) && count == 1).then(String::new)
        }
        _ => None,
    })
}

/// Something was killed `at`; what had been delivered after `since` may not have been recorded.
struct Break {
    since: Instant,
    at: Instant,
}

impl Break {
    fn now() -> Self {
        let at = Instant::now();
        Self { since: at - RECORDED_WITHIN, at }
    }

    fn explains(&self, first: Instant) -> bool {
        self.since <= first && first <= self.at
    }
}

fn world(settings: Settings) -> World {
    let world = World::of_with(&["a", "b"], settings);
    world.relais.send_connector("A", "a.test", PORT);
    world.sender("anna", &[]);
    world.transport(json!({
        "MessageRetryInterval": "00:00:01",
        "MaxConnectionRatePerMinute": 1_000_000,
    }));
    world
}

/// Waits until only the unroutable are queued.
fn drain(world: &World) {
    let unreachable = format!("{SERVER}\\Unreachable");
    until("all that can be delivered is", DRAINED, || {
        world.relais.messages().iter().all(|m| m["Queue"] == unreachable.as_str()).then_some(())
    });
}

fn by_number(received: &[Received]) -> BTreeMap<usize, Vec<Instant>> {
    let mut all: BTreeMap<usize, Vec<Instant>> = BTreeMap::new();
    for message in received {
        all.entry(Ledger::number_in(&message.text()).expect("ours")).or_default().push(message.at);
    }
    all
}

/// *Accepted = delivered ∪ returned ∪ queued*. Every duplicate must have come for the first time just before
/// one of `breaks`.
fn reconcile(world: &World, ledger: &Ledger, received: &[Received], breaks: &[Break]) {
    let delivered = by_number(received);
    let returned: Vec<usize> = world
        .relais
        .maildir(&format!("anna@{DOMAIN}"))
        .iter()
        .filter_map(|report| Ledger::number_in(report))
        .collect();
    let queued: BTreeSet<usize> = world
        .relais
        .messages()
        .iter()
        .filter_map(|m| Ledger::number_in(m["Subject"].as_str().unwrap_or_default()))
        .collect();
    let accepted = ledger.accepted();
    let came_back: BTreeSet<usize> = returned.iter().copied().collect();
    let lost: Vec<_> = accepted
        .iter()
        .filter(|(n, _)| {
            !delivered.contains_key(n) && !came_back.contains(n) && !queued.contains(n)
        })
        .collect();
    assert!(lost.is_empty(), "of {} accepted these are lost: {lost:?}", accepted.len());
    assert!(delivered.keys().all(|n| *n < ledger.sent()), "something came that was never sent");
    for number in delivered.keys() {
        assert!(!is_returned(*number) && !is_unroutable(*number), "{number} must not arrive");
    }

    let under_way = breaks.len() * CONNECTIONS
        + received.iter().filter(|m| breaks.iter().any(|b| b.explains(m.at))).count();
    let mut oldest = Duration::ZERO;
    let mut duplicates = 0;
    for (number, times) in &delivered {
        for earlier in &times[..times.len() - 1] {
            duplicates += 1;
            let next = breaks.iter().filter(|b| *earlier <= b.at).min_by_key(|b| b.at);
            assert!(
                next.is_some_and(|b| b.explains(*earlier)),
                "{number} came twice, and nothing was killed after the first time"
            );
            oldest = oldest.max(next.map_or(Duration::ZERO, |b| b.at - *earlier));
        }
    }
    println!(
        "{} breaks, {} accepted, {} delivered, {} returned, {} queued, {duplicates} duplicates, \
         the oldest delivered {oldest:?} before its break; {under_way} were under way at a break",
        breaks.len(),
        accepted.len(),
        delivered.len(),
        came_back.len(),
        queued.len(),
    );
    assert!(duplicates <= under_way);
    assert!(
        returned.len() - came_back.len() <= breaks.len() * CONNECTIONS,
        "reports are stored with the failure they report"
    );
}

#[test]
fn nothing_that_was_accepted_is_lost_in_a_crash() {
    let kills = number_from("RELAIS_KILLS").unwrap_or(5);
    let mut dice = Dice::new();
    let mut world = world(Settings::default());
    let sink = Sink::answering(world.host, PORT, difficult());
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    let mut breaks = Vec::new();
    for kill in 1..=kills {
        let enough = ledger.count() + 150;
        until("enough messages are accepted", SOON, || (ledger.count() >= enough).then_some(()));
        std::thread::sleep(dice.millis(400));
        world.relais.kill();
        breaks.push(Break::now());
        if kill % 2 == 0 {
            // In the middle of reading the spool, or just after.
            world.relais.start_and_kill(dice.millis(600));
            breaks.push(Break::now());
        }
        world.relais.resume();
    }
    senders.stop();
    drain(&world);
    reconcile(&world, &ledger, &sink.received(), &breaks);
}

/// Killed while everything waits in the store, and again and again while it is loaded and sent.
#[test]
fn nothing_is_lost_when_the_server_is_killed_while_mail_waits_and_while_it_is_loaded() {
    let mut dice = Dice::new();
    let mut world = world(Settings::default());
    world.transport(json!({
        "TransientFailureRetryInterval": "00:00:01",
        "OutboundConnectionFailureRetryInterval": "00:00:01",
    }));
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    let mut breaks = Vec::new();
    for _ in 0..2 {
        // There is no next hop: what is accepted waits.
        let enough = ledger.count() + 250;
        until("enough messages wait", SOON, || (ledger.count() >= enough).then_some(()));
        std::thread::sleep(dice.millis(300));
        world.relais.kill();
        breaks.push(Break::now());
        world.relais.resume();
    }
    senders.stop();
    let waiting = ledger.count();
    let sink = Sink::answering(world.host, PORT, difficult());
    for _ in 0..3 {
        let more = sink.count() + waiting / 5;
        until("some are loaded and sent", DRAINED, || (sink.count() >= more).then_some(()));
        std::thread::sleep(dice.millis(50));
        world.relais.kill();
        breaks.push(Break::now());
        world.relais.resume();
    }
    drain(&world);
    reconcile(&world, &ledger, &sink.received(), &breaks);
}

/// The receiving side dies in the middle of content and before its final reply.
#[test]
fn nothing_is_lost_when_the_next_hop_is_killed() {
    let mut dice = Dice::new();
    let world = world(Settings::default());
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    let (mut received, mut breaks) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let sink = Sink::answering(world.host, PORT, difficult());
        until("some arrive", SOON, || (sink.count() >= 50).then_some(()));
        std::thread::sleep(dice.millis(300));
        let shared = sink.kill();
        breaks.push(Break::now());
        received.extend(shared);
    }
    senders.stop();
    let sink = Sink::answering(world.host, PORT, difficult());
    drain(&world);
    received.extend(sink.received());
    reconcile(&world, &ledger, &received, &breaks);
}

fn small_world(disk: &SmallDisk) -> World {
    world(Settings { data: Some(disk.data()), ..Settings::default() })
}

/// Only 452 4.3.1 while there is no room.
fn only_put_off(ledger: &Ledger) -> usize {
    let refused = ledger.refused();
    for (number, reply) in &refused {
        assert_eq!(reply.text(), "452 4.3.1 Insufficient system resources", "message {number}");
    }
    refused.len()
}

fn lines(world: &World, text: &str) -> usize {
    world.relais.log().lines().filter(|line| line.contains(text)).count()
}

const PRESSED: &str = "resource=DatabaseDisk before=Normal";
const OVER: &str = "back pressure is over";

/// Mail that cannot leave fills the disk; when it can, it leaves and makes room by itself.
#[test]
fn a_disk_full_of_mail_puts_new_mail_off_until_some_has_left() {
    let disk = SmallDisk::of(48);
    let mut world = small_world(&disk);
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, |number| Letter {
        size: 200_000,
        from: "s@elsewhere.example".to_owned(),
        to: format!("u{number}@a.test"),
    });
    until("new mail is put off", DRAINED, || (ledger.refused().len() > 50).then_some(()));
    until("the alert is logged", SOON, || (lines(&world, PRESSED) == 1).then_some(()));
    // What has been accepted is there even after a crash on the full disk.
    world.relais.kill();
    let at = Instant::now();
    world.relais.resume();
    let full_at = ledger.count();
    assert!(full_at > 20, "{full_at} fit");
    let sink = Sink::start(world.host, PORT);
    until("mail leaves", DRAINED, || (sink.count() >= full_at).then_some(()));
    until("mail is accepted again", DRAINED, || (ledger.count() > full_at + 20).then_some(()));
    senders.stop();
    world.relais.wait_until_empty(DRAINED);
    let refused = only_put_off(&ledger);
    println!("{refused} put off with 452, {full_at} had fit");
    let received: Vec<Received> = sink.received();
    let delivered = by_number(&received);
    let accepted = ledger.accepted();
    let lost: Vec<_> = accepted.keys().filter(|n| !delivered.contains_key(n)).collect();
    assert!(lost.is_empty(), "of {} accepted these are lost: {lost:?}", accepted.len());
    assert!(received.iter().all(|m| m.at > at), "nothing could leave before");
    assert!(delivered.values().all(|times| times.len() == 1), "nothing came twice");
}

/// Somebody else's file fills the disk to its last byte.
#[test]
fn a_disk_filled_by_others_loses_nothing_and_acceptance_returns() {
    let disk = SmallDisk::of(64);
    let mut world = small_world(&disk);
    let sink = Sink::answering(world.host, PORT, difficult());
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    until("mail flows", SOON, || (ledger.count() >= 100).then_some(()));
    disk.fill(0);
    until("new mail is put off", SOON, || (ledger.refused().len() > 50).then_some(()));
    until("the alert is logged", SOON, || (lines(&world, PRESSED) == 1).then_some(()));
    let before = ledger.count();
    until("many are put off", SOON, || (ledger.refused().len() > 500).then_some(()));
    assert!(ledger.count() < before + SENDERS * 2, "what is put off is not accepted");
    disk.clear();
    until("mail is accepted again", SOON, || (ledger.count() > before + 100).then_some(()));
    assert_eq!((lines(&world, PRESSED), lines(&world, OVER)), (1, 1), "{}", world.relais.log());
    senders.stop();
    only_put_off(&ledger);
    drain(&world);
    // Outcomes that had to wait for room are stored now: a crash repeats none of them.
    std::thread::sleep(RECORDED_WITHIN);
    world.relais.kill();
    world.relais.resume();
    drain(&world);
    reconcile(&world, &ledger, &sink.received(), &[]);
}

/// Syncs fail, then writes, then syncs now and then; at the end it is killed.
#[test]
fn a_failing_disk_gives_no_250_for_what_it_did_not_take() {
    // A small reserve makes a short log, which is folded in often: that fails too.
    let settings = Settings {
        faulty: true,
        toml: "[resources]\ndisk_reserve = \"2MB\"\n",
        ..Settings::default()
    };
    let mut world = world(settings);
    let sink = Arc::new(Sink::answering(world.host, PORT, difficult()));
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    let flows = |ledger: &Ledger, what: &str| {
        let enough = ledger.count() + 100;
        until(what, SOON, || (ledger.count() >= enough).then_some(()));
    };
    flows(&ledger, "mail flows");
    let alert = "ALERT: acceptance stopped";
    let failing =
        ["enable name=posix/io/sync/*,failinfo=5", "enable name=posix/io/rw/pwrite,failinfo=5"];
    for (times, fault) in failing.iter().enumerate() {
        world.relais.fault(fault);
        until("acceptance stops", SOON, || (lines(&world, alert) == times + 1).then_some(()));
        let refusals = |more: usize| {
            let enough = ledger.refused().len() + more;
            until("mail is put off", SOON, || (ledger.refused().len() > enough).then_some(()));
        };
        // Whoever was answered just before the disk failed has written it down by then.
        refusals(5 * SENDERS);
        let before = ledger.count();
        refusals(100);
        assert_eq!(ledger.count(), before, "no 250 while nothing can be synced");
        let name = fault.split(['=', ',']).nth(1).expect("a name");
        world.relais.fault(&format!("disable name={name}"));
        flows(&ledger, "mail flows again after a probe");
    }
    // One failure in many: refused, and the next group is accepted. A group with large content has
    // two syncs, and two failures in a row are a reason to stop.
    world.relais.fault("enable_random name=posix/io/sync/*,failinfo=5,probability=0.02");
    let refused = ledger.refused().len();
    until("some are refused", SOON, || (ledger.refused().len() > refused + 10).then_some(()));
    flows(&ledger, "others are accepted");
    // The worst moment for a crash: nothing can be synced, outcomes neither.
    let faulty_since = Instant::now() - RECORDED_WITHIN;
    world.relais.fault("enable name=posix/io/sync/*,failinfo=5");
    let refused = ledger.refused().len();
    until("mail is refused", SOON, || (ledger.refused().len() > refused + 20).then_some(()));
    world.relais.kill();
    let killed_at = Instant::now();
    senders.stop();
    world.relais.resume();
    drain(&world);
    for (number, reply) in ledger.refused() {
        let text = reply.text();
        assert!(text.starts_with("452 4.3.1") || text.starts_with("451 4.3.0"), "{number}: {text}");
    }
    // Refused mail that arrives all the same: what waited for a commit that failed.
    let accepted = ledger.accepted();
    let arrived = by_number(&sink.received());
    let resurrected = arrived.keys().filter(|n| !accepted.contains_key(n)).count();
    println!("{} refused, {resurrected} of them arrived all the same", ledger.refused().len());
    assert!(resurrected <= SENDERS, "at most one a sender waited for the last commit");
    reconcile(&world, &ledger, &sink.received(), &[Break { since: faulty_since, at: killed_at }]);
}
