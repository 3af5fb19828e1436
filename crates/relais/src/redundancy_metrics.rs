//! What is shown of a server's redundancy at `/metrics`. On a server that is alone, nothing.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use crate::membership::Membership;

/// Reads the membership when it is asked.
pub(crate) struct RedundancyMetrics {
    pub(crate) membership: Membership,
    /// How often this process has lost its place.
    pub(crate) fenced: u64,
}

impl fmt::Debug for RedundancyMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedundancyMetrics").finish_non_exhaustive()
    }
}

impl Collector for RedundancyMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(figures) = self.membership.figures() else { return Ok(()) };
        let mut written = Written(&mut encoder);
        let help = "Messages that were accepted with a copy on the engine";
        written.count("shadow_copied_messages", help, figures.copied)?;
        let help = "Messages that were accepted without a copy";
        written.count("shadow_unprotected_messages", help, figures.alone)?;
        let help = "Messages of other servers that have become this one's";
        written.count("taken_over_messages", help, figures.taken_over)?;
        let help = "Times this server has lost its place to others, since its process began";
        written.count("fenced", help, self.fenced)?;
        written.flag("engine_away", "1 while the engine takes no copies", figures.is_away)?;
        let help = "1 while the engine may lack something that is here";
        written.flag("engine_behind", help, figures.is_behind)?;
        match figures.since_heartbeat {
            Some(since) => {
                let help = "Since the last heartbeat that the engine answered";
                written.gauge("engine_heartbeat_age_seconds", help, since.as_secs_f64())
            }
            None => Ok(()),
        }
    }
}

struct Written<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Written<'_, '_> {
    fn count(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let counter = ConstCounter::new(value);
        counter.encode(self.0.encode_descriptor(name, help, None, MetricType::Counter)?)
    }

    fn flag(&mut self, name: &str, help: &str, is_set: bool) -> fmt::Result {
        self.gauge(name, help, f64::from(u8::from(is_set)))
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let gauge = ConstGauge::new(value);
        gauge.encode(self.0.encode_descriptor(name, help, None, MetricType::Gauge)?)
    }
}
