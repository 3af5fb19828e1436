//! Acts on back pressure: what can be read again leaves memory, and what the DNS said is
//! forgotten, when that is asked for (transport.md section 6). What is refused or delayed is
//! asked at the door, in `intake`.

use std::sync::Arc;

use queue::QueueKey;
use resources::Demand;
use tokio::sync::watch;

use crate::core::Core;

/// Looks and acts until the service stops.
pub(crate) async fn run(core: Arc<Core>, mut stop: watch::Receiver<bool>) {
    let interval = core.pressure.board().settings().interval();
    let mut before = Demand::default();
    loop {
        let demand = core.pressure.demand();
        act(&core, before, demand);
        before = demand;
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            _ = stop.changed() => return,
        }
        let held = core.registry.find(&QueueKey::submission());
        let suspended = held.map_or(0, |queue| queue.lock().counts().total());
        core.pressure.look(suspended).await;
    }
}

/// Does what is newly asked for.
fn act(core: &Core, before: Demand, now: Demand) {
    if now.release != before.release {
        core.budget.keep_nothing(now.release);
        if now.release {
            let released = core.registry.release_contents();
            tracing::info!(released, "content of queued messages left memory");
        }
    }
    if now.flush && !before.flush {
        core.flush_dns();
        tracing::info!("the DNS cache was emptied");
    }
}
