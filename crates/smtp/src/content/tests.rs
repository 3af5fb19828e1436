//! Content in and out: every false end of data there is, limits, and that neither the place
//! where bytes are cut nor what they are makes a difference it should not.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;

use super::*;

const LIMITS: ContentLimits = ContentLimits { size: 4096, header: 1024, hops: 3 };

type Decoded = Option<(Result<(Bytes, bool), Defect>, Vec<u8>)>;

/// Decodes `wire` given in pieces of `size`; the content and what was left, once it has ended.
fn decode_in(wire: &[u8], size: usize, limits: ContentLimits) -> Decoded {
    let mut decoder = DataDecoder::new(limits, None);
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

fn decode(wire: &[u8]) -> Decoded {
    let whole = decode_in(wire, usize::MAX, LIMITS);
    for size in [1, 2, 3, 5] {
        assert_eq!(decode_in(wire, size, LIMITS), whole, "in pieces of {size}");
    }
    whole
}

fn content(wire: &[u8]) -> Bytes {
    decode(wire).unwrap().0.unwrap().0
}

fn encode(content: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    write_data(&mut out, b"", content);
    out.to_vec()
}

#[test]
fn takes_stuffing_away() {
    assert_eq!(content(b"a\r\n..b\r\n...\r\n.c\r\n.\r\n"), "a\r\n.b\r\n..\r\nc\r\n");
    assert_eq!(content(b".\r\n"), "");
    assert_eq!(content(b"..\r\n.\r\n"), ".\r\n");
    let (result, left) = decode(b"a\r\n.\r\nMAIL FROM:<>\r\n").unwrap();
    assert_eq!(result, Ok((Bytes::from_static(b"a\r\n"), false)));
    assert_eq!(left, b"MAIL FROM:<>\r\n");
    assert!(decode("é\r\n.\r\n".as_bytes()).unwrap().0.unwrap().1);
    assert_eq!(content(b"a\0b\r\n.\r\n"), "a\0b\r\n");
}

/// Every end of data that some mail system takes for one, and that is none.
const FALSE_ENDS: [&[u8]; 18] = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\r.\n",
    b"\n.\r",
    b"\n\n.\r\n",
    b"\r\r\n.\n",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\n.\r\r\n",
    b"\r\n.\r\0\n",
    b"\r\n. \r\n",
    b"\n\r.\r\n",
    b"\r\n.\x85\n",
    b"\r\n..\r\n",
];

#[test]
fn only_crlf_dot_crlf_ends() {
    for end in FALSE_ENDS {
        let mut wire = b"Subject: x\r\n\r\nfirst".to_vec();
        wire.extend(end);
        wire.extend(b"MAIL FROM:<smuggler@example.com>\r\nsecond");
        assert_eq!(decode(&wire), None, "{end:?} alone");
        wire.extend(b"\r\n.\r\nQUIT\r\n");
        let (result, left) = decode(&wire).unwrap();
        assert_eq!(left, b"QUIT\r\n", "{end:?}");
        match result {
            Ok((content, _)) => {
                assert!(content.windows(8).any(|w| w == b"smuggler"), "{end:?}");
                assert!(!has_bare_newline(&content), "{end:?}");
            }
            Err(defect) => assert_eq!(defect, Defect::BareNewline, "{end:?}"),
        }
    }
    // The same at the very start of the content.
    for start in [&b".\n"[..], b".\r", b".\r\r\n", b"\n.\r\n", b"\0.\r\n", b". \r\n"] {
        assert_eq!(decode(start), None, "{start:?}");
    }
}

fn has_bare_newline(content: &[u8]) -> bool {
    let text: Vec<u8> = String::from_utf8_lossy(content).replace("\r\n", "").bytes().collect();
    text.contains(&b'\r') || text.contains(&b'\n')
}

#[test]
fn bare_newlines_are_found() {
    for bad in [&b"a\nb"[..], b"a\rb", b"\n", b"a\r\r\n", b"a\n\r\n", b"\r", b"a\r\n\r\r\nb"] {
        let mut wire = bad.to_vec();
        wire.extend(b"\r\n.\r\n");
        assert_eq!(decode(&wire).unwrap().0, Err(Defect::BareNewline), "{bad:?}");
        for cut in 0..=bad.len() {
            let mut chunks = Content::new(LIMITS, None);
            chunks.push(&bad[..cut]);
            chunks.push(&bad[cut..]);
            chunks.push(b"x\r\n");
            assert_eq!(chunks.finish(), Err(Defect::BareNewline), "{bad:?} cut at {cut}");
        }
    }
}

#[test]
fn chunks_are_put_together() {
    let in_chunks = |hops| {
        let mut chunks = Content::new(ContentLimits { hops, ..LIMITS }, Some(10));
        for chunk in [&b"R"[..], b"ec", b"eived: x\r", b"", b"\n\r\n.\r\nbody"] {
            chunks.push(chunk);
        }
        chunks.finish()
    };
    assert_eq!(in_chunks(1).unwrap().0, "Received: x\r\n\r\n.\r\nbody\r\n");
    assert_eq!(in_chunks(0), Err(Defect::TooManyHops));
    let mut ends_with_cr = Content::new(LIMITS, None);
    ends_with_cr.push(b"body\r");
    assert_eq!(ends_with_cr.finish(), Err(Defect::BareNewline));
    assert_eq!(Content::new(LIMITS, None).finish().unwrap().0, "");
}

#[test]
fn limits_hold() {
    let end = b"\r\n.\r\n";
    let with = |head: &[u8], fill: usize| {
        let mut wire = head.to_vec();
        wire.extend(std::iter::repeat_n(b'x', fill));
        wire.extend(end);
        decode(&wire).unwrap().0
    };
    let body = b"A: b\r\n\r\n";
    assert_eq!(with(body, 4096 - 10).map(|(c, _)| c.len()), Ok(4096));
    assert_eq!(with(body, 4096 - 9), Err(Defect::TooLarge));
    assert_eq!(with(b"A: ", 2000), Err(Defect::HeaderTooLarge));
    assert!(with(b"A: b\r\n\r\nReceived: ", 2000).is_ok());
    let hops = |n: usize| {
        let mut head = b"received: a\r\n\tReceived: b\r\n".repeat(n);
        head.extend(b"\r\nReceived: not in the header\r\n");
        with(&head, 1).map(|_| ())
    };
    assert_eq!(hops(3), Ok(()));
    assert_eq!(hops(4), Err(Defect::TooManyHops));
}

#[test]
fn long_lines_are_taken_in_pieces() {
    let limits = ContentLimits { size: u64::MAX, header: u64::MAX, hops: 1 };
    for length in [16_383, 16_384, 16_385, 100_000, 1024 * 1024 - 2, 1024 * 1024 - 1] {
        let mut wire = b"..".to_vec();
        wire.extend(std::iter::repeat_n(b'x', length - 1));
        wire.extend(b"\r\n.\r\n");
        let whole = decode_in(&wire, usize::MAX, limits);
        for size in [16_385, 16_386, length + 1, length + 2, 4096] {
            assert_eq!(decode_in(&wire, size, limits), whole, "{length} in {size}");
        }
        match whole.unwrap().0 {
            Ok((content, _)) => assert_eq!(content.len(), length + 2),
            Err(defect) => {
                assert_eq!(defect, Defect::LineTooLong);
                assert_eq!(length, 1024 * 1024 - 1);
            }
        }
    }
}

#[test]
fn refused_content_takes_no_memory() {
    let mut decoder = DataDecoder::new(LIMITS, Some(u64::MAX));
    let mut input = BytesMut::new();
    for _ in 0..1000 {
        input.extend_from_slice(&b"x".repeat(998));
        input.extend_from_slice(b"\r\n");
        assert!(!decoder.decode(&mut input));
        assert!(decoder.buffered() <= 2 * 4096 && input.is_empty());
    }
}

#[test]
fn encodes_stuffed_and_ended() {
    assert_eq!(encode(b"a\r\n.b\r\n..\r\n"), b"a\r\n..b\r\n...\r\n.\r\n");
    assert_eq!(encode(b""), b".\r\n");
    assert_eq!(encode(b"."), b"..\r\n.\r\n");
    assert_eq!(encode(b"a"), b"a\r\n.\r\n");
    assert_eq!(encode(b"a\n.\nb"), b"a\r\n..\r\nb\r\n.\r\n");
    assert_eq!(encode(b"a\r.\rb\r"), b"a\r\n..\r\nb\r\n.\r\n");
    assert_eq!(encode(b"a\r\r\n.\r\n"), b"a\r\n\r\n..\r\n.\r\n");
}

#[test]
fn nothing_smuggled_goes_out() {
    for end in FALSE_ENDS {
        let mut text = b"first".to_vec();
        text.extend(end);
        text.extend(b"second\r\n");
        let wire = encode(&text);
        let (result, left) = decode(&wire).unwrap();
        assert!(left.is_empty() && result.is_ok(), "{end:?}");
    }
}

fn rough_content() -> impl Strategy<Value = Vec<u8>> {
    const PARTS: [&[u8]; 9] = [
        b"\r\n",
        b"\r\n.\r\n",
        b".",
        b"\r",
        b"\n",
        b"\0",
        b"Received: x",
        b"word ",
        "é".as_bytes(),
    ];
    let part = proptest::sample::select(&PARTS[..]);
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn pieces_decode_as_the_whole(wire in rough_content(), size in 1usize..9) {
        prop_assert_eq!(decode_in(&wire, size, LIMITS), decode_in(&wire, usize::MAX, LIMITS));
    }

    #[test]
    fn decoded_content_is_clean(wire in rough_content()) {
        if let Some((Ok((content, eight_bit)), _)) = decode_in(&wire, usize::MAX, LIMITS) {
            prop_assert!(!has_bare_newline(&content));
            prop_assert!(content.is_empty() || content.ends_with(b"\r\n"));
            prop_assert_eq!(eight_bit, !content.is_ascii());
        }
    }

    #[test]
    fn what_goes_out_comes_back(lines in proptest::collection::vec("[.a ]{0,5}", 0..20)) {
        let text = lines.iter().map(|line| format!("{line}\r\n")).collect::<String>();
        let (result, left) = decode_in(&encode(text.as_bytes()), 3, LIMITS).unwrap();
        prop_assert_eq!(result, Ok((Bytes::from(text), false)));
        prop_assert!(left.is_empty());
    }

    #[test]
    fn whatever_goes_out_ends_once(text in rough_content()) {
        let (result, left) = decode_in(&encode(&text), usize::MAX, LIMITS).unwrap();
        prop_assert!(left.is_empty());
        prop_assert_ne!(result, Err(Defect::BareNewline));
    }

    #[test]
    fn chunks_cut_anywhere_are_the_same(text in rough_content(), size in 1usize..9) {
        let mut whole = Content::new(LIMITS, None);
        whole.push(&text);
        let mut pieces = Content::new(LIMITS, None);
        text.chunks(size).for_each(|piece| pieces.push(piece));
        prop_assert_eq!(pieces.finish(), whole.finish());
    }
}
