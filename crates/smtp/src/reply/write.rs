//! Writing replies: one line where it fits, continuation lines where it does not.

use std::fmt::{self, Write};

use bytes::{BufMut, BytesMut};
use model::{EnhancedCode, Reply, ReplyCode};

/// Longest text of one line: 512 bytes (RFC 5321 section 4.5.3.1.5) without CRLF, reply code
/// and the longest enhanced code.
const LINE_TEXT: usize = 512 - 2 - 4 - 10;

/// Appends `reply`, with its enhanced code when `enhanced` says so. What is not printable ASCII
/// becomes `?`; a long text is folded into several lines.
pub fn write_reply(out: &mut BytesMut, reply: &Reply, enhanced: bool) {
    // The intermediate replies have no enhanced code (RFC 2034 section 4).
    let enhanced = reply.enhanced.filter(|_| enhanced);
    let mut rest = reply.text.as_ref();
    loop {
        let (line, after) = split_line(rest);
        write_line(out, reply.code, enhanced, line, after.is_empty());
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// Appends a 250 of several lines without enhanced codes, as the reply to EHLO is.
pub fn write_hello<'a>(out: &mut BytesMut, lines: impl IntoIterator<Item = &'a str>) {
    let Some(code) = ReplyCode::new(250) else { return };
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let (line_text, _) = split_line(line);
        write_line(out, code, None, line_text, lines.peek().is_none());
    }
}

fn write_line(
    out: &mut BytesMut,
    code: ReplyCode,
    enhanced: Option<EnhancedCode>,
    text: &str,
    last: bool,
) {
    let separator = if last { ' ' } else { '-' };
    let _ = head(out, code, separator, enhanced);
    if text.bytes().all(is_printable) {
        out.put_slice(text.as_bytes());
    } else {
        out.extend(
            text.chars()
                .map(|c| if c.is_ascii() && is_printable(c as u8) { c as u8 } else { b'?' }),
        );
    }
    out.put_slice(b"\r\n");
}

/// Writing into a `BytesMut` fails only when memory's limit of `usize` is reached.
fn head(
    out: &mut BytesMut,
    code: ReplyCode,
    separator: char,
    enhanced: Option<EnhancedCode>,
) -> fmt::Result {
    write!(out, "{code}{separator}")?;
    match enhanced {
        Some(enhanced) => write!(out, "{enhanced} "),
        None => Ok(()),
    }
}

/// The first part of `text` that fits a line, cut at a blank where there is one.
fn split_line(text: &str) -> (&str, &str) {
    if text.len() <= LINE_TEXT {
        return (text, "");
    }
    let end = text.floor_char_boundary(LINE_TEXT);
    match text[..end].rfind(' ') {
        Some(blank) if blank > 0 => (&text[..blank], &text[blank + 1..]),
        _ => text.split_at(end),
    }
}

fn is_printable(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}
