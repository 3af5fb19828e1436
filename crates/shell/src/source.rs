//! The text of a script and places in it.
//!
//! Every token, node and error carries a [`Span`] of byte offsets; [`Source`] turns it into the line
//! and column an administrator counts (both from 1, columns in characters).

use std::rc::Rc;

/// How much of a line is shown, in characters: an underlined line must not wrap.
const WIDEST: usize = 68;

/// A stretch of a source text, in bytes; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this one to the end of `other`.
    pub(crate) fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A text that was typed, given with `-c` or read from a script file.
#[derive(Debug)]
pub(crate) struct Source {
    /// The script file's name; `None` for what was typed.
    pub(crate) name: Option<String>,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn typed(text: impl Into<String>) -> Rc<Self> {
        Rc::new(Self { name: None, text: text.into() })
    }

    pub(crate) fn script(name: impl Into<String>, text: impl Into<String>) -> Rc<Self> {
        Rc::new(Self { name: Some(name.into()), text: text.into() })
    }

    /// The text of a span; empty when it does not lie on character boundaries.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end.max(span.start)).unwrap_or("")
    }

    /// Line and column of a byte offset, both from 1.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The line (without its end) that contains a byte offset, and where it starts.
    fn line_at(&self, offset: usize) -> (&str, usize) {
        let offset = offset.min(self.text.len());
        let start = self.text.get(..offset).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
        let rest = self.text.get(start..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        (line.trim_end_matches('\r'), start)
    }

    /// `At line:1 char:5`, the line, and the stretch underlined.
    pub(crate) fn pointed_at(&self, span: Span) -> String {
        let (line_number, column) = self.position(span.start);
        let (line, start) = self.line_at(span.start);
        let end = span.end.min(start + line.len()).max(span.start);
        let width = self.slice(Span::new(span.start, end)).chars().count().max(1);
        let (line, indent, width) = cropped(line, column - 1, width);
        let place = self.name.as_deref().map(|n| format!("{n}:")).unwrap_or_default();
        let place = if place.is_empty() {
            format!("At line:{line_number} char:{column}")
        } else {
            format!("At {place}{line_number} char:{column}")
        };
        format!("{place}\n+ {line}\n+ {}{}", " ".repeat(indent), "~".repeat(width))
    }
}

/// The part of a line around a place, with `...` where something was left out, and where the place is
/// in it. All lengths are in characters.
fn cropped(line: &str, at: usize, length: usize) -> (String, usize, usize) {
    let total = line.chars().count();
    if total <= WIDEST {
        return (line.to_owned(), at, length);
    }
    let before = WIDEST.saturating_sub(length).min(WIDEST / 3);
    let first = if at + length <= WIDEST { 0 } else { at.saturating_sub(before) };
    let shown: String = line.chars().skip(first).take(WIDEST).collect();
    let lead = if first > 0 { "... " } else { "" };
    let tail = if first + WIDEST < total { " ..." } else { "" };
    let indent = at - first + lead.len();
    (format!("{lead}{shown}{tail}"), indent, length.min(first + WIDEST - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_people_count() {
        let source = Source::typed("Get-Queue\nSet-É -Foo 1\n");
        let at = source.text.find("-Foo").unwrap();
        assert_eq!(source.position(at), (2, 7));
        assert_eq!(
            source.pointed_at(Span::new(at, at + 4)),
            "At line:2 char:7\n+ Set-É -Foo 1\n+       ~~~~"
        );
    }

    #[test]
    fn long_lines_are_cropped_around_the_place() {
        let source =
            Source::typed(format!("{} | Get-Wrong -A {}", "x".repeat(100), "y".repeat(100)));
        let shown = source.pointed_at(Span::new(103, 112));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "At line:1 char:104");
        assert!(lines[1].starts_with("+ ... xxx") && lines[1].ends_with("yyy ..."), "{shown}");
        assert!(lines.iter().all(|line| line.len() < 80), "{shown}");
        let at = lines[2].find('~').unwrap();
        assert_eq!(&lines[1][at..at + 9], "Get-Wrong");
        let long = Source::typed("z".repeat(300)).pointed_at(Span::new(0, 300));
        assert!(long.ends_with(&format!("{} ...\n+ {}", "z".repeat(WIDEST), "~".repeat(WIDEST))));
    }

    #[test]
    fn a_place_at_the_end_is_shown() {
        let source = Source::typed("(1");
        assert_eq!(source.pointed_at(Span::new(2, 2)), "At line:1 char:3\n+ (1\n+   ~");
    }
}
