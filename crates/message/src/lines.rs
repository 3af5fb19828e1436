//! Line ends of files: programs on Linux end lines with LF, mail has CRLF (RFC 5322 section 2.1).

/// The content with CRLF line ends, also at its end: an LF without a CR gets one. A CR without an
/// LF, which to some readers is a line end and to others is none, becomes a CRLF too, so that
/// nothing can hide behind it. Content that is right is given back as it is.
pub fn with_crlf(content: Vec<u8>) -> Vec<u8> {
    let ends = content.is_empty() || content.ends_with(b"\r\n");
    if ends && !has_bare(&content) {
        return content;
    }
    let mut out = Vec::with_capacity(content.len() + content.len() / 32 + 2);
    let mut bytes = content.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            _ => out.push(byte),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Whether a CR or an LF stands alone.
fn has_bare(content: &[u8]) -> bool {
    let mut after_cr = false;
    for &byte in content {
        if (byte == b'\n') != after_cr {
            return true;
        }
        after_cr = byte == b'\r';
    }
    after_cr
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_line_end_becomes_crlf() {
        for (given, expected) in [
            ("", ""),
            ("a", "a\r\n"),
            ("a\nb\r\nc\rd\n", "a\r\nb\r\nc\r\nd\r\n"),
            ("\n\n", "\r\n\r\n"),
            ("\r\r\n", "\r\n\r\n"),
            ("a\r", "a\r\n"),
        ] {
            assert_eq!(with_crlf(given.into()), expected.as_bytes(), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_bare_is_left_and_nothing_else_changes(content in proptest::collection::vec(
            prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..100)) {
            let out = with_crlf(content.clone());
            prop_assert!(!has_bare(&out));
            prop_assert_eq!(with_crlf(out.clone()), out.clone());
            let text = |bytes: &[u8]| bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect::<Vec<_>>();
            prop_assert_eq!(text(&out), text(&content));
        }
    }
}
