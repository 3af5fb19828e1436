//! Whether a backup is as it was made, and could be restored: everything in it is read, the spool and the directory
//! are opened. Changes nothing.

use std::path::Path;

use spool::{Rescue, Summary};
use vault::{Authority, DataKey};

use crate::{BackupError, files, manifest::Manifest, sums};

/// What was found in a good backup.
#[derive(Debug)]
pub struct Verified {
    /// What it says of itself.
    pub manifest: Manifest,
    /// What is in its spool.
    pub spool: Summary,
    /// What is wrong in that, message by message: it was so on the server too, and keeps nothing from being
    /// restored.
    pub problems: Vec<String>,
    /// Whether the key was there and opens its secrets.
    pub key_fits: bool,
}

/// Problems in a spool that are shown.
const MOST_PROBLEMS: usize = 1000;

/// Reads all of the backup at `root`; with `key`, the file of its data key, whether that opens its secrets.
/// `here` is this version of Relais. Blocks.
///
/// # Errors
/// When it cannot be restored, with the reason.
pub fn verify(root: &Path, key: Option<&Path>, here: &str) -> Result<Verified, BackupError> {
    let manifest = Manifest::read(root, here)?;
    // First, because it is quick, and most likely to be wrong.
    let key = key.map(|file| key_for(&manifest, file)).transpose()?;
    check_files(root, &manifest)?;
    let data = root.join("data");
    let facts = directory::file_facts(&data.join("directory.db"))?;
    if facts.format != manifest.directory_format || facts.revision != manifest.directory_revision {
        return Err(BackupError::bad(root, "its directory is not the one that the manifest names"));
    }
    let rescue = Rescue::open(&data.join("spool"))?;
    if rescue.format() != manifest.spool.format {
        return Err(BackupError::bad(root, "its spool is not the one that the manifest names"));
    }
    let mut problems = Vec::new();
    let spool = rescue.verify(&mut |problem| {
        if problems.len() < MOST_PROBLEMS {
            problems.push(problem.to_string());
        }
    })?;
    if let Some(key) = &key {
        Authority::load(&data.join("keys"), key)?;
    }
    Ok(Verified { manifest, spool, problems, key_fits: key.is_some() })
}

/// The data key in `file`, when it is the one that the backup needs.
pub(crate) fn key_for(manifest: &Manifest, file: &Path) -> Result<DataKey, BackupError> {
    let key = DataKey::load(file)?;
    if key.fingerprint() != manifest.key {
        return Err(BackupError::WrongKey {
            path: file.to_owned(),
            found: key.fingerprint().to_owned(),
            needed: manifest.key.chars().filter(|c| !c.is_control()).take(64).collect(),
        });
    }
    Ok(key)
}

/// Every file on the list is there and as it was, and the list is the one that the manifest names.
fn check_files(root: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let mut bytes = 0_u64;
    let mut named: Vec<&str> = manifest.settings.iter().map(|s| s.file.as_str()).collect();
    named.extend(["data/directory.db", "data/spool/spool.db"]);
    let (lines, list) = sums::read(root, &mut |name, expected| {
        let file = files::open_in(root, name)?;
        let (sum, length) = files::sum_of(&root.join(name), file)?;
        if sum != expected {
            return Err(BackupError::bad(
                root,
                format!("{name} is not as it was written: its checksum is wrong"),
            ));
        }
        named.retain(|other| *other != name);
        bytes = bytes.saturating_add(length);
        Ok(())
    })?;
    if list != manifest.list || lines != manifest.files || bytes != manifest.bytes {
        let reason = format!(
            "{} is not the list that the manifest names ({lines} files with {bytes} bytes, not {} with {})",
            sums::LIST,
            manifest.files,
            manifest.bytes
        );
        return Err(BackupError::bad(root, reason));
    }
    match named.first() {
        Some(missing) => Err(BackupError::bad(root, format!("{missing} is not on its list"))),
        None => Ok(()),
    }
}
