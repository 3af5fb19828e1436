//! Send connectors at work: from a next hop to hosts, connections, transactions and outcomes.
//!
//! This room owns no queue and no retry times. It is told where to go and what to carry, and
//! turns every reply into delivered, deferred or failed for each recipient. It may use `smtp`,
//! `dns` and `tls`; what waits and what comes next is decided above, in `transport`.

mod dialer;

pub use dialer::{BoxFuture, Dialer, DirectDialer};
