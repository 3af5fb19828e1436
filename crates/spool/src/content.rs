//! Where a message's content lives: all access to it is here.
//!
//! A table of its own, so that scans of records never touch it; content of [`bodies::LARGE`] bytes
//! and more in a file, with its place and checksum in a table (`bodies`).

use std::{io, path::Path};

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    Disk, SpoolError,
    bodies::{self, LARGE, Place},
};

/// The table, for the schema.
pub(crate) const TABLE: &str = "
    CREATE TABLE content (
        id      INTEGER PRIMARY KEY,   -- MessageId
        content BLOB NOT NULL          -- the message, CRLF lines
    );
";

/// Where larger content is. Made where it is missing.
pub(crate) const BODY: &str = "
    CREATE TABLE IF NOT EXISTS body (
        id     INTEGER PRIMARY KEY,    -- MessageId
        file   INTEGER NOT NULL,       -- the file of this number in content/
        place  INTEGER NOT NULL,       -- where it begins, in bytes
        length INTEGER NOT NULL,       -- how long it is
        sum    INTEGER NOT NULL        -- CRC-32 of it
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

/// Whether content of so many bytes is in a file.
pub(crate) fn is_outside(length: usize) -> bool {
    length >= LARGE
}

/// Stores a new message's content; what is in a file already, as its place there.
pub(crate) fn insert(
    connection: &Connection,
    id: u64,
    content: &[u8],
    place: Option<&Place>,
) -> rusqlite::Result<()> {
    match place {
        Some(place) => connection
            .prepare_cached(
                "INSERT INTO body (id, file, place, length, sum) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((id, place.file, place.at, place.length, place.sum))?,
        None => connection
            .prepare_cached("INSERT INTO content (id, content) VALUES (?1, ?2)")?
            .execute((id, content))?,
    };
    Ok(())
}

/// Forgets a message's content. Returns where it was, when that was a file.
pub(crate) fn remove(connection: &Connection, id: u64) -> rusqlite::Result<Option<Place>> {
    let inside = connection.prepare_cached("DELETE FROM content WHERE id = ?1")?.execute([id])?;
    if inside > 0 {
        return Ok(None);
    }
    connection
        .prepare_cached("DELETE FROM body WHERE id = ?1 RETURNING file, place, length, sum")?
        .query_row([id], place)
        .optional()
}

/// How long a message's content is, after all that can be wrong with it has been looked for.
pub(crate) fn check(
    connection: &Connection,
    (disk, database): (&dyn Disk, &Path),
    id: u64,
) -> Result<Option<u64>, SpoolError> {
    let inside: Option<u64> = connection
        .prepare_cached("SELECT length(content) FROM content WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if inside.is_some() {
        return Ok(inside);
    }
    match read_outside(connection, (disk, database), id, u64::MAX)? {
        Fitting::Content(content) => Ok(Some(content.len() as u64)),
        Fitting::TooLarge | Fitting::Missing => Ok(None),
    }
}

/// Reads a message's content; `database` is the path of the file `connection` is to, on `disk`.
pub(crate) fn read(
    connection: &Connection,
    (disk, database): (&dyn Disk, &Path),
    id: u64,
) -> Result<Option<Vec<u8>>, SpoolError> {
    match read_fitting(connection, (disk, database), id, usize::MAX)? {
        Fitting::Content(content) => Ok(Some(content)),
        Fitting::TooLarge | Fitting::Missing => Ok(None),
    }
}

/// Reads a message's content unless it has more than `most` bytes.
pub(crate) fn read_fitting(
    connection: &Connection,
    (disk, database): (&dyn Disk, &Path),
    id: u64,
    most: usize,
) -> Result<Fitting, SpoolError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let found: Option<Option<Vec<u8>>> = connection
        .prepare_cached(
            "SELECT CASE WHEN length(content) <= ?2 THEN content END FROM content WHERE id = ?1",
        )
        .and_then(|mut s| s.query_row((id, most), |row| row.get(0)).optional())
        .map_err(|e| unreadable(id, e))?;
    match found {
        Some(Some(content)) => Ok(Fitting::Content(content)),
        Some(None) => Ok(Fitting::TooLarge),
        None => read_outside(connection, (disk, database), id, most.unsigned_abs()),
    }
}

fn read_outside(
    connection: &Connection,
    (disk, database): (&dyn Disk, &Path),
    id: u64,
    most: u64,
) -> Result<Fitting, SpoolError> {
    let Some(place) = find(connection, id)? else { return Ok(Fitting::Missing) };
    if place.length > most {
        return Ok(Fitting::TooLarge);
    }
    match read_file(disk, database, &place) {
        Ok(content) => Ok(Fitting::Content(content)),
        // It may have been removed meanwhile, and its place used again.
        Err(_) if find(connection, id)? != Some(place) => Ok(Fitting::Missing),
        Err(Fault::Damaged(reason)) => Err(SpoolError::Damaged { id, reason }),
        Err(Fault::Unread(reason)) => Err(SpoolError::Read { id, reason }),
    }
}

/// Why there is no content of this message.
pub(crate) fn missing(connection: &Connection, id: u64) -> SpoolError {
    let record = "SELECT EXISTS (SELECT 1 FROM message WHERE id = ?1)";
    let known = connection.prepare_cached(record).and_then(|mut s| s.query_row([id], |r| r.get(0)));
    match known {
        Ok(true) => SpoolError::Damaged { id, reason: "its content is not there".to_owned() },
        Ok(false) => SpoolError::Read { id, reason: "it is not in the spool".to_owned() },
        Err(error) => unreadable(id, error),
    }
}

pub(crate) fn find(connection: &Connection, id: u64) -> Result<Option<Place>, SpoolError> {
    connection
        .prepare_cached("SELECT file, place, length, sum FROM body WHERE id = ?1")
        .and_then(|mut s| s.query_row([id], place).optional())
        .map_err(|e| unreadable(id, e))
}

pub(crate) fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place { file: row.get(0)?, at: row.get(1)?, length: row.get(2)?, sum: row.get(3)? })
}

/// Why what is in a file cannot be had.
pub(crate) enum Fault {
    /// It is not what was put there, and will not be.
    Damaged(String),
    /// The disk did not give it this time.
    Unread(String),
}

/// What is at this place, when it is what was put there.
pub(crate) fn read_file(disk: &dyn Disk, database: &Path, place: &Place) -> Result<Vec<u8>, Fault> {
    let path = bodies::path_of(database, place.file);
    let said = |what: String| format!("{} at {}: {what}", path.display(), place.at);
    let unread = |error: io::Error| Fault::Unread(said(error.to_string()));
    let opened = disk.open(&path, false).map_err(|error| match error.kind() {
        // Without the directory it is more likely that a disk is not there.
        io::ErrorKind::NotFound if bodies::is_there(disk, database) => {
            Fault::Damaged(said("the file is missing".to_owned()))
        }
        _ => unread(error),
    });
    let file = opened?;
    let size = file.length().map_err(unread)?;
    if place.at.checked_add(place.length).is_none_or(|end| end > size) {
        return Err(Fault::Damaged(said(format!("the file has only {size} bytes"))));
    }
    let length = usize::try_from(place.length).map_err(|e| Fault::Unread(said(e.to_string())))?;
    let mut content = vec![0; length];
    file.read_at(&mut content, place.at).map_err(unread)?;
    let sum = crc32fast::hash(&content);
    if sum != place.sum {
        let wrong = format!("its checksum is {sum:08x}, not {:08x}", place.sum);
        return Err(Fault::Damaged(said(wrong)));
    }
    Ok(content)
}

fn unreadable(id: u64, error: rusqlite::Error) -> SpoolError {
    match SpoolError::from(error) {
        SpoolError::Locked => SpoolError::Locked,
        error => SpoolError::Read { id, reason: error.to_string() },
    }
}
