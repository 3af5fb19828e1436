//! Renews MTA-STS policies before they expire.

use std::{sync::Arc, time::Duration};

use crate::core::Core;

/// How often policies that expire soon are renewed.
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// Renews policies until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            _ = stop.changed() => return,
        }
        let renewed = core.policies.refresh(&core.resolvers_now().external).await;
        tracing::debug!(?renewed, "MTA-STS policies renewed");
    }
}
