//! Receive connectors at work: listens, admits, speaks SMTP, and hands complete messages over.
//!
//! Who may send what is decided here, from the connector that took the connection and from who
//! signed in. What becomes of a message afterwards is not: it is handed to an [`Intake`], which
//! answers when it is durable. This room may use `smtp`, `tls`, `identity`,
//! `message` and `sender-auth`.

mod admission;
mod conversation;
mod intake;
mod listener;
mod message_rate;
mod metrics;
mod minute;
mod partner;
mod pickup;
mod policy;
mod reason;
mod sender_proof;
mod session;
mod shared;
mod sign_in;

pub use intake::{
    Accepted, BadFile, DropDirectory, FileIntake, FileSource, Intake, IntakeFuture, Refusal,
    SendBackFuture, SentBack, Source, Submitted,
};
pub use listener::{Reception, ReceptionSettings};
pub use pickup::{DropDirectories, DropSettings};
pub use sender_proof::CurrentResolver;
