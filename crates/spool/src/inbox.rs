//! What waits for the committing thread: who hands a batch in, when the thread is woken for it, and which
//! of them share a transaction. Under load a group is given a moment more ([`Gathering`]).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::oneshot;

use crate::{
    SpoolError,
    batch::Batch,
    gathering::{self, Gathering},
    metrics::SpoolMetrics,
};

/// Removals without a waiter are committed at the latest after this; usually they ride along.
const LINGER: Duration = Duration::from_millis(50);
/// Content in one transaction is bounded, so that one huge group cannot delay the others.
const GROUP_BYTES: usize = 32 << 20;
/// Disk space is given back when nothing has been asked for this long.
const QUIET: Duration = Duration::from_secs(2);

pub(crate) type Waiter = oneshot::Sender<Result<(), SpoolError>>;

#[derive(Default)]
struct Pending {
    requests: Vec<(Batch, Option<Waiter>)>,
    /// How many of the requests have somebody waiting.
    waiting: usize,
    /// What all of them hold, in bytes.
    bytes: usize,
    /// The thread sleeps until so many wait.
    wanted: usize,
    gathering: Gathering,
    closing: bool,
}

/// What the thread and its callers share.
#[derive(Default)]
pub(crate) struct Inbox {
    pending: Mutex<Pending>,
    wake: Condvar,
    /// Set after repeated failures; nothing is accepted until it is taken back.
    stopped: AtomicBool,
    /// Changes that nobody waits for and that the thread could not store yet.
    owed: AtomicUsize,
    /// These are too many.
    behind: AtomicBool,
    /// What the thread counts.
    pub(crate) metrics: SpoolMetrics,
}

impl Inbox {
    /// Hands in a batch. The thread is woken by the first, and when as many wait as it sleeps for.
    pub(crate) fn push(&self, batch: Batch, waiter: Option<Waiter>) {
        let mut pending = self.pending.lock();
        let is_first = pending.requests.is_empty();
        let is_waited_for = waiter.is_some();
        if let Some(waiter) = waiter {
            if self.stopped.load(Ordering::Relaxed) || pending.closing {
                let _ = waiter.send(Err(SpoolError::Stopped));
                return;
            }
            pending.waiting += 1;
            pending.bytes += batch.bytes();
            pending.requests.push((batch, Some(waiter)));
        } else {
            pending.bytes += batch.bytes();
            pending.requests.push((batch, None));
        }
        if is_first || (is_waited_for && pending.waiting >= pending.wanted) {
            self.wake.notify_one();
        }
    }

    /// What waits for the thread: batches and their bytes.
    pub(crate) fn backlog(&self) -> (usize, usize) {
        let pending = self.pending.lock();
        (pending.requests.len() + self.owed.load(Ordering::Relaxed), pending.bytes)
    }

    /// Tells the thread to finish what it has and to end.
    pub(crate) fn close(&self) {
        self.pending.lock().closing = true;
        self.wake.notify_one();
    }

    /// Stops acceptance, or takes that back.
    pub(crate) fn set_stopped(&self, stopped: bool) {
        self.stopped.store(stopped, Ordering::Relaxed);
    }

    /// Notes how many changes are owed, and whether these are too many. Returns whether they were before.
    pub(crate) fn set_owed(&self, count: usize, is_behind: bool) -> bool {
        self.owed.store(count, Ordering::Relaxed);
        self.behind.swap(is_behind, Ordering::Relaxed)
    }

    /// Whether acceptance has stopped after failures.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Whether so much is owed that nothing more should come.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// Waits for work. `None` when closing and nothing is left; an empty list when it is quiet.
    pub(crate) fn take(&self) -> Option<Vec<(Batch, Option<Waiter>)>> {
        let mut pending = self.pending.lock();
        let quiet_until = Instant::now() + QUIET;
        while pending.requests.is_empty() {
            if pending.closing {
                return None;
            }
            if self.wake.wait_until(&mut pending, quiet_until).timed_out() {
                return Some(Vec::new());
            }
        }
        self.wait_for(&mut pending, 1, LINGER);
        let wanted = pending.gathering.wanted(Instant::now());
        if pending.waiting > 0 {
            self.wait_for(&mut pending, wanted, gathering::LONGEST);
        }
        Some(pending.take_fitting())
    }

    /// Sleeps until `wanted` wait, and no longer than this.
    fn wait_for(&self, pending: &mut MutexGuard<'_, Pending>, wanted: usize, longest: Duration) {
        if pending.waiting >= wanted || pending.closing {
            return;
        }
        pending.wanted = wanted;
        let until = Instant::now() + longest;
        while pending.waiting < wanted && !pending.closing {
            if self.wake.wait_until(pending, until).timed_out() {
                break;
            }
        }
        pending.wanted = 0;
    }

    /// Notes that a commit for so many has ended.
    pub(crate) fn ended(&self, waited: usize) {
        self.pending.lock().gathering.ended(waited, Instant::now());
    }

    /// What waits now, without waiting for more.
    pub(crate) fn take_at_once(&self) -> Vec<(Batch, Option<Waiter>)> {
        self.pending.lock().take_fitting()
    }
}

impl Pending {
    /// The oldest requests, as many as may share a transaction.
    fn take_fitting(&mut self) -> Vec<(Batch, Option<Waiter>)> {
        let fitting = fitting(self.requests.iter().map(|(batch, _)| batch));
        let taken: Vec<_> = self.requests.drain(..fitting).collect();
        self.bytes -= taken.iter().map(|(batch, _)| batch.bytes()).sum::<usize>();
        self.waiting -= taken.iter().filter(|(_, waiter)| waiter.is_some()).count();
        taken
    }
}

/// How many of these may share a transaction; at least one.
pub(crate) fn fitting<'a>(batches: impl Iterator<Item = &'a Batch>) -> usize {
    let mut bytes = 0;
    batches
        .take_while(|batch| {
            let is_first = bytes == 0;
            bytes += batch.bytes() + 1;
            is_first || bytes <= GROUP_BYTES
        })
        .count()
}

/// Sounds when the thread ends, however it ends: nobody waits for a thread that is gone.
pub(crate) struct Alarm(Arc<Inbox>);

impl Alarm {
    pub(crate) fn for_end_of(inbox: &Arc<Inbox>) -> Self {
        Self(Arc::clone(inbox))
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
        let mut pending = self.0.pending.lock();
        pending.closing = true;
        for (_, waiter) in pending.requests.drain(..) {
            if let Some(waiter) = waiter {
                let _ = waiter.send(Err(SpoolError::Stopped));
            }
        }
        (pending.waiting, pending.bytes) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// Far more than any of these waits should take.
    const FOREVER: Duration = Duration::from_secs(60);

    /// Hands in a batch that somebody waits for.
    fn push(inbox: &Inbox) -> oneshot::Receiver<Result<(), SpoolError>> {
        let (sender, receiver) = oneshot::channel();
        inbox.push(Batch::new(), Some(sender));
        receiver
    }

    /// Waits until the thread that takes sleeps until `wanted` wait.
    fn sleeps_until(inbox: &Inbox, wanted: usize) {
        while inbox.pending.lock().wanted != wanted {
            std::thread::yield_now();
        }
    }

    #[test]
    fn the_thread_wakes_when_as_many_wait_as_it_sleeps_for() {
        let inbox = Arc::new(Inbox::default());
        let _first = push(&inbox);
        let taker = {
            let inbox = Arc::clone(&inbox);
            std::thread::spawn(move || {
                let (begun, mut pending) = (Instant::now(), inbox.pending.lock());
                inbox.wait_for(&mut pending, 3, FOREVER);
                (begun.elapsed(), pending.waiting)
            })
        };
        sleeps_until(&inbox, 3);
        inbox.push(Batch::new(), None);
        let _others = (push(&inbox), push(&inbox));
        let (took, waiting) = taker.join().unwrap();
        assert_eq!(waiting, 3);
        assert!(took < FOREVER, "nobody woke it");
    }

    #[test]
    fn a_group_that_nobody_joins_is_taken_all_the_same() {
        let inbox = Inbox::default();
        let _alone = push(&inbox);
        inbox.ended(3);
        assert_eq!(inbox.take().unwrap().len(), 1);
        assert_eq!(inbox.pending.lock().wanted, 0);
    }

    #[test]
    fn closing_wakes_it_too() {
        let inbox = Arc::new(Inbox::default());
        let _first = push(&inbox);
        let taker = {
            let inbox = Arc::clone(&inbox);
            std::thread::spawn(move || {
                let begun = Instant::now();
                inbox.wait_for(&mut inbox.pending.lock(), 2, FOREVER);
                begun.elapsed()
            })
        };
        sleeps_until(&inbox, 2);
        inbox.close();
        assert!(taker.join().unwrap() < FOREVER, "nobody woke it");
    }

    #[test]
    fn groups_are_bounded_by_what_they_hold() {
        let mut large = Batch::new();
        large.event(1, Bytes::from(vec![b'x'; GROUP_BYTES / 3]));
        let mut huge = Batch::new();
        huge.event(1, Bytes::from(vec![b'x'; GROUP_BYTES * 2]));
        assert_eq!(fitting([&large, &large, &large, &large].into_iter()), 2);
        assert_eq!(fitting([&huge, &large].into_iter()), 1, "one always");
        assert_eq!(fitting([].into_iter()), 0);
    }
}
