//! What is taken up again: by a start, what waits in no row; by a queue, whose turn it is.
//!
//! What turns out to be damaged is set aside with a report: a record goes to a table of its own,
//! with the reason, and is tried no more; nothing of it is deleted, and it hides nobody.

use std::collections::HashMap;

use model::{MessageId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    Batch, Damaged, Loaded, RowKey, RowView, Spool, SpoolError, StoredMessage, Unsettled,
    load::Choice,
    rows::{self, Projection, columns},
    stored,
};

/// Messages that a start reads in one transaction.
const PAGE: usize = 1_000;
const ROW_DAMAGED: &str = "the list of recipients that wait cannot be read";

impl Spool {
    /// Up to `limit` rows of a queue whose turn it is, without those that are resident: by band,
    /// within a band senders in turn, each with its oldest first. After them those whose own time
    /// has come by `now`, in order of it; at most half of `limit` when there are both. Goes on
    /// where the last call stopped. A row whose message is damaged or gone, or which is damaged
    /// itself, is given once, with the reason, and set aside: it is no longer in the store. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load(
        &self,
        queue: u64,
        now: Timestamp,
        limit: usize,
        is_resident: &dyn Fn(RowKey) -> bool,
    ) -> Result<Vec<Loaded>, SpoolError> {
        let (loaded, damaged) = self.readers().with(|connection| {
            let reading = connection.unchecked_transaction()?;
            let is_out = |key| is_resident(key) || self.aside().has_row(key);
            let choice = Choice {
                connection: &reading,
                queue: i64::try_from(queue).unwrap_or(i64::MAX),
                now,
                limit,
                is_resident: &is_out,
            };
            let (mut loaded, mut damaged) = (Vec::new(), Vec::new());
            for key in self.turns().choose(queue, &choice)? {
                if let Some((row, fault)) = load_one(&reading, key)? {
                    damaged.extend(fault.map(|fault| (key, fault)));
                    loaded.push(row);
                }
            }
            Ok((loaded, damaged))
        })?;
        for (key, fault) in damaged {
            self.set_row_aside(key, &fault);
        }
        Ok(loaded)
    }

    /// Messages, in order of their numbers, some of whose recipients wait in no row, and those
    /// that are finished and whose removal was lost: what a start has to look after. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read; a damaged record is given beside the others, and set aside.
    pub fn unsettled(
        &self,
        after: Option<MessageId>,
        limit: usize,
    ) -> Result<Vec<Unsettled>, SpoolError> {
        let mut found = Vec::new();
        let mut after = match after {
            Some(id) => id.as_u64(),
            None => self.readers().with(settled)?.saturating_sub(1),
        };
        while found.len() < limit {
            let page = self.readers().with(|connection| {
                let reading = connection.unchecked_transaction()?;
                unsettled_page(&reading, after)
            })?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            found.extend(page.into_iter().filter_map(|(_, unsettled)| unsettled));
        }
        found.truncate(limit);
        for damaged in
            found.iter().filter_map(|unsettled: &Unsettled| unsettled.message.as_ref().err())
        {
            self.set_message_aside(damaged, None);
        }
        Ok(found)
    }

    /// A row that cannot be used leaves, and its message where that is the reason.
    pub(crate) fn set_row_aside(&self, key: RowKey, fault: &Fault) {
        if !self.aside().add_row(key) {
            return;
        }
        let id = key.message;
        match fault {
            Fault::Message(damaged) => return self.set_message_aside(damaged, Some(key)),
            Fault::Row => {
                tracing::error!(%id, first = key.first, reason = ROW_DAMAGED, "a row of what waits is damaged and was removed; the next start finds its recipients in the message");
            }
            Fault::Orphan => {
                tracing::error!(%id, first = key.first, "a row of what waits has no message and was removed");
            }
        }
        let mut batch = Batch::new();
        batch.unsettle(key);
        self.commit_later(batch);
    }

    /// Adds to `batch` that a message is set aside, as damaged: its record moves to a table of its
    /// own with the reason, and is tried no more; nothing of it is deleted. Says so once.
    pub fn set_aside(&self, batch: &mut Batch, damaged: &Damaged) {
        if self.aside().add_message(damaged.id) {
            tracing::error!(id = damaged.id, reason = %damaged.reason, "a message in the spool is damaged; it was set aside (relais spool verify, relais spool export)");
        }
        batch.quarantine(damaged.clone());
    }

    fn set_message_aside(&self, damaged: &Damaged, row: Option<RowKey>) {
        let mut batch = Batch::new();
        if !self.aside().has_message(damaged.id) {
            self.set_aside(&mut batch, damaged);
        }
        if let Some(key) = row {
            batch.unpark(key);
        }
        self.commit_later(batch);
    }
}

/// What is wrong with a row that cannot be used.
pub(crate) enum Fault {
    Message(Damaged),
    Row,
    Orphan,
}

/// The row, and what is wrong with it.
fn load_one(
    connection: &Connection,
    key: RowKey,
) -> Result<Option<(Loaded, Option<Fault>)>, SpoolError> {
    let id = key.message.as_u64();
    let all = Projection::all(connection);
    let found = rows::one(&all, key, |view| (view.to_row(), view.recipients().is_some()))?;
    let Some((row, is_whole)) = found else { return Ok(None) };
    let damaged = |reason: &str| Err(Damaged { id, reason: reason.to_owned() });
    let (message, fault) = match stored::message(connection, id)? {
        Some(Ok(message)) if is_whole => (Ok(message), None),
        Some(Ok(_)) => (damaged(ROW_DAMAGED), Some(Fault::Row)),
        Some(Err(damaged)) => (Err(damaged.clone()), Some(Fault::Message(damaged))),
        None => {
            (damaged("it is not in the spool, only a row that says it waits"), Some(Fault::Orphan))
        }
    };
    Ok(Some((Loaded { row, message }, fault)))
}

fn settled(connection: &Connection) -> Result<u64, SpoolError> {
    let value = connection
        .prepare_cached("SELECT value FROM counter WHERE name = 'settled'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(value.unwrap_or(0))
}

/// A page of messages, each with what is unsettled about it.
fn unsettled_page(
    connection: &Connection,
    after: u64,
) -> Result<Vec<(u64, Option<Unsettled>)>, SpoolError> {
    let page = stored::page(connection, after, PAGE)?;
    let Some((last, _)) = page.last() else { return Ok(Vec::new()) };
    let mut waiting = in_rows(connection, after, *last)?;
    let unsettled = |(id, message): (u64, _)| {
        let waiting = waiting.remove(&id).unwrap_or_default();
        (id, unsettled(message, waiting))
    };
    Ok(page.into_iter().map(unsettled).collect())
}

fn in_rows(
    connection: &Connection,
    after: u64,
    last: u64,
) -> Result<HashMap<u64, Vec<u32>>, SpoolError> {
    let mut found: HashMap<u64, Vec<u32>> = HashMap::new();
    let all = Projection::all(connection);
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM waiting WHERE message > ?1 AND message <= ?2"
    ))?;
    let mut rows = statement.query((after, last))?;
    while let Some(row) = rows.next()? {
        if let Some(view) = RowView::new(row, &all)
            && let Some(recipients) = view.recipients()
        {
            found.entry(view.key().message.as_u64()).or_default().extend(recipients);
        }
    }
    Ok(found)
}

fn unsettled(message: Result<StoredMessage, Damaged>, mut waiting: Vec<u32>) -> Option<Unsettled> {
    let Ok(stored) = &message else {
        return Some(Unsettled { message, recipients: Vec::new() });
    };
    let all = u32::try_from(stored.record.envelope.recipients.len()).unwrap_or(u32::MAX);
    waiting.sort_unstable();
    let mut finished = stored.finished.clone();
    finished.sort_unstable();
    let unfinished: Vec<u32> =
        (0..all).filter(|index| finished.binary_search(index).is_err()).collect();
    let recipients: Vec<u32> =
        unfinished.iter().copied().filter(|index| waiting.binary_search(index).is_err()).collect();
    (!recipients.is_empty() || unfinished.is_empty()).then_some(Unsettled { message, recipients })
}

#[cfg(test)]
#[path = "resume_tests.rs"]
mod tests;
