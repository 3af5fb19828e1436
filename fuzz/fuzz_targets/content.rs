//! Content of DATA and BDAT: the same in any pieces, and never a bare CR or LF accepted.
#![no_main]

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use smtp::content::{Content, ContentLimits, DataDecoder, Defect};

const LIMITS: ContentLimits = ContentLimits { size: 2_000, header: 500, hops: 3 };

type Decoded = Result<(Bytes, bool), Defect>;

fn data(wire: &[u8], size: usize) -> Option<(Decoded, Vec<u8>)> {
    let mut decoder = DataDecoder::new(LIMITS, None);
    let mut input = BytesMut::new();
    let mut fed = 0;
    for piece in wire.chunks(size) {
        input.extend_from_slice(piece);
        fed += piece.len();
        if decoder.decode(&mut input) {
            input.extend_from_slice(&wire[fed..]);
            return Some((decoder.finish(), input.to_vec()));
        }
    }
    None
}

fn chunks(bytes: &[u8], size: usize) -> Decoded {
    let mut content = Content::new(LIMITS, None);
    bytes.chunks(size).for_each(|piece| content.push(piece));
    content.finish()
}

fn check(decoded: &Decoded) {
    if let Ok((content, eight_bit)) = decoded {
        let mut previous = 0;
        for byte in content {
            assert_eq!(*byte == b'\n' && previous != b'\r', false, "bare LF");
            assert_eq!(previous == b'\r' && *byte != b'\n', false, "bare CR");
            previous = *byte;
        }
        assert!(content.is_empty() || previous == b'\n');
        assert_eq!(*eight_bit, !content.is_ascii());
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((size, wire)) = input.split_first() else { return };
    let size = usize::from(*size).max(1);
    let whole = data(wire, usize::MAX);
    assert_eq!(data(wire, size), whole);
    // The end is where the first CRLF.CRLF is, and nowhere else.
    let end = if wire.starts_with(b".\r\n") {
        Some(3)
    } else {
        wire.windows(5).position(|window| window == b"\r\n.\r\n").map(|i| i + 5)
    };
    assert_eq!(whole.as_ref().map(|(_, left)| wire.len() - left.len()), end);
    if let Some((decoded, _)) = &whole {
        check(decoded);
    }
    let in_chunks = chunks(wire, usize::MAX);
    check(&in_chunks);
    assert_eq!(chunks(wire, size), in_chunks);
});
