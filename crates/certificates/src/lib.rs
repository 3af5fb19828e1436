//! X.509 certificates as administrators handle them (`*-ExchangeCertificate`), and which is shown where.
//!
//! What is in one ([`Facts`]), how far it is to be trusted here ([`Standing`]); made by ourselves
//! ([`NewCertificate`]), asked of an authority ([`Request`], [`DomainRequest`]), read from and written to files
//! ([`Imported`], [`export`]). [`Shown`] keeps what the servers of this machine show by the directory: to the
//! clients of each Receive connector, to the hosts of each Send connector, to browsers.

mod error;
mod export;
mod facts;
mod import;
mod made;
mod name;
mod shown;
mod standing;

pub use error::CertificateError;
pub use export::export;
pub use facts::Facts;
pub use import::Imported;
pub use made::{DomainRequest, NewCertificate, Request, RequestedKey};
pub use name::DistinguishedName;
pub use shown::{Missing, Shown, ShownSettings, private_key};
pub use standing::Standing;

#[cfg(test)]
mod tests;
