//! What waits, asked for: counts, pages in three orders, contents. Every question is a short read
//! transaction on a connection of its own, so none holds up the committer or the others.

use std::ops::ControlFlow;

use bytes::Bytes;
use model::{MessageId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Params};

use crate::{
    AgeKey, BandCount, NextHopRow, RowKey, RowView, Spool, SpoolError, StoredMessage, TurnKey,
    WaitingCount, WaitingRow,
    content::{self, Fitting},
    resume::Fault,
    rows::{self, DUE_NEVER, DUE_NOW, Projection, columns},
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

    /// How much that is not of the normal priority waits in each queue. Reads the whole index, as
    /// [`Spool::waiting_counts`]. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn band_counts(&self) -> Result<Vec<BandCount>, SpoolError> {
        self.readers().with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT queue, band, count(*), sum(due > ?1 AND due < ?2)
                 FROM waiting INDEXED BY waiting_turn WHERE band <> 1 GROUP BY queue, band",
            )?;
            let rows = statement.query_map((DUE_NOW, DUE_NEVER), |row| {
                let (queue, band) = (row.get(0)?, row.get(1)?);
                Ok(BandCount { queue, band, all: row.get(2)?, later: row.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
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
            .map_err(|damaged| SpoolError::Damaged { id: damaged.id, reason: damaged.reason })
    }

    /// Contents of these messages, in order, until one would make it more than `most_bytes`
    /// together; those that cannot be read are left out. Blocks.
    pub fn contents_of(&self, ids: &[MessageId], most_bytes: usize) -> Vec<(MessageId, Bytes)> {
        let mut left = most_bytes;
        let mut read = Vec::new();
        for id in ids {
            let found = self.readers().with(|connection| {
                content::read_fitting(connection, self.place(), id.as_u64(), left)
            });
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
        let after = from.map_or((0, u32::MAX), |key| (key.message.as_u64(), key.first));
        let mut scan = Scan { after, columns: u16::MAX, done: false };
        while !scan.done {
            self.readers().scan(|connection| scan.page(connection, visit))?;
        }
        Ok(())
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
        self.whole_rows(QUERY, (queue, due, band, sender, message, first, limit))
    }

    /// All rows of a message. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_of(&self, id: MessageId) -> Result<Vec<WaitingRow>, SpoolError> {
        const QUERY: &str =
            concat!("SELECT ", columns!(), " FROM waiting WHERE message = ?1 ORDER BY first");
        self.whole_rows(QUERY, [id.as_u64()])
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
        self.whole_rows(QUERY, (told, band, until, accepted, message, first, limit))
    }

    /// Rows as they can be used. One that does not say who waits is set aside: with its first
    /// recipient alone, the others would be forgotten.
    fn whole_rows(
        &self,
        query: &str,
        parameters: impl Params,
    ) -> Result<Vec<WaitingRow>, SpoolError> {
        let read = self.readers().with(|connection| rows_by(connection, query, parameters))?;
        let (whole, damaged): (Vec<_>, Vec<_>) = read.into_iter().partition(|(_, whole)| *whole);
        for (row, _) in damaged {
            self.set_row_aside(row.key(), &Fault::Row);
        }
        Ok(whole.into_iter().map(|(row, _)| row).collect())
    }
}

/// Rows, and whether each says who waits.
fn rows_by(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
) -> Result<Vec<(WaitingRow, bool)>, SpoolError> {
    let all = Projection::all(connection);
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(
            RowView::new(row, &all).map(|view| (view.to_row(), view.recipients().is_some())),
        );
    }
    Ok(found)
}

/// Where a scan is.
struct Scan {
    after: (u64, u32),
    /// Columns the next page should have.
    columns: u16,
    done: bool,
}

impl Scan {
    fn page(
        &mut self,
        connection: &Connection,
        visit: &mut dyn FnMut(&RowView<'_>) -> ControlFlow<()>,
    ) -> Result<(), SpoolError> {
        let projection = Projection::of(connection, self.columns);
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {} FROM waiting WHERE (message, first) > (?1, ?2)
             ORDER BY message, first LIMIT ?3",
            projection.sql()
        ))?;
        let mut rows = statement.query((self.after.0, self.after.1, PAGE))?;
        let mut seen = 0;
        while let Some(row) = rows.next()? {
            seen += 1;
            if seen == PAGE {
                let last = (row.get(0)?, row.get(1)?);
                // In a damaged file it may be one before, and this would never end.
                if last <= self.after {
                    return Err(SpoolError::Corrupt("what waits is out of order".to_owned()));
                }
                self.after = last;
            }
            if let Some(view) = RowView::new(row, &projection)
                && visit(&view).is_break()
            {
                self.done = true;
                return Ok(());
            }
        }
        self.done = seen < PAGE;
        self.columns = projection.next(seen);
        Ok(())
    }
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

#[cfg(test)]
mod tests;
