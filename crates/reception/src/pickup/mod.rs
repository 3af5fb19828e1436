//! The Pickup and Replay directories (transport.md section 15; docs/pickup-replay.md) and the maildrop of this host's
//! own programs (docs/sendmail.md): a file that is put there becomes a message exactly once, or is set aside with the
//! reason beside it.
//!
//! What makes it once: a file is renamed to a name that no other file ever has, and that name is
//! made durable; the name is stored in the commit that stores the message; then the file is
//! deleted, and that is made durable; then the name is forgotten. Whoever finds a file with such a
//! name after a crash asks whether it is stored: then it is only deleted, else taken again.

mod files;
mod folder;
mod letter;
mod names;
mod safety;
mod watch;

use std::{path::PathBuf, sync::Arc, time::Duration};

use directory::Directory;
use model::{Clock, ObjectName};
use tokio::{sync::watch as channel, task::JoinHandle};

use crate::{DropDirectory, FileIntake};

/// What the directories need from the rest of the server.
pub struct DropSettings {
    /// Paths and limits.
    pub directory: Directory,
    /// This server.
    pub server: ObjectName,
    /// Our name in trace fields.
    pub fqdn: String,
    /// The data directory, below which paths are that are not absolute.
    pub data: PathBuf,
    /// The maildrop, which must be there; `None`: there is none.
    pub maildrop: Option<PathBuf>,
    /// Who takes messages over.
    pub intake: Arc<dyn FileIntake>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How often Pickup and Replay are looked into.
    pub interval: Duration,
    /// How often the maildrop is.
    pub maildrop_interval: Duration,
    /// How long a file of Pickup and Replay must have been left alone before it is taken.
    pub rest: Duration,
}

impl DropSettings {
    /// The documented interval.
    pub const INTERVAL: Duration = Duration::from_secs(5);
    /// For people who wait for what their program sends; an empty directory costs nothing.
    pub const MAILDROP_INTERVAL: Duration = Duration::from_secs(1);
    /// Programs that write a file in place do so in less than this, or in several steps less than
    /// this apart.
    pub const REST: Duration = Duration::from_secs(2);
}

/// The directories at work.
pub struct DropDirectories {
    stop: channel::Sender<bool>,
    watches: Vec<JoinHandle<()>>,
}

impl DropDirectories {
    /// Watches the directories of the server as the directory has them, now and after every
    /// change. Must be called on a tokio runtime.
    pub fn start(settings: DropSettings) -> Self {
        let (stop, stopped) = channel::channel(false);
        let settings = Arc::new(settings);
        let watches = [DropDirectory::Pickup, DropDirectory::Replay, DropDirectory::Maildrop]
            .map(|kind| watch::Watch::new(kind, Arc::clone(&settings), stopped.clone()))
            .map(|watch| tokio::spawn(watch.run()));
        Self { stop, watches: watches.into() }
    }

    /// Takes no more files; those under way are finished.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for watch in self.watches {
            if watch.await.is_err() {
                tracing::error!("the watch over a directory for files ended badly");
            }
        }
    }
}
