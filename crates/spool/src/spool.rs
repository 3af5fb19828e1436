//! The handle everybody holds: hand in batches, read contents back, find what was there at
//! start. The committing thread ends when the last handle is dropped.

use std::{
    any::Any,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use model::{ByteSize, MessageId};
use parking_lot::Mutex;
use prometheus_client::registry::Registry;
use rusqlite::OptionalExtension;
use tokio::sync::oneshot;

use crate::{
    Batch, Damaged, Disk, DiskLimits, DiskSpace, Durability, RealDisk, SpoolError, StoredMessage,
    aside::Aside, committer::Committer, content, digest::Digests, driver::Driver, inbox::Inbox,
    load::Turns, readers::Readers, schema, settled::Settled, store::Store, stored, thread,
};

/// Rows read at once at start.
const PAGE: usize = 1_000;

/// The spool of one server. Cheap to clone.
#[derive(Clone)]
pub struct Spool {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    limits: DiskLimits,
    next_id: AtomicU64,
    inbox: Arc<Inbox>,
    readers: Arc<Readers>,
    turns: Turns,
    aside: Aside,
    digests: Arc<Digests>,
    /// Bytes in files of contents that will be written again.
    free_in_bodies: Arc<AtomicU64>,
    second: ArcSwapOption<Arc<dyn Durability>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// The last to go: whoever opens the spool next finds it closed.
    _lock: Arc<dyn Any + Send + Sync>,
}

/// What waits for the committing thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Batches.
    pub batches: u64,
    /// About as many bytes in memory.
    pub bytes: u64,
}

/// What was in the spool when it was opened.
#[derive(Debug, Default)]
pub struct Contents {
    /// Messages with at least one unfinished recipient, oldest first.
    pub messages: Vec<StoredMessage>,
    /// Records that could not be understood; they were left alone.
    pub damaged: Vec<Damaged>,
}

impl Spool {
    /// Opens the spool in `directory` (made when missing) and starts its committing thread.
    ///
    /// # Errors
    /// When the directory or the file cannot be made or read, is of an unknown format, or somebody
    /// else has it open.
    pub fn open(directory: &Path) -> Result<Self, SpoolError> {
        Self::open_with(directory, None)
    }

    /// The same, with another reserve of disk space than the documented one.
    ///
    /// # Errors
    /// As [`Spool::open`].
    pub fn open_with(directory: &Path, reserve: Option<ByteSize>) -> Result<Self, SpoolError> {
        let (spool, committer) = Self::prepare(Arc::new(RealDisk), directory, reserve)?;
        let thread = std::thread::Builder::new()
            .name("spool".to_owned())
            .spawn(move || committer.run())
            .map_err(|e| SpoolError::Open(e.to_string()))?;
        *spool.inner.thread.lock() = Some(thread);
        Ok(spool)
    }

    /// The same without a thread: the caller does the committing, one round at a time. For
    /// tests that replay a schedule exactly; nothing else has a use for it.
    ///
    /// # Errors
    /// As [`Spool::open_with`].
    #[doc(hidden)]
    pub fn open_driven(
        disk: Arc<dyn Disk>,
        directory: &Path,
        reserve: Option<ByteSize>,
    ) -> Result<(Self, Driver), SpoolError> {
        let (spool, committer) = Self::prepare(disk, directory, reserve)?;
        let driver = Driver::new(committer, Arc::clone(&spool.inner.inbox));
        Ok((spool, driver))
    }

    fn prepare(
        disk: Arc<dyn Disk>,
        directory: &Path,
        reserve: Option<ByteSize>,
    ) -> Result<(Self, Committer), SpoolError> {
        std::fs::create_dir_all(directory)
            .map_err(|e| SpoolError::Open(format!("{}: {e}", directory.display())))?;
        let path = directory.join("spool.db");
        let space = disk
            .space(directory)
            .map_err(|e| SpoolError::Open(format!("{}: {e}", directory.display())))?;
        let limits =
            reserve.map_or(DiskLimits::of_size(space.size), |reserve| DiskLimits { reserve });
        // Before anything is looked at: of two servers each would delete what the other writes.
        let lock = disk.lock(directory).map_err(|e| SpoolError::Open(e.to_string()))?;
        let lock: Arc<dyn Any + Send + Sync> = Arc::from(lock);
        let store = Store::open(Arc::clone(&disk), path.clone(), (limits, Arc::clone(&lock)))?;
        sync_directories(disk.as_ref(), directory)?;
        let used: u64 = store
            .writer
            .query_row(
                "SELECT max(value, coalesce((SELECT max(id) FROM message), 0)) FROM counter WHERE name = 'message_id'",
                [],
                |row| row.get(0),
            )
            .map_err(|e| SpoolError::Open(e.to_string()))?;
        let settled: Option<u64> = store
            .writer
            .query_row("SELECT value FROM counter WHERE name = 'settled'", [], |row| row.get(0))
            .optional()
            .map_err(|e| SpoolError::Open(e.to_string()))?;
        let inbox = Arc::new(Inbox::default());
        let readers = Arc::clone(&store.readers);
        let free_in_bodies = store.bodies.free();
        let settled = Settled::new(settled.unwrap_or(0));
        let digests = Arc::clone(&store.digests);
        let committer = Committer::new(store, Arc::clone(&inbox), used, settled);
        let spool = Self {
            inner: Arc::new(Inner {
                disk,
                readers,
                turns: Turns::default(),
                aside: Aside::default(),
                digests,
                free_in_bodies,
                path,
                limits,
                next_id: AtomicU64::new(used + 1),
                inbox,
                second: ArcSwapOption::empty(),
                thread: Mutex::new(None),
                _lock: lock,
            }),
        };
        Ok((spool, committer))
    }

    /// A number that no message of this server has had or will have.
    pub fn next_id(&self) -> MessageId {
        let number = self.inner.next_id.fetch_add(1, Ordering::Relaxed);
        // 2^53 ids last for 285,000 years at a thousand a second.
        MessageId::new(number).unwrap_or(MessageId::MAX)
    }

    /// Gives out no number up to this any more: the second place has seen messages of this server with them.
    pub fn skip_past(&self, number: u64) {
        self.inner.next_id.fetch_max(number.saturating_add(1), Ordering::Relaxed);
    }

    /// The number that the next message will have; it is not given out by asking.
    pub fn upcoming_id(&self) -> MessageId {
        MessageId::new(self.inner.next_id.load(Ordering::Relaxed)).unwrap_or(MessageId::MAX)
    }

    /// Makes a batch durable. It is handed in by the call, in the order of the calls; what comes back waits
    /// until it has been synced.
    ///
    /// # Errors
    /// Nothing of the batch is stored then; the caller says 4xx or tries again.
    pub fn commit(&self, mut batch: Batch) -> impl Future<Output = Result<(), SpoolError>> + use<> {
        let second = self.inner.second.load_full().filter(|_| batch.concerns_messages());
        let twice = match second {
            Some(second) if batch.is_new_mail() => {
                Ok(self.commit_twice(second.as_ref().as_ref(), batch))
            }
            second => {
                if let Some(second) = second {
                    batch.will_tell(Arc::clone(second.as_ref()));
                }
                Err(self.hand_in(batch))
            }
        };
        async move {
            match twice {
                Ok(twice) => twice.await,
                Err(once) => once.await,
            }
        }
    }

    /// Hands a batch in by the call; what comes back waits until it has been synced here.
    pub(crate) fn hand_in(
        &self,
        batch: Batch,
    ) -> impl Future<Output = Result<(), SpoolError>> + use<> {
        let (sender, receiver) = oneshot::channel();
        self.inner.inbox.push(batch, Some(sender));
        async move { receiver.await.unwrap_or(Err(SpoolError::Stopped)) }
    }

    /// Hands in a batch whose loss in a crash costs at most a duplicate. It becomes durable
    /// with the next commit, within 50 ms on an idle server.
    pub fn commit_later(&self, mut batch: Batch) {
        if let Some(second) = self.inner.second.load_full().filter(|_| batch.concerns_messages()) {
            batch.will_tell(Arc::clone(second.as_ref()));
        }
        self.inner.inbox.push(batch, None);
    }

    /// Waits until everything that has been handed in so far is written, or has failed to be.
    /// Blocks.
    pub fn flush(&self) {
        let _ = thread::block_on(self.commit(Batch::new()));
    }

    /// Where pressure on the disk begins.
    pub fn disk_limits(&self) -> DiskLimits {
        self.inner.limits
    }

    /// The spool's disk; what is free within the spool's own files counts as free. Blocks.
    ///
    /// # Errors
    /// When the system does not say, or the file cannot be read.
    pub fn disk_space(&self) -> Result<DiskSpace, SpoolError> {
        let mut space = self
            .inner
            .disk
            .space(&self.inner.path)
            .map_err(|e| SpoolError::Write(e.to_string()))?;
        space.free += self.inner.readers.with(schema::free_bytes)?;
        space.free += self.inner.free_in_bodies.load(Ordering::Relaxed);
        Ok(space)
    }

    /// The file that messages are in.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Bytes of the file (`store`) and of the log in front of it (`log`), as far as they are
    /// there.
    pub fn file_sizes(&self) -> Vec<(&'static str, u64)> {
        let log = self.inner.path.with_extension("db-wal");
        let size = |name, path: &Path| Some((name, std::fs::metadata(path).ok()?.len()));
        size("store", &self.inner.path).into_iter().chain(size("log", &log)).collect()
    }

    /// What waits for the committing thread now.
    pub fn backlog(&self) -> Backlog {
        let (batches, bytes) = self.inner.inbox.backlog();
        Backlog { batches: batches as u64, bytes: bytes as u64 }
    }

    /// Makes what the spool counts readable in `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.inbox.metrics.register(registry);
    }

    /// Whether so many changes that nobody waits for are owed, because the disk does not take them,
    /// that no more should be made.
    pub fn is_behind(&self) -> bool {
        self.inner.inbox.is_behind()
    }

    /// Whether new messages are refused after repeated write failures.
    pub fn is_stopped(&self) -> bool {
        self.inner.inbox.is_stopped()
    }

    /// Reads a message's content back. Blocks: call it from a thread that may.
    ///
    /// # Errors
    /// [`SpoolError::Damaged`] when it is not what was stored, or is gone; another when the message
    /// is not there or the disk cannot be read; [`SpoolError::Closed`] for the few seconds in which
    /// the file is not open after a failure.
    pub fn content(&self, id: MessageId) -> Result<Bytes, SpoolError> {
        let id = id.as_u64();
        self.inner.readers.with(|reader| {
            let content = content::read(reader, self.place(), id)?;
            content.map(Bytes::from).ok_or_else(|| content::missing(reader, id))
        })
    }

    /// Whether nothing can be read or written until a probe has opened the file again.
    pub fn is_closed(&self) -> bool {
        self.inner.readers.is_closed()
    }

    /// Lines of events that were stored and not forgotten, with their numbers, in order. Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events(&self) -> Result<Vec<(u64, Vec<u8>)>, SpoolError> {
        self.inner.readers.with(|reader| {
            let mut statement = reader.prepare("SELECT number, line FROM event ORDER BY number")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Which message the file called `file` has become, if it is known to be one
    /// ([`Batch::taken`]). Blocks.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn taken(&self, file: &str) -> Result<Option<MessageId>, SpoolError> {
        let id: Option<u64> = self.inner.readers.with(|reader| {
            let query = "SELECT message FROM taken WHERE file = ?1";
            let mut statement = reader.prepare_cached(query)?;
            Ok(statement.query_row([file], |row| row.get(0)).optional()?)
        })?;
        Ok(id.and_then(MessageId::new))
    }

    /// Everything that is not finished, for the start of the Transport service. Pages through
    /// the file in short reads.
    ///
    /// # Errors
    /// When the file cannot be read at all; a damaged record is reported beside the others.
    pub fn contents(&self) -> Result<Contents, SpoolError> {
        let mut contents = Contents::default();
        let mut after = 0;
        loop {
            let page = self.inner.readers.with(|reader| stored::page(reader, after, PAGE))?;
            let Some((last, _)) = page.last() else { return Ok(contents) };
            after = *last;
            for (_, message) in page {
                match message {
                    Ok(message) => contents.messages.push(message),
                    Err(damaged) => contents.damaged.push(damaged),
                }
            }
        }
    }

    pub(crate) fn second(&self) -> &ArcSwapOption<Arc<dyn Durability>> {
        &self.inner.second
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.inner.readers
    }

    /// Where the database is, and on which disk.
    pub(crate) fn place(&self) -> (&dyn Disk, &Path) {
        (self.inner.disk.as_ref(), &self.inner.path)
    }

    pub(crate) fn aside(&self) -> &Aside {
        &self.inner.aside
    }

    pub(crate) fn digests(&self) -> &Digests {
        &self.inner.digests
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.inner.turns
    }
}

/// Makes the file's own entry, and the directory's, survive a power cut.
fn sync_directories(disk: &dyn Disk, directory: &Path) -> Result<(), SpoolError> {
    for path in [Some(directory), directory.parent()].into_iter().flatten() {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        disk.sync_directory(path)
            .map_err(|e| SpoolError::Open(format!("{}: {e}", path.display())))?;
    }
    Ok(())
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the spool's thread ended badly");
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
