//! Reading the message tracking log: rows of a span of time, in the order of time, streamed from
//! the files of the days concerned. Lines that are not whole rows are passed by: a crash may
//! leave such.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use model::Timestamp;
use time::{PrimitiveDateTime, format_description::BorrowedFormatItem, macros::format_description};

use crate::{fields, files};

/// A line longer than this is no row of ours.
const LONGEST: usize = 16 << 20;
/// Rows stand in the files nearly in order; so many are held back to put them right.
const WINDOW: usize = 4_096;
/// And of so many bytes, should they be long.
const WINDOW_BYTES: usize = 16 << 20;
/// What a field costs beside its text.
const FIELD: usize = 64;

const ISO: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// One row: its fields under the names that the file's header gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingRow {
    at: Timestamp,
    /// The names of the fields, shared by the rows of a file.
    names: Arc<[String]>,
    fields: Vec<String>,
}

impl TrackingRow {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// A field by the name of the log's header; empty when there is none.
    pub fn field(&self, name: &str) -> &str {
        let index = self.names.iter().position(|n| n == name);
        index.and_then(|i| self.fields.get(i)).map_or("", String::as_str)
    }

    /// Bytes it takes in memory, about.
    fn cost(&self) -> usize {
        self.fields.iter().map(|field| field.len() + FIELD).sum()
    }
}

/// What a search has found.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of time.
    pub rows: Vec<TrackingRow>,
    /// Whether there are more than were asked for.
    pub more: bool,
    /// Whether there are more than fit into an answer.
    pub cut: bool,
}

impl Found {
    /// What the rows of one answer may take in memory, in bytes: some thirty thousand ordinary
    /// rows.
    pub const BYTES: usize = 64 << 20;
}

/// Where a search ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) rows: usize,
    pub(crate) bytes: usize,
}

/// The first rows of the log in `folder` from `start` up to, but not including, `end`
/// that `wanted` takes, up to `most`. Blocks while it reads.
///
/// # Errors
/// When the folder or a file cannot be read.
pub(crate) fn search(
    folder: &Path,
    prefix: &str,
    (start, end): (Option<Timestamp>, Option<Timestamp>),
    most: Most,
    wanted: impl Fn(&TrackingRow) -> bool,
) -> io::Result<Found> {
    let mut order = Order::new(most);
    for file in files::list(folder, prefix)? {
        let day = file.name.day;
        if start.is_some_and(|start| day.end() <= start)
            || end.is_some_and(|end| day.start() >= end)
        {
            continue;
        }
        let mut lines = match Lines::open(&folder.join(file.name.file_name(prefix))) {
            // Deleted for its age since it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            lines => lines?,
        };
        let mut names: Arc<[String]> = Arc::default();
        while let Some(line) = lines.next_line()? {
            if let Some(header) = line.strip_prefix(b"#") {
                if let Some(listed) = header.strip_prefix(b"Fields: ") {
                    let listed = String::from_utf8_lossy(listed);
                    names = listed.split(',').map(|name| name.trim().to_owned()).collect();
                }
                continue;
            }
            let Some(at) = line.get(..24).and_then(parse_time) else { continue };
            if start.is_some_and(|start| at < start) || end.is_some_and(|end| at >= end) {
                continue;
            }
            if let Some(row) = row(at, line, &names)
                && wanted(&row)
                && order.push(row)
            {
                return Ok(order.found);
            }
        }
    }
    Ok(order.finish())
}

fn row(at: Timestamp, line: &[u8], names: &Arc<[String]>) -> Option<TrackingRow> {
    let fields = fields::split(std::str::from_utf8(line).ok()?, b',')?;
    let fits = fields.len() == names.len();
    fits.then(|| TrackingRow { at, names: Arc::clone(names), fields })
}

/// A moment as the log writes it: `2026-11-23T21:30:00.000Z`.
pub(crate) fn parse_time(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let time = PrimitiveDateTime::parse(text, ISO).ok()?.assume_utc();
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(Timestamp::from_millis)
}

/// Puts rows that are nearly in order into order.
struct Order {
    held: BinaryHeap<Reverse<Held>>,
    held_bytes: usize,
    given: u64,
    found: Found,
    found_bytes: usize,
    most: Most,
}

/// By time, then as they came.
struct Held(Timestamp, u64, TrackingRow);

impl Order {
    fn new(most: Most) -> Self {
        let (held, found) = (BinaryHeap::new(), Found::default());
        Self { held, held_bytes: 0, given: 0, found, found_bytes: 0, most }
    }

    /// `true` when there is one more than may be.
    fn push(&mut self, row: TrackingRow) -> bool {
        self.given += 1;
        self.held_bytes += row.cost();
        self.held.push(Reverse(Held(row.at, self.given, row)));
        (self.held.len() > WINDOW || self.held_bytes > WINDOW_BYTES) && self.give()
    }

    fn give(&mut self) -> bool {
        let Some(Reverse(Held(_, _, row))) = self.held.pop() else { return false };
        let (rows, cost) = (self.found.rows.len(), row.cost());
        self.held_bytes -= cost;
        self.found.more = rows == self.most.rows;
        // One row at least, or nothing would ever be found behind it.
        self.found.cut = !self.found.more && rows > 0 && self.found_bytes + cost > self.most.bytes;
        let ends = self.found.more || self.found.cut;
        if !ends {
            self.found_bytes += cost;
            self.found.rows.push(row);
        }
        ends
    }

    fn finish(mut self) -> Found {
        while !self.held.is_empty() && !self.give() {}
        self.found
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

/// The lines of a file, each bounded.
pub(crate) struct Lines {
    reader: BufReader<File>,
    line: Vec<u8>,
}

impl Lines {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let reader = BufReader::with_capacity(64 << 10, File::open(path)?);
        Ok(Self { reader, line: Vec::new() })
    }

    /// The next line without its end; one that is too long, or without an end, is passed by.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.line.clear();
            if !self.read_line()? {
                return Ok(None);
            }
            if self.line.pop() == Some(b'\n') {
                return Ok(Some(&self.line));
            }
        }
    }

    /// Up to and with the line end; of a line that is too long only the beginning.
    fn read_line(&mut self) -> io::Result<bool> {
        let mut any = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = bytes.iter().position(|b| *b == b'\n').map(|n| n + 1);
            let count = end.unwrap_or(bytes.len());
            let room = LONGEST.saturating_sub(self.line.len());
            self.line.extend_from_slice(bytes.get(..count.min(room)).unwrap_or_default());
            self.reader.consume(count);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}
