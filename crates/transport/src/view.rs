//! Messages as an administrator sees them; their queues are in `queue_view`.
//!
//! A list of messages is what is in memory when it begins, and then what is in the store, read in
//! pages: nothing is left out, and nothing is copied that nobody asks for.

use std::{collections::HashMap, collections::HashSet, ops::ControlFlow, sync::Arc};

use directory::Snapshot;
use model::{MessageId, Timestamp};
use queue::{DeliveryType, Priority, QueueStatus};
use spool::{Due, MessageRecord, Origin, RowKey, RowView, WaitingRow};

use crate::{
    administration::{
        MessageDetails, MessageInfo, MessageScope, MessageView, Needs, QueueError, QueueName,
        RecipientInfo,
    },
    core::{Core, queue_name},
    deadlines::EXPIRED,
    queue_view::{first_line, status_of},
    registry::{Item, QueueHandle},
};

/// A queue with no more rows than this is read as a whole, instead of everything that waits.
const SMALL: u64 = 5_000;

/// No more queues than this are looked for by number.
const FEW: usize = 32;

/// So long after its deadline a message is there no more, unless its report has to wait.
const OVERDUE: model::TimeSpan = model::TimeSpan::minutes(1);

/// What is known of a queue while messages are looked at.
pub(crate) struct QueueFacts {
    pub(crate) name: QueueName,
    pub(crate) handle: Arc<QueueHandle>,
    is_in_retry: bool,
    last_error: Option<String>,
}

/// Everything needed to show messages.
pub(crate) struct Viewer<'a> {
    core: &'a Core,
    snapshot: Arc<Snapshot>,
    queues: HashMap<u64, QueueFacts>,
    now: Timestamp,
    /// Of each priority.
    expiry: [model::TimeSpan; 3],
}

impl<'a> Viewer<'a> {
    pub(crate) fn new(core: &'a Core) -> Self {
        let facts = |handle: Arc<QueueHandle>| {
            let queue = handle.lock();
            let is_in_retry = status_of(&handle, queue.status()) == QueueStatus::Retry;
            let last_error = queue.ladder().last_error().map(str::to_owned);
            drop(queue);
            let name = queue_name(&handle);
            (handle.number(), QueueFacts { name, handle, is_in_retry, last_error })
        };
        let snapshot = core.directory.snapshot();
        let expiry = Priority::ALL.map(|priority| core.expiry(&snapshot, priority));
        let queues = core.registry.all().into_iter().map(facts).collect();
        Self { core, snapshot, queues, expiry, now: core.now() }
    }

    /// All queues.
    pub(crate) fn queues(&self) -> impl Iterator<Item = &QueueFacts> {
        self.queues.values()
    }

    /// Whether the message is in memory, in the queue of this name or in any.
    pub(crate) fn has_in_memory(&self, id: MessageId, queue: Option<QueueName>) -> bool {
        let named = |facts: &&QueueFacts| queue.is_none_or(|name| name == facts.name);
        self.queues().filter(named).any(|f| f.handle.lock().iter().any(|(item, _)| item.id == id))
    }

    /// The queue of a row.
    pub(crate) fn queue(&self, number: u64) -> Option<&QueueFacts> {
        self.queues.get(&number)
    }

    /// Shows a consignment that is in memory.
    pub(crate) fn show_item<T>(
        &self,
        facts: &QueueFacts,
        (item, flying): (&Item, bool),
        look: impl FnOnce(&MessageView<'_>) -> T,
    ) -> T {
        let record = &item.message.record;
        let reader = || {
            self.details(record, facts, &item.recipients, &|index| {
                item.message.last_error(index, facts.last_error.as_deref())
            })
        };
        let own = item.last_error.as_deref().or(facts.last_error.as_deref());
        let expiration = record.accepted_at + self.expiry[item.priority.band()];
        let overdue = self.overdue(facts, expiration, own);
        let mut view = MessageView::new(item.id, facts.name, &reader);
        view.from_address = shown_sender(record.envelope.sender.as_str());
        view.subject = record.subject.as_deref();
        view.size = record.size;
        view.date_received = record.accepted_at;
        view.expiration_time = expiration;
        view.retry_count = item.attempts;
        view.priority = item.priority.name();
        view.status = match (flying, is_to_be_removed(item)) {
            (true, true) => "PendingRemove",
            (true, false) if item.message.suspension(&item.recipients) => "PendingSuspend",
            (true, false) => "Active",
            (false, _) if facts.is_in_retry => "Retry",
            (false, _) => "Ready",
        };
        view.last_error = overdue.as_deref().or(own);
        look(&view)
    }

    /// Shows a row of the store; `None` when its queue is not known.
    fn show_row<T>(&self, row: &Row, look: impl FnOnce(&MessageView<'_>) -> T) -> Option<T> {
        let facts = self.queues.get(&row.queue)?;
        let reader = || self.stored_details(row.key, &row.recipients, facts, &row.last_error);
        let own = first_line(Some(&row.last_error)).or(facts.last_error.as_deref());
        let priority = Priority::of_band(row.band.into());
        let expiration = row.accepted_at + self.expiry[priority.band()];
        let overdue = self.overdue(facts, expiration, own);
        let mut view = MessageView::new(row.key.message, facts.name, &reader);
        view.from_address = shown_sender(&row.from_address);
        view.subject = row.has_subject.then_some(row.subject.as_str());
        view.size = row.size;
        view.date_received = row.accepted_at;
        view.expiration_time = expiration;
        view.retry_count = row.attempts;
        view.priority = priority.name();
        view.status = match row.due {
            Due::Suspended => "Suspended",
            Due::NotBefore(_) => "Retry",
            Due::Now if facts.is_in_retry => "Retry",
            Due::Now => "Ready",
        };
        view.defer_reason =
            if matches!(row.due, Due::NotBefore(_)) { "Transient Failure" } else { "None" };
        view.last_error = overdue.as_deref().or(own);
        Some(look(&view))
    }

    /// What is said of a message that is still there a while after its deadline: it waits for its
    /// report's turn.
    fn overdue(
        &self,
        facts: &QueueFacts,
        expiration: Timestamp,
        error: Option<&str>,
    ) -> Option<String> {
        if expiration + OVERDUE > self.now || facts.name == QueueName::Poison {
            return None;
        }
        let last = error.map(|error| format!("; last error: {error}")).unwrap_or_default();
        Some(format!("{EXPIRED}; its report waits for its turn{last}"))
    }

    /// Shows a row as it is read; `None` when its queue is not known.
    pub(crate) fn show_view<T>(
        &self,
        row: &RowView<'_>,
        look: impl FnOnce(&MessageView<'_>) -> T,
    ) -> Option<T> {
        let mut copy = Row::default();
        copy.take(row);
        self.show_row(&copy, look)
    }

    fn stored_details(
        &self,
        key: RowKey,
        recipients: &[u32],
        facts: &QueueFacts,
        errors: &str,
    ) -> MessageDetails {
        let Ok(Some(stored)) = self.core.spool.message(key.message) else {
            return MessageDetails::default();
        };
        let finished: HashSet<u32> = stored.finished.iter().copied().collect();
        let left: Vec<u32> =
            recipients.iter().copied().filter(|index| !finished.contains(index)).collect();
        let error = |index: u32| error_of(errors, index).or(facts.last_error.as_deref());
        self.details(&stored.record, facts, &left, &|index| error(index).map(str::to_owned))
    }

    fn details(
        &self,
        record: &MessageRecord,
        facts: &QueueFacts,
        recipients: &[u32],
        error: &dyn Fn(u32) -> Option<String>,
    ) -> MessageDetails {
        let (source_name, source_ip) = match &record.origin {
            Origin::Smtp { connector, client } => (format!("SMTP:{connector}"), Some(*client)),
            Origin::Dsn { .. } => ("DSN".to_owned(), None),
            Origin::Pickup { .. } => ("Pickup".to_owned(), None),
            Origin::Replay { client, .. } => ("Replay".to_owned(), *client),
            Origin::Maildrop { owner, .. } => (format!("Maildrop:{owner}"), None),
            Origin::Management { cmdlet, client } => (cmdlet.clone(), *client),
            Origin::Server { connector, client, .. } => (format!("SMTP:{connector}"), *client),
        };
        let all = &record.envelope.recipients;
        let local = facts.handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox;
        let recipient = |index: &u32| {
            let last_error = error(*index);
            RecipientInfo {
                address: all
                    .get(*index as usize)
                    .map(|r| r.address.to_string())
                    .unwrap_or_default(),
                kind: if local { "Mailbox" } else { "External" },
                status: if last_error.is_some() { "Retry" } else { "Ready" },
                last_error,
                next_hop: next_hop(&self.snapshot, &facts.handle),
            }
        };
        MessageDetails {
            source_name,
            source_ip,
            internet_message_id: record.internet_message_id.clone(),
            tls: record.tls_requirement(),
            recipients: recipients.iter().map(recipient).collect(),
        }
    }
}

/// The error of one recipient in the text of a row: the first line, unless it has one of its own.
fn error_of(errors: &str, index: u32) -> Option<&str> {
    let own = errors.lines().skip(1).find_map(|line| {
        let (number, error) = line.split_once(' ')?;
        (number.parse() == Ok(index)).then_some(error)
    });
    own.or_else(|| errors.lines().next())
}

fn shown_sender(address: &str) -> &str {
    if address.is_empty() { "<>" } else { address }
}

fn is_to_be_removed(item: &Item) -> bool {
    item.recipients.iter().any(|index| item.message.recipient(*index).removal.is_some())
}

fn next_hop(snapshot: &Snapshot, handle: &QueueHandle) -> String {
    let key = handle.key();
    match key.delivery_type {
        DeliveryType::Unreachable => "<No Matching Connector>".to_owned(),
        kind if !kind.is_delivery() => String::new(),
        DeliveryType::SmtpDeliveryToMailbox => key.next_hop_domain.to_string(),
        _ => snapshot
            .send_connector_by_guid(key.connector)
            .map_or_else(|| key.next_hop_domain.to_string(), |c| c.name.to_string()),
    }
}

/// A row copied out of its page, into memory that is used again.
#[derive(Debug, Clone)]
struct Row {
    key: RowKey,
    queue: u64,
    recipients: Vec<u32>,
    due: Due,
    band: u8,
    accepted_at: Timestamp,
    attempts: u32,
    size: u64,
    from_address: String,
    has_subject: bool,
    subject: String,
    last_error: String,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            key: RowKey { message: MessageId::MIN, first: 0 },
            queue: 0,
            recipients: Vec::new(),
            due: Due::Now,
            band: 1,
            accepted_at: Timestamp::from_millis(0),
            attempts: 0,
            size: 0,
            from_address: String::new(),
            has_subject: false,
            subject: String::new(),
            last_error: String::new(),
        }
    }
}

impl Row {
    fn take(&mut self, row: &RowView<'_>) {
        self.key = row.key();
        self.queue = row.queue();
        self.recipients = row.recipients().unwrap_or_default();
        self.due = row.due();
        self.band = row.band();
        self.accepted_at = row.accepted_at();
        self.attempts = row.attempts();
        self.size = row.size();
        copy(&mut self.from_address, row.from_address());
        self.has_subject = row.subject().is_some();
        copy(&mut self.subject, row.subject().unwrap_or_default());
        copy(&mut self.last_error, row.last_error().unwrap_or_default());
    }

    fn take_owned(&mut self, row: &WaitingRow) {
        self.key = row.key();
        self.queue = row.queue;
        self.recipients.clone_from(&row.recipients);
        self.due = row.due;
        self.band = row.band;
        self.accepted_at = row.accepted_at;
        self.attempts = row.attempts;
        self.size = row.size;
        copy(&mut self.from_address, &row.from_address);
        self.has_subject = row.subject.is_some();
        copy(&mut self.subject, row.subject.as_deref().unwrap_or_default());
        copy(&mut self.last_error, row.last_error.as_deref().unwrap_or_default());
    }
}

fn copy(to: &mut String, from: &str) {
    to.clear();
    to.push_str(from);
}

/// Shows `visit` the messages in `scope`, by number, then queue, until it breaks off.
pub(crate) fn visit_messages(
    core: &Core,
    scope: &MessageScope,
    visit: &mut dyn FnMut(&MessageView<'_>) -> ControlFlow<()>,
) -> Result<(), QueueError> {
    let viewer = Viewer::new(core);
    let mut list = List::new(&viewer, scope, visit);
    // What is on its way into the store is in memory no longer: it is awaited.
    core.spool.flush();
    let reading = |error: spool::SpoolError| QueueError::Reading(error.to_string());
    if let Some(id) = scope.id {
        for row in core.spool.rows_of(id).map_err(reading)? {
            let _ = list.next(row.key(), |copy| copy.take_owned(&row));
        }
    } else if let Some(numbers) = viewer.small(scope) {
        let mut rows = Vec::new();
        for number in numbers {
            rows.extend(core.spool.scan_queue(number, None, SMALL as usize).map_err(reading)?);
        }
        rows.sort_by_key(spool::WaitingRow::key);
        for row in rows {
            if list.next(row.key(), |copy| copy.take_owned(&row)).is_break() {
                return Ok(());
            }
        }
    } else {
        let from = scope.after.and_then(|(id, _)| MessageId::new(id.as_u64().checked_sub(1)?));
        let from = from.map(|message| RowKey { message, first: u32::MAX });
        let mut broke_off = false;
        let needs = viewer.needs(scope);
        let scan = core.spool.scan_needing(from, &needs, &mut |view| {
            let flow = list.next(view.key(), |copy| copy.take(view));
            broke_off |= flow.is_break();
            flow
        });
        scan.map_err(reading)?;
        if broke_off {
            return Ok(());
        }
    }
    let _ = list.finish();
    Ok(())
}

impl Viewer<'_> {
    /// The numbers of the scope's queues, when few rows are in them.
    fn small(&self, scope: &MessageScope) -> Option<Vec<u64>> {
        let wanted = scope.queues.as_ref()?;
        let of_scope = || self.queues.values().filter(|facts| wanted.contains(&facts.name));
        let rows: u64 = of_scope().map(|facts| facts.handle.lock().counts().total()).sum();
        (rows <= SMALL).then(|| of_scope().map(|facts| facts.handle.number()).collect())
    }

    /// What a row of the scope needs to have.
    fn needs(&self, scope: &MessageScope) -> Needs {
        let mut needs = scope.needs.clone();
        if let Some(wanted) = scope.queues.as_ref().filter(|queues| queues.len() <= FEW) {
            let numbers = self.queues.values().filter(|facts| wanted.contains(&facts.name));
            needs.queues = Some(numbers.map(|facts| facts.handle.number()).collect());
        }
        needs
    }
}

/// All messages, by number, then queue.
pub(crate) fn messages(core: &Core) -> Vec<MessageInfo> {
    let mut infos = Vec::new();
    let read = visit_messages(core, &MessageScope::default(), &mut |view| {
        infos.push(info_of(view));
        ControlFlow::Continue(())
    });
    if let Err(error) = read {
        tracing::error!(%error, "the messages could not be listed");
    }
    infos
}

fn info_of(view: &MessageView<'_>) -> MessageInfo {
    let MessageDetails { source_name, source_ip, internet_message_id, recipients, .. } =
        view.details().clone();
    MessageInfo {
        id: view.id,
        queue: view.queue,
        from_address: view.from_address.to_owned(),
        status: view.status,
        subject: view.subject.map(str::to_owned),
        size: view.size,
        source_name,
        source_ip,
        date_received: view.date_received,
        expiration_time: view.expiration_time,
        internet_message_id,
        last_error: view.last_error.map(str::to_owned),
        retry_count: view.retry_count,
        priority: view.priority,
        defer_reason: view.defer_reason,
        recipients,
    }
}

/// A list in the making: what is in memory and what is in the store, in one order.
struct List<'a, 'v> {
    viewer: &'a Viewer<'a>,
    scope: &'a MessageScope,
    visit: &'v mut dyn FnMut(&MessageView<'_>) -> ControlFlow<()>,
    /// In memory, by number, then queue; shown from the back.
    memory: Vec<(MessageId, QueueName, u64, Item, bool)>,
    /// Rows of what is in memory.
    in_memory: HashSet<RowKey>,
    /// Rows of the message that is being read.
    rows: Vec<Row>,
    /// How many of them are in use.
    used: usize,
}

impl<'a, 'v> List<'a, 'v> {
    fn new(
        viewer: &'a Viewer<'a>,
        scope: &'a MessageScope,
        visit: &'v mut dyn FnMut(&MessageView<'_>) -> ControlFlow<()>,
    ) -> Self {
        let mut memory = Vec::new();
        let mut in_memory = HashSet::new();
        for facts in viewer.queues.values() {
            let queue = facts.handle.lock();
            for (item, flying) in queue.iter() {
                in_memory.extend(item.message.row.as_ref().map(|claim| claim.key()));
                // Or the row that it is given while the list is made.
                in_memory.insert(RowKey { message: item.id, first: item.first() });
                if scope.includes(item.id, facts.name) {
                    memory.push((item.id, facts.name, facts.handle.number(), item.clone(), flying));
                }
            }
        }
        memory.sort_by_key(|(id, name, ..)| std::cmp::Reverse((*id, *name)));
        Self { viewer, scope, visit, memory, in_memory, rows: Vec::new(), used: 0 }
    }

    /// The next row of the store.
    fn next(&mut self, key: RowKey, fill: impl FnOnce(&mut Row)) -> ControlFlow<()> {
        if self.used > 0 && self.rows[0].key.message != key.message {
            self.flush()?;
        }
        if self.in_memory.contains(&key) {
            return ControlFlow::Continue(());
        }
        if self.rows.len() == self.used {
            self.rows.push(Row::default());
        }
        fill(&mut self.rows[self.used]);
        self.used += 1;
        ControlFlow::Continue(())
    }

    /// All rows of one message have come: they are shown, after what comes before them.
    fn flush(&mut self) -> ControlFlow<()> {
        let viewer = self.viewer;
        let mut rows = std::mem::take(&mut self.rows);
        let used = std::mem::take(&mut self.used);
        let name = |row: &Row| viewer.queues.get(&row.queue).map(|facts| facts.name);
        if used > 1 {
            rows[..used].sort_by_key(name);
        }
        for row in &rows[..used] {
            let Some(name) = name(row) else { continue };
            self.show_memory(Some((row.key.message, name)))?;
            if self.scope.includes(row.key.message, name) {
                viewer
                    .show_row(row, |view| (self.visit)(view))
                    .unwrap_or(ControlFlow::Continue(()))?;
            }
        }
        self.rows = rows;
        ControlFlow::Continue(())
    }

    /// Shows what is in memory and comes before this place.
    fn show_memory(&mut self, before: Option<(MessageId, QueueName)>) -> ControlFlow<()> {
        let comes_before = |(id, name, ..): &(MessageId, QueueName, u64, Item, bool)| {
            before.is_none_or(|before| (*id, *name) < before)
        };
        while self.memory.last().is_some_and(comes_before) {
            let Some((_, _, number, item, flying)) = self.memory.pop() else { break };
            let Some(facts) = self.viewer.queues.get(&number) else { continue };
            self.viewer.show_item(facts, (&item, flying), |view| (self.visit)(view))?;
        }
        ControlFlow::Continue(())
    }

    fn finish(&mut self) -> ControlFlow<()> {
        self.flush()?;
        self.show_memory(None)
    }
}
