//! What an administrator does to messages. Actions work through what is in memory and then through
//! the store a page at a time; they tell how far they have come and can be stopped.

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use directory::Snapshot;
use dsn::Kind;
use futures_util::future::join_all;
use model::MessageId;
use parking_lot::Mutex;
use queue::{DeliveryType, Waits};
use spool::{Batch, RowKey, SpoolError, WaitingRow};
use tokio::time::Instant;

use crate::{
    administration::{Matches, MessageAction, MessageScope, Progress, QueueError, QueueName},
    contain::handling,
    core::Core,
    meant::{Found, Meant},
    pages::{Claimed, Pages, Taken, TakenRow},
    poison::Hold,
    queue_view::find,
    queued::Removal,
    registry::{Item, QueueHandle},
    reroute,
    row::{due_of, waits_of},
    settle,
    view::Viewer,
};

/// Removals that share commits.
const AT_ONCE: usize = 64;
/// Consignments that are out of their queues at once.
const IN_HAND: usize = 512;
/// How soon an action that waits sees that it is cancelled.
const LOOK_UP: Duration = Duration::from_millis(100);
/// Rows in other hands that are remembered for when they come back.
const MOST_HELD: usize = 100_000;
/// How soon it is looked whether they have, and for how long.
const HELD_AGAIN: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(5);

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
    let mut had = HashSet::new();
    task.in_memory(&mut had).await;
    let held = task.in_store(&had).await;
    task.in_other_hands(held, &mut had).await;
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
    /// Works on what is in memory, some at a time: a report may have to wait for its turn, and what
    /// is out of its queue is not seen.
    async fn in_memory(&self, had: &mut HashSet<(MessageId, u32)>) {
        while !self.progress.is_cancelled() {
            let taken = self.take_out(had);
            if taken.is_empty() {
                return;
            }
            for (handle, waiting) in taken {
                for some in waiting.chunks(AT_ONCE) {
                    join_all(some.iter().map(|item| {
                        self.contained(&handle, (item, Hold::Out), self.on_item(&handle, item))
                    }))
                    .await;
                }
            }
        }
    }

    /// Does something with one message, and tells when that breaks off.
    async fn contained<T>(
        &self,
        handle: &QueueHandle,
        held: (&Item, Hold),
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let done = handling(self.core, handle, held, work).await;
        if done.is_none() {
            self.refuse(QueueError::Broke, 1);
        }
        done
    }

    /// Some of what is ready in memory is taken out of its queue; what is under way is told. Each
    /// once: `had` is what has had its turn.
    fn take_out(&self, had: &mut HashSet<(MessageId, u32)>) -> Vec<(Arc<QueueHandle>, Vec<Item>)> {
        let viewer = Viewer::new(self.core);
        let (mut taken, mut room) = (Vec::new(), IN_HAND);
        for facts in viewer.queues() {
            let is_meant = |item: &Item, flying: bool| {
                self.scope.includes(item.id, facts.name)
                    && viewer.show_item(facts, (item, flying), |view| (self.matches)(view))
            };
            let mut queue = facts.handle.lock();
            for (item, _) in queue.iter().filter(|(item, flying)| *flying && is_meant(item, true)) {
                // Under the lock, so that the attempt cannot be settled meanwhile.
                if had.insert((item.id, item.first())) {
                    self.tell(item);
                }
            }
            if self.action == MessageAction::Resume {
                continue;
            }
            let waiting = queue.extract_if(self.core.now(), |item| {
                let is_taken =
                    room > 0 && is_meant(item, false) && had.insert((item.id, item.first()));
                room -= usize::from(is_taken);
                is_taken
            });
            drop(queue);
            if waiting.is_empty() {
                continue;
            }
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
        let snapshot = self.core.directory.snapshot();
        if self.progress.is_cancelled() || !self.has_turn(&snapshot, item).await {
            return self.give_back(handle, item.clone());
        }
        let stored = match self.action {
            MessageAction::Remove { with_ndr } => {
                settle::remove(self.core, &snapshot, item, removal(with_ndr)).await
            }
            MessageAction::Suspend | MessageAction::Resume => {
                let before = item.message.waits();
                let mut batch = Batch::new();
                self.core.reshelve(&mut batch, handle, item, Waits::Suspended);
                let stored = self.core.spool.commit(batch).await;
                if stored.is_ok() {
                    let mut queue = handle.lock();
                    queue.push_stored(item.sender, Waits::Suspended, self.core.now());
                } else if let Some(claim) = &item.message.row {
                    // The row says what it said.
                    claim.rewritten(before);
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

    /// Waits for the turn of the report that the action makes, if it does; `false` when it is
    /// cancelled or the service stops before.
    async fn has_turn(&self, snapshot: &Snapshot, item: &Item) -> bool {
        let with_ndr = self.action == MessageAction::Remove { with_ndr: true };
        if !with_ndr || !self.core.is_told(snapshot, &item.message, Kind::Failure, &item.recipients)
        {
            return true;
        }
        let mut turn = std::pin::pin!(self.core.pace.turn(&self.core.stop));
        loop {
            tokio::select! {
                has_turn = &mut turn => return has_turn,
                () = tokio::time::sleep(LOOK_UP) => if self.progress.is_cancelled() {
                    return false;
                }
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

    /// Works on what is in the store; returns what somebody else had in hand just then, but for what
    /// has had its turn in memory.
    async fn in_store(&self, had: &HashSet<(MessageId, u32)>) -> Vec<RowKey> {
        // What is on its way into the store is found there.
        let _ = self.core.spool.commit(Batch::new()).await;
        let (mut after, mut held) = (self.before_the_first(), Vec::new());
        while !self.progress.is_cancelled() && !self.core.is_stopping() {
            let meant = self.meant();
            let Some((page, last)) = self.page(move |core| meant.look(core, after)).await else {
                break;
            };
            let is_new = |key: &RowKey| !had.contains(&(key.message, key.first));
            let room = MOST_HELD - held.len();
            held.extend(page.held.into_iter().filter(is_new).take(room));
            self.on_page(page.rows).await;
            after = last;
            if after.is_none() {
                break;
            }
        }
        held
    }

    /// What others had in hand comes back soon: into memory, or into its row again. (They look after
    /// deadlines, route again, or load.)
    async fn in_other_hands(&self, mut held: Vec<RowKey>, had: &mut HashSet<(MessageId, u32)>) {
        let end = Instant::now() + PATIENCE;
        while !held.is_empty() && !self.progress.is_cancelled() && !self.core.is_stopping() {
            tokio::time::sleep(HELD_AGAIN).await;
            self.in_memory(had).await;
            held.retain(|key| !had.contains(&(key.message, key.first)));
            let rest = held.split_off(held.len().min(Pages::SIZE));
            let meant = self.meant();
            let look = move |core: &Core| Ok((meant.look_at(core, &held)?, None));
            let Some((page, _)) = self.page(look).await else { return };
            held = rest;
            held.extend(page.held);
            self.on_page(page.rows).await;
            if Instant::now() >= end && !held.is_empty() {
                let count = held.len() as u64;
                self.progress.matched.fetch_add(count, Ordering::Relaxed);
                return self.refuse(QueueError::InHand, count);
            }
        }
    }

    /// Where a look begins at the message that is named.
    fn before_the_first(&self) -> Option<RowKey> {
        let before = self.scope.id?.as_u64().checked_sub(1)?;
        Some(RowKey { message: MessageId::new(before)?, first: u32::MAX })
    }

    fn meant(&self) -> Meant {
        Meant { scope: self.scope.clone(), matches: Arc::clone(self.matches), action: self.action }
    }

    /// Rows to act on, and where the page after them begins, if there is one. A message that waits in
    /// many queues has as many rows: its page may not be the last either.
    async fn page(
        &self,
        look: impl FnOnce(&Core) -> Result<(Found, Option<RowKey>), SpoolError> + Send + 'static,
    ) -> Option<(Claimed, Option<RowKey>)> {
        let core = Arc::clone(self.core);
        let look = move || look(&core).map(|(found, last)| (found.rows, (found.refused, last)));
        match Pages::claimed(self.core, look).await {
            Ok((page, (refused, last))) => {
                if refused > 0 {
                    self.progress.matched.fetch_add(refused, Ordering::Relaxed);
                    self.refuse(QueueError::Submission, refused);
                }
                Some((page, last))
            }
            Err(error) => {
                self.refuse(QueueError::Reading(error.to_string()), 1);
                None
            }
        }
    }

    async fn on_page(&self, rows: Vec<TakenRow>) {
        self.progress.matched.fetch_add(rows.len() as u64, Ordering::Relaxed);
        match self.action {
            MessageAction::Suspend => self.change(rows, Waits::Suspended).await,
            MessageAction::Resume => self.resume(rows).await,
            MessageAction::Remove { with_ndr } => self.remove(rows, removal(with_ndr)).await,
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

    /// Suspended messages wait for their turn again. From the queues in which nothing has a turn they
    /// are routed: those of the Poison queue, and those of the Submission queue, where earlier
    /// versions let messages be suspended, unless all of it is.
    async fn resume(&self, page: Vec<TakenRow>) {
        let handles = self.core.registry.by_number();
        let is_routed = |taken: &TakenRow| {
            handles.get(&taken.row.queue).is_some_and(|handle| match handle.key().delivery_type {
                DeliveryType::Poison => true,
                DeliveryType::Submission => !handle.lock().is_suspended(),
                _ => false,
            })
        };
        let (routed, others): (Vec<TakenRow>, Vec<TakenRow>) =
            page.into_iter().partition(is_routed);
        self.change(others, Waits::Turn).await;
        let snapshot = self.core.directory.snapshot();
        for mut taken in Pages::with_messages(self.core, routed).await {
            taken.item.crashes = 0;
            let routes = reroute::submit_again(self.core, &snapshot, &taken.item, Waits::Turn);
            let held = (&taken.item, Hold::Row(taken.waits));
            if self.contained(&taken.handle, held, routes).await.is_some() {
                taken.handle.lock().left_store(taken.waits, self.core.now());
                self.progress.done.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn remove(&self, page: Vec<TakenRow>, removal: Removal) {
        let snapshot = self.core.directory.snapshot();
        let taken = Pages::with_messages(self.core, page).await;
        for some in taken.chunks(AT_ONCE) {
            join_all(some.iter().map(|taken| {
                let held = (&taken.item, Hold::Row(taken.waits));
                self.contained(&taken.handle, held, self.remove_one(&snapshot, taken, removal))
            }))
            .await;
        }
    }

    async fn remove_one(
        &self,
        snapshot: &Snapshot,
        Taken { item, handle, waits }: &Taken,
        removal: Removal,
    ) {
        if self.progress.is_cancelled() || !self.has_turn(snapshot, item).await {
            return;
        }
        match settle::remove(self.core, snapshot, item, removal).await {
            Ok(()) => {
                handle.lock().left_store(*waits, self.core.now());
                self.progress.done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => self.refuse(QueueError::Storage(error.to_string()), 1),
        }
    }
}

fn removal(with_ndr: bool) -> Removal {
    if with_ndr { Removal::WithReport } else { Removal::Silent }
}

/// Remove-Message by number.
pub(crate) async fn remove_message(
    core: &Arc<Core>,
    id: MessageId,
    queue: Option<QueueName>,
    with_ndr: bool,
) -> Result<(), QueueError> {
    match queue {
        Some(QueueName::Submission) => return Err(QueueError::Submission),
        Some(name) => drop(find(core, name)?),
        None => {}
    }
    let scope = MessageScope {
        queues: queue.map(|name| vec![name]),
        id: Some(id),
        ..MessageScope::default()
    };
    let (all, progress): (Matches, _) = (Arc::new(|_| true), Progress::default());
    let action = MessageAction::Remove { with_ndr };
    if let Some(refusal) = perform(core, &scope, &all, action, &progress).await {
        return Err(refusal);
    }
    let found = progress.done.load(Ordering::Relaxed) > 0;
    if found { Ok(()) } else { Err(QueueError::NoSuchMessage(id)) }
}
