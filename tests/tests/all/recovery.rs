//! What a restart keeps: the queue, its numbers, settings, and which recipients are done. That
//! nothing is lost under load is in `no_loss`.

use std::{fs, process::Command, time::Duration};

use end_to_end::{SOON, Smtp, address, consistently, program, until};
use serde_json::json;

use crate::world::{PORT, STRANGER, World};

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

/// With ports of its own a second server could run beside the first, and would delete what that
/// writes. It ends before it has opened anything; a server that was killed leaves nothing in the way.
#[test]
fn two_servers_do_not_share_their_data() {
    let mut world = World::of(&["a"]);
    world.send("u@a.test", "number 0.");
    world.relais.wait_for_unreachable(1);
    let data = world.relais.data();
    let first = fs::read_to_string(data.with_file_name("relais.toml")).expect("relais.toml");
    let here = world.relais.relay().ip().to_string();
    let config = data.with_file_name("second.toml");
    fs::write(&config, first.replace(&here, &address().to_string())).expect("second.toml");
    let mut second = Command::new(program());
    second.arg("serve").arg("--config").arg(&config).arg("--data").arg(&data);
    let output = second.output().expect("relais");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty(), "{said}");
    let expected = format!(
        "{} is in use: process {} (relais) holds a lock on it",
        data.join("lock").display(),
        world.relais.process_id()
    );
    assert!(said.contains(&expected), "{said}");
    world.relais.kill();
    world.relais.resume();
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    sink.wait_for(1, SOON);
}
