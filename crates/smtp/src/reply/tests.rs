//! Replies written and read: bounds, sanitising, folding, pieces.

use bytes::BytesMut;
use model::Reply;
use proptest::prelude::*;

use super::*;

fn read_all(bytes: &[u8]) -> Result<Vec<Reply>, ReplyError> {
    let mut input = BytesMut::from(bytes);
    let mut reader = ReplyReader::default();
    let mut replies = Vec::new();
    while let Some(reply) = reader.read(&mut input)? {
        replies.push(reply.into());
    }
    Ok(replies)
}

fn one(bytes: &[u8]) -> Reply {
    read_all(bytes).unwrap().remove(0)
}

fn written(reply: &Reply, enhanced: bool) -> String {
    let mut out = BytesMut::new();
    write_reply(&mut out, reply, enhanced);
    String::from_utf8(out.to_vec()).unwrap()
}

#[test]
fn reads_single_and_multi_line() {
    assert_eq!(one(b"250 ok\r\n").to_string(), "250 ok");
    assert_eq!(one(b"250\r\n"), Reply::plain(250, ""));
    assert_eq!(one(b"250 ok\n").to_string(), "250 ok");
    let reply = one(b"550-5.1.1 No such\r\n550-5.1.1 user\r\n550 5.1.1 here\r\n");
    assert_eq!(reply, Reply::new(550, (5, 1, 1), "No such user here"));
    assert_eq!(one(b"550 4.4.7 mismatch\r\n"), Reply::plain(550, "4.4.7 mismatch"));
    assert_eq!(one(b"550-5.1.1 a\r\n550 5.1.10 b\r\n"), Reply::new(550, (5, 1, 1), "a 5.1.10 b"));
    assert_eq!(one(b"550 5.1.1\r\n"), Reply::new(550, (5, 1, 1), ""));
    let two = read_all(b"250 a\r\n550 b\r\n25").unwrap();
    assert_eq!(two.len(), 2);
}

#[test]
fn refuses_what_is_no_reply() {
    for junk in [
        &b"hello\r\n"[..],
        b"\r\n",
        b"25\r\n",
        b"250x\r\n",
        b"150 no\r\n",
        b"999 no\r\n",
        b"\xff\xfe\xfd\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
    ] {
        assert!(matches!(read_all(junk), Err(ReplyError::NotAReply(_))), "{junk:?}");
    }
    assert!(matches!(read_all(b"250-a\r\n550 b\r\n"), Err(ReplyError::TwoCodes(..))));
}

#[test]
fn bounds_lines_and_length() {
    let many = b"250-x\r\n".repeat(MAX_LINES + 1);
    assert_eq!(read_all(&many), Err(ReplyError::TooManyLines));
    let mut long = b"250 ".to_vec();
    long.extend(std::iter::repeat_n(b'x', 60_000));
    let mut fine = long.clone();
    fine.extend(b"\r\n");
    assert_eq!(one(&fine).text.len(), MAX_TEXT);
    long.extend(std::iter::repeat_n(b'x', 60_000));
    assert_eq!(read_all(&long), Err(ReplyError::LineTooLong));
    long.extend(b"\r\n");
    assert_eq!(read_all(&long), Err(ReplyError::LineTooLong));
    let mut reply = b"250-".to_vec();
    reply.extend(std::iter::repeat_n("é".as_bytes(), 1500).flatten());
    reply.extend(b"\r\n");
    let mut all = reply.repeat(50);
    all.extend(b"250 end\r\n");
    assert!(one(&all).text.len() <= MAX_TEXT);
}

#[test]
fn a_long_line_is_read_over_as_it_comes() {
    let mut line = b"550-5.1.1 ".to_vec();
    line.extend(std::iter::repeat_n("é".as_bytes(), 20_000).flatten());
    line.extend(b"\r\n550 5.1.1 end\r\n250 next\r\n");
    let mut reader = ReplyReader::default();
    let (mut input, mut replies) = (BytesMut::new(), Vec::new());
    for piece in line.chunks(700) {
        input.extend_from_slice(piece);
        while let Some(reply) = reader.read(&mut input).unwrap() {
            replies.push(Reply::from(reply));
        }
        assert!(input.len() + reader.held() <= 3 * MAX_TEXT, "{}", input.len());
    }
    assert_eq!(replies, read_all(&line).unwrap());
    assert_eq!((replies.len(), replies[1].to_string().as_str()), (2, "250 next"));
}

#[test]
fn the_text_of_many_long_lines_is_cut_off() {
    let line = [b"250-".as_slice(), &[b'x'; 2000], b"\r\n"].concat();
    let mut reader = ReplyReader::default();
    let mut input = BytesMut::from(&line.repeat(99)[..]);
    assert_eq!(reader.read(&mut input), Ok(None));
    assert!(reader.held() <= MAX_KEPT + MAX_LINES * size_of::<String>());
    input.extend_from_slice(b"250 end\r\n");
    let reply = reader.read(&mut input).unwrap().unwrap();
    assert_eq!(reply.lines.iter().map(String::len).sum::<usize>(), MAX_KEPT);
    assert_eq!((reply.lines.len(), reader.held()), (100, 0));
}

#[test]
fn sanitises_text() {
    assert_eq!(one(b"250 a\x1b[31m\x07b\r\n").text, "a?[31m?b");
    assert_eq!(one("250 été\u{9b}\r\n".as_bytes()).text, "été?");
    assert_eq!(one(b"250 \xe9t\xe9\r\n").text, "?t?");
    assert_eq!(one(b"250 a\rb\r\n").text, "a?b");
}

#[test]
fn writes_with_and_without_enhanced_code() {
    let reply = Reply::new(550, (5, 1, 1), "User unknown");
    assert_eq!(written(&reply, true), "550 5.1.1 User unknown\r\n");
    assert_eq!(written(&reply, false), "550 User unknown\r\n");
    assert_eq!(written(&Reply::plain(334, ""), true), "334 \r\n");
    assert_eq!(written(&Reply::plain(250, "a\r\nb é"), true), "250 a??b ?\r\n");
}

#[test]
fn folds_long_text() {
    let text = "word ".repeat(300);
    let out = written(&Reply::new(550, (5, 7, 1), text.trim_end().to_owned()), true);
    assert!(out.lines().count() >= 3);
    for line in out.split_terminator("\r\n") {
        assert!(line.len() <= 510 && line.starts_with("550"), "{line}");
    }
    assert_eq!(one(out.as_bytes()).text, text.trim_end());
}

proptest! {
    #[test]
    fn pieces_read_as_the_whole(
        bytes in "((250|550|354)[ -](2\\.1\\.5 |5\\.1\\.1 )?[ -~é\\x00\\x1b]{0,30}(\r\n|\n)){0,5}",
        size in 1usize..7,
    ) {
        let whole = read_all(bytes.as_bytes());
        let mut reader = ReplyReader::default();
        let mut input = BytesMut::new();
        let mut pieces = Ok(Vec::new());
        'all: for piece in bytes.as_bytes().chunks(size) {
            input.extend_from_slice(piece);
            loop {
                match reader.read(&mut input) {
                    Ok(Some(reply)) => pieces.as_mut().unwrap().push(Reply::from(reply)),
                    Ok(None) => break,
                    Err(error) => {
                        pieces = Err(error);
                        break 'all;
                    }
                }
            }
        }
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn never_panics_and_stays_clean(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(replies) = read_all(&bytes) {
            for reply in replies {
                prop_assert!(!reply.text.chars().any(char::is_control));
            }
        }
    }

    #[test]
    fn what_is_written_reads_back(
        digits in (2u16..=5, 0u16..=5, 0u16..=9),
        words in proptest::collection::vec("[!-~]{1,60}", 0..40),
    ) {
        let reply = Reply::plain(digits.0 * 100 + digits.1 * 10 + digits.2, words.join(" "));
        let back = one(written(&reply, true).as_bytes());
        prop_assert_eq!(back.to_string(), reply.to_string());
    }
}
