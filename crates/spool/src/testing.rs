//! What the tests of this crate need: a spool on a directory of its own, messages, rows.

use std::sync::Arc;

use bytes::Bytes;
use model::{Address, Envelope, Guid, MessageId, ReversePath, Timestamp};

use crate::{Batch, Due, MessageRecord, Origin, RowKey, Spool, WaitingRow};

/// The content of the message with this number.
pub(crate) fn content(id: MessageId) -> Bytes {
    Bytes::from(format!("content of {id}"))
}

pub(crate) fn record(id: MessageId, recipients: u32) -> Arc<MessageRecord> {
    let sender: Address = "jean@contoso.com".parse().unwrap();
    let to = (0..recipients).map(|n| format!("r{n}@example.net").parse().unwrap()).collect();
    Arc::new(MessageRecord {
        id,
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(1),
        band: 1,
        size: content(id).len() as u64,
        stranger: false,
        tls_not_required: false,
        eight_bit: false,
        origin: Origin::Dsn { about: id },
        subject: None,
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::new(Envelope::plain(ReversePath::Address(sender), to)),
    })
}

pub(crate) fn row(message: MessageId, recipients: &[u32], queue: u64) -> WaitingRow {
    WaitingRow {
        message,
        recipients: recipients.to_vec(),
        queue,
        due: Due::Now,
        band: 1,
        sender: 7,
        accepted_at: Timestamp::from_millis(message.as_u64() as i64 * 10),
        told: false,
        attempts: 0,
        crashes: 0,
        size: 5,
        from_address: "jean@contoso.com".into(),
        subject: Some("Été".into()),
        last_error: None,
    }
}

/// A spool on a directory of its own.
pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) spool: Spool,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::open(directory.path()).unwrap();
        Self { directory, spool }
    }

    pub(crate) fn commit(&self, fill: impl FnOnce(&mut Batch)) {
        let mut batch = Batch::new();
        fill(&mut batch);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.spool.commit(batch)).unwrap();
    }

    /// Closes the spool and opens it again.
    pub(crate) fn reopen(&mut self) {
        // The last handle ends the thread; another directory's takes its place for a moment.
        let elsewhere = tempfile::tempdir().unwrap();
        self.spool = Spool::open(elsewhere.path()).unwrap();
        self.spool = Spool::open(self.directory.path()).unwrap();
    }

    /// Returns when what was handed in without waiting is durable, too.
    pub(crate) fn settle(&self) {
        let id = self.spool.next_id();
        self.commit(|batch| {
            batch.remove(id);
        });
    }

    /// Stores messages of three recipients each.
    pub(crate) fn insert(&self, count: usize) -> Vec<MessageId> {
        let ids: Vec<_> = (0..count).map(|_| self.spool.next_id()).collect();
        self.commit(|batch| {
            for id in &ids {
                batch.insert(record(*id, 3), content(*id));
            }
        });
        ids
    }

    pub(crate) fn load(&self, queue: u64, now: i64, limit: usize) -> Vec<WaitingRow> {
        self.load_but(queue, now, limit, &|_| false)
    }

    pub(crate) fn load_but(
        &self,
        queue: u64,
        now: i64,
        limit: usize,
        is_resident: &dyn Fn(RowKey) -> bool,
    ) -> Vec<WaitingRow> {
        let now = Timestamp::from_millis(now);
        let loaded = self.spool.load(queue, now, limit, is_resident).unwrap();
        loaded.into_iter().map(|loaded| loaded.row).collect()
    }
}
