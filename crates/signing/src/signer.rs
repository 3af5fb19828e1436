//! Signs messages for one domain, with one key of each algorithm.

use model::{DomainName, Timestamp};

use crate::{
    BodyHash, Canonicalization, KeyError, PrivateKey,
    fields::{Field, Header, Selection},
    signature::{self, Draft},
};

/// A key and the selector under which its record is published.
#[derive(Debug)]
pub struct Key {
    /// The selector.
    pub selector: String,
    /// The key.
    pub key: PrivateKey,
}

/// Signs for a domain. Can be shared by threads.
#[derive(Debug)]
pub struct Signer {
    /// The domain, `d=`.
    pub domain: DomainName,
    /// One signature is made with each, in this order from the top of the header.
    pub keys: Vec<Key>,
    /// Of the header.
    pub header: Canonicalization,
    /// Of the body.
    pub body: Canonicalization,
}

/// Why a message could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// There is no key.
    #[error("there is no key to sign with")]
    NoKey,
    /// A key failed.
    #[error("the key {selector} failed: {error}")]
    Key {
        /// Its selector.
        selector: String,
        /// How.
        error: KeyError,
    },
}

impl Signer {
    /// The DKIM-Signature fields for `content`, each with a line end, to be put on top of it. They
    /// hold for the content with any other fields on top that are not signed ([`crate::is_signed`]).
    /// The time in `t=` is `at`, in whole seconds.
    ///
    /// # Errors
    /// When there is no key, or one fails. A message is never signed with some of the keys.
    pub fn sign(&self, content: &[u8], at: Timestamp) -> Result<String, SigningError> {
        if self.keys.is_empty() {
            return Err(SigningError::NoKey);
        }
        let Header { fields, body } = Header::find(content);
        let body_hash = BodyHash::of(self.body, body);
        let selection = Selection::of(&fields, self.header);
        let mut signatures = String::new();
        for Key { selector, key } in &self.keys {
            let draft = Draft {
                algorithm: key.algorithm(),
                header: self.header,
                body: self.body,
                domain: self.domain.as_str(),
                selector,
                at,
                names: &selection.names,
                body_hash: &body_hash,
            };
            let unsigned = draft.unsigned();
            let mut input = selection.canonical.clone();
            append(&unsigned, self.header, &mut input);
            let signature = key
                .sign(&input)
                .map_err(|error| SigningError::Key { selector: selector.clone(), error })?;
            signatures.push_str(&signature::signed(unsigned, &signature));
        }
        Ok(signatures)
    }
}

/// Appends the canonical form of the signature field itself, which has no line end (RFC 6376
/// section 3.7).
fn append(unsigned: &str, form: Canonicalization, input: &mut Vec<u8>) {
    if let Some(field) = Field::read(unsigned.as_bytes()) {
        field.write(form, input);
    }
}
