//! DMARC (RFC 9989, which replaced RFC 7489): whether what SPF and DKIM have proved is the author's domain.

mod record;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use walk::{Proved, judge};
