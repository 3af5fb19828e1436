//! From one server to several and back, while mail flows: the directory moves to the engine, a seat is taken, what
//! waits is copied; and all of it the other way round. A failure on the way leaves the server as it was.

use std::{path::PathBuf, sync::Arc};

use cluster::{Engine, EngineDirectory, EngineError, Heir, Holding};
use directory::{Directory, DirectoryError, Header};
use management::{
    BoxFuture, Membership as Administered, MembershipError, Problem, Removal, Standing,
};
use model::ObjectName;
use serde::{Deserialize, Serialize};
use spool::Spool;
use tls::{Fingerprint, TrustAnchors};
use tokio::sync::{Mutex, mpsc, oneshot};
use vault::{DataKey, JoinTokens, KeyFiles};
use zeroize::Zeroizing;

use super::{EngineFile, Membership, State, forget_engine};

/// What an administrator does with this server's membership.
pub(crate) struct Administration {
    pub(crate) membership: Membership,
    pub(crate) directory: Directory,
    pub(crate) server: ObjectName,
    pub(crate) spool: Spool,
    pub(crate) data: PathBuf,
    pub(crate) key: DataKey,
    pub(crate) trust: Arc<TrustAnchors>,
    pub(crate) heir: Arc<dyn Heir>,
    pub(crate) tokens: JoinTokens,
    pub(crate) authority: Fingerprint,
    pub(crate) departures: mpsc::Sender<Departure>,
    /// One change at a time.
    pub(crate) changing: Mutex<()>,
}

/// This server is to leave. Whoever runs it does so, and answers.
pub(crate) struct Departure {
    /// Takes it out of the directory.
    pub(crate) removal: Removal,
    /// Hears how many messages it has left to others.
    pub(crate) answer: oneshot::Sender<Result<u64, Problem>>,
}

/// What a new server is handed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Handed {
    pub(crate) keys: KeyFiles,
    pub(crate) engine: EngineFile,
}

fn failed(error: impl std::fmt::Display) -> MembershipError {
    MembershipError::Failed(format!("{error:#}."))
}

fn of_engine(error: &EngineError) -> MembershipError {
    let text = format!("{error}.");
    match error {
        EngineError::Unreachable(_) => MembershipError::Unreachable(text),
        _ => MembershipError::Refused(text),
    }
}

fn of_directory(error: &DirectoryError) -> MembershipError {
    match error {
        DirectoryError::Occupied { organization } => MembershipError::Refused(format!(
            "The engine holds the directory of the organization \"{organization}\" already. Give another database, or empty that one (DROP SCHEMA relais CASCADE)."
        )),
        DirectoryError::Unreachable(_) => MembershipError::Unreachable(format!("{error}.")),
        _ => MembershipError::Failed(format!("{error}.")),
    }
}

impl Administration {
    async fn enable_on(
        &self,
        connection: &str,
        password: Option<&str>,
    ) -> Result<Vec<String>, MembershipError> {
        let _one = self.changing.lock().await;
        if self.directory.is_on_engine() {
            let text = "This server shares an engine with others already.";
            return Err(MembershipError::Refused(text.to_owned()));
        }
        let mut file = EngineFile::new(connection, password, &self.key).map_err(failed)?;
        let engine = file.engine(&self.key, &self.trust);
        let engine = engine.map_err(|error| MembershipError::Refused(format!("{error:#}.")))?;
        engine.establish(&Header::fresh().guid.to_string()).await.map_err(|e| of_engine(&e))?;
        let single = engine.what_makes_it_single().await.map_err(|e| of_engine(&e))?;
        file.state = State::Moving;
        file.write(&self.data).map_err(failed)?;
        if let Err(error) = self.move_there(&engine).await {
            tracing::error!(%error, "the organization could not be moved to the engine: it stays here");
            self.move_back(&engine).await;
            return Err(error);
        }
        file.state = State::Shared;
        if let Err(error) = file.write(&self.data) {
            // It is found to have got there at the next start.
            tracing::error!(%error, "engine.json could not be completed");
        }
        tracing::info!("the organization is on the engine: other servers can join");
        Ok(single.map(|why| format!("The engine is not redundant: {why}.")).into_iter().collect())
    }

    async fn move_there(&self, engine: &Engine) -> Result<(), MembershipError> {
        let store = EngineDirectory::new(engine.clone()).map_err(failed)?;
        let directory = self.directory.clone();
        let moving = tokio::task::spawn_blocking(move || directory.move_to_engine(Arc::new(store)));
        moving.await.map_err(failed)?.map_err(|error| of_directory(&error))?;
        self.membership.begin(engine.clone()).await.map_err(failed)?;
        if !self.membership.is_seated() {
            let text = "The engine cannot be reached any more.";
            return Err(MembershipError::Unreachable(text.to_owned()));
        }
        self.membership.inherit_by(Arc::clone(&self.heir)).map_err(failed)
    }

    /// Undoes what was done of [`Administration::move_there`].
    async fn move_back(&self, engine: &Engine) {
        self.membership.part().await;
        if self.directory.is_on_engine() {
            match self.directory_back().await {
                Ok(_) => {
                    if let Err(error) = engine.empty(self.server.as_str()).await {
                        tracing::warn!(%error, "the engine could not be emptied");
                    }
                }
                // The next start finds it on the engine, and goes on from there.
                Err(error) => {
                    tracing::error!(%error, "the directory could not be brought back");
                    return;
                }
            }
        }
        self.be_alone().await;
    }

    async fn directory_back(&self) -> Result<bool, MembershipError> {
        let directory = self.directory.clone();
        let moving = tokio::task::spawn_blocking(move || directory.back_to_embedded());
        moving.await.map_err(failed)?.map_err(|error| of_directory(&error))
    }

    /// Forgets the engine, in the spool and in the data directory.
    async fn be_alone(&self) {
        let spool = self.spool.clone();
        let forgotten = tokio::task::spawn_blocking(move || forget_engine(&spool)).await;
        if !matches!(forgotten, Ok(Ok(()))) {
            tracing::error!(
                "the spool could not be told that it is alone; that is done at the next start"
            );
        }
        if let Err(error) = EngineFile::remove(&self.data) {
            tracing::error!(%error, "this is done at the next start");
        }
    }

    async fn disable_here(&self, force: bool) -> Result<Vec<String>, MembershipError> {
        let _one = self.changing.lock().await;
        let engine = self
            .membership
            .engine()
            .ok_or_else(|| MembershipError::Refused("This server is alone already.".to_owned()))?;
        let ready = self.ready_to_be_alone(&engine).await;
        let mut warnings = Vec::new();
        match ready {
            Ok(()) => {}
            Err(MembershipError::Unreachable(why)) if force => warnings.push(format!(
                "It was done without the engine ({why}) What only the engine holds is not here; should it come back, empty it before it is used again (DROP SCHEMA relais CASCADE)."
            )),
            Err(error) => return Err(error),
        }
        let file = EngineFile::read(&self.data).map_err(failed)?;
        let file = file.ok_or_else(|| failed("engine.json is missing"))?;
        let moving = EngineFile { state: State::Moving, ..file.clone() };
        moving.write(&self.data).map_err(failed)?;
        match self.directory_back().await {
            Ok(true) => {}
            Ok(false) if !warnings.is_empty() => {}
            Ok(false) => warnings.push(
                "The engine went away meanwhile: the newest records of the audit log may be missing here.".to_owned(),
            ),
            Err(error) => {
                let _ = file.write(&self.data);
                return Err(error);
            }
        }
        self.membership.part().await;
        if let Err(error) = engine.empty(self.server.as_str()).await
            && warnings.is_empty()
        {
            warnings.push(format!("The engine could not be emptied: {error}. Empty it before it is used again (DROP SCHEMA relais CASCADE)."));
        }
        self.be_alone().await;
        tracing::info!("the organization is on this server alone");
        Ok(warnings)
    }

    /// Whether nothing would be lost.
    async fn ready_to_be_alone(&self, engine: &Engine) -> Result<(), MembershipError> {
        let away = |why: &str| {
            MembershipError::Unreachable(format!("The engine cannot be reached: {why}."))
        };
        let seat =
            self.membership.seat().ok_or_else(|| away("this server has begun without it"))?;
        let directory = self.directory.clone();
        let refreshed = tokio::task::spawn_blocking(move || directory.refresh());
        refreshed.await.map_err(failed)?.map_err(|error| of_directory(&error))?;
        let waiting =
            engine.messages_elsewhere(seat.incarnation).await.map_err(|e| of_engine(&e))?;
        if waiting > 0 {
            return Err(MembershipError::Refused(format!(
                "{waiting} messages of servers that are gone have not been taken over yet. Wait until Get-ClusterStatus shows only this server, then try again."
            )));
        }
        Ok(())
    }
}

impl Administered for Administration {
    fn standing(&self) -> Option<Standing> {
        self.membership.standing()
    }

    fn enable<'a>(
        &'a self,
        connection: &'a str,
        password: Option<Zeroizing<String>>,
    ) -> BoxFuture<'a, Result<Vec<String>, MembershipError>> {
        Box::pin(async move {
            self.enable_on(connection, password.as_ref().map(|text| text.as_str())).await
        })
    }

    fn disable(&self, force: bool) -> BoxFuture<'_, Result<Vec<String>, MembershipError>> {
        Box::pin(self.disable_here(force))
    }

    fn holding<'a>(
        &'a self,
        server: &'a str,
    ) -> BoxFuture<'a, Result<Option<Holding>, MembershipError>> {
        Box::pin(async move {
            let Some(engine) = self.membership.engine() else { return Ok(None) };
            engine.holding_of(server).await.map_err(|error| of_engine(&error))
        })
    }

    fn give_up_seat<'a>(&'a self, server: &'a str) -> BoxFuture<'a, Result<(), MembershipError>> {
        Box::pin(async move {
            let Some(engine) = self.membership.engine() else { return Ok(()) };
            engine.give_up_seat(server).await.map_err(|error| of_engine(&error))
        })
    }

    fn leave(&self, removal: Removal) -> BoxFuture<'_, Result<u64, Problem>> {
        Box::pin(async move {
            let _one = self.changing.lock().await;
            let stopping = || MembershipError::Refused("The server is stopping.".to_owned());
            let (answer, answered) = oneshot::channel();
            let sent = self.departures.send(Departure { removal, answer }).await;
            sent.map_err(|_| stopping())?;
            answered.await.map_err(|_| stopping())?
        })
    }

    fn api(&self) -> String {
        self.membership.api()
    }

    fn tokens(&self) -> &JoinTokens {
        &self.tokens
    }

    fn authority(&self) -> Fingerprint {
        self.authority
    }

    fn hand_over(&self, server: &ObjectName) -> Result<Zeroizing<Vec<u8>>, MembershipError> {
        let engine = EngineFile::read(&self.data).map_err(failed)?;
        let engine = engine.ok_or_else(|| failed("engine.json is missing"))?;
        let keys = KeyFiles::read(&self.data.join("keys")).map_err(failed)?;
        let engine = EngineFile { server: Some(server.clone()), state: State::Shared, ..engine };
        serde_json::to_vec(&Handed { keys, engine }).map(Zeroizing::new).map_err(failed)
    }
}
