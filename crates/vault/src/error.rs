//! What can go wrong with keys and certificates.

use std::{io, path::PathBuf};

use model::{Timestamp, ValueError};
use thiserror::Error;

/// Why a key, a secret or a certificate is not to be had. Never contains a secret.
#[derive(Debug, Error)]
pub enum VaultError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner may use the file.
    #[error(
        "{} holds a key but has mode {mode:04o}: nobody but its owner may read or write it (chmod 600)",
        path.display()
    )]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The authority's certificate is there, its key is not.
    #[error("{} is missing, but the authority's certificate is there: restore the key", path.display())]
    KeyMissing {
        /// The missing key file.
        path: PathBuf,
    },
    /// A sealed secret is damaged, or was sealed with another data key or for another use.
    #[error(
        "the secret cannot be opened: it is damaged, or was sealed with another data key or for another use"
    )]
    CannotOpen,
    /// A text is no join token. Nothing of it is repeated.
    #[error(
        "this is no join token: New-JoinToken on a server of the organization gives one, which begins with relais-join-"
    )]
    NoToken,
    /// Encryption or the source of random numbers failed.
    #[error("the machine's cryptography failed")]
    Crypto,
    /// A certificate could not be made.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A server name is neither a domain name nor an IP address.
    #[error("no certificate can be made for this name: {0}")]
    Name(#[from] ValueError),
    /// A server certificate must have at least one name, and at most 100.
    #[error("a server certificate has 1 to 100 names, not {0}")]
    NameCount(usize),
    /// The authority's own certificate has ended.
    #[error(
        "the organization's authority ended on {until}: remove authority.pem and restart to have a new certificate made for the same key"
    )]
    AuthorityExpired {
        /// When it ended.
        until: Timestamp,
    },
}
