//! Lists of addresses as people and programs of one host write them: `root`, `root (Cron Daemon)`,
//! `Anna <anna@example.net>, bob` (RFC 5322 section 3.4, and names without a domain, which it does
//! not know). Strict readers of messages are elsewhere; this one says where an address stands, so that a
//! domain can be written behind it.

use std::{fmt, ops::Range, str::FromStr};

use model::{Address, AddressDomain, ValueError};

/// An address of a host's own program: a whole one, or a name that gets the default domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LocalAddress {
    /// With its domain.
    Full(Address),
    /// A local part alone, as RFC 5321 section 4.1.2 allows it before an `@`.
    Bare(String),
}

impl LocalAddress {
    /// The address, with `domain` where it has none.
    ///
    /// # Errors
    /// When the two make no address.
    pub fn complete(&self, domain: &AddressDomain) -> Result<Address, ValueError> {
        match self {
            Self::Full(address) => Ok(address.clone()),
            Self::Bare(name) => Address::new(name, domain),
        }
    }
}

impl FromStr for LocalAddress {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.contains('@') {
            return text.parse().map(Self::Full);
        }
        let refuse = |problem: String| {
            ValueError::new(text, problem, "an address, or a name that gets the default domain")
        };
        format!("{text}@localhost")
            .parse::<Address>()
            .map(|_| Self::Bare(text.to_owned()))
            .map_err(|_| refuse("is not an address".to_owned()))
    }
}

impl fmt::Display for LocalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(address) => address.fmt(f),
            Self::Bare(name) => f.write_str(name),
        }
    }
}

/// The addresses of a list, such as an argument of a command: display names, comments and groups are
/// read over.
///
/// # Errors
/// The first part that is not an address.
pub fn addresses_of_list(text: &str) -> Result<Vec<LocalAddress>, ValueError> {
    let parts = mailboxes(text.as_bytes());
    let address = |part: Mailbox| match part.address {
        Some(at) => text.get(at).unwrap_or_default().parse(),
        None => Err(ValueError::new(
            text.get(part.whole).unwrap_or_default().trim(),
            "is not an address",
            "an address, or a name that gets the default domain, with commas between several",
        )),
    };
    parts.into_iter().map(address).collect()
}

/// One part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// Where its address stands; `None` where it cannot be said.
    pub(crate) address: Option<Range<usize>>,
    /// Where all of it stands.
    whole: Range<usize>,
}

/// Whether the bytes begin with an encoded word (RFC 2047), which is a name and no address.
fn is_encoded_word(text: &[u8]) -> bool {
    text.starts_with(b"=?")
}

/// The parts of a list that name somebody. Nothing fails: a part that is not understood has no address.
pub(crate) fn mailboxes(text: &[u8]) -> Vec<Mailbox> {
    let mut scan = Scan::new(text);
    for (at, byte) in text.iter().enumerate() {
        scan.take(at, *byte);
    }
    scan.end_part(text.len());
    scan.found
}

/// Where in the list a byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Plain,
    Quoted,
    Comment(u32),
    Angle,
    AngleQuoted,
    Literal,
}

struct Scan<'a> {
    text: &'a [u8],
    place: Place,
    escaped: bool,
    /// Where the part began.
    begin: usize,
    /// Words outside comments and angle brackets, at most two of which matter.
    words: Vec<Range<usize>>,
    /// The word that is being read.
    word: Option<usize>,
    /// What stands in angle brackets.
    angle: Option<Range<usize>>,
    /// There was more than one pair of them, or a closing sign without its opening one.
    odd: bool,
    found: Vec<Mailbox>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            place: Place::Plain,
            escaped: false,
            begin: 0,
            words: Vec::new(),
            word: None,
            angle: None,
            odd: false,
            found: Vec::new(),
        }
    }

    fn take(&mut self, at: usize, byte: u8) {
        if std::mem::take(&mut self.escaped) {
            return;
        }
        self.place = match (self.place, byte) {
            (Place::Quoted | Place::AngleQuoted | Place::Comment(_), b'\\') => {
                self.escaped = true;
                self.place
            }
            (Place::Quoted, b'"') | (Place::Literal, b']') => Place::Plain,
            (Place::AngleQuoted, b'"') => Place::Angle,
            (Place::Angle, b'"') => Place::AngleQuoted,
            (Place::Comment(1), b')') => Place::Plain,
            (Place::Comment(depth), b')') => Place::Comment(depth - 1),
            (Place::Comment(depth), b'(') => Place::Comment(depth.saturating_add(1)),
            (Place::Angle, b'>') => {
                if let Some(angle) = &mut self.angle {
                    angle.end = at;
                }
                Place::Plain
            }
            (Place::Plain, _) => self.take_plain(at, byte),
            (place, _) => place,
        };
    }

    fn take_plain(&mut self, at: usize, byte: u8) -> Place {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => self.end_word(at),
            b'(' => {
                self.end_word(at);
                return Place::Comment(1);
            }
            b'<' => {
                self.end_word(at);
                self.odd |= self.angle.is_some();
                self.angle = Some(at + 1..at + 1);
                return Place::Angle;
            }
            b',' | b';' => {
                self.end_part(at);
                self.begin = at + 1;
            }
            // The name of a group.
            b':' => {
                self.end_word(at);
                self.forget_part();
                self.begin = at + 1;
            }
            b')' | b'>' => self.odd = true,
            _ => {
                self.word.get_or_insert(at);
                return match byte {
                    b'"' => Place::Quoted,
                    b'[' => Place::Literal,
                    _ => Place::Plain,
                };
            }
        }
        Place::Plain
    }

    fn end_word(&mut self, at: usize) {
        if let Some(begin) = self.word.take()
            && self.words.len() < 2
        {
            self.words.push(begin..at);
        }
    }

    fn forget_part(&mut self) {
        self.words.clear();
        self.angle = None;
        self.odd = false;
    }

    fn end_part(&mut self, at: usize) {
        self.end_word(at);
        let is_whole = self.place == Place::Plain && !self.odd;
        let address = match (&self.angle, &self.words[..]) {
            (Some(angle), _) if is_whole => Some(trimmed(self.text, angle.clone())),
            (None, [word]) if is_whole && !is_encoded_word(&self.text[word.clone()]) => {
                Some(word.clone())
            }
            _ => None,
        };
        let is_empty = is_whole && self.angle.is_none() && self.words.is_empty();
        if !is_empty {
            self.found.push(Mailbox { address, whole: self.begin..at });
        }
        self.forget_part();
    }
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let inner = &text[range.clone()];
    let begin = range.start + (inner.len() - inner.trim_ascii_start().len());
    begin..begin + inner.trim_ascii().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        addresses_of_list(text).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_callers_write_is_read() {
        for (text, expected) in [
            ("root", &["root"][..]),
            ("root (Cron Daemon)", &["root"]),
            ("a@b.c,d@e.f", &["a@b.c", "d@e.f"]),
            ("Anna Bell <a@b.c>, bob,", &["a@b.c", "bob"]),
            ("\"Bell, Anna\" <a@b.c>", &["a@b.c"]),
            ("\"a b\"@c.d", &["\"a b\"@c.d"]),
            ("x@[IPv6:2001:db8::1]", &["x@[IPv6:2001:db8::1]"]),
            ("Team: a@b.c, d;, e@f.g", &["a@b.c", "d", "e@f.g"]),
            ("undisclosed-recipients:;", &[]),
            (" , ,", &[]),
            ("a@b.c (one (two) \\) three)", &["a@b.c"]),
            ("\"A \\\" B\" < a@b.c >", &["a@b.c"]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_none_is_named() {
        for (text, named) in [
            ("a b", "\"a b\""),
            ("ok@b.c, a b <", "\"a b <\""),
            ("<a@b.c> <d@e.f>", "<a@b.c> <d@e.f>"),
            ("\"open", "\"open"),
            ("(open", "(open"),
            ("a@b@", "a@b@"),
            ("<>", "\"\""),
            ("=?utf-8?q?x?=", "=?utf-8?q?x?="),
        ] {
            let refused = addresses_of_list(text).unwrap_err().to_string();
            assert!(refused.contains(named) && refused.contains("Allowed: "), "{text}: {refused}");
        }
    }

    #[test]
    fn names_get_the_default_domain() {
        let domain = "contoso.com".parse().unwrap();
        let complete =
            |text: &str| text.parse::<LocalAddress>().unwrap().complete(&domain).unwrap();
        assert_eq!(complete("root").as_str(), "root@contoso.com");
        assert_eq!(complete("a@b.c").as_str(), "a@b.c");
        let refused = "ro ot".parse::<LocalAddress>().unwrap_err().to_string();
        assert!(refused.contains("\"ro ot\" is not an address. Allowed: "), "{refused}");
        assert!("x".repeat(65).parse::<LocalAddress>().is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics_and_places_are_right(text in "\\PC{0,60}|[ \"\\\\(),:;<>@\\[\\]a.=?\r\n]{0,60}") {
            for found in mailboxes(text.as_bytes()) {
                prop_assert!(found.whole.end <= text.len());
                if let Some(at) = found.address {
                    prop_assert!(found.whole.start <= at.start && at.end <= found.whole.end);
                }
            }
            let _ = addresses_of_list(&text);
        }

        #[test]
        fn lists_are_read_as_they_were_written(
            names in proptest::collection::vec(("[a-z]{1,8}(@[a-z]{1,8}\\.[a-z]{2,3})?", "[A-Za-z ,\\(\\)]{0,9}", any::<bool>()), 0..6)
        ) {
            let written: Vec<String> = names.iter().map(|(address, name, angle)| match angle {
                true => format!("\"{name}\" <{address}>"),
                false => address.clone(),
            }).collect();
            let expected: Vec<&String> = names.iter().map(|(address, ..)| address).collect();
            let list = written.join(", ");
            let found = addresses_of_list(&list).unwrap();
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        }
    }
}
