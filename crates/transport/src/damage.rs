//! Messages whose content is damaged: they are set aside like those whose record is, never deleted
//! (DESIGN section 6), and out of all queues.
//!
//! The sender is told at once that they did not arrive: that is known to be final, he has the
//! message, and what was accepted is delivered, returned or queued. The administrator is told by
//! the log, and keeps what is left.

use std::{collections::HashSet, sync::Arc};

use directory::Snapshot;
use model::{EnhancedCode, EventSource};
use spool::{Batch, Damaged, SpoolError};

use crate::{
    core::Core,
    ends::{failures, report_made},
    hands::Claim,
    pages::{Pages, TakenRow},
    queued::QueuedMessage,
    reports::{Finding, NewReport},
    row::waits_of,
};

/// What the sender is told.
const DAMAGED: &str = "550 5.3.0 QUEUE.Damaged; the message was damaged in the store of this server and cannot be delivered";

/// What is to be said of a recipient.
pub(crate) fn finding(index: u32) -> Finding {
    Finding {
        index,
        status: EnhancedCode::new(5, 3, 0),
        text: DAMAGED.to_owned(),
        remote: None,
        source: EventSource::Queue,
    }
}

/// Sets a message aside that was found damaged with the consignment of `findings`, and returns the
/// reports to be sent. The consignment's queue is the caller's to tell; the others are told here. What is
/// under way at this moment finds out by itself, or is delivered.
///
/// # Errors
/// When it could not be stored: everything is as before.
pub(crate) async fn set_aside(
    core: &Core,
    snapshot: &Snapshot,
    (message, row): (&Arc<QueuedMessage>, Option<&Arc<Claim>>),
    mut findings: Vec<Finding>,
    damaged: &Damaged,
) -> Result<Vec<NewReport>, SpoolError> {
    let id = message.record.id;
    let others = others(core, message, &findings);
    findings.extend(others.into_iter().map(finding));
    let reports = core.bare_failure_reports(snapshot, message, &findings);
    let mut batch = Batch::new();
    // Before the row goes, of which it keeps what it said.
    core.spool.set_aside(&mut batch, damaged);
    core.unshelve(&mut batch, row);
    for report in &reports {
        batch.insert(Arc::clone(&report.record), report.content.clone());
    }
    let mut events: Vec<_> = failures(snapshot, message, &findings).collect();
    events.extend(reports.iter().map(|report| report_made(snapshot, message, report)));
    let at = core.now();
    let kept = core.journal.keep(&mut batch, at, &events);
    core.spool.commit(batch).await?;
    core.journal.publish(at, &events, kept);
    message.set_aside(findings.iter().map(|finding| finding.index));
    leave_queues(core, id).await;
    Ok(reports)
}

/// Recipients of the message in other consignments that are not under way.
fn others(core: &Core, message: &QueuedMessage, own: &[Finding]) -> Vec<u32> {
    let mut excepted: HashSet<u32> = own.iter().map(|finding| finding.index).collect();
    for handle in core.registry.all() {
        for (item, flying) in handle.lock().iter() {
            if flying && item.id == message.record.id {
                excepted.extend(&item.recipients);
            }
        }
    }
    message.pending().into_iter().filter(|index| !excepted.contains(index)).collect()
}

/// Takes what is left of a message out of all queues, in memory and in the store.
async fn leave_queues(core: &Core, id: model::MessageId) {
    let mut batch = Batch::new();
    for handle in core.registry.all() {
        for item in handle.lock().extract_if(core.now(), |item| item.id == id) {
            core.unshelve(&mut batch, item.message.row.as_ref());
        }
    }
    if !batch.is_empty() {
        core.spool.commit_later(batch);
    }
    let spool = core.spool.clone();
    let rows = Pages::claimed(core, move || Ok((spool.rows_of(id)?, ()))).await;
    let Ok((claimed, ())) = rows.inspect_err(|error| {
        tracing::error!(%id, %error, "rows of a message that was set aside could not be read; their queues let them go later");
    }) else {
        return;
    };
    let handles = core.registry.by_number();
    for TakenRow { row, claim } in claimed.rows {
        if let Some(handle) = handles.get(&row.queue) {
            core.forget_row(handle, (waits_of(row.due), claim), false);
        }
    }
}
