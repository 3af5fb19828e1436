//! What is shown at `/metrics`: until when the certificate counts, and whether its renewal fails.

use std::{fmt, sync::Arc};

use model::Timestamp;
use parking_lot::Mutex;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

/// What there is to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Until when the certificate counts; absent where there is none.
    pub(crate) expiry: Option<Timestamp>,
    /// When the last attempt failed; absent when the last one did not.
    pub(crate) failed: Option<Timestamp>,
    /// How many have failed one after the other.
    pub(crate) failures: u32,
}

/// Shared by who knows and who asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Board(Arc<Mutex<Standing>>);

impl Board {
    /// Shows this from now on.
    pub(crate) fn show(&self, standing: Standing) {
        *self.0.lock() = standing;
    }
}

impl Collector for Board {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let standing = *self.0.lock();
        let seconds = |at: Option<Timestamp>| at.map_or(0, |at| at.as_millis() / 1000);
        let gauges = [
            (
                "acme_certificate_expiry_timestamp_seconds",
                "When the certificate obtained by ACME ends; 0 where there is none",
                seconds(standing.expiry),
            ),
            (
                "acme_last_failure_timestamp_seconds",
                "When it could not be obtained or renewed last; 0 when the last attempt did not fail",
                seconds(standing.failed),
            ),
            (
                "acme_failures",
                "Attempts to obtain or renew it that failed since the last that did not",
                i64::from(standing.failures),
            ),
        ];
        for (name, help, value) in gauges {
            let gauge = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(value).encode(gauge)?;
        }
        Ok(())
    }
}
