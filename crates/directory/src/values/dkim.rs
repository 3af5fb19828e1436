//! What a domain signs with: selectors with their keys, and when one takes over from the other. Private
//! keys are sealed with the data key and never shown.

use std::fmt;

use model::{Timestamp, ValueError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::Sealed;

use super::enumeration::{enumeration, flags};
use crate::{rule::Refused, setting::Stored};

enumeration! {
    /// How header or body are made comparable before they are signed (RFC 6376 section 3.4).
    pub enum DkimCanonicalization {
        /// White space may be changed on the way.
        Relaxed = "Relaxed",
        /// Every byte counts.
        Simple = "Simple",
    }
}

flags! {
    /// The signatures that are made.
    pub struct DkimAlgorithms, empty "None";
    /// `rsa-sha256` (RFC 6376).
    RSA = 0, "RsaSha256";
    /// `ed25519-sha256` (RFC 8463).
    ED25519 = 1, "Ed25519Sha256";
}

/// One of the two selectors of a domain, with its keys once they have been made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DkimSelector {
    /// The selector of the RSA key.
    pub name: String,
    /// Its keys.
    pub keys: Option<DkimKeys>,
}

/// The keys of a selector, one of each algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DkimKeys {
    /// When they were made.
    pub made_at: Timestamp,
    /// Bits of the RSA key.
    pub size: u32,
    /// For `rsa-sha256`.
    pub rsa: DkimKey,
    /// For `ed25519-sha256`.
    pub ed25519: DkimKey,
}

/// A key. Its `Debug` shows the public half only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DkimKey {
    /// The private key (PKCS#8, base64), sealed with `Directory::seal`.
    pub private: Sealed,
    /// What stands in `p=` of its record.
    pub public: String,
}

/// Which selector signs, and since or from when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DkimRotation {
    /// Whether the second selector signs now, not the first.
    pub second_signs: bool,
    /// From when the other one is to sign, while that is to come.
    #[serde(default)]
    pub due: Option<Timestamp>,
    /// When the selector that signs now took over from the other.
    #[serde(default)]
    pub done_at: Option<Timestamp>,
}

impl DkimSelector {
    /// What the selector of the Ed25519 key has more: two keys under one selector are a fault (RFC
    /// 6376 section 3.6.2.2).
    const ED25519: &'static str = "-ed25519";
    /// Longest name; with the end above it is still a label of the DNS.
    pub(crate) const LONGEST: usize = 63 - Self::ED25519.len();

    /// A selector without keys.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_ascii_lowercase(), keys: None }
    }

    /// The selector of the Ed25519 key.
    pub fn ed25519_name(&self) -> String {
        format!("{}{}", self.name, Self::ED25519)
    }

    /// Whether the name can be a selector: one label of the DNS, short enough for both keys.
    pub(crate) fn is_possible(&self) -> bool {
        let name = self.name.as_bytes();
        (1..=Self::LONGEST).contains(&name.len())
            && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
            && name[0] != b'-'
            && name[name.len() - 1] != b'-'
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimKey").field("public", &self.public).finish_non_exhaustive()
    }
}

macro_rules! stored_by_serde {
    ($($type:ty, $what:literal;)+) => {$(
        impl Stored for $type {
            fn store(&self) -> Value {
                serde_json::to_value(self).unwrap_or_default()
            }
            fn load(value: &Value) -> Result<Self, Refused> {
                // What stands there is not repeated: it may be a key.
                Self::deserialize(value).map_err(|_| {
                    ValueError::new("", concat!("is not a stored ", $what), concat!("a ", $what)).into()
                })
            }
        }
    )+};
}
stored_by_serde! {
    DkimSelector, "DKIM selector";
    DkimRotation, "DKIM rotation";
}
