//! Looking at a directory's file without opening the directory: for whoever may change nothing, beside a server that
//! runs or without one. Secrets stay sealed.

use std::{
    fmt::Write,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{database, error::DirectoryError, snapshot::Snapshot};

impl Snapshot {
    /// What stands in the file `path`: the directory, or a server's copy of what several share. Nothing is written, made
    /// or removed, and no server that writes at the same time is held up. Blocks on the disk.
    ///
    /// # Errors
    /// When the file is not there, cannot be read, is of a newer format, or holds a damaged object; and when its
    /// write-ahead log lacks its index, as in a copy that was made while a server ran.
    pub fn look(path: &Path) -> Result<Self, DirectoryError> {
        let failed = |source: io::Error| DirectoryError::File { path: path.to_owned(), source };
        std::fs::metadata(path).map_err(failed)?;
        let beside = |end: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name).try_exists()
        };
        // Without a log nobody has the file open, and SQLite would make one.
        let nobody_writes = !beside("-wal").map_err(failed)?;
        if !nobody_writes && !beside("-shm").map_err(failed)? {
            return Err(failed(io::Error::other(
                "its log (-wal) lacks the index (-shm), which only a server makes",
            )));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(uri(path, nobody_writes), flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        database::look(&mut connection)?.snapshot()
    }
}

/// The file as SQLite reads URIs; bytes that could mean something else are escaped.
fn uri(path: &Path, immutable: bool) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str(if immutable { "?immutable=1" } else { "?mode=ro" });
    uri
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use model::SystemClock;
    use vault::DataKey;

    use super::*;
    use crate::Directory;

    /// Names and contents of the files in a directory; the index is shared memory, which readers mark.
    fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let all = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = all.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        files.retain(|(path, _)| !path.to_string_lossy().ends_with("-shm"));
        files.sort();
        files
    }

    #[test]
    fn a_directory_is_seen_beside_its_server_and_without_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("with ? and %.db");
        assert!(Snapshot::look(&path).is_err());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "nothing is made");
        let open = || {
            let key = DataKey::ephemeral();
            Directory::open(&path, key, Arc::new(SystemClock)).unwrap()
        };
        let directory = open();
        let revision = directory.snapshot().revision;
        let before = files(place.path());
        assert_eq!(Snapshot::look(&path).unwrap().revision, revision);
        assert_eq!(files(place.path()), before);
        drop(directory);
        let before = files(place.path());
        assert_eq!(before.len(), 1, "{before:?}");
        assert_eq!(Snapshot::look(&path).unwrap().revision, revision);
        assert_eq!(files(place.path()), before);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no log is left");
        fs::write(place.path().join("with ? and %.db-wal"), "x").unwrap();
        let refused = format!("{:?}", Snapshot::look(&path).map(|_| ()).unwrap_err());
        assert!(refused.contains("index"), "{refused}");
    }

    #[test]
    fn what_is_no_directory_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("directory.db");
        fs::write(&path, "no database at all, and long enough to be looked at as one").unwrap();
        assert!(Snapshot::look(&path).is_err());
    }
}
