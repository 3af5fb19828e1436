//! Redirect-Message: what waits in delivery queues goes to other servers of the organization, whichever way it would
//! have gone from here (management.md section 5.2).
//!
//! It moves into a queue of type SmtpRelayToServers, and stays there when the directory changes, for as long as one of
//! the servers is a Mailbox server; nothing new is taken meanwhile. What is under way finishes its attempt, and what
//! is suspended, in mailbox delivery or in a queue without a next hop stays.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use directory::Snapshot;
use model::{EventSource, MessageEventKind};
use queue::{DeliveryType, QueueKey, Waits};
use spool::Batch;

use crate::{
    administration::{Progress, QueueError},
    contain::handling,
    core::Core,
    outbound::redirected_to,
    pages::Pages,
    poison::Hold,
    registry::{Item, QueueHandle},
    steps::step,
};

/// How often a queue is gone through: what it sends meanwhile moves between memory and the store.
const MOST_PASSES: u32 = 5;

/// Moves what waits to these servers, by Fqdn. `progress` counts consignments and is asked whether to go on.
pub(crate) async fn redirect(
    core: &Arc<Core>,
    targets: &[String],
    progress: &Progress,
) -> Result<(), QueueError> {
    let _nothing_new = core.redirecting();
    // What is on its way into the store is found there.
    let _ = core.spool.commit(Batch::new()).await;
    let snapshot = core.directory.snapshot();
    let next_hop = targets.join(",");
    for handle in core.registry.all().into_iter().filter(|handle| is_drained(handle, &next_hop)) {
        for _ in 0..MOST_PASSES {
            drain(core, &snapshot, &handle, &next_hop, progress).await?;
            if !has_more(&handle) || progress.is_cancelled() || core.is_stopping() {
                break;
            }
        }
        if progress.is_cancelled() || core.is_stopping() {
            break;
        }
    }
    Ok(())
}

/// Whether anything is left that is to move: it was on its way between memory and the store.
fn has_more(handle: &QueueHandle) -> bool {
    let counts = handle.lock().counts();
    counts.ready as u64 + counts.stored.ready + counts.stored.deferred > 0
}

/// Whether what waits in a queue stays there though routing would send it elsewhere.
pub(crate) fn is_kept(snapshot: &Snapshot, key: &QueueKey) -> bool {
    key.delivery_type == DeliveryType::SmtpRelayToServers
        && !redirected_to(snapshot, key).is_empty()
}

/// Mailboxes are on this server, and the others have no next hop.
fn is_drained(handle: &QueueHandle, next_hop: &str) -> bool {
    let key = handle.key();
    key.delivery_type.is_delivery()
        && key.delivery_type != DeliveryType::SmtpDeliveryToMailbox
        && !(key.delivery_type == DeliveryType::SmtpRelayToServers
            && &*key.next_hop_domain == next_hop)
}

async fn drain(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    next_hop: &str,
    progress: &Progress,
) -> Result<(), QueueError> {
    let in_memory = handle.lock().extract_if(core.now(), |_| true);
    for item in in_memory {
        let moves = async { hand_on(core, snapshot, (&item, Waits::Turn), next_hop) };
        let done = handling(core, handle, (&item, Hold::Out), moves).await;
        count(progress, done.is_some());
    }
    if handle.lock().counts().stored.total() == 0 {
        return Ok(());
    }
    let mut pages = Pages::of_queue(core, handle);
    while let Some(page) = pages.next().await {
        for taken in page.into_iter().filter(|taken| taken.waits != Waits::Suspended) {
            let moves = async { hand_on(core, snapshot, (&taken.item, taken.waits), next_hop) };
            let held = (&taken.item, Hold::Row(taken.waits));
            let done = handling(core, &taken.handle, held, moves).await;
            if done.is_some() {
                taken.handle.lock().left_store(taken.waits, core.now());
            }
            count(progress, done.is_some());
        }
        if progress.is_cancelled() || core.is_stopping() {
            return Ok(());
        }
    }
    pages.failure().map_or(Ok(()), |error| Err(QueueError::Reading(error.to_string())))
}

/// Puts a consignment that was taken out of its queue into that of the servers.
fn hand_on(core: &Core, snapshot: &Snapshot, (item, waited): (&Item, Waits), next_hop: &str) {
    let record = &item.message.record;
    let what = (MessageEventKind::Resubmit, EventSource::Admin);
    let recipients = item.recipients.iter().map(|index| (*index, ""));
    core.emit_step(&step(snapshot, record, what, recipients));
    let key = QueueKey::servers(next_hop, record.tls_requirement());
    core.distribute(
        snapshot,
        (item, waited),
        BTreeMap::from([(key, item.recipients.clone())]),
        None,
    );
}

fn count(progress: &Progress, done: bool) {
    progress.matched.fetch_add(1, Ordering::Relaxed);
    if done {
        progress.done.fetch_add(1, Ordering::Relaxed);
    } else {
        progress.refuse(&QueueError::Broke, 1);
    }
}
