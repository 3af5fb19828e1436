//! DKIM signatures (RFC 6376, RFC 8463) and ARC seals (RFC 8617): canonical forms, keys, signature fields, key
//! records.
//!
//! Pure logic: bytes and a moment in, a header field out. Nothing here reads a clock, a directory or
//! the DNS. Content is opaque and hostile: it is read once, in place, and nothing fails on rubbish. A
//! signature has no `l=`, so that nobody can append to what was signed, and no `x=`, so that
//! mail which waited long is still verified.

mod arc;
mod body;
mod fields;
mod key;
mod record;
mod seal;
mod signature;
mod signer;

pub use arc::{ArcChain, ArcSet, MOST_ARC_SETS, without_signature};
pub use body::{BodyHash, Canonicalization};
pub use fields::{Field, Header, SIGNED_FIELDS, is_signed};
pub use key::{Algorithm, KeyError, NewKey, PrivateKey};
pub use record::{Finding, KeyRecord};
pub use seal::ChainStatus;
pub use signer::{Key, Signer, SigningError};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod verifier;
