//! What is stored of messages beside their content: records with the progress of their recipients.

use std::{collections::HashMap, sync::Arc};

use rusqlite::{Connection, OptionalExtension};

use crate::{
    Damaged, MessageRecord, SpoolError, StoredMessage,
    schema::{DELAY_REPORTED, FINISHED},
};

/// Recipients that are finished, and those whose delay was reported.
type Progress = (Vec<u32>, Vec<u32>);

/// A message with its number, or why it cannot be read.
type Numbered = (u64, Result<StoredMessage, Damaged>);

/// One message, when it is there. Whatever an outside hand made of its record is read as bytes: it must
/// not keep the others of its page.
pub(crate) fn message(
    connection: &Connection,
    id: u64,
) -> Result<Option<Result<StoredMessage, Damaged>>, SpoolError> {
    let record: Option<Vec<u8>> = connection
        .prepare_cached("SELECT CAST(record AS BLOB) FROM message WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(record) = record else { return Ok(None) };
    let progress = progress(connection, id, id)?.remove(&id).unwrap_or_default();
    Ok(Some(decode(id, &record, progress)))
}

/// The message of a record that is no longer among the others.
pub(crate) fn set_aside(
    connection: &Connection,
    id: u64,
    record: &[u8],
) -> Result<Result<StoredMessage, Damaged>, SpoolError> {
    let progress = progress(connection, id, id)?.remove(&id).unwrap_or_default();
    Ok(decode(id, record, progress))
}

/// Up to `limit` messages after `after` with their numbers, in order.
pub(crate) fn page(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<Numbered>, SpoolError> {
    let records: Vec<(u64, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT id, CAST(record AS BLOB) FROM message WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?
        .query_map((after, limit), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // In a damaged file they may not be, and whoever goes on after the last would never end.
    if !records.iter().map(|(id, _)| *id).is_sorted() || records.iter().any(|r| r.0 <= after) {
        return Err(SpoolError::Corrupt("messages are out of order".to_owned()));
    }
    let Some((last, _)) = records.last() else { return Ok(Vec::new()) };
    let mut progress = progress(connection, after.saturating_add(1), *last)?;
    Ok(records
        .into_iter()
        .map(|(id, record)| {
            let progress = progress.remove(&id).unwrap_or_default();
            (id, decode(id, &record, progress))
        })
        .collect())
}

fn progress(
    connection: &Connection,
    first: u64,
    last: u64,
) -> Result<HashMap<u64, Progress>, SpoolError> {
    let mut found: HashMap<u64, Progress> = HashMap::new();
    let mut statement = connection.prepare_cached(
        "SELECT message, recipient, kind FROM progress WHERE message BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query((first, last))?;
    while let Some(row) = rows.next()? {
        let entry = found.entry(row.get(0)?).or_default();
        match row.get::<_, i64>(2)? {
            FINISHED => entry.0.push(row.get(1)?),
            DELAY_REPORTED => entry.1.push(row.get(1)?),
            _ => {}
        }
    }
    Ok(found)
}

fn decode(
    id: u64,
    record: &[u8],
    (finished, delay_reported): Progress,
) -> Result<StoredMessage, Damaged> {
    match MessageRecord::decode(id, record) {
        Ok(record) => Ok(StoredMessage { record: Arc::new(record), finished, delay_reported }),
        Err(SpoolError::Damaged { reason, .. }) => Err(Damaged { id, reason }),
        Err(error) => Err(Damaged { id, reason: error.to_string() }),
    }
}
