//! The DKIM-Signature field (RFC 6376 section 3.5): its text without the signature, which is signed
//! too, and with it. Lines have at most 78 bytes where words allow it.

use base64::{Engine, engine::general_purpose::STANDARD};
use model::Timestamp;

use crate::{Algorithm, Canonicalization};

/// Longest line that is aimed at, in bytes.
const LINE: usize = 76;

/// What a signature field says.
pub(crate) struct Draft<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) header: Canonicalization,
    pub(crate) body: Canonicalization,
    pub(crate) domain: &'a str,
    pub(crate) selector: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) names: &'a [&'static str],
    pub(crate) body_hash: &'a [u8; 32],
}

impl Draft<'_> {
    /// The field with an empty `b=` at its end, without a line end: what is signed.
    pub(crate) fn unsigned(&self) -> String {
        let mut field = Folded::begin("DKIM-Signature:");
        field.word(" v=1;");
        field.word(&format!(" a={};", self.algorithm.name()));
        field.word(&format!(" c={}/{};", self.header.name(), self.body.name()));
        field.word(&format!(" d={};", self.domain));
        field.word(&format!(" s={};", self.selector));
        field.word(&format!(" t={};", self.at.as_millis().max(0) / 1000));
        for (at, name) in self.names.iter().enumerate() {
            let before = if at == 0 { " h=" } else { ":" };
            field.word(&format!("{before}{name}"));
        }
        field.word(";");
        field.word(&format!(" bh={};", STANDARD.encode(self.body_hash)));
        field.word(" b=");
        field.text
    }
}

/// The field with its signature and a line end.
pub(crate) fn signed(unsigned: String, signature: &[u8]) -> String {
    let mut field = Folded::resume(unsigned);
    let text = STANDARD.encode(signature);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(field.room()));
        field.text.push_str(now);
        field.line += now.len();
        rest = later;
        if !rest.is_empty() {
            field.fold();
        }
    }
    field.text.push_str("\r\n");
    field.text
}

/// A field that is folded where its lines become long.
pub(crate) struct Folded {
    text: String,
    /// Bytes of the present line.
    line: usize,
}

impl Folded {
    pub(crate) fn begin(name: &str) -> Self {
        Self { text: name.to_owned(), line: name.len() }
    }

    fn resume(text: String) -> Self {
        let line = text.rfind('\n').map_or(text.len(), |at| text.len() - at - 1);
        Self { text, line }
    }

    /// Bytes that the line still holds; a few at least, so that a long line is not endless.
    fn room(&self) -> usize {
        LINE.saturating_sub(self.line).max(8)
    }

    fn fold(&mut self) {
        self.text.push_str("\r\n\t");
        self.line = 1;
    }

    /// What has been written.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Appends a word; on a new line when it does not fit, where its blank becomes the folding.
    pub(crate) fn word(&mut self, word: &str) {
        let text = if self.line + word.len() > LINE && self.line > 1 && word != ";" {
            self.fold();
            word.strip_prefix(' ').unwrap_or(word)
        } else {
            word
        };
        self.text.push_str(text);
        self.line += text.len();
    }
}
