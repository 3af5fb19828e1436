//! Delivery status notifications (RFC 3461, 3464, 6522, 6533; transport.md section 8).
//!
//! A [`Report`] in, a whole message out: a part for people in their language, a part for
//! programs, and the original or its header. Nothing a client or a remote server wrote can add
//! a field, a line or a part; everything is bounded but the attached original, which the caller
//! bounds. The same report always gives the same bytes, so that it can be made again after a
//! crash.

mod build;
mod document;
mod human;
mod original;
mod report;
mod safe;
mod status;

pub use build::{Notification, Options, build, notification};
pub use report::{Kind, RecipientReport, Report};
