//! The events of an end that somebody is told of: of failures, and of the reports about them.

use directory::Snapshot;
use model::{EventSource, MessageEvent, MessageEventKind};

use crate::{
    queued::QueuedMessage,
    reports::{Finding, NewReport},
    steps::{step, whole},
};

/// The failures, one event for each part of the server that decided.
pub(crate) fn failures<'a>(
    snapshot: &Snapshot,
    message: &'a QueuedMessage,
    failed: &'a [Finding],
) -> impl Iterator<Item = MessageEvent<'a>> {
    let mut sources: Vec<EventSource> = Vec::new();
    for finding in failed {
        if !sources.contains(&finding.source) {
            sources.push(finding.source);
        }
    }
    sources.into_iter().map(move |source| {
        let of_source = failed.iter().filter(|f| f.source == source);
        let texts = of_source.map(|f| (f.index, f.text.as_str()));
        step(snapshot, &message.record, (MessageEventKind::Fail, source), texts)
    })
}

/// That a report about `message` was made.
pub(crate) fn report_made<'a>(
    snapshot: &Snapshot,
    message: &QueuedMessage,
    report: &'a NewReport,
) -> MessageEvent<'a> {
    let about = message.record.internet_message_id.clone();
    MessageEvent {
        reference: about.unwrap_or_default(),
        ..whole(snapshot, &report.record, (MessageEventKind::Dsn, EventSource::Dsn))
    }
}
