//! What administrators have done with the engine now and then, each on a connection of its own: whether it is
//! redundant, what a server has in it, taking a server's seat away, leaving it empty.

use std::{future::Future, time::Duration};

use tokio_postgres::Row;

use crate::{Engine, EngineError, engine::Link};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a server has in the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The number of its spool.
    pub incarnation: u64,
    /// Whether its lease lasts.
    pub lives: bool,
    /// Messages that are not finished.
    pub messages: u64,
}

const HOLDING: &str = "
    SELECT incarnation, lease_until > now() AND NOT fenced,
           (SELECT count(*) FROM relais.message WHERE owner = incarnation)
    FROM relais.server WHERE name = $1";

/// Messages that are not, or not surely, in the spool of the server with this number.
const ELSEWHERE: &str = "SELECT count(*) FROM relais.message WHERE owner <> $1 OR adopted";

const GIVE_UP: &str = "
    WITH gone AS (
        DELETE FROM relais.server
        WHERE name = $1 AND (fenced OR lease_until <= now())
        RETURNING incarnation, name
    )
    INSERT INTO relais.former (incarnation, name) SELECT incarnation, name FROM gone
    ON CONFLICT (incarnation) DO NOTHING";

const OTHERS: &str = "
    SELECT count(*) FROM relais.server WHERE name <> $1 AND NOT fenced AND lease_until > now()";

const EMPTY: &str = "
    DELETE FROM relais.object;
    DELETE FROM relais.removed_object;
    DELETE FROM relais.audit;
    UPDATE relais.revision SET number = 0;
    DELETE FROM relais.message;
    DELETE FROM relais.tombstone;
    DELETE FROM relais.server;
    DELETE FROM relais.former;
    DELETE FROM relais.engine";

impl Engine {
    /// Why a commit in this engine is not on a second machine as well; `None` where it waits for standbys.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn what_makes_it_single(&self) -> Result<Option<String>, EngineError> {
        self.at_it(async |link| {
            let query =
                "SELECT current_setting('synchronous_standby_names'), current_setting('fsync')";
            let row = link.client.query_one(query, &[]).await?;
            let (standbys, fsync): (String, String) = (row.get(0), row.get(1));
            let why = if standbys.trim().is_empty() {
                Some("synchronous_standby_names is empty, so that a commit is on one machine alone")
            } else if fsync != "on" {
                Some("fsync is off, so that a commit does not outlive a power failure")
            } else {
                None
            };
            Ok(why.map(str::to_owned))
        })
        .await
    }

    /// What the server of this name has here; `None` where it has no seat.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn holding_of(&self, server: &str) -> Result<Option<Holding>, EngineError> {
        self.at_it(async |link| {
            let found = link.client.query_opt(HOLDING, &[&server]).await?;
            Ok(found.map(|row| Holding {
                incarnation: natural(&row, 0),
                lives: row.get(1),
                messages: natural(&row, 2),
            }))
        })
        .await
    }

    /// How many messages are not surely in the spool with this number.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn messages_elsewhere(&self, incarnation: u64) -> Result<u64, EngineError> {
        self.at_it(async |link| {
            let own = i64::try_from(incarnation).unwrap_or(i64::MAX);
            Ok(natural(&link.client.query_one(ELSEWHERE, &[&own]).await?, 0))
        })
        .await
    }

    /// Takes the seat of a server away that does not live; what it left others take over. Nothing where it has none,
    /// or lives.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn give_up_seat(&self, server: &str) -> Result<(), EngineError> {
        self.at_it(async |link| {
            link.client.execute(GIVE_UP, &[&server]).await?;
            Ok(())
        })
        .await
    }

    /// Takes everything of the organization out, for the server `own`, the last one. The tables stay.
    ///
    /// # Errors
    /// [`EngineError::Refused`] while another server lives; others when the engine fails.
    pub async fn empty(&self, own: &str) -> Result<(), EngineError> {
        self.at_it(async |link| {
            let transaction = link.client.transaction().await?;
            if natural(&transaction.query_one(OTHERS, &[&own]).await?, 0) > 0 {
                return Err(EngineError::Refused("another server lives".to_owned()));
            }
            transaction.batch_execute(EMPTY).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn at_it<T>(
        &self,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let asking = async {
            let mut link = self.connect("administration").await?;
            work(&mut link).await
        };
        in_time(asking).await
    }
}

async fn in_time<T>(
    asking: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    let late = || Err(EngineError::Unreachable("it does not answer".to_owned()));
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| late())
}

fn natural(row: &Row, column: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(column)).unwrap_or(0)
}
