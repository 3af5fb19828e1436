//! One fetch for a domain at a time: who comes second waits, and then finds what the first has
//! brought. A turn ends when it is dropped, so one that is given up blocks nobody.

use std::{collections::HashMap, sync::Arc};

use model::DomainName;
use parking_lot::Mutex;
use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// A lock for each domain that somebody fetches for or waits for, and none else.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<DomainName, Arc<Lock<()>>>>>);

/// The right to fetch for a domain. The lock is given back before the seat is left.
pub(crate) struct Turn {
    _held: OwnedMutexGuard<()>,
    _seat: Seat,
}

/// A part in a domain's lock. The last one to leave removes it.
struct Seat {
    turns: Turns,
    domain: DomainName,
    lock: Arc<Lock<()>>,
}

impl Turns {
    /// Waits until nobody else has the turn.
    pub(crate) async fn take(&self, domain: &DomainName) -> Turn {
        let seat = self.seat(domain);
        let held = Arc::clone(&seat.lock).lock_owned().await;
        Turn { _held: held, _seat: seat }
    }

    /// The turn, unless somebody has it.
    pub(crate) fn try_take(&self, domain: &DomainName) -> Option<Turn> {
        let seat = self.seat(domain);
        let held = Arc::clone(&seat.lock).try_lock_owned().ok()?;
        Some(Turn { _held: held, _seat: seat })
    }

    fn seat(&self, domain: &DomainName) -> Seat {
        let lock = Arc::clone(self.0.lock().entry(domain.clone()).or_default());
        Seat { turns: self.clone(), domain: domain.clone(), lock }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut locks = self.turns.0.lock();
        // New parts are taken under the lock we hold: two are the map's and ours.
        if Arc::strong_count(&self.lock) <= 2 {
            locks.remove(&self.domain);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_left() {
        let turns = Turns::default();
        let [a, b]: [DomainName; 2] = ["a.example", "b.example"].map(|name| name.parse().unwrap());
        let first = turns.take(&a).await;
        assert!(turns.try_take(&a).is_none());
        assert!(turns.try_take(&b).is_some());
        assert_eq!(turns.0.lock().len(), 1);
        let waiting = tokio::spawn({
            let (turns, a) = (turns.clone(), a.clone());
            async move { drop(turns.take(&a).await) }
        });
        let mut given_up = Box::pin(turns.take(&a));
        assert!((&mut given_up).now_or_never().is_none());
        drop(given_up);
        drop(first);
        waiting.await.unwrap();
        assert!(turns.0.lock().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_last_leaves_nothing() {
        let turns = Turns::default();
        let a: DomainName = "a.example".parse().unwrap();
        let first = turns.take(&a).await;
        let mut given_up = Box::pin(turns.take(&a));
        assert!((&mut given_up).now_or_never().is_none());
        drop(first);
        assert!(turns.try_take(&a).is_none(), "the one who waits is next");
        drop(given_up);
        assert!(turns.0.lock().is_empty());
        assert!(turns.try_take(&a).is_some());
    }
}
