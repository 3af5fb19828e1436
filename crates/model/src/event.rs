//! What happened to a message, as one typed value: it is logged, counted and traced by readers
//! that stand above; nobody formats a log line where the thing happens (DESIGN section 4).

use std::net::IpAddr;

use crate::{
    Address, Guid, MessageId, NewMail, PressureLevel, Resource, Timestamp, TlsRequirement,
};

/// What happened to a message. Names are the event ids of message tracking (transport.md section
/// 10.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEventKind {
    /// Accepted and durable.
    Receive,
    /// Handed over to the next hop, which has taken it.
    Send,
    /// Put into a mailbox here.
    Deliver,
    /// Put off.
    Defer,
    /// Failed for good.
    Fail,
    /// A delivery status notification was made; the message is the notification.
    Dsn,
    /// Found in the spool at start.
    Load,
    /// Taken out of its queue and routed again.
    Resubmit,
    /// A file of the Pickup or Replay directory that is no message was set aside.
    BadMail,
    /// Put into the Poison queue, or taken out of it.
    PoisonMessage,
    /// A group's members are its recipients.
    Expand,
    /// A recipient is known by another address.
    Resolve,
    /// A recipient's mail goes elsewhere.
    Redirect,
}

impl MessageEventKind {
    /// The event id: `RECEIVE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receive => "RECEIVE",
            Self::Send => "SEND",
            Self::Deliver => "DELIVER",
            Self::Defer => "DEFER",
            Self::Fail => "FAIL",
            Self::Dsn => "DSN",
            Self::Load => "LOAD",
            Self::Resubmit => "RESUBMIT",
            Self::BadMail => "BADMAIL",
            Self::PoisonMessage => "POISONMESSAGE",
            Self::Expand => "EXPAND",
            Self::Resolve => "RESOLVE",
            Self::Redirect => "REDIRECT",
        }
    }
}

/// The part of the server that an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSource {
    /// A conversation with another host.
    Smtp,
    /// Local delivery.
    StoreDriver,
    /// The maker of reports.
    Dsn,
    /// The choice of the next hop.
    Routing,
    /// A queue: time-outs and retries.
    Queue,
    /// What the DNS says about the destination.
    Dns,
    /// An administrator.
    Admin,
    /// The start of the service.
    BootLoader,
    /// What becomes of copies when a server is gone.
    Redundancy,
    /// The Pickup or the Replay directory.
    Pickup,
    /// The watch over messages that break their handling.
    PoisonMessage,
}

impl EventSource {
    /// As the message tracking log names it: `SMTP`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smtp => "SMTP",
            Self::StoreDriver => "STOREDRIVER",
            Self::Dsn => "DSN",
            Self::Routing => "ROUTING",
            Self::Queue => "QUEUE",
            Self::Dns => "DNS",
            Self::Admin => "ADMIN",
            Self::BootLoader => "BOOTLOADER",
            Self::Redundancy => "REDUNDANCY",
            Self::Pickup => "PICKUP",
            Self::PoisonMessage => "POISONMESSAGE",
        }
    }
}

/// From where to where a message goes, as seen from the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directionality {
    /// From one of our accepted domains, or made here.
    Originating,
    /// From anywhere else.
    Incoming,
}

impl Directionality {
    /// As the message tracking log names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Originating => "Originating",
            Self::Incoming => "Incoming",
        }
    }
}

/// What is known of a message, whatever happens to it.
#[derive(Debug, Clone, Copy)]
pub struct MessageFacts<'a> {
    /// Its number on this server.
    pub id: MessageId,
    /// Follows it over hops.
    pub network_id: Guid,
    /// The Message-ID field, with angle brackets.
    pub internet_message_id: Option<&'a str>,
    /// The decoded subject.
    pub subject: Option<&'a str>,
    /// The envelope's sender; empty for `<>`.
    pub sender: &'a str,
    /// Bytes of content.
    pub size: u64,
    /// When it was accepted here.
    pub accepted_at: Timestamp,
    /// The client that gave it to us; none for messages made here.
    pub original_client: Option<IpAddr>,
    /// Whose message it is.
    pub directionality: Directionality,
    /// What it wants of TLS (RFC 8689).
    pub tls: TlsRequirement,
}

/// One end of a conversation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peer<'a> {
    /// Its name, as far as it is known; empty otherwise.
    pub name: &'a str,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// A recipient and what was said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientResult<'a> {
    /// Who.
    pub recipient: &'a Address,
    /// The reply or reason, as LastError shows it; empty where there is none.
    pub status: &'a str,
}

/// One step of a message's life. Borrows everything: a reader that keeps it, copies it.
#[derive(Debug, Clone)]
pub struct MessageEvent<'a> {
    /// What happened.
    pub kind: MessageEventKind,
    /// Who says so.
    pub source: EventSource,
    /// The message.
    pub message: MessageFacts<'a>,
    /// The recipients it happened to.
    pub recipients: Vec<RecipientResult<'a>>,
    /// The connector: `Server\Name` of a Receive connector, the name of a Send connector; empty
    /// where there is none.
    pub connector: &'a str,
    /// Who gave the message.
    pub client: Peer<'a>,
    /// Who took it.
    pub server: Peer<'a>,
    /// The address that these recipients have come from, where there is one.
    pub related_recipient: Option<&'a Address>,
    /// What else it refers to: reports on this message, or the Message-ID reported on.
    pub reference: String,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A step of a message's life.
    Message(&'a MessageEvent<'a>),
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
        /// What.
        resource: Resource,
        /// How scarce it is now.
        level: PressureLevel,
        /// How scarce it was; the same where new mail is refused because it has been Medium for
        /// too long.
        before: PressureLevel,
        /// What becomes of new mail, all resources considered.
        new_mail: NewMail,
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
    fn emit(&self, at: Timestamp, event: &Event<'_>);
}

/// A sink that forgets everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _at: Timestamp, _event: &Event<'_>) {}
}
