//! Servers of the version before beside those of this one (`tests/rolling-upgrade` builds that and runs this): one after
//! the other is stopped, upgraded and started, with mail flowing; either kind takes over from the other.

use std::{net::Ipv4Addr, path::PathBuf};

use serde_json::json;

use crate::company::{Break, Company, Plan, TAKEN_OVER, trio, wait_for_all};

/// Names the program of the version before.
const PREVIOUS: &str = "RELAIS_PREVIOUS";

#[test]
#[ignore = "needs the version before: tests/rolling-upgrade"]
fn versions_stand_beside_each_other_and_nothing_is_lost() {
    let previous = std::env::var_os(PREVIOUS).map(PathBuf::from);
    let previous = previous.unwrap_or_else(|| panic!("{PREVIOUS} names the version before"));
    let mut company =
        Company::start(trio(None), Plan { program: Some(previous), ..Plan::default() });
    company.open_sink();
    let mut load = company.load();
    let mut breaks = Vec::new();
    load.grow(&[1, 2, 3], 50, TAKEN_OVER);

    // The new one takes over from an old one.
    breaks.push(upgrade(&mut company, 1));
    load.grow(&[1, 2, 3], 50, TAKEN_OVER);
    breaks.push(Break::now(Ipv4Addr::LOCALHOST));
    company.server(2).kill();
    company.wait_until_taken_over(2);
    // It comes back as it was, and takes over from the new one.
    company.server(2).resume();
    wait_for_all(&company);
    company.load_again(&mut load, 2);
    load.grow(&[2], 20, TAKEN_OVER);
    breaks.push(Break::now(Ipv4Addr::LOCALHOST));
    company.server(1).kill();
    company.wait_until_taken_over(1);
    company.server(1).resume();
    wait_for_all(&company);
    company.load_again(&mut load, 1);

    for server in [2, 3] {
        breaks.push(upgrade(&mut company, server));
        load.grow(&[1, 2, 3], 20, TAKEN_OVER);
    }
    let versions = company.server(1).run("Get-ClusterStatus", json!({}));
    let here = env!("CARGO_PKG_VERSION");
    assert!(versions.iter().all(|row| row.to_string().contains(here)), "{versions:#?}");
    load.stop_all();
    company.drain();
    let twice = company.reconcile(&load, &breaks);
    println!("accepted by each: {:?}, twice in the moments of change: {twice}", load.counts());
}

/// Stopped, upgraded, started: the others carry on.
fn upgrade(company: &mut Company, server: usize) -> Break {
    let mut change = Break::now(Ipv4Addr::LOCALHOST);
    company.server(server).stop();
    company.server(server).upgrade();
    company.server(server).resume();
    wait_for_all(company);
    change.ends();
    change
}
