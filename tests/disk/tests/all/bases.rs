//! What is on the disk when a schedule begins: nothing, a spool in use, one with much free space,
//! one that was killed, and those of earlier versions.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use model::{ByteSize, MessageId};
use simulated_disk::{Disk, Mounted, mount};
use spool::Spool;

use crate::{
    below::Below,
    model::{Action, State, batch},
};

/// Files, and what a spool made of them holds.
pub(crate) struct Base {
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) state: State,
    /// How likely it is, compared to the others.
    pub(crate) weight: u64,
}

/// All of them; `directory` exists.
pub(crate) fn all(directory: &Path) -> Vec<Base> {
    let fixture = |version: &str| {
        let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
        let content = std::fs::read(fixtures.join(version).join("spool/spool.db")).unwrap();
        vec![(directory.join("spool.db").to_str().unwrap().to_owned(), content)]
    };
    let nothing = |_: &mut Work| {};
    let in_use = |work: &mut Work| work.fill(1..=9);
    let emptied = |work: &mut Work| {
        work.fill(1..=20);
        work.empty(3..=18);
    };
    vec![
        base(directory, 2, Vec::new(), Taken::Before, nothing),
        base(directory, 4, Vec::new(), Taken::Closed, nothing),
        base(directory, 8, Vec::new(), Taken::Killed, in_use),
        base(directory, 4, Vec::new(), Taken::Closed, emptied),
        base(directory, 1, fixture("0.1.0"), Taken::Before, nothing),
        base(directory, 1, fixture("0.2.0"), Taken::Before, nothing),
    ]
}

/// A spool on a good disk.
struct Work {
    spool: Spool,
    driver: spool::Driver,
}

impl Work {
    fn open(directory: &Path, mounted: &Mounted) -> Self {
        let disk = Arc::new(Below(mounted.shared()));
        let (spool, driver) =
            Spool::open_driven(disk, directory, Some(ByteSize::bytes(0))).unwrap();
        Self { spool, driver }
    }

    fn fill(&mut self, ids: std::ops::RangeInclusive<u64>) {
        for number in ids {
            let id = MessageId::new(number).unwrap();
            let size = (number * 977 % 9000) as usize;
            let insert = Action::Insert { id, size, recipients: 1 + number as usize % 3 };
            let event = Action::Event { number, size: 200 };
            self.spool.commit_later(batch(&[insert, event]));
            self.driver.step();
        }
        assert_eq!(self.driver.owed(), 0);
    }

    fn empty(&mut self, ids: std::ops::RangeInclusive<u64>) {
        for id in ids.filter_map(MessageId::new) {
            self.spool.commit_later(batch(&[Action::Remove { id }]));
        }
        self.driver.step();
        assert_eq!(self.driver.owed(), 0);
    }
}

/// When the files are taken: before the spool was opened, after an orderly end, or when it was
/// killed with all of its log still to be folded in.
enum Taken {
    Before,
    Closed,
    Killed,
}

fn base(
    directory: &Path,
    weight: u64,
    mut files: Vec<(String, Vec<u8>)>,
    taken: Taken,
    work: impl FnOnce(&mut Work),
) -> Base {
    let mut disk = Disk::new(0);
    for (name, content) in &files {
        disk.put(name, content.clone());
    }
    let mounted = mount(directory, disk, 0);
    let mut at_work = Work::open(directory, &mounted);
    work(&mut at_work);
    let state = State::of(&at_work.spool).unwrap();
    let Work { spool, driver } = at_work;
    if matches!(taken, Taken::Closed) {
        driver.finish();
    } else {
        drop(driver);
    }
    drop(spool);
    if !matches!(taken, Taken::Before) {
        let disk = mounted.disk();
        files = disk.files().map(|(name, content)| (name.to_owned(), content.to_vec())).collect();
    }
    Base { files, state, weight }
}
