//! What a report says, as it is kept.

use std::net::IpAddr;

use model::{DomainName, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::FailureType;

/// Largest message that is looked at, in bytes.
pub(super) const LARGEST_MAIL: usize = 10 << 20;
/// Largest report that is looked at, in bytes of JSON: what is compressed may become much larger.
pub(super) const LARGEST_JSON: u64 = 10 << 20;

/// A report about our domains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedReport {
    /// Who reports, in his own words.
    pub organization: String,
    /// Whom to ask about it, in his own words.
    pub contact: String,
    /// Its number, unique with whoever reports.
    pub id: String,
    /// The first moment it is about.
    pub begin: Timestamp,
    /// The last.
    pub end: Timestamp,
    /// At most [`ReceivedReport::MOST_POLICIES`].
    pub policies: Vec<ReceivedPolicy>,
}

/// What became of sessions with the hosts of a domain, under one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedPolicy {
    /// Where the policy came from: `tlsa`, `sts`, `no-policy-found`, or something new.
    pub policy_type: String,
    /// The domain it is about.
    pub domain: DomainName,
    /// The hosts it names.
    pub mx_hosts: Vec<String>,
    /// Sessions that were encrypted as was demanded.
    pub successes: u64,
    /// Sessions that were not.
    pub failures: u64,
    /// Of what they failed; at most [`ReceivedReport::MOST_DETAILS`] in a whole report.
    pub details: Vec<ReceivedFailure>,
    /// How many details are left out.
    pub left_out: u64,
}

/// Sessions that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedFailure {
    /// Of what: a word of the standard ([`FailureType::name`]), or something new.
    pub result_type: String,
    /// How many.
    pub count: u64,
    /// The address of whoever sent.
    pub sending: Option<IpAddr>,
    /// The name of our host.
    pub host: String,
    /// The address of our host.
    pub receiving: Option<IpAddr>,
    /// More, in the words of whoever sent.
    pub reason: String,
}

/// Why there is no report in a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoReport {
    /// The message is larger than is looked at.
    #[error("the message is larger than {} MiB", LARGEST_MAIL >> 20)]
    MailTooLarge,
    /// It has no part that could be one.
    #[error("it has no part application/tlsrpt+gzip or application/tlsrpt+json")]
    NoPart,
    /// It is not compressed as it says.
    #[error("it is no gzip, or a damaged one")]
    NoGzip,
    /// It becomes larger than is looked at.
    #[error("it becomes larger than {} MiB", LARGEST_JSON >> 20)]
    TooLarge,
    /// It is no JSON of the standard's form.
    #[error("it is no report: {0}")]
    NoJson(String),
    /// It does not say what time it is about, or an impossible one.
    #[error("its date-range is none")]
    Dates,
}

impl ReceivedReport {
    /// Policies of a report that are kept.
    pub const MOST_POLICIES: usize = 50;
    /// Details of failures that are kept of a report.
    pub const MOST_DETAILS: usize = 200;
    /// Characters of a text that are kept.
    pub const LONGEST_TEXT: usize = 255;

    /// Sessions that were not encrypted as was demanded.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.policies.iter().fold(0, |sum, policy| sum.saturating_add(policy.failures))
    }
}

impl ReceivedFailure {
    /// Of what they failed, where the standard names it.
    #[must_use]
    pub fn known_type(&self) -> Option<FailureType> {
        FailureType::ALL.iter().copied().find(|known| known.name() == self.result_type)
    }
}
