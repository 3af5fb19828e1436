//! What somebody signs in with.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A user name and a password.
#[derive(PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    #[serde(deserialize_with = "wiped")]
    pub(crate) password: Zeroizing<String>,
}

fn wiped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}
