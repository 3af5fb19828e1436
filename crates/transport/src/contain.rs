//! Panics are contained. One in the handling of a message counts against that message, which waits
//! in the store from then on, as after a worker that broke off; the others are not concerned, and
//! whatever the service does all the time goes on.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;

use crate::{
    core::Core,
    poison::{self, Hold},
    registry::{Item, QueueHandle},
};

/// How soon a task that broke off begins again.
const AGAIN: Duration = Duration::from_secs(1);

/// Runs a task of the service until it ends by itself. One that breaks off begins again.
pub(crate) async fn keep<F: Future<Output = ()>>(
    core: Arc<Core>,
    name: &'static str,
    run: impl Fn(Arc<Core>) -> F,
) {
    let mut stop = core.stop.clone();
    while AssertUnwindSafe(run(Arc::clone(&core))).catch_unwind().await.is_err() {
        if core.is_stopping() {
            return;
        }
        tracing::error!(task = name, "a task of the Transport service broke off; it begins again");
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Handles a consignment; `None` when that broke off, and the consignment waits in the store.
pub(crate) async fn handling<T>(
    core: &Core,
    handle: &QueueHandle,
    (item, hold): (&Item, Hold),
    work: impl Future<Output = T>,
) -> Option<T> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.inspect_err(|_| poison::broke_off(core, handle, item.clone(), hold)).ok()
}
