//! When the directory changes, what waits is routed again, and moves when the answer differs
//! (routing.md section 4.2, DESIGN section 3). What is under way finishes its attempt first.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use directory::{Header, ProtocolLoggingLevel, SendConnector, Snapshot};
use model::{Event, EventSource, MessageEventKind, TimeSpan, Timestamp};
use queue::{DeliveryType, QueueKey, Waits};

use crate::{
    administration::{Progress, QueueError},
    categorizer::{Categorizer, Placement},
    contain::handling,
    core::Core,
    pages::{Pages, Taken},
    poison::Hold,
    redirect,
    registry::{Item, QueueHandle},
    settle,
    steps::step,
};

/// A little later everything is looked at once more: what was being placed by the picture that
/// has just become old may have arrived after the first look.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Runs until the service stops: routes again at every change.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changed = core.directory.subscribe();
    let mut stop = core.stop.clone();
    let mut routed_by = core.directory.snapshot();
    let mut versions = connector_versions(&routed_by);
    // The directory may have changed while the service was stopped.
    look(&core, &routed_by, (&versions, true)).await;
    let mut look_again = false;
    loop {
        let second = tokio::select! {
            change = changed.changed() => if change.is_err() { return } else { false },
            () = tokio::time::sleep(SECOND_LOOK), if look_again => true,
            _ = stop.changed() => return,
        };
        let snapshot = core.directory.snapshot();
        core.adjust_places(&snapshot);
        let knows_more = routed_by.may_lack_recipients && !snapshot.may_lack_recipients;
        let anew = second || knows_more || !routes_alike(&routed_by, &snapshot);
        let moved = look(&core, &snapshot, (&versions, anew)).await;
        versions = connector_versions(&snapshot);
        look_again = anew && !second;
        routed_by = Arc::clone(&snapshot);
        if moved > 0 || !second {
            core.emit(&Event::RoutingChanged { revision: snapshot.revision, moved });
        }
    }
}

/// Whether both route everything alike, as far as can be told without looking at what waits: a million
/// messages are not read again because of a comment.
pub(crate) fn routes_alike(before: &Snapshot, after: &Snapshot) -> bool {
    let connectors = |snapshot: &Snapshot| {
        snapshot.send_connectors.iter().map(|c| routing_of(c)).collect::<Vec<_>>()
    };
    same(&before.servers, &after.servers)
        && same(&before.accepted_domains, &after.accepted_domains)
        && same(&before.mailboxes, &after.mailboxes)
        && before.organization == after.organization
        && connectors(before) == connectors(after)
}

fn same<T: PartialEq>(before: &[Arc<T>], after: &[Arc<T>]) -> bool {
    let is_same = |(a, b): (&Arc<T>, &Arc<T>)| Arc::ptr_eq(a, b) || a == b;
    before.len() == after.len() && before.iter().zip(after).all(is_same)
}

/// A connector without what only says how it sends.
fn routing_of(connector: &SendConnector) -> SendConnector {
    let epoch = Timestamp::from_millis(0);
    let guid = connector.header.guid;
    let header = Header { guid, version: 0, when_created: epoch, when_changed: epoch };
    SendConnector {
        header,
        permissions: Vec::new(),
        authentication_credential: None,
        comment: None,
        connection_inactivity_time_out: TimeSpan::minutes(10),
        force_helo: false,
        fqdn: None,
        protocol_logging_level: ProtocolLoggingLevel::None,
        smtp_max_messages_per_connection: 20,
        ..connector.clone()
    }
}

/// Tries again at once what changed; where routing may have changed, looks at all that waits.
async fn look(core: &Arc<Core>, snapshot: &Snapshot, (before, anew): (&Versions, bool)) -> u64 {
    let mut moved = 0;
    for handle in core.registry.all() {
        // A suspended Unreachable queue keeps what it has (transport.md section 2.1).
        let kept = !handle.key().delivery_type.is_delivery() && handle.lock().is_suspended();
        if anew && !kept {
            moved += resubmit(core, snapshot, &handle, Which::Misplaced).await;
        }
        retry_changed(core, snapshot, &handle, before);
    }
    moved
}

/// What of a queue is routed again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Only what would now be routed elsewhere.
    Misplaced,
    /// All of it (Retry-Queue -Resubmit).
    Everything,
}

/// Routes what waits in a queue again, in memory and in the store; returns how many recipients moved.
pub(crate) async fn resubmit(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    which: Which,
) -> u64 {
    resubmit_in_sight(core, snapshot, handle, which, &Progress::default()).await
}

/// The same; `progress` counts consignments and is asked whether to go on. What is in memory is a
/// window, and is done in any case.
pub(crate) async fn resubmit_in_sight(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    which: Which,
    progress: &Progress,
) -> u64 {
    let key = handle.key();
    let is_kept = which == Which::Misplaced && redirect::is_kept(snapshot, key);
    if key.delivery_type == DeliveryType::Poison || is_kept {
        return 0;
    }
    let mut moved = 0;
    for item in take_out(core, snapshot, handle, which) {
        moved += item.recipients.len() as u64;
        let routes = submit_again(core, snapshot, &item, Waits::Turn);
        let done = handling(core, handle, (&item, Hold::Out), routes).await;
        count(progress, done.is_some());
    }
    if handle.lock().counts().stored.total() == 0
        || (which == Which::Misplaced && stays_whole(core, snapshot, handle.key()))
    {
        return moved;
    }
    let mut pages = Pages::of_queue(core, handle);
    while let Some(page) = pages.next().await {
        // Suspended messages are not resubmitted; a change of routing moves them all the same.
        let page = page
            .into_iter()
            .filter(|taken| which == Which::Misplaced || taken.waits != Waits::Suspended)
            .filter(|taken| !is_resting(taken, core.now()))
            .collect();
        moved += resubmit_page(core, snapshot, handle.key(), (page, which), progress).await;
        if core.is_stopping() || progress.is_cancelled() {
            return moved;
        }
    }
    if let Some(error) = pages.failure() {
        progress.refuse(&QueueError::Reading(error.to_string()), 1);
    }
    moved
}

fn count(progress: &Progress, done: bool) {
    progress.matched.fetch_add(1, Ordering::Relaxed);
    if done {
        progress.done.fetch_add(1, Ordering::Relaxed);
    } else {
        progress.refuse(&QueueError::Broke, 1);
    }
}

/// Whether it broke its handling a moment ago: it is let alone until its time.
fn is_resting(taken: &Taken, now: Timestamp) -> bool {
    taken.item.crashes > 0 && matches!(taken.waits, Waits::Until(at) if at > now)
}

/// Routes again what waits in a queue for a time that has come.
pub(crate) async fn resubmit_due(core: &Arc<Core>, snapshot: &Snapshot, handle: &Arc<QueueHandle>) {
    if handle.lock().counts().stored.deferred == 0 || handle.lock().is_suspended() {
        return;
    }
    let mut pages = Pages::due(core, handle);
    while let Some(page) = pages.next().await {
        let (all, nobody) = ((page, Which::Everything), Progress::default());
        resubmit_page(core, snapshot, handle.key(), all, &nobody).await;
    }
}

async fn resubmit_page(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    key: &QueueKey,
    (page, which): (Vec<Taken>, Which),
    progress: &Progress,
) -> u64 {
    let categorizer = Categorizer::new(snapshot, &core.server);
    let (moving, _staying): (Vec<Taken>, Vec<Taken>) = page
        .into_iter()
        .partition(|taken| which == Which::Everything || !stays(&categorizer, key, &taken.item));
    let mut moved = 0;
    for taken in &moving {
        moved += taken.item.recipients.len() as u64;
        let routes = submit_again(core, snapshot, &taken.item, taken.waits);
        let held = (&taken.item, Hold::Row(taken.waits));
        let done = handling(core, &taken.handle, held, routes).await;
        if done.is_some() {
            taken.handle.lock().left_store(taken.waits, core.now());
        }
        count(progress, done.is_some());
    }
    moved
}

/// Routes a consignment that was taken out of its queue again. What was suspended there is
/// suspended where it comes to.
pub(crate) async fn submit_again(core: &Core, snapshot: &Snapshot, item: &Item, waited: Waits) {
    let what = (MessageEventKind::Resubmit, EventSource::Queue);
    let recipients = item.recipients.iter().map(|index| (*index, ""));
    core.emit_step(&step(snapshot, &item.message.record, what, recipients));
    let routed = core.route(snapshot, &item.message, &item.recipients);
    let kept = settle::undeliverable(core, snapshot, item, routed.failed).await;
    core.distribute(snapshot, (item, waited), routed.queues, kept);
}

/// Takes what is in memory of a queue and is to be routed again out of it.
fn take_out(core: &Core, snapshot: &Snapshot, handle: &QueueHandle, which: Which) -> Vec<Item> {
    let categorizer = Categorizer::new(snapshot, &core.server);
    let key = handle.key();
    let moves = |item: &Item| which == Which::Everything || !stays(&categorizer, key, item);
    handle.lock().extract_if(core.now(), moves)
}

/// Whether routing still sends all of a consignment to this queue.
fn stays(categorizer: &Categorizer<'_>, key: &QueueKey, item: &Item) -> bool {
    item.recipients.iter().all(|index| {
        let placement = categorizer.place(&item.message.record, *index);
        matches!(placement, Placement::Queue(k, _) if k == *key)
    })
}

/// Whether routing still sends everything to this queue that it holds: known without looking at
/// what it holds where all of it has one domain.
fn stays_whole(core: &Core, snapshot: &Snapshot, key: &QueueKey) -> bool {
    key.delivery_type == DeliveryType::DnsConnectorDelivery
        && key.next_hop_domain.parse().is_ok_and(|domain| {
            let categorizer = Categorizer::new(snapshot, &core.server);
            categorizer.sends_all(&domain, key)
        })
}

/// A connector that was changed is tried at once: the change may be what was missing.
fn retry_changed(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    before: &Versions,
) {
    let key = handle.key();
    let now_version = snapshot.send_connector_by_guid(key.connector).map(|c| c.header.version);
    let uses_connector =
        key.delivery_type.is_delivery() && key.delivery_type != DeliveryType::SmtpDeliveryToMailbox;
    if uses_connector && now_version.is_some() && now_version.as_ref() != before.get(key_of(key)) {
        let interval = core.retry_interval(snapshot);
        handle.retry_now(core.now(), interval);
        core.registry.attend(handle);
    }
}

type Versions = HashMap<model::Guid, u64>;

fn key_of(key: &QueueKey) -> &model::Guid {
    &key.connector
}

fn connector_versions(snapshot: &Snapshot) -> Versions {
    snapshot.send_connectors.iter().map(|c| (c.header.guid, c.header.version)).collect()
}
