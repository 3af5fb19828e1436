//! What reception shows at `/metrics`: connections by Receive connector, those refused by the limit that
//! refused them, and what strangers' messages proved. Labels are names of connectors and settings and words
//! of ours, never a peer's.

use std::{fmt, sync::Arc};

use directory::Directory;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};

use crate::{admission::Admission, sender_proof::SenderProof};

/// Reads the counts when it is asked.
pub(crate) struct ReceptionMetrics {
    pub(crate) directory: Directory,
    pub(crate) admission: Arc<Admission>,
    pub(crate) sender_proof: Arc<SenderProof>,
}

impl fmt::Debug for ReceptionMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceptionMetrics").finish_non_exhaustive()
    }
}

impl Collector for ReceptionMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let snapshot = self.directory.snapshot();
        let open = self.admission.open();
        let help = "Connections of clients by Receive connector";
        let mut family =
            encoder.encode_descriptor("inbound_connections", help, None, MetricType::Gauge)?;
        for connector in &snapshot.receive_connectors {
            let Some(count) = open.get(&connector.header.guid) else { continue };
            let labels = [("connector", connector.name.as_str())];
            ConstGauge::new(i64::from(*count)).encode(family.encode_family(&labels)?)?;
        }
        let help = "Connections of clients refused, by the setting that limits them";
        let mut family = encoder.encode_descriptor(
            "inbound_connections_refused",
            help,
            None,
            MetricType::Counter,
        )?;
        for (limit, count) in self.admission.denied() {
            ConstCounter::new(count).encode(family.encode_family(&[("limit", limit)])?)?;
        }
        let help = "Messages of strangers, by what each method has found out of the sender";
        let mut family =
            encoder.encode_descriptor("sender_authentication", help, None, MetricType::Counter)?;
        for ((method, result), count) in self.sender_proof.counts() {
            let labels = [("method", method), ("result", result)];
            ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
        }
        let help = "Content of messages that are coming in";
        let bytes = Some(&Unit::Bytes);
        let gauge = encoder.encode_descriptor("inbound_content", help, bytes, MetricType::Gauge)?;
        ConstGauge::new(self.admission.buffered() as f64).encode(gauge)
    }
}
