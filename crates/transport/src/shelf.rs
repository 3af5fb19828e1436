//! Between memory and the store: what has to wait becomes a row, and comes back when it can be
//! sent.
//!
//! A row is written with the next commit, and nobody waits for that: until then the batch holds
//! the message and the claim to its row, so that nobody reads what is old. The message itself is
//! in the spool all the time; what a crash can take is only the row, and a start makes it anew.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use model::{MessageId, Timestamp};
use queue::{Consignment, Ladder, LadderPosition, Priority, Queue, QueueKey, Stored, Waits};
use serde::{Deserialize, Serialize};
use spool::{Batch, Due, Loaded, NextHopRow, RowKey, SpoolError, StoredMessage, WaitingRow};

use crate::{
    core::Core,
    hands::Claim,
    queued::{Carried, QueuedMessage},
    registry::{Item, QueueHandle},
    row::{before_deferred, due_of, waits_of},
};

/// Messages in memory, all queues together; beyond these everything new waits in the store.
const MOST_IN_MEMORY: usize = 20_000;
/// What queues without a connection may have of that: silent hosts must not keep out what flows.
const MOST_UNCONNECTED: usize = 10_000;
/// Content read ahead with one load, in bytes.
const READ_AHEAD: usize = 16 << 20;

/// Rows that a queue wants, in the hands of whoever loads them.
struct Wanted {
    rows: Vec<(Loaded, Arc<Claim>)>,
    /// The first time that any other of the deferred waits for.
    earliest: Option<Timestamp>,
    /// Whether they are for trying a next hop: most of them may soon go back.
    probing: bool,
}

impl Core {
    /// Whether more messages of the queue may come into memory.
    pub(crate) fn has_memory(&self, queue: &Queue<Carried>) -> bool {
        let most = if queue.established() > 0 { MOST_IN_MEMORY } else { MOST_UNCONNECTED };
        self.known.count() < most
    }

    /// Writes the row of a consignment that waits in `handle`, in place of the row it has. The
    /// caller has counted it in the queue.
    pub(crate) fn shelve(
        &self,
        batch: &mut Batch,
        handle: &QueueHandle,
        item: &Item,
        waits: Waits,
    ) {
        if !handle.is_stored() {
            batch.next_hop(self.next_hop_row(handle));
        }
        let message = &item.message;
        message.release_content();
        if item.recipients.len() < message.record.envelope.recipients.len() {
            message.share();
        }
        let row = row_of(handle.number(), item, waits);
        let key = row.key();
        let claim = match &message.row {
            Some(claim) if claim.key() == key => Arc::clone(claim),
            _ => self.hands.claim_new(key, waits),
        };
        claim.rewritten(waits);
        batch.park(row);
        batch.hold(claim);
        batch.hold(Arc::<QueuedMessage>::clone(&message.message));
    }

    /// Writes a row anew, under another key where its recipients have become fewer.
    pub(crate) fn reshelve(
        &self,
        batch: &mut Batch,
        handle: &QueueHandle,
        item: &Item,
        waits: Waits,
    ) {
        if item.message.row.as_ref().is_some_and(|claim| claim.key() != key_of(item)) {
            self.unshelve(batch, item.message.row.as_ref());
        }
        self.shelve(batch, handle, item, waits);
    }

    /// Takes the row of a consignment out of the store, where it has one.
    pub(crate) fn unshelve(&self, batch: &mut Batch, row: Option<&Arc<Claim>>) {
        if let Some(claim) = row {
            batch.unpark(claim.key());
            batch.hold(Arc::clone(claim) as Arc<_>);
        }
    }

    /// Stores a consignment that has just been counted in its queue's store, with nobody waiting.
    pub(crate) fn shelve_later(&self, handle: &QueueHandle, item: &Item, waits: Waits) {
        let mut batch = Batch::new();
        self.shelve(&mut batch, handle, item, waits);
        self.spool.commit_later(batch);
    }

    /// Everything of a queue that is ready in memory goes back to the store.
    pub(crate) fn evict(&self, handle: &QueueHandle) {
        let evicted = handle.lock().evict(|item| item.message.waits());
        let mut batch = Batch::new();
        for item in evicted.iter().filter(|item| item.message.row.is_none()) {
            self.shelve(&mut batch, handle, item, Waits::Turn);
        }
        if !batch.is_empty() {
            self.spool.commit_later(batch);
        }
    }

    /// Keeps what is known of a queue's next hop over a restart.
    pub(crate) fn keep_next_hop(&self, handle: &QueueHandle) {
        let _ = handle.is_stored();
        let _in_order = handle.keeping.lock();
        let mut batch = Batch::new();
        batch.next_hop(self.next_hop_row(handle));
        self.spool.commit_later(batch);
    }

    pub(crate) fn next_hop_row(&self, handle: &QueueHandle) -> NextHopRow {
        let queue = handle.lock();
        let state = State::of(&queue);
        let state = serde_json::to_string(&state).unwrap_or_default();
        NextHopRow { number: handle.number(), key: handle.key().to_string(), state }
    }

    /// Begins to load from the store what the queue wants, unless that is under way.
    pub(crate) fn fill(self: &Arc<Self>, handle: &Arc<QueueHandle>) {
        if handle.loading.swap(true, Ordering::AcqRel) {
            return;
        }
        let (core, handle) = (Arc::clone(self), Arc::clone(handle));
        tokio::spawn(async move {
            // However it ends, others may load after it.
            let ends = Ends(Arc::clone(&handle));
            let loaded = core.load(&handle).await;
            drop(ends);
            match loaded {
                Ok(0) => {}
                Ok(_) => core.registry.attend(&handle),
                // Closed after a failure: the dispatcher comes by again.
                Err(SpoolError::Closed) => {}
                Err(error) => tracing::error!(%error, "waiting mail could not be loaded"),
            }
        });
    }

    /// Loads what the queue wants; returns how much came.
    async fn load(self: &Arc<Self>, handle: &Arc<QueueHandle>) -> Result<usize, SpoolError> {
        let Some(found) = self.find_wanted(handle).await? else { return Ok(0) };
        let mut contents = self.read_ahead(&found).await;
        let (mut count, mut unread) = (0, None);
        for (Loaded { row, message }, claim) in found.rows {
            let waits = waits_of(row.due);
            let stored = match message {
                Ok(stored) => stored,
                Err(damaged) => {
                    self.set_damaged_aside(handle, waits, &damaged, claim);
                    continue;
                }
            };
            let item = match self.adopt(&row, &stored, Arc::clone(&claim)) {
                Ok(Some(item)) => item,
                Ok(None) => {
                    self.forget_row(handle, (waits, claim), is_finished(&stored));
                    continue;
                }
                // It stays in its row, and hides nobody.
                Err(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            if let Some(place) = contents.iter().position(|(id, _)| *id == row.message) {
                let (_, content) = contents.swap_remove(place);
                item.message.keep_content(content, &self.budget);
            }
            handle.lock().load(item, waits);
            count += 1;
        }
        handle.lock().set_earliest(found.earliest, self.now());
        unread.map_or(Ok(count), Err)
    }

    /// Rows that the queue wants, in the hands of this caller. Nobody else reads rows meanwhile, so
    /// nothing is done here that may take longer.
    async fn find_wanted(
        self: &Arc<Self>,
        handle: &Arc<QueueHandle>,
    ) -> Result<Option<Wanted>, SpoolError> {
        let reading = self.hands.reading().await;
        let (wanted, due, probing) = {
            let (queue, now) = (handle.lock(), self.now());
            let has_room = self.has_memory(&queue) && !self.spool.is_behind();
            let wanted = queue.wanted(now).filter(|_| has_room);
            (wanted, queue.due(now), queue.established() == 0)
        };
        let Some(limit) = wanted else { return Ok(None) };
        let (spool, hands, number) = (self.spool.clone(), Arc::clone(&self.hands), handle.number());
        let read = move || {
            let loaded = spool.load(number, due, limit, &|key| hands.holds(key))?;
            let after = Timestamp::from_millis(due.as_millis() + 1);
            let next = spool.scan_queue(number, Some(before_deferred(after)), 1)?;
            Ok::<_, SpoolError>((loaded, next.into_iter().next()))
        };
        let (loaded, next) =
            tokio::task::spawn_blocking(read).await.unwrap_or(Err(SpoolError::Stopped))?;
        let next = next.and_then(|row| match row.due {
            Due::NotBefore(at) => Some(at),
            _ => None,
        });
        // Full: there may be more that are due already.
        let earliest = if loaded.len() >= limit { Some(due) } else { next };
        let claim = |loaded: Loaded| {
            let claim = reading.claim(loaded.row.key(), waits_of(loaded.row.due))?;
            Some((loaded, claim))
        };
        let rows = loaded.into_iter().filter_map(claim).collect();
        Ok(Some(Wanted { rows, earliest, probing }))
    }

    /// Content of what will be sent soon, as much as may be read ahead.
    async fn read_ahead(&self, found: &Wanted) -> Vec<(MessageId, Bytes)> {
        if found.probing {
            return Vec::new();
        }
        let ids: Vec<_> = found.rows.iter().map(|(loaded, _)| loaded.row.message).collect();
        let spool = self.spool.clone();
        let read = move || spool.contents_of(&ids, READ_AHEAD);
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }

    /// A row whose message cannot be understood: it is in quarantine, and no longer in the queue.
    fn set_damaged_aside(
        &self,
        handle: &QueueHandle,
        waits: Waits,
        damaged: &spool::Damaged,
        claim: Arc<Claim>,
    ) {
        tracing::error!(id = damaged.id, reason = %damaged.reason, "a message in the spool is damaged; it was set aside");
        self.forget_row(handle, (waits, claim), false);
    }

    /// Takes a row away that has nothing left to send, and its message where all of it is finished.
    pub(crate) fn forget_row(
        &self,
        handle: &QueueHandle,
        (waits, claim): (Waits, Arc<Claim>),
        is_finished: bool,
    ) {
        let mut batch = Batch::new();
        self.unshelve(&mut batch, Some(&claim));
        if is_finished {
            batch.remove(claim.key().message);
        }
        self.spool.commit_later(batch);
        handle.lock().left_store(waits, self.now());
    }

    /// The consignment of a row that this caller has claimed; `None` when nothing of it is left.
    /// Blocks for a moment where a message has several rows.
    ///
    /// # Errors
    /// When the message could not be read: nothing is known of what is left.
    pub(crate) fn adopt(
        &self,
        row: &WaitingRow,
        stored: &StoredMessage,
        claim: Arc<Claim>,
    ) -> Result<Option<Item>, SpoolError> {
        let whole = row.recipients.len() >= stored.record.envelope.recipients.len();
        let message = if whole {
            Arc::new(QueuedMessage::stored(stored, &self.known, None))
        } else {
            let Some(message) = self.shared(row)? else { return Ok(None) };
            message
        };
        let pending: HashSet<u32> = message.pending().into_iter().collect();
        let recipients: Vec<u32> =
            row.recipients.iter().copied().filter(|index| pending.contains(index)).collect();
        if recipients.is_empty() {
            return Ok(None);
        }
        if let Some(errors) = &row.last_error {
            message.set_errors(&recipients, errors);
        }
        Ok(Some(Consignment {
            id: row.message,
            recipients,
            sender: row.sender,
            priority: Priority::of_band(row.band.into()),
            attempts: row.attempts,
            crashes: row.crashes,
            last_error: row.last_error.as_deref().and_then(|e| e.lines().next()).map(str::to_owned),
            message: Carried { message, row: Some(claim) },
        }))
    }

    /// A message that has other consignments: the one in memory, or, while nobody else can make
    /// it, the one in the spool as it is now.
    fn shared(&self, row: &WaitingRow) -> Result<Option<Arc<QueuedMessage>>, SpoolError> {
        let mut shared = self.known.shared();
        if let Some(message) = shared.find(row.message) {
            return Ok(Some(message));
        }
        let Some(stored) = self.spool.message(row.message)? else { return Ok(None) };
        let message = Arc::new(QueuedMessage::stored(&stored, &self.known, None));
        message.is_shared();
        shared.insert(message.record.id, &message);
        Ok(Some(message))
    }
}

/// A load that is under way; over when dropped.
struct Ends(Arc<QueueHandle>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.loading.store(false, Ordering::Release);
    }
}

/// Whether only the removal of a message was lost.
pub(crate) fn is_finished(stored: &StoredMessage) -> bool {
    let all = stored.record.envelope.recipients.len() as u32;
    (0..all).all(|index| stored.finished.contains(&index))
}

/// The row of a consignment.
fn row_of(queue: u64, item: &Item, waits: Waits) -> WaitingRow {
    let record = &item.message.record;
    let own = item.last_error.as_deref().map(|error| error.replace('\n', " ").into());
    WaitingRow {
        message: item.id,
        recipients: item.recipients.clone(),
        queue,
        due: due_of(waits),
        band: item.priority.band() as u8,
        sender: item.sender,
        accepted_at: record.accepted_at,
        told: item.message.all_told(&item.recipients),
        attempts: item.attempts,
        crashes: item.crashes,
        size: record.size,
        from_address: record.envelope.sender.as_str().into(),
        subject: record.subject.as_deref().map(Into::into),
        last_error: item.message.errors(&item.recipients).or(own),
    }
}

/// The key of a row as it names a consignment.
fn key_of(item: &Item) -> RowKey {
    RowKey { message: item.id, first: item.first() }
}

/// What the store keeps of a queue, as readable JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct State {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    #[serde(skip_serializing_if = "is_zero")]
    failures: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_failure: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    barred: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl State {
    fn of(queue: &Queue<Carried>) -> Self {
        let position = queue.ladder().position();
        let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        Self {
            suspended: queue.is_suspended(),
            failures: position.failures,
            first_failure: millis(position.first_failure),
            last_attempt: millis(position.last_attempt),
            next_attempt: millis(position.next_attempt),
            last_error: position.last_error,
            barred: position.barred,
        }
    }

    fn ladder(&self) -> Ladder {
        let time = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        Ladder::restored(LadderPosition {
            failures: self.failures,
            first_failure: time(self.first_failure),
            last_attempt: time(self.last_attempt),
            next_attempt: time(self.next_attempt),
            last_error: self.last_error.clone(),
            barred: self.barred,
        })
    }
}

/// A queue as the store has it. A state that cannot be read is that of a queue nothing is known
/// of: its next hop is simply tried.
pub(crate) fn restored(
    key: QueueKey,
    state: &str,
    stored: Stored,
    now: Timestamp,
) -> Queue<Carried> {
    let state: State = serde_json::from_str(state).unwrap_or_default();
    Queue::new(key, now).restored(stored, state.ladder(), state.suspended)
}
