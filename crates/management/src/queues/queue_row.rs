//! A queue as a row: its documented properties (management.md section 4.3), and ours: what its messages want of
//! TLS, and its pool.

use serde_json::json;
use transport::QueueInfo;

use super::column::{Column, Field, Read, Type, row};
use super::name::{Key, Name};

/// A queue of a server.
#[derive(Debug, Clone)]
pub(crate) struct QueueRow {
    /// The server's name.
    pub(crate) server: String,
    /// The queue.
    pub(crate) info: QueueInfo,
}

impl QueueRow {
    /// Where it stands in a list.
    pub(crate) fn key(&self) -> Key {
        (0, self.info.name)
    }

    /// Its name.
    pub(crate) fn name(&self) -> Name<'_> {
        let domain = Some(self.info.next_hop_domain.as_str());
        Name { server: &self.server, queue: self.info.name, domain, message: None }
    }
}

fn number(value: impl Into<f64>) -> Field<'static> {
    Field::Number(value.into())
}

/// A rate as it is shown: to the hundredth.
fn rounded(rate: f64) -> f64 {
    (rate * 100.0).round() / 100.0
}

/// Messages are counted in whole numbers far below 2^53.
fn count(value: u64) -> Field<'static> {
    Field::Number(value as f64)
}

const STATUSES: &[&str] = &["None", "Active", "Connecting", "Suspended", "Ready", "Retry"];
/// Of messages and queues.
pub(super) const TLS_REQUIREMENTS: &[&str] = &["Default", "Required", "NotRequired"];
const CATEGORIES: &[&str] = &["Internal", "External"];

const COLUMNS: &[Column<Read<QueueRow>>] = &[
    Column::new("Identity", Type::Name, |q| Field::Name(q.name())),
    Column::new("QueueIdentity", Type::Name, |q| Field::Name(q.name())),
    Column::new("NextHopDomain", Type::Text, |q| Field::text(&q.info.next_hop_domain)),
    Column::new("NextHopConnector", Type::Text, |q| {
        Field::made(q.info.next_hop_connector.to_string())
    }),
    Column::word("NextHopCategory", CATEGORIES, |q| Field::text(q.info.next_hop_category)),
    Column::new("DeliveryType", Type::Word, |q| Field::text(q.info.delivery_type)),
    Column::word("Status", STATUSES, |q| Field::text(q.info.status)),
    Column::new("MessageCount", Type::Number, |q| count(q.info.message_count)),
    Column::new("DeferredMessageCount", Type::Number, |q| count(q.info.deferred_message_count)),
    Column::new("MessageCountsPerPriority", Type::Text, |q| {
        Field::Counts(q.info.counts_per_priority)
    }),
    Column::new("DeferredMessageCountsPerPriority", Type::Text, |q| {
        Field::Counts(q.info.deferred_per_priority)
    }),
    Column::new("PriorityDescriptions", Type::Shown, |_| {
        Field::Json(json!(["High", "Normal", "Low", "None"]))
    }),
    Column::new("LastError", Type::Text, |q| Field::optional(q.info.last_error.as_deref())),
    Column::new("LastRetryTime", Type::Time, |q| Field::time(q.info.last_retry_time)),
    Column::new("NextRetryTime", Type::Time, |q| Field::time(q.info.next_retry_time)),
    Column::new("FirstRetryTime", Type::Time, |q| Field::time(q.info.first_retry_time)),
    Column::new("RetryCount", Type::Number, |q| number(q.info.retry_count)),
    Column::new("IncomingRate", Type::Number, |q| number(rounded(q.info.incoming_rate))),
    Column::new("OutgoingRate", Type::Number, |q| number(rounded(q.info.outgoing_rate))),
    Column::new("Velocity", Type::Number, |q| number(rounded(q.info.velocity))),
    Column::new("TlsDomain", Type::Text, |q| Field::optional(q.info.tls_domain.as_deref())),
    Column::new("LockedMessageCount", Type::Shown, |_| number(0)),
    Column::new("RiskLevel", Type::Shown, |_| Field::text("Normal")),
    Column::new("OutboundIPPool", Type::Shown, |_| number(0)),
    Column::new("OverrideSource", Type::Shown, |_| Field::Empty),
    Column::word("TlsRequirement", TLS_REQUIREMENTS, |q| Field::text(q.info.tls_requirement)),
    Column::new("PoolHosts", Type::Text, |q| match &q.info.pool {
        Some(pool) => Field::made(pool.hosts.join(", ")),
        None => Field::Empty,
    }),
    Column::new("PoolConnections", Type::Number, |q| match &q.info.pool {
        Some(pool) => number(pool.connections),
        None => Field::Empty,
    }),
    Column::new("PoolLimit", Type::Text, |q| {
        match q.info.pool.as_ref().and_then(|p| p.limit.as_ref()) {
            Some(limit) => Field::made(format!("{}: {}", limit.most, limit.cause)),
            None => Field::Empty,
        }
    }),
    Column::new("PoolLimitUntil", Type::Time, |q| {
        Field::time(q.info.pool.as_ref().and_then(|p| p.limit.as_ref()).map(|limit| limit.until))
    }),
];

row!(QueueRow, COLUMNS);
