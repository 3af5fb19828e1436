//! All queues of a server by their identity. A queue is made when something is routed to it
//! and goes when it has been empty for QueueMaxIdleTime.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
    },
};

use model::{TimeSpan, Timestamp};
use parking_lot::{Mutex, MutexGuard, RwLock};
use queue::{Consignment, DeliveryType, Queue, QueueKey};
use tokio::sync::Notify;

use crate::queued::QueuedMessage;

/// A consignment of this service.
pub(crate) type Item = Consignment<Arc<QueuedMessage>>;

/// One queue and those who work on it.
pub(crate) struct QueueHandle {
    key: QueueKey,
    number: u64,
    queue: Mutex<Queue<Arc<QueuedMessage>>>,
    /// Wakes a worker that keeps an idle connection.
    pub(crate) wake: Notify,
    /// Workers with an idle connection.
    pub(crate) idle: AtomicU32,
    /// Rotates smart hosts.
    pub(crate) turn: AtomicUsize,
    /// The host with which the last session failed.
    avoid: Mutex<Option<String>>,
    /// Whether it stands on the list of queues the dispatcher is to look at.
    listed: AtomicBool,
}

impl QueueHandle {
    /// The queue's identity.
    pub(crate) fn key(&self) -> &QueueKey {
        &self.key
    }

    /// Its number on this server.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Adds a consignment. Where it will wait, its content need not stay in memory.
    fn push(&self, item: Item, now: Timestamp) {
        let mut queue = self.queue.lock();
        let waits = self.key.delivery_type == DeliveryType::Unreachable
            || queue.ladder().next_attempt().is_some();
        if waits {
            item.message.release_content();
        }
        queue.push(item, now);
    }

    /// The host to be tried after the others.
    pub(crate) fn avoid(&self) -> Option<String> {
        self.avoid.lock().clone()
    }

    /// Remembers the host with which a session failed, or forgets it.
    pub(crate) fn set_avoid(&self, host: Option<String>) {
        *self.avoid.lock() = host;
    }

    /// The queue itself; hold it briefly.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Queue<Arc<QueuedMessage>>> {
        self.queue.lock()
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
}

impl Registry {
    /// Puts a consignment into its queue, making the queue when there is none.
    pub(crate) fn push(&self, key: QueueKey, item: Item, now: Timestamp) -> Arc<QueueHandle> {
        if let Some(handle) = self.queues.read().get(&key) {
            handle.push(item, now);
            return Arc::clone(handle);
        }
        let mut queues = self.queues.write();
        let handle = queues.entry(key.clone()).or_insert_with(|| {
            let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
            Arc::new(QueueHandle {
                queue: Mutex::new(Queue::new(key.clone(), now)),
                key,
                number,
                wake: Notify::new(),
                idle: AtomicU32::new(0),
                turn: AtomicUsize::new(0),
                avoid: Mutex::new(None),
                listed: AtomicBool::new(false),
            })
        });
        handle.push(item, now);
        Arc::clone(handle)
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

    /// Forgets queues that have been empty and without connections for `longest`.
    pub(crate) fn sweep(&self, now: Timestamp, longest: TimeSpan) {
        let is_over = |handle: &QueueHandle| {
            handle.lock().idle_since().is_some_and(|since| now.since(since) >= longest)
        };
        if !self.queues.read().values().any(|handle| is_over(handle)) {
            return;
        }
        // Pushing holds the read lock, so nothing can arrive in a queue that is being forgotten.
        self.queues.write().retain(|_, handle| !is_over(handle));
    }
}
