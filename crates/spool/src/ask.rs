//! What waits, asked for: counts, turns, pages in three orders. Every question is a short read
//! transaction on a connection of its own, so none holds up the committer or the others.

use std::{collections::HashMap, ops::ControlFlow};

use bytes::Bytes;
use model::{MessageId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::{
    AgeKey, Loaded, NextHopRow, RowKey, RowView, Spool, SpoolError, StoredMessage, TurnKey,
    Unsettled, WaitingCount, WaitingRow,
    content::{self, Fitting},
    load::Choice,
    rows::{self, DUE_NEVER, DUE_NOW, columns},
    stored,
};

/// Rows that a scan reads in one transaction.
const PAGE: usize = 1_000;

impl Spool {
    /// All next hops, by number. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_hops(&self) -> Result<Vec<NextHopRow>, SpoolError> {
        self.readers().with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT number, key, state FROM next_hop ORDER BY number")?;
            let rows = statement.query_map([], |row| {
                Ok(NextHopRow { number: row.get(0)?, key: row.get(1)?, state: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How much waits in each queue, by number. Reads the whole index: about 0.1 seconds for a
    /// million rows. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn waiting_counts(&self) -> Result<Vec<WaitingCount>, SpoolError> {
        self.readers().with(counts)
    }

    /// Up to `limit` rows of a queue whose turn it is, without those that are resident: by band,
    /// within a band senders in turn, each with its oldest first. After them those whose own time
    /// has come by `now`, in order of it; at most half of `limit` when there are both. Goes on
    /// where the last call stopped. Blocks.
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
        self.readers().with(|connection| {
            let reading = connection.unchecked_transaction()?;
            let queue_value = i64::try_from(queue).unwrap_or(i64::MAX);
            let choice =
                Choice { connection: &reading, queue: queue_value, now, limit, is_resident };
            let mut loaded = Vec::new();
            for key in self.turns().choose(queue, &choice)? {
                loaded.extend(load_one(&reading, key)?);
            }
            Ok(loaded)
        })
    }

    /// One message. Blocks.
    ///
    /// # Errors
    /// When the file or the record cannot be read.
    pub fn message(&self, id: MessageId) -> Result<Option<StoredMessage>, SpoolError> {
        let found = self.readers().with(|connection| stored::message(connection, id.as_u64()))?;
        found
            .transpose()
            .map_err(|damaged| SpoolError::Read { id: damaged.id, reason: damaged.reason })
    }

    /// Contents of these messages, in order, until one would make it more than `most_bytes`
    /// together; those that cannot be read are left out. Blocks.
    pub fn contents_of(&self, ids: &[MessageId], most_bytes: usize) -> Vec<(MessageId, Bytes)> {
        let mut left = most_bytes;
        let mut read = Vec::new();
        for id in ids {
            let found = self
                .readers()
                .with(|connection| Ok(content::read_fitting(connection, id.as_u64(), left)?));
            match found {
                Ok(Fitting::Content(content)) => {
                    left -= content.len();
                    read.push((*id, Bytes::from(content)));
                }
                Ok(Fitting::Missing) => {}
                Ok(Fitting::TooLarge) | Err(_) => break,
            }
        }
        read
    }

    /// Messages, in order of their numbers, some of whose recipients wait in no row, and those
    /// that are finished and whose removal was lost: what a start has to look after. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read; a damaged record is reported beside the others.
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
        Ok(found)
    }

    /// Shows every row to `visit`, by message and first recipient, from after `from` on, until it
    /// breaks. Pages through the file: rows that change meanwhile may be seen before or after.
    /// `visit` may ask the spool, but must not wait for a commit. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scan(
        &self,
        from: Option<RowKey>,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<(), SpoolError> {
        let mut after = from.map_or((0, u32::MAX), |key| (key.message.as_u64(), key.first));
        loop {
            let page = self.readers().scan(|connection| scan_page(connection, after, visit))?;
            match page {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Up to `limit` rows of a queue after `from`, in the order of turns with all times: due,
    /// band, sender, message. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn scan_queue(
        &self,
        queue: u64,
        from: Option<TurnKey>,
        limit: usize,
    ) -> Result<Vec<WaitingRow>, SpoolError> {
        const QUERY: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM waiting INDEXED BY waiting_turn
             WHERE queue = ?1 AND (due, band, sender, message, first) > (?2, ?3, ?4, ?5, ?6)
             ORDER BY due, band, sender, message, first LIMIT ?7"
        );
        let queue = i64::try_from(queue).unwrap_or(i64::MAX);
        let (due, band, sender, message, first) = from.map_or((-1, 0, 0, 0, 0), |key| {
            let sender = key.sender.cast_signed();
            (rows::due_value(key.due), key.band, sender, key.message.as_u64(), key.first)
        });
        self.readers().with(|connection| {
            rows_by(connection, QUERY, (queue, due, band, sender, message, first, limit))
        })
    }

    /// All rows of a message. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_of(&self, id: MessageId) -> Result<Vec<WaitingRow>, SpoolError> {
        const QUERY: &str =
            concat!("SELECT ", columns!(), " FROM waiting WHERE message = ?1 ORDER BY first");
        self.readers().with(|connection| rows_by(connection, QUERY, [id.as_u64()]))
    }

    /// Up to `limit` rows of one band whose message was accepted then or before and whose sender
    /// has or has not been told of a delay, the oldest first, from after `after` on. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn older_than(
        &self,
        told: bool,
        band: u8,
        accepted_at_or_before: Timestamp,
        after: Option<AgeKey>,
        limit: usize,
    ) -> Result<Vec<WaitingRow>, SpoolError> {
        const QUERY: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM waiting INDEXED BY waiting_age
             WHERE told = ?1 AND band = ?2 AND accepted <= ?3
               AND (accepted, message, first) > (?4, ?5, ?6)
             ORDER BY accepted, message, first LIMIT ?7"
        );
        let until = accepted_at_or_before.as_millis();
        let (accepted, message, first) = after.map_or((i64::MIN, 0, 0), |key| {
            (key.accepted_at.as_millis(), key.message.as_u64(), key.first)
        });
        self.readers().with(|connection| {
            rows_by(connection, QUERY, (told, band, until, accepted, message, first, limit))
        })
    }
}

fn rows_by(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
) -> Result<Vec<WaitingRow>, SpoolError> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(RowView::new(row).map(|view| view.to_row()));
    }
    Ok(found)
}

fn load_one(connection: &Connection, key: RowKey) -> Result<Option<Loaded>, SpoolError> {
    const QUERY: &str =
        concat!("SELECT ", columns!(), " FROM waiting WHERE message = ?1 AND first = ?2");
    let id = key.message.as_u64();
    let read = |row: &Row<'_>| Ok(RowView::new(row).map(|view| view.to_row()));
    let row =
        connection.prepare_cached(QUERY)?.query_row((id, key.first), read).optional()?.flatten();
    let (Some(row), Some(message)) = (row, stored::message(connection, id)?) else {
        return Ok(None);
    };
    Ok(Some(Loaded { row, message }))
}

fn scan_page(
    connection: &Connection,
    after: (u64, u32),
    visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
) -> Result<Option<(u64, u32)>, SpoolError> {
    const QUERY: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM waiting WHERE (message, first) > (?1, ?2) ORDER BY message, first LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(QUERY)?;
    let mut rows = statement.query((after.0, after.1, PAGE))?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        last = Some((row.get(0)?, row.get(1)?));
        if let Some(view) = RowView::new(row)
            && visit(&view).is_break()
        {
            return Ok(None);
        }
    }
    Ok(last)
}

fn counts(connection: &Connection) -> Result<Vec<WaitingCount>, SpoolError> {
    let mut statement = connection.prepare_cached(
        "SELECT queue, due, count(*), min(message) FROM waiting INDEXED BY waiting_turn
         GROUP BY queue, due ORDER BY queue, due",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Vec<(WaitingCount, i64)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (queue, due): (u64, i64) = (row.get(0)?, row.get(1)?);
        let (count, first): (u64, i64) = (row.get(2)?, row.get(3)?);
        if found.last().is_none_or(|(last, _)| last.queue != queue) {
            found.push((WaitingCount::none(queue), first));
        }
        let Some((entry, oldest)) = found.last_mut() else { continue };
        *oldest = first.min(*oldest);
        match due {
            DUE_NEVER => entry.suspended += count,
            ..=DUE_NOW => entry.now += count,
            time => {
                entry.later += count;
                entry.earliest.get_or_insert(Timestamp::from_millis(time));
            }
        }
    }
    let mut accepted =
        connection.prepare_cached("SELECT accepted FROM waiting WHERE message = ?1 LIMIT 1")?;
    let mut counts = Vec::with_capacity(found.len());
    for (mut count, oldest) in found {
        let oldest: Option<i64> = accepted.query_row([oldest], |row| row.get(0)).optional()?;
        count.oldest = oldest.map(Timestamp::from_millis);
        counts.push(count);
    }
    Ok(counts)
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
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM waiting WHERE message > ?1 AND message <= ?2"
    ))?;
    let mut rows = statement.query((after, last))?;
    while let Some(row) = rows.next()? {
        if let Some(view) = RowView::new(row)
            && let Some(recipients) = view.recipients()
        {
            found.entry(view.key().message.as_u64()).or_default().extend(recipients);
        }
    }
    Ok(found)
}

fn unsettled(
    message: Result<StoredMessage, crate::Damaged>,
    mut waiting: Vec<u32>,
) -> Option<Unsettled> {
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
mod tests;
