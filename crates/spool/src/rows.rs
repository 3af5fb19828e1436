//! Rows of `waiting` as SQL has them: how each column is stored and read back.
//!
//! Whatever an outside hand wrote into a column, reading it gives something within the range of
//! its type. Only the list of recipients can be beyond reading; then the row says so.

use model::{MessageId, Timestamp};
use rusqlite::{Connection, Row, types::ValueRef};

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

/// A row as it lies in the store; texts are borrowed, and columns read only when asked for.
#[derive(Debug)]
pub struct RowView<'a> {
    row: &'a Row<'a>,
    key: RowKey,
}

impl<'a> RowView<'a> {
    /// `None` when the row's key is out of range.
    pub(crate) fn new(row: &'a Row<'a>) -> Option<Self> {
        let key = key_of(row)?;
        Some(Self { row, key })
    }

    /// What identifies the row.
    pub fn key(&self) -> RowKey {
        self.key
    }

    /// Number of the queue.
    pub fn queue(&self) -> u64 {
        self.unsigned(2)
    }

    /// When it may be sent.
    pub fn due(&self) -> Due {
        due_from(self.integer(3))
    }

    /// 0 high, 1 normal, 2 low.
    pub fn band(&self) -> u8 {
        u8::try_from(self.integer(4)).unwrap_or(1).min(LAST_BAND)
    }

    /// Fairness key.
    pub fn sender(&self) -> u64 {
        self.integer(5).cast_unsigned()
    }

    /// When the message was accepted.
    pub fn accepted_at(&self) -> Timestamp {
        Timestamp::from_millis(self.integer(6))
    }

    /// Whether the sender has been told of the delay.
    pub fn told(&self) -> bool {
        self.integer(7) != 0
    }

    /// Attempts of its own.
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.unsigned(8)).unwrap_or(u32::MAX)
    }

    /// How often handling it ended badly.
    pub fn crashes(&self) -> u32 {
        u32::try_from(self.unsigned(9)).unwrap_or(u32::MAX)
    }

    /// Size of the message's content in bytes.
    pub fn size(&self) -> u64 {
        self.unsigned(10)
    }

    /// Indexes into the envelope, ascending; `None` when the list cannot be read.
    pub fn recipients(&self) -> Option<Vec<u32>> {
        match self.row.get_ref(11).ok()? {
            ValueRef::Blob(bytes) => unpack(self.key.first, bytes),
            ValueRef::Null => Some(vec![self.key.first]),
            _ => None,
        }
    }

    /// The envelope's sender.
    pub fn from_address(&self) -> &'a str {
        self.text(12).unwrap_or("")
    }

    /// The message's subject.
    pub fn subject(&self) -> Option<&'a str> {
        self.text(13)
    }

    /// The last reply or failure of its own.
    pub fn last_error(&self) -> Option<&'a str> {
        self.text(14)
    }

    /// The whole row. Where the list of recipients cannot be read it has only the first.
    pub fn to_row(&self) -> WaitingRow {
        WaitingRow {
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
        }
    }

    fn integer(&self, column: usize) -> i64 {
        integer(self.row, column).unwrap_or(0)
    }

    fn unsigned(&self, column: usize) -> u64 {
        u64::try_from(self.integer(column)).unwrap_or(0)
    }

    fn text(&self, column: usize) -> Option<&'a str> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Text(bytes)) => str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
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
