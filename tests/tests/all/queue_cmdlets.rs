//! What an administrator does to queues and messages on the running service: held back, and let go
//! (management.md sections 4.2 and 5.2, transport.md section 2.4). Files are in `drop_directories`.

use std::time::Duration;

use end_to_end::{SERVER, SOON, consistently, until};
use serde_json::json;

use crate::world::World;

/// A port where nothing listens at first.
const LATER: u16 = 2598;

/// A world in which mail to a.test waits.
fn waiting() -> World {
    let world = World::patient(&["a"]);
    world.relais.send_connector("All", "*", LATER);
    world.send("u@a.test", "first");
    world.relais.wait_for_error("451 4.4.0", SOON);
    world
}

#[test]
fn a_suspended_queue_takes_mail_and_sends_none() {
    let world = waiting();
    let sink = world.sink(LATER);
    let queue = format!("{SERVER}\\a.test");
    world.relais.run("Suspend-Queue", json!({ "Identity": queue }));
    let shown = world.relais.run("Get-Queue", json!({ "Identity": queue }));
    assert_eq!(shown[0]["Status"], "Suspended");
    world.send("u@a.test", "second");
    consistently("nothing is sent", Duration::from_secs(1), || sink.count() == 0);
    let retried = world.relais.try_run("Retry-Queue", json!({ "Identity": queue }));
    assert!(retried.is_err(), "a suspended queue is not retried");
    world.relais.run("Resume-Queue", json!({ "Filter": "Status -eq 'Suspended'" }));
    world.relais.run("Retry-Queue", json!({ "Identity": queue }));
    sink.wait_for(2, SOON);
    world.relais.wait_until_empty(SOON);
}

#[test]
fn a_suspended_message_stays_when_the_others_leave() {
    let world = waiting();
    world.send("u@a.test", "second");
    until("both wait", SOON, || (world.relais.messages().len() == 2).then_some(()));
    let filter = json!({ "Filter": "Subject -eq 'first' -and Status -ne 'Suspended'" });
    world.relais.run("Suspend-Message", filter);
    let suspended = world.relais.run("Get-Message", json!({ "Filter": "Status -eq 'Suspended'" }));
    assert_eq!((suspended.len(), &suspended[0]["Subject"]), (1, &json!("first")));
    let identity = json!({ "Identity": suspended[0]["Identity"] });
    let sink = world.sink(LATER);
    world.relais.run("Retry-Queue", json!({ "Identity": "a.test" }));
    assert!(sink.wait_for(1, SOON)[0].text().contains("second"));
    consistently("it stays", Duration::from_secs(1), || sink.count() == 1);

    world.relais.run("Resume-Message", identity);
    let received = sink.wait_for(2, SOON);
    assert!(received.iter().any(|message| message.text().contains("first")));
    let actions = world.relais.run("Get-QueueAction", json!({}));
    assert_eq!(actions.len(), 1, "one by its identity is none of these: {actions:?}");
    assert_eq!((&actions[0]["Done"], &actions[0]["State"]), (&json!(1), &json!("Completed")));
}
