//! Front End Transport, outbound: Mailbox servers of the organization reach the Internet from
//! this server's addresses (DESIGN section 9, RFC 1928).
//!
//! A Mailbox server connects under mutual TLS, says where to, and gets a tunnel; SMTP, its TLS
//! and every decision about the message stay at the Mailbox server. Nothing is kept here: this
//! room may use neither `spool` nor `queue`. What it lends is bounded (`rules`): SMTP ports of the
//! open Internet, and what the administrator configured, which may be web servers and DNS servers of its own.

mod egress;
mod listener;
mod room;
mod rules;
mod session;
mod special;
mod tunnel;

pub use listener::{FrontEnd, FrontEndSettings};
pub use rules::Lent;
