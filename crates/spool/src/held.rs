//! A spool that was brought back from a backup is older than what has happened since: what waits in it may
//! have been delivered. Before a server opens it, it is settled what becomes of that, and that no
//! message number is given out again.

use std::path::Path;

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    Due, RealDisk, SpoolError, StoredMessage, WaitingRow,
    apply::{self, set_counter},
    rows, schema, stored,
};

/// Messages that are looked at at once.
const PAGE: usize = 500;

/// What becomes of what waits in a spool that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatWaits {
    /// It goes on where it was.
    Goes,
    /// All of it waits, suspended, in one queue.
    Held {
        /// The key of that queue.
        queue: String,
        /// What is shown as its last error.
        reason: String,
        /// When that was settled.
        now: Timestamp,
    },
    /// It is forgotten.
    Dropped,
}

/// What there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    /// Messages with recipients that are not finished.
    pub messages: u64,
    /// Those recipients.
    pub recipients: u64,
    /// Messages that cannot be read and were set aside.
    pub set_aside: u64,
    /// The number below which no new message will be.
    pub next_number: u64,
}

/// Prepares the spool in `directory`, which nobody has open, for its server: settles what becomes of what
/// waits, and leaves out `skip` message numbers after those that are known to have been given out. One of an
/// older format is upgraded. All or nothing. Blocks.
///
/// # Errors
/// When the spool cannot be opened, read or written.
pub fn bring_back(directory: &Path, what: &WhatWaits, skip: u64) -> Result<Brought, SpoolError> {
    let path = directory.join("spool.db");
    let mut connection = schema::open_writer(&path, &RealDisk)?;
    let transaction = connection.transaction()?;
    let mut brought = match what {
        WhatWaits::Goes => count(&transaction)?,
        WhatWaits::Dropped => {
            let brought = count(&transaction)?;
            drop_all(&transaction)?;
            brought
        }
        WhatWaits::Held { queue, reason, now } => hold(&transaction, (queue, reason), *now)?,
    };
    let last = last_number(&transaction)?.saturating_add(skip);
    set_counter(&transaction, "message_id", last)?;
    if *what != WhatWaits::Goes {
        // All of it is in rows: a start has nothing to look for.
        set_counter(&transaction, "settled", last.saturating_add(1))?;
    }
    brought.next_number = last.saturating_add(1);
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(brought)
}

fn last_number(connection: &Connection) -> Result<u64, SpoolError> {
    let query = "SELECT max(coalesce((SELECT value FROM counter WHERE name = 'message_id'), 0),
                            coalesce((SELECT max(id) FROM message), 0))";
    Ok(connection.query_row(query, [], |row| row.get(0))?)
}

fn count(connection: &Connection) -> Result<Brought, SpoolError> {
    let mut brought = Brought::default();
    each(connection, &mut |message| {
        let open = open_recipients(message).len() as u64;
        brought.messages += u64::from(open > 0);
        brought.recipients += open;
        Ok(())
    })?;
    Ok(brought)
}

fn drop_all(connection: &Connection) -> Result<(), SpoolError> {
    for table in
        ["message", "content", "body", "progress", "waiting", "quarantine", "next_hop", "alone"]
    {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// A row for each message, in the one queue, with all that is not finished of it.
fn hold(
    connection: &Connection,
    (queue, reason): (&str, &str),
    now: Timestamp,
) -> Result<Brought, SpoolError> {
    let number = queue_number(connection, queue)?;
    let (mut brought, mut finished) = (Brought::default(), Vec::new());
    let damaged = each(connection, &mut |message| {
        let recipients = open_recipients(message);
        let id = message.record.id;
        if recipients.is_empty() {
            finished.push(id.as_u64());
            return Ok(());
        }
        brought.messages += 1;
        brought.recipients += recipients.len() as u64;
        let sender = turn_of(connection, id.as_u64())?;
        connection
            .prepare_cached("DELETE FROM waiting WHERE message = ?1")?
            .execute([id.as_u64()])?;
        rows::park(connection, &held_row(message, recipients, (number, sender, reason), now))
    })?;
    brought.set_aside = damaged.len() as u64;
    for damaged in &damaged {
        apply::quarantine(connection, damaged)?;
    }
    // Only their removal was lost.
    for id in finished {
        for (table, column) in [
            ("message", "id"),
            ("content", "id"),
            ("body", "id"),
            ("progress", "message"),
            ("waiting", "message"),
        ] {
            connection
                .prepare_cached(&format!("DELETE FROM {table} WHERE {column} = ?1"))?
                .execute([id])?;
        }
    }
    Ok(brought)
}

fn held_row(
    message: &StoredMessage,
    recipients: Vec<u32>,
    (queue, sender, reason): (u64, u64, &str),
    now: Timestamp,
) -> WaitingRow {
    let record = &message.record;
    let told = recipients.iter().all(|index| message.delay_reported.contains(index));
    WaitingRow {
        message: record.id,
        recipients,
        queue,
        due: Due::Suspended,
        band: record.band,
        sender,
        accepted_at: record.accepted_at.min(now),
        told,
        attempts: 0,
        crashes: 0,
        size: record.size,
        from_address: record.envelope.sender.as_str().into(),
        subject: record.subject.as_deref().map(Into::into),
        last_error: Some(reason.into()),
    }
}

/// Who took turns as one stays so.
fn turn_of(connection: &Connection, message: u64) -> Result<u64, SpoolError> {
    let sender: Option<i64> = connection
        .prepare_cached("SELECT sender FROM waiting WHERE message = ?1 LIMIT 1")?
        .query_row([message], |row| row.get(0))
        .optional()?;
    Ok(sender.unwrap_or(0).cast_unsigned())
}

/// The number of the queue with this key, which is made when there is none.
fn queue_number(connection: &Connection, key: &str) -> Result<u64, SpoolError> {
    let known = "SELECT number FROM next_hop WHERE key = ?1";
    if let Some(number) = connection.query_row(known, [key], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    let next = "SELECT 1 + max(coalesce((SELECT max(number) FROM next_hop), 0),
                               coalesce((SELECT max(queue) FROM waiting), 0))";
    let number: u64 = connection.query_row(next, [], |row| row.get(0))?;
    let make = "INSERT INTO next_hop (number, key, state) VALUES (?1, ?2, '{}')";
    connection.execute(make, (number, key))?;
    Ok(number)
}

fn open_recipients(message: &StoredMessage) -> Vec<u32> {
    let all = u32::try_from(message.record.envelope.recipients.len()).unwrap_or(u32::MAX);
    (0..all).filter(|index| !message.finished.contains(index)).collect()
}

/// Shows every message; returns those that cannot be read.
fn each(
    connection: &Connection,
    visit: &mut dyn FnMut(&StoredMessage) -> Result<(), SpoolError>,
) -> Result<Vec<crate::Damaged>, SpoolError> {
    let (mut after, mut damaged) = (0, Vec::new());
    loop {
        let page = stored::page(connection, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(damaged) };
        after = *last;
        for (_, message) in page {
            match message {
                Ok(message) => visit(&message)?,
                Err(bad) => damaged.push(bad),
            }
        }
    }
}

#[cfg(test)]
#[path = "held_tests.rs"]
mod tests;
