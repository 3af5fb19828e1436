//! What has waited long in a queue from which nothing leaves is routed again (MaxIdleTimeBeforeResubmit,
//! transport.md section 3), each time that has passed anew. So is what is left in the Submission
//! queue although it is not suspended: an action that was to route it was stopped, or a crash was.

use std::{sync::Arc, time::Duration};

use queue::DeliveryType;

use crate::{
    core::Core,
    registry::QueueHandle,
    reroute::{self, Which},
};

/// How often queues are looked at.
const LOOK: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 30 });

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => return,
        }
        for handle in core.registry.all() {
            if core.is_stopping() {
                return;
            }
            if is_left(&handle) || stands_too_long(&core, &handle) {
                route_again(&core, &handle).await;
            }
        }
    }
}

fn is_left(handle: &QueueHandle) -> bool {
    let queue = handle.lock();
    handle.key().delivery_type == DeliveryType::Submission
        && !queue.is_suspended()
        && queue.counts().stored.ready > 0
}

fn stands_too_long(core: &Core, handle: &QueueHandle) -> bool {
    let queue = handle.lock();
    let waits = handle.key().delivery_type.is_delivery()
        && !queue.is_suspended()
        && queue.counts().total() > 0;
    drop(queue);
    let since = handle.stands_since().filter(|_| waits);
    since.is_some_and(|since| core.now().since(since) >= core.longest_idle)
}

async fn route_again(core: &Arc<Core>, handle: &Arc<QueueHandle>) {
    handle.routed_again(core.now());
    let snapshot = core.directory.snapshot();
    let moved = reroute::resubmit(core, &snapshot, handle, Which::Everything).await;
    tracing::info!(queue = %handle.key(), moved, "messages that waited long were routed again");
}
