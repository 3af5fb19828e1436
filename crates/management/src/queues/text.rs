//! Comparing texts without regard to case, and the patterns of `-like`.
//!
//! A filter compares its literal with a million values: the literal is lowered once, a value never.
//! Nothing here allocates while comparing.

use std::cmp::Ordering;
use std::fmt::{self, Write};

/// A literal to compare values with, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    shape: Shape,
    text: String,
}

/// Where in a value the literal has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Whole,
    Start,
    End,
    Part,
}

impl Pattern {
    /// Matches `text` and nothing else, whatever its case.
    pub(crate) fn whole(text: &str) -> Self {
        Self { shape: Shape::Whole, text: lower(text).collect() }
    }

    /// Matches as `-like` does: with `*` at either end of `text`.
    pub(crate) fn like(text: &str) -> Self {
        let (head, core) = text.strip_prefix('*').map_or((false, text), |core| (true, core));
        let (tail, core) = core.strip_suffix('*').map_or((false, core), |core| (true, core));
        let shape = match (head, tail) {
            (true, true) => Shape::Part,
            (true, false) => Shape::End,
            (false, true) => Shape::Start,
            (false, false) => Shape::Whole,
        };
        Self { shape, text: lower(core).collect() }
    }

    /// Whether `value` matches.
    pub(crate) fn matches(&self, value: &str) -> bool {
        if value.is_ascii() {
            // In lower case it is ASCII still, and has no part that is not.
            return self.text.is_ascii() && self.matches_ascii(value.as_bytes());
        }
        match self.shape {
            Shape::Whole => lower(value).eq(self.text.chars()),
            Shape::Start => starts(lower(value), &self.text),
            Shape::End => {
                let mut ends = lower(value).rev();
                self.text.chars().rev().all(|wanted| ends.next() == Some(wanted))
            }
            Shape::Part => {
                self.text.is_empty()
                    || value.char_indices().any(|(at, _)| starts(lower(&value[at..]), &self.text))
            }
        }
    }

    fn matches_ascii(&self, value: &[u8]) -> bool {
        let wanted = self.text.as_bytes();
        match self.shape {
            Shape::Whole => value.eq_ignore_ascii_case(wanted),
            Shape::Start => {
                value.get(..wanted.len()).is_some_and(|part| part.eq_ignore_ascii_case(wanted))
            }
            Shape::End => value
                .len()
                .checked_sub(wanted.len())
                .is_some_and(|at| value[at..].eq_ignore_ascii_case(wanted)),
            Shape::Part => contains_ascii(value, wanted),
        }
    }

    /// Where what has to be, in lower case.
    pub(crate) fn parts(&self) -> (Shape, &str) {
        (self.shape, &self.text)
    }

    /// The literal when it stands for itself alone.
    pub(crate) fn literal(&self) -> Option<&str> {
        (self.shape == Shape::Whole).then_some(self.text.as_str())
    }
}

/// Whether `text` matches `pattern`, both in lower case, with `*` at either end of the pattern.
pub(crate) fn is_like(text: &str, pattern: &str) -> bool {
    Pattern::like(pattern).matches(text)
}

/// Order of texts without regard to case.
pub(crate) fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return a
            .bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    lower(a).cmp(lower(b))
}

fn lower(text: &str) -> impl DoubleEndedIterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn starts(mut value: impl Iterator<Item = char>, wanted: &str) -> bool {
    wanted.chars().all(|c| value.next() == Some(c))
}

fn contains_ascii(value: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else { return true };
    let Some(last) = value.len().checked_sub(wanted.len()) else { return false };
    let upper = first.to_ascii_uppercase();
    value[..=last].iter().enumerate().any(|(at, byte)| {
        (byte == first || *byte == upper)
            && value[at..at + wanted.len()].eq_ignore_ascii_case(wanted)
    })
}

/// Gives `look` what `shown` writes, without allocating unless it is long.
pub(crate) fn with_text<T>(shown: &dyn fmt::Display, look: impl FnOnce(&str) -> T) -> T {
    let mut buffer = Buffer { bytes: [0; 256], used: 0 };
    if write!(buffer, "{shown}").is_ok()
        && let Ok(text) = std::str::from_utf8(&buffer.bytes[..buffer.used])
    {
        return look(text);
    }
    look(&shown.to_string())
}

struct Buffer {
    bytes: [u8; 256],
    used: usize,
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.used + text.len();
        let room = self.bytes.get_mut(self.used..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn beyond_ascii() {
        for (text, pattern) in [
            ("Été à la mer", "été*"),
            ("Été à la mer", "*À LA*"),
            ("Été à la MER", "*mer"),
            ("\u{212a}elvin", "k*"),
            ("", "*"),
            ("STRASSE", "strasse"),
        ] {
            assert!(Pattern::like(pattern).matches(text), "{text} {pattern}");
        }
        for (text, pattern) in [("Été", "ete"), ("a", "*ab*"), ("", "*a*"), ("ab", "b*")] {
            assert!(!Pattern::like(pattern).matches(text), "{text} {pattern}");
        }
    }

    #[test]
    fn long_texts_are_seen_whole() {
        let long = "x".repeat(1000);
        assert_eq!(with_text(&long, str::len), 1000);
        assert_eq!(with_text(&12, str::to_owned), "12");
    }

    proptest! {
        #[test]
        fn as_if_lowered_first(text in "[a-cA-CéÉ ]{0,12}", core in "[a-cA-CéÉ]{0,3}", h in any::<bool>(), t in any::<bool>()) {
            let pattern = format!("{}{core}{}", if h { "*" } else { "" }, if t { "*" } else { "" });
            let (text_low, low) = (text.to_lowercase(), core.to_lowercase());
            // "*" alone is one star, at both ends.
            let expected = match (h, t) {
                _ if pattern == "*" => true,
                (true, true) => text_low.contains(&low),
                (true, false) => text_low.ends_with(&low),
                (false, true) => text_low.starts_with(&low),
                (false, false) => text_low == low,
            };
            prop_assert_eq!(Pattern::like(&pattern).matches(&text), expected);
        }

        #[test]
        fn ordered_as_if_lowered(a in ".{0,8}", b in ".{0,8}") {
            let lowered = |t: &str| t.chars().flat_map(char::to_lowercase).collect::<String>();
            prop_assert_eq!(order(&a, &b), lowered(&a).cmp(&lowered(&b)));
        }
    }
}
