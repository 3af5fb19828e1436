//! Checks a spool: the file as SQLite sees it, every record, every row and what belongs to what.
//! In pages, so that its memory does not grow with the spool.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use thiserror::Error;

use crate::{
    RowView, SpoolError, StoredMessage, content,
    rescue::{FORMAT_3, Rescue},
    rows::{Projection, columns},
    stored,
};

/// Messages that are looked at at once.
const PAGE: usize = 1_000;
/// Complaints of SQLite that are shown.
const MOST_COMPLAINTS: u32 = 100;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// SQLite finds the file damaged.
    #[error("the file is damaged: {0}")]
    File(String),
    /// A message cannot be used, or not all of it.
    #[error("message {id}: {reason}")]
    Message {
        /// Its number.
        id: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A message that was found damaged before.
    #[error("message {id} was set aside: {reason}")]
    SetAside {
        /// Its number.
        id: u64,
        /// What was wrong with it.
        reason: String,
    },
    /// What belongs to a message that is not there.
    #[error("{what} of message {id}, which is not there")]
    Orphan {
        /// What it is.
        what: &'static str,
        /// The message's number.
        id: u64,
    },
}

/// What is in the spool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Messages whose record can be read.
    pub messages: u64,
    /// Their recipients that are not finished.
    pub recipients: u64,
    /// Bytes of their content.
    pub bytes: u64,
    /// Rows of what waits.
    pub rows: u64,
    /// Next hops.
    pub next_hops: u64,
    /// Events that are not in the tracking log yet.
    pub events: u64,
    /// Messages that were set aside.
    pub set_aside: u64,
}

type Report<'a> = dyn FnMut(Problem) + 'a;

impl Rescue {
    /// Checks everything there is to check, and reports each problem.
    ///
    /// # Errors
    /// When the file is damaged so badly that it cannot be gone through.
    pub fn verify(&self, report: &mut Report<'_>) -> Result<Summary, SpoolError> {
        self.check_file(report)?;
        let mut summary = Summary::default();
        let highest = self.counter("message_id")?;
        let settled = match self.format {
            FORMAT_3.. => self.counter("settled")?,
            _ => 0,
        };
        let mut after = 0;
        loop {
            let page = stored::page(&self.connection, after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            let mut rows = self.rows(after, *last, report)?;
            after = *last;
            for (id, message) in page {
                let waiting = rows.remove(&id).unwrap_or_default();
                let mut bad = |reason: String| report(Problem::Message { id, reason });
                if id > highest {
                    bad(format!("its number is above {highest}, the last one given out"));
                }
                match message {
                    Ok(message) => {
                        summary.bytes += self.check_content(&message, &mut bad)?;
                        summary.messages += 1;
                        summary.recipients += check_rows(&message, waiting, settled, &mut bad);
                    }
                    Err(damaged) => bad(damaged.reason),
                }
            }
        }
        self.check_orphans(report)?;
        summary.events = if self.format > 1 { self.count("event")? } else { 0 };
        if self.format >= FORMAT_3 {
            summary.rows = self.count("waiting")?;
            summary.next_hops = self.count("next_hop")?;
            summary.set_aside = self.count("quarantine")?;
        }
        Ok(summary)
    }

    fn check_file(&self, report: &mut Report<'_>) -> Result<(), SpoolError> {
        let mut statement =
            self.connection.prepare(&format!("PRAGMA integrity_check({MOST_COMPLAINTS})"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let said: String = row.get(0)?;
            if said != "ok" {
                report(Problem::File(said));
            }
        }
        Ok(())
    }

    /// The bytes of a message's content.
    fn check_content(
        &self,
        message: &StoredMessage,
        bad: &mut dyn FnMut(String),
    ) -> Result<u64, SpoolError> {
        let id = message.record.id.as_u64();
        let length: Option<u64> = if self.format >= FORMAT_3 {
            match content::check(&self.connection, self.place(), id) {
                Err(SpoolError::Read { reason, .. } | SpoolError::Damaged { reason, .. }) => {
                    bad(format!("its content cannot be read: {reason}"));
                    return Ok(0);
                }
                checked => checked?,
            }
        } else {
            self.connection
                .prepare_cached("SELECT length(content) FROM message WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?
        };
        let size = message.record.size;
        match length {
            None => bad("its content is not there".to_owned()),
            Some(length) if length != size => {
                bad(format!("its content has {length} bytes and should have {size}"));
            }
            Some(_) => {}
        }
        Ok(length.unwrap_or(0))
    }

    /// The recipients in each row of these messages.
    fn rows(
        &self,
        after: u64,
        last: u64,
        report: &mut Report<'_>,
    ) -> Result<HashMap<u64, Vec<u32>>, SpoolError> {
        let mut found: HashMap<u64, Vec<u32>> = HashMap::new();
        if self.format < FORMAT_3 {
            return Ok(found);
        }
        let all = Projection::all(&self.connection);
        let mut statement = self.connection.prepare_cached(concat!(
            "SELECT ",
            columns!(),
            " FROM waiting WHERE message > ?1 AND message <= ?2"
        ))?;
        let mut rows = statement.query((after, last))?;
        while let Some(row) = rows.next()? {
            let id: u64 = row.get(0)?;
            match RowView::new(row, &all).and_then(|view| view.recipients()) {
                Some(recipients) => found.entry(id).or_default().extend(recipients),
                None => {
                    let reason = "a row's list of recipients that wait cannot be read".to_owned();
                    report(Problem::Message { id, reason });
                }
            }
        }
        Ok(found)
    }

    fn check_orphans(&self, report: &mut Report<'_>) -> Result<(), SpoolError> {
        let mut orphans = |what, query: &str| {
            self.numbers(query, &mut |id| {
                report(Problem::Orphan { what, id });
                true
            })
        };
        if self.format < FORMAT_3 {
            return Ok(());
        }
        const PROGRESS: &str = "SELECT DISTINCT message FROM progress
            WHERE message NOT IN (SELECT id FROM message)
              AND message NOT IN (SELECT message FROM quarantine)";
        const CONTENT: &str = "SELECT id FROM (SELECT id FROM content UNION SELECT id FROM body)
            WHERE id NOT IN (SELECT id FROM message)
              AND id NOT IN (SELECT message FROM quarantine)";
        const ROWS: &str = "SELECT DISTINCT message FROM waiting
            WHERE message NOT IN (SELECT id FROM message)
              AND message NOT IN (SELECT message FROM quarantine)";
        orphans("finished recipients", PROGRESS)?;
        orphans("the content", CONTENT)?;
        orphans("rows of what waits", ROWS)?;
        let mut aside =
            self.connection.prepare("SELECT message, reason FROM quarantine ORDER BY message")?;
        let mut rows = aside.query([])?;
        while let Some(row) = rows.next()? {
            report(Problem::SetAside { id: row.get(0)?, reason: row.get(1)? });
        }
        Ok(())
    }

    fn counter(&self, name: &str) -> Result<u64, SpoolError> {
        let value = self
            .connection
            .prepare_cached("SELECT value FROM counter WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(value.unwrap_or(0))
    }

    fn count(&self, table: &str) -> Result<u64, SpoolError> {
        let query = format!("SELECT count(*) FROM {table}");
        Ok(self.connection.query_row(&query, [], |row| row.get(0))?)
    }
}

/// Whether the rows of a message say what it says; how many of its recipients are unfinished.
fn check_rows(
    message: &StoredMessage,
    mut waiting: Vec<u32>,
    settled: u64,
    bad: &mut dyn FnMut(String),
) -> u64 {
    let all = u32::try_from(message.record.envelope.recipients.len()).unwrap_or(u32::MAX);
    waiting.sort_unstable();
    if let Some(beyond) = waiting.last().filter(|index| **index >= all) {
        bad(format!("a row is about recipient {beyond}, and it has {all}, counted from 0"));
    }
    if let Some(twice) = waiting.windows(2).find(|pair| pair[0] == pair[1]) {
        bad(format!("recipient {} waits in two rows", twice[0]));
    }
    let mut finished = message.finished.clone();
    finished.sort_unstable();
    let is_open = |index: &u32| finished.binary_search(index).is_err();
    let open = (0..all).filter(is_open).count() as u64;
    let is_lost = |index: &u32| is_open(index) && waiting.binary_search(index).is_err();
    if message.record.id.as_u64() < settled
        && let Some(lost) = (0..all).find(is_lost)
    {
        bad(format!("recipient {lost} waits in no row, where a start would not look for it"));
    }
    open
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
