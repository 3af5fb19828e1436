//! What the server wants to know of a message without changing it: loop counts, authors,
//! subject, identity, languages. Every answer is bounded, and a hostile header costs no more
//! than the reading of it.

use std::collections::HashSet;

use mail_parser::parsers::MessageStream;
use model::Address;

use crate::header::{Field, HeaderBlock};

/// Longest subject given back, in characters.
const MAX_SUBJECT: usize = 255;
/// Longest message identity given back, in bytes: with its field name it fits a line.
const MAX_MESSAGE_ID: usize = 980;
/// Most authors looked at.
const MAX_AUTHORS: usize = 100;
/// Most languages given back.
const MAX_LANGUAGES: usize = 16;

/// Whose message it says it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authors {
    /// The addresses of every From field, at most 100.
    pub addresses: Vec<Address>,
    /// How many authors could not be read as an address or were too many to look at. Where
    /// somebody may only write as himself, such a message is not to be let through.
    pub unreadable: usize,
}

/// How important its author finds a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// More than others.
    High,
    /// As others.
    Normal,
    /// Less.
    Low,
}

/// What the header says of the message's importance: in X-Priority, as Outlook has it from 1 to 5; else
/// in Importance or Priority (RFC 4021). `None` when it says nothing, or nothing that is known.
pub fn importance(content: &[u8]) -> Option<Importance> {
    let header = HeaderBlock::parse(content);
    let said = |name: &str, read: fn(&str) -> Option<Importance>| {
        header.first(name).and_then(|text| read(text.trim()))
    };
    said("X-Priority", numbered)
        .or_else(|| said("Importance", worded))
        .or_else(|| said("Priority", worded))
}

/// `1`, or `1 (Highest)`.
fn numbered(text: &str) -> Option<Importance> {
    let word = text.split(|c: char| c.is_whitespace() || c == '(').next()?;
    match word {
        "1" | "2" => Some(Importance::High),
        "3" => Some(Importance::Normal),
        "4" | "5" => Some(Importance::Low),
        _ => None,
    }
}

fn worded(text: &str) -> Option<Importance> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["high", "urgent"]) {
        Some(Importance::High)
    } else if is(&["normal"]) {
        Some(Importance::Normal)
    } else if is(&["low", "non-urgent"]) {
        Some(Importance::Low)
    } else {
        None
    }
}

/// Whether its header says `TLS-Required: No` (RFC 8689 section 3): once, and nothing else.
pub fn tls_not_required(content: &[u8]) -> bool {
    let header = HeaderBlock::parse(content);
    let mut fields = header.fields().filter(|field| field.is("TLS-Required"));
    match (fields.next(), fields.next()) {
        (Some(field), None) => field.text().trim().eq_ignore_ascii_case("No"),
        _ => false,
    }
}

/// How many servers the message has passed: its Received fields.
pub fn received_count(content: &[u8]) -> usize {
    HeaderBlock::parse(content).count("Received")
}

/// How often the message has passed the server called `by`: its Received fields that say so.
pub fn own_hops(content: &[u8], by: &str) -> usize {
    HeaderBlock::parse(content).fields().filter(|field| is_own_hop(field, by)).count()
}

/// Whether the field is the Received field of the server called `by`.
pub(crate) fn is_own_hop(field: &Field<'_>, by: &str) -> bool {
    field.is("Received")
        && by_host(field.value).is_some_and(|host| host.eq_ignore_ascii_case(by.as_bytes()))
}

/// Whether any byte is above 127, so that the content needs 8BITMIME.
pub fn is_eight_bit(content: &[u8]) -> bool {
    !content.is_ascii()
}

/// The subject with its encoded words (RFC 2047) decoded, without control characters, at most
/// 255 characters.
pub fn subject(content: &[u8]) -> Option<String> {
    let field = HeaderBlock::parse(content).fields().find(|field| field.is("Subject"))?;
    let stored = terminated(&field);
    let text = MessageStream::new(&stored).parse_unstructured().into_text()?;
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    Some(clean.take(MAX_SUBJECT).collect::<String>().trim().to_owned())
}

/// The Message-ID with its angle brackets; one without brackets as it stands. `None` when
/// there is none, or it has blanks, control characters or more than 980 bytes.
pub fn message_id(content: &[u8]) -> Option<String> {
    let text = HeaderBlock::parse(content).first("Message-ID")?;
    let id = match (text.find('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => &text[open..=close],
        _ => &text[..],
    };
    let usable = !id.is_empty()
        && id.len() <= MAX_MESSAGE_ID
        && !id.chars().any(|c| c.is_whitespace() || c.is_control());
    usable.then(|| id.to_owned())
}

/// The languages the author reads, best first: Accept-Language by weight (RFC 9110 section
/// 12.5.4), then Content-Language; language tags as written, at most 16.
pub fn languages(content: &[u8]) -> Vec<String> {
    let header = HeaderBlock::parse(content);
    let accepted = header.first("Accept-Language").unwrap_or_default();
    let mut accepted: Vec<(u16, &str)> =
        accepted.split(',').take(MAX_LANGUAGES).filter_map(weighted).collect();
    accepted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let content_language = header.first("Content-Language").unwrap_or_default();
    let content_language = content_language.split(',').filter_map(weighted).map(|(_, tag)| tag);
    let tags = accepted.into_iter().map(|(_, tag)| tag).chain(content_language);
    tags.take(MAX_LANGUAGES).map(str::to_owned).collect()
}

/// The addresses of every From field, at most 100. See [`authors`] for those that are none.
pub fn from_addresses(content: &[u8]) -> Vec<Address> {
    authors(content).addresses
}

/// Everybody named in a From field (several fields are a fault, but readers show one or
/// another).
pub fn authors(content: &[u8]) -> Authors {
    named_in(content, "From", MAX_AUTHORS)
}

/// Everybody named in the fields called `name`, at most `most` of them.
pub(crate) fn named_in(content: &[u8], name: &str, most: usize) -> Authors {
    let mut found = Authors::default();
    for field in HeaderBlock::parse(content).fields().filter(|field| field.is(name)) {
        let stored = terminated(&field);
        let Some(list) = MessageStream::new(&stored).parse_address().into_address() else {
            found.unreadable += usize::from(!field.value.trim_ascii().is_empty());
            continue;
        };
        let before = found.addresses.len();
        for one in list.iter() {
            match one.address.as_deref().and_then(|text| text.parse().ok()) {
                Some(address) if found.addresses.len() < most => found.addresses.push(address),
                _ => found.unreadable += 1,
            }
        }
        if found.unreadable == 0 {
            found.unreadable = hidden(field.value, &found.addresses[before..]);
        }
    }
    found
}

/// Words that look like addresses and are none of those that were `found`.
fn hidden(value: &[u8], found: &[Address]) -> usize {
    let found: HashSet<&Address> = found.iter().collect();
    let is_found = |word: &String| word.parse::<Address>().is_ok_and(|a| found.contains(&a));
    plain_words(value).iter().filter(|w| looks_like_address(w) && !is_found(w)).count()
}

/// Whether another reader might take the word for an address: `boss@contoso.com:jean@…;` is a
/// group to one and an author to another.
fn looks_like_address(word: &str) -> bool {
    word.contains('@') && !(word.starts_with("=?") && word.ends_with("?="))
}

/// The words of a structured field outside quoted strings and comments (RFC 5322 section 3.2),
/// without the signs that separate addresses.
fn plain_words(value: &[u8]) -> Vec<String> {
    let (mut text, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
    for &byte in value {
        let literal = std::mem::take(&mut escaped);
        match byte {
            b'\\' if !literal && (quoted || depth > 0) => escaped = true,
            b'"' if !literal && depth == 0 => {
                quoted = !quoted;
                text.push(b' ');
            }
            b'(' if !literal && !quoted => {
                depth += 1;
                text.push(b' ');
            }
            b')' if !literal && !quoted && depth > 0 => depth -= 1,
            _ if quoted || depth > 0 => {}
            b',' | b';' | b':' | b'<' | b'>' | b'\r' | b'\n' | b'\t' => text.push(b' '),
            _ => text.push(byte),
        }
    }
    let text = String::from_utf8_lossy(&text);
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The value with a line end, which the parser needs to see where it stops.
fn terminated(field: &Field<'_>) -> Vec<u8> {
    [field.value, b"\r\n"].concat()
}

/// `fr-FR;q=0.8` as weight in thousandths and tag.
fn weighted(item: &str) -> Option<(u16, &str)> {
    let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
    let tag = tag.trim();
    let is_tag = !tag.is_empty()
        && tag.len() <= 35
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(weight) => weight.trim().parse::<f32>().ok().filter(|w| (0.0..=1.0).contains(w))?,
        None => 1.0,
    };
    (is_tag && weight > 0.0).then_some(((weight * 1000.0) as u16, tag))
}

/// The host after `by` in a Received field; comments are passed over, and so is what the
/// client called itself, even `by`.
fn by_host(value: &[u8]) -> Option<&[u8]> {
    let mut words = Words(value);
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case(b"from") {
            words.next();
        } else if word.eq_ignore_ascii_case(b"by") {
            return words.next();
        }
    }
    None
}

/// The words of a structured field without its comments.
struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let mut depth = 0_usize;
        let start = self.0.iter().position(|b| {
            match b {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b' ' | b'\t' | b'\r' | b'\n' | b';' => {}
                _ => return depth == 0,
            }
            false
        })?;
        let rest = &self.0[start..];
        let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')');
        let (word, rest) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn importance_is_read_from_three_fields() {
        use Importance::{High, Low, Normal};
        for (header, expected) in [
            ("X-Priority: 1 (Highest)", Some(High)),
            ("X-PRIORITY:2", Some(High)),
            ("X-Priority: 3(Normal)", Some(Normal)),
            ("X-Priority: 5", Some(Low)),
            ("Importance: High", Some(High)),
            ("Importance: low", Some(Low)),
            ("Priority: urgent", Some(High)),
            ("Priority: non-urgent", Some(Low)),
            ("Importance: low\r\nX-Priority: 1", Some(High)),
            ("Importance: normal\r\nPriority: urgent", Some(Normal)),
            ("X-Priority: 17\r\nPriority: urgent", Some(High)),
            ("X-Priority: very", None),
            ("Subject: X-Priority: 1", None),
        ] {
            let content = format!("{header}\r\n\r\nX-Priority: 1\r\n");
            assert_eq!(importance(content.as_bytes()), expected, "{header}");
        }
    }
    use proptest::prelude::*;

    #[test]
    fn tls_required_no_counts_once_and_alone() {
        for (header, expected) in [
            ("TLS-Required: No", true),
            ("tls-required:no ", true),
            ("Subject: x\r\nTLS-Required:\r\n No", true),
            ("TLS-Required: No\r\nTLS-Required: No", false),
            ("TLS-Required: No\r\nTLS-Required: Yes", false),
            ("TLS-Required: Yes", false),
            ("TLS-Required: No, really", false),
            ("TLS-Required: No (not now)", false),
            ("TLS-Required:", false),
            ("X-TLS-Required: No", false),
            ("Subject: x\r\n\r\nTLS-Required: No", false),
        ] {
            let content = format!("{header}\r\n\r\nx\r\n");
            assert_eq!(tls_not_required(content.as_bytes()), expected, "{header}");
        }
    }

    #[test]
    fn nobody_else_can_be_read_out_of_from() {
        let refused =
            |from: &str| authors(format!("From: {from}\r\n\r\n").as_bytes()).unreadable > 0;
        for bad in [
            "boss@contoso.com:jean@contoso.com;",
            "boss@contoso.com <jean@contoso.com>",
            "<jo> <anna@contoso.com>",
        ] {
            assert!(refused(bad), "{bad}");
        }
        for good in [
            "jean@contoso.com",
            "Jean <jean@contoso.com>",
            "\"boss@contoso.com (really)\" <jean@contoso.com>",
            "jean@contoso.com (not boss@contoso.com)",
            "=?utf-8?Q?J=40n?= <jean@contoso.com>",
            "jean@contoso.com <jean@contoso.com>",
            "Jean <jean@contoso.com>,\r\n anna@contoso.com",
        ] {
            assert!(!refused(good), "{good}");
        }
    }

    #[test]
    fn counts_hops() {
        let content =
            b"Received: from by ([192.0.2.1]) by MBX01.contoso.com\r\n\twith SMTP id 1; date\r\n\
            received: from a (b by mbx01.contoso.com) by (x(y)z) other.example; d\r\n\
            Received: by mbx01.contoso.com; d\r\nX: y\r\n\r\nReceived: by mbx01.contoso.com\r\n";
        assert_eq!(received_count(content), 3);
        assert_eq!(own_hops(content, "mbx01.contoso.com"), 2);
        assert_eq!(own_hops(content, "contoso.com"), 0);
    }

    #[test]
    fn decodes_and_bounds_subjects() {
        let of = |text: &str| subject(format!("A: b\r\nSubject:{text}\r\n\r\n").as_bytes());
        assert_eq!(of(" Hello\r\n world").as_deref(), Some("Hello world"));
        assert_eq!(of(" =?utf-8?Q?D=C3=A9j=C3=A0?= =?utf-8?B?IHZ1?=").as_deref(), Some("Déjà vu"));
        assert_eq!(of(" =?utf-8?Q?a=0D=0ABcc:_x?=").as_deref(), Some("a  Bcc: x"));
        assert_eq!(of(" déjà").as_deref(), Some("déjà"));
        assert_eq!(of(&"é".repeat(2000)).map(|s| s.chars().count()), Some(255));
        assert_eq!(of(""), None);
        assert_eq!(subject(b"Subject: unfinished").as_deref(), Some("unfinished"));
        assert_eq!(subject(b"\r\nSubject: body\r\n"), None);
    }

    #[test]
    fn message_ids_are_usable_or_absent() {
        let of = |text: &str| message_id(format!("message-id: {text}\r\n\r\n").as_bytes());
        assert_eq!(of("(c)<a@b>\t").as_deref(), Some("<a@b>"));
        assert_eq!(of("a@b").as_deref(), Some("a@b"));
        assert_eq!(of("\r\n <a@b>").as_deref(), Some("<a@b>"));
        for bad in ["", "<a b@c>", "<a\u{1}@b>", &"x".repeat(2000)] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn languages_come_best_first() {
        let content = b"Accept-Language: en;q=0.5, fr-FR, de;q=0.8, *;q=1, x;q=0\r\nContent-Language: it\r\n\r\n";
        assert_eq!(languages(content), ["fr-FR", "de", "en", "it"]);
        assert!(languages(b"Subject: x\r\n\r\n").is_empty());
    }

    #[test]
    fn authors_are_all_found() {
        let of = |text: &str| {
            let found = authors(format!("{text}\r\n\r\n").as_bytes());
            let names: Vec<_> = found.addresses.iter().map(|a| a.to_string()).collect();
            (names.join(" "), found.unreadable)
        };
        assert_eq!(of("From: \"Dupont, Jean\" <jean@contoso.com>"), ("jean@contoso.com".into(), 0));
        assert_eq!(of("From: a@b.c,\r\n D <d@e.f>"), ("a@b.c d@e.f".into(), 0));
        assert_eq!(of("From: a@b.c\r\nfrom : d@e.f"), ("a@b.c d@e.f".into(), 0));
        assert_eq!(of("From: team: a@b.c, d@e.f;"), ("a@b.c d@e.f".into(), 0));
        assert_eq!(of("From: jean@contoso.com (comment)"), ("jean@contoso.com".into(), 0));
        assert_eq!(of("From: nobody at all").1, 1);
        assert_eq!(of("From: <a@b@c..d>").1, 1);
        assert_eq!(of("From:"), (String::new(), 0));
        assert_eq!(of("To: a@b.c"), (String::new(), 0));
        let many = vec!["a@b.c"; 150].join(",");
        assert_eq!(of(&format!("From: {many}")).1, 50);
    }

    proptest! {
        #[test]
        fn nothing_is_too_strange(content in proptest::collection::vec(any::<u8>(), 0..300),
            name in prop_oneof![Just("From"), Just("Subject"), Just("Message-ID"), Just("Received"), Just("Accept-Language")]) {
            let content = [name.as_bytes(), b":", &content].concat();
            let _ = (authors(&content), message_id(&content), languages(&content));
            let _ = tls_not_required(&content);
            prop_assert!(subject(&content).is_none_or(|s| s.chars().all(|c| !c.is_control())));
            prop_assert!(own_hops(&content, "x") <= received_count(&content));
        }
    }
}
