//! SMTP as machines without I/O: grammar, server side, client side. No policy.
//!
//! [`Server`] and [`Client`] turn bytes that a driver has read into steps the driver carries
//! out, and into bytes the driver writes; sockets, TLS and time-outs are the driver's. Memory is
//! bounded whatever the peer sends. RFC 5321 with the extensions of RFC 1870 (SIZE), 2034
//! (ENHANCEDSTATUSCODES), 2920 (PIPELINING), 3030 (CHUNKING), 3207 (STARTTLS), 3461 (DSN),
//! 4954 (AUTH), 6152 (8BITMIME), 6531 (SMTPUTF8), 7628 (OAUTHBEARER) and 8689 (REQUIRETLS), and between servers of
//! one organization a parameter of our own, XATTR; the client also speaks LMTP (RFC 2033).

pub mod client;
pub mod content;
pub mod grammar;
pub mod reply;
pub mod server;
pub mod transcript;

pub use client::{
    Capabilities, ChannelBinding, Client, ClientSettings, ClientStep, ContentSent, KeyWork,
    LONGEST_FOLLOWED, NotPossible, Phase, SaltedPassword, SessionFailure, Stage, Transaction,
    TransactionResult,
};
pub use grammar::MailRequest;
pub use server::{
    Answer, AuthOffer, BearerOffer, ReceivedMessage, ScramKeys, Secret, Server, ServerSettings,
    SizeMode, Step, TlsBinding,
};
pub use transcript::SpokenLine;
