//! When a next hop fails: what waits for it waits for the ladder, and so does what waits in the other queues
//! of its pool; who is told; and what becomes of mail for a destination that takes none.

use std::sync::Arc;

use directory::Snapshot;
use futures_util::future::join_all;
use model::{EnhancedCode, Event, EventSource, MessageEventKind, TimeSpan, Timestamp};
use queue::Queue;
use spool::Batch;

use crate::{
    contain::handling,
    core::Core,
    pages::Pages,
    poison::Hold,
    pools::Pool,
    queued::Carried,
    registry::{Item, QueueHandle},
    reports::Finding,
    settle,
    steps::step,
};

/// How long a queue waits for a front end at most before it looks again: it may be back any
/// moment, and looking costs little.
const FRONT_END_AGAIN: TimeSpan = TimeSpan::seconds(5);

/// The next hop could not be used: everything in the queue waits for the ladder. When that is, unless it
/// waited already.
pub(crate) fn next_hop_failed(
    core: &Core,
    handle: &Arc<QueueHandle>,
    error: &str,
) -> Option<Timestamp> {
    fails(core, handle, error, None)
}

/// The same for a queue whose pool is known to have no host that works; the next attempt is the pool's.
pub(crate) fn fails_like_its_pool(
    core: &Core,
    handle: &Arc<QueueHandle>,
    error: &str,
    until: Timestamp,
) {
    fails(core, handle, error, Some(until));
}

fn fails(
    core: &Core,
    handle: &Arc<QueueHandle>,
    error: &str,
    until: Option<Timestamp>,
) -> Option<Timestamp> {
    let now = core.now();
    let snapshot = core.directory.snapshot();
    let schedule = core.schedule(&snapshot, handle.key());
    let mut queue = handle.lock();
    if !queue.ladder().may_try(now) {
        return None;
    }
    queue.next_hop_failed(now, &schedule, error.to_owned());
    if let Some(until) = until {
        queue.try_again_at(until);
    }
    let deferred = first_deferrals(&queue);
    let next_retry = queue.ladder().next_attempt();
    drop(queue);
    tell_deferred(core, &snapshot, &deferred, error);
    core.evict(handle);
    core.keep_next_hop(handle);
    if let Some(next_retry) = next_retry {
        tell_retry(core, handle, error.to_owned(), next_retry);
    }
    next_retry
}

/// None of the hosts of a pool could be used for `tried`: the others need not try, and wait for the
/// same attempt.
pub(crate) fn pool_failed(
    core: &Core,
    pool: &Pool<QueueHandle>,
    tried: &QueueHandle,
    error: String,
    until: Timestamp,
) {
    pool.failed(error.clone(), until);
    for handle in pool.members() {
        let waits = {
            let queue = handle.lock();
            handle.number() != tried.number()
                && queue.established() == 0
                && queue.counts().total() > 0
        };
        if waits {
            fails(core, &handle, &error, Some(until));
        }
    }
}

/// The hosts of a pool work again: what waits for them need not wait.
pub(crate) fn pool_works(core: &Core, pool: &Pool<QueueHandle>) {
    for handle in pool.members() {
        let mut queue = handle.lock();
        if queue.ladder().failures() > 0 && !queue.ladder().is_barred() {
            queue.try_again_at(core.now());
        }
        drop(queue);
        core.registry.attend(&handle);
    }
}

/// Front End Transport cannot be used: everything in the queue waits a moment for it. The
/// destination is not to blame, and its ladder stays where it is.
pub(crate) fn hold(core: &Core, handle: &QueueHandle, error: String) {
    let now = core.now();
    let snapshot = core.directory.snapshot();
    let until = now + core.schedule(&snapshot, handle.key()).glitch_interval.min(FRONT_END_AGAIN);
    let mut queue = handle.lock();
    if queue.established() > 0 {
        // What stands goes on.
        return queue.refused_another(until);
    }
    let is_new = queue.ladder().last_error() != Some(error.as_str());
    queue.way_barred(now, until, error.clone());
    let deferred = first_deferrals(&queue);
    drop(queue);
    tell_deferred(core, &snapshot, &deferred, &error);
    core.evict(handle);
    // Told once: the same failure every few seconds is no news.
    if is_new {
        core.keep_next_hop(handle);
        tell_retry(core, handle, error, until);
    }
}

/// What is in memory of the queue and has not been told to wait yet. Each once: a queue that fails
/// for days would fill the log.
fn first_deferrals(queue: &Queue<Carried>) -> Vec<Item> {
    let told_now =
        |(item, _): (&Item, bool)| item.message.is_first_deferral().then(|| item.clone());
    queue.iter().filter_map(told_now).collect()
}

fn tell_deferred(core: &Core, snapshot: &Snapshot, deferred: &[Item], error: &str) {
    for item in deferred {
        let what = (MessageEventKind::Defer, EventSource::Queue);
        let waiting = item.recipients.iter().map(|index| (*index, error));
        core.emit_step(&step(snapshot, &item.message.record, what, waiting));
    }
}

fn tell_retry(core: &Core, handle: &QueueHandle, error: String, next_retry: Timestamp) {
    let key = handle.key();
    let next_hop = key.next_hop_domain.to_string();
    core.emit(&Event::QueueRetry { connector: key.connector, next_hop, error, next_retry });
}

/// The destination takes no mail and never will, or none that waits in this queue: everything that waits there
/// fails, each at its report's turn; until then it is in the store.
pub(crate) async fn fail_all(
    core: &Arc<Core>,
    handle: &Arc<QueueHandle>,
    (status, source): (EnhancedCode, EventSource),
    text: &str,
) {
    core.evict(handle);
    // What is on its way into the store is found there.
    let _ = core.spool.commit(Batch::new()).await;
    let snapshot = core.directory.snapshot();
    let finding = |index: &u32| Finding {
        index: *index,
        status,
        text: text.to_owned(),
        remote: None,
        source,
    };
    let mut pages = Pages::of_queue(core, handle);
    while let Some(page) = pages.next().await {
        join_all(page.iter().map(|taken| async {
            let findings = taken.item.recipients.iter().map(finding).collect();
            let fails = settle::fail_in_turn(core, &snapshot, &taken.item, findings);
            let hold = Hold::Row(taken.waits);
            if handling(core, handle, (&taken.item, hold), fails).await == Some(true) {
                handle.lock().left_store(taken.waits, core.now());
            }
        }))
        .await;
        if core.is_stopping() {
            return;
        }
    }
}
