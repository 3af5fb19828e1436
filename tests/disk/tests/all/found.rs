//! What the schedules have found once, each made to happen for certain.

use std::{path::Path, sync::Arc};

use model::{ByteSize, MessageId};
use simulated_disk::{Disk, Loss, Mounted, Plan, mount};
use spool::{Driver, Spool, SpoolError};

use crate::{
    below::Below,
    model::{Action, State, batch},
    schedules::place,
};

fn open(directory: &Path, mounted: &Mounted) -> Result<(Spool, Driver), SpoolError> {
    let disk = Arc::new(Below(mounted.shared()));
    Spool::open_driven(disk, directory, Some(ByteSize::bytes(0)))
}

fn insert(number: u64) -> Action {
    Action::Insert { id: MessageId::new(number).unwrap(), size: 2_000, recipients: 1 }
}

/// Whether it is stored.
fn store(spool: &Spool, driver: &mut Driver, number: u64) -> bool {
    spool.commit_later(batch(&[insert(number)]));
    driver.step();
    driver.owed() == 0
}

fn fails(operation: u64) -> Plan {
    Plan { failing: std::iter::once(operation..operation + 1).collect(), ..Plan::default() }
}

/// A sync fails and the server ends; the next one finds in the log what is in the system's memory
/// and will never be on the disk, stores behind it, and the power goes.
#[test]
fn what_a_failed_sync_left_in_memory_is_not_built_upon() {
    let place = place();
    let mut failed = 0;
    for seed in 0..400 {
        let mounted = mount(place.path(), Disk::new(seed), seed);
        let (spool, mut driver) = open(place.path(), &mounted).unwrap();
        assert!(store(&spool, &mut driver, 1));
        mounted.disk().keep_log();
        mounted.disk().plan(fails(seed % 20));
        if store(&spool, &mut driver, 2) {
            continue;
        }
        let log = mounted.disk().take_log();
        failed += u64::from(log.iter().any(|line| line.contains("sync") && line.contains("fails")));
        drop((spool, driver));
        mounted.disk().plan(Plan::default());
        let (spool, mut driver) = open(place.path(), &mounted).unwrap();
        assert!(store(&spool, &mut driver, 10_004), "the disk works again");
        let kept = State::of(&spool).unwrap();
        drop((spool, driver));
        mounted.disk().power_cut(Loss::Everything);
        let (spool, _driver) = open(place.path(), &mounted).unwrap();
        assert_eq!(State::of(&spool).unwrap(), kept, "seed {seed}");
    }
    assert!(failed > 10, "{failed} syncs failed");
}

/// SQLite says that it has turned to the write-ahead log before it has. Without one, nothing would
/// be as safe as it is said to be.
#[test]
fn a_new_spool_has_a_log_whatever_fails_while_it_is_made() {
    let place = place();
    let mut opened = 0;
    for operation in 0..80 {
        let mounted = mount(place.path(), Disk::new(operation), operation);
        mounted.disk().plan(fails(operation));
        let Ok((spool, mut driver)) = open(place.path(), &mounted) else { continue };
        opened += 1;
        mounted.disk().plan(Plan::default());
        assert!(store(&spool, &mut driver, 1));
        let names: Vec<String> = mounted.disk().files().map(|(name, _)| name.to_owned()).collect();
        assert!(names.iter().any(|name| name.ends_with("-wal")), "{operation}: {names:?}");
        drop((spool, driver));
        mounted.disk().power_cut(Loss::Everything);
        let (spool, _driver) = open(place.path(), &mounted).unwrap();
        assert_eq!(State::of(&spool).unwrap().highest(), 1, "{operation}");
    }
    assert!((1..60).contains(&opened), "some failures were while it was made, some after");
}
