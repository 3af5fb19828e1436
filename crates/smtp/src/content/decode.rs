//! The content of DATA as it comes: dot-stuffed lines up to CRLF.CRLF (RFC 5321 section 4.5.2).
//!
//! Only exactly CRLF.CRLF (or .CRLF at the very start) ends content. A line that follows a bare
//! LF does not start a line in this sense, so that no two readers can see two ends.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    accumulate::{Content, ContentLimits, Defect},
    plain::PlainLines,
    scan::find,
};

/// A line longer than this is taken in pieces instead of waiting for its end, in bytes.
const MAX_HELD: usize = 16 * 1024;

/// Decodes the content of one DATA command.
#[derive(Debug)]
pub struct DataDecoder {
    content: Content,
    /// The next byte follows a CRLF, or is the first.
    line_start: bool,
    /// A line is being taken in pieces; the last of them ended with CR.
    held_cr: bool,
    /// How much of the input was already searched for LF.
    searched: usize,
}

impl DataDecoder {
    /// Nothing yet. `expected` is the size the client has announced, in bytes.
    pub fn new(limits: ContentLimits, expected: Option<u64>) -> Self {
        Self {
            content: Content::new(limits, expected),
            line_start: true,
            held_cr: false,
            searched: 0,
        }
    }

    /// Takes content out of `input`; what follows its end stays there. `true` once it has ended.
    /// At most [`MAX_HELD`] bytes of an unfinished line stay in `input`.
    pub fn decode(&mut self, input: &mut BytesMut) -> bool {
        let buffer = &input[..];
        // Bytes from `run` to `at` are decoded, but not yet kept: clean lines are kept together.
        let (mut run, mut at) = (0, 0);
        let mut search = self.searched;
        let mut plain = PlainLines::default();
        loop {
            if self.line_start && search == at {
                at += self.content.plain_lines(&mut plain, buffer, at);
                search = at;
            }
            let Some(i) = find(b'\n', &buffer[search..]) else { break };
            let end = search + i + 1;
            let line = &buffer[at..end];
            let text = if self.line_start && line[0] == b'.' {
                self.content.keep(&buffer[run..at]);
                if line == b".\r\n" {
                    input.advance(end);
                    return true;
                }
                run = at + 1;
                &line[1..]
            } else {
                line
            };
            self.content.look_at(text);
            self.line_start = line.ends_with(b"\r\n") || (line == b"\n" && self.held_cr);
            self.held_cr = false;
            (at, search) = (end, end);
        }
        self.content.keep(&buffer[run..at]);
        input.advance(at);
        self.searched = input.len();
        if input.len() > MAX_HELD {
            self.take_part(input);
        }
        false
    }

    /// Takes the whole input, which has no LF, as a part of a long line.
    fn take_part(&mut self, input: &mut BytesMut) {
        let stuffed = self.line_start && input[0] == b'.';
        let text = &input[usize::from(stuffed)..];
        self.content.look_at(text);
        self.content.keep(text);
        self.line_start = false;
        self.held_cr = input.ends_with(b"\r");
        self.searched = 0;
        input.clear();
    }

    /// Bytes of memory held.
    pub fn buffered(&self) -> usize {
        self.content.buffered()
    }

    /// The content, once [`DataDecoder::decode`] has said that it has ended; and whether it has
    /// bytes above 127.
    ///
    /// # Errors
    /// When it is to be refused.
    pub fn finish(self) -> Result<(Bytes, bool), Defect> {
        self.content.finish()
    }
}
