//! The words every room shares: addresses, domains, sizes, time spans, ids, the envelope,
//! replies, the clock, events.
//!
//! Nothing here does I/O or knows a protocol's state. Every type is made by a parser that
//! refuses nonsense; its error ([`ValueError`]) is the text the administrator or the peer reads.

mod address;
mod clock;
mod domain;
mod envelope;
mod event;
mod hop;
mod https_url;
mod id;
mod name;
mod pressure;
mod reply;
pub mod session_log;
mod size;
mod span;
mod value_error;

pub use address::{Address, ReversePath};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use domain::{AddressDomain, DomainName, DomainPattern};
pub use envelope::{
    BodyType, DsnReturn, Envelope, EnvelopeId, Notify, OriginalRecipient, Recipient, TlsRequirement,
};
pub use event::{
    Directionality, Event, EventSink, EventSource, MessageEvent, MessageEventKind, MessageFacts,
    NoEvents, Peer, RecipientResult,
};
pub use hop::{HOP_FORM, HopAttributes};
pub use https_url::{HttpsHost, HttpsUrl};
pub use id::{Guid, MessageId};
pub use name::ObjectName;
pub use pressure::{NewMail, PressureLevel, Resource};
pub use reply::{EnhancedCode, Reply, ReplyCode, Severity};
pub use size::{ByteSize, Unlimited};
pub use span::TimeSpan;
pub use value_error::ValueError;
