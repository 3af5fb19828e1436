//! Accepts a host's connections, within a limit that all hosts share.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};

use crate::session::{self, Host};

/// Sessions of all hosts together; more wait in the listeners' backlogs.
const MOST_SESSIONS: usize = 1_000;
/// Rest after a failed accept: out of descriptors, for instance.
const REST: Duration = Duration::from_millis(100);

/// The limit that all hosts share.
pub(crate) fn connection_limit() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST_SESSIONS))
}

/// Serves `host` until the task is dropped; its sessions end with it.
pub(crate) async fn serve(listener: TcpListener, host: Arc<Host>, limit: Arc<Semaphore>) {
    let mut sessions = JoinSet::new();
    loop {
        while sessions.try_join_next().is_some() {}
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "sandbox host cannot accept");
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let Ok(turn) = limit.clone().acquire_owned().await else { return };
        let host = host.clone();
        sessions.spawn(async move {
            if let Err(error) = session::serve(host, stream, peer).await {
                tracing::debug!(%error, %peer, "sandbox session ended early");
            }
            drop(turn);
        });
    }
}
