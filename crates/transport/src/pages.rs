//! Rows of the store, a page at a time, each in the hands of whoever works on them: reading again
//! what waits without ever having all of it in memory.

use std::{collections::HashMap, sync::Arc, time::Duration};

use model::{MessageId, Timestamp};
use queue::{Priority, Waits};
use spool::{AgeKey, Batch, Damaged, Due, RowKey, SpoolError, TurnKey, WaitingRow};

use crate::{
    core::Core,
    hands::Claim,
    registry::{Item, QueueHandle},
    row::{before_deferred, waits_of},
    shelf::is_finished,
};

/// How long until a spool that is being opened again is read again.
const AGAIN: Duration = Duration::from_secs(1);

/// A consignment of the store that this caller may work on.
pub(crate) struct Taken {
    pub(crate) item: Item,
    /// Its queue.
    pub(crate) handle: Arc<QueueHandle>,
    /// What it waits for there.
    pub(crate) waits: Waits,
}

/// A row that this caller may work on.
pub(crate) struct TakenRow {
    pub(crate) row: WaitingRow,
    pub(crate) claim: Arc<Claim>,
}

/// Rows that were looked for.
#[derive(Default)]
pub(crate) struct Claimed {
    /// Those that this caller may work on.
    pub(crate) rows: Vec<TakenRow>,
    /// Those in other hands.
    pub(crate) held: Vec<RowKey>,
}

/// Pages of rows. Those in other hands are left out.
pub(crate) struct Pages<'a> {
    core: &'a Arc<Core>,
    place: Place,
    is_over: bool,
    failure: Option<SpoolError>,
}

/// Where the next page begins.
enum Place {
    Queue { number: u64, due: Option<Timestamp>, after: Option<TurnKey> },
    Older { told: bool, priority: Priority, before: Timestamp, after: Option<AgeKey> },
}

impl<'a> Pages<'a> {
    /// Rows of a page. Their messages are in memory together.
    pub(crate) const SIZE: usize = 128;

    /// What waits in a queue, for whatever reason.
    pub(crate) fn of_queue(core: &'a Arc<Core>, handle: &QueueHandle) -> Self {
        let place = Place::Queue { number: handle.number(), due: None, after: None };
        Self { core, place, is_over: false, failure: None }
    }

    /// What waits in a queue for a time that has come.
    pub(crate) fn due(core: &'a Arc<Core>, handle: &QueueHandle) -> Self {
        let due = Some(core.now());
        let after = Some(before_deferred(Timestamp::from_millis(0)));
        let place = Place::Queue { number: handle.number(), due, after };
        Self { core, place, is_over: false, failure: None }
    }

    /// What was accepted at this time or before, in all queues, whether or not its sender has been
    /// told of the delay.
    pub(crate) fn older(
        core: &'a Arc<Core>,
        told: bool,
        priority: Priority,
        before: Timestamp,
    ) -> Self {
        let place = Place::Older { told, priority, before, after: None };
        Self { core, place, is_over: false, failure: None }
    }

    /// The same from this place on.
    #[must_use]
    pub(crate) fn after(mut self, place: Option<AgeKey>) -> Self {
        if let Place::Older { after, .. } = &mut self.place {
            *after = place;
        }
        self
    }

    /// Up to where rows of an age have been read.
    pub(crate) fn seen(&self) -> Option<AgeKey> {
        match &self.place {
            Place::Older { after, .. } => *after,
            Place::Queue { .. } => None,
        }
    }

    /// Why there was no further page, unless the last had been read.
    pub(crate) fn failure(&self) -> Option<&SpoolError> {
        self.failure.as_ref()
    }

    /// The same without what was accepted at `before` or earlier.
    #[must_use]
    pub(crate) fn younger_than(mut self, before: Timestamp) -> Self {
        if let Place::Older { after, .. } = &mut self.place {
            let (message, first) = (MessageId::MAX, u32::MAX);
            *after = Some(AgeKey { accepted_at: before, message, first });
        }
        self
    }

    /// The next page, with the messages; `None` after the last. Rows with nothing left to send are
    /// taken away on the way.
    pub(crate) async fn next(&mut self) -> Option<Vec<Taken>> {
        let rows = self.next_rows().await?;
        Some(Self::with_messages(self.core, rows).await)
    }

    /// Rows with their messages. A message that cannot be understood is set aside; a queue that nobody
    /// knows is noted.
    pub(crate) async fn with_messages(core: &Core, rows: Vec<TakenRow>) -> Vec<Taken> {
        let ids: Vec<_> = rows.iter().map(|taken| taken.row.message).collect();
        let spool = core.spool.clone();
        let read = move || ids.into_iter().map(|id| spool.message(id)).collect::<Vec<_>>();
        let messages = tokio::task::spawn_blocking(read).await.unwrap_or_default();
        let handles = core.registry.by_number();
        let taken = rows.into_iter().zip(messages);
        taken.filter_map(|(row, message)| Self::take(core, &handles, row, message)).collect()
    }

    /// Rows that `look` finds, and what else it says. It blocks.
    pub(crate) async fn claimed<T: Send + 'static>(
        core: &Core,
        look: impl FnOnce() -> Result<(Vec<WaitingRow>, T), SpoolError> + Send + 'static,
    ) -> Result<(Claimed, T), SpoolError> {
        let reading = core.hands.reading().await;
        let (rows, rest) = blocking(look).await?;
        let mut claimed = Claimed::default();
        for row in rows {
            match reading.claim(row.key(), waits_of(row.due)) {
                Some(claim) => claimed.rows.push(TakenRow { row, claim }),
                None => claimed.held.push(row.key()),
            }
        }
        Ok((claimed, rest))
    }

    fn take(
        core: &Core,
        handles: &HashMap<u64, Arc<QueueHandle>>,
        TakenRow { row, claim }: TakenRow,
        message: Result<Option<spool::StoredMessage>, SpoolError>,
    ) -> Option<Taken> {
        let Some(handle) = handles.get(&row.queue).map(Arc::clone) else {
            core.registry.note_unknown(row.queue);
            return None;
        };
        let waits = waits_of(row.due);
        let adopted = message.and_then(|stored| match stored {
            Some(stored) => {
                Ok((core.adopt(&row, &stored, Arc::clone(&claim))?, is_finished(&stored)))
            }
            None => Ok((None, false)),
        });
        let (item, is_over) = match adopted {
            Ok(adopted) => adopted,
            Err(SpoolError::Damaged { id, reason }) => {
                let mut batch = Batch::new();
                core.spool.set_aside(&mut batch, &Damaged { id, reason });
                core.spool.commit_later(batch);
                (None, false)
            }
            Err(error) => {
                tracing::error!(id = %row.message, %error, "a waiting message could not be read");
                return None;
            }
        };
        let Some(item) = item else {
            core.forget_row(&handle, (waits, claim), is_over);
            return None;
        };
        Some(Taken { item, handle, waits })
    }

    /// The rows of the next page; `None` after the last.
    pub(crate) async fn next_rows(&mut self) -> Option<Vec<TakenRow>> {
        while !self.is_over {
            // What is done to rows would have to wait in memory.
            while self.core.spool.is_behind() && !self.core.is_stopping() {
                tokio::time::sleep(AGAIN).await;
            }
            let reading = self.core.hands.reading().await;
            let rows = match self.read().await {
                Ok(rows) => rows,
                // Opened again within seconds.
                Err(SpoolError::Closed) if !self.core.is_stopping() => {
                    drop(reading);
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
                Err(error) => {
                    tracing::error!(%error, "waiting mail could not be read");
                    self.failure = Some(error);
                    return None;
                }
            };
            self.is_over = rows.len() < Self::SIZE;
            let taken: Vec<TakenRow> = rows
                .into_iter()
                .filter_map(|row| {
                    Some(TakenRow { claim: reading.claim(row.key(), waits_of(row.due))?, row })
                })
                .collect();
            if !taken.is_empty() {
                return Some(taken);
            }
        }
        None
    }

    async fn read(&mut self) -> Result<Vec<WaitingRow>, SpoolError> {
        let spool = self.core.spool.clone();
        match &mut self.place {
            Place::Queue { number, due, after } => {
                let (number, from) = (*number, *after);
                let mut rows = blocking(move || spool.scan_queue(number, from, Self::SIZE)).await?;
                if let Some(due) = *due {
                    rows.retain(|row| row.due <= Due::NotBefore(due));
                }
                *after = rows.last().map(WaitingRow::turn_key).or(*after);
                Ok(rows)
            }
            Place::Older { told, priority, before, after } => {
                let (told, band, before, from) = (*told, priority.band() as u8, *before, *after);
                let rows = blocking(move || spool.older_than(told, band, before, from, Self::SIZE))
                    .await?;
                *after = rows.last().map(WaitingRow::age_key).or(*after);
                Ok(rows)
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    tokio::task::spawn_blocking(read).await.unwrap_or(Err(SpoolError::Stopped))
}
