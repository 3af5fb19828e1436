//! The embedded directory: the present snapshot for all to read without a lock, and one writer
//! at a time that makes a change durable before anybody sees it.

#[cfg(test)]
mod tests;

use std::{collections::HashSet, path::Path, sync::Arc};

use arc_swap::ArcSwap;
use model::{Clock, Guid, Timestamp};
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::watch;
use vault::{DataKey, Sealed, VaultError};
use zeroize::Zeroizing;

use crate::{
    audit::{Audit, AuditRecord},
    bootstrap, database,
    error::DirectoryError,
    integrity,
    object::{Change, Object},
    snapshot::{Snapshot, Step},
};

/// The organization's directory. Cheap to clone; all clones are the same directory.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
}

struct Inner {
    snapshot: ArcSwap<Snapshot>,
    revision: watch::Sender<u64>,
    /// Held while a change is made, so that one follows the other.
    writer: Mutex<Connection>,
    key: DataKey,
    clock: Arc<dyn Clock>,
}

impl Directory {
    /// Opens the directory in the file `path`, which is made (mode 0600) when it is missing.
    /// Secrets are sealed with `key`. Blocks on the disk.
    ///
    /// # Errors
    /// When the file cannot be used, is of a newer format, or holds a damaged object.
    pub fn open(path: &Path, key: DataKey, clock: Arc<dyn Clock>) -> Result<Self, DirectoryError> {
        let connection = database::open(path)?;
        let snapshot = database::read(&connection)?;
        let (revision, _) = watch::channel(snapshot.revision);
        let inner = Inner {
            snapshot: ArcSwap::from_pointee(snapshot),
            revision,
            writer: Mutex::new(connection),
            key,
            clock,
        };
        let directory = Self { inner: Arc::new(inner) };
        directory.complete()?;
        Ok(directory)
    }

    /// Adds what every organization has and one of an earlier version lacks.
    fn complete(&self) -> Result<(), DirectoryError> {
        let missing = bootstrap::missing_objects(&self.snapshot());
        if missing.is_empty() {
            return Ok(());
        }
        let audit = Audit {
            user: "relais".to_owned(),
            client: None,
            cmdlet: "upgrade".to_owned(),
            parameters: Default::default(),
        };
        self.apply(missing, audit).map(drop)
    }

    /// Whether nothing was ever created: the first start.
    pub fn is_empty(&self) -> bool {
        self.inner.snapshot.load().is_empty()
    }

    /// The present picture. Never blocks.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.snapshot.load_full()
    }

    /// Tells of every change: the revision after it.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.revision.subscribe()
    }

    /// Makes all changes or none, durable when this returns, and writes the audit record in the
    /// same breath. Without changes only the record is written. Returns the revision. Blocks on
    /// the disk.
    ///
    /// # Errors
    /// - [`DirectoryError::Conflict`], [`DirectoryError::NotFound`]: somebody was faster
    /// - [`DirectoryError::Rule`]: the objects, or the directory with them, would break a rule
    /// - others: the store failed
    pub fn apply(&self, changes: Vec<Change>, audit: Audit) -> Result<u64, DirectoryError> {
        let mut connection = self.inner.writer.lock();
        let now = self.inner.clock.now();
        let present = self.snapshot();
        let steps = plan(&present, changes, now)?;
        let revision = if steps.is_empty() { present.revision } else { present.revision + 1 };
        let next = present.after(&steps, revision);
        integrity::check(&present, &next, &steps)?;
        database::write(&mut connection, (present.revision, revision), &steps, &audit, now)?;
        if !steps.is_empty() {
            self.inner.snapshot.store(Arc::new(next));
            self.inner.revision.send_replace(revision);
        }
        Ok(revision)
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

    /// The newest `limit` audit records, the newest first. Blocks on the disk.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit_log(&self, limit: usize) -> Result<Vec<AuditRecord>, DirectoryError> {
        database::audit_log(&self.inner.writer.lock(), limit)
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("revision", &self.snapshot().revision)
            .finish_non_exhaustive()
    }
}

/// Compares versions and sets headers: what is to become of which object.
fn plan(
    present: &Snapshot,
    changes: Vec<Change>,
    now: Timestamp,
) -> Result<Vec<Step>, DirectoryError> {
    let mut seen = HashSet::new();
    changes
        .into_iter()
        .map(|change| {
            let step = step(present, change, now)?;
            let object = step.after.as_ref().or(step.before.as_ref());
            match object {
                Some(object) if !seen.insert(object.header().guid) => Err(conflict(object)),
                _ => Ok(step),
            }
        })
        .collect()
}

fn step(present: &Snapshot, change: Change, now: Timestamp) -> Result<Step, DirectoryError> {
    match change {
        Change::Create(mut object) => {
            let header = object.header_mut();
            if present.object(header.guid).is_some() || header.guid.is_nil() {
                return Err(DirectoryError::Exists(header.guid));
            }
            (header.version, header.when_created, header.when_changed) = (1, now, now);
            Ok(Step { before: None, after: Some(object) })
        }
        Change::Update { mut object } => {
            let before = at_version(present, object.header().guid, object.header().version)?;
            if before.class() != object.class() {
                return Err(conflict(&before));
            }
            let when_created = before.header().when_created;
            let header = object.header_mut();
            (header.version, header.when_created, header.when_changed) =
                (header.version + 1, when_created, now);
            Ok(Step { before: Some(before), after: Some(object) })
        }
        Change::Remove { guid, version } => {
            let before = at_version(present, guid, version)?;
            Ok(Step { before: Some(before), after: None })
        }
    }
}

/// The object, if it is still the version that was read.
fn at_version(present: &Snapshot, guid: Guid, version: u64) -> Result<Object, DirectoryError> {
    let object = present.object(guid).ok_or(DirectoryError::NotFound(guid))?;
    if object.header().version == version { Ok(object) } else { Err(conflict(&object)) }
}

fn conflict(object: &Object) -> DirectoryError {
    DirectoryError::Conflict { class: object.class(), name: object.name() }
}
