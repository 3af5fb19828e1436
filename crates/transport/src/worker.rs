//! A worker: connects to a queue's next hop, carries what waits there, for the queue and for others that
//! lead to the same hosts, and settles what became of it.
//!
//! A queue begins with one; each connection that gets an answer may bring another, so that a next hop
//! that answers quickly gets many and a dead one costs a single probe. Queues that share hosts wait for
//! each other's connections.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use delivery::ConnectFailure;
use futures_util::FutureExt;
use model::{EventSource, TimeSpan};
use queue::DeliveryType;
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use crate::{
    core::Core,
    outbound::{Link, Version},
    poison::{self, Hold},
    pools::{Admission, Counted, Down, Pool},
    registry::QueueHandle,
    setbacks,
};

mod carry;

use carry::Load;

/// How long a worker keeps an idle connection for what may come next.
const LINGER: Duration = Duration::from_secs(2);
/// How long hosts that refused one connection more are not asked for another.
const GROW_AGAIN: TimeSpan = TimeSpan::minutes(1);
/// So many messages of one queue are carried in a row while others wait for the connection.
const RUN: u32 = 10;

/// Starts a worker for the queue when one is of use.
pub(crate) fn ensure_worker(core: &Arc<Core>, handle: &Arc<QueueHandle>) {
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
    let pool = handle.pool(now);
    let (open, established) = (queue.connections(), queue.established());
    let working = established + pool.as_ref().map_or(0, |pool| pool.just_spent(now));
    let waiting = queue.counts().ready as u32;
    let useful = open < 2 * working && waiting > open - established && queue.may_grow(now);
    if open > 0 && !(useful && open < connection_limit(core, handle)) {
        return;
    }
    if let Some(why) = core.way_barred(handle.key()) {
        drop(queue);
        return setbacks::hold(core, handle, why);
    }
    if let Some(pool) = pool.filter(|pool| pool.connections() != (0, 0)) {
        // A connection that stands idle comes at once; one that is busy comes in turn.
        let is_full = !pool.may_grow(now);
        if pool.idle.load(Ordering::Acquire) > 0 || (is_full && open == 0) {
            return pool.wait(handle);
        }
        if is_full {
            return;
        }
    }
    queue.connecting();
    drop(queue);
    tokio::spawn(Worker::new(Arc::clone(core), Arc::clone(handle)).run());
}

/// Whether anything is to be sent now. Not while more outcomes wait for the disk than memory is
/// meant to hold.
fn may_send(core: &Core) -> bool {
    !core.is_stopping() && core.is_sending() && !core.spool.is_behind()
}

/// How many connections the queue may have.
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
    /// Of the hosts that were found last.
    pool: Option<Arc<Pool<QueueHandle>>>,
    stage: Stage,
    load: Load,
    /// What goes behind it.
    next: Load,
    /// How many messages of this queue it has carried in a row.
    run: u32,
}

/// What the queue counts this worker as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Connected,
    Neither,
}

impl Stage {
    fn counted(self) -> Counted {
        match self {
            Self::Connecting => Counted::Opening,
            Self::Connected => Counted::Standing,
            Self::Neither => Counted::Not,
        }
    }
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

/// Why there is no link.
enum NoLink {
    Failed(ConnectFailure),
    /// The hosts were found and could not be used.
    Unusable(ConnectFailure),
    /// That is known already.
    Down(Down),
    /// Another queue's connection carries.
    Waits,
}

impl Worker {
    /// A worker for a queue that counts it as connecting.
    fn new(core: Arc<Core>, handle: Arc<QueueHandle>) -> Self {
        Self {
            core,
            handle,
            pool: None,
            stage: Stage::Connecting,
            load: Load::default(),
            next: Load::default(),
            run: 0,
        }
    }

    /// Works until there is nothing left to do. Where a message breaks its handling, that counts
    /// against it. A worker that is only cut off, because the service has stopped and waits no
    /// longer, says nothing about what it carried: its row, or the message, is in the spool as before.
    async fn run(mut self) {
        let broke = AssertUnwindSafe(self.work()).catch_unwind().await.is_err();
        if broke {
            tracing::error!(queue = %self.handle.key(), "a worker broke off");
            for (handle, item) in std::mem::take(&mut self.load.taken) {
                poison::broke_off(&self.core, &handle, item, Hold::Flight);
            }
            self.load = std::mem::take(&mut self.next);
            self.give_back("451 4.3.0 The handling of the message before broke off").await;
        }
    }

    async fn work(&mut self) {
        loop {
            let Some(place) = self.place().await else { return };
            if !self.is_wanted() {
                return;
            }
            let begun = self.core.now();
            let link = match self.open().await {
                Ok(link) => link,
                Err(none) => {
                    // What follows may take long, and needs no connection.
                    drop(place);
                    return self.no_link(none).await;
                }
            };
            self.enter(Stage::Connected);
            let end = self.serve(link).await;
            if let (LinkEnd::Spent, Some(pool)) = (&end, &self.pool) {
                let now = self.core.now();
                pool.spent(now.since(begun), now);
            }
            self.enter(Stage::Neither);
            self.others_go_on();
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
        may_send(&self.core) && is_sendable(&self.core, &self.handle)
    }

    /// Finds the hosts, and connects unless their pool knows better.
    async fn open(&mut self) -> Result<Link, NoLink> {
        self.leave_pool();
        let turn = self.handle.turn.fetch_add(1, Ordering::Relaxed);
        let found = self.core.find_hosts(self.handle.key(), turn).await.map_err(NoLink::Failed)?;
        let Some(found) = found else {
            return self.core.open_mailboxes().await.map_err(NoLink::Failed);
        };
        let now = self.core.now();
        let pool =
            self.core.pools.join(&self.handle, (found.hosts.names(), found.hosts.demands()), now);
        match pool.admit(&self.handle, now) {
            Admission::Open => {}
            Admission::Wait => {
                found
                    .hosts
                    .left_alone("another connection to these hosts carries for this domain too");
                return Err(NoLink::Waits);
            }
            Admission::Down(down) => {
                found.hosts.left_alone(&down.error);
                return Err(NoLink::Down(down));
            }
        }
        self.pool = Some(pool);
        let avoid = self.handle.avoid();
        self.core.open_link(found, avoid.as_deref()).await.map_err(NoLink::Unusable)
    }

    /// Is counted in no pool while the hosts are looked up.
    fn leave_pool(&mut self) {
        if let Some(former) = self.pool.take() {
            former.count(self.stage.counted(), Counted::Not);
        }
    }

    /// Tells the queue, and the pool, what this worker now counts as.
    fn enter(&mut self, stage: Stage) {
        self.tell_queue(stage);
        if let Some(pool) = &self.pool {
            pool.count(self.stage.counted(), stage.counted());
        }
        self.stage = stage;
    }

    fn tell_queue(&self, stage: Stage) {
        let mut queue = self.handle.lock();
        match (self.stage, stage) {
            (Stage::Connecting, Stage::Connected) => queue.connected(),
            (Stage::Connecting, Stage::Neither) => queue.connect_failed(),
            (Stage::Connected, Stage::Neither) => queue.disconnected(),
            (Stage::Neither, Stage::Connecting) => queue.connecting(),
            _ => {}
        }
    }

    /// Works for another queue of the pool with the connection there is.
    fn move_to(&mut self, handle: Arc<QueueHandle>) {
        self.handle.lock().disconnected();
        self.handle = handle;
        let mut queue = self.handle.lock();
        queue.connecting();
        queue.connected();
        drop(queue);
        self.run = 0;
    }

    /// Carries what the queue holds over one link.
    async fn serve(&mut self, mut link: Link) -> LinkEnd {
        let mut answered = false;
        let (end, why) = loop {
            if !self.load.is_begun {
                if let Some(why) = self.no_longer(&link, answered) {
                    self.give_back(why).await;
                    break (LinkEnd::Over, why);
                }
                if self.load.is_empty() {
                    self.change_queue(&link);
                    self.load = self.take();
                }
                if self.load.is_empty() {
                    if self.wait_for_work(&link).await {
                        continue;
                    }
                    break (LinkEnd::Over, "nothing more to send");
                }
            }
            let Some(sent) = self.carry(&mut link, answered).await else { continue };
            if let Some(why) = &sent.failure {
                self.give_back(why).await;
            }
            match sent.failure {
                None => {
                    answered = true;
                    self.answered();
                }
                // It worked a moment ago: the other side has had enough of this connection.
                Some(_) if answered || sent.has_answered => return LinkEnd::Spent,
                Some(error) => {
                    self.handle.set_avoid(Some(sent.host));
                    self.next_hop_failed(error, true);
                    return LinkEnd::Failed;
                }
            }
            if link.is_spent() && self.load.is_empty() {
                break (LinkEnd::Spent, "SmtpMaxMessagesPerConnection reached");
            }
        };
        if let Link::Smtp { connection, .. } | Link::Lmtp(connection) = link {
            // To its end, so that there are never more connections than allowed.
            connection.quit(why).await;
        }
        end
    }

    /// Goes on with another queue of the pool when it is its turn.
    fn change_queue(&mut self, link: &Link) {
        let Some(pool) = self.pool.clone().filter(|pool| pool.has_waiting()) else { return };
        let has_more = is_sendable(&self.core, &self.handle);
        if has_more && self.run < RUN {
            return;
        }
        while let Some(next) = pool.next_waiting() {
            let open = next.lock().connections();
            let suits = next.belongs_to(&pool, self.core.now())
                && is_sendable(&self.core, &next)
                && open < connection_limit(&self.core, &next)
                && matches!(link, Link::Smtp { .. });
            if next.number() != self.handle.number() && suits {
                let former = Arc::clone(&self.handle);
                self.move_to(next);
                if has_more && former.lock().connections() == 0 {
                    pool.wait(&former);
                }
                return;
            }
        }
        self.run = 0;
    }

    /// Queues that wait for a connection of this pool have one less to wait for.
    fn others_go_on(&self) {
        self.go_on(self.pool.as_deref());
    }

    fn go_on(&self, pool: Option<&Pool<QueueHandle>>) {
        let Some(pool) = pool else { return };
        if pool.connections().1 == 0 {
            while let Some(handle) = pool.next_waiting() {
                self.core.registry.attend(&handle);
            }
        }
    }

    /// Why the link is not to be used any more, if so.
    fn no_longer(&self, link: &Link, answered: bool) -> Option<&'static str> {
        if self.core.is_stopping() {
            Some("the service stops")
        } else if !self.core.owns_its_messages() {
            Some("another server may have the messages by now")
        } else if self.core.spool.is_behind() {
            Some("outcomes wait for the spool")
        } else if self.is_outdated(link) {
            Some("the Send connector, or what counts of TLS, has been changed or removed")
        } else if self.is_held(answered) {
            Some("another connection of the queue failed")
        } else if self.pool.as_ref().is_some_and(|pool| pool.has_too_many(self.core.now())) {
            Some("the hosts asked for fewer connections")
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
        self.handle.set_avoid(None);
        ensure_worker(&self.core, &self.handle);
        if let Some(pool) = self.pool.as_ref().filter(|pool| pool.works()) {
            setbacks::pool_works(&self.core, pool);
        }
    }

    /// Whether what is configured, or a service that the link needs, has changed since the link was opened.
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
        Version::of(&snapshot, self.handle.key()) != Some(*version)
    }

    /// Keeps an idle link for a while; `true` when there may be work.
    async fn wait_for_work(&self, link: &Link) -> bool {
        let longest = match link {
            Link::Smtp { longest_idle, .. } => LINGER.min(*longest_idle),
            Link::Maildirs(_) | Link::Lmtp(_) => LINGER,
        };
        let Some(pool) = &self.pool else {
            return self.wait_idly(longest, std::future::pending()).await;
        };
        pool.idle.fetch_add(1, Ordering::AcqRel);
        let come = pool.has_waiting() || self.wait_idly(longest, pool.wake.notified()).await;
        pool.idle.fetch_sub(1, Ordering::AcqRel);
        come
    }

    async fn wait_idly(&self, longest: Duration, other: impl Future<Output = ()>) -> bool {
        self.handle.idle.fetch_add(1, Ordering::AcqRel);
        // Something may have come between the look and the count.
        let come = self.handle.lock().has_ready()
            || timeout(longest, async {
                tokio::select! {
                    () = self.handle.wake.notified() => {}
                    () = other => {}
                }
            })
            .await
            .is_ok();
        self.handle.idle.fetch_sub(1, Ordering::AcqRel);
        come
    }

    async fn no_link(&mut self, none: NoLink) {
        let (failure, of_hosts) = match none {
            NoLink::Waits => return self.enter(Stage::Neither),
            NoLink::Down(Down { error, until }) => {
                self.enter(Stage::Neither);
                return setbacks::fails_like_its_pool(&self.core, &self.handle, &error, until);
            }
            NoLink::Failed(failure) => (failure, false),
            NoLink::Unusable(failure) => (failure, true),
        };
        match failure {
            ConnectFailure::Transient(error) => self.next_hop_failed(error, of_hosts),
            ConnectFailure::FrontEnd(error) => setbacks::hold(&self.core, &self.handle, error),
            ConnectFailure::Permanent(status, text) => {
                // All of that may take long; the other queues of the pool need not wait for it.
                let pool = self.pool.clone();
                self.leave_pool();
                self.go_on(pool.as_deref());
                let source = if of_hosts { EventSource::Smtp } else { EventSource::Dns };
                setbacks::fail_all(&self.core, &self.handle, (status, source), &text).await;
            }
        }
        self.enter(Stage::Neither);
        self.others_go_on();
    }

    /// The next hop could not be used: everything in the queue waits for the ladder, and, where the
    /// hosts are to blame, in the others of its pool. When other connections stand, the hosts have only
    /// refused one more.
    fn next_hop_failed(&self, error: String, of_hosts: bool) {
        let now = self.core.now();
        let mine = u32::from(self.stage == Stage::Connected);
        if let Some(pool) = self.pool.as_ref().filter(|_| of_hosts) {
            let others = pool.connections().1 - mine;
            if others > 0 && self.handle.lock().ladder().failures() == 0 {
                return pool.limit_to(others, now + GROW_AGAIN, &error);
            }
        } else if self.handle.key().delivery_type == DeliveryType::SmtpDeliveryToMailbox {
            let mut queue = self.handle.lock();
            if queue.established() > mine && queue.ladder().failures() == 0 {
                return queue.refused_another(now + GROW_AGAIN);
            }
        }
        let Some(until) = setbacks::next_hop_failed(&self.core, &self.handle, &error) else {
            return;
        };
        if let Some(pool) = self.pool.as_ref().filter(|_| of_hosts) {
            setbacks::pool_failed(&self.core, pool, &self.handle, error, until);
        }
    }
}

/// Whether the queue has something that may be sent now.
fn is_sendable(core: &Core, handle: &QueueHandle) -> bool {
    let queue = handle.lock();
    queue.has_ready() && queue.ladder().may_try(core.now())
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.enter(Stage::Neither);
    }
}
