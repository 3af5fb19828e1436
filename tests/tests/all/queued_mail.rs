//! What a change of the configuration does to mail that already waits: routing.md section 4.2 and
//! DESIGN section 3.

use std::time::Duration;

use end_to_end::{SERVER, SOON, consistently, until};
use serde_json::{Value, json};

use crate::world::{PORT, World};

/// A port where nothing listens.
const DEAD: u16 = 2599;

/// A world with one message to u@a.test waiting in the queue of the connector `First`, whose port
/// is dead.
fn with_waiting_message() -> World {
    let world = World::of(&["a"]);
    world.relais.send_connector("First", "a.test;1", DEAD);
    world.send("u@a.test", "waiting");
    let waiting =
        world.relais.wait_for_error("451 4.4.0 Primary target IP address responded with", SOON);
    assert_eq!(waiting["Status"], "Retry");
    world
}

fn queue_of(world: &World, connector: &str) -> Option<Value> {
    let guid =
        world.relais.run("Get-SendConnector", json!({ "Identity": connector }))[0]["Guid"].clone();
    world.relais.queues().into_iter().find(|q| q["NextHopConnector"] == guid)
}

#[test]
fn the_queue_says_what_it_is() {
    let world = with_waiting_message();
    let queue = queue_of(&world, "First").expect("the connector's queue");
    assert_eq!(queue["DeliveryType"], "DnsConnectorDelivery");
    assert_eq!(queue["NextHopDomain"], "a.test");
    assert_eq!(queue["NextHopCategory"], "External");
    assert_eq!(queue["Status"], "Retry");
    assert_eq!(queue["MessageCount"], 1);
    assert!(queue["NextRetryTime"].is_string(), "{queue}");
    let documented = "451 4.4.0 Primary target IP address responded with: \"";
    let failover = "Attempted failover to alternate host, but that did not succeed. Either there are no alternate \
                    hosts, or delivery failed to all alternate hosts.";
    let error = queue["LastError"].as_str().expect("an error");
    assert!(error.starts_with(documented) && error.ends_with(failover), "{error}");
    let message = world.relais.messages().remove(0);
    assert_eq!(message["LastError"], error);
    assert_eq!(message["Recipients"][0]["LastError"], error);
}

#[test]
fn a_disabled_connector_lets_queued_and_new_mail_take_the_next_one() {
    let world = with_waiting_message();
    let sink = world.sink(PORT);
    world.relais.send_connector("Second", "a.test;10", PORT);
    consistently(
        "a working connector is no substitute for a failing one",
        Duration::from_secs(2),
        || sink.count() == 0,
    );
    world.relais.run("Set-SendConnector", json!({ "Identity": "First", "Enabled": false }));
    sink.wait_for(1, SOON);
    world.send("u@a.test", "new");
    sink.wait_for(2, SOON);
    world.relais.wait_until_empty(SOON);
}

#[test]
fn a_removed_connector_sends_its_mail_to_unreachable_and_a_new_one_takes_it() {
    let world = with_waiting_message();
    world.relais.run("Remove-SendConnector", json!({ "Identity": "First", "Confirm": false }));
    world.relais.wait_for_unreachable(1);
    let sink = world.sink(PORT);
    world.relais.send_connector("Another", "*", PORT);
    sink.wait_for(1, SOON);
    consistently("once", Duration::from_secs(1), || sink.count() == 1);
}

#[test]
fn enabling_releases_what_waited() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector_with(
        "Off",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "Enabled": false }),
    );
    world.send("u@a.test", "waiting");
    world.relais.wait_for_unreachable(1);
    world.relais.run("Set-SendConnector", json!({ "Identity": "Off", "Enabled": true }));
    sink.wait_for(1, SOON);
}

#[test]
fn a_changed_address_space_is_routed_anew() {
    let world = with_waiting_message();
    world
        .relais
        .run("Set-SendConnector", json!({ "Identity": "First", "AddressSpaces": ["b.test"] }));
    world.relais.wait_for_unreachable(1);
    let sink = world.sink(DEAD);
    world.relais.run(
        "Set-SendConnector",
        json!({ "Identity": "First", "AddressSpaces": { "Add": ["*.test;3"] } }),
    );
    sink.wait_for(1, SOON);
}

#[test]
fn a_switch_from_mx_to_smart_host_takes_queued_mail_along() {
    let world = with_waiting_message();
    let host = end_to_end::address();
    let sink = end_to_end::Sink::start(host, PORT);
    world.relais.run(
        "Set-SendConnector",
        json!({ "Identity": "First", "DNSRoutingEnabled": false, "SmartHosts": [host.to_string()], "Port": PORT }),
    );
    sink.wait_for(1, SOON);
    world.relais.wait_until_empty(SOON);
}

#[test]
fn a_new_better_connector_takes_queued_mail_over() {
    let world = World::of(&["a"]);
    world.relais.send_connector("All", "*", DEAD);
    world.send("u@a.test", "waiting");
    world.relais.wait_for_error("451 4.4.0", SOON);
    let sink = world.sink(PORT);
    world.relais.send_connector("Exact", "a.test", PORT);
    sink.wait_for(1, SOON);
    consistently("once", Duration::from_secs(1), || sink.count() == 1);
}

#[test]
fn a_size_limit_that_shrinks_moves_only_what_no_longer_fits() {
    let world = World::of(&["a"]);
    world.relais.send_connector("Exact", "a.test", DEAD);
    world.send("u@a.test", "small");
    let content = crate::world::large(300_000);
    let reply = end_to_end::Smtp::hello(world.relais.relay()).deliver(
        crate::world::STRANGER,
        &["u@a.test"],
        &content,
    );
    assert_eq!(reply.code, 250);
    until("both wait", SOON, || (world.relais.messages().len() == 2).then_some(()));
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world
        .relais
        .run("Set-SendConnector", json!({ "Identity": "Exact", "MaxMessageSize": "100KB" }));
    assert!(sink.wait_for(1, SOON)[0].content.len() > 300_000);
    consistently("the small one stays", Duration::from_secs(1), || {
        sink.count() == 1 && world.relais.messages().len() == 1
    });
}

#[test]
fn retry_queue_tries_now() {
    let world = World::patient(&["a"]);
    world.relais.send_connector("All", "*", DEAD);
    world.send("u@a.test", "waiting");
    world.relais.wait_for_error("451 4.4.0", SOON);
    let sink = world.sink(DEAD);
    consistently("its time has not come", Duration::from_secs(1), || sink.count() == 0);
    let queue = queue_of(&world, "All").expect("the queue");
    world.relais.run("Retry-Queue", json!({ "Identity": queue["Identity"] }));
    sink.wait_for(1, SOON);
}

#[test]
fn unreachable_is_retried_only_by_resubmission() {
    let world = World::of(&["a"]);
    world.send("u@a.test", "waiting");
    world.relais.wait_for_unreachable(1);
    let identity = format!("{SERVER}\\Unreachable");
    let problem = world
        .relais
        .try_run("Retry-Queue", json!({ "Identity": identity }))
        .expect_err("needs -Resubmit");
    assert!(problem.field("detail").contains("Resubmit"), "{problem}");
    world.relais.run("Retry-Queue", json!({ "Identity": identity, "Resubmit": true }));
    world.relais.wait_for_unreachable(1);
}

#[test]
fn a_removed_message_is_gone_with_or_without_a_report() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    world.send_as(&anna, "u@a.test", "with report");
    let first = world.relais.wait_for_unreachable(1).remove(0);
    world.relais.run("Remove-Message", json!({ "Identity": first["Identity"], "Confirm": false }));
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Action: failed"), "{report}");
    world.send_as(&anna, "u@a.test", "in silence");
    let second = world.relais.wait_for_unreachable(1).remove(0);
    world.relais.run(
        "Remove-Message",
        json!({ "Identity": second["Identity"], "WithNDR": false, "Confirm": false }),
    );
    world.relais.wait_until_empty(SOON);
    consistently("no second report", Duration::from_secs(1), || {
        world.relais.maildir(&anna).len() == 1
    });
}
