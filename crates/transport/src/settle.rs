//! From outcomes to facts: what is finished leaves the spool together with the report of it in
//! one commit; what is not goes back to its queue, or to another when routing has changed, or into
//! the store where it has to wait.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use delivery::{Delivery, Outcome};
use directory::Snapshot;
use dsn::Kind;
use model::{EnhancedCode, EventSource, MessageEvent, MessageEventKind, TimeSpan};
use queue::{DeliveryType, QueueKey, Waits};
use spool::{Batch, Damaged, RowKey, SpoolError};

use crate::{
    categorizer::{Categorizer, Placement},
    core::{Core, new_item},
    damage,
    ends::{failures, report_made},
    hands::Claim,
    poison,
    queued::{QueuedMessage, Removal},
    registry::{Item, QueueHandle},
    reports::{Finding, NewReport},
    steps::{peer, step},
};

/// The text with which an administrator's removal is reported.
const REMOVED: &str = "550 4.3.2 QUEUE.TransportDeleted; message deleted by administrative action";

/// How long a message waits for a spool that is being opened again: it tries every five seconds.
const SPOOL_AGAIN: TimeSpan = TimeSpan::seconds(5);

/// What became of the recipients of one consignment.
#[derive(Default)]
struct Sorted {
    delivered: Vec<Finding>,
    failed: Vec<Finding>,
    /// Removed by an administrator without a word to anybody.
    removed: Vec<u32>,
    deferred: Vec<(u32, String)>,
    untried: Vec<u32>,
    /// The reports of it have had their turn.
    in_turn: bool,
    /// When the deferred are tried again, where that is not after MessageRetryInterval.
    again: Option<TimeSpan>,
}

impl Sorted {
    /// Whether nothing of the consignment is left to be tried again.
    fn is_over(&self) -> bool {
        self.deferred.is_empty() && self.untried.is_empty()
    }
}

/// How something was delivered.
struct Way<'a> {
    connector: String,
    host: &'a str,
    local: bool,
}

/// Settles one attempt of a consignment that was taken from `handle`.
pub(crate) async fn attempt(core: &Core, handle: &QueueHandle, item: Item, delivery: Delivery) {
    let snapshot = core.directory.snapshot();
    let local = is_local(handle);
    // Who has our mailboxes is no remote server.
    let remote = Some(delivery.host.clone()).filter(|host| !host.is_empty() && !local);
    let mut sorted = sort(delivery.recipients, remote.as_deref(), source(handle));
    give_up_removed(&item.message, &mut sorted);
    let kind = match (local, delivery.relays_dsn) {
        (true, _) => Some(Kind::Success),
        (false, false) => Some(Kind::Relayed),
        // The next system reports success itself (RFC 3461 section 5.2).
        (false, true) => None,
    };
    let way = Way { connector: connector_name(&snapshot, handle), host: &delivery.host, local };
    let row = item.message.row.as_ref().filter(|_| sorted.is_over());
    let not_stored =
        conclude(core, &snapshot, (&item.message, row), &sorted, (kind, Some(way))).await;
    sorted.deferred.extend(not_stored);
    put_back(core, handle, item, sorted).await;
}

/// Puts off a consignment whose content the spool did not give; where that is damaged, the message is
/// set aside. Where the spool is only being opened again, that is for a moment, and told once.
pub(crate) async fn unread(core: &Core, handle: &QueueHandle, item: Item, error: &SpoolError) {
    if let SpoolError::Damaged { id, reason } = error {
        let findings = item.recipients.iter().map(|index| damage::finding(*index)).collect();
        let damaged = Damaged { id: *id, reason: reason.clone() };
        let (message, snapshot) = (&item.message, core.directory.snapshot());
        let whose = (&message.message, message.row.as_ref());
        if set_aside(core, &snapshot, whose, findings, &damaged).await.is_ok() {
            return handle.lock().finish(&item, core.now());
        }
    }
    let text = format!("451 4.3.0 {error}");
    let mut sorted = Sorted {
        deferred: item.recipients.iter().map(|index| (*index, text.clone())).collect(),
        again: matches!(error, SpoolError::Closed | SpoolError::Damaged { .. })
            .then_some(SPOOL_AGAIN),
        ..Sorted::default()
    };
    give_up_removed(&item.message, &mut sorted);
    let snapshot = core.directory.snapshot();
    let row = item.message.row.as_ref().filter(|_| sorted.is_over());
    let not_stored = conclude(core, &snapshot, (&item.message, row), &sorted, (None, None)).await;
    sorted.deferred.extend(not_stored);
    put_back(core, handle, item, sorted).await;
}

/// Sets a message aside whose content is damaged, and tells its sender; `findings` are what is to be
/// said of the consignment with which that was found.
///
/// # Errors
/// When it could not be stored: everything is as before.
pub(crate) async fn set_aside(
    core: &Core,
    snapshot: &Snapshot,
    whose: (&Arc<QueuedMessage>, Option<&Arc<Claim>>),
    findings: Vec<Finding>,
    damaged: &Damaged,
) -> Result<(), SpoolError> {
    for report in damage::set_aside(core, snapshot, whose, findings, damaged).await? {
        core.send_report(&report);
    }
    Ok(())
}

/// Settles recipients that can never be delivered and are in no queue. The row they come from, if
/// any, stays for whoever else is in it; where it could not be stored that they have failed, they
/// wait in a row, and its key is returned.
pub(crate) async fn undeliverable(
    core: &Core,
    snapshot: &Snapshot,
    from: &Item,
    failed: Vec<(u32, Placement)>,
) -> Option<RowKey> {
    if failed.is_empty() {
        return None;
    }
    let recipients = failed.iter().map(|(index, _)| *index).collect();
    let item = Item { recipients, last_error: None, attempts: 0, ..from.clone() };
    let sorted = Sorted { failed: undeliverable_findings(failed), ..Sorted::default() };
    fail_out_of(core, snapshot, &item, None, sorted).await
}

fn undeliverable_findings(failed: Vec<(u32, Placement)>) -> Vec<Finding> {
    failed
        .into_iter()
        .filter_map(|(index, placement)| match placement {
            Placement::Fail(status, text) => {
                Some(Finding { index, status, text, remote: None, source: EventSource::Routing })
            }
            Placement::Queue(..) => None,
        })
        .collect()
}

/// Fails a consignment that was taken out of its queue, and its row with it, where many may fail at
/// once: whoever is told of it is told when it is his turn. `false` when the service stopped before,
/// and nothing has been done.
pub(crate) async fn fail_in_turn(
    core: &Core,
    snapshot: &Snapshot,
    item: &Item,
    findings: Vec<Finding>,
) -> bool {
    let is_told = core.is_told(snapshot, &item.message, Kind::Failure, &item.recipients);
    if is_told && !core.pace.turn(&core.stop).await {
        return false;
    }
    fail_now(core, snapshot, item, findings).await;
    true
}

/// The same where it is the turn of who is told, if anybody is.
pub(crate) async fn fail_now(
    core: &Core,
    snapshot: &Snapshot,
    item: &Item,
    findings: Vec<Finding>,
) {
    let sorted = Sorted { failed: findings, in_turn: true, ..Sorted::default() };
    fail_out_of(core, snapshot, item, item.message.row.as_ref(), sorted).await;
}

/// Fails a consignment and takes `row` away. What could not be stored of it waits among the
/// unreachable for a moment and is routed again: the key of the row it has there.
async fn fail_out_of(
    core: &Core,
    snapshot: &Snapshot,
    item: &Item,
    row: Option<&Arc<Claim>>,
    sorted: Sorted,
) -> Option<RowKey> {
    let not_stored = conclude(core, snapshot, (&item.message, row), &sorted, (None, None)).await;
    let (_, error) = not_stored.first()?;
    for (index, error) in &not_stored {
        item.message.set_last_error(*index, error);
    }
    let (now, waits) = (core.now(), Waits::Until(core.now() + SPOOL_AGAIN));
    let rest = Item {
        recipients: not_stored.iter().map(|(index, _)| *index).collect(),
        last_error: Some(error.clone()),
        ..item.clone()
    };
    let count = |queue: &QueueHandle| queue.lock().push_stored(rest.sender, waits, now);
    let (handle, ()) = core.registry.with(&QueueKey::unreachable(), now, count);
    core.shelve_later(&handle, &rest, waits);
    Some(RowKey { message: rest.id, first: rest.first() })
}

/// An administrator removes recipients that were taken out of their queue: it is true only once
/// it is stored. The report of it has had its turn.
///
/// # Errors
/// When it could not be stored: the recipients are not finished, and are in no queue.
pub(crate) async fn remove(
    core: &Core,
    snapshot: &Snapshot,
    item: &Item,
    removal: Removal,
) -> Result<(), SpoolError> {
    let (message, recipients) = (&item.message.message, &item.recipients);
    let mut sorted = Sorted::default();
    let mut reports = Vec::new();
    match removal {
        Removal::WithReport => {
            sorted.failed = recipients.iter().map(|index| removed(*index)).collect();
            let made = core.failure_reports(snapshot, message, &sorted.failed).await;
            reports = match made {
                // Whoever removes it does not want to keep it.
                Err(SpoolError::Damaged { .. } | SpoolError::Read { .. }) => {
                    core.bare_failure_reports(snapshot, message, &sorted.failed)
                }
                made => made?,
            };
        }
        Removal::Silent => sorted.removed.clone_from(recipients),
    }
    let mut events = deliveries(snapshot, message, &sorted, None);
    events.extend(failures(snapshot, message, &sorted.failed));
    let row = item.message.row.as_ref();
    store(core, snapshot, (message, row), recipients, (&mut events, &reports)).await
}

fn removed(index: u32) -> Finding {
    Finding {
        index,
        status: EnhancedCode::new(5, 3, 2),
        text: REMOVED.to_owned(),
        remote: None,
        source: EventSource::Admin,
    }
}

fn sort(outcomes: Vec<(u32, Outcome)>, remote: Option<&str>, source: EventSource) -> Sorted {
    let mut sorted = Sorted::default();
    let remote = remote.map(str::to_owned);
    for (index, outcome) in outcomes {
        match outcome {
            Outcome::Delivered(text) => sorted.delivered.push(Finding {
                index,
                status: EnhancedCode::new(2, 0, 0),
                text,
                remote: remote.clone(),
                source,
            }),
            Outcome::Failed(status, text) => {
                sorted.failed.push(Finding { index, status, text, remote: remote.clone(), source });
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
/// failed recipients whose report could not be stored: they are not finished. `row` is taken out of
/// the store when that is the end of it.
async fn conclude(
    core: &Core,
    snapshot: &Snapshot,
    (message, row): (&Arc<QueuedMessage>, Option<&Arc<Claim>>),
    sorted: &Sorted,
    (success, way): (Option<Kind>, Option<Way<'_>>),
) -> Vec<(u32, String)> {
    if sorted.delivered.is_empty() && sorted.failed.is_empty() && sorted.removed.is_empty() {
        return Vec::new();
    }
    let mut reports = match core.failure_reports(snapshot, message, &sorted.failed).await {
        Ok(reports) => reports,
        Err(error) => {
            return without_original(core, snapshot, (message, row), sorted, way, error).await;
        }
    };
    if !reports.is_empty() && !sorted.in_turn {
        core.pace.spend();
    }
    if let Some(kind) = success.filter(|_| wants_success(message, &sorted.delivered)) {
        reports.extend(core.success_report(snapshot, message, kind, &sorted.delivered).await);
    }
    let delivered: Vec<u32> =
        sorted.delivered.iter().map(|f| f.index).chain(sorted.removed.iter().copied()).collect();
    let failed: Vec<u32> = sorted.failed.iter().map(|f| f.index).collect();
    let mut events = deliveries(snapshot, message, sorted, way.as_ref());
    for sent in events.iter_mut().filter(|event| event.kind != MessageEventKind::Fail) {
        sent.reference = listed(&reports);
    }
    let (all, sent) = ([&delivered[..], &failed].concat(), events.len());
    events.extend(failures(snapshot, message, &sorted.failed));
    if reports.is_empty() {
        finish(core, (message, row), &all, &events);
        return Vec::new();
    }
    let stored = store(core, snapshot, (message, row), &all, (&mut events, &reports)).await;
    if let Err(error) = stored {
        events.truncate(sent);
        finish(core, (message, None), &delivered, &events);
        return failed.into_iter().map(|index| (index, format!("451 4.3.0 {error}"))).collect();
    }
    Vec::new()
}

/// Concludes where there are failures and the original, which belongs into the report of them, cannot be
/// read. What may pass is waited for. Otherwise the message is set aside: it is reported without it,
/// and nothing of it is deleted.
async fn without_original(
    core: &Core,
    snapshot: &Snapshot,
    (message, row): (&Arc<QueuedMessage>, Option<&Arc<Claim>>),
    sorted: &Sorted,
    way: Option<Way<'_>>,
    error: SpoolError,
) -> Vec<(u32, String)> {
    let delivered: Vec<u32> =
        sorted.delivered.iter().map(|f| f.index).chain(sorted.removed.iter().copied()).collect();
    if !delivered.is_empty() {
        let events = deliveries(snapshot, message, sorted, way.as_ref());
        finish(core, (message, None), &delivered, &events);
    }
    let error = match error {
        SpoolError::Damaged { id, reason } | SpoolError::Read { id, reason } => {
            let damaged = Damaged { id, reason };
            let findings = sorted.failed.clone();
            set_aside(core, snapshot, (message, row), findings, &damaged).await.err()
        }
        error => Some(error),
    };
    let Some(error) = error else { return Vec::new() };
    let failed = sorted.failed.iter().map(|finding| finding.index);
    failed.map(|index| (index, format!("451 4.3.0 {error}"))).collect()
}

/// Stores the end of recipients, its events and its reports in one commit, and waits for it; then
/// tells of the events and sends the reports, with an event for each.
async fn store<'a>(
    core: &Core,
    snapshot: &Snapshot,
    (message, row): (&'a Arc<QueuedMessage>, Option<&Arc<Claim>>),
    recipients: &[u32],
    (events, reports): (&mut Vec<MessageEvent<'a>>, &'a [NewReport]),
) -> Result<(), SpoolError> {
    let (id, at) = (message.record.id, core.now());
    let mut batch = Batch::new();
    for index in recipients {
        batch.finish(id, *index);
    }
    for report in reports {
        batch.insert(Arc::clone(&report.record), report.content.clone());
    }
    events.extend(reports.iter().map(|report| report_made(snapshot, message, report)));
    core.unshelve(&mut batch, row);
    let kept = core.journal.keep(&mut batch, at, events);
    core.spool.commit(batch).await?;
    core.journal.publish(at, events, kept);
    finish(core, (message, None), recipients, &[]);
    for report in reports {
        core.send_report(report);
    }
    Ok(())
}

/// What was delivered, and how; what an administrator has removed without a word.
fn deliveries<'a>(
    snapshot: &Snapshot,
    message: &'a QueuedMessage,
    sorted: &'a Sorted,
    way: Option<&'a Way<'a>>,
) -> Vec<MessageEvent<'a>> {
    let mut events = Vec::with_capacity(1);
    if let Some(way) = way.filter(|_| !sorted.delivered.is_empty()) {
        let what = if way.local {
            (MessageEventKind::Deliver, EventSource::StoreDriver)
        } else {
            (MessageEventKind::Send, EventSource::Smtp)
        };
        let replies = sorted.delivered.iter().map(|f| (f.index, f.text.as_str()));
        events.push(MessageEvent {
            connector: &way.connector,
            server: peer(way.host),
            ..step(snapshot, &message.record, what, replies)
        });
    }
    if !sorted.removed.is_empty() {
        let what = (MessageEventKind::Fail, EventSource::Admin);
        let removed = sorted.removed.iter().map(|index| (*index, REMOVED));
        events.push(step(snapshot, &message.record, what, removed));
    }
    events
}

/// The numbers of reports, as a reference to them.
fn listed(reports: &[NewReport]) -> String {
    let ids: Vec<String> = reports.iter().map(|report| report.record.id.to_string()).collect();
    ids.join(";")
}

fn wants_success(message: &QueuedMessage, delivered: &[Finding]) -> bool {
    let recipients = &message.record.envelope.recipients;
    delivered
        .iter()
        .any(|f| recipients.get(f.index as usize).is_some_and(|r| r.notify().wants_success()))
}

/// Marks recipients as finished, in memory and, without waiting, in the spool. Whoever finishes
/// the last one removes the message. `events` become durable with it.
fn finish(
    core: &Core,
    (message, row): (&Arc<QueuedMessage>, Option<&Arc<Claim>>),
    recipients: &[u32],
    events: &[MessageEvent<'_>],
) {
    let (id, at) = (message.record.id, core.now());
    let mut batch = Batch::new();
    core.unshelve(&mut batch, row);
    // Nothing is deleted of what was set aside.
    if message.finish(recipients.iter().copied()) && !message.is_set_aside() {
        batch.remove(id);
    } else {
        for index in recipients {
            batch.finish(id, *index);
        }
        // Whoever loads what is left of it must find that these are finished.
        batch.hold(Arc::<QueuedMessage>::clone(message));
    }
    let kept = core.journal.keep(&mut batch, at, events);
    core.spool.commit_later(batch);
    core.journal.publish(at, events, kept);
}

/// What is left goes back: deferred recipients with a time of their own, untried ones at the
/// next hop's time; to another queue when routing has changed meanwhile.
async fn put_back(core: &Core, handle: &QueueHandle, item: Item, sorted: Sorted) {
    let snapshot = core.directory.snapshot();
    let is_told = sorted.again.is_none() || item.message.is_first_deferral();
    if is_told && !sorted.deferred.is_empty() {
        let status = sorted.deferred.iter().map(|(i, text)| (*i, text.as_str()));
        let what = (MessageEventKind::Defer, source(handle));
        let event = MessageEvent {
            connector: &connector_name(&snapshot, handle),
            ..step(&snapshot, &item.message.record, what, status)
        };
        core.emit_step(&event);
    }
    for (index, text) in &sorted.deferred {
        item.message.set_last_error(*index, text);
    }
    let rest: Vec<u32> =
        sorted.deferred.iter().map(|(i, _)| *i).chain(sorted.untried.iter().copied()).collect();
    if !rest.is_empty() && !belongs(core, &snapshot, handle, &item, &rest) {
        handle.lock().finish(&item, core.now());
        let routed = core.route(&snapshot, &item.message, &rest);
        let kept = undeliverable(core, &snapshot, &item, routed.failed).await;
        return core.distribute(&snapshot, (&item, Waits::Turn), routed.queues, kept);
    }
    let now = core.now();
    let interval = core.retry_interval_in(&snapshot, handle.key());
    let interval = sorted.again.map_or(interval, |again| again.min(interval));
    let suspended = !rest.is_empty() && item.message.suspension(&rest);
    let later = if suspended { Waits::Suspended } else { Waits::Until(now + interval) };
    let mut stored = Vec::new();
    if let Some((_, text)) = sorted.deferred.first() {
        let deferred = Item {
            recipients: sorted.deferred.iter().map(|(i, _)| *i).collect(),
            attempts: item.attempts + 1,
            last_error: Some(text.clone()),
            ..item.clone()
        };
        stored.push((deferred, later));
    }
    let mut again = None;
    if !sorted.untried.is_empty() {
        let untried = Item { recipients: sorted.untried, ..item.clone() };
        let handle = handle.lock();
        let soon = !suspended && !handle.is_suspended() && handle.ladder().may_try(now);
        if soon {
            again = Some(untried);
        } else {
            let waits = if suspended { Waits::Suspended } else { untried.message.waits() };
            stored.push((untried, waits));
        }
    }
    if suspended {
        item.message.request_suspension(&rest, false);
    }
    settle_rest(core, handle, &item, again, stored);
}

/// Puts back what is left of a consignment: `again` stays in memory, the rest goes into the store.
fn settle_rest(
    core: &Core,
    handle: &QueueHandle,
    item: &Item,
    again: Option<Item>,
    stored: Vec<(Item, Waits)>,
) {
    let mut batch = Batch::new();
    let unchanged = |part: &Item| part.recipients == item.recipients;
    let is_same = |part: &Item, waits: Waits| {
        part.message.row.is_some() && unchanged(part) && waits == part.message.waits()
    };
    // A row that says what it said before is left as it is.
    let keeps_row = again.as_ref().is_some_and(unchanged)
        || stored.iter().any(|(part, waits)| is_same(part, *waits));
    if !keeps_row {
        core.unshelve(&mut batch, item.message.row.as_ref());
    }
    let mut queue = handle.lock();
    let landed = match again {
        Some(again) if item.message.row.is_none() || unchanged(&again) => {
            queue.put_back(again);
            true
        }
        // Of what has a row, every part has one.
        Some(again) => {
            queue.set_aside(&again, Waits::Turn);
            drop(queue);
            core.shelve(&mut batch, handle, &again, Waits::Turn);
            queue = handle.lock();
            true
        }
        None => false,
    };
    if !landed && stored.is_empty() {
        queue.finish(item, core.now());
    }
    for (place, (part, waits)) in stored.iter().enumerate() {
        if place == 0 && !landed {
            queue.set_aside(part, *waits);
        } else {
            queue.split_off(part.sender, *waits);
        }
    }
    drop(queue);
    for (part, waits) in &stored {
        if !is_same(part, *waits) {
            core.shelve(&mut batch, handle, part, *waits);
        }
    }
    if !batch.is_empty() {
        core.spool.commit_later(batch);
    }
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

/// Whether its mail is for mailboxes here.
fn is_local(handle: &QueueHandle) -> bool {
    handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox
}

/// Who decides what becomes of mail that leaves the queue.
fn source(handle: &QueueHandle) -> EventSource {
    if is_local(handle) { EventSource::StoreDriver } else { EventSource::Smtp }
}

fn connector_name(snapshot: &Snapshot, handle: &QueueHandle) -> String {
    if handle.key().delivery_type.is_between_servers() {
        return delivery::BETWEEN_SERVERS.to_owned();
    }
    let connector = snapshot.send_connector_by_guid(handle.key().connector);
    connector.map(|c| c.name.to_string()).unwrap_or_default()
}

impl Core {
    /// Routes a stored report. A report that cannot be delivered is dropped: nobody is told
    /// about a message from nobody.
    pub(crate) fn send_report(&self, report: &NewReport) {
        let (record, content) = (Arc::clone(&report.record), report.content.clone());
        let mark = Arc::clone(&report.mark);
        let message =
            Arc::new(QueuedMessage::fresh(record, content, &self.budget, (&self.known, mark)));
        let item = new_item(&message, None, message.pending());
        if catch_unwind(AssertUnwindSafe(|| self.route_report(&item))).is_err() {
            poison::broke_routing(self, item);
        }
    }

    fn route_report(&self, item: &Item) {
        let (message, snapshot) = (&item.message.message, self.directory.snapshot());
        let routed = self.route(&snapshot, message, &item.recipients);
        if !routed.failed.is_empty() {
            let findings = undeliverable_findings(routed.failed);
            let events: Vec<_> = failures(&snapshot, message, &findings).collect();
            let failed: Vec<u32> = findings.iter().map(|f| f.index).collect();
            finish(self, (message, None), &failed, &events);
        }
        self.distribute(&snapshot, (item, Waits::Turn), routed.queues, None);
    }
}
