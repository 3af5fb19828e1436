//! What the engine is asked: which servers live, whose each message is, and what became of it. One trait, so
//! that the rules built on it (`heartbeat`, `takeover`, `reconcile`) run on PostgreSQL and, a thousand
//! schedules a minute, on a model of it. Every call is one transaction: it happens as a whole or not at all.
//!
//! A call that fails as [`EngineError::Unreachable`] may have happened. All of them may be made again.

use std::collections::BTreeMap;

use bytes::Bytes;
use spool::{Copied, MessageCopy};

use crate::EngineError;

/// A server's place among the others, as it holds it. Whoever finds another epoch has lost it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The server's name.
    pub name: String,
    /// Its spool's number.
    pub incarnation: u64,
    /// Grows with every start and every take-over.
    pub epoch: u64,
}

/// What a server says of itself when it takes its seat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// Its spool's number, where the spool has one.
    pub incarnation: Option<u64>,
    /// Its version.
    pub version: String,
}

/// A seat that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// The seat.
    pub seat: Seat,
    /// The highest mark of this spool that the engine has heard of; 0 of a new one.
    pub mark: u64,
}

/// What a server tells with each beat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beat {
    /// A mark that is durable in its spool.
    pub mark: u64,
    /// Where others reach it, as JSON.
    pub endpoints: String,
    /// How its queues stand, as JSON.
    pub figures: String,
}

/// What a beat brings back.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulse {
    /// The engine: it changes with each promotion and each of its starts.
    pub engine: String,
    /// The directory's revision.
    pub revision: u64,
    /// All servers, by name.
    pub members: Vec<Member>,
}

/// A server, as the others see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its spool's number.
    pub incarnation: u64,
    /// Whether its lease lasts.
    pub lives: bool,
    /// Whether it has been shut out, so that its messages can be taken over.
    pub fenced: bool,
    /// Its version.
    pub version: String,
    /// Where it is reached, as JSON.
    pub endpoints: String,
    /// How its queues stand, as JSON.
    pub figures: String,
}

/// Messages whose server is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estate {
    /// The server that had them.
    pub name: String,
    /// Its spool's number.
    pub incarnation: u64,
    /// The epoch at which it was shut out; none where no server has this spool any more.
    pub epoch: Option<u64>,
}

/// A message in the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number at its owner.
    pub id: u64,
    /// The record in the spool's stored form.
    pub record: Bytes,
    /// The content.
    pub content: Bytes,
    /// What is finished of it.
    pub progress: Progress,
}

/// A message that is to become this server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Its number at the server that is gone.
    pub old: u64,
    /// The number it has here.
    pub new: u64,
    /// The record with that number.
    pub record: Vec<u8>,
}

/// What the engine knows of a message of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is this server's, and not finished.
    Held,
    /// It is finished.
    Finished,
    /// It is another server's now.
    Elsewhere,
    /// Nothing. Never a reason to drop it.
    Absent,
}

/// Recipients that are finished, and those whose delay was reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Finished.
    pub finished: Vec<u32>,
    /// Told of.
    pub delay_reported: Vec<u32>,
}

const FINISHED: u8 = 1;
const DELAY_REPORTED: u8 = 2;

impl Progress {
    /// As it is stored: five bytes each, so that more is added at the end.
    pub fn to_bytes(&self) -> Vec<u8> {
        let finished = self.finished.iter().map(|index| (FINISHED, *index));
        let told = self.delay_reported.iter().map(|index| (DELAY_REPORTED, *index));
        finished
            .chain(told)
            .flat_map(|(kind, index)| std::iter::once(kind).chain(index.to_be_bytes()))
            .collect()
    }

    /// Reads what is stored; what is not known is passed over.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut progress = Self::default();
        for entry in bytes.chunks_exact(5) {
            let Ok(index) = entry[1..].try_into().map(u32::from_be_bytes) else { continue };
            match entry[0] {
                FINISHED => progress.finished.push(index),
                DELAY_REPORTED => progress.delay_reported.push(index),
                _ => {}
            }
        }
        progress
    }

    fn is_empty(&self) -> bool {
        self.finished.is_empty() && self.delay_reported.is_empty()
    }
}

/// Changes that become durable together. A message occurs in one of the lists only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// New messages.
    pub inserts: Vec<Row>,
    /// More that is finished of earlier ones.
    pub progress: Vec<(u64, Progress)>,
    /// Messages that are finished as a whole.
    pub removes: Vec<u64>,
}

/// What becomes of one message in a group.
#[derive(Default)]
struct Fate {
    insert: Option<MessageCopy>,
    progress: Progress,
    remove: bool,
}

impl Group {
    /// Folds changes, in their order, into one for each message.
    pub fn of(changes: impl IntoIterator<Item = Copied>) -> Self {
        let mut fates: BTreeMap<u64, Fate> = BTreeMap::new();
        for change in changes {
            match change {
                Copied::Insert(copy) => {
                    let id = copy.id.as_u64();
                    fates.entry(id).or_default().insert = Some(copy);
                }
                Copied::Finish(id, index) => {
                    fates.entry(id.as_u64()).or_default().progress.finished.push(index);
                }
                Copied::DelayReported(id, index) => {
                    fates.entry(id.as_u64()).or_default().progress.delay_reported.push(index);
                }
                Copied::Remove(id) => fates.entry(id.as_u64()).or_default().remove = true,
            }
        }
        let mut group = Self::default();
        for (id, fate) in fates {
            match (fate.remove, fate.insert) {
                (true, _) => group.removes.push(id),
                (false, Some(copy)) => group.inserts.push(Row {
                    id,
                    record: copy.record,
                    content: copy.content,
                    progress: fate.progress,
                }),
                (false, None) if !fate.progress.is_empty() => {
                    group.progress.push((id, fate.progress));
                }
                (false, None) => {}
            }
        }
        group
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.inserts.is_empty() && self.progress.is_empty() && self.removes.is_empty()
    }
}

/// The engine, as these rules ask it. Calls block.
pub trait Ledger: Send {
    /// The name of this engine's organization, by which a spool knows that it has met it before.
    ///
    /// # Errors
    /// [`EngineError::Damaged`] where there is none.
    fn cluster(&mut self) -> Result<String, EngineError>;

    /// Takes a seat: gives a number to a spool that has none, and a new epoch.
    ///
    /// # Errors
    /// [`EngineError::Refused`] while another spool holds a living lease under this name.
    fn sit(&mut self, claim: &Claim) -> Result<Seated, EngineError>;

    /// Renews the lease.
    ///
    /// # Errors
    /// [`EngineError::Fenced`] when the seat is lost.
    fn beat(&mut self, seat: &Seat, beat: &Beat) -> Result<Pulse, EngineError>;

    /// Shuts out servers whose lease ended long enough ago, where the engine has been writable without a break
    /// for long enough. Returns their names.
    ///
    /// # Errors
    /// When the engine fails.
    fn fence(&mut self, seat: &Seat) -> Result<Vec<String>, EngineError>;

    /// What servers that are gone have left.
    ///
    /// # Errors
    /// When the engine fails.
    fn estates(&mut self) -> Result<Vec<Estate>, EngineError>;

    /// Up to `limit` messages of an estate, by number.
    ///
    /// # Errors
    /// When the engine fails.
    fn inventory(&mut self, estate: &Estate, limit: usize) -> Result<Vec<Row>, EngineError>;

    /// Makes messages of an estate this server's. Returns the old numbers of those that have become it: others
    /// may inherit at the same time, or the owner may be back.
    ///
    /// # Errors
    /// [`EngineError::Fenced`] when the seat is lost.
    fn inherit(
        &mut self,
        seat: &Seat,
        estate: &Estate,
        moves: &[Move],
    ) -> Result<Vec<u64>, EngineError>;

    /// Notes that inherited messages are in this server's spool.
    ///
    /// # Errors
    /// When the engine fails.
    fn arrived(&mut self, seat: &Seat, ids: &[u64]) -> Result<(), EngineError>;

    /// Numbers of this server's messages after `after`, ascending, at most `limit`; whether each is inherited and
    /// not known to be in its spool.
    ///
    /// # Errors
    /// When the engine fails.
    fn held(
        &mut self,
        seat: &Seat,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, bool)>, EngineError>;

    /// Messages of this server.
    ///
    /// # Errors
    /// When the engine fails.
    fn fetch(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<Row>, EngineError>;

    /// What is known of these messages, in their order.
    ///
    /// # Errors
    /// When the engine fails.
    fn states(&mut self, seat: &Seat, ids: &[u64]) -> Result<Vec<State>, EngineError>;

    /// The highest number that the engine has heard of a message of this server; 0 of none.
    ///
    /// # Errors
    /// When the engine fails.
    fn highest(&mut self, seat: &Seat) -> Result<u64, EngineError>;

    /// Writes a group. Durable on the standbys when this returns. It is waited for without a limit.
    ///
    /// # Errors
    /// [`EngineError::Fenced`] when the seat is lost; nothing is written then.
    fn write(&mut self, seat: &Seat, group: &Group) -> Result<(), EngineError>;

    /// Forgets tombstones that are older than so many seconds; at most a few thousand at once. Returns how many.
    ///
    /// # Errors
    /// When the engine fails.
    fn bury(&mut self, older_than: u64) -> Result<u64, EngineError>;

    /// Gives the seat up for good. Whatever is still held becomes an estate.
    ///
    /// # Errors
    /// When the engine fails.
    fn rise(&mut self, seat: &Seat) -> Result<(), EngineError>;
}
