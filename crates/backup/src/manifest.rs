//! What a backup says of itself: `manifest.json`, and its checksum beside it.

use std::{io::Read, path::Path};

use serde::{Deserialize, Serialize};

use crate::{BackupError, files, sum::Sum, sums::check_path};

/// The manifest's file.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The file with its checksum, as `sha256sum` writes it.
pub(crate) const MANIFEST_SUM: &str = "manifest.sha256";
/// The format of backups that this version makes, and the newest that it reads.
pub(crate) const FORMAT: u64 = 1;
/// The largest manifest, in bytes.
const LARGEST: u64 = 1 << 20;
/// Most settings files that a manifest may name.
const MOST_SETTINGS: usize = 1000;

/// In which state the server was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It went on, or may have: what waits in the backup may have been delivered since.
    GoesOn,
    /// It was stopped and does not start again: the backup is where its mail is.
    Moved,
}

/// What is known of the spool in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpoolFacts {
    /// Its format.
    pub format: i64,
    /// Messages in it.
    pub messages: u64,
    /// The highest message number that had been given out.
    pub last_number: u64,
    /// Whether the server was one of several.
    pub among_others: bool,
    /// Numbers of messages whose content was damaged in the server's own spool, at most a hundred.
    pub damaged: Vec<u64>,
}

/// A settings file, or one that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setting {
    /// Where it is in the backup.
    pub file: String,
    /// Where it was on the server.
    pub from: String,
}

/// See the head of this file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The backup's format.
    pub backup: u64,
    /// The version of Relais that made it.
    pub relais: String,
    /// The server's name.
    pub server: String,
    /// When it was begun, as milliseconds since 1970 (UTC).
    pub made_at: i64,
    /// The same for people.
    pub made: String,
    /// What became of the server.
    pub state: State,
    /// The format of the directory's file.
    pub directory_format: i64,
    /// The directory's revision.
    pub directory_revision: u64,
    /// The spool.
    pub spool: SpoolFacts,
    /// Whether the mailboxes are in it.
    pub mailboxes: bool,
    /// Whether the logs are in it.
    pub logs: bool,
    /// Fingerprint of the data key that its secrets are sealed with.
    pub key: String,
    /// Settings files.
    pub settings: Vec<Setting>,
    /// Files in the list.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// SHA-256 of the list of files.
    pub list: String,
}

/// What every version's manifest says.
#[derive(Deserialize)]
struct Head {
    backup: u64,
    relais: String,
}

impl Manifest {
    /// Writes it and its checksum into the backup at `root`.
    pub(crate) fn write(&self, root: &Path) -> Result<(), BackupError> {
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| BackupError::bad(root, error.to_string()))?;
        files::write_new(&root.join(MANIFEST), &bytes)?;
        let sum = format!("{}  {MANIFEST}\n", Sum::of(&bytes));
        files::write_new(&root.join(MANIFEST_SUM), sum.as_bytes())
    }

    /// Reads the manifest of the backup at `root`, after its checksum.
    ///
    /// # Errors
    /// When there is none, it is not as it was written, makes no sense, or is of a newer format; `here` is
    /// this version, for that.
    pub fn read(root: &Path, here: &str) -> Result<Self, BackupError> {
        if !root.is_dir() {
            return Err(BackupError::bad(root, "it is not a directory that is there"));
        }
        let bad = |reason: String| BackupError::bad(root, reason);
        let bytes = small(root, MANIFEST)?;
        let sum = small(root, MANIFEST_SUM)?;
        let said = sum.split(|byte| *byte == b' ').next().unwrap_or_default();
        if said != Sum::of(&bytes).as_bytes() {
            return Err(bad(format!("{MANIFEST} is not as it was written: its checksum is wrong")));
        }
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|error| bad(format!("{MANIFEST} cannot be understood: {error}")))?;
        let newer = |what, found: u64, known: u64| BackupError::Newer {
            what,
            found,
            known,
            made_by: head.relais.chars().filter(|c| !c.is_control()).take(40).collect(),
            here: here.to_owned(),
        };
        if head.backup > FORMAT {
            return Err(newer("manifest", head.backup, FORMAT));
        }
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| bad(format!("{MANIFEST} cannot be understood: {error}")))?;
        for (what, found, known) in [
            ("spool", manifest.spool.format, spool::NEWEST_FORMAT),
            ("directory", manifest.directory_format, directory::NEWEST_FILE_FORMAT),
        ] {
            if found > known {
                return Err(newer(what, found.unsigned_abs(), known.unsigned_abs()));
            }
        }
        manifest.check(root)?;
        Ok(manifest)
    }

    fn check(&self, root: &Path) -> Result<(), BackupError> {
        let bad = |reason: String| Err(BackupError::bad(root, reason));
        if self.settings.len() > MOST_SETTINGS {
            return bad(format!("it names {} settings files", self.settings.len()));
        }
        for setting in &self.settings {
            if let Err(problem) = check_path(&setting.file) {
                return bad(format!("{MANIFEST} names {:?}, which {problem}", setting.file));
            }
            if !setting.file.starts_with("config/") || setting.from.chars().any(char::is_control) {
                return bad(format!("{MANIFEST} names the settings file {:?}", setting.file));
            }
        }
        if self.spool.last_number > LAST_NUMBER {
            return bad(format!("{MANIFEST} has the message number {}", self.spool.last_number));
        }
        Ok(())
    }
}

/// Message numbers are below 2^53.
const LAST_NUMBER: u64 = 1 << 53;

/// All of a small file.
fn small(root: &Path, name: &str) -> Result<Vec<u8>, BackupError> {
    let mut bytes = Vec::new();
    let file = files::open_in(root, name)?;
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(BackupError::at(&root.join(name)))?;
    if bytes.len() as u64 > LARGEST {
        return Err(BackupError::bad(root, format!("{name} is larger than {LARGEST} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn manifest() -> Manifest {
        Manifest {
            backup: FORMAT,
            relais: "0.8.0".into(),
            server: "MBX01".into(),
            made_at: 0,
            made: "1970-01-01T00:00:00Z".into(),
            state: State::GoesOn,
            directory_format: 1,
            directory_revision: 1,
            spool: SpoolFacts {
                format: 3,
                messages: 0,
                last_number: 0,
                among_others: false,
                damaged: Vec::new(),
            },
            mailboxes: true,
            logs: false,
            key: "00".into(),
            settings: Vec::new(),
            files: 0,
            bytes: 0,
            list: String::new(),
        }
    }

    fn read_back(change: impl FnOnce(&mut Manifest)) -> Result<Manifest, BackupError> {
        let place = tempfile::tempdir().unwrap();
        let mut manifest = manifest();
        change(&mut manifest);
        manifest.write(place.path()).unwrap();
        Manifest::read(place.path(), "0.8.0")
    }

    fn refused(change: impl FnOnce(&mut Manifest)) -> String {
        read_back(change).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        assert_eq!(read_back(|_| {}).unwrap(), manifest());
    }

    #[test]
    fn newer_formats_are_named() {
        let said = refused(|m| (m.backup, m.relais) = (2, "3.0.0".into()));
        assert!(said.contains("made by Relais 3.0.0: its manifest has format 2"), "{said}");
        let said = refused(|m| m.spool.format = 4);
        assert!(
            said.contains("its spool has format 4, and this version (0.8.0) knows formats up to 3"),
            "{said}"
        );
        let said = refused(|m| m.directory_format = 3);
        assert!(said.contains("its directory has format 3"), "{said}");
    }

    #[test]
    fn what_leads_elsewhere_or_makes_no_sense_is_refused() {
        let named = |file: &str, from: &str| {
            let setting = Setting { file: file.into(), from: from.into() };
            refused(move |m| m.settings = vec![setting])
        };
        assert!(named("config/../../etc/cron.d/x", "/x").contains("leads out of the backup"));
        assert!(named("/etc/passwd", "/x").contains("leads out of the backup"));
        assert!(named("data/directory.db", "/x").contains("settings file"));
        assert!(named("config/x", "/x\n").contains("settings file"));
        let many = vec![Setting { file: "config/x".into(), from: "/x".into() }; 1001];
        assert!(refused(|m| m.settings = many).contains("1001 settings files"));
        assert!(refused(|m| m.spool.last_number = u64::MAX).contains("message number"));
    }

    #[test]
    fn any_change_is_seen() {
        let place = tempfile::tempdir().unwrap();
        assert!(
            Manifest::read(place.path(), "0.8.0").unwrap_err().to_string().contains("is missing")
        );
        manifest().write(place.path()).unwrap();
        let path = place.path().join(MANIFEST);
        let good = std::fs::read(&path).unwrap();
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            let said = Manifest::read(place.path(), "0.8.0").unwrap_err().to_string();
            assert!(said.contains("its checksum is wrong"), "{said}");
        }
        std::fs::write(&path, vec![b' '; (LARGEST + 1) as usize]).unwrap();
        let said = Manifest::read(place.path(), "0.8.0").unwrap_err().to_string();
        assert!(said.contains("is larger than"), "{said}");
        assert!(Manifest::read(&path, "0.8.0").is_err());
    }
}
