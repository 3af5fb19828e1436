//! Secrets as the directory keeps them: credentials sealed with the data key, passwords as
//! verifiers. Neither is ever shown.

use std::fmt;

use model::ValueError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::Sealed;

use crate::{
    rule::Refused,
    setting::{Setting, Stored, plain},
};

/// A user name and a password for a smart host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credential {
    /// Who.
    pub user_name: String,
    /// The password, sealed with `Directory::seal`.
    pub password: Sealed,
}

impl Stored for Credential {
    fn store(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::deserialize(value).map_err(|e| {
            ValueError::new("", format!("is not a stored credential ({e})"), "a credential").into()
        })
    }
}

/// A secret on its own, sealed with `Directory::seal`.
impl Stored for Sealed {
    fn store(&self) -> Value {
        Value::from(self.as_str())
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Ok(Self::from_text(plain(value)))
    }
}

impl Setting for Credential {
    /// Only the user name.
    fn show(&self) -> Value {
        Value::from(self.user_name.clone())
    }

    /// Never: whoever sets a credential seals the password first and sets the field.
    fn read(value: &Value) -> Result<Self, Refused> {
        let quoted = match value {
            Value::String(_) => plain(value),
            // Anything else might hold a password.
            _ => String::new(),
        };
        Err(Refused::by(
            "SC-09",
            ValueError::new(
                &quoted,
                "is not a credential",
                "a PSCredential, made by Get-Credential",
            ),
        ))
    }
}

/// How a password is verified. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRecord {
    /// Argon2id in PHC format.
    pub argon2id: String,
    /// For SCRAM-SHA-256.
    pub scram_sha_256: ScramRecord,
}

/// SCRAM-SHA-256 keys (RFC 5802 section 3, RFC 7677). Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScramRecord {
    /// The salt, base64.
    pub salt: String,
    /// The iteration count.
    pub iterations: u32,
    /// StoredKey, base64.
    pub stored_key: String,
    /// ServerKey, base64.
    pub server_key: String,
}

impl Stored for PasswordRecord {
    fn store(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
    fn load(value: &Value) -> Result<Self, Refused> {
        Self::deserialize(value).map_err(|e| {
            ValueError::new("", format!("is not a stored password ({e})"), "a password record")
                .into()
        })
    }
}

impl fmt::Debug for PasswordRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordRecord").finish_non_exhaustive()
    }
}

impl fmt::Debug for ScramRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramRecord").finish_non_exhaustive()
    }
}
