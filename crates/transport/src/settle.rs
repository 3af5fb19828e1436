//! From outcomes to facts: what is finished leaves the spool together with the report of it in
//! one commit; what is not goes back to its queue, or to another when routing has changed.

use std::sync::Arc;

use delivery::{Delivery, Outcome};
use directory::Snapshot;
use dsn::Kind;
use model::{EnhancedCode, Event};
use queue::DeliveryType;
use spool::Batch;

use crate::{
    categorizer::{Categorizer, Placement},
    core::{Core, new_item, received, results},
    queued::{QueuedMessage, Removal},
    registry::{Item, QueueHandle},
    reports::{Finding, NewReport},
};

/// The text with which an administrator's removal is reported.
const REMOVED: &str = "550 4.3.2 QUEUE.TransportDeleted; message deleted by administrative action";

/// What became of the recipients of one consignment.
#[derive(Default)]
struct Sorted {
    delivered: Vec<Finding>,
    failed: Vec<Finding>,
    /// Removed by an administrator without a word to anybody.
    removed: Vec<u32>,
    deferred: Vec<(u32, String)>,
    untried: Vec<u32>,
}

/// Settles one attempt of a consignment that was taken from `handle`.
pub(crate) async fn attempt(core: &Core, handle: &QueueHandle, item: Item, delivery: Delivery) {
    let mut sorted = sort(delivery.recipients, &delivery.host);
    let snapshot = core.directory.snapshot();
    let local = handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox;
    give_up_removed(&item.message, &mut sorted);
    let kind = match (local, delivery.relays_dsn) {
        (true, _) => Some(Kind::Success),
        (false, false) => Some(Kind::Relayed),
        // The next system reports success itself (RFC 3461 section 5.2).
        (false, true) => None,
    };
    if !sorted.delivered.is_empty() {
        let status = sorted.delivered.iter().map(|f| (f.index, f.text.as_str()));
        core.emit(&Event::Send {
            id: item.id,
            connector: connector_name(&snapshot, handle),
            remote: delivery.host,
            recipients: results(&item.message.record, status),
        });
    }
    let not_stored = conclude(core, &snapshot, &item.message, &sorted, kind).await;
    sorted.deferred.extend(not_stored);
    put_back(core, handle, item, sorted).await;
}

/// Settles recipients that can never be delivered and are in no queue.
pub(crate) async fn undeliverable(
    core: &Core,
    snapshot: &Snapshot,
    message: &Arc<QueuedMessage>,
    failed: Vec<(u32, Placement)>,
) {
    if failed.is_empty() {
        return;
    }
    let findings: Vec<_> = failed
        .into_iter()
        .filter_map(|(index, placement)| match placement {
            Placement::Fail(status, text) => Some(Finding { index, status, text, remote: None }),
            Placement::Queue(..) => None,
        })
        .collect();
    fail(core, snapshot, message, findings).await;
}

/// Fails recipients that were taken out of their queue. When the report cannot be stored they
/// go back to where routing sends them.
pub(crate) async fn fail(
    core: &Core,
    snapshot: &Snapshot,
    message: &Arc<QueuedMessage>,
    findings: Vec<Finding>,
) {
    let sorted = Sorted { failed: findings, ..Sorted::default() };
    let not_stored = conclude(core, snapshot, message, &sorted, None).await;
    for (index, error) in not_stored {
        message.set_last_error(index, &error);
        let handle = queue::QueueKey::unreachable();
        let mut item = new_item(message, vec![index]);
        item.last_error = Some(error);
        core.enqueue(handle, item);
    }
}

/// An administrator removes recipients that were taken out of their queue.
pub(crate) async fn remove(
    core: &Core,
    snapshot: &Snapshot,
    message: &Arc<QueuedMessage>,
    recipients: &[u32],
    removal: Removal,
) {
    let addresses = results(&message.record, recipients.iter().map(|i| (*i, "")));
    core.emit(&Event::Remove {
        id: message.record.id,
        recipients: addresses.into_iter().map(|r| r.recipient).collect(),
    });
    let findings: Vec<_> = recipients.iter().map(|index| removed(*index)).collect();
    match removal {
        Removal::WithReport => fail(core, snapshot, message, findings).await,
        Removal::Silent => finish(core, message, recipients),
    }
}

fn removed(index: u32) -> Finding {
    Finding { index, status: EnhancedCode::new(5, 3, 2), text: REMOVED.to_owned(), remote: None }
}

fn sort(outcomes: Vec<(u32, Outcome)>, host: &str) -> Sorted {
    let mut sorted = Sorted::default();
    let remote = Some(host.to_owned()).filter(|h| !h.is_empty());
    for (index, outcome) in outcomes {
        match outcome {
            Outcome::Delivered(text) => sorted.delivered.push(Finding {
                index,
                status: EnhancedCode::new(2, 0, 0),
                text,
                remote: remote.clone(),
            }),
            Outcome::Failed(status, text) => {
                sorted.failed.push(Finding { index, status, text, remote: remote.clone() });
            }
            Outcome::Deferred(text) => sorted.deferred.push((index, text)),
            Outcome::Untried => sorted.untried.push(index),
        }
    }
    sorted
}

/// A removal that was asked for during the attempt takes effect now that it has failed.
fn give_up_removed(message: &QueuedMessage, sorted: &mut Sorted) {
    let removal = |index: u32| message.recipient(index).removal;
    let (removed, waiting): (Vec<u32>, Vec<u32>) =
        sorted.untried.iter().partition(|index| removal(**index).is_some());
    sorted.untried = waiting;
    let deferred = std::mem::take(&mut sorted.deferred);
    let (also_removed, deferred): (Vec<_>, Vec<_>) =
        deferred.into_iter().partition(|(index, _)| removal(*index).is_some());
    sorted.deferred = deferred;
    for index in removed.into_iter().chain(also_removed.into_iter().map(|(index, _)| index)) {
        match removal(index) {
            Some(Removal::WithReport) => sorted.failed.push(self::removed(index)),
            _ => sorted.removed.push(index),
        }
    }
}

/// Makes the end of delivered and failed recipients durable, with the reports of it. Returns
/// failed recipients whose report could not be stored: they are not finished.
async fn conclude(
    core: &Core,
    snapshot: &Snapshot,
    message: &Arc<QueuedMessage>,
    sorted: &Sorted,
    success: Option<Kind>,
) -> Vec<(u32, String)> {
    if sorted.delivered.is_empty() && sorted.failed.is_empty() && sorted.removed.is_empty() {
        return Vec::new();
    }
    let mut reports = Vec::new();
    if !sorted.failed.is_empty() {
        let report = core.report(snapshot, message, Kind::Failure, &sorted.failed).await;
        let copy = report.as_ref().and_then(|r| core.copy_of(snapshot, r, &sorted.failed));
        reports.extend(report.into_iter().chain(copy));
    }
    if let Some(kind) = success.filter(|_| wants_success(message, &sorted.delivered)) {
        reports.extend(core.report(snapshot, message, kind, &sorted.delivered).await);
    }
    let delivered: Vec<u32> =
        sorted.delivered.iter().map(|f| f.index).chain(sorted.removed.iter().copied()).collect();
    let failed: Vec<u32> = sorted.failed.iter().map(|f| f.index).collect();
    if !reports.is_empty() {
        let id = message.record.id;
        let mut batch = Batch::new();
        for index in delivered.iter().chain(&failed) {
            batch.finish(id, *index);
        }
        for report in &reports {
            batch.insert(Arc::clone(&report.record), report.content.clone());
        }
        if let Err(error) = core.spool.commit(batch).await {
            finish(core, message, &delivered);
            return failed.into_iter().map(|index| (index, format!("451 4.3.0 {error}"))).collect();
        }
    }
    finish(core, message, &[delivered, failed].concat());
    emit_failures(core, message, &sorted.failed);
    for report in reports {
        core.send_report(message, report);
    }
    Vec::new()
}

fn wants_success(message: &QueuedMessage, delivered: &[Finding]) -> bool {
    let recipients = &message.record.envelope.recipients;
    delivered
        .iter()
        .any(|f| recipients.get(f.index as usize).is_some_and(|r| r.notify().wants_success()))
}

/// Marks recipients as finished, in memory and, without waiting, in the spool. Whoever finishes
/// the last one removes the message.
fn finish(core: &Core, message: &QueuedMessage, recipients: &[u32]) {
    let id = message.record.id;
    let mut batch = Batch::new();
    if message.finish(recipients.iter().copied()) {
        batch.remove(id);
    } else {
        for index in recipients {
            batch.finish(id, *index);
        }
    }
    core.spool.commit_later(batch);
}

/// What is left goes back: deferred recipients with a time of their own, untried ones at the
/// next hop's time; to another queue when routing has changed meanwhile.
async fn put_back(core: &Core, handle: &QueueHandle, item: Item, sorted: Sorted) {
    if !sorted.deferred.is_empty() {
        item.message.release_content();
        let status = sorted.deferred.iter().map(|(i, text)| (*i, text.as_str()));
        core.emit(&Event::Defer { id: item.id, recipients: results(&item.message.record, status) });
    }
    for (index, text) in &sorted.deferred {
        item.message.set_last_error(*index, text);
    }
    let snapshot = core.directory.snapshot();
    let rest: Vec<u32> =
        sorted.deferred.iter().map(|(i, _)| *i).chain(sorted.untried.iter().copied()).collect();
    if !rest.is_empty() && !belongs(core, &snapshot, handle, &item, &rest) {
        handle.lock().finish(&item, core.now());
        let failed = core.place(&snapshot, &item.message, &rest);
        return undeliverable(core, &snapshot, &item.message, failed).await;
    }
    let now = core.now();
    let interval = core
        .here(&snapshot)
        .map_or(model::TimeSpan::minutes(15), |s| s.transport.message_retry_interval);
    let mut remains = Vec::new();
    if let Some((_, text)) = sorted.deferred.first() {
        remains.push(Item {
            recipients: sorted.deferred.iter().map(|(i, _)| *i).collect(),
            attempts: item.attempts + 1,
            not_before: Some(now + interval),
            last_error: Some(text.clone()),
            ..item.clone()
        });
    }
    if !sorted.untried.is_empty() {
        remains.push(Item { recipients: sorted.untried, ..item.clone() });
    }
    let mut queue = handle.lock();
    let mut remains = remains.into_iter();
    match remains.next() {
        Some(first) => queue.put_back(first, now),
        None => queue.finish(&item, now),
    }
    for rest in remains {
        queue.push(rest, now);
    }
    drop(queue);
}

/// Whether routing would still send these recipients to this queue.
fn belongs(
    core: &Core,
    snapshot: &Snapshot,
    handle: &QueueHandle,
    item: &Item,
    recipients: &[u32],
) -> bool {
    let categorizer = Categorizer::new(snapshot, &core.server);
    recipients.iter().all(|index| {
        let placement = categorizer.place(&item.message.record, *index);
        matches!(placement, Placement::Queue(key, _) if key == *handle.key())
    })
}

fn emit_failures(core: &Core, message: &QueuedMessage, failed: &[Finding]) {
    if !failed.is_empty() {
        let status = failed.iter().map(|f| (f.index, f.text.as_str()));
        core.emit(&Event::Fail {
            id: message.record.id,
            recipients: results(&message.record, status),
        });
    }
}

fn connector_name(snapshot: &Snapshot, handle: &QueueHandle) -> String {
    let connector = snapshot.send_connector_by_guid(handle.key().connector);
    connector.map_or_else(|| "mailbox".to_owned(), |c| c.name.to_string())
}

impl Core {
    /// Routes a stored report. A report that cannot be delivered is dropped: nobody is told
    /// about a message from nobody.
    pub(crate) fn send_report(&self, about: &QueuedMessage, report: NewReport) {
        self.emit(&Event::Dsn { id: report.record.id, about: about.record.id });
        self.emit(&received(&report.record));
        let message = Arc::new(QueuedMessage::fresh(report.record, report.content, &self.budget));
        let snapshot = self.directory.snapshot();
        let pending = message.pending();
        let failed = self.place(&snapshot, &message, &pending);
        if !failed.is_empty() {
            let failed: Vec<u32> = failed.iter().map(|(index, _)| *index).collect();
            finish(self, &message, &failed);
        }
    }
}
