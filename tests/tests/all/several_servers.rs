//! No message is lost with a machine: three servers on one engine, and what becomes of the mail of one that dies,
//! and of all when the engine fails over. Worse is in `cut_off`, `lost_engine`, `lost_servers` and `soak`.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use end_to_end::{SOON, until};
use serde_json::json;

use crate::company::{Break, Company, Plan, trio, wait_for_all};

/// How long it may take until enough mail is accepted.
const GROWN: Duration = Duration::from_secs(60);

#[test]
fn the_mail_of_a_server_that_is_killed_is_sent_by_the_others_and_only_once() {
    let mut company = Company::start(trio(None), Plan::default());
    let mut load = company.load();
    // There is no host yet: what is accepted waits.
    load.grow(&[1, 2, 3], 100, GROWN);
    // Each server's copies are shown once, at the server that is the next to take over.
    let shown = until("the copies are shown", SOON, || {
        Some(shadows(&mut company)).filter(|shown| shown.len() == 3)
    });
    assert!(shown["mbx01.contoso.com"].starts_with("MBX02\\Shadow\\"), "{shown:?}");
    assert!(shown["mbx03.contoso.com"].starts_with("MBX01\\Shadow\\"), "{shown:?}");
    company.server(2).kill();
    let killed = Instant::now();
    company.wait_until_taken_over(2);
    println!("taken over {:?} after the kill", killed.elapsed());
    load.stop_all();
    company.open_sink();
    company.drain();
    // Its return sends nothing twice: what is in its spool is the others'.
    company.server(2).resume();
    wait_for_all(&company);
    company.wait_for_log(2, "spool and engine were compared", 0, SOON);
    assert_eq!(company.reconcile(&load, &[]), 0, "nothing was under way");
    company.load_again(&mut load, 2);
    load.grow(&[2], 20, GROWN);
    load.stop_all();
    company.drain();
    company.reconcile(&load, &[]);
}

#[test]
fn an_engine_that_fails_over_costs_nothing_and_nobody_takes_over_anybody() {
    let mut company = Company::start(trio(None), Plan::default());
    company.open_sink();
    let mut load = company.load();
    load.grow(&[1, 2, 3], 50, GROWN);
    let mut broken = Break::now(std::net::Ipv4Addr::LOCALHOST);
    company.fail_over();
    load.grow(&[1, 2, 3], 50, GROWN);
    broken.ends();
    load.stop_all();
    company.drain();
    company.reconcile(&load, &[broken]);
    let lost = "SELECT count(*) FROM relais.server WHERE epoch > 1 OR fenced";
    assert_eq!(
        company.organization.sql(lost),
        "0",
        "a fail-over made the servers adopt each other"
    );
}

/// Where the copies of each server's messages are shown, by its Fqdn.
fn shadows(company: &mut Company) -> BTreeMap<String, String> {
    let queues = company.server(1).run("Get-Queue", json!({ "Server": "*" }));
    let text = |queue: &serde_json::Value, name: &str| queue[name].as_str().unwrap().to_owned();
    queues
        .iter()
        .filter(|queue| queue["DeliveryType"] == "ShadowRedundancy")
        .map(|queue| (text(queue, "NextHopDomain"), text(queue, "Identity")))
        .collect()
}
