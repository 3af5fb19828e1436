//! What a server may do, judged by its own monotonic clock alone: it acts as the owner of its messages while its
//! lease lasts. The engine's clock decides when others may take them over, and always later: a lease counts here
//! from before the beat was sent.
//!
//! Pure: times are handed in.

use std::time::Duration;

use crate::{BEAT, LEASE};

/// A try of the engine that failed counts as knowledge that it is away for so long: until the next one, which takes
/// a while where three hosts are silent.
const FRESH: Duration = BEAT.saturating_mul(8);

/// A server's lease. Times count from any one moment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// When it ends; none before the first beat.
    until: Option<Duration>,
    /// When the engine was last found to be away.
    failed: Option<Duration>,
    fenced: bool,
}

/// What a server goes by while the engine is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// It goes on delivering what it holds: mail moves, and some may be sent twice if others can reach the engine
    /// (`RejectMessageOnShadowFailure` is `$false`).
    Preferred,
    /// It pauses at its lease's end (`$true`).
    Required,
}

impl Lease {
    /// Nothing has been heard of the engine yet.
    pub const fn new() -> Self {
        Self { until: None, failed: None, fenced: false }
    }

    /// A beat that was sent at `sent` was answered.
    pub fn renewed(&mut self, sent: Duration) {
        self.until = Some(sent + LEASE);
        self.failed = None;
    }

    /// The engine was found to be away at `now`.
    pub fn missed(&mut self, now: Duration) {
        self.failed = Some(now);
    }

    /// The seat is lost.
    pub fn fenced(&mut self) {
        self.fenced = true;
    }

    /// When the last beat that was answered was sent.
    pub fn answered(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_sub(LEASE))
    }

    /// Whether the seat is lost.
    pub fn is_fenced(&self) -> bool {
        self.fenced
    }

    /// Whether the lease lasts at `now`.
    pub fn lasts(&self, now: Duration) -> bool {
        !self.fenced && self.until.is_some_and(|until| now < until)
    }

    /// Whether a delivery may be begun at `now`. After the lease's end only by a server that has just tried
    /// the engine in vain: one that has been asleep must ask first whether its mail is still its own.
    pub fn may_deliver(&self, now: Duration, policy: Policy) -> bool {
        if self.fenced || self.lasts(now) {
            return !self.fenced;
        }
        let tried = self.failed.is_some_and(|failed| now.saturating_sub(failed) < FRESH);
        policy == Policy::Preferred && tried
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_lease_counts_from_before_the_beat() {
        let mut lease = Lease::new();
        assert!(!lease.may_deliver(at(0), Policy::Required));
        assert_eq!(lease.answered(), None);
        lease.renewed(at(100));
        assert_eq!(lease.answered(), Some(at(100)));
        assert!(lease.may_deliver(at(109), Policy::Required));
        assert!(!lease.may_deliver(at(110), Policy::Required));
        lease.fenced();
        assert!(!lease.may_deliver(at(101), Policy::Preferred));
    }

    #[test]
    fn without_the_engine_only_who_has_tried_it_goes_on() {
        let mut lease = Lease::new();
        lease.renewed(at(100));
        assert!(!lease.may_deliver(at(111), Policy::Preferred), "it may have been asleep");
        lease.missed(at(111));
        assert!(lease.may_deliver(at(112), Policy::Preferred));
        assert!(!lease.may_deliver(at(112), Policy::Required));
        assert!(!lease.may_deliver(at(201), Policy::Preferred), "asleep for 90 seconds");
        lease.missed(at(202));
        assert!(lease.may_deliver(at(203), Policy::Preferred));
        lease.renewed(at(204));
        assert!(lease.may_deliver(at(213), Policy::Required));
    }
}
