//! Why the directory could not be read or changed.

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
        "the directory has format {found}, and this version of Relais reads formats up to {known}"
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

impl DirectoryError {
    /// The broken rule, when it is one: the caller's fault, not the store's.
    pub fn rule(&self) -> Option<&RuleError> {
        match self {
            Self::Rule(rule) => Some(rule),
            _ => None,
        }
    }
}
