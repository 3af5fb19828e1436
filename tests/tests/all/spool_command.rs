//! `relais spool` on the spool of a server that was stopped: it is checked, mail comes out of it, and
//! the Replay directory takes that mail back. A message that was damaged is set aside by the
//! server, keeps nobody waiting, and what is left of it comes out too.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use end_to_end::{SOON, program, until};
use serde_json::json;

use crate::world::{PORT, World};

fn spool(world: &World, what: &str, more: &[&str]) -> (Output, String) {
    let output = Command::new(program())
        .args(["spool", what, "--data"])
        .arg(world.relais.data())
        .args(more)
        .output()
        .expect("relais spool");
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    (output, String::from_utf8(said).expect("text"))
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

/// Breaks the record of the oldest message, as a bad disk might; returns its number.
fn spoil(world: &World) -> String {
    let script = "import sqlite3, sys\n\
        spool = sqlite3.connect(sys.argv[1])\n\
        oldest, = spool.execute('SELECT min(id) FROM message').fetchone()\n\
        spool.execute(\"UPDATE message SET record = x'01ff' WHERE id = ?\", (oldest,))\n\
        spool.commit()\n\
        print(oldest)";
    let file = world.relais.data().join("spool/spool.db");
    let output = Command::new("python3").arg("-c").arg(script).arg(file).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a number").trim().to_owned()
}

#[test]
fn a_spool_is_checked_and_rescued_without_its_server() {
    let mut world = World::of(&["a"]);
    for number in 0..3 {
        world.send(&format!("u{number}@a.test"), &format!("number {number}."));
    }
    world.relais.wait_for_unreachable(3);
    let (output, said) = spool(&world, "verify", &[]);
    assert_eq!(output.status.code(), Some(1));
    let process = format!("process {} (relais)", world.relais.process_id());
    assert!(said.contains(&process), "it says who has it open: {said}");

    world.relais.stop();
    let (output, said) = spool(&world, "verify", &[]);
    assert!(output.status.success() && said.contains("Nothing is wrong."), "{said}");
    assert!(said.contains("3 messages (") && said.contains("3 recipients not finished"), "{said}");
    let out = tempfile::tempdir().expect("a directory");
    let rescued = out.path().join("rescued");
    let to = rescued.to_str().expect("a path");
    let (output, said) = spool(&world, "export", &["--to", to]);
    assert!(output.status.success() && said.contains(": 3 messages."), "{said}");
    let files = names(&rescued);
    assert!(files.len() == 3 && files.iter().all(|name| name.ends_with(".eml")), "{files:?}");
    let (output, said) = spool(&world, "export", &["--to", to]);
    assert!(!output.status.success() && said.contains("is there already"), "{said}");

    let bad = spoil(&world);
    world.relais.resume();
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    sink.wait_for(2, SOON);
    until("the damaged one is set aside", SOON, || {
        world.relais.log().contains("it was set aside").then_some(())
    });
    world.relais.stop();
    let (output, said) = spool(&world, "verify", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(&format!("message {bad} was set aside: ")), "{said}");
    assert!(said.contains("Found: 1 problem."), "{said}");
    let damaged = out.path().join("second");
    let to = damaged.to_str().expect("a path");
    let (output, said) = spool(&world, "export", &["--to", to, "--id", &bad]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let directory = damaged.join("damaged");
    let expected = ["content", "record", "txt"].map(|kind| format!("{bad}.{kind}"));
    assert_eq!(names(&directory), expected);
    let content = fs::read_to_string(directory.join(&expected[0])).expect("its content");
    assert!(content.contains("Subject: number 0."), "{content}");

    world.relais.resume();
    world.transport(json!({ "ReplayDirectoryPath": "replay" }));
    let replay = world.relais.data().join("replay");
    until("the directory is there", SOON, || replay.is_dir().then_some(()));
    for name in &files {
        fs::copy(rescued.join(name), replay.join(name)).expect("copied");
    }
    let received = sink.wait_for(5, SOON);
    let of = |subject: &str| received.iter().filter(|m| m.text().contains(subject)).count();
    assert_eq!(["number 0.", "number 1.", "number 2."].map(of), [1, 2, 2]);
}
