//! Text that needs no closer look: lines of a body that end with CRLF, hold no other CR or LF, and do not
//! begin with a dot. Nearly all of a large message is that. It is told by looking at neighbouring bytes, a
//! block at a time, in a form that the compiler makes vector instructions of: line by line it takes several times
//! as long.

/// Neighbours are looked at in blocks of so many bytes; where there is something about a block, its lines
/// are left to a closer look.
const BLOCK: usize = 512;

/// Goes through a text and finds what is plain.
#[derive(Debug, Default)]
pub(super) struct PlainLines {
    /// Up to here lines need a closer look.
    closer_until: usize,
}

impl PlainLines {
    /// How many of the bytes at `at`, where a line begins, are whole lines that are plain. None, where the
    /// line there needs a closer look, has not ended, or has been asked about in vain before.
    pub(super) fn length_at(&mut self, text: &[u8], at: usize) -> usize {
        if at < self.closer_until {
            return 0;
        }
        let rest = &text[at..];
        let known = plain_bytes(rest);
        if known < rest.len() {
            self.closer_until = at + known + BLOCK;
        }
        rest[..known].iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
    }
}

/// A number of bytes at the beginning of `text`, whole blocks or all of it, in which no line needs a closer
/// look. The last line may go on behind them.
fn plain_bytes(text: &[u8]) -> usize {
    if matches!(text.first(), None | Some(b'.' | b'\n')) {
        return 0;
    }
    let mut known = 0;
    while known < text.len() {
        // With the byte behind the block, which says whether a CR at its end is one of a pair.
        let end = (known + BLOCK).min(text.len());
        let with_next = &text[known..(end + 1).min(text.len())];
        if !is_plain(with_next) {
            return known;
        }
        known = end;
    }
    known
}

/// Whether among these bytes each CR stands before an LF, each LF behind a CR, and no dot behind an LF. The
/// first byte is not asked what stands before it, nor the last what stands behind it.
fn is_plain(bytes: &[u8]) -> bool {
    let Some((_, behind)) = bytes.split_first() else { return true };
    let odd = bytes.iter().zip(behind).fold(0_u8, |odd, (byte, next)| {
        let pair = u8::from(*byte == b'\r') ^ u8::from(*next == b'\n');
        let dot = u8::from(*byte == b'\n') & u8::from(*next == b'.');
        odd | pair | dot
    });
    odd == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, line by line.
    fn is_plain_line(line: &[u8]) -> bool {
        line.strip_suffix(b"\r\n")
            .is_some_and(|text| !text.contains(&b'\r') && !text.starts_with(b"."))
    }

    fn plain_from(text: &[u8]) -> usize {
        PlainLines::default().length_at(text, 0)
    }

    #[test]
    fn whole_lines_and_no_others() {
        assert_eq!(plain_from(b""), 0);
        assert_eq!(plain_from(b"a\r\n"), 3);
        assert_eq!(plain_from(b"\r\na\r\n\r\nb"), 7);
        assert_eq!(plain_from(b"a\r\nb\r"), 3);
        for odd in
            [&b".a\r\n"[..], b"\n", b"a\n", b"a\rb\r\n", b"a\r\r\n", b"a\r\n\n", b"a\r\n.\r\n"]
        {
            assert_eq!(plain_from(odd), 0, "{odd:?}");
        }
    }

    #[test]
    fn what_is_plain_before_an_odd_line_is_found_by_blocks() {
        let mut text = b"0123456789abcd\r\n".repeat(200);
        text.extend_from_slice(b".\r\nMAIL FROM:<>\r\n");
        let mut plain = PlainLines::default();
        let found = plain.length_at(&text, 0);
        assert_eq!(found, 200 * 16 / BLOCK * BLOCK);
        assert_eq!(plain.length_at(&text, found), 0, "it is known that there is something");
        assert_eq!(plain.length_at(&text, 200 * 16 + 3), 0);
    }

    proptest! {
        #[test]
        fn nothing_odd_passes(
            text in proptest::collection::vec(prop_oneof![4 => Just(b'x'), 1 => Just(b'.'), 1 => Just(b'\r'), 2 => Just(b'\n')], 0..1200),
            pairs in any::<bool>(),
        ) {
            let text: Vec<u8> = if pairs {
                text.iter().filter(|b| **b != b'\r').flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] }).collect()
            } else {
                text
            };
            let found = plain_from(&text);
            for line in text[..found].split_inclusive(|byte| *byte == b'\n') {
                prop_assert!(is_plain_line(line), "{line:?}");
            }
            if text.split_inclusive(|byte| *byte == b'\n').all(is_plain_line) {
                prop_assert_eq!(found, text.len());
            }
        }
    }
}
