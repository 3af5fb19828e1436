//! Whether a group of changes waits a moment for more to join it. Each commit has costs of its own (a sync,
//! pages that every transaction writes), which a larger group shares. Under load as many come again as came
//! before: a group waits until there are as many, and not long. Who is alone does not wait.
//!
//! What is expected rises at once and falls slowly: with what came last alone, groups that are small once
//! stay so, since a commit that begins early leaves no time for more.

use std::time::{Duration, Instant};

/// The longest a group waits.
pub(crate) const LONGEST: Duration = Duration::from_millis(1);
/// More than so many are not waited for: what a commit costs is well shared then, and those who wait for it
/// could be doing something.
const MOST: usize = 16;
/// A commit says something about what comes now when it ended no longer ago than this.
const RECENT: Duration = Duration::from_millis(5);

/// What the last commits say.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Gathering {
    /// As many as can be expected to wait for the next one.
    expected: usize,
    /// When the last one ended.
    ended: Option<Instant>,
}

impl Gathering {
    /// How many should wait for a commit before it begins at `now`; 1 where it need not wait.
    pub(crate) fn wanted(&self, now: Instant) -> usize {
        let is_recent =
            self.ended.is_some_and(|ended| now.saturating_duration_since(ended) <= RECENT);
        if is_recent { self.expected.max(1) } else { 1 }
    }

    /// A commit that `count` have waited for has ended. More than were expected are expected at once; one small
    /// group among large ones says little, several do.
    pub(crate) fn ended(&mut self, count: usize, now: Instant) {
        let count = count.min(MOST);
        let is_recent = self.wanted(now) > 1;
        self.expected = if is_recent && count < self.expected {
            self.expected - (self.expected - count).div_ceil(4)
        } else {
            count
        };
        self.ended = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_came_before_are_waited_for_while_that_is_recent() {
        let mut gathering = Gathering::default();
        let now = Instant::now();
        assert_eq!(gathering.wanted(now), 1, "nothing is known");
        for (came, wanted) in [(0, 1), (1, 1), (2, 2), (MOST, MOST), (1_000, MOST)] {
            gathering.ended(came, now);
            assert_eq!(gathering.wanted(now + RECENT), wanted, "{came}");
        }
        assert_eq!(gathering.wanted(now + RECENT + Duration::from_micros(1)), 1);
    }

    #[test]
    fn fewer_are_expected_when_fewer_come_again_and_again() {
        let mut gathering = Gathering::default();
        let mut now = Instant::now();
        gathering.ended(16, now);
        let mut expected = Vec::new();
        for _ in 0..9 {
            now += LONGEST;
            gathering.ended(2, now);
            expected.push(gathering.wanted(now));
        }
        assert_eq!(expected, [12, 9, 7, 5, 4, 3, 2, 2, 2]);
        gathering.ended(9, now);
        assert_eq!(gathering.wanted(now), 9, "at once");
        // After a pause what was before says nothing.
        now += RECENT + LONGEST;
        gathering.ended(2, now);
        assert_eq!(gathering.wanted(now), 2);
    }
}
