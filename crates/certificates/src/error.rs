//! Why a certificate cannot be handled. Nothing of a key is ever in it.

use thiserror::Error;

/// Why not.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CertificateError {
    /// The file is no certificate in a form that is known.
    #[error(
        "it holds no certificate: PEM, DER (.cer, .crt), PKCS #7 (.p7b) or PKCS #12 (.pfx, .p12) is expected"
    )]
    Unknown,
    /// The file is too large, in bytes.
    #[error("it is larger than {0} bytes")]
    TooLarge(usize),
    /// The password is wrong, or the file is protected in a way that is not known.
    #[error("it cannot be opened with this password")]
    Password,
    /// The private key in a PEM file is encrypted.
    #[error("its private key is encrypted; put key and certificate into a PKCS #12 file (.pfx)")]
    EncryptedKey,
    /// The private key is of a kind that cannot be used.
    #[error(
        "its private key cannot be used: RSA from 2048 bits, ECDSA P-256, P-384 or P-521, or Ed25519"
    )]
    Key,
    /// No certificate belongs to the private key.
    #[error("none of its certificates belongs to its private key")]
    Stranger,
    /// A certificate is damaged.
    #[error("its certificate cannot be read")]
    Damaged,
    /// A name of an X.500 subject cannot be read.
    #[error("\"{0}\" is not a subject name such as CN=mail.contoso.com, O=Contoso, C=FR")]
    Subject(String),
    /// A name that a certificate cannot hold.
    #[error("\"{0}\" is not a name of a server")]
    Name(String),
    /// Something of the cryptography library's.
    #[error("the cryptography library refuses: {0}")]
    Crypto(String),
}

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self::Crypto(error.to_string())
    }
}
