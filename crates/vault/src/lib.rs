//! Secrets at rest, and the organization's certificate authority.
//!
//! A [`DataKey`] seals what must not stand readable in a file ([`Sealed`]). An [`Authority`]
//! issues the certificates of the organization's servers; its own key is sealed by the data
//! key. Files that hold keys have mode 0600, and are refused when others could read them. A new server
//! of the organization is handed all of it for a token ([`JoinToken`]).

mod authority;
mod data_key;
mod error;
mod file;
mod handover;
mod join_tokens;
mod key_files;
mod sealed;

pub use authority::Authority;
pub use data_key::DataKey;
pub use error::VaultError;
pub use handover::{JoinAnswer, JoinRequest, JoinToken, Joining, TokenProof};
pub use join_tokens::{JoinTokens, NewToken, Redeemed};
pub use key_files::KeyFiles;
pub use sealed::Sealed;

#[cfg(test)]
mod tests;
