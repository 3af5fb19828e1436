//! How a server ends: it is told to, it begins again, or it leaves its organization.

use std::{path::Path, time::Duration};

use acme::Acme;
use anyhow::Result;
use frontend::FrontEnd;
use management::{MembershipError, Problem};
use reception::{DropDirectories, Reception};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};
use transport::Transport;
use vault::KeyFiles;

use super::Server;
use crate::membership::{Departure, EngineFile, Membership, State};

/// Why a server does not go on.
pub(super) enum Why {
    Stopped,
    BeginsAgain,
    Leaves(Departure),
}

impl std::fmt::Debug for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stopped => "it was told to",
            Self::BeginsAgain => "it begins again",
            Self::Leaves(_) => "it leaves its organization",
        })
    }
}

impl Server {
    /// Stops taking mail, then sending it, then answering.
    pub(super) async fn stop(self) {
        let (moving, answering) = self.halves();
        moving.stop().await.stop().await;
        answering.stop().await;
    }

    /// Leaves the organization: what is here is left to others while nothing moves any more, then the server is taken
    /// out of the directory, and then nobody is answered any more. Whether it has left; it is to begin again
    /// where it has not.
    pub(super) async fn leave(self, departure: Departure, data: &Path) -> bool {
        let Departure { removal, answer } = departure;
        let (moving, answering) = self.halves();
        let membership = moving.stop().await;
        let done = match membership.leave().await {
            Ok(left) => removed(removal).await.map(|()| left),
            Err(error) => Err(MembershipError::Unreachable(format!(
                "This server's messages could not be left to others: {error:#}. It goes on as before."
            ))
            .into()),
        };
        let has_left = done.is_ok();
        match &done {
            Ok(messages) => {
                tracing::info!(messages, "this server has left its organization");
                if let Err(error) = forget_organization(data) {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the organization's keys could not be removed here"
                    );
                }
            }
            Err(problem) => {
                tracing::error!(%problem, "this server could not leave: it begins again")
            }
        }
        let _ = answer.send(done);
        answering.stop().await;
        has_left
    }

    fn halves(self) -> (Moving, Answering) {
        let moving = Moving {
            reception: self.reception,
            drop_directories: self.drop_directories,
            transport: self.transport,
            membership: self.membership,
        };
        let answering = Answering {
            front_end: self.front_end,
            acme: self.acme,
            admin: self.admin,
            stop_admin: self.stop_admin,
        };
        (moving, answering)
    }
}

/// What moves mail.
struct Moving {
    reception: Reception,
    drop_directories: DropDirectories,
    transport: Transport,
    membership: Membership,
}

impl Moving {
    /// Takes no mail any more, then sends none.
    async fn stop(self) -> Membership {
        self.reception.stop().await;
        self.drop_directories.stop().await;
        self.transport.stop().await;
        self.membership
    }
}

/// What others ask.
struct Answering {
    front_end: FrontEnd,
    acme: Option<Acme>,
    admin: tokio::task::JoinHandle<std::io::Result<()>>,
    stop_admin: oneshot::Sender<()>,
}

impl Answering {
    async fn stop(self) {
        self.front_end.stop().await;
        if let Some(acme) = self.acme {
            acme.stop().await;
        }
        let _ = self.stop_admin.send(());
        match tokio::time::timeout(Duration::from_secs(5), self.admin).await {
            Ok(Ok(Err(error))) => tracing::error!(%error, "the admin center ended badly"),
            Ok(Err(error)) => tracing::error!(%error, "the admin center ended badly"),
            Ok(Ok(Ok(()))) | Err(_) => {}
        }
    }
}

/// Takes the server out of the directory.
async fn removed(removal: management::Removal) -> Result<(), Problem> {
    let failed = |error: tokio::task::JoinError| MembershipError::Failed(error.to_string());
    tokio::task::spawn_blocking(removal).await.map_err(failed)?
}

/// What a server that has left does not need: the organization's keys, and the way to its engine.
fn forget_organization(data: &Path) -> Result<()> {
    if let Some(file) = EngineFile::read(data)? {
        EngineFile { password: None, state: State::Left, ..file }.write(data)?;
    }
    Ok(KeyFiles::remove(&data.join("keys"))?)
}

/// SIGTERM and SIGINT, which end a server, and SIGHUP, which does not.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits until the server is to end; does `reload` whenever it is to read its settings again.
    pub(super) async fn wait(&mut self, reload: impl Fn()) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => reload(),
            }
        }
    }
}
