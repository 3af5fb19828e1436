//! Servers that a network cuts off, without a word and with connections open: from the engine, or from each other;
//! and one that is stopped where it is and goes on when others have its mail.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use end_to_end::{Network, Smtp, consistently, message, until};

use crate::company::{Break, Company, Load, Plan, TAKEN_OVER, soon, trio, wait_for_all};

/// A server's lease (`cluster::LEASE`).
const LEASE: Duration = Duration::from_secs(10);
/// What is under way ends in this time.
const UNDER_WAY: Duration = Duration::from_secs(2);
/// How long an engine that is silent is waited for, and a little more.
const SILENCE: Duration = Duration::from_secs(30);

/// Three servers and three nodes on a network, under load; nothing where there can be no network.
fn world(rejects_alone: bool) -> Option<(Company, Load)> {
    let network = Network::start()?;
    let plan = Plan { network: Some(network.clone()), rejects_alone, ..Plan::default() };
    let mut company = Company::start(trio(Some(&network)), plan);
    company.open_sink();
    let load = company.load();
    load.grow(&[1, 2, 3], 30, SILENCE);
    Some((company, load))
}

/// The second server and the engine hear nothing of each other any more.
fn cut_from_engine(company: &Company) {
    let second = company.organization.servers[1].host();
    company.organization.engine.iter().for_each(|node| second.cut_from(node.host()));
}

fn rejoin_engine(company: &Company) {
    let second = company.organization.servers[1].host();
    company.organization.engine.iter().for_each(|node| second.rejoin(node.host()));
}

fn address_of(company: &Company, server: usize) -> Ipv4Addr {
    company.organization.servers[server - 1].address()
}

/// Waits until the second server has begun again and is one of three.
fn wait_for_return(company: &Company) {
    let lost = "ALERT: this server has lost its place";
    company.wait_for_log(2, lost, 0, SILENCE);
    wait_for_all(company);
}

/// Only the second server was ever taken for lost.
fn check_epochs(company: &Company) {
    let others =
        "SELECT count(*) FROM relais.server WHERE name <> 'MBX02' AND (epoch > 1 OR fenced)";
    assert_eq!(company.organization.sql(others), "0", "the others were taken for lost");
}

#[test]
fn a_server_cut_from_the_engine_goes_on_alone_and_begins_again() {
    let Some((company, mut load)) = world(false) else { return };
    let second = address_of(&company, 2);
    let mut cut = Break::now(second);
    cut_from_engine(&company);
    let stopped = "ALERT: the engine has stopped taking copies";
    company.wait_for_log(2, stopped, 0, SILENCE);
    load.grow(&[1, 2, 3], 30, SILENCE);
    company.wait_until_taken_over(2);
    // Its lease has ended, and it goes on: in each of these spans something of it arrives.
    for _ in 0..3 {
        let now = Instant::now();
        until("it delivers what it accepts", Duration::from_secs(5), || {
            (company.arrived_from(second, now) > 0).then_some(())
        });
    }
    soon("what it accepts is counted as alone", || company.alone(2) > 0);
    rejoin_engine(&company);
    wait_for_return(&company);
    cut.ends();
    load.grow(&[1, 2, 3], 10, SILENCE);
    load.stop_all();
    company.drain();
    company.reconcile(&load, &[cut]);
    soon("nothing is alone any more", || company.alone(2) == 0);
    check_epochs(&company);
}

#[test]
fn a_server_cut_from_the_engine_that_may_not_be_alone_refuses_and_pauses() {
    let Some((company, mut load)) = world(true) else { return };
    let second = address_of(&company, 2);
    let mut cut = Break::now(second);
    let at = Instant::now();
    cut_from_engine(&company);
    let text = "451 4.4.0 Message failed to be made redundant";
    until("it refuses", SILENCE, || {
        load.ledgers[1].refused().iter().any(|(_, reply)| reply.text() == text).then_some(())
    });
    load.stop(2);
    // From now on at once.
    let begun = Instant::now();
    let mut smtp = Smtp::hello(company.organization.servers[1].relay());
    let reply = smtp.deliver("a@a.test", &["u1-999@a.test"], &message("a@a.test", "u", "x"));
    assert_eq!(reply.text(), text);
    assert!(begun.elapsed() < Duration::from_secs(2), "a refusal after {:?}", begun.elapsed());
    company.wait_until_taken_over(2);
    let paused = company.arrived_from(second, at + LEASE + UNDER_WAY);
    assert_eq!(paused, 0, "it went on after its lease's end");
    cut.until = at + LEASE + UNDER_WAY;
    rejoin_engine(&company);
    wait_for_return(&company);
    company.load_again(&mut load, 2);
    load.grow(&[1, 2, 3], 10, SILENCE);
    load.stop_all();
    company.drain();
    company.reconcile(&load, &[cut]);
    check_epochs(&company);
}

#[test]
fn an_engine_whose_answers_are_lost_is_one_that_is_away() {
    let Some((company, mut load)) = world(false) else { return };
    let mut cut = Break::now(address_of(&company, 2));
    let second = company.organization.servers[1].host();
    // What the server says arrives; it is told nothing.
    company.organization.engine.iter().for_each(|node| node.host().lose_to(second));
    load.grow(&[1, 2, 3], 30, SILENCE);
    company.wait_until_taken_over(2);
    rejoin_engine(&company);
    wait_for_return(&company);
    cut.ends();
    load.stop_all();
    company.drain();
    company.reconcile(&load, &[cut]);
    check_epochs(&company);
}

#[test]
fn a_server_that_sleeps_for_longer_than_its_lease_sends_nothing_that_others_have() {
    let Some(network) = Network::start() else { return };
    let plan = Plan { network: Some(network.clone()), ..Plan::default() };
    let mut company = Company::start(trio(Some(&network)), plan);
    let mut load = company.load();
    // There is no host yet: what is accepted waits, and is tried again all the time.
    load.grow(&[1, 2, 3], 60, SILENCE);
    load.stop(2);
    company.server(2).halt();
    let halted = Instant::now();
    company.wait_until_taken_over(2);
    println!("taken over {:?} after the halt", halted.elapsed());
    company.open_sink();
    load.stop(1);
    load.stop(3);
    // It sleeps while the others send all of it.
    until("the others have sent everything", TAKEN_OVER, || {
        (company.organization.sql("SELECT count(*) FROM relais.message") == "0").then_some(())
    });
    let woken = Instant::now();
    company.server(2).go_on();
    let second = address_of(&company, 2);
    wait_for_return(&company);
    consistently("it sends nothing", Duration::from_secs(3), || {
        company.arrived_from(second, woken) == 0
    });
    company.load_again(&mut load, 2);
    load.grow(&[2], 10, SILENCE);
    load.stop_all();
    company.drain();
    assert_eq!(company.reconcile(&load, &[]), 0, "nothing was under way");
    check_epochs(&company);
}

#[test]
fn servers_cut_from_each_other_find_another_way_and_take_over_nothing() {
    let Some(network) = Network::start() else { return };
    let sources = &["MBX01", "MBX02"];
    let plan = Plan { network: Some(network.clone()), sources, ..Plan::default() };
    let mut company = Company::start(vec![end_to_end::Postgres::start_on(&network, &[])], plan);
    company.open_sink();
    let mut load = company.load();
    load.grow(&[1, 2, 3], 20, SILENCE);
    let mut cut = Break::now(address_of(&company, 2));
    let [first, second, third] = &company.organization.servers[..] else { unreachable!() };
    third.host().cut_from(second.host());
    // What it was just taking goes to the first one as well.
    cut.until += UNDER_WAY;
    load.grow(&[1, 2, 3], 60, SILENCE);
    load.stop_all();
    // What is on its way to the second one finds the first one.
    company.drain();
    let clients = [first.address(), second.address()];
    third.host().rejoin(second.host());
    company.reconcile(&load, &[cut]);
    let strange = company
        .account(&load)
        .into_values()
        .flatten()
        .find(|(_, client)| !clients.iter().any(|each| client == each));
    assert_eq!(strange, None, "sent by a server that is no source");
    let epochs = "SELECT count(*) FROM relais.server WHERE epoch > 1 OR fenced";
    assert_eq!(company.organization.sql(epochs), "0");
}
