//! The organization's other Mailbox servers: where they are, how they are asked, how they are known.
//!
//! A server asks another at its admin listener over HTTPS with mutual TLS, chosen by ALPN
//! ([`tls::PEER_PROTOCOL`]), so that browsers and shells, which come to the same port, are never asked for a
//! certificate. A question is a path and a body, the answer a body; what they mean is the business of whoever asks.
//! Time, size and how many answers are held at once are bounded. Where a server is says a [`Whereabouts`].

mod ask;
mod endpoint;
mod join;
mod member;
mod whereabouts;

pub use ask::{Peers, Question, Unanswered};
pub use endpoint::Endpoint;
pub use join::{JOIN, ask_to_join};
pub use member::member;
pub use whereabouts::{Configured, Whereabouts};

/// The path below which a cmdlet is run for a user of another server: the cmdlet's name follows.
pub const CMDLETS: &str = "/peer/v1/cmdlets/";

#[cfg(test)]
mod tests;
