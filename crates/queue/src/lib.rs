//! Queued recipients in memory: order, fairness, the retry ladder, rates.
//!
//! Pure data: no I/O, no tasks, no clock of its own. Every method that needs the time is told
//! it, so that days of retries are tested in microseconds. Who sends and how is not known here,
//! nor where what is not in memory is kept: of that, only numbers.

mod consignment;
mod key;
mod ladder;
mod queue;
mod rate;
mod stored;
mod turns;

pub use consignment::{Consignment, Priority};
pub use key::{DeliveryType, QueueKey};
pub use ladder::{Ladder, LadderPosition, RetrySchedule};
pub use queue::{Queue, QueueCounts, QueueStatus};
pub use rate::{RateMeter, Rates};
pub use stored::{Stored, Waits};
