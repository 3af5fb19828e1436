//! What can go wrong with the spool. It is always local trouble and never the sender's fault:
//! towards a client every one of these is a 4xx (DESIGN section 6).

use thiserror::Error;

/// The spool could not do what was asked.
#[derive(Debug, Clone, Error)]
pub enum SpoolError {
    /// The disk is full; nothing was stored.
    #[error("the spool's disk is full")]
    Full,
    /// A write or sync failed; nothing of this batch may be taken as stored.
    #[error("the spool could not write: {0}")]
    Write(String),
    /// Somebody else holds the file's lock; nothing was stored.
    #[error("the spool's file is locked by another program")]
    Locked,
    /// Two commits in a row failed: nothing is accepted until the program is started again.
    #[error("the spool has stopped accepting after repeated write failures")]
    Stopped,
    /// The file is not a spool of ours, or of a version this program does not know.
    #[error("the spool cannot be opened: {0}")]
    Open(String),
    /// A stored message could not be read back.
    #[error("message {id} cannot be read from the spool: {reason}")]
    Read {
        /// The message's number.
        id: u64,
        /// What failed.
        reason: String,
    },
}

impl From<rusqlite::Error> for SpoolError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Locked
            }
            _ => Self::Write(error.to_string()),
        }
    }
}
