//! The directory's file: SQLite in WAL mode with full syncs, one row per object as readable
//! JSON, one per audited change. Objects of an older version are read with defaults for what
//! they lack; a file of a newer version is refused.

use std::{fs::OpenOptions, io, net::IpAddr, os::unix::fs::OpenOptionsExt, path::Path};

use model::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use serde_json::Value;

use crate::{
    audit::{Audit, AuditRecord, AuditedChange},
    error::DirectoryError,
    object::{Class, Object},
    snapshot::{Snapshot, Step},
};

/// The newest format this version reads and the one it writes.
const FORMAT: i64 = 1;

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

/// Opens the file, making it when it is missing, and brings its format up to date.
pub(crate) fn open(path: &Path) -> Result<Connection, DirectoryError> {
    create_private(path)
        .map_err(|source| DirectoryError::File { path: path.to_owned(), source })?;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// SQLite gives its side files the mode of the main file, which holds password verifiers.
fn create_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}

fn migrate(connection: &mut Connection) -> Result<(), DirectoryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => {
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
            Ok(transaction.commit()?)
        }
        FORMAT => Ok(()),
        found => Err(DirectoryError::NewerFormat { found, known: FORMAT }),
    }
}

/// All objects.
pub(crate) fn read(connection: &Connection) -> Result<Snapshot, DirectoryError> {
    let revision = revision(connection)?;
    let mut statement = connection.prepare("SELECT class, guid, json FROM object")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut objects = Vec::new();
    for row in rows {
        let (class, guid, json) = row?;
        let object = object(&class, &json).map_err(|problem| DirectoryError::Damaged {
            class,
            guid,
            problem,
        })?;
        objects.push(object);
    }
    Ok(Snapshot::at(revision, objects))
}

fn object(class: &str, json: &str) -> Result<Object, String> {
    let class = Class::from_name(class).ok_or("its class is unknown")?;
    let value: Value = serde_json::from_str(json).map_err(|e| e.to_string())?;
    Object::load(class, &value).map_err(|e| e.to_string())
}

fn revision(connection: &Connection) -> Result<u64, DirectoryError> {
    Ok(connection.query_row("SELECT number FROM revision WHERE id = 1", [], |row| row.get(0))?)
}

/// Writes all steps and their audit record, or nothing.
pub(crate) fn write(
    connection: &mut Connection,
    (expected, new): (u64, u64),
    steps: &[Step],
    audit: &Audit,
    at: Timestamp,
) -> Result<(), DirectoryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if revision(&transaction)? != expected {
        return Err(DirectoryError::ChangedOutside);
    }
    for step in steps {
        write_step(&transaction, step)?;
    }
    transaction.execute("UPDATE revision SET number = ?1 WHERE id = 1", params![new])?;
    write_audit(&transaction, new, steps, audit, at)?;
    Ok(transaction.commit()?)
}

fn write_step(transaction: &Transaction<'_>, step: &Step) -> Result<(), DirectoryError> {
    let Some(object) = &step.after else {
        if let Some(gone) = &step.before {
            let guid = gone.header().guid.to_string();
            transaction.execute("DELETE FROM object WHERE guid = ?1", params![guid])?;
        }
        return Ok(());
    };
    let header = object.header();
    transaction.execute(
        "INSERT INTO object (guid, class, name, version, json) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (guid) DO UPDATE SET name = ?3, version = ?4, json = ?5",
        params![
            header.guid.to_string(),
            object.class().name(),
            object.name(),
            header.version,
            object.store().to_string(),
        ],
    )?;
    Ok(())
}

fn write_audit(
    transaction: &Transaction<'_>,
    revision: u64,
    steps: &[Step],
    audit: &Audit,
    at: Timestamp,
) -> Result<(), DirectoryError> {
    let changes: Vec<AuditedChange> = steps.iter().filter_map(AuditedChange::of).collect();
    let changes = serde_json::to_value(changes).unwrap_or_default();
    transaction.execute(
        "INSERT INTO audit (revision, at, user, client, cmdlet, parameters, changes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            revision,
            at.as_millis(),
            audit.user,
            audit.client.map(|client| client.to_string()),
            audit.cmdlet,
            Value::Object(audit.parameters.clone()).to_string(),
            changes.to_string(),
        ],
    )?;
    Ok(())
}

/// The newest audit records, the newest first.
pub(crate) fn audit_log(
    connection: &Connection,
    limit: usize,
) -> Result<Vec<AuditRecord>, DirectoryError> {
    let mut statement = connection.prepare(
        "SELECT id, revision, at, user, client, cmdlet, parameters, changes
         FROM audit ORDER BY id DESC LIMIT ?1",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let records = statement.query_map(params![limit], audit_record)?;
    Ok(records.collect::<Result<_, _>>()?)
}

fn audit_record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let client: Option<String> = row.get(4)?;
    let parameters: String = row.get(6)?;
    let changes: String = row.get(7)?;
    Ok(AuditRecord {
        id: row.get(0)?,
        revision: row.get(1)?,
        at: Timestamp::from_millis(row.get(2)?),
        audit: Audit {
            user: row.get(3)?,
            client: client.and_then(|text| text.parse::<IpAddr>().ok()),
            cmdlet: row.get(5)?,
            parameters: serde_json::from_str(&parameters).unwrap_or_default(),
        },
        changes: serde_json::from_str(&changes).unwrap_or_default(),
    })
}
