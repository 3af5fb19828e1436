//! Bringing a backup back into an empty data directory.
//!
//! What came back is older than what has happened: mail in it may have been delivered, numbers given out. So mail
//! is held unless the backup says that its server was moved with it, and message numbers
//! go on far above the last one in it.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

use model::Timestamp;
use spool::{Brought, DiskSpace, Lock, WhatWaits, bring_back};
use vault::DataKey;

use crate::{
    BackupError, files,
    manifest::{Manifest, State},
    moved, sums,
    verify::{self, Verified},
};

/// Message numbers that are left out after the last one in the backup, whatever its age.
const NUMBERS: u64 = 1_000_000_000;
/// And for each second that has passed since it was made: more than any server accepts.
const NUMBERS_A_SECOND: u64 = 100_000;
/// Never so many that they run out: a thousandth of all there are.
const MOST_NUMBERS: u64 = 1 << 43;
/// What may be in a directory that counts as empty: a disk of its own has it.
const OF_THE_DISK: &str = "lost+found";

/// What becomes of the mail that waits in the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// It is held until somebody has looked.
    Hold,
    /// It is sent.
    Send,
    /// It is not brought back; it stays in the backup.
    Drop,
}

/// Where a backup is brought back to, and how.
#[derive(Debug, Clone)]
pub struct Target {
    /// The data directory: empty, or not there.
    pub data: PathBuf,
    /// Where `relais.toml` is to be, if it is to be written.
    pub config: Option<PathBuf>,
    /// What becomes of mail that waits; else it is held, unless the server was moved with the backup.
    pub mail: Option<Mail>,
    /// The key of the queue in which mail is held.
    pub queue: String,
    /// Now.
    pub now: Timestamp,
    /// This version of Relais.
    pub version: &'static str,
}

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    /// The backup, as it was found.
    pub verified: Verified,
    /// What there was of mail.
    pub brought: Brought,
    /// What has become of it.
    pub mail: Mail,
    /// Settings files that were written, with where they had been on the old server.
    pub settings: Vec<(PathBuf, String)>,
}

/// Verifies the backup at `root`, then brings it back with the data key in the file `key`. Blocks.
///
/// # Errors
/// When the backup is not good, the key another one, the target in use or not empty, or something cannot be written;
/// a data directory that was written in part is refused by a server.
pub fn restore(root: &Path, key: &Path, target: &Target) -> Result<Restored, BackupError> {
    let data = &target.data;
    refuse_used(data)?;
    if let Some(config) = &target.config
        && fs::symlink_metadata(config).is_ok()
    {
        return Err(BackupError::Exists(config.clone()));
    }
    let verified = verify::verify(root, Some(key), target.version)?;
    let manifest = &verified.manifest;
    let mail = target.mail.unwrap_or(match manifest.state {
        State::Moved => Mail::Send,
        State::GoesOn => Mail::Hold,
    });
    files::make_directories(data)?;
    has_room(data, manifest)?;
    let private = fs::set_permissions(data, fs::Permissions::from_mode(0o700));
    private.map_err(BackupError::at(data))?;
    let lock = Lock::take(data)?;
    moved::begin_restore(data)?;
    copy_data(root, data)?;
    DataKey::copy(key, &data.join("keys/data.key"))?;
    let brought = bring_back(
        &data.join("spool"),
        &what_waits(mail, manifest, target),
        skip(manifest, target.now),
    )?;
    let settings = match &target.config {
        Some(config) => copy_settings(root, manifest, config)?,
        None => Vec::new(),
    };
    files::sync_tree(data)?;
    give_to_owner(data)?;
    moved::end_restore(data)?;
    drop(lock);
    Ok(Restored { verified, brought, mail, settings })
}

/// Nothing of a backup is mixed with what another server has.
fn refuse_used(data: &Path) -> Result<(), BackupError> {
    let listed = match fs::read_dir(data) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::at(data)(error)),
    };
    for entry in listed {
        let entry = entry.map_err(BackupError::at(data))?;
        if entry.file_name() != OF_THE_DISK {
            let reason = format!(
                "it is not empty: there is {}. A backup is restored into an empty directory",
                entry.path().display()
            );
            return Err(BackupError::place(data, reason));
        }
    }
    Ok(())
}

fn has_room(data: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    match DiskSpace::of(data) {
        Ok(space) if space.free < manifest.bytes => Err(BackupError::NoRoom {
            path: data.to_owned(),
            need: manifest.bytes,
            free: space.free,
        }),
        // Where the system does not say, the write itself will.
        _ => Ok(()),
    }
}

/// Everything below `data/` in the backup, held against the list once more as it is read.
fn copy_data(root: &Path, data: &Path) -> Result<(), BackupError> {
    sums::read(root, &mut |name, expected| {
        let Some(own) = name.strip_prefix("data/") else { return Ok(()) };
        let to = data.join(own);
        if let Some(parent) = to.parent() {
            files::make_directories(parent)?;
        }
        let from = files::open_in(root, name)?;
        let (sum, _) = files::copy((&root.join(name), from), &to)?;
        if sum != expected {
            let reason = format!("{name} has changed while it was restored");
            return Err(BackupError::bad(root, reason));
        }
        Ok(())
    })
    .map(|_| ())
}

/// The settings go to `config`; what they name into a directory beside it, from where an administrator puts it
/// in its place: a backup does not say where this machine's files are.
fn copy_settings(
    root: &Path,
    manifest: &Manifest,
    config: &Path,
) -> Result<Vec<(PathBuf, String)>, BackupError> {
    let mut written = Vec::new();
    for setting in &manifest.settings {
        let own = setting.file.rsplit('/').next().unwrap_or_default();
        let to = if setting.file == "config/relais.toml" {
            config.to_owned()
        } else {
            let mut beside = config.as_os_str().to_owned();
            beside.push(".files");
            PathBuf::from(beside).join(own)
        };
        if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            files::make_directories(parent)?;
        }
        let from = files::open_in(root, &setting.file)?;
        files::copy((&root.join(&setting.file), from), &to)?;
        written.push((to, setting.from.clone()));
    }
    Ok(written)
}

fn what_waits(mail: Mail, manifest: &Manifest, target: &Target) -> WhatWaits {
    match mail {
        Mail::Send => WhatWaits::Goes,
        Mail::Drop => WhatWaits::Dropped,
        Mail::Hold => WhatWaits::Held {
            queue: target.queue.clone(),
            reason: format!(
                "Held: restored from the backup of {}; it may have been delivered since",
                Timestamp::from_millis(manifest.made_at)
            ),
            now: target.now,
        },
    }
}

/// How many message numbers may have been given out since the backup was made.
fn skip(manifest: &Manifest, now: Timestamp) -> u64 {
    if manifest.state == State::Moved {
        return 0;
    }
    let age = now.since(Timestamp::from_millis(manifest.made_at));
    let seconds = age.as_millis() / 1000;
    NUMBERS.saturating_add(seconds.saturating_mul(NUMBERS_A_SECOND)).min(MOST_NUMBERS)
}

/// Where root restores, everything is whose the data directory is.
fn give_to_owner(data: &Path) -> Result<(), BackupError> {
    let owner = fs::metadata(data).map_err(BackupError::at(data))?;
    let (user, group) = (owner.uid(), owner.gid());
    let made = File::open(data.join("directory.db")).and_then(|file| file.metadata());
    let made = made.map_err(BackupError::at(data))?;
    if (made.uid(), made.gid()) == (user, group) {
        return Ok(());
    }
    give(data, (user, group))
}

fn give(directory: &Path, owner: (u32, u32)) -> Result<(), BackupError> {
    files::each(directory, &mut |path, kind| {
        chown(path, Some(owner.0), Some(owner.1)).map_err(BackupError::at(path))?;
        if kind.is_dir() { give(path, owner) } else { Ok(()) }
    })
}

#[cfg(test)]
mod tests;
