//! The next hop by smart host: routing.md section 6; and what fails closed.

use std::{net::Ipv4Addr, time::Duration};

use end_to_end::{Relais, SOON, Sink, Smtp, address, consistently, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

fn connector(relais: &Relais, hosts: &[String], more: Value) {
    let mut settings = json!({
        "AddressSpaces": ["*"],
        "DNSRoutingEnabled": false,
        "SmartHosts": hosts,
        "SmartHostAuthMechanism": "None",
        "Port": PORT,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        settings[key.as_str()] = value.clone();
    }
    relais.send_connector_with("Via relay", settings);
}

fn send_many(world: &World, number: usize) {
    let mut smtp = Smtp::hello(world.relais.relay());
    for i in 0..number {
        let reply =
            smtp.deliver(STRANGER, &[&format!("u{i}@anywhere.example")], "Subject: share\r\n\r\n");
        assert_eq!(reply.code, 250, "{reply:?}");
    }
}

fn bracketed(address: Ipv4Addr) -> String {
    format!("[{address}]")
}

#[test]
fn two_living_smart_hosts_share() {
    let world = World::of(&[]);
    let (one, two) = (address(), address());
    connector(
        &world.relais,
        &[one.to_string(), bracketed(two)],
        json!({ "SmtpMaxMessagesPerConnection": 1 }),
    );
    let (one, two) = (Sink::start(one, PORT), Sink::start(two, PORT));
    send_many(&world, 40);
    until("all 40", SOON, || (one.count() + two.count() == 40).then_some(()));
    let (less, more) = (one.count().min(two.count()), one.count().max(two.count()));
    assert!(less >= 10, "{less} and {more} are not near equal");
}

#[test]
fn with_one_of_two_dead_all_mail_is_delivered() {
    let world = World::of(&[]);
    let (dead, live) = (address(), address());
    connector(
        &world.relais,
        &[bracketed(dead), bracketed(live)],
        json!({ "SmtpMaxMessagesPerConnection": 2 }),
    );
    let sink = Sink::start(live, PORT);
    send_many(&world, 20);
    sink.wait_for(20, SOON);
}

#[test]
fn there_is_one_queue_for_the_list() {
    let world = World::of(&[]);
    let (one, two) = (address(), address());
    connector(
        &world.relais,
        &[one.to_string(), bracketed(two), "relay.test".to_owned()],
        json!({}),
    );
    world.send("u@a.example", "first");
    world.send("u@b.example", "second");
    world.relais.wait_for_error("451 4.4.0", SOON);
    let queue = until("the smart hosts' queue", SOON, || {
        let mut queues = world.relais.queues();
        queues.retain(|q| q["DeliveryType"] == "SmartHostConnectorDelivery");
        queues.into_iter().find(|q| q["MessageCount"] == 2)
    });
    assert_eq!(queue["NextHopDomain"], format!("[{one}],[{two}],relay.test"));
    assert_eq!(queue["NextHopCategory"], "External");
    assert_eq!(queue["Status"], "Retry");
}

#[test]
fn a_name_is_looked_up_as_mx_first() {
    let (by_mx, by_address) = (address(), address());
    let world = World::with(
        by_mx,
        &[
            "relay MX 10 exchanger",
            &format!("exchanger A {by_mx}"),
            &format!("relay A {by_address}"),
            &format!("plain A {by_address}"),
        ],
    );
    let (exchanger, plain) = (Sink::start(by_mx, PORT), Sink::start(by_address, PORT));
    connector(&world.relais, &["relay.test".to_owned()], json!({}));
    world.send("u@anywhere.example", "by MX");
    exchanger.wait_for(1, SOON);
    world
        .relais
        .run("Set-SendConnector", json!({ "Identity": "Via relay", "SmartHosts": ["plain.test"] }));
    world.send("u@anywhere.example", "by address");
    plain.wait_for(1, SOON);
    assert_eq!(exchanger.count(), 1);
}

#[test]
fn a_changed_list_counts_at_the_next_attempt() {
    let world = World::of(&[]);
    let (old, new) = (address(), address());
    connector(&world.relais, &[bracketed(old)], json!({}));
    world.send("u@anywhere.example", "waiting");
    world.relais.wait_for_error("451 4.4.0", SOON);
    let sink = Sink::start(new, PORT);
    world.relais.run(
        "Set-SendConnector",
        json!({ "Identity": "Via relay", "SmartHosts": { "Add": [new.to_string()], "Remove": [old.to_string()] } }),
    );
    sink.wait_for(1, SOON);
}

#[test]
fn a_smart_host_that_does_not_exist_is_no_reason_to_give_up() {
    let world = World::of(&[]);
    let anna = world.sender("anna", &[]);
    connector(&world.relais, &["nowhere.test".to_owned()], json!({}));
    world.send_as(&anna, "u@anywhere.example", "the administrator's mistake");
    world.relais.wait_for_error("451 4.4.0", SOON);
    consistently("nobody's mail bounces for it", Duration::from_secs(1), || {
        world.relais.maildir(&anna).is_empty()
    });
}

/// What this version keeps and shows but cannot honour: mail waits rather than leave with less
/// than was configured.
#[test]
fn what_cannot_be_honoured_yet_fails_closed() {
    let host = address();
    let world = World::of(&[]);
    let sink = Sink::start(host, PORT);
    connector(&world.relais, &[bracketed(host)], json!({}));
    let error = "451 4.4.0 SmartHostAuthMechanism ExchangeServer:";
    set(&world.relais, json!({ "SmartHostAuthMechanism": "ExchangeServer" }));
    world.send("u@anywhere.example", error);
    world.relais.wait_for_error(error, SOON);
    assert_eq!(sink.count(), 0, "nothing leaves with {error}");
    set(&world.relais, json!({ "SmartHostAuthMechanism": "None" }));
    sink.wait_for(1, SOON);
}

fn set(relais: &Relais, settings: Value) {
    let mut parameters = json!({ "Identity": "Via relay" });
    for (key, value) in settings.as_object().into_iter().flatten() {
        parameters[key.as_str()] = value.clone();
    }
    relais.run("Set-SendConnector", parameters);
}
