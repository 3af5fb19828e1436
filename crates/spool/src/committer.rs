//! The committing thread: takes everything that waits, writes it in one transaction, syncs
//! once, then wakes the waiters. While it syncs, the next group gathers by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use crate::{
    SpoolError,
    batch::{Batch, Change},
    schema::{DELAY_REPORTED, FINISHED},
};

/// Removals without a waiter are committed at the latest after this; usually they ride along.
const LINGER: Duration = Duration::from_millis(50);
/// Content in one transaction is bounded, so that one huge group cannot delay the others.
const GROUP_BYTES: usize = 32 << 20;
/// Ids are reserved in the counter this far ahead of those used.
const ID_STEP: u64 = 10_000;
/// Disk space is given back when nothing has been asked for this long.
const QUIET: Duration = Duration::from_secs(2);
const VACUUM_PAGES: u32 = 2_000;

type Waiter = oneshot::Sender<Result<(), SpoolError>>;

#[derive(Default)]
struct Pending {
    requests: Vec<(Batch, Option<Waiter>)>,
    /// How many of the requests have somebody waiting.
    waiting: usize,
    closing: bool,
}

/// What the thread and its callers share.
#[derive(Default)]
pub(crate) struct Mailbox {
    pending: Mutex<Pending>,
    wake: Condvar,
    /// Set after repeated failures; nothing is accepted any more.
    stopped: AtomicBool,
}

impl Mailbox {
    /// Hands in a batch. With a waiter the thread is woken at once.
    pub(crate) fn push(&self, batch: Batch, waiter: Option<Waiter>) {
        let mut pending = self.pending.lock();
        if let Some(waiter) = waiter {
            if self.stopped.load(Ordering::Relaxed) || pending.closing {
                let _ = waiter.send(Err(SpoolError::Stopped));
                return;
            }
            pending.waiting += 1;
            pending.requests.push((batch, Some(waiter)));
        } else {
            pending.requests.push((batch, None));
        }
        self.wake.notify_one();
    }

    /// Tells the thread to finish what it has and to end.
    pub(crate) fn close(&self) {
        self.pending.lock().closing = true;
        self.wake.notify_one();
    }

    /// Whether acceptance has stopped after failures.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Waits for work. `None` when closing and nothing is left; an empty list when it is quiet.
    fn take(&self) -> Option<Vec<(Batch, Option<Waiter>)>> {
        let mut pending = self.pending.lock();
        let quiet_until = Instant::now() + QUIET;
        while pending.requests.is_empty() {
            if pending.closing {
                return None;
            }
            if self.wake.wait_until(&mut pending, quiet_until).timed_out() {
                return Some(Vec::new());
            }
        }
        let linger_until = Instant::now() + LINGER;
        while pending.waiting == 0 && !pending.closing {
            if self.wake.wait_until(&mut pending, linger_until).timed_out() {
                break;
            }
        }
        let mut bytes = 0;
        let fitting = pending
            .requests
            .iter()
            .take_while(|(batch, _)| {
                let first = bytes == 0;
                bytes += batch.content_bytes() + 1;
                first || bytes <= GROUP_BYTES
            })
            .count();
        let taken: Vec<_> = pending.requests.drain(..fitting).collect();
        pending.waiting -= taken.iter().filter(|(_, waiter)| waiter.is_some()).count();
        Some(taken)
    }
}

/// Sounds when the thread ends, however it ends: nobody waits for a thread that is gone.
struct Alarm(Arc<Mailbox>);

impl Drop for Alarm {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
        let mut pending = self.0.pending.lock();
        pending.closing = true;
        for (_, waiter) in pending.requests.drain(..) {
            if let Some(waiter) = waiter {
                let _ = waiter.send(Err(SpoolError::Stopped));
            }
        }
        pending.waiting = 0;
    }
}

/// The thread's own state.
pub(crate) struct Committer {
    connection: Connection,
    mailbox: Arc<Mailbox>,
    /// Value of the counter row: no id above it may be given out after a restart.
    id_ceiling: u64,
    failures: u32,
    /// Changes of failed batches that nobody waited for; they are tried again.
    unfinished: Vec<Batch>,
}

impl Committer {
    pub(crate) fn new(connection: Connection, mailbox: Arc<Mailbox>, id_ceiling: u64) -> Self {
        Self { connection, mailbox, id_ceiling, failures: 0, unfinished: Vec::new() }
    }

    /// Runs until the mailbox is closed and empty.
    pub(crate) fn run(mut self) {
        let mailbox = Arc::clone(&self.mailbox);
        let _alarm = Alarm(Arc::clone(&mailbox));
        while let Some(requests) = mailbox.take() {
            if requests.is_empty() && self.unfinished.is_empty() {
                self.give_space_back();
                continue;
            }
            let (mut batches, mut waiters) = (std::mem::take(&mut self.unfinished), Vec::new());
            for (batch, waiter) in requests {
                // A batch somebody waits for is his to repeat; the others are ours.
                match waiter {
                    Some(waiter) => waiters.push((batch, waiter)),
                    None => batches.push(batch),
                }
            }
            self.commit(batches, waiters);
        }
        let rest = std::mem::take(&mut self.unfinished);
        if !rest.is_empty() {
            self.commit(rest, Vec::new());
        }
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the spool's log could not be folded in at the end");
        }
    }

    fn commit(&mut self, mut lazy: Vec<Batch>, waited: Vec<(Batch, Waiter)>) {
        let result = self.write(lazy.iter().chain(waited.iter().map(|(batch, _)| batch)));
        if matches!(result, Err(SpoolError::Full))
            && !waited.is_empty()
            && self.write(lazy.iter()).is_ok()
        {
            // Removals give space back; they must not fail because of what did not fit.
            lazy.clear();
        }
        match &result {
            Ok(()) => self.failures = 0,
            Err(error) => {
                tracing::error!(%error, "the spool could not commit; senders are told to try again");
                self.unfinished = lazy;
                if matches!(error, SpoolError::Write(_)) {
                    self.failures += 1;
                }
                if self.failures >= 2 {
                    self.mailbox.stopped.store(true, Ordering::Relaxed);
                }
            }
        }
        for (_, waiter) in waited {
            let _ = waiter.send(result.clone());
        }
    }

    /// One transaction, one sync. After an error nothing of it is kept.
    fn write<'a>(&mut self, batches: impl Iterator<Item = &'a Batch>) -> Result<(), SpoolError> {
        let transaction = self.connection.transaction()?;
        let mut highest = 0;
        for change in batches.flat_map(|batch| &batch.changes) {
            if let Change::Insert { record, .. } = change {
                highest = highest.max(record.id.as_u64());
            }
            apply(&transaction, change)?;
        }
        let ceiling = if highest > self.id_ceiling { highest + ID_STEP } else { self.id_ceiling };
        if ceiling != self.id_ceiling {
            transaction
                .execute("UPDATE counter SET value = ?1 WHERE name = 'message_id'", [ceiling])?;
        }
        transaction.commit()?;
        self.id_ceiling = ceiling;
        Ok(())
    }

    /// Called when it is quiet: free pages go back to the file system, a little at a time.
    fn give_space_back(&self) {
        let free = |c: &Connection| {
            c.pragma_query_value(None, "freelist_count", |row| row.get::<_, u32>(0))
        };
        if matches!(free(&self.connection), Ok(pages) if pages > VACUUM_PAGES / 2) {
            let statement = format!("PRAGMA incremental_vacuum({VACUUM_PAGES})");
            let result = self.connection.prepare(&statement).and_then(|mut statement| {
                let mut rows = statement.query([])?;
                while rows.next()?.is_some() {}
                Ok(())
            });
            if let Err(error) = result {
                tracing::warn!(%error, "the spool could not give disk space back");
            }
        }
    }
}

fn apply(connection: &Connection, change: &Change) -> Result<(), SpoolError> {
    match change {
        Change::Insert { record, content } => {
            connection
                .prepare_cached("INSERT INTO message (id, record, content) VALUES (?1, ?2, ?3)")?
                .execute(params![record.id.as_u64(), record.encode()?, content.as_ref()])?;
        }
        Change::Finish { id, recipient } => progress(connection, *id, *recipient, FINISHED)?,
        Change::DelayReported { id, recipient } => {
            progress(connection, *id, *recipient, DELAY_REPORTED)?;
        }
        Change::Remove { id } => {
            connection
                .prepare_cached("DELETE FROM message WHERE id = ?1")?
                .execute([id.as_u64()])?;
            connection
                .prepare_cached("DELETE FROM progress WHERE message = ?1")?
                .execute([id.as_u64()])?;
        }
    }
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
            "INSERT OR IGNORE INTO progress (message, recipient, kind) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM message WHERE id = ?1)",
        )?
        .execute(params![id.as_u64(), recipient, kind])?;
    Ok(())
}

#[cfg(test)]
mod tests;
