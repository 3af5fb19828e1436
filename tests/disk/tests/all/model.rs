//! What the spool ought to hold: the effect of every change on a plain map, and what a spool is
//! found to hold. Nothing here knows of disks.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use model::{Address, Envelope, Guid, MessageId, ReversePath, Timestamp};
use spool::{Batch, MessageRecord, NextHopRow, Origin, RowKey, Spool, SpoolError, WaitingRow};

/// Contents are slices of this.
static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut dice = simulated_disk::Dice::new(7);
    (0..1 << 20).map(|_| dice.roll() as u8).collect::<Vec<u8>>().into()
});

/// Envelopes with one, two and three recipients.
static ENVELOPES: LazyLock<Vec<Arc<Envelope>>> = LazyLock::new(|| {
    let sender: Address = "sender@example.com".parse().unwrap();
    let to = |n| format!("r{n}@example.net").parse().unwrap();
    let envelope = |count| {
        Arc::new(Envelope::plain(
            ReversePath::Address(sender.clone()),
            (0..count).map(to).collect(),
        ))
    };
    (1..=3).map(envelope).collect()
});

/// One change, as [`Batch`] has it.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Insert { id: MessageId, size: usize, recipients: usize },
    Finish { id: MessageId, recipient: u32 },
    DelayReported { id: MessageId, recipient: u32 },
    Remove { id: MessageId },
    Event { number: u64, size: usize },
    ForgetEvents { before: u64 },
    Taken { file: usize, id: MessageId },
    ForgetTaken { file: usize },
    Park(WaitingRow),
    Unpark(RowKey),
    NextHop { number: u64, attempts: u64 },
    ForgetNextHop { number: u64 },
    SettledBelow(MessageId),
}

/// A message as it is in the spool.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) record: Arc<MessageRecord>,
    pub(crate) content: Bytes,
    pub(crate) finished: BTreeSet<u32>,
    pub(crate) delay_reported: BTreeSet<u32>,
}

/// All that a spool holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) messages: BTreeMap<MessageId, Kept>,
    pub(crate) events: BTreeMap<u64, Bytes>,
    pub(crate) taken: BTreeMap<usize, MessageId>,
    pub(crate) rows: BTreeMap<RowKey, WaitingRow>,
    pub(crate) next_hops: BTreeMap<u64, String>,
}

/// Files that may become messages.
pub(crate) const FILES: usize = 4;

fn noise(number: u64, size: usize) -> Bytes {
    let from = (number as usize).wrapping_mul(7919) % (NOISE.len() - size);
    NOISE.slice(from..from + size)
}

fn record(id: MessageId, size: usize, recipients: usize) -> Arc<MessageRecord> {
    Arc::new(MessageRecord {
        id,
        network_id: Guid::nil(),
        accepted_at: Timestamp::from_millis(id.as_u64() as i64),
        band: (id.as_u64() % 3) as u8,
        size: size as u64,
        stranger: false,
        tls_not_required: id.as_u64().is_multiple_of(5),
        eight_bit: true,
        origin: Origin::Dsn { about: id },
        subject: Some(format!("number {id}")),
        internet_message_id: None,
        trace: String::new(),
        envelope: Arc::clone(&ENVELOPES[recipients - 1]),
    })
}

/// The same changes for the spool.
pub(crate) fn batch(actions: &[Action]) -> Batch {
    let mut batch = Batch::new();
    for action in actions {
        match action {
            Action::Insert { id, size, recipients } => {
                batch.insert(record(*id, *size, *recipients), noise(id.as_u64(), *size))
            }
            Action::Finish { id, recipient } => batch.finish(*id, *recipient),
            Action::DelayReported { id, recipient } => batch.delay_reported(*id, *recipient),
            Action::Remove { id } => batch.remove(*id),
            Action::Event { number, size } => batch.event(*number, noise(*number, *size)),
            Action::ForgetEvents { before } => batch.forget_events(*before),
            Action::Taken { file, id } => batch.taken(&format!("file {file}"), *id),
            Action::ForgetTaken { file } => batch.forget_taken(&format!("file {file}")),
            Action::Park(row) => batch.park(row.clone()),
            Action::Unpark(key) => batch.unpark(*key),
            Action::NextHop { number, attempts } => batch.next_hop(NextHopRow {
                number: *number,
                key: format!("hop {number}"),
                state: attempts.to_string(),
            }),
            Action::ForgetNextHop { number } => batch.forget_next_hop(*number),
            Action::SettledBelow(id) => batch.settled_below(*id),
        };
    }
    batch
}

impl State {
    /// After these changes.
    pub(crate) fn after<'a>(&self, actions: impl IntoIterator<Item = &'a Action>) -> Self {
        let mut state = self.clone();
        for action in actions {
            state.apply(action);
        }
        state
    }

    fn apply(&mut self, action: &Action) {
        match action {
            Action::Insert { id, size, recipients } => {
                let kept = Kept {
                    record: record(*id, *size, *recipients),
                    content: noise(id.as_u64(), *size),
                    finished: BTreeSet::new(),
                    delay_reported: BTreeSet::new(),
                };
                self.messages.insert(*id, kept);
            }
            Action::Finish { id, recipient } => {
                if let Some(message) = self.messages.get_mut(id) {
                    message.finished.insert(*recipient);
                }
            }
            Action::DelayReported { id, recipient } => {
                if let Some(message) = self.messages.get_mut(id) {
                    message.delay_reported.insert(*recipient);
                }
            }
            Action::Remove { id } => {
                self.messages.remove(id);
                self.rows.retain(|key, _| key.message != *id);
            }
            Action::Event { number, size } => {
                self.events.insert(*number, noise(*number, *size));
            }
            Action::ForgetEvents { before } => self.events = self.events.split_off(before),
            Action::Taken { file, id } => _ = self.taken.insert(*file, *id),
            Action::ForgetTaken { file } => _ = self.taken.remove(file),
            Action::Park(row) => {
                if self.messages.contains_key(&row.message) {
                    self.rows.insert(row.key(), row.clone());
                }
            }
            Action::Unpark(key) => _ = self.rows.remove(key),
            Action::NextHop { number, attempts } => {
                self.next_hops.insert(*number, attempts.to_string());
            }
            Action::ForgetNextHop { number } => _ = self.next_hops.remove(number),
            // Not what is stored, but where a start looks.
            Action::SettledBelow(_) => {}
        }
    }

    /// What is in the spool now.
    ///
    /// # Errors
    /// What the spool says, or that something in it cannot be read.
    pub(crate) fn of(spool: &Spool) -> Result<Self, SpoolError> {
        let mut state = Self::default();
        let contents = spool.contents()?;
        if let Some(damaged) = contents.damaged.first() {
            return Err(SpoolError::Corrupt(format!("{}: {}", damaged.id, damaged.reason)));
        }
        for message in contents.messages {
            let id = message.record.id;
            let kept = Kept {
                content: spool.content(id)?,
                record: message.record,
                finished: message.finished.into_iter().collect(),
                delay_reported: message.delay_reported.into_iter().collect(),
            };
            state.messages.insert(id, kept);
        }
        for (number, line) in spool.events()? {
            state.events.insert(number, line.into());
        }
        for file in 0..FILES {
            if let Some(id) = spool.taken(&format!("file {file}"))? {
                state.taken.insert(file, id);
            }
        }
        spool.scan(None, &mut |row| {
            state.rows.insert(row.key(), row.to_row());
            ControlFlow::Continue(())
        })?;
        for NextHopRow { number, state: value, .. } in spool.next_hops()? {
            state.next_hops.insert(number, value);
        }
        Ok(state)
    }

    /// Unfinished recipients of a message that wait in no row.
    pub(crate) fn without_row(&self, id: MessageId) -> Vec<u32> {
        let Some(kept) = self.messages.get(&id) else { return Vec::new() };
        let key = |first| RowKey { message: id, first };
        let rows = self.rows.range(key(0)..=key(u32::MAX));
        let waiting: BTreeSet<u32> = rows.flat_map(|(_, row)| row.recipients.clone()).collect();
        (0..kept.record.envelope.recipients.len() as u32)
            .filter(|n| !kept.finished.contains(n) && !waiting.contains(n))
            .collect()
    }

    /// A start has to find every recipient that neither is finished nor waits in a row; and what
    /// the store counts has to be what it has.
    ///
    /// # Errors
    /// Which is not found; what the spool says when it cannot be asked.
    pub(crate) fn check(
        &self,
        spool: &Spool,
        forgiven: &BTreeSet<MessageId>,
    ) -> Result<Result<(), String>, SpoolError> {
        let mut unsettled = BTreeMap::new();
        for found in spool.unsettled(None, usize::MAX)? {
            unsettled.insert(found.id(), found.recipients);
        }
        for &id in self.messages.keys() {
            let without = self.without_row(id);
            let listed = unsettled.get(&Some(id));
            if !without.is_empty() && listed != Some(&without) && !forgiven.contains(&id) {
                return Ok(Err(format!("a start is told {listed:?} of {id}, not {without:?}")));
            }
        }
        for count in spool.waiting_counts()? {
            let rows = self.rows.values().filter(|row| row.queue == count.queue).count() as u64;
            if count.now + count.later + count.suspended != rows {
                return Ok(Err(format!("{rows} rows are counted as {count:?}")));
            }
        }
        Ok(Ok(()))
    }

    /// The highest number of a message.
    pub(crate) fn highest(&self) -> u64 {
        self.messages.last_key_value().map_or(0, |(id, _)| id.as_u64())
    }

    /// In a line.
    pub(crate) fn summary(&self) -> String {
        let messages: Vec<String> = self
            .messages
            .iter()
            .map(|(id, kept)| {
                let progress = kept.finished.len() + kept.delay_reported.len();
                format!("{id}({} bytes, {progress} rows)", kept.content.len())
            })
            .collect();
        let events: Vec<&u64> = self.events.keys().collect();
        let (rows, hops) = (self.rows.keys(), &self.next_hops);
        let rows: Vec<String> = rows.map(|key| format!("{}.{}", key.message, key.first)).collect();
        let taken = &self.taken;
        format!("messages {messages:?}, events {events:?}, rows {rows:?}, {hops:?}, {taken:?}")
    }
}
