//! When queues are worked on: where something may have become possible a worker is started, queues are
//! woken at their time, and those that are over are forgotten.

use std::{sync::Arc, time::Duration};

use model::TimeSpan;
use spool::Batch;

use crate::{core::Core, worker::ensure_worker};

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
    let gone = core.registry.sweep(core.now(), longest);
    if !gone.is_empty() {
        core.pools.sweep();
        let mut batch = Batch::new();
        for number in gone {
            batch.forget_next_hop(number);
        }
        core.spool.commit_later(batch);
    }
}
