//! Why a handshake failed, in words for people and in the kinds that reports know (RFC 8460 section
//! 4.3).

use std::{fmt, io, sync::Arc};

use rustls::{CertificateError, Error, OtherError};

/// What a handshake failed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The certificate is not valid now.
    Expired,
    /// It is for other names.
    OtherName,
    /// Nobody who counts vouches for it.
    NotTrusted,
    /// There was no agreement, or no handshake.
    Other,
}

/// A handshake that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandshakeFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// In words.
    pub text: String,
}

impl HandshakeFailure {
    /// What an error of a handshake means.
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(error) => Self::about(error),
            None => Self { kind: FailureKind::Other, text: error.to_string() },
        }
    }

    /// What an error of the library's means.
    pub(crate) fn about(error: &Error) -> Self {
        let Error::InvalidCertificate(certificate) = error else {
            return Self { kind: FailureKind::Other, text: error.to_string() };
        };
        let kind = match certificate {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => FailureKind::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                FailureKind::OtherName
            }
            CertificateError::UnknownIssuer | CertificateError::Other(_) => FailureKind::NotTrusted,
            _ => FailureKind::Other,
        };
        let text = match certificate {
            CertificateError::Other(OtherError(why)) => why.to_string(),
            CertificateError::UnknownIssuer => {
                "the certificate is not of an authority that is trusted here".to_owned()
            }
            CertificateError::Expired => "the certificate has expired".to_owned(),
            CertificateError::NotValidForName => {
                "the certificate is not for the name of the host".to_owned()
            }
            CertificateError::NotValidForNameContext { expected, presented } => {
                let (shown, wanted) = (presented_names(presented), expected.to_str());
                format!("the certificate is for {shown}, and {wanted} is demanded")
            }
            other => other.to_string(),
        };
        Self { kind, text }
    }
}

impl fmt::Display for HandshakeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The names as the library shows them, `DnsName("mx.example")`, without what is around them.
fn presented_names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
        inner.map_or_else(|| name.clone(), |(inner, _)| inner.to_owned())
    };
    let names: Vec<String> = presented.iter().map(bare).collect();
    if names.is_empty() { "no name".to_owned() } else { names.join(", ") }
}

/// A certificate that a verifier of ours refuses, with the reason.
pub(crate) fn refused(why: String) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(Refused(why)))))
}

#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}
