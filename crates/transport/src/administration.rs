//! What an administrator sees of queues and messages, and how he names them
//! (transport.md sections 2.2 to 2.5). Plain values: a view, never the queue itself.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    str::FromStr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use model::{Guid, MessageId, Timestamp, TlsRequirement, ValueError};
use parking_lot::Mutex;
pub use spool::{Needs, TextNeed};
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
    /// Copies of another server's messages, by the number of that server's spool.
    Shadow(u64),
}

/// Copies of another server's messages, of which this server is the first to take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowQueue {
    /// The number of that server's spool.
    pub number: u64,
    /// That server's Fqdn.
    pub primary: String,
    /// How many messages it has, as it told last.
    pub messages: u64,
}

impl FromStr for QueueName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.to_ascii_lowercase().as_str() {
            "submission" => Ok(Self::Submission),
            "unreachable" => Ok(Self::Unreachable),
            "poison" => Ok(Self::Poison),
            name => {
                let (kind, number): (fn(u64) -> Self, _) = match name.strip_prefix("shadow\\") {
                    Some(number) => (Self::Shadow, number),
                    None => (Self::Delivery, name),
                };
                number.parse().map(kind).map_err(|_| {
                    ValueError::new(
                        text,
                        "is not a queue",
                        "Submission, Unreachable, Poison, a queue's number, or Shadow\\ and a number",
                    )
                })
            }
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
            Self::Shadow(number) => write!(f, "Shadow\\{number}"),
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
    /// `message_count` by priority: High, Normal, Low, None.
    pub counts_per_priority: [u64; 4],
    /// `deferred_message_count` by priority, likewise.
    pub deferred_per_priority: [u64; 4],
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
    /// What its messages want of TLS: `Default`, `Required` or `NotRequired`.
    pub tls_requirement: &'static str,
    /// The hosts it leads to, as they were looked up last, and what it shares with other queues that
    /// lead there.
    pub pool: Option<PoolInfo>,
}

/// What a queue shares with others that lead to the same hosts by the same connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolInfo {
    /// The hosts' names, in order of the alphabet.
    pub hosts: Vec<String>,
    /// Connections to them that stand or are being opened, all queues together.
    pub connections: u32,
    /// Where they have asked for less: while that is minded.
    pub limit: Option<PoolLimit>,
}

/// How many connections hosts are given at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolLimit {
    /// Of all queues of the pool together.
    pub most: u32,
    /// When it ends, unless they ask again.
    pub until: Timestamp,
    /// What they said that is why.
    pub cause: String,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Which messages are looked at or acted on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageScope {
    /// Only in these queues; in all queues unless given.
    pub queues: Option<Vec<QueueName>>,
    /// Only the message of this number.
    pub id: Option<MessageId>,
    /// Only what comes after this message and queue.
    pub after: Option<(MessageId, QueueName)>,
    /// What can be left out may lack this; whoever asks judges the rest.
    pub needs: Needs,
}

impl MessageScope {
    /// Whether the message of this number, in this queue, is meant.
    #[must_use]
    pub fn includes(&self, id: MessageId, queue: QueueName) -> bool {
        self.id.is_none_or(|wanted| wanted == id)
            && self.after.is_none_or(|after| (id, queue) > after)
            && self.queues.as_ref().is_none_or(|queues| queues.contains(&queue))
    }
}

/// One message in one queue while it is visited: what costs nothing to know, and the rest on
/// demand. Borrowed, so that a list of a million needs no memory.
pub struct MessageView<'a> {
    /// Its number.
    pub id: MessageId,
    /// The queue this row speaks of.
    pub queue: QueueName,
    /// Envelope sender; `<>` for the null path.
    pub from_address: &'a str,
    /// Decoded subject.
    pub subject: Option<&'a str>,
    /// `Active`, `Ready`, `Retry`, `Suspended`, `PendingRemove` or `PendingSuspend`.
    pub status: &'static str,
    /// Bytes of content.
    pub size: u64,
    /// When it was accepted.
    pub date_received: Timestamp,
    /// When it expires.
    pub expiration_time: Timestamp,
    /// Last failure: the message's own, else its queue's.
    pub last_error: Option<&'a str>,
    /// Failed attempts of the message itself.
    pub retry_count: u32,
    /// `Low`, `Normal` or `High`.
    pub priority: &'static str,
    /// DeferReason; `None` when there is none.
    pub defer_reason: &'static str,
    /// Reads the details; asked at most once.
    reader: &'a dyn Fn() -> MessageDetails,
    details: OnceCell<MessageDetails>,
}

impl<'a> MessageView<'a> {
    /// A view with nothing but its name; the fields are public and filled in by the caller.
    /// `reader` reads what is kept apart, and is called at most once.
    pub fn new(id: MessageId, queue: QueueName, reader: &'a dyn Fn() -> MessageDetails) -> Self {
        Self {
            id,
            queue,
            from_address: "<>",
            subject: None,
            status: "Ready",
            size: 0,
            date_received: Timestamp::from_millis(0),
            expiration_time: Timestamp::from_millis(0),
            last_error: None,
            retry_count: 0,
            priority: "Normal",
            defer_reason: "None",
            reader,
            details: OnceCell::new(),
        }
    }

    /// What is kept apart; empty when it cannot be read (any more). The first call may read the
    /// disk.
    pub fn details(&self) -> &MessageDetails {
        self.details.get_or_init(|| (self.reader)())
    }
}

/// What is kept apart of a message, and read only where a filter or the output asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageDetails {
    /// `SMTP:<Receive connector>` or `DSN`.
    pub source_name: String,
    /// The client's address.
    pub source_ip: Option<IpAddr>,
    /// Message-ID with angle brackets.
    pub internet_message_id: Option<String>,
    /// What it wants of TLS (RFC 8689).
    pub tls: TlsRequirement,
    /// The recipients in this queue.
    pub recipients: Vec<RecipientInfo>,
}

/// Which messages of its scope an action concerns.
pub type Matches = Arc<dyn Fn(&MessageView<'_>) -> bool + Send + Sync>;

/// What is done to messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageAction {
    /// They stay where they are until resumed.
    Suspend,
    /// They may be sent again; in the Poison queue: are routed again.
    Resume,
    /// They are deleted.
    Remove {
        /// Whether the sender gets a report.
        with_ndr: bool,
    },
}

/// How far an action has come; shared between who acts, who watches and who cancels.
#[derive(Debug, Default)]
pub struct Progress {
    /// Messages found that the action concerns.
    pub matched: AtomicU64,
    /// Messages it was done to.
    pub done: AtomicU64,
    /// Texts of refusals and how many messages each concerns; bounded.
    refused: Mutex<BTreeMap<String, u64>>,
    first: OnceLock<QueueError>,
    /// Set by who wants it to stop; what has been done stays done.
    pub cancelled: AtomicBool,
}

impl Progress {
    /// Distinct texts kept; further ones are counted together.
    const KINDS: usize = 20;
    const OTHER: &str = "other reasons";

    /// Counts `number` messages refused for `reason`.
    pub fn refuse(&self, reason: &QueueError, number: u64) {
        let _ = self.first.set(reason.clone());
        let mut refused = self.refused.lock();
        let text = reason.to_string();
        let is_kept = refused.contains_key(&text) || refused.len() < Self::KINDS;
        let text = if is_kept { text } else { Self::OTHER.to_owned() };
        *refused.entry(text).or_default() += number;
    }

    /// The texts of refusals and how many messages each concerns.
    pub fn refused(&self) -> BTreeMap<String, u64> {
        self.refused.lock().clone()
    }

    /// Why the first one was refused.
    pub fn first_refusal(&self) -> Option<QueueError> {
        self.first.get().cloned()
    }

    /// Asks the action to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the action is to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// A message as a file that the Replay directory takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The content, after header fields with the envelope (`X-Sender:`, `X-Receiver:` …).
    pub content: Bytes,
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
    /// Messages in the Submission queue cannot be suspended, removed or exported (transport.md
    /// section 2.1).
    #[error(
        "messages in the Submission queue wait to be categorized: they cannot be suspended, removed \
         or exported"
    )]
    Submission,
    /// Only a suspended message can be exported.
    #[error("message {0} is not suspended: only a suspended message can be exported")]
    NotSuspended(MessageId),
    /// Messages in the Poison queue are suspended always.
    #[error("messages in the Poison queue are suspended already")]
    Poison,
    /// What was asked is not possible with this queue.
    #[error("queue {0} cannot be suspended")]
    CannotSuspend(QueueName),
    /// The service does not offer this.
    #[error("{0} is not available in this version")]
    Unavailable(&'static str),
    /// Doing it broke off.
    #[error("the message broke its handling, and waits; twice, and it goes to the Poison queue")]
    Broke,
    /// Somebody else had it in hand all the while.
    #[error("something else is being done with the message at this moment: try again")]
    InHand,
    /// What the queues hold could not be read.
    #[error("the queues could not be read: {0}")]
    Reading(String),
    /// The change could not be made durable.
    #[error("the change could not be stored: {0}")]
    Storage(String),
}
