//! That a directory is one process's own: an exclusive lock on the file `lock` in it, held until
//! this is dropped. The system lets go of it when the process ends, however that ends, so nothing
//! stale stays behind; the file itself is empty, stays, and says nothing.

use std::{
    fs::File,
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};
use thiserror::Error;

/// A process that is being killed holds its locks until it is gone.
const PATIENCE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(20);

/// The right to a directory.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why a directory cannot be had.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process has it, or another part of this one.
    #[error("{path} is in use: {holder}. Stop the server first.")]
    Held {
        /// The file that is locked.
        path: PathBuf,
        /// Who, and how that is known.
        holder: String,
    },
    /// It cannot be said whether anybody has it.
    #[error("{path} cannot be locked: {error}")]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

impl Lock {
    /// Locks a directory that is there. Waits a moment for whoever is about to end. Blocks.
    ///
    /// # Errors
    /// When somebody else has it, or the file cannot be made or locked.
    pub fn take(directory: &Path) -> Result<Self, LockError> {
        let path = directory.join("lock");
        let unknown = |error: io::Error| LockError::Unknown { path: path.clone(), error };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path).map_err(unknown)?;
        let end = Instant::now() + PATIENCE;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self { _file: file }),
                Err(Errno::WOULDBLOCK) if Instant::now() < end => std::thread::sleep(AGAIN),
                Err(Errno::WOULDBLOCK) => {
                    return Err(LockError::Held { holder: holder(&path), path });
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(unknown(error.into())),
            }
        }
    }
}

/// Who holds a lock on the file, and how that is known.
pub(crate) fn holder(path: &Path) -> String {
    let unknown = || "another program holds a lock on it".to_owned();
    let (Ok(file), Ok(locks)) = (std::fs::metadata(path), std::fs::read_to_string("/proc/locks"))
    else {
        return unknown();
    };
    let Some(process) = locks.lines().find_map(|line| process_of(line, file.ino())) else {
        return unknown();
    };
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    format!("process {process} ({}) holds a lock on it, as /proc/locks says", name.trim_end())
}

/// The process in a line of /proc/locks about this file, which holds a lock and does not only wait
/// for one: `1: POSIX  ADVISORY  READ 1234 fe:00:5678 1073741826 1073742335`.
fn process_of(line: &str, inode: u64) -> Option<u64> {
    let mut words = line.split_whitespace().skip(1);
    if !matches!(words.next()?, "POSIX" | "FLOCK" | "OFDLCK") {
        return None;
    }
    let mut words = words.skip(2);
    let process = words.next()?.parse().ok().filter(|process| *process > 0)?;
    let file: u64 = words.next()?.rsplit(':').next()?.parse().ok()?;
    (file == inode).then_some(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_owner_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let lock = Lock::take(directory.path()).unwrap();
        let said = Lock::take(directory.path()).unwrap_err().to_string();
        let process = format!("process {} (", std::process::id());
        assert!(said.contains("lock is in use: ") && said.contains(&process), "{said}");
        drop(lock);
        Lock::take(directory.path()).unwrap();
        let nowhere = directory.path().join("nowhere");
        assert!(matches!(Lock::take(&nowhere), Err(LockError::Unknown { .. })));
    }

    #[test]
    fn whoever_is_about_to_end_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let lock = Lock::take(directory.path()).unwrap();
        let ending = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            drop(lock);
        });
        Lock::take(directory.path()).unwrap();
        ending.join().unwrap();
    }

    #[test]
    fn the_holder_is_read_from_what_the_system_says() {
        let line = "7: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF";
        assert_eq!(process_of(line, 5678), Some(1234));
        assert_eq!(process_of(line, 5679), None);
        assert_eq!(process_of("7: -> FLOCK  ADVISORY  WRITE 9 fe:00:5678 0 EOF", 5678), None);
        // Of another namespace of processes.
        assert_eq!(process_of("7: FLOCK  ADVISORY  WRITE 0 fe:00:5678 0 EOF", 5678), None);
    }
}
