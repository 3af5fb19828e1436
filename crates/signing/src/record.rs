//! The key record that a domain publishes (RFC 6376 section 3.6.1): its name and text, how it is
//! written into a zone, and whether what the DNS holds is the same.

use std::fmt::Write;

use model::DomainName;

use crate::Algorithm;

/// Longest character-string of a TXT record, in bytes (RFC 1035 section 3.3.14).
const LONGEST_STRING: usize = 255;

/// A key record to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The domain that signs.
    pub domain: DomainName,
    /// The selector.
    pub selector: String,
    /// The key's algorithm.
    pub algorithm: Algorithm,
    /// The public key, base64.
    pub public: String,
}

/// What was found where a record should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It.
    Published,
    /// No TXT record at all.
    Missing,
    /// Something else; what.
    Differs(String),
}

impl KeyRecord {
    /// Where it stands, below the domain: `selector._domainkey`.
    pub fn place(&self) -> String {
        format!("{}._domainkey", self.selector)
    }

    /// Its whole name, without a dot at the end.
    pub fn name(&self) -> String {
        format!("{}.{}", self.place(), self.domain)
    }

    /// Its text, as one piece.
    pub fn text(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.algorithm.key_type(), self.public)
    }

    /// The record as a line of a zone file, its text in strings of at most 255 bytes.
    pub fn zone_line(&self) -> String {
        let (text, mut line) = (self.text(), format!("{}. IN TXT", self.name()));
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(LONGEST_STRING));
            // Writing to a String does not fail.
            let _ = write!(line, " \"{now}\"");
            rest = later;
        }
        line
    }

    /// Compares with the TXT records of its name, each with its strings joined. Order of tags and
    /// blanks do not matter. Several records are a fault (RFC 6376 section 3.6.2.2): verifiers take
    /// one or another.
    pub fn find(&self, texts: &[String]) -> Finding {
        match texts {
            [] => Finding::Missing,
            [text] => self.compare(text),
            several => {
                Finding::Differs(format!("{} TXT records where one is allowed", several.len()))
            }
        }
    }

    fn compare(&self, text: &str) -> Finding {
        let tags = Tags::read(text);
        let differs = |what: &str| Finding::Differs(what.to_owned());
        if tags.get("v").is_some_and(|version| version != "DKIM1") {
            return differs("its v= is not DKIM1");
        }
        match tags.get("p").as_deref() {
            None => return differs("it has no p="),
            Some("") => return differs("its p= is empty: the key is revoked"),
            Some(key) if key != self.public => return differs("its p= is another key"),
            Some(_) => {}
        }
        let kind = tags.get("k").unwrap_or_else(|| "rsa".to_owned());
        if kind != self.algorithm.key_type() {
            return differs(&format!("its k= is not {}", self.algorithm.key_type()));
        }
        if tags.get("h").is_some_and(|hashes| !hashes.split(':').any(|hash| hash == "sha256")) {
            return differs("its h= does not allow sha256");
        }
        if tags.get("s").is_some_and(|uses| !uses.split(':').any(|u| u == "*" || u == "email")) {
            return differs("its s= does not allow email");
        }
        Finding::Published
    }
}

/// A tag list (RFC 6376 section 3.2).
struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Tags<'a> {
    fn read(text: &'a str) -> Self {
        let pairs = text.split(';').filter_map(|tag| tag.split_once('='));
        Self(pairs.map(|(name, value)| (name.trim(), value)).collect())
    }

    /// The value without any blanks: none belongs to those that are asked for.
    fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(found, _)| *found == name)?;
        Some(value.split_whitespace().collect())
    }
}
