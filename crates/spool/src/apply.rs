//! Each change as SQL. All statements are prepared once for a connection.

use rusqlite::{Connection, params};

use crate::{
    Damaged, NextHopRow, RowKey, SpoolError, among_others,
    batch::Change,
    bodies::Place,
    content, rows,
    schema::{DELAY_REPORTED, FINISHED},
};

/// Contents in files: where those of the messages to be inserted are, in the same order, and where
/// those of removed ones were.
pub(crate) struct Outside<'a> {
    pub(crate) placed: std::slice::Iter<'a, Place>,
    pub(crate) gone: Vec<Place>,
}

/// Does one change within the transaction under way.
pub(crate) fn apply(
    connection: &Connection,
    change: &Change,
    outside: &mut Outside<'_>,
) -> Result<(), SpoolError> {
    match change {
        Change::Insert { record, encoded, content } => {
            let encoded = encoded.as_ref().map_err(Clone::clone)?;
            connection
                .prepare_cached("INSERT INTO message (id, record) VALUES (?1, ?2)")?
                .execute(params![record.id.as_u64(), encoded])?;
            let place = content::is_outside(content.len()).then(|| outside.placed.next()).flatten();
            content::insert(connection, record.id.as_u64(), content, place)?;
        }
        Change::Finish { id, recipient } => progress(connection, *id, *recipient, FINISHED)?,
        Change::DelayReported { id, recipient } => {
            progress(connection, *id, *recipient, DELAY_REPORTED)?;
        }
        Change::Remove { id } => {
            outside.gone.extend(content::remove(connection, id.as_u64())?);
            for statement in [
                "DELETE FROM message WHERE id = ?1",
                "DELETE FROM progress WHERE message = ?1",
                // Whoever removes it unparks its rows; none may ever stay without a message.
                "DELETE FROM waiting WHERE message = ?1",
            ] {
                connection.prepare_cached(statement)?.execute([id.as_u64()])?;
            }
        }
        Change::Event { number, line } => {
            // What was handed in before may be written once more after a failure.
            connection
                .prepare_cached("INSERT OR REPLACE INTO event (number, line) VALUES (?1, ?2)")?
                .execute(params![number, line.as_ref()])?;
        }
        Change::ForgetEvents { before } => {
            connection.prepare_cached("DELETE FROM event WHERE number < ?1")?.execute([before])?;
        }
        Change::Taken { file, id } => {
            connection
                .prepare_cached("INSERT OR REPLACE INTO taken (file, message) VALUES (?1, ?2)")?
                .execute(params![file, id.as_u64()])?;
        }
        Change::ForgetTaken { file } => {
            connection.prepare_cached("DELETE FROM taken WHERE file = ?1")?.execute([file])?;
        }
        Change::Park(row) => rows::park(connection, row)?,
        Change::Unpark(RowKey { message, first }) | Change::Unsettle(RowKey { message, first }) => {
            connection
                .prepare_cached("DELETE FROM waiting WHERE message = ?1 AND first = ?2")?
                .execute((message.as_u64(), first))?;
        }
        Change::NextHop(NextHopRow { number, key, state }) => {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO next_hop (number, key, state) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![number, key, state])?;
        }
        Change::ForgetNextHop { number } => {
            connection
                .prepare_cached("DELETE FROM next_hop WHERE number = ?1")?
                .execute([number])?;
        }
        Change::Quarantine(damaged) => quarantine(connection, damaged)?,
        Change::Alone(_)
        | Change::Copied { .. }
        | Change::Untold(_)
        | Change::Told(_)
        | Change::ToldBelow(_)
        | Change::Mark(_)
        | Change::Incarnation(_) => {
            among_others::apply(connection, change)?;
        }
        // The committer's.
        Change::SettledBelow(_) => {}
    }
    Ok(())
}

/// The record moves; content, progress and rows stay. Each queue finds its rows by itself and lets
/// them go, so nobody's count is wrong.
pub(crate) fn quarantine(connection: &Connection, damaged: &Damaged) -> Result<(), SpoolError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO quarantine (message, reason, record, waiting)
             SELECT id, ?2, record, (
                 SELECT json_group_array(json_object(
                     'first', first, 'queue', queue, 'accepted', accepted, 'from_address', from_address,
                     'subject', subject, 'last_error', last_error))
                 FROM waiting WHERE waiting.message = message.id)
             FROM message WHERE id = ?1",
        )?
        .execute(params![damaged.id, damaged.reason])?;
    connection.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([damaged.id])?;
    Ok(())
}

fn progress(
    connection: &Connection,
    id: model::MessageId,
    recipient: u32,
    kind: i64,
) -> Result<(), SpoolError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO progress (message, recipient, kind) SELECT ?1, ?2, ?3
             WHERE EXISTS (SELECT 1 FROM message WHERE id = ?1)
                OR EXISTS (SELECT 1 FROM quarantine WHERE message = ?1)",
        )?
        .execute(params![id.as_u64(), recipient, kind])?;
    Ok(())
}

/// Sets one of the counters.
pub(crate) fn set_counter(
    connection: &Connection,
    name: &str,
    value: u64,
) -> Result<(), SpoolError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO counter (name, value) VALUES (?1, ?2)")?
        .execute((name, value))?;
    Ok(())
}
