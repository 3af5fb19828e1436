//! One queue: what is in memory and ready, in fair order; what is under way; how much waits in
//! the store; and where its next hop stands on the retry ladder.
//!
//! Memory holds a bounded window: what is new or can be sent soon. Everything else is a number
//! here and a row in the store, and comes back by [`Queue::wanted`].

use std::collections::{HashMap, HashSet};

use model::{MessageId, TimeSpan, Timestamp};

use crate::{
    Consignment, Ladder, QueueKey, RateMeter, Rates, RetrySchedule, Stored, Waits, turns::Turns,
};

/// Consignments that may be ready in memory at once.
const WINDOW: usize = 4096;
/// While no connection stands, so many: a host that is silent for minutes must not fill the memory
/// with what it does not take.
const COLD_WINDOW: usize = 64;
/// With fewer than these in memory, more are wanted from the store.
const LOW_WATER: usize = 256;
/// So many are wanted at a time.
const BATCH: usize = 512;
/// So many are wanted for trying a next hop to which no connection stands.
const PROBE: usize = 4;
/// What the store was last found to wait for is believed so long: rows that somebody else held just
/// then, or that were still on their way to the disk, are not missed for longer.
const BELIEVED: TimeSpan = TimeSpan::minutes(1);
/// The same where it knew of none of the deferred that are counted here: they are on their way.
const DOUBTED: TimeSpan = TimeSpan::seconds(1);
/// Senders with mail in the store that are known by name.
const KNOWN_SENDERS: usize = 64;

/// What an administrator reads as the queue's status (transport.md section 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueStatus {
    /// Messages are being sent.
    Active,
    /// A connection is being opened.
    Connecting,
    /// Nothing to do at the moment.
    Ready,
    /// The last attempt failed, of the next hop or of every message; the next has its time.
    Retry,
    /// An administrator has suspended it.
    Suspended,
}

impl QueueStatus {
    /// The name that is shown and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Connecting => "Connecting",
            Self::Ready => "Ready",
            Self::Retry => "Retry",
            Self::Suspended => "Suspended",
        }
    }
}

/// How much is in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// In memory, waiting to be sent now.
    pub ready: usize,
    /// Being sent.
    pub in_flight: usize,
    /// In the store only.
    pub stored: Stored,
}

impl QueueCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        (self.ready + self.in_flight) as u64 + self.stored.total()
    }
}

/// The consignments of one next hop.
#[derive(Debug)]
pub struct Queue<M> {
    key: QueueKey,
    ready: Turns<M>,
    in_flight: HashMap<MessageId, Vec<Consignment<M>>>,
    in_flight_count: usize,
    stored: Stored,
    /// Senders with ready mail in the store; none, when there are too many to know.
    stored_senders: Option<HashSet<u64>>,
    /// What waits until a time before this is taken to be due (Retry-Queue).
    due_before: Option<Timestamp>,
    /// When the store is asked again what the deferred wait for.
    look_again: Option<Timestamp>,
    suspended: bool,
    ladder: Ladder,
    /// The last attempt has failed, and no other has been begun; who made it may not have left yet.
    rests: bool,
    connecting: u32,
    connected: u32,
    /// No further connection is opened before: the next hop has refused one more than it has.
    grow_not_before: Option<Timestamp>,
    rates: RateMeter,
    /// Since when nothing has been in it.
    empty_since: Option<Timestamp>,
}

impl<M: Clone> Queue<M> {
    /// An empty queue.
    pub fn new(key: QueueKey, now: Timestamp) -> Self {
        Self {
            key,
            ready: Turns::default(),
            in_flight: HashMap::new(),
            in_flight_count: 0,
            stored: Stored::default(),
            stored_senders: Some(HashSet::new()),
            due_before: None,
            look_again: None,
            suspended: false,
            ladder: Ladder::default(),
            rests: false,
            connecting: 0,
            connected: 0,
            grow_not_before: None,
            rates: RateMeter::default(),
            empty_since: Some(now),
        }
    }

    /// What was known of it before a restart.
    #[must_use]
    pub fn restored(mut self, stored: Stored, ladder: Ladder, suspended: bool) -> Self {
        if stored.total() > 0 {
            self.empty_since = None;
            self.stored_senders = None;
        }
        self.stored = stored;
        self.ladder = ladder;
        self.suspended = suspended;
        self
    }

    /// Its identity.
    pub fn key(&self) -> &QueueKey {
        &self.key
    }

    /// Whether mail of `sender` may come into memory: it could be sent soon, there is room, and
    /// nothing of his that is older waits in the store.
    pub fn admits(&self, sender: u64, now: Timestamp) -> bool {
        !self.suspended
            && self.ladder.may_try(now)
            && (self.ladder.failures() == 0 || self.connected > 0)
            && self.ready.len() < if self.connected > 0 { WINDOW } else { COLD_WINDOW }
            && (self.stored.ready == 0
                || self.stored_senders.as_ref().is_some_and(|known| !known.contains(&sender)))
    }

    /// A new consignment arrives in memory.
    pub fn push(&mut self, consignment: Consignment<M>, now: Timestamp) {
        self.rates.entered(now);
        self.empty_since = None;
        self.ready.push(consignment);
    }

    /// A new consignment arrives in the store.
    pub fn push_stored(&mut self, sender: u64, waits: Waits, now: Timestamp) {
        self.rates.entered(now);
        self.store(sender, waits);
    }

    /// A consignment comes from the store, where it waited for `waits`.
    pub fn load(&mut self, consignment: Consignment<M>, waits: Waits) {
        self.unstore(waits);
        self.empty_since = None;
        self.ready.push(consignment);
    }

    /// How many consignments should come from the store at `now`; none when what is in memory
    /// suffices, or nothing in the store could be sent.
    pub fn wanted(&self, now: Timestamp) -> Option<usize> {
        let due = self.stored.ready > 0
            || self.stored.earliest.is_some_and(|earliest| earliest <= self.due(now))
            || (self.stored.deferred > 0 && self.look_again.is_some_and(|again| again <= now));
        if self.suspended || !self.ladder.may_try(now) || !due || self.ready.len() >= LOW_WATER {
            return None;
        }
        if self.connected == 0 {
            return (self.ready.len() < PROBE).then_some(PROBE);
        }
        Some(BATCH)
    }

    /// What waits until then is due at `now`.
    pub fn due(&self, now: Timestamp) -> Timestamp {
        self.due_before.map_or(now, |before| before.max(now))
    }

    /// The earliest time that any of the deferred in the store waits for, as the store says at
    /// `now`.
    pub fn set_earliest(&mut self, earliest: Option<Timestamp>, now: Timestamp) {
        self.stored.earliest = earliest.filter(|_| self.stored.deferred > 0);
        let again = if self.stored.earliest.is_some() { BELIEVED } else { DOUBTED };
        self.look_again = Some(now + again).filter(|_| self.stored.deferred > 0);
    }

    /// Takes the next consignment to send: senders in turn, each sender's in order.
    pub fn take(&mut self) -> Option<Consignment<M>> {
        if self.suspended {
            return None;
        }
        let consignment = self.ready.pop()?;
        self.in_flight.entry(consignment.id).or_default().push(consignment.clone());
        self.in_flight_count += 1;
        Some(consignment)
    }

    /// Takes the consignment of this message that is ready, if it has no more than `most` recipients:
    /// it goes with another of the same message.
    pub fn take_of(&mut self, id: MessageId, most: usize) -> Option<Consignment<M>> {
        let is_it = |c: &Consignment<M>| c.id == id && c.recipients.len() <= most;
        if self.suspended || !self.ready.iter().any(is_it) {
            return None;
        }
        let mut found = false;
        let taken = self.ready.extract_if(|c| {
            let takes = !found && is_it(c);
            found |= takes;
            takes
        });
        let consignment = taken.into_iter().next()?;
        self.in_flight.entry(consignment.id).or_default().push(consignment.clone());
        self.in_flight_count += 1;
        Some(consignment)
    }

    /// A consignment that was taken is finished, or lives on elsewhere.
    pub fn finish(&mut self, consignment: &Consignment<M>, now: Timestamp) {
        self.land(consignment);
        self.rates.left(now);
        self.note_emptiness(now);
    }

    /// A consignment that was taken comes back with what is left of it, to be tried again at once.
    pub fn put_back(&mut self, consignment: Consignment<M>) {
        self.land(&consignment);
        self.empty_since = None;
        self.ready.push_front(consignment);
    }

    /// A consignment that was taken waits in the store from now on.
    pub fn set_aside(&mut self, consignment: &Consignment<M>, waits: Waits) {
        self.land(consignment);
        self.store(consignment.sender, waits);
    }

    /// A part of a consignment that was taken waits in the store from now on.
    pub fn split_off(&mut self, sender: u64, waits: Waits) {
        self.store(sender, waits);
    }

    /// Everything that is ready in memory goes back to the store, where it waits for what `waits`
    /// says.
    pub fn evict(&mut self, waits: impl Fn(&Consignment<M>) -> Waits) -> Vec<Consignment<M>> {
        let out = self.ready.extract_if(|_| true);
        for consignment in &out {
            self.store(consignment.sender, waits(consignment));
        }
        out
    }

    /// Takes out what is ready in memory and `condition` holds for.
    pub fn extract_if(
        &mut self,
        now: Timestamp,
        condition: impl FnMut(&Consignment<M>) -> bool,
    ) -> Vec<Consignment<M>> {
        let out = self.ready.extract_if(condition);
        for _ in &out {
            self.rates.left(now);
        }
        self.note_emptiness(now);
        out
    }

    /// A consignment in the store, where it waited for `waits`, is finished or lives on elsewhere.
    pub fn left_store(&mut self, waits: Waits, now: Timestamp) {
        self.unstore(waits);
        self.rates.left(now);
        self.note_emptiness(now);
    }

    /// A consignment in the store waits for something else.
    pub fn waits_otherwise(&mut self, sender: u64, before: Waits, after: Waits) {
        self.unstore(before);
        self.store(sender, after);
    }

    /// Everything in memory, with whether it is under way. In no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&Consignment<M>, bool)> {
        let waiting = self.ready.iter().map(|c| (c, false));
        waiting.chain(self.in_flight.values().flatten().map(|c| (c, true)))
    }

    /// How much is in it.
    pub fn counts(&self) -> QueueCounts {
        QueueCounts {
            ready: self.ready.len(),
            in_flight: self.in_flight_count,
            stored: self.stored,
        }
    }

    /// How much of what is ready in memory is of each priority.
    pub fn ready_per_priority(&self) -> [usize; 3] {
        self.ready.per_priority()
    }

    /// Whether something could be taken now.
    pub fn has_ready(&self) -> bool {
        !self.suspended && self.ready.len() > 0
    }

    /// When the next attempt is made, of the next hop or else of the first deferred message.
    pub fn next_retry(&self) -> Option<Timestamp> {
        let first =
            self.stored.earliest.filter(|_| self.ready.len() == 0 && self.stored.ready == 0);
        match (self.ladder.next_attempt(), first) {
            (Some(next_hop), Some(message)) => Some(next_hop.max(message)),
            (next_hop, message) => next_hop.or(message),
        }
    }

    /// Makes what waits for a time of its own due, and the next hop too (Retry-Queue). Nothing
    /// that is put off from now on waits for a time before `now` and `interval`.
    pub fn retry_now(&mut self, now: Timestamp, interval: TimeSpan) {
        self.ladder.retry_now();
        if self.stored.deferred > 0 {
            let before = Timestamp::from_millis((now + interval).as_millis() - 1);
            self.due_before = Some(before);
        }
    }

    /// Suspends it: it takes messages in and gives none out.
    pub fn suspend(&mut self) {
        self.suspended = true;
    }

    /// Ends a suspension.
    pub fn resume(&mut self) {
        self.suspended = false;
    }

    /// Whether an administrator has suspended it.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// Where the next hop stands on the ladder.
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// A connection is being opened.
    pub fn connecting(&mut self) {
        self.connecting += 1;
        self.rests = false;
    }

    /// The connection stands. That says little yet: a host that greets and then refuses
    /// everything is not reached.
    pub fn connected(&mut self) {
        self.connecting = self.connecting.saturating_sub(1);
        self.connected += 1;
    }

    /// A transaction came to an answer: the ladder starts anew. Whether it had been climbed.
    pub fn answered(&mut self) -> bool {
        let had_failed = self.ladder.last_attempt().is_some();
        self.ladder.succeed();
        had_failed
    }

    /// One connection more than the next hop likes: make do with those that stand for a while.
    pub fn refused_another(&mut self, until: Timestamp) {
        self.grow_not_before = Some(until);
    }

    /// Whether another connection may be opened beside those there are.
    pub fn may_grow(&self, now: Timestamp) -> bool {
        self.grow_not_before.is_none_or(|until| until <= now)
    }

    /// The connection could not be opened.
    pub fn connect_failed(&mut self) {
        self.connecting = self.connecting.saturating_sub(1);
        self.forget_refusal_when_alone();
    }

    /// A connection that stood was closed.
    pub fn disconnected(&mut self) {
        self.connected = self.connected.saturating_sub(1);
        self.forget_refusal_when_alone();
    }

    /// The next hop failed: the ladder is climbed, once for all connections that were being
    /// tried at the same time.
    pub fn next_hop_failed(&mut self, now: Timestamp, schedule: &RetrySchedule, error: String) {
        if self.ladder.may_try(now) {
            self.ladder.fail(now, schedule, error);
            self.rests = true;
        }
    }

    /// The next attempt is made then.
    pub fn try_again_at(&mut self, time: Timestamp) {
        self.ladder.try_again_at(time);
    }

    /// The way to the next hop is barred: everything waits until `until`, and the ladder is not
    /// climbed.
    pub fn way_barred(&mut self, now: Timestamp, until: Timestamp, error: String) {
        if self.ladder.may_try(now) {
            self.ladder.hold(now, until, error);
            self.rests = true;
        }
    }

    /// Connections open or being opened.
    pub fn connections(&self) -> u32 {
        self.connecting + self.connected
    }

    /// Connections that stand.
    pub fn established(&self) -> u32 {
        self.connected
    }

    /// What an administrator reads.
    pub fn status(&self) -> QueueStatus {
        if self.suspended {
            QueueStatus::Suspended
        } else if self.connected > 0 && self.in_flight_count > 0 {
            QueueStatus::Active
        } else if self.connecting > 0 && !self.rests {
            QueueStatus::Connecting
        } else if self.ladder.next_attempt().is_some() {
            QueueStatus::Retry
        } else if self.ready.len() + self.in_flight_count > 0 || self.stored.ready > 0 {
            QueueStatus::Active
        } else if self.stored.deferred > 0 {
            QueueStatus::Retry
        } else {
            QueueStatus::Ready
        }
    }

    /// Messages per second.
    pub fn rates(&mut self, now: Timestamp) -> Rates {
        self.rates.rates(now)
    }

    /// Since when it has been empty and without connections; `None` while in use. A suspended
    /// queue is in use: what an administrator said of it holds for what comes next.
    pub fn idle_since(&self) -> Option<Timestamp> {
        self.empty_since.filter(|_| self.connections() == 0 && !self.suspended)
    }

    /// "One more than it has" means nothing once it has none.
    fn forget_refusal_when_alone(&mut self) {
        if self.connections() == 0 {
            self.grow_not_before = None;
        }
    }

    fn store(&mut self, sender: u64, waits: Waits) {
        self.empty_since = None;
        self.stored.add(waits);
        if waits == Waits::Turn
            && let Some(known) = &mut self.stored_senders
        {
            known.insert(sender);
            if known.len() > KNOWN_SENDERS {
                self.stored_senders = None;
            }
        }
    }

    fn unstore(&mut self, waits: Waits) {
        self.stored.remove(waits);
        if self.stored.ready == 0 {
            self.stored_senders = Some(HashSet::new());
        }
    }

    fn land(&mut self, consignment: &Consignment<M>) {
        let Some(flying) = self.in_flight.get_mut(&consignment.id) else { return };
        // Of a message with two consignments here, the one with these recipients lands; what
        // comes back may have fewer of them than what left.
        let place = flying
            .iter()
            .position(|c| consignment.recipients.iter().all(|r| c.recipients.contains(r)));
        if let Some(place) = place {
            flying.swap_remove(place);
            self.in_flight_count -= 1;
        }
        if flying.is_empty() {
            self.in_flight.remove(&consignment.id);
        }
    }

    fn note_emptiness(&mut self, now: Timestamp) {
        if self.counts().total() == 0 {
            self.empty_since.get_or_insert(now);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
