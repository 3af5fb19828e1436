//! Exchange's retry ladder: 4 × 1 min, then 6 × 5 min, then every 10 min (transport.md
//! section 3). It belongs to the next hop, not to the message.

use model::{TimeSpan, Timestamp};

/// The settings of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySchedule {
    /// QueueGlitchRetryCount.
    pub glitch_count: u32,
    /// QueueGlitchRetryInterval.
    pub glitch_interval: TimeSpan,
    /// TransientFailureRetryCount.
    pub transient_count: u32,
    /// TransientFailureRetryInterval.
    pub transient_interval: TimeSpan,
    /// OutboundConnectionFailureRetryInterval.
    pub failure_interval: TimeSpan,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            glitch_count: 4,
            glitch_interval: TimeSpan::minutes(1),
            transient_count: 6,
            transient_interval: TimeSpan::minutes(5),
            failure_interval: TimeSpan::minutes(10),
        }
    }
}

impl RetrySchedule {
    /// How long to wait after the `failures`th failure in a row (1 for the first).
    pub fn interval_after(&self, failures: u32) -> TimeSpan {
        if failures <= self.glitch_count {
            self.glitch_interval
        } else if failures - self.glitch_count <= self.transient_count {
            self.transient_interval
        } else {
            self.failure_interval
        }
    }
}

/// Where a ladder stands, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LadderPosition {
    /// Failures in a row.
    pub failures: u32,
    /// When the present run of failures began.
    pub first_failure: Option<Timestamp>,
    /// When the last failed attempt was made.
    pub last_attempt: Option<Timestamp>,
    /// When the next attempt is due, while failing.
    pub next_attempt: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// The last error is of the way, not of the next hop.
    pub barred: bool,
}

/// Where a next hop stands on the ladder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ladder {
    failures: u32,
    first_failure: Option<Timestamp>,
    last_attempt: Option<Timestamp>,
    next_attempt: Option<Timestamp>,
    last_error: Option<String>,
    /// The last error is of the way, not of the next hop.
    barred: bool,
}

impl Ladder {
    /// Where it stood before a restart.
    pub fn restored(position: LadderPosition) -> Self {
        let LadderPosition {
            failures,
            first_failure,
            last_attempt,
            next_attempt,
            last_error,
            barred,
        } = position;
        Self { failures, first_failure, last_attempt, next_attempt, last_error, barred }
    }

    /// Where it stands, to be kept over a restart.
    pub fn position(&self) -> LadderPosition {
        LadderPosition {
            failures: self.failures,
            first_failure: self.first_failure,
            last_attempt: self.last_attempt,
            next_attempt: self.next_attempt,
            last_error: self.last_error.clone(),
            barred: self.barred,
        }
    }

    /// An attempt failed at `now`.
    pub fn fail(&mut self, now: Timestamp, schedule: &RetrySchedule, error: String) {
        self.failures = self.failures.saturating_add(1);
        self.first_failure.get_or_insert(now);
        self.last_attempt = Some(now);
        self.next_attempt = Some(now + schedule.interval_after(self.failures));
        self.last_error = Some(error);
        self.barred = false;
    }

    /// The way to the next hop was barred before anything was learnt about it: the next attempt
    /// waits until `until`, and the ladder is not climbed.
    pub fn hold(&mut self, now: Timestamp, until: Timestamp, error: String) {
        self.last_attempt = Some(now);
        self.next_attempt = Some(until);
        self.last_error = Some(error);
        self.barred = true;
    }

    /// The next hop answered: the ladder starts anew. The last error is kept for the reader
    /// only while the run of failures lasts.
    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    /// Try at once (Retry-Queue, or the configuration changed); the count is kept.
    pub fn retry_now(&mut self) {
        self.next_attempt = None;
    }

    /// The next attempt is made then; the count is kept.
    pub fn try_again_at(&mut self, time: Timestamp) {
        self.next_attempt = Some(time);
    }

    /// Whether an attempt may be made at `now`.
    pub fn may_try(&self, now: Timestamp) -> bool {
        self.next_attempt.is_none_or(|next| next <= now)
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// When the present run of failures began.
    pub fn first_failure(&self) -> Option<Timestamp> {
        self.first_failure
    }

    /// When the last failed attempt was made.
    pub fn last_attempt(&self) -> Option<Timestamp> {
        self.last_attempt
    }

    /// When the next attempt is due, while failing.
    pub fn next_attempt(&self) -> Option<Timestamp> {
        self.next_attempt
    }

    /// Whether it was the way that was barred last, and not the next hop that failed.
    pub fn is_barred(&self) -> bool {
        self.barred
    }

    /// Why the last attempt failed.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barred_way_does_not_climb_the_ladder() {
        let schedule = RetrySchedule::default();
        let mut ladder = Ladder::default();
        let now = Timestamp::from_millis(0);
        ladder.fail(now, &schedule, "the host".into());
        for _ in 0..50 {
            ladder.hold(now, now + TimeSpan::seconds(5), "the front end".into());
        }
        assert_eq!(ladder.failures(), 1);
        assert_eq!(ladder.last_error(), Some("the front end"));
        assert!(!ladder.may_try(now) && ladder.may_try(now + TimeSpan::seconds(5)));
        assert!(ladder.is_barred());
        ladder.fail(now, &schedule, "the host".into());
        assert!(!ladder.is_barred());
    }

    #[test]
    fn attempts_come_at_the_documented_minutes() {
        let schedule = RetrySchedule::default();
        let mut ladder = Ladder::default();
        let mut now = Timestamp::from_millis(0);
        let mut minutes = Vec::new();
        for _ in 0..14 {
            minutes.push(now.as_millis() / 60_000);
            ladder.fail(now, &schedule, "x".into());
            assert!(!ladder.may_try(now));
            now = ladder.next_attempt().unwrap();
            assert!(ladder.may_try(now));
        }
        assert_eq!(minutes, [0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54, 64]);
        ladder.succeed();
        assert_eq!(ladder, Ladder::default());
    }
}
