//! Time spans as Exchange writes them (EnhancedTimeSpan): `[d.]hh:mm:ss[.fffffff]`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::ValueError;

/// A non-negative span of time with millisecond resolution, at most `24855.03:14:07`.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct TimeSpan {
    millis: u64,
}

impl TimeSpan {
    /// The widest documented span.
    pub const MAX: Self = Self::seconds(2_147_483_647);

    /// A span of `n` milliseconds.
    pub const fn millis(n: u64) -> Self {
        Self { millis: n }
    }

    /// A span of `n` seconds.
    pub const fn seconds(n: u64) -> Self {
        Self { millis: n * 1000 }
    }

    /// A span of `n` minutes.
    pub const fn minutes(n: u64) -> Self {
        Self::seconds(n * 60)
    }

    /// A span of `n` hours.
    pub const fn hours(n: u64) -> Self {
        Self::minutes(n * 60)
    }

    /// A span of `n` days.
    pub const fn days(n: u64) -> Self {
        Self::hours(n * 24)
    }

    /// The span in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// The span for timers.
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }
}

impl FromStr for TimeSpan {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let refuse = || {
            ValueError::new(
                text,
                "is not a time span",
                "dd.hh:mm:ss, such as 00:15:00 or 3.00:00:00",
            )
        };
        let (clock, days) = match text.split_once('.') {
            Some((days, clock)) if !days.contains(':') => {
                (clock, parse_part(days, u64::MAX).ok_or_else(refuse)?)
            }
            _ => (text, 0),
        };
        let mut parts = clock.split(':');
        let (Some(hours), Some(minutes), Some(seconds), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse());
        };
        let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
        if fraction.is_empty()
            || fraction.len() > 7
            || !fraction.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(refuse());
        }
        let millis = format!("{fraction:0<3}")[..3].parse::<u64>().map_err(|_| refuse())?;
        let total = parse_part(hours, 23)
            .and_then(|h| days.checked_mul(24)?.checked_add(h)?.checked_mul(60))
            .zip(parse_part(minutes, 59))
            .and_then(|(m60, m)| m60.checked_add(m)?.checked_mul(60))
            .zip(parse_part(seconds, 59))
            .and_then(|(s60, s)| s60.checked_add(s)?.checked_mul(1000)?.checked_add(millis))
            .ok_or_else(refuse)?;
        let span = Self { millis: total };
        if span > Self::MAX {
            return Err(ValueError::new(text, "is too long", "at most 24855.03:14:07"));
        }
        Ok(span)
    }
}

fn parse_part(text: &str, max: u64) -> Option<u64> {
    if text.is_empty() || text.len() > 5 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| *n <= max)
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.millis / 1000;
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        if days > 0 {
            write!(f, "{days}.")?;
        }
        write!(f, "{hours:02}:{minutes:02}:{:02}", seconds % 60)?;
        if !self.millis.is_multiple_of(1000) {
            write!(f, ".{:03}0000", self.millis % 1000)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for TimeSpan {
    type Error = ValueError;
    fn try_from(text: String) -> Result<Self, ValueError> {
        text.parse()
    }
}

impl From<TimeSpan> for String {
    fn from(span: TimeSpan) -> String {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_documented_forms() {
        let span = |t: &str| t.parse::<TimeSpan>().unwrap();
        assert_eq!(span("00:15:00"), TimeSpan::minutes(15));
        assert_eq!(span("3.00:00:00"), TimeSpan::days(3));
        assert_eq!(span("24855.03:14:07"), TimeSpan::MAX);
        assert_eq!(span("00:00:00.5").as_millis(), 500);
        for bad in
            ["", "15", "24:00:00", "00:60:00", "1:2", "-00:00:01", "99999.00:00:00", "a.00:00:00"]
        {
            assert!(bad.parse::<TimeSpan>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(millis in 0..=TimeSpan::MAX.as_millis()) {
            let span = TimeSpan::millis(millis);
            prop_assert_eq!(span.to_string().parse::<TimeSpan>().unwrap(), span);
        }
    }
}
