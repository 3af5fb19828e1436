//! Why the directory, or the store beneath it, could not be read or changed.

use std::{io, path::PathBuf};

use model::Guid;
use thiserror::Error;
use vault::VaultError;

use crate::{object::Class, rule::RuleError};

/// An error of the directory. A change that ends in one has changed nothing.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// The file could not be made or opened.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("the directory's file: {0}")]
    Storage(#[from] rusqlite::Error),
    /// The file was written by a newer version of the program.
    #[error(
        "the directory has format {found}, and this version of Relais reads formats up to {known}: a newer version wrote it. Nothing was changed. Start the newer version, or restore a backup of the time before it"
    )]
    NewerFormat {
        /// The file's format.
        found: i64,
        /// The newest format that can be read.
        known: i64,
    },
    /// A stored object cannot be understood.
    #[error("the stored {class} {guid} is damaged: {problem}")]
    Damaged {
        /// What it should be.
        class: String,
        /// Which.
        guid: String,
        /// What is wrong.
        problem: String,
    },
    /// Another program has changed the file meanwhile.
    #[error("another program has changed the directory's file; restart the server")]
    ChangedOutside,
    /// The engine that holds the directory cannot be reached; what is known of it can be read.
    #[error("the directory is read-only while the engine cannot be reached: {0}")]
    ReadOnly(String),
    /// The engine cannot be reached, and what was asked only it knows.
    #[error("the engine cannot be reached: {0}")]
    Unreachable(String),
    /// The engine failed in the middle of a change, which may have been made.
    #[error("it is not known whether the change was made; look before you ask for it again: {0}")]
    InDoubt(String),
    /// The engine is there, but did not do what was asked.
    #[error("the directory on the engine: {0}")]
    Engine(String),
    /// Whenever the change was to be written another server had just written one.
    #[error("other servers change the directory at the same time; try again")]
    Busy,
    /// A directory cannot be moved to an engine that holds another.
    #[error(
        "the engine holds the directory of the organization \"{organization}\" already: join that, or empty the engine first"
    )]
    Occupied {
        /// Whose it is.
        organization: String,
    },
    /// There is nothing to join on the engine.
    #[error("the engine does not hold the directory of an organization")]
    NoOrganization,
    /// The engine holds another organization than the one this server belongs to.
    #[error(
        "the engine holds the directory of another organization, \"{there}\", than this server's, \"{here}\""
    )]
    OtherOrganization {
        /// The organization on the engine.
        there: String,
        /// This server's.
        here: String,
    },
    /// The file is a copy, and where the directory itself is was not said.
    #[error(
        "{} is a copy of a directory that is on an engine: say where the engine is", path.display()
    )]
    IsCopy {
        /// Which file.
        path: PathBuf,
    },
    /// The file is a directory of its own, where a copy of the engine's was expected.
    #[error(
        "{} holds an organization of its own: move it to the engine, or join the engine's", path.display()
    )]
    NotCopy {
        /// Which file.
        path: PathBuf,
    },
    /// The directory is on an engine already.
    #[error("the directory is on an engine already")]
    OnEngine,
    /// The directory is not on an engine.
    #[error("the directory is not on an engine")]
    NotOnEngine,
    /// There is no object with this GUID any more.
    #[error("the object {0} does not exist any more")]
    NotFound(Guid),
    /// Somebody else has changed the object since it was read, or one change names it twice.
    #[error("the {} \"{name}\" was changed by somebody else meanwhile; read it again", class.noun())]
    Conflict {
        /// What it is.
        class: Class,
        /// Its present name.
        name: String,
    },
    /// An object with this GUID is there already.
    #[error("an object with the GUID {0} exists already")]
    Exists(Guid),
    /// A rule about the object, or about several objects, is broken.
    #[error("{0}")]
    Rule(#[from] RuleError),
    /// A secret could not be sealed or opened.
    #[error("{0}")]
    Secret(#[from] VaultError),
}

/// Why a store did not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It is at another revision than the change was planned from. Nothing was written.
    #[error("it has been changed meanwhile")]
    Outdated,
    /// It cannot be reached. Nothing was written.
    #[error("{0}")]
    Unreachable(String),
    /// What was asked may have been done, and may be lost again.
    #[error("{0}")]
    InDoubt(String),
    /// It is there and did not do it. Nothing was written.
    #[error("{0}")]
    Refused(String),
    /// The embedded store failed. Nothing was written.
    #[error(transparent)]
    File(#[from] rusqlite::Error),
}

impl From<StoreError> for DirectoryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Outdated => Self::ChangedOutside,
            StoreError::Unreachable(text) => Self::Unreachable(text),
            StoreError::InDoubt(text) => Self::InDoubt(text),
            StoreError::Refused(text) => Self::Engine(text),
            StoreError::File(error) => Self::Storage(error),
        }
    }
}

impl DirectoryError {
    /// Whether it depends on what there is in the directory.
    pub fn is_about_objects(&self) -> bool {
        matches!(self, Self::NotFound(_) | Self::Conflict { .. } | Self::Exists(_) | Self::Rule(_))
    }

    /// The same, of a change.
    pub(crate) fn of_a_change(self) -> Self {
        match self {
            Self::Unreachable(text) => Self::ReadOnly(text),
            other => other,
        }
    }

    /// The broken rule, when it is one: the caller's fault, not the store's.
    pub fn rule(&self) -> Option<&RuleError> {
        match self {
            Self::Rule(rule) => Some(rule),
            _ => None,
        }
    }
}
