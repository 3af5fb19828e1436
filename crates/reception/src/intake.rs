//! What reception hands over, and to whom.

use std::{future::Future, net::IpAddr, pin::Pin};

use bytes::Bytes;
use model::{Envelope, Guid, MessageId, Reply};

/// A complete message that passed every rule of its Receive connector.
#[derive(Debug)]
pub struct Submitted {
    /// The number it will have; already in its trace field.
    pub id: MessageId,
    /// The GUID that follows it over hops.
    pub network_id: Guid,
    /// MAIL and RCPT.
    pub envelope: Envelope,
    /// The content without our own trace field.
    pub content: Bytes,
    /// Our `Received` field, to be put on top when it goes out.
    pub trace: String,
    /// The Receive connector.
    pub connector: String,
    /// The client.
    pub client: IpAddr,
    /// The name the client gave itself.
    pub hello: String,
    /// Our own address of the connection.
    pub local: Option<IpAddr>,
}

/// The message is durable.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Its Message-ID field's value, for the reply.
    pub internet_message_id: Option<String>,
}

/// The message was not taken; the reply says why.
#[derive(Debug, Clone)]
pub struct Refusal(pub Reply);

/// What [`Intake::accept`] returns.
pub type IntakeFuture<'a> = Pin<Box<dyn Future<Output = Result<Accepted, Refusal>> + Send + 'a>>;

/// Takes responsibility for messages.
pub trait Intake: Send + Sync {
    /// A number for a message that is about to be handed over.
    fn next_id(&self) -> MessageId;

    /// Takes the message over. Resolves when it is durable, not before: the client is told
    /// `250` right after.
    fn accept(&self, submitted: Submitted) -> IntakeFuture<'_>;

    /// Whether new messages are refused at MAIL for want of resources (back pressure).
    fn is_pressed(&self) -> bool;
}
