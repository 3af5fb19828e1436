//! What failed lately and is not tried again for each message: an overwhelmed host is left alone
//! for a while, and nobody waits again and again for a DNS server that does not answer.

use std::collections::HashMap;

use model::{DomainName, TimeSpan, Timestamp};
use parking_lot::Mutex;

use crate::Failure;

/// Most failures remembered; beyond that the newest are repeated sooner.
const MOST: usize = 10_000;

/// What failed of one kind, and when.
pub(crate) struct Setbacks {
    pause: TimeSpan,
    known: Mutex<HashMap<DomainName, (Timestamp, Failure)>>,
}

impl Setbacks {
    /// Failures that are not repeated for `pause`.
    pub(crate) fn new(pause: TimeSpan) -> Self {
        Self { pause, known: Mutex::default() }
    }

    /// Why nothing is to be tried for `domain` now.
    pub(crate) fn recent(&self, domain: &DomainName, now: Timestamp) -> Option<Failure> {
        let known = self.known.lock();
        let recent = known.get(domain).filter(|(at, _)| self.is_recent(*at, now));
        recent.map(|(_, why)| why.clone())
    }

    pub(crate) fn note(&self, domain: &DomainName, why: Failure, now: Timestamp) {
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.retain(|_, (at, _)| self.is_recent(*at, now));
        }
        if known.len() < MOST {
            known.insert(domain.clone(), (now, why));
        }
    }

    pub(crate) fn forget(&self, domain: &DomainName) {
        self.known.lock().remove(domain);
    }

    pub(crate) fn forget_old(&self, now: Timestamp) {
        self.known.lock().retain(|_, (at, _)| self.is_recent(*at, now));
    }

    /// A clock that was put back does not prolong the pause.
    fn is_recent(&self, at: Timestamp, now: Timestamp) -> bool {
        at <= now && now.since(at) < self.pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FetchError;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_failure_holds_for_its_pause() {
        let setbacks = Setbacks::new(TimeSpan::minutes(5));
        let domain: DomainName = "example.net".parse().unwrap();
        let why = Failure::Fetch(FetchError::Status(404));
        setbacks.note(&domain, why.clone(), at(1000));
        assert_eq!(setbacks.recent(&domain, at(1299)), Some(why.clone()));
        assert_eq!(setbacks.recent(&domain, at(1300)), None);
        assert_eq!(setbacks.recent(&domain, at(999)), None);
        setbacks.forget_old(at(1299));
        assert_eq!(setbacks.recent(&domain, at(1299)), Some(why));
        setbacks.forget(&domain);
        assert_eq!(setbacks.recent(&domain, at(1000)), None);
    }

    #[test]
    fn many_failures_do_not_grow_without_bound() {
        let setbacks = Setbacks::new(TimeSpan::minutes(5));
        let note = |n: usize, now| {
            let domain = format!("{n}.example").parse().unwrap();
            setbacks.note(&domain, Failure::Fetch(FetchError::TooLarge), now);
            setbacks.recent(&domain, now).is_some()
        };
        assert!((0..MOST).all(|n| note(n, at(0))));
        assert!(!note(MOST, at(299)));
        assert!(note(MOST, at(300)));
        assert_eq!(setbacks.known.lock().len(), 1);
    }
}
