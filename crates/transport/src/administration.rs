//! What an administrator sees of queues and messages, and how he names them
//! (transport.md sections 2.2 to 2.5). Plain values: a view, never the queue itself.

use std::{fmt, net::IpAddr, str::FromStr};

use model::{Guid, MessageId, Timestamp, ValueError};
use thiserror::Error;

/// The name of a queue on its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueueName {
    /// Where everything enters.
    Submission,
    /// Recipients nothing can carry.
    Unreachable,
    /// Messages suspected of crashing the service.
    Poison,
    /// A delivery queue, by its number.
    Delivery(u64),
}

impl FromStr for QueueName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.to_ascii_lowercase().as_str() {
            "submission" => Ok(Self::Submission),
            "unreachable" => Ok(Self::Unreachable),
            "poison" => Ok(Self::Poison),
            number => number.parse().map(Self::Delivery).map_err(|_| {
                ValueError::new(
                    text,
                    "is not a queue",
                    "Submission, Unreachable, Poison or a queue's number",
                )
            }),
        }
    }
}

impl fmt::Display for QueueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submission => f.write_str("Submission"),
            Self::Unreachable => f.write_str("Unreachable"),
            Self::Poison => f.write_str("Poison"),
            Self::Delivery(number) => number.fmt(f),
        }
    }
}

/// One queue as `Get-Queue` shows it (management.md section 4.3).
#[derive(Debug, Clone)]
pub struct QueueInfo {
    /// Its name.
    pub name: QueueName,
    /// NextHopDomain.
    pub next_hop_domain: String,
    /// NextHopConnector; zeros when unused.
    pub next_hop_connector: Guid,
    /// `External` or `Internal`.
    pub next_hop_category: &'static str,
    /// DeliveryType.
    pub delivery_type: &'static str,
    /// `Active`, `Connecting`, `Ready`, `Retry` or `Suspended`.
    pub status: &'static str,
    /// Messages with at least one recipient here.
    pub message_count: u64,
    /// Of these, messages that wait for a time of their own.
    pub deferred_message_count: u64,
    /// The last failure's text.
    pub last_error: Option<String>,
    /// When the next hop was last tried.
    pub last_retry_time: Option<Timestamp>,
    /// When it is tried next; only in Retry.
    pub next_retry_time: Option<Timestamp>,
    /// When the present run of failures began.
    pub first_retry_time: Option<Timestamp>,
    /// Failed attempts in the present run.
    pub retry_count: u32,
    /// Messages per second entering, averaged over the last minute.
    pub incoming_rate: f64,
    /// Messages per second leaving, averaged over the last minute.
    pub outgoing_rate: f64,
    /// Outgoing minus incoming.
    pub velocity: f64,
    /// TlsDomain of Domain Security; unused until then.
    pub tls_domain: Option<String>,
}

/// One message in one queue as `Get-Message` shows it (management.md section 5.3).
#[derive(Debug, Clone)]
pub struct MessageInfo {
    /// Its number.
    pub id: MessageId,
    /// The queue this row speaks of.
    pub queue: QueueName,
    /// Envelope sender; `<>` for the null path.
    pub from_address: String,
    /// `Active`, `Ready`, `Retry`, `Suspended` or `PendingRemove`.
    pub status: &'static str,
    /// Decoded subject.
    pub subject: Option<String>,
    /// Bytes of content.
    pub size: u64,
    /// `SMTP:<Receive connector>` or `DSN`.
    pub source_name: String,
    /// The client's address.
    pub source_ip: Option<IpAddr>,
    /// When it was accepted.
    pub date_received: Timestamp,
    /// When it expires.
    pub expiration_time: Timestamp,
    /// Message-ID with angle brackets.
    pub internet_message_id: Option<String>,
    /// Last failure: the message's own, else its queue's.
    pub last_error: Option<String>,
    /// Failed attempts of the message itself.
    pub retry_count: u32,
    /// `Normal`.
    pub priority: &'static str,
    /// DeferReason; `None` when there is none.
    pub defer_reason: &'static str,
    /// The recipients in this queue.
    pub recipients: Vec<RecipientInfo>,
}

/// One recipient of a message in a queue.
#[derive(Debug, Clone)]
pub struct RecipientInfo {
    /// Its address.
    pub address: String,
    /// `External` or `Mailbox`.
    pub kind: &'static str,
    /// `Complete`, `Ready` or `Retry`.
    pub status: &'static str,
    /// The last reply or the reason it cannot be routed.
    pub last_error: Option<String>,
    /// The connector's name, or `<No Matching Connector>`.
    pub next_hop: String,
}

/// Why an action on a queue or message was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueueError {
    /// There is no such queue now.
    #[error("there is no queue {0}")]
    NoSuchQueue(QueueName),
    /// There is no such message in the queue or server named.
    #[error("there is no message {0}")]
    NoSuchMessage(MessageId),
    /// Retry-Queue works on a queue in Retry.
    #[error("queue {0} is not in Retry: only such a queue can be retried")]
    NotInRetry(QueueName),
    /// The Unreachable queue has no next hop to retry.
    #[error(
        "the Unreachable queue has no next hop: use -Resubmit $true to route its messages again"
    )]
    NeedsResubmit,
    /// Messages in the Submission queue cannot be removed (transport.md section 2.1).
    #[error("messages in the Submission queue cannot be changed")]
    Submission,
    /// The change could not be made durable.
    #[error("the change could not be stored: {0}")]
    Storage(String),
}
