//! The header: where its fields are, which of them are signed, and their canonical form (RFC 6376
//! sections 3.4.1, 3.4.2, 5.4).

use crate::Canonicalization;

/// The fields that are signed where they are present, in the order of `h=`. What servers add or
/// change on the way (Received, Return-Path, Resent-*, the organization's own fields) is not among them.
pub const SIGNED_FIELDS: [&str; 21] = [
    "From",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "To",
    "Cc",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Sender",
    "In-Reply-To",
    "References",
    "Content-Language",
    "List-Id",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Subscribe",
    "List-Post",
    "List-Archive",
];

/// So many of [`SIGNED_FIELDS`], from the first, are named in `h=` once more than there are: a
/// second From or Subject that somebody adds breaks the signature (RFC 6376 section 8.15).
const SEALED: usize = 10;

/// Fields of one name that are signed at most, the lowest: RFC 5322 allows one of most of them, and
/// `h=` must not grow with a hostile header.
const MOST_OF_A_NAME: usize = 20;

/// Whether a field of this name is signed; letter case is ignored.
pub fn is_signed(name: &str) -> bool {
    SIGNED_FIELDS.iter().any(|signed| signed.eq_ignore_ascii_case(name))
}

/// One field as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, without blanks before the colon.
    pub name: &'a [u8],
    /// What follows the colon, with its folding, without the last line end.
    pub value: &'a [u8],
    /// The whole field without the last line end.
    pub raw: &'a [u8],
}

/// Where the body begins, and the fields before it. A line that is no field is passed over.
#[derive(Debug, Clone)]
pub struct Header<'a> {
    /// In the order in which they stand.
    pub fields: Vec<Field<'a>>,
    /// What follows the first empty line.
    pub body: &'a [u8],
}

impl<'a> Header<'a> {
    /// Finds the fields that may be signed. The header ends at the first empty line or with the
    /// content.
    pub(crate) fn find(content: &'a [u8]) -> Self {
        Self::with(content, Field::counts)
    }

    /// Finds all fields.
    pub fn all(content: &'a [u8]) -> Self {
        Self::with(content, |_| true)
    }

    fn with(content: &'a [u8], wanted: impl Fn(&Field<'a>) -> bool) -> Self {
        let (mut fields, mut rest) = (Vec::new(), content);
        loop {
            let (mut length, mut line) = first_line(rest);
            if length == 0 || line.is_empty() {
                return Self { fields, body: &rest[length..] };
            }
            while let Some(b' ' | b'\t') = rest.get(length) {
                let (more, _) = first_line(&rest[length..]);
                length += more;
                line = without_line_end(&rest[..length]);
            }
            fields.extend(Field::read(line).filter(&wanted));
            rest = &rest[length..];
        }
    }
}

impl<'a> Field<'a> {
    /// Reads a field without its last line end; `None` without a colon.
    pub fn read(raw: &'a [u8]) -> Option<Self> {
        let colon = raw.iter().position(|byte| *byte == b':')?;
        let name = raw[..colon].trim_ascii_end();
        Some(Self { name, value: &raw[colon + 1..], raw })
    }

    fn counts(&self) -> bool {
        std::str::from_utf8(self.name).is_ok_and(is_signed)
    }

    /// Whether it is called `name`; letter case is ignored.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Appends the field's canonical form, without a line end.
    pub fn write(&self, form: Canonicalization, out: &mut Vec<u8>) {
        if form == Canonicalization::Simple {
            return out.extend_from_slice(self.raw);
        }
        out.extend(self.name.iter().map(u8::to_ascii_lowercase));
        out.push(b':');
        let mut blank = false;
        let start = out.len();
        for &byte in self.value.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if blank && out.len() > start {
                out.push(b' ');
            }
            blank = false;
            out.push(byte);
        }
    }
}

/// What a signature says of a header: the names of `h=` and the bytes that are hashed for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    /// In the order of `h=`.
    pub(crate) names: Vec<&'static str>,
    /// The fields' canonical forms, each with a line end.
    pub(crate) canonical: Vec<u8>,
}

impl Selection {
    /// Of these fields. Of several with one name the lowest comes first (RFC 6376 section 5.4.2).
    pub(crate) fn of(fields: &[Field<'_>], form: Canonicalization) -> Self {
        Self::with(fields, form, &SIGNED_FIELDS)
    }

    /// Of these and the signatures of others, as a seal has them (RFC 8617 section 4.1.2).
    pub(crate) fn sealed(fields: &[Field<'_>]) -> Self {
        let names: Vec<&'static str> =
            SIGNED_FIELDS.into_iter().chain(["DKIM-Signature"]).collect();
        Self::with(fields, Canonicalization::Relaxed, &names)
    }

    fn with(fields: &[Field<'_>], form: Canonicalization, wanted: &[&'static str]) -> Self {
        let mut selection = Self { names: Vec::new(), canonical: Vec::with_capacity(1024) };
        for (rank, &name) in wanted.iter().enumerate() {
            let mut found = fields.iter().rev().filter(|field| field.is(name));
            for field in found.by_ref().take(MOST_OF_A_NAME) {
                selection.names.push(name);
                field.write(form, &mut selection.canonical);
                selection.canonical.extend_from_slice(b"\r\n");
            }
            // Named once more where another one stands, that one would be meant.
            if rank < SEALED && found.next().is_none() {
                selection.names.push(name);
            }
        }
        selection
    }
}

/// The length of the first line with its end, and the line without it.
fn first_line(content: &[u8]) -> (usize, &[u8]) {
    let length = content.iter().position(|b| *b == b'\n').map_or(content.len(), |at| at + 1);
    (length, without_line_end(&content[..length]))
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
