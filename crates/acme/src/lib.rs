//! The server's own certificate from an authority that speaks ACME (RFC 8555): obtained, kept in the directory like one
//! that an administrator imports, and renewed in good time, as long as the server runs.
//!
//! [`Acme`] is the task that does it. What is to be had says [`AcmeSettings`]; whether it is time says [`judge`], how long
//! to wait after a failure [`attempts`]; an order runs in [`order`], with [`stage`] showing what the authority wants to
//! see: at port 80 ([`door`]) or in the DNS ([`hook`]). Mail depends on nothing here.

mod account;
mod advice;
mod attempts;
mod client;
mod domain;
mod door;
mod failure;
mod file;
mod hook;
mod judge;
mod keeper;
mod metrics;
mod order;
mod resolver;
mod settings;
mod stage;
mod store;

pub use domain::CertificateDomain;
pub use keeper::{Acme, AcmeParts};
pub use resolver::FreshResolver;
pub use settings::{AcmeSettings, Challenge, Contact, ExternalAccount, KeyKind};
