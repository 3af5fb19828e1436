//! Directories elsewhere: LDAP and Active Directory. Their people, groups and contacts are recipients here, and people
//! sign in with their passwords there.
//!
//! What a directory holds is read again and again ([`Synchronizer`]) and brought into the organization's own, where
//! mail finds its recipients whether the other directory answers or not. A password is asked about when somebody signs
//! in ([`Passwords`]); `identity` remembers that it was right.
//!
//! [`entry`] says what an entry is as a recipient and [`plan`] what has to change here; both are pure. Only
//! [`connection`] speaks LDAP (RFC 4511).

mod connection;
mod entry;
mod passwords;
mod plan;
mod schema;
mod synchronizer;

pub use connection::LdapError;
pub use passwords::{Passwords, Verdict};
pub use plan::{Counts, LeftOut};
pub use synchronizer::{Done, State, Synchronizer, SynchronizerError, Wish};

#[cfg(test)]
mod tests;
