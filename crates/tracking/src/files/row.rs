//! One row: fields with commas between them, quoted where RFC 4180 asks for it. Text from outside
//! cannot begin a new line: control characters and line separators become blanks. A list is one
//! field with `;` between its elements; an element that holds `;` or `"` is quoted itself.

use std::{fmt::Display, io::Write};

use model::Timestamp;

use super::iso;

const LONGEST: usize = Row::LONGEST;

/// Takes a row's fields, left to right.
#[derive(Debug)]
pub struct Row<'a> {
    out: &'a mut Vec<u8>,
}

impl Row<'_> {
    /// Bytes of one text or of one element of a list; what is longer is cut.
    pub const LONGEST: usize = 8 << 10;
}

impl<'a> Row<'a> {
    /// A row whose first field has been written to `out`.
    pub(crate) fn after_first(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let start = self.begin();
        push_clean(self.out, text);
        self.end(start)
    }

    /// Something that is written as text: a number, an address, an error.
    pub fn display(&mut self, value: impl Display) -> &mut Self {
        let start = self.begin();
        push_display(self.out, &value);
        self.end(start)
    }

    /// The same, or nothing.
    pub fn optional(&mut self, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.display(value),
            None => self.empty(),
        }
    }

    /// A moment, to the millisecond, in UTC.
    pub fn time(&mut self, at: Timestamp) -> &mut Self {
        self.begin();
        iso::push(self.out, at);
        self
    }

    /// Nothing.
    pub fn empty(&mut self) -> &mut Self {
        self.begin();
        self
    }

    /// A list, `;` between its elements.
    pub fn list(&mut self, elements: impl IntoIterator<Item = impl Display>) -> &mut Self {
        let start = self.begin();
        for (i, element) in elements.into_iter().enumerate() {
            if i > 0 {
                self.out.push(b';');
            }
            let at = self.out.len();
            push_display(self.out, &element);
            quote_if(self.out, at, |b| matches!(b, b';' | b'"'));
        }
        self.end(start)
    }

    fn begin(&mut self) -> usize {
        self.out.push(b',');
        self.out.len()
    }

    fn end(&mut self, start: usize) -> &mut Self {
        quote_if(self.out, start, |b| matches!(b, b',' | b'"'));
        self
    }
}

fn push_display(out: &mut Vec<u8>, value: &impl Display) {
    let start = out.len();
    // Writing to memory does not fail; a Display that does leaves what it has written.
    let _ = write!(out, "{value}");
    let written = &out[start..];
    if written.len() > LONGEST || !written.iter().all(|b| (b' '..0x7f).contains(b)) {
        let text = String::from_utf8_lossy(written).into_owned();
        out.truncate(start);
        push_clean(out, &text);
    }
}

/// Appends text without what could begin a new line or confuse a terminal.
fn push_clean(out: &mut Vec<u8>, text: &str) {
    let text = shortened(text);
    if text.bytes().all(|b| (b' '..0x7f).contains(&b)) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut buffer = [0; 4];
    for c in text.chars() {
        let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let c = if breaks { ' ' } else { c };
        out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    }
}

fn shortened(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    &text[..end]
}

/// Quotes what was appended since `start` when a byte of it asks for that.
fn quote_if(out: &mut Vec<u8>, start: usize, asks: impl Fn(u8) -> bool) {
    if !out[start..].iter().any(|b| asks(*b)) {
        return;
    }
    let plain = out.split_off(start);
    out.push(b'"');
    for byte in plain {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fields;

    fn row(write: impl FnOnce(&mut Row<'_>)) -> String {
        let mut out = b"t".to_vec();
        write(&mut Row::after_first(&mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_must_be_is_quoted() {
        let written = row(|row| {
            row.text("plain").text("a, b").text("say \"hi\"").empty().display(7);
        });
        assert_eq!(written, "t,plain,\"a, b\",\"say \"\"hi\"\"\",,7");
    }

    #[test]
    fn nobody_begins_a_new_line() {
        let written = row(|row| {
            row.text("a\r\n2026-11-24T00:00:00.000Z,forged\u{2028}b\u{85}c\u{0}");
        });
        assert_eq!(written, "t,\"a  2026-11-24T00:00:00.000Z,forged b c \"");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let written = row(|row| {
            row.text(&"é".repeat(LONGEST)).display("x".repeat(LONGEST + 1));
        });
        assert_eq!(written.len(), 1 + 2 * (1 + LONGEST));
    }

    proptest! {
        #[test]
        fn a_reader_finds_what_was_written(
            texts in proptest::collection::vec("[ -~é]{0,20}", 0..8),
            list in proptest::collection::vec("[a-z;,\" ]{1,8}", 1..5),
        ) {
            let written = row(|row| {
                for text in &texts {
                    row.text(text);
                }
                row.list(&list);
            });
            let read = fields::split(&written, b',').unwrap();
            prop_assert_eq!(&read[1..=texts.len()], &texts[..]);
            prop_assert_eq!(fields::list(read.last().unwrap()), list);
        }
    }
}
