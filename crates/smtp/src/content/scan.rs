//! Looking at content line by line: line ends, header fields, 8-bit bytes.
//!
//! A line may come in any number of pieces; the findings do not depend on where it was cut.

use std::io::BufRead;

/// Index of the first `byte` in `bytes`. Goes through the standard library's reader of delimited
/// text because that is where it keeps the C library's vectorised `memchr`.
pub(super) fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    // Reading from a slice does not fail.
    let passed = rest.skip_until(byte).unwrap_or(0);
    (passed > 0 && bytes[passed - 1] == byte).then(|| passed - 1)
}

const RECEIVED: &[u8] = b"received:";

/// What the lines so far have shown.
#[derive(Debug, Default)]
pub(super) struct LineScan {
    /// A CR or an LF stood alone.
    pub(super) bare_newline: bool,
    /// The longest line so far, in bytes with its line end.
    pub(super) longest_line: u64,
    pub(super) header: HeaderScan,
    line_length: u64,
    /// The last piece ended with CR, and what follows is not yet known.
    pending_cr: bool,
}

/// What is known of the header, which ends at the first empty line.
#[derive(Debug, Default)]
pub(super) struct HeaderScan {
    /// Bytes of the header.
    pub(super) size: u64,
    /// Number of `Received:` fields.
    pub(super) received: usize,
    ended: bool,
    /// The start of the present line, as far as it takes to know the field.
    start: [u8; RECEIVED.len()],
    start_len: usize,
}

impl LineScan {
    /// Looks at a line or a part of one: at most one LF, at its end.
    pub(super) fn piece(&mut self, piece: &[u8]) {
        let (text, ended) = match piece.split_last() {
            Some((b'\n', text)) => (text, true),
            Some(_) => (piece, false),
            None => return,
        };
        let (inner, cr_last) = match text.split_last() {
            Some((b'\r', inner)) => (inner, true),
            Some(_) => (text, false),
            None => (text, self.pending_cr),
        };
        let cr_split = self.pending_cr && !text.is_empty();
        self.bare_newline |= cr_split || inner.contains(&b'\r') || (ended && !cr_last);
        self.line_length += piece.len() as u64;
        self.longest_line = self.longest_line.max(self.line_length);
        self.pending_cr = cr_last && !ended;
        if !self.header.ended {
            self.header.piece(piece, ended, self.line_length);
        }
        if ended {
            self.line_length = 0;
        }
    }

    /// Whether a line of the body is to begin: plain lines then change nothing that is found out here.
    pub(super) fn awaits_body_line(&self) -> bool {
        self.header.ended && self.at_line_start() && !self.pending_cr
    }

    /// Whether everything so far has ended with a line end of some kind.
    pub(super) fn at_line_start(&self) -> bool {
        self.line_length == 0
    }

    /// Nothing more comes: a CR that still waits for its LF is bare.
    pub(super) fn end(&mut self) {
        self.bare_newline |= self.pending_cr;
    }
}

impl HeaderScan {
    fn piece(&mut self, piece: &[u8], line_ended: bool, line_length: u64) {
        let room = RECEIVED.len() - self.start_len;
        let part = &piece[..room.min(piece.len())];
        self.start[self.start_len..self.start_len + part.len()].copy_from_slice(part);
        self.start_len += part.len();
        self.size += piece.len() as u64;
        if line_ended {
            self.line_end(line_length);
        }
    }

    fn line_end(&mut self, line_length: u64) {
        let start = &self.start[..self.start_len];
        if start == b"\r\n" || line_length == 1 {
            self.ended = true;
        } else if start.eq_ignore_ascii_case(RECEIVED) {
            self.received += 1;
        }
        self.start_len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_is_position() {
        for text in [&b""[..], b"a", b"\n", b"abc\n", b"a\nb\n", b"\n\n", b"aaaaaaaaaaaaaaaaaab"] {
            for byte in *b"\nabx" {
                assert_eq!(find(byte, text), text.iter().position(|b| *b == byte));
            }
        }
    }
}
