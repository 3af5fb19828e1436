//! Rows of `waiting` as SQL has them: how each column is stored and read back.
//!
//! Whatever an outside hand wrote into a column, reading it gives something within the range of
//! its type. Only the list of recipients can be beyond reading; then the row says so.

use std::cell::{Cell, OnceCell};

use model::{MessageId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, types::ValueRef};

use crate::{
    SpoolError,
    waiting::{Due, RowKey, WaitingRow},
};

/// All columns, in the order [`RowView`] reads them.
macro_rules! columns {
    () => {
        "message, first, queue, due, band, sender, accepted, told, attempts, crashes, size, recipients, from_address, subject, last_error"
    };
}
pub(crate) use columns;

/// `due` of what can be sent whenever the next hop can be tried.
pub(crate) const DUE_NOW: i64 = 0;
/// `due` of what is suspended.
pub(crate) const DUE_NEVER: i64 = i64::MAX;
/// The lowest band.
pub(crate) const LAST_BAND: u8 = 2;
/// More recipients than any message may have: a longer list is damage.
const MOST_RECIPIENTS: usize = 1 << 20;

/// The columns one by one; the first two are the key.
const NAMES: [&str; 15] = [
    "message",
    "first",
    "queue",
    "due",
    "band",
    "sender",
    "accepted",
    "told",
    "attempts",
    "crashes",
    "size",
    "recipients",
    "from_address",
    "subject",
    "last_error",
];
const KEY: u16 = 0b11;
const ALL: u16 = (1 << NAMES.len()) - 1;

/// Which columns a page of rows has, and which were asked for: reading each of a million rows
/// costs twice as much with all columns as with the three that a filter looks at.
pub(crate) struct Projection<'a> {
    connection: &'a Connection,
    /// A bit for each column that is read.
    has: u16,
    asked: Cell<u16>,
    /// Rows of which everything was wanted.
    whole: Cell<usize>,
}

impl<'a> Projection<'a> {
    /// All columns.
    pub(crate) fn all(connection: &'a Connection) -> Self {
        Self::of(connection, ALL)
    }

    /// The columns with these bits, and the key.
    pub(crate) fn of(connection: &'a Connection, columns: u16) -> Self {
        Self { connection, has: (columns | KEY) & ALL, asked: Cell::new(KEY), whole: Cell::new(0) }
    }

    /// The columns for SQL, the others as NULL in their places.
    pub(crate) fn sql(&self) -> String {
        let name = |(n, name): (usize, &&'static str)| match self.has & (1 << n) {
            0 => "NULL",
            _ => *name,
        };
        NAMES.iter().enumerate().map(name).collect::<Vec<_>>().join(", ")
    }

    /// The columns the next page should have, after one of `rows` rows.
    pub(crate) fn next(&self, rows: usize) -> u16 {
        if self.whole.get() * 8 > rows { ALL } else { self.asked.get() }
    }
}

/// A row as it lies in the store; texts are borrowed, and columns read only when asked for.
pub struct RowView<'a> {
    row: &'a Row<'a>,
    key: RowKey,
    projection: &'a Projection<'a>,
    /// Read when a column is asked for that the page does not have.
    rest: OnceCell<Option<WaitingRow>>,
}

impl<'a> RowView<'a> {
    /// `None` when the row's key is out of range.
    pub(crate) fn new(row: &'a Row<'a>, projection: &'a Projection<'a>) -> Option<Self> {
        let key = key_of(row)?;
        Some(Self { row, key, projection, rest: OnceCell::new() })
    }

    /// What identifies the row.
    pub fn key(&self) -> RowKey {
        self.key
    }

    /// Number of the queue.
    pub fn queue(&self) -> u64 {
        self.missing(2).map_or_else(|| self.unsigned(2), |row| row.queue)
    }

    /// When it may be sent.
    pub fn due(&self) -> Due {
        self.missing(3).map_or_else(|| due_from(self.integer(3)), |row| row.due)
    }

    /// 0 high, 1 normal, 2 low.
    pub fn band(&self) -> u8 {
        self.missing(4).map_or_else(
            || u8::try_from(self.integer(4)).unwrap_or(1).min(LAST_BAND),
            |row| row.band,
        )
    }

    /// Fairness key.
    pub fn sender(&self) -> u64 {
        self.missing(5).map_or_else(|| self.integer(5).cast_unsigned(), |row| row.sender)
    }

    /// When the message was accepted.
    pub fn accepted_at(&self) -> Timestamp {
        self.missing(6)
            .map_or_else(|| Timestamp::from_millis(self.integer(6)), |row| row.accepted_at)
    }

    /// Whether the sender has been told of the delay.
    pub fn told(&self) -> bool {
        self.missing(7).map_or_else(|| self.integer(7) != 0, |row| row.told)
    }

    /// Attempts of its own.
    pub fn attempts(&self) -> u32 {
        self.missing(8)
            .map_or_else(|| u32::try_from(self.unsigned(8)).unwrap_or(u32::MAX), |row| row.attempts)
    }

    /// How often handling it ended badly.
    pub fn crashes(&self) -> u32 {
        self.missing(9)
            .map_or_else(|| u32::try_from(self.unsigned(9)).unwrap_or(u32::MAX), |row| row.crashes)
    }

    /// Size of the message's content in bytes.
    pub fn size(&self) -> u64 {
        self.missing(10).map_or_else(|| self.unsigned(10), |row| row.size)
    }

    /// Indexes into the envelope, ascending; `None` when the list cannot be read.
    pub fn recipients(&self) -> Option<Vec<u32>> {
        if let Some(row) = self.missing(11) {
            return Some(row.recipients.clone());
        }
        match self.row.get_ref(11).ok()? {
            ValueRef::Blob(bytes) => unpack(self.key.first, bytes),
            _ => None,
        }
    }

    /// The envelope's sender.
    pub fn from_address(&self) -> &str {
        self.missing(12).map_or_else(|| self.text(12).unwrap_or(""), |row| &row.from_address)
    }

    /// The message's subject.
    pub fn subject(&self) -> Option<&str> {
        self.missing(13).map_or_else(|| self.text(13), |row| row.subject.as_deref())
    }

    /// The last reply or failure of its own.
    pub fn last_error(&self) -> Option<&str> {
        self.missing(14).map_or_else(|| self.text(14), |row| row.last_error.as_deref())
    }

    /// The whole row. Where the list of recipients cannot be read it has only the first.
    pub fn to_row(&self) -> WaitingRow {
        self.projection.whole.set(self.projection.whole.get() + 1);
        if self.projection.has != ALL
            && let Some(row) = self.rest()
        {
            return row.clone();
        }
        let asked = self.projection.asked.get();
        let row = WaitingRow {
            message: self.key.message,
            recipients: self.recipients().unwrap_or_else(|| vec![self.key.first]),
            queue: self.queue(),
            due: self.due(),
            band: self.band(),
            sender: self.sender(),
            accepted_at: self.accepted_at(),
            told: self.told(),
            attempts: self.attempts(),
            crashes: self.crashes(),
            size: self.size(),
            from_address: self.from_address().into(),
            subject: self.subject().map(Into::into),
            last_error: self.last_error().map(Into::into),
        };
        self.projection.asked.set(asked);
        row
    }

    /// Notes that a column is asked for; the whole row when the page does not have it.
    fn missing(&self, column: usize) -> Option<&WaitingRow> {
        let bit = 1 << column;
        self.projection.asked.set(self.projection.asked.get() | bit);
        if self.projection.has & bit != 0 { None } else { self.rest() }
    }

    fn rest(&self) -> Option<&WaitingRow> {
        let read = || {
            let all = Projection::all(self.projection.connection);
            one(&all, self.key, |view| view.to_row()).ok().flatten()
        };
        self.rest.get_or_init(read).as_ref()
    }

    fn integer(&self, column: usize) -> i64 {
        integer(self.row, column).unwrap_or(0)
    }

    fn unsigned(&self, column: usize) -> u64 {
        u64::try_from(self.integer(column)).unwrap_or(0)
    }

    fn text(&self, column: usize) -> Option<&str> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Text(bytes)) => str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

/// Reads one row.
pub(crate) fn one<T>(
    all: &Projection<'_>,
    key: RowKey,
    read: impl FnOnce(&RowView<'_>) -> T,
) -> rusqlite::Result<Option<T>> {
    const QUERY: &str =
        concat!("SELECT ", columns!(), " FROM waiting WHERE message = ?1 AND first = ?2");
    let found = all
        .connection
        .prepare_cached(QUERY)?
        .query_row((key.message.as_u64(), key.first), |row| {
            Ok(RowView::new(row, all).map(|view| read(&view)))
        })
        .optional()?;
    Ok(found.flatten())
}

/// The key in a row's first two columns; `None` when it is out of range.
pub(crate) fn key_of(row: &Row<'_>) -> Option<RowKey> {
    let message = MessageId::new(u64::try_from(integer(row, 0)?).ok()?)?;
    let first = u32::try_from(integer(row, 1)?).ok()?;
    Some(RowKey { message, first })
}

fn integer(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(value)) => Some(value),
        _ => None,
    }
}

/// Writes or replaces a row; nothing when its message is not in the spool.
pub(crate) fn park(connection: &Connection, row: &WaitingRow) -> Result<(), SpoolError> {
    let RowKey { message, first } = row.key();
    let limited = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    connection
        .prepare_cached(concat!(
            "INSERT OR REPLACE INTO waiting (",
            columns!(),
            ") SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
             WHERE EXISTS (SELECT 1 FROM message WHERE id = ?1)"
        ))?
        .execute(rusqlite::params![
            message.as_u64(),
            first,
            limited(row.queue),
            due_value(row.due),
            row.band.min(LAST_BAND),
            row.sender.cast_signed(),
            row.accepted_at.as_millis(),
            row.told,
            row.attempts,
            row.crashes,
            limited(row.size),
            pack(&row.recipients),
            &*row.from_address,
            row.subject.as_deref(),
            row.last_error.as_deref(),
        ])?;
    Ok(())
}

/// How `due` is stored.
pub(crate) fn due_value(due: Due) -> i64 {
    match due {
        Due::Now => DUE_NOW,
        Due::NotBefore(time) => time.as_millis().clamp(DUE_NOW + 1, DUE_NEVER - 1),
        Due::Suspended => DUE_NEVER,
    }
}

fn due_from(value: i64) -> Due {
    match value {
        DUE_NEVER => Due::Suspended,
        ..=DUE_NOW => Due::Now,
        time => Due::NotBefore(Timestamp::from_millis(time)),
    }
}

/// The recipients after the first as runs: how many are left out, how many follow one another,
/// each as a number of 7 bits a byte. Neighbours, which lists are made of, take no room.
fn pack(recipients: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let Some((first, rest)) = recipients.split_first() else { return bytes };
    let mut expected = first.wrapping_add(1);
    let mut rest = rest.iter().copied().peekable();
    while let Some(start) = rest.next() {
        let mut end = start;
        while rest.next_if(|next| Some(*next) == end.checked_add(1)).is_some() {
            end += 1;
        }
        put(&mut bytes, start.wrapping_sub(expected));
        put(&mut bytes, end - start);
        expected = end.wrapping_add(1);
    }
    bytes
}

fn unpack(first: u32, mut bytes: &[u8]) -> Option<Vec<u32>> {
    let mut recipients = vec![first];
    let mut expected = first.checked_add(1);
    while !bytes.is_empty() {
        let start = expected?.checked_add(take(&mut bytes)?)?;
        let end = start.checked_add(take(&mut bytes)?)?;
        if recipients.len() + (end - start) as usize >= MOST_RECIPIENTS {
            return None;
        }
        recipients.extend(start..=end);
        expected = end.checked_add(1);
    }
    Some(recipients)
}

fn put(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(value).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn recipients_come_back(set in proptest::collection::btree_set(
            prop_oneof![0_u32..200, any::<u32>()], 1..100)
        ) {
            let recipients: Vec<u32> = set.into_iter().collect();
            let packed = pack(&recipients);
            prop_assert_eq!(unpack(recipients[0], &packed), Some(recipients));
        }

        #[test]
        fn no_bytes_make_it_boundless(first in any::<u32>(), bytes: Vec<u8>) {
            if let Some(recipients) = unpack(first, &bytes) {
                prop_assert!(recipients.len() <= MOST_RECIPIENTS);
                prop_assert!(recipients.is_sorted_by(|a, b| a < b));
            }
        }
    }

    #[test]
    fn neighbours_take_no_room() {
        assert!(pack(&[7]).is_empty());
        assert_eq!(pack(&(0..1000).collect::<Vec<_>>()), [0, 0xe6, 0x07]);
        assert_eq!(pack(&[0, 10, 20]), [9, 0, 9, 0]);
    }

    #[test]
    fn times_at_the_edges_stay_times() {
        for time in [i64::MIN, 0, i64::MAX] {
            let due = Due::NotBefore(Timestamp::from_millis(time));
            assert!(matches!(due_from(due_value(due)), Due::NotBefore(_)));
        }
    }
}
