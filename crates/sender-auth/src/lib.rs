//! What a message proves of its sender: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989) and ARC (RFC 8617),
//! evaluated when it comes in and noted in an Authentication-Results field (RFC 8601).
//!
//! Nothing is decided here: a result is noted, whoever reads it decides. Message and DNS are a stranger's: look-ups,
//! signatures, names and times are bounded. Names are looked up by whoever is handed in ([`Names`]); canonical forms
//! are those of `signing`. Nothing here reads a clock or a directory.

mod arc;
mod dkim;
mod dmarc;
mod encoding;
mod evaluate;
mod field;
mod findings;
mod names;
mod spf;
mod tags;

#[cfg(test)]
mod book;

pub use evaluate::{Arrival, evaluate};
pub use findings::{
    ArcFinding, AuthResult, DkimFinding, DmarcFinding, DmarcPolicy, Findings, SpfFinding, SpfResult,
};
pub use names::{Answer, Names};
