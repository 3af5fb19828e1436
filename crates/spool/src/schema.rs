//! The tables, and how a connection is set up. An administrator may look into them with
//! `sqlite3`; `user_version` is the format's number.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, config::DbConfig};

use crate::{Disk, SpoolError, among_others, content, record::NEWEST, upgrade};

/// The format of spools that this version writes, and the newest that it reads.
pub const FORMAT: i64 = 3;

/// Page caches, as SQLite takes them: minus so many KiB. A reader's is empty again after every
/// commit, so it need not hold more than one question's pages.
const WRITER_CACHE: i64 = -16_384;
const READER_CACHE: i64 = -2_048;
/// Prepared statements kept by a connection.
const STATEMENTS: usize = 48;

/// Kinds of `progress` rows.
pub(crate) const FINISHED: i64 = 1;
pub(crate) const DELAY_REPORTED: i64 = 2;

/// What every format has.
const COMMON: &str = "
    CREATE TABLE progress (
        message   INTEGER NOT NULL,
        recipient INTEGER NOT NULL,    -- index into the envelope
        kind      INTEGER NOT NULL,    -- 1 finished, 2 delay reported
        PRIMARY KEY (message, recipient, kind)
    ) WITHOUT ROWID;
    CREATE TABLE counter (
        name  TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO counter VALUES ('message_id', 0);  -- no id above this has been used
";

/// What came with format 2.
const EVENTS: &str = "
    CREATE TABLE event (
        number INTEGER PRIMARY KEY,    -- in the order in which they happened
        line   BLOB NOT NULL           -- a row of the message tracking log that may not be on disk yet
    );
";

/// Made where it is missing: 0.2.0, which has the same format without it, passes it over.
/// A file that was deleted by hand is never forgotten otherwise, so only the newest stay.
const TAKEN: &str = "
    CREATE TABLE IF NOT EXISTS taken (
        file    TEXT PRIMARY KEY,      -- a file of Pickup or Replay that may not be deleted yet
        message INTEGER NOT NULL       -- what it has become
    ) WITHOUT ROWID;
    DELETE FROM taken WHERE message NOT IN
        (SELECT message FROM taken ORDER BY message DESC LIMIT 10000);
";

/// What came with format 3.
const WAITING: &str = "
    CREATE TABLE message (
        id     INTEGER PRIMARY KEY,    -- MessageId
        record BLOB NOT NULL           -- version byte, then MessageRecord
    );
    CREATE TABLE next_hop (
        number INTEGER PRIMARY KEY,    -- the queue's number
        key    TEXT NOT NULL UNIQUE,   -- what it leads to
        state  TEXT NOT NULL           -- how it stands: attempts, next retry, last error
    );
    CREATE TABLE waiting (
        message      INTEGER NOT NULL,
        first        INTEGER NOT NULL, -- lowest recipient index of this consignment
        queue        INTEGER NOT NULL, -- next_hop.number
        due          INTEGER NOT NULL, -- 0 with its next hop, ms since 1970 not before, 9223372036854775807 suspended
        band         INTEGER NOT NULL, -- 0 high, 1 normal, 2 low
        sender       INTEGER NOT NULL, -- who takes turns as one
        accepted     INTEGER NOT NULL, -- ms since 1970
        told         INTEGER NOT NULL, -- 1: the sender knows of the delay
        attempts     INTEGER NOT NULL,
        crashes      INTEGER NOT NULL,
        size         INTEGER NOT NULL, -- bytes of content
        recipients   BLOB NOT NULL,    -- those after the first, in runs
        from_address TEXT NOT NULL,
        subject      TEXT,
        last_error   TEXT,             -- of its own; that of its next hop is there
        PRIMARY KEY (message, first)
    ) WITHOUT ROWID;
    CREATE INDEX waiting_turn ON waiting (queue, due, band, sender, message, first);
    CREATE INDEX waiting_age ON waiting (told, band, accepted, message, first);
    CREATE TABLE quarantine (
        message INTEGER PRIMARY KEY,   -- its content stays in its place
        reason  TEXT NOT NULL,
        record  BLOB NOT NULL,
        waiting TEXT NOT NULL          -- what its rows said, as JSON
    );
    -- every unfinished recipient of messages below this is in `waiting`
    INSERT INTO counter VALUES ('settled', 0);
";

/// Opens the writing connection, making the file when it is new and bringing an older one up to
/// this program's format.
///
/// A failed sync may have left in the system's memory what is not on the disk, and no later sync
/// brings there. A process that finds it in the log would build upon it. So the log is written
/// once more before anything else is.
pub(crate) fn open_writer(path: &Path, disk: &dyn Disk) -> Result<Connection, SpoolError> {
    let open = |e: rusqlite::Error| SpoolError::Open(format!("{}: {e}", path.display()));
    let mut connection = Connection::open(path).map_err(open)?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(open)?;
    keep_log(&connection).map_err(open)?;
    write_log_again(&mut connection, path, disk)?;
    // Must come before the first table; disk space is given back as mail leaves.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(open)?;
    use_log(&connection, path)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(open)?;
    // The log is folded in by `store`, which looks at what becomes of it.
    connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(open)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20).map_err(open)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE).map_err(open)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(open)?;
    match version {
        FORMAT => {}
        0 => {
            let transaction = connection.transaction().map_err(open)?;
            for part in [COMMON, EVENTS, WAITING, content::TABLE] {
                transaction.execute_batch(part).map_err(open)?;
            }
            transaction.pragma_update(None, "user_version", FORMAT).map_err(open)?;
            transaction.commit().map_err(open)?;
        }
        // Format 1 is that of 0.1.0, format 2 that of 0.2.0.
        1 | 2 => {
            let transaction = connection.transaction().map_err(open)?;
            if version == 1 {
                transaction.execute_batch(EVENTS).map_err(open)?;
            }
            upgrade::to_3(&transaction, path, &[WAITING, content::TABLE])?;
            transaction.pragma_update(None, "user_version", FORMAT).map_err(open)?;
            transaction.commit().map_err(open)?;
        }
        newer => {
            return Err(SpoolError::Open(format!(
                "{} has format {newer}, which a newer version of Relais wrote; this one knows formats up to {FORMAT}. \
                 Nothing was changed. Start the newer version, or restore a backup of the time before it",
                path.display()
            )));
        }
    }
    note_records(&connection, path)?;
    let transaction = connection.transaction().map_err(open)?;
    for part in [TAKEN, content::BODY, among_others::TABLES] {
        transaction.execute_batch(part).map_err(open)?;
    }
    transaction.commit().map_err(open)?;
    Ok(connection)
}

/// Refuses a spool whose records may be of versions that this program would take for damaged, and notes those
/// that it writes itself.
fn note_records(connection: &Connection, path: &Path) -> Result<(), SpoolError> {
    let open = |e: rusqlite::Error| SpoolError::Open(format!("{}: {e}", path.display()));
    let query = "SELECT value FROM counter WHERE name = 'records'";
    let noted = connection.query_row(query, [], |row| row.get::<_, u64>(0)).optional();
    match noted.map_err(open)?.unwrap_or(0) {
        NEWEST => Ok(()),
        older if older < NEWEST => {
            let note = "INSERT OR REPLACE INTO counter (name, value) VALUES ('records', ?1)";
            connection.execute(note, [NEWEST]).map(|_| ()).map_err(open)
        }
        newer => Err(SpoolError::Open(format!(
            "{} has records of version {newer}, which a newer version of Relais wrote; this one knows versions up to \
             {NEWEST}. Nothing was changed. Start the newer version, or restore a backup of the time before it",
            path.display()
        ))),
    }
}

/// Turns to the write-ahead log, and makes sure of it. SQLite answers with the mode there is, where
/// another program has the file; and answers before it has changed the file, so that only the end
/// of the statement tells whether that succeeded.
fn use_log(connection: &Connection, path: &Path) -> Result<(), SpoolError> {
    let open = |e: rusqlite::Error| SpoolError::Open(format!("{}: {e}", path.display()));
    let mut statement = connection.prepare("PRAGMA journal_mode = WAL").map_err(open)?;
    let mut rows = statement.query([]).map_err(open)?;
    let mut mode = String::new();
    while let Some(row) = rows.next().map_err(open)? {
        mode = row.get(0).map_err(open)?;
    }
    if mode == "wal" {
        return Ok(());
    }
    Err(SpoolError::Open(format!(
        "{}: it could not be given a write-ahead log; its journal mode is {mode}",
        path.display()
    )))
}

/// Nobody else writes meanwhile, also no other program.
fn write_log_again(
    connection: &mut Connection,
    path: &Path,
    disk: &dyn Disk,
) -> Result<(), SpoolError> {
    let log = path.with_extension("db-wal");
    let failed = |e: std::io::Error| SpoolError::Open(format!("{}: {e}", log.display()));
    if disk.length(&log).map_err(failed)? == 0 {
        return Ok(());
    }
    let alone = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|e| SpoolError::Open(format!("{}: {e}", path.display())))?;
    disk.write_again(&log).map_err(failed)?;
    drop(alone);
    Ok(())
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, SpoolError> {
    let open = |e: rusqlite::Error| SpoolError::Open(format!("{}: {e}", path.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(open)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(open)?;
    connection.pragma_update(None, "cache_size", READER_CACHE).map_err(open)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    keep_log(&connection).map_err(open)?;
    Ok(connection)
}

/// Bytes within the file that hold nothing and will be used again.
pub(crate) fn free_bytes(connection: &Connection) -> Result<u64, SpoolError> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok(number("freelist_count")?.saturating_mul(number("page_size")?))
}

/// Closing must not fold the log in and delete it: `store` does that, when it can be trusted.
fn keep_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(|_| ())
}
