//! Counts within one minute of the clock, the unit of every rate of a Receive connector.

use model::Timestamp;

const MINUTE_MILLIS: i64 = 60_000;

/// The number of the minute.
pub(crate) fn minute_of(now: Timestamp) -> i64 {
    now.as_millis().div_euclid(MINUTE_MILLIS)
}

/// A count within one minute.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Minute {
    pub(crate) number: i64,
    pub(crate) count: u32,
}

impl Minute {
    /// Counts one more; the new count.
    pub(crate) fn count(&mut self, now: Timestamp) -> u32 {
        let number = minute_of(now);
        if number != self.number {
            *self = Self { number, count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count
    }
}
