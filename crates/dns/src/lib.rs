//! MX and addresses: a stub resolver with a cache, and the order in which a domain's mail hosts are tried.
//!
//! The resolver asks the configured recursive servers over UDP and TCP, believes only answers
//! that carry the right id and question, follows CNAME chains within bounds and keeps what it
//! learnt for the records' time to live. Failures are never kept. `destination` turns a domain
//! into hosts as RFC 5321 section 5.1 and RFC 7505 ask (routing.md section 5). What an answer is worth
//! (DNSSEC) is the word of servers on this machine (`validation`), or proven here (`validator`).

mod anchors;
mod cache;
mod chain;
mod destination;
mod error;
mod exchange;
mod given;
mod line;
mod publication;
mod resolver;
mod settings;
mod upstream;
mod validation;
mod validator;
mod wire;

#[cfg(test)]
mod script;
#[cfg(test)]
mod tests;

pub use anchors::{AnchorError, TrustAnchors};
pub use destination::{DestinationError, MailHost, OwnNames, mail_hosts, smart_host};
pub use error::DnsError;
pub use line::{BoxedStream, Line, Stream, Tunnels};
pub use publication::{PublishedMx, reverse_name};
pub use resolver::{MxRecord, Resolver, Tlsa, TlsaData};
pub use settings::{Protocol, ResolverSettings, Validator, Way};
pub use validation::{ProbeNames, Proof, Validation};
