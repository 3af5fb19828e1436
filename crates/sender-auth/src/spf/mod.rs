//! SPF (RFC 7208): whether a host may send for a domain.

mod check;
mod macros;
mod record;
#[cfg(test)]
mod tests;

pub(crate) use check::{Identity, check};
