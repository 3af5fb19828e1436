//! Send connectors at work: from a next hop to hosts, connections, transactions and outcomes.
//!
//! This room owns no queue and no retry times. It is told where to go and what to carry, and
//! turns every reply into delivered, deferred or failed for each recipient. It may use `smtp`,
//! `dns` and `tls`; what waits and what comes next is decided above, in `transport`.

mod connection;
mod courier;
mod dialer;
mod health;
mod judgement;
mod outcome;
mod passage;
mod patience;
mod record;
mod route;
mod tap;
mod tunnel;

pub use connection::{Connection, Parcel};
pub use courier::{Courier, CourierSettings, OwnAddresses};
pub use dialer::{BoxFuture, Dialer, DirectDialer};
pub use judgement::{ParticularReplies, ReplyPattern};
pub use outcome::{ConnectFailure, Delivery, Outcome};
pub use passage::{FrontEnds, Passage, for_senders};
pub use route::{Destination, Logon, Resolvers, Route, TlsUse, Unavailable, Way};
