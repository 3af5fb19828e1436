//! The spool's file as its connections see it, and what is done to the file as a whole: the
//! write-ahead log is folded in, space is given back, everything is opened afresh.
//!
//! Folding in is done here and not by SQLite on the side, because its failure matters: after a
//! failed sync the system may have forgotten pages of the file that SQLite counts as folded in,
//! and a later sync succeeds without them. The log still has them. So after any failure all
//! connections are closed, which makes SQLite read the log from its beginning, and all of it is
//! folded in again.

use std::{any::Any, path::PathBuf, sync::Arc};

use rusqlite::Connection;

use crate::{
    Disk, DiskLimits, SpoolError, bodies::Bodies, digest::Digests, readers::Readers, schema,
};

/// Free pages given back at once.
pub(crate) const VACUUM_PAGES: u32 = 2_000;
/// A write-ahead log longer than this is folded in and cut when it is quiet.
const LONG_LOG: u64 = 4 << 20;

pub(crate) struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) path: PathBuf,
    pub(crate) limits: DiskLimits,
    pub(crate) writer: Connection,
    /// Everybody else's.
    pub(crate) readers: Arc<Readers>,
    pub(crate) bodies: Bodies,
    /// What is known of rows for whoever asks.
    pub(crate) digests: Arc<Digests>,
    /// About as many pages have come into the log since it was folded in.
    log_pages: u64,
    /// Kept as long as anything is open.
    _lock: Arc<dyn Any + Send + Sync>,
}

impl Store {
    /// Opens the file, making it when it is new, in a directory that is locked.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        path: PathBuf,
        (limits, lock): (DiskLimits, Arc<dyn Any + Send + Sync>),
    ) -> Result<Self, SpoolError> {
        let writer = schema::open_writer(&path, disk.as_ref())?;
        let readers = Arc::new(Readers::new(path.clone())?);
        let bodies = Bodies::open(Arc::clone(&disk), &path, limits, &writer)?;
        Ok(Self {
            disk,
            path,
            limits,
            writer,
            readers,
            bodies,
            digests: Arc::default(),
            log_pages: 0,
            _lock: lock,
        })
    }

    /// Closes all connections and opens them again. When that fails, which is always said as
    /// [`SpoolError::Open`], nothing can be read or written until it succeeds: readers are told
    /// [`SpoolError::Closed`], and the caller has to see to it that it is tried again.
    pub(crate) fn reopen(&mut self) -> Result<(), SpoolError> {
        // All have to be gone before the first is opened.
        self.readers.close()?;
        self.writer = Connection::open_in_memory().map_err(|e| SpoolError::Open(e.to_string()))?;
        self.writer = schema::open_writer(&self.path, self.disk.as_ref())?;
        self.bodies.look(&self.writer).map_err(|e| SpoolError::Open(e.to_string()))?;
        self.digests.forget_all();
        self.readers.open()
    }

    /// Whether the last attempt to open the file again has failed.
    pub(crate) fn is_closed(&self) -> bool {
        self.readers.is_closed()
    }

    /// Counts what was written, and folds the log in when it has become long.
    pub(crate) fn wrote(&mut self, pages: u64) -> Result<(), SpoolError> {
        self.log_pages += pages;
        self.digests.forget_unused();
        if self.log_pages < u64::from(self.limits.log_pages()) {
            return Ok(());
        }
        self.log_pages = 0;
        self.fold_in("PRAGMA wal_checkpoint(PASSIVE)")?;
        self.bodies.give_back_much(&self.writer)
    }

    /// Folds the log in; after a failure the file is opened afresh and the error returned, or,
    /// where that fails too, why it could not be opened.
    pub(crate) fn fold_in(&mut self, statement: &str) -> Result<(), SpoolError> {
        let folded = self.writer.query_row(statement, [], |_| Ok(()));
        let Err(error) = folded.map_err(SpoolError::from) else { return Ok(()) };
        if !matches!(error, SpoolError::Full | SpoolError::Locked) {
            self.reopen().inspect_err(|_| {
                tracing::error!(%error, "the spool was closed because its log could not be folded in");
            })?;
        }
        Err(error)
    }

    /// Free pages, when there are `least` of them, go back to the file system, a little at a time,
    /// and a long log is cut.
    pub(crate) fn give_space_back(&mut self, least: u32) -> Result<(), SpoolError> {
        self.digests.forget_unused();
        // Whoever is content with a single page is short of space.
        self.bodies.give_back(&self.writer, least <= 1)?;
        let log = self.path.with_extension("db-wal");
        if self.vacuum(least)? || self.disk.length(&log).is_ok_and(|length| length > LONG_LOG) {
            self.log_pages = 0;
            self.fold_in("PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Ok(())
    }

    /// Whether there was something to give back.
    fn vacuum(&self, least: u32) -> Result<bool, SpoolError> {
        let free: u32 = self.writer.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
        if free < least.max(1) {
            return Ok(false);
        }
        // Pages that are moved go through the log, which needs room itself.
        let room = self.disk.space(&self.path).map_or(u64::MAX, |space| space.free / 4 / 4096);
        let pages = room.clamp(16, u64::from(VACUUM_PAGES));
        let statement = format!("PRAGMA incremental_vacuum({pages})");
        let mut statement = self.writer.prepare(&statement)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::RealDisk;

    /// What a failed sync may do: pages that SQLite counts as folded in are not in the file.
    #[test]
    fn pages_that_the_system_forgot_are_folded_in_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("spool.db");
        let limits = DiskLimits::of_size(1 << 40);
        let mut store =
            Store::open(Arc::new(RealDisk), path.clone(), (limits, Arc::new(()))).unwrap();
        store.fold_in("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        let insert = "INSERT INTO content VALUES (1, zeroblob(100000))";
        store.writer.execute(insert, []).unwrap();
        store.fold_in("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        let size = file.metadata().unwrap().len();
        assert!(size > before, "it was folded in");
        file.write_all_at(&vec![0; (size - before) as usize], before).unwrap();

        store.reopen().unwrap();
        store.fold_in("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let verdict: String =
            store.writer.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        let content = store
            .readers
            .with(|reader| crate::content::read(reader, (&RealDisk, &path), 1))
            .unwrap();
        assert_eq!(content.unwrap().len(), 100_000);
    }
}
