//! Content on its way out with DATA: dot-stuffed, ended with CRLF.CRLF, and without a bare CR or
//! LF whatever it holds, so that no receiver can be made to see an end within it.

use bytes::{BufMut, BytesMut};

use super::{plain::PlainLines, scan::find};

/// Appends `top` and then `content` as DATA sends them, with the end-of-data mark. A bare CR or LF, which
/// content from our spool does not have, goes out as CRLF.
pub fn write_data(out: &mut BytesMut, top: &[u8], content: &[u8]) {
    let length = top.len() + content.len();
    // Room for a few stuffed dots, so that ordinary content is copied once.
    out.reserve(length + length / 64 + 64);
    write_lines(out, top);
    write_lines(out, content);
    out.put_slice(b".\r\n");
}

/// Appends lines; one that has not ended gets its end.
fn write_lines(out: &mut BytesMut, content: &[u8]) {
    // Lines from `run` to `at` can go out as they are.
    let (mut run, mut at) = (0, 0);
    let mut plain = PlainLines::default();
    loop {
        at += plain.length_at(content, at);
        let Some(i) = find(b'\n', &content[at..]) else { break };
        let end = at + i + 1;
        let line = &content[at..end];
        if !is_clean(line) {
            out.put_slice(&content[run..at]);
            write_repaired(out, &line[..i]);
            run = end;
        } else if line[0] == b'.' {
            out.put_slice(&content[run..at]);
            out.put_u8(b'.');
            run = at;
        }
        at = end;
    }
    out.put_slice(&content[run..at]);
    if at < content.len() {
        write_repaired(out, &content[at..]);
    }
}

fn is_clean(line: &[u8]) -> bool {
    line.strip_suffix(b"\r\n").is_some_and(|text| !text.contains(&b'\r'))
}

/// Writes one line given without LF, with a line end wherever a CR stands.
fn write_repaired(out: &mut BytesMut, line: &[u8]) {
    let text = line.strip_suffix(b"\r").unwrap_or(line);
    for part in text.split(|byte| *byte == b'\r') {
        if part.starts_with(b".") {
            out.put_u8(b'.');
        }
        out.put_slice(part);
        out.put_slice(b"\r\n");
    }
}
