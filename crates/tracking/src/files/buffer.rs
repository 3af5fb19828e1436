//! What waits to be written, between those who write rows and the log's thread. Adding a row is
//! one short lock and no I/O. What waits is counted: from [`FULL`] on the log is full, which is
//! said to whoever can slow down; a row is never refused.

use std::time::{Duration, Instant};

use model::Timestamp;
use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

use super::{
    iso::{self, Day},
    row::Row,
    settings::LogSettings,
};

/// Rows gather at most this long before they are written.
const GATHER: Duration = Duration::from_millis(100);
/// So many bytes are written at once.
const ENOUGH: usize = 256 << 10;
/// With so many bytes waiting the log is full; with half of it, it is no longer.
const FULL: usize = 16 << 20;
/// How often what cannot be written is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often old files are looked for when nothing is written.
const IDLE: Duration = Duration::from_secs(600);

/// Rows of one day, whole lines.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) day: Day,
    pub(crate) bytes: Vec<u8>,
    /// How much of it is in the file.
    pub(crate) written: usize,
    /// How much of it is on disk for certain.
    pub(crate) synced: usize,
}

impl Chunk {
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.written..).unwrap_or_default()
    }
}

/// What the thread has to do next.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) settings: Option<LogSettings>,
    /// Where the rows taken so far end.
    pub(crate) end: u64,
    /// Somebody waits until this is on disk.
    pub(crate) sync_to: u64,
    pub(crate) closing: bool,
}

#[derive(Debug, Default)]
struct State {
    off: bool,
    /// The rows of each day; hardly ever more than one.
    days: Vec<(Day, Vec<u8>)>,
    waiting: usize,
    /// Bytes ever given.
    given: u64,
    /// Bytes the thread has taken and not written.
    in_hand: usize,
    sync_to: u64,
    settings: Option<LogSettings>,
    closing: bool,
}

/// Shared by the log's handles and its thread.
#[derive(Debug)]
pub(crate) struct Buffer {
    state: Mutex<State>,
    wake: Condvar,
    /// Up to where everything given is on disk.
    durable: watch::Sender<u64>,
    full: watch::Sender<bool>,
}

impl Buffer {
    pub(crate) fn new(off: bool) -> Self {
        Self {
            state: Mutex::new(State { off, ..State::default() }),
            wake: Condvar::new(),
            durable: watch::Sender::new(0),
            full: watch::Sender::new(false),
        }
    }

    /// Adds a row. `row` must not take long: everybody else waits.
    pub(crate) fn add(&self, at: Timestamp, row: impl FnOnce(&mut Row<'_>)) {
        self.append(at, |out| {
            iso::push(out, at);
            row(&mut Row::after_first(out));
        });
    }

    /// Adds a row that is written already, without its line end.
    pub(crate) fn add_line(&self, at: Timestamp, line: &[u8]) {
        self.append(at, |out| out.extend_from_slice(line));
    }

    fn append(&self, at: Timestamp, write: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state.lock();
        if state.off {
            return;
        }
        let days = &mut state.days;
        let day = Day::of(at);
        let index = match days.iter().position(|(d, _)| *d == day) {
            Some(index) => index,
            None => {
                days.push((day, Vec::with_capacity(ENOUGH / 4)));
                days.len() - 1
            }
        };
        let Some((_, out)) = days.get_mut(index) else { return };
        let before = out.len();
        write(out);
        out.push(b'\n');
        let added = out.len() - before;
        let was = state.waiting;
        state.waiting += added;
        state.given += added as u64;
        let full = state.waiting + state.in_hand >= FULL;
        if was == 0 || (was < ENOUGH && state.waiting >= ENOUGH) {
            self.wake.notify_one();
        }
        if full {
            self.full.send_if_modified(|full| !std::mem::replace(full, true));
        }
    }

    /// Whether rows are kept at all.
    pub(crate) fn is_on(&self) -> bool {
        !self.state.lock().off
    }

    pub(crate) fn configure(&self, settings: LogSettings) {
        let mut state = self.state.lock();
        state.off = settings.folder.is_none();
        state.settings = Some(settings);
        self.wake.notify_one();
    }

    pub(crate) fn close(&self) {
        self.state.lock().closing = true;
        self.wake.notify_one();
    }

    /// Where the rows given so far end.
    pub(crate) fn given(&self) -> u64 {
        self.state.lock().given
    }

    /// Asks that everything given so far comes to the disk; with the mark to wait for.
    pub(crate) fn ask_sync(&self) -> u64 {
        let mut state = self.state.lock();
        state.sync_to = state.given;
        self.wake.notify_one();
        state.given
    }

    pub(crate) fn durable(&self) -> watch::Receiver<u64> {
        self.durable.subscribe()
    }

    pub(crate) fn full(&self) -> watch::Receiver<bool> {
        self.full.subscribe()
    }

    pub(crate) fn is_full(&self) -> bool {
        *self.full.borrow()
    }

    /// Everything up to here is on disk, or is not wanted any more.
    pub(crate) fn set_durable(&self, end: u64) {
        self.durable.send_if_modified(|durable| {
            let later = end > *durable;
            *durable = end.max(*durable);
            later
        });
    }

    /// The thread holds so many bytes that it could not write.
    pub(crate) fn set_in_hand(&self, bytes: usize) {
        let mut state = self.state.lock();
        state.in_hand = bytes;
        if state.waiting + bytes < FULL / 2 {
            self.full.send_if_modified(|full| std::mem::replace(full, false));
        }
    }

    /// Waits for something to do. In `trouble` nothing more is taken: what could not be written
    /// comes first.
    pub(crate) fn take(&self, trouble: bool, synced: u64) -> Work {
        let mut state = self.state.lock();
        let deadline = Instant::now() + if trouble { AGAIN } else { IDLE };
        let is_idle = |state: &State| {
            let asked = !trouble && (state.waiting > 0 || state.sync_to > synced);
            !asked && state.settings.is_none() && !state.closing
        };
        while is_idle(&state) && !self.wake.wait_until(&mut state, deadline).timed_out() {}
        let until = Instant::now() + GATHER;
        let gathers = |state: &State| {
            state.waiting > 0
                && state.waiting < ENOUGH
                && state.sync_to <= synced
                && state.settings.is_none()
                && !state.closing
        };
        while !trouble && gathers(&state) && !self.wake.wait_until(&mut state, until).timed_out() {}
        let mut work = Work {
            settings: state.settings.take(),
            sync_to: state.sync_to,
            closing: state.closing,
            ..Work::default()
        };
        if !trouble {
            state.in_hand = std::mem::take(&mut state.waiting);
            let mut days = std::mem::take(&mut state.days);
            days.sort_by_key(|(day, _)| *day);
            let chunk = |(day, bytes)| Chunk { day, bytes, written: 0, synced: 0 };
            work.chunks = days.into_iter().map(chunk).collect();
        }
        work.end = state.given - state.waiting as u64;
        work
    }
}
