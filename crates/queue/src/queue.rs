//! One queue: what is ready, in fair order; what waits for a time of its own; what is under
//! way; and where its next hop stands on the retry ladder.

use std::collections::{BTreeMap, HashMap, VecDeque};

use model::{MessageId, Timestamp};

use crate::{Ladder, QueueKey, RateMeter, Rates, RetrySchedule};

/// Recipients of one message that go to the same next hop together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment<M> {
    /// The message's number.
    pub id: MessageId,
    /// The message.
    pub message: M,
    /// Indexes into its envelope; never empty.
    pub recipients: Vec<u32>,
    /// Who sent it, as a hash: the unit of fairness within a queue.
    pub sender: u64,
    /// Attempts in which this message (not the next hop) was put off.
    pub attempts: u32,
    /// Not to be tried before; set by the message's own 4xx.
    pub not_before: Option<Timestamp>,
    /// The message's own last failure.
    pub last_error: Option<String>,
}

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
}

impl QueueStatus {
    /// The name that is shown and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Connecting => "Connecting",
            Self::Ready => "Ready",
            Self::Retry => "Retry",
        }
    }
}

/// How much is in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueCounts {
    /// Waiting to be sent now.
    pub ready: usize,
    /// Waiting for a time of their own.
    pub deferred: usize,
    /// Being sent.
    pub in_flight: usize,
}

impl QueueCounts {
    /// All of them.
    pub fn total(&self) -> usize {
        self.ready + self.deferred + self.in_flight
    }
}

/// The consignments of one next hop.
#[derive(Debug)]
pub struct Queue<M> {
    key: QueueKey,
    /// Senders with something ready, in turn.
    turns: VecDeque<u64>,
    ready: HashMap<u64, VecDeque<Consignment<M>>>,
    ready_count: usize,
    deferred: BTreeMap<(Timestamp, u64), Consignment<M>>,
    sequence: u64,
    in_flight: HashMap<MessageId, Vec<Consignment<M>>>,
    in_flight_count: usize,
    ladder: Ladder,
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
            turns: VecDeque::new(),
            ready: HashMap::new(),
            ready_count: 0,
            deferred: BTreeMap::new(),
            sequence: 0,
            in_flight: HashMap::new(),
            in_flight_count: 0,
            ladder: Ladder::default(),
            connecting: 0,
            connected: 0,
            grow_not_before: None,
            rates: RateMeter::default(),
            empty_since: Some(now),
        }
    }

    /// Its identity.
    pub fn key(&self) -> &QueueKey {
        &self.key
    }

    /// A new consignment arrives.
    pub fn push(&mut self, consignment: Consignment<M>, now: Timestamp) {
        self.rates.entered(now);
        self.place(consignment, now);
    }

    /// Takes the next consignment to send: senders in turn, each sender's in order.
    pub fn take(&mut self, now: Timestamp) -> Option<Consignment<M>> {
        self.wake_deferred(now);
        let sender = self.turns.pop_front()?;
        let theirs = self.ready.get_mut(&sender)?;
        let consignment = theirs.pop_front()?;
        if theirs.is_empty() {
            self.ready.remove(&sender);
        } else {
            self.turns.push_back(sender);
        }
        self.ready_count -= 1;
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

    /// A consignment that was taken comes back with what is left of it: `recipients` to try
    /// again, not before `not_before`.
    pub fn put_back(&mut self, consignment: Consignment<M>, now: Timestamp) {
        self.land(&consignment);
        self.place(consignment, now);
    }

    /// Takes out everything that is not under way and that `condition` holds for.
    pub fn extract_if(
        &mut self,
        now: Timestamp,
        mut condition: impl FnMut(&Consignment<M>) -> bool,
    ) -> Vec<Consignment<M>> {
        let mut out = Vec::new();
        for theirs in self.ready.values_mut() {
            let (gone, stay) = theirs.drain(..).partition(|c| condition(c));
            *theirs = stay;
            let gone: VecDeque<_> = gone;
            out.extend(gone);
        }
        self.ready_count -= out.len();
        self.ready.retain(|_, theirs| !theirs.is_empty());
        let ready = &self.ready;
        self.turns.retain(|sender| ready.contains_key(sender));
        let due: Vec<_> =
            self.deferred.iter().filter(|(_, c)| condition(c)).map(|(key, _)| *key).collect();
        out.extend(due.iter().filter_map(|key| self.deferred.remove(key)));
        for _ in &out {
            self.rates.left(now);
        }
        self.note_emptiness(now);
        out
    }

    /// Everything in the queue, with whether it is under way. In no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&Consignment<M>, bool)> {
        let waiting = self.ready.values().flatten().chain(self.deferred.values());
        waiting.map(|c| (c, false)).chain(self.in_flight.values().flatten().map(|c| (c, true)))
    }

    /// How much is in it.
    pub fn counts(&self) -> QueueCounts {
        QueueCounts {
            ready: self.ready_count,
            deferred: self.deferred.len(),
            in_flight: self.in_flight_count,
        }
    }

    /// Whether something could be taken at `now`.
    pub fn has_ready(&mut self, now: Timestamp) -> bool {
        self.wake_deferred(now);
        self.ready_count > 0
    }

    /// The next moment at which something becomes possible by itself: the ladder's next
    /// attempt, or the first deferred consignment.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let deferred = self.deferred.keys().next().map(|(at, _)| *at);
        let retry = self.ladder.next_attempt();
        match (self.ready_count > 0, retry, deferred) {
            (true, Some(retry), _) => Some(retry),
            (true, None, _) => Some(Timestamp::from_millis(0)),
            (false, Some(retry), Some(deferred)) => Some(retry.max(deferred)),
            (false, None, deferred) => deferred,
            (false, Some(_), None) => None,
        }
    }

    /// Makes deferred consignments ready at once, and the next hop due (Retry-Queue).
    pub fn retry_now(&mut self, now: Timestamp) {
        self.ladder.retry_now();
        for (_, mut consignment) in std::mem::take(&mut self.deferred) {
            consignment.not_before = None;
            self.place(consignment, now);
        }
    }

    /// Where the next hop stands on the ladder.
    pub fn ladder(&self) -> &Ladder {
        &self.ladder
    }

    /// A connection is being opened.
    pub fn connecting(&mut self) {
        self.connecting += 1;
    }

    /// The connection stands. That says little yet: a host that greets and then refuses
    /// everything is not reached.
    pub fn connected(&mut self) {
        self.connecting = self.connecting.saturating_sub(1);
        self.connected += 1;
    }

    /// A transaction came to an answer: the ladder starts anew.
    pub fn answered(&mut self) {
        self.ladder.succeed();
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
        }
    }

    /// The way to the next hop is barred: everything waits until `until`, and the ladder is not
    /// climbed.
    pub fn way_barred(&mut self, now: Timestamp, until: Timestamp, error: String) {
        if self.ladder.may_try(now) {
            self.ladder.hold(now, until, error);
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
        if self.connected > 0 && self.in_flight_count > 0 {
            QueueStatus::Active
        } else if self.connecting > 0 {
            QueueStatus::Connecting
        } else if self.ladder.next_attempt().is_some() {
            QueueStatus::Retry
        } else if self.ready_count + self.in_flight_count > 0 {
            QueueStatus::Active
        } else if !self.deferred.is_empty() {
            QueueStatus::Retry
        } else {
            QueueStatus::Ready
        }
    }

    /// Messages per second.
    pub fn rates(&mut self, now: Timestamp) -> Rates {
        self.rates.rates(now)
    }

    /// Since when it has been empty and without connections; `None` while in use.
    pub fn idle_since(&self) -> Option<Timestamp> {
        self.empty_since.filter(|_| self.connections() == 0)
    }

    /// "One more than it has" means nothing once it has none.
    fn forget_refusal_when_alone(&mut self) {
        if self.connections() == 0 {
            self.grow_not_before = None;
        }
    }

    fn place(&mut self, consignment: Consignment<M>, now: Timestamp) {
        self.empty_since = None;
        match consignment.not_before {
            Some(at) if at > now => {
                self.sequence += 1;
                self.deferred.insert((at, self.sequence), consignment);
            }
            _ => self.make_ready(consignment),
        }
    }

    fn make_ready(&mut self, consignment: Consignment<M>) {
        let sender = consignment.sender;
        let theirs = self.ready.entry(sender).or_default();
        if theirs.is_empty() {
            self.turns.push_back(sender);
        }
        theirs.push_back(consignment);
        self.ready_count += 1;
    }

    fn wake_deferred(&mut self, now: Timestamp) {
        while let Some(entry) = self.deferred.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let consignment = entry.remove();
            self.make_ready(consignment);
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
