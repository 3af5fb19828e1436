//! Domains that share their mail exchangers share connections, transactions and what is known of those hosts.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use end_to_end::{Answers, SOON, Settings, Sink, Smtp, consistently, message, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

const DOMAINS: [&str; 10] = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];

/// All queues for the domains, with anything in them.
fn waiting(world: &World) -> Vec<Value> {
    let queues = world.relais.run("Get-Queue", json!({ "ResultSize": "Unlimited" }));
    queues.into_iter().filter(|queue| queue["MessageCount"] != json!(0)).collect()
}

fn addresses(a_domain: usize) -> Vec<String> {
    let mut addresses = Vec::new();
    for domain in DOMAINS {
        addresses.extend((0..a_domain).map(|n| format!("u{n}@{domain}.test")));
    }
    addresses
}

#[test]
fn a_message_to_domains_that_share_hosts_goes_in_one_transaction() {
    let world = World::of(&DOMAINS);
    world.relais.send_connector("All", "*", PORT);
    let sink = world.sink(PORT);
    // So that it is known where they lead.
    for domain in DOMAINS {
        world.send(&format!("u@{domain}.test"), "before");
    }
    sink.wait_for(10, SOON);
    let to = addresses(20);
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let reply = Smtp::hello(world.relais.relay()).deliver(
        STRANGER,
        &to,
        &message(STRANGER, "everybody@test", "to all"),
    );
    assert_eq!(reply.code, 250, "{reply:?}");
    let got = |sink: &Sink| -> BTreeSet<String> {
        sink.received().iter().skip(10).flat_map(|message| message.recipients.clone()).collect()
    };
    until("all have it", SOON, || (got(&sink).len() == 200).then_some(()));
    // All are in their queues before anybody is called; whoever comes by himself just then takes those
    // that are there.
    let transactions = sink.received().len() - 10;
    assert!(transactions <= 3, "{transactions} transactions for ten domains of one host");
    until("nothing waits", SOON, || waiting(&world).is_empty().then_some(()));
}

#[test]
fn what_a_host_refuses_of_a_shared_transaction_is_the_affair_of_its_queue_alone() {
    let world = World::of(&DOMAINS);
    let anna = world.sender("anna", &[]);
    world.relais.send_connector("All", "*", PORT);
    let sink = Sink::answering(
        world.host,
        PORT,
        Answers::scripted(|verb, argument, _| match verb {
            "RCPT" if argument.contains("u1@d3.test") => Some("550 5.1.1 nobody".to_owned()),
            "RCPT" if argument.contains("@d4.test") => Some("450 4.2.1 full".to_owned()),
            _ => None,
        }),
    );
    let to = addresses(2);
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let reply = Smtp::hello(world.relais.relay()).deliver(
        &anna,
        &to,
        &message(&anna, "everybody@test", "to all"),
    );
    assert_eq!(reply.code, 250, "{reply:?}");
    let report = until("a report", SOON, || world.relais.maildir(&anna).pop());
    assert!(report.contains("u1@d3.test") && !report.contains("u0@d3.test"), "{report}");
    let left = until("only d4 waits", SOON, || {
        Some(waiting(&world)).filter(|queues| {
            queues.len() == 1
                && queues[0]["Status"] == "Retry"
                && queues[0]["NextHopDomain"] == "d4.test"
        })
    });
    assert_eq!(left[0]["MessageCount"], 1);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for recipient in sink.received().iter().flat_map(|message| &message.recipients) {
        *times.entry(recipient.clone()).or_default() += 1;
    }
    assert_eq!(times.len(), 17, "{times:?}");
    assert!(times.values().all(|count| *count == 1), "{times:?}");
}

#[test]
fn hosts_that_do_not_answer_cost_one_attempt_for_all_their_domains() {
    let world = World::patient(&DOMAINS);
    world.relais.send_connector("All", "*", PORT);
    for domain in DOMAINS {
        world.send(&format!("u@{domain}.test"), "while nobody listens");
    }
    let queues = until("all wait", SOON, || {
        let queues = waiting(&world);
        (queues.len() == 10 && queues.iter().all(|queue| queue["Status"] == "Retry"))
            .then_some(queues)
    });
    let times: BTreeSet<&str> = queues.iter().filter_map(|q| q["NextRetryTime"].as_str()).collect();
    assert_eq!(times.len(), 1, "the next attempt is one for all: {times:?}");
    assert!(queues.iter().all(|queue| queue["PoolHosts"] == "mail.test"), "{queues:?}");
    assert!(queues.iter().all(|queue| queue["RetryCount"] == 1), "{queues:?}");
    // Somebody asks for one of them: it answers, and nobody waits any more.
    let sink = world.sink(PORT);
    let identity = queues[4]["Identity"].clone();
    world.relais.run("Retry-Queue", json!({ "Identity": identity }));
    sink.wait_for(10, SOON);
    assert!(sink.connections() <= 10);
    until("nothing waits", SOON, || waiting(&world).is_empty().then_some(()));
}

#[test]
fn an_idle_connection_carries_for_the_next_domain() {
    let world = World::of(&DOMAINS);
    world.relais.send_connector("All", "*", PORT);
    let sink = world.sink(PORT);
    for domain in DOMAINS {
        world.send(&format!("u@{domain}.test"), "one after the other");
        let number = sink.count();
        sink.wait_for(number.max(1), SOON);
    }
    sink.wait_for(10, SOON);
    assert!(sink.connections() < 5, "{} connections for ten messages", sink.connections());
}

#[test]
fn a_host_that_likes_one_connection_gets_one_and_everybody_his_turn() {
    let world = World::of(&DOMAINS);
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "SmtpMaxMessagesPerConnection": 1000 }),
    );
    let open = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let asked = std::sync::Arc::clone(&open);
    let sink = Sink::answering(
        world.host,
        PORT,
        Answers::scripted(move |verb, _, _| {
            // Of connections, all but the first are refused.
            (verb == "CONNECT" && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0)
                .then(|| "421 4.7.0 too many connections".to_owned())
        }),
    );
    let mut smtp = Smtp::hello(world.relais.relay());
    for round in 0..15 {
        for domain in DOMAINS {
            let to = format!("u@{domain}.test");
            let reply =
                smtp.deliver(STRANGER, &[&to], &message(STRANGER, &to, &format!("{round}")));
            assert_eq!(reply.code, 250, "{reply:?}");
        }
    }
    sink.wait_for(150, Duration::from_secs(30));
    let connections: BTreeSet<usize> =
        sink.received().iter().map(|message| message.connection).collect();
    assert_eq!(connections.len(), 1, "{connections:?}");
    until("nothing waits", SOON, || waiting(&world).is_empty().then_some(()));
}

#[test]
fn a_domain_that_moves_leaves_its_pool() {
    let mut world = World::of_with(&["a", "b"], Settings::default());
    let elsewhere = end_to_end::address();
    world.relais.send_connector_with(
        "All",
        json!({ "AddressSpaces": ["*"], "Port": PORT, "SmtpMaxMessagesPerConnection": 1 }),
    );
    let sink = world.sink(PORT);
    let moved = Sink::start(elsewhere, PORT);
    world.send("u@a.test", "at home");
    world.send("u@b.test", "at home");
    sink.wait_for(2, SOON);
    world.dns.add(&[&format!("other A {elsewhere}")]);
    world.dns.replace("b MX", &["b MX 10 other"]);
    until("the move is known", Duration::from_secs(60), || {
        world.send("u@b.test", "where?");
        (moved.count() > 0).then_some(())
    });
    let before = sink.count();
    for _ in 0..5 {
        world.send("u@b.test", "moved");
        world.send("u@a.test", "still here");
    }
    until("each where it belongs", SOON, || (sink.count() >= before + 5).then_some(()));
    consistently("nothing of b goes to a's host", Duration::from_secs(1), || {
        let to_b = |m: &end_to_end::Received| m.recipients.iter().any(|r| r.contains("@b.test"));
        sink.received()[before..].iter().filter(|m| to_b(m)).count() == 0
    });
}
