//! Messages that come as files: from the directories of a running server to real peers, once each,
//! also when the server is killed; nothing hostile in them does harm.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use end_to_end::{Postfix, Relais, SOON, Settings, address, consistently, until};
use serde_json::json;

use crate::world::{PORT, World};

/// Turns both directories on, without a rate that counts here.
fn turn_on(world: &World) {
    world.transport(json!({
        "PickupDirectoryPath": "pickup",
        "ReplayDirectoryPath": "replay",
        "PickupDirectoryMaxMessagesPerMinute": 20000,
    }));
    until("the directories are made", SOON, || {
        (path(&world.relais, "pickup").exists() && path(&world.relais, "replay").exists())
            .then_some(())
    });
}

fn path(relais: &Relais, directory: &str) -> PathBuf {
    relais.data().join(directory)
}

/// Puts a file there that has been left alone for a while.
fn put(directory: &Path, name: &str, content: &str) {
    let hidden = directory.join(".hidden");
    fs::write(&hidden, content).expect("written");
    let file = File::options().append(true).open(&hidden).expect("there");
    file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("its time");
    fs::rename(hidden, directory.join(name)).expect("its name");
}

/// The names of the files, without those that somebody is still writing.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<_> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn letter(to: &str, subject: &str) -> String {
    format!("From: app@contoso.com\nTo: {to}\nSubject: {subject}\n\nHello.\n.\nEnd.\n")
}

/// How often each subject occurs.
fn count<'a>(subjects: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, u32> {
    let mut counts = BTreeMap::new();
    for subject in subjects {
        *counts.entry(subject).or_default() += 1;
    }
    counts
}

fn wait_until_taken(directory: &Path, limit: Duration) {
    until("the files are taken", limit, || names(directory).is_empty().then_some(()));
}

#[test]
fn files_reach_postfix_and_leave_nothing_behind() {
    let host = address();
    let postfix = Postfix::with(host, PORT, &["a.test"], "");
    let world = World::with(host, &["a MX 10 mail", &format!("mail A {host}")]);
    world.relais.send_connector("All", "*", PORT);
    turn_on(&world);
    let (pickup, replay) = (path(&world.relais, "pickup"), path(&world.relais, "replay"));
    put(
        &pickup,
        "letter.eml",
        &letter("u@a.test", "picked up").replace("Subject", "Bcc: v@a.test\nSubject"),
    );
    let replayed = "X-Sender: <back@contoso.com> BODY=8BITMIME RET=HDRS ENVID=Q1\r\n\
                    X-Receiver: <w@a.test> NOTIFY=NEVER ORcpt=rfc822;old@a.test\r\n\
                    X-CreatedBy: MSExchange15\r\nX-EndOfInjectedXHeaders: 1\r\n\
                    Received: from before by here; Tue, 24 Nov 2026 00:00:00 +0000\r\n\
                    From: other@contoso.com\r\nSubject: replayed\r\n\r\nD\u{e9}j\u{e0} vu.\r\n";
    put(&replay, "letter.eml", replayed);
    let messages = postfix.wait_for(3, SOON);
    let to = |address: &str| {
        let found = messages.iter().find(|m| m.contains(&format!("X-Original-To: {address}\n")));
        found.unwrap_or_else(|| panic!("nothing for {address} in {messages:?}")).clone()
    };
    for address in ["u@a.test", "v@a.test"] {
        let message = to(address);
        for part in [
            "Return-Path: <app@contoso.com>",
            "Received: from localhost by Pickup with Relais id ",
            "\nMessage-ID: <",
            "\nDate: ",
            "\n\nHello.\n.\nEnd.\n",
        ] {
            assert!(message.contains(part), "{part} is missing in\n{message}");
        }
        assert!(!message.contains("Bcc"), "{message}");
    }
    let again = to("w@a.test");
    for part in [
        "Return-Path: <back@contoso.com>",
        "Received: from mbx01.contoso.com by Replay with Relais id ",
        "Received: from before by here;",
        "From: other@contoso.com",
        "\n\nD\u{e9}j\u{e0} vu.\n",
    ] {
        assert!(again.contains(part), "{part} is missing in\n{again}");
    }
    assert!(!again.contains("X-Sender") && !again.contains("X-Receiver"), "{again}");
    wait_until_taken(&pickup, SOON);
    wait_until_taken(&replay, SOON);
    world.relais.wait_until_empty(SOON);
    consistently("once each", Duration::from_secs(1), || postfix.messages().len() == 3);
}

#[test]
fn a_thousand_files_arrive_once_each() {
    let world = World::of(&["a"]);
    world.relais.send_connector("All", "*", PORT);
    let sink = world.sink(PORT);
    turn_on(&world);
    let pickup = path(&world.relais, "pickup");
    for number in 0..1000 {
        put(&pickup, &format!("{number}.eml"), &letter("u@a.test", &format!("number {number}.")));
    }
    let received = sink.wait_for(1000, Duration::from_secs(60));
    wait_until_taken(&pickup, SOON);
    world.relais.wait_until_empty(SOON);
    assert_eq!(sink.count(), 1000);
    let texts: Vec<String> = received.iter().map(|r| r.text()).collect();
    let counts = count(texts.iter().filter_map(|t| t.split("Subject: ").nth(1)?.lines().next()));
    assert_eq!(counts.len(), 1000);
}

/// No file can be deleted, so that every kill comes between acceptance and deletion.
#[test]
fn a_kill_between_acceptance_and_deletion_doubles_nothing() {
    let mut world = World::of_with(&["a"], Settings { faulty: true, ..Settings::default() });
    turn_on(&world);
    let pickup = path(&world.relais, "pickup");
    for round in 0..3 {
        world.relais.fault("enable name=posix/io/dir/unlink,failinfo=5");
        for number in 0..20 {
            put(
                &pickup,
                &format!("{number}.eml"),
                &letter("u@a.test", &format!("{round}-{number}.")),
            );
        }
        world.relais.wait_for_unreachable(20 * (round + 1));
        let left = names(&pickup);
        assert!(left.len() == 20 && left.iter().all(|n| n.ends_with(".tmp")), "{left:?}");
        world.relais.kill();
        world.relais.resume();
        wait_until_taken(&pickup, SOON);
    }
    assert_each_once(&world, 60);
}

/// Kills at any moment: while files are renamed, read, stored, deleted.
#[test]
fn kills_at_any_moment_lose_and_double_nothing() {
    const ROUNDS: u64 = 16;
    const FILES: usize = 60;
    let mut world = World::of(&["a"]);
    turn_on(&world);
    let pickup = path(&world.relais, "pickup");
    let mut under_way = 0;
    for round in 0..ROUNDS {
        for number in 0..FILES {
            put(
                &pickup,
                &format!("{number}.eml"),
                &letter("u@a.test", &format!("{round}-{number}.")),
            );
        }
        // A change has the directory looked into at once.
        world.transport(json!({ "PickupDirectoryMaxMessagesPerMinute": 20_000 - round }));
        until("the first is begun", SOON, || {
            let begun = |name: &String| name.ends_with(".tmp");
            let left = names(&pickup);
            (left.len() < FILES || left.iter().any(begun)).then_some(())
        });
        std::thread::sleep(Duration::from_micros(1500 * round));
        world.relais.kill();
        under_way += usize::from(names(&pickup).iter().any(|name| name.ends_with(".tmp")));
        world.relais.resume();
        wait_until_taken(&pickup, SOON);
    }
    println!("{under_way} of {ROUNDS} kills with files under way");
    assert!(under_way > 0, "no kill came while files were under way");
    assert_each_once(&world, FILES * ROUNDS as usize);
}

/// The queue has exactly these messages, with different subjects; and so does the sink.
fn assert_each_once(world: &World, number: usize) {
    let waiting = world.relais.wait_for_unreachable(number);
    let counts = count(waiting.iter().filter_map(|m| m["Subject"].as_str()));
    assert_eq!((waiting.len(), counts.len()), (number, number));
    assert!(waiting.iter().all(|m| m["MessageSourceName"] == "Pickup"), "{:?}", waiting.first());
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    sink.wait_for(number, SOON);
    world.relais.wait_until_empty(SOON);
    assert_eq!(sink.count(), number);
}

#[test]
fn nothing_hostile_is_read_and_nothing_stops_the_others() {
    let world = World::of(&[]);
    let jean = world.sender("jean", &[]);
    turn_on(&world);
    let pickup = path(&world.relais, "pickup");
    symlink("/etc/passwd", pickup.join("link.eml")).expect("a link");
    symlink(&pickup, pickup.join("loop.eml")).expect("a link");
    fs::create_dir(pickup.join("folder.eml")).expect("a directory");
    let made = Command::new("mkfifo").arg(pickup.join("pipe.eml")).status().expect("mkfifo");
    assert!(made.success());
    let huge = File::create(pickup.join("huge.eml")).expect("a file");
    huge.set_len(10 << 30).expect("a size");
    huge.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("its time");
    put(&pickup, "none.eml", &"no message\n".repeat(3));
    put(&pickup, "other.txt", "not for us\n");
    put(&pickup, "a\n%'\u{e9}.eml", &letter(&jean, "odd name"));
    world.relais.wait_for_mail(&jean, 1, SOON);
    let bad = ["folder", "huge", "link", "loop", "none", "pipe"];
    let mut expected: Vec<String> =
        bad.iter().flat_map(|name| [format!("{name}.bad"), format!("{name}.bad.txt")]).collect();
    expected.push("other.txt".into());
    expected.sort();
    until("the others are set aside", SOON, || (names(&pickup) == expected).then_some(()));
    let reason =
        |name: &str| fs::read_to_string(pickup.join(format!("{name}.bad.txt"))).expect("a reason");
    assert_eq!(reason("link"), "it is a symbolic link, no file\n");
    assert_eq!(
        reason("huge"),
        "it has 10737418240 bytes; the largest that is read has 104857600\n"
    );
    assert_eq!(reason("none"), "there is no blank line between header and body\n");
    let log = world.relais.log();
    assert_eq!(log.matches("bad mail: the file is set aside").count(), bad.len(), "{log}");
    let rows = world.relais.run("Get-MessageTrackingLog", json!({ "EventId": "BADMAIL" }));
    assert_eq!(rows.len(), bad.len(), "{rows:?}");
    assert!(rows.iter().all(|row| row["Source"] == "PICKUP"), "{rows:?}");
}

#[test]
fn a_limit_that_is_broken_is_told_the_sender() {
    let world = World::of(&[]);
    let jean = world.sender("jean", &[]);
    turn_on(&world);
    world.transport(json!({ "PickupDirectoryMaxHeaderSize": 32768 }));
    let pickup = path(&world.relais, "pickup");
    let long = format!("From: {jean}\nTo: u@a.test\nX-Long: {}\n\nHello.\n", "x ".repeat(20_000));
    put(&pickup, "long.eml", &long);
    let report = world.relais.wait_for_mail(&jean, 1, SOON).remove(0);
    let flat = report.replace("=\r\n", "").replace("\r\n ", " ");
    assert!(flat.contains("552 5.3.4 Header size"), "{report}");
    assert!(flat.contains("PickupDirectoryMaxHeaderSize, 32768 bytes"), "{report}");
    wait_until_taken(&pickup, SOON);
    assert!(world.relais.messages().is_empty(), "nothing else came of it");
}

#[test]
fn files_wait_while_the_server_is_pressed() {
    let settings =
        Settings { toml: "[resources]\ndisk_reserve = \"4000TB\"\n", ..Settings::default() };
    let world = World::of_with(&[], settings);
    world.transport(json!({ "PickupDirectoryPath": "pickup" }));
    let pickup = path(&world.relais, "pickup");
    fs::create_dir(&pickup).expect("a directory");
    put(&pickup, "a.eml", &letter("u@a.test", "waits"));
    until("it is said", SOON, || {
        let log = world.relais.log();
        log.lines().any(|l| l.contains("files wait") && l.contains("back pressure")).then_some(())
    });
    assert_eq!(names(&pickup), ["a.eml"]);
}

#[test]
fn the_sandbox_takes_files_from_the_start_and_others_from_when_they_are_told() {
    let sandbox = Relais::sandbox();
    let pickup = path(&sandbox, "pickup");
    until("it is made", SOON, || pickup.exists().then_some(()));
    put(&pickup, "a.eml", &letter("jean@contoso.com", "for jean"));
    sandbox.wait_for_mail("jean@contoso.com", 1, SOON);
    assert!(sandbox.log().lines().all(|l| !l.contains("open relay")), "its directory is private");
    let world = World::of(&[]);
    let shown = world.relais.run("Get-TransportService", json!({})).remove(0);
    assert!(shown["PickupDirectoryPath"].is_null() && shown["ReplayDirectoryPath"].is_null());
    let open = world.relais.data().join("open");
    fs::create_dir(&open).expect("a directory");
    let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    fs::set_permissions(&open, mode).expect("permissions");
    world.transport(json!({ "PickupDirectoryPath": open }));
    until("the warning", SOON, || {
        let log = world.relais.log();
        log.lines()
            .any(|l| l.contains("everybody may write to") && l.contains("open relay"))
            .then_some(())
    });
    let same = json!({ "Identity": "MBX01", "ReplayDirectoryPath": open });
    let refused = world.relais.try_run("Set-TransportService", same).expect_err("one for both");
    assert!(format!("{refused:?}").contains("TS-05"), "{refused:?}");
}
