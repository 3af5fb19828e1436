//! `relais backup` and `relais restore` with the real program: under load, onto an empty directory, with nothing
//! lost that was accepted before, and nothing sent by itself that may have been delivered.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::{FileExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use end_to_end::{
    Ledger, Letter, Received, SERVER, SOON, SmallDisk, Smtp, consistently, message, until,
};
use serde_json::json;
use tempfile::TempDir;

use crate::world::{PORT, STRANGER, World, large};

/// How long what is left may take.
const DRAINED: Duration = Duration::from_secs(90);

/// Some to a domain that no connector carries; some larger than what stays in the database.
fn letter(number: usize) -> Letter {
    let domain = if number % 5 == 1 { "b.test" } else { "a.test" };
    let from = format!("s{number}@elsewhere.example");
    Letter { from, to: format!("u{number}@{domain}"), size: number * 37 % 20_000 }
}

/// A server with a connector for one of the domains, which tries again every second.
fn world() -> World {
    let world = World::of(&["a", "b"]);
    world.relais.send_connector("A", "a.test", PORT);
    world.transport(json!({
        "MaxConnectionRatePerMinute": 1_000_000,
        "TransientFailureRetryInterval": "00:00:01",
        "OutboundConnectionFailureRetryInterval": "00:00:01",
    }));
    world
}

/// Waits until only what no connector carries waits.
fn drain(world: &World) {
    let unreachable = format!("{SERVER}\\Unreachable");
    until("all that can be delivered is", DRAINED, || {
        world.relais.messages().iter().all(|m| m["Queue"] == unreachable.as_str()).then_some(())
    });
}

fn relais(world: &World, arguments: &[&str]) -> (bool, String) {
    world.relais.command(arguments, &[])
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn backup(world: &World, to: &Path, more: &[&str]) -> (bool, String) {
    let (data, config) = (world.relais.data(), world.relais.config());
    let options = ["backup", text(to), "--data", text(&data), "--config", text(&config)];
    relais(world, &[&options, more].concat())
}

/// The data key, written to a file of its own.
fn key(world: &World, place: &TempDir) -> PathBuf {
    let (file, data) = (place.path().join("relais.key"), world.relais.data());
    let (good, said) = relais(world, &["backup", "--key", text(&file), "--data", text(&data)]);
    assert!(good && said.contains("fingerprint"), "{said}");
    assert_eq!(fs::metadata(&file).expect("the key").permissions().mode() & 0o777, 0o600);
    file
}

/// The data directory is lost; what a backup gives takes its place.
fn restore(world: &World, from: &Path, key: &Path, more: &[&str]) -> (bool, String) {
    let data = world.relais.data();
    if data.exists() {
        fs::rename(&data, data.with_file_name("lost")).expect("renamed");
    }
    let options = ["restore", text(from), "--key", text(key), "--data", text(&data)];
    relais(world, &[&options, more].concat())
}

fn by_number(received: &[Received]) -> BTreeMap<usize, usize> {
    let mut all = BTreeMap::new();
    for message in received {
        *all.entry(Ledger::number_in(&message.text()).expect("ours")).or_default() += 1;
    }
    all
}

/// Numbers of messages in a queue.
fn queued(world: &World, queue: &str) -> BTreeSet<usize> {
    let name = format!("{SERVER}\\{queue}");
    let messages = world.relais.messages();
    let there = messages.iter().filter(|m| m["Queue"] == name.as_str());
    there.filter_map(|m| Ledger::number_in(m["Subject"].as_str().unwrap_or_default())).collect()
}

/// The number in `[InternalId=…]` of a message that is sent now.
fn number_of_a_new_one(world: &World, subject: &str) -> u64 {
    let content = message(STRANGER, "u@a.test", subject);
    let reply = Smtp::hello(world.relais.relay()).deliver(STRANGER, &["u@a.test"], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    let text = reply.text();
    let id = text.split("InternalId=").nth(1).and_then(|rest| rest.split(']').next());
    id.and_then(|id| id.parse().ok()).expect("a number")
}

/// Backups are made while mail comes and goes. The server is killed later, and its disk lost: what was accepted
/// before the backup is delivered or held, nothing is sent by itself, and no number comes again.
#[test]
fn a_backup_under_load_loses_nothing_and_sends_nothing_by_itself() {
    let mut world = world();
    let place = tempfile::tempdir().expect("a directory");
    let ledger = Ledger::new();
    let senders = ledger.send(world.relais.relay(), 6, letter);
    // What is not delivered yet is in the first backups, too.
    until("some wait", SOON, || (ledger.count() >= 100).then_some(()));
    let sink = world.sink(PORT);
    until("some arrive", SOON, || (sink.count() >= 50).then_some(()));
    let (mut before, mut last) = (BTreeMap::new(), PathBuf::new());
    for number in 0..4 {
        before = ledger.accepted();
        last = place.path().join(number.to_string());
        let (good, said) = backup(&world, &last, &[]);
        assert!(good && !said.contains("damaged"), "{said}");
        let (good, said) = relais(&world, &["backup", "--verify", text(&last)]);
        assert!(good && said.contains("Everything is as it was written"), "{said}");
        assert!(!said.contains("problems"), "{said}");
    }
    let more = ledger.count() + 60;
    until("more is accepted", SOON, || (ledger.count() >= more).then_some(()));
    let key = key(&world, &place);
    world.relais.kill();
    senders.stop();
    let highest = ledger.accepted().values().filter_map(|id| id.parse::<u64>().ok()).max();

    let (good, said) = restore(&world, &last, &key, &[]);
    assert!(good && said.contains("are held in the queue"), "{said}");
    let delivered = sink.count();
    world.relais.resume();
    let new = number_of_a_new_one(&world, "number 1000000.");
    assert!(new > highest.expect("some") + 1_000_000, "{new} after {highest:?}");
    sink.wait_for(delivered + 1, SOON);
    consistently("only the new one leaves", Duration::from_secs(2), || {
        sink.count() == delivered + 1
    });
    let held = queued(&world, "Poison");
    let arrived = by_number(&sink.received());
    let lost: Vec<_> =
        before.keys().filter(|n| !arrived.contains_key(n) && !held.contains(n)).collect();
    assert!(lost.is_empty(), "of {} these are lost: {lost:?}", before.len());
    assert!(held.len() > 10, "what no connector carries is held: {}", held.len());
    let messages = world.relais.messages();
    let one = messages.iter().find(|m| m["Queue"] == format!("{SERVER}\\Poison").as_str());
    let error = one.expect("a held one")["LastError"].to_string();
    assert!(error.contains("it may have been delivered since"), "{error}");

    // As docs/backup.md has it.
    world.relais.shell_ok(&format!(
        "Get-Message -Queue '{SERVER}\\Poison' -ResultSize Unlimited | Resume-Message -Confirm:$false"
    ));
    until("all that was held is on its way", DRAINED, || {
        queued(&world, "Poison").is_empty().then_some(())
    });
    drain(&world);
    let (arrived, waiting) = (by_number(&sink.received()), queued(&world, "Unreachable"));
    let lost: Vec<_> =
        before.keys().filter(|n| !arrived.contains_key(n) && !waiting.contains(n)).collect();
    assert!(lost.is_empty(), "of {} these are lost: {lost:?}", before.len());
}

/// A server that moves: nothing is lost, nothing comes twice, and the old one does not start again.
#[test]
fn a_server_that_moves_sends_everything_once() {
    let mut world = world();
    let place = tempfile::tempdir().expect("a directory");
    let target = place.path().join("backup");
    let ledger = Ledger::new();
    let sink = world.sink(PORT);
    let senders = ledger.send(world.relais.relay(), 4, letter);
    until("enough is accepted", SOON, || (ledger.count() >= 150).then_some(()));
    senders.stop();
    drain(&world);
    let first = by_number(&sink.kill());
    let senders = ledger.send(world.relais.relay(), 4, letter);
    let more = ledger.count() + 60;
    until("some wait", SOON, || (ledger.count() >= more).then_some(()));
    senders.stop();
    let (good, said) = backup(&world, &target, &["--final"]);
    assert!(!good && said.contains("Stop the server first"), "{said}");
    let key = key(&world, &place);
    world.relais.stop();
    let (good, said) = backup(&world, &target, &["--final"]);
    assert!(good && said.contains("does not start here any more"), "{said}");
    let (data, config) = (world.relais.data(), world.relais.config());
    let serve = ["serve", "--config", text(&config), "--data", text(&data)];
    let (good, said) = relais(&world, &serve);
    assert!(!good && said.contains("was moved with the backup"), "{said}");

    let (good, said) = restore(&world, &target, &key, &[]);
    assert!(good && said.contains("are sent when the server starts"), "{said}");
    let sink = world.sink(PORT);
    world.relais.resume();
    drain(&world);
    let (second, waiting) = (by_number(&sink.received()), queued(&world, "Unreachable"));
    assert!(second.len() > 20, "{} came after the move", second.len());
    for number in ledger.accepted().keys() {
        let times = |all: &BTreeMap<usize, usize>| all.get(number).copied().unwrap_or(0);
        let all = times(&first) + times(&second) + usize::from(waiting.contains(number));
        assert_eq!(all, 1, "{number} is delivered or waits, once");
    }
}

/// What is wrong with a backup, or with where it is to go, is said, and nothing half is left.
#[test]
fn what_is_not_good_is_refused() {
    let mut world = World::of(&["a"]);
    for _ in 0..8 {
        let reply =
            Smtp::hello(world.relais.relay()).deliver(STRANGER, &["u@a.test"], &large(1 << 20));
        assert_eq!(reply.code, 250, "{reply:?}");
    }
    world.relais.wait_for_unreachable(8);
    let place = tempfile::tempdir().expect("a directory");
    let (target, data) = (place.path().join("backup"), world.relais.data());
    let (good, said) = backup(&world, &target, &[]);
    assert!(good, "{said}");
    let (good, said) = backup(&world, &target, &[]);
    assert!(!good && said.contains("is there already"), "{said}");

    // A disk that is too small for the backup, and one that is for what comes back.
    let disk = SmallDisk::of(6);
    let (good, said) = backup(&world, &disk.data(), &[]);
    assert!(!good && said.contains("No space left"), "{said}");
    let on_disk = disk.data().parent().map(Path::to_owned).expect("a directory");
    assert_eq!(fs::read_dir(&on_disk).expect("the disk").count(), 0, "nothing half is left");
    let key = key(&world, &place);
    let into = |from: &Path, key: &Path, data: &Path| {
        relais(&world, &["restore", text(from), "--key", text(key), "--data", text(data)])
    };
    let (good, said) = into(&target, &key, &disk.data());
    assert!(!good && said.contains("bytes and its disk has"), "{said}");

    let (other, wrong) = (place.path().join("other"), place.path().join("wrong.key"));
    let (good, said) = into(&target, &key, &data);
    assert!(!good && said.contains("it is not empty"), "{said}");
    let foreign = World::of(&["a"]);
    let (_, _) = relais(
        &foreign,
        &["backup", "--key", text(&wrong), "--data", text(&foreign.relais.data())],
    );
    let (good, said) = into(&target, &wrong, &other);
    assert!(!good && said.contains("is not the key of this backup"), "{said}");
    drop(foreign);

    let content = target.join("data/spool/content/00000001");
    let file = fs::File::options().read(true).write(true).open(&content).expect("a content");
    let mut byte = [0];
    file.read_exact_at(&mut byte, 500_000).expect("read");
    file.write_all_at(&[byte[0] ^ 1], 500_000).expect("written");
    for arguments in [
        vec!["backup", "--verify", text(&target)],
        vec!["restore", text(&target), "--key", text(&key), "--check", "--data", text(&other)],
        vec!["restore", text(&target), "--key", text(&key), "--data", text(&other)],
    ] {
        let (good, said) = relais(&world, &arguments);
        assert!(!good && said.contains("00000001 is not as it was written"), "{said}");
    }
    file.write_all_at(&byte, 500_000).expect("written");

    let manifest = target.join("manifest.json");
    let good_one = fs::read_to_string(&manifest).expect("the manifest");
    fs::write(&manifest, good_one.replace("\"format\": 3", "\"format\": 4")).expect("written");
    let sum = Command::new("sha256sum").arg("manifest.json").current_dir(&target).output();
    fs::write(target.join("manifest.sha256"), sum.expect("sha256sum").stdout).expect("written");
    let (good, said) = into(&target, &key, &other);
    assert!(!good && said.contains("its spool has format 4"), "{said}");
    assert!(!other.exists(), "nothing was begun");
    fs::write(&manifest, good_one).expect("written");
    let sum = Command::new("sha256sum").arg("manifest.json").current_dir(&target).output();
    fs::write(target.join("manifest.sha256"), sum.expect("sha256sum").stdout).expect("written");

    // The list is one that sha256sum reads.
    let mut check = Command::new("sha256sum");
    let status = check.args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&target).status();
    assert!(status.expect("sha256sum").success());
    world.relais.stop();
    let (good, said) = restore(&world, &target, &key, &["--mail", "send"]);
    assert!(good && said.contains("as you asked"), "{said}");
    world.relais.resume();
    world.relais.wait_for_unreachable(8);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let received = sink.wait_for(8, SOON);
    assert!(received.iter().all(|m| m.text().len() > 1_000_000), "whole");
}

/// Backups in one directory, as a timer makes them.
#[test]
fn the_newest_backups_are_kept() {
    let world = World::of(&["a"]);
    let place = tempfile::tempdir().expect("a directory");
    let names = || {
        let listed = fs::read_dir(place.path()).expect("a directory");
        let mut names: Vec<_> = listed
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        names
    };
    let mut made = Vec::new();
    for _ in 0..3 {
        until("another second", SOON, || {
            let (good, said) = backup(&world, place.path(), &["--keep", "2"]);
            assert!(good || said.contains("is there already"), "{said}");
            good.then_some(())
        });
        made.extend(names().last().cloned());
    }
    assert_eq!(names(), made[1..]);
}

/// An older program that meets what a newer one wrote says so and changes nothing.
#[test]
fn what_a_newer_version_wrote_is_refused() {
    let mut world = World::of(&["a"]);
    world.relais.stop();
    let (data, config) = (world.relais.data(), world.relais.config());
    let sql = |file: &str, statement: &str| {
        let script = "import sqlite3, sys\n\
            with sqlite3.connect(sys.argv[1]) as file:\n    file.execute(sys.argv[2])";
        let path = data.join(file);
        let status = Command::new("python3").args(["-c", script]).arg(path).arg(statement).status();
        assert!(status.expect("python3").success());
    };
    let refuses = |expected: &str| {
        let (good, said) =
            relais(&world, &["serve", "--config", text(&config), "--data", text(&data)]);
        assert!(!good && said.contains(expected), "{said}");
        assert!(said.contains("newer version"), "{said}");
    };
    sql("spool/spool.db", "PRAGMA user_version = 4");
    refuses("spool.db has format 4");
    sql("spool/spool.db", "PRAGMA user_version = 3");
    sql("spool/spool.db", "UPDATE counter SET value = 5 WHERE name = 'records'");
    refuses("has records of version 5");
    sql("spool/spool.db", "UPDATE counter SET value = 4 WHERE name = 'records'");
    sql("directory.db", "PRAGMA user_version = 3");
    refuses("the directory has format 3");
    sql("directory.db", "PRAGMA user_version = 1");
    let engine = data.join("engine.json");
    fs::write(&engine, json!({ "connection": "host=x", "later": 1 }).to_string()).expect("written");
    refuses("engine.json is not right");
    fs::remove_file(&engine).expect("removed");
    world.relais.resume();
}
