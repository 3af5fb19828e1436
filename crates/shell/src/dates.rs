//! Dates as administrators write them, and in the patterns they know: `yyyy-MM-dd HH:mm:ss`.
//!
//! Everything is UTC, as the server's own dates are.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

/// The date a text stands for: `2026-01-31T12:00:00Z`, `2026-01-31`, `2026-01-31 17:00`,
/// `1/31/2026 5:00 PM` (month first, as the documents write it).
pub(crate) fn parsed(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if text.len() > 40 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Ok(date) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(date);
    }
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let time = if time.trim().is_empty() { Time::MIDNIGHT } else { time_of_day(time)? };
    Some(day(date)?.with_time(time).assume_utc())
}

fn day(text: &str) -> Option<Date> {
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let (year, month, day) =
        if first.len() == 4 { (first, second, third) } else { (third, first, second) };
    let by_slashes = separator == '/';
    if year.len() != 4 || (first.len() != 4 && !by_slashes) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn time_of_day(text: &str) -> Option<Time> {
    let upper = text.trim().trim_end_matches('Z').to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (upper.as_str(), None),
    };
    let clock = clock.trim().split('.').next()?;
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok());
    let hour = parts.next()??;
    let minute = parts.next()??;
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    parts.next().is_none().then(|| Time::from_hms(hour, minute, second).ok())?
}

/// The date in a pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `fff`, `dddd`, `MMMM` and the shorter
/// forms; other characters stand for themselves, text may be quoted.
pub(crate) fn formatted(date: OffsetDateTime, pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut result = String::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let run = chars[i..].iter().take_while(|other| **other == c).count();
        if c == '\'' {
            let end = chars[i + 1..].iter().position(|q| *q == '\'').unwrap_or(chars.len() - i - 1);
            result.extend(&chars[i + 1..i + 1 + end]);
            i += end + 2;
            continue;
        }
        match part(date, c, run) {
            Some(text) => result.push_str(&text),
            None => result.extend(&chars[i..i + run]),
        }
        i += run;
    }
    result
}

fn part(date: OffsetDateTime, c: char, run: usize) -> Option<String> {
    let padded = |n: u16| if run >= 2 { format!("{n:02}") } else { n.to_string() };
    let short = |name: String| if run >= 4 { name } else { name.chars().take(3).collect() };
    Some(match (c, run) {
        ('y', 1 | 2) => format!("{:02}", date.year().rem_euclid(100)),
        ('y', _) => format!("{:04}", date.year()),
        ('M', 1 | 2) => padded(u16::from(u8::from(date.month()))),
        ('M', _) => short(date.month().to_string()),
        ('d', 1 | 2) => padded(u16::from(date.day())),
        ('d', _) => short(date.weekday().to_string()),
        ('H', _) => padded(u16::from(date.hour())),
        ('h', _) => padded(u16::from((date.hour() + 11) % 12 + 1)),
        ('m', _) => padded(u16::from(date.minute())),
        ('s', _) => padded(u16::from(date.second())),
        ('f', _) => format!("{:03}", date.millisecond()).chars().take(run).collect(),
        ('t', _) => if date.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        ('z', _) => "+00:00".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{formatted, parsed};
    use time::macros::datetime;

    #[test]
    fn dates_are_read_as_written() {
        let expected = datetime!(2026-01-31 17:00:00 UTC);
        for text in [
            "2026-01-31T17:00:00Z",
            "2026-01-31T17:00:00.000Z",
            "2026-01-31 17:00",
            "1/31/2026 5:00 PM",
            "01/31/2026 5:00PM",
        ] {
            assert_eq!(parsed(text), Some(expected), "{text}");
        }
        assert_eq!(parsed("2026-01-31"), Some(datetime!(2026-01-31 00:00:00 UTC)));
        for text in ["Contoso", "5.7.1", "00:10:00", "31/1/2026", "1-2-3", "1/2/2026 13:00 PM", ""]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_are_followed() {
        let date = datetime!(2026-02-03 14:05:06 UTC);
        assert_eq!(formatted(date, "yyyy-MM-dd HH:mm:ss"), "2026-02-03 14:05:06");
        assert_eq!(formatted(date, "d MMM yy 'at' h:mm tt"), "3 Feb 26 at 2:05 PM");
        assert_eq!(formatted(date, "'"), "");
    }
}
