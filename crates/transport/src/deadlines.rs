//! One clock for every message wherever it waits: the delay notice, once, and the end.

use std::sync::Arc;

use delivery::for_senders;
use directory::Snapshot;
use dsn::Kind;
use futures_util::future::join_all;
use model::{EnhancedCode, EventSource, TimeSpan, Timestamp};
use queue::DeliveryType;
use spool::Batch;

use crate::{
    core::Core,
    queued::QueuedMessage,
    registry::{Item, QueueHandle},
    reports::Finding,
    reroute::{self, Which},
    settle,
};

/// The text of an expired message (transport.md section 3).
const EXPIRED: &str = "550 4.4.7 QUEUE.Expired; message expired";

/// What senders are told where no front end can be used.
const BARRED: &str = "451 4.4.1 The outbound gateway is not available";

/// Expired messages that are settled together, sharing commits.
const AT_ONCE: usize = 64;

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    let mut changed = core.directory.subscribe();
    loop {
        let snapshot = core.directory.snapshot();
        sweep(&core, &snapshot).await;
        tokio::select! {
            () = tokio::time::sleep(pause(&core, &snapshot).as_duration()) => {}
            // A deadline may have become shorter.
            change = changed.changed() => if change.is_err() { return },
            _ = stop.changed() => return,
        }
    }
}

/// Often enough for the shortest deadline that is set, seldom enough to cost nothing.
fn pause(core: &Core, snapshot: &Snapshot) -> TimeSpan {
    let shortest = core.here(snapshot).map_or(TimeSpan::minutes(20), |server| {
        server.transport.message_expiration_timeout.min(server.transport.delay_notification_timeout)
    });
    TimeSpan::millis(shortest.as_millis() / 20).clamp(TimeSpan::millis(500), TimeSpan::seconds(30))
}

async fn sweep(core: &Arc<Core>, snapshot: &Snapshot) {
    let now = core.now();
    let Some(server) = core.here(snapshot) else { return };
    let expired = |at: Timestamp| now.since(at) >= server.transport.message_expiration_timeout;
    let delayed = |at: Timestamp| now.since(at) >= server.transport.delay_notification_timeout;
    for handle in core.registry.all() {
        if handle.key().delivery_type == DeliveryType::Unreachable {
            // What could not be concluded before, or was placed by a picture that had just
            // become old, must not wait for the next change of the directory.
            reroute::resubmit(core, snapshot, &handle, Which::Misplaced).await;
        }
        let (over, late) = {
            let mut queue = handle.lock();
            let over = queue.extract_if(now, |item| expired(item.message.record.accepted_at));
            let late: Vec<Item> = queue
                .iter()
                .filter(|(item, flying)| !flying && delayed(item.message.record.accepted_at))
                .filter(|(item, _)| {
                    item.recipients.iter().any(|i| !item.message.recipient(*i).delay_reported)
                })
                .map(|(item, _)| item.clone())
                .collect();
            (over, late)
        };
        let queue_error = error_for_senders(&handle);
        for some in over.chunks(AT_ONCE) {
            join_all(some.iter().map(|item| expire(core, snapshot, item, queue_error.as_deref())))
                .await;
        }
        if core.is_stopping() {
            return;
        }
        for item in late {
            report_delay(core, snapshot, &item, queue_error.as_deref()).await;
        }
    }
}

/// Why the queue waits, as senders may read it: nothing of our own machines.
fn error_for_senders(handle: &QueueHandle) -> Option<String> {
    let queue = handle.lock();
    let ladder = queue.ladder();
    let error = ladder.last_error()?;
    Some(if ladder.is_barred() { BARRED.to_owned() } else { for_senders(error).into_owned() })
}

async fn expire(core: &Core, snapshot: &Snapshot, item: &Item, queue_error: Option<&str>) {
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
    let findings = item.recipients.iter().map(finding).collect();
    settle::fail(core, snapshot, &item.message, findings).await;
}

/// Tells the sender once that the message is late. Whether he is told or did not want to be,
/// it is remembered, so that the next sweep passes the message by.
async fn report_delay(core: &Core, snapshot: &Snapshot, item: &Item, queue_error: Option<&str>) {
    let message = &item.message;
    let findings: Vec<Finding> = item
        .recipients
        .iter()
        .filter(|index| {
            let state = message.recipient(**index);
            !state.delay_reported && !state.finished
        })
        .filter(|index| is_wanted(snapshot, message, **index))
        .map(|index| Finding {
            index: *index,
            status: EnhancedCode::new(4, 4, 7),
            text: message.last_error(*index, queue_error).unwrap_or_default(),
            remote: None,
            source: EventSource::Queue,
        })
        .collect();
    let report = core.report(snapshot, message, Kind::Delay, &findings).await;
    let mut batch = Batch::new();
    for index in &item.recipients {
        batch.delay_reported(item.id, *index);
    }
    match report {
        None => core.spool.commit_later(batch),
        Some(report) => {
            batch.insert(Arc::clone(&report.record), report.content.clone());
            let (at, made) = (core.now(), [settle::report_made(snapshot, message, &report)]);
            let kept = core.journal.keep(&mut batch, at, &made);
            if core.spool.commit(batch).await.is_err() {
                // Not stored, so not told: the next sweep tries again.
                return;
            }
            core.journal.publish(at, &made, kept);
            core.send_report(&report);
        }
    }
    for index in &item.recipients {
        message.set_delay_reported(*index);
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
