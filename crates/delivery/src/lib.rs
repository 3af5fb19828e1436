//! Send connectors at work: from a next hop to hosts, connections, transactions and outcomes.
//!
//! This room owns no queue and no retry times. It is told where to go and what to carry, and
//! turns every reply into delivered, deferred or failed for each recipient. It may use `smtp`,
//! `dns` and `tls`; what waits and what comes next is decided above, in `transport`.

mod blocked;
mod cautions;
mod connection;
mod courier;
mod dane;
mod demand;
mod dialer;
mod health;
mod judgement;
mod lmtp;
mod oauth;
mod outcome;
mod outward;
mod passage;
mod patience;
mod permit;
mod record;
mod route;
mod security;
mod servers;
mod sign;
mod tap;
mod tunnel;

pub use blocked::for_senders;
pub use connection::{Connection, Parcel};
pub use courier::{CountSessions, Courier, CourierSettings, Hosts, OwnAddresses};
pub use dialer::{BoxFuture, Dialer, DirectDialer};
pub use judgement::{ParticularReplies, ReplyPattern};
pub use lmtp::{LmtpAddress, LmtpServer};
pub use outcome::{ConnectFailure, Delivery, Outcome};
pub use outward::Outward;
pub use passage::{FrontEnds, Passage};
pub use route::{
    Assurance, BETWEEN_SERVERS, Destination, Logon, Relay, Resolvers, Route, TlsUse, Unavailable,
    Way,
};
pub use security::{HostSecurity, Requirement, Sighting};
pub use servers::{Endpoint, FromDirectory, OtherServer, Servers, Whereabouts, endpoints_of};
pub use sign::Sign;
