//! Keys for DKIM as they are made, before a command takes its turn: making them takes long.

use signing::{Algorithm, NewKey};

use crate::problem::Problem;

/// A pair of keys that has just been made.
#[derive(Debug)]
pub(crate) struct NewKeys {
    /// Bits of the RSA key.
    pub(crate) size: u32,
    pub(crate) rsa: NewKey,
    pub(crate) ed25519: NewKey,
}

impl NewKeys {
    /// Makes them; takes up to some seconds. `None` for a size that no key has: the rule says so later.
    pub(crate) fn make(size: u32) -> Result<Option<Self>, Problem> {
        if !matches!(size, 2048 | 4096) {
            return Ok(None);
        }
        let make = |algorithm| {
            NewKey::make(algorithm, size)
                .map_err(|error| Problem::internal(format!("The keys could not be made: {error}.")))
        };
        let (rsa, ed25519) = (make(Algorithm::RsaSha256)?, make(Algorithm::Ed25519Sha256)?);
        Ok(Some(Self { size, rsa, ed25519 }))
    }
}
