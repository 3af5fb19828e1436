//! How quickly reports are made where many are owed at once: so many a second, after so many in
//! advance. A million messages that expire together, or are removed with a report, stay where they
//! are until it is their turn, and take neither the disk nor the queues from other mail.
//!
//! Reports that nobody can put off, about what a next hop has refused or what is undeliverable when
//! it is accepted, are made at once; they count, so that those which can wait do so longer.

use std::{sync::Arc, time::Duration};

use model::{Clock, Timestamp};
use parking_lot::Mutex;
use tokio::sync::watch;

/// Who waits for his turn looks again after this at the latest.
const AGAIN: Duration = Duration::from_millis(100);

/// How quickly reports are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportPace {
    /// In the long run; at least 1.
    pub per_second: u32,
    /// So many at once after a time without; at least 1.
    pub burst: u32,
}

impl Default for ReportPace {
    fn default() -> Self {
        Self { per_second: 100, burst: 1000 }
    }
}

/// Who gives out turns.
pub(crate) struct Pace {
    clock: Arc<dyn Clock>,
    settings: ReportPace,
    bucket: Mutex<Bucket>,
    /// Those who wait do so in a line: each gets on.
    line: tokio::sync::Mutex<()>,
}

/// What may be made at once.
struct Bucket {
    /// Thousandths of reports; negative after reports that could not wait.
    left: i64,
    /// When that was true.
    at: Timestamp,
}

impl Pace {
    pub(crate) fn new(clock: Arc<dyn Clock>, settings: ReportPace) -> Self {
        let per_second = settings.per_second.max(1);
        let settings = ReportPace { per_second, burst: settings.burst.max(1) };
        let bucket = Bucket { left: i64::from(settings.burst) * 1000, at: clock.now() };
        Self { clock, settings, bucket: Mutex::new(bucket), line: tokio::sync::Mutex::default() }
    }

    /// A report is made that cannot wait. What it takes from the others is bounded.
    pub(crate) fn spend(&self) {
        let mut bucket = self.filled();
        bucket.left = (bucket.left - 1000).max(i64::from(self.settings.burst) * -1000);
    }

    /// Takes a turn when there is one at once, and nobody waits for it.
    pub(crate) fn try_turn(&self) -> bool {
        self.line.try_lock().is_ok() && self.take()
    }

    /// Waits for a turn; `false` when the service stops before.
    pub(crate) async fn turn(&self, stop: &watch::Receiver<bool>) -> bool {
        let mut stop = stop.clone();
        let _first = self.line.lock().await;
        let again = Duration::from_secs(1) / self.settings.per_second;
        while !*stop.borrow() {
            if self.take() {
                return true;
            }
            tokio::select! {
                () = tokio::time::sleep(again.clamp(Duration::from_millis(5), AGAIN)) => {}
                change = stop.changed() => if change.is_err() { return false },
            }
        }
        false
    }

    fn take(&self) -> bool {
        let mut bucket = self.filled();
        let is_there = bucket.left >= 1000;
        if is_there {
            bucket.left -= 1000;
        }
        is_there
    }

    /// The bucket with what has come since it was looked at. A clock that is put back costs what
    /// would have come, and nothing more.
    fn filled(&self) -> parking_lot::MutexGuard<'_, Bucket> {
        let now = self.clock.now();
        let mut bucket = self.bucket.lock();
        let passed = now.as_millis().saturating_sub(bucket.at.as_millis()).max(0);
        let most = i64::from(self.settings.burst) * 1000;
        let come = passed.saturating_mul(i64::from(self.settings.per_second));
        bucket.left = bucket.left.saturating_add(come).min(most);
        bucket.at = now;
        bucket
    }
}

#[cfg(test)]
mod tests {
    use model::{ManualClock, TimeSpan};

    use super::*;

    fn pace() -> (Arc<ManualClock>, Pace) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        let settings = ReportPace { per_second: 2, burst: 3 };
        (Arc::clone(&clock), Pace::new(clock, settings))
    }

    fn turns(pace: &Pace) -> usize {
        (0..100).take_while(|_| pace.try_turn()).count()
    }

    #[test]
    fn a_burst_then_so_many_a_second() {
        let (clock, pace) = pace();
        assert_eq!(turns(&pace), 3);
        clock.advance(TimeSpan::millis(499));
        assert_eq!(turns(&pace), 0);
        clock.advance(TimeSpan::millis(1));
        assert_eq!(turns(&pace), 1);
        clock.advance(TimeSpan::hours(1));
        assert_eq!(turns(&pace), 3, "what was not used is not saved up");
    }

    #[test]
    fn what_cannot_wait_is_paid_back_within_bounds() {
        let (clock, pace) = pace();
        for _ in 0..1000 {
            pace.spend();
        }
        clock.advance(TimeSpan::millis(1500));
        assert_eq!(turns(&pace), 0);
        clock.advance(TimeSpan::millis(500));
        assert_eq!(turns(&pace), 1);
    }

    #[tokio::test]
    async fn nobody_waits_beyond_the_stop() {
        let (_clock, pace) = pace();
        let (stop, stopped) = watch::channel(false);
        assert!(pace.turn(&stopped).await);
        while pace.try_turn() {}
        let waits = async {
            let both = tokio::join!(pace.turn(&stopped), pace.turn(&stopped));
            assert_eq!(both, (false, false));
        };
        tokio::join!(waits, async { stop.send(true).unwrap() });
    }
}
