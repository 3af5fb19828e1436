//! Identities: the number of a message on its server, and GUIDs of objects.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValueError;

/// A GUID, shown in lower case with hyphens.
pub type Guid = uuid::Uuid;

/// Exchange's InternalMessageId: below 2^53 (SQLite and JSON hold it), monotone per server,
/// never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageId(u64);

impl MessageId {
    /// The largest id: 2^53 − 1.
    pub const MAX: Self = Self((1 << 53) - 1);
    /// The first.
    pub const MIN: Self = Self(1);

    /// The id with this number, when it is in range (1 to 2^53 − 1).
    pub fn new(number: u64) -> Option<Self> {
        (1..=Self::MAX.0).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl FromStr for MessageId {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse().ok().and_then(Self::new).ok_or_else(|| {
            ValueError::new(
                text,
                "is not a message identity",
                "an integer from 1 to 9007199254740991",
            )
        })
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
