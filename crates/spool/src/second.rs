//! The spool with a second place ([`Durability`]): new mail goes to both at once and is acknowledged when both have it,
//! or when the second one has said how to go on without it. Everything else is told to it after it is durable
//! here: what it learns too late costs a duplicate when this server is lost, never a message.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use model::MessageId;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    Batch, Damaged, MessageRecord, Spool, SpoolError, StoredMessage,
    batch::Change,
    durability::{Copied, Durability, Incarnation, MessageCopy, Verdict},
    stored, thread,
};

impl Batch {
    /// What a second place has to learn of this batch.
    pub(crate) fn copied(&self) -> Vec<Copied> {
        self.changes.iter().filter_map(Change::copied).collect()
    }
}

impl Change {
    fn copied(&self) -> Option<Copied> {
        match self {
            Self::Insert { record, encoded: Ok(encoded), content } => {
                Some(Copied::Insert(MessageCopy {
                    id: record.id,
                    record: Bytes::copy_from_slice(encoded),
                    content: content.clone(),
                }))
            }
            Self::Finish { id, recipient } => Some(Copied::Finish(*id, *recipient)),
            Self::DelayReported { id, recipient } => Some(Copied::DelayReported(*id, *recipient)),
            Self::Remove { id } => Some(Copied::Remove(*id)),
            _ => None,
        }
    }
}

impl Spool {
    /// Uses a second place from now on. Of what is here already it is told nothing: whoever attaches it sees to
    /// that.
    pub fn attach(&self, second: Arc<dyn Durability>) {
        self.second().store(Some(Arc::new(second)));
    }

    /// Uses none any more.
    pub fn detach(&self) {
        self.second().store(None);
    }

    /// Makes a batch durable here alone: what it holds is in the second place already.
    ///
    /// # Errors
    /// As [`Spool::commit`].
    pub fn commit_here(
        &self,
        batch: Batch,
    ) -> impl Future<Output = Result<(), SpoolError>> + use<> {
        self.hand_in(batch)
    }

    /// The same, waited for. Blocks.
    ///
    /// # Errors
    /// As [`Spool::commit`].
    pub fn commit_here_blocking(&self, batch: Batch) -> Result<(), SpoolError> {
        thread::block_on(self.hand_in(batch))
    }

    /// Gives new mail to both places.
    pub(crate) fn commit_twice(
        &self,
        second: &dyn Durability,
        batch: Batch,
    ) -> impl Future<Output = Result<(), SpoolError>> + use<> {
        let ids: Vec<MessageId> = batch.changes.iter().filter_map(Change::inserted).collect();
        // Here first: whoever finds it in the second place has only to wait for what was handed in before, to find it
        // here as well.
        let both = (!second.refuses()).then(|| {
            let copied = batch.copied();
            let here = self.hand_in(batch);
            (second.accept(copied), here)
        });
        let spool = self.clone();
        async move {
            let Some((there, here)) = both else { return Err(SpoolError::NotRedundant) };
            if let Err(error) = here.await {
                spool.forget_there(&ids);
                return Err(error);
            }
            match there.await {
                Verdict::Durable => Ok(()),
                Verdict::Alone => spool.note_alone(&ids).await,
                Verdict::Refused => {
                    spool.abort(&ids).await;
                    Err(SpoolError::NotRedundant)
                }
            }
        }
    }

    /// Writes down that these messages were acknowledged without a second copy.
    async fn note_alone(&self, ids: &[MessageId]) -> Result<(), SpoolError> {
        let mut batch = Batch::new();
        for id in ids {
            batch.alone(*id);
        }
        self.hand_in(batch).await
    }

    /// Takes messages back that nobody will acknowledge. Where that cannot be written down, they are sent as well as
    /// whatever the client sends again: twice rather than never.
    async fn abort(&self, ids: &[MessageId]) {
        let mut batch = Batch::new();
        for id in ids {
            batch.remove(*id);
        }
        if let Some(second) = self.second().load_full() {
            batch.will_tell(Arc::clone(second.as_ref()));
        }
        if let Err(error) = self.hand_in(batch).await {
            tracing::error!(%error, "a message that was refused could not be taken out of the spool; it may be sent twice");
        }
    }

    /// What is not stored here must not be sent from the second place.
    fn forget_there(&self, ids: &[MessageId]) {
        if let Some(second) = self.second().load_full() {
            second.learn(ids.iter().map(|id| Copied::Remove(*id)).collect());
        }
    }

    /// Which copies are this spool's, where it has a second place. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn incarnation(&self) -> Result<Option<Incarnation>, SpoolError> {
        self.readers().with(|connection| {
            let mut statement = connection.prepare("SELECT cluster, number FROM incarnation")?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Incarnation { cluster: row.get(0)?, number: row.get(1)? })
            };
            Ok(statement.query_row([], read).optional()?)
        })
    }

    /// A number that has grown with what was durable here ([`Batch::mark`]): a spool brought back from a backup has
    /// a lower one than the second place has seen. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mark(&self) -> Result<u64, SpoolError> {
        self.readers().with(|connection| {
            let query = "SELECT value FROM counter WHERE name = 'mark'";
            Ok(connection.query_row(query, [], |row| row.get(0)).optional()?.unwrap_or(0))
        })
    }

    /// Numbers of messages after `after`, ascending, at most `limit`; those set aside as damaged are among them.
    /// Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ids(&self, after: u64, limit: usize) -> Result<Vec<MessageId>, SpoolError> {
        let found: Vec<u64> = self.readers().with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id FROM (SELECT id FROM message WHERE id > ?1 UNION SELECT message FROM quarantine WHERE message > ?1)
                     ORDER BY id LIMIT ?2",
                )?
                .query_map((after, limit), |row| row.get(0))?
                .collect::<Result<_, _>>()
                .map_err(SpoolError::from)
        })?;
        Ok(found.into_iter().filter_map(MessageId::new).collect())
    }

    /// Those of these messages that were finished here, and of which the second place does not know yet. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn untold(&self, ids: &[u64]) -> Result<Vec<u64>, SpoolError> {
        self.readers().with(|connection| {
            let mut known = connection.prepare_cached("SELECT 1 FROM untold WHERE id = ?1")?;
            let mut found = Vec::new();
            for id in ids {
                if known.exists([id])? {
                    found.push(*id);
                }
            }
            Ok(found)
        })
    }

    /// How many messages have no copy in the second place although they were acknowledged. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn alone(&self) -> Result<u64, SpoolError> {
        self.readers().with(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM alone", [], |row| row.get(0))?)
        })
    }

    /// One message with its progress as a second place learns it; `None` when it is gone, or damaged. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn copy_of(&self, id: MessageId) -> Result<Option<Vec<Copied>>, SpoolError> {
        let number = id.as_u64();
        let stored = self.readers().with(|connection| stored_copy(connection, number))?;
        let Some((record, stored)) = stored else { return Ok(None) };
        let content = match self.content(id) {
            Ok(content) => content,
            // Gone meanwhile, or set aside.
            Err(SpoolError::Damaged { .. } | SpoolError::Read { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut copied = vec![Copied::Insert(MessageCopy { id, record: record.into(), content })];
        copied.extend(stored.finished.iter().map(|index| Copied::Finish(id, *index)));
        copied.extend(stored.delay_reported.iter().map(|index| Copied::DelayReported(id, *index)));
        Ok(Some(copied))
    }
}

fn stored_copy(
    connection: &Connection,
    id: u64,
) -> Result<Option<(Vec<u8>, StoredMessage)>, SpoolError> {
    let record: Option<Vec<u8>> = connection
        .prepare_cached("SELECT CAST(record AS BLOB) FROM message WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(record) = record else { return Ok(None) };
    let stored = stored::message(connection, id)?.and_then(Result::ok);
    Ok(stored.map(|stored| (record, stored)))
}

impl MessageRecord {
    /// Reads the stored form of message `id`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_stored(id: MessageId, bytes: &[u8]) -> Result<Self, Damaged> {
        Self::decode(id.as_u64(), bytes)
            .map_err(|error| Damaged { id: id.as_u64(), reason: error.to_string() })
    }

    /// The stored form.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn to_stored(&self) -> Result<Vec<u8>, SpoolError> {
        self.encode()
    }
}

#[cfg(test)]
#[path = "second_tests.rs"]
mod tests;
