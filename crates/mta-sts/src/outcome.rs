//! What a look-up tells: the policy that counts, and what failed on the way to it.
//!
//! The two are independent. A policy that was kept counts although the host could not be reached,
//! and the failure is reported all the same; a domain without a policy may have failed or may
//! simply not have one.

use std::{fmt, sync::Arc};

use model::Timestamp;
use thiserror::Error;

use crate::{FetchError, Policy, PolicyError, PolicyId, RecordError};

/// What is known of a domain's policy now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The policy that counts; without one, mail is sent as if there were no MTA-STS.
    pub policy: Option<Found>,
    /// What failed. None where the domain has never said that it has a policy.
    pub failure: Option<Failure>,
}

/// A policy that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it demands.
    pub policy: Arc<Policy>,
    /// The id under which it was announced.
    pub id: PolicyId,
    /// Until when it counts unless it is renewed.
    pub until: Timestamp,
    /// How sure it is that it is the domain's present one.
    pub origin: Origin,
}

/// How a policy came to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It was fetched for this look-up.
    Fetched,
    /// It was kept, and the domain's record announces the same id.
    Confirmed,
    /// It was kept; the record could not be read, announces another one, or is gone.
    Kept,
}

/// The result types of TLS reports that are about policies (RFC 8460 section 4.3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultType {
    /// No policy was given out.
    FetchError,
    /// What was given out is no policy.
    Invalid,
    /// The policy host's certificate was not accepted.
    WebPkiInvalid,
}

impl ResultType {
    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FetchError => "sts-policy-fetch-error",
            Self::Invalid => "sts-policy-invalid",
            Self::WebPkiInvalid => "sts-webpki-invalid",
        }
    }
}

impl fmt::Display for ResultType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why the domain's present policy is not known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// Nobody could say whether there is a record: asking again later may help.
    #[error("the MTA-STS record is not known: {0}")]
    LookUp(String),
    /// The domain's records announce nothing. That there is none at all is told only where a
    /// policy was kept from earlier.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// The policy host gave no file.
    #[error("the MTA-STS policy was not fetched: {0}")]
    Fetch(#[from] FetchError),
    /// The file is no policy.
    #[error("{0}")]
    Policy(#[from] PolicyError),
}

impl Failure {
    /// What a TLS report calls it; none for what is no failure of the policy, or is our own.
    pub fn result_type(&self) -> Option<ResultType> {
        match self {
            Self::LookUp(_) | Self::Record(_) | Self::Fetch(FetchError::Ours(_)) => None,
            Self::Fetch(FetchError::Certificate(_)) => Some(ResultType::WebPkiInvalid),
            Self::Fetch(_) => Some(ResultType::FetchError),
            Self::Policy(_) => Some(ResultType::Invalid),
        }
    }
}
