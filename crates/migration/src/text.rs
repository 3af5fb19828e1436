//! Bytes of a file to text, in the encodings that PowerShell and editors write.

/// The largest file that is read, in bytes.
pub const MAX_FILE: usize = 16 << 20;

/// The text of a file: UTF-8 or UTF-16, with a byte order mark or without. What is neither is read as
/// ISO 8859-1, which the second value tells: letters with accents may then be wrong.
#[must_use]
pub fn decode(bytes: &[u8]) -> (String, bool) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => of_eight(rest),
        [0xFF, 0xFE, rest @ ..] => (of_sixteen(rest, u16::from_le_bytes), false),
        [0xFE, 0xFF, rest @ ..] => (of_sixteen(rest, u16::from_be_bytes), false),
        [_, 0, _, 0, ..] => (of_sixteen(bytes, u16::from_le_bytes), false),
        [0, _, 0, _, ..] => (of_sixteen(bytes, u16::from_be_bytes), false),
        _ => of_eight(bytes),
    }
}

fn of_eight(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (bytes.iter().copied().map(char::from).collect(), true),
    }
}

fn of_sixteen(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Without characters that move a terminal's cursor or end a line.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// At most `most` characters, and a sign that there were more.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_recognised() {
        let sixteen = |unit: fn(u16) -> [u8; 2], text: &str| -> Vec<u8> {
            text.encode_utf16().flat_map(unit).collect()
        };
        let text = "Name : Vers l’extérieur";
        assert_eq!(decode(text.as_bytes()), (text.to_owned(), false));
        let marked = format!("\u{feff}{text}");
        assert_eq!(decode(marked.as_bytes()).0, text);
        assert_eq!(decode(&sixteen(u16::to_le_bytes, &marked)).0, text);
        assert_eq!(decode(&sixteen(u16::to_be_bytes, &marked)).0, text);
        assert_eq!(decode(&sixteen(u16::to_le_bytes, text)).0, text);
        assert_eq!(decode(&sixteen(u16::to_be_bytes, text)).0, text);
        assert_eq!(decode(b"ext\xe9rieur"), ("extérieur".to_owned(), true));
        assert_eq!(decode(b"").0, "");
        assert_eq!(decode(&[0xFF, 0xFE, 0x41]).0, "");
    }
}
