//! The original as it comes back: without the fields only our own servers may read and without
//! those that tell its way (send-connectors.md section 2.2), with CRLF line ends throughout, its
//! header bounded. The text for people, which helps to find out what happened, keeps the way.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;

use crate::safe;

/// Fields that never leave in an attached original.
const ORGANIZATION: [&[u8]; 2] = [b"X-MS-Exchange-Organization-", b"X-MS-Exchange-Forest-"];
/// Fields that tell the way of a message; they do not leave either.
const ROUTING: [&[u8]; 8] = [
    b"Received",
    b"Resent-Date",
    b"Resent-From",
    b"Resent-Sender",
    b"Resent-To",
    b"Resent-Cc",
    b"Resent-Bcc",
    b"Resent-Message-ID",
];
/// Fields in which servers on the way write what they know; withheld where nothing is to be told.
const TRACE: [&[u8]; 2] = [b"X-MS-", b"X-Originating-"];
/// Longest header that comes back, in bytes; fields after it are left out.
const MAX_HEADER: usize = 256 * 1024;
/// Longest subject quoted, in characters.
const MAX_SUBJECT: usize = 255;

/// The original's parts.
pub(crate) struct Original<'a> {
    /// The fields for people, each with its CRLF; no empty line.
    readable: Vec<u8>,
    /// Those of them that come back.
    header: Vec<u8>,
    /// What follows the empty line.
    body: &'a [u8],
    subject: Option<String>,
    keeps_trace: bool,
}

impl<'a> Original<'a> {
    pub(crate) fn read(content: &'a [u8]) -> Self {
        Self::with_trace(content, true)
    }

    /// The original without the fields that servers on its way have added.
    pub(crate) fn read_without_trace(content: &'a [u8]) -> Self {
        Self::with_trace(content, false)
    }

    fn with_trace(content: &'a [u8], keeps_trace: bool) -> Self {
        let mut original = Self {
            readable: Vec::new(),
            header: Vec::new(),
            body: &[],
            subject: None,
            keeps_trace,
        };
        let mut at = 0;
        while at < content.len() {
            let end = line_end(content, at);
            if is_empty(&content[at..end]) {
                original.body = &content[end..];
                break;
            }
            let end = field_end(content, end);
            original.take(&content[at..end]);
            at = end;
        }
        original
    }

    fn take(&mut self, field: &[u8]) {
        if self.subject.is_none() && starts_with(field, b"Subject:") {
            self.subject = decode_subject(&field[b"Subject:".len()..]);
        }
        let is_any =
            |names: &[&[u8]]| names.iter().any(|name| starts_with(field.trim_ascii_start(), name));
        if is_any(&ORGANIZATION) || (!self.keeps_trace && is_any(&TRACE)) {
            return;
        }
        add(&mut self.readable, field);
        if !is_routing(field) {
            add(&mut self.header, field);
        }
    }

    /// The subject for people, on one line.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The header for people, at most `max` bytes of it.
    pub(crate) fn header_text(&self, max: usize) -> String {
        let text = String::from_utf8_lossy(&self.readable[..self.readable.len().min(max)]);
        text.lines().map(safe::visible).collect::<Vec<_>>().join("\n")
    }

    /// Header and body; the header as given, or with `?` for what is neither ASCII nor UTF-8.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let header = self.header();
        let body = canonical(self.body);
        let mut out = Vec::with_capacity(header.len() + body.len() + 4);
        out.extend_from_slice(&header);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&body);
        end_line(&mut out);
        out
    }

    /// The header alone.
    pub(crate) fn header(&self) -> Cow<'_, [u8]> {
        if std::str::from_utf8(&self.header).is_ok() {
            return Cow::Borrowed(&self.header);
        }
        self.header.iter().map(|b| if b.is_ascii() { *b } else { b'?' }).collect()
    }

    /// Whether the header is that of an internationalized message (RFC 6532).
    pub(crate) fn is_international(&self) -> bool {
        !self.header.is_ascii() && std::str::from_utf8(&self.header).is_ok()
    }
}

/// Adds a field where there is room.
fn add(header: &mut Vec<u8>, field: &[u8]) {
    if header.len() + field.len() <= MAX_HEADER {
        header.extend_from_slice(&canonical(field));
        end_line(header);
    }
}

fn is_routing(field: &[u8]) -> bool {
    let colon = field.iter().position(|b| *b == b':').unwrap_or(0);
    let name = field[..colon].trim_ascii();
    ROUTING.iter().any(|routing| name.eq_ignore_ascii_case(routing))
}

fn decode_subject(value: &[u8]) -> Option<String> {
    let mut stored = canonical(value).into_owned();
    end_line(&mut stored);
    let text = MessageStream::new(&stored).parse_unstructured().into_text()?;
    let line = safe::one_line(&text, MAX_SUBJECT);
    (!line.is_empty()).then_some(line)
}

fn starts_with(field: &[u8], name: &[u8]) -> bool {
    field.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn line_end(content: &[u8], start: usize) -> usize {
    content[start..].iter().position(|b| *b == b'\n').map_or(content.len(), |at| start + at + 1)
}

/// The end of a field whose first line ends at `end`.
fn field_end(content: &[u8], mut end: usize) -> usize {
    while let Some(b' ' | b'\t') = content.get(end) {
        end = line_end(content, end);
    }
    end
}

fn is_empty(line: &[u8]) -> bool {
    matches!(line, b"\r\n" | b"\n")
}

fn end_line(bytes: &mut Vec<u8>) {
    if !bytes.is_empty() && !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
}

/// The bytes with CRLF for a lone CR or LF. Accepted content has none; a report must not be
/// the way out for one that slipped in.
fn canonical(bytes: &[u8]) -> Cow<'_, [u8]> {
    let lone = |(at, b): (usize, &u8)| match b {
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        b'\n' => at == 0 || bytes[at - 1] != b'\r',
        _ => false,
    };
    if !bytes.iter().enumerate().any(lone) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 16);
    let mut rest = bytes.iter().peekable();
    while let Some(b) = rest.next() {
        match b {
            b'\r' => {
                rest.next_if(|next| **next == b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(*other),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_fields_stay_here() {
        let original = Original::read(
            b"From: a@b\r\nx-ms-exchange-organization-SCL: -1\r\n folded\r\nSubject: =?utf-8?Q?=C3=A9?=\r\nX-MS-Exchange-Forest-X:\r\n\r\nX-MS-Exchange-Forest-X: body\r\n",
        );
        assert_eq!(
            String::from_utf8(original.whole()).unwrap(),
            "From: a@b\r\nSubject: =?utf-8?Q?=C3=A9?=\r\n\r\nX-MS-Exchange-Forest-X: body\r\n"
        );
        assert_eq!(original.subject(), Some("é"));
        assert_eq!(original.header_text(1000), "From: a@b\nSubject: =?utf-8?Q?=C3=A9?=");
    }

    #[test]
    fn the_way_is_for_people_only() {
        let original = Original::read(
            b"received : from a by b;\r\n d\r\nResent-Message-ID: <x@y>\r\nReceived-SPF: pass\r\nFrom: a@b\r\n\r\nx\r\n",
        );
        assert_eq!(&*original.header(), b"Received-SPF: pass\r\nFrom: a@b\r\n");
        assert_eq!(original.whole(), b"Received-SPF: pass\r\nFrom: a@b\r\n\r\nx\r\n");
        assert_eq!(
            original.header_text(1000),
            "received : from a by b;\n d\nResent-Message-ID: <x@y>\nReceived-SPF: pass\nFrom: a@b"
        );
    }

    #[test]
    fn line_ends_are_made_whole() {
        let original = Original::read(b"A: b\nC:\rd\r\n\r\nx\ry\n\r\rz");
        assert_eq!(original.whole(), b"A: b\r\nC:\r\nd\r\n\r\nx\r\ny\r\n\r\n\r\nz\r\n");
        assert_eq!(Original::read(b"").whole(), b"\r\n");
        assert_eq!(Original::read(b"A: b").whole(), b"A: b\r\n\r\n");
    }

    #[test]
    fn headers_are_bounded_and_readable() {
        let long = format!("A: b\r\nX: {}\r\nZ: z\r\n\r\n", "x".repeat(MAX_HEADER));
        assert_eq!(&*Original::read(long.as_bytes()).header(), b"A: b\r\nZ: z\r\n");
        let latin = Original::read(b"Subject: \xe9\r\n\r\n\xe9\r\n");
        assert_eq!(latin.whole(), b"Subject: ?\r\n\r\n\xe9\r\n");
        assert!(!latin.is_international());
        assert!(Original::read("Subject: é\r\n\r\n".as_bytes()).is_international());
    }
}
