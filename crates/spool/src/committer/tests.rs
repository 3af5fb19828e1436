//! What happens when the disk does not do what it is asked.

use bytes::Bytes;
use model::{Address, Envelope, Guid, MessageId, ReversePath, Timestamp};

use super::*;
use crate::{MessageRecord, Origin, schema};

/// A committer on a file of its own, with the connection prepared by `prepare`.
struct Bench {
    _directory: tempfile::TempDir,
    mailbox: Arc<Mailbox>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Bench {
    fn new(prepare: impl FnOnce(&Connection)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = schema::open_writer(&directory.path().join("spool.db")).unwrap();
        prepare(&connection);
        let mailbox = Arc::new(Mailbox::default());
        let committer = Committer::new(connection, Arc::clone(&mailbox), 0);
        let thread = Some(std::thread::spawn(move || committer.run()));
        Self { _directory: directory, mailbox, thread }
    }

    fn commit(&self, batch: Batch) -> Result<(), SpoolError> {
        let (sender, receiver) = oneshot::channel();
        self.mailbox.push(batch, Some(sender));
        receiver.blocking_recv().unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.mailbox.close();
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
        size: size as u64,
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

#[test]
fn a_full_disk_refuses_the_new_and_lets_the_finished_go() {
    // 50 pages of 4 KiB: one message of 100 KiB fits, two do not.
    let bench = Bench::new(|c| c.pragma_update(None, "max_page_count", 50).unwrap());
    bench.commit(insertion(1, 100 << 10)).unwrap();
    assert!(matches!(bench.commit(insertion(2, 100 << 10)), Err(SpoolError::Full)));
    // The removal rides in one group with what does not fit, and is not held up by it.
    bench.mailbox.push(removal(1), None);
    let _ = bench.commit(insertion(3, 300 << 10));
    bench.commit(insertion(4, 100 << 10)).unwrap();
    assert!(!bench.mailbox.is_stopped(), "a full disk is no reason to stop for good");
}

#[test]
fn acceptance_stops_after_two_failed_writes_in_a_row() {
    let bench = Bench::new(|c| c.pragma_update(None, "query_only", true).unwrap());
    assert!(matches!(bench.commit(insertion(1, 10)), Err(SpoolError::Write(_))));
    assert!(!bench.mailbox.is_stopped());
    assert!(matches!(bench.commit(insertion(2, 10)), Err(SpoolError::Write(_))));
    assert!(matches!(bench.commit(insertion(3, 10)), Err(SpoolError::Stopped)));
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
    bench.mailbox.close();
    assert!(matches!(bench.commit(insertion(1, 10)), Err(SpoolError::Stopped)));
}
