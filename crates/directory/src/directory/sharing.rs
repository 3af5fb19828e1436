//! From the embedded store to one that the organization's servers share, and back, while the server
//! runs. Whoever reads the directory notices a new revision at most.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use model::Clock;
use vault::DataKey;

use super::Directory;
use crate::{
    database::Database,
    error::{DirectoryError, StoreError},
    rows::Content,
    snapshot::Snapshot,
    store::{SharedStore, Store},
};

/// So many audit records are brought back from a shared store at once.
const PAGE: usize = 500;

impl Directory {
    /// Opens the directory that is in `shared`, of which the file `path` is this server's copy; the file is made (mode
    /// 0600) when it is missing. Where the engine is away what the copy holds is the directory, read-only, until
    /// [`Directory::refresh`] reaches the engine. Blocks on both.
    ///
    /// # Errors
    /// - [`DirectoryError::Unreachable`]: the engine is away, and there is no copy
    /// - [`DirectoryError::NotCopy`]: the file holds an organization that was never moved to the engine
    /// - [`DirectoryError::OtherOrganization`], [`DirectoryError::NoOrganization`]: the engine does not hold
    ///   the organization of the copy
    /// - others: the file or the engine cannot be used
    pub fn open_on_engine(
        path: &Path,
        key: DataKey,
        clock: Arc<dyn Clock>,
        shared: Arc<dyn SharedStore>,
    ) -> Result<Self, DirectoryError> {
        let file = Database::open(path)?;
        let own = file.read()?;
        let is_copy = file.is_copy()?;
        let snapshot = match shared.read() {
            Ok(there) if is_copy => renewed(&file, &own, &there)?,
            // It was on its way to the engine when the server stopped.
            Ok(there) if there.is_same_as(&own) => {
                file.become_copy(None, newest_record(&*shared)?)?;
                there.snapshot()?
            }
            Ok(there) if own.objects.is_empty() => {
                file.become_copy(Some(&there), 0)?;
                there.snapshot()?
            }
            Err(StoreError::Unreachable(_)) if is_copy && !own.objects.is_empty() => {
                own.snapshot()?
            }
            Ok(_) => return Err(DirectoryError::NotCopy { path: path.to_owned() }),
            Err(error) => return Err(error.into()),
        };
        let directory = Self::of(file, Some(shared), snapshot, key, clock);
        directory.inner.is_incomplete.store(true, Ordering::Relaxed);
        directory.complete_in_time()?;
        Ok(directory)
    }

    /// Whether the directory is in a store that servers share.
    pub fn is_on_engine(&self) -> bool {
        self.inner.shared.read().is_some()
    }

    /// Moves the directory from the embedded store to a shared one that holds nothing yet: all objects as they
    /// are, and the audit records. The file becomes a copy. Can be asked for again after a failure in
    /// the middle. Blocks until all of it is there.
    ///
    /// # Errors
    /// - [`DirectoryError::OnEngine`]: it is in a shared store already
    /// - [`DirectoryError::Occupied`]: the store holds another directory
    /// - others: the store or the file failed; the directory is where it was
    pub fn move_to_engine(&self, shared: Arc<dyn SharedStore>) -> Result<(), DirectoryError> {
        let _writer = self.inner.writer.lock();
        let file = &self.inner.file;
        if self.is_on_engine() {
            return Err(DirectoryError::OnEngine);
        }
        let own = file.read()?;
        let there = shared.read()?;
        let last = if there.objects.is_empty() {
            let mut audit: Vec<_> =
                file.audit_log(usize::MAX)?.into_iter().map(|(_, row)| row).collect();
            audit.reverse();
            match shared.fill(own, audit) {
                Err(StoreError::Outdated) => return Err(occupied(&shared.read()?)?),
                filled => filled?,
            }
        } else if there.is_same_as(&own) {
            newest_record(&*shared)?
        } else {
            return Err(occupied(&there)?);
        };
        file.become_copy(None, last)?;
        *self.inner.shared.write() = Some(shared);
        Ok(())
    }

    /// Leaves what the embedded store holds for the directory in a shared one, which this server is a part of
    /// from now on. This server's audit records stay in its file. What an organization of an earlier version
    /// lacks is added with the next [`Directory::refresh`]. Blocks on both.
    ///
    /// # Errors
    /// - [`DirectoryError::OnEngine`]: it is in a shared store already
    /// - [`DirectoryError::NoOrganization`]: the store holds no directory
    /// - others: the store or the file failed; the directory is where it was
    pub fn join(&self, shared: Arc<dyn SharedStore>) -> Result<(), DirectoryError> {
        let _writer = self.inner.writer.lock();
        if self.is_on_engine() {
            return Err(DirectoryError::OnEngine);
        }
        let there = shared.read()?;
        if there.objects.is_empty() {
            return Err(DirectoryError::NoOrganization);
        }
        let next = there.snapshot()?;
        self.inner.file.become_copy(Some(&there), 0)?;
        *self.inner.shared.write() = Some(shared);
        self.inner.is_incomplete.store(true, Ordering::Relaxed);
        self.publish(next);
        Ok(())
    }

    /// Makes this server's copy its own directory, and leaves the shared store as it is. Returns whether the copy
    /// holds everything that was there: objects and audit records are brought back if the engine
    /// can be reached; else the copy is what was seen last, and newer audit records stay behind.
    ///
    /// # Errors
    /// - [`DirectoryError::NotOnEngine`]: it is embedded already
    /// - others: the file failed; the directory is where it was
    pub fn back_to_embedded(&self) -> Result<bool, DirectoryError> {
        let mut writer = self.inner.writer.lock();
        let file = &self.inner.file;
        let shared = self.shared().ok_or(DirectoryError::NotOnEngine)?;
        let brought = self
            .catch_up(&mut writer, &*shared)
            .and_then(|_| bring_audit_back(file, &*shared))
            .inspect_err(|error| tracing::warn!(%error, "the directory comes back incompletely"));
        if writer.copy_is_behind {
            file.replace(&Content::of(&self.snapshot()))?;
            writer.copy_is_behind = false;
        }
        file.become_own()?;
        *self.inner.shared.write() = None;
        Ok(brought.is_ok())
    }
}

/// Brings a copy up to what the engine holds.
fn renewed(file: &Database, own: &Content, there: &Content) -> Result<Snapshot, DirectoryError> {
    let snapshot = there.snapshot()?;
    own.snapshot()?.refuse_another(&snapshot)?;
    if !there.is_same_as(own) {
        file.replace(there)?;
    }
    Ok(snapshot)
}

fn newest_record(shared: &dyn SharedStore) -> Result<u64, DirectoryError> {
    Ok(shared.audit_log(1)?.first().map_or(0, |(id, _)| *id))
}

fn occupied(there: &Content) -> Result<DirectoryError, DirectoryError> {
    let organization = there.snapshot()?.organization.name.clone();
    Ok(DirectoryError::Occupied { organization })
}

fn bring_audit_back(file: &Database, shared: &dyn SharedStore) -> Result<(), DirectoryError> {
    loop {
        let page = shared.audit_after(file.audit_after()?, PAGE)?;
        file.take_audit(&page)?;
        if page.len() < PAGE {
            return Ok(());
        }
    }
}
