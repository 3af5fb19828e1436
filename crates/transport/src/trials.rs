//! Finds out whether this server's DNS servers may be believed about signatures (DANE depends on it): before
//! the first mail leaves, and again and again.

use std::{sync::Arc, time::Duration};

use dns::Validation;
use tokio::time::timeout;

use crate::core::Core;

/// How often they are tried while they validate.
const OFTEN: Duration = Duration::from_secs(10 * 60);
/// And while they do not.
const SOON: Duration = Duration::from_secs(60);
/// How long one try may take before the first mail leaves.
const AT_START: Duration = Duration::from_secs(5);

/// Tries the resolvers in use once, before the first mail leaves.
pub(crate) async fn try_now(core: &Core) {
    if timeout(AT_START, try_all(core)).await.is_err() {
        tracing::warn!("whether the DNS servers validate signatures is not known yet");
    }
}

/// Tries the resolvers in use until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        let rest = if core.validation().1 == Validation::Proven { OFTEN } else { SOON };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = stop.changed() => return,
        }
        try_all(&core).await;
    }
}

async fn try_all(core: &Core) {
    let both = core.dns_settings();
    for settings in both {
        if core.validators.try_one(&settings).await {
            core.flush_dns();
        }
    }
}
