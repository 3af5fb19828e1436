//! Ciphertext as text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A sealed secret: `v1:` and base64 of nonce, ciphertext and tag. May be stored and logged;
/// without the data key it says nothing but the secret's length. Any text can be read as one,
/// [`crate::DataKey::open`] finds whether it is genuine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Takes a text that [`Sealed::as_str`] gave.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
