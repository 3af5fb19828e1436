//! What an administrator does to whole queues: Suspend-, Resume- and Retry-Queue. Their messages stay as they are, or are
//! routed again.

use std::sync::Arc;

use queue::{DeliveryType, QueueKey, QueueStatus};
use spool::Batch;

use crate::{
    administration::{Progress, QueueError, QueueName},
    core::Core,
    queue_view::find,
    registry::QueueHandle,
    reroute::{self, Which},
};

/// Suspend-Queue.
pub(crate) async fn suspend_queue(core: &Arc<Core>, name: QueueName) -> Result<(), QueueError> {
    let handle = match name {
        QueueName::Poison | QueueName::Shadow(_) => {
            return Err(QueueError::CannotSuspend(name));
        }
        QueueName::Submission => core.registry.with(&QueueKey::submission(), core.now(), |_| ()).0,
        name => find(core, name)?,
    };
    let was_suspended = {
        let mut queue = handle.lock();
        let before = queue.is_suspended();
        queue.suspend();
        before
    };
    if let Err(error) = store_state(core, &handle).await {
        if !was_suspended {
            handle.lock().resume();
        }
        return Err(error);
    }
    core.evict(&handle);
    Ok(())
}

/// Resume-Queue. What the Submission and the Unreachable queue kept meanwhile is routed, as far as
/// `progress` lets it.
pub(crate) async fn resume_queue(
    core: &Arc<Core>,
    name: QueueName,
    progress: &Progress,
) -> Result<(), QueueError> {
    let handle = find(core, name)?;
    handle.lock().resume();
    store_state(core, &handle).await?;
    match handle.key().delivery_type {
        DeliveryType::Submission => resubmit(core, &handle, Which::Everything, progress).await,
        DeliveryType::Unreachable => resubmit(core, &handle, Which::Misplaced, progress).await,
        _ => core.registry.attend(&handle),
    }
    Ok(())
}

async fn store_state(core: &Core, handle: &QueueHandle) -> Result<(), QueueError> {
    let _ = handle.is_stored();
    let kept = {
        let _in_order = handle.keeping.lock();
        let mut batch = Batch::new();
        batch.next_hop(core.next_hop_row(handle));
        core.spool.commit(batch)
    };
    kept.await.map_err(|error| QueueError::Storage(error.to_string()))
}

/// Retry-Queue. With `-Resubmit` its messages are routed again, as far as `progress` lets it.
pub(crate) async fn retry_queue(
    core: &Arc<Core>,
    name: QueueName,
    routes: bool,
    progress: &Progress,
) -> Result<(), QueueError> {
    if matches!(name, QueueName::Submission | QueueName::Poison | QueueName::Shadow(_)) {
        return Err(QueueError::NotInRetry(name));
    }
    let handle = find(core, name)?;
    let (in_retry, has_deferred) = {
        let queue = handle.lock();
        (queue.status() == QueueStatus::Retry, queue.counts().stored.deferred > 0)
    };
    if routes {
        if !in_retry && name != QueueName::Unreachable {
            return Err(QueueError::NotInRetry(name));
        }
        resubmit(core, &handle, Which::Everything, progress).await;
        return Ok(());
    }
    if name == QueueName::Unreachable {
        return Err(QueueError::NeedsResubmit);
    }
    if !in_retry && !has_deferred {
        return Err(QueueError::NotInRetry(name));
    }
    let interval = core.retry_interval(&core.directory.snapshot());
    handle.retry_now(core.now(), interval);
    core.registry.attend(&handle);
    Ok(())
}

async fn resubmit(core: &Arc<Core>, handle: &Arc<QueueHandle>, which: Which, progress: &Progress) {
    // What is on its way into the store is found there.
    let _ = core.spool.commit(Batch::new()).await;
    let snapshot = core.directory.snapshot();
    reroute::resubmit_in_sight(core, &snapshot, handle, which, progress).await;
}
