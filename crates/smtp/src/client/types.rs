//! The words of the client machine: what it is told, what it says back.

use std::sync::Arc;

use bytes::Bytes;
use model::{Envelope, HopAttributes, Reply};

use super::scram::KeyWork;

/// How a connection introduces itself.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Our name in EHLO.
    pub hello: String,
    /// HELO at once, never EHLO: no extension is used then (ForceHELO of a Send connector).
    pub force_helo: bool,
    /// LMTP (RFC 2033): LHLO, and one reply per recipient after the content.
    pub lmtp: bool,
}

/// What the driver has to do next.
#[derive(Debug)]
pub enum ClientStep {
    /// Write all of the output, then read some bytes into the input.
    NeedInput,
    /// Nothing is under way: the greeting and EHLO are done, or a transaction is.
    Ready,
    /// The server is ready for TLS: do the handshake, then call `tls_started`.
    StartTls,
    /// The server does not start TLS now; the session goes on in clear.
    TlsRefused(Reply),
    /// Do this work where it holds up nobody, then call `derived` with what it gives.
    Derive(KeyWork),
    /// The logon succeeded.
    Authenticated,
    /// The logon failed; the session goes on.
    AuthRefused(Reply),
    /// A transaction is over: what became of each recipient.
    Finished(TransactionResult),
    /// The connection is of no more use: close it.
    Failed(SessionFailure),
}

/// One message for some of its recipients.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// The envelope of the message.
    pub envelope: Arc<Envelope>,
    /// Indexes into `envelope.recipients` of those to send to.
    pub recipients: Vec<usize>,
    /// Fields that go on top of the content, CRLF lines: apart, so that a large content is not copied for them.
    pub top: Bytes,
    /// Content with CRLF lines, not dot-stuffed.
    pub content: Bytes,
    /// Whether the content has bytes above 127.
    pub eight_bit: bool,
    /// What another server of our organization is told of the message; nobody else is.
    pub attributes: Option<Box<HopAttributes>>,
}

impl Transaction {
    /// Bytes that it carries, without what the end and dots add.
    pub(super) fn size(&self) -> usize {
        self.top.len() + self.content.len()
    }
}

/// What became of each recipient of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionResult {
    /// Index into the envelope's recipients, and the final reply about it: its own refusal, or
    /// the reply to MAIL, DATA or the end of data. Same order as the transaction's.
    pub recipients: Vec<(usize, Reply)>,
    /// What each of these replies answered; same order.
    pub stage: Vec<Stage>,
}

/// Which command a final reply answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// The end of the content.
    End,
}

/// How much of a message's content has been given to a server that has not answered to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentSent {
    /// None: it was not asked for, or its fate is known.
    Nothing,
    /// Not all of it: the server cannot have taken the message.
    Part,
    /// All of it, with its end: the server may have taken the message.
    Whole,
}

/// Why a connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionFailure {
    /// The greeting was not 220.
    Greeting(Reply),
    /// EHLO (and HELO, where it was tried) was refused.
    Hello(Reply),
    /// The server closes the session: 421, or its reply to QUIT.
    Closing(Reply),
    /// The server does not keep to the protocol; says how, fit for logs.
    Protocol(String),
}

/// Why a transaction cannot be sent over this connection; nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// The content has bytes above 127, the server lacks 8BITMIME.
    #[error("the remote server does not offer 8BITMIME, which this message needs")]
    EightBit,
    /// An address or the header is internationalised, the server lacks SMTPUTF8.
    #[error("the remote server does not offer SMTPUTF8, which this message needs")]
    SmtpUtf8,
    /// The message was sent with REQUIRETLS, which the server does not offer, or not under TLS.
    #[error("the remote server does not offer REQUIRETLS, with which this message was sent")]
    RequireTls,
    /// The message is larger than the server's SIZE.
    #[error("the remote server takes messages of at most {limit} bytes")]
    TooLarge {
        /// The server's limit in bytes.
        limit: u64,
    },
}

/// What the client waits for now, for the time-outs of RFC 5321 section 4.5.3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The greeting (5 minutes).
    Greeting,
    /// The reply to EHLO, HELO or LHLO.
    Hello,
    /// The reply to STARTTLS.
    StartTls,
    /// A reply in a logon. What is sent and received meanwhile belongs into no log.
    Auth,
    /// The reply to MAIL or RSET (5 minutes).
    Mail,
    /// The reply to RCPT (5 minutes).
    Recipient,
    /// The reply to DATA (2 minutes).
    DataCommand,
    /// The network, to take the content (3 minutes for each block).
    DataBlock,
    /// The reply to the end of data (10 minutes).
    DataEnd,
    /// The reply to QUIT.
    Quit,
    /// Nothing.
    Idle,
}
