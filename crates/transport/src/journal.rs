//! Terminal events outlive a crash (DESIGN section 10): the row of the message tracking log is
//! stored in the same commit as what it tells of, and forgotten once the log has it on disk.
//!
//! Rows are numbered. A period ends about once a second; when every event of it has been given to
//! the log, and the log has been flushed, the rows below the period's end are forgotten with the
//! next commit. Nothing on a message's way waits for this.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use model::{Event, EventSink, MessageEvent, Timestamp};
use parking_lot::Mutex;
use spool::{Batch, Spool, SpoolError};
use tokio::{sync::watch, time::timeout};
use tracking::MessageTrackingLog;

use crate::quiet::quietly;

/// How often rows that are on disk are forgotten.
const PERIOD: Duration = Duration::from_secs(1);
/// How long a flush may take before the next period is begun; the rows stay stored meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells the readers of events, and sees that terminal events are not lost.
pub(crate) struct Journal {
    log: MessageTrackingLog,
    readers: Arc<dyn EventSink>,
    state: Mutex<State>,
}

struct State {
    /// The next row's number.
    next: u64,
    /// Held by every event between its number and the log.
    period: Arc<()>,
    /// Periods that have ended, each with the number behind its last row.
    ended: VecDeque<(Arc<()>, u64)>,
    /// Where the last ended period ended.
    end: u64,
}

/// Events that are in a batch, on their way to the log.
#[must_use]
pub(crate) struct Kept {
    lines: Vec<Bytes>,
    _period: Arc<()>,
}

impl Journal {
    pub(crate) fn new(log: MessageTrackingLog, readers: Arc<dyn EventSink>) -> Self {
        let state = State { next: 1, period: Arc::default(), ended: VecDeque::new(), end: 1 };
        Self { log, readers, state: Mutex::new(state) }
    }

    /// Tells of something whose loss in a crash costs nothing.
    pub(crate) fn tell(&self, at: Timestamp, event: &Event<'_>) {
        self.readers.emit(at, event);
        self.log.emit(at, event);
    }

    /// Adds the rows of terminal events to the batch that makes them true.
    pub(crate) fn keep(
        &self,
        batch: &mut Batch,
        at: Timestamp,
        events: &[MessageEvent<'_>],
    ) -> Kept {
        let lines = events.iter().flat_map(|event| self.log.lines(at, event));
        let lines: Vec<Bytes> = lines.map(Bytes::from).collect();
        let (first, period) = {
            let mut state = self.state.lock();
            let first = state.next;
            state.next += lines.len() as u64;
            (first, Arc::clone(&state.period))
        };
        for (number, line) in (first..).zip(&lines) {
            batch.event(number, line.clone());
        }
        Kept { lines, _period: period }
    }

    /// Tells of the events once their batch has been stored, or handed in for that.
    /// Who reads them cannot undo it.
    pub(crate) fn publish(&self, at: Timestamp, events: &[MessageEvent<'_>], kept: Kept) {
        for event in events {
            quietly(|| self.readers.emit(at, &Event::Message(event)));
        }
        for line in &kept.lines {
            self.log.append(at, line);
        }
    }

    /// The message tracking log.
    pub(crate) fn log(&self) -> MessageTrackingLog {
        self.log.clone()
    }

    /// Whether the log has no room.
    pub(crate) fn is_full(&self) -> bool {
        self.log.is_full()
    }

    /// Waits while the log has no room; `false` when it has none yet after `patience`.
    pub(crate) async fn has_room(&self, patience: Duration) -> bool {
        timeout(patience, self.log.room()).await.is_ok()
    }

    /// Gives the log what a crash kept from it.
    pub(crate) async fn recover(&self, spool: &Spool) -> Result<(), SpoolError> {
        let (log, spool) = (self.log.clone(), spool.clone());
        let found = tokio::task::spawn_blocking(move || {
            let stored = spool.events()?;
            let last = stored.last().map_or(0, |(number, _)| *number);
            let lines: Vec<Vec<u8>> = stored.into_iter().map(|(_, line)| line).collect();
            match log.recover(&lines) {
                Ok(0) => {}
                Ok(count) => tracing::info!(
                    count,
                    "events written to the message tracking log that it had not got"
                ),
                Err(error) => {
                    tracing::warn!(%error, "the message tracking log cannot be read; some events may stand in it twice")
                }
            }
            Ok::<_, SpoolError>(last)
        });
        let last = found.await.unwrap_or(Err(SpoolError::Stopped))?;
        self.state.lock().next = last + 1;
        Ok(())
    }

    /// Ends the present period. Returns the number below which all rows have been given to the
    /// log, when there are new ones.
    fn turn(&self) -> Option<u64> {
        let mut state = self.state.lock();
        if state.next > state.end {
            let (period, end) = (std::mem::take(&mut state.period), state.next);
            state.ended.push_back((period, end));
            state.end = end;
        }
        let mut given = None;
        while let Some((period, end)) = state.ended.front() {
            if Arc::strong_count(period) > 1 {
                break;
            }
            given = Some(*end);
            state.ended.pop_front();
        }
        given
    }

    /// Runs until the service stops: forgets in `spool` what is on disk.
    pub(crate) async fn run(self: Arc<Self>, spool: Spool, mut stop: watch::Receiver<bool>) {
        let mut waiting = None;
        loop {
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => waiting = self.forget(&spool, waiting).await,
                _ = stop.changed() => return,
            }
        }
    }

    /// Forgets what is on disk. Returns up to where rows wait for a flush that did not end in
    /// time.
    pub(crate) async fn forget(&self, spool: &Spool, waiting: Option<u64>) -> Option<u64> {
        let before = self.turn().or(waiting)?;
        if timeout(PATIENCE, self.log.flush()).await.is_err() {
            return Some(before);
        }
        let mut batch = Batch::new();
        batch.forget_events(before);
        spool.commit_later(batch);
        None
    }
}
