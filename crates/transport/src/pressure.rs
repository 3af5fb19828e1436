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

use model::{ByteSize, Event, PressureLevel};
use spool::{DiskSpace, SpoolError};

use crate::core::Core;

/// ResourceMonitoringInterval.
const INTERVAL: Duration = Duration::from_secs(2);

/// The present level, readable without a lock.
#[derive(Debug, Default)]
pub(crate) struct Pressure(AtomicU8);

impl Pressure {
    /// How scarce disk space is.
    pub(crate) fn level(&self) -> PressureLevel {
        match self.0.load(Ordering::Relaxed) {
            0 => PressureLevel::Normal,
            1 => PressureLevel::Medium,
            _ => PressureLevel::High,
        }
    }

    fn set(&self, level: PressureLevel) {
        let number = match level {
            PressureLevel::Normal => 0,
            PressureLevel::Medium => 1,
            PressureLevel::High => 2,
        };
        self.0.store(number, Ordering::Relaxed);
    }
}

/// Runs until the service stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stop = core.stop.clone();
    loop {
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => look(&core).await,
            _ = stop.changed() => return,
        }
    }
}

/// Looks once. A disk that cannot be asked changes nothing: its writes will tell.
pub(crate) async fn look(core: &Core) {
    let spool = core.spool.clone();
    let asked = tokio::task::spawn_blocking(move || spool.disk_space()).await;
    match asked.unwrap_or(Err(SpoolError::Stopped)) {
        Ok(space) => judge(core, space),
        Err(error) => tracing::debug!(%error, "the spool's disk does not say how full it is"),
    }
}

fn judge(core: &Core, space: DiskSpace) {
    let limits = core.spool.disk_limits();
    let before = core.pressure.level();
    let level = limits.level(space, before);
    if level != before {
        core.pressure.set(level);
        core.emit(&Event::Pressure {
            resource: "the spool's disk".to_owned(),
            level,
            before,
            detail: format!(
                "{} free of {}, reserve {}",
                ByteSize::bytes(space.free),
                ByteSize::bytes(space.size),
                limits.reserve
            ),
        });
    }
}
