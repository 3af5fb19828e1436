//! Whether a group of changes waits a moment for more to join it. Each commit has costs of its own (a sync,
//! pages that every transaction writes), which a larger group shares. Under load as many come again as came
//! before: a group waits until there are as many, and not long. Who is alone does not wait.

use std::time::{Duration, Instant};

/// The longest a group waits.
pub(crate) const LONGEST: Duration = Duration::from_millis(1);
/// More than so many are not waited for: what a commit costs is well shared then, and those who wait for it
/// could be doing something.
const MOST: usize = 16;
/// A commit says something about what comes now when it ended no longer ago than this.
const RECENT: Duration = Duration::from_millis(5);

/// What is known of the last commit.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Gathering {
    last: Option<(usize, Instant)>,
}

impl Gathering {
    /// How many should wait for a commit before it begins at `now`; 1 where it need not wait.
    pub(crate) fn wanted(&self, now: Instant) -> usize {
        match self.last {
            Some((count, ended)) if now.saturating_duration_since(ended) <= RECENT => {
                count.clamp(1, MOST)
            }
            _ => 1,
        }
    }

    /// A commit that `count` have waited for has ended.
    pub(crate) fn ended(&mut self, count: usize, now: Instant) {
        self.last = Some((count, now));
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
}
