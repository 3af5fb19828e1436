//! How many schedules are run, and that the model would notice.

use std::path::PathBuf;

use crate::{
    bases::{self, Base},
    run::{Tally, run},
};

/// Tests the schedules are divided among, so that every core has its share.
const SHARES: u64 = 8;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A real directory, of which only the name is used.
struct Place(tempfile::TempDir, Vec<Base>);

/// One in memory, where there is such a place.
pub(crate) fn place() -> tempfile::TempDir {
    let home = PathBuf::from("/dev/shm");
    if home.is_dir() { tempfile::tempdir_in(home) } else { tempfile::tempdir() }.unwrap()
}

impl Place {
    fn new() -> Self {
        let directory = place();
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
fn share_1_of_8() {
    share(0);
}

#[test]
fn share_2_of_8() {
    share(1);
}

#[test]
fn share_3_of_8() {
    share(2);
}

#[test]
fn share_4_of_8() {
    share(3);
}

#[test]
fn share_5_of_8() {
    share(4);
}

#[test]
fn share_6_of_8() {
    share(5);
}

#[test]
fn share_7_of_8() {
    share(6);
}

#[test]
fn share_8_of_8() {
    share(7);
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
