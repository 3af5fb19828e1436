//! What the spool counts for `/metrics`: how long commits take and how much they hold.

use prometheus_client::{
    metrics::{
        counter::Counter,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

/// Half a millisecond (a fast disk) to ten seconds (one that hangs).
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// Counted by the committing thread.
#[derive(Debug)]
pub(crate) struct SpoolMetrics {
    /// From the beginning of a transaction until it is synced.
    pub(crate) seconds: Histogram,
    /// Batches that shared one.
    pub(crate) batches: Histogram,
    /// Bytes of content in one.
    pub(crate) bytes: Histogram,
    /// Transactions that failed.
    pub(crate) failures: Counter,
}

impl Default for SpoolMetrics {
    fn default() -> Self {
        Self {
            seconds: Histogram::new(SECONDS),
            batches: Histogram::new(exponential_buckets(1.0, 2.0, 13)),
            bytes: Histogram::new(exponential_buckets(1024.0, 4.0, 9)),
            failures: Counter::default(),
        }
    }
}

impl SpoolMetrics {
    /// Makes everything readable in `registry`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "spool_commit",
            "Time from the beginning of a transaction of the spool until it is synced",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register(
            "spool_commit_batches",
            "Batches of changes that shared one transaction",
            self.batches.clone(),
        );
        registry.register_with_unit(
            "spool_commit_content",
            "Content stored in one transaction",
            Unit::Bytes,
            self.bytes.clone(),
        );
        registry.register(
            "spool_commit_failures",
            "Transactions of the spool that failed",
            self.failures.clone(),
        );
    }
}
