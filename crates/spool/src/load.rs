//! Whose turn it is: a bounded, fair choice out of one queue's rows, without reading the others.
//!
//! Bands in order; within a band senders take turns, each with its oldest first, and the next
//! choice goes on where the last one stopped. The index is ordered by sender, so the walk hops
//! from one to the next: a sender with a million rows costs no more than one with ten.

use std::collections::HashMap;

use model::{MessageId, Timestamp};
use parking_lot::Mutex;
use rusqlite::Connection;

use crate::{
    SpoolError,
    rows::{DUE_NEVER, DUE_NOW, LAST_BAND},
    waiting::RowKey,
};

/// Rows of one sender that are passed by before the index is asked for the next sender.
const STEPS: u32 = 8;

/// Where each queue's turn stopped.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<u64, Turn>>);

/// Where a queue's turn stopped.
#[derive(Debug, Default, Clone, Copy)]
struct Turn {
    /// Whose turn was the last, in each band.
    last: [Option<i64>; LAST_BAND as usize + 1],
    /// Who gets the larger half of an odd number.
    odd: bool,
}

/// One queue's rows that can be sent by `now`, fewer than `limit` only when there are no others.
pub(crate) struct Choice<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) queue: i64,
    pub(crate) now: Timestamp,
    pub(crate) limit: usize,
    pub(crate) is_resident: &'a dyn Fn(RowKey) -> bool,
}

/// A sender whose turn it was, and how far it got.
struct Sender {
    id: i64,
    at: (u64, u32),
}

impl Turns {
    /// Chooses, and remembers where to go on.
    pub(crate) fn choose(
        &self,
        queue: u64,
        choice: &Choice<'_>,
    ) -> Result<Vec<RowKey>, SpoolError> {
        let mut turn = self.0.lock().get(&queue).copied().unwrap_or_default();
        let chosen = choice.choose(&mut turn)?;
        let mut turns = self.0.lock();
        if chosen.len() < choice.limit {
            // It is empty but for what was chosen; the next in it may begin anywhere.
            turns.remove(&queue);
        } else {
            turns.insert(queue, turn);
        }
        Ok(chosen)
    }
}

impl Choice<'_> {
    fn choose(&self, turn: &mut Turn) -> Result<Vec<RowKey>, SpoolError> {
        let timed = self.timed()?;
        let half = if turn.odd { self.limit.div_ceil(2) } else { self.limit / 2 };
        turn.odd = !turn.odd;
        let mut chosen = Vec::new();
        let most = self.limit - timed.len().min(half);
        for band in 0..=LAST_BAND {
            self.band(band, most, &mut turn.last[usize::from(band)], &mut chosen)?;
        }
        let rest = self.limit - chosen.len();
        chosen.extend(timed.into_iter().take(rest));
        Ok(chosen)
    }

    /// Those whose own time has come, the longest due first.
    fn timed(&self) -> Result<Vec<RowKey>, SpoolError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT message, first FROM waiting INDEXED BY waiting_turn
             WHERE queue = ?1 AND due BETWEEN ?2 AND ?3
             ORDER BY due, band, sender, message, first",
        )?;
        let now = self.now.as_millis().min(DUE_NEVER - 1);
        let mut rows = statement.query((self.queue, DUE_NOW + 1, now))?;
        let mut chosen = Vec::new();
        while chosen.len() < self.limit
            && let Some(row) = rows.next()?
        {
            chosen.extend(self.wanted((row.get(0)?, row.get(1)?)));
        }
        Ok(chosen)
    }

    /// Fills `chosen` up to `most` with rows of one band.
    fn band(
        &self,
        band: u8,
        most: usize,
        last: &mut Option<i64>,
        chosen: &mut Vec<RowKey>,
    ) -> Result<(), SpoolError> {
        if chosen.len() >= most {
            return Ok(());
        }
        let mut senders: Vec<Sender> = Vec::new();
        let after = last.map_or(Some(i64::MIN), |last| last.checked_add(1));
        if let Some(after) = after {
            self.one_each(band, (after, i64::MAX), most, &mut senders, chosen)?;
        }
        if let Some(before) = *last {
            self.one_each(band, (i64::MIN, before), most, &mut senders, chosen)?;
        }
        if let Some(sender) = senders.last() {
            *last = Some(sender.id);
        }
        while chosen.len() < most && !senders.is_empty() {
            let share = (most - chosen.len()).div_ceil(senders.len());
            let mut shares = Vec::with_capacity(senders.len());
            for sender in &mut senders {
                shares.push(self.more_of(band, sender, share)?);
            }
            for round in 0..share {
                for (sender, keys) in senders.iter().zip(&shares) {
                    if let Some(key) = keys.get(round)
                        && chosen.len() < most
                    {
                        chosen.push(*key);
                        *last = Some(sender.id);
                    }
                }
            }
            let mut full = shares.iter().map(|keys| keys.len() == share);
            senders.retain(|_| full.next().unwrap_or(false));
        }
        Ok(())
    }

    /// One row of each sender in a range of senders, noting where each is.
    fn one_each(
        &self,
        band: u8,
        (mut from, to): (i64, i64),
        most: usize,
        senders: &mut Vec<Sender>,
        chosen: &mut Vec<RowKey>,
    ) -> Result<(), SpoolError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sender, message, first FROM waiting INDEXED BY waiting_turn
             WHERE queue = ?1 AND due = ?2 AND band = ?3 AND sender BETWEEN ?4 AND ?5
             ORDER BY sender, message, first",
        )?;
        'hop: loop {
            let mut rows = statement.query((self.queue, DUE_NOW, band, from, to))?;
            let mut served: Option<i64> = None;
            let mut steps = 0;
            while let Some(row) = rows.next()? {
                let (sender, at): (i64, (u64, u32)) = (row.get(0)?, (row.get(1)?, row.get(2)?));
                if served == Some(sender) {
                    steps += 1;
                    if steps > STEPS {
                        let Some(next) = sender.checked_add(1).filter(|next| *next <= to) else {
                            return Ok(());
                        };
                        from = next;
                        continue 'hop;
                    }
                    continue;
                }
                if chosen.len() >= most {
                    return Ok(());
                }
                if let Some(key) = self.wanted(at) {
                    chosen.push(key);
                    senders.push(Sender { id: sender, at });
                    served = Some(sender);
                    steps = 0;
                }
            }
            return Ok(());
        }
    }

    /// The next rows of one sender.
    fn more_of(
        &self,
        band: u8,
        sender: &mut Sender,
        share: usize,
    ) -> Result<Vec<RowKey>, SpoolError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT message, first FROM waiting INDEXED BY waiting_turn
             WHERE queue = ?1 AND due = ?2 AND band = ?3 AND sender = ?4
               AND (message, first) > (?5, ?6)
             ORDER BY message, first",
        )?;
        let (message, first) = sender.at;
        let mut rows = statement.query((self.queue, DUE_NOW, band, sender.id, message, first))?;
        let mut keys = Vec::new();
        while keys.len() < share
            && let Some(row) = rows.next()?
        {
            sender.at = (row.get(0)?, row.get(1)?);
            keys.extend(self.wanted(sender.at));
        }
        Ok(keys)
    }

    fn wanted(&self, (message, first): (u64, u32)) -> Option<RowKey> {
        let key = RowKey { message: MessageId::new(message)?, first };
        (!(self.is_resident)(key)).then_some(key)
    }
}
