//! What can go wrong with the spool. It is always local trouble and never the sender's fault:
//! towards a client every one of these is a 4xx (DESIGN section 6).

use rusqlite::ffi;
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
    /// The file's content makes no sense; nothing was stored, and nothing more will be.
    #[error("the spool's file is damaged: {0}")]
    Corrupt(String),
    /// Two commits in a row failed: nothing is accepted until a probe has been synced.
    #[error("the spool has stopped accepting after repeated write failures")]
    Stopped,
    /// After a failure the file was closed and cannot be opened yet; a probe does it.
    #[error("the spool is being opened again")]
    Closed,
    /// The second place does not have the message, and it was not to be accepted without (shadow redundancy);
    /// nothing was stored.
    #[error("the message could not be made redundant")]
    NotRedundant,
    /// The file cannot be opened, is not a spool of ours, or of a version this program does not know.
    #[error("the spool cannot be opened: {0}")]
    Open(String),
    /// A message is not as it was stored, and that is certain: reading it again gives nothing else.
    #[error("message {id} is damaged in the spool: {reason}")]
    Damaged {
        /// The message's number.
        id: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A stored message could not be read back; that may pass.
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
        // The log's index is a file too; it is told apart only by the extended code.
        if error.sqlite_error().is_some_and(|e| e.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Corrupt(error.to_string())
            }
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Locked
            }
            _ => Self::Write(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: i32) -> String {
        let text = Some("as SQLite puts it".to_owned());
        SpoolError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), text)).to_string()
    }

    #[test]
    fn what_the_disk_does_is_told_apart() {
        let full = "the spool's disk is full";
        assert_eq!(said(ffi::SQLITE_FULL), full);
        assert_eq!(said(ffi::SQLITE_IOERR_SHMSIZE), full);
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_READONLY] {
            assert_eq!(said(code), "the spool could not write: as SQLite puts it");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB] {
            assert_eq!(said(code), "the spool's file is damaged: as SQLite puts it");
        }
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED] {
            assert_eq!(said(code), "the spool's file is locked by another program");
        }
    }
}
