//! Between a server and who supervises it (systemd, sd_notify(3)): it says that it answers, that it reads its settings
//! again, that it ends, and as often as is asked that it lives. Where nobody supervises it nothing is said.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use sd_notify::NotifyState;
use tokio::{task::JoinHandle, time};

use crate::config::Config;

/// Who supervises the server, for the life of the process.
pub(super) struct Supervisor {
    /// Says that the server lives, where that is asked.
    living: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// To be called on the runtime whose life is meant: one that is stuck says nothing.
    pub(super) fn new() -> Self {
        let living = sd_notify::watchdog_enabled().map(|limit| tokio::spawn(live(limit)));
        Self { living }
    }

    /// Clients are answered.
    pub(super) fn ready(&self) {
        tell(&[NotifyState::Ready, NotifyState::Status("Mail is taken and sent")]);
    }

    /// The settings file is read again, by `read`.
    pub(super) fn reload(&self, read: impl FnOnce()) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[NotifyState::Reloading, now]),
            Err(_) => tell(&[NotifyState::Reloading]),
        }
        read();
        self.ready();
    }

    /// What has begun is ended.
    pub(super) fn stopping(&self) {
        tell(&[NotifyState::Stopping, NotifyState::Status("Sessions and deliveries are ended")]);
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Some(living) = &self.living {
            living.abort();
        }
    }
}

async fn live(limit: Duration) {
    // One that is late by a third is not yet missed.
    let mut beat = time::interval((limit / 3).max(Duration::from_millis(1)));
    loop {
        beat.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told how this server is");
    }
}

/// The settings file as it was read at the start.
pub(super) struct SettingsFile {
    path: PathBuf,
    text: Option<String>,
}

impl SettingsFile {
    /// Remembers what stands in `path` now; it need not exist.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), text: fs::read_to_string(path).ok() }
    }

    /// Looks at it again and says what is to be done: its keys are what is needed before the directory is open, and
    /// count from the next start. Everything else is in the directory and counts at once.
    pub(super) fn look_again(&self) {
        let path = self.path.display();
        if fs::read_to_string(&self.path).ok() == self.text {
            tracing::info!("{path} has not changed since the start");
            return;
        }
        match Config::read(&self.path) {
            Ok(_) => tracing::warn!(
                "{path} has changed and is in order; it counts after a restart (systemctl restart relais)"
            ),
            Err(error) => tracing::error!(
                error = format!("{error:#}"),
                "{path} is not in order: this server goes on, and would not start again"
            ),
        }
    }
}
