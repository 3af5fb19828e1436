//! Hearing of changes that other servers make to the directory: within a moment by the engine's
//! notifications, and from whoever asks for the revision now and then, should those not come.

use std::{future::pending, time::Duration};

use directory::{Directory, DirectoryError};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};
use tokio_postgres::Notification;

use crate::{Engine, EngineError, engine::Link};

/// What the servers' listeners listen to; the text of a notification is the revision.
pub(crate) const CHANNEL: &str = "relais_directory";

/// The first wait before a lost connection is opened again; each one is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest one.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// After a failed refresh there is another one.
const AGAIN: Duration = Duration::from_secs(1);

/// Keeps `directory` up to date for ever: it is refreshed when the engine tells of a change, when a connection
/// to it is there again, and when `seen` says that somebody saw another revision than the one that is known. Ends
/// when it is dropped.
pub async fn follow(engine: Engine, directory: Directory, mut seen: watch::Receiver<u64>) {
    let mut link = None;
    let mut wait = FIRST_WAIT;
    let mut connect_at = Instant::now();
    let mut is_behind = false;
    loop {
        let revision = tokio::select! {
            () = sleep_until(connect_at), if link.is_none() => match listen(&engine).await {
                Ok(open) => {
                    (link, wait) = (Some(open), FIRST_WAIT);
                    // What was told in between nobody heard.
                    None
                }
                Err(error) => {
                    tracing::debug!(%error, "the engine's notifications cannot be heard");
                    connect_at = Instant::now() + wait;
                    wait = (wait * 2).min(LONGEST_WAIT);
                    continue;
                }
            },
            heard = heard(&mut link) => match heard {
                Some(notification) => notification.payload().parse().ok(),
                None => {
                    (link, connect_at) = (None, Instant::now() + wait);
                    continue;
                }
            },
            Ok(()) = seen.changed() => Some(*seen.borrow_and_update()),
            () = sleep(AGAIN), if is_behind => None,
        };
        is_behind = !refresh(&directory, revision).await;
    }
}

async fn listen(engine: &Engine) -> Result<Link, EngineError> {
    let link = engine.connect("directory listener").await?;
    link.client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    Ok(link)
}

/// The next notification; `None` when the connection has ended.
async fn heard(link: &mut Option<Link>) -> Option<Notification> {
    match link {
        Some(link) => link.notification().await,
        None => pending().await,
    }
}

/// Refreshes the directory, if it is not at `revision` already. Says whether that went well.
async fn refresh(directory: &Directory, revision: Option<u64>) -> bool {
    let directory = directory.clone();
    let refresh = move || match revision {
        Some(revision) => directory.refresh_to(revision),
        None => directory.refresh(),
    };
    match tokio::task::spawn_blocking(refresh).await {
        Ok(Ok(_)) => true,
        Ok(Err(DirectoryError::Unreachable(error))) => {
            tracing::debug!(error, "the engine cannot be reached for the directory");
            false
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the directory cannot be read from the engine");
            false
        }
        Err(_) => false,
    }
}
