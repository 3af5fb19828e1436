//! When the next attempt may be made. Kept in a file: neither failures nor a server that is started again and again
//! lead to a crowd of orders.

use std::time::Duration;

use model::{TimeSpan, Timestamp};
use serde::{Deserialize, Serialize};

/// How long the first failure is waited over. Let's Encrypt allows five failed proofs of a name an hour.
const FIRST: TimeSpan = TimeSpan::minutes(15);
/// The longest that is waited over failures of our own accord.
const LONGEST: TimeSpan = TimeSpan::days(1);
/// The longest that a server may ask us to wait: a week is what they do, and a day is added.
const MOST_ASKED: TimeSpan = TimeSpan::days(8);
/// The longest between one certificate and the next, where that is due at once.
const SPACING: TimeSpan = TimeSpan::hours(1);
/// The shortest.
const LEAST_SPACING: TimeSpan = TimeSpan::seconds(10);

/// What has been tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Attempts {
    /// What was to be obtained: where that is something else, nothing of this counts.
    pub(crate) wanted: String,
    /// How many failures there have been since the last success.
    pub(crate) failures: u32,
    /// When the last one was.
    pub(crate) failed: Option<Timestamp>,
    /// The end of its sentence.
    pub(crate) why: String,
    /// When the next may be made.
    pub(crate) not_before: Option<Timestamp>,
    /// Before when the server does not want to be asked.
    pub(crate) asked_for: Option<Timestamp>,
}

impl Attempts {
    /// None yet.
    pub(crate) fn new(wanted: String) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// At the start of the server: who has mended something starts it again and does not want to wait a day. What
    /// the authority asked for counts, and what failed a moment ago is not tried at once.
    pub(crate) fn after_start(mut self, wanted: &str, now: Timestamp) -> Self {
        if self.wanted != wanted {
            return Self::new(wanted.to_owned());
        }
        if let (Some(not_before), Some(failed)) = (self.not_before, self.failed) {
            let soon = failed + FIRST;
            let soonest = self.asked_for.map_or(soon, |asked| asked.max(soon));
            self.not_before = Some(not_before.min(soonest));
        }
        // Times of a clock that was wrong.
        self.not_before = self.not_before.filter(|at| at.since(now) <= MOST_ASKED);
        self
    }

    /// Notes a failure. `chance`, from 0 to 1, spreads what many servers do at once.
    pub(crate) fn failed(
        &mut self,
        now: Timestamp,
        why: &str,
        retry_after: Option<Duration>,
        chance: f64,
    ) {
        self.failures = self.failures.saturating_add(1);
        let own = now + backoff(self.failures, chance);
        let asked = retry_after.map(|span| now + bounded(span));
        self.asked_for = asked;
        self.not_before = Some(asked.map_or(own, |asked| asked.max(own)));
        self.failed = Some(now);
        why.clone_into(&mut self.why);
    }

    /// Notes a success with a certificate of this life.
    pub(crate) fn succeeded(&mut self, now: Timestamp, life: TimeSpan) {
        let tenth = TimeSpan::millis(life.as_millis() / 10);
        let spacing = tenth.clamp(LEAST_SPACING, SPACING);
        let wanted = std::mem::take(&mut self.wanted);
        *self = Self { wanted, not_before: Some(now + spacing), ..Self::default() };
    }
}

fn bounded(span: Duration) -> TimeSpan {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    TimeSpan::millis(millis).min(MOST_ASKED)
}

/// A quarter of an hour, twice as much after each failure, at most a day; a fifth less or more.
fn backoff(failures: u32, chance: f64) -> TimeSpan {
    let doublings = failures.saturating_sub(1).min(16);
    let plain = FIRST.as_millis().saturating_mul(1 << doublings).min(LONGEST.as_millis());
    // Never less than the first: it is what the authority allows.
    let factor = 0.8 + 0.4 * chance.clamp(0.0, 1.0);
    let spread = (plain as f64 * factor) as u64;
    TimeSpan::millis(spread).clamp(FIRST, LONGEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000)
    }

    #[test]
    fn failures_are_waited_over_from_minutes_to_a_day() {
        let minutes: Vec<u64> =
            (1..=10).map(|failures| backoff(failures, 0.5).as_millis() / 60_000).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440]);
        assert_eq!(backoff(4, 0.0), TimeSpan::minutes(96));
        assert_eq!(backoff(4, 1.0), TimeSpan::minutes(144));
        assert_eq!(backoff(1, 0.0), FIRST);
        assert_eq!(backoff(u32::MAX, 1.0), LONGEST);
    }

    #[test]
    fn what_the_server_asks_for_counts_within_bounds() {
        let mut attempts = Attempts::new("x".to_owned());
        let hours = |n: u64| Some(Duration::from_secs(n * 3600));
        attempts.failed(now(), "too many", hours(36), 0.5);
        assert_eq!(attempts.not_before, Some(now() + TimeSpan::hours(36)));
        attempts.failed(now(), "too many", Some(Duration::from_secs(1)), 0.5);
        assert_eq!(attempts.not_before, Some(now() + TimeSpan::minutes(30)), "and ours");
        attempts.failed(now(), "for ever", Some(Duration::MAX), 0.5);
        assert_eq!(attempts.not_before, Some(now() + MOST_ASKED));
        assert_eq!((attempts.failures, attempts.why.as_str()), (3, "for ever"));
    }

    #[test]
    fn a_start_shortens_our_own_patience_but_not_that_of_the_server() {
        let mut attempts = Attempts::new("x".to_owned());
        for _ in 0..8 {
            attempts.failed(now(), "no", None, 0.5);
        }
        assert_eq!(attempts.not_before, Some(now() + TimeSpan::days(1)));
        let restarted = attempts.clone().after_start("x", now() + TimeSpan::minutes(1));
        assert_eq!(restarted.not_before, Some(now() + FIRST), "not at once either");
        assert_eq!(restarted.failures, 8);
        assert_eq!(attempts.clone().after_start("y", now()), Attempts::new("y".to_owned()));
        attempts.failed(now(), "too many", Some(Duration::from_secs(7200)), 0.5);
        let restarted = attempts.clone().after_start("x", now());
        assert_eq!(restarted.not_before, Some(now() + TimeSpan::hours(2)));
        let long_ago = attempts.after_start("x", now() - TimeSpan::days(3000));
        assert_eq!(long_ago.not_before, None, "the clock was wrong");
    }

    #[test]
    fn one_certificate_does_not_follow_the_other_at_once() {
        let mut attempts = Attempts::new("x".to_owned());
        attempts.failed(now(), "no", None, 0.5);
        let mut after = |life| {
            attempts.succeeded(now(), life);
            assert_eq!((attempts.failures, attempts.failed), (0, None));
            attempts.not_before.unwrap().since(now())
        };
        assert_eq!(after(TimeSpan::days(90)), SPACING);
        assert_eq!(after(TimeSpan::minutes(5)), TimeSpan::seconds(30));
        assert_eq!(after(TimeSpan::millis(0)), LEAST_SPACING);
        assert_eq!(attempts.wanted, "x");
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_the_first_or_longer_than_a_day(n in any::<u32>(), chance in any::<f64>()) {
            let chance = if chance.is_nan() { 0.5 } else { chance };
            prop_assert!((FIRST..=LONGEST).contains(&backoff(n, chance)));
        }
    }
}
