//! Key records (RFC 6376 section 3.6.1, RFC 8463 section 4), and whether a key made a signature.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey},
};
use base64::Engine;

use super::signature::Method;
use crate::{encoding::TOLERANT, tags::Tags};

/// What a key is not whose service is another.
pub(super) const NOT_FOR_MAIL: &str = "the key is not for mail";

/// A key that may be used for mail, or for TLS reports.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    method: Method,
    bytes: Vec<u8>,
    /// Whether who signs must be of the domain itself, and not of one below it.
    pub(super) is_strict: bool,
    /// Whether it is for mail; one that is not is for TLS reports only (RFC 8460 section 3).
    pub(super) is_for_mail: bool,
}

impl PublicKey {
    /// Reads a record for a signature made by `method`.
    ///
    /// # Errors
    /// Why it has no key for it.
    pub(super) fn read(text: &str, method: Method) -> Result<Self, &'static str> {
        let tags = Tags::read(text).ok_or("unreadable key record")?;
        match tags.get("v") {
            Some(version)
                if tags.first().is_none_or(|(name, _)| name != "v") || version != "DKIM1" =>
            {
                return Err("unreadable key record");
            }
            _ => {}
        }
        let lists = |name: &str, wanted: &[&str]| {
            let list = tags.packed(name);
            list.is_none_or(|list| list.split(':').any(|word| wanted.contains(&word)))
        };
        if !lists("h", &["sha256"]) {
            return Err("the key does not allow sha256");
        }
        let is_for_mail = lists("s", &["*", "email"]);
        if !is_for_mail && !lists("s", &["tlsrpt"]) {
            return Err(NOT_FOR_MAIL);
        }
        let wanted = match method {
            Method::Rsa => "rsa",
            Method::Ed25519 => "ed25519",
        };
        if tags.get("k").unwrap_or("rsa") != wanted {
            return Err("a key of another kind");
        }
        let key = tags.packed("p").ok_or("a key record without a key")?;
        if key.is_empty() {
            return Err("key revoked");
        }
        let bytes = TOLERANT.decode(key).map_err(|_| "unreadable key")?;
        let is_strict =
            tags.packed("t").is_some_and(|flags| flags.split(':').any(|flag| flag == "s"));
        Ok(Self { method, bytes, is_strict, is_for_mail })
    }

    /// Whether it made `signature` of `input`. RSA keys of less than 1,024 bits make none (RFC 8301).
    pub(super) fn made(&self, input: &[u8], signature: &[u8]) -> bool {
        let verified = match self.method {
            Method::Rsa => {
                let rsa = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
                UnparsedPublicKey::new(rsa, &self.bytes).verify(input, signature)
            }
            Method::Ed25519 => {
                let hash = digest(&SHA256, input);
                UnparsedPublicKey::new(&ED25519, &self.bytes).verify(hash.as_ref(), signature)
            }
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_what_is_wrong_with_them() {
        let read = |text: &str, method| PublicKey::read(text, method).map(|key| key.is_strict);
        for (text, expected) in [
            ("v=DKIM1; k=rsa; p=AAAA", Ok(false)),
            ("p=AA AA", Ok(false)),
            ("v=DKIM1; t=y:s; h=sha1:sha256; s=email:x; p=AAAA; n=note", Ok(true)),
            ("v=DKIM1; s=*; p=AAAA;", Ok(false)),
            ("v=DKIM2; p=AAAA", Err("unreadable key record")),
            ("p=AAAA; v=DKIM1", Err("unreadable key record")),
            ("nothing", Err("unreadable key record")),
            ("v=DKIM1; p=", Err("key revoked")),
            ("v=DKIM1", Err("a key record without a key")),
            ("v=DKIM1; p=!", Err("unreadable key")),
            ("k=ed25519; p=AAAA", Err("a key of another kind")),
            ("h=sha1; p=AAAA", Err("the key does not allow sha256")),
            ("s=tlsrpt; p=AAAA", Ok(false)),
            ("s=fax; p=AAAA", Err("the key is not for mail")),
        ] {
            assert_eq!(read(text, Method::Rsa), expected, "{text}");
        }
        assert_eq!(read("k=ed25519; p=AAAA", Method::Ed25519), Ok(false));
        let is_for_mail =
            |text: &str| PublicKey::read(text, Method::Rsa).map(|key| key.is_for_mail);
        assert_eq!(is_for_mail("s=tlsrpt; p=AAAA"), Ok(false));
        assert_eq!(is_for_mail("s=tlsrpt:email; p=AAAA"), Ok(true));
        let rubbish = PublicKey::read("p=AAAA", Method::Rsa).unwrap();
        assert!(!rubbish.made(b"input", b"signature"));
    }
}
