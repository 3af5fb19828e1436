//! How a server that is new to its organization gets the organization's keys from one that has them.
//!
//! Both know a token: an administrator has carried it from one machine to the other. It never goes over the
//! network. The new server asks with an ephemeral X25519 key and proves by an HMAC that it knows the
//! token; the answer is sealed (AES-256-GCM) by a key that comes from both ephemeral keys, the token and the
//! question (HKDF-SHA256), so that nobody else can give it or read it. All of it goes through TLS besides, to a
//! server of the authority whose fingerprint the token carries.

use std::{fmt, str::FromStr};

use aws_lc_rs::{
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    hkdf::{HKDF_SHA256, Salt},
    hmac, rand,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use tls::Fingerprint;
use zeroize::Zeroizing;

use crate::{DataKey, Sealed, VaultError};

/// How a token begins, so that it is known for what it is.
const PREFIX: &str = "relais-join-";
const FINGERPRINT: usize = 32;
const ID: usize = 8;
const SECRET: usize = 32;
/// What the HMAC key, the tag and the sealing key are for.
const PROOF: &[u8] = b"relais join 1: proof";
const ASKED: &[u8] = b"relais join 1: asked";
const ANSWERED: &[u8] = b"relais join 1: answered";
/// What the sealed answer is.
const ANSWER: &str = "join/answer";

/// A token, as an administrator carries it. It is as good as the organization's keys while it is valid.
pub struct JoinToken {
    authority: Fingerprint,
    id: [u8; ID],
    secret: Zeroizing<[u8; SECRET]>,
}

impl JoinToken {
    /// A new one of an organization with this authority.
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn new(authority: Fingerprint) -> Result<Self, VaultError> {
        let (mut id, mut secret) = ([0; ID], Zeroizing::new([0; SECRET]));
        rand::fill(&mut id).map_err(|_| VaultError::Crypto)?;
        rand::fill(&mut *secret).map_err(|_| VaultError::Crypto)?;
        Ok(Self { authority, id, secret })
    }

    /// The text that is carried.
    pub fn text(&self) -> Zeroizing<String> {
        let mut whole = Zeroizing::new(Vec::with_capacity(FINGERPRINT + ID + SECRET));
        whole.extend_from_slice(self.authority.as_bytes());
        whole.extend_from_slice(&self.id);
        whole.extend_from_slice(&*self.secret);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*whole));
        Zeroizing::new(format!("{PREFIX}{}", &*encoded))
    }

    /// The organization's authority.
    pub fn authority(&self) -> Fingerprint {
        self.authority
    }

    /// What the server that made it keeps of it.
    pub fn proof(&self) -> TokenProof {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.secret);
        let tag = hmac::sign(&key, PROOF);
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(tag.as_ref());
        TokenProof { id: self.name(), key }
    }

    fn name(&self) -> String {
        self.id.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for JoinToken {
    type Err = VaultError;

    fn from_str(text: &str) -> Result<Self, VaultError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(VaultError::NoToken)?;
        let whole = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| VaultError::NoToken)?;
        let whole = Zeroizing::new(whole);
        let (fingerprint, rest) =
            whole.split_first_chunk::<FINGERPRINT>().ok_or(VaultError::NoToken)?;
        let (id, secret) = rest.split_first_chunk::<ID>().ok_or(VaultError::NoToken)?;
        let secret: &[u8; SECRET] = secret.try_into().map_err(|_| VaultError::NoToken)?;
        Ok(Self {
            authority: Fingerprint::from_bytes(*fingerprint),
            id: *id,
            secret: Zeroizing::new(*secret),
        })
    }
}

impl fmt::Debug for JoinToken {
    /// Shows nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinToken")
    }
}

/// What is derived from a token's secret: enough to judge questions and to seal answers, not to write the token
/// down again.
pub struct TokenProof {
    id: String,
    key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for TokenProof {
    /// Shows nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenProof")
    }
}

/// The new server's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// Which token. Not a secret.
    pub token: String,
    /// Its ephemeral public key, base64.
    pub key: String,
    /// Who asks for what; not to be read before the tag is right.
    pub request: String,
    /// Base64 of the HMAC over the rest.
    pub tag: String,
}

impl JoinRequest {
    fn signed(&self) -> Vec<u8> {
        let mut bytes = ASKED.to_vec();
        for part in [&self.token, &self.key, &self.request] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinAnswer {
    /// The answering server's ephemeral public key, base64.
    key: String,
    /// What it hands over.
    sealed: Sealed,
}

/// A question under way.
pub struct Joining {
    proof: TokenProof,
    private: EphemeralPrivateKey,
    asked: JoinRequest,
}

impl Joining {
    /// Asks with this token.
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn ask(token: &JoinToken, request: String) -> Result<Self, VaultError> {
        let proof = token.proof();
        let (private, key) = ephemeral()?;
        let mut asked = JoinRequest { token: token.name(), key, request, tag: String::new() };
        let tag = hmac::sign(&proof.hmac(), &asked.signed());
        asked.tag = STANDARD.encode(tag.as_ref());
        Ok(Self { proof, private, asked })
    }

    /// What is sent.
    pub fn asked(&self) -> &JoinRequest {
        &self.asked
    }

    /// What the answer hands over.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when the answer is not that of a server that knows the token, to this question.
    pub fn open(self, answer: &JoinAnswer) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let other = STANDARD.decode(&answer.key).map_err(|_| VaultError::CannotOpen)?;
        let key = self.proof.sealing_key(self.private, &other, (&self.asked, &answer.key))?;
        key.open(&answer.sealed, ANSWER)
    }
}

impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joining").field("token", &self.asked.token).finish_non_exhaustive()
    }
}

impl TokenProof {
    /// Which token it is of. Not a secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether who asks knows the token.
    pub fn is_of(&self, request: &JoinRequest) -> bool {
        let Ok(tag) = STANDARD.decode(&request.tag) else { return false };
        request.token == self.id && hmac::verify(&self.hmac(), &request.signed(), &tag).is_ok()
    }

    /// Hands `secret` over to who has asked.
    ///
    /// # Errors
    /// When the question's key is none, or the machine's cryptography fails.
    pub fn answer(&self, request: &JoinRequest, secret: &[u8]) -> Result<JoinAnswer, VaultError> {
        let other = STANDARD.decode(&request.key).map_err(|_| VaultError::CannotOpen)?;
        let (private, key) = ephemeral()?;
        let sealing = self.sealing_key(private, &other, (request, &key))?;
        Ok(JoinAnswer { sealed: sealing.seal(secret, ANSWER)?, key })
    }

    fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &*self.key)
    }

    /// The key of one answer to one question.
    fn sealing_key(
        &self,
        own: EphemeralPrivateKey,
        other: &[u8],
        (asked, answering): (&JoinRequest, &str),
    ) -> Result<DataKey, VaultError> {
        let other = UnparsedPublicKey::new(&X25519, other);
        agree_ephemeral(own, other, VaultError::CannotOpen, |shared| {
            let secret = Salt::new(HKDF_SHA256, &*self.key).extract(shared);
            let signed = asked.signed();
            let about = [ANSWERED, &signed, asked.tag.as_bytes(), answering.as_bytes()];
            let mut key = Zeroizing::new([0; 32]);
            secret
                .expand(&about, HKDF_SHA256)
                .and_then(|expanded| expanded.fill(&mut *key))
                .map_err(|_| VaultError::Crypto)?;
            DataKey::from_bytes(&*key)
        })
    }
}

fn ephemeral() -> Result<(EphemeralPrivateKey, String), VaultError> {
    let private = EphemeralPrivateKey::generate(&X25519, &rand::SystemRandom::new())
        .map_err(|_| VaultError::Crypto)?;
    let public = private.compute_public_key().map_err(|_| VaultError::Crypto)?;
    Ok((private, STANDARD.encode(public.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> JoinToken {
        JoinToken::new(Fingerprint::from_bytes([7; 32])).unwrap()
    }

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = token();
        let text = token.text();
        let read: JoinToken = text.parse().unwrap();
        assert_eq!((read.authority(), &*read.text()), (token.authority(), &*text));
        assert_eq!(format!("{token:?} {:?}", token.proof()), "JoinToken TokenProof");
        for wrong in ["", "relais-join-", "relais-join-AAAA", &text[1..], &text[..text.len() - 4]] {
            assert!(matches!(wrong.parse::<JoinToken>(), Err(VaultError::NoToken)), "{wrong}");
        }
    }

    #[test]
    fn only_who_knows_the_token_asks_and_reads() {
        let (token, other) = (token(), token());
        let joining = Joining::ask(&token, "MBX02".to_owned()).unwrap();
        let asked = joining.asked().clone();
        assert_eq!(asked.request, "MBX02");
        assert!(token.proof().is_of(&asked) && !other.proof().is_of(&asked));
        // Nothing of the token goes over the network.
        let sent = serde_json::to_string(&asked).unwrap();
        assert!(!sent.contains(&token.text()[60..]), "{sent}");
        for changed in [
            JoinRequest { request: "MBX03".to_owned(), ..asked.clone() },
            JoinRequest { key: ephemeral().unwrap().1, ..asked.clone() },
            JoinRequest { tag: String::new(), ..asked.clone() },
        ] {
            assert!(!token.proof().is_of(&changed), "{changed:?}");
        }
        let answer = token.proof().answer(&asked, b"the keys").unwrap();
        assert!(!serde_json::to_string(&answer).unwrap().contains("keys"));
        assert_eq!(&*joining.open(&answer).unwrap(), b"the keys");
    }

    #[test]
    fn an_answer_of_another_token_or_question_is_not_read() {
        let (token, other) = (token(), token());
        let ask = || Joining::ask(&token, "MBX02".to_owned()).unwrap();
        let forged = {
            let joining = ask();
            let answer = other.proof().answer(joining.asked(), b"mine").unwrap();
            joining.open(&answer)
        };
        assert!(matches!(forged, Err(VaultError::CannotOpen)), "{forged:?}");
        let (first, second) = (ask(), ask());
        let answer = token.proof().answer(first.asked(), b"the keys").unwrap();
        assert!(matches!(second.open(&answer), Err(VaultError::CannotOpen)));
        let no_key = JoinRequest { key: "AA==".to_owned(), ..first.asked().clone() };
        assert!(token.proof().answer(&no_key, b"").is_err());
    }
}
