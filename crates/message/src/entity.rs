//! A MIME entity (RFC 2045, 2046): as much of its header as a conversion must understand, and
//! the pieces of a multipart body. Borrowed throughout, nothing is decoded.

use crate::header::{Field, HeaderBlock, line_end, without_line_end};

/// Longest boundary accepted, in bytes; RFC 2046 allows 70.
const MAX_BOUNDARY: usize = 200;

/// A header that says two things at once, or a parameter that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ambiguous;

/// A message or a body part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entity<'a> {
    /// The fields without the empty line.
    pub header: &'a [u8],
    /// The empty line, where there is one.
    pub separator: &'a [u8],
    /// What follows.
    pub body: &'a [u8],
}

/// What the header says of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    /// Whether Content-Type stands in the header.
    pub has_type: bool,
    /// Whether MIME-Version stands in the header.
    pub has_version: bool,
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// The boundary parameter.
    pub boundary: Option<Vec<u8>>,
    /// Content-Transfer-Encoding.
    pub encoding: Encoding,
}

/// How the body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Not said: `7bit`.
    Absent,
    /// `7bit`.
    SevenBit,
    /// `8bit` or `binary`: the body stands as it is.
    Raw,
    /// Anything else.
    Encoded,
}

impl<'a> Entity<'a> {
    pub(crate) fn parse(content: &'a [u8]) -> Self {
        let header = HeaderBlock::parse(content);
        let (end, body) = (header.end(), header.body_offset());
        Self { header: &content[..end], separator: &content[end..body], body: &content[body..] }
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = Field<'a>> {
        HeaderBlock::parse(self.header).fields()
    }

    /// Reads what the header says; `default_type` holds where it has no Content-Type.
    pub(crate) fn describe(&self, default_type: &str) -> Result<Description, Ambiguous> {
        let (content_type, encoding) =
            (self.only("Content-Type")?, self.only("Content-Transfer-Encoding")?);
        let (media_type, boundary) = match content_type {
            Some(field) => read_content_type(field.value)?,
            None => (default_type.to_owned(), None),
        };
        Ok(Description {
            has_type: content_type.is_some(),
            has_version: self.fields().any(|field| field.is("MIME-Version")),
            media_type,
            boundary,
            encoding: encoding.map_or(Encoding::Absent, |field| Encoding::read(&field.text())),
        })
    }

    fn only(&self, name: &str) -> Result<Option<Field<'a>>, Ambiguous> {
        let mut found = self.fields().filter(|field| field.is(name));
        match (found.next(), found.next()) {
            (field, None) => Ok(field),
            _ => Err(Ambiguous),
        }
    }
}

impl Encoding {
    fn read(text: &str) -> Self {
        match without_comments(text.as_bytes()).trim_ascii().to_ascii_lowercase().as_slice() {
            b"" => Self::Absent,
            b"7bit" => Self::SevenBit,
            b"8bit" | b"binary" => Self::Raw,
            _ => Self::Encoded,
        }
    }
}

/// Type and boundary of a Content-Type value.
fn read_content_type(value: &[u8]) -> Result<(String, Option<Vec<u8>>), Ambiguous> {
    let value = without_comments(value);
    let mut pieces = split_unquoted(&value).into_iter();
    let media_type: Vec<u8> = pieces
        .next()
        .unwrap_or_default()
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect();
    let mut boundary = None;
    for piece in pieces {
        let Some(equals) = piece.iter().position(|b| *b == b'=') else { continue };
        let name = piece[..equals].trim_ascii();
        // Continued and encoded forms (RFC 2231) of a boundary are not used by anybody sane.
        if name.len() >= 9 && name[..9].eq_ignore_ascii_case(b"boundary*") {
            return Err(Ambiguous);
        }
        if name.eq_ignore_ascii_case(b"boundary") {
            let text = unquoted(piece[equals + 1..].trim_ascii());
            if boundary.is_some() || text.is_empty() || text.len() > MAX_BOUNDARY {
                return Err(Ambiguous);
            }
            boundary = Some(text);
        }
    }
    Ok((String::from_utf8_lossy(&media_type).into_owned(), boundary))
}

/// The text without line ends and without comments in parentheses outside quoted strings.
fn without_comments(value: &[u8]) -> Vec<u8> {
    let (mut out, mut depth, mut quoted, mut escaped) =
        (Vec::with_capacity(value.len()), 0_usize, false, false);
    for b in value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')) {
        let plain = !escaped;
        escaped = plain && b == b'\\' && (quoted || depth > 0);
        match b {
            b'"' if plain && depth == 0 => quoted = !quoted,
            b'(' if plain && !quoted => depth += 1,
            b')' if plain && !quoted && depth > 0 => {
                depth -= 1;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            out.push(b);
        }
    }
    out
}

/// The pieces between semicolons that do not stand in a quoted string.
fn split_unquoted(value: &[u8]) -> Vec<&[u8]> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, b) in value.iter().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                pieces.push(&value[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&value[start..]);
    pieces
}

fn unquoted(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return value.to_vec();
    };
    let mut bytes = inner.iter().copied();
    let mut out = Vec::with_capacity(inner.len());
    while let Some(b) = bytes.next() {
        out.extend(if b == b'\\' { bytes.next() } else { Some(b) });
    }
    out
}

/// A piece of a multipart body; all pieces together are the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Before the first delimiter or after the closing one.
    Surroundings(&'a [u8]),
    /// A body part, without the line end that belongs to the delimiter.
    Part(&'a [u8]),
    /// A delimiter line with the line end before it.
    Delimiter(&'a [u8]),
}

/// Cuts a multipart body at its delimiter lines (RFC 2046 section 5.1.1). A missing closing
/// delimiter is tolerated.
pub(crate) fn pieces<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut in_part, mut closed) = (false, false);
    let (mut start, mut at) = (0, 0);
    while let Some(end) = line_end(body, at) {
        if !closed && let Some(closing) = delimiter(&body[at..end], boundary) {
            let text = &body[start..at];
            let text = if in_part { without_line_end(text) } else { text };
            if in_part || !text.is_empty() {
                pieces.push(if in_part { Piece::Part(text) } else { Piece::Surroundings(text) });
            }
            pieces.push(Piece::Delimiter(&body[start + text.len()..end]));
            (in_part, closed, start) = (!closing, closing, end);
        }
        at = end;
    }
    if start < body.len() {
        let rest = &body[start..];
        pieces.push(if in_part { Piece::Part(rest) } else { Piece::Surroundings(rest) });
    }
    pieces
}

/// Whether the line is a delimiter, and whether it is the closing one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn describe(header: &str) -> Result<Description, Ambiguous> {
        Entity::parse(header.as_bytes()).describe("text/plain")
    }

    #[test]
    fn reads_content_types_as_they_are_found() {
        let read = |value: &str| {
            let d = describe(&format!("Content-Type:{value}\r\n\r\n")).unwrap();
            (d.media_type, d.boundary.map(|b| String::from_utf8(b).unwrap()))
        };
        let of = |kind: &str, b: &str| (kind.to_owned(), Some(b.to_owned()));
        assert_eq!(read(" Multipart/Mixed; boundary=abc"), of("multipart/mixed", "abc"));
        assert_eq!(
            read(
                " multipart/mixed (a;b);\r\n charset=\"x;boundary=no\"; BOUNDARY = \"a b\\\"c(d)\" (z)"
            ),
            of("multipart/mixed", "a b\"c(d)")
        );
        assert_eq!(read("text / html").0, "text/html");
        assert_eq!(read("").0, "");
        assert_eq!(describe("X: y\r\n\r\n").unwrap().media_type, "text/plain");
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        for bad in [
            "Content-Type: a/b\r\ncontent-type: c/d\r\n\r\n",
            "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n",
            "Content-Type: multipart/mixed; boundary*=us-ascii''b\r\n\r\n",
            "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n",
            "Content-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        ] {
            assert_eq!(describe(bad), Err(Ambiguous), "{bad:?}");
        }
    }

    #[test]
    fn cuts_multiparts() {
        let body = b"pre\r\n--b\r\none\r\n\r\n--b  \r\n--b\r\n--bc\r\n--b--\r\npost\r\n--b\r\n";
        assert_eq!(
            pieces(body, b"b"),
            [
                Piece::Surroundings(b"pre\r\n"),
                Piece::Delimiter(b"--b\r\n"),
                Piece::Part(b"one\r\n"),
                Piece::Delimiter(b"\r\n--b  \r\n"),
                Piece::Part(b""),
                Piece::Delimiter(b"--b\r\n"),
                Piece::Part(b"--bc"),
                Piece::Delimiter(b"\r\n--b--\r\n"),
                Piece::Surroundings(b"post\r\n--b\r\n"),
            ]
        );
        assert_eq!(pieces(b"--b\r\nopen", b"b").last(), Some(&Piece::Part(b"open")));
    }

    proptest! {
        #[test]
        fn pieces_are_the_body(lines in proptest::collection::vec(
            prop_oneof![Just("--b"), Just("--b--"), Just("text"), Just(""), Just("é")], 0..20)) {
            let body = lines.join("\r\n").into_bytes();
            let joined: Vec<u8> = pieces(&body, b"b").iter().flat_map(|piece| match piece {
                Piece::Surroundings(b) | Piece::Part(b) | Piece::Delimiter(b) => b.to_vec(),
            }).collect();
            prop_assert_eq!(joined, body);
        }

        #[test]
        fn any_header_is_survived(value in proptest::collection::vec(any::<u8>(), 0..100)) {
            let header = [b"Content-Type: multipart/x;boundary=", &value[..], b"\r\n\r\n"].concat();
            let _ = Entity::parse(&header).describe("text/plain");
        }
    }
}
