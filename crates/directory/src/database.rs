//! The directory's file: SQLite in WAL mode with full syncs, one row per object as readable
//! JSON, one per audited change. Objects of an older version are read with defaults for what
//! they lack; a file of a newer version is refused.
//!
//! Where servers share a store the file is a copy of what this server saw there last. It says so by its format, so that
//! no version takes it for the organization's directory by mistake.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt, path::Path};

use model::Timestamp;
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::{
    error::{DirectoryError, StoreError},
    rows::{AuditRow, Commit, Content, News, ObjectRow},
    store::Store,
};

/// The format of a file that is the directory.
const OWN: i64 = 1;
/// The format of a copy: the same, and the table `copy`.
pub(crate) const COPY: i64 = 2;

const SCHEMA: &str = "
    CREATE TABLE object (
        guid TEXT PRIMARY KEY,
        class TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        json TEXT NOT NULL
    ) STRICT;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        revision INTEGER NOT NULL,
        at INTEGER NOT NULL,
        user TEXT NOT NULL,
        client TEXT,
        cmdlet TEXT NOT NULL,
        parameters TEXT NOT NULL,
        changes TEXT NOT NULL
    ) STRICT;
    CREATE TABLE revision (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        number INTEGER NOT NULL
    ) STRICT;
    INSERT INTO revision (id, number) VALUES (1, 0);
";

/// `audit_after`: up to which of its audit records the shared store has nothing that the file lacks.
const COPY_SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS copy (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        audit_after INTEGER NOT NULL
    ) STRICT;
";

/// The file, open.
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the file, making it when it is missing, and brings its format up to date.
    pub(crate) fn open(path: &Path) -> Result<Self, DirectoryError> {
        create_private(path)
            .map_err(|source| DirectoryError::File { path: path.to_owned(), source })?;
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Whether it is a copy.
    pub(crate) fn is_copy(&self) -> Result<bool, StoreError> {
        Ok(format(&self.connection.lock())? == COPY)
    }

    /// Makes it a copy of a shared store, which holds `content`, if that is not what the file holds itself; audit
    /// records up to the number `audit_after` need never be brought back.
    pub(crate) fn become_copy(
        &self,
        content: Option<&Content>,
        audit_after: u64,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute_batch(COPY_SCHEMA)?;
            set_audit_after(transaction, audit_after)?;
            transaction.pragma_update(None, "user_version", COPY)?;
            content.map_or(Ok(()), |content| replace(transaction, content))
        })
    }

    /// Makes what it holds the directory.
    pub(crate) fn become_own(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute_batch("DROP TABLE IF EXISTS copy")?;
            transaction.pragma_update(None, "user_version", OWN)
        })
    }

    /// Puts `content` in the place of all objects.
    pub(crate) fn replace(&self, content: &Content) -> Result<(), StoreError> {
        self.write(|transaction| replace(transaction, content))
    }

    /// Brings a copy up to `revision`.
    pub(crate) fn follow(
        &self,
        revision: u64,
        changed: &[ObjectRow],
        removed: &[String],
    ) -> Result<(), StoreError> {
        self.write(|transaction| write_objects(transaction, revision, changed, removed))
    }

    /// After which of its audit records the shared store has some that the file lacks.
    pub(crate) fn audit_after(&self) -> Result<u64, StoreError> {
        let connection = self.connection.lock();
        let query = "SELECT audit_after FROM copy WHERE id = 1";
        Ok(connection.query_row(query, [], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Adds audit records of the shared store's, which have these numbers there.
    pub(crate) fn take_audit(&self, records: &[(u64, AuditRow)]) -> Result<(), StoreError> {
        let Some((last, _)) = records.last() else { return Ok(()) };
        self.write(|transaction| {
            for (_, row) in records {
                write_audit(transaction, row)?;
            }
            set_audit_after(transaction, *last)
        })
    }

    fn write(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&transaction)?;
        Ok(transaction.commit()?)
    }
}

impl Store for Database {
    fn read(&self) -> Result<Content, StoreError> {
        Ok(read(&mut self.connection.lock())?)
    }

    /// Which object a revision changed is not noted in the file, which nobody else writes.
    fn read_since(&self, known: u64) -> Result<News, StoreError> {
        let mut connection = self.connection.lock();
        if revision(&connection)? == known {
            return Ok(News::Nothing);
        }
        Ok(News::All(read(&mut connection)?))
    }

    fn commit(&self, commit: &Commit) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if revision(&transaction)? != commit.expected {
            return Err(StoreError::Outdated);
        }
        write_objects(&transaction, commit.revision, &commit.changed, &commit.removed)?;
        write_audit(&transaction, &commit.audit)?;
        Ok(transaction.commit()?)
    }

    fn audit_log(&self, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        let connection = self.connection.lock();
        let mut statement = connection.prepare(
            "SELECT id, revision, at, user, client, cmdlet, parameters, changes
             FROM audit ORDER BY id DESC LIMIT ?1",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let records = statement.query_map(params![limit], audit_row)?;
        Ok(records.collect::<Result<_, _>>()?)
    }
}

/// What an open file holds, if its format is known.
pub(crate) fn look(connection: &mut Connection) -> Result<Content, DirectoryError> {
    match format(connection)? {
        0 => Ok(Content { revision: 0, objects: Vec::new() }),
        OWN | COPY => Ok(read(connection)?),
        found => Err(DirectoryError::NewerFormat { found, known: COPY }),
    }
}

/// SQLite gives its side files the mode of the main file, which holds password verifiers.
fn create_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

fn migrate(connection: &mut Connection) -> Result<(), DirectoryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match format(&transaction)? {
        0 => {
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "user_version", OWN)?;
            Ok(transaction.commit()?)
        }
        OWN | COPY => Ok(()),
        found => Err(DirectoryError::NewerFormat { found, known: COPY }),
    }
}

pub(crate) fn format(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn revision(connection: &Connection) -> rusqlite::Result<u64> {
    connection.query_row("SELECT number FROM revision WHERE id = 1", [], |row| row.get(0))
}

pub(crate) fn read(connection: &mut Connection) -> rusqlite::Result<Content> {
    let transaction = connection.transaction()?;
    let revision = revision(&transaction)?;
    let mut statement =
        transaction.prepare("SELECT guid, class, name, version, json FROM object")?;
    let rows = statement.query_map([], |row| {
        Ok(ObjectRow {
            guid: row.get(0)?,
            class: row.get(1)?,
            name: row.get(2)?,
            version: row.get(3)?,
            json: row.get(4)?,
        })
    })?;
    Ok(Content { revision, objects: rows.collect::<Result<_, _>>()? })
}

fn replace(transaction: &Transaction<'_>, content: &Content) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM object", [])?;
    write_objects(transaction, content.revision, &content.objects, &[])
}

fn write_objects(
    transaction: &Transaction<'_>,
    revision: u64,
    changed: &[ObjectRow],
    removed: &[String],
) -> rusqlite::Result<()> {
    for guid in removed {
        transaction.execute("DELETE FROM object WHERE guid = ?1", params![guid])?;
    }
    let mut put = transaction.prepare(
        "INSERT INTO object (guid, class, name, version, json) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (guid) DO UPDATE SET name = ?3, version = ?4, json = ?5",
    )?;
    for row in changed {
        put.execute(params![row.guid, row.class, row.name, row.version, row.json])?;
    }
    transaction.execute("UPDATE revision SET number = ?1 WHERE id = 1", params![revision])?;
    Ok(())
}

fn write_audit(transaction: &Transaction<'_>, row: &AuditRow) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO audit (revision, at, user, client, cmdlet, parameters, changes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            row.revision,
            row.at.as_millis(),
            row.user,
            row.client,
            row.cmdlet,
            row.parameters,
            row.changes,
        ],
    )?;
    Ok(())
}

fn audit_row(row: &Row<'_>) -> rusqlite::Result<(u64, AuditRow)> {
    let audit = AuditRow {
        revision: row.get(1)?,
        at: Timestamp::from_millis(row.get(2)?),
        user: row.get(3)?,
        client: row.get(4)?,
        cmdlet: row.get(5)?,
        parameters: row.get(6)?,
        changes: row.get(7)?,
    };
    Ok((row.get(0)?, audit))
}

fn set_audit_after(transaction: &Transaction<'_>, id: u64) -> rusqlite::Result<()> {
    let query = "INSERT INTO copy (id, audit_after) VALUES (1, ?1)
                 ON CONFLICT (id) DO UPDATE SET audit_after = ?1";
    transaction.execute(query, params![id]).map(drop)
}
