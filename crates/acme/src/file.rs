//! Small files of what has to outlast a restart: whole or not at all, on the disk, readable by nobody else.

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

/// The largest that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// What is in the file; nothing where there is none or it cannot be read, which is logged.
pub(crate) async fn read<T: DeserializeOwned + Send + 'static>(path: PathBuf) -> Option<T> {
    let reading = move || {
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cannot be read");
                return None;
            }
        };
        let read = serde_json::from_reader(file.take(MOST));
        read.inspect_err(|error| tracing::warn!(path = %path.display(), %error, "cannot be read"))
            .ok()
    };
    tokio::task::spawn_blocking(reading).await.ok().flatten()
}

/// Puts it into the file.
///
/// # Errors
/// When the disk does not take it.
pub(crate) async fn write(path: PathBuf, content: &impl Serialize) -> io::Result<()> {
    let content = serde_json::to_vec(content)?;
    let writing = move || write_now(&path, &content);
    tokio::task::spawn_blocking(writing).await.unwrap_or_else(|e| Err(io::Error::other(e)))
}

fn write_now(path: &Path, content: &[u8]) -> io::Result<()> {
    let place = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(place)?;
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(place)?.sync_all()
}
