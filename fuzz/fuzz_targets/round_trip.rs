//! Content that goes out comes back as it was, with one end; bare CR or LF goes out as CRLF.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::content::{ContentLimits, DataDecoder, write_data};

const LIMITS: ContentLimits = ContentLimits { size: u64::MAX, header: u64::MAX, hops: usize::MAX };

/// What `content` is with every line end made CRLF.
fn repaired(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = content;
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'\r' => {
                out.extend(b"\r\n");
                after.strip_prefix(b"\n").unwrap_or(after)
            }
            b'\n' => {
                out.extend(b"\r\n");
                after
            }
            _ => {
                out.push(*byte);
                after
            }
        };
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out
}

fuzz_target!(|content: &[u8]| {
    let mut wire = BytesMut::new();
    write_data(&mut wire, b"", content);
    let mut decoder = DataDecoder::new(LIMITS, Some(content.len() as u64));
    assert!(decoder.decode(&mut wire));
    assert!(wire.is_empty());
    let (decoded, _) = decoder.finish().expect("what we send we would take");
    assert_eq!(decoded, repaired(content));
});
