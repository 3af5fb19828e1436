//! Pools: queues that lead to the same hosts by the same connector share what is known of those hosts.
//!
//! A million domains are hosted by a few providers. What one queue of a pool has learned holds for all:
//! hosts that do not answer cost one attempt and not one for each domain; a connection that has nothing
//! more to carry for one queue carries for the next; and how many connections the hosts like is one
//! number. Whose mail a connection carries goes in turn among the queues that wait for one.
//!
//! Which pool a queue belongs to is known once its hosts have been looked up, and looked up anew for
//! each connection: a domain that moves changes its pool.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use model::{Guid, TimeSpan, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// A queue, as far as its pool knows it.
pub(crate) trait Member: Sized {
    /// Its number on this server.
    fn number(&self) -> u64;
    /// The connector it sends by.
    fn connector(&self) -> Guid;
    /// Says whether it waits in its pool for its turn; what was so before comes back.
    fn set_waits(&self, waits: bool) -> bool;
    /// Its pool from now on; the one before comes back.
    fn set_pool(&self, pool: &Arc<Pool<Self>>, now: Timestamp) -> Option<Arc<Pool<Self>>>;
}

/// What the queues of a pool have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PoolKey {
    pub(crate) connector: Guid,
    /// In order of the alphabet.
    pub(crate) hosts: Vec<String>,
    /// What is demanded of them, where that depends on the domain: a connection that is good enough for one
    /// domain may not be for another.
    pub(crate) demands: String,
}

/// What is known of hosts that several queues lead to.
pub(crate) struct Pool<M> {
    key: PoolKey,
    state: Mutex<State<M>>,
    /// Connections being opened, and those that stand.
    opening: AtomicU32,
    standing: AtomicU32,
    /// Workers with an idle connection, and what wakes them.
    pub(crate) idle: AtomicU32,
    pub(crate) wake: Notify,
}

struct State<M> {
    members: HashMap<u64, Weak<M>>,
    /// Queues that wait for a connection of the others, in turn.
    waiting: VecDeque<Weak<M>>,
    down: Option<Down>,
    /// What was learned here.
    limit: Option<Limit>,
    /// This server's share of what all servers have learned.
    agreed: Option<Limit>,
    /// Connections that had carried all they may: until when each counts as if it stood.
    spent: Vec<Timestamp>,
}

impl<M> State<M> {
    /// A pool begins with one connection, and each that works may bring another.
    fn may_grow(&self, opening: u32, standing: u32, now: Timestamp) -> bool {
        let limit = self.limit_at(now);
        let open = opening + standing;
        let working = (standing + self.spent(now)).max(1);
        limit.is_none_or(|limit| open < limit.most) && open < 2 * working
    }

    /// The lower of what was learned and what was agreed.
    fn limit_at(&self, now: Timestamp) -> Option<&Limit> {
        let both = [&self.limit, &self.agreed].into_iter().flatten();
        both.filter(|limit| limit.until > now).min_by_key(|limit| limit.most)
    }

    fn spent(&self, now: Timestamp) -> u32 {
        self.spent.iter().filter(|until| **until > now).count() as u32
    }
}

/// A connection counts for at least so long after it is spent.
const LEAST_COUNTED: TimeSpan = TimeSpan::millis(20);
/// For at most so long.
const MOST_COUNTED: TimeSpan = TimeSpan::seconds(30);

/// No host could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Down {
    pub(crate) error: String,
    /// When the next attempt is made.
    pub(crate) until: Timestamp,
}

/// The hosts have refused one connection more, or asked for less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) most: u32,
    pub(crate) until: Timestamp,
    pub(crate) cause: String,
}

/// Whether a queue that wants a connection to the hosts of its pool may open one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Open,
    /// Another queue's connection will carry for it, or another is finding out whether one can be had.
    Wait,
    Down(Down),
}

impl<M: Member> Pool<M> {
    fn new(key: PoolKey) -> Self {
        Self {
            key,
            state: Mutex::new(State {
                members: HashMap::new(),
                waiting: VecDeque::new(),
                down: None,
                limit: None,
                agreed: None,
                spent: Vec::new(),
            }),
            opening: AtomicU32::new(0),
            standing: AtomicU32::new(0),
            idle: AtomicU32::new(0),
            wake: Notify::new(),
        }
    }

    /// What its queues have in common.
    pub(crate) fn key(&self) -> &PoolKey {
        &self.key
    }

    /// Whether more than one queue leads here.
    pub(crate) fn is_shared(&self) -> bool {
        self.state.lock().members.len() > 1
    }

    /// The queues.
    pub(crate) fn members(&self) -> Vec<Arc<M>> {
        self.state.lock().members.values().filter_map(Weak::upgrade).collect()
    }

    /// Connections being opened, and those that stand.
    pub(crate) fn connections(&self) -> (u32, u32) {
        (self.opening.load(Ordering::Acquire), self.standing.load(Ordering::Acquire))
    }

    /// What the hosts have asked for, while that is minded.
    pub(crate) fn limit(&self, now: Timestamp) -> Option<Limit> {
        self.state.lock().limit_at(now).cloned()
    }

    /// Whether one connection more may be opened beside those there are.
    pub(crate) fn may_grow(&self, now: Timestamp) -> bool {
        let (opening, standing) = self.connections();
        self.state.lock().may_grow(opening, standing, now)
    }

    /// A connection that worked has carried all it may, and took so long from the beginning to the end. It counts
    /// as long again as if it stood: where connections carry a message each, none may stand at the moment in which
    /// the next is asked for, however many the hosts take.
    pub(crate) fn spent(&self, took: TimeSpan, now: Timestamp) {
        let mut state = self.state.lock();
        state.spent.retain(|until| *until > now);
        state.spent.push(now + took.clamp(LEAST_COUNTED, MOST_COUNTED));
    }

    /// Connections that were spent a moment ago.
    pub(crate) fn just_spent(&self, now: Timestamp) -> u32 {
        self.state.lock().spent(now)
    }

    /// Whether more connections stand than the hosts like: one of them is to go.
    pub(crate) fn has_too_many(&self, now: Timestamp) -> bool {
        let (_, standing) = self.connections();
        self.limit(now).is_some_and(|limit| standing > limit.most)
    }

    /// Asks for a connection for `handle`: one that may be opened is counted as being opened. When it is
    /// to wait, its turn comes.
    pub(crate) fn admit(&self, handle: &Arc<M>, now: Timestamp) -> Admission {
        {
            // One at a time: of two that ask at once only one finds that nobody tries.
            let state = self.state.lock();
            let (opening, standing) = self.connections();
            let may_open = if standing + state.spent(now) == 0 {
                if let Some(down) = state.down.clone().filter(|down| down.until > now) {
                    return Admission::Down(down);
                }
                opening == 0
            } else {
                self.idle.load(Ordering::Acquire) == 0 && state.may_grow(opening, standing, now)
            };
            if may_open {
                self.count(Counted::Not, Counted::Opening);
                return Admission::Open;
            }
        }
        self.wait(handle);
        Admission::Wait
    }

    /// The queue waits for a connection of another; one that is idle comes at once.
    pub(crate) fn wait(&self, handle: &Arc<M>) {
        if !handle.set_waits(true) {
            self.state.lock().waiting.push_back(Arc::downgrade(handle));
        }
        if self.idle.load(Ordering::Acquire) > 0 {
            self.wake.notify_one();
        }
    }

    /// The queue whose turn it is.
    pub(crate) fn next_waiting(&self) -> Option<Arc<M>> {
        let mut state = self.state.lock();
        while let Some(handle) = state.waiting.pop_front() {
            if let Some(handle) = handle.upgrade() {
                handle.set_waits(false);
                return Some(handle);
            }
        }
        None
    }

    /// Whether any queue waits for its turn.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.state.lock().waiting.is_empty()
    }

    /// None of the hosts could be used; the next attempt is made at `until`. How many connections they
    /// liked while they went down says nothing of when they are back.
    pub(crate) fn failed(&self, error: String, until: Timestamp) {
        let mut state = self.state.lock();
        state.down = Some(Down { error, until });
        state.limit = None;
        state.spent.clear();
    }

    /// The hosts work. Whether they were thought not to.
    pub(crate) fn works(&self) -> bool {
        self.state.lock().down.take().is_some()
    }

    /// Somebody wants to know now whether they do.
    pub(crate) fn try_now(&self) {
        if let Some(down) = &mut self.state.lock().down {
            down.until = Timestamp::from_millis(0);
        }
    }

    /// The hosts like no more connections than `most`.
    pub(crate) fn limit_to(&self, most: u32, until: Timestamp, cause: &str) {
        let limit = Limit { most: most.max(1), until, cause: cause.to_owned() };
        self.state.lock().limit = Some(limit);
    }

    /// What was learned here of the hosts, while that is minded.
    fn learned(&self, now: Timestamp) -> Option<Limit> {
        self.state.lock().limit.clone().filter(|limit| limit.until > now)
    }

    /// A worker's connection is counted, from one state to the next.
    pub(crate) fn count(&self, before: Counted, after: Counted) {
        for (counted, add) in [(before, false), (after, true)] {
            let counter = match counted {
                Counted::Opening => &self.opening,
                Counted::Standing => &self.standing,
                Counted::Not => continue,
            };
            if add {
                counter.fetch_add(1, Ordering::AcqRel);
            } else {
                counter.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    fn join(&self, handle: &Arc<M>) {
        let mut state = self.state.lock();
        state.members.entry(handle.number()).or_insert_with(|| Arc::downgrade(handle));
    }

    fn leave(&self, number: u64) {
        self.state.lock().members.remove(&number);
    }

    /// Forgets queues that are gone; whether any is left.
    fn sweep(&self) -> bool {
        let mut state = self.state.lock();
        state.members.retain(|_, handle| handle.strong_count() > 0);
        !state.members.is_empty()
    }
}

/// As what a pool counts a worker's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Opening,
    Standing,
    Not,
}

/// The pools of a server.
pub(crate) struct Pools<M> {
    pools: Mutex<HashMap<PoolKey, Arc<Pool<M>>>>,
}

impl<M> Default for Pools<M> {
    fn default() -> Self {
        Self { pools: Mutex::default() }
    }
}

impl<M: Member> Pools<M> {
    /// The pool of these hosts, of which this is demanded; the queue belongs to it from now on.
    pub(crate) fn join(
        &self,
        handle: &Arc<M>,
        (hosts, demands): (Vec<String>, String),
        now: Timestamp,
    ) -> Arc<Pool<M>> {
        let key = PoolKey { connector: handle.connector(), hosts, demands };
        let pool = {
            let mut pools = self.pools.lock();
            let pool = pools.entry(key).or_insert_with_key(|key| Arc::new(Pool::new(key.clone())));
            // While the list is held: a pool that somebody has joined is not forgotten.
            pool.join(handle);
            Arc::clone(pool)
        };
        if let Some(former) =
            handle.set_pool(&pool, now).filter(|former| !Arc::ptr_eq(former, &pool))
        {
            former.leave(handle.number());
        }
        pool
    }

    /// What was learned here of hosts.
    pub(crate) fn learned(&self, now: Timestamp) -> Vec<(PoolKey, Limit)> {
        let pools = self.pools.lock();
        let learned = pools.iter().filter_map(|(key, pool)| Some((key, pool.learned(now)?)));
        learned.map(|(key, limit)| (key.clone(), limit)).collect()
    }

    /// Minds this server's share of what hosts take.
    pub(crate) fn agree(&self, key: &PoolKey, share: Limit) {
        if let Some(pool) = self.pools.lock().get(key) {
            pool.state.lock().agreed = Some(share);
        }
    }

    /// Forgets pools that no queue belongs to.
    pub(crate) fn sweep(&self) {
        self.pools.lock().retain(|_, pool| pool.sweep());
    }
}

#[cfg(test)]
#[path = "pools_tests.rs"]
mod tests;
