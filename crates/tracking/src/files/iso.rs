//! `2026-11-23T21:30:00.000Z` without an allocation: every row begins with it. Days are counted
//! from 1970-01-01, in UTC.

use model::Timestamp;
use time::OffsetDateTime;

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

/// Writes a moment as `Timestamp::iso` does.
pub(crate) fn push(out: &mut Vec<u8>, at: Timestamp) {
    let (second, millis) = (at.as_millis().div_euclid(1_000), at.as_millis().rem_euclid(1_000));
    let civil = OffsetDateTime::from_unix_timestamp(second).ok();
    let Some(civil) = civil.filter(|civil| (0..10_000).contains(&civil.year())) else {
        out.extend_from_slice(at.iso().as_bytes());
        return;
    };
    let digit = |n: i64| b'0' + u8::try_from(n % 10).unwrap_or_default();
    let two = |n: u8| [digit(i64::from(n / 10)), digit(i64::from(n))];
    let year = i64::from(civil.year());
    let [m, mm] = two(civil.month().into());
    let [d, dd] = two(civil.day());
    let [h, hh] = two(civil.hour());
    let [n, nn] = two(civil.minute());
    let [s, ss] = two(civil.second());
    let [y, yy, yyy, yyyy] = [1_000, 100, 10, 1].map(|unit| digit(year / unit));
    let [f, ff, fff] = [100, 10, 1].map(|unit| digit(millis / unit));
    out.extend_from_slice(&[
        y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd, b'T', h, hh, b':', n, nn, b':', s, ss, b'.', f,
        ff, fff, b'Z',
    ]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn writes_what_iso_writes(millis in -90_000_000_000_000i64..260_000_000_000_000) {
            let (at, mut out) = (Timestamp::from_millis(millis), Vec::new());
            push(&mut out, at);
            prop_assert_eq!(String::from_utf8(out).unwrap(), at.iso());
            let day = Day::of(at);
            prop_assert!(day.start() <= at && at < day.end());
        }
    }
}
