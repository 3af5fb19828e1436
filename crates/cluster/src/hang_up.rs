//! Ending a wait that nobody else would end: a primary that hangs keeps its connections open, its commits are waited
//! for without a limit, and another node has been promoted meanwhile.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Ends what waits on a connection for a primary that is none any more. Cheap to clone.
#[derive(Clone, Default)]
pub struct HangUp {
    wake: Arc<Notify>,
    /// Which primary the connection leads to.
    identity: Arc<Mutex<String>>,
}

impl HangUp {
    /// The primary is `identity` now: nobody waits for another one.
    pub fn hang_up_from(&self, identity: &str) {
        let leads_to = self.identity.lock().clone();
        if !leads_to.is_empty() && leads_to != identity {
            self.wake.notify_waiters();
        }
    }

    /// The connection leads to this primary.
    pub(crate) fn leads_to(&self, identity: &str) {
        identity.clone_into(&mut self.identity.lock());
    }

    /// Waits until it is to end.
    pub(crate) async fn hung_up(&self) {
        self.wake.notified().await;
    }
}
