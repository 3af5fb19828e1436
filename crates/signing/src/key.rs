//! Private keys: made here, handed out once as text for the store to seal, and read back from it.
//!
//! RSA keys have 2,048 or 4,096 bits (RFC 8301 asks for at least 1,024 and recommends 2,048);
//! Ed25519 keys are those of RFC 8463. What is secret is wiped from memory when it is dropped, and
//! `Debug` says nothing of it.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// `rsa-sha256` (RFC 6376 section 3.3.1): everybody verifies it.
    RsaSha256,
    /// `ed25519-sha256` (RFC 8463): small and quick; those who do not know it pass over it.
    Ed25519Sha256,
}

impl Algorithm {
    /// Both, in the order in which their signatures stand in a header.
    pub const ALL: [Self; 2] = [Self::RsaSha256, Self::Ed25519Sha256];

    /// The name in `a=`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::Ed25519Sha256 => "ed25519-sha256",
        }
    }

    /// The name in `k=` of a key record.
    pub const fn key_type(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa",
            Self::Ed25519Sha256 => "ed25519",
        }
    }
}

/// Why a key cannot be made or used. Never says anything of the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not a private key of this algorithm in PKCS#8, as base64.
    #[error("it is not a private key for {}", .0.name())]
    Unreadable(Algorithm),
    /// RSA keys have 2048 or 4096 bits here.
    #[error("an RSA key has 2048 or 4096 bits, not {0}")]
    Size(u32),
    /// The machine's cryptography failed.
    #[error("the machine's cryptography failed")]
    Crypto,
}

/// A key that can sign. Can be shared by threads.
pub struct PrivateKey(Pair);

enum Pair {
    Rsa(Box<rsa::KeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A key that has just been made, as it is stored and published.
pub struct NewKey {
    /// The private key: PKCS#8, base64. To be sealed at once.
    pub private: Zeroizing<String>,
    /// What stands in `p=` of the key record.
    pub public: String,
}

impl NewKey {
    /// Makes a key. `bits` is for RSA: 2048 or 4096; it takes from a tenth of a second to some seconds.
    ///
    /// # Errors
    /// Another number of bits, or when the machine's cryptography fails.
    pub fn make(algorithm: Algorithm, bits: u32) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::RsaSha256 => {
                let size = match bits {
                    2048 => KeySize::Rsa2048,
                    4096 => KeySize::Rsa4096,
                    other => return Err(KeyError::Size(other)),
                };
                let pair = rsa::KeyPair::generate(size).map_err(|_| KeyError::Crypto)?;
                let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Crypto)?;
                Self::of(private.as_ref(), Pair::Rsa(Box::new(pair)))
            }
            Algorithm::Ed25519Sha256 => {
                let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Crypto)?;
                let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Crypto)?;
                Self::of(private.as_ref(), Pair::Ed25519(Box::new(pair)))
            }
        }
    }

    fn of(private: &[u8], pair: Pair) -> Result<Self, KeyError> {
        let private = Zeroizing::new(STANDARD.encode(private));
        Ok(Self { private, public: PrivateKey(pair).public()? })
    }
}

impl PrivateKey {
    /// Reads a key as [`NewKey::private`] gives it.
    ///
    /// # Errors
    /// When it is none of this algorithm.
    pub fn read(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let unreadable = KeyError::Unreadable(algorithm);
        let der = Zeroizing::new(STANDARD.decode(text).map_err(|_| unreadable)?);
        let pair = match algorithm {
            Algorithm::RsaSha256 => {
                rsa::KeyPair::from_pkcs8(&der).map(|pair| Pair::Rsa(Box::new(pair)))
            }
            Algorithm::Ed25519Sha256 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
                .map(|pair| Pair::Ed25519(Box::new(pair))),
        };
        pair.map(Self).map_err(|_| unreadable)
    }

    /// The algorithm of its signatures.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Pair::Rsa(_) => Algorithm::RsaSha256,
            Pair::Ed25519(_) => Algorithm::Ed25519Sha256,
        }
    }

    /// What stands in `p=` of the key record: for RSA the SubjectPublicKeyInfo, for Ed25519 the 32
    /// bytes of the key (RFC 8463 section 4), as base64.
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn public(&self) -> Result<String, KeyError> {
        Ok(match &self.0 {
            Pair::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> =
                    pair.public_key().as_der().map_err(|_| KeyError::Crypto)?;
                STANDARD.encode(der.as_ref())
            }
            Pair::Ed25519(pair) => STANDARD.encode(pair.public_key().as_ref()),
        })
    }

    /// Signs the SHA-256 of `message`, by PKCS#1 v1.5 or as PureEdDSA over the hash (RFC 8463
    /// section 3).
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(|_| KeyError::Crypto)?;
                Ok(signature)
            }
            Pair::Ed25519(pair) => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message);
                let signature = pair.try_sign(hash.as_ref()).map_err(|_| KeyError::Crypto)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.algorithm().name())
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("public", &self.public).finish_non_exhaustive()
    }
}
