//! What can happen to the engine: the wrong standby is promoted, the primary hangs, it is brought back from a
//! backup, it goes away for as long as it likes, it commits without its standbys, its clock is set. No message is
//! lost with it, and the servers do not take each other for lost.

use std::{
    net::Ipv4Addr,
    thread,
    time::{Duration, Instant},
};

use end_to_end::{Network, Postgres, Relais, Smtp, consistently, message, until};
use serde_json::json;

use crate::company::{Break, Company, Load, Plan, soon, trio, wait_for_all};

/// How long it may take until mail is accepted again.
const BACK: Duration = Duration::from_secs(60);
/// Another primary, or another start of it, is found with the next beat.
const FOUND: Duration = Duration::from_secs(30);
const ANOTHER: &str = "ALERT: the engine has another primary, or was started again";
const REFUSAL: &str = "451 4.4.0 Message failed to be made redundant";

/// Nobody was ever taken for lost, but for these, which were or began again.
fn check_epochs(company: &Company, but_for: &[&str]) {
    let found = "SELECT name FROM relais.server WHERE epoch > 1 OR fenced";
    let found = company.organization.sql(found);
    let strange = found.lines().find(|name| !but_for.contains(name));
    assert_eq!(strange, None, "taken for lost");
}

fn held(company: &Company) -> usize {
    company.organization.sql("SELECT count(*) FROM relais.message").parse().expect("a number")
}

fn accepted(load: &Load) -> usize {
    load.counts().iter().sum()
}

/// Hands in one message; the reply, and after how long.
fn hand_in(server: &Relais, number: usize) -> (String, Duration) {
    let begun = Instant::now();
    let mut smtp = Smtp::hello(server.relay());
    let to = format!("u9-{number}@a.test");
    let reply = smtp.deliver("s9@a.test", &[&to], &message("s9@a.test", &to, "x"));
    (reply.text(), begun.elapsed())
}

fn policy(company: &mut Company, rejects: bool) {
    let parameters = json!({ "RejectMessageOnShadowFailure": rejects });
    company.server(1).run("Set-TransportConfig", parameters);
    soon("the others know", || {
        let told = company.organization.servers.iter().map(|server| {
            server.run("Get-TransportConfig", json!({}))[0]["RejectMessageOnShadowFailure"].clone()
        });
        told.into_iter().all(|value| value == json!(rejects))
    });
}

#[test]
fn the_wrong_standby_is_found_out_and_gets_what_it_lacks() {
    let Some(network) = Network::start() else { return };
    let plan = Plan { network: Some(network.clone()), ..Plan::default() };
    let mut company = Company::start(trio(Some(&network)), plan);
    let [primary, _, second] = &company.organization.engine[..] else { unreachable!() };
    // It has nothing of what is accepted from now on: the other standby vouches for that.
    second.host().cut_from(primary.host());
    let mut load = company.load();
    load.grow(&[1, 2, 3], 60, BACK);
    load.stop_all();
    let [primary, first, second] = &mut company.organization.engine[..] else { unreachable!() };
    let before = primary.sql("SELECT count(*) FROM relais.message");
    primary.kill();
    first.kill();
    assert_ne!(second.sql("SELECT count(*) FROM relais.message"), before, "it lacks nothing");
    second.promote("");
    for server in 1..=3 {
        company.wait_for_log(server, ANOTHER, 0, FOUND);
    }
    // All that was acknowledged is there again.
    until("what it lacked is inserted again", FOUND, || {
        (held(&company) == accepted(&load)).then_some(())
    });
    check_epochs(&company, &[]);
    // It can be taken over from there.
    company.server(2).kill();
    company.wait_until_taken_over(2);
    company.open_sink();
    company.drain();
    assert_eq!(company.reconcile(&load, &[]), 0);
}

#[test]
fn a_primary_that_hangs_is_given_up_for_the_one_that_is_promoted() {
    let mut company = Company::start(trio(None), Plan::default());
    company.open_sink();
    let mut load = company.load();
    load.grow(&[1, 2, 3], 30, BACK);
    // It takes connections, and answers nothing.
    let [primary, first, second] = &company.organization.engine[..] else { unreachable!() };
    primary.halt();
    // Both have what was acknowledged; the one with more is promoted.
    let ahead = if first.received() >= second.received() { first } else { second };
    ahead.promote("");
    for server in 1..=3 {
        company.wait_for_log(server, ANOTHER, 0, FOUND);
        company.wait_for_log(server, "the engine takes copies of new mail", 1, FOUND);
    }
    load.grow(&[1, 2, 3], 30, BACK);
    load.stop_all();
    // The old one is ended by whoever promoted the other.
    company.organization.engine[0].kill();
    company.drain();
    let everywhere = Ipv4Addr::LOCALHOST;
    let mut whole = Break::now(everywhere);
    whole.since -= Duration::from_secs(120);
    company.reconcile(&load, &[whole]);
    check_epochs(&company, &[]);
}

#[test]
fn an_engine_from_a_backup_gets_what_it_lacks_and_nothing_is_dropped() {
    let mut company = Company::start(vec![Postgres::start()], Plan::default());
    let mut load = company.load();
    load.grow(&[1, 2, 3], 20, BACK);
    let node = &mut company.organization.engine[0];
    node.stop();
    node.back_up();
    node.revive();
    // What is accepted or finished from now on, the backup knows nothing of.
    load.grow(&[1, 2, 3], 40, BACK);
    company.open_sink();
    soon("some of it is finished", || {
        company.arrived_from(Ipv4Addr::LOCALHOST, Instant::now() - BACK) > 60
    });
    load.grow(&[1, 2, 3], 20, BACK);
    load.stop_all();
    company.close_sink();
    let broken = Break::now(Ipv4Addr::LOCALHOST);
    let node = &mut company.organization.engine[0];
    node.kill();
    node.restore();
    // A beat may or may not have come between the two starts.
    let before = [1, 2, 3].map(|server| company.logged(server, ANOTHER));
    company.organization.engine[0].revive();
    for server in 1..=3 {
        company.wait_for_log(server, ANOTHER, before[server - 1], FOUND);
    }
    company.wait_until_alike();
    company.open_sink();
    company.drain();
    company.reconcile(&load, &[broken]);
    check_epochs(&company, &[]);
}

#[test]
fn without_the_engine_mail_is_accepted_alone_and_gets_its_copies_later() {
    let mut company = Company::start(vec![Postgres::start()], Plan::default());
    let mut load = company.load();
    load.grow(&[1, 2, 3], 20, BACK);
    company.organization.engine[0].kill();
    // Nobody delivers, so all of it is alone.
    load.grow(&[1, 2, 3], 30, BACK);
    for server in 1..=3 {
        soon("what is accepted is counted as alone", || company.alone(server) >= 30);
    }
    // One that is started meanwhile begins without the engine.
    load.stop(3);
    company.server(3).stop();
    company.server(3).resume();
    company.load_again(&mut load, 3);
    load.grow(&[1, 2, 3], 10, BACK);
    // It is delivered, too, and for longer than leases last.
    company.open_sink();
    let opened = Instant::now();
    let enough = accepted(&load);
    until("it is delivered without the engine", BACK, || {
        (company.arrived_from(Ipv4Addr::LOCALHOST, opened) > enough).then_some(())
    });
    company.close_sink();
    load.grow(&[1, 2, 3], 20, BACK);
    company.organization.engine[0].revive();
    for server in 1..=3 {
        until("nothing is alone any more", BACK, || (company.alone(server) == 0).then_some(()));
    }
    wait_for_all(&company);
    load.stop_all();
    company.wait_until_alike();
    company.server(1).kill();
    company.wait_until_taken_over(1);
    company.open_sink();
    company.drain();
    let mut broken = Break::now(Ipv4Addr::LOCALHOST);
    broken.since = opened;
    company.reconcile(&load, &[broken]);
    check_epochs(&company, &["MBX01", "MBX03"]);
}

#[test]
fn mail_that_may_not_be_alone_is_refused_without_the_engine() {
    let plan = Plan { rejects_alone: true, ..Plan::default() };
    let mut company = Company::start(vec![Postgres::start()], plan);
    let mut load = company.load();
    load.grow(&[1, 2, 3], 20, BACK);
    company.organization.engine[0].kill();
    until("each refuses", BACK, || {
        let refuses = |ledger: &std::sync::Arc<end_to_end::Ledger>| {
            ledger.refused().iter().any(|(_, reply)| reply.text() == REFUSAL)
        };
        load.ledgers.iter().all(refuses).then_some(())
    });
    load.stop_all();
    for at in 0..3 {
        let (reply, after) = hand_in(&company.organization.servers[at], at);
        assert_eq!(reply, REFUSAL);
        assert!(after < Duration::from_secs(2), "refused after {after:?}");
    }
    // It is in their queues, and waits there with its owner.
    company.open_sink();
    let opened = Instant::now();
    consistently("they pause", Duration::from_secs(12), || {
        company.arrived_from(Ipv4Addr::LOCALHOST, opened) == 0
    });
    company.organization.engine[0].revive();
    company.drain();
    assert_eq!(company.reconcile(&load, &[]), 0);
    assert!(company.account(&load).keys().all(|key| !key.starts_with("9-")), "refused, and sent");
    check_epochs(&company, &[]);
}

#[test]
fn a_commit_that_was_waved_through_is_not_durable() {
    let plan = Plan { rejects_alone: true, ..Plan::default() };
    let mut company = Company::start(trio(None), plan);
    for (at, rejects) in [(0, true), (1, false)] {
        if !rejects {
            policy(&mut company, false);
        }
        let [primary, first, second] = &company.organization.engine[..] else { unreachable!() };
        first.halt();
        second.halt();
        let server = &company.organization.servers[at];
        let (reply, after) = thread::scope(|scope| {
            let sent = scope.spawn(|| hand_in(server, at));
            // Whoever waits for the standbys is told not to: the commit is done, and here only.
            until("the copy waits for the standbys", Duration::from_secs(4), || {
                let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity \
                              WHERE wait_event = 'SyncRep' AND application_name LIKE 'relais copies%'";
                (primary.sql_as_owner(cancel) != "0").then_some(())
            });
            sent.join().expect("a reply")
        });
        first.go_on();
        second.go_on();
        let text = server.log();
        assert!(text.contains("does not vouch for its commit"), "after {after:?}: {reply}");
        match rejects {
            true => assert_eq!(reply, REFUSAL),
            false => assert!(reply.starts_with("250"), "{reply}"),
        }
    }
    soon("what was accepted alone has its copy", || company.alone(2) == 0 && held(&company) == 1);
    check_epochs(&company, &[]);
}

#[test]
fn clocks_that_are_set_make_nobody_adopt_anybody() {
    let plan = Plan { false_time: true, ..Plan::default() };
    let mut company = Company::start(vec![Postgres::with_false_time()], plan);
    company.open_sink();
    let mut load = company.load();
    // The engine's, ahead and back, by more and by less than a lease with its grace.
    for ahead in [3600, 3614, 3602, 3000, 0, 7] {
        company.organization.engine[0].set_clock(ahead);
        load.grow(&[1, 2, 3], 5, FOUND);
        consistently("nobody is taken for lost", Duration::from_secs(4), || {
            company.organization.sql("SELECT count(*) FROM relais.server WHERE epoch > 1 OR fenced")
                == "0"
        });
    }
    wait_for_all(&company);
    for (server, ahead) in [(1, 5400), (2, -5400), (1, 0)] {
        company.server(server).set_clock(ahead);
        load.grow(&[1, 2, 3], 5, FOUND);
    }
    load.stop_all();
    company.drain();
    assert_eq!(company.reconcile(&load, &[]), 0);
    check_epochs(&company, &[]);
}
