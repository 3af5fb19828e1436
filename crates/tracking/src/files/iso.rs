//! `2026-11-23T21:30:00.000Z` without an allocation: every row begins with it. Days are counted
//! from 1970-01-01, in UTC.

use model::Timestamp;

const DAY: i64 = 86_400_000;

/// A day of the calendar in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day of a moment.
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millis().div_euclid(DAY))
    }

    /// The first moment of the day.
    pub fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(DAY))
    }

    /// The first moment after the day.
    pub fn end(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_add(1).saturating_mul(DAY))
    }

    /// Year, month and day of the month.
    pub(crate) fn civil(self) -> (i32, u8, u8) {
        let date = self.start().date_time();
        (date.year(), u8::from(date.month()), date.day())
    }
}

/// Writes moments; remembers the text of the last second, which most rows share.
#[derive(Debug, Default)]
pub(crate) struct IsoWriter {
    second: Option<i64>,
    /// `2026-11-23T21:30:00`
    text: String,
}

impl IsoWriter {
    pub(crate) fn push(&mut self, out: &mut Vec<u8>, at: Timestamp) {
        let (second, millis) = (at.as_millis().div_euclid(1_000), at.as_millis().rem_euclid(1_000));
        if self.second != Some(second) {
            self.text = Timestamp::from_millis(second.saturating_mul(1_000)).iso();
            self.text.truncate(19);
            self.second = Some(second);
        }
        out.extend_from_slice(self.text.as_bytes());
        let digit = |n: i64| b'0' + u8::try_from(n % 10).unwrap_or_default();
        out.extend_from_slice(&[
            b'.',
            digit(millis / 100),
            digit(millis / 10),
            digit(millis),
            b'Z',
        ]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn writes_what_iso_writes(base in 0i64..4_102_444_800_000, later in 0i64..3_000) {
            let mut writer = IsoWriter::default();
            for millis in [base, base + 1, base + later] {
                let (at, mut out) = (Timestamp::from_millis(millis), Vec::new());
                writer.push(&mut out, at);
                prop_assert_eq!(String::from_utf8(out).unwrap(), at.iso());
                let day = Day::of(at);
                prop_assert!(day.start() <= at && at < day.end());
            }
        }
    }
}
