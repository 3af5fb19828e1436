//! Back pressure for the spool's disk (transport.md section 6): looks every two seconds, tells of
//! each change of level once, and says whether new mail may come. Delivery goes on at every
//! level, since what leaves makes room.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use model::{ByteSize, Clock, Event, PressureLevel};
use spool::{DiskSpace, Spool, SpoolError};
use tokio::sync::watch;

use crate::journal::Journal;

/// ResourceMonitoringInterval.
const INTERVAL: Duration = Duration::from_secs(2);

/// The watch over the spool's disk.
pub(crate) struct Pressure {
    spool: Spool,
    journal: Arc<Journal>,
    clock: Arc<dyn Clock>,
    /// The present level, readable without a lock.
    level: AtomicU8,
}

impl Pressure {
    pub(crate) fn new(spool: Spool, journal: Arc<Journal>, clock: Arc<dyn Clock>) -> Self {
        Self { spool, journal, clock, level: AtomicU8::new(0) }
    }

    /// How scarce disk space is.
    pub(crate) fn level(&self) -> PressureLevel {
        match self.level.load(Ordering::Relaxed) {
            0 => PressureLevel::Normal,
            1 => PressureLevel::Medium,
            _ => PressureLevel::High,
        }
    }

    /// Runs until the service stops.
    pub(crate) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => self.look().await,
                _ = stop.changed() => return,
            }
        }
    }

    /// Looks once. A disk that cannot be asked changes nothing: its writes will tell.
    pub(crate) async fn look(&self) {
        let spool = self.spool.clone();
        let asked = tokio::task::spawn_blocking(move || spool.disk_space()).await;
        match asked.unwrap_or(Err(SpoolError::Stopped)) {
            Ok(space) => self.judge(space),
            Err(error) => {
                tracing::debug!(%error, "the spool's disk does not say how full it is");
            }
        }
    }

    fn judge(&self, space: DiskSpace) {
        let limits = self.spool.disk_limits();
        let before = self.level();
        let level = limits.level(space, before);
        if level != before {
            self.set(level);
            let event = Event::Pressure {
                resource: "the spool's disk".to_owned(),
                level,
                before,
                detail: format!(
                    "{} free of {}, reserve {}",
                    ByteSize::bytes(space.free),
                    ByteSize::bytes(space.size),
                    limits.reserve
                ),
            };
            self.journal.tell(self.clock.now(), &event);
        }
    }

    fn set(&self, level: PressureLevel) {
        let number = match level {
            PressureLevel::Normal => 0,
            PressureLevel::Medium => 1,
            PressureLevel::High => 2,
        };
        self.level.store(number, Ordering::Relaxed);
    }
}
