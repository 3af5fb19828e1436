//! The power goes while the real program works. A preloaded recorder writes down what it does to
//! its spool, and when it says `250`; afterwards the files are put together as a power cut at any
//! moment might have left them: what was synced, and of the rest some, torn or whole. Of each such
//! image everything that had been accepted by then must be there, or have been delivered or
//! returned.
//!
//! `RELAIS_IMAGES` says how many images there are (default 500), `RELAIS_SEED` which.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::Duration,
};

use end_to_end::{Answers, Ledger, Letter, Recorder, Replay, Settings, Sink, Step, address, until};
use simulated_disk::{Dice, Loss};
use spool::{Origin, Spool};

use crate::world::{PORT, World};

const SENDERS: usize = 6;
/// Messages accepted while it is recorded.
const MESSAGES: usize = 700;

/// Numbers that come back to their sender, are put off once, and go to a host that is dead.
fn is_returned(number: usize) -> bool {
    number % 23 == 3
}
fn is_put_off(number: usize) -> bool {
    number % 7 == 5
}
fn is_for_the_dead(number: usize) -> bool {
    number % 11 == 4
}

fn letter(number: usize) -> Letter {
    let domain = if is_for_the_dead(number) { "dead.test" } else { "a.test" };
    let size = if number % 40 == 1 { 60_000 } else { number * 37 % 9000 };
    Letter { from: format!("s{number}@b.test"), to: format!("u{number}@{domain}"), size }
}

fn next_hop() -> Answers {
    let mut answers = Answers::scripted(|verb, argument, count| {
        let number = argument.split_once("<u")?.1.split('@').next()?.parse().ok()?;
        match verb {
            "RCPT" if is_returned(number) => Some("550 5.1.1 Nobody here".to_owned()),
            "RCPT" if is_put_off(number) && count == 1 => Some("451 4.7.1 Later".to_owned()),
            _ => None,
        }
    });
    answers.receipts = true;
    answers
}

/// What was recorded of a server under load, and the numbers of the messages by InternalId.
struct Recorded {
    steps: Vec<Step>,
    numbers: BTreeMap<u64, u64>,
    origin: PathBuf,
}

fn record(late_syncs: bool) -> Recorded {
    let recorder = Recorder::new(late_syncs);
    let settings = Settings {
        recorder: Some(recorder.clone()),
        // A small reserve makes a short log, which is folded in often: that is recorded too.
        toml: "[resources]\ndisk_reserve = \"2MB\"\n",
        ..Settings::default()
    };
    let host = address();
    let records = [
        format!("mail A {host}"),
        "a MX 10 mail".to_owned(),
        "b MX 10 mail".to_owned(),
        format!("gone A {}", address()),
        "dead MX 10 gone".to_owned(),
    ];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let mut world = World::start(host, &records, settings);
    world.relais.send_connector("All", "*", PORT);
    world.transport(serde_json::json!({
        "MessageRetryInterval": "00:00:01",
        "MaxConnectionRatePerMinute": 1_000_000,
    }));
    let sink = Sink::answering(host, PORT, next_hop());
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), SENDERS, letter);
    let enough = Duration::from_secs(60);
    if !late_syncs {
        // What is done to the files when the spool is opened after a crash is recorded too.
        until("some are accepted", enough, || (ledger.count() >= MESSAGES / 2).then_some(()));
        world.relais.kill();
        world.relais.resume();
    }
    until("enough is accepted", enough, || (ledger.count() >= MESSAGES).then_some(()));
    senders.stop();
    until("half is delivered", enough, || (sink.count() >= MESSAGES / 2).then_some(()));
    // Killed, so that the files are as the last step has left them.
    world.relais.kill();
    let steps = recorder.steps();
    let origin = world.relais.data().join("spool");
    check_record(&steps, &origin);
    let numbers = ledger.accepted();
    let numbers: BTreeMap<u64, u64> =
        numbers.iter().map(|(n, id)| (id.parse().expect("a number"), *n as u64)).collect();
    let accepted = steps.iter().flat_map(|step| match step {
        Step::Accepted(ids) => ids.as_slice(),
        _ => &[],
    });
    assert!(accepted.filter(|id| !numbers.contains_key(id)).count() <= SENDERS);
    Recorded { steps, numbers, origin }
}

/// The record is complete: replayed, it gives the files that there are.
fn check_record(steps: &[Step], origin: &Path) {
    let mut replay = Replay::default();
    steps.iter().for_each(|step| replay.step(step));
    let replayed: BTreeMap<PathBuf, &[u8]> =
        replay.files().map(|(name, content)| (PathBuf::from(name), content)).collect();
    let mut found = 0;
    let entries = |path: &Path| std::fs::read_dir(path).expect("a directory of the spool");
    for entry in entries(origin).chain(entries(&origin.join("content"))) {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            continue;
        }
        if path.to_str().is_some_and(|path| path.ends_with("-shm")) {
            continue;
        }
        let content = std::fs::read(&path).expect("a file");
        assert!(replayed.get(&path) == Some(&content.as_slice()), "{} differs", path.display());
        found += 1;
    }
    assert_eq!(found, replayed.len(), "{:?}", replayed.keys());
}

/// Numbers of messages accepted, and taken by somebody else, at some step.
#[derive(Default, Clone)]
struct Promised {
    accepted: BTreeSet<u64>,
    taken: BTreeSet<u64>,
}

/// Puts images together and looks into each; what is wrong with those that are not as they ought
/// to be.
fn images(recorded: &Arc<Recorded>, count: usize, dice: &mut Dice) -> Vec<String> {
    let mut cuts: Vec<usize> = (0..count).map(|_| dice.index(recorded.steps.len())).collect();
    cuts.sort_unstable();
    let (mut replay, mut promised) = (Replay::default(), Promised::default());
    let mut wrong = Vec::new();
    let mut done = 0;
    for cut in cuts {
        for step in &recorded.steps[done..=cut] {
            replay.step(step);
            match step {
                Step::Accepted(ids) => promised.accepted.extend(ids),
                Step::Taken(numbers) => promised.taken.extend(numbers),
                _ => {}
            }
        }
        done = done.max(cut + 1);
        let home = place();
        let loss = Loss::any(dice);
        replay.image(&recorded.origin, home.path(), loss, dice);
        if let Err(why) = look_in_time(home, recorded, &promised) {
            wrong.push(format!("after step {cut}, {loss:?}: {why}"));
        }
    }
    println!(
        "{count} images of {} steps, {} accepted",
        recorded.steps.len(),
        promised.accepted.len()
    );
    wrong
}

/// In memory, where there is such a place.
fn place() -> tempfile::TempDir {
    let home = Path::new("/dev/shm");
    if home.is_dir() { tempfile::tempdir_in(home) } else { tempfile::tempdir() }.expect("directory")
}

/// Recovers from an image; in a damaged one that may take for ever.
fn look_in_time(
    home: tempfile::TempDir,
    recorded: &Arc<Recorded>,
    promised: &Promised,
) -> Result<(), String> {
    let (sender, verdict) = mpsc::channel();
    let (recorded, promised) = (Arc::clone(recorded), promised.clone());
    std::thread::spawn(move || {
        let _ = sender.send(look(home.path(), &recorded, &promised));
    });
    verdict
        .recv_timeout(Duration::from_secs(60))
        .map_err(|_| "no end within a minute".to_owned())?
}

/// Recovers from an image.
fn look(directory: &Path, recorded: &Recorded, promised: &Promised) -> Result<(), String> {
    let spool =
        Spool::open_with(directory, Some(model::ByteSize::bytes(0))).map_err(|e| e.to_string())?;
    let contents = spool.contents().map_err(|e| e.to_string())?;
    if let Some(damaged) = contents.damaged.first() {
        return Err(format!("{} cannot be read: {}", damaged.id, damaged.reason));
    }
    let mut there = BTreeSet::new();
    for message in &contents.messages {
        let record = &message.record;
        let content = spool.content(record.id).map_err(|e| e.to_string())?;
        if content.len() as u64 != record.size {
            return Err(format!("{} has {} of {} bytes", record.id, content.len(), record.size));
        }
        there.insert(record.id.as_u64());
        if let Origin::Dsn { about } = record.origin {
            there.insert(about.as_u64());
        }
    }
    drop(spool);
    let connection = rusqlite::Connection::open(directory.join("spool.db"));
    let verdict = connection.and_then(|connection| {
        connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
    });
    if verdict.as_deref() != Ok("ok") {
        return Err(format!("integrity: {verdict:?}"));
    }
    let is_gone = |id: &&u64| {
        // Nobody knows the number of one whose answer was cut off by the kill.
        let taken = recorded.numbers.get(id).is_none_or(|n| promised.taken.contains(n));
        !there.contains(id) && !taken
    };
    let lost: Vec<_> = promised.accepted.iter().filter(is_gone).collect();
    if lost.is_empty() { Ok(()) } else { Err(format!("lost: {lost:?}")) }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn what_was_accepted_outlives_a_power_cut_at_any_moment() {
    let recorded = Arc::new(record(false));
    let accepted = recorded.steps.iter().filter(|s| matches!(s, Step::Accepted(_))).count();
    let taken = recorded.steps.iter().filter(|s| matches!(s, Step::Taken(_))).count();
    assert!(accepted >= MESSAGES && taken >= MESSAGES / 2, "{accepted} accepted, {taken} taken");
    let seed = number("RELAIS_SEED").unwrap_or(1);
    let count = number("RELAIS_IMAGES").unwrap_or(500) as usize;
    let wrong = images(&recorded, count, &mut Dice::new(seed));
    assert!(wrong.is_empty(), "{} of {count} images, RELAIS_SEED={seed}: {wrong:#?}", wrong.len());
}

/// The old trick: `250` before the sync has happened. It has to be noticed, or the test above says
/// nothing.
#[test]
fn a_250_before_the_sync_is_noticed() {
    let recorded = Arc::new(record(true));
    let wrong = images(&recorded, 60, &mut Dice::new(1));
    println!("noticed in {} of 60 images, such as: {:?}", wrong.len(), wrong.first());
    assert!(wrong.len() >= 10, "{wrong:#?}");
}
