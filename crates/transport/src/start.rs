//! From the store to work at a start: queues with what is known of them, how much waits in each, and
//! the few messages that were in memory when the service stopped. Mail is accepted and sent before
//! anything that waits has been read.

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::{EventSource, MessageEventKind, MessageId};
use queue::{DeliveryType, QueueKey, Stored};
use spool::{Batch, SpoolError, Unsettled, WaitingCount};

use crate::{
    core::{Core, new_item},
    queued::QueuedMessage,
    reroute::{self, Which},
    shelf,
    steps::step,
};

/// Messages that are read at once.
const PAGE: usize = 500;
/// How often it is noted from where on a start has to look.
const NOTE: Duration = Duration::from_secs(1);

/// Knows the queues again, and queues what is not in rows.
pub(crate) async fn recover(core: &Arc<Core>) -> Result<(), SpoolError> {
    core.journal.recover(&core.spool).await?;
    let spool = core.spool.clone();
    let read = move || Ok::<_, SpoolError>((spool.next_hops()?, spool.waiting_counts()?));
    let (hops, counts) = blocking(read).await?;
    let waiting: u64 = counts.iter().map(|count| count.now + count.later + count.suspended).sum();
    let mut counts: HashMap<u64, WaitingCount> =
        counts.into_iter().map(|count| (count.queue, count)).collect();
    for hop in hops {
        match hop.key.parse::<QueueKey>() {
            Ok(key) => {
                let stored = counts.remove(&hop.number).map(stored_of).unwrap_or_default();
                let queue = shelf::restored(key, &hop.state, stored, core.now());
                core.registry.restore(hop.number, queue, core.now());
            }
            Err(error) => {
                tracing::error!(number = hop.number, %error, "a queue is not known any more; what waits in it is routed again")
            }
        }
    }
    for (number, count) in counts {
        adopt_orphans(core, number, count);
    }
    let unsettled = place_unsettled(core).await?;
    if waiting + unsettled > 0 {
        tracing::info!(waiting, unsettled, "messages found in the spool");
    }
    Ok(())
}

fn stored_of(count: WaitingCount) -> Stored {
    Stored {
        ready: count.now,
        deferred: count.later,
        suspended: count.suspended,
        earliest: count.earliest,
    }
}

/// What waits in a queue that nothing is known of is routed again.
pub(crate) fn adopt_orphans(core: &Arc<Core>, number: u64, count: WaitingCount) {
    let key = QueueKey {
        delivery_type: DeliveryType::Submission,
        next_hop_domain: format!("Submission {number}").into(),
        connector: model::Guid::nil(),
        tls: model::TlsRequirement::Default,
    };
    let queue = shelf::restored(key.clone(), "", stored_of(count), core.now());
    core.registry.restore(number, queue, core.now());
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let snapshot = core.directory.snapshot();
        if let Some(handle) = core.registry.find(&key) {
            reroute::resubmit(&core, &snapshot, &handle, Which::Everything).await;
        }
    });
}

/// Queues what was in memory when the service stopped, and tells how many messages that were. Where
/// there are many to look at, nobody waits for all of them.
async fn place_unsettled(core: &Arc<Core>) -> Result<u64, SpoolError> {
    // What is accepted from now on is not looked for.
    let end = core.spool.upcoming_id();
    let (first, count, after) = place_page(core, None, end).await?;
    let (Some(first), Some(after)) = (first, after) else { return Ok(count) };
    // A crash before the end begins here again.
    let mark = core.known.mark(first);
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let (mut after, mut rest) = (Some(after), 0);
        while after.is_some() {
            let page = place_page(&core, after, end).await;
            let Ok((_, count, next)) = page.inspect_err(|error| {
                tracing::error!(%error, "messages in the spool could not be read; they are found at the next start");
            }) else {
                // The mark stays, so that they are.
                return std::mem::forget(mark);
            };
            (after, rest) = (next, rest + count);
        }
        tracing::info!(rest, "more messages found in the spool");
    });
    Ok(count)
}

/// Queues a page: where it began, how many were queued, and what it ended with, unless it was the last.
async fn place_page(
    core: &Arc<Core>,
    after: Option<MessageId>,
    end: MessageId,
) -> Result<(Option<MessageId>, u64, Option<MessageId>), SpoolError> {
    let spool = core.spool.clone();
    let page = blocking(move || spool.unsettled(after, PAGE)).await?;
    let ids = || page.iter().filter_map(Unsettled::id);
    let (first, last) = (ids().min(), ids().max());
    let is_last = page.len() < PAGE || last.is_some_and(|last| last >= end);
    let mut count = 0;
    for unsettled in page {
        if unsettled.id().is_some_and(|id| id < end) {
            let what = (MessageEventKind::Load, EventSource::BootLoader);
            count += u64::from(place_one(core, unsettled, what).await);
        }
    }
    Ok((first, count, last.filter(|_| !is_last)))
}

/// Queues one message, and tells `what` happened to it; whether there was anything to queue.
pub(crate) async fn place_one(
    core: &Arc<Core>,
    Unsettled { message, recipients }: Unsettled,
    what: (MessageEventKind, EventSource),
) -> bool {
    let stored = match message {
        Ok(stored) => stored,
        Err(damaged) => {
            tracing::error!(id = damaged.id, reason = %damaged.reason, "a message in the spool is damaged; it was set aside");
            return false;
        }
    };
    let id = stored.record.id;
    let mark = core.known.mark(id);
    let message = Arc::new(QueuedMessage::stored(&stored, &core.known, Some(mark)));
    if message.pending().is_empty() {
        // Finished before the stop; only its removal was lost.
        let mut batch = Batch::new();
        batch.remove(id);
        core.spool.commit_later(batch);
        return false;
    }
    if recipients.is_empty() {
        return false;
    }
    if recipients.len() < stored.record.envelope.recipients.len() {
        message.share();
    }
    let snapshot = core.directory.snapshot();
    let loaded = recipients.iter().map(|index| (*index, ""));
    core.emit_step(&step(&snapshot, &stored.record, what, loaded));
    let item = new_item(&message, None, recipients);
    let placing = Arc::clone(core);
    // On its own, so that one message that cannot be handled does not stop the others.
    if tokio::spawn(async move { placing.place(&item).await }).await.is_err() {
        tracing::error!(%id, "a message could not be queued; it stays in the spool");
    }
    true
}

/// Notes again and again from which message on a start has to look beside the rows.
pub(crate) async fn keep_noting(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    let mut noted = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(NOTE) => {}
            _ = stop.changed() => return,
        }
        core.known.note_settled(|below| {
            if noted != Some(below) {
                let mut batch = Batch::new();
                batch.settled_below(below);
                core.spool.commit_later(batch);
                noted = Some(below);
            }
        });
    }
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(SpoolError::Stopped))
}
