//! Who sent what waits, how large it is and in which queue, in 24 bytes a row: so that the second
//! question about a million rows costs a tenth of the first.
//!
//! A digest is made of one part of the messages' numbers when somebody asks, and forgotten as soon as a row
//! of that part is written: what is kept says nothing that the store does not say. It may name rows that
//! have gone. Hashes may let rows pass that are not meant, never stop one that is.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use model::MessageId;
use parking_lot::Mutex;
use rusqlite::{Connection, types::ValueRef};

use crate::{Needs, RowKey, SpoolError, TextNeed, rows};

/// Message numbers in a digest.
pub(crate) const PART: u64 = 16_384;
/// Rows in all digests together: 36 MB.
const MOST: usize = 1_500_000;
/// Forgotten when nobody has asked for so long.
const UNUSED: Duration = Duration::from_mins(10);

/// One row.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// Its message's number, counted from the part's first.
    offset: u32,
    first: u32,
    /// Hash of the sender's address; [`ANY`] when that is not ASCII.
    address: u32,
    /// Hash of what follows its last `@`.
    domain: u32,
    /// Bytes; [`u32::MAX`] for that and more.
    size: u32,
    /// Number of the queue; [`u32::MAX`] for that and more.
    queue: u32,
}

/// Stands for every text.
const ANY: u32 = 0;

/// The rows of one part.
#[derive(Debug)]
pub(crate) struct Digest {
    start: u64,
    lines: Vec<Line>,
}

/// What a digest can be asked for.
#[derive(Debug, Default)]
pub(crate) struct Question {
    address: Option<u32>,
    domain: Option<u32>,
    size: Option<(u32, u32)>,
    queues: Option<Vec<u32>>,
    /// It is all that was needed.
    pub(crate) is_whole: bool,
}

impl Question {
    /// `None` when a digest has nothing to say.
    pub(crate) fn of(needs: &Needs) -> Option<Self> {
        let mut question = Self {
            size: needs.size.as_ref().map(|size| (limited(*size.start()), limited(*size.end()))),
            queues: (needs.queues.as_ref())
                .map(|queues| queues.iter().map(|queue| limited(*queue)).collect()),
            is_whole: needs.subject.is_none() && needs.accepted.is_none(),
            ..Self::default()
        };
        match &needs.sender {
            Some(TextNeed::Whole(text)) => question.address = Some(hash(text.as_bytes())),
            Some(TextNeed::End(text)) if text.starts_with('@') => {
                question.domain = Some(hash(&text.as_bytes()[1..]));
            }
            Some(_) => question.is_whole = false,
            None => {}
        }
        let says_nothing = question.address.is_none()
            && question.domain.is_none()
            && question.size.is_none()
            && question.queues.is_none();
        (!says_nothing).then_some(question)
    }

    fn passes(&self, line: &Line) -> bool {
        let is = |hash: u32, wanted: Option<u32>| {
            wanted.is_none_or(|wanted| hash == wanted || hash == ANY)
        };
        is(line.address, self.address)
            && is(line.domain, self.domain)
            && self.size.is_none_or(|(least, most)| (least..=most).contains(&line.size))
            && self.queues.as_ref().is_none_or(|queues| queues.contains(&line.queue))
    }
}

impl Digest {
    /// Reads the part that begins at `start`.
    fn read(reader: &Connection, start: u64) -> Result<Self, SpoolError> {
        let mut statement = reader.prepare_cached(
            "SELECT message, first, queue, size, from_address FROM waiting
             WHERE message >= ?1 AND message < ?2 ORDER BY message, first",
        )?;
        let mut found = statement.query((start, start.saturating_add(PART)))?;
        let mut lines = Vec::new();
        while let Some(row) = found.next()? {
            let Some(key) = rows::key_of(row) else { continue };
            // What an outside hand has written there reads as nothing.
            let number = |column| match row.get_ref(column) {
                Ok(ValueRef::Integer(value)) => limited(u64::try_from(value).unwrap_or(0)),
                _ => 0,
            };
            let (address, domain) = match row.get_ref(4)? {
                ValueRef::Text(text) => hashes(text),
                _ => (ANY, ANY),
            };
            lines.push(Line {
                offset: limited(key.message.as_u64() - start),
                first: key.first,
                address,
                domain,
                size: number(3),
                queue: number(2),
            });
        }
        lines.shrink_to_fit();
        Ok(Self { start, lines })
    }

    /// The rows that may be meant, in order; `None` when they are more than `most`.
    pub(crate) fn ask(&self, question: &Question, most: usize) -> Option<Vec<RowKey>> {
        let mut keys = Vec::new();
        for line in self.lines.iter().filter(|line| question.passes(line)) {
            if keys.len() == most {
                return None;
            }
            let message = MessageId::new(self.start + u64::from(line.offset));
            keys.extend(message.map(|message| RowKey { message, first: line.first }));
        }
        Some(keys)
    }
}

/// The digests that there are.
#[derive(Default)]
pub(crate) struct Digests {
    /// Whether there is anything to forget; most of the time nobody asks.
    any: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    made: HashMap<u64, Arc<Digest>>,
    /// Rows in them.
    rows: usize,
    /// By the part's start: how many read it just now, and whether a row has been written meanwhile.
    reading: HashMap<u64, (u32, bool)>,
    asked: Option<Instant>,
}

impl Digests {
    /// The digest of the part that begins at `start`, a multiple of [`PART`].
    pub(crate) fn of(&self, reader: &Connection, start: u64) -> Result<Arc<Digest>, SpoolError> {
        {
            let mut state = self.state.lock();
            state.asked = Some(Instant::now());
            if let Some(made) = state.made.get(&start) {
                return Ok(Arc::clone(made));
            }
            state.reading.entry(start).or_default().0 += 1;
            // Before anything is read: whoever writes from now on says so.
            self.any.store(true, Ordering::SeqCst);
        }
        let read = Digest::read(reader, start).map(Arc::new);
        self.state.lock().has_read(start, read.as_ref().ok());
        read
    }

    /// A row of this message has been committed.
    pub(crate) fn touch(&self, message: MessageId) {
        if !self.any.load(Ordering::SeqCst) {
            return;
        }
        let start = message.as_u64() / PART * PART;
        let mut state = self.state.lock();
        state.forget(start);
        if let Some((_, is_spoilt)) = state.reading.get_mut(&start) {
            *is_spoilt = true;
        }
    }

    /// Whether there is one of the part that begins at `start`.
    #[cfg(test)]
    pub(crate) fn has(&self, start: u64) -> bool {
        self.state.lock().made.contains_key(&start)
    }

    /// The file is another than it was, perhaps.
    pub(crate) fn forget_all(&self) {
        let mut state = self.state.lock();
        (state.made, state.rows) = Default::default();
        state.reading.values_mut().for_each(|(_, is_spoilt)| *is_spoilt = true);
    }

    /// Forgets everything when nobody has asked for a while.
    pub(crate) fn forget_unused(&self) {
        if !self.any.load(Ordering::SeqCst) {
            return;
        }
        let mut state = self.state.lock();
        if state.asked.is_none_or(|at| at.elapsed() >= UNUSED) && state.reading.is_empty() {
            *state = State::default();
            self.any.store(false, Ordering::SeqCst);
        }
    }
}

impl State {
    fn has_read(&mut self, start: u64, digest: Option<&Arc<Digest>>) {
        let Some((readers, is_spoilt)) = self.reading.get_mut(&start) else { return };
        *readers -= 1;
        let is_spoilt = *is_spoilt;
        if *readers == 0 {
            self.reading.remove(&start);
        }
        let Some(digest) = digest.filter(|digest| self.rows + digest.lines.len() <= MOST) else {
            return;
        };
        if !is_spoilt && !self.made.contains_key(&start) {
            self.rows += digest.lines.len();
            self.made.insert(start, Arc::clone(digest));
        }
    }

    fn forget(&mut self, start: u64) {
        if let Some(digest) = self.made.remove(&start) {
            self.rows -= digest.lines.len();
        }
    }
}

fn limited(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Of an address and of its domain.
fn hashes(address: &[u8]) -> (u32, u32) {
    if !address.is_ascii() {
        return (ANY, ANY);
    }
    let domain =
        address.iter().rposition(|byte| *byte == b'@').map_or(address, |at| &address[at + 1..]);
    (hash(address), hash(domain))
}

/// Of a text whose case does not matter; never [`ANY`].
fn hash(text: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut part = [0; 64];
    for piece in text.chunks(part.len()) {
        let lower = &mut part[..piece.len()];
        lower.copy_from_slice(piece);
        lower.make_ascii_lowercase();
        hasher.update(lower);
    }
    hasher.finalize().max(1)
}
