//! Puts a message into the maildrop: whole and on the disk, or not at all. It works while no server runs, and needs no
//! rights of its own: the directory is writable for everybody, readable for nobody, sticky, and gives its files to the
//! server's group.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::{
        fd::AsRawFd,
        unix::fs::{OpenOptionsExt, PermissionsExt},
    },
    path::Path,
};

use model::Guid;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};

/// The owner writes, the server's group reads.
const MODE: u32 = 0o640;
/// The file descriptors of this process.
const DESCRIPTORS: &str = "/proc/self/fd";

/// Puts a message there. When this returns, no power cut takes it away.
///
/// # Errors
/// When it is not there.
pub(super) fn put(directory: &Path, head: &str, content: &[u8]) -> io::Result<()> {
    // Nobody can list the directory, and nobody can guess the name.
    let name = Guid::new_v4().simple().to_string();
    let path = directory.join(format!("{name}.eml"));
    let file = match nameless(directory) {
        Ok(file) => {
            fill(&file, head, content)?;
            let descriptor = format!("{DESCRIPTORS}/{}", file.as_raw_fd());
            rustix::fs::linkat(CWD, &descriptor, CWD, &path, AtFlags::SYMLINK_FOLLOW)?;
            file
        }
        // A file system that knows no files without a name.
        Err(error) if is_unknown(&error) => named(directory, &name, &path, (head, content))?,
        Err(error) => return Err(error),
    };
    let synced = sync(directory, &file);
    if synced.is_err() {
        // The caller is told that it was not accepted.
        let _ = fs::remove_file(&path);
    }
    synced
}

/// A file that is gone when this process ends before its end.
fn nameless(directory: &Path) -> io::Result<File> {
    if !Path::new(DESCRIPTORS).exists() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(directory, flags, Mode::from_raw_mode(MODE))?.into())
}

fn is_unknown(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
        || matches!(
            rustix::io::Errno::from_io_error(error),
            Some(
                rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::ISDIR | rustix::io::Errno::INVAL
            )
        )
}

/// The same under a hidden name, which gets its own when the file is whole.
fn named(
    directory: &Path,
    name: &str,
    path: &Path,
    (head, content): (&str, &[u8]),
) -> io::Result<File> {
    let hidden = directory.join(format!(".{name}.new"));
    let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&hidden)?;
    let done = fill(&file, head, content).and_then(|()| fs::rename(&hidden, path));
    if done.is_err() {
        let _ = fs::remove_file(&hidden);
    }
    done.map(|()| file)
}

fn fill(mut file: &File, head: &str, content: &[u8]) -> io::Result<()> {
    // Whatever the caller's umask is.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(head.as_bytes())?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the file's name durable. Only who may read a directory can sync it; others sync the file system it is on.
fn sync(directory: &Path, file: &File) -> io::Result<()> {
    match File::open(directory) {
        Ok(directory) => match directory.sync_all() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                Ok(rustix::fs::syncfs(file)?)
            }
            done => done,
        },
        Err(_) => Ok(rustix::fs::syncfs(file)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_under_one_name_for_owner_and_group() {
        let place = tempfile::tempdir().unwrap();
        put(place.path(), "head\n", b"content\n").unwrap();
        let name = "0".repeat(32);
        let path = place.path().join(format!("{name}.eml"));
        named(place.path(), &name, &path, ("head\n", b"content\n")).unwrap();
        let files: Vec<_> = fs::read_dir(place.path()).unwrap().map(|e| e.unwrap()).collect();
        assert_eq!(files.len(), 2);
        for file in files {
            assert!(file.file_name().to_string_lossy().ends_with(".eml"));
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, MODE);
            assert_eq!(fs::read(file.path()).unwrap(), b"head\ncontent\n");
        }
        assert!(put(&place.path().join("none"), "", b"").is_err());
    }
}
