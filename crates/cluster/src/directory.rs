//! The directory on the engine: the same rows as in the embedded store, each with the revision that changed it
//! last, so that a server reads what is new to it alone. A change compares the revision and moves it in one
//! transaction; whoever listens hears of it ([`crate::follow`]).
//!
//! Of a change whose commit was not answered it is found out whether it was made. Where that cannot be, and where the
//! engine does not vouch for its commit, whoever asked is told that it may have been.

mod sql;

use std::{io, time::Duration};

use directory::{AuditRow, Commit, Content, News, SharedStore, Store, StoreError};

use self::sql::Outcome;
use crate::{
    Engine, EngineError,
    line::{Line, Wire},
};

/// An engine that is silent for so long counts as one that cannot be reached.
const PATIENCE: Duration = Duration::from_secs(10);

/// The directory's tables on the engine, for callers that block. It has a connection and a thread of its own.
pub struct EngineDirectory {
    line: Line,
}

impl EngineDirectory {
    /// Begins. Nothing is connected yet; the tables are there already ([`Engine::prepare`]).
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn new(engine: Engine) -> io::Result<Self> {
        Self::with_patience(engine, PATIENCE)
    }

    /// The same with another time than ten seconds after which a silent engine counts as away.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn with_patience(engine: Engine, patience: Duration) -> io::Result<Self> {
        Ok(Self { line: Line::start(engine, "directory", patience)? })
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut Wire) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.line.ask(work).map_err(|error| match error {
            EngineError::Unreachable(text) => StoreError::Unreachable(text),
            EngineError::NotDurable(_) => StoreError::InDoubt(error.to_string()),
            other => StoreError::Refused(other.to_string()),
        })
    }
}

impl Store for EngineDirectory {
    fn read(&self) -> Result<Content, StoreError> {
        self.ask(async |wire| wire.on(sql::read).await)
    }

    fn read_since(&self, revision: u64) -> Result<News, StoreError> {
        self.ask(async move |wire| wire.on(async |open| sql::news(open, revision).await).await)
    }

    fn commit(&self, commit: &Commit) -> Result<(), StoreError> {
        let commit = commit.clone();
        self.ask(async move |wire| {
            let outcome = wire.on(async |open| sql::commit(open, &commit).await).await?;
            settled(wire, &commit, outcome).await
        })?
    }

    fn audit_log(&self, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.ask(async move |wire| wire.on(async |open| sql::audit_log(open, limit).await).await)
    }
}

impl SharedStore for EngineDirectory {
    fn audit_after(&self, id: u64, limit: usize) -> Result<Vec<(u64, AuditRow)>, StoreError> {
        self.ask(async move |wire| {
            wire.on(async |open| sql::audit_after(open, id, limit).await).await
        })
    }

    fn fill(&self, content: Content, audit: Vec<AuditRow>) -> Result<u64, StoreError> {
        self.ask(async move |wire| {
            let outcome = wire.on(async |open| sql::fill(open, &content, &audit).await).await?;
            Ok(match outcome {
                Outcome::Made(last) => Ok(last),
                Outcome::Outdated => Err(StoreError::Outdated),
                Outcome::Unanswered(text) | Outcome::NotVouched(text) => {
                    Err(StoreError::InDoubt(text))
                }
            })
        })?
    }
}

/// Finds out what became of a commit that was not answered.
async fn settled(
    wire: &mut Wire,
    commit: &Commit,
    outcome: Outcome<()>,
) -> Result<Result<(), StoreError>, EngineError> {
    let lost = match outcome {
        Outcome::Made(()) => return Ok(Ok(())),
        Outcome::Outdated => return Ok(Err(StoreError::Outdated)),
        Outcome::NotVouched(text) => return Ok(Err(StoreError::InDoubt(text))),
        Outcome::Unanswered(lost) => lost,
    };
    wire.hang_up();
    let found = wire.on(async |open| sql::find(open, commit).await).await;
    Ok(match found {
        Ok(Outcome::Made(true)) => Ok(()),
        Ok(Outcome::Made(false)) => Err(StoreError::Unreachable(lost)),
        Ok(Outcome::Outdated) => Err(StoreError::Outdated),
        Ok(Outcome::Unanswered(text) | Outcome::NotVouched(text)) => Err(StoreError::InDoubt(text)),
        Err(error) => Err(StoreError::InDoubt(format!("{lost}; then: {error}"))),
    })
}
