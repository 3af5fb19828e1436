//! The canonical form of a body and its hash (RFC 6376 sections 3.4.3, 3.4.4 and 3.7).
//!
//! The body may come in pieces of any length. What is already in its canonical form goes to the hash as
//! it stands, whole runs at once; nothing is copied. Empty lines are counted and not hashed until
//! something follows them, since those at the end do not belong to the form.

use aws_lc_rs::digest::{Context, SHA256};

/// How header and body are made comparable before they are hashed (RFC 6376 section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Canonicalization {
    /// Blanks may be changed on the way; what servers do to mail leaves the signature good.
    Relaxed,
    /// Every byte counts, but for empty lines at the end of the body.
    Simple,
}

impl Canonicalization {
    /// The name in `c=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relaxed => "relaxed",
            Self::Simple => "simple",
        }
    }
}

/// The SHA-256 of a body's canonical form, while the body comes in.
#[derive(Clone)]
pub struct BodyHash {
    digest: Context,
    form: Canonicalization,
    /// Line ends that count only if something follows.
    line_ends: usize,
    /// Blanks that count, as one, only if something follows on the line. Relaxed only.
    blanks: bool,
    /// A CR at the end of a piece: whether it ends a line is not known yet.
    carriage_return: bool,
    /// Bytes of the canonical form so far.
    length: u64,
}

impl BodyHash {
    /// Of nothing yet.
    pub fn new(form: Canonicalization) -> Self {
        let digest = Context::new(&SHA256);
        Self { digest, form, line_ends: 0, blanks: false, carriage_return: false, length: 0 }
    }

    /// Of a whole body.
    pub fn of(form: Canonicalization, body: &[u8]) -> [u8; 32] {
        let mut hash = Self::new(form);
        hash.update(body);
        hash.finish()
    }

    /// Takes the next piece. Lines end with CRLF; a lone CR or LF is a byte as any other.
    pub fn update(&mut self, piece: &[u8]) {
        let mut rest = piece;
        if self.carriage_return && !rest.is_empty() {
            self.carriage_return = false;
            match rest.strip_prefix(b"\n") {
                Some(after) => {
                    self.line_end();
                    rest = after;
                }
                None => self.hash(b"\r"),
            }
        }
        while !rest.is_empty() {
            rest = self.step(rest);
        }
    }

    /// The hash: `bh=` is its base64. An empty body is hashed as nothing when relaxed, as one line end
    /// when simple; any other ends with exactly one line end.
    pub fn finish(self) -> [u8; 32] {
        self.finish_with_length().0
    }

    /// The same, with the length of the canonical form in bytes, to which `l=` is compared.
    pub fn finish_with_length(mut self) -> ([u8; 32], u64) {
        if self.carriage_return {
            self.hash(b"\r");
        }
        if self.length > 0 || self.form == Canonicalization::Simple {
            self.feed(b"\r\n");
        }
        let mut out = [0; 32];
        out.copy_from_slice(self.digest.finish().as_ref());
        (out, self.length)
    }

    /// Takes the beginning of `rest`; what is left.
    fn step<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        match rest {
            [b'\r', b'\n', after @ ..] => {
                self.line_end();
                after
            }
            [b'\r'] => {
                self.carriage_return = true;
                &[]
            }
            [b' ' | b'\t', after @ ..] if self.form == Canonicalization::Relaxed => {
                self.blanks = true;
                after
            }
            _ => {
                let (run, after) = rest.split_at(self.run(rest));
                self.hash(run);
                after
            }
        }
    }

    fn line_end(&mut self) {
        self.line_ends += 1;
        self.blanks = false;
    }

    /// How many bytes of `rest`, which begins with one that counts, are in canonical form as they
    /// stand, up to and with the last byte that surely counts.
    fn run(&self, rest: &[u8]) -> usize {
        let relaxed = self.form == Canonicalization::Relaxed;
        let mut at = 1;
        while let Some(byte) = rest.get(at) {
            let plain = match byte {
                b'\t' if relaxed => false,
                b' ' if relaxed => rest.get(at + 1).is_some_and(|next| !is_break(*next)),
                // A line end is taken along where text follows at once.
                b'\r' => match (rest.get(at + 1), rest.get(at + 2)) {
                    (Some(b'\n'), Some(next)) if !is_break(*next) => {
                        at += 1;
                        true
                    }
                    (Some(b'\n') | None, _) => false,
                    _ => true,
                },
                _ => true,
            };
            if !plain {
                break;
            }
            at += 1;
        }
        at
    }

    /// Hashes bytes that count, with what was held back before them.
    fn hash(&mut self, bytes: &[u8]) {
        const LINE_ENDS: &[u8] = b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
        let mut left = std::mem::take(&mut self.line_ends) * 2;
        while left > 0 {
            let now = left.min(LINE_ENDS.len());
            self.feed(&LINE_ENDS[..now]);
            left -= now;
        }
        if std::mem::take(&mut self.blanks) {
            self.feed(b" ");
        }
        self.feed(bytes);
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
    }
}

/// Whether a run may have to end before this byte.
fn is_break(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}
