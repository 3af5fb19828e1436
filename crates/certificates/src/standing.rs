//! How far a certificate is to be trusted here, in Exchange's words (management.md section 9.1).

use std::fmt;

use model::Timestamp;
use rustls::{RootCertStore, pki_types::CertificateDer};

use crate::Facts;

/// A certificate's Status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// An authority that is trusted here vouches for it.
    Valid,
    /// It has ended, or has not begun.
    DateInvalid,
    /// Nobody who is trusted here vouches for it; one's own word does not count.
    Untrusted,
    /// It stands for one that has been asked for.
    PendingRequest,
    /// It cannot be read.
    Invalid,
}

impl Standing {
    /// Of a chain, leaf first, among these authorities. Revocation is not asked about.
    pub fn of(chain: &[CertificateDer<'_>], roots: &RootCertStore, now: Timestamp) -> Self {
        let Some(Ok(facts)) = chain.first().map(Facts::of) else { return Self::Invalid };
        if now < facts.not_before || now > facts.not_after {
            return Self::DateInvalid;
        }
        match tls::vouched(chain, roots, now) {
            Ok(()) => Self::Valid,
            Err(_) => Self::Untrusted,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "Valid",
            Self::DateInvalid => "DateInvalid",
            Self::Untrusted => "Untrusted",
            Self::PendingRequest => "PendingRequest",
            Self::Invalid => "Invalid",
        })
    }
}
