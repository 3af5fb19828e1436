//! Queues and messages as an administrator sees them, and what he may do to them.

use std::{
    ops::ControlFlow,
    sync::{Arc, atomic::Ordering},
};

use directory::Snapshot;
use model::MessageId;
use queue::{DeliveryType, QueueStatus};
use spool::Origin;

use crate::{
    administration::{
        Exported, Matches, MessageAction, MessageDetails, MessageInfo, MessageScope, MessageView,
        Progress, QueueError, QueueInfo, QueueName, RecipientInfo,
    },
    core::{Core, queue_name},
    outbound::connector,
    queued::Removal,
    registry::{Item, QueueHandle},
    reroute::{self, Which},
    settle,
};

/// All queues; the Submission queue always, the Unreachable queue only when not empty.
pub(crate) fn queues(core: &Core) -> Vec<QueueInfo> {
    let mut infos = vec![submission()];
    for handle in core.registry.all() {
        let info = queue_info(core, &handle);
        if info.name != QueueName::Unreachable || info.message_count > 0 {
            infos.push(info);
        }
    }
    infos
}

/// Messages are categorized as they are accepted, so nothing ever waits here.
fn submission() -> QueueInfo {
    QueueInfo {
        name: QueueName::Submission,
        next_hop_domain: "Submission".to_owned(),
        next_hop_connector: model::Guid::nil(),
        next_hop_category: "Internal",
        delivery_type: "Undefined",
        status: "Ready",
        message_count: 0,
        deferred_message_count: 0,
        counts_per_priority: [0; 4],
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
    }
}

fn queue_info(core: &Core, handle: &QueueHandle) -> QueueInfo {
    let now = core.now();
    let mut queue = handle.lock();
    let key = handle.key();
    let (counts, rates) = (queue.counts(), queue.rates(now));
    let unreachable = key.delivery_type == DeliveryType::Unreachable;
    let ladder = queue.ladder();
    let mut last = ladder.last_error().map(str::to_owned);
    if last.is_none() {
        // What only single messages met with is still the answer to "what is wrong here?".
        last = queue.iter().find_map(|(item, _)| {
            item.recipients
                .iter()
                .find_map(|i| item.message.recipient(*i).last_error.map(String::from))
        });
    }
    QueueInfo {
        name: queue_name(handle),
        next_hop_domain: key.next_hop_domain.to_string(),
        next_hop_connector: key.connector,
        next_hop_category: key.delivery_type.category(),
        delivery_type: key.delivery_type.name(),
        status: if unreachable { "Ready" } else { queue.status().name() },
        message_count: counts.total() as u64,
        deferred_message_count: counts.deferred as u64,
        // Every message is of priority Normal.
        counts_per_priority: [0, counts.total() as u64, 0, 0],
        deferred_per_priority: [0, counts.deferred as u64, 0, 0],
        last_error: last,
        last_retry_time: ladder.last_attempt(),
        next_retry_time: if counts.ready == 0 { queue.next_wake() } else { ladder.next_attempt() },
        first_retry_time: ladder.first_failure(),
        retry_count: ladder.failures(),
        incoming_rate: rates.incoming,
        outgoing_rate: rates.outgoing,
        velocity: rates.velocity(),
        tls_domain: None,
    }
}

/// All messages, by number, then queue.
pub(crate) fn messages(core: &Core) -> Vec<MessageInfo> {
    let snapshot = core.directory.snapshot();
    let mut infos = Vec::new();
    for handle in core.registry.all() {
        let (items, status, error) = {
            let queue = handle.lock();
            let items: Vec<(Item, bool)> = queue.iter().map(|(i, f)| (i.clone(), f)).collect();
            let error = queue.ladder().last_error().map(str::to_owned);
            (items, queue.status(), error)
        };
        let name = queue_name(&handle);
        for (item, flying) in items {
            infos.push(message_info(
                core,
                &snapshot,
                &handle,
                name,
                status,
                error.as_deref(),
                &item,
                flying,
            ));
        }
    }
    infos.sort_by_key(|info| (info.id, info.queue));
    infos
}

#[expect(clippy::too_many_arguments, reason = "one row is made of all of these")]
fn message_info(
    core: &Core,
    snapshot: &Snapshot,
    handle: &QueueHandle,
    queue: QueueName,
    queue_status: QueueStatus,
    queue_error: Option<&str>,
    item: &Item,
    flying: bool,
) -> MessageInfo {
    let record = &item.message.record;
    let waits = queue_status == QueueStatus::Retry || item.not_before.is_some();
    let status = match (flying, is_to_be_removed(item)) {
        (true, true) => "PendingRemove",
        (true, false) => "Active",
        (false, _) if waits => "Retry",
        (false, _) => "Ready",
    };
    let (source_name, source_ip) = match &record.origin {
        Origin::Smtp { connector, client } => (format!("SMTP:{connector}"), Some(*client)),
        Origin::Dsn { .. } => ("DSN".to_owned(), None),
        Origin::Pickup { .. } => ("Pickup".to_owned(), None),
        Origin::Replay { client, .. } => ("Replay".to_owned(), *client),
    };
    let recipient = |index: &u32| RecipientInfo {
        address: record
            .envelope
            .recipients
            .get(*index as usize)
            .map(|r| r.address.to_string())
            .unwrap_or_default(),
        kind: if handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox {
            "Mailbox"
        } else {
            "External"
        },
        status: if waits { "Retry" } else { "Ready" },
        last_error: item.message.last_error(*index, queue_error),
        next_hop: next_hop(snapshot, handle),
    };
    let recipients: Vec<RecipientInfo> = item.recipients.iter().map(recipient).collect();
    let first_error = recipients.iter().find_map(|r| r.last_error.clone());
    MessageInfo {
        id: item.id,
        queue,
        from_address: match record.envelope.sender.as_str() {
            "" => "<>".to_owned(),
            address => address.to_owned(),
        },
        status,
        subject: record.subject.clone(),
        size: record.size,
        source_name,
        source_ip,
        date_received: record.accepted_at,
        expiration_time: core.expires_at(snapshot, record),
        internet_message_id: record.internet_message_id.clone(),
        last_error: item.last_error.clone().or(first_error),
        retry_count: item.attempts,
        priority: "Normal",
        defer_reason: if item.not_before.is_some() { "Transient Failure" } else { "None" },
        recipients,
    }
}

fn is_to_be_removed(item: &Item) -> bool {
    item.recipients.iter().any(|index| item.message.recipient(*index).removal.is_some())
}

fn next_hop(snapshot: &Snapshot, handle: &QueueHandle) -> String {
    let key = handle.key();
    match key.delivery_type {
        DeliveryType::Unreachable => "<No Matching Connector>".to_owned(),
        DeliveryType::SmtpDeliveryToMailbox => key.next_hop_domain.to_string(),
        _ => connector(snapshot, key)
            .map_or_else(|| key.next_hop_domain.to_string(), |c| c.name.to_string()),
    }
}

/// Shows `visit` what is in `scope`.
pub(crate) fn visit_messages(
    core: &Core,
    scope: &MessageScope,
    visit: &mut dyn FnMut(&MessageView<'_>) -> ControlFlow<()>,
) -> Result<(), QueueError> {
    for info in messages(core).iter().filter(|info| scope.includes(info.id, info.queue)) {
        let reader = || details(info);
        if visit(&view_of(info, &reader)).is_break() {
            break;
        }
    }
    Ok(())
}

fn details(info: &MessageInfo) -> MessageDetails {
    MessageDetails {
        source_name: info.source_name.clone(),
        source_ip: info.source_ip,
        internet_message_id: info.internet_message_id.clone(),
        recipients: info.recipients.clone(),
    }
}

fn view_of<'a>(info: &'a MessageInfo, reader: &'a dyn Fn() -> MessageDetails) -> MessageView<'a> {
    let mut view = MessageView::new(info.id, info.queue, reader);
    view.from_address = &info.from_address;
    view.subject = info.subject.as_deref();
    view.status = info.status;
    view.size = info.size;
    view.date_received = info.date_received;
    view.expiration_time = info.expiration_time;
    view.last_error = info.last_error.as_deref();
    view.retry_count = info.retry_count;
    view.priority = info.priority;
    view.defer_reason = info.defer_reason;
    view
}

/// Suspend-Queue.
pub(crate) async fn suspend_queue(core: &Arc<Core>, name: QueueName) -> Result<(), QueueError> {
    find(core, name)?;
    Err(QueueError::Unavailable("suspending a queue"))
}

/// Resume-Queue.
pub(crate) async fn resume_queue(core: &Arc<Core>, name: QueueName) -> Result<(), QueueError> {
    find(core, name)?;
    Err(QueueError::Unavailable("resuming a queue"))
}

/// Suspend-, Resume- and Remove-Message.
pub(crate) async fn act(
    core: &Arc<Core>,
    scope: MessageScope,
    matches: Matches,
    action: MessageAction,
    progress: Arc<Progress>,
) -> Result<(), QueueError> {
    let MessageAction::Remove { with_ndr } = action else {
        return Err(QueueError::Unavailable("suspending or resuming a message"));
    };
    let mut found = Vec::new();
    visit_messages(core, &scope, &mut |view| {
        if matches(view) {
            found.push((view.id, view.queue));
        }
        ControlFlow::Continue(())
    })?;
    for (id, queue) in found {
        if progress.is_cancelled() {
            break;
        }
        progress.matched.fetch_add(1, Ordering::Relaxed);
        match remove_message(core, id, Some(queue), with_ndr).await {
            Ok(()) => {
                progress.done.fetch_add(1, Ordering::Relaxed);
            }
            // Delivered meanwhile.
            Err(QueueError::NoSuchMessage(_) | QueueError::NoSuchQueue(_)) => {}
            Err(error) => progress.refuse(&error, 1),
        }
    }
    Ok(())
}

/// Export-Message.
pub(crate) async fn export(
    core: &Arc<Core>,
    id: MessageId,
    queue: Option<QueueName>,
) -> Result<Exported, QueueError> {
    let scope = MessageScope { queues: queue.map(|name| vec![name]), id: Some(id), after: None };
    let mut found = false;
    visit_messages(core, &scope, &mut |_| {
        found = true;
        ControlFlow::Break(())
    })?;
    // Nothing is ever suspended here, and only a suspended message can be exported.
    Err(if found { QueueError::NotSuspended(id) } else { QueueError::NoSuchMessage(id) })
}

/// Retry-Queue.
pub(crate) fn retry_queue(
    core: &Arc<Core>,
    name: QueueName,
    resubmit: bool,
) -> Result<(), QueueError> {
    let handle = find(core, name)?;
    let failing = handle.lock().status() == QueueStatus::Retry;
    if resubmit {
        if !failing && name != QueueName::Unreachable {
            return Err(QueueError::NotInRetry(name));
        }
        let core = Arc::clone(core);
        tokio::spawn(async move {
            let snapshot = core.directory.snapshot();
            reroute::resubmit(&core, &snapshot, &handle, Which::Everything).await;
        });
        return Ok(());
    }
    if name == QueueName::Unreachable {
        return Err(QueueError::NeedsResubmit);
    }
    let has_deferred = handle.lock().counts().deferred > 0;
    if !failing && !has_deferred {
        return Err(QueueError::NotInRetry(name));
    }
    handle.lock().retry_now(core.now());
    core.registry.attend(&handle);
    Ok(())
}

/// Remove-Message: from one queue, or from all that hold it. What could not be stored is not
/// removed: it goes back to its queue.
pub(crate) async fn remove_message(
    core: &Core,
    id: MessageId,
    queue: Option<QueueName>,
    with_ndr: bool,
) -> Result<(), QueueError> {
    let removal = if with_ndr { Removal::WithReport } else { Removal::Silent };
    let handles = match queue {
        Some(QueueName::Submission) => return Err(QueueError::Submission),
        Some(name) => vec![find(core, name)?],
        None => core.registry.all(),
    };
    let snapshot = core.directory.snapshot();
    let (mut found, mut result) = (false, Ok(()));
    for handle in handles {
        let (waiting, flying) = {
            let mut queue = handle.lock();
            let waiting = queue.extract_if(core.now(), |item| item.id == id);
            let mut flying = false;
            for (item, _) in queue.iter().filter(|(item, _)| item.id == id) {
                // Under the lock, so that the attempt cannot be settled meanwhile.
                item.message.request_removal(&item.recipients, removal);
                flying = true;
            }
            (waiting, flying)
        };
        found |= !waiting.is_empty() || flying;
        for item in waiting {
            let (message, recipients) = (&item.message, &item.recipients);
            let removed = settle::remove(core, &snapshot, message, recipients, removal).await;
            if let Err(error) = removed {
                result = Err(QueueError::Storage(error.to_string()));
                core.enqueue(handle.key().clone(), item);
            }
        }
    }
    if found { result } else { Err(QueueError::NoSuchMessage(id)) }
}

fn find(core: &Core, name: QueueName) -> Result<Arc<QueueHandle>, QueueError> {
    let has_name = |handle: &Arc<QueueHandle>| queue_name(handle) == name;
    let handle = core.registry.all().into_iter().find(has_name);
    handle.ok_or(match name {
        QueueName::Submission => QueueError::Submission,
        name => QueueError::NoSuchQueue(name),
    })
}
