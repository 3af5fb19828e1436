//! Where a message's content lives: all access to it is here.
//!
//! A table of its own, so that scans of records never touch it.

use rusqlite::{Connection, OptionalExtension};

/// The table, for the schema.
pub(crate) const TABLE: &str = "
    CREATE TABLE content (
        id      INTEGER PRIMARY KEY,   -- MessageId
        content BLOB NOT NULL          -- the message, CRLF lines
    );
";

/// What reading content within a bound of bytes gave.
pub(crate) enum Fitting {
    /// It is there and fits.
    Content(Vec<u8>),
    /// It is there and does not.
    TooLarge,
    /// It is not there.
    Missing,
}

/// Stores a new message's content.
pub(crate) fn insert(connection: &Connection, id: u64, content: &[u8]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO content (id, content) VALUES (?1, ?2)")?
        .execute((id, content))?;
    Ok(())
}

/// Forgets a message's content.
pub(crate) fn remove(connection: &Connection, id: u64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Reads a message's content.
pub(crate) fn read(connection: &Connection, id: u64) -> rusqlite::Result<Option<Vec<u8>>> {
    connection
        .prepare_cached("SELECT content FROM content WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()
}

/// Reads a message's content unless it has more than `most` bytes.
pub(crate) fn read_fitting(
    connection: &Connection,
    id: u64,
    most: usize,
) -> rusqlite::Result<Fitting> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found: Option<Option<Vec<u8>>> = connection
        .prepare_cached(
            "SELECT CASE WHEN length(content) <= ?2 THEN content END FROM content WHERE id = ?1",
        )?
        .query_row((id, most), |row| row.get(0))
        .optional()?;
    Ok(match found {
        Some(Some(content)) => Fitting::Content(content),
        Some(None) => Fitting::TooLarge,
        None => Fitting::Missing,
    })
}
