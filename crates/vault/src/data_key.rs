//! The directory data key: AES-256-GCM over everything secret that is stored.

use std::{fmt, io, path::Path, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, rand,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    Sealed, VaultError,
    file::{self, Access, damaged},
};

/// Marks the format of key files and sealed texts.
const V1: &str = "v1:";
const KEY_LEN: usize = 32;
/// What is hashed before the key, so that its fingerprint is no hash of it that somebody else keeps.
const FINGERPRINT: &[u8] = b"relais data key fingerprint\0";
/// Bytes of the hash that are shown.
const FINGERPRINT_LEN: usize = 16;

/// A 256-bit key that seals secrets; cheap to clone. A nonce is 96 random bits: one key is good
/// for some billions of secrets.
#[derive(Clone)]
pub struct DataKey(Arc<Inner>);

struct Inner {
    key: LessSafeKey,
    fingerprint: String,
}

impl DataKey {
    /// Reads the key from its file, or makes key and file (mode 0600) at the first start.
    ///
    /// The file is the only way to every sealed secret: where a directory exists already, a
    /// missing file means lost secrets, not a first start; the caller knows which it is.
    ///
    /// # Errors
    /// When the file is readable or writable by group or others, damaged, or cannot be read or
    /// written.
    pub fn load_or_create(path: &Path) -> Result<Self, VaultError> {
        if let Some(content) = file::read(path, Access::Private)? {
            return Self::from_file(path, &content);
        }
        let bytes = random_key()?;
        let text = Zeroizing::new(format!("{V1}{}\n", STANDARD.encode(*bytes)));
        file::write(path, text.as_bytes(), Access::Private)?;
        Self::from_bytes(&*bytes)
    }

    /// Reads the key from a file that must be there.
    ///
    /// # Errors
    /// When it is not, is readable or writable by group or others, damaged, or cannot be read.
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        let content = file::read(path, Access::Private)?;
        let content = content.ok_or_else(|| damaged(path, "it is missing"))?;
        Self::from_file(path, &content)
    }

    /// Writes a copy of the key file `from` to `to`, for its owner only, after it has been read as a
    /// key. A file that is there is not replaced.
    ///
    /// # Errors
    /// When there is no key in `from`, or `to` is there or cannot be written.
    pub fn copy(from: &Path, to: &Path) -> Result<Self, VaultError> {
        let content = file::read(from, Access::Private)?;
        let content = content.ok_or_else(|| damaged(from, "it is missing"))?;
        let key = Self::from_file(from, &content)?;
        if to.symlink_metadata().is_ok() {
            let source = io::Error::new(io::ErrorKind::AlreadyExists, "it is there already");
            return Err(VaultError::Io { path: to.to_owned(), source });
        }
        file::write(to, &content, Access::Private)?;
        Ok(key)
    }

    /// Tells this key from others and says nothing of it: 32 hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// A key that is kept nowhere: what it seals is lost with it. For tests and previews.
    pub fn ephemeral() -> Self {
        // Neither step fails on a machine that can do cryptography at all.
        loop {
            if let Ok(key) = random_key().and_then(|bytes| Self::from_bytes(&*bytes)) {
                return key;
            }
        }
    }

    /// Seals a secret for one use. `context` names that use, such as
    /// `send-connector/<guid>/password`; it is not stored, and [`DataKey::open`] needs the same,
    /// so that a secret copied to another place cannot be opened there.
    ///
    /// # Errors
    /// When the machine's cryptography fails.
    pub fn seal(&self, plaintext: &[u8], context: &str) -> Result<Sealed, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| VaultError::Crypto)?;
        let tag_room = AES_256_GCM.tag_len();
        let mut secret = Zeroizing::new(Vec::with_capacity(plaintext.len() + tag_room));
        secret.extend_from_slice(plaintext);
        self.0
            .key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut *secret,
            )
            .map_err(|_| VaultError::Crypto)?;
        let mut whole = Vec::with_capacity(NONCE_LEN + secret.len());
        whole.extend_from_slice(&nonce);
        whole.extend_from_slice(&secret);
        Ok(Sealed::from_text(format!("{V1}{}", STANDARD.encode(whole))))
    }

    /// Opens what [`DataKey::seal`] sealed with this key and the same context.
    ///
    /// # Errors
    /// [`VaultError::CannotOpen`] when the text is damaged or key or context are others.
    pub fn open(&self, sealed: &Sealed, context: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let whole = sealed
            .as_str()
            .strip_prefix(V1)
            .and_then(|text| STANDARD.decode(text).ok())
            .ok_or(VaultError::CannotOpen)?;
        let (nonce, ciphertext) =
            whole.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::CannotOpen)?;
        let mut secret = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .0
            .key
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut secret)
            .map_err(|_| VaultError::CannotOpen)?
            .len();
        secret.truncate(length);
        Ok(secret)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| VaultError::Crypto)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(FINGERPRINT);
        hash.update(bytes);
        let hash = hash.finish();
        let shown = hash.as_ref().iter().take(FINGERPRINT_LEN);
        let fingerprint = shown.map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(Arc::new(Inner { key: LessSafeKey::new(key), fingerprint })))
    }

    fn from_file(path: &Path, content: &[u8]) -> Result<Self, VaultError> {
        let bytes = std::str::from_utf8(content)
            .ok()
            .and_then(|text| text.trim_end().strip_prefix(V1))
            .and_then(|text| STANDARD.decode(text).ok())
            .map(Zeroizing::new)
            .filter(|bytes| bytes.len() == KEY_LEN)
            .ok_or_else(|| damaged(path, "it does not hold a data key"))?;
        Self::from_bytes(&bytes)
    }
}

fn random_key() -> Result<Zeroizing<[u8; KEY_LEN]>, VaultError> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    rand::fill(&mut *bytes).map_err(|_| VaultError::Crypto)?;
    Ok(bytes)
}

impl fmt::Debug for DataKey {
    /// Shows nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}
