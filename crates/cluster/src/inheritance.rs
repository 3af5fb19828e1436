//! Messages that come to this server from the engine: those of a server that is gone, and those of its own that
//! its spool lacks. The engine says first whose they are; only then are they put into the spool. A crash
//! between the two leaves them marked in the engine, and they are found there.

use std::sync::Arc;

use bytes::Bytes;
use model::MessageId;
use spool::{Batch, MessageRecord, SpoolError};

use crate::{
    EngineError,
    ledger::{Estate, Ledger, Move, Row, Seat},
};

/// Messages that are taken over at once.
const PAGE: usize = 200;

/// A message that is this server's from now on.
#[derive(Debug, Clone)]
pub struct Inherited {
    /// What is known of it, with its number here.
    pub record: Arc<MessageRecord>,
    /// The content.
    pub content: Bytes,
    /// Recipients that are finished.
    pub finished: Vec<u32>,
    /// Recipients whose delay was reported.
    pub delay_reported: Vec<u32>,
}

impl Inherited {
    /// Adds it to what is to become durable.
    pub fn put_into(&self, batch: &mut Batch) {
        let id = self.record.id;
        batch.insert(Arc::clone(&self.record), self.content.clone());
        for index in &self.finished {
            batch.finish(id, *index);
        }
        for index in &self.delay_reported {
            batch.delay_reported(id, *index);
        }
    }
}

/// Where inherited messages go.
pub trait Heir: Send + Sync {
    /// A number no message of this server has had.
    fn next_id(&self) -> MessageId;

    /// Takes messages over: durable here when this returns, and on their way. Blocks.
    ///
    /// # Errors
    /// When they could not be stored.
    fn take_in(&self, messages: Vec<Inherited>) -> Result<(), SpoolError>;
}

/// Why messages could not be taken over.
#[derive(Debug, thiserror::Error)]
pub enum InheritError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// Takes over what a server that is gone has left: a page, or nothing. Returns how many messages that were.
///
/// # Errors
/// When the engine or the spool fails. What was inherited and not stored is found by comparing (`reconcile`).
pub fn inherit_page(
    ledger: &mut dyn Ledger,
    seat: &Seat,
    estate: &Estate,
    heir: &dyn Heir,
) -> Result<u64, InheritError> {
    let rows = ledger.inventory(estate, PAGE)?;
    let mut ours: Vec<(u64, Inherited)> =
        rows.into_iter().filter_map(|row| renumbered(estate, row, heir.next_id())).collect();
    let moves: Vec<Move> =
        ours.iter().filter_map(|(old, message)| to_move(*old, message)).collect();
    if moves.is_empty() {
        return Ok(0);
    }
    let moved = ledger.inherit(seat, estate, &moves)?;
    ours.retain(|(old, _)| moved.contains(old));
    let ids: Vec<u64> = ours.iter().map(|(_, message)| message.record.id.as_u64()).collect();
    heir.take_in(ours.into_iter().map(|(_, message)| message).collect())?;
    ledger.arrived(seat, &ids)?;
    Ok(ids.len() as u64)
}

fn to_move(old: u64, message: &Inherited) -> Option<Move> {
    let record = message.record.to_stored().ok()?;
    Some(Move { old, new: message.record.id.as_u64(), record })
}

/// A message with a number of this server. One that cannot be read stays where it is: a server of a newer version
/// may be able to.
fn renumbered(estate: &Estate, row: Row, id: MessageId) -> Option<(u64, Inherited)> {
    let old = row.id;
    match read(row) {
        Ok(mut message) => {
            Arc::make_mut(&mut message.record).id = id;
            Some((old, message))
        }
        Err(reason) => {
            tracing::error!(
                id = old,
                server = estate.name,
                reason,
                "a message of a server that is gone cannot be read here; it stays in the engine"
            );
            None
        }
    }
}

/// A message as the engine has it.
pub(crate) fn read(row: Row) -> Result<Inherited, String> {
    let id = MessageId::new(row.id).ok_or("its number is too large")?;
    let record = MessageRecord::from_stored(id, &row.record).map_err(|damaged| damaged.reason)?;
    if record.size != row.content.len() as u64 {
        return Err(format!(
            "its content has {} bytes and should have {}",
            row.content.len(),
            record.size
        ));
    }
    Ok(Inherited {
        record: Arc::new(record),
        content: row.content,
        finished: row.progress.finished,
        delay_reported: row.progress.delay_reported,
    })
}
