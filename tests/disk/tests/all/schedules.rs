//! How many schedules are run, and that the model would notice.

use std::path::PathBuf;

use crate::{
    bases::{self, Base},
    run::{Tally, run},
};

/// Tests the schedules are divided among, so that every core has its share.
const SHARES: u64 = 4;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A real directory, of which only the name is used.
struct Place(tempfile::TempDir, Vec<Base>);

impl Place {
    fn new() -> Self {
        let home = PathBuf::from("/dev/shm");
        let directory =
            if home.is_dir() { tempfile::tempdir_in(home) } else { tempfile::tempdir() };
        let directory = directory.unwrap();
        let bases = bases::all(directory.path());
        Self(directory, bases)
    }

    fn run(&self, seed: u64, late_syncs: bool, traced: bool) -> Result<Tally, String> {
        run(self.0.path(), &self.1, seed, late_syncs, traced)
    }
}

fn share(number_of_share: u64) {
    let place = Place::new();
    if let Some(seed) = number("RELAIS_SEED") {
        if let Err(why) = place.run(seed, false, true) {
            panic!("RELAIS_SEED={seed}: {why}");
        }
        return;
    }
    let schedules = number("RELAIS_SCHEDULES").unwrap_or(100_000) / SHARES;
    let first = number("RELAIS_FIRST_SEED").unwrap_or(1) + number_of_share * schedules;
    let started = std::time::Instant::now();
    let mut total = Tally::default();
    for seed in first..first + schedules {
        match place.run(seed, false, false) {
            Ok(tally) => total.add(tally),
            Err(_) => {
                let why = place.run(seed, false, true).err();
                panic!("RELAIS_SEED={seed}: {}", why.unwrap_or_else(|| "not again".to_owned()));
            }
        }
    }
    println!("{schedules} schedules from {first} in {:?}: {total:?}", started.elapsed());
    assert!(total.power_cuts > schedules / 2 && total.while_opening > schedules / 50);
    assert!(total.acknowledged > schedules && total.refused > schedules / 4);
}

#[test]
fn first_share() {
    share(0);
}

#[test]
fn second_share() {
    share(1);
}

#[test]
fn third_share() {
    share(2);
}

#[test]
fn fourth_share() {
    share(3);
}

/// The old trick: an answer before the sync has happened. Were these tests unable to notice, they would
/// prove nothing.
#[test]
fn an_answer_before_the_sync_is_noticed() {
    let place = Place::new();
    let caught = (1..=400).filter(|seed| place.run(*seed, true, false).is_err()).count();
    println!("{caught} of 400 schedules notice it");
    assert!(caught >= 40);
}

/// A seed says everything.
#[test]
fn a_schedule_is_replayed_from_its_seed() {
    let place = Place::new();
    let noticed = (1..=400).find(|seed| place.run(*seed, true, false).is_err());
    let seed = noticed.expect("some schedule notices late syncs");
    let told = |()| place.run(seed, true, true).err();
    assert_eq!(told(()), told(()));
}
