//! A second place in which messages are durable: the copy that survives this machine (Exchange's shadow
//! redundancy, DESIGN section 9). What it is, this room does not know; here is what it asks of one.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use model::MessageId;

/// What a second place learns of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// A new message.
    Insert(MessageCopy),
    /// One recipient (index into the envelope) is finished.
    Finish(MessageId, u32),
    /// The sender has been told of this recipient's delay.
    DelayReported(MessageId, u32),
    /// The whole message is finished.
    Remove(MessageId),
}

/// A message as a second place keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCopy {
    /// Its number on this server.
    pub id: MessageId,
    /// The record in its stored form ([`MessageRecord::from_stored`]).
    pub record: Bytes,
    /// The content.
    pub content: Bytes,
}

/// What became of new mail in the second place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is durable there.
    Durable,
    /// It is not, and is accepted all the same: the only copy is here.
    Alone,
    /// It is not, and is refused for that (`RejectMessageOnShadowFailure`).
    Refused,
}

/// The answer about new mail.
pub type Judging = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// A second place. It is called from the committing thread and from those who accept mail: it may not
/// block.
pub trait Durability: Send + Sync {
    /// Whether new mail would be refused now, so that nothing of it need be stored first.
    fn refuses(&self) -> bool;

    /// Takes new mail over, all of it or none; answers within seconds.
    fn accept(&self, mail: Vec<Copied>) -> Judging;

    /// Learns what has become durable here, in this order.
    fn learn(&self, changes: Vec<Copied>);
}

/// Which copies in the second place are this spool's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incarnation {
    /// The second place: the organization's servers share one.
    pub cluster: String,
    /// This spool's number there.
    pub number: u64,
}
