//! Who works on which queue, and when: starts workers where something can be sent, lets them
//! keep a connection while there is work, and wakes queues at their time.
//!
//! A queue begins with one connection; each that is made may start another, so that a next hop
//! that answers quickly gets many and a dead one costs a single probe.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use delivery::ConnectFailure;
use model::{EnhancedCode, Event, TimeSpan};
use queue::DeliveryType;
use tokio::time::timeout;

use crate::{
    core::Core,
    outbound::{Link, connector},
    registry::{Item, QueueHandle},
    reports::Finding,
    settle,
};

/// How long a worker keeps an idle connection for what may come next.
const LINGER: Duration = Duration::from_secs(2);
/// The dispatcher looks at all queues at least this often.
const TICK: Duration = Duration::from_millis(200);

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
    core.registry.sweep(core.now(), longest);
}

/// Starts a worker for the queue when one is of use.
fn ensure_worker(core: &Arc<Core>, handle: &Arc<QueueHandle>) {
    if core.is_stopping() || handle.key().delivery_type == DeliveryType::Unreachable {
        return;
    }
    let now = core.now();
    let mut queue = handle.lock();
    if !queue.has_ready(now) || !queue.ladder().may_try(now) {
        return;
    }
    if handle.idle.load(Ordering::Acquire) > 0 {
        handle.wake.notify_one();
        return;
    }
    let (open, established) = (queue.connections(), queue.established());
    let waiting = queue.counts().ready as u32;
    let may_grow = open < 2 * established && waiting > open - established;
    if open == 0 || (may_grow && open < connection_limit(core, handle)) {
        queue.connecting();
        drop(queue);
        tokio::spawn(work(Arc::clone(core), Arc::clone(handle)));
    }
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

/// One worker's life: connect, carry, connect anew when the connection is spent, end when
/// there is nothing left or the next hop fails.
async fn work(core: Arc<Core>, handle: Arc<QueueHandle>) {
    let Ok(_place) = Arc::clone(&core.connections).acquire_owned().await else { return };
    loop {
        let turn = handle.turn.fetch_add(1, Ordering::Relaxed);
        let link = match core.open_link(handle.key(), turn).await {
            Ok(link) => link,
            Err(failure) => return connect_failed(&core, &handle, failure).await,
        };
        handle.lock().connected();
        ensure_worker(&core, &handle);
        let goes_on = serve(&core, &handle, link).await;
        let mut queue = handle.lock();
        queue.disconnected();
        let now = core.now();
        if !goes_on || core.is_stopping() || !queue.has_ready(now) || !queue.ladder().may_try(now) {
            return;
        }
        queue.connecting();
    }
}

/// Carries what the queue holds over one link. Returns whether another link makes sense now.
async fn serve(core: &Arc<Core>, handle: &Arc<QueueHandle>, mut link: Link) -> bool {
    let mut delivered = false;
    loop {
        if core.is_stopping() || is_outdated(core, handle, &link) {
            break;
        }
        let taken = handle.lock().take(core.now());
        let Some(item) = taken else {
            if wait_for_work(core, handle, &link).await {
                continue;
            }
            break;
        };
        let delivery = core.carry(&mut link, &item).await;
        let failure = delivery.session_failure.clone();
        delivered |= settle::attempt(core, handle, item, delivery).await;
        if let Some(error) = failure {
            if delivered {
                // It worked a moment ago: the other side has had enough of this connection.
                return true;
            }
            next_hop_failed(core, handle, error);
            return false;
        }
        if let Link::Smtp { connection, .. } = &link
            && connection.is_spent()
        {
            break;
        }
    }
    let spent = matches!(&link, Link::Smtp { connection, .. } if connection.is_spent());
    if let Link::Smtp { connection, .. } = link {
        if spent {
            // The goodbye need not hold up the next connection.
            tokio::spawn(connection.quit());
        } else {
            connection.quit().await;
        }
    }
    true
}

/// Whether the connector has changed since the link was opened.
fn is_outdated(core: &Core, handle: &QueueHandle, link: &Link) -> bool {
    let Link::Smtp { version, .. } = link else { return false };
    let snapshot = core.directory.snapshot();
    connector(&snapshot, handle.key()).is_none_or(|c| c.header.version != *version)
}

/// Keeps an idle link for a while; `true` when there may be work.
async fn wait_for_work(core: &Core, handle: &QueueHandle, link: &Link) -> bool {
    let longest = match link {
        Link::Smtp { longest_idle, .. } => LINGER.min(*longest_idle),
        Link::Mailboxes => LINGER,
    };
    handle.idle.fetch_add(1, Ordering::AcqRel);
    // Something may have come between the look and the count.
    let come = handle.lock().has_ready(core.now())
        || timeout(longest, handle.wake.notified()).await.is_ok();
    handle.idle.fetch_sub(1, Ordering::AcqRel);
    come
}

async fn connect_failed(core: &Arc<Core>, handle: &Arc<QueueHandle>, failure: ConnectFailure) {
    match failure {
        ConnectFailure::Transient(error) => {
            handle.lock().connect_failed();
            next_hop_failed(core, handle, error);
        }
        ConnectFailure::Permanent(status, text) => {
            fail_all(core, handle, status, &text).await;
            handle.lock().connect_failed();
        }
    }
}

/// The next hop could not be used: everything in the queue waits for the ladder.
fn next_hop_failed(core: &Core, handle: &QueueHandle, error: String) {
    let snapshot = core.directory.snapshot();
    let schedule = core.schedule(&snapshot);
    let mut queue = handle.lock();
    queue.next_hop_failed(core.now(), &schedule, error.clone());
    for (item, _) in queue.iter() {
        item.message.release_content();
    }
    let next_retry = queue.ladder().next_attempt();
    drop(queue);
    if let Some(next_retry) = next_retry {
        core.emit(&Event::QueueRetry {
            connector: handle.key().connector,
            next_hop: handle.key().next_hop_domain.to_string(),
            error,
            next_retry,
        });
    }
}

/// The destination takes no mail and never will: everything that waits for it fails.
async fn fail_all(core: &Core, handle: &QueueHandle, status: EnhancedCode, text: &str) {
    let items: Vec<Item> = handle.lock().extract_if(core.now(), |_| true);
    let snapshot = core.directory.snapshot();
    for item in items {
        let finding =
            |index: &u32| Finding { index: *index, status, text: text.to_owned(), remote: None };
        let findings = item.recipients.iter().map(finding).collect();
        settle::fail(core, &snapshot, &item.message, findings).await;
    }
}
