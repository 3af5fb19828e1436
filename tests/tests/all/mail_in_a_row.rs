//! Messages that wait for the same host: on one connection the commands of each go out with the content
//! of the one before (RFC 2920 section 3.1), and each arrives once.

use std::{collections::BTreeSet, time::Duration};

use end_to_end::{Answers, Postfix, Received, SOON, Sink, until};
use serde_json::json;

use crate::world::{PORT, World};

/// A world in which so many messages for `u0@a.test` and so on wait for a host that is not there.
fn with_waiting(messages: usize, connector: serde_json::Value) -> World {
    let world = World::patient(&["a"]);
    world.transport(json!({ "MaxPerDomainOutboundConnections": 1 }));
    let mut settings = json!({ "AddressSpaces": ["*"], "Port": PORT });
    for (name, value) in connector.as_object().into_iter().flatten() {
        settings[name.as_str()] = value.clone();
    }
    world.relais.send_connector_with("All", settings);
    for n in 0..messages {
        world.send(&format!("u{n}@a.test"), "waits");
    }
    until("all of it waits", SOON, || {
        let queues = world.relais.queues();
        let waits = |q: &&serde_json::Value| {
            q["NextHopDomain"] == "a.test"
                && q["Status"] == "Retry"
                && q["MessageCount"] == messages
        };
        queues.iter().find(waits).map(|_| ())
    });
    world
}

fn retry(world: &World) {
    world.relais.run("Retry-Queue", json!({ "Identity": "a.test" }));
}

fn recipients(received: &[Received]) -> BTreeSet<String> {
    received.iter().flat_map(|message| message.recipients.clone()).collect()
}

#[test]
fn what_waits_goes_one_behind_the_other() {
    let world = with_waiting(30, json!({ "SmtpMaxMessagesPerConnection": 10 }));
    let sink = world.sink(PORT);
    retry(&world);
    let received = sink.wait_for(30, SOON);
    assert_eq!(recipients(&received).len(), 30);
    let followed = received.iter().filter(|message| message.followed).count();
    assert!(followed >= 24, "{followed} of 30 were followed, in connections of ten");
    assert_eq!(sink.connections(), 3, "none carries more than it may");
    assert_eq!(received.len(), 30, "each once");
}

#[test]
fn a_host_that_loses_what_comes_behind_a_content_gets_everything_once() {
    let world = with_waiting(5, json!({ "ConnectionInactivityTimeOut": "00:00:02" }));
    let answers = Answers { forgets_behind_content: true, ..Answers::default() };
    let sink = Sink::answering(world.host, PORT, answers);
    retry(&world);
    let received = sink.wait_for(5, Duration::from_secs(30));
    assert_eq!((received.len(), recipients(&received).len()), (5, 5));
    let followed = received.iter().filter(|message| message.followed).count();
    assert_eq!(followed, 1, "after the first time nothing comes behind a content");
}

#[test]
fn postfix_takes_them_in_a_row() {
    let world = with_waiting(40, json!({}));
    let postfix = Postfix::start(world.host, PORT, &["a.test"]);
    retry(&world);
    let messages = postfix.wait_for(40, SOON);
    let to = |n: usize| format!("X-Original-To: u{n}@a.test");
    assert!((0..40).all(|n| messages.iter().filter(|m| m.contains(&to(n))).count() == 1));
}
