//! One clock for every message wherever it waits, in memory or in the store: the delay notice,
//! once, and the end.
//!
//! Who is told of it is told when it is his turn (`pace`); until then the message stays where it is.
//! What nobody is told of waits for nothing, however many are before it.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use delivery::for_senders;
use directory::Snapshot;
use dsn::Kind;
use futures_util::{FutureExt, future::join_all};
use model::{EnhancedCode, EventSource, TimeSpan, Timestamp};
use queue::{DeliveryType, Priority, QueueKey, Waits};
use spool::{AgeKey, Batch, Damaged, SpoolError};
use tokio::time::Instant;

use crate::{
    contain::handling,
    core::Core,
    damage,
    ends::report_made,
    pages::{Pages, Taken},
    poison::{self, Hold},
    queued::QueuedMessage,
    registry::{Item, QueueHandle},
    reports::Finding,
    reroute, settle, start,
};

/// The text of an expired message (transport.md section 3).
pub(crate) const EXPIRED: &str = "550 4.4.7 QUEUE.Expired; message expired";

/// What senders are told where no front end can be used.
const BARRED: &str = "451 4.4.1 The outbound gateway is not available";

/// Expired messages that are settled together, sharing commits.
const AT_ONCE: usize = 64;

/// How long until a spool that is being opened again is looked at again.
const AGAIN: Duration = Duration::from_secs(1);

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(250);

/// Runs until the service stops. Each kind is looked after apart: a hundred thousand notices that
/// fall due together must not keep the expired, nor reports that wait what needs none.
pub(crate) async fn run(core: Arc<Core>) {
    tokio::join!(
        watch(&core, What::QuietExpiry),
        watch(&core, What::Expiry),
        watch(&core, What::Notice)
    );
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Of what nobody is told of, and of what is in memory.
    QuietExpiry,
    /// Of what is in the store, with reports.
    Expiry,
    Notice,
}

/// How far a watch has come with what stays where it is for now, so that a million messages that
/// wait for their reports' turn are not all read again every half minute.
#[derive(Default)]
struct Seen {
    places: HashMap<(bool, Priority), AgeKey>,
    /// What was read in this round and those it goes on from.
    rows: usize,
    rounds: u32,
}

impl Seen {
    /// Few are read again each time; many now and then: what was in other hands may have come back.
    const FEW: usize = 20_000;
    const NOW_AND_THEN: u32 = 20;

    fn begin(&mut self) {
        self.rounds += 1;
        if self.rows < Self::FEW || self.rounds >= Self::NOW_AND_THEN {
            *self = Self::default();
        }
    }
}

/// What of a priority has fallen due: all that was accepted before, and after.
#[derive(Debug, Clone, Copy)]
struct Due {
    after: Option<Timestamp>,
    before: Timestamp,
}

impl Due {
    fn now(core: &Core, snapshot: &Snapshot, what: What, priority: Priority) -> Self {
        let expired = core.now() - core.expiry(snapshot, priority);
        match what {
            What::QuietExpiry | What::Expiry => Self { after: None, before: expired },
            // What has expired meanwhile has come to its end: no notice goes before that.
            What::Notice => {
                let before = core.now() - core.delay(snapshot, priority);
                Self { after: Some(expired), before }
            }
        }
    }

    fn includes(&self, accepted_at: Timestamp) -> bool {
        accepted_at <= self.before && self.after.is_none_or(|after| accepted_at > after)
    }
}

async fn watch(core: &Arc<Core>, what: What) {
    let mut stop = core.stop.clone();
    let mut changed = core.directory.subscribe();
    let mut seen = Seen::default();
    loop {
        seen.begin();
        let (snapshot, begun) = (core.directory.snapshot(), core.now());
        tokio::select! {
            () = sweep(core, &snapshot, what, &mut seen) => {}
            _ = stop.changed() => return,
        }
        tokio::select! {
            () = passed(core, begun, pause(core, &snapshot)) => {}
            // A deadline may have become shorter.
            change = changed.changed() => {
                if change.is_err() {
                    return;
                }
                // Or others may be told.
                seen = Seen::default();
            }
            _ = stop.changed() => return,
        }
    }
}

/// Waits until this much time has passed, or has by the clock that deadlines are told by since `begun`:
/// where that is set forward, or the machine has slept, what has fallen due does not wait for the next
/// look.
async fn passed(core: &Core, begun: Timestamp, span: TimeSpan) {
    let end = Instant::now() + span.as_duration();
    loop {
        tokio::time::sleep(TICK).await;
        if Instant::now() >= end || !(begun..begun + span).contains(&core.now()) {
            return;
        }
    }
}

/// Often enough for the shortest deadline that is set, seldom enough to cost nothing.
fn pause(core: &Core, snapshot: &Snapshot) -> TimeSpan {
    let shorter = |p| core.expiry(snapshot, p).min(core.delay(snapshot, p));
    let shortest = Priority::ALL.map(shorter).into_iter().min().unwrap_or(TimeSpan::minutes(20));
    TimeSpan::millis(shortest.as_millis() / 20).clamp(TimeSpan::millis(500), TimeSpan::seconds(30))
}

async fn sweep(core: &Arc<Core>, snapshot: &Snapshot, what: What, seen: &mut Seen) {
    // The original belongs into a report, and what cannot be read or stored cannot come to its end.
    while core.spool.is_closed() || core.spool.is_stopped() {
        tokio::time::sleep(AGAIN).await;
    }
    if core.here(snapshot).is_none() {
        return;
    }
    let due = Priority::ALL.map(|priority| Due::now(core, snapshot, what, priority));
    for handle in core.registry.all() {
        in_memory(core, snapshot, &handle, (what, due)).await;
    }
    for (due, priority) in due.into_iter().zip(Priority::ALL) {
        in_store(core, snapshot, (what, due), priority, seen).await;
    }
    if what == What::QuietExpiry
        && let Some(unreachable) = core.registry.find(&QueueKey::unreachable())
    {
        // What could not be concluded before waits there with a time of its own.
        reroute::resubmit_due(core, snapshot, &unreachable).await;
    }
    adopt_unknown(core).await;
}

/// What waits in queues that nobody knows would wait for ever: it is routed again.
async fn adopt_unknown(core: &Arc<Core>) {
    let unknown = core.registry.take_unknown();
    if unknown.is_empty() {
        return;
    }
    let spool = core.spool.clone();
    let counts = tokio::task::spawn_blocking(move || spool.waiting_counts()).await;
    let known = core.registry.by_number();
    for count in counts.ok().and_then(Result::ok).unwrap_or_default() {
        let number = count.queue;
        if unknown.contains(&number) && !known.contains_key(&number) {
            tracing::error!(number, "mail waits in a queue that is not known; it is routed again");
            start::adopt_orphans(core, number, count);
        }
    }
}

/// What is in memory of a queue and has been accepted before.
async fn in_memory(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    (what, due): (What, [Due; 3]),
) {
    let is_due = |item: &Item| due[item.priority.band()].includes(item.message.record.accepted_at);
    let queue_error = error_for_senders(handle);
    match what {
        What::QuietExpiry => {
            let over = handle.lock().extract_if(core.now(), is_due);
            expire_all(core, snapshot, (handle, &over), queue_error.as_deref()).await;
        }
        // In the store by then.
        What::Expiry => {}
        What::Notice => {
            let is_late = |(item, flying): &(&Item, bool)| {
                !flying && is_due(item) && !item.message.all_told(&item.recipients)
            };
            let late: Vec<Item> =
                handle.lock().iter().filter(is_late).map(|(item, _)| item.clone()).collect();
            for item in late {
                notify(core, snapshot, (handle, &item), queue_error.as_deref()).await;
            }
        }
    }
}

/// What is in the store, whatever it waits for, and has been accepted before.
async fn in_store(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    (what, Due { after, before }): (What, Due),
    priority: Priority,
    seen: &mut Seen,
) {
    let told: &[bool] = if what == What::Notice { &[false] } else { &[false, true] };
    for told in told {
        let place = (*told, priority);
        let mut pages = Pages::older(core, *told, priority, before);
        if what == What::QuietExpiry {
            pages = pages.after(seen.places.get(&place).copied());
        }
        if let Some(after) = after {
            pages = pages.younger_than(after);
        }
        loop {
            // What is quiet is told apart from what is not with the rows in hand, which the other
            // watch must not meanwhile pass by.
            let quietly = match what {
                What::QuietExpiry | What::Expiry => Some(core.expiring.lock().await),
                What::Notice => None,
            };
            let Some(page) = pages.next().await else { break };
            let _quietly = quietly.filter(|_| what == What::QuietExpiry);
            let (poison, page): (Vec<Taken>, Vec<Taken>) = page
                .into_iter()
                .partition(|taken| taken.handle.key().delivery_type == DeliveryType::Poison);
            // Never expired (transport.md section 2.1), and nobody waits for them.
            drop(poison);
            match what {
                What::QuietExpiry => {
                    let quiet = |taken: &&Taken| !is_told(core, snapshot, &taken.item);
                    expire_page(core, snapshot, page.iter().filter(quiet)).await;
                    seen.rows += page.len();
                    if let Some(last) = pages.seen() {
                        seen.places.insert(place, last);
                    }
                }
                What::Expiry => expire_page(core, snapshot, page.iter()).await,
                What::Notice => {
                    for taken in &page {
                        let queue_error = error_for_senders(&taken.handle);
                        let row = Some((&*taken.handle, taken.waits));
                        let tells = report_delay(
                            core,
                            snapshot,
                            (&taken.item, row),
                            queue_error.as_deref(),
                        );
                        let held = (&taken.item, Hold::Row(taken.waits));
                        let _ = handling(core, &taken.handle, held, tells).await;
                    }
                }
            }
        }
    }
}

/// Tells of the delay of what is in memory, where it stays unless that breaks off.
async fn notify(
    core: &Core,
    snapshot: &Snapshot,
    (handle, item): (&QueueHandle, &Item),
    queue_error: Option<&str>,
) {
    let tells = report_delay(core, snapshot, (item, None), queue_error);
    if AssertUnwindSafe(tells).catch_unwind().await.is_err() {
        let is_it = |other: &Item| other.id == item.id && other.first() == item.first();
        for item in handle.lock().extract_if(core.now(), is_it) {
            poison::broke_off(core, handle, item, Hold::Out);
        }
    }
}

/// What was in memory comes to its end, or waits in the store for its report's turn.
async fn expire_all(
    core: &Core,
    snapshot: &Snapshot,
    (handle, over): (&QueueHandle, &[Item]),
    queue_error: Option<&str>,
) {
    for some in over.chunks(AT_ONCE) {
        join_all(some.iter().map(|item| async move {
            if !is_told(core, snapshot, item) || core.pace.try_turn() {
                let ends = settle::fail_now(core, snapshot, item, expired(item, queue_error));
                let _ = handling(core, handle, (item, Hold::Out), ends).await;
            } else {
                wait_in_store(core, handle, item);
            }
        }))
        .await;
    }
}

fn wait_in_store(core: &Core, handle: &QueueHandle, item: &Item) {
    let waits = item.message.waits();
    handle.lock().push_stored(item.sender, waits, core.now());
    if item.message.row.is_none() {
        core.shelve_later(handle, item, waits);
    }
}

/// Rows come to their end, each at its turn.
async fn expire_page(core: &Core, snapshot: &Snapshot, page: impl Iterator<Item = &Taken>) {
    join_all(page.map(|taken| async move {
        let queue_error = error_for_senders(&taken.handle);
        let findings = expired(&taken.item, queue_error.as_deref());
        let ends = settle::fail_in_turn(core, snapshot, &taken.item, findings);
        let held = (&taken.item, Hold::Row(taken.waits));
        if handling(core, &taken.handle, held, ends).await == Some(true) {
            taken.handle.lock().left_store(taken.waits, core.now());
        }
    }))
    .await;
}

/// Whether anybody is told of the end.
fn is_told(core: &Core, snapshot: &Snapshot, item: &Item) -> bool {
    core.is_told(snapshot, &item.message, Kind::Failure, &item.recipients)
}

/// Why the queue waits, as senders may read it: nothing of our own machines.
fn error_for_senders(handle: &QueueHandle) -> Option<String> {
    let queue = handle.lock();
    let ladder = queue.ladder();
    let error = ladder.last_error()?;
    Some(if ladder.is_barred() { BARRED.to_owned() } else { for_senders(error).into_owned() })
}

/// That a consignment has expired.
fn expired(item: &Item, queue_error: Option<&str>) -> Vec<Finding> {
    let finding = |index: &u32| {
        let last = item.message.last_error(*index, queue_error);
        let text = last
            .map_or_else(|| EXPIRED.to_owned(), |last| format!("{EXPIRED}; last error: {last}"));
        Finding {
            index: *index,
            status: EnhancedCode::new(4, 4, 7),
            text,
            remote: None,
            source: EventSource::Queue,
        }
    };
    item.recipients.iter().map(finding).collect()
}

/// Tells the sender once that the message is late. Whether he is told or did not want to be,
/// it is remembered, so that the next sweep passes the message by.
async fn report_delay(
    core: &Core,
    snapshot: &Snapshot,
    (item, row): (&Item, Option<(&QueueHandle, Waits)>),
    queue_error: Option<&str>,
) {
    let message = &item.message;
    let late = || late(snapshot, item);
    let is_told = core.is_told(snapshot, message, Kind::Delay, &late());
    if is_told && !core.pace.turn(&core.stop).await {
        return;
    }
    // It may have been delivered since.
    let finding = |index: u32| Finding {
        index,
        status: EnhancedCode::new(4, 4, 7),
        text: message.last_error(index, queue_error).unwrap_or_default(),
        remote: None,
        source: EventSource::Queue,
    };
    let findings: Vec<Finding> = late().into_iter().map(finding).collect();
    let report = match core.delay_report(snapshot, message, &findings).await {
        Ok(report) => report,
        Err(SpoolError::Damaged { id, reason }) => {
            let damaged = Damaged { id, reason };
            return set_aside(core, snapshot, (item, row), &damaged).await;
        }
        // It may be readable at the next sweep.
        Err(_) => return,
    };
    for index in &item.recipients {
        message.set_delay_reported(*index);
    }
    let mut batch = Batch::new();
    for index in &item.recipients {
        batch.delay_reported(item.id, *index);
    }
    if let Some((handle, waits)) = row {
        core.reshelve(&mut batch, handle, item, waits);
    }
    match report {
        None => core.spool.commit_later(batch),
        Some(report) => {
            batch.insert(Arc::clone(&report.record), report.content.clone());
            let (at, made) = (core.now(), [report_made(snapshot, message, &report)]);
            let kept = core.journal.keep(&mut batch, at, &made);
            if core.spool.commit(batch).await.is_err() {
                // Not stored, so not told: the next sweep tries again.
                for index in &item.recipients {
                    message.forget_delay_reported(*index);
                }
                return;
            }
            core.journal.publish(at, &made, kept);
            core.send_report(&report);
        }
    }
}

/// Recipients that are still waited for, and of whose delay the sender is to be told.
fn late(snapshot: &Snapshot, item: &Item) -> Vec<u32> {
    let is_late = |index: &u32| {
        let state = item.message.recipient(*index);
        !state.delay_reported && !state.finished && is_wanted(snapshot, &item.message, *index)
    };
    item.recipients.iter().copied().filter(is_late).collect()
}

/// The content of a message that is late turns out to be damaged.
async fn set_aside(
    core: &Core,
    snapshot: &Snapshot,
    (item, row): (&Item, Option<(&QueueHandle, Waits)>),
    damaged: &Damaged,
) {
    let findings = item.recipients.iter().map(|index| damage::finding(*index)).collect();
    let whose = (&item.message.message, item.message.row.as_ref());
    let stored = settle::set_aside(core, snapshot, whose, findings, damaged).await;
    if let (Ok(()), Some((handle, waits))) = (stored, row) {
        handle.lock().left_store(waits, core.now());
    }
}

/// InternalDelayDsnEnabled and ExternalDelayDsnEnabled.
fn is_wanted(snapshot: &Snapshot, message: &QueuedMessage, index: u32) -> bool {
    let config = &snapshot.organization.transport;
    let Some(recipient) = message.record.envelope.recipients.get(index as usize) else {
        return false;
    };
    if snapshot.is_internal(recipient.address.domain()) {
        config.internal_delay_dsn_enabled
    } else {
        config.external_delay_dsn_enabled
    }
}
