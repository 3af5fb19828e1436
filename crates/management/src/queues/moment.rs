//! Dates as administrators write them in filters: the short format of their language, or ISO 8601.
//!
//! All are UTC, as the dates that are shown. `5/1/2027` is the first of May in English and the fifth of
//! January in French; where only one reading is a date (`31/1/2027`), both languages may write it.

use model::{Timestamp, ValueError};
use time::{Date, Month, PrimitiveDateTime, Time};

const DATES: &str = "a date and time such as '1/31/2027 3:00 PM' (in French '31/01/2027 15:00') or \
     '2027-01-31 15:00'";

/// What comes first in a date with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// As in English.
    #[default]
    MonthFirst,
    /// As in French.
    DayFirst,
}

/// A moment: `M/D/YYYY [h:mm[:ss] [AM|PM]]`, `D/M/YYYY [HH:mm[:ss]]` or
/// `YYYY-MM-DD[(T| )hh:mm[:ss][.fff][Z]]`, in UTC.
pub(crate) fn moment(text: &str, order: DateOrder) -> Result<Timestamp, ValueError> {
    let refuse = || ValueError::new(text, "is not a date", DATES);
    if text.len() > 60 {
        return Err(refuse());
    }
    let spaced = text.trim().trim_end_matches(['Z', 'z']).replace(['T', 't'], " ");
    let mut parts = spaced.split_whitespace();
    let date = parts.next().ok_or_else(refuse)?;
    let (time, half) = match parts.next() {
        None => (Time::MIDNIGHT, None),
        Some(clock) => {
            let (clock, half) = with_half(clock, parts.next());
            (time_of(clock, half).ok_or_else(refuse)?, half)
        }
    };
    // Only English writes AM and PM.
    let order = if half.is_some() { DateOrder::MonthFirst } else { order };
    let date = date_of(date, order).filter(|_| parts.next().is_none()).ok_or_else(refuse)?;
    let nanos = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp_nanos();
    i64::try_from(nanos / 1_000_000).map(Timestamp::from_millis).map_err(|_| refuse())
}

/// `8:00AM` as `8:00` and `AM`.
fn with_half<'a>(clock: &'a str, next: Option<&'a str>) -> (&'a str, Option<&'a str>) {
    let at = clock.len().saturating_sub(2);
    match clock.get(at..) {
        Some(half)
            if next.is_none() && ["AM", "PM"].iter().any(|h| half.eq_ignore_ascii_case(h)) =>
        {
            (&clock[..at], Some(half))
        }
        _ => (clock, next),
    }
}

fn date_of(text: &str, order: DateOrder) -> Option<Date> {
    if !text.contains('/') {
        let [year, month, day] = numbers(text, '-')?;
        return date(year, month, day);
    }
    let [first, second, year] = numbers(text, '/')?;
    let (as_written, other) = match order {
        DateOrder::MonthFirst => (date(year, first, second), date(year, second, first)),
        DateOrder::DayFirst => (date(year, second, first), date(year, first, second)),
    };
    as_written.or(other)
}

fn date(year: u32, month: u32, day: u32) -> Option<Date> {
    if !(1970..=9999).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()
}

fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse::<u32>().ok());
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(all)
}

fn time_of(clock: &str, half: Option<&str>) -> Option<Time> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        None => 0,
        Some(second) => second?,
    };
    if parts.next().is_some() || fraction.len() > 9 {
        return None;
    }
    let hour = match half.map(str::to_ascii_uppercase).as_deref() {
        None => hour,
        Some("AM") if (1..=12).contains(&hour) => hour % 12,
        Some("PM") if (1..=12).contains(&hour) => hour % 12 + 12,
        Some(_) => return None,
    };
    let millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Time::from_hms_milli(hour, minute, second, millis).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, order: DateOrder) -> String {
        moment(text, order).unwrap_or_else(|e| panic!("{e}")).iso()
    }

    #[test]
    fn halves_of_the_day() {
        let hour = |text: &str| moment(text, DateOrder::MonthFirst).unwrap().date_time().hour();
        assert_eq!(hour("1/1/2024 12:30 AM"), 0);
        assert_eq!(hour("1/1/2024 12:30 PM"), 12);
        assert_eq!(hour("1/1/2024 1:05:06 pm"), 13);
        assert_eq!(hour("3/28/2015 8:00AM"), 8);
        for bad in [
            "1/1/2024 13:00 PM",
            "1/1/2024 0:30 AM",
            "1/1/2024 1:00 XM",
            "1/1/24",
            "2024-02-30",
            "13/13/2023",
            "1/1/2024 1:00 PM x",
            "",
            "AM",
        ] {
            assert!(moment(bad, DateOrder::MonthFirst).is_err(), "{bad}");
            assert!(moment(bad, DateOrder::DayFirst).is_err(), "{bad}");
        }
    }

    #[test]
    fn short_formats_of_two_languages() {
        use DateOrder::{DayFirst, MonthFirst};
        for (text, order, date) in [
            ("1/5/2027 3:00 PM", MonthFirst, "2027-01-05T15:00:00.000Z"),
            ("05/01/2027 15:00", DayFirst, "2027-01-05T15:00:00.000Z"),
            ("05/01/2027 15:00", MonthFirst, "2027-05-01T15:00:00.000Z"),
            // One reading only.
            ("31/01/2027 15:00", MonthFirst, "2027-01-31T15:00:00.000Z"),
            ("1/31/2027", DayFirst, "2027-01-31T00:00:00.000Z"),
            // AM and PM are English.
            ("1/5/2027 3:00 PM", DayFirst, "2027-01-05T15:00:00.000Z"),
            ("2027-01-05 15:00", DayFirst, "2027-01-05T15:00:00.000Z"),
        ] {
            assert_eq!(shown(text, order), date, "{text} {order:?}");
        }
    }
}
