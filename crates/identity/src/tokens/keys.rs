//! What an issuer publishes: its metadata (OpenID Connect Discovery 1.0, RFC 8414) and its keys (RFC 7517).

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use model::{HttpsUrl, Timestamp};
use serde::Deserialize;
use serde_json::Value;

/// Most keys of one issuer; those after them are not seen.
const MOST_KEYS: usize = 100;
/// Longest issuer and key id, in bytes.
const MAX_TEXT: usize = 1024;

/// The metadata, as far as they matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) keys: HttpsUrl,
}

/// An issuer's keys.
#[derive(Debug)]
pub(super) struct Keys {
    /// As the metadata have it.
    pub(super) issuer: String,
    /// When they were read.
    pub(super) read_at: Timestamp,
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

impl Metadata {
    /// Reads the document at AuthMetadataUrl.
    pub(super) fn read(document: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            jwks_uri: String,
        }
        let document: Document = serde_json::from_slice(document)
            .map_err(|_| "its metadata are no JSON document with issuer and jwks_uri".to_owned())?;
        let is_issuer = (1..=MAX_TEXT).contains(&document.issuer.len());
        if !is_issuer || document.issuer.contains(char::is_control) {
            return Err("the issuer in its metadata is empty or longer than 1,024 bytes".to_owned());
        }
        let keys = document.jwks_uri.parse();
        let keys = keys.map_err(|error| format!("jwks_uri in its metadata: {error}"))?;
        Ok(Self { issuer: document.issuer, keys })
    }
}

impl Keys {
    /// Reads the document at `jwks_uri`. Keys of other kinds and for other uses are passed over.
    pub(super) fn read(issuer: String, document: &[u8], now: Timestamp) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document)
            .map_err(|_| "what it has at jwks_uri is no JSON document with keys".to_owned())?;
        let keys = document.keys.into_iter().take(MOST_KEYS);
        let keys: Vec<Key> = keys.filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err("it publishes no key that tokens could be signed with".to_owned());
        }
        Ok(Self { issuer, read_at: now, keys })
    }

    /// Whether a key has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Those that a token with this head can be signed with: of that id, or where it names none, all of the kind.
    pub(super) fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &DecodingKey> {
        let fits = move |key: &&Key| {
            key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        self.keys.iter().filter(fits).map(|key| &key.key)
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let common = &jwk.common;
        let for_signatures = common
            .public_key_use
            .as_ref()
            .is_none_or(|u| *u == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|o| o.contains(&KeyOperations::Verify));
        let id = common.key_id.clone();
        if !for_signatures || id.as_ref().is_some_and(|id| id.len() > MAX_TEXT) {
            return None;
        }
        let mut algorithms = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms().to_vec(),
            AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                vec![Algorithm::EdDSA]
            }
            _ => return None,
        };
        if let Some(only) = common.key_algorithm {
            let only = Algorithm::try_from(only).ok()?;
            algorithms.retain(|algorithm| *algorithm == only);
        }
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (!algorithms.is_empty()).then_some(Self { id, algorithms, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn metadata() {
        let document = br#"{"issuer":"https://login.test/realms/mail","jwks_uri":"https://login.test/keys","x":[1]}"#;
        let metadata = Metadata::read(document).unwrap();
        assert_eq!(metadata.issuer, "https://login.test/realms/mail");
        assert_eq!(metadata.keys.to_string(), "https://login.test/keys");
        for bad in [
            "",
            "[]",
            r#"{"issuer":"a"}"#,
            r#"{"issuer":1,"jwks_uri":"https://login.test/keys"}"#,
            r#"{"issuer":"","jwks_uri":"https://login.test/keys"}"#,
            r#"{"issuer":"a","jwks_uri":"http://login.test/keys"}"#,
            r#"{"issuer":"a","jwks_uri":"file:///etc/passwd"}"#,
        ] {
            assert!(Metadata::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let ed = |more: &str| {
            format!(
                r#"{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"{more}}}"#
            )
        };
        let read = |keys: &[String]| {
            let document = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
            Keys::read("x".to_owned(), document.as_bytes(), NOW)
        };
        let odd = [
            r#"{"kty":"oct","k":"c2VjcmV0","kid":"a","alg":"HS256"}"#.to_owned(),
            r#"{"kty":"what","kid":"b"}"#.to_owned(),
            "17".to_owned(),
            r#"{"kty":"EC","crv":"P-521","x":"AA","y":"AA","kid":"c"}"#.to_owned(),
            ed(r#","kid":"d","use":"enc""#),
            ed(r#","kid":"e","key_ops":["sign"]"#),
            ed(r#","kid":"f","alg":"RS256""#),
            ed(r#","kid":"g","alg":"EdDSA-of-tomorrow""#),
            ed(&format!(r#","kid":"{}""#, "x".repeat(1025))),
        ];
        assert!(read(&odd).is_err());
        let mut all = odd.to_vec();
        all.push(ed(r#","kid":"good","use":"sig","alg":"EdDSA""#));
        let keys = read(&all).unwrap();
        assert_eq!(keys.len(), 1);
        assert!(keys.has("good") && !keys.has("a"));
        let fitting = |id, algorithm| keys.fitting(id, algorithm).count();
        assert_eq!(fitting(Some("good"), Algorithm::EdDSA), 1);
        assert_eq!(fitting(None, Algorithm::EdDSA), 1);
        assert_eq!(fitting(Some("good"), Algorithm::RS256), 0);
        assert_eq!(fitting(Some("other"), Algorithm::EdDSA), 0);
        let many: Vec<String> = (0..150).map(|n| ed(&format!(r#","kid":"{n}""#))).collect();
        assert_eq!(read(&many).unwrap().len(), 100);
    }
}
