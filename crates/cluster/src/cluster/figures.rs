//! What can be counted of a server's redundancy, for who watches it.

use std::{sync::atomic::Ordering, time::Duration};

use super::Cluster;

/// How a server's redundancy stands. Counts are since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Messages that were accepted with a copy on the engine.
    pub copied: u64,
    /// Messages that were accepted without.
    pub alone: u64,
    /// The engine takes no copies now.
    pub is_away: bool,
    /// It may lack something that is here.
    pub is_behind: bool,
    /// How long ago the last heartbeat that was answered was sent; none before the first.
    pub since_heartbeat: Option<Duration>,
    /// Messages of other servers that have become this one's.
    pub taken_over: u64,
}

impl Cluster {
    /// How redundancy stands.
    pub fn figures(&self) -> Figures {
        let shared = &self.shared;
        let (alone, copied) = shared.shadow.counts();
        let answered = shared.lease.lock().answered();
        Figures {
            copied,
            alone,
            is_away: shared.shadow.is_away(),
            is_behind: shared.shadow.is_behind(),
            since_heartbeat: answered.map(|at| shared.now().saturating_sub(at)),
            taken_over: shared.taken_over.load(Ordering::Relaxed),
        }
    }
}
