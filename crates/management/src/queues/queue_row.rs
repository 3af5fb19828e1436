//! A queue as a row: its documented properties (management.md section 4.3).

use std::cmp::Ordering;

use transport::{QueueInfo, QueueName};

use super::column::{Column, Field, Type};
use super::page::Listed;

/// A queue of a server.
#[derive(Debug, Clone)]
pub(crate) struct QueueRow {
    /// The server's name.
    pub(crate) server: String,
    /// The queue.
    pub(crate) info: QueueInfo,
}

impl Listed for QueueRow {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }

    fn by_identity(&self, other: &Self) -> Ordering {
        self.info.name.cmp(&other.info.name)
    }

    fn identity(&self) -> String {
        format!("{}\\{}", self.server, self.info.name)
    }

    fn against(&self, identity: &str) -> Option<Ordering> {
        let (server, name) = identity.split_once('\\')?;
        let name: QueueName = name.parse().ok()?;
        server.eq_ignore_ascii_case(&self.server).then(|| self.info.name.cmp(&name))
    }
}

fn identity(row: &QueueRow) -> Field {
    Field::Text(row.identity())
}

fn number(value: impl Into<f64>) -> Field {
    Field::Number(value.into())
}

/// A rate as it is shown: to the hundredth.
fn rounded(rate: f64) -> f64 {
    (rate * 100.0).round() / 100.0
}

/// Messages are counted in whole numbers far below 2^53.
fn count(value: u64) -> Field {
    Field::Number(value as f64)
}

const COLUMNS: &[Column<QueueRow>] = &[
    Column::new("Identity", Type::Text, identity),
    Column::new("QueueIdentity", Type::Text, identity),
    Column::new("NextHopDomain", Type::Text, |q| Field::text(q.info.next_hop_domain.as_str())),
    Column::new("NextHopConnector", Type::Text, |q| {
        Field::Text(q.info.next_hop_connector.to_string())
    }),
    Column::new("NextHopCategory", Type::Word, |q| Field::text(q.info.next_hop_category)),
    Column::new("DeliveryType", Type::Word, |q| Field::text(q.info.delivery_type)),
    Column::new("Status", Type::Word, |q| Field::text(q.info.status)),
    Column::new("MessageCount", Type::Number, |q| count(q.info.message_count)),
    Column::new("DeferredMessageCount", Type::Number, |q| count(q.info.deferred_message_count)),
    Column::new("LastError", Type::Text, |q| Field::optional(q.info.last_error.as_ref())),
    Column::new("LastRetryTime", Type::Time, |q| Field::time(q.info.last_retry_time)),
    Column::new("NextRetryTime", Type::Time, |q| Field::time(q.info.next_retry_time)),
    Column::new("FirstRetryTime", Type::Time, |q| Field::time(q.info.first_retry_time)),
    Column::new("RetryCount", Type::Number, |q| number(q.info.retry_count)),
    Column::new("IncomingRate", Type::Number, |q| number(rounded(q.info.incoming_rate))),
    Column::new("OutgoingRate", Type::Number, |q| number(rounded(q.info.outgoing_rate))),
    Column::new("Velocity", Type::Number, |q| number(rounded(q.info.velocity))),
    Column::new("TlsDomain", Type::Text, |q| Field::optional(q.info.tls_domain.as_ref())),
    Column::new("LockedMessageCount", Type::Shown, |_| number(0)),
    Column::new("RiskLevel", Type::Shown, |_| Field::text("Normal")),
    Column::new("OutboundIPPool", Type::Shown, |_| number(0)),
];
