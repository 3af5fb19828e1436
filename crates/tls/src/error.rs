//! What can be wrong with keys, certificates and configurations.

use thiserror::Error;

/// Why TLS could not be set up. Never says anything of a private key's content.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The identity has no certificate.
    #[error("the TLS identity has no certificate")]
    NoCertificate,
    /// None of the cipher suites is one that can be spoken.
    #[error("none of the cipher suites {0} can be spoken")]
    NoSuite(String),
    /// A PEM text could not be read.
    #[error("the {what} cannot be read as PEM: {problem}")]
    Pem {
        /// `certificate chain` or `private key`.
        what: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The library refuses the certificate, the key, or the two together.
    #[error("TLS cannot be set up: {0}")]
    Rustls(#[from] rustls::Error),
    /// The certificate authority's certificate cannot be used to verify others.
    #[error("the certificate authority cannot be used: {0}")]
    Authority(String),
    /// A file of authorities that the configuration names cannot be used.
    #[error("the certificate authorities in {path} cannot be used: {problem}")]
    AuthorityFile {
        /// Which.
        path: String,
        /// What is wrong.
        problem: String,
    },
}
