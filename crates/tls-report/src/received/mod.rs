//! Reports about our own domains: what others tell of their sessions with our hosts, out of the mail that brings
//! it (RFC 8460 section 5.3). All of it is a stranger's: sizes, counts and texts are bounded, and what the standard
//! does not name is passed over.

mod archive;
mod json;
mod lenient;
mod mail;
#[cfg(test)]
mod tests;
mod types;

pub use archive::{Archive, Kept, Put};
pub use mail::{Brought, is_report_mail};
pub use types::{NoReport, ReceivedFailure, ReceivedPolicy, ReceivedReport};
