//! The content of one message as it grows, within the limits of its Receive connector.
//!
//! Bytes are kept in one buffer that is handed out without a copy. As soon as the content is
//! sure to be refused, the buffer is freed and what follows is only looked at.

use bytes::{Bytes, BytesMut};
use model::Reply;
use thiserror::Error;

use super::{
    plain::PlainLines,
    scan::{LineScan, find},
};

/// Longest line accepted, in bytes with its CRLF. RFC 5321 asks for 1,000 only, but longer lines
/// are usual and do no harm.
pub const MAX_LINE: u64 = 1024 * 1024;

/// Most that is set aside on a client's word (SIZE), or from experience, before anything has arrived, in bytes.
const MAX_ADVANCE: u64 = 256 * 1024;

/// The limits content is held to.
#[derive(Debug, Clone, Copy)]
pub struct ContentLimits {
    /// Largest content in bytes.
    pub size: u64,
    /// Largest header in bytes.
    pub header: u64,
    /// Most `Received:` fields.
    pub hops: usize,
}

/// Why content is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Defect {
    /// A CR or LF that is not part of a CRLF.
    #[error("bare CR or LF")]
    BareNewline,
    /// Larger than the limit.
    #[error("too large")]
    TooLarge,
    /// The header is larger than its limit.
    #[error("header too large")]
    HeaderTooLarge,
    /// More `Received:` fields than allowed.
    #[error("too many hops")]
    TooManyHops,
    /// A line longer than [`MAX_LINE`].
    #[error("line too long")]
    LineTooLong,
}

impl Defect {
    /// The reply to the end of such content.
    pub fn reply(self) -> Reply {
        match self {
            Self::BareNewline => Reply::new(
                550,
                (5, 6, 11),
                "Invalid line ending: bare CR or LF in message content is not accepted",
            ),
            Self::TooLarge => {
                Reply::new(552, (5, 3, 4), "Message size exceeds fixed maximum message size")
            }
            Self::HeaderTooLarge => {
                Reply::new(552, (5, 3, 4), "Header size exceeds fixed maximum size")
            }
            Self::TooManyHops => {
                Reply::new(554, (5, 4, 6), "Hop count exceeded - possible mail loop")
            }
            Self::LineTooLong => {
                Reply::new(550, (5, 6, 0), "Message content has a line that is too long")
            }
        }
    }
}

/// Content that is arriving.
#[derive(Debug)]
pub struct Content {
    limits: ContentLimits,
    buffer: BytesMut,
    /// Bytes so far, kept or not.
    size: u64,
    scan: LineScan,
    eight_bit: bool,
}

impl Content {
    /// Nothing yet. `expected` is the size the client has announced, or is likely to send, in bytes.
    pub fn new(limits: ContentLimits, expected: Option<u64>) -> Self {
        let advance = expected.unwrap_or(0).min(limits.size).min(MAX_ADVANCE);
        Self {
            limits,
            buffer: BytesMut::with_capacity(usize::try_from(advance).unwrap_or(0)),
            size: 0,
            scan: LineScan::default(),
            eight_bit: false,
        }
    }

    /// Takes content that is not dot-stuffed, as BDAT brings it, cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut plain = PlainLines::default();
        let mut at = 0;
        loop {
            at += self.plain_lines(&mut plain, bytes, at);
            let Some(i) = find(b'\n', &bytes[at..]) else { break };
            self.scan.piece(&bytes[at..=at + i]);
            at += i + 1;
        }
        self.scan.piece(&bytes[at..]);
        self.keep(bytes);
    }

    /// How many bytes of `text` at `at` are lines that need not be looked at.
    pub(super) fn plain_lines(&self, plain: &mut PlainLines, text: &[u8], at: usize) -> usize {
        // A line is never so long that its length has to be known then.
        const MOST: usize = MAX_LINE as usize;
        if !self.scan.awaits_body_line() {
            return 0;
        }
        plain.length_at(&text[..text.len().min(at.saturating_add(MOST))], at)
    }

    /// Looks at a line or a part of one without keeping it: see [`Content::keep`].
    pub(super) fn look_at(&mut self, piece: &[u8]) {
        self.scan.piece(piece);
    }

    /// Keeps bytes that were, or are about to be, looked at.
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.eight_bit = self.eight_bit || !bytes.is_ascii();
        if self.defect().is_some() {
            self.buffer = BytesMut::new();
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Why the content will be refused whatever follows, when that is known. Independent of the
    /// order in which things were found.
    pub fn defect(&self) -> Option<Defect> {
        if self.scan.bare_newline {
            Some(Defect::BareNewline)
        } else if self.size > self.limits.size {
            Some(Defect::TooLarge)
        } else if self.scan.header.size > self.limits.header {
            Some(Defect::HeaderTooLarge)
        } else if self.scan.header.received > self.limits.hops {
            Some(Defect::TooManyHops)
        } else if self.scan.longest_line > MAX_LINE {
            Some(Defect::LineTooLong)
        } else {
            None
        }
    }

    /// Bytes of memory held.
    pub fn buffered(&self) -> usize {
        self.buffer.capacity()
    }

    /// The whole content, ended with CRLF where it did not (BDAT), and whether it has bytes above
    /// 127.
    ///
    /// # Errors
    /// When it is to be refused.
    pub fn finish(mut self) -> Result<(Bytes, bool), Defect> {
        self.scan.end();
        if let Some(defect) = self.defect() {
            return Err(defect);
        }
        if !self.scan.at_line_start() {
            self.buffer.extend_from_slice(b"\r\n");
        }
        // What was set aside for more than came is not kept for as long as the message is.
        let content = if self.buffer.capacity() / 2 > self.buffer.len() {
            Bytes::copy_from_slice(&self.buffer)
        } else {
            self.buffer.freeze()
        };
        Ok((content, self.eight_bit))
    }
}
