//! SMTP as machines without I/O: grammar, server side, client side. No policy.
//!
//! [`Server`] and [`Client`] turn bytes that a driver has read into steps the driver carries
//! out, and into bytes the driver writes; sockets, TLS and time-outs are the driver's. Memory is
//! bounded whatever the peer sends. RFC 5321 with the extensions of RFC 1870 (SIZE), 2034
//! (ENHANCEDSTATUSCODES), 2920 (PIPELINING), 3030 (CHUNKING), 3207 (STARTTLS), 3461 (DSN),
//! 4954 (AUTH), 6152 (8BITMIME) and 6531 (SMTPUTF8); the client also speaks LMTP (RFC 2033).

pub mod client;
pub mod content;
pub mod grammar;
pub mod reply;
pub mod server;
pub mod transcript;

pub use client::{
    Capabilities, Client, ClientSettings, ClientStep, KeyWork, NotPossible, Phase, SaltedPassword,
    SessionFailure, Stage, Transaction, TransactionResult,
};
pub use grammar::MailRequest;
pub use server::{
    Answer, AuthOffer, ReceivedMessage, Secret, Server, ServerSettings, SizeMode, Step,
};
pub use transcript::SpokenLine;
