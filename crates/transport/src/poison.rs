//! Messages whose handling broke off: tried again after a while, and set aside into the Poison queue
//! when it has broken off PoisonThreshold times. They stay there, suspended, until an administrator
//! resumes or removes them (transport.md sections 2.1 and 3).

use model::{EventSource, MessageEventKind, TimeSpan};
use queue::{QueueKey, Waits};
use spool::Batch;

use crate::{
    core::Core,
    quiet::quietly,
    registry::{Item, QueueHandle},
    steps::step,
};

/// How long a message waits whose handling broke off.
const AFTER_BREAK: TimeSpan = TimeSpan::minutes(15);

/// The last error of a message in the Poison queue.
const SUSPECTED: &str = "The message is suspected of having broken the Transport service";

/// Where a consignment is that somebody handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// With a worker: its queue counts it as under way.
    Flight,
    /// Taken out of memory: no queue counts it.
    Out,
    /// In the store, where its queue counts it as waiting for this.
    Row(Waits),
}

/// The handling of a consignment of `handle` broke off. What is not finished of it waits in the store.
pub(crate) fn broke_off(core: &Core, handle: &QueueHandle, mut item: Item, hold: Hold) {
    tracing::error!(id = %item.id, queue = %handle.key(), "the handling of a message broke off");
    let pending = item.message.pending();
    item.recipients.retain(|index| pending.contains(index));
    if item.recipients.is_empty() {
        return leave(core, handle, &item, hold);
    }
    item.crashes = item.crashes.saturating_add(1);
    let snapshot = core.directory.snapshot();
    let transport = core.here(&snapshot).map(|server| &server.transport);
    let is_poison = transport.is_some_and(|transport| {
        transport.poison_message_detection_enabled && item.crashes >= transport.poison_threshold
    });
    if is_poison {
        leave(core, handle, &item, hold);
        return set_aside(core, item);
    }
    let (now, waits) = (core.now(), Waits::Until(core.now() + AFTER_BREAK));
    {
        let mut queue = handle.lock();
        match hold {
            Hold::Flight => queue.set_aside(&item, waits),
            Hold::Out => queue.push_stored(item.sender, waits, now),
            Hold::Row(before) => queue.waits_otherwise(item.sender, before, waits),
        }
    }
    write_row(core, handle, &item, waits);
}

/// The first routing of a consignment broke off: among the unreachable it waits for the next.
pub(crate) fn broke_routing(core: &Core, item: Item) {
    let (handle, ()) = core.registry.with(&QueueKey::unreachable(), core.now(), |_| ());
    broke_off(core, &handle, item, Hold::Out);
}

/// It is in its queue no longer.
fn leave(core: &Core, handle: &QueueHandle, item: &Item, hold: Hold) {
    match hold {
        Hold::Flight => handle.lock().finish(item, core.now()),
        Hold::Out => {}
        Hold::Row(waits) => handle.lock().left_store(waits, core.now()),
    }
}

/// Puts a consignment that is in no queue into the Poison queue.
fn set_aside(core: &Core, item: Item) {
    tracing::error!(id = %item.id, crashes = item.crashes, "a message was put into the Poison queue");
    for index in &item.recipients {
        item.message.set_last_error(*index, SUSPECTED);
    }
    let count = |poison: &QueueHandle| {
        poison.lock().push_stored(item.sender, Waits::Suspended, core.now());
    };
    let (poison, ()) = core.registry.with(&QueueKey::poison(), core.now(), count);
    write_row(core, &poison, &item, Waits::Suspended);
    quietly(|| {
        let snapshot = core.directory.snapshot();
        let what = (MessageEventKind::PoisonMessage, EventSource::PoisonMessage);
        let recipients = item.recipients.iter().map(|index| (*index, SUSPECTED));
        core.emit_step(&step(&snapshot, &item.message.record, what, recipients));
    });
}

fn write_row(core: &Core, handle: &QueueHandle, item: &Item, waits: Waits) {
    let mut batch = Batch::new();
    core.reshelve(&mut batch, handle, item, waits);
    core.spool.commit_later(batch);
}
