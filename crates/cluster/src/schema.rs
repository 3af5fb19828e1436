//! The engine's tables, all in the schema `relais`, and how they are made. Plain SQL: what stands here
//! needs nothing of PostgreSQL that distributed SQL of the same protocol lacks.

use tokio_postgres::{Client, Transaction};

use crate::EngineError;

/// The newest format this version reads and the one it writes.
pub(crate) const FORMAT: i64 = 1;

/// What makes the tables of format 1.
const SCHEMA: &str = include_str!("schema.sql");

/// Makes the tables where there are none. Of several servers that start at once, one does.
///
/// # Errors
/// [`EngineError::NewerFormat`] where a newer version has been here; others when the engine fails.
pub(crate) async fn migrate(transaction: &Transaction<'_>) -> Result<(), EngineError> {
    // Of those that find nothing at the same time, the second would be refused.
    transaction.batch_execute("SELECT pg_advisory_xact_lock(hashtext('relais schema'))").await?;
    transaction.batch_execute("CREATE SCHEMA IF NOT EXISTS relais").await?;
    transaction
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS relais.format (id int PRIMARY KEY CHECK (id = 1), number bigint NOT NULL)",
        )
        .await?;
    let found: Option<i64> = transaction
        .query_opt("SELECT number FROM relais.format WHERE id = 1 FOR UPDATE", &[])
        .await?
        .map(|row| row.get(0));
    match found {
        None => {
            transaction.batch_execute(SCHEMA).await?;
            let insert = "INSERT INTO relais.format (id, number) VALUES (1, $1)";
            transaction.execute(insert, &[&FORMAT]).await?;
            Ok(())
        }
        Some(FORMAT) => Ok(()),
        Some(found) => Err(EngineError::NewerFormat { found, known: FORMAT }),
    }
}

/// Looks whether the tables are ones this version knows, since a newer one may have been here meanwhile.
///
/// # Errors
/// [`EngineError::NewerFormat`] when they are not; others when there are none, or the engine fails.
pub(crate) async fn check(client: &Client) -> Result<(), EngineError> {
    let found = client.query_opt("SELECT number FROM relais.format WHERE id = 1", &[]).await?;
    match found.map(|row| row.try_get(0)).transpose()? {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(EngineError::NewerFormat { found, known: FORMAT }),
        None => Err(EngineError::Damaged("its tables have no format".to_owned())),
    }
}
