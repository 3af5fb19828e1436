//! The files with the organization's keys, as one server hands them to another.

use std::{fmt, path::Path};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::{
    VaultError,
    authority::{CERTIFICATE_FILE, KEY_FILE},
    file::{self, Access, damaged},
};

/// The data key's file.
const DATA_KEY_FILE: &str = "data.key";

/// The data key and the authority, as they are in the directory `keys`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFiles {
    data_key: Secret,
    authority: String,
    /// Sealed with the data key.
    authority_key: String,
}

/// A text that is wiped when it is dropped.
struct Secret(Zeroizing<String>);

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl KeyFiles {
    /// Reads them from the directory `keys`.
    ///
    /// # Errors
    /// When one is missing, exposed, or cannot be read.
    pub fn read(keys: &Path) -> Result<Self, VaultError> {
        Ok(Self {
            data_key: Secret(text(keys, DATA_KEY_FILE, Access::Private)?),
            authority: text(keys, CERTIFICATE_FILE, Access::Public)?.to_string(),
            authority_key: text(keys, KEY_FILE, Access::Private)?.to_string(),
        })
    }

    /// Writes them to the directory `keys`, which is made when it is missing.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(&self, keys: &Path) -> Result<(), VaultError> {
        file::write(&keys.join(DATA_KEY_FILE), self.data_key.0.as_bytes(), Access::Private)?;
        file::write(&keys.join(KEY_FILE), self.authority_key.as_bytes(), Access::Private)?;
        file::write(&keys.join(CERTIFICATE_FILE), self.authority.as_bytes(), Access::Public)
    }

    /// Takes the secret ones away from a server that is not the organization's any more. Those that are
    /// gone already are no reason to fail.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn remove(keys: &Path) -> Result<(), VaultError> {
        for name in [DATA_KEY_FILE, KEY_FILE] {
            let path = keys.join(name);
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(VaultError::Io { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl fmt::Debug for KeyFiles {
    /// Shows nothing of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFiles")
    }
}

fn text(keys: &Path, name: &str, access: Access) -> Result<Zeroizing<String>, VaultError> {
    let path = keys.join(name);
    let missing = || damaged(&path, "it is missing");
    let content = file::read(&path, access)?.ok_or_else(missing)?;
    let text = std::str::from_utf8(&content).map_err(|_| damaged(&path, "it is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use model::SystemClock;

    use super::*;
    use crate::{Authority, DataKey};

    #[test]
    fn a_key_is_copied_known_again_and_told_from_others() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let (from, to) = (place.path().join("data.key"), place.path().join("copy"));
        assert!(DataKey::load(&from).is_err());
        let key = DataKey::load_or_create(&from).unwrap();
        let sealed = key.seal(b"secret", "use").unwrap();
        assert_eq!(DataKey::copy(&from, &to).unwrap().fingerprint(), key.fingerprint());
        assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        let copy = DataKey::load(&to).unwrap();
        assert_eq!(&*copy.open(&sealed, "use").unwrap(), b"secret");
        assert_eq!(copy.fingerprint().len(), 32);
        assert_ne!(DataKey::ephemeral().fingerprint(), key.fingerprint());
        let said = DataKey::copy(&from, &to).unwrap_err().to_string();
        assert!(said.contains("it is there already"), "{said}");

        // Nothing is made where an authority is only looked for.
        assert!(Authority::load(place.path(), &key).is_err());
        let made = Authority::load_or_create(place.path(), &key, "Contoso", &SystemClock).unwrap();
        let read = Authority::load(place.path(), &copy).unwrap();
        assert_eq!(read.fingerprint(), made.fingerprint());
        assert!(Authority::load(place.path(), &DataKey::ephemeral()).is_err());
    }

    #[test]
    fn another_server_with_the_keys_is_of_the_same_organization() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert!(KeyFiles::read(here.path()).is_err());
        let key = DataKey::load_or_create(&here.path().join("data.key")).unwrap();
        let clock = SystemClock;
        let made = Authority::load_or_create(here.path(), &key, "Contoso", &clock).unwrap();
        let sealed = key.seal(b"secret", "use").unwrap();

        let files = KeyFiles::read(here.path()).unwrap();
        assert_eq!(format!("{files:?}"), "KeyFiles");
        let handed = Zeroizing::new(serde_json::to_vec(&files).unwrap());
        let keys = there.path().join("keys");
        serde_json::from_slice::<KeyFiles>(&handed).unwrap().write(&keys).unwrap();
        let key = DataKey::load_or_create(&keys.join("data.key")).unwrap();
        assert_eq!(&*key.open(&sealed, "use").unwrap(), b"secret");
        let read = Authority::load_or_create(&keys, &key, "other", &clock).unwrap();
        assert_eq!(read.fingerprint(), made.fingerprint());

        KeyFiles::remove(&keys).unwrap();
        KeyFiles::remove(&keys).unwrap();
        assert!(!keys.join("data.key").exists() && !keys.join("authority.key").exists());
        assert!(keys.join("authority.pem").exists());
    }
}
