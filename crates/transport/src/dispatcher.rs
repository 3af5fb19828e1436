//! Who works on which queue, and when: starts workers where something can be sent, lets them
//! keep a connection while there is work, and wakes queues at their time.
//!
//! A queue begins with one connection; each that gets an answer may start another, so that a
//! next hop that answers quickly gets many and a dead one costs a single probe.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use delivery::ConnectFailure;
use directory::Snapshot;
use futures_util::{FutureExt, future::join_all};
use model::{EnhancedCode, Event, EventSource, MessageEventKind, TimeSpan, Timestamp};
use queue::{DeliveryType, Queue};
use spool::Batch;
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use crate::{
    contain::handling,
    core::Core,
    outbound::{Link, connector},
    pages::Pages,
    poison::{self, Hold},
    queued::Carried,
    registry::{Item, QueueHandle},
    reports::Finding,
    settle,
    steps::step,
};

/// How long a worker keeps an idle connection for what may come next.
const LINGER: Duration = Duration::from_secs(2);
/// The dispatcher looks at all queues at least this often.
const TICK: Duration = Duration::from_millis(200);
/// How long a next hop that refused one connection more is not asked for another.
const GROW_AGAIN: TimeSpan = TimeSpan::minutes(1);
/// How long a queue waits for a front end at most before it looks again: it may be back any
/// moment, and looking costs little.
const FRONT_END_AGAIN: TimeSpan = TimeSpan::seconds(5);

/// Runs until the service stops: starts workers where something may have become possible, wakes
/// queues at their time, and forgets those that are over.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    let mut tick = tokio::time::interval(TICK);
    loop {
        let handles = tokio::select! {
            handles = core.registry.wanting_attention() => handles,
            _ = tick.tick() => {
                sweep(&core);
                core.registry.all()
            }
            _ = stop.changed() => return,
        };
        for handle in handles {
            ensure_worker(&core, &handle);
        }
    }
}

fn sweep(core: &Core) {
    let snapshot = core.directory.snapshot();
    let longest =
        core.here(&snapshot).map_or(TimeSpan::minutes(3), |s| s.transport.queue_max_idle_time);
    let gone = core.registry.sweep(core.now(), longest);
    if !gone.is_empty() {
        let mut batch = Batch::new();
        for number in gone {
            batch.forget_next_hop(number);
        }
        core.spool.commit_later(batch);
    }
}

/// Starts a worker for the queue when one is of use.
fn ensure_worker(core: &Arc<Core>, handle: &Arc<QueueHandle>) {
    if !may_send(core) || !handle.key().delivery_type.is_delivery() {
        return;
    }
    let now = core.now();
    let mut queue = handle.lock();
    if queue.wanted(now).is_some() {
        core.fill(handle);
    }
    if !queue.has_ready() || !queue.ladder().may_try(now) {
        return;
    }
    if handle.idle.load(Ordering::Acquire) > 0 {
        handle.wake.notify_one();
        return;
    }
    let (open, established) = (queue.connections(), queue.established());
    let waiting = queue.counts().ready as u32;
    let useful = open < 2 * established && waiting > open - established && queue.may_grow(now);
    if open == 0 || (useful && open < connection_limit(core, handle)) {
        if let Some(why) = core.way_barred(handle.key()) {
            drop(queue);
            return hold(core, handle, why);
        }
        queue.connecting();
        drop(queue);
        let worker = Worker {
            core: Arc::clone(core),
            handle: Arc::clone(handle),
            stage: Stage::Connecting,
            item: None,
        };
        tokio::spawn(worker.run());
    }
}

/// Whether anything is to be sent now. Not while more outcomes wait for the disk than memory is
/// meant to hold.
fn may_send(core: &Core) -> bool {
    !core.is_stopping() && core.is_sending() && !core.spool.is_behind()
}

fn connection_limit(core: &Core, handle: &QueueHandle) -> u32 {
    let snapshot = core.directory.snapshot();
    let Some(server) = core.here(&snapshot) else { return 1 };
    if handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox {
        server.transport.max_concurrent_mailbox_deliveries
    } else {
        server.transport.max_per_domain_outbound_connections.limit().unwrap_or(u32::MAX)
    }
}

/// One worker: connects, carries, connects anew when its connection is spent, ends when there
/// is nothing left or the next hop fails. What the queue counts it as is given back when it is
/// dropped, however it ends.
struct Worker {
    core: Arc<Core>,
    handle: Arc<QueueHandle>,
    stage: Stage,
    /// What it has taken from the queue and not settled yet.
    item: Option<Item>,
}

/// What the queue counts this worker as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Connected,
    Neither,
}

/// Why a worker stopped using a link.
enum LinkEnd {
    /// There is nothing to do, or no longer a reason to use it.
    Over,
    /// It worked and has had enough: another one may be opened at once.
    Spent,
    /// The next hop failed.
    Failed,
}

impl Worker {
    /// Works until there is nothing left to do. Where a message breaks its handling, that counts
    /// against it. A worker that is only cut off, because the service has stopped and waits no
    /// longer, says nothing about what it carried: its row, or the message, is in the spool as before.
    async fn run(mut self) {
        let broke = AssertUnwindSafe(self.work()).catch_unwind().await.is_err();
        if broke {
            tracing::error!(queue = %self.handle.key(), "a worker broke off");
        }
        if let Some(item) = self.item.take().filter(|_| broke) {
            poison::broke_off(&self.core, &self.handle, item, Hold::Flight);
        }
    }

    async fn work(&mut self) {
        loop {
            let Some(place) = self.place().await else { return };
            if !self.is_wanted() {
                return;
            }
            let turn = self.handle.turn.fetch_add(1, Ordering::Relaxed);
            let avoid = self.handle.avoid();
            let link = match self.core.open_link(self.handle.key(), turn, avoid.as_deref()).await {
                Ok(link) => link,
                Err(failure) => {
                    // What follows may take long, and needs no connection.
                    drop(place);
                    return self.connect_failed(failure).await;
                }
            };
            self.enter(Stage::Connected);
            let end = self.serve(link).await;
            self.enter(Stage::Neither);
            if !matches!(end, LinkEnd::Spent) || !self.is_wanted() {
                return;
            }
            self.enter(Stage::Connecting);
        }
    }

    /// A place among the server's outgoing connections; mailboxes need none.
    async fn place(&self) -> Option<Option<OwnedSemaphorePermit>> {
        if self.handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox {
            return Some(None);
        }
        Arc::clone(&self.core.connections).acquire_owned().await.ok().map(Some)
    }

    /// Whether there is still something that may be sent now.
    fn is_wanted(&self) -> bool {
        let now = self.core.now();
        let queue = self.handle.lock();
        may_send(&self.core) && queue.has_ready() && queue.ladder().may_try(now)
    }

    /// Tells the queue what this worker now counts as.
    fn enter(&mut self, stage: Stage) {
        let mut queue = self.handle.lock();
        match (self.stage, stage) {
            (Stage::Connecting, Stage::Connected) => queue.connected(),
            (Stage::Connecting, Stage::Neither) => queue.connect_failed(),
            (Stage::Connected, Stage::Neither) => queue.disconnected(),
            (Stage::Neither, Stage::Connecting) => queue.connecting(),
            _ => {}
        }
        self.stage = stage;
    }

    /// Carries what the queue holds over one link.
    async fn serve(&mut self, mut link: Link) -> LinkEnd {
        let mut answered = false;
        let (end, why) = loop {
            if let Some(why) = self.no_longer(&link, answered) {
                break (LinkEnd::Over, why);
            }
            self.take();
            let Some(item) = self.item.clone() else {
                if self.wait_for_work(&link).await {
                    continue;
                }
                break (LinkEnd::Over, "nothing more to send");
            };
            let delivery = match self.core.carry(&mut link, &item).await {
                Ok(delivery) => delivery,
                Err(error) => {
                    settle::unread(&self.core, &self.handle, item, &error).await;
                    self.item = None;
                    continue;
                }
            };
            let failure = delivery.session_failure.clone();
            let host = delivery.host.clone();
            settle::attempt(&self.core, &self.handle, item, delivery).await;
            self.item = None;
            match failure {
                None => {
                    answered = true;
                    self.answered();
                }
                // It worked a moment ago: the other side has had enough of this connection.
                Some(_) if answered => return LinkEnd::Spent,
                Some(error) => {
                    self.handle.set_avoid(Some(host));
                    self.next_hop_failed(error);
                    return LinkEnd::Failed;
                }
            }
            if link.is_spent() {
                break (LinkEnd::Spent, "SmtpMaxMessagesPerConnection reached");
            }
        };
        if let Link::Smtp { connection, .. } = link {
            // To its end, so that there are never more connections than allowed.
            connection.quit(why).await;
        }
        end
    }

    /// Takes the next consignment, and sees that more come from the store in time.
    fn take(&mut self) {
        let mut queue = self.handle.lock();
        self.item = queue.take();
        if queue.wanted(self.core.now()).is_some() {
            self.core.fill(&self.handle);
        }
    }

    /// Why the link is not to be used any more, if so.
    fn no_longer(&self, link: &Link, answered: bool) -> Option<&'static str> {
        if self.core.is_stopping() {
            Some("the service stops")
        } else if self.core.spool.is_behind() {
            Some("outcomes wait for the spool")
        } else if self.is_outdated(link) {
            Some("the Send connector has been changed or removed")
        } else if self.is_held(answered) {
            Some("another connection of the queue failed")
        } else {
            None
        }
    }

    /// Whether another connection has met with a failure that holds for this one too.
    fn is_held(&self, answered: bool) -> bool {
        !answered && !self.handle.lock().ladder().may_try(self.core.now())
    }

    /// The next hop answered: it works, and may be asked for another connection.
    fn answered(&self) {
        let had_failed = self.handle.lock().answered();
        if had_failed {
            self.core.keep_next_hop(&self.handle);
        }
        self.handle.set_avoid(None);
        ensure_worker(&self.core, &self.handle);
    }

    /// Whether the connector, or a service that the link needs, has changed since the link was opened.
    fn is_outdated(&self, link: &Link) -> bool {
        let snapshot = self.core.directory.snapshot();
        if !self.core.here(&snapshot).is_some_and(|server| server.sends()) {
            return true;
        }
        let Link::Smtp { version, connection, .. } = link else { return false };
        let is_shut = |name: String| !snapshot.server(&name).is_some_and(|s| s.front_end_serves());
        if connection.front_end().is_some_and(is_shut) {
            return true;
        }
        connector(&snapshot, self.handle.key()).is_none_or(|c| c.header.version != *version)
    }

    /// Keeps an idle link for a while; `true` when there may be work.
    async fn wait_for_work(&self, link: &Link) -> bool {
        let longest = match link {
            Link::Smtp { longest_idle, .. } => LINGER.min(*longest_idle),
            Link::Mailboxes => LINGER,
        };
        self.handle.idle.fetch_add(1, Ordering::AcqRel);
        // Something may have come between the look and the count.
        let come = self.handle.lock().has_ready()
            || timeout(longest, self.handle.wake.notified()).await.is_ok();
        self.handle.idle.fetch_sub(1, Ordering::AcqRel);
        come
    }

    async fn connect_failed(&mut self, failure: ConnectFailure) {
        match failure {
            ConnectFailure::Transient(error) => self.next_hop_failed(error),
            ConnectFailure::FrontEnd(error) => hold(&self.core, &self.handle, error),
            ConnectFailure::Permanent(status, text) => {
                fail_all(&self.core, &self.handle, status, &text).await;
            }
        }
        self.enter(Stage::Neither);
    }

    /// The next hop could not be used: everything in the queue waits for the ladder. When other
    /// connections stand, it has only refused one more.
    fn next_hop_failed(&self, error: String) {
        let core = &self.core;
        let now = core.now();
        let snapshot = core.directory.snapshot();
        let schedule = core.schedule(&snapshot, self.handle.key());
        let mut queue = self.handle.lock();
        let others = queue.established() - u32::from(self.stage == Stage::Connected);
        if others > 0 && queue.ladder().failures() == 0 {
            queue.refused_another(now + GROW_AGAIN);
            return;
        }
        queue.next_hop_failed(now, &schedule, error.clone());
        let deferred = first_deferrals(&queue);
        let next_retry = queue.ladder().next_attempt();
        drop(queue);
        tell_deferred(core, &snapshot, &deferred, &error);
        core.evict(&self.handle);
        core.keep_next_hop(&self.handle);
        if let Some(next_retry) = next_retry {
            tell_retry(core, &self.handle, error, next_retry);
        }
    }
}

/// Front End Transport cannot be used: everything in the queue waits a moment for it. The
/// destination is not to blame, and its ladder stays where it is.
fn hold(core: &Core, handle: &QueueHandle, error: String) {
    let now = core.now();
    let snapshot = core.directory.snapshot();
    let until = now + core.schedule(&snapshot, handle.key()).glitch_interval.min(FRONT_END_AGAIN);
    let mut queue = handle.lock();
    if queue.established() > 0 {
        // What stands goes on.
        return queue.refused_another(until);
    }
    let is_new = queue.ladder().last_error() != Some(error.as_str());
    queue.way_barred(now, until, error.clone());
    let deferred = first_deferrals(&queue);
    drop(queue);
    tell_deferred(core, &snapshot, &deferred, &error);
    core.evict(handle);
    // Told once: the same failure every few seconds is no news.
    if is_new {
        core.keep_next_hop(handle);
        tell_retry(core, handle, error, until);
    }
}

/// What is in memory of the queue and has not been told to wait yet. Each once: a queue that fails
/// for days would fill the log.
fn first_deferrals(queue: &Queue<Carried>) -> Vec<Item> {
    let told_now =
        |(item, _): (&Item, bool)| item.message.is_first_deferral().then(|| item.clone());
    queue.iter().filter_map(told_now).collect()
}

fn tell_deferred(core: &Core, snapshot: &Snapshot, deferred: &[Item], error: &str) {
    for item in deferred {
        let what = (MessageEventKind::Defer, EventSource::Queue);
        let waiting = item.recipients.iter().map(|index| (*index, error));
        core.emit_step(&step(snapshot, &item.message.record, what, waiting));
    }
}

fn tell_retry(core: &Core, handle: &QueueHandle, error: String, next_retry: Timestamp) {
    let key = handle.key();
    let next_hop = key.next_hop_domain.to_string();
    core.emit(&Event::QueueRetry { connector: key.connector, next_hop, error, next_retry });
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.enter(Stage::Neither);
    }
}

/// The destination takes no mail and never will: everything that waits for it fails, each at its
/// report's turn; until then it is in the store.
async fn fail_all(core: &Arc<Core>, handle: &Arc<QueueHandle>, status: EnhancedCode, text: &str) {
    core.evict(handle);
    // What is on its way into the store is found there.
    let _ = core.spool.commit(Batch::new()).await;
    let snapshot = core.directory.snapshot();
    let finding = |index: &u32| Finding {
        index: *index,
        status,
        text: text.to_owned(),
        remote: None,
        source: EventSource::Dns,
    };
    let mut pages = Pages::of_queue(core, handle);
    while let Some(page) = pages.next().await {
        join_all(page.iter().map(|taken| async {
            let findings = taken.item.recipients.iter().map(finding).collect();
            let fails = settle::fail_in_turn(core, &snapshot, &taken.item, findings);
            let hold = Hold::Row(taken.waits);
            if handling(core, handle, (&taken.item, hold), fails).await == Some(true) {
                handle.lock().left_store(taken.waits, core.now());
            }
        }))
        .await;
        if core.is_stopping() {
            return;
        }
    }
}
