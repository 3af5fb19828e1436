//! Messages whose handling broke off: tried again after a while, and set aside into the Poison queue
//! when it has broken off PoisonThreshold times. They stay there, suspended, until an administrator
//! resumes or removes them (transport.md sections 2.1 and 3).

use model::{EventSource, MessageEventKind, TimeSpan};
use queue::{QueueKey, Waits};

use crate::{
    core::Core,
    registry::{Item, QueueHandle},
    steps::step,
};

/// How long a message waits whose handling broke off.
const AFTER_BREAK: TimeSpan = TimeSpan::minutes(15);

/// The last error of a message in the Poison queue.
const SUSPECTED: &str = "The message is suspected of having broken the Transport service";

/// The handling of a consignment that was taken from `handle` broke off.
pub(crate) fn broke_off(core: &Core, handle: &QueueHandle, mut item: Item) {
    let (now, snapshot) = (core.now(), core.directory.snapshot());
    item.crashes = item.crashes.saturating_add(1);
    let transport = core.here(&snapshot).map(|server| &server.transport);
    let is_poison = transport.is_some_and(|transport| {
        transport.poison_message_detection_enabled && item.crashes >= transport.poison_threshold
    });
    if !is_poison {
        let waits = Waits::Until(now + AFTER_BREAK);
        handle.lock().set_aside(&item, waits);
        return core.shelve_later(handle, &item, waits);
    }
    tracing::error!(id = %item.id, crashes = item.crashes, "a message was put into the Poison queue");
    handle.lock().finish(&item, now);
    for index in &item.recipients {
        item.message.set_last_error(*index, SUSPECTED);
    }
    let what = (MessageEventKind::PoisonMessage, EventSource::PoisonMessage);
    let recipients = item.recipients.iter().map(|index| (*index, SUSPECTED));
    core.emit_step(&step(&snapshot, &item.message.record, what, recipients));
    let count = |poison: &QueueHandle| {
        poison.lock().push_stored(item.sender, Waits::Suspended, now);
    };
    let (poison, ()) = core.registry.with(&QueueKey::poison(), now, count);
    core.shelve_later(&poison, &item, Waits::Suspended);
}
