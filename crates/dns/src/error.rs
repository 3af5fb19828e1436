//! The two ways a look-up fails: the name is known not to exist, or nobody could say.

use thiserror::Error;

/// Why a look-up gave no answer. "The name exists but has no such record" is not an error: it
/// is an empty answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DnsError {
    /// NXDOMAIN: the name does not exist (RFC 1035 section 4.1.1, RCODE 3).
    #[error("the domain does not exist (NXDOMAIN)")]
    NoSuchDomain,
    /// SERVFAIL, time-out, unreadable or refused everywhere, or an answer whose signatures (DNSSEC) are
    /// wrong: asking again later may help. The text names each server and what it did, for example
    /// `SERVFAIL from 127.0.0.1:53`, or what is wrong.
    #[error("{0}")]
    Temporary(String),
}

/// Why nothing was learnt, for whoever must tell silence from a forgery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody could say.
    Silence(String),
    /// What was said cannot be believed: its signatures are wrong or missing (bogus, RFC 4033 section 5).
    Bogus(String),
}

impl Trouble {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Silence(why) | Self::Bogus(why) => why,
        }
    }
}

impl From<Trouble> for DnsError {
    fn from(trouble: Trouble) -> Self {
        Self::Temporary(trouble.text())
    }
}
