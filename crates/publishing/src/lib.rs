//! What a domain has to publish in the DNS for its mail, and whether what is published is true.
//!
//! A [`Subject`] says what the organization is: which hosts are its own, from where and under which names it
//! sends, with which keys it signs. [`examine`] asks a [`Lookup`] for what is published and gives a
//! [`Finding`] for each thing: the record that should be there, the one that is, and what to do. Each check
//! has a file with what it asks and, apart from that, a pure function that judges the answers. Everything
//! that is looked up is a stranger's: how much is asked and shown is bounded, when it ends says the Lookup.

mod address;
mod answer;
mod dkim;
mod dmarc;
mod examine;
mod finding;
mod helo;
mod host;
mod mta_sts;
mod mx;
mod policy;
mod reverse;
mod sending;
mod spf;
mod subject;
mod tags;
mod tls_rpt;
mod tlsa;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

pub use address::is_public;
pub use answer::{Answer, ByResolver, Lookup, Silence};
pub use examine::examine;
pub use finding::{Check, Finding, Status};
pub use helo::is_possible;
pub use subject::{Certificate, Need, NeededKey, Own, Sender, Signing, Subject};
