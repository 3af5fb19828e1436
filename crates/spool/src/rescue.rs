//! A spool without its server: opened alone and only read, whatever its format and state, so that
//! it can be checked and its messages taken out.
//!
//! While a server has the spool open this refuses, and while this has it open a server does. It never
//! changes the file, nor its log.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, config::DbConfig};
use thiserror::Error;

use crate::{
    Damaged, Disk, Lock, LockError, RealDisk, SpoolError, StoredMessage, content, lock, stored,
};

/// Formats that can be read.
const FORMATS: std::ops::RangeInclusive<i64> = 1..=3;
/// The first format with tables for content, for what waits and for what was set aside.
pub(crate) const FORMAT_3: i64 = 3;

/// Why a spool cannot be opened for rescue.
#[derive(Debug, Error)]
pub enum RescueError {
    /// There is none.
    #[error("{0} does not exist; --data names the directory in which spool/spool.db is")]
    Missing(PathBuf),
    /// Another program has the file open: a server of before 0.3.0, or `sqlite3`.
    #[error("{path} is in use: {holder}. Stop the server first.")]
    InUse {
        /// The file.
        path: PathBuf,
        /// Who, and how that is known.
        holder: String,
    },
    /// A server has it open, or it cannot be said whether one has.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// It is no spool, or of another format.
    #[error("{path} has format {format}; this program knows formats 1 to 3")]
    Format {
        /// The file.
        path: PathBuf,
        /// What it says.
        format: i64,
    },
    /// It cannot be opened at all.
    #[error("{path} cannot be opened: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
}

/// The file, to itself.
pub struct Rescue {
    pub(crate) connection: Connection,
    pub(crate) format: i64,
    path: PathBuf,
    _lock: Option<Lock>,
}

/// What is left of one message.
#[derive(Debug)]
pub struct Rescued {
    /// The record and its progress, or what is wrong with it.
    pub message: Result<StoredMessage, Damaged>,
    /// The record's bytes, as far as they can be read.
    pub record: Vec<u8>,
    /// The content, or why it cannot be read.
    pub content: Result<Bytes, SpoolError>,
    /// What its rows said when it was set aside, as JSON; only then.
    pub waiting: Option<String>,
}

impl Rescue {
    /// Opens the spool in `directory`.
    ///
    /// # Errors
    /// When there is none, somebody has it open, or it is no spool of a known format.
    pub fn open(directory: &Path) -> Result<Self, RescueError> {
        let path = directory.join("spool.db");
        if !path.is_file() {
            return Err(RescueError::Missing(path));
        }
        // Where there is none, no server of this version has been here: it may be a copy on a medium
        // that cannot be written.
        let lock = directory.join("lock").exists().then(|| Lock::take(directory)).transpose()?;
        let opened = exclusive(&path);
        let (connection, format) = opened.map_err(|error| match SpoolError::from(error) {
            SpoolError::Locked => {
                RescueError::InUse { path: path.clone(), holder: lock::holder(&path) }
            }
            error => RescueError::Open { path: path.clone(), reason: error.to_string() },
        })?;
        if !FORMATS.contains(&format) {
            return Err(RescueError::Format { path, format });
        }
        Ok(Self { connection, format, path, _lock: lock })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its format.
    pub fn format(&self) -> i64 {
        self.format
    }

    /// Shows the number of every message, those that were set aside too. Where the file is damaged
    /// it goes on from the other end; what was damaged is returned.
    pub fn ids(&self, visit: &mut dyn FnMut(u64)) -> Vec<SpoolError> {
        let mut errors = Vec::new();
        let mut last = 0;
        let ascending = "SELECT id FROM message ORDER BY id";
        let mut forward = |id| {
            last = id;
            visit(id);
            true
        };
        if let Err(error) = self.numbers(ascending, &mut forward) {
            errors.push(error);
            let descending = "SELECT id FROM message ORDER BY id DESC";
            let mut backward = |id| {
                let is_new = id > last;
                if is_new {
                    visit(id);
                }
                is_new
            };
            errors.extend(self.numbers(descending, &mut backward).err());
        }
        if self.format >= FORMAT_3 {
            let aside = "SELECT message FROM quarantine ORDER BY message";
            let mut each = |id| {
                visit(id);
                true
            };
            errors.extend(self.numbers(aside, &mut each).err());
        }
        errors
    }

    /// What is left of a message; `None` when it is not there.
    ///
    /// # Errors
    /// When the file cannot be read at this place.
    pub fn message(&self, id: u64) -> Result<Option<Rescued>, SpoolError> {
        let record: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT CAST(record AS BLOB) FROM message WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        if let Some(record) = record {
            let content = self.content(id);
            let message = stored::message(&self.connection, id)?.unwrap_or_else(|| {
                Err(Damaged { id, reason: "its record cannot be found again".to_owned() })
            });
            return Ok(Some(Rescued { message, record, content, waiting: None }));
        }
        if self.format < FORMAT_3 {
            return Ok(None);
        }
        let aside = self
            .connection
            .prepare_cached(
                "SELECT reason, CAST(record AS BLOB), waiting FROM quarantine WHERE message = ?1",
            )?
            .query_row([id], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((reason, record, waiting)) = aside else { return Ok(None) };
        // A record that can be read was set aside for its content.
        let message = stored::set_aside(&self.connection, id, &record)?;
        Ok(Some(Rescued {
            message: message.map_err(|_| Damaged { id, reason }),
            record,
            content: self.content(id),
            waiting: Some(waiting),
        }))
    }

    /// Where the file is, and on which disk.
    pub(crate) fn place(&self) -> (&dyn Disk, &Path) {
        (&RealDisk, &self.path)
    }

    fn content(&self, id: u64) -> Result<Bytes, SpoolError> {
        let damaged = |reason: String| SpoolError::Damaged { id, reason };
        let content: Option<Vec<u8>> = if self.format >= FORMAT_3 {
            content::read(&self.connection, self.place(), id)?
        } else {
            self.connection
                .prepare_cached("SELECT content FROM message WHERE id = ?1")
                .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
                .map_err(|e| damaged(e.to_string()))?
        };
        content.map(Bytes::from).ok_or_else(|| damaged("its content is not there".to_owned()))
    }

    /// Shows the numbers a query gives, until `visit` has enough.
    pub(crate) fn numbers(
        &self,
        query: &str,
        visit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), SpoolError> {
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !visit(row.get(0)?) {
                break;
            }
        }
        Ok(())
    }
}

/// Takes the file for this connection alone. In WAL mode every connection keeps a lock on it as
/// long as it is open, so this fails as long as there is another.
fn exclusive(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let format = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok((connection, format))
}
