//! The committing thread's work, done by whoever holds this, one round at a time: what is
//! committed together, and when, is then the holder's choice, and a schedule can be replayed.
//!
//! It does what the thread does, with the same code; only waiting is left out. Used by the tests
//! of crashes (`tests/disk`).

use std::sync::Arc;

use crate::{committer::Committer, inbox::Inbox};

/// A committer without a thread. See [`Spool::open_driven`](crate::Spool::open_driven).
pub struct Driver {
    committer: Committer,
    inbox: Arc<Inbox>,
}

impl Driver {
    pub(crate) fn new(committer: Committer, inbox: Arc<Inbox>) -> Self {
        Self { committer, inbox }
    }

    /// One round with everything that waits now. With nothing it is what the thread does when it
    /// has been quiet for a while: give space back, or probe a stopped spool.
    pub fn step(&mut self) {
        self.committer.round(self.inbox.take_at_once());
    }

    /// The same after the time between two probes has passed.
    pub fn probe(&mut self) {
        self.committer.probe_is_due();
        self.step();
    }

    /// What the thread does when the log has become long.
    pub fn fold_in(&mut self) {
        self.committer.fold_in();
    }

    /// What the thread does when mail is refused for want of room.
    pub fn make_room(&mut self) {
        self.committer.give_space_back(1);
    }

    /// Batches handed in by [`Spool::commit_later`](crate::Spool::commit_later) that a round has
    /// taken and that are not stored yet.
    pub fn owed(&self) -> usize {
        self.committer.owed()
    }

    /// An orderly end, as when the last handle is dropped.
    pub fn finish(mut self) {
        let last = self.inbox.take_at_once();
        if !last.is_empty() {
            self.committer.round(last);
        }
        self.inbox.close();
        self.committer.finish();
    }
}
