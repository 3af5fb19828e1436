//! What is counted of a session (RFC 8460 section 4.3).

use std::net::IpAddr;

use model::DomainName;
use serde::{Deserialize, Serialize};

/// Where a policy came from (section 4.4, `policy-type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyType {
    /// TLSA records.
    Tlsa,
    /// An MTA-STS policy.
    Sts,
    /// There was none.
    NoPolicyFound,
}

/// The policy that was applied to a session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Applied {
    /// Where it came from.
    pub policy_type: PolicyType,
    /// Its text: TLSA records as in a zone file, or the lines of the MTA-STS policy.
    pub policy_string: Vec<String>,
    /// The patterns of hosts of an MTA-STS policy; the name TLSA records belong to.
    pub mx_host: Vec<String>,
}

impl Applied {
    /// No policy was found.
    #[must_use]
    pub fn none() -> Self {
        Self {
            policy_type: PolicyType::NoPolicyFound,
            policy_string: Vec::new(),
            mx_host: Vec::new(),
        }
    }
}

/// Of what a session failed (section 4.3, `result-type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureType {
    /// The host did not offer STARTTLS, or refused it.
    StarttlsNotSupported,
    /// The certificate is for other names.
    CertificateHostMismatch,
    /// The certificate is not valid now.
    CertificateExpired,
    /// No authority that counts vouches for the certificate.
    CertificateNotTrusted,
    /// Anything else about the handshake.
    ValidationFailure,
    /// No TLSA record lets the certificate through.
    TlsaInvalid,
    /// What the DNS says could not be validated, or not be found out.
    DnssecInvalid,
    /// The MTA-STS policy could not be fetched.
    StsPolicyFetchError,
    /// The MTA-STS policy cannot be read.
    StsPolicyInvalid,
    /// The certificate of the host of the MTA-STS policy was not good enough.
    StsWebpkiInvalid,
}

impl FailureType {
    /// All of them, in the order of the standard.
    pub const ALL: [Self; 10] = [
        Self::StarttlsNotSupported,
        Self::CertificateHostMismatch,
        Self::CertificateExpired,
        Self::CertificateNotTrusted,
        Self::ValidationFailure,
        Self::TlsaInvalid,
        Self::DnssecInvalid,
        Self::StsPolicyFetchError,
        Self::StsPolicyInvalid,
        Self::StsWebpkiInvalid,
    ];

    /// The word of the standard.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StarttlsNotSupported => "starttls-not-supported",
            Self::CertificateHostMismatch => "certificate-host-mismatch",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateNotTrusted => "certificate-not-trusted",
            Self::ValidationFailure => "validation-failure",
            Self::TlsaInvalid => "tlsa-invalid",
            Self::DnssecInvalid => "dnssec-invalid",
            Self::StsPolicyFetchError => "sts-policy-fetch-error",
            Self::StsPolicyInvalid => "sts-policy-invalid",
            Self::StsWebpkiInvalid => "sts-webpki-invalid",
        }
    }
}

/// A session that failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionFailure {
    /// Of what.
    pub failure_type: FailureType,
    /// In words, at most [`SessionFailure::MAX_REASON`] characters are kept.
    pub reason: String,
}

impl SessionFailure {
    /// Characters of a reason that are kept.
    pub const MAX_REASON: usize = 200;
}

/// A session with a host of a domain, or the attempt at one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The domain of the recipients.
    pub domain: DomainName,
    /// By what its security was judged.
    pub applied: Applied,
    /// The host.
    pub host: String,
    /// Our address.
    pub local: Option<IpAddr>,
    /// Its address, where it came to a connection.
    pub remote: Option<IpAddr>,
    /// Why it was not encrypted, or not as demanded; nothing where it was.
    pub failure: Option<SessionFailure>,
}
