//! What happened to a message, as one typed value: it is logged, counted and traced by readers
//! that stand above; nobody formats a log line where the thing happens (DESIGN section 4).

use std::{fmt, net::IpAddr};

use crate::{Address, Guid, MessageId, Timestamp};

/// How one recipient fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientResult {
    /// Who.
    pub recipient: Address,
    /// The reply or reason, as LastError shows it.
    pub status: String,
}

/// How scarce a resource is (transport.md section 6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PressureLevel {
    /// There is enough.
    #[default]
    Normal,
    /// New mail is refused, so that there is room for what has been accepted.
    Medium,
    /// Only what is needed to finish accepted mail is done.
    High,
}

impl fmt::Display for PressureLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "Normal",
            Self::Medium => "Medium",
            Self::High => "High",
        })
    }
}

/// One step of a message's life. Names follow the event ids of message tracking
/// (transport.md section 10.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Accepted and durable.
    Receive {
        /// The message.
        id: MessageId,
        /// Who gave it to us; absent for messages made here.
        client: Option<IpAddr>,
        /// The Receive connector, or `DSN`.
        source: String,
        /// Envelope sender, empty for `<>`.
        sender: String,
        /// Envelope recipients.
        recipients: Vec<Address>,
        /// Bytes of content.
        size: u64,
    },
    /// Handed over and accepted by the next hop.
    Send {
        /// The message.
        id: MessageId,
        /// Name of the Send connector, or `mailbox` for local delivery.
        connector: String,
        /// The host that took it.
        remote: String,
        /// Who has been delivered.
        recipients: Vec<RecipientResult>,
    },
    /// Put off.
    Defer {
        /// The message.
        id: MessageId,
        /// Who waits, and why.
        recipients: Vec<RecipientResult>,
    },
    /// Failed for good.
    Fail {
        /// The message.
        id: MessageId,
        /// Who failed, and why.
        recipients: Vec<RecipientResult>,
    },
    /// A delivery status notification was made.
    Dsn {
        /// The report.
        id: MessageId,
        /// The message it reports on.
        about: MessageId,
    },
    /// An administrator removed recipients.
    Remove {
        /// The message.
        id: MessageId,
        /// Who.
        recipients: Vec<Address>,
    },
    /// The directory changed and routes were computed again.
    RoutingChanged {
        /// The directory's new revision.
        revision: u64,
        /// How many queued recipients moved to another queue.
        moved: u64,
    },
    /// Somebody signed in, or failed to.
    SignIn {
        /// The name that was given, shortened.
        user: String,
        /// From where.
        client: Option<IpAddr>,
        /// Whether it was right.
        success: bool,
    },
    /// A resource has become scarcer, or there is enough of it again.
    Pressure {
        /// What, as in `disk of /var/lib/relais/spool`.
        resource: String,
        /// How scarce it is now.
        level: PressureLevel,
        /// How scarce it was.
        before: PressureLevel,
        /// The figures.
        detail: String,
    },
    /// A queue's next hop could not be reached.
    QueueRetry {
        /// The connector's GUID (zeros where there is none).
        connector: Guid,
        /// The next hop.
        next_hop: String,
        /// Why.
        error: String,
        /// When it is tried again.
        next_retry: Timestamp,
    },
}

/// Takes events. Must not block: a reader that does slow things queues them itself.
pub trait EventSink: Send + Sync {
    /// Takes one event that happened at `at`.
    fn emit(&self, at: Timestamp, event: &Event);
}

/// A sink that forgets everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _at: Timestamp, _event: &Event) {}
}
