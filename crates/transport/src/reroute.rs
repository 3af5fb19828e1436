//! When the directory changes, what waits is routed again, and moves when the answer differs
//! (routing.md section 4.2, DESIGN section 3). What is under way finishes its attempt first.

use std::{collections::HashMap, sync::Arc, time::Duration};

use directory::Snapshot;
use model::{Event, EventSource, MessageEventKind};
use queue::{DeliveryType, QueueKey};

use crate::{
    categorizer::{Categorizer, Placement},
    core::Core,
    outbound::connector,
    registry::{Item, QueueHandle},
    settle,
    steps::step,
};

/// A little later everything is looked at once more: what was being placed by the picture that
/// has just become old may have arrived after the first look.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Runs until the service stops: routes again at every change.
pub(crate) async fn run(core: Arc<Core>) {
    let mut changed = core.directory.subscribe();
    let mut stop = core.stop.clone();
    let mut versions = connector_versions(&core.directory.snapshot());
    let mut look_again = false;
    loop {
        let second = tokio::select! {
            change = changed.changed() => if change.is_err() { return } else { false },
            () = tokio::time::sleep(SECOND_LOOK), if look_again => true,
            _ = stop.changed() => return,
        };
        let snapshot = core.directory.snapshot();
        core.adjust_places(&snapshot);
        let moved = look(&core, &snapshot, &versions).await;
        versions = connector_versions(&snapshot);
        look_again = !second;
        if moved > 0 || !second {
            core.emit(&Event::RoutingChanged { revision: snapshot.revision, moved });
        }
    }
}

async fn look(core: &Arc<Core>, snapshot: &Snapshot, before: &Versions) -> u64 {
    let mut moved = 0;
    for handle in core.registry.all() {
        moved += resubmit(core, snapshot, &handle, Which::Misplaced).await;
        retry_changed(core, snapshot, &handle, before);
    }
    moved
}

/// What of a queue is routed again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Only what would now be routed elsewhere.
    Misplaced,
    /// All of it (Retry-Queue -Resubmit).
    Everything,
}

/// Routes what waits in a queue again; returns how many recipients moved.
pub(crate) async fn resubmit(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    which: Which,
) -> u64 {
    let mut moved = 0;
    for item in take_out(core, snapshot, handle, which) {
        moved += item.recipients.len() as u64;
        let what = (MessageEventKind::Resubmit, EventSource::Queue);
        let recipients = item.recipients.iter().map(|index| (*index, ""));
        core.emit_step(&step(snapshot, &item.message.record, what, recipients));
        let failed = core.place(snapshot, &item.message, &item.recipients);
        settle::undeliverable(core, snapshot, &item.message, failed).await;
    }
    moved
}

/// Takes what is to be routed again out of its queue.
fn take_out(core: &Core, snapshot: &Snapshot, handle: &QueueHandle, which: Which) -> Vec<Item> {
    let categorizer = Categorizer::new(snapshot, &core.server);
    let key = handle.key();
    let stays = |item: &Item| {
        item.recipients.iter().all(|index| {
            let placement = categorizer.place(&item.message.record, *index);
            matches!(placement, Placement::Queue(k, _) if k == *key)
        })
    };
    handle.lock().extract_if(core.now(), |item| which == Which::Everything || !stays(item))
}

/// A connector that was changed is tried at once: the change may be what was missing.
fn retry_changed(
    core: &Arc<Core>,
    snapshot: &Snapshot,
    handle: &Arc<QueueHandle>,
    before: &Versions,
) {
    let key = handle.key();
    let now_version = connector(snapshot, key).map(|c| c.header.version);
    let uses_connector = !matches!(
        key.delivery_type,
        DeliveryType::Unreachable | DeliveryType::SmtpDeliveryToMailbox
    );
    if uses_connector && now_version.is_some() && now_version.as_ref() != before.get(key_of(key)) {
        handle.lock().retry_now(core.now());
        core.registry.attend(handle);
    }
}

type Versions = HashMap<model::Guid, u64>;

fn key_of(key: &QueueKey) -> &model::Guid {
    &key.connector
}

fn connector_versions(snapshot: &Snapshot) -> Versions {
    snapshot.send_connectors.iter().map(|c| (c.header.guid, c.header.version)).collect()
}
