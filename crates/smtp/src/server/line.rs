//! Command lines out of a stream of bytes: ended by CRLF, bounded in length.

use bytes::{Buf, BytesMut};

/// Longest command line with its CRLF (RFC 5321 section 4.5.3.1.4).
const MAX_COMMAND: usize = 512;
/// Longest MAIL or RCPT line: the extensions add to 512 (RFC 1870, 3461, 4954, 6152, 6531).
const MAX_MAIL_RCPT: usize = 2000;
/// Longest AUTH line and response (RFC 4954 section 4).
const MAX_AUTH: usize = 12_288;

/// What stands at the start of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// No whole line yet.
    Unfinished,
    /// A line of so many bytes, and its CRLF after them. Still in the input.
    Whole(usize),
    /// A line that was too long; it has been taken out of the input.
    TooLong,
    /// A line with a bare LF in it. Where it ends, nobody knows: what follows may be meant as more of it
    /// or as another command, and whoever passed it on may have seen the one or the other.
    BareNewline,
}

/// What a line may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// A command.
    Command,
    /// A response in an authentication exchange.
    AuthResponse,
}

/// Finds lines without searching the same bytes twice, and reads over lines that are too long
/// without keeping them.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    searched: usize,
    skipping: bool,
}

/// Number of bytes a line's CRLF takes.
pub(super) const CRLF: usize = 2;

impl LineReader {
    /// Looks at the start of `input`. The caller takes out a whole line with its CRLF.
    pub(super) fn next(&mut self, input: &mut BytesMut, kind: LineKind) -> Line {
        let from = self.searched.min(input.len());
        let Some(newline) = input[from..].iter().position(|b| *b == b'\n').map(|i| from + i) else {
            return self.unfinished(input, kind);
        };
        self.searched = 0;
        let is_long = std::mem::take(&mut self.skipping) || newline + 1 > limit(input, kind);
        if newline == 0 || input[newline - 1] != b'\r' {
            Line::BareNewline
        } else if is_long {
            input.advance(newline + 1);
            Line::TooLong
        } else {
            Line::Whole(newline - 1)
        }
    }

    fn unfinished(&mut self, input: &mut BytesMut, kind: LineKind) -> Line {
        if self.skipping || input.len() >= limit(input, kind) {
            self.skipping = true;
            self.searched = 0;
            // The CR of a CRLF that is not whole yet stays.
            let kept = usize::from(input.last() == Some(&b'\r'));
            input.advance(input.len() - kept);
        } else {
            self.searched = input.len();
        }
        Line::Unfinished
    }
}

fn limit(line: &[u8], kind: LineKind) -> usize {
    let is = |verb: &[u8]| line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(verb));
    if kind == LineKind::AuthResponse || is(b"AUTH") {
        MAX_AUTH
    } else if is(b"MAIL") || is(b"RCPT") {
        MAX_MAIL_RCPT
    } else {
        MAX_COMMAND
    }
}
