//! Changes that belong together: all of them become durable in one commit, or none.

use std::{any::Any, sync::Arc};

use bytes::Bytes;
use model::MessageId;

use crate::{
    Damaged, Durability, Incarnation, MessageRecord, NextHopRow, RowKey, SpoolError, WaitingRow,
    content,
};

/// One change. The committer turns each into one or two statements.
#[derive(Debug)]
pub(crate) enum Change {
    Insert {
        record: Arc<MessageRecord>,
        /// The record as it is stored: made by whoever hands the batch in, since there are many of
        /// them and only one who commits.
        encoded: Result<Vec<u8>, SpoolError>,
        content: Bytes,
    },
    Finish {
        id: MessageId,
        recipient: u32,
    },
    DelayReported {
        id: MessageId,
        recipient: u32,
    },
    Remove {
        id: MessageId,
    },
    Event {
        number: u64,
        line: Bytes,
    },
    ForgetEvents {
        before: u64,
    },
    Taken {
        file: Box<str>,
        id: MessageId,
    },
    ForgetTaken {
        file: Box<str>,
    },
    Park(Box<WaitingRow>),
    Unpark(RowKey),
    NextHop(NextHopRow),
    ForgetNextHop {
        number: u64,
    },
    SettledBelow(MessageId),
    Unsettle(RowKey),
    Quarantine(Damaged),
    /// It was acknowledged without a copy in the second place.
    Alone(MessageId),
    /// Messages below this that were alone have their copies.
    Copied {
        below: u64,
    },
    /// See [`crate::Spool::mark`].
    Mark(u64),
    Incarnation(Option<Incarnation>),
}

impl Change {
    /// The message it inserts.
    pub(crate) fn inserted(&self) -> Option<MessageId> {
        match self {
            Self::Insert { record, .. } => Some(record.id),
            _ => None,
        }
    }

    /// The row it writes.
    pub(crate) fn parked(&self) -> Option<&WaitingRow> {
        match self {
            Self::Park(row) => Some(row),
            _ => None,
        }
    }

    /// The content that it puts into a file of its own.
    pub(crate) fn outside(&self) -> Option<&Bytes> {
        match self {
            Self::Insert { content, .. } if content::is_outside(content.len()) => Some(content),
            _ => None,
        }
    }
}

/// A group of changes with one fate.
#[derive(Default)]
pub struct Batch {
    pub(crate) changes: Vec<Change>,
    /// Who learns of it once it is durable.
    pub(crate) second: Option<Arc<dyn Durability>>,
    /// Kept until the batch is durable, or given up by whoever waits for it.
    held: Vec<Arc<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("changes", &self.changes).finish_non_exhaustive()
    }
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
        let encoded = record.encode();
        self.changes.push(Change::Insert { record, encoded, content });
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

    /// Removes a message all of whose recipients are finished, with everything kept of it.
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

    /// Writes a row of what waits, in place of one with the same key. Nothing happens when the
    /// message is not in the spool (any more), nor without recipients. Never refused for want of
    /// room like new mail, unless it is the row of a message in the same batch that is.
    pub fn park(&mut self, mut row: WaitingRow) -> &mut Self {
        row.recipients.sort_unstable();
        row.recipients.dedup();
        if !row.recipients.is_empty() {
            self.changes.push(Change::Park(Box::new(row)));
        }
        self
    }

    /// Forgets a row of what waits.
    pub fn unpark(&mut self, key: RowKey) -> &mut Self {
        self.changes.push(Change::Unpark(key));
        self
    }

    /// Writes what is kept of a next hop, in place of what has the same number or key.
    pub fn next_hop(&mut self, row: NextHopRow) -> &mut Self {
        self.changes.push(Change::NextHop(row));
        self
    }

    /// Forgets a next hop.
    pub fn forget_next_hop(&mut self, number: u64) -> &mut Self {
        self.changes.push(Change::ForgetNextHop { number });
        self
    }

    /// Says that every unfinished recipient of every message below this has a row of what waits,
    /// so that a start need not look at them. Messages that were inserted since this start and
    /// never parked are excepted without saying, so a message on its way cannot be forgotten.
    pub fn settled_below(&mut self, id: MessageId) -> &mut Self {
        self.changes.push(Change::SettledBelow(id));
        self
    }

    /// Forgets a row of what waits that cannot be used, and lets the next start look after what
    /// it may have said.
    pub(crate) fn unsettle(&mut self, key: RowKey) -> &mut Self {
        self.changes.push(Change::Unsettle(key));
        self
    }

    /// Sets a record aside that cannot be understood.
    pub(crate) fn quarantine(&mut self, damaged: Damaged) -> &mut Self {
        self.changes.push(Change::Quarantine(damaged));
        self
    }

    /// Keeps something until the batch is durable. What [`crate::Spool::commit`] refuses lets
    /// go of it, too.
    pub fn hold(&mut self, kept: Arc<dyn Any + Send + Sync>) -> &mut Self {
        self.held.push(kept);
        self
    }

    /// Remembers that a message was acknowledged without a copy in the second place.
    pub(crate) fn alone(&mut self, id: MessageId) -> &mut Self {
        self.changes.push(Change::Alone(id));
        self
    }

    /// Forgets so of all messages below `id`: the second place has them.
    pub fn copied_below(&mut self, id: MessageId) -> &mut Self {
        self.changes.push(Change::Copied { below: id.as_u64() });
        self
    }

    /// Raises the mark by which a spool from a backup is known ([`crate::Spool::mark`]).
    pub fn mark(&mut self, mark: u64) -> &mut Self {
        self.changes.push(Change::Mark(mark));
        self
    }

    /// Says which copies in which second place are this spool's; `None`: it has none any more.
    pub fn incarnation(&mut self, incarnation: Option<Incarnation>) -> &mut Self {
        self.changes.push(Change::Incarnation(incarnation));
        self
    }

    /// Tells the second place, where there is one to tell.
    pub(crate) fn tell(&self) {
        if let Some(second) = &self.second {
            second.learn(self.copied());
        }
    }

    /// Whether a second place has to know of it.
    pub(crate) fn concerns_messages(&self) -> bool {
        self.changes.iter().any(|change| {
            matches!(
                change,
                Change::Insert { .. }
                    | Change::Finish { .. }
                    | Change::DelayReported { .. }
                    | Change::Remove { .. }
            )
        })
    }

    /// Whether this is mail from outside, which can be refused when the disk is full; outcomes
    /// and the reports stored with them cannot.
    pub(crate) fn is_new_mail(&self) -> bool {
        let mut new: Vec<_> = self.changes.iter().filter_map(Change::inserted).collect();
        new.sort_unstable();
        !new.is_empty()
            && self.changes.iter().all(|change| match change {
                Change::Insert { .. }
                | Change::Event { .. }
                | Change::Taken { .. }
                | Change::NextHop(_) => true,
                Change::Park(row) => new.binary_search(&row.message).is_ok(),
                _ => false,
            })
    }

    /// About as many pages of 4 KiB it writes into the database.
    pub(crate) fn pages(&self) -> u64 {
        let outside: usize = self.changes.iter().filter_map(Change::outside).map(Bytes::len).sum();
        ((self.content_bytes() - outside) / 4096 + self.changes.len()) as u64
    }

    /// About as many bytes it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        const EACH: usize = 128;
        let lines = self.changes.iter().map(|change| match change {
            Change::Event { line, .. } => line.len(),
            _ => 0,
        });
        self.content_bytes() + self.changes.len() * EACH + lines.sum::<usize>()
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
