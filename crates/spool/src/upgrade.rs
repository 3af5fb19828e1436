//! Brings a spool of an older version up to this one's format, in one transaction: all or nothing.
//!
//! Messages move a few at a time and what they leave is used at once, so the file hardly grows
//! and memory is bounded by the cache and one message. But the write-ahead log holds all of it
//! until the end: as much as is in the spool has to be free on the disk.

use std::path::Path;

use rusqlite::Connection;

use crate::{DiskSpace, SpoolError};

/// Messages moved by one statement.
const PAGE: u64 = 500;

/// Formats 1 and 2 had the content beside the record.
pub(crate) fn to_3(
    connection: &Connection,
    path: &Path,
    tables: &[&str],
) -> Result<(), SpoolError> {
    let failed = |error: rusqlite::Error| {
        SpoolError::Open(format!("{}: upgrading it to format 3: {error}", path.display()))
    };
    has_room(connection, path)?;
    connection.execute_batch("ALTER TABLE message RENAME TO message_2").map_err(failed)?;
    for part in tables {
        connection.execute_batch(part).map_err(failed)?;
    }
    while move_page(connection).map_err(failed)? {}
    connection.execute_batch("DROP TABLE message_2").map_err(failed)?;
    Ok(())
}

/// Whether there was something to move.
fn move_page(connection: &Connection) -> rusqlite::Result<bool> {
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(id) FROM (SELECT id FROM message_2 ORDER BY id LIMIT ?1)")?
        .query_row([PAGE], |row| row.get(0))?;
    let Some(last) = last else { return Ok(false) };
    for statement in [
        "INSERT INTO message (id, record) SELECT id, record FROM message_2 WHERE id <= ?1",
        "INSERT INTO content (id, content) SELECT id, content FROM message_2 WHERE id <= ?1",
        "DELETE FROM message_2 WHERE id <= ?1",
    ] {
        connection.prepare_cached(statement)?.execute([last])?;
    }
    Ok(true)
}

/// Says so before it begins when it cannot end.
fn has_room(connection: &Connection, path: &Path) -> Result<(), SpoolError> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    let used = number("page_count")?.saturating_sub(number("freelist_count")?);
    // Each page in the log has a head, and some are written twice.
    let need = used.saturating_mul(number("page_size")?) / 8 * 9;
    match DiskSpace::of(path) {
        Ok(space) if space.free < need => Err(SpoolError::Open(format!(
            "{}: upgrading it to format 3 needs {} MB of free disk space for a while, and there are {} MB; make room and start again (nothing was changed)",
            path.display(),
            need.div_ceil(1 << 20),
            space.free >> 20,
        ))),
        // Where the system does not say, the write itself will.
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod tests;
