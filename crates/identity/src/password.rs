//! How a password is kept (RFC 9106, RFC 5802, RFC 7677) and compared.

use std::{fmt, num::NonZeroU32};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac, pbkdf2,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use directory::{PasswordRecord, ScramRecord};
use thiserror::Error;
use zeroize::Zeroizing;

/// Longest password, in bytes of UTF-8.
pub const MAX_PASSWORD: usize = 1024;

/// Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_LEN: usize = 32;

/// PBKDF2 rounds behind the SCRAM keys; RFC 7677 asks for at least 4,096.
const SCRAM_ITERATIONS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();
const SALT_LEN: usize = 16;
const KEY_LEN: usize = 32;

/// What SCRAM-SHA-256 measures a proof by (RFC 5802 section 3). Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    /// The salt, 16 bytes.
    pub salt: Vec<u8>,
    /// The rounds of PBKDF2.
    pub rounds: NonZeroU32,
    /// StoredKey.
    pub stored_key: [u8; KEY_LEN],
    /// ServerKey.
    pub server_key: [u8; KEY_LEN],
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScramKeys")
    }
}

/// Why a password cannot be kept.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// It is empty or too long.
    #[error("a password has 1 to {MAX_PASSWORD} bytes")]
    Length,
    /// Hashing failed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// What is kept of a password of 1 to 1,024 bytes, never the password. Takes some hundredths of
/// a second of one core and 19 MiB by design: not for a thread that serves others.
///
/// For Argon2id the text is taken as it is typed. For SCRAM it is what the client will make of it by SASLprep
/// (RFC 4013), which changes nothing in ASCII; a text that SASLprep does not allow is taken as it is typed.
///
/// # Errors
/// When the password is empty or too long.
pub fn hash_password(password: &str) -> Result<PasswordRecord, IdentityError> {
    if password.is_empty() || password.len() > MAX_PASSWORD {
        return Err(IdentityError::Length);
    }
    let argon2id = argon2()
        .and_then(|argon2| argon2.hash_password(password.as_bytes()).map_err(|e| e.to_string()))
        .map_err(IdentityError::Hash)?
        .to_string();
    Ok(PasswordRecord {
        argon2id,
        scram_sha_256: scram(password, &rand::random::<[u8; SALT_LEN]>()),
    })
}

/// Whether the password belongs to this PHC text; `false` too for a text that is none.
pub(crate) fn matches(phc: &str, password: &str) -> bool {
    let (Ok(hash), Ok(argon2)) = (PasswordHash::new(phc), argon2()) else { return false };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

/// A PHC text that no known password belongs to; comparing with it costs what every
/// comparison costs.
pub(crate) fn nobodys_phc() -> String {
    let salt = STANDARD_NO_PAD.encode(rand::random::<[u8; SALT_LEN]>());
    let output = STANDARD_NO_PAD.encode(rand::random::<[u8; OUTPUT_LEN]>());
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

fn argon2() -> Result<Argon2<'static>, String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_LEN));
    let params = params.map_err(|e| e.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Keys that no known password belongs to: for users that there are not, the same every time for one name.
pub(crate) fn nobodys_keys(key: &hmac::Key, user: &str) -> ScramKeys {
    let derive = |what: &str| {
        let mut context = hmac::Context::with_key(key);
        context.update(what.as_bytes());
        context.update(&[0]);
        context.update(user.as_bytes());
        let mut derived = [0; KEY_LEN];
        derived.copy_from_slice(context.sign().as_ref());
        derived
    };
    ScramKeys {
        salt: derive("salt").into_iter().take(SALT_LEN).collect(),
        rounds: SCRAM_ITERATIONS,
        stored_key: derive("stored key"),
        server_key: derive("server key"),
    }
}

/// What is kept, ready to be used; `None` where it is damaged.
pub(crate) fn scram_keys(record: &ScramRecord) -> Option<ScramKeys> {
    let key = |base64: &str| <[u8; KEY_LEN]>::try_from(STANDARD.decode(base64).ok()?).ok();
    Some(ScramKeys {
        salt: STANDARD.decode(&record.salt).ok()?,
        rounds: NonZeroU32::new(record.iterations)?,
        stored_key: key(&record.stored_key)?,
        server_key: key(&record.server_key)?,
    })
}

fn scram(password: &str, salt: &[u8]) -> ScramRecord {
    let prepared = stringprep::saslprep(password).map(|text| Zeroizing::new(text.into_owned()));
    let prepared = prepared.ok().filter(|text| !text.is_empty());
    let password = prepared.as_ref().map_or(password, |text| text.as_str());
    let mut salted = Zeroizing::new([0_u8; 32]);
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        SCRAM_ITERATIONS,
        salt,
        password.as_bytes(),
        &mut *salted,
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, &*salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let server_key = hmac::sign(&key, b"Server Key");
    ScramRecord {
        salt: STANDARD.encode(salt),
        iterations: SCRAM_ITERATIONS.get(),
        stored_key: STANDARD.encode(digest(&SHA256, client_key.as_ref())),
        server_key: STANDARD.encode(server_key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_record_only() {
        let record = hash_password("pässword").unwrap();
        assert!(record.argon2id.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches(&record.argon2id, "pässword"));
        assert!(!matches(&record.argon2id, "passwort"));
        assert!(!matches(&nobodys_phc(), "pässword"));
        assert!(!matches("", "") && !matches("$argon2id$", "x"));
        let again = hash_password("pässword").unwrap();
        assert_ne!(record.argon2id, again.argon2id);
        assert_ne!(record.scram_sha_256.salt, again.scram_sha_256.salt);
        assert!(matches!(hash_password(""), Err(IdentityError::Length)));
        assert!(matches!(hash_password(&"x".repeat(1025)), Err(IdentityError::Length)));
        hash_password(&"x".repeat(1024)).unwrap();
    }

    /// RFC 5802 section 2.2: what the client makes of the password before it hashes it counts.
    #[test]
    fn scram_keys_are_of_the_prepared_password() {
        let keys = |password: &str| scram(password, b"0123456789abcdef").stored_key;
        assert_eq!(keys("pa\u{308}ss\u{ad}word"), keys("p\u{e4}ssword"));
        assert_ne!(keys("p\u{e4}ssword"), keys("password"));
        // Not allowed, and not refused either.
        assert_ne!(keys("bell\u{7}"), keys("bell"));
        // Nothing would be left of it.
        assert_ne!(keys("\u{ad}"), keys(""));
    }

    /// A client that knows the password proves it against what is kept (RFC 5802 section 3).
    #[test]
    fn scram_keys_verify_a_clients_proof() {
        let record = scram("pencil", b"0123456789abcdef");
        let salt = STANDARD.decode(&record.salt).unwrap();
        let mut salted = [0_u8; 32];
        let rounds = NonZeroU32::new(record.iterations).unwrap();
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, b"pencil", &mut salted);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
        let client_key = hmac::sign(&key, b"Client Key");
        let stored_key = STANDARD.decode(&record.stored_key).unwrap();
        let message = b"n=user,r=nonce";
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &stored_key), message);
        let proof: Vec<u8> =
            client_key.as_ref().iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        let recovered: Vec<u8> = proof.iter().zip(signature.as_ref()).map(|(a, b)| a ^ b).collect();
        assert_eq!(digest(&SHA256, &recovered).as_ref(), stored_key);
        let server_key = STANDARD.decode(&record.server_key).unwrap();
        assert_eq!(hmac::sign(&key, b"Server Key").as_ref(), server_key);
    }
}
