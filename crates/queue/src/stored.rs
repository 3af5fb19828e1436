//! What of a queue waits in the store and not in memory, as numbers.

use model::Timestamp;

/// What a stored consignment waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// For its next hop and its turn.
    Turn,
    /// For a time of its own.
    Until(Timestamp),
    /// For an administrator.
    Suspended,
}

/// How many consignments are in the store only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// That wait for their turn.
    pub ready: u64,
    /// That wait for a time of their own.
    pub deferred: u64,
    /// That an administrator has suspended.
    pub suspended: u64,
    /// Not after the first time any of the deferred waits for.
    pub earliest: Option<Timestamp>,
}

impl Stored {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.ready + self.deferred + self.suspended
    }

    pub(crate) fn add(&mut self, waits: Waits) {
        match waits {
            Waits::Turn => self.ready += 1,
            Waits::Until(at) => {
                self.deferred += 1;
                self.earliest = Some(self.earliest.map_or(at, |earliest| earliest.min(at)));
            }
            Waits::Suspended => self.suspended += 1,
        }
    }

    pub(crate) fn remove(&mut self, waits: Waits) {
        let count = match waits {
            Waits::Turn => &mut self.ready,
            Waits::Until(_) => &mut self.deferred,
            Waits::Suspended => &mut self.suspended,
        };
        *count = count.saturating_sub(1);
        if self.deferred == 0 {
            self.earliest = None;
        }
    }
}
