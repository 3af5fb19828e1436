//! The directory: the present snapshot for all to read without a lock, and one writer at a time
//! that makes a change durable before anybody sees it.
//!
//! What is beneath is the embedded store, or one that several servers share (`sharing`). There other servers
//! write too: what they changed is read by [`Directory::refresh`], and a change that was planned from
//! what is not true any more is planned again. The file is then a copy of what was seen last.

mod plan;
mod sharing;
#[cfg(test)]
mod tests;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use model::Clock;
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use vault::{DataKey, Sealed, VaultError};
use zeroize::Zeroizing;

use crate::{
    audit::{Audit, AuditRecord},
    bootstrap,
    database::Database,
    error::DirectoryError,
    integrity,
    object::Change,
    rows::{self, Commit, Content, News},
    snapshot::Snapshot,
    store::{SharedStore, Store},
};

/// How often a change is planned again when other servers were faster. Each time one of them has got on.
const TRIES: usize = 10;

/// The organization's directory. Cheap to clone; all clones are the same directory.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
}

struct Inner {
    snapshot: ArcSwap<Snapshot>,
    revision: watch::Sender<u64>,
    /// Held while a change is made or read, so that one follows the other.
    writer: Mutex<Writer>,
    file: Database,
    /// Where the directory is, when it is not in the file. Exchanged by the writer only.
    shared: RwLock<Option<Arc<dyn SharedStore>>>,
    /// Said of every picture that is published.
    may_lack_recipients: AtomicBool,
    /// What an earlier version lacks is still to be added.
    is_incomplete: AtomicBool,
    key: DataKey,
    clock: Arc<dyn Clock>,
}

struct Writer {
    /// The copy lacks what is in the snapshot.
    copy_is_behind: bool,
}

impl Directory {
    /// Opens the directory in the file `path`, which is made (mode 0600) when it is missing.
    /// Secrets are sealed with `key`. Blocks on the disk.
    ///
    /// # Errors
    /// - [`DirectoryError::IsCopy`]: the directory itself is elsewhere, see [`Directory::open_on_engine`]
    /// - others: the file cannot be used, is of a newer format, or holds a damaged object
    pub fn open(path: &Path, key: DataKey, clock: Arc<dyn Clock>) -> Result<Self, DirectoryError> {
        let file = Database::open(path)?;
        if file.is_copy()? {
            return Err(DirectoryError::IsCopy { path: path.to_owned() });
        }
        let snapshot = file.read()?.snapshot()?;
        let directory = Self::of(file, None, snapshot, key, clock);
        directory.complete()?;
        Ok(directory)
    }

    fn of(
        file: Database,
        shared: Option<Arc<dyn SharedStore>>,
        snapshot: Snapshot,
        key: DataKey,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (revision, _) = watch::channel(snapshot.revision);
        let inner = Inner {
            snapshot: ArcSwap::from_pointee(snapshot),
            revision,
            writer: Mutex::new(Writer { copy_is_behind: false }),
            file,
            shared: RwLock::new(shared),
            may_lack_recipients: AtomicBool::new(false),
            is_incomplete: AtomicBool::new(false),
            key,
            clock,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Adds what every organization has and one of an earlier version lacks. Where several servers do so
    /// at once, one has done it and the others see that.
    fn complete(&self) -> Result<(), DirectoryError> {
        let mut tries = TRIES;
        loop {
            let present = self.snapshot();
            let missing = bootstrap::missing_objects(&present);
            if missing.is_empty() {
                return Ok(());
            }
            let audit = Audit {
                user: "relais".to_owned(),
                client: None,
                cmdlet: "upgrade".to_owned(),
                parameters: Default::default(),
            };
            tries -= 1;
            match self.apply(missing, audit) {
                Err(_) if tries > 0 && self.snapshot().revision != present.revision => {}
                done => return done.map(drop),
            }
        }
    }

    /// Whether nothing was ever created: the first start.
    pub fn is_empty(&self) -> bool {
        self.inner.snapshot.load().is_empty()
    }

    /// The present picture. Never blocks.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.snapshot.load_full()
    }

    /// Tells of every change, whoever made it: the revision after it.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    /// Makes all changes or none, durable when this returns, and writes the audit record in the
    /// same breath. Without changes only the record is written. Returns the revision. Blocks on
    /// the disk, or on the engine: up to half a minute when that does not answer.
    ///
    /// # Errors
    /// - [`DirectoryError::Conflict`], [`DirectoryError::NotFound`]: somebody was faster
    /// - [`DirectoryError::Rule`]: the objects, or the directory with them, would break a rule
    /// - [`DirectoryError::ReadOnly`]: the engine cannot be reached
    /// - [`DirectoryError::InDoubt`]: the engine failed meanwhile; the change may have been made
    /// - others: the store failed
    pub fn apply(&self, changes: Vec<Change>, audit: Audit) -> Result<u64, DirectoryError> {
        let mut writer = self.inner.writer.lock();
        match self.shared() {
            None => self.attempt(&self.inner.file, changes, &audit).map(|commit| commit.revision),
            Some(shared) => self
                .apply_among_others(&mut writer, &*shared, &changes, &audit)
                .map_err(DirectoryError::of_a_change),
        }
    }

    /// Plans again from what other servers have made of the directory, until that is what it is. A refusal
    /// counts only then, too: it may be about what has gone meanwhile.
    fn apply_among_others(
        &self,
        writer: &mut Writer,
        shared: &dyn SharedStore,
        changes: &[Change],
        audit: &Audit,
    ) -> Result<u64, DirectoryError> {
        for _ in 0..TRIES {
            let planned_from = self.snapshot().revision;
            match self.attempt(shared, changes.to_vec(), audit) {
                Ok(commit) => {
                    self.keep_copy(writer, &commit.changed, &commit.removed);
                    return Ok(commit.revision);
                }
                Err(DirectoryError::ChangedOutside) => {
                    self.catch_up(writer, shared)?;
                }
                Err(error) if error.is_about_objects() => {
                    if self.catch_up(writer, shared)? == planned_from {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(DirectoryError::Busy)
    }

    /// Plans the changes from the present snapshot, writes them and swaps in what comes of them.
    fn attempt(
        &self,
        store: &dyn Store,
        changes: Vec<Change>,
        audit: &Audit,
    ) -> Result<Commit, DirectoryError> {
        let now = self.inner.clock.now();
        let present = self.snapshot();
        let steps = plan::plan(&present, changes, now)?;
        let revision = if steps.is_empty() { present.revision } else { present.revision + 1 };
        let next = present.after(&steps, revision);
        integrity::check(&present, &next, &steps)?;
        let commit = Commit::of((present.revision, revision), &steps, audit, now);
        store.commit(&commit)?;
        if !steps.is_empty() {
            self.publish(next);
        }
        Ok(commit)
    }

    /// Reads what other servers have changed and swaps it in; nothing, where the directory is embedded. Returns
    /// the revision. Blocks on the engine.
    ///
    /// # Errors
    /// - [`DirectoryError::Unreachable`]: the engine cannot be reached
    /// - [`DirectoryError::Damaged`]: it holds what this version does not understand
    /// - others: it failed, or holds another organization
    pub fn refresh(&self) -> Result<u64, DirectoryError> {
        let mut writer = self.inner.writer.lock();
        let Some(shared) = self.shared() else { return Ok(self.snapshot().revision) };
        self.catch_up(&mut writer, &*shared)?;
        drop(writer);
        self.complete_in_time()?;
        Ok(self.snapshot().revision)
    }

    /// The same for who has heard that the directory is at `revision`: costs nothing when that is known.
    ///
    /// # Errors
    /// As [`Directory::refresh`].
    pub fn refresh_to(&self, revision: u64) -> Result<u64, DirectoryError> {
        let is_known = self.snapshot().revision == revision;
        if is_known && !self.inner.is_incomplete.load(Ordering::Relaxed) {
            return Ok(revision);
        }
        self.refresh()
    }

    /// Adds what is missing if that is still to be done; later, if the engine is away just now.
    fn complete_in_time(&self) -> Result<(), DirectoryError> {
        if !self.inner.is_incomplete.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        match self.complete() {
            Err(DirectoryError::ReadOnly(_) | DirectoryError::InDoubt(_)) => {
                self.inner.is_incomplete.store(true, Ordering::Relaxed);
                Ok(())
            }
            done => done,
        }
    }

    /// Swaps in what the shared store has that is new.
    fn catch_up(
        &self,
        writer: &mut Writer,
        shared: &dyn SharedStore,
    ) -> Result<u64, DirectoryError> {
        let present = self.snapshot();
        match shared.read_since(present.revision)? {
            News::Nothing if !writer.copy_is_behind => {}
            News::Nothing => self.keep_copy(writer, &[], &[]),
            News::Since { revision, changed, removed } => {
                let steps = rows::steps(&present, &changed, &removed)?;
                self.publish(present.after(&steps, revision));
                self.keep_copy(writer, &changed, &removed);
            }
            News::All(content) => {
                let next = content.snapshot()?;
                present.refuse_another(&next)?;
                if !next.is_same_as(&present) {
                    self.publish(next);
                    writer.copy_is_behind = true;
                    self.keep_copy(writer, &[], &[]);
                }
            }
        }
        Ok(self.snapshot().revision)
    }

    /// Writes to the copy what has changed, or all of it if it is behind. Nothing depends on the copy as long
    /// as the engine is there: that it cannot be written is no reason to stop.
    fn keep_copy(&self, writer: &mut Writer, changed: &[rows::ObjectRow], removed: &[String]) {
        let snapshot = self.snapshot();
        let kept = if writer.copy_is_behind {
            self.inner.file.replace(&Content::of(&snapshot))
        } else {
            self.inner.file.follow(snapshot.revision, changed, removed)
        };
        writer.copy_is_behind = kept.is_err();
        if let Err(error) = kept {
            tracing::warn!(%error, "the copy of the engine's directory cannot be written");
        }
    }

    /// Says whether somebody may be missing in the pictures of this server from now on, because where recipients come
    /// from could not be read: [`Snapshot::may_lack_recipients`].
    pub fn doubt_recipients(&self, may_lack: bool) {
        let _writer = self.inner.writer.lock();
        if self.inner.may_lack_recipients.swap(may_lack, Ordering::Relaxed) != may_lack {
            self.publish(Snapshot::clone(&self.snapshot()));
        }
    }

    fn publish(&self, mut next: Snapshot) {
        next.may_lack_recipients = self.inner.may_lack_recipients.load(Ordering::Relaxed);
        let revision = next.revision;
        self.inner.snapshot.store(Arc::new(next));
        self.inner.revision.send_replace(revision);
    }

    fn shared(&self) -> Option<Arc<dyn SharedStore>> {
        self.inner.shared.read().clone()
    }

    /// Encrypts a secret for the store. The context binds it to its use: the GUID of the object
    /// that will hold it, so that nobody can move it to another.
    ///
    /// # Errors
    /// When encryption fails.
    pub fn seal(&self, secret: &str, context: &str) -> Result<Sealed, DirectoryError> {
        Ok(self.inner.key.seal(secret.as_bytes(), context)?)
    }

    /// Decrypts a secret that was sealed with the same context.
    ///
    /// # Errors
    /// When it was sealed with another key or context, or is damaged.
    pub fn unseal(
        &self,
        sealed: &Sealed,
        context: &str,
    ) -> Result<Zeroizing<String>, DirectoryError> {
        let mut bytes = self.inner.key.open(sealed, context)?;
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(secret) => Ok(Zeroizing::new(secret)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(VaultError::CannotOpen.into())
            }
        }
    }

    /// The newest `limit` audit records of the organization, the newest first. Blocks on the disk or
    /// the engine.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit_log(&self, limit: usize) -> Result<Vec<AuditRecord>, DirectoryError> {
        let rows = match self.shared() {
            None => self.inner.file.audit_log(limit)?,
            Some(shared) => shared.audit_log(limit)?,
        };
        Ok(rows.into_iter().map(|(id, row)| row.record(id)).collect())
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("revision", &self.snapshot().revision)
            .finish_non_exhaustive()
    }
}
