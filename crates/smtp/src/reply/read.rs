//! Reading a peer's replies. Whatever the peer sends, one reply takes a bounded amount of
//! memory, and its text comes out fit for logs, reports and terminals.

use bytes::{Buf, BytesMut};
use model::{EnhancedCode, Reply, ReplyCode};
use thiserror::Error;

/// Longest text kept of a line, and of a whole [`Reply`]; the rest is cut off. In bytes.
pub const MAX_TEXT: usize = 2048;
/// Longest line read over, in bytes; a longer one ends the session.
pub const MAX_RAW_LINE: usize = 64 * 1024;
/// Most lines of one reply.
pub const MAX_LINES: usize = 100;
/// Text kept of all lines of one reply, in bytes; what comes after it is cut off.
pub const MAX_KEPT: usize = 16 * 1024;

/// Kept of a line whose end has not come: the code, what is kept of the text, and enough to see
/// that there was more. The rest of it is read over.
const HEAD: usize = MAX_TEXT + 8;

/// What no SMTP server sends.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// A line longer than [`MAX_RAW_LINE`].
    #[error("the remote server sent a reply line of more than {MAX_RAW_LINE} bytes")]
    LineTooLong,
    /// More than [`MAX_LINES`] lines.
    #[error("the remote server sent a reply of more than {MAX_LINES} lines")]
    TooManyLines,
    /// A line without a reply code. Carries its start.
    #[error("the remote server sent something that is not a reply: \"{0}\"")]
    NotAReply(String),
    /// Lines of one reply with different codes.
    #[error("the remote server sent one reply with two codes, {0} and {1}")]
    TwoCodes(ReplyCode, ReplyCode),
}

/// A reply with its lines apart, as EHLO's has to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReply {
    /// The code.
    pub code: ReplyCode,
    /// The lines' texts without reply code, sanitised; at least one.
    pub lines: Vec<String>,
}

/// Puts replies together from bytes that arrive in pieces.
#[derive(Debug, Default)]
pub struct ReplyReader {
    /// The lines of the reply so far.
    lines: Vec<String>,
    /// Bytes in them.
    kept: usize,
    code: Option<ReplyCode>,
    /// The beginning of a long line whose end has not come.
    head: Vec<u8>,
    /// Bytes of that line that are not in the input any more.
    read_over: usize,
    /// How much of the input was already searched for a line end.
    searched: usize,
}

impl ReplyReader {
    /// Takes the next whole reply out of `input`; `None` when more bytes are needed.
    ///
    /// # Errors
    /// When the input is not a reply. Nothing more can be read then.
    pub fn read(&mut self, input: &mut BytesMut) -> Result<Option<ServerReply>, ReplyError> {
        while let Some(line_end) = self.line_end(input)? {
            let (code, last, text) = self.line(&input[..line_end])?;
            input.advance(line_end + 1);
            if let Some(first) = self.code.filter(|first| *first != code) {
                return Err(ReplyError::TwoCodes(first, code));
            }
            if self.lines.len() == MAX_LINES {
                return Err(ReplyError::TooManyLines);
            }
            self.keep(text);
            if last {
                self.code = None;
                self.kept = 0;
                return Ok(Some(ServerReply { code, lines: std::mem::take(&mut self.lines) }));
            }
            self.code = Some(code);
        }
        Ok(None)
    }

    /// Whether some lines of a reply have been read, but not its last.
    pub fn is_amid_reply(&self) -> bool {
        self.code.is_some()
    }

    /// Forgets what was read of an unfinished reply.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Bytes held of an unfinished reply.
    pub fn held(&self) -> usize {
        self.kept + self.lines.len() * size_of::<String>() + self.head.len()
    }

    /// The next line, which ends with `rest`.
    fn line(&mut self, rest: &[u8]) -> Result<(ReplyCode, bool, String), ReplyError> {
        self.read_over = 0;
        let head = std::mem::take(&mut self.head);
        let line = if head.is_empty() { rest } else { &head };
        parse_line(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn keep(&mut self, mut text: String) {
        text.truncate(text.floor_char_boundary(MAX_KEPT - self.kept));
        text.shrink_to_fit();
        self.kept += text.len();
        self.lines.push(text);
    }

    fn line_end(&mut self, input: &mut BytesMut) -> Result<Option<usize>, ReplyError> {
        let from = self.searched.min(input.len());
        let end = input[from..].iter().position(|b| *b == b'\n').map(|i| from + i);
        if self.read_over + end.unwrap_or(input.len()) > MAX_RAW_LINE {
            return Err(ReplyError::LineTooLong);
        }
        self.searched = if end.is_some() { 0 } else { input.len() };
        if end.is_none() && input.len() > HEAD {
            self.read_over_long_line(input);
        }
        Ok(end)
    }

    /// Takes the line's bytes out of the input, but for those that will be shown.
    fn read_over_long_line(&mut self, input: &mut BytesMut) {
        if self.head.is_empty() {
            self.head.extend_from_slice(&input[..HEAD]);
        }
        self.read_over += input.len();
        self.searched = 0;
        input.clear();
    }
}

impl From<ServerReply> for Reply {
    /// The lines joined by blanks, their enhanced code taken out.
    fn from(reply: ServerReply) -> Reply {
        let class = reply.code.as_u16() / 100;
        let enhanced = reply.lines.first().and_then(|line| {
            let code: EnhancedCode = line.split(' ').next()?.parse().ok()?;
            // A code of another class contradicts the reply code, which is what counts.
            (u16::from(code.class()) == class).then_some(code)
        });
        let prefix = enhanced.map(|code| code.to_string()).unwrap_or_default();
        let mut text = String::new();
        for line in &reply.lines {
            let line = without_prefix(line, &prefix).trim();
            if !text.is_empty() && !line.is_empty() {
                text.push(' ');
            }
            text.push_str(line);
            if text.len() > MAX_TEXT {
                text.truncate(text.floor_char_boundary(MAX_TEXT));
                break;
            }
        }
        Reply { code: reply.code, enhanced, text: text.into() }
    }
}

fn without_prefix<'a>(line: &'a str, prefix: &str) -> &'a str {
    line.strip_prefix(prefix)
        .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        .unwrap_or(line)
}

/// Code, whether it is the last line, and text of one line without its line end.
fn parse_line(line: &[u8]) -> Result<(ReplyCode, bool, String), ReplyError> {
    let not_a_reply = || ReplyError::NotAReply(sanitised(&line[..line.len().min(100)]));
    let (digits, rest) = line.split_first_chunk::<3>().ok_or_else(not_a_reply)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(not_a_reply());
    }
    let number = digits.iter().fold(0, |n, digit| n * 10 + u16::from(digit - b'0'));
    let code = ReplyCode::new(number).ok_or_else(not_a_reply)?;
    match rest.split_first() {
        None => Ok((code, true, String::new())),
        Some((b' ', text)) => Ok((code, true, sanitised(text))),
        Some((b'-', text)) => Ok((code, false, sanitised(text))),
        Some(_) => Err(not_a_reply()),
    }
}

/// `bytes` cut to [`MAX_TEXT`] as text without control characters. Bytes above 127 stay only
/// where the whole is UTF-8.
fn sanitised(bytes: &[u8]) -> String {
    match std::str::from_utf8(cut(bytes)) {
        Ok(text) => text.chars().map(|c| if c.is_control() { '?' } else { c }).collect(),
        Err(_) => cut(bytes)
            .iter()
            .map(|b| if (b' '..=b'~').contains(b) { char::from(*b) } else { '?' })
            .collect(),
    }
}

/// The first [`MAX_TEXT`] bytes, without the beginning of a UTF-8 sequence that is cut in two.
fn cut(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= MAX_TEXT {
        return bytes;
    }
    let is_start = |i: &usize| bytes[*i] & 0b1100_0000 != 0b1000_0000;
    let end = (MAX_TEXT - 3..=MAX_TEXT).rev().find(is_start).unwrap_or(MAX_TEXT);
    &bytes[..end]
}
