//! What a server may do, judged by its own monotonic clock alone: it acts as the owner of its messages while its
//! lease lasts. The engine's clock decides when others may take them over, and always later: a lease counts here
//! from before the beat was sent.
//!
//! Pure: times are handed in.

use std::time::Duration;

use crate::LEASE;

/// A server of which there has been no sign of life for so long may have been asleep: stopped, or its machine
/// suspended.
const NAP: Duration = Duration::from_secs(3);
/// How often it has to give one.
pub(crate) const SIGN: Duration = Duration::from_millis(500);

/// A server's lease. Times count from any one moment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// When it ends; none before the first beat.
    until: Option<Duration>,
    /// The engine was found to be away, and not before the last sleep.
    is_away: bool,
    /// The last sign of life.
    awake: Duration,
    /// When the last sleep ended.
    woke: Duration,
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
        let zero = Duration::ZERO;
        Self { until: None, is_away: false, awake: zero, woke: zero, fenced: false }
    }

    /// A sign of life, to be given every [`SIGN`].
    pub fn awake(&mut self, now: Duration) {
        if self.may_have_slept(now) {
            self.woke = now;
            self.is_away = false;
        }
        self.awake = self.awake.max(now);
    }

    fn may_have_slept(&self, now: Duration) -> bool {
        now.saturating_sub(self.awake) > NAP
    }

    /// A beat that was sent at `sent` was answered.
    pub fn renewed(&mut self, sent: Duration) {
        self.until = Some(sent + LEASE);
        self.is_away = false;
    }

    /// A try of the engine that was begun at `begun` has failed at `now`. One from before a sleep says
    /// nothing: the engine has gone on meanwhile.
    pub fn missed(&mut self, begun: Duration, now: Duration) {
        self.awake(now);
        self.is_away |= begun >= self.woke;
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

    /// Whether a delivery may be begun at `now`. After the lease's end only by a server that has tried the
    /// engine in vain since it was last asleep: it must ask first whether its mail is still its own.
    pub fn may_deliver(&self, now: Duration, policy: Policy) -> bool {
        if self.fenced || self.lasts(now) {
            return !self.fenced;
        }
        policy == Policy::Preferred && self.is_away && !self.may_have_slept(now)
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

    /// Signs of life up to `to`.
    fn live(lease: &mut Lease, from: Duration, to: Duration) {
        let mut now = from;
        while now <= to {
            lease.awake(now);
            now += SIGN;
        }
    }

    #[test]
    fn without_the_engine_only_who_has_tried_it_goes_on() {
        let mut lease = Lease::new();
        live(&mut lease, at(0), at(100));
        lease.renewed(at(100));
        live(&mut lease, at(100), at(111));
        assert!(!lease.may_deliver(at(111), Policy::Preferred), "nothing is known");
        lease.missed(at(106), at(111));
        assert!(lease.may_deliver(at(112), Policy::Preferred));
        assert!(!lease.may_deliver(at(112), Policy::Required));
        live(&mut lease, at(111), at(200));
        assert!(lease.may_deliver(at(201), Policy::Preferred), "a try may take long");
        lease.renewed(at(204));
        assert!(lease.may_deliver(at(213), Policy::Required));
    }

    #[test]
    fn what_was_tried_before_a_sleep_says_nothing() {
        let mut lease = Lease::new();
        live(&mut lease, at(0), at(100));
        lease.missed(at(95), at(100));
        assert!(lease.may_deliver(at(101), Policy::Preferred));
        assert!(!lease.may_deliver(at(130), Policy::Preferred), "asleep for half a minute");
        // Whichever thread wakes first.
        let mut beating_first = lease;
        beating_first.missed(at(101), at(130));
        assert!(!beating_first.may_deliver(at(130), Policy::Preferred));
        live(&mut lease, at(130), at(131));
        assert!(!lease.may_deliver(at(131), Policy::Preferred));
        lease.missed(at(130), at(131));
        assert!(lease.may_deliver(at(131), Policy::Preferred));
    }
}
