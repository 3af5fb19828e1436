//! Changes that belong together: all of them become durable in one commit, or none.

use std::sync::Arc;

use bytes::Bytes;
use model::MessageId;

use crate::MessageRecord;

/// One change. The committer turns each into one or two statements.
#[derive(Debug)]
pub(crate) enum Change {
    Insert { record: Arc<MessageRecord>, content: Bytes },
    Finish { id: MessageId, recipient: u32 },
    DelayReported { id: MessageId, recipient: u32 },
    Remove { id: MessageId },
    Event { number: u64, line: Bytes },
    ForgetEvents { before: u64 },
    Taken { file: Box<str>, id: MessageId },
    ForgetTaken { file: Box<str> },
}

/// A group of changes with one fate.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) changes: Vec<Change>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Stores a new message.
    pub fn insert(&mut self, record: Arc<MessageRecord>, content: Bytes) -> &mut Self {
        self.changes.push(Change::Insert { record, content });
        self
    }

    /// Marks one recipient (index into the envelope) as finished; others of the message remain.
    pub fn finish(&mut self, id: MessageId, recipient: u32) -> &mut Self {
        self.changes.push(Change::Finish { id, recipient });
        self
    }

    /// Remembers that the sender has been told of this recipient's delay.
    pub fn delay_reported(&mut self, id: MessageId, recipient: u32) -> &mut Self {
        self.changes.push(Change::DelayReported { id, recipient });
        self
    }

    /// Removes a message all of whose recipients are finished.
    pub fn remove(&mut self, id: MessageId) -> &mut Self {
        self.changes.push(Change::Remove { id });
        self
    }

    /// Keeps the log line of an event until [`Batch::forget_events`].
    pub fn event(&mut self, number: u64, line: Bytes) -> &mut Self {
        self.changes.push(Change::Event { number, line });
        self
    }

    /// Forgets the events with numbers below this.
    pub fn forget_events(&mut self, before: u64) -> &mut Self {
        self.changes.push(Change::ForgetEvents { before });
        self
    }

    /// Remembers that the file called `file` is message `id` now, until [`Batch::forget_taken`]:
    /// whoever finds the file after a crash knows that it was accepted.
    pub fn taken(&mut self, file: &str, id: MessageId) -> &mut Self {
        self.changes.push(Change::Taken { file: file.into(), id });
        self
    }

    /// The file is gone: nobody will ask for it any more.
    pub fn forget_taken(&mut self, file: &str) -> &mut Self {
        self.changes.push(Change::ForgetTaken { file: file.into() });
        self
    }

    /// Whether this is mail from outside, which can be refused when the disk is full; outcomes
    /// and the reports stored with them cannot.
    pub(crate) fn is_new_mail(&self) -> bool {
        let is_mail = |c: &Change| matches!(c, Change::Insert { .. });
        let rides = |c: &Change| matches!(c, Change::Event { .. } | Change::Taken { .. });
        self.changes.iter().any(is_mail) && self.changes.iter().all(|c| is_mail(c) || rides(c))
    }

    /// About as many pages of 4 KiB it writes.
    pub(crate) fn pages(&self) -> u64 {
        (self.content_bytes() / 4096 + self.changes.len()) as u64
    }

    /// Bytes of content in this batch.
    pub(crate) fn content_bytes(&self) -> usize {
        self.changes
            .iter()
            .map(|change| match change {
                Change::Insert { content, .. } => content.len(),
                _ => 0,
            })
            .sum()
    }
}
