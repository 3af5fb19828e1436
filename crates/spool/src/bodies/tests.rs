//! Contents in files: where they are, that they come back, and what is found after a crash.

use std::{
    collections::BTreeMap,
    fs::File,
    os::unix::fs::{FileExt, MetadataExt},
};

use model::{ByteSize, MessageId};

use super::*;
use crate::{Batch, Driver, RealDisk, Rescue, Spool, content, schema, testing};

/// Random bytes that can be made again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn text(id: MessageId, size: usize) -> Bytes {
    let mut dice = Dice(id.as_u64() * 7919 + 1);
    (0..size).map(|_| dice.below(256) as u8).collect()
}

/// A spool that is committed by hand, with files of at most 256 KiB.
struct Room {
    directory: tempfile::TempDir,
    spool: Spool,
    driver: Driver,
}

impl Room {
    fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap())
    }

    fn on(directory: tempfile::TempDir) -> Self {
        let (spool, driver) = Spool::open_driven(
            Arc::new(RealDisk),
            directory.path(),
            Some(ByteSize::bytes(1 << 20)),
        )
        .unwrap();
        Self { directory, spool, driver }
    }

    fn again(self) -> Self {
        let Self { directory, spool, driver } = self;
        driver.finish();
        drop(spool);
        Self::on(directory)
    }

    /// Stores messages of these sizes in one commit.
    fn insert(&mut self, sizes: &[usize]) -> Vec<MessageId> {
        let mut batch = Batch::new();
        let ids = sizes.iter().map(|size| {
            let id = self.spool.next_id();
            batch.insert(testing::record(id, 1), text(id, *size));
            id
        });
        let ids: Vec<_> = ids.collect();
        self.spool.commit_later(batch);
        self.driver.step();
        assert_eq!(self.driver.owed(), 0);
        ids
    }

    fn remove(&mut self, ids: &[MessageId]) {
        let mut batch = Batch::new();
        for id in ids {
            batch.remove(*id);
        }
        self.spool.commit_later(batch);
        self.driver.step();
        assert_eq!(self.driver.owed(), 0);
    }

    fn check(&self, id: MessageId, size: usize) {
        assert!(self.spool.content(id).unwrap() == text(id, size), "{id} of {size} bytes");
    }

    /// Files in content/: how many, and bytes on the disk.
    fn files(&self) -> (usize, u64) {
        let found = std::fs::read_dir(self.directory.path().join("content")).unwrap();
        let sizes: Vec<u64> =
            found.map(|entry| entry.unwrap().metadata().unwrap().blocks() * 512).collect();
        (sizes.len(), sizes.iter().sum())
    }
}

#[test]
fn small_and_large_come_back_also_after_a_start() {
    let mut room = Room::new();
    let sizes = [0, 100, LARGE - 1, LARGE, 70_000, 2 << 20, 50_000];
    let ids = room.insert(&sizes);
    for _ in 0..2 {
        for (id, size) in ids.iter().zip(sizes) {
            room.check(*id, size);
        }
        let read = room.spool.contents_of(&ids[3..5], 80_000);
        assert_eq!(read.len(), 2);
        assert_eq!(room.spool.contents_of(&ids[3..], 80_000).len(), 2, "the third does not fit");
        room = room.again();
    }
    let more = room.insert(&[30_000]);
    room.check(more[0], 30_000);
    room.check(ids[6], 50_000);
}

#[test]
fn what_has_left_makes_room_for_what_comes() {
    let mut room = Room::new();
    let stays = room.insert(&[100_000]);
    for _ in 0..100 {
        let ids = room.insert(&[60_000, 20_000, 90_000]);
        room.remove(&ids);
    }
    let (files, bytes) = room.files();
    assert!(files <= 4 && bytes < 2 << 20, "{files} files, {bytes} bytes");
    room.check(stays[0], 100_000);
    room.remove(&stays);
    room.driver.step();
    assert!(room.files().0 <= 1 + SPARE_QUIET);
}

#[test]
fn few_that_stay_do_not_keep_the_space_of_many() {
    let mut room = Room::new();
    let mut stay = Vec::new();
    for _ in 0..20 {
        let ids = room.insert(&[50_000; 5]);
        stay.push(ids[2]);
        room.remove(&[ids[0], ids[1], ids[3], ids[4]]);
    }
    let before = room.files().1;
    let counted = room.spool.disk_space().unwrap().free;
    assert!(before > 3 << 20, "{before}");
    // Quiet.
    room.driver.step();
    let after = room.files().1;
    assert!(after < 2 << 20, "{before} bytes have become {after}");
    assert!(counted > 0);
    for _ in 0..2 {
        for id in &stay {
            room.check(*id, 50_000);
        }
        room = room.again();
    }
    room.remove(&stay);
    room.driver.step();
    assert!(room.files().1 <= 1 << 20, "{:?}", room.files());
}

#[test]
fn damage_is_found_and_hides_no_other() {
    let mut room = Room::new();
    let ids = room.insert(&[40_000, 40_000, 40_000]);
    let path = path_of(&room.directory.path().join("spool.db"), 1);
    let file = File::options().read(true).write(true).open(&path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, 50_000).unwrap();
    file.write_all_at(&[byte[0] ^ 1], 50_000).unwrap();
    let error = room.spool.content(ids[1]).unwrap_err().to_string();
    assert!(error.contains("00000001 at 40960: its checksum is"), "{error}");
    room.check(ids[0], 40_000);
    room.check(ids[2], 40_000);
    file.set_len(100_000).unwrap();
    let error = room.spool.content(ids[2]).unwrap_err().to_string();
    assert!(error.contains("has only 100000 bytes"), "{error}");
    std::fs::remove_file(path).unwrap();
    assert!(room.spool.content(ids[0]).is_err());
    // It starts all the same.
    let mut room = room.again();
    let more = room.insert(&[40_000]);
    room.check(more[0], 40_000);
    assert_eq!(room.spool.contents().unwrap().messages.len(), 4);
}

/// A database with files beside it, and no committer.
struct Bare {
    directory: tempfile::TempDir,
    connection: Connection,
    bodies: Bodies,
}

impl Bare {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("spool.db");
        let connection = schema::open_writer(&path, &RealDisk).unwrap();
        let limits = DiskLimits { reserve: ByteSize::bytes(1 << 20) };
        let bodies = Bodies::open(Arc::new(RealDisk), &path, limits, &connection).unwrap();
        Self { directory, connection, bodies }
    }

    fn store(&mut self, size: usize) -> Place {
        self.bodies.store([Bytes::from(vec![b'x'; size])].iter()).unwrap()[0]
    }

    fn row(&self, id: u64, place: &Place) {
        content::insert(&self.connection, id, &[], Some(place)).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let found = std::fs::read_dir(self.directory.path().join("content")).unwrap();
        let mut names: Vec<_> =
            found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn what_no_row_points_to_is_used_again_after_a_crash() {
    let mut bare = Bare::new();
    // Every other file has a row; the rows of the others were never committed.
    for id in 1..9 {
        let place = bare.store(200_000);
        assert_eq!((place.file, place.at), (id, 0));
        if id % 2 == 0 {
            bare.row(id, &place);
        }
    }
    std::fs::write(bare.directory.path().join("content/README"), "not ours").unwrap();
    bare.bodies.look(&bare.connection).unwrap();
    assert_eq!(bare.names().len(), 4 + SPARE + 1, "{:?}", bare.names());
    let used = bare.store(200_000);
    assert!(used.file % 2 == 1 && used.file < 9);
    assert!(bare.names().contains(&"README".to_owned()));
}

#[test]
fn while_a_failed_commit_may_be_on_the_disk_nothing_is_overwritten() {
    let mut bare = Bare::new();
    let first = bare.store(50_000);
    bare.bodies.committed(&[first], &[]);
    let doubtful = bare.store(50_000);
    bare.bodies.not_committed();
    // Even when all that is known of in the file has left.
    bare.bodies.committed(&[], &[first]);
    let next = bare.store(50_000);
    assert!(next.file != doubtful.file || next.at > doubtful.at, "{next:?}");
    bare.row(3, &next);
    bare.bodies.committed(&[next], &[]);
    // A later commit has succeeded: what it left in the database is all there is.
    bare.bodies.give_back(&bare.connection, true).unwrap();
    assert_eq!(bare.bodies.files.values().map(|usage| usage.contents).sum::<u64>(), 1);
    let file = bare.directory.path().join("content").join(format!("{:08}", next.file));
    let mut found = vec![0; 50_000];
    File::open(file).unwrap().read_exact_at(&mut found, next.at).unwrap();
    assert_eq!(crc32fast::hash(&found), next.sum);
}

#[test]
fn a_reader_that_comes_late_is_told_that_it_has_left() {
    let mut room = Room::new();
    let ids = room.insert(&[60_000]);
    room.remove(&ids);
    let error = room.spool.content(ids[0]).unwrap_err().to_string();
    assert!(error.contains("not in the spool"), "{error}");
}

/// Whatever has been committed is there in a copy of the files as they are at that moment: that
/// is what `kill -9` leaves.
#[test]
fn a_crash_at_any_step_loses_nothing_and_leaves_nothing_behind() {
    let mut dice = Dice(88_172_645_463_325_252);
    let mut room = Room::new();
    let mut stored: BTreeMap<MessageId, usize> = BTreeMap::new();
    for step in 0..150 {
        let few = 1 + dice.below(6) as usize;
        if dice.below(5) < 3 {
            let sizes: Vec<usize> = (0..few).map(|_| dice.below(90_000) as usize).collect();
            stored.extend(room.insert(&sizes).into_iter().zip(sizes));
        } else {
            let all: Vec<MessageId> = stored.keys().copied().collect();
            let gone: Vec<_> = all.into_iter().filter(|_| dice.below(3) < 2).collect();
            stored.retain(|id, _| !gone.contains(id));
            room.remove(&gone);
        }
        if dice.below(8) == 0 {
            // Quiet.
            room.driver.step();
        }
        if step % 10 == 9 {
            let copy = tempfile::tempdir().unwrap();
            let status = std::process::Command::new("cp")
                .arg("-rT")
                .args([room.directory.path(), copy.path()])
                .status();
            assert!(status.unwrap().success());
            let copy = Room::on(copy);
            assert_eq!(copy.spool.contents().unwrap().messages.len(), stored.len());
            for (id, size) in &stored {
                copy.check(*id, *size);
            }
            let live: u64 = stored.values().map(|size| *size as u64 + BLOCK).sum();
            let most = 2 * live + ((SPARE as u64) << 18) + (1 << 20);
            assert!(copy.files().1 <= most, "{:?} for {live}", copy.files());
        }
    }
}

#[test]
fn a_check_without_the_server_finds_damage_and_takes_out_the_rest() {
    let mut room = Room::new();
    let ids = room.insert(&[40_000, 12, 40_000]);
    let Room { directory, spool, driver } = room;
    driver.finish();
    drop(spool);
    let path = path_of(&directory.path().join("spool.db"), 1);
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(b"not what was put there", 45_000).unwrap();
    let rescue = Rescue::open(directory.path()).unwrap();
    let mut found = Vec::new();
    rescue.verify(&mut |problem| found.push(problem.to_string())).unwrap();
    // The records of these tests are about small messages.
    let size = testing::record(ids[0], 1).size;
    let wrong = format!("message {}: its content has 40000 bytes and should have {size}", ids[0]);
    assert_eq!(found[0], wrong);
    assert!(found[1].starts_with(&format!("message {}: its content cannot be read: ", ids[2])));
    assert!(found[1].contains("00000001 at 40960: its checksum is"), "{found:?}");
    assert_eq!(found.len(), 2);
    let rescued = |id: MessageId| rescue.message(id.as_u64()).unwrap().unwrap().content;
    assert_eq!(rescued(ids[0]).unwrap(), text(ids[0], 40_000));
    assert!(rescued(ids[2]).is_err());
}
