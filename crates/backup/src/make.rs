//! Making a backup.
//!
//! The order matters while the server runs. The directory comes first: a queue in the spool that leads to
//! something newer is routed again at a start. Then the spool, and the mailboxes after it: what is put
//! into a mailbox meanwhile is in both, and held by a restore; the other way round it might be in neither.

use std::{
    collections::HashSet,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use model::Timestamp;
use spool::{Lock, SpoolCopy};
use vault::DataKey;

use crate::{
    BackupError,
    files::{self, Staging},
    manifest::{FORMAT, Manifest, Setting, SpoolFacts, State},
    moved,
    sums::{LIST, Writer, check_path},
};

/// What of the data directory is copied as it is, where it is there. The data key is not among it.
const FILES: [&str; 6] = [
    "engine.json",
    "tls-reports.json",
    "tls-reports-received.json",
    "dns-validates",
    "keys/authority.pem",
    "keys/authority.key",
];
const DIRECTORIES: [&str; 3] = ["acme", "oauth", "mta-sts"];
/// Numbers of damaged messages that the manifest names.
const MOST_DAMAGED: usize = 100;
/// How often a mailbox is looked through for messages that were moved meanwhile.
const ROUNDS: usize = 3;

/// The settings file, and files that it names.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `relais.toml`, where there is one.
    pub file: Option<PathBuf>,
    /// What it names and is not secret.
    pub named: Vec<PathBuf>,
}

/// What is backed up.
#[derive(Debug, Clone)]
pub struct Source {
    /// The data directory.
    pub data: PathBuf,
    /// The server's name.
    pub server: String,
    /// The settings.
    pub settings: Settings,
    /// With the mailboxes.
    pub mailboxes: bool,
    /// With the logs.
    pub logs: bool,
    /// The server is stopped, and is not to start again here.
    pub moves: bool,
    /// This version of Relais.
    pub version: &'static str,
    /// Now.
    pub now: Timestamp,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// What the backup says of itself.
    pub manifest: Manifest,
    /// What could not be taken along, in words.
    pub left_out: Vec<String>,
}

/// Makes a backup at `target`, which must not be there. Blocks.
///
/// # Errors
/// When anything of it could not be read or written: there is no backup then.
pub fn make(source: &Source, target: &Path) -> Result<Made, BackupError> {
    let data = &source.data;
    moved::refuse_unfit(data)?;
    refuse_inside(data, target)?;
    let key = DataKey::load(&data.join("keys/data.key"))?;
    // Held to the end, so that nothing happens after the copy was made.
    let _lock = source.moves.then(|| Lock::take(data)).transpose()?;
    let staging = Staging::begin(target)?;
    let mut making = Making::begin(staging.path())?;
    let facts = directory::copy_file(&data.join("directory.db"), &making.to("data/directory.db")?)?;
    making.note("data/directory.db")?;
    let spool = making.spool(&data.join("spool"))?;
    making.of_data(source)?;
    let settings = making.settings(&source.settings)?;
    let left_out = std::mem::take(&mut making.left_out);
    let total = making.list.end().map_err(BackupError::at(&staging.path().join(LIST)))?;
    let manifest = Manifest {
        backup: FORMAT,
        relais: source.version.to_owned(),
        server: source.server.clone(),
        made_at: source.now.as_millis(),
        made: source.now.iso(),
        state: if source.moves { State::Moved } else { State::GoesOn },
        directory_format: facts.format,
        directory_revision: facts.revision,
        spool: facts_of(&spool),
        mailboxes: source.mailboxes,
        logs: source.logs,
        key: key.fingerprint().to_owned(),
        settings,
        files: total.files,
        bytes: total.bytes,
        list: total.sum,
    };
    manifest.write(staging.path())?;
    staging.finish()?;
    if source.moves {
        moved::mark_moved(data, target)?;
    }
    Ok(Made { manifest, left_out })
}

fn facts_of(spool: &SpoolCopy) -> SpoolFacts {
    SpoolFacts {
        format: spool.format,
        messages: spool.messages,
        last_number: spool.last_number,
        among_others: spool.among_others,
        damaged: spool.damaged.iter().map(|damaged| damaged.id).take(MOST_DAMAGED).collect(),
    }
}

/// A backup within the data directory would be lost with it.
fn refuse_inside(data: &Path, target: &Path) -> Result<(), BackupError> {
    let data = data.canonicalize().map_err(BackupError::at(data))?;
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let place = parent.canonicalize().map_err(BackupError::at(parent))?;
    if place.starts_with(&data) {
        let reason = format!("a backup within the data directory {} is none", data.display());
        return Err(BackupError::place(target, reason));
    }
    Ok(())
}

/// A backup while it is made.
struct Making<'a> {
    root: &'a Path,
    list: Writer,
    left_out: Vec<String>,
}

impl<'a> Making<'a> {
    fn begin(root: &'a Path) -> Result<Self, BackupError> {
        let list = Writer::new(files::make_file(&root.join(LIST))?);
        Ok(Self { root, list, left_out: Vec::new() })
    }

    /// Where a file of this name is in the backup; the directory it is in is made.
    fn to(&self, name: &str) -> Result<PathBuf, BackupError> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            files::make_directories(parent)?;
        }
        Ok(path)
    }

    /// Syncs a file that has been written, and puts it on the list.
    fn note(&mut self, name: &str) -> Result<(), BackupError> {
        let path = self.root.join(name);
        let file = File::open(&path).map_err(BackupError::at(&path))?;
        file.sync_all().map_err(BackupError::at(&path))?;
        let (sum, bytes) = files::sum_of(&path, file)?;
        self.listed(name, &sum, bytes)
    }

    fn listed(&mut self, name: &str, sum: &str, bytes: u64) -> Result<(), BackupError> {
        self.list.add(name, sum, bytes).map_err(BackupError::at(&self.root.join(LIST)))
    }

    /// Copies one file under this name; whether there was one.
    fn file(&mut self, from: &Path, name: &str) -> Result<bool, BackupError> {
        let file = match files::open_plain(from) {
            Ok(Some(file)) => file,
            Ok(None) => {
                self.left_out.push(format!("{}: it is not a file", from.display()));
                return Ok(false);
            }
            Err(BackupError::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let (sum, bytes) = files::copy((from, file), &self.to(name)?)?;
        self.listed(name, &sum, bytes)?;
        Ok(true)
    }

    fn spool(&mut self, from: &Path) -> Result<SpoolCopy, BackupError> {
        let to = self.to("data/spool")?;
        let copied = spool::copy(from, &to)?;
        self.note("data/spool/spool.db")?;
        let contents = to.join("content");
        if contents.is_dir() {
            let mut names = Vec::new();
            files::each(&contents, &mut |path, _| {
                names.extend(path.file_name().and_then(|name| name.to_str()).map(str::to_owned));
                Ok(())
            })?;
            for name in names {
                self.note(&format!("data/spool/content/{name}"))?;
            }
        }
        Ok(copied)
    }

    fn of_data(&mut self, source: &Source) -> Result<(), BackupError> {
        for name in FILES {
            self.file(&source.data.join(name), &format!("data/{name}"))?;
        }
        for name in DIRECTORIES {
            self.tree(&source.data.join(name), &format!("data/{name}"))?;
        }
        if source.mailboxes {
            self.mailboxes(&source.data.join("mailboxes"))?;
        }
        if source.logs {
            self.tree(&source.data.join("logs"), "data/logs")?;
        }
        Ok(())
    }

    /// Copies the files of a directory, where there is one, and of those in it.
    fn tree(&mut self, from: &Path, name: &str) -> Result<(), BackupError> {
        if !from.is_dir() {
            return Ok(());
        }
        files::make_directories(&self.root.join(name))?;
        files::each(from, &mut |path, kind| {
            let Some(name) = self.name_in(name, path) else { return Ok(()) };
            if kind.is_dir() {
                self.tree(path, &name)
            } else if kind.is_file() {
                self.file(path, &name).map(|_| ())
            } else {
                self.left_out.push(format!("{}: it is a link or a device", path.display()));
                Ok(())
            }
        })
    }

    /// The name in the backup of an entry of the directory `name`, where it can have one.
    fn name_in(&mut self, name: &str, path: &Path) -> Option<String> {
        let own = path.file_name().and_then(|own| own.to_str());
        let whole = own.map(|own| format!("{name}/{own}"));
        let whole = whole.filter(|whole| check_path(whole).is_ok());
        if whole.is_none() {
            let why = "its name has characters that a backup's paths cannot have";
            self.left_out.push(format!("{}: {why}", path.display()));
        }
        whole
    }

    fn mailboxes(&mut self, from: &Path) -> Result<(), BackupError> {
        if !from.is_dir() {
            return Ok(());
        }
        files::make_directories(&self.root.join("data/mailboxes"))?;
        files::each(from, &mut |path, kind| {
            let Some(name) = self.name_in("data/mailboxes", path) else { return Ok(()) };
            if kind.is_dir() { self.maildir(path, &name) } else { Ok(()) }
        })
    }

    /// A Maildir and those in it. A reader may move a message while it is looked for: it is looked for again
    /// by what of its name does not change, in `new` before `cur`, until nothing is missed.
    fn maildir(&mut self, from: &Path, name: &str) -> Result<(), BackupError> {
        for part in ["tmp", "new", "cur"].map(|part| self.root.join(name).join(part)) {
            files::make_directories(&part)?;
        }
        let mut known: HashSet<String> = HashSet::new();
        for _ in 0..ROUNDS {
            let mut missed = false;
            for part in ["new", "cur"] {
                let directory = from.join(part);
                if !directory.is_dir() {
                    continue;
                }
                files::each(&directory, &mut |path, kind| {
                    let Some(name) = self.name_in(&format!("{name}/{part}"), path) else {
                        return Ok(());
                    };
                    let own = name.rsplit('/').next().unwrap_or_default();
                    let unique = own.split(':').next().unwrap_or_default().to_owned();
                    if kind.is_file() && !known.contains(&unique) {
                        match self.file(path, &name)? {
                            true => drop(known.insert(unique)),
                            false => missed = true,
                        }
                    }
                    Ok(())
                })?;
            }
            if !missed {
                break;
            }
        }
        // Folders, and what a reader keeps beside them.
        files::each(from, &mut |path, kind| {
            let own = path.file_name().and_then(|own| own.to_str()).unwrap_or_default();
            if matches!(own, "tmp" | "new" | "cur") {
                return Ok(());
            }
            let Some(name) = self.name_in(name, path) else { return Ok(()) };
            if kind.is_dir() && path.join("cur").is_dir() {
                self.maildir(path, &name)
            } else if kind.is_dir() {
                self.tree(path, &name)
            } else if kind.is_file() {
                self.file(path, &name).map(|_| ())
            } else {
                Ok(())
            }
        })
    }

    fn settings(&mut self, settings: &Settings) -> Result<Vec<Setting>, BackupError> {
        let mut taken = Vec::new();
        let file = settings.file.iter().map(|path| (path, "config/relais.toml".to_owned()));
        let named = settings.named.iter().enumerate().map(|(number, path)| {
            let own = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
            (path, format!("config/files/{}-{own}", number + 1))
        });
        for (path, name) in file.chain(named) {
            // What a settings file names may be a link.
            let real = path.canonicalize().map_err(BackupError::at(path))?;
            if check_path(&name).is_ok() && self.file(&real, &name)? {
                taken.push(Setting { file: name, from: path.display().to_string() });
            } else {
                self.left_out.push(format!("{}: it is not a file of a usual name", path.display()));
            }
        }
        Ok(taken)
    }
}
