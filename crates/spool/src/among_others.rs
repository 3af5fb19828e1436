//! What only a server among others keeps in its spool: which copies elsewhere are its own, what was acknowledged
//! without one, and what is finished and still to be told.

use rusqlite::Connection;

use crate::{SpoolError, batch::Change, durability::Incarnation};

/// The tables that only a server among others uses. Made where they are missing.
pub(crate) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS incarnation (
        cluster TEXT PRIMARY KEY,      -- the organization's engine
        number  INTEGER NOT NULL       -- which copies there are this spool's
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS alone (
        id INTEGER PRIMARY KEY         -- a message that was acknowledged without a second copy
    );
    CREATE TABLE IF NOT EXISTS untold (
        id INTEGER PRIMARY KEY         -- a message that is finished, and the engine does not know
    );
";

/// Does a change of these tables; `false` for others.
pub(crate) fn apply(connection: &Connection, change: &Change) -> Result<bool, SpoolError> {
    match change {
        Change::Alone(id) => {
            connection
                .prepare_cached("INSERT OR IGNORE INTO alone (id) VALUES (?1)")?
                .execute([id.as_u64()])?;
        }
        Change::Copied { below } => {
            connection.prepare_cached("DELETE FROM alone WHERE id < ?1")?.execute([below])?;
        }
        Change::Untold(id) => {
            connection
                .prepare_cached("INSERT OR IGNORE INTO untold (id) VALUES (?1)")?
                .execute([id.as_u64()])?;
        }
        Change::Told(ids) => {
            let mut forget = connection.prepare_cached("DELETE FROM untold WHERE id = ?1")?;
            for id in ids {
                forget.execute([id])?;
            }
        }
        Change::ToldBelow(below) => {
            connection.prepare_cached("DELETE FROM untold WHERE id < ?1")?.execute([below])?;
        }
        Change::Mark(mark) => {
            let write = "INSERT OR REPLACE INTO counter (name, value) VALUES ('mark', ?1)";
            connection.prepare_cached(write)?.execute([mark])?;
        }
        Change::Incarnation(incarnation) => {
            connection.execute("DELETE FROM incarnation", [])?;
            if let Some(Incarnation { cluster, number }) = incarnation {
                let insert = "INSERT INTO incarnation (cluster, number) VALUES (?1, ?2)";
                connection.execute(insert, (cluster, number))?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}
