//! What is known of the front ends, for all searches together: which failed, when and why.
//!
//! A front end that takes no connection bars the way: until one attempt has succeeded, only one
//! is made every [`PAUSE`], on behalf of all queues. One that took connections and broke a tunnel
//! off bars nothing; it is only tried after the others.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::Instant;

/// With many queues waiting for a front end, one attempt within this time speaks for all.
const PAUSE: Duration = Duration::from_secs(2);
/// A front end that failed lately comes after the others for this long.
const LAST: Duration = Duration::from_secs(60);

/// The front ends' failures, by name.
#[derive(Default)]
pub(crate) struct Health(Mutex<HashMap<String, Failure>>);

struct Failure {
    at: Instant,
    why: String,
    /// No tunnel could be opened.
    bars: bool,
}

/// The front end of one tunnel.
pub(crate) struct Through {
    pub(crate) front_end: String,
    health: Arc<Health>,
    broken: AtomicBool,
}

impl Health {
    /// It takes connections.
    pub(crate) fn works(&self, name: &str) {
        if self.0.lock().remove(name).is_some_and(|failure| failure.bars) {
            tracing::info!(front_end = name, "front end usable again");
        }
    }

    /// No tunnel could be opened through it.
    pub(crate) fn failed(&self, name: &str, why: &str) {
        let failure = Failure { at: Instant::now(), why: why.to_owned(), bars: true };
        let before = self.0.lock().insert(name.to_owned(), failure);
        // The same failure every few seconds is no news.
        if before.is_none_or(|before| !before.bars || before.why != why) {
            tracing::warn!(front_end = name, why, "front end not usable");
        }
    }

    fn broke(&self, name: &str, why: &str) {
        tracing::warn!(front_end = name, why, "front end: a tunnel broke off");
        let failure = Failure { at: Instant::now(), why: why.to_owned(), bars: false };
        self.0.lock().entry(name.to_owned()).or_insert(failure).at = Instant::now();
    }

    /// Whether it comes after the others.
    pub(crate) fn failed_lately(&self, name: &str) -> bool {
        self.0.lock().get(name).is_some_and(|failure| failure.at.elapsed() < LAST)
    }

    /// Why none of these is to be tried now: one of them, and what is the matter with it. `None` lets the
    /// caller try, and holds the others back meanwhile where they all have failed.
    pub(crate) fn barred<'a>(
        &self,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<(String, String)> {
        let mut failures = self.0.lock();
        let mut why = None;
        let mut is_due = false;
        for name in names.clone() {
            let failure = failures.get(name).filter(|failure| failure.bars)?;
            is_due |= failure.at.elapsed() >= PAUSE;
            why = Some((name.to_owned(), failure.why.clone()));
        }
        if !is_due {
            return why;
        }
        for name in names {
            if let Some(failure) = failures.get_mut(name) {
                failure.at = Instant::now();
            }
        }
        None
    }
}

impl Through {
    pub(crate) fn new(front_end: &str, health: &Arc<Health>) -> Self {
        Self {
            front_end: front_end.to_owned(),
            health: Arc::clone(health),
            broken: AtomicBool::new(false),
        }
    }

    /// The tunnel ended in disorder: not the target's doing, which would have ended it in order.
    pub(crate) fn broke(&self, error: &std::io::Error) {
        if !self.broken.swap(true, Ordering::Relaxed) {
            self.health.broke(&self.front_end, &error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_attempt_speaks_for_all_until_a_front_end_works() {
        let health = Health::default();
        let barred = || health.barred(["A", "B"].into_iter()).map(|(_, why)| why);
        assert_eq!(barred(), None);
        health.failed("A", "refused");
        assert_eq!(barred(), None, "B has not failed");
        health.failed("B", "timed out");
        assert_eq!(barred().as_deref(), Some("timed out"));
        tokio::time::advance(PAUSE).await;
        assert_eq!(barred(), None, "one may try");
        assert_eq!(barred().as_deref(), Some("timed out"), "the others wait for it");
        health.works("A");
        assert_eq!(barred(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_tunnel_bars_nothing_and_puts_its_front_end_last() {
        let health = Arc::new(Health::default());
        let through = Through::new("A", &health);
        through.broke(&std::io::ErrorKind::ConnectionReset.into());
        assert!(health.failed_lately("A"));
        assert_eq!(health.barred(["A"].into_iter()), None);
        tokio::time::advance(LAST).await;
        assert!(!health.failed_lately("A"));
    }
}
