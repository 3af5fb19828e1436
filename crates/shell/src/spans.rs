//! Time spans as texts: `00:10:00`, `1.02:03:04`, `-00:00:01.500`.
//!
//! The server writes spans as texts, so the shell keeps them so; here is what the language does with
//! them: parts, sums with dates, and what a difference of dates is.

use time::Duration;

use crate::convert::text_span;
use crate::value::Value;

/// The span a text writes, a sign included.
pub(crate) fn parsed(text: &str) -> Option<Duration> {
    let (negative, positive) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let millis = i64::try_from(text_span(positive)?).ok()?;
    let span = Duration::milliseconds(millis);
    Some(if negative { -span } else { span })
}

/// A span as a text.
pub(crate) fn written(span: Duration) -> String {
    let sign = if span.is_negative() { "-" } else { "" };
    let span = span.abs();
    let (days, seconds) = (span.whole_days(), span.whole_seconds() % 86_400);
    let days = if days > 0 { format!("{days}.") } else { String::new() };
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let millis = match span.subsec_milliseconds() {
        0 => String::new(),
        millis => format!(".{millis:03}"),
    };
    format!("{sign}{days}{hours:02}:{minutes:02}:{rest:02}{millis}")
}

/// A property of a span: `TotalMinutes`, `Days`, …, its name in lower case.
pub(crate) fn part(text: &str, name: &str) -> Option<Value> {
    let total = |seconds: f64| {
        let exact = parsed(text)?.as_seconds_f64() / seconds;
        Some(if exact.fract() == 0.0 { Value::Int(exact as i64) } else { Value::Double(exact) })
    };
    let whole = |of: fn(Duration) -> i64| Some(Value::Int(of(parsed(text)?)));
    match name {
        "totaldays" => total(86_400.0),
        "totalhours" => total(3_600.0),
        "totalminutes" => total(60.0),
        "totalseconds" => total(1.0),
        "totalmilliseconds" => total(0.001),
        "days" => whole(Duration::whole_days),
        "hours" => whole(|span| span.whole_hours() % 24),
        "minutes" => whole(|span| span.whole_minutes() % 60),
        "seconds" => whole(|span| span.whole_seconds() % 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for text in ["00:10:00", "1.02:03:04", "-00:00:01.500", "45.00:00:00"] {
            assert_eq!(written(parsed(text).unwrap()), text);
        }
        assert_eq!(parsed("5.7.1"), None);
        assert!(matches!(part("00:10:00", "totalminutes"), Some(Value::Int(10))));
        assert!(matches!(part("00:00:30", "totalminutes"), Some(Value::Double(d)) if d == 0.5));
        assert!(matches!(part("1.02:00:00", "hours"), Some(Value::Int(2))));
    }
}
