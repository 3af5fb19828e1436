//! The mark below which a start need not look: every unfinished recipient of every message below it
//! has a row of what waits.
//!
//! Whoever parks says how far that is. But a message gets its number before it is complete, and its
//! insertion may be on its way when that is said. So the mark falls to a lower number that is
//! inserted, and never rises above a message that was inserted since this start and has been
//! neither parked nor removed.

use std::collections::BTreeSet;

use crate::batch::Change;

/// As it is in the file.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    mark: u64,
    /// Inserted since this start, neither parked nor removed.
    fresh: BTreeSet<u64>,
}

/// Changes to it within one transaction; undone unless kept.
pub(crate) struct Settling<'a> {
    settled: &'a mut Settled,
    before: u64,
    added: Vec<u64>,
    removed: Vec<u64>,
    kept: bool,
}

impl Settled {
    pub(crate) fn new(mark: u64) -> Self {
        Self { mark, fresh: BTreeSet::new() }
    }

    pub(crate) fn begin(&mut self) -> Settling<'_> {
        let before = self.mark;
        Settling { settled: self, before, added: Vec::new(), removed: Vec::new(), kept: false }
    }
}

impl Settling<'_> {
    /// Follows one change, in the order in which they were handed in.
    pub(crate) fn note(&mut self, change: &Change) {
        match change {
            Change::Insert { record, .. } => {
                let id = record.id.as_u64();
                if self.settled.fresh.insert(id) {
                    self.added.push(id);
                }
                self.settled.mark = self.settled.mark.min(id);
            }
            Change::Park(row) => self.forget(row.message.as_u64()),
            Change::Remove { id } => self.forget(id.as_u64()),
            Change::Quarantine(damaged) => self.forget(damaged.id),
            Change::Unsettle(key) => {
                self.settled.mark = self.settled.mark.min(key.message.as_u64());
            }
            Change::SettledBelow(id) => {
                let first = self.settled.fresh.first().copied().unwrap_or(u64::MAX);
                self.settled.mark = self.settled.mark.max(id.as_u64().min(first));
            }
            _ => {}
        }
    }

    /// Where the mark is now, when it is not where it was.
    pub(crate) fn moved(&self) -> Option<u64> {
        (self.settled.mark != self.before).then_some(self.settled.mark)
    }

    /// The transaction was committed.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }

    fn forget(&mut self, id: u64) {
        if self.settled.fresh.remove(&id) {
            self.removed.push(id);
        }
    }
}

impl Drop for Settling<'_> {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        self.settled.mark = self.before;
        self.settled.fresh.extend(&self.removed);
        for id in &self.added {
            self.settled.fresh.remove(id);
        }
    }
}
