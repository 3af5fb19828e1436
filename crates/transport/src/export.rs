//! Export-Message: a message as a file that the Replay directory takes. Reads, and changes nothing.

use std::sync::Arc;

use bytes::Bytes;
use message::ReplayHeader;
use model::{Envelope, MessageId};
use spool::{Due, MessageRecord, Origin, SpoolError, WaitingRow};

use crate::{
    administration::{Exported, QueueError, QueueName},
    core::Core,
    view::Viewer,
};

/// Export-Message: a suspended message as the Replay directory takes it. It stays where it is.
pub(crate) async fn export(
    core: &Arc<Core>,
    id: MessageId,
    queue: Option<QueueName>,
) -> Result<Exported, QueueError> {
    let core = Arc::clone(core);
    let read = move || read_export(&core, id, queue);
    let stopped = || Err(QueueError::Reading("the reader was interrupted".to_owned()));
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| stopped())
}

fn read_export(
    core: &Core,
    id: MessageId,
    queue: Option<QueueName>,
) -> Result<Exported, QueueError> {
    let reading = |error: SpoolError| QueueError::Reading(error.to_string());
    let viewer = Viewer::new(core);
    core.spool.flush();
    let rows = core.spool.rows_of(id).map_err(reading)?;
    let is_named = |row: &&WaitingRow| {
        let name = viewer.queue(row.queue).map(|facts| facts.name);
        queue.is_none_or(|wanted| name == Some(wanted))
    };
    let is_submitted = |row: &&WaitingRow| {
        viewer.queue(row.queue).is_some_and(|facts| facts.name == QueueName::Submission)
    };
    let (submitted, named): (Vec<&WaitingRow>, Vec<&WaitingRow>) =
        rows.iter().filter(is_named).partition(is_submitted);
    if named.is_empty() && !submitted.is_empty() {
        return Err(QueueError::Submission);
    }
    let suspended: Vec<&&WaitingRow> =
        named.iter().filter(|row| row.due == Due::Suspended).collect();
    if suspended.is_empty() {
        let in_memory = || viewer.has_in_memory(id, queue);
        let found = !named.is_empty() || in_memory();
        return Err(if found {
            QueueError::NotSuspended(id)
        } else {
            QueueError::NoSuchMessage(id)
        });
    }
    let stored = core.spool.message(id).map_err(reading)?.ok_or(QueueError::NoSuchMessage(id))?;
    let content = core.spool.content(id).map_err(reading)?;
    let recipients: Vec<u32> = suspended
        .iter()
        .flat_map(|row| row.recipients.iter().copied())
        .filter(|index| !stored.finished.contains(index))
        .collect();
    Ok(Exported { content: export_file(&stored.record, &recipients, &content) })
}

/// A message for some of its recipients, by index, as a file of the Replay directory: the envelope
/// as header fields, then the message.
pub fn export_file(record: &MessageRecord, recipients: &[u32], content: &[u8]) -> Bytes {
    let mut envelope = Envelope::clone(&record.envelope);
    let all = std::mem::take(&mut envelope.recipients);
    envelope.recipients =
        recipients.iter().filter_map(|index| all.get(*index as usize).cloned()).collect();
    let (source, client) = match &record.origin {
        Origin::Smtp { connector, client } => (Some(format!("SMTP:{connector}")), Some(*client)),
        Origin::Replay { source, client, .. } => (source.clone(), *client),
        Origin::Pickup { .. } => (Some("Pickup".to_owned()), None),
        Origin::Maildrop { owner, .. } => (Some(format!("Maildrop:{owner}")), None),
        Origin::Dsn { .. } => (Some("DSN".to_owned()), None),
        Origin::Management { cmdlet, client } => (Some(cmdlet.clone()), *client),
        Origin::Server { connector, client, .. } => (Some(format!("SMTP:{connector}")), *client),
    };
    // It has passed the header firewall once; what it still has of our own fields may stay.
    let header = ReplayHeader { envelope, trusted: true, hello: None, source, client };
    let mut file = header.write();
    file.extend_from_slice(content);
    file.into()
}
