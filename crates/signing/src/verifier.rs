//! A verifier for the tests: slow, by the letter of RFC 6376, and sharing nothing with the signer but
//! the libraries of cryptography and base64.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// What a signature says, by tag.
pub(crate) struct Signature {
    field: String,
    tags: Vec<(String, String)>,
}

impl Signature {
    pub(crate) fn tag(&self, name: &str) -> &str {
        self.tags.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

/// The header's fields, unfolded lines kept, and the body.
pub(crate) fn split(content: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut fields: Vec<Vec<u8>> = Vec::new();
    let mut rest = content;
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        let (line, after) = (&rest[..at + 2], &rest[at + 2..]);
        rest = after;
        match (line, fields.last_mut()) {
            (b"\r\n", _) => return (fields, rest.to_vec()),
            ([b' ' | b'\t', ..], Some(last)) => last.extend_from_slice(line),
            _ => fields.push(line.to_vec()),
        }
    }
    if !rest.is_empty() {
        fields.push(rest.to_vec());
    }
    (fields, Vec::new())
}

/// The signatures on top of `content`, and the content below them.
pub(crate) fn signatures(signed: &[u8]) -> Vec<Signature> {
    let (fields, _) = split(signed);
    let texts = fields.iter().map(|field| String::from_utf8_lossy(field).into_owned());
    texts
        .filter(|field| field.starts_with("DKIM-Signature:"))
        .map(|field| {
            let value = field.split_once(':').unwrap().1;
            let tags = value.split(';').filter_map(|tag| tag.split_once('='));
            let clean = |text: &str| text.split_whitespace().collect::<String>();
            let tags = tags.map(|(n, v)| (clean(n), clean(v))).collect();
            Signature { field, tags }
        })
        .collect()
}

/// Whether the signature holds for the message, with this `p=`.
pub(crate) fn verifies(signature: &Signature, message: &[u8], public: &str) -> Result<(), String> {
    let (header_form, body_form) = signature.tag("c").split_once('/').unwrap();
    let (fields, body) = split(message);
    let hash = digest(&SHA256, &canonical_body(body_form, &body));
    if STANDARD.encode(hash) != signature.tag("bh") {
        return Err("the body's hash is another".to_owned());
    }
    let mut input = Vec::new();
    let mut left: Vec<&Vec<u8>> = fields.iter().collect();
    for name in signature.tag("h").split(':') {
        let is_called = |field: &&Vec<u8>| {
            let text = String::from_utf8_lossy(field);
            text.split_once(':').is_some_and(|(n, _)| n.trim().eq_ignore_ascii_case(name))
        };
        if let Some(at) = left.iter().rposition(is_called) {
            input.extend(canonical_field(header_form, left.remove(at)));
            input.extend(b"\r\n");
        }
    }
    let start = signature.field.rfind("b=").unwrap() + 2;
    input.extend(canonical_field(header_form, &signature.field.as_bytes()[..start]));
    let bytes = STANDARD.decode(signature.tag("b")).map_err(|e| e.to_string())?;
    let public = STANDARD.decode(public).map_err(|e| e.to_string())?;
    let good = if signature.tag("a") == "ed25519-sha256" {
        let hash = digest(&SHA256, &input);
        UnparsedPublicKey::new(&ED25519, public).verify(hash.as_ref(), &bytes)
    } else {
        let rsa = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
        UnparsedPublicKey::new(rsa, public).verify(&input, &bytes)
    };
    good.map_err(|_| "the signature is not good".to_owned())
}

/// RFC 6376 sections 3.4.1 and 3.4.2, without the last line end.
pub(crate) fn canonical_field(form: &str, field: &[u8]) -> Vec<u8> {
    let field = field.strip_suffix(b"\r\n").unwrap_or(field);
    if form == "simple" {
        return field.to_vec();
    }
    let colon = field.iter().position(|b| *b == b':').unwrap();
    let name = field[..colon].trim_ascii().to_ascii_lowercase();
    let value: Vec<u8> =
        field[colon + 1..].iter().copied().filter(|b| !b"\r\n".contains(b)).collect();
    let words = value.split(|b| b" \t".contains(b)).filter(|word| !word.is_empty());
    let value: Vec<&[u8]> = words.collect();
    [&name[..], b":", &value.join(&b" "[..])].concat()
}

/// RFC 6376 sections 3.4.3 and 3.4.4.
pub(crate) fn canonical_body(form: &str, body: &[u8]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        lines.push(rest[..at].to_vec());
        rest = &rest[at + 2..];
    }
    if !rest.is_empty() {
        lines.push(rest.to_vec());
    }
    if form == "relaxed" {
        lines = lines.iter().map(|line| reduced(line)).collect();
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    if lines.is_empty() {
        return if form == "simple" { b"\r\n".to_vec() } else { Vec::new() };
    }
    let mut out = lines.join(&b"\r\n"[..]);
    out.extend(b"\r\n");
    out
}

fn reduced(line: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for &byte in line {
        let blank = b" \t".contains(&byte);
        if !blank || out.last() != Some(&b' ') {
            out.push(if blank { b' ' } else { byte });
        }
    }
    if out.last() == Some(&b' ') {
        out.pop();
    }
    out
}
