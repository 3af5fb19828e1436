//! Connections that only read: a few, lent for one short read transaction each.
//!
//! After a failed sync every connection to the file has to be closed before one is opened again
//! (`store` says why). So they are counted: [`Readers::close`] takes them all back first, and
//! until [`Readers::open`] whoever asks is told [`SpoolError::Closed`].

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::{SpoolError, schema};

/// Reads at once that need no more than a moment; others wait for their turn.
const MOST_BRIEF: usize = 4;
/// Connections kept open.
const MOST_IDLE: usize = 4;
/// A reader that keeps its connection longer than this keeps the file from being opened again.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct State {
    open: bool,
    idle: Vec<Connection>,
    /// Lent out, of both kinds.
    lent: usize,
    /// Lent out for a moment.
    brief: usize,
}

/// See the head of this file.
pub(crate) struct Readers {
    path: PathBuf,
    state: Mutex<State>,
    returned: Condvar,
}

/// Counts a loan until it ends, however it ends.
struct Loan<'a> {
    readers: &'a Readers,
    brief: bool,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state.lock();
        state.lent -= 1;
        state.brief -= usize::from(self.brief);
        self.readers.returned.notify_all();
    }
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Result<Self, SpoolError> {
        let readers = Self { path, state: Mutex::default(), returned: Condvar::new() };
        readers.open()?;
        Ok(readers)
    }

    /// Reads with a connection for a moment: `read` calls nothing that reads here itself.
    pub(crate) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        self.lend(true, read)
    }

    /// Reads with a connection while others may read within `read`, too.
    pub(crate) fn scan<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        self.lend(false, read)
    }

    /// Closes all connections, waiting for those that are lent.
    pub(crate) fn close(&self) -> Result<(), SpoolError> {
        let mut state = self.state.lock();
        state.open = false;
        state.idle.clear();
        self.returned.notify_all();
        let end = Instant::now() + PATIENCE;
        while state.lent > 0 {
            if self.returned.wait_until(&mut state, end).timed_out() {
                return Err(SpoolError::Open("somebody does not stop reading it".to_owned()));
            }
        }
        Ok(())
    }

    /// Lets everybody read, when the file can be opened.
    pub(crate) fn open(&self) -> Result<(), SpoolError> {
        let connection = schema::open_reader(&self.path)?;
        let mut state = self.state.lock();
        state.open = true;
        state.idle.push(connection);
        Ok(())
    }

    /// Whether nothing can be read.
    pub(crate) fn is_closed(&self) -> bool {
        !self.state.lock().open
    }

    fn lend<T>(
        &self,
        brief: bool,
        read: impl FnOnce(&Connection) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        let mut state = self.state.lock();
        while state.open && brief && state.brief >= MOST_BRIEF {
            self.returned.wait(&mut state);
        }
        if !state.open {
            return Err(SpoolError::Closed);
        }
        let idle = state.idle.pop();
        state.lent += 1;
        state.brief += usize::from(brief);
        drop(state);
        // Before the connection, so that it is counted until the connection is closed.
        let _loan = Loan { readers: self, brief };
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.path)?,
        };
        let result = read(&connection);
        let mut state = self.state.lock();
        if state.open && state.idle.len() < MOST_IDLE {
            state.idle.push(connection);
        }
        drop(state);
        result
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::testing::Place;

    /// Whoever reads is waited for, whoever comes meanwhile is told, and none is left waiting.
    #[test]
    fn all_connections_are_closed_before_one_is_opened() {
        let place = Place::new();
        let readers = &place.spool.readers();
        let (begun, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || {
                readers.scan(|_| {
                    begun.send(()).unwrap();
                    may_go.recv().unwrap();
                    Ok(())
                })
            });
            has_begun.recv().unwrap();
            let closing = scope.spawn(|| readers.close());
            while !readers.is_closed() {
                std::thread::yield_now();
            }
            assert!(matches!(readers.with(|_| Ok(())), Err(SpoolError::Closed)));
            assert!(!closing.is_finished(), "somebody reads");
            go.send(()).unwrap();
            reading.join().unwrap().unwrap();
            closing.join().unwrap().unwrap();
        });
        assert!(readers.state.lock().idle.is_empty(), "what was lent was closed, not kept");
        readers.open().unwrap();
        readers.with(|_| Ok(())).unwrap();
    }

    #[test]
    fn brief_reads_take_turns_and_a_failed_one_gives_its_turn_back() {
        let place = Place::new();
        let readers = &place.spool.readers();
        let at_once = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for n in 0..40 {
                let at_once = &at_once;
                scope.spawn(move || {
                    let read = |_: &Connection| {
                        use std::sync::atomic::Ordering::SeqCst;
                        assert!(at_once.fetch_add(1, SeqCst) < MOST_BRIEF);
                        std::thread::yield_now();
                        at_once.fetch_sub(1, SeqCst);
                        assert!(n % 10 != 3, "this one ends badly");
                        if n % 3 == 0 { Err(SpoolError::Full) } else { Ok(()) }
                    };
                    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        readers.with(read)
                    }));
                });
            }
        });
        let state = readers.state.lock();
        assert_eq!((state.lent, state.brief), (0, 0));
        assert!(state.idle.len() <= MOST_IDLE);
    }
}
