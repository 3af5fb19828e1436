//! What waits: one row for each consignment (recipients of one message with the same next hop),
//! and what the store knows of next hops. Plain values; `rows` turns them into SQL and back.
//!
//! A row is identified by its message and the lowest recipient index it had when it was made, so
//! whoever changes the recipients of a consignment parks it anew and unparks the old key.

use model::{MessageId, Timestamp};

use crate::{Damaged, StoredMessage};

/// When a consignment may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Whenever its next hop can be tried.
    Now,
    /// Not before this.
    NotBefore(Timestamp),
    /// Not until somebody says so.
    Suspended,
}

/// One consignment that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// The message.
    pub message: MessageId,
    /// Indexes into the envelope, ascending, at least one.
    pub recipients: Vec<u32>,
    /// Number of the queue.
    pub queue: u64,
    /// When it may be sent.
    pub due: Due,
    /// 0 high, 1 normal, 2 low.
    pub band: u8,
    /// Those with the same number take turns as one.
    pub sender: u64,
    /// When the message was accepted.
    pub accepted_at: Timestamp,
    /// Whether the sender has been told of the delay.
    pub told: bool,
    /// Attempts of its own.
    pub attempts: u32,
    /// How often handling it ended badly.
    pub crashes: u32,
    /// Size of the message's content in bytes.
    pub size: u64,
    /// The envelope's sender, as lists show it.
    pub from_address: Box<str>,
    /// The message's subject.
    pub subject: Option<Box<str>>,
    /// The last reply or failure of its own.
    pub last_error: Option<Box<str>>,
}

impl WaitingRow {
    /// What identifies it.
    pub fn key(&self) -> RowKey {
        RowKey { message: self.message, first: self.recipients.first().copied().unwrap_or(0) }
    }

    /// Its place in the order of its queue.
    pub fn turn_key(&self) -> TurnKey {
        let RowKey { message, first } = self.key();
        TurnKey { due: self.due, band: self.band, sender: self.sender, message, first }
    }

    /// Its place in the order of age.
    pub fn age_key(&self) -> AgeKey {
        let RowKey { message, first } = self.key();
        AgeKey { accepted_at: self.accepted_at, message, first }
    }
}

/// What identifies a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// The message.
    pub message: MessageId,
    /// The lowest recipient index.
    pub first: u32,
}

/// A place in the order of one queue: due, band, sender, message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnKey {
    /// When it may be sent.
    pub due: Due,
    /// 0 high, 1 normal, 2 low.
    pub band: u8,
    /// Fairness key.
    pub sender: u64,
    /// The message.
    pub message: MessageId,
    /// The lowest recipient index.
    pub first: u32,
}

/// A place in the order of age, within one band of those who have or have not been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgeKey {
    /// When the message was accepted.
    pub accepted_at: Timestamp,
    /// The message.
    pub message: MessageId,
    /// The lowest recipient index.
    pub first: u32,
}

/// What is kept of a next hop. Key and state mean nothing to the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextHopRow {
    /// The queue's number, never used again for another key.
    pub number: u64,
    /// What it is; no two rows have the same.
    pub key: String,
    /// How it stands.
    pub state: String,
}

/// How much waits in one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingCount {
    /// The queue's number.
    pub queue: u64,
    /// Rows that can be sent whenever the next hop can be tried.
    pub now: u64,
    /// Rows with a time of their own, past or not.
    pub later: u64,
    /// Rows that are suspended.
    pub suspended: u64,
    /// The smallest time of those that have one.
    pub earliest: Option<Timestamp>,
    /// When the message with the lowest number was accepted.
    pub oldest: Option<Timestamp>,
}

/// How much of one priority waits in one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BandCount {
    /// The queue's number.
    pub queue: u64,
    /// 0 high, 2 low.
    pub band: u8,
    /// All rows.
    pub all: u64,
    /// Rows with a time of their own, past or not.
    pub later: u64,
}

impl WaitingCount {
    /// Of an empty queue.
    pub(crate) fn none(queue: u64) -> Self {
        Self { queue, now: 0, later: 0, suspended: 0, earliest: None, oldest: None }
    }
}

/// What a queue's turn brought.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The row. It stays in the store until it is unparked.
    pub row: WaitingRow,
    /// Its message; or why that cannot be read, which is said of each row once.
    pub message: Result<StoredMessage, Damaged>,
}

/// A message some of whose recipients wait in no row.
#[derive(Debug, Clone)]
pub struct Unsettled {
    /// The message; or why it cannot be read.
    pub message: Result<StoredMessage, Damaged>,
    /// Unfinished recipients without a row, ascending. None at all when every recipient is
    /// finished and only the removal was lost.
    pub recipients: Vec<u32>,
}

impl Unsettled {
    /// The message's number, from which to go on.
    pub fn id(&self) -> Option<MessageId> {
        match &self.message {
            Ok(message) => Some(message.record.id),
            Err(damaged) => MessageId::new(damaged.id),
        }
    }
}
