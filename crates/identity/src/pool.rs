//! A bounded place for work that takes long by design: two at a time, a limited queue.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many run at once: Argon2 takes 19 MiB and a whole core for each.
const AT_ONCE: usize = 2;
/// How many may wait for their turn.
const WAITING: usize = 256;

pub(crate) struct Pool {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// The right to run now, held until the work is done, even when nobody waits for it any more.
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Pool {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Waits for a turn, first come first served; `None` when too many wait already.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        Some(Turn { _place: place, _turn: turn })
    }

    /// Does the work on a thread of its own; `None` when it could not be finished.
    pub(crate) async fn run<T: Send + 'static>(
        turn: Turn,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, task::Poll};

    use super::*;

    #[tokio::test]
    async fn two_run_many_wait_more_are_refused() {
        let pool = Pool::new();
        let running = (pool.turn().await.unwrap(), pool.turn().await.unwrap());
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(pool.turn())).collect();
        std::future::poll_fn(|context| {
            for turn in &mut waiting {
                assert!(turn.as_mut().poll(context).is_pending());
            }
            Poll::Ready(())
        })
        .await;
        assert!(pool.turn().await.is_none());
        drop(running.0);
        let first = waiting.remove(0).await.unwrap();
        assert_eq!(Pool::run(first, || 7).await, Some(7));
        assert!(waiting.remove(0).await.is_some());
    }
}
