//! What happens when the disk does not do what it is asked.

use bytes::Bytes;
use model::{Address, ByteSize, Envelope, Guid, MessageId, ReversePath, Timestamp};

use std::path::PathBuf;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::*;

use crate::{DiskLimits, DiskSpace, MessageRecord, Origin, RealDisk};

/// A committer on a file of its own, with the connection prepared by `prepare`.
struct Bench {
    _directory: tempfile::TempDir,
    path: PathBuf,
    inbox: Arc<Inbox>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Bench {
    fn new(prepare: impl FnOnce(&Connection)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("spool.db");
        let limits = DiskLimits { reserve: ByteSize::bytes(0) };
        Self::with(directory, path, limits, prepare)
    }

    fn with(
        directory: tempfile::TempDir,
        path: PathBuf,
        limits: DiskLimits,
        prepare: impl FnOnce(&Connection),
    ) -> Self {
        let store = Store::open(Arc::new(RealDisk), path.clone(), (limits, Arc::new(()))).unwrap();
        prepare(&store.writer);
        let inbox = Arc::new(Inbox::default());
        let committer = Committer::new(store, Arc::clone(&inbox), 0, Settled::new(0));
        let thread = Some(std::thread::spawn(move || committer.run()));
        Self { _directory: directory, path, inbox, thread }
    }

    fn commit(&self, batch: Batch) -> Result<(), SpoolError> {
        let (sender, receiver) = oneshot::channel();
        self.inbox.push(batch, Some(sender));
        receiver.blocking_recv().unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn insertion(id: u64, size: usize) -> Batch {
    let to: Address = "a@example.net".parse().unwrap();
    let id = MessageId::new(id).unwrap();
    let record = MessageRecord {
        id,
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(1),
        band: 1,
        size: size as u64,
        stranger: false,
        tls_not_required: false,
        eight_bit: false,
        origin: Origin::Dsn { about: id },
        subject: None,
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(ReversePath::Null, vec![to])),
    };
    let mut batch = Batch::new();
    batch.insert(Arc::new(record), Bytes::from(vec![b'x'; size]));
    batch
}

fn removal(id: u64) -> Batch {
    let mut batch = Batch::new();
    batch.remove(MessageId::new(id).unwrap());
    batch
}

/// Several messages that are stored together.
fn insertions(ids: std::ops::Range<u64>, size: usize) -> Batch {
    let mut batch = Batch::new();
    for id in ids {
        batch.changes.append(&mut insertion(id, size).changes);
    }
    batch
}

/// Whether it comes true within some seconds.
fn comes_true(condition: impl Fn() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(20);
    while !condition() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    condition()
}

/// While nothing can be stored, what is owed is counted, and the service told when it is too much.
#[test]
fn too_much_that_is_owed_is_told_until_it_is_stored() {
    const NO: &str =
        "CREATE TRIGGER no BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END";
    let bench = Bench::new(|c| c.execute_batch(NO).unwrap());
    let event = |number: u64, size: usize| {
        let mut batch = Batch::new();
        batch.event(number, Bytes::from(vec![b'x'; size]));
        batch
    };
    let owe = |numbers: std::ops::Range<u64>, size: usize| {
        numbers.for_each(|number| bench.inbox.push(event(number, size), None));
    };
    let heal = || {
        Connection::open(&bench.path).unwrap().execute_batch("DROP TRIGGER no").unwrap();
        assert!(comes_true(|| !bench.inbox.is_behind() && !bench.inbox.is_stopped()));
    };
    owe(1..MOST_OWED as u64, 10);
    assert!(comes_true(|| bench.inbox.is_stopped() && bench.inbox.backlog().1 == 0));
    assert!(!bench.inbox.is_behind(), "one less than too many");
    owe(MOST_OWED as u64..MOST_OWED as u64 + 1, 10);
    assert!(comes_true(|| bench.inbox.is_behind()));
    heal();
    let stored = |sql: &str| -> u64 {
        Connection::open(&bench.path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(stored("SELECT count(*) FROM event"), MOST_OWED as u64);
    // By their size: more than a group, which is written back in several.
    Connection::open(&bench.path).unwrap().execute_batch(NO).unwrap();
    let first = MOST_OWED as u64 + 1;
    owe(first..first + 40, 1 << 20);
    assert!(comes_true(|| bench.inbox.is_behind() && bench.inbox.backlog() == (40, 0)));
    heal();
    assert_eq!(stored("SELECT count(*) FROM event"), first + 39);
}

#[test]
fn a_full_disk_refuses_the_new_and_lets_the_finished_go() {
    // 40 pages of 4 KiB more: twelve messages of 7 KB fit, twice as many do not.
    let bench = Bench::new(|c| {
        let pages: u32 = c.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        c.pragma_update(None, "max_page_count", pages + 40).unwrap();
    });
    bench.commit(insertions(1..13, 7_000)).unwrap();
    assert!(matches!(bench.commit(insertions(20..32, 7_000)), Err(SpoolError::Full)));
    // The removal rides in one group with what does not fit, and is not held up by it.
    for id in 1..13 {
        bench.inbox.push(removal(id), None);
    }
    let _ = bench.commit(insertions(40..80, 7_000));
    bench.commit(insertions(80..92, 7_000)).unwrap();
    assert!(!bench.inbox.is_stopped(), "a full disk is no reason to stop for good");
}

/// What makes every write of mail and every probe fail, until it is taken away.
const STRIKE: &str = "
    CREATE TRIGGER strike BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'no'); END;
    CREATE TRIGGER probing BEFORE INSERT ON counter BEGIN SELECT RAISE(ABORT, 'no'); END;";

#[test]
fn acceptance_stops_after_two_failed_writes_and_returns_with_a_good_probe() {
    let bench = Bench::new(|c| c.execute_batch(STRIKE).unwrap());
    assert!(matches!(bench.commit(insertion(1, 10)), Err(SpoolError::Write(_))));
    assert!(!bench.inbox.is_stopped());
    assert!(matches!(bench.commit(insertion(2, 10)), Err(SpoolError::Write(_))));
    assert!(bench.inbox.is_stopped());
    assert!(matches!(bench.commit(insertion(3, 10)), Err(SpoolError::Stopped)));
    let outside = Connection::open(&bench.path).unwrap();
    outside.execute_batch("DROP TRIGGER strike; DROP TRIGGER probing").unwrap();
    let end = Instant::now() + 4 * PROBE;
    while bench.inbox.is_stopped() {
        assert!(Instant::now() < end, "acceptance did not return");
        std::thread::sleep(Duration::from_millis(20));
    }
    bench.commit(insertion(4, 10)).unwrap();
    let stored: Vec<u64> = outside
        .prepare("SELECT id FROM message")
        .and_then(|mut s| s.query_map([], |row| row.get(0))?.collect())
        .unwrap();
    assert_eq!(stored, [4], "what was refused is not stored");
}

/// Outcomes that a failing disk did not take are written when it works again.
#[test]
fn outcomes_outlive_the_trouble() {
    let bench = Bench::new(|_| {});
    bench.commit(insertion(1, 10)).unwrap();
    let outside = Connection::open(&bench.path).unwrap();
    outside
        .execute_batch(
            "CREATE TRIGGER strike BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    bench.inbox.push(removal(1), None);
    assert!(bench.commit(insertion(2, 10)).is_err(), "they share a transaction");
    outside.execute_batch("DROP TRIGGER strike").unwrap();
    bench.commit(insertion(3, 10)).unwrap();
    let left: u64 = outside.query_row("SELECT sum(id) FROM message", [], |r| r.get(0)).unwrap();
    assert_eq!(left, 3);
}

#[test]
fn a_damaged_file_stops_acceptance_at_once() {
    let bench = Bench::new(|c| {
        // The root page of `message` becomes something no table begins with.
        let page: u64 = c
            .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'message'", [], |r| {
                r.get(0)
            })
            .unwrap();
        c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        use std::os::unix::fs::FileExt;
        let file = std::fs::File::options().write(true).open(c.path().unwrap()).unwrap();
        file.write_all_at(&[0x55; 4096], (page - 1) * 4096).unwrap();
        c.pragma_update(None, "cache_size", 0).unwrap();
        c.execute_batch("PRAGMA shrink_memory").unwrap();
    });
    let result = bench.commit(insertion(1, 10));
    assert!(matches!(result, Err(SpoolError::Corrupt(_))), "{result:?}");
    assert!(bench.inbox.is_stopped());
    assert!(matches!(bench.commit(insertion(2, 10)), Err(SpoolError::Stopped)));
}

/// The reserve is for outcomes: mail is refused before it is touched, removals are written.
#[test]
fn new_mail_leaves_the_reserve_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool.db");
    let space = DiskSpace::of(directory.path()).unwrap();
    let whole = DiskLimits { reserve: ByteSize::bytes(space.size * 2 + 2) };
    let bench = Bench::with(directory, path, whole, |_| {});
    assert!(matches!(bench.commit(insertion(1, 10)), Err(SpoolError::Full)));
    let mut report = insertion(2, 10);
    report.finish(MessageId::new(1).unwrap(), 0);
    bench.commit(report).unwrap();
    bench.commit(removal(2)).unwrap();
    assert!(!bench.inbox.is_stopped());
}

#[test]
fn what_another_program_locks_is_not_a_failure_of_the_disk() {
    let mut other = None;
    let bench = Bench::new(|c| {
        c.busy_timeout(Duration::ZERO).unwrap();
        let path = c.path().unwrap().to_owned();
        let holder = Connection::open(path).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        other = Some(holder);
    });
    for id in 1..=3 {
        assert!(matches!(bench.commit(insertion(id, 10)), Err(SpoolError::Locked)));
    }
    other.unwrap().execute_batch("ROLLBACK").unwrap();
    bench.commit(insertion(4, 10)).unwrap();
}

#[test]
fn nobody_waits_for_a_thread_that_has_ended() {
    let bench = Bench::new(|_| {});
    bench.inbox.close();
    assert!(matches!(bench.commit(insertion(1, 10)), Err(SpoolError::Stopped)));
}

/// A failed sync, upon which the file cannot even be opened: at once nothing is accepted, whoever
/// reads is told to come back, and the probe opens both connections.
#[test]
fn a_file_that_cannot_be_opened_again_is_probed_until_it_can() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool.db");
    let (log, aside) = (path.with_extension("db-wal"), path.with_extension("aside"));
    let limits = DiskLimits { reserve: ByteSize::bytes(0) };
    let store = Store::open(Arc::new(RealDisk), path.clone(), (limits, Arc::new(()))).unwrap();
    let (readers, inbox) = (Arc::clone(&store.readers), Arc::new(Inbox::default()));
    let mut committer = Committer::new(store, Arc::clone(&inbox), 0, Settled::new(0));
    let (sender, receiver) = oneshot::channel();
    committer.commit(vec![(insertion(1, 10), sender)]);
    receiver.blocking_recv().unwrap().unwrap();
    // The log cannot be read while it is folded in, and what is there is no file.
    let logged = std::fs::read(&log).unwrap();
    std::fs::File::options().write(true).open(&log).unwrap().set_len(0).unwrap();
    std::fs::rename(&path, &aside).unwrap();
    std::fs::create_dir(&path).unwrap();
    let folded = committer.store.fold_in("PRAGMA wal_checkpoint(PASSIVE)");
    assert!(matches!(folded, Err(SpoolError::Open(_))), "{folded:?}");
    committer.judge_file(folded);
    assert!(inbox.is_stopped());
    assert!(matches!(readers.with(|_| Ok(())), Err(SpoolError::Closed)));

    committer.unfinished.push(removal(7));
    assert!(committer.next_probe.is_some());
    committer.next_probe = Some(Instant::now());
    committer.probe();
    assert!(inbox.is_stopped() && committer.next_probe.is_some(), "it still cannot be opened");
    assert!(matches!(readers.with(|_| Ok(())), Err(SpoolError::Closed)));

    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&aside, &path).unwrap();
    std::fs::write(&log, logged).unwrap();
    committer.next_probe = Some(Instant::now());
    committer.probe();
    assert!(!inbox.is_stopped());
    assert!(committer.unfinished.is_empty(), "outcomes are written with the probe");
    let ids: Vec<u64> = readers
        .with(|reader| {
            let mut statement = reader.prepare("SELECT id FROM message")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .unwrap();
    assert_eq!(ids, [1], "what was accepted is there");
}
