//! MTA-STS for the sending side (RFC 8461): what a domain promises about the TLS of its mail hosts.
//!
//! A domain announces its policy by a TXT record and gives it out over HTTPS. [`Policies`] finds
//! it, keeps it in memory and on disk for as long as the domain said, and tells with each answer
//! what failed on the way, for TLS reports (RFC 8460). Neither a record that vanishes nor a host
//! that cannot be reached ends a promise before its time. Whether mail may leave under a policy
//! is decided by who delivers it: [`Policy::allows`] says which hosts are the domain's.

mod cache;
mod connect;
mod disk;
mod entry;
mod fetch;
mod outcome;
mod pattern;
mod policies;
mod policy;
mod record;
mod setbacks;
mod store;
mod turns;

#[cfg(test)]
mod tests;

pub use connect::{Connect, Direct, first_that_answers};
pub use dns::{BoxedStream, Stream};
pub use fetch::FetchError;
pub use outcome::{Failure, Found, Origin, Outcome, ResultType};
pub use pattern::MxPattern;
pub use policies::{Policies, Refreshed};
pub use policy::{MaxAge, Mode, Policy, PolicyError};
pub use record::{PolicyId, Record, RecordError};
