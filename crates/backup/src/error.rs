//! Why there is no backup, or nothing comes back from one.

use std::{
    io,
    path::{Path, PathBuf},
};

use directory::DirectoryError;
use spool::{CopyError, LockError, RescueError, SpoolError};
use thiserror::Error;
use vault::VaultError;

/// A backup could not be made, is not good, or could not be restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file or directory could not be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Something is there that would be overwritten.
    #[error("{} is there already; nothing is overwritten: name another one", .0.display())]
    Exists(PathBuf),
    /// A place that cannot be used.
    #[error("{}: {reason}", path.display())]
    Place {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What should be a backup is none, or is not as it was made.
    #[error("{} is not a good backup: {reason}", path.display())]
    Bad {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The backup was made by a newer version.
    #[error(
        "this backup was made by Relais {made_by}: its {what} has format {found}, and this version ({here}) knows formats up to {known}. Restore it with Relais {made_by} or newer"
    )]
    Newer {
        /// What of it.
        what: &'static str,
        /// Its format.
        found: u64,
        /// The newest format that is known here.
        known: u64,
        /// The version that made it.
        made_by: String,
        /// This version.
        here: String,
    },
    /// Another key than the one the backup needs.
    #[error(
        "{} is not the key of this backup: it has the fingerprint {found}, and the backup needs {needed}",
        path.display()
    )]
    WrongKey {
        /// The key's file.
        path: PathBuf,
        /// Its fingerprint.
        found: String,
        /// The fingerprint that the backup names.
        needed: String,
    },
    /// There is not enough room.
    #[error("{} needs {need} bytes and its disk has {free} free", path.display())]
    NoRoom {
        /// Where.
        path: PathBuf,
        /// Bytes that are needed.
        need: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The data key cannot be read or written.
    #[error("the data key: {0}")]
    Key(#[from] VaultError),
    /// The spool cannot be copied.
    #[error("the spool: {0}")]
    Copy(#[from] CopyError),
    /// The spool of a backup cannot be opened or written.
    #[error("the spool: {0}")]
    Spool(#[from] SpoolError),
    /// The spool of a backup cannot be looked into.
    #[error("the spool: {0}")]
    Rescue(#[from] RescueError),
    /// The directory cannot be copied or read.
    #[error("the directory: {0}")]
    Directory(#[from] DirectoryError),
    /// A server runs.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl BackupError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::File { path, cause }
    }

    pub(crate) fn bad(path: &Path, reason: impl Into<String>) -> Self {
        Self::Bad { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn place(path: &Path, reason: impl Into<String>) -> Self {
        Self::Place { path: path.to_owned(), reason: reason.into() }
    }
}
