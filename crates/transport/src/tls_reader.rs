//! Reads the TLS reports that others send about our domains, one after the other, beside the way of messages.

use std::sync::Arc;

use crate::core::Core;

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        let (letters, stops) = tokio::select! {
            letters = core.tls_heard.next() => (letters, false),
            _ = stop.changed() => (core.tls_heard.left().await, true),
        };
        let (heard, snapshot) = (Arc::clone(&core.tls_heard), core.directory.snapshot());
        let reading = tokio::task::spawn_blocking(move || heard.read_all(&snapshot, &letters));
        if reading.await.is_err() {
            tracing::error!("the reading of a TLS report broke off");
        }
        if stops {
            return;
        }
    }
}
