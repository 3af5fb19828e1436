//! What kind of log it is (never changes) and what an administrator may set (changes while the
//! server runs).

use std::path::PathBuf;

use model::{ByteSize, TimeSpan, Unlimited};

/// What all files of a log have in common.
#[derive(Debug, Clone, Copy)]
pub struct LogFormat {
    /// The beginning of each file's name: `MSGTRK`.
    pub prefix: &'static str,
    /// `#Log-Type`: `Message Tracking Log`.
    pub log_type: &'static str,
    /// `#Fields`, separated by commas; the first is `date-time`.
    pub fields: &'static str,
    /// Whether somebody relies on [`flush`](super::LogFiles::flush): rows are kept in memory until
    /// they are on disk for certain, and written again when a sync has failed.
    pub durable: bool,
}

/// Where a log is and how much of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// The folder; `None`: the log is off and rows are forgotten.
    pub folder: Option<PathBuf>,
    /// A file that would grow beyond this is followed by the next one.
    pub max_file_size: Unlimited<ByteSize>,
    /// All files of the log together; the oldest are deleted.
    pub max_directory_size: Unlimited<ByteSize>,
    /// Files of days that are over for longer than this are deleted; 0: they are kept.
    pub max_age: TimeSpan,
}

impl LogSettings {
    /// A log that is off.
    pub const OFF: Self = Self {
        folder: None,
        max_file_size: Unlimited::Unlimited,
        max_directory_size: Unlimited::Unlimited,
        max_age: TimeSpan::millis(0),
    };

    /// MaxFileSize in bytes.
    pub(crate) fn file_limit(&self) -> u64 {
        self.max_file_size.limit().map_or(u64::MAX, ByteSize::as_u64)
    }

    /// MaxDirectorySize in bytes.
    pub(crate) fn directory_limit(&self) -> u64 {
        self.max_directory_size.limit().map_or(u64::MAX, ByteSize::as_u64)
    }
}
