//! TLS identities, server and client configurations, certificate verifiers.
//!
//! Every configuration names its crypto provider; nothing is installed for the whole process,
//! so that several servers can live in one. A [`ServerTls`] can be given a new certificate while
//! it serves. A client says by [`ClientPolicy`] what it demands of the other side's certificate;
//! [`TrustAnchors`] are the authorities that count for mail hosts. Servers of one organization
//! know each other by [`MutualTls`] and their [`Role`]s.

mod binding;
mod chain;
mod client;
mod dane;
mod doorway;
mod error;
mod facts;
mod failure;
mod fingerprint;
mod identity;
mod mutual;
mod peer;
mod provider;
mod role;
mod server;
mod shown;
mod summary;
mod terms;
mod trust;
mod verifier;

pub use binding::{SessionBinding, ShownLeaf};
pub use chain::ShownChain;
pub use client::{ClientPolicy, ClientSide, client_config, connector};
pub use dane::TlsaRecord;
pub use error::TlsError;
pub use facts::{CertificateContent, CertificateFacts};
pub use failure::{FailureKind, HandshakeFailure};
pub use fingerprint::Fingerprint;
pub use identity::Identity;
pub use mutual::{JOIN_PROTOCOL, MutualTls, PEER_PROTOCOL};
pub use peer::vouched;
pub use role::{Role, is_named};
pub use server::ServerTls;
pub use shown::{ShownCertificate, covers, server_config};
pub use summary::TlsSummary;
pub use terms::TlsTerms;
pub use trust::TrustAnchors;

#[cfg(test)]
mod tests;
