//! Replies are bounded and clean, and the same in any pieces.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use model::Reply;
use smtp::reply::{MAX_TEXT, ReplyError, ReplyReader};

fn read(bytes: &[u8], size: usize) -> (Vec<Reply>, Option<ReplyError>) {
    let mut reader = ReplyReader::default();
    let mut input = BytesMut::new();
    let mut replies = Vec::new();
    for piece in bytes.chunks(size) {
        input.extend_from_slice(piece);
        loop {
            match reader.read(&mut input) {
                Ok(Some(reply)) => replies.push(reply.into()),
                Ok(None) => break,
                Err(error) => return (replies, Some(error)),
            }
        }
    }
    (replies, None)
}

fuzz_target!(|data: &[u8]| {
    let Some((size, bytes)) = data.split_first() else { return };
    let whole = read(bytes, usize::MAX);
    for reply in &whole.0 {
        assert!(reply.text.len() <= MAX_TEXT && !reply.text.chars().any(char::is_control));
    }
    assert_eq!(read(bytes, usize::from(*size).max(1)), whole);
});
