//! Refresh tokens that endpoints give out anew: the one in the directory is of no more use then. Each is
//! kept in a file of its own, named by its connector, sealed with the directory's key as the first one
//! is, with the sealed form of that first one: when an administrator sets another, the file counts no
//! more.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use directory::Directory;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use vault::Sealed;
use zeroize::Zeroizing;

use super::{Grant, Secrets};
use crate::permit::SealedSecret;

/// Largest file read, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Keeps refresh tokens.
pub(super) struct Keeper {
    place: PathBuf,
    directory: Directory,
    /// By connector.
    newest: Mutex<HashMap<String, Kept>>,
}

/// What a file holds.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kept {
    /// The sealed form of the token in the directory that this one descends from.
    basis: Sealed,
    /// The newest, sealed.
    token: Sealed,
}

impl Keeper {
    /// Keeps them in the directory `place`, which is made when it is needed.
    pub(super) fn new(place: PathBuf, directory: Directory) -> Self {
        Self { place, directory, newest: Mutex::default() }
    }

    /// The grant with the newest refresh token there is.
    pub(super) async fn with_newest(&self, grant: &Grant) -> Grant {
        let mut grant = grant.clone();
        let Secrets::Refresh { token, .. } = &mut grant.secrets else { return grant };
        let known = self.newest.lock().get(&grant.connector).cloned();
        let kept = match known {
            Some(kept) => Some(kept),
            None => read(self.path(&grant.connector)).await,
        };
        if let Some(kept) = kept.filter(|kept| kept.basis == *token.sealed()) {
            *token = SealedSecret::new(kept.token.clone(), context(&grant.connector));
            self.newest.lock().insert(grant.connector.clone(), kept);
        }
        grant
    }

    /// Keeps the token that an endpoint gave for the one `shown`. Where the disk does not take it, it is
    /// known until the server stops.
    pub(super) async fn keep(
        &self,
        connector: &str,
        shown: &SealedSecret,
        fresh: Zeroizing<String>,
    ) {
        let Ok(token) = self.directory.seal(&fresh, &context(connector)) else {
            tracing::error!(connector, "a new refresh token could not be encrypted");
            return;
        };
        let kept = {
            let mut newest = self.newest.lock();
            // What was shown is the directory's own, or descends from it.
            let earlier = newest.get(connector).filter(|kept| kept.token == *shown.sealed());
            let basis = earlier.map_or_else(|| shown.sealed().clone(), |kept| kept.basis.clone());
            let kept = Kept { basis, token };
            newest.insert(connector.to_owned(), kept.clone());
            kept
        };
        let path = self.path(connector);
        let written = tokio::task::spawn_blocking(move || write(&path, &kept)).await;
        if let Err(error) = written.unwrap_or_else(|e| Err(io::Error::other(e))) {
            tracing::error!(connector, %error, "a new refresh token could not be written to disk");
        }
    }

    fn path(&self, connector: &str) -> PathBuf {
        self.place.join(format!("{connector}.json"))
    }
}

/// What such a token is sealed for.
fn context(connector: &str) -> String {
    format!("{connector} refresh token")
}

async fn read(path: PathBuf) -> Option<Kept> {
    let read = move || {
        let file = fs::File::open(&path).ok()?;
        let kept = serde_json::from_reader(io::Read::take(file, MAX_FILE));
        kept.inspect_err(|error| tracing::error!(path = %path.display(), %error, "cannot be read"))
            .ok()
    };
    tokio::task::spawn_blocking(read).await.ok().flatten()
}

/// Whole or not at all, and on the disk.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let place = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(place)?;
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&serde_json::to_vec(kept)?)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    fs::File::open(place)?.sync_all()
}
