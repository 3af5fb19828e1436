//! The name of a directory object.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::ValueError;

/// A name of 1 to 64 characters without control characters, not blank at its ends; compares
/// without regard to case through [`ObjectName::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectName(String);

impl ObjectName {
    /// Longest name, in characters.
    pub const MAX: usize = 64;

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique among objects of a kind: lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Whether `text` names this object.
    pub fn is(&self, text: &str) -> bool {
        self.key() == text.to_lowercase()
    }
}

impl FromStr for ObjectName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = |problem: &str| {
            Err(ValueError::new(
                text,
                problem,
                "1 to 64 characters, no control characters, no blank at the start or end",
            ))
        };
        if text.trim().is_empty() {
            return refuse("is empty; a name is needed");
        }
        if text.chars().count() > Self::MAX {
            return refuse("is longer than 64 characters");
        }
        if text.trim() != text {
            return refuse("starts or ends with a blank");
        }
        if text.chars().any(char::is_control) {
            return refuse("contains a control character");
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for ObjectName {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<ObjectName> for String {
    fn from(name: ObjectName) -> String {
        name.0
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
