//! A connection to the engine for callers that block: a thread of its own keeps it, opens it again after a
//! failure, and does one thing after the other on it. Nobody waits for long: an engine that does not
//! answer counts as one that cannot be reached.

use std::{io, sync::mpsc as answers, time::Duration};

use futures_util::future::LocalBoxFuture;
use tokio::{
    runtime::Builder,
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{Engine, EngineError, engine::Link, schema};

/// Something to be done on the connection.
type Job = Box<dyn for<'a> FnOnce(&'a mut Wire) -> LocalBoxFuture<'a, ()> + Send>;

/// The thread, which ends when this is dropped.
pub(crate) struct Line {
    jobs: mpsc::UnboundedSender<Job>,
}

/// What the thread has: the connection, when there is one.
pub(crate) struct Wire {
    engine: Engine,
    purpose: &'static str,
    patience: Duration,
    open: Option<Open>,
}

/// An open connection.
pub(crate) struct Open {
    /// The connection.
    pub(crate) link: Link,
    /// Everything was read on it once. What was read on an earlier connection may be of an engine that has
    /// been set back since.
    pub(crate) is_read: bool,
    /// How long an answer is waited for.
    pub(crate) patience: Duration,
}

impl Line {
    /// Starts the thread. Nothing is connected yet. An engine that is silent for `patience` counts as away.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn start(
        engine: Engine,
        purpose: &'static str,
        patience: Duration,
    ) -> io::Result<Self> {
        let (jobs, mut asked) = mpsc::unbounded_channel::<Job>();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut wire = Wire { engine, purpose, patience, open: None };
        std::thread::Builder::new().name(format!("engine {purpose}")).spawn(move || {
            runtime.block_on(async {
                while let Some(job) = asked.recv().await {
                    job(&mut wire).await;
                }
            });
        })?;
        Ok(Self { jobs })
    }

    /// Has something done there and waits for it, on a thread that may block.
    ///
    /// # Errors
    /// What `work` ends in.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&mut Wire) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let (answer, answered) = answers::sync_channel(1);
        let job: Job = Box::new(move |wire: &mut Wire| -> LocalBoxFuture<'_, ()> {
            Box::pin(async move {
                let _ = answer.send(work(wire).await);
            })
        });
        let ended = || EngineError::Unreachable("the thread for it has ended".to_owned());
        self.jobs.send(job).map_err(|_| ended())?;
        answered.recv().map_err(|_| ended())?
    }
}

impl Wire {
    /// Does `work` on the connection, which is opened if there is none. If one that was there turns out to
    /// be lost, `work` is done once more on a new one: until it ends well it must not leave anything behind.
    ///
    /// # Errors
    /// What opening, or `work`, ends in. After an error the connection is not used again.
    pub(crate) async fn on<T>(
        &mut self,
        work: impl AsyncFn(&mut Open) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        loop {
            let begun = Instant::now();
            let used = self.open.take().filter(|open| !open.link.is_closed());
            let is_new = used.is_none();
            let mut open = match used {
                Some(open) => open,
                None => self.connect().await?,
            };
            match work(&mut open).await {
                Ok(done) => {
                    self.open = Some(open);
                    return Ok(done);
                }
                // Silence would be as long again.
                Err(EngineError::Unreachable(_)) if !is_new && begun.elapsed() < self.patience => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Leaves the connection, whatever is still on its way there.
    pub(crate) fn hang_up(&mut self) {
        self.open = None;
    }

    async fn connect(&self) -> Result<Open, EngineError> {
        let link = within(self.patience, self.engine.connect(self.purpose)).await?;
        let open = Open { link, is_read: false, patience: self.patience };
        // Whatever the engine's administrator has set for others: what is answered is on the standbys.
        open.within(open.link.client.batch_execute("SET synchronous_commit = on")).await?;
        open.within(schema::check(&open.link.client)).await?;
        Ok(open)
    }
}

impl Open {
    /// Waits for an answer, no longer than there is patience.
    ///
    /// # Errors
    /// What the engine answers; [`EngineError::Unreachable`] when it does not.
    pub(crate) async fn within<T, E: Into<EngineError>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, EngineError> {
        within(self.patience, answer).await
    }
}

/// As [`Open::within`], for who has lent the connection to a transaction.
pub(crate) async fn within<T, E: Into<EngineError>>(
    patience: Duration,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, EngineError> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => {
            let seconds = patience.as_secs_f32();
            Err(EngineError::Unreachable(format!("it has not answered for {seconds} seconds")))
        }
    }
}
