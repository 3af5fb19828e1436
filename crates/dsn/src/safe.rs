//! Making strangers' text harmless, and the small encodings of the machine part: after this no
//! value has a line end, a control character or more than its bound.

use mail_builder::encoders::base64::Base64Encoder;
use model::Address;

/// Bytes of text in one encoded word, so that it stays below the 75 characters of RFC 2047.
const ENCODED_WORD: usize = 45;
/// Where header lines are folded, when there is a blank.
const FOLD: usize = 78;
/// Longest run without a blank before a line end is put in.
const HARD_FOLD: usize = 900;
/// Longest message identity that is referred to, in bytes.
const MAX_MESSAGE_ID: usize = 900;

/// The text on one line: control and direction characters are blanks, runs of blanks are one,
/// at most `max` characters.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let mut out = String::new();
    let clean = text.chars().map(|c| if is_hidden(c) || c.is_whitespace() { ' ' } else { c });
    for c in clean.take(max) {
        if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text on one line with its blanks as they are.
pub(crate) fn visible(text: &str) -> String {
    let blank = |c: char| c != ' ' && (is_hidden(c) || c.is_whitespace());
    text.chars().map(|c| if blank(c) { ' ' } else { c }).collect()
}

/// Characters that change what a reader sees without being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The text with `?` for what is not ASCII.
pub(crate) fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// Writes a field, folded at blanks (RFC 5322 section 2.2.3); `value` is one line.
pub(crate) fn field(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push(':');
    let mut column = name.len() + 1;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        let mut rest = word;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(char_boundary(rest, HARD_FOLD));
            if column > name.len() + 1 && column + 1 + piece.len() > FOLD {
                out.push_str("\r\n");
                column = 0;
            }
            out.push(' ');
            out.push_str(piece);
            column += 1 + piece.len();
            rest = after;
        }
    }
    out.push_str("\r\n");
}

fn char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The text as encoded words with blanks between them (RFC 2047, base64, UTF-8).
pub(crate) fn encoded_words(text: &str) -> String {
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(char_boundary(rest, ENCODED_WORD));
        let mut encoded = Vec::new();
        Base64Encoder::new().encode_into(piece.as_bytes(), &mut encoded);
        words.push(format!("=?utf-8?B?{}?=", String::from_utf8_lossy(&encoded)));
        rest = after;
    }
    words.join(" ")
}

/// `<id>` for a message identity with or without brackets; `None` for one that could do harm
/// or does not fit a line.
pub(crate) fn message_id(id: &str, utf8: bool) -> Option<String> {
    let id = id.trim();
    let id = id.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(id);
    let good = |c: char| !c.is_whitespace() && !is_hidden(c) && c != '<' && c != '>';
    let usable = !id.is_empty()
        && id.len() <= MAX_MESSAGE_ID
        && (utf8 || id.is_ascii())
        && id.chars().all(good);
    usable.then(|| format!("<{id}>"))
}

/// The address with its domain as A-labels where that makes it ASCII.
pub(crate) fn downgraded(address: &Address) -> Address {
    if address.local_part().is_ascii() && address.is_internationalized() {
        return Address::new(address.local_part(), address.domain())
            .unwrap_or_else(|_| address.clone());
    }
    address.clone()
}

/// Decodes xtext (RFC 3461 section 4); what it hides is made harmless.
pub(crate) fn decode_xtext(text: &str, max: usize) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let value = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, value) {
            (b'+', Some(value)) => {
                bytes.push(value);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    ascii(&one_line(&String::from_utf8_lossy(&bytes), max))
}

/// An address in the 7-bit form of the address type `utf-8` (RFC 6533 section 3).
pub(crate) fn encode_utf8_address(address: &str) -> String {
    escape(address, |c| !c.is_ascii() || matches!(c, '\\' | '+' | '=' | ' '))
}

/// Like [`encode_utf8_address`] for what came in that form, perhaps with UTF-8 besides.
pub(crate) fn encode_utf8_remainder(address: &str) -> String {
    escape(address, |c| !c.is_ascii())
}

fn escape(text: &str, must: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if must(c) {
            out.push_str(&format!("\\x{{{:02X}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_tamed() {
        assert_eq!(one_line(" a\r\nBcc:\tb\u{202e}\u{7} \u{a0}c ", 100), "a Bcc: b c");
        assert_eq!(one_line("abc def", 4), "abc");
        assert_eq!(ascii("é!"), "?!");
    }

    #[test]
    fn identities_are_usable_or_absent() {
        assert_eq!(message_id(" <a@b>", false).as_deref(), Some("<a@b>"));
        assert_eq!(message_id("a@b", false).as_deref(), Some("<a@b>"));
        assert_eq!(message_id("é@b", true).as_deref(), Some("<é@b>"));
        for bad in ["", "<>", "é@b", "a b", "a>\r\nX: <b", &"x".repeat(901)] {
            assert_eq!(message_id(bad, false), None, "{bad:?}");
        }
    }

    #[test]
    fn encodings_follow_the_rfcs() {
        assert_eq!(decode_xtext("QQ+2B314+3D", 100), "QQ+314=");
        assert_eq!(decode_xtext("a+0D+0ABcc:+20x+FF", 100), "a Bcc: x?");
        assert_eq!(decode_xtext("a+4", 100), "a+4");
        assert_eq!(encode_utf8_address("josé+x@b"), "jos\\x{E9}\\x{2B}x@b");
        assert_eq!(encode_utf8_remainder("jos\\x{E9}é"), "jos\\x{E9}\\x{E9}");
        let of = |text: &str| downgraded(&text.parse().unwrap()).to_string();
        assert_eq!(of("a@münchen.example"), "a@xn--mnchen-3ya.example");
        assert_eq!(of("é@münchen.example"), "é@münchen.example");
    }

    proptest! {
        #[test]
        fn fields_unfold_to_what_they_were(words in proptest::collection::vec("[a-zé]{1,30}", 0..60)) {
            let value = words.join(" ");
            let mut out = String::new();
            field(&mut out, "Name", &value);
            let unfolded = out.replace("\r\n", "");
            prop_assert_eq!(unfolded.strip_prefix("Name:").unwrap().trim(), value);
            prop_assert!(out.split("\r\n").all(|line| line.len() <= 78 && (line.is_empty() || !line.trim().is_empty())));
        }

        #[test]
        fn no_line_is_too_long(value in "\\PC{0,4000}") {
            let mut out = String::new();
            field(&mut out, "Name", &one_line(&value, 4000));
            prop_assert!(out.split("\r\n").all(|line| line.len() <= 998));
        }
    }
}
