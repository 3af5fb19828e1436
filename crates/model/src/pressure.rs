//! What back pressure speaks of: resources, how scarce they are, and what becomes of new mail
//! (transport.md section 6). Who watches them is in `resources`; who acts, in `transport`.

use std::{fmt, str::FromStr};

use crate::ValueError;

/// How scarce a resource is (transport.md section 6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PressureLevel {
    /// There is enough.
    #[default]
    Normal,
    /// New mail is delayed or refused, so that there is room for what has been accepted.
    Medium,
    /// Only what is needed to finish accepted mail is done.
    High,
}

impl PressureLevel {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

impl fmt::Display for PressureLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What can become scarce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The disk of the spool, which is the queue database.
    DatabaseDisk,
    /// The disk of the message tracking log, where that is another one.
    LogDisk,
    /// Memory of this process.
    ProcessMemory,
    /// Memory of all processes.
    AllMemory,
    /// Changes that wait for the spool's committing thread, in buckets of 64 KiB.
    VersionBuckets,
    /// Batches of changes that wait for it.
    BatchPoints,
    /// Messages that are accepted and not yet categorized.
    SubmissionQueue,
}

impl Resource {
    /// All of them, in the documented order.
    pub const ALL: [Self; 7] = [
        Self::DatabaseDisk,
        Self::LogDisk,
        Self::VersionBuckets,
        Self::BatchPoints,
        Self::ProcessMemory,
        Self::AllMemory,
        Self::SubmissionQueue,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::DatabaseDisk => "DatabaseDisk",
            Self::LogDisk => "LogDisk",
            Self::ProcessMemory => "ProcessMemory",
            Self::AllMemory => "AllMemory",
            Self::VersionBuckets => "VersionBuckets",
            Self::BatchPoints => "BatchPoints",
            Self::SubmissionQueue => "SubmissionQueue",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Resource {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let found = Self::ALL.into_iter().find(|r| r.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| {
            ValueError::new(
                text,
                "is not a resource",
                "DatabaseDisk, LogDisk, VersionBuckets, BatchPoints, ProcessMemory, AllMemory or SubmissionQueue",
            )
        })
    }
}

/// What becomes of new mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NewMail {
    /// It is accepted.
    #[default]
    Accepted,
    /// It is accepted after a while (tarpit).
    Delayed,
    /// It is refused unless another Exchange server brings it; Pickup and Replay pause.
    RefusedFromOthers,
    /// It is refused whoever brings it.
    Refused,
}

impl fmt::Display for NewMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "Accepted",
            Self::Delayed => "Delayed",
            Self::RefusedFromOthers => "RefusedFromOthers",
            Self::Refused => "Refused",
        })
    }
}
