//! Key files: private, whole or not there, on disk before they are used.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::VaultError;

/// Largest file read here, in bytes: keys and certificates are far smaller.
const MAX_FILE: u64 = 64 << 10;

/// Whether only the owner may use a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Mode 0600; refused on reading when group or others have any right.
    Private,
    /// Mode 0644.
    Public,
}

/// The file's content; `None` when there is no such file.
pub(crate) fn read(path: &Path, access: Access) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(path)(e)),
    };
    let metadata = file.metadata().map_err(failed(path))?;
    let mode = metadata.mode() & 0o7777;
    if access == Access::Private && mode & 0o077 != 0 {
        return Err(VaultError::Exposed { path: path.to_owned(), mode });
    }
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        return Err(damaged(path, "not a regular file, or too large"));
    }
    // Room for all of it at once: a growing buffer would leave copies of a key behind.
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
    file.take(MAX_FILE).read_to_end(&mut content).map_err(failed(path))?;
    Ok(Some(content))
}

/// Puts a new file in place: complete and synced, or not at all. Makes the directory (mode
/// 0700) where it is missing. One process works in a data directory; two at once are not
/// guarded against here.
pub(crate) fn write(path: &Path, content: &[u8], access: Access) -> Result<(), VaultError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed(directory))?;
    let temporary = temporary(path);
    // Left over from an interrupted write; its mode is unknown.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(&temporary)(e)),
        _ => {}
    }
    let mode = if access == Access::Private { 0o600 } else { 0o644 };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&temporary)
        .map_err(failed(&temporary))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed(&temporary))?;
    fs::rename(&temporary, path).map_err(failed(path))?;
    File::open(directory).and_then(|d| d.sync_all()).map_err(failed(directory))
}

pub(crate) fn damaged(path: &Path, problem: impl Into<String>) -> VaultError {
    VaultError::Damaged { path: path.to_owned(), problem: problem.into() }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> VaultError {
    move |source| VaultError::Io { path: path.to_owned(), source }
}
