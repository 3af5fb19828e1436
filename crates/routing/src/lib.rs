//! From a recipient's domain to the one connector that carries it, with the reason why each
//! other connector lost (routing.md section 4).
//!
//! A pure function of (directory snapshot, this server, domain, size): no I/O, no clock, no
//! state. The same function routes the mail and answers the administrator.

mod reason;
mod select;

pub use reason::{Considered, Verdict};
pub use select::{Decision, NextHop, SizeClass, route};
