//! DKIM signatures of others (RFC 6376, RFC 8301, RFC 8463), and the signatures of ARC, which are made alike.

mod check;
mod key;
mod signature;
#[cfg(test)]
mod tests;

pub(crate) use check::{Trial, verify};
pub(crate) use signature::{Kind, Mail};
