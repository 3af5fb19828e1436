//! What can happen to a server: it loses its disk, its disk is brought back from an older copy, it dies with what
//! was just relayed to it; and how soon others have its mail, and how much of it comes twice.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use end_to_end::{Network, Postgres, until};

use crate::company::{Break, Company, Plan, RECORDED_WITHIN, duplicates, soon, trio, wait_for_all};

/// How long it may take until enough mail is accepted.
const GROWN: Duration = Duration::from_secs(60);

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.expect("cp").success(), "{} cannot be copied", from.display());
}

/// A company on a network with one node; nothing where there can be none.
fn company(plan: Plan) -> Option<Company> {
    let network = Network::start()?;
    let node = Postgres::start_on(&network, &["fsync=off", "full_page_writes=off"]);
    Some(Company::start(vec![node], Plan { network: Some(network), ..plan }))
}

#[test]
fn the_mail_of_a_server_that_has_lost_its_disk_is_sent_by_others() {
    let Some(mut company) = company(Plan::default()) else { return };
    let mut load = company.load();
    load.grow(&[1, 2, 3], 60, GROWN);
    load.stop(2);
    company.server(2).kill();
    let spool = company.server(2).data().join("spool");
    fs::remove_dir_all(&spool).expect("the spool");
    let over = "SELECT count(*) FROM relais.server WHERE name = 'MBX02' AND lease_until < now()";
    until("its lease has ended", GROWN, || (company.organization.sql(over) == "1").then_some(()));
    company.server(2).resume();
    wait_for_all(&company);
    company.load_again(&mut load, 2);
    load.grow(&[2], 20, GROWN);
    load.stop_all();
    company.open_sink();
    company.drain();
    assert_eq!(company.reconcile(&load, &[]), 0);
}

#[test]
fn a_server_whose_disk_is_from_an_older_copy_loses_nothing() {
    let Some(mut company) = company(Plan::default()) else { return };
    let mut load = company.load();
    load.grow(&[1, 2, 3], 30, GROWN);
    load.stop(2);
    let data = company.server(2).data();
    company.server(2).stop();
    copy(&data.join("spool"), &data.join("older"));
    company.server(2).resume();
    company.load_again(&mut load, 2);
    // Of what the copy has, some is finished; and it lacks some that is not.
    company.open_sink();
    let second = company.server(2).address();
    soon("some of it has left", || company.arrived_from(second, Instant::now() - GROWN) > 40);
    company.close_sink();
    load.grow(&[2], 40, GROWN);
    load.stop_all();
    let broken = Break::now(second);
    company.server(2).kill();
    fs::remove_dir_all(data.join("spool")).expect("the spool");
    fs::rename(data.join("older"), data.join("spool")).expect("the older one");
    company.server(2).resume();
    company.wait_for_log(2, "spool and engine were compared", 0, GROWN);
    company.open_sink();
    company.drain();
    company.reconcile(&load, &[broken]);
}

#[test]
fn what_was_relayed_to_a_source_server_that_dies_at_once_is_not_lost() {
    let sources = &["MBX01", "MBX02"];
    let Some(mut company) = company(Plan { sources, ..Plan::default() }) else { return };
    let mut load = company.load();
    // Only the third is given mail, which it may not send itself.
    load.stop(1);
    load.stop(2);
    let before = company.held_of(2);
    until("the sources have mail of it", GROWN, || {
        (company.held_of(2) >= before + 30).then_some(())
    });
    let broken = Break::now(company.server(2).address());
    company.server(2).kill();
    load.grow(&[3], 30, GROWN);
    company.wait_until_taken_over(2);
    load.stop_all();
    company.open_sink();
    company.drain();
    let third = company.server(3).address();
    let relayed = Break { server: company.server(1).address(), ..broken };
    // What the second had just taken, and not said so, went to the first as well.
    let twice = duplicates(&company.account(&load)).len();
    assert!(twice <= 20, "{twice} came twice: no more can have been under way");
    let by_third = company.arrived_from(third, relayed.since - GROWN);
    assert_eq!(by_third, 0, "sent by a server that is no source");
}

/// Kills a server under load with deliveries going on, `RELAIS_SERVER_KILLS` times, and says how soon its
/// mail was taken over and what of it came twice.
#[test]
fn servers_that_are_killed_under_load_lose_nothing() {
    let kills = std::env::var("RELAIS_SERVER_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let Some(network) = Network::start() else { return };
    let plan = Plan { network: Some(network.clone()), ..Plan::default() };
    let mut company = Company::start(trio(Some(&network)), plan);
    company.open_sink();
    let mut load = company.load();
    let mut breaks: Vec<Break> = Vec::new();
    for round in 0..kills {
        let killed = 1 + round % 3;
        let alive: Vec<usize> = (1..=3).filter(|server| *server != killed).collect();
        load.grow(&[1, 2, 3], 30, GROWN);
        company.server(killed).kill();
        let broken = Break::now(company.server(killed).address());
        company.wait_until_taken_over(killed);
        println!("measured: taken over {:?} after kill {round}", broken.until.elapsed());
        load.grow(&alive, 10, GROWN);
        company.server(killed).resume();
        wait_for_all(&company);
        breaks.push(broken);
    }
    load.grow(&[1, 2, 3], 10, GROWN);
    load.stop_all();
    company.drain();
    company.reconcile(&load, &breaks);
    for (key, arrivals) in duplicates(&company.account(&load)) {
        let first = arrivals.iter().map(|(at, _)| *at).min().expect("arrivals");
        let kill =
            breaks.iter().position(|b| b.until >= first || first - b.until < RECORDED_WITHIN);
        let age = kill.map(|at| breaks[at].until.saturating_duration_since(first));
        println!(
            "measured: {key} came {} times, first {age:?} before kill {kill:?}",
            arrivals.len()
        );
    }
}
