//! What the Transport service shows at `/metrics`: queues, resources, connections, the spool. All
//! of it is read when it is asked for; events are counted by `tracking`, commits by the spool.
//!
//! Labels are bounded: kinds and statuses of queues are few, and of single queues only the
//! longest are shown, the others together as one.

use std::{collections::BTreeMap, fmt, sync::Arc};

use model::{NewMail, PressureLevel};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use resources::{Status, Unit as ResourceUnit};

use crate::{
    administration::{QueueInfo, QueueName},
    core::Core,
    queue_view,
};

/// Single queues that are shown, the longest first.
const SHOWN: usize = 10;

/// Reads the service when it is asked.
pub(crate) struct TransportMetrics(pub(crate) Arc<Core>);

impl fmt::Debug for TransportMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportMetrics").finish_non_exhaustive()
    }
}

impl Collector for TransportMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let core = &self.0;
        let mut gauges = Gauges(&mut encoder);
        queues(&mut gauges, &queue_view::queues_in_brief(core))?;
        pressure(&mut gauges, &core.pressure.board().statuses(), core.pressure.demand().new_mail)?;
        spool(&mut gauges, core)?;
        let (used, most) = core.places_used();
        gauges.one("outbound_connections", "Connections to next hops", used as f64)?;
        if let Some(most) = most {
            let help = "MaxOutboundConnections of this server";
            gauges.one("outbound_connections_limit", help, most as f64)?;
        }
        let [signed, sealed, failed] = core.signing.counts();
        let help = "Messages signed with DKIM since the start, each form once";
        gauges.one("dkim_signed", help, signed as f64)?;
        let help = "Messages of strangers sealed with ARC since the start, each form once";
        gauges.one("arc_sealed", help, sealed as f64)?;
        let help = "Messages not sent because they could not be signed or sealed, each try";
        gauges.one("dkim_failed", help, failed as f64)?;
        let (internal, external) = core.validation();
        let validates =
            [("internal", internal), ("external", external)].map(|(name, validation)| {
                let is_proven = validation == dns::Validation::Proven;
                (ResolverLabel { resolver: name }, f64::from(u8::from(is_proven)))
            });
        let help = "1 where signatures are validated, by the DNS servers or here: DANE is on";
        gauges.family(("dnssec_validates", help, None), validates)?;
        let help = "Sessions with our hosts that failed, as verified TLS reports of others tell";
        let name = "tls_report_failed_sessions";
        let mut family = gauges.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (failure, count) in core.tls_heard.failed() {
            let labels = [("result_type", failure)];
            ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
        }
        let full = f64::from(u8::from(core.journal.is_full()));
        gauges.one("tracking_log_full", "1 while the message tracking log takes no more", full)
    }
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ResolverLabel {
    resolver: &'static str,
}

/// Writes gauges.
struct Gauges<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Gauges<'_, '_> {
    fn one(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let gauge = ConstGauge::new(value);
        gauge.encode(self.0.encode_descriptor(name, help, None, MetricType::Gauge)?)
    }

    fn family<L: EncodeLabelSet>(
        &mut self,
        (name, help, unit): (&str, &str, Option<&Unit>),
        values: impl IntoIterator<Item = (L, f64)>,
    ) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        for (labels, value) in values {
            ConstGauge::new(value).encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Queues by kind and status, with what waits in them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    queues: u64,
    messages: u64,
    deferred: u64,
}

/// How the queue is counted: of the kinds of transport.md section 2.1, or its DeliveryType.
fn kind(info: &QueueInfo) -> &'static str {
    match info.name {
        QueueName::Submission => "Submission",
        QueueName::Unreachable => "Unreachable",
        QueueName::Poison => "Poison",
        QueueName::Shadow(_) => "Shadow",
        QueueName::Delivery(_) => info.delivery_type,
    }
}

fn totals(infos: &[QueueInfo]) -> BTreeMap<(&'static str, &'static str), Totals> {
    let mut totals = BTreeMap::<_, Totals>::new();
    for info in infos {
        let entry = totals.entry((kind(info), info.status)).or_default();
        entry.queues += 1;
        entry.messages += info.message_count;
        entry.deferred += info.deferred_message_count;
    }
    totals
}

/// The longest delivery queues, and how many messages all others have.
fn longest(infos: &[QueueInfo]) -> (Vec<&QueueInfo>, u64) {
    let mut delivery: Vec<&QueueInfo> =
        infos.iter().filter(|q| matches!(q.name, QueueName::Delivery(_))).collect();
    delivery.sort_by_key(|q| (std::cmp::Reverse(q.message_count), q.name));
    let shown = delivery.len().min(SHOWN);
    let others = delivery.split_off(shown);
    delivery.retain(|q| q.message_count > 0);
    (delivery, others.iter().map(|q| q.message_count).sum())
}

fn queues(gauges: &mut Gauges<'_, '_>, infos: &[QueueInfo]) -> fmt::Result {
    let totals = totals(infos);
    let by = |value: fn(&Totals) -> u64| {
        totals
            .iter()
            .map(move |((kind, status), t)| {
                ([("kind", *kind), ("status", *status)], value(t) as f64)
            })
            .collect::<Vec<_>>()
    };
    gauges.family(("queues", "Queues by kind and status", None), by(|t| t.queues))?;
    let help = "Messages in queues by the kind and status of the queue; one with recipients in several queues counts in each";
    gauges.family(("queue_messages", help, None), by(|t| t.messages))?;
    let help = "Of these, messages that wait for a time of their own";
    gauges.family(("queue_deferred_messages", help, None), by(|t| t.deferred))?;
    let (shown, others) = longest(infos);
    let number = |q: &QueueInfo| q.name.to_string();
    let mut rows: Vec<_> = shown
        .iter()
        .map(|q| {
            let labels = [("queue", number(q)), ("next_hop", q.next_hop_domain.clone())];
            (labels, q.message_count as f64)
        })
        .collect();
    let rest = [("queue", "other".to_owned()), ("next_hop", String::new())];
    rows.push((rest, others as f64));
    let help = "Messages in the ten longest delivery queues; those of all others together as queue=\"other\"";
    gauges.family(("longest_queue_messages", help, None), rows)
}

fn pressure(gauges: &mut Gauges<'_, '_>, statuses: &[Status], new_mail: NewMail) -> fmt::Result {
    let name = |status: &Status| [("resource", status.resource.name())];
    let help = "Pressure on a resource: 0 Normal, 1 Medium, 2 High";
    let levels = statuses.iter().map(|s| (name(s), number_of(s.level)));
    gauges.family(("resource_level", help, None), levels)?;
    let unit = |s: &Status, rest: &'static str| {
        let unit = if s.unit == ResourceUnit::Bytes { "bytes" } else { "count" };
        [("resource", s.resource.name()), ("unit", unit), ("what", rest)]
    };
    let help = "What is used of a resource, what there is (capacity), and where its levels begin";
    let values = statuses.iter().flat_map(|s| {
        let reading = s.reading.map(|r| (unit(s, "used"), r.value as f64));
        let capacity = s.reading.and_then(|r| r.capacity);
        let capacity = capacity.map(|c| (unit(s, "capacity"), c as f64));
        let thresholds = s.thresholds.map(|t| {
            [("normal", t.normal), ("medium", t.medium), ("high", t.high)]
                .map(|(what, value)| (unit(s, what), value as f64))
        });
        reading.into_iter().chain(capacity).chain(thresholds.into_iter().flatten())
    });
    gauges.family(("resource", help, None), values)?;
    let help = "What becomes of new mail: 0 accepted, 1 delayed, 2 refused from others than Exchange servers, 3 refused";
    let becomes = match new_mail {
        NewMail::Accepted => 0.0,
        NewMail::Delayed => 1.0,
        NewMail::RefusedFromOthers => 2.0,
        NewMail::Refused => 3.0,
    };
    gauges.one("new_mail", help, becomes)
}

fn number_of(level: PressureLevel) -> f64 {
    match level {
        PressureLevel::Normal => 0.0,
        PressureLevel::Medium => 1.0,
        PressureLevel::High => 2.0,
    }
}

fn spool(gauges: &mut Gauges<'_, '_>, core: &Core) -> fmt::Result {
    let backlog = core.spool.backlog();
    let help = "Batches that wait for the spool's committing thread";
    gauges.one("spool_backlog_batches", help, backlog.batches as f64)?;
    let bytes = Some(&Unit::Bytes);
    let help = "Changes that wait for the spool's committing thread";
    let waiting = ([("what", "waiting")], backlog.bytes as f64);
    gauges.family(("spool_backlog", help, bytes), [waiting])?;
    let sizes = core.spool.file_sizes();
    let rows = sizes.iter().map(|(file, size)| ([("file", *file)], *size as f64));
    gauges.family(("spool_file", "Size of the spool's files", bytes), rows)?;
    let help = "1 while the spool takes nothing after failed writes";
    gauges.one("spool_stopped", help, f64::from(u8::from(core.spool.is_stopped())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(number: u64, messages: u64, status: &'static str) -> QueueInfo {
        QueueInfo {
            name: QueueName::Delivery(number),
            next_hop_domain: format!("d{number}.example"),
            status,
            delivery_type: "DnsConnectorDelivery",
            message_count: messages,
            deferred_message_count: messages / 2,
            ..queue_view::submission(3)
        }
    }

    #[test]
    fn however_many_queues_there_are_the_series_are_few() {
        let mut infos = vec![queue_view::submission(3)];
        infos
            .extend((1..=50_000).map(|n| queue(n, n, if n % 2 == 0 { "Retry" } else { "Active" })));
        let totals = totals(&infos);
        assert_eq!(totals.len(), 3);
        let kinds = |status| &totals[&("DnsConnectorDelivery", status)];
        assert_eq!((kinds("Retry").queues, kinds("Active").queues), (25_000, 25_000));
        assert_eq!(
            totals[&("Submission", "Ready")],
            Totals { queues: 1, messages: 3, deferred: 0 }
        );
        let (shown, others) = longest(&infos);
        let numbers: Vec<u64> = shown.iter().map(|q| q.message_count).collect();
        assert_eq!(numbers, (49_991..=50_000).rev().collect::<Vec<u64>>());
        assert_eq!(others, (1..=49_990).sum::<u64>());
    }

    #[test]
    fn an_empty_queue_is_not_among_the_longest() {
        let infos = [queue(1, 0, "Ready"), queue(2, 5, "Ready")];
        let (shown, others) = longest(&infos);
        assert_eq!((shown.len(), others), (1, 0));
    }
}
