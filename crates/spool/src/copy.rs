//! A copy of a spool, made whether a server has it open or not: the database as it was at one moment,
//! and every content it refers to.
//!
//! The database is written out by SQLite in one read transaction (`VACUUM INTO`); commits go on meanwhile. The
//! contents in files are read afterwards, from where that copy says they are: the server leaves
//! these places alone as long as a copy is being made (`copying`). Each is held against its checksum. One that is
//! wrong was damaged before, which is reported, or its place was written again all the same,
//! since room was scarce: then all of it is begun again.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use thiserror::Error;

use crate::{
    Damaged, RealDisk,
    bodies::{self, Place},
    content::{self, Fault},
    copying::{self, Copying},
    lock, schema,
};

/// How often it is begun again.
const ATTEMPTS: u32 = 3;

/// What a copy holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpoolCopy {
    /// The format of its database (SQLite's `user_version`).
    pub format: i64,
    /// Messages that are not finished.
    pub messages: u64,
    /// The highest message number that had been given out durably.
    pub last_number: u64,
    /// Whether the spool is that of one of several servers.
    pub among_others: bool,
    /// Contents that were damaged before; what there is of them was copied.
    pub damaged: Vec<Damaged>,
}

/// Why a spool could not be copied. What has been written of the copy is of no use.
#[derive(Debug, Error)]
pub enum CopyError {
    /// There is none.
    #[error("{0} does not exist: there is no spool to be copied")]
    Missing(PathBuf),
    /// Somebody else copies it.
    #[error("another backup is being made: {0}")]
    UnderWay(String),
    /// The database is newer than this program.
    #[error(
        "{path} has format {found}; this version of Relais knows formats up to {known}: make the backup with the version that runs"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// SQLite could not read it or write the copy.
    #[error("{path}: {reason}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Places in files of contents were written again again and again.
    #[error(
        "room is so scarce that the server used places in {0} while they were copied; make room on its disk and begin again"
    )]
    Moved(PathBuf),
}

/// What ended one attempt.
enum Ended {
    Moved,
    Failed(CopyError),
}

impl From<CopyError> for Ended {
    fn from(error: CopyError) -> Self {
        Self::Failed(error)
    }
}

/// Copies the spool in the directory `from` to the directory `to`, which is made (mode 0700). Files have mode
/// 0600; they are not synced yet. Blocks for as long as it takes to read and write all of it.
///
/// # Errors
/// When there is no spool, it cannot be read, or the copy cannot be written.
pub fn copy(from: &Path, to: &Path) -> Result<SpoolCopy, CopyError> {
    let database = from.join("spool.db");
    if !database.is_file() {
        return Err(CopyError::Missing(database));
    }
    let lock = copying::path_in(from);
    let copying = Copying::begin(from).map_err(|e| at(&lock, e))?;
    let Some(_copying) = copying else { return Err(CopyError::UnderWay(lock::holder(&lock))) };
    for _ in 0..ATTEMPTS {
        match attempt(&database, to) {
            Ok(copy) => return Ok(copy),
            Err(Ended::Failed(error)) => return Err(error),
            Err(Ended::Moved) => fs::remove_dir_all(to).map_err(|e| at(to, e))?,
        }
    }
    Err(CopyError::Moved(from.join("content")))
}

fn attempt(database: &Path, to: &Path) -> Result<SpoolCopy, Ended> {
    make_directory(to)?;
    let copied = to.join("spool.db");
    let mut copy = copy_database(database, &copied)?;
    let source = open(database)?;
    let connection = open(&copied)?;
    if copy.format >= crate::rescue::FORMAT_3 && has_bodies(&connection, &copied)? {
        make_directory(&to.join("content"))?;
        copy_contents((&source, database), (&connection, &copied), &mut copy)?;
    }
    Ok(copy)
}

/// Not every spool of format 3 has had larger contents.
fn has_bodies(connection: &Connection, path: &Path) -> Result<bool, CopyError> {
    let query = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'body')";
    connection.query_row(query, [], |row| row.get(0)).map_err(|e| sql(path, &e))
}

/// The database as it is at this moment.
fn copy_database(from: &Path, to: &Path) -> Result<SpoolCopy, CopyError> {
    let source = open(from)?;
    let format: i64 = source
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| sql(from, &e))?;
    if format > schema::FORMAT {
        let (path, known) = (from.to_owned(), schema::FORMAT);
        return Err(CopyError::Newer { path, found: format, known });
    }
    let name = to.to_str().ok_or_else(|| {
        at(to, io::Error::new(io::ErrorKind::InvalidInput, "the name is not UTF-8"))
    })?;
    source.execute("VACUUM INTO ?1", [name]).map_err(|e| sql(to, &e))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600)).map_err(|e| at(to, e))?;
    let copied = open(to)?;
    let number = |query: &str| {
        copied.query_row(query, [], |row| row.get::<_, u64>(0)).map_err(|e| sql(to, &e))
    };
    let has = "SELECT count(*) FROM sqlite_schema WHERE name = 'incarnation'";
    let among_others = number(has)? > 0 && number("SELECT count(*) FROM incarnation")? > 0;
    Ok(SpoolCopy {
        format,
        messages: number("SELECT count(*) FROM message")?,
        last_number: number(
            "SELECT max(coalesce((SELECT value FROM counter WHERE name = 'message_id'), 0),
                        coalesce((SELECT max(id) FROM message), 0))",
        )?,
        among_others,
        damaged: Vec::new(),
    })
}

/// Everything that the copied database says is in a file, to the same place in a file of the same name.
fn copy_contents(
    (source, database): (&Connection, &Path),
    (copied, to): (&Connection, &Path),
    copy: &mut SpoolCopy,
) -> Result<(), Ended> {
    let failed = |e: &rusqlite::Error| Ended::Failed(sql(to, e));
    let mut statement = copied
        .prepare("SELECT file, place, length, sum, id FROM body ORDER BY file, place")
        .map_err(|e| failed(&e))?;
    let mut rows = statement.query([]).map_err(|e| failed(&e))?;
    let mut current: Option<(u64, File)> = None;
    while let Some(row) = rows.next().map_err(|e| failed(&e))? {
        let id: u64 = row.get(4).map_err(|e| failed(&e))?;
        let place = content::place(row).map_err(|e| failed(&e))?;
        let content = match content::read_file(&RealDisk, database, &place) {
            Ok(content) => content,
            Err(Fault::Unread(reason)) => {
                let path = bodies::path_of(database, place.file);
                return Err(at(&path, io::Error::other(reason)).into());
            }
            Err(Fault::Damaged(reason)) => {
                if content::find(source, id).ok().flatten() != Some(place) {
                    return Err(Ended::Moved);
                }
                copy.damaged.push(Damaged { id, reason });
                let Some(left) = what_is_left(database, &place) else { continue };
                left
            }
        };
        let path = bodies::path_of(to, place.file);
        let file = match current.take() {
            Some(open) if open.0 == place.file => open,
            _ => (place.file, make_file(&path)?),
        };
        file.1.write_all_at(&content, place.at).map_err(|e| at(&path, e))?;
        current = Some(file);
    }
    Ok(())
}

/// What is at a place although it is not what was put there, as far as the file reaches.
fn what_is_left(database: &Path, place: &Place) -> Option<Vec<u8>> {
    let file = File::open(bodies::path_of(database, place.file)).ok()?;
    let there = file.metadata().ok()?.len().saturating_sub(place.at).min(place.length);
    let mut bytes = vec![0; usize::try_from(there).ok()?];
    file.read_exact_at(&mut bytes, place.at).ok()?;
    Some(bytes)
}

fn open(path: &Path) -> Result<Connection, CopyError> {
    schema::open_reader(path)
        .map_err(|error| CopyError::Database { path: path.to_owned(), reason: error.to_string() })
}

fn make_directory(path: &Path) -> Result<(), CopyError> {
    DirBuilder::new().mode(0o700).create(path).map_err(|e| at(path, e))
}

fn make_file(path: &Path) -> Result<File, CopyError> {
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600).open(path).map_err(|e| at(path, e))
}

fn at(path: &Path, source: io::Error) -> CopyError {
    CopyError::File { path: path.to_owned(), source }
}

fn sql(path: &Path, error: &rusqlite::Error) -> CopyError {
    CopyError::Database { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
#[path = "copy_tests.rs"]
mod tests;
