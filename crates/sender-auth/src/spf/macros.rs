//! Macros of SPF (RFC 7208 section 7): a domain-spec is read once and expanded for one message.

use std::fmt::Write;

/// Longest name that comes of an expansion; labels on the left of a longer one are dropped (section 7.3).
const LONGEST_NAME: usize = 253;

/// A domain-spec, or another text with macros, that is well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Macro(Macro),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Macro {
    /// In lower case.
    letter: char,
    /// Written in upper case: what it gives is escaped as in a URL.
    is_escaped: bool,
    /// How many parts on the right are kept; 0 for all.
    keep: usize,
    is_reversed: bool,
    delimiters: String,
}

/// What the letters stand for.
pub(crate) struct Values<'a> {
    /// `l`
    pub(crate) local: &'a str,
    /// `o`: the sender's domain.
    pub(crate) sender_domain: &'a str,
    /// `d`: the domain whose record is read.
    pub(crate) domain: &'a str,
    /// `i`, and `v` by its family.
    pub(crate) client: std::net::IpAddr,
    /// `p`
    pub(crate) validated: &'a str,
    /// `h`
    pub(crate) hello: &'a str,
}

impl Template {
    /// Reads a domain-spec: it ends with a macro, or a dot and a label that is not of digits alone.
    pub(crate) fn domain(text: &str) -> Option<Self> {
        let template = Self::read(text, "slodiphv")?;
        let ends_well = match template.0.last()? {
            Piece::Macro(_) => true,
            Piece::Text(_) => ends_with_label(text),
        };
        ends_well.then_some(template)
    }

    /// Reads a text with macros of any letter (`macro-string`).
    pub(crate) fn text(text: &str) -> Option<Self> {
        Self::read(text, "slodiphvcrt")
    }

    fn read(text: &str, letters: &str) -> Option<Self> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find('%') {
            let (before, after) = rest.split_at(at);
            plain.push_str(before);
            let mut chars = after.chars();
            chars.next();
            let written = match chars.next()? {
                '%' => "%",
                '_' => " ",
                '-' => "%20",
                '{' => {
                    let (inner, behind) = chars.as_str().split_once('}')?;
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Macro(Macro::read(inner, letters)?));
                    rest = behind;
                    continue;
                }
                _ => return None,
            };
            plain.push_str(written);
            rest = chars.as_str();
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        text.bytes().all(|b| b.is_ascii_graphic()).then_some(Self(pieces))
    }

    /// Whether the validated name of the client has to be known first.
    pub(crate) fn needs_validated(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Macro(Macro { letter: 'p', .. })))
    }

    /// The name it gives, without a dot at its end, in at most 253 bytes.
    pub(crate) fn expand(&self, values: &Values<'_>) -> String {
        let mut name = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Macro(found) => found.expand(values, &mut name),
            }
        }
        let mut name = name.strip_suffix('.').unwrap_or(&name);
        while name.len() > LONGEST_NAME {
            let Some((_, rest)) = name.split_once('.') else { return String::new() };
            name = rest;
        }
        name.to_owned()
    }
}

/// Whether the text ends with a dot, a label that may be a top-level one, and perhaps another dot. `%%` and
/// the like end a domain-spec too.
fn ends_with_label(text: &str) -> bool {
    if ["%%", "%_", "%-"].iter().any(|end| text.ends_with(end)) {
        return true;
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    let Some((_, label)) = text.rsplit_once('.') else { return false };
    let is_made_of = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let has_letter = label.bytes().any(|b| !b.is_ascii_digit());
    !label.is_empty()
        && is_made_of
        && has_letter
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl Macro {
    fn read(inner: &str, letters: &str) -> Option<Self> {
        let given = inner.chars().next()?;
        let letter = given.to_ascii_lowercase();
        if !letters.contains(letter) {
            return None;
        }
        let rest = &inner[given.len_utf8()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at(digits);
        // As many parts as no name has are all of them.
        let keep = if number.is_empty() { 0 } else { number.parse().unwrap_or(usize::MAX) };
        if !number.is_empty() && keep == 0 {
            return None;
        }
        let reversed = rest.strip_prefix(['r', 'R']);
        let delimiters = reversed.unwrap_or(rest);
        if !delimiters.chars().all(|c| ".-+,/_=".contains(c)) {
            return None;
        }
        let delimiters = if delimiters.is_empty() { "." } else { delimiters }.to_owned();
        Some(Self {
            letter,
            is_escaped: given.is_ascii_uppercase(),
            keep,
            is_reversed: reversed.is_some(),
            delimiters,
        })
    }

    fn expand(&self, values: &Values<'_>, out: &mut String) {
        let value = values.of(self.letter);
        let mut parts: Vec<&str> = value.split(|c| self.delimiters.contains(c)).collect();
        if self.is_reversed {
            parts.reverse();
        }
        let left_out = if self.keep == 0 { 0 } else { parts.len().saturating_sub(self.keep) };
        let joined = parts.split_off(left_out).join(".");
        if !self.is_escaped {
            return out.push_str(&joined);
        }
        for byte in joined.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(byte));
            } else {
                // Writing to a String does not fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

impl Values<'_> {
    fn of(&self, letter: char) -> String {
        match letter {
            's' => format!("{}@{}", self.local, self.sender_domain),
            'l' => self.local.to_owned(),
            'o' => self.sender_domain.to_owned(),
            'd' => self.domain.to_owned(),
            'i' => dotted(self.client),
            'p' => self.validated.to_owned(),
            'v' => if self.client.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
            'h' => self.hello.to_owned(),
            _ => String::new(),
        }
    }
}

/// An IPv6 address as 32 digits with dots between them.
fn dotted(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => {
            let digits: Vec<String> = v6
                .octets()
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|digit| format!("{digit:x}"))
                .collect();
            digits.join(".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7208 section 7.4.
    #[test]
    fn expands_as_the_rfc_shows() {
        let v4 = |text: &str| expanded(text, "192.0.2.3");
        for (text, expected) in [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d3}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
            ("%{S}.example", "strong-bad%40email.example.com.example"),
        ] {
            assert_eq!(v4(text), expected, "{text}");
        }
        assert_eq!(
            expanded("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01"),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"
        );
    }

    fn expanded(text: &str, client: &str) -> String {
        let values = Values {
            local: "strong-bad",
            sender_domain: "email.example.com",
            domain: "email.example.com",
            client: client.parse().unwrap(),
            validated: "unknown",
            hello: "mail.example.org",
        };
        Template::domain(text).unwrap().expand(&values)
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for bad in [
            "",
            "%",
            "%{",
            "%{d",
            "%{}",
            "%{x}.a",
            "%{d0}",
            "%{d2x}",
            "%(d)",
            "%{c}",
            "%{r}",
            "%{t}",
            "localhost",
            "example.com/",
            "example.1",
            "example.-a",
            "exa mple.com",
            "a.caf\u{e9}",
        ] {
            assert_eq!(Template::domain(bad), None, "{bad}");
        }
        assert!(Template::text("%{c}%{t}").is_some());
        let long = format!("{}example.com", "%{d}.".repeat(100));
        let name = expanded(&long, "192.0.2.3");
        assert!(name.len() <= LONGEST_NAME && name.ends_with("email.example.com.example.com"));
    }
}
