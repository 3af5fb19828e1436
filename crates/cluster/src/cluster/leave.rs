//! A server that leaves the others for good: what it still holds becomes theirs. And one that stays alone:
//! the engine is told nothing any more.

use spool::SpoolError;

use super::{Cluster, ClusterError, FLUSH, Here, Shared};
use crate::{
    EngineError,
    ledger::{Ledger, Seat},
    reconcile::{Occasion, reconcile},
};

impl Cluster {
    /// The seat, once it is taken.
    pub fn seat(&self) -> Option<Seat> {
        self.shared.seat()
    }

    /// Whether the engine answered lately and this server is one of the others.
    pub fn is_seated(&self) -> bool {
        self.shared.seat().is_some() && self.shared.lease.lock().lasts(self.shared.now())
    }

    /// Gives the seat up for good: nothing of the spool is taken in or sent any more when this is called, and
    /// whatever it holds is an estate that others take over afterwards. Returns how many messages that are. Blocks.
    ///
    /// # Errors
    /// When engine or spool fail: the seat stays this server's then, until its lease ends. No thread is left either
    /// way.
    pub fn leave(&self) -> Result<u64, ClusterError> {
        let compared = self.shared.compare_for_the_last_time();
        // No heartbeat may find the seat gone.
        self.stop();
        let seat = compared?;
        let left = self.shared.count()?;
        self.shared.ledger("leaving")?.rise(&seat)?;
        Ok(left)
    }
}

impl Shared {
    /// Sees to it that the engine has all that is here.
    fn compare_for_the_last_time(&self) -> Result<Seat, ClusterError> {
        let seat = self.seat().filter(|_| !self.lease.lock().is_fenced());
        let seat = seat.ok_or(EngineError::Fenced)?;
        // All of it, be mail copied otherwise or not: this is how the others get it.
        let here = Here(&self.spool, true);
        let mut ledger = self.ledger("leaving")?;
        let when = (Occasion::Running, self.spool.upcoming_id());
        reconcile(&mut ledger, &seat, (&here, &here), when, &|| self.shadow.flush(FLUSH))?;
        if self.shadow.is_away() {
            let text = "it takes no copies of mail at this moment";
            return Err(EngineError::Unreachable(text.to_owned()).into());
        }
        Ok(seat)
    }

    fn count(&self) -> Result<u64, SpoolError> {
        let (mut count, mut after) = (0, 0);
        loop {
            let page = self.spool.ids(after, 10_000)?;
            let Some(last) = page.last() else { return Ok(count) };
            count += page.len() as u64;
            after = last.as_u64();
        }
    }
}
