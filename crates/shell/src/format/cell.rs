//! The text of one property, and its width on a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::convert::to_text;
use crate::value::Value;

/// The text of a property: arrays as `{a, b}`, cut after `limit` items.
pub(super) fn text(value: &Value, limit: usize) -> String {
    match value {
        Value::Array(items) => {
            let shown: Vec<_> = items.iter().take(limit).map(|item| text(item, limit)).collect();
            let more = if items.len() > limit { "..." } else { "" };
            format!("{{{}{more}}}", shown.join(", "))
        }
        Value::Hashtable(table) => {
            let entries: Vec<_> = table
                .iter()
                .take(limit)
                .map(|(name, value)| format!("[{name}, {}]", text(value, limit)))
                .collect();
            let more = if table.len() > limit { "..." } else { "" };
            format!("{{{}{more}}}", entries.join(", "))
        }
        other => to_text(other),
    }
}

/// The same on one line, without characters that move the cursor.
pub(super) fn single_line(value: &Value, limit: usize) -> String {
    let text = match value {
        Value::Double(number) => rounded(*number),
        other => text(other, limit),
    };
    text.replace("\r\n", " ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A broken number with at most two decimals, as much as a table has room for.
fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// Columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to `width` columns, the cut shown by `...`.
pub(super) fn cut(text: &str, max: usize) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let (dots, room) = if max > 3 { ("...", max - 3) } else { ("", max) };
    let mut result = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        result.push(c);
    }
    result.push_str(dots);
    result
}

/// The text in lines of at most `max` columns, broken at blanks where there are any.
pub(crate) fn wrapped(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut rest = paragraph.trim_end_matches('\r');
        loop {
            if width(rest) <= max {
                lines.push(rest.to_owned());
                break;
            }
            let end = fitting(rest, max);
            let at = if rest[end..].starts_with(' ') {
                end
            } else {
                rest[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end)
            };
            lines.push(rest[..at].trim_end().to_owned());
            rest = rest[at..].strip_prefix(' ').unwrap_or(&rest[at..]);
        }
    }
    lines
}

/// How many bytes of a text fit into `max` columns, at least one character.
fn fitting(text: &str, max: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > max && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_one_line_and_short() {
        assert_eq!(single_line(&Value::Double(-0.0166), 4), "-0.02");
        assert_eq!(single_line(&Value::Double(-0.001), 4), "0");
        assert_eq!(single_line(&Value::Double(1.5), 4), "1.5");
        assert_eq!(single_line(&"a\r\nb\u{1b}".into(), 4), "a b ");
        assert_eq!(cut("abcdef", 5), "ab...");
    }
}
