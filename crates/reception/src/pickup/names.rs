//! Names of files in Pickup and Replay: `letter.eml` waits, `letter.relais-42.tmp` is becoming
//! message 42, `letter.bad` was set aside. A name may be any bytes; for people and for the spool
//! it is written in printable ASCII, without two names ever looking the same.

use std::{
    ffi::{OsStr, OsString},
    fmt::Write,
    os::unix::ffi::{OsStrExt, OsStringExt},
};

use model::{MessageId, Timestamp};
use time::macros::format_description;

/// The longest name of a file on Linux, in bytes.
const LONGEST: usize = 255;
/// What stands before the number of a message in a name of ours.
const MARK: &[u8] = b".relais-";

/// Whether the file is one to be taken: `.eml` in any case, and not hidden, as the files are that
/// some programs write before they give them their name.
pub(super) fn is_letter(name: &OsStr) -> bool {
    has_extension(name, b".eml") && !name.as_bytes().starts_with(b".")
}

/// Whether the file was left behind in the middle of something: `.tmp`.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    has_extension(name, b".tmp") && !name.as_bytes().starts_with(b".")
}

/// The file's name while it becomes message `id`. No two files ever get the same.
pub(super) fn in_work(name: &OsStr, id: MessageId) -> OsString {
    with_ending(stem(name), &[MARK, id.to_string().as_bytes(), b".tmp"].concat())
}

/// The file's name when it is to be taken again.
pub(super) fn waiting(name: &OsStr) -> OsString {
    with_ending(stem(name), b".eml")
}

/// The file's name when it is set aside.
pub(super) fn bad(name: &OsStr) -> OsString {
    with_ending(stem(name), b".bad")
}

/// The name of the text that says why a file was set aside.
pub(super) fn reason_of(bad: &OsStr) -> OsString {
    with_ending(bad.as_bytes(), b".txt")
}

/// `letter-20261124T034815123.bad`: another name, for where that of a file is in use; from the
/// second try on with the try.
pub(super) fn dated(name: &OsStr, now: Timestamp, attempt: u32) -> OsString {
    let format =
        format_description!("-[year][month][day]T[hour][minute][second][subsecond digits:3]");
    let mut ending = now.date_time().format(format).unwrap_or_default();
    if attempt > 0 {
        ending.push_str(&format!("-{attempt}"));
    }
    let (stem, extension) = split(name.as_bytes());
    with_ending(stem, &[ending.as_bytes(), extension].concat())
}

/// The name in printable ASCII: every other byte, and `%`, as `%XX`.
pub(super) fn printable(name: &OsStr) -> String {
    let mut out = String::new();
    for &byte in name.as_bytes() {
        if (byte == b' ' || byte.is_ascii_graphic()) && byte != b'%' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn has_extension(name: &OsStr, extension: &[u8]) -> bool {
    split(name.as_bytes()).1.eq_ignore_ascii_case(extension)
}

/// The name without its extension, and without our mark and number.
fn stem(name: &OsStr) -> &[u8] {
    let stem = split(name.as_bytes()).0;
    let Some(at) = stem.windows(MARK.len()).rposition(|part| part == MARK) else { return stem };
    let number = &stem[at + MARK.len()..];
    let is_ours = at > 0 && !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    if is_ours { &stem[..at] } else { stem }
}

/// The name and its extension with the dot, which is empty where there is none.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(dot) => name.split_at(dot),
        None => (name, &[]),
    }
}

fn with_ending(stem: &[u8], ending: &[u8]) -> OsString {
    let kept = stem.len().min(LONGEST.saturating_sub(ending.len()));
    OsString::from_vec([&stem[..kept], ending].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u64) -> MessageId {
        MessageId::new(number).unwrap()
    }

    #[test]
    fn names_go_there_and_back() {
        let name = OsStr::new;
        assert_eq!(in_work(name("a.b.EML"), id(42)), "a.b.relais-42.tmp");
        assert_eq!(waiting(name("a.b.relais-42.tmp")), "a.b.eml");
        assert_eq!(waiting(name("report.2024.tmp")), "report.2024.eml");
        assert_eq!(bad(name("a.relais-42.tmp")), "a.bad");
        assert_eq!(reason_of(name("a.bad")), "a.bad.txt");
        let now = Timestamp::from_millis(1_700_000_000_123);
        assert_eq!(dated(name("a.bad"), now, 0), "a-20231114T221320123.bad");
        assert_eq!(dated(name("a.bad"), now, 2), "a-20231114T221320123-2.bad");
        assert_eq!(printable(name("a é%\n.eml")), "a %C3%A9%25%0A.eml");
        for (text, letter, temporary) in [
            ("a.eml", true, false),
            ("a.Eml", true, false),
            ("a.tmp", false, true),
            (".eml", false, false),
            (".a.eml", false, false),
            (".a.tmp", false, false),
            ("eml", false, false),
            ("a.eml.bad", false, false),
        ] {
            assert_eq!(
                (is_letter(name(text)), is_temporary(name(text))),
                (letter, temporary),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_name_is_a_name(bytes in proptest::collection::vec(
            any::<u8>().prop_filter("not in a name", |b| !matches!(b, 0 | b'/')), 1..251), number in 1..u64::from(u32::MAX)) {
            let letter = OsString::from_vec([&bytes[..], b".eml"].concat());
            prop_assume!(is_letter(&letter));
            let work = in_work(&letter, id(number));
            prop_assert!(is_temporary(&work) && work.len() <= LONGEST);
            let back = waiting(&work);
            prop_assert!(is_letter(&back));
            if letter.len() + 24 <= LONGEST && stem(&letter) == bytes {
                prop_assert_eq!(&back, &letter);
            }
            let bad = bad(&work);
            let reason = reason_of(&dated(&bad, Timestamp::from_millis(0), 9));
            prop_assert!(bad.len() <= LONGEST && reason.len() <= LONGEST);
            prop_assert!(printable(&letter).bytes().all(|b| b == b' ' || b.is_ascii_graphic()));
            for name in [&work, &back, &bad, &reason] {
                prop_assert!(!name.as_bytes().contains(&b'/') && !name.is_empty());
            }
        }
    }
}
