//! The directory itself. Whoever may write there is not trusted with more than mail: only regular
//! files are opened, links are not followed, nothing is read that is too large, and names that
//! come from the directory never lead out of it. All of this blocks.

use std::{
    collections::BinaryHeap,
    ffi::{OsStr, OsString},
    fs::{self, DirBuilder, File, Metadata, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use model::Timestamp;
use rustix::fs::{CWD, OFlags, RenameFlags};

use super::names;

/// The largest file that is read, in bytes. Organization and users have limits of their own, far
/// below, which give their sender a report.
pub(super) const LARGEST: u64 = 100 << 20;
/// Tries to find a name that is not in use.
const TRIES: u32 = 100;

/// A directory that takes files.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// What tells that a file has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp {
    modified: (i64, i64),
    pub(super) size: u64,
    inode: (u64, u64),
}

/// A file to be taken; older ones are less.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) stamp: Stamp,
    pub(super) name: OsString,
    /// What it is, where it is no file.
    pub(super) oddity: Option<&'static str>,
}

/// A file that is being made a message.
#[derive(Debug)]
pub(super) struct Claimed {
    file: File,
    stamp: Stamp,
    owner: u32,
}

/// Why a file was not taken, and stays for the next time.
#[derive(Debug)]
pub(super) enum NotNow {
    /// It is being written, or is gone: nothing to tell.
    Busy,
    /// Somebody has to know.
    Trouble(String),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            inode: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    /// When the content was last changed.
    pub(super) fn modified(&self) -> Timestamp {
        let (seconds, nanos) = self.modified;
        Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000))
    }
}

impl Claimed {
    /// The user id of its owner, which no content can claim.
    pub(super) fn owner(&self) -> u32 {
        self.owner
    }
}

impl Folder {
    /// The directory at `path`, made, for its owner alone, where it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if !path.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        }
        Self::open_existing(path)
    }

    /// The directory at `path`, which must be there.
    pub(super) fn open_existing(path: &Path) -> io::Result<Self> {
        fs::read_dir(path)?;
        Ok(Self { path: path.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The files to be taken among which `is_ready`: at most `most`, the oldest first.
    pub(super) fn letters(
        &self,
        most: usize,
        mut is_ready: impl FnMut(&Candidate) -> bool,
    ) -> io::Result<Vec<Candidate>> {
        // The newest is on top, and goes when there are too many.
        let mut found = BinaryHeap::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            if !names::is_letter(&name) {
                continue;
            }
            // Of the entry itself, not of what a link leads to.
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let (stamp, oddity) = (Stamp::of(&metadata), oddity(&metadata));
            let candidate = Candidate { name, stamp, oddity };
            if is_ready(&candidate) {
                found.push(candidate);
                if found.len() > most {
                    found.pop();
                }
            }
        }
        Ok(found.into_sorted_vec())
    }

    /// What was left behind in the middle of something.
    pub(super) fn temporaries(&self) -> io::Result<Vec<OsString>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            if names::is_temporary(&name) {
                found.push(name);
            }
        }
        Ok(found)
    }

    /// Opens a file that is not being written and gives it its name in work.
    pub(super) fn claim(&self, letter: &Candidate, work: &OsStr) -> Result<Claimed, NotNow> {
        let trouble = |what: &str, error: &io::Error| {
            let name = names::printable(&letter.name);
            NotNow::Trouble(format!("{name} {what} and stays where it is: {error}"))
        };
        // O_NONBLOCK: nobody may have us wait at the other end of a pipe.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        let opened = File::options()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(self.path.join(&letter.name));
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(NotNow::Busy),
            Err(error) => return Err(trouble("cannot be opened", &error)),
        };
        let metadata = file.metadata().map_err(|error| trouble("cannot be opened", &error))?;
        if Stamp::of(&metadata) != letter.stamp || oddity(&metadata).is_some() {
            return Err(NotNow::Busy);
        }
        if metadata.nlink() > 1 {
            // A link could bring in what its maker may not read.
            let name = names::printable(&letter.name);
            return Err(NotNow::Trouble(format!(
                "{name} has another name as well (a hard link) and stays where it is"
            )));
        }
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NotNow::Busy),
            // A file system without locks.
            Err(TryLockError::Error(_)) => {}
        }
        self.rename(&letter.name, work).map_err(|error| trouble("cannot be renamed", &error))?;
        Ok(Claimed { file, stamp: letter.stamp, owner: metadata.uid() })
    }

    /// The bytes of a claimed file, which is called `work` now.
    pub(super) fn read(&self, claimed: Claimed, work: &OsStr) -> Result<Vec<u8>, NotNow> {
        let Claimed { mut file, stamp, owner: _ } = claimed;
        let mut bytes = Vec::with_capacity(usize::try_from(stamp.size).unwrap_or(0));
        (&mut file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| {
            NotNow::Trouble(format!("{} cannot be read: {error}", names::printable(work)))
        })?;
        let same = |metadata: io::Result<Metadata>| metadata.is_ok_and(|m| Stamp::of(&m) == stamp);
        // What was opened has to be what was renamed, and nobody may have written meanwhile.
        let is_whole = same(file.metadata())
            && same(fs::symlink_metadata(self.path.join(work)))
            && bytes.len() as u64 == stamp.size;
        if is_whole { Ok(bytes) } else { Err(NotNow::Busy) }
    }

    /// Gives a file the name `wanted`, or one with the time where that is in use. The name.
    pub(super) fn rename_to_free(
        &self,
        from: &OsStr,
        wanted: OsString,
        now: Timestamp,
    ) -> io::Result<OsString> {
        let mut name = wanted.clone();
        for attempt in 0..TRIES {
            match self.rename(from, &name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    name = names::dated(&wanted, now, attempt);
                }
                done => return done.map(|()| name),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Sets a file aside, with the reason beside it. Its name.
    pub(super) fn set_aside(
        &self,
        name: &OsStr,
        reason: &str,
        now: Timestamp,
    ) -> io::Result<OsString> {
        let bad = self.rename_to_free(name, names::bad(name), now)?;
        let text = self.path.join(names::reason_of(&bad));
        let written = File::options()
            .write(true)
            .create_new(true)
            .open(text)
            .and_then(|mut file| writeln!(file, "{reason}"));
        if let Err(error) = written {
            tracing::warn!(file = names::printable(&bad), %error, "the reason could not be written beside the file");
        }
        Ok(bad)
    }

    /// Deletes a file; one that is gone is deleted.
    pub(super) fn delete(&self, name: &OsStr) -> io::Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Makes names survive a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        match File::open(&self.path)?.sync_all() {
            // A file system whose directories cannot be synced.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        }
    }

    /// Never replaces a file, where the system can promise that.
    fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let (from, to) = (self.path.join(from), self.path.join(to));
        match rustix::fs::renameat_with(CWD, &from, CWD, &to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(()),
            // A file system or kernel that does not know the flag.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                if fs::symlink_metadata(&to).is_ok() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                fs::rename(from, to)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What a directory entry is, where it is no file to be read.
fn oddity(metadata: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("it is a symbolic link")
    } else if kind.is_dir() {
        Some("it is a directory")
    } else if kind.is_fifo() {
        Some("it is a pipe")
    } else if kind.is_socket() {
        Some("it is a socket")
    } else {
        Some("it is a device")
    }
}

#[cfg(test)]
mod tests;
