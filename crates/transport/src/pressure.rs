//! Back pressure (transport.md section 6): looks at every resource every two seconds, tells of
//! each change once, and says what is asked for. Delivery goes on at every level, since what
//! leaves makes room. Who acts is in `relief`.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use model::{Clock, Event, Resource};
use resources::{Board, Change, Demand, Reading, Rule, Sampler, Settings};
use spool::{Spool, SpoolError};

use crate::journal::Journal;

/// What is called a version bucket: so many bytes that wait for the committing thread.
const BUCKET: u64 = 64 << 10;

/// The watch over a server's resources.
pub(crate) struct Pressure {
    spool: Spool,
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    sampler: Arc<dyn Sampler>,
    board: Arc<Board>,
    submission: Arc<Submission>,
}

/// Messages that are accepted and not yet categorized.
#[derive(Debug, Default)]
pub(crate) struct Submission {
    now: AtomicU64,
    /// The most since somebody looked.
    most: AtomicU64,
}

/// One message among them; over when dropped.
#[must_use]
pub(crate) struct Uncategorized(Arc<Submission>);

impl Submission {
    /// Counts a message in.
    pub(crate) fn enter(self: &Arc<Self>) -> Uncategorized {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Uncategorized(Arc::clone(self))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// The most there have been since this was asked last.
    fn most(&self) -> u64 {
        let now = self.count();
        self.most.swap(now, Ordering::Relaxed).max(now)
    }
}

impl Drop for Uncategorized {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the system says; none where it does not.
#[derive(Default)]
struct Sample {
    database_disk: Option<Reading>,
    /// None also where it is the spool's.
    log_disk: Option<Reading>,
    log_is_apart: bool,
    process_memory: Option<Reading>,
    all_memory: Option<Reading>,
}

impl Pressure {
    pub(crate) fn new(
        spool: Spool,
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        mut settings: Settings,
        sampler: Arc<dyn Sampler>,
    ) -> Self {
        if let Rule::DefaultReserve(_) = settings.database_disk {
            // The spool keeps it free, too.
            settings.database_disk = Rule::Reserve(spool.disk_limits().reserve);
        }
        let board = Board::new(settings, clock.now());
        board.set_place(Resource::DatabaseDisk, Some(shown(spool.path())));
        let submission = Arc::default();
        Self { spool, journal, clock, sampler, board: Arc::new(board), submission }
    }

    /// What is asked for now.
    pub(crate) fn demand(&self) -> Demand {
        self.board.demand()
    }

    /// How each resource stands.
    pub(crate) fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board)
    }

    /// Counts messages on their way to a queue.
    pub(crate) fn submission(&self) -> &Arc<Submission> {
        &self.submission
    }

    /// Looks once, and tells of every change; `suspended` messages wait in the Submission queue
    /// until an administrator lets them go. What does not say how it stands stays as it was:
    /// writes to a disk that cannot be asked will tell.
    pub(crate) async fn look(&self, suspended: u64) -> Demand {
        let (spool, sampler) = (self.spool.clone(), Arc::clone(&self.sampler));
        let logs = self.journal.log().folder();
        let most = self.board.settings().process_memory_limit;
        let always = self.board.settings().log_disk_always;
        self.board.set_place(Resource::LogDisk, logs.as_deref().map(shown));
        let asked = tokio::task::spawn_blocking(move || {
            sample(&spool, sampler.as_ref(), logs.as_deref(), always)
        });
        let sample = asked.await.unwrap_or_default();
        let backlog = self.spool.backlog();
        let readings = [
            (Resource::DatabaseDisk, sample.database_disk),
            (Resource::LogDisk, sample.log_disk),
            (Resource::ProcessMemory, sample.process_memory.map(|reading| reading.within(most))),
            (Resource::AllMemory, sample.all_memory),
            (Resource::VersionBuckets, Some(Reading::count(backlog.bytes / BUCKET))),
            (Resource::BatchPoints, Some(Reading::count(backlog.batches))),
            (Resource::SubmissionQueue, Some(Reading::count(self.submission.most() + suspended))),
        ];
        let now = self.clock.now();
        for (resource, reading) in readings {
            let change = match reading {
                Some(reading) => self.board.look(resource, reading, now),
                None if resource == Resource::LogDisk && !sample.log_is_apart => {
                    self.board.forget(resource, now)
                }
                None => None,
            };
            if let Some(change) = change {
                self.tell(change);
            }
        }
        self.demand()
    }

    fn tell(&self, change: Change) {
        let event = Event::Pressure {
            resource: change.resource,
            level: change.level,
            before: change.before,
            new_mail: self.demand().new_mail,
            detail: change.detail,
        };
        self.journal.tell(self.clock.now(), &event);
    }
}

/// Asks the system. Blocks.
fn sample(spool: &Spool, sampler: &dyn Sampler, logs: Option<&Path>, always: bool) -> Sample {
    let log_is_apart = logs.is_some_and(|logs| {
        // One disk is watched once: what the spool's file has free counts there.
        always || !sampler.is_one_disk(spool.path(), logs).unwrap_or(false)
    });
    let log_disk = logs.filter(|_| log_is_apart);
    Sample {
        database_disk: said(Resource::DatabaseDisk, database_disk(spool)),
        log_disk: log_disk.and_then(|logs| said(Resource::LogDisk, sampler.disk(logs))),
        log_is_apart,
        process_memory: said(Resource::ProcessMemory, sampler.process_memory()),
        all_memory: said(Resource::AllMemory, sampler.all_memory()),
    }
}

fn database_disk(spool: &Spool) -> Result<Reading, SpoolError> {
    let space = spool.disk_space()?;
    Ok(Reading::of(space.size.saturating_sub(space.free), space.size))
}

fn said<E: std::fmt::Display>(resource: Resource, asked: Result<Reading, E>) -> Option<Reading> {
    asked
        .inspect_err(|error| tracing::debug!(%resource, %error, "it does not say how full it is"))
        .ok()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
