//! The two ways a look-up fails: the name is known not to exist, or nobody could say.

use thiserror::Error;

/// Why a look-up gave no answer. "The name exists but has no such record" is not an error: it
/// is an empty answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DnsError {
    /// NXDOMAIN: the name does not exist (RFC 1035 section 4.1.1, RCODE 3).
    #[error("the domain does not exist (NXDOMAIN)")]
    NoSuchDomain,
    /// SERVFAIL, time-out, unreadable or refused everywhere: asking again later may help. The
    /// text names each server and what it did, for example `SERVFAIL from 127.0.0.1:53`.
    #[error("{0}")]
    Temporary(String),
}
