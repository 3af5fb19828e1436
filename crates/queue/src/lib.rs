//! Queued recipients in memory: order, fairness, the retry ladder, rates.
//!
//! Pure data: no I/O, no tasks, no clock of its own. Every method that needs the time is told
//! it, so that days of retries are tested in microseconds. Who sends and how is not known here.

mod key;
mod ladder;
mod queue;
mod rate;

pub use key::{DeliveryType, QueueKey};
pub use ladder::{Ladder, RetrySchedule};
pub use queue::{Consignment, Queue, QueueCounts, QueueStatus};
pub use rate::{RateMeter, Rates};
