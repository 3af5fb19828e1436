//! The handle of one log. Cheap to clone; the thread writes what is left and ends with the last.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use model::{Clock, Timestamp};
use parking_lot::Mutex;

use super::{
    buffer::Buffer,
    cap::DirectoryCap,
    iso,
    row::Row,
    settings::{LogFormat, LogSettings},
    writer::Writer,
};

/// A rotating log.
#[derive(Debug, Clone)]
pub struct LogFiles {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    buffer: Arc<Buffer>,
    thread: Mutex<Option<JoinHandle<()>>>,
    log_type: &'static str,
    /// Rows lost since the log was full.
    lost: AtomicU64,
}

impl LogFiles {
    /// A log with a thread of its own. `cap`: the limit it shares with others.
    ///
    /// # Errors
    /// When the thread cannot be started. A folder that cannot be written to is not an error
    /// here: rows wait for it.
    pub fn start(
        format: LogFormat,
        settings: LogSettings,
        cap: Option<Arc<DirectoryCap>>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let buffer = Arc::new(Buffer::new(settings.folder.is_none()));
        let writer = Writer::new(format, settings, cap, clock, Arc::clone(&buffer));
        Self::run(format, buffer, writer)
    }

    fn run(format: LogFormat, buffer: Arc<Buffer>, writer: Writer) -> io::Result<Self> {
        let thread = std::thread::Builder::new()
            .name(format!("log {}", format.prefix))
            .spawn(move || writer.run())?;
        Ok(Self {
            inner: Arc::new(Inner {
                buffer,
                thread: Mutex::new(Some(thread)),
                log_type: format.log_type,
                lost: AtomicU64::new(0),
            }),
        })
    }

    /// Adds a row about what happened at `at`, which is its first field; `row` gives the others
    /// and must not take long. Does not block and does no I/O. Nothing while the log is off.
    pub fn write(&self, at: Timestamp, row: impl FnOnce(&mut Row<'_>)) {
        self.inner.buffer.add(at, row);
    }

    /// The same for a row that is lost rather than kept while the log is full, since nothing
    /// slows down what it tells of. How many were lost is told.
    pub fn write_or_lose(&self, at: Timestamp, row: impl FnOnce(&mut Row<'_>)) {
        let Inner { lost, log_type, .. } = self.inner.as_ref();
        if self.is_full() {
            if lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!(log = log_type, "a log is full; some of its rows are lost");
            }
            return;
        }
        if lost.load(Ordering::Relaxed) > 0 {
            let lost = lost.swap(0, Ordering::Relaxed);
            tracing::warn!(log = log_type, lost, "rows of a log were lost");
        }
        self.write(at, row);
    }

    /// Adds a row about what happened at `at` that [`line`] has made.
    pub fn write_line(&self, at: Timestamp, line: &[u8]) {
        self.inner.buffer.add_line(at, line);
    }

    /// Whether rows are kept: a log without a folder is off.
    pub fn is_on(&self) -> bool {
        self.inner.buffer.is_on()
    }

    /// Makes other settings count, from the next row on.
    pub fn configure(&self, settings: LogSettings) {
        self.inner.buffer.configure(settings);
    }

    /// A mark behind the rows given so far; [`LogFiles::durable`] reaches it.
    pub fn mark(&self) -> u64 {
        self.inner.buffer.given()
    }

    /// Waits until all rows given so far are on disk. As long as the disk takes nothing, this
    /// does not end: give it a time limit.
    pub async fn flush(&self) {
        let mark = self.inner.buffer.ask_sync();
        let mut durable = self.inner.buffer.durable();
        // The sender lives as long as this handle.
        let _ = durable.wait_for(|durable| *durable >= mark).await;
    }

    /// Asks for all rows given so far to come to the disk, without waiting.
    pub fn ask_flush(&self) {
        self.inner.buffer.ask_sync();
    }

    /// Up to which [mark](LogFiles::mark) rows are on disk.
    pub fn durable(&self) -> u64 {
        *self.inner.buffer.durable().borrow()
    }

    /// Whether so much waits that nobody should add to it who can wait himself.
    pub fn is_full(&self) -> bool {
        self.inner.buffer.is_full()
    }

    /// Waits while the log is full.
    pub async fn room(&self) {
        if self.is_full() {
            let _ = self.inner.buffer.full().wait_for(|full| !*full).await;
        }
    }
}

/// A row to be [written](LogFiles::write_line) later.
pub fn line(at: Timestamp, row: impl FnOnce(&mut Row<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    iso::push(&mut out, at);
    row(&mut Row::after_first(&mut out));
    out
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.buffer.close();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("a log's thread ended badly");
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
