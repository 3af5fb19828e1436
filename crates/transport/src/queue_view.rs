//! Queues as an administrator sees them: counts, status, retry times, why they wait, and what they share.

use std::{collections::HashMap, sync::Arc};

use model::Timestamp;
use queue::{Queue, QueueStatus, Waits};

use crate::{
    administration::{PoolInfo, PoolLimit, QueueError, QueueInfo, QueueName, ShadowQueue},
    core::{Core, queue_name},
    pools::{Limit, Pool},
    queued::Carried,
    registry::{Item, QueueHandle},
};

/// All queues; the Submission queue always, the Unreachable and the Poison queue only when not empty.
pub(crate) fn queues(core: &Core) -> Vec<QueueInfo> {
    infos(core, stored_per_priority(core), |handle| last_error(core, handle))
}

/// The same without the last error and what the store has of each priority, which would have to be read
/// from the spool.
pub(crate) fn queues_in_brief(core: &Core) -> Vec<QueueInfo> {
    infos(core, PerPriority::new(), |_| None)
}

/// What is not Normal in each queue: all of it and what has a time of its own, by band.
type PerPriority = HashMap<u64, [(u64, u64); 3]>;

/// As far as it is in the store, while there can be any.
fn stored_per_priority(core: &Core) -> PerPriority {
    let mut found = PerPriority::new();
    if core.priorities.is_none() {
        return found;
    }
    let counts = core.spool.band_counts().unwrap_or_default();
    for spool::BandCount { queue, band, all, later } in counts {
        if let Some(place) = found.entry(queue).or_default().get_mut(usize::from(band)) {
            *place = (all, later);
        }
    }
    found
}

fn infos(
    core: &Core,
    stored: PerPriority,
    error: impl Fn(&QueueHandle) -> Option<String>,
) -> Vec<QueueInfo> {
    let handles = core.registry.all();
    let mut infos = Vec::with_capacity(handles.len() + 1);
    if !handles.iter().any(|handle| queue_name(handle) == QueueName::Submission) {
        infos.push(submission(core.pressure.submission().count()));
    }
    for handle in handles {
        let info = queue_info(core, &handle, error(&handle), stored.get(&handle.number()));
        let hides = matches!(info.name, QueueName::Unreachable | QueueName::Poison);
        if !hides || info.message_count > 0 || info.status == QueueStatus::Suspended.name() {
            infos.push(info);
        }
    }
    infos.extend((core.shadow_queues)().into_iter().map(shadow));
    infos.sort_by_key(|info| info.name);
    infos
}

/// Copies wait for their server's end, which is no deferral.
fn shadow(queue: ShadowQueue) -> QueueInfo {
    QueueInfo {
        name: QueueName::Shadow(queue.number),
        next_hop_domain: queue.primary,
        delivery_type: "ShadowRedundancy",
        ..submission(queue.messages)
    }
}

/// Messages are categorized as they are accepted: what is here is on its way to a queue,
/// unless an administrator has suspended that.
pub(crate) fn submission(messages: u64) -> QueueInfo {
    QueueInfo {
        name: QueueName::Submission,
        next_hop_domain: "Submission".to_owned(),
        next_hop_connector: model::Guid::nil(),
        next_hop_category: "Internal",
        delivery_type: "Undefined",
        status: "Ready",
        message_count: messages,
        deferred_message_count: 0,
        counts_per_priority: [0, messages, 0, 0],
        deferred_per_priority: [0; 4],
        last_error: None,
        last_retry_time: None,
        next_retry_time: None,
        first_retry_time: None,
        retry_count: 0,
        incoming_rate: 0.0,
        outgoing_rate: 0.0,
        velocity: 0.0,
        tls_domain: None,
        tls_requirement: model::TlsRequirement::Default.name(),
        pool: None,
    }
}

fn queue_info(
    core: &Core,
    handle: &QueueHandle,
    last_error: Option<String>,
    stored: Option<&[(u64, u64); 3]>,
) -> QueueInfo {
    let now = core.now();
    let mut queue = handle.lock();
    let key = handle.key();
    let (counts, rates) = (queue.counts(), queue.rates(now));
    let others = per_priority(&queue, stored.copied().unwrap_or_default());
    let ladder = queue.ladder();
    QueueInfo {
        name: queue_name(handle),
        next_hop_domain: key.next_hop_domain.to_string(),
        next_hop_connector: key.connector,
        next_hop_category: key.delivery_type.category(),
        delivery_type: key.delivery_type.name(),
        status: status_of(handle, queue.status()).name(),
        message_count: counts.total(),
        deferred_message_count: counts.stored.deferred,
        counts_per_priority: by_priority(counts.total(), others.map(|(all, _)| all)),
        deferred_per_priority: by_priority(counts.stored.deferred, others.map(|(_, later)| later)),
        last_error,
        last_retry_time: ladder.last_attempt(),
        next_retry_time: queue.next_retry(),
        first_retry_time: ladder.first_failure(),
        retry_count: ladder.failures(),
        incoming_rate: rates.incoming,
        outgoing_rate: rates.outgoing,
        velocity: rates.velocity(),
        tls_domain: None,
        tls_requirement: key.tls.name(),
        pool: handle.pool(now).map(|pool| pool_info(&pool, now)),
    }
}

fn pool_info(pool: &Pool<QueueHandle>, now: Timestamp) -> PoolInfo {
    let (opening, standing) = pool.connections();
    PoolInfo {
        hosts: pool.key().hosts.clone(),
        connections: opening + standing,
        limit: pool.limit(now).map(|Limit { most, until, cause }| PoolLimit { most, until, cause }),
    }
}

/// All of each priority and what of it has a time of its own: `stored`, where what has been loaded
/// still has its row, and what is in memory.
fn per_priority(queue: &Queue<Carried>, stored: [(u64, u64); 3]) -> [(u64, u64); 3] {
    let mut counts = stored;
    for (item, _) in queue.iter() {
        let (all, later) = &mut counts[item.priority.band()];
        match &item.message.row {
            None => *all += 1,
            Some(row) if matches!(row.waits(), Waits::Until(_)) => *later = later.saturating_sub(1),
            Some(_) => {}
        }
    }
    counts
}

/// High, Normal, Low and None: what is neither High nor Low is Normal.
fn by_priority(all: u64, [high, _, low]: [u64; 3]) -> [u64; 4] {
    let high = high.min(all);
    let low = low.min(all - high);
    [high, all - high - low, low, 0]
}

/// A queue from which nothing is sent by itself is ready or suspended.
pub(crate) fn status_of(handle: &QueueHandle, status: QueueStatus) -> QueueStatus {
    match (handle.key().delivery_type.is_delivery(), status) {
        (false, QueueStatus::Suspended) => QueueStatus::Suspended,
        (false, _) => QueueStatus::Ready,
        (true, status) => status,
    }
}

/// Why the queue waits. What only single messages met with is still the answer to "what is wrong
/// here?".
fn last_error(core: &Core, handle: &QueueHandle) -> Option<String> {
    let stored = {
        let queue = handle.lock();
        if let Some(error) = queue.ladder().last_error() {
            return Some(error.to_owned());
        }
        let own = |item: &Item| {
            let mut errors = item.recipients.iter().map(|i| item.message.recipient(*i).last_error);
            errors.find_map(|error| error.map(String::from))
        };
        if let Some(error) = queue.iter().find_map(|(item, _)| own(item)) {
            return Some(error);
        }
        queue.counts().stored
    };
    if stored.total() == 0 {
        return None;
    }
    let from = crate::row::before_deferred(Timestamp::from_millis(0));
    let from = (stored.deferred > 0).then_some(from);
    let rows = core.spool.scan_queue(handle.number(), from, 1).unwrap_or_default();
    first_line(rows.first()?.last_error.as_deref()).map(str::to_owned)
}

pub(crate) fn first_line(text: Option<&str>) -> Option<&str> {
    text?.lines().next()
}

/// The queue of this name.
pub(crate) fn find(core: &Core, name: QueueName) -> Result<Arc<QueueHandle>, QueueError> {
    let has_name = |handle: &Arc<QueueHandle>| queue_name(handle) == name;
    let handle = core.registry.all().into_iter().find(has_name);
    handle.ok_or(QueueError::NoSuchQueue(name))
}
