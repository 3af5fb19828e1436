//! Spool and engine compared: at a start, and whenever the engine may have missed or lost something (it was
//! away, another node was promoted, a backup of it was restored).
//!
//! Nothing is dropped without positive evidence. What the engine lacks is inserted again. What the spool lacks
//! is brought, unless the spool remembers that it was finished here and not told yet, or is certainly the newer
//! of the two. Only a tombstone, or another owner, takes a message out of the spool, and only at a start.

use model::MessageId;
use spool::{Copied, SpoolError};

use crate::{
    inheritance::{Heir, InheritError, read},
    ledger::{Group, Ledger, Seat, State},
};

/// Numbers that are compared at once.
const PAGE: usize = 2_000;
/// Messages that are brought or inserted at once, and bytes of content beyond the first.
const LOAD: usize = 100;
const LOAD_BYTES: usize = 4 << 20;

/// The spool, as it is compared.
pub trait Shelf: Send + Sync {
    /// Numbers of messages after `after`, ascending, at most `limit`.
    ///
    /// # Errors
    /// When the spool fails.
    fn ids(&self, after: u64, limit: usize) -> Result<Vec<MessageId>, SpoolError>;

    /// Whether what the engine lacks is to be inserted.
    fn copies(&self) -> bool;

    /// Waits until what was handed in before is there.
    fn flush(&self);

    /// A message with its progress; `None` when it is gone.
    ///
    /// # Errors
    /// When the spool fails.
    fn copy_of(&self, id: MessageId) -> Result<Option<Vec<Copied>>, SpoolError>;

    /// Those of these messages that are known to have been finished here without the engine being told.
    ///
    /// # Errors
    /// When the spool fails.
    fn untold(&self, ids: &[u64]) -> Result<Vec<u64>, SpoolError>;

    /// Takes messages out that are finished or another's. Only called at a start, before anything is queued.
    ///
    /// # Errors
    /// When the spool fails.
    fn forget(&self, ids: &[MessageId]) -> Result<(), SpoolError>;

    /// Notes that the engine knows that these are finished.
    ///
    /// # Errors
    /// When the spool fails.
    fn told(&self, ids: &[u64]) -> Result<(), SpoolError>;

    /// Notes that every message below this that was accepted alone has its copy; at a start also that there is
    /// nothing left to tell of any of them.
    ///
    /// # Errors
    /// When the spool fails.
    fn compared_below(&self, id: MessageId, occasion: Occasion) -> Result<(), SpoolError>;
}

/// When it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Before anything is queued.
    Start(Age),
    /// While mail comes and goes.
    Running,
}

/// How old the spool is, beside what the engine has heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The engine has heard of a later state: the spool was brought back from a backup.
    Older,
    /// They are of the same time, as far as can be told: it may be from a backup of a moment ago.
    Same,
    /// The engine has forgotten: it was brought back from a backup.
    Newer,
}

impl Age {
    /// By the mark of the spool and the one that the engine has heard of, which is one behind at most.
    pub fn of(spool: u64, engine: u64) -> Self {
        if spool < engine {
            Self::Older
        } else if spool > engine + 1 {
            Self::Newer
        } else {
            Self::Same
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// Messages that the engine lacked: inserted again.
    pub inserted: u64,
    /// Messages that were finished here and not there: finished there.
    pub finished: u64,
    /// Messages brought from the engine into the spool.
    pub brought: u64,
    /// Messages of the spool that were finished, or are another server's: at a start they are dropped.
    pub gone: u64,
}

/// Compares. `below` is the number that the next message will have; later ones are not looked at. `flush` sees to
/// it that what was accepted before is either in the engine or given up.
///
/// # Errors
/// When engine or spool fail; it can be begun again.
pub fn reconcile(
    ledger: &mut dyn Ledger,
    seat: &Seat,
    (shelf, heir): (&dyn Shelf, &dyn Heir),
    (occasion, below): (Occasion, MessageId),
    flush: &dyn Fn(),
) -> Result<Findings, InheritError> {
    let mut comparison = Comparison {
        ledger,
        seat,
        shelf,
        heir,
        occasion,
        below: below.as_u64(),
        findings: Findings::default(),
    };
    comparison.engine_to_spool()?;
    // What is on its way to the engine must not be taken for missing.
    flush();
    comparison.spool_to_engine()?;
    shelf.compared_below(below, occasion)?;
    Ok(comparison.findings)
}

struct Comparison<'a> {
    ledger: &'a mut dyn Ledger,
    seat: &'a Seat,
    shelf: &'a dyn Shelf,
    heir: &'a dyn Heir,
    occasion: Occasion,
    below: u64,
    findings: Findings,
}

impl Comparison<'_> {
    fn engine_to_spool(&mut self) -> Result<(), InheritError> {
        let mut after = 0;
        loop {
            // The engine first: what is in the spool later and was not in it, is new.
            let held = self.ledger.held(self.seat, after, PAGE)?;
            let Some((last, _)) = held.last().copied() else { return Ok(()) };
            let mut here = self.here(after, last)?;
            let mut missing = self.missing(&held, &here);
            if !missing.is_empty() {
                // New mail goes to both at once, and the engine may have been the faster one.
                self.shelf.flush();
                here = self.here(after, last)?;
                missing = self.missing(&held, &here);
            }
            let finished = self.finished_here(&missing)?;
            let wanted: Vec<u64> = missing
                .iter()
                .map(|(id, _)| *id)
                .filter(|id| finished.binary_search(id).is_err())
                .collect();
            self.finish(finished)?;
            self.bring(&wanted)?;
            self.settle(&held, &here)?;
            after = last;
        }
    }

    /// What the engine has and the spool lacks.
    fn missing(&self, held: &[(u64, bool)], here: &[u64]) -> Vec<(u64, bool)> {
        let is_missing =
            |(id, _): &&(u64, bool)| here.binary_search(id).is_err() && *id < self.below;
        held.iter().filter(is_missing).copied().collect()
    }

    /// Which of what the spool lacks it has finished, ascending.
    fn finished_here(&self, missing: &[(u64, bool)]) -> Result<Vec<u64>, SpoolError> {
        let own: Vec<u64> =
            missing.iter().filter(|(_, inherited)| !*inherited).map(|(id, _)| *id).collect();
        match self.occasion {
            Occasion::Running | Occasion::Start(Age::Newer) => Ok(own),
            Occasion::Start(Age::Older) => Ok(Vec::new()),
            Occasion::Start(Age::Same) => {
                let mut finished = self.shelf.untold(&own)?;
                finished.sort_unstable();
                Ok(finished)
            }
        }
    }

    /// Numbers in the spool after `after` and up to `last`, ascending.
    fn here(&self, after: u64, last: u64) -> Result<Vec<u64>, SpoolError> {
        let (mut found, mut from) = (Vec::new(), after);
        loop {
            let page = self.shelf.ids(from, PAGE)?;
            let is_end = page.len() < PAGE;
            for id in page.into_iter().map(MessageId::as_u64) {
                if id > last {
                    return Ok(found);
                }
                found.push(id);
                from = id;
            }
            if is_end {
                return Ok(found);
            }
        }
    }

    fn finish(&mut self, removes: Vec<u64>) -> Result<(), InheritError> {
        if removes.is_empty() {
            return Ok(());
        }
        self.findings.finished += removes.len() as u64;
        let group = Group { removes, ..Group::default() };
        self.ledger.write(self.seat, &group)?;
        Ok(self.shelf.told(&group.removes)?)
    }

    /// Brings messages that are this server's into its spool.
    fn bring(&mut self, ids: &[u64]) -> Result<(), InheritError> {
        for ids in ids.chunks(LOAD) {
            let rows = self.ledger.fetch(self.seat, ids)?;
            let mut messages = Vec::new();
            for row in rows {
                let id = row.id;
                match read(row) {
                    Ok(message) => messages.push(message),
                    Err(reason) => tracing::error!(
                        id,
                        reason,
                        "a message of this server cannot be read in the engine; it stays there"
                    ),
                }
            }
            let ids: Vec<u64> = messages.iter().map(|m| m.record.id.as_u64()).collect();
            self.heir.take_in(messages)?;
            self.ledger.arrived(self.seat, &ids)?;
            self.findings.brought += ids.len() as u64;
        }
        Ok(())
    }

    /// Inherited messages that did arrive, which only the note of it lacks.
    fn settle(&mut self, held: &[(u64, bool)], here: &[u64]) -> Result<(), InheritError> {
        let arrived =
            held.iter().filter(|(id, inherited)| *inherited && here.binary_search(id).is_ok());
        let ids: Vec<u64> = arrived.map(|(id, _)| *id).collect();
        if !ids.is_empty() {
            self.ledger.arrived(self.seat, &ids)?;
        }
        Ok(())
    }

    fn spool_to_engine(&mut self) -> Result<(), InheritError> {
        let mut after = 0;
        loop {
            let page = self.shelf.ids(after, PAGE)?;
            let is_end = page.len() < PAGE;
            let ids: Vec<MessageId> =
                page.into_iter().filter(|id| id.as_u64() < self.below).collect();
            let Some(last) = ids.last().map(|id| id.as_u64()) else { return Ok(()) };
            let numbers: Vec<u64> = ids.iter().map(|id| id.as_u64()).collect();
            let states = self.ledger.states(self.seat, &numbers)?;
            let of = |wanted: &[State]| -> Vec<MessageId> {
                let both = ids.iter().zip(&states);
                both.filter(|(_, state)| wanted.contains(state)).map(|(id, _)| *id).collect()
            };
            if self.shelf.copies() {
                self.insert(&of(&[State::Absent]))?;
            }
            self.drop_gone(&of(&[State::Finished, State::Elsewhere]))?;
            if is_end {
                return Ok(());
            }
            after = last;
        }
    }

    fn insert(&mut self, ids: &[MessageId]) -> Result<(), InheritError> {
        let (mut changes, mut bytes) = (Vec::new(), 0);
        for (at, id) in ids.iter().enumerate() {
            if let Some(copied) = self.shelf.copy_of(*id)? {
                bytes += copied.iter().map(content_bytes).sum::<usize>();
                changes.extend(copied);
                self.findings.inserted += 1;
            }
            let is_last = at + 1 == ids.len();
            if is_last || bytes >= LOAD_BYTES || (at + 1) % LOAD == 0 {
                self.ledger.write(self.seat, &Group::of(changes.drain(..)))?;
                bytes = 0;
            }
        }
        Ok(())
    }

    fn drop_gone(&mut self, ids: &[MessageId]) -> Result<(), InheritError> {
        if matches!(self.occasion, Occasion::Start(_)) && !ids.is_empty() {
            self.findings.gone += ids.len() as u64;
            self.shelf.forget(ids)?;
        }
        Ok(())
    }
}

fn content_bytes(change: &Copied) -> usize {
    match change {
        Copied::Insert(copy) => copy.content.len(),
        _ => 0,
    }
}
