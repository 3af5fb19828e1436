//! A sequence of numbers that look random; the seed is printed, so that a run can be repeated
//! (`RELAIS_SEED`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) struct Dice(u64);

impl Dice {
    /// From the seed in the environment, or the time.
    pub(crate) fn new() -> Self {
        let now =
            || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |d| d.as_nanos() as u64);
        let seed = number_from("RELAIS_SEED").unwrap_or_else(now) | 1;
        println!("RELAIS_SEED={seed}");
        Self(seed)
    }

    /// A number below this.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// A span shorter than so many milliseconds.
    pub(crate) fn millis(&mut self, below: u64) -> Duration {
        Duration::from_millis(self.below(below))
    }
}

/// A number in the environment.
pub(crate) fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
