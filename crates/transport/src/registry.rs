//! All queues of a server by their identity. A queue is made when something is routed to it
//! and goes when it has been empty for QueueMaxIdleTime. Its number is its own over restarts, as
//! soon as the store knows it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
};

use model::{Guid, TimeSpan, Timestamp};
use parking_lot::{Mutex, MutexGuard, RwLock};
use queue::{Consignment, Queue, QueueKey, Waits};
use tokio::sync::Notify;

use crate::{
    pools::{Member, Pool},
    queued::Carried,
};

/// So long the hosts of a queue are believed to be what they were, where another queue's connection could
/// carry for it. Its own connections look each time.
const FRESH: TimeSpan = TimeSpan::minutes(5);

/// A consignment of this service.
pub(crate) type Item = Consignment<Carried>;

/// One queue and those who work on it.
pub(crate) struct QueueHandle {
    key: QueueKey,
    number: u64,
    queue: Mutex<Queue<Carried>>,
    /// Wakes a worker that keeps an idle connection.
    pub(crate) wake: Notify,
    /// Workers with an idle connection.
    pub(crate) idle: AtomicU32,
    /// Rotates smart hosts.
    pub(crate) turn: AtomicUsize,
    /// When its messages were routed last for having waited so long that nothing left, or since when
    /// it is known here.
    routed_at: Mutex<Timestamp>,
    /// The host with which the last session failed.
    avoid: Mutex<Option<String>>,
    /// Whether it stands on the list of queues the dispatcher is to look at.
    listed: AtomicBool,
    /// Whether mail is being loaded from the store.
    pub(crate) loading: AtomicBool,
    /// Whether the store knows it.
    stored: AtomicBool,
    /// Held while what the store is to know of it is written down and handed in: the later counts.
    pub(crate) keeping: Mutex<()>,
    /// The pool it belonged to when its hosts were looked up last, and when that was.
    pool: Mutex<Option<(Arc<Pool<Self>>, Timestamp)>>,
    /// Whether it waits there for its turn.
    waits_in_pool: AtomicBool,
}

impl QueueHandle {
    fn new(queue: Queue<Carried>, number: u64, stored: bool, now: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            key: queue.key().clone(),
            number,
            queue: Mutex::new(queue),
            wake: Notify::new(),
            idle: AtomicU32::new(0),
            turn: AtomicUsize::new(0),
            routed_at: Mutex::new(now),
            avoid: Mutex::new(None),
            listed: AtomicBool::new(false),
            loading: AtomicBool::new(false),
            stored: AtomicBool::new(stored),
            keeping: Mutex::new(()),
            pool: Mutex::new(None),
            waits_in_pool: AtomicBool::new(false),
        })
    }

    /// The queue's identity.
    pub(crate) fn key(&self) -> &QueueKey {
        &self.key
    }

    /// Its number on this server.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Adds a consignment that is in no row of the store. What has to wait comes back, to be put
    /// into the store, where it is counted already.
    fn push(
        &self,
        item: Item,
        now: Timestamp,
        has_memory: impl FnOnce(&Queue<Carried>) -> bool,
    ) -> Option<Item> {
        let mut queue = self.queue.lock();
        if has_memory(&queue)
            && self.key.delivery_type.is_delivery()
            && queue.admits(item.sender, now)
        {
            queue.push(item, now);
            return None;
        }
        queue.push_stored(item.sender, Waits::Turn, now);
        Some(item)
    }

    /// Whether the store knows the queue; from now on it does.
    pub(crate) fn is_stored(&self) -> bool {
        self.stored.swap(true, Ordering::AcqRel)
    }

    /// Since when nothing has left it although its next hop was tried, nor been routed again for
    /// that; none while it works.
    pub(crate) fn stands_since(&self) -> Option<Timestamp> {
        let first_failure = self.queue.lock().ladder().first_failure()?;
        Some(first_failure.max(*self.routed_at.lock()))
    }

    /// Its messages are routed again.
    pub(crate) fn routed_again(&self, now: Timestamp) {
        *self.routed_at.lock() = now;
    }

    /// The host to be tried after the others.
    pub(crate) fn avoid(&self) -> Option<String> {
        self.avoid.lock().clone()
    }

    /// Remembers the host with which a session failed, or forgets it.
    pub(crate) fn set_avoid(&self, host: Option<String>) {
        *self.avoid.lock() = host;
    }

    /// The pool it belongs to, if its hosts have been looked up lately.
    pub(crate) fn pool(&self, now: Timestamp) -> Option<Arc<Pool<Self>>> {
        let pool = self.pool.lock();
        pool.as_ref().filter(|(_, at)| now.since(*at) < FRESH).map(|(pool, _)| Arc::clone(pool))
    }

    /// Whether it belongs to `pool` now.
    pub(crate) fn belongs_to(&self, pool: &Arc<Pool<Self>>, now: Timestamp) -> bool {
        self.pool(now).is_some_and(|its| Arc::ptr_eq(&its, pool))
    }

    /// Makes what waits due, and the next hop too, whatever its pool knows of the hosts.
    pub(crate) fn retry_now(&self, now: Timestamp, interval: TimeSpan) {
        if let Some((pool, _)) = &*self.pool.lock() {
            pool.try_now();
        }
        self.lock().retry_now(now, interval);
    }

    /// The queue itself; hold it briefly.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Queue<Carried>> {
        self.queue.lock()
    }
}

impl Member for QueueHandle {
    fn number(&self) -> u64 {
        self.number
    }

    fn connector(&self) -> Guid {
        self.key.connector
    }

    fn set_waits(&self, waits: bool) -> bool {
        self.waits_in_pool.swap(waits, Ordering::AcqRel)
    }

    fn set_pool(&self, pool: &Arc<Pool<Self>>, now: Timestamp) -> Option<Arc<Pool<Self>>> {
        let former = self.pool.lock().replace((Arc::clone(pool), now)).map(|(former, _)| former);
        if former.as_ref().is_some_and(|former| !Arc::ptr_eq(former, pool)) {
            // Its turn there never comes.
            self.set_waits(false);
        }
        former
    }
}

/// The queues of a server.
#[derive(Default)]
pub(crate) struct Registry {
    queues: RwLock<HashMap<QueueKey, Arc<QueueHandle>>>,
    last_number: AtomicU64,
    /// Queues in which something may have become possible.
    attention: Mutex<Vec<Arc<QueueHandle>>>,
    attend: Notify,
    /// Numbers of queues that rows of the store name and nobody knows.
    unknown: Mutex<BTreeSet<u64>>,
}

impl Registry {
    /// A queue that the store knows, at start.
    pub(crate) fn restore(&self, number: u64, queue: Queue<Carried>, now: Timestamp) {
        self.last_number.fetch_max(number, Ordering::Relaxed);
        let handle = QueueHandle::new(queue, number, true, now);
        self.queues.write().insert(handle.key().clone(), handle);
    }

    /// Puts a consignment that is in no row of the store into its queue, making the queue when
    /// there is none. What has to wait comes back, to be put into the store.
    pub(crate) fn push(
        &self,
        key: &QueueKey,
        item: Item,
        now: Timestamp,
        has_memory: impl FnOnce(&Queue<Carried>) -> bool,
    ) -> (Arc<QueueHandle>, Option<Item>) {
        self.with(key, now, |handle| handle.push(item, now, has_memory))
    }

    /// Does something with a queue, making it when there is none. It cannot be forgotten meanwhile.
    pub(crate) fn with<T>(
        &self,
        key: &QueueKey,
        now: Timestamp,
        work: impl FnOnce(&QueueHandle) -> T,
    ) -> (Arc<QueueHandle>, T) {
        let queues = self.queues.read();
        if let Some(handle) = queues.get(key) {
            let done = work(handle);
            return (Arc::clone(handle), done);
        }
        drop(queues);
        let mut queues = self.queues.write();
        let handle = queues.entry(key.clone()).or_insert_with(|| {
            let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
            QueueHandle::new(Queue::new(key.clone(), now), number, false, now)
        });
        let done = work(handle);
        (Arc::clone(handle), done)
    }

    /// The queue of this identity.
    pub(crate) fn find(&self, key: &QueueKey) -> Option<Arc<QueueHandle>> {
        self.queues.read().get(key).cloned()
    }

    /// Sees that somebody works on the queue: a worker with an idle connection at once, else
    /// the dispatcher.
    pub(crate) fn attend(&self, handle: &Arc<QueueHandle>) {
        if handle.idle.load(Ordering::Acquire) > 0 {
            handle.wake.notify_one();
        } else if !handle.listed.swap(true, Ordering::AcqRel) {
            self.attention.lock().push(Arc::clone(handle));
            self.attend.notify_one();
        }
    }

    /// Waits for queues that need attention, and takes them off the list.
    pub(crate) async fn wanting_attention(&self) -> Vec<Arc<QueueHandle>> {
        self.attend.notified().await;
        let handles = std::mem::take(&mut *self.attention.lock());
        for handle in &handles {
            handle.listed.store(false, Ordering::Release);
        }
        handles
    }

    /// All queues, by number.
    pub(crate) fn all(&self) -> Vec<Arc<QueueHandle>> {
        let mut all: Vec<_> = self.queues.read().values().cloned().collect();
        all.sort_by_key(|handle| handle.number);
        all
    }

    /// Takes the content of all messages out of memory; returns how many had any.
    pub(crate) fn release_contents(&self) -> usize {
        let release = |handle: &Arc<QueueHandle>| {
            handle.lock().iter().filter(|(item, _)| item.message.release_content()).count()
        };
        self.all().iter().map(release).sum()
    }

    /// Forgets queues that have been empty and without connections for `longest`; the numbers of
    /// those that the store knows come back, to be forgotten there.
    pub(crate) fn sweep(&self, now: Timestamp, longest: TimeSpan) -> Vec<u64> {
        let is_over = |handle: &QueueHandle| {
            handle.lock().idle_since().is_some_and(|since| now.since(since) >= longest)
        };
        if !self.queues.read().values().any(|handle| is_over(handle)) {
            return Vec::new();
        }
        let mut gone = Vec::new();
        // Pushing holds the read lock, so nothing can arrive in a queue that is being forgotten.
        self.queues.write().retain(|_, handle| {
            let over = is_over(handle);
            if over && handle.stored.load(Ordering::Acquire) {
                gone.push(handle.number);
            }
            !over
        });
        gone
    }

    /// Remembers that a row names a queue that nobody knows.
    pub(crate) fn note_unknown(&self, number: u64) {
        self.unknown.lock().insert(number);
    }

    /// The numbers of queues that are not known, each once.
    pub(crate) fn take_unknown(&self) -> BTreeSet<u64> {
        std::mem::take(&mut *self.unknown.lock())
    }

    /// Queues by their number.
    pub(crate) fn by_number(&self) -> HashMap<u64, Arc<QueueHandle>> {
        self.queues.read().values().map(|handle| (handle.number, Arc::clone(handle))).collect()
    }
}
