//! The header block as an index over the raw bytes (RFC 5322 section 2.2).
//!
//! Fields are found as they are asked for, in one pass and without allocation. Nothing fails:
//! a line that is not a field is a field without a name, so that bytes can always be put
//! together again as they were. The block ends at the first empty line or with the content.

/// At most this many raw bytes of one field are looked at when its text is asked for.
const MAX_TEXT: usize = 16 * 1024;

/// The header of a message or of a body part.
#[derive(Debug, Clone, Copy)]
pub struct HeaderBlock<'a> {
    content: &'a [u8],
}

/// One field as it stands in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name without blanks before the colon; empty for a line that is not a field.
    pub name: &'a [u8],
    /// The whole field with its folded lines and its line end.
    pub raw: &'a [u8],
    /// What follows the colon, still folded, without the last line end. For a line that is not
    /// a field, the line.
    pub value: &'a [u8],
}

/// The fields of a header, in order.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    content: &'a [u8],
    at: usize,
}

impl<'a> HeaderBlock<'a> {
    /// The header at the start of `content`. Costs nothing: the bytes are read when asked about.
    pub fn parse(content: &'a [u8]) -> Self {
        Self { content }
    }

    /// The fields, in order.
    pub fn fields(&self) -> Fields<'a> {
        Fields { content: self.content, at: 0 }
    }

    /// The text of the first field called `name` (without regard to case): unfolded, trimmed,
    /// with U+FFFD for what is not UTF-8, cut after 16 KiB.
    pub fn first(&self, name: &str) -> Option<String> {
        self.fields().find(|field| field.is(name)).map(|field| field.text())
    }

    /// How many fields are called `name` (without regard to case).
    pub fn count(&self, name: &str) -> usize {
        self.fields().filter(|field| field.is(name)).count()
    }

    /// Where the body starts: after the empty line, or at the end where there is none.
    pub fn body_offset(&self) -> usize {
        let end = self.end();
        line_end(self.content, end).unwrap_or(end)
    }

    /// Where the fields end: at the empty line, or at the end where there is none.
    pub(crate) fn end(&self) -> usize {
        let mut fields = self.fields();
        while fields.next().is_some() {}
        fields.at
    }
}

impl<'a> Field<'a> {
    fn new(raw: &'a [u8]) -> Self {
        let named = raw.iter().position(|b| *b == b':').and_then(|colon| {
            let name = raw[..colon].trim_ascii_end();
            let is_name = !name.is_empty() && name.iter().all(|b| (33..=126).contains(b));
            is_name.then(|| (name, &raw[colon + 1..]))
        });
        let (name, rest) = named.unwrap_or((&[], raw));
        Self { name, raw, value: without_line_end(rest) }
    }

    /// Whether the field is called `name`, without regard to case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value unfolded and trimmed, with U+FFFD for what is not UTF-8, cut after 16 KiB.
    pub fn text(&self) -> String {
        let value = &self.value[..self.value.len().min(MAX_TEXT)];
        let unfolded: Vec<u8> =
            value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
        String::from_utf8_lossy(&unfolded).trim().to_owned()
    }
}

impl Fields<'_> {
    /// Where the next field starts.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let start = self.at;
        let mut end = line_end(self.content, start)?;
        if without_line_end(&self.content[start..end]).is_empty() {
            return None;
        }
        while let Some(b' ' | b'\t') = self.content.get(end) {
            end = line_end(self.content, end).unwrap_or(self.content.len());
        }
        self.at = end;
        Some(Field::new(&self.content[start..end]))
    }
}

/// The index after the line that starts at `start`; `None` at the end of the content.
pub(crate) fn line_end(content: &[u8], start: usize) -> Option<usize> {
    let rest = content.get(start..).filter(|rest| !rest.is_empty())?;
    let length = find_line_feed(rest).map_or(rest.len(), |at| at + 1);
    Some(start + length)
}

/// The index of the first LF. Steps of 16 bytes without a branch within: the compiler turns
/// them into vector instructions, and every header of every message goes through here.
fn find_line_feed(bytes: &[u8]) -> Option<usize> {
    const STEP: usize = 16;
    let without = |step: &&[u8]| !step.iter().fold(false, |hit, b| hit | (*b == b'\n'));
    let skipped = bytes.chunks_exact(STEP).take_while(without).count() * STEP;
    bytes[skipped..].iter().position(|b| *b == b'\n').map(|at| skipped + at)
}

/// The line without its CRLF or LF.
pub(crate) fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_fields_folded_and_rubbish() {
        let content = b"From: a@b\r\nX-Long : one\r\n two\r\n\tthree\r\nrubbish\r\nfrom:c@d\r\n\r\nFrom: no\r\n";
        let header = HeaderBlock::parse(content);
        let names: Vec<_> = header.fields().map(|f| f.name).collect();
        assert_eq!(names, [&b"From"[..], b"X-Long", b"", b"from"]);
        assert_eq!(header.first("x-long").as_deref(), Some("one two\tthree"));
        assert_eq!(header.count("FROM"), 2);
        assert_eq!(&content[header.body_offset()..], b"From: no\r\n");
        assert_eq!(header.first("Subject"), None);
    }

    #[test]
    fn the_block_may_be_empty_or_unfinished() {
        for (content, offset) in [(&b""[..], 0), (b"\r\n", 2), (b"\nx", 1), (b"A: b", 4)] {
            assert_eq!(HeaderBlock::parse(content).body_offset(), offset, "{content:?}");
        }
        assert_eq!(HeaderBlock::parse(b"A: b").first("a").as_deref(), Some("b"));
        assert_eq!(HeaderBlock::parse(b"A:\xff\r\n").first("a").as_deref(), Some("\u{fffd}"));
    }

    proptest! {
        #[test]
        fn fields_cover_every_byte(content in proptest::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), Just(b' '), Just(b':'), any::<u8>()], 0..200)) {
            let header = HeaderBlock::parse(&content);
            let joined: Vec<u8> = header.fields().flat_map(|f| f.raw.to_vec()).collect();
            prop_assert_eq!(&joined[..], &content[..header.end()]);
            prop_assert!(header.body_offset() <= content.len());
        }
    }
}
