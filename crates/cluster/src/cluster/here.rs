//! The spool before anything of it is queued, or as it is compared with the engine while it is at work.

use model::MessageId;
use spool::{Batch, Copied, Spool, SpoolError};

use crate::{
    inheritance::{Heir, Inherited},
    reconcile::{Occasion, Shelf},
};

/// The spool, and whether what the engine lacks is to be inserted there.
pub(super) struct Here<'a>(pub(super) &'a Spool, pub(super) bool);

impl Shelf for Here<'_> {
    fn ids(&self, after: u64, limit: usize) -> Result<Vec<MessageId>, SpoolError> {
        self.0.ids(after, limit)
    }

    fn copies(&self) -> bool {
        self.1
    }

    fn flush(&self) {
        self.0.flush();
    }

    fn copy_of(&self, id: MessageId) -> Result<Option<Vec<Copied>>, SpoolError> {
        self.0.copy_of(id)
    }

    fn untold(&self, ids: &[u64]) -> Result<Vec<u64>, SpoolError> {
        self.0.untold(ids)
    }

    fn forget(&self, ids: &[MessageId]) -> Result<(), SpoolError> {
        let mut batch = Batch::new();
        for id in ids {
            batch.remove(*id);
        }
        self.0.commit_here_blocking(batch)
    }

    fn told(&self, ids: &[u64]) -> Result<(), SpoolError> {
        let mut batch = Batch::new();
        batch.told(ids);
        self.0.commit_here_blocking(batch)
    }

    fn compared_below(&self, id: MessageId, occasion: Occasion) -> Result<(), SpoolError> {
        let mut batch = Batch::new();
        batch.copied_below(id);
        if matches!(occasion, Occasion::Start(_)) {
            batch.told_below(id);
        }
        self.0.commit_here_blocking(batch)
    }
}

impl Heir for Here<'_> {
    fn next_id(&self) -> MessageId {
        self.0.next_id()
    }

    fn take_in(&self, messages: Vec<Inherited>) -> Result<(), SpoolError> {
        let mut batch = Batch::new();
        for message in &messages {
            message.put_into(&mut batch);
        }
        self.0.commit_here_blocking(batch)
    }
}
