//! The names of log files: `<prefix>yyyymmdd-n.log`, n counting from 1 each day. Names sort by
//! day, then by number, which is the order in which the files were begun.

use std::fmt;

use time::{Date, Month, OffsetDateTime};

use super::iso::Day;
use model::Timestamp;

/// Which of a log's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogName {
    /// The day of the rows in it.
    pub day: Day,
    /// From 1 each day.
    pub number: u64,
}

impl LogName {
    /// Reads `<prefix>yyyymmdd-n.log`; `None` for any other name, those of other logs whose
    /// prefix begins with this one (`MSGTRKMA…`) included.
    pub fn parse(prefix: &str, name: &str) -> Option<Self> {
        let rest = name.strip_prefix(prefix)?.strip_suffix(".log")?;
        let (date, number) = rest.split_once('-')?;
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if date.len() != 8 || !all_digits(date) || !all_digits(number) {
            return None;
        }
        let year = date[..4].parse().ok()?;
        let month = Month::try_from(date[4..6].parse::<u8>().ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, date[6..].parse().ok()?).ok()?;
        let at = OffsetDateTime::new_utc(date, time::Time::MIDNIGHT).unix_timestamp();
        let day = Day::of(Timestamp::from_millis(at.checked_mul(1_000)?));
        Some(Self { day, number: number.parse().ok()? })
    }

    /// The name in a log with this prefix.
    pub fn file_name(self, prefix: &str) -> String {
        let (year, month, day) = self.day.civil();
        format!("{prefix}{year:04}{month:02}{day:02}-{}.log", self.number)
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file_name(""))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_day_and_number() {
        let name = LogName::parse("MSGTRK", "MSGTRK20261124-12.log").unwrap();
        assert_eq!(name.day.start().iso(), "2026-11-24T00:00:00.000Z");
        assert_eq!(name.number, 12);
    }

    #[test]
    fn other_files_are_not_taken_for_ours() {
        for other in [
            "MSGTRKMA20261124-1.log",
            "MSGTRK20261124-.log",
            "MSGTRK20261124-+1.log",
            "MSGTRK20261324-1.log",
            "MSGTRK20261131-1.log",
            "MSGTRK2026112-1.log",
            "MSGTRK20261124-1.log.gz",
            "MSGTRK20261124-99999999999999999999.log",
            "SEND20261124-1.log",
            "",
        ] {
            assert_eq!(LogName::parse("MSGTRK", other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(millis in 0i64..4_102_444_800_000, number in 1u64..u64::MAX) {
            let name = LogName { day: Day::of(Timestamp::from_millis(millis)), number };
            prop_assert_eq!(LogName::parse("SEND", &name.file_name("SEND")), Some(name));
        }

        #[test]
        fn no_name_breaks_the_reader(name in "\\PC*") {
            let _ = LogName::parse("", &name);
        }
    }
}
