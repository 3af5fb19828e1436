//! That a spool is being copied: an exclusive lock on the file `copying` in its directory, held by whoever
//! copies, also another process. As long as it is held, places in the files of contents are not written
//! again, so what a copy of the database refers to stays where it is. The system takes the lock back when its
//! process ends.
//!
//! Nothing more is needed for the two to agree. A place is free once the commit that removed its row is
//! durable; whoever wants to write there looks for the lock after that. Whoever copies takes the lock
//! first and reads the database then. So a place that was found free is in no database that is copied.

use std::{
    fs::File,
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, fchown},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

/// The file in the spool's directory.
const FILE: &str = "copying";
/// How long somebody else may hold it: whoever looks does so for a moment only.
const PATIENCE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(5);

/// The right to copy a spool.
pub(crate) struct Copying {
    _file: File,
}

impl Copying {
    /// Takes it for the spool in `directory`. Blocks for a few seconds at most. `None` when somebody
    /// else copies.
    pub(crate) fn begin(directory: &Path) -> io::Result<Option<Self>> {
        let file = open_or_make(directory)?;
        let end = Instant::now() + PATIENCE;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(Errno::WOULDBLOCK) if Instant::now() < end => std::thread::sleep(AGAIN),
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Where that file is.
pub(crate) fn path_in(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// Whether somebody copies the spool in `directory`. Where that cannot be found out, somebody may.
pub(crate) fn is_under_way(directory: &Path) -> bool {
    let file = match File::open(path_in(directory)) {
        Ok(file) => file,
        Err(error) => return error.kind() != io::ErrorKind::NotFound,
    };
    flock(&file, FlockOperation::NonBlockingLockShared).is_err()
}

/// The file belongs to whom the directory belongs to, so that the server can open it whoever made it.
fn open_or_make(directory: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path_in(directory))?;
    let (owner, has) = (directory.metadata()?, file.metadata()?);
    if (owner.uid(), owner.gid()) != (has.uid(), has.gid()) {
        fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_under_way_is_seen_and_there_is_one_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        assert!(!is_under_way(directory));
        let copying = Copying::begin(directory).unwrap().unwrap();
        assert!(is_under_way(directory));
        assert!(Copying::begin(directory).unwrap().is_none());
        drop(copying);
        assert!(!is_under_way(directory));
        assert!(Copying::begin(directory).unwrap().is_some());
        assert!(Copying::begin(&directory.join("nowhere")).is_err());
    }
}
