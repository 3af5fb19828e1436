//! Signature fields (RFC 6376 section 3.5; RFC 8617 section 4.1), and what they sign of a message.

use std::collections::HashMap;

use base64::Engine;
use model::Timestamp;
use signing::{BodyHash, Canonicalization, Field, Header, without_signature};

use crate::{
    encoding::TOLERANT,
    findings::AuthResult,
    names::{is_domain, is_within},
    tags::Tags,
};

/// Names in `h=` that are looked at: more than any header has.
const MOST_NAMES: usize = 500;

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Rsa,
    Ed25519,
}

/// Which field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// DKIM-Signature.
    Dkim,
    /// ARC-Message-Signature.
    ArcMessage,
    /// ARC-Seal, which signs other fields than the rest of the message.
    ArcSeal,
}

/// Why a signature cannot be good, whatever key made it.
pub(super) type Flaw = (AuthResult, &'static str);

/// What a field says.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) method: Method,
    pub(super) domain: String,
    pub(super) selector: String,
    /// The domain of `i=`.
    pub(super) agent: String,
    pub(super) value: Vec<u8>,
    header_form: Canonicalization,
    body_form: Canonicalization,
    names: Vec<String>,
    body_hash: Vec<u8>,
    length: Option<u64>,
    expires: Option<u64>,
}

/// Who signed, as far as it can be read of any field: domain, selector, beginning of the signature.
pub(super) fn who(text: &str) -> [String; 3] {
    let value = |name: &str| {
        let tags = text.split(';').filter_map(|tag| tag.split_once('='));
        let found = tags.filter(|(n, _)| n.trim() == name).map(|(_, value)| value).next();
        found.unwrap_or_default().split_whitespace().collect::<String>()
    };
    // Eight characters tell signatures apart (RFC 6008).
    let beginning: String = value("b").chars().take(8).collect();
    [value("d").to_ascii_lowercase(), value("s"), beginning]
}

impl Signature {
    /// Reads the value of a field.
    pub(super) fn read(text: &str, kind: Kind) -> Result<Self, Flaw> {
        let wrong = |why| (AuthResult::PermError, why);
        let tags = Tags::read(text).ok_or(wrong("unreadable signature"))?;
        if kind == Kind::Dkim && tags.get("v") != Some("1") {
            return Err(wrong("unknown version"));
        }
        let method = match tags.get("a") {
            Some("rsa-sha256") => Method::Rsa,
            Some("ed25519-sha256") => Method::Ed25519,
            Some("rsa-sha1") => return Err((AuthResult::Policy, "rsa-sha1 proves nothing")),
            _ => return Err(wrong("unknown algorithm")),
        };
        let domain = tags.packed("d").unwrap_or_default().to_ascii_lowercase();
        let selector = tags.packed("s").unwrap_or_default();
        if !is_domain(&format!("{selector}._domainkey.{domain}")) || !is_domain(&domain) {
            return Err(wrong("no domain or selector"));
        }
        let agent = match tags.packed("i") {
            Some(agent) if kind == Kind::Dkim => match agent.rsplit_once('@') {
                Some((_, agent)) => agent.to_ascii_lowercase(),
                None => return Err(wrong("unreadable i=")),
            },
            _ => domain.clone(),
        };
        if !is_within(&agent, &domain) {
            return Err(wrong("i= is of another domain"));
        }
        let decode = |name| TOLERANT.decode(tags.packed(name).unwrap_or_default());
        let value = decode("b").ok().filter(|value| !value.is_empty());
        let (header_form, body_form) =
            forms(tags.packed("c").as_deref()).ok_or(wrong("unknown c="))?;
        let mut signature = Self {
            method,
            domain,
            selector,
            agent,
            value: value.ok_or(wrong("unreadable b="))?,
            header_form,
            body_form,
            names: Vec::new(),
            body_hash: Vec::new(),
            length: number(tags.packed("l")).map_err(|()| wrong("unreadable l="))?,
            expires: number(tags.packed("x")).map_err(|()| wrong("unreadable x="))?,
        };
        if kind == Kind::ArcSeal {
            if tags.get("h").is_some() {
                return Err(wrong("a seal with h="));
            }
            signature.header_form = Canonicalization::Relaxed;
            return Ok(signature);
        }
        let names = tags.packed("h").unwrap_or_default().to_ascii_lowercase();
        signature.names = names.split(':').take(MOST_NAMES + 1).map(str::to_owned).collect();
        let has = |name: &str| signature.names.iter().any(|known| known == name);
        if !has("from") {
            return Err(wrong("From is not signed"));
        }
        if signature.names.len() > MOST_NAMES || (kind == Kind::ArcMessage && has("arc-seal")) {
            return Err(wrong("unusable h="));
        }
        if tags.packed("q").is_some_and(|ways| !ways.split(':').any(|way| way == "dns/txt")) {
            return Err(wrong("unknown q="));
        }
        let hash = decode("bh").ok().filter(|hash| hash.len() == 32);
        signature.body_hash = hash.ok_or(wrong("unreadable bh="))?;
        Ok(signature)
    }
}

fn forms(text: Option<&str>) -> Option<(Canonicalization, Canonicalization)> {
    let form = |name: &str| match name {
        "simple" => Some(Canonicalization::Simple),
        "relaxed" => Some(Canonicalization::Relaxed),
        _ => None,
    };
    let (header, body) = match text {
        None => ("simple", "simple"),
        Some(text) => text.split_once('/').unwrap_or((text, "simple")),
    };
    Some((form(header)?, form(body)?))
}

fn number(text: Option<String>) -> Result<Option<u64>, ()> {
    text.map(|text| text.parse().map_err(|_| ())).transpose()
}

/// A message, made ready for its signatures to be looked at: fields by name, hashes of the body.
pub(crate) struct Mail<'a> {
    pub(crate) header: Header<'a>,
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// Hash and length of the body's canonical form, once it has been asked for.
    simple: std::cell::OnceCell<([u8; 32], u64)>,
    relaxed: std::cell::OnceCell<([u8; 32], u64)>,
}

impl<'a> Mail<'a> {
    pub(crate) fn read(content: &'a [u8]) -> Self {
        let header = Header::all(content);
        let mut by_name: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (at, field) in header.fields.iter().enumerate() {
            by_name.entry(field.name.to_ascii_lowercase()).or_default().push(at);
        }
        Self { header, by_name, simple: Default::default(), relaxed: Default::default() }
    }

    /// The fields of this name, which is in lower case, in order.
    pub(crate) fn fields(&self, name: &str) -> impl Iterator<Item = Field<'a>> + '_ {
        let places = self.by_name.get(name.as_bytes()).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.header.fields.get(*at).copied())
    }

    fn body(&self, form: Canonicalization) -> ([u8; 32], u64) {
        let cell = match form {
            Canonicalization::Simple => &self.simple,
            Canonicalization::Relaxed => &self.relaxed,
        };
        *cell.get_or_init(|| {
            let mut hash = BodyHash::new(form);
            hash.update(self.header.body);
            hash.finish_with_length()
        })
    }

    /// What a signature field signed of this message.
    pub(super) fn signed(
        &self,
        field: &Field<'_>,
        signature: &Signature,
        now: Timestamp,
    ) -> Result<Vec<u8>, Flaw> {
        let seconds = u64::try_from(now.as_millis().max(0) / 1000).unwrap_or_default();
        if signature.expires.is_some_and(|expires| expires < seconds) {
            return Err((AuthResult::Fail, "signature expired"));
        }
        let (hash, length) = self.body(signature.body_form);
        match signature.length {
            Some(signed) if signed < length => {
                return Err((AuthResult::Policy, "l= leaves a part of the body unsigned"));
            }
            Some(signed) if signed > length => return Err((AuthResult::Fail, "body is too short")),
            _ => {}
        }
        if hash[..] != signature.body_hash {
            return Err((AuthResult::Fail, "body has been changed"));
        }
        let mut input = Vec::with_capacity(2048);
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for name in &signature.names {
            let Some(places) = self.by_name.get(name.as_bytes()) else { continue };
            let taken = taken.entry(name).or_default();
            // Of several with one name the lowest comes first; one more than there are is nothing. The
            // signature itself was not there when it was made.
            let others = places.iter().rev().filter_map(|at| self.header.fields.get(*at));
            let mut others = others.filter(|other| other.raw.as_ptr() != field.raw.as_ptr());
            if let Some(found) = others.nth(*taken) {
                *taken += 1;
                found.write(signature.header_form, &mut input);
                input.extend_from_slice(b"\r\n");
            }
        }
        itself(field, signature.header_form, &mut input)?;
        Ok(input)
    }
}

/// What a seal signed: other fields, and itself.
pub(super) fn sealed(before: &[Field<'_>], seal: &Field<'_>) -> Result<Vec<u8>, Flaw> {
    let mut input = Vec::with_capacity(4096);
    for field in before {
        field.write(Canonicalization::Relaxed, &mut input);
        input.extend_from_slice(b"\r\n");
    }
    itself(seal, Canonicalization::Relaxed, &mut input)?;
    Ok(input)
}

fn itself(field: &Field<'_>, form: Canonicalization, input: &mut Vec<u8>) -> Result<(), Flaw> {
    let flaw = (AuthResult::PermError, "unreadable signature");
    let bare = without_signature(field.raw).ok_or(flaw)?;
    Field::read(&bare).ok_or(flaw)?.write(form, input);
    Ok(())
}
