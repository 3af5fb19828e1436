//! What an administrator does to queues and messages. Actions on messages work through what is in
//! memory and then through the store a page at a time; they tell how far they have come and can be
//! stopped.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use futures_util::future::join_all;
use message::ReplayHeader;
use model::Envelope;
use parking_lot::Mutex;
use queue::{DeliveryType, QueueKey, QueueStatus, Waits};
use spool::{Batch, Due, MessageRecord, Origin, RowKey, WaitingRow};

use crate::{
    administration::{
        Exported, Matches, MessageAction, MessageScope, Progress, QueueError, QueueName,
    },
    core::Core,
    pages::{Pages, Taken, TakenRow},
    queued::Removal,
    registry::{Item, QueueHandle},
    reroute::{self, Which},
    row::{due_of, waits_of},
    settle,
    view::{Viewer, find},
};

/// Removals that share commits.
const AT_ONCE: usize = 64;
/// Rows looked at before others may read too.
const LOOK: usize = 20_000;

/// Suspend-Queue.
pub(crate) async fn suspend_queue(core: &Arc<Core>, name: QueueName) -> Result<(), QueueError> {
    let handle = match name {
        QueueName::Poison => return Err(QueueError::CannotSuspend(name)),
        QueueName::Submission => core.registry.with(&QueueKey::submission(), core.now(), |_| ()).0,
        name => find(core, name)?,
    };
    handle.lock().suspend();
    if let Err(error) = store_state(core, &handle).await {
        handle.lock().resume();
        return Err(error);
    }
    core.evict(&handle);
    Ok(())
}

/// Resume-Queue.
pub(crate) async fn resume_queue(core: &Arc<Core>, name: QueueName) -> Result<(), QueueError> {
    let handle = find(core, name)?;
    handle.lock().resume();
    store_state(core, &handle).await?;
    match handle.key().delivery_type {
        DeliveryType::Submission => resubmit_later(core, handle, Which::Everything),
        DeliveryType::Unreachable => resubmit_later(core, handle, Which::Misplaced),
        _ => core.registry.attend(&handle),
    }
    Ok(())
}

async fn store_state(core: &Core, handle: &QueueHandle) -> Result<(), QueueError> {
    let _ = handle.is_stored();
    let mut batch = Batch::new();
    batch.next_hop(core.next_hop_row(handle));
    core.spool.commit(batch).await.map_err(|error| QueueError::Storage(error.to_string()))
}

/// Retry-Queue.
pub(crate) fn retry_queue(
    core: &Arc<Core>,
    name: QueueName,
    resubmit: bool,
) -> Result<(), QueueError> {
    if name == QueueName::Submission || name == QueueName::Poison {
        return Err(QueueError::NotInRetry(name));
    }
    let handle = find(core, name)?;
    let (in_retry, has_deferred) = {
        let queue = handle.lock();
        (queue.status() == QueueStatus::Retry, queue.counts().stored.deferred > 0)
    };
    if resubmit {
        if !in_retry && name != QueueName::Unreachable {
            return Err(QueueError::NotInRetry(name));
        }
        resubmit_later(core, handle, Which::Everything);
        return Ok(());
    }
    if name == QueueName::Unreachable {
        return Err(QueueError::NeedsResubmit);
    }
    if !in_retry && !has_deferred {
        return Err(QueueError::NotInRetry(name));
    }
    let interval = core.retry_interval(&core.directory.snapshot());
    handle.lock().retry_now(core.now(), interval);
    core.registry.attend(&handle);
    Ok(())
}

fn resubmit_later(core: &Arc<Core>, handle: Arc<QueueHandle>, which: Which) {
    let core = Arc::clone(core);
    tokio::spawn(async move {
        let snapshot = core.directory.snapshot();
        reroute::resubmit(&core, &snapshot, &handle, which).await;
    });
}

/// Suspend-, Resume- and Remove-Message.
pub(crate) async fn act(
    core: &Arc<Core>,
    scope: &MessageScope,
    matches: &Matches,
    action: MessageAction,
    progress: &Progress,
) -> Result<(), QueueError> {
    perform(core, scope, matches, action, progress).await;
    Ok(())
}

/// Does it; returns the last refusal.
async fn perform(
    core: &Arc<Core>,
    scope: &MessageScope,
    matches: &Matches,
    action: MessageAction,
    progress: &Progress,
) -> Option<QueueError> {
    let task = Action { core, scope, matches, action, progress, refusal: Mutex::default() };
    task.in_memory().await;
    task.in_store().await;
    task.refusal.into_inner()
}

struct Action<'a> {
    core: &'a Arc<Core>,
    scope: &'a MessageScope,
    matches: &'a Matches,
    action: MessageAction,
    progress: &'a Progress,
    /// The last one.
    refusal: Mutex<Option<QueueError>>,
}

impl Action<'_> {
    async fn in_memory(&self) {
        for (handle, waiting) in self.take_out() {
            for some in waiting.chunks(AT_ONCE) {
                if self.progress.is_cancelled() {
                    some.iter().for_each(|item| self.give_back(&handle, item.clone()));
                } else {
                    join_all(some.iter().map(|item| self.on_item(&handle, item))).await;
                }
            }
        }
    }

    /// What is ready in memory is taken out of its queue; what is under way is told.
    fn take_out(&self) -> Vec<(Arc<QueueHandle>, Vec<Item>)> {
        let viewer = Viewer::new(self.core);
        let mut taken = Vec::new();
        for facts in viewer.queues() {
            let is_meant = |item: &Item, flying: bool| {
                self.scope.includes(item.id, facts.name)
                    && viewer.show_item(facts, (item, flying), |view| (self.matches)(view))
            };
            let mut queue = facts.handle.lock();
            for (item, _) in queue.iter().filter(|(item, flying)| *flying && is_meant(item, true)) {
                // Under the lock, so that the attempt cannot be settled meanwhile.
                self.tell(item);
            }
            if self.action == MessageAction::Resume {
                continue;
            }
            let waiting = queue.extract_if(self.core.now(), |item| is_meant(item, false));
            drop(queue);
            self.progress.matched.fetch_add(waiting.len() as u64, Ordering::Relaxed);
            taken.push((Arc::clone(&facts.handle), waiting));
        }
        taken
    }

    /// What is under way takes effect when the attempt has failed.
    fn tell(&self, item: &Item) {
        let (message, recipients) = (&item.message, &item.recipients);
        match self.action {
            MessageAction::Suspend => message.request_suspension(recipients, true),
            MessageAction::Resume => {
                if !message.suspension(recipients) {
                    return;
                }
                message.request_suspension(recipients, false);
            }
            MessageAction::Remove { with_ndr } => {
                message.request_removal(recipients, removal(with_ndr));
            }
        }
        self.progress.matched.fetch_add(1, Ordering::Relaxed);
        self.progress.done.fetch_add(1, Ordering::Relaxed);
    }

    async fn on_item(&self, handle: &Arc<QueueHandle>, item: &Item) {
        let stored = match self.action {
            MessageAction::Remove { with_ndr } => {
                let snapshot = self.core.directory.snapshot();
                settle::remove(self.core, &snapshot, item, removal(with_ndr)).await
            }
            MessageAction::Suspend | MessageAction::Resume => {
                let mut batch = Batch::new();
                self.core.reshelve(&mut batch, handle, item, Waits::Suspended);
                let stored = self.core.spool.commit(batch).await;
                if stored.is_ok() {
                    let mut queue = handle.lock();
                    queue.push_stored(item.sender, Waits::Suspended, self.core.now());
                }
                stored
            }
        };
        match stored {
            Ok(()) => {
                self.progress.done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                self.refuse(QueueError::Storage(error.to_string()), 1);
                self.give_back(handle, item.clone());
            }
        }
    }

    fn refuse(&self, error: QueueError, count: u64) {
        self.progress.refuse(&error, count);
        *self.refusal.lock() = Some(error);
    }

    /// What could not be done leaves everything as it was.
    fn give_back(&self, handle: &Arc<QueueHandle>, item: Item) {
        if item.message.row.is_some() {
            handle.lock().push_stored(item.sender, item.message.waits(), self.core.now());
            self.core.registry.attend(handle);
        } else {
            let snapshot = self.core.directory.snapshot();
            self.core.enqueue(&snapshot, handle.key(), item);
        }
    }

    async fn in_store(&self) {
        // What is on its way into the store is found there.
        let _ = self.core.spool.commit(Batch::new()).await;
        let mut after = None;
        while !self.progress.is_cancelled() {
            let Some((page, last)) = self.next_page(after).await else { return };
            after = last;
            self.progress.matched.fetch_add(page.len() as u64, Ordering::Relaxed);
            match self.action {
                MessageAction::Suspend => self.change(page, Waits::Suspended).await,
                MessageAction::Resume => self.resume(page).await,
                MessageAction::Remove { with_ndr } => self.remove(page, removal(with_ndr)).await,
            }
            if after.is_none() {
                return;
            }
        }
    }

    /// The next rows that are meant, and where the page after them begins, if there is one.
    async fn next_page(&self, after: Option<RowKey>) -> Option<(Vec<TakenRow>, Option<RowKey>)> {
        let scope = self.scope.clone();
        if let Some(id) = scope.id.filter(|_| after.is_none()) {
            let first = id.as_u64().checked_sub(1).and_then(model::MessageId::new);
            let from = first.map(|message| RowKey { message, first: u32::MAX });
            return self.page_from(from, Some(id)).await.map(|(page, _)| (page, None));
        }
        self.page_from(after, None).await
    }

    async fn page_from(
        &self,
        from: Option<RowKey>,
        only: Option<model::MessageId>,
    ) -> Option<(Vec<TakenRow>, Option<RowKey>)> {
        let (core, scope) = (Arc::clone(self.core), self.scope.clone());
        let (matches, action) = (Arc::clone(self.matches), self.action);
        let look = move || -> Result<(Vec<WaitingRow>, Option<RowKey>), spool::SpoolError> {
            let viewer = Viewer::new(&core);
            let (mut rows, mut last, mut looked) = (Vec::new(), None, 0);
            core.spool.scan(from, &mut |row| {
                if only.is_some_and(|id| row.key().message != id) {
                    return std::ops::ControlFlow::Break(());
                }
                looked += 1;
                let is_meant =
                    concerns(action, row.due(), viewer.queue(row.queue()).map(|q| q.name))
                        && viewer
                            .show_view(row, |view| {
                                scope.includes(view.id, view.queue) && matches(view)
                            })
                            .unwrap_or(false);
                if is_meant {
                    rows.push(row.to_row());
                }
                if rows.len() >= Pages::SIZE || looked >= LOOK {
                    last = Some(row.key());
                    return std::ops::ControlFlow::Break(());
                }
                std::ops::ControlFlow::Continue(())
            })?;
            Ok((rows, last))
        };
        match Pages::claimed(self.core, look).await {
            Ok(page) => Some(page),
            Err(error) => {
                self.refuse(QueueError::Reading(error.to_string()), 1);
                None
            }
        }
    }

    /// Lets rows wait for something else.
    async fn change(&self, page: Vec<TakenRow>, after: Waits) {
        let mut batch = Batch::new();
        let mut changed = Vec::new();
        for TakenRow { row, claim } in page {
            let before = waits_of(row.due);
            changed.push((row.queue, row.sender, before));
            batch.park(WaitingRow { due: due_of(after), ..row });
            batch.hold(claim);
        }
        if changed.is_empty() {
            return;
        }
        let count = changed.len() as u64;
        if let Err(error) = self.core.spool.commit(batch).await {
            return self.refuse(QueueError::Storage(error.to_string()), count);
        }
        self.progress.done.fetch_add(count, Ordering::Relaxed);
        let handles = self.core.registry.by_number();
        for (number, sender, before) in changed {
            if let Some(handle) = handles.get(&number) {
                handle.lock().waits_otherwise(sender, before, after);
                self.core.registry.attend(handle);
            }
        }
    }

    /// Suspended messages wait for their turn again; those of the Poison queue are routed again.
    async fn resume(&self, page: Vec<TakenRow>) {
        let poison = self.core.registry.find(&QueueKey::poison()).map(|handle| handle.number());
        let (poisonous, others): (Vec<TakenRow>, Vec<TakenRow>) =
            page.into_iter().partition(|taken| Some(taken.row.queue) == poison);
        self.change(others, Waits::Turn).await;
        let snapshot = self.core.directory.snapshot();
        for mut taken in Pages::with_messages(self.core, poisonous).await {
            taken.item.crashes = 0;
            reroute::submit_again(self.core, &snapshot, &taken.item, Waits::Turn).await;
            taken.handle.lock().left_store(taken.waits, self.core.now());
            self.progress.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn remove(&self, page: Vec<TakenRow>, removal: Removal) {
        let snapshot = self.core.directory.snapshot();
        let taken = Pages::with_messages(self.core, page).await;
        for some in taken.chunks(AT_ONCE) {
            join_all(some.iter().map(|taken| self.remove_one(&snapshot, taken, removal))).await;
        }
    }

    async fn remove_one(
        &self,
        snapshot: &directory::Snapshot,
        Taken { item, handle, waits }: &Taken,
        removal: Removal,
    ) {
        match settle::remove(self.core, snapshot, item, removal).await {
            Ok(()) => {
                handle.lock().left_store(*waits, self.core.now());
                self.progress.done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => self.refuse(QueueError::Storage(error.to_string()), 1),
        }
    }
}

/// Whether the action means anything to a row: what is suspended need not be, and the reverse.
fn concerns(action: MessageAction, due: Due, queue: Option<QueueName>) -> bool {
    match action {
        MessageAction::Suspend => due != Due::Suspended,
        MessageAction::Resume => due == Due::Suspended,
        // Messages in the Submission queue cannot be removed (transport.md section 2.1).
        MessageAction::Remove { .. } => queue != Some(QueueName::Submission),
    }
}

fn removal(with_ndr: bool) -> Removal {
    if with_ndr { Removal::WithReport } else { Removal::Silent }
}

/// Remove-Message by number.
pub(crate) async fn remove_message(
    core: &Arc<Core>,
    id: model::MessageId,
    queue: Option<QueueName>,
    with_ndr: bool,
) -> Result<(), QueueError> {
    match queue {
        Some(QueueName::Submission) => return Err(QueueError::Submission),
        Some(name) => drop(find(core, name)?),
        None => {}
    }
    let scope = MessageScope { queues: queue.map(|name| vec![name]), id: Some(id), after: None };
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Progress::default());
    let action = MessageAction::Remove { with_ndr };
    if let Some(refusal) = perform(core, &scope, &all, action, &progress).await {
        return Err(refusal);
    }
    let found = progress.done.load(Ordering::Relaxed) > 0;
    if found { Ok(()) } else { Err(QueueError::NoSuchMessage(id)) }
}

/// Export-Message: a suspended message as the Replay directory takes it. It stays where it is.
pub(crate) async fn export(
    core: &Arc<Core>,
    id: model::MessageId,
    queue: Option<QueueName>,
) -> Result<Exported, QueueError> {
    let core = Arc::clone(core);
    let read = move || read_export(&core, id, queue);
    let stopped = || Err(QueueError::Reading("the reader was interrupted".to_owned()));
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| stopped())
}

fn read_export(
    core: &Core,
    id: model::MessageId,
    queue: Option<QueueName>,
) -> Result<Exported, QueueError> {
    let reading = |error: spool::SpoolError| QueueError::Reading(error.to_string());
    let viewer = Viewer::new(core);
    core.spool.flush();
    let rows = core.spool.rows_of(id).map_err(reading)?;
    let is_named = |row: &&WaitingRow| {
        let name = viewer.queue(row.queue).map(|facts| facts.name);
        queue.is_none_or(|wanted| name == Some(wanted))
    };
    let named: Vec<&WaitingRow> = rows.iter().filter(is_named).collect();
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
        Origin::Dsn { .. } => (Some("DSN".to_owned()), None),
        Origin::Management { cmdlet, client } => (Some(cmdlet.clone()), *client),
    };
    // It has passed the header firewall once; what it still has of our own fields may stay.
    let header = ReplayHeader { envelope, trusted: true, hello: None, source, client };
    let mut file = header.write();
    file.extend_from_slice(content);
    file.into()
}
