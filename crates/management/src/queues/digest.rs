//! `Get-QueueDigest`: queues of servers summed up by what they have in common (management.md
//! section 4.4), the largest group first.
//!
//! Queues with few messages are left out, as documented (transport.md section 13). What is shown
//! is of this moment: nothing is aggregated beforehand.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::call::QueueCall;
use super::column::{Row, object};
use super::filter::Filter;
use super::kinds::Kinds;
use super::page::result_size;
use super::place::Place;
use super::queue_cmdlets::rows;
use super::queue_row::QueueRow;
use crate::binding::Bound;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;

/// Queues with fewer messages are not worth a line (`QueueLoggingThreshold`).
const THRESHOLD: u64 = 10;
/// Queues told of in one group.
pub(crate) const DETAILS: usize = 1000;

/// What `Verbose` adds to the details of a queue.
const VERBOSE: &[&str] = &[
    "DeferredMessageCount",
    "LockedMessageCount",
    "IncomingRate",
    "OutgoingRate",
    "Velocity",
    "NextHopDomain",
    "NextHopCategory",
    "NextHopConnector",
    "DeliveryType",
    "Status",
    "RiskLevel",
    "OutboundIPPool",
    "LastError",
    "TlsDomain",
];

/// What queues are grouped by.
#[derive(Debug, Clone, Copy)]
enum GroupBy {
    Column(&'static str),
    NextHopKey,
    ServerName,
}

impl GroupBy {
    fn read(bound: &Bound) -> Self {
        let word = bound.text("GroupBy").unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "deliverytype" => Self::Column("DeliveryType"),
            "lasterror" => Self::Column("LastError"),
            "nexthopcategory" => Self::Column("NextHopCategory"),
            "risklevel" => Self::Column("RiskLevel"),
            "status" => Self::Column("Status"),
            "outboundippool" => Self::Column("OutboundIPPool"),
            "nexthopkey" => Self::NextHopKey,
            "servername" => Self::ServerName,
            _ => Self::Column("NextHopDomain"),
        }
    }

    fn value(self, row: &QueueRow) -> String {
        let info = &row.info;
        match self {
            Self::ServerName => row.server.clone(),
            Self::NextHopKey => {
                let tls = Some(info.tls_requirement).filter(|tls| *tls != "Default");
                let tls = tls.map(|tls| format!(":{tls}")).unwrap_or_default();
                format!(
                    "{}:{}:{}{tls}",
                    info.delivery_type, info.next_hop_domain, info.next_hop_connector
                )
            }
            Self::Column(name) => super::column::find::<QueueRow>(name)
                .map(|(column, _)| match row.field(column).to_json() {
                    Value::String(text) => text,
                    Value::Null => String::new(),
                    other => other.to_string(),
                })
                .unwrap_or_default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    None,
    Normal,
    Verbose,
}

impl Level {
    fn read(bound: &Bound) -> Self {
        match bound.text("DetailsLevel").unwrap_or_default().to_ascii_lowercase().as_str() {
            "none" => Self::None,
            "verbose" => Self::Verbose,
            _ => Self::Normal,
        }
    }

    fn of(self, row: &QueueRow) -> Option<Value> {
        if self == Self::None {
            return None;
        }
        let mut all = object(row);
        let mut shown = Map::new();
        shown.insert("QueueIdentity".to_owned(), Value::from(row.name().to_string()));
        shown.insert("ServerIdentity".to_owned(), Value::from(row.server.as_str()));
        shown.insert("MessageCount".to_owned(), Value::from(row.info.message_count));
        if self == Self::Verbose {
            for name in VERBOSE {
                shown.insert((*name).to_owned(), all.remove(*name).unwrap_or_default());
            }
        }
        Some(Value::Object(shown))
    }
}

/// Queues with something in common.
#[derive(Default)]
struct Group {
    value: String,
    messages: u64,
    deferred: u64,
    queues: Vec<QueueRow>,
}

impl Group {
    fn to_json(&self, level: Level) -> Value {
        let details: Vec<Value> =
            self.queues.iter().take(DETAILS).filter_map(|row| level.of(row)).collect();
        json!({
            "GroupByValue": self.value,
            "MessageCount": self.messages,
            "DeferredMessageCount": self.deferred,
            "LockedMessageCount": 0,
            "StaleMessageCount": 0,
            "Details": details,
        })
    }
}

/// `Get-QueueDigest`.
pub(crate) async fn get_queue_digest(call: QueueCall) -> Result<Output, Problem> {
    check_scope(&call.bound, &call.place)?;
    let filter = call.filter::<QueueRow>()?;
    let kinds = Kinds::read(&call.bound);
    let (by, level) = (GroupBy::read(&call.bound), Level::read(&call.bound));
    let size = result_size(&call.bound);
    let (queues, server) = (Arc::clone(&call.queues), call.place.server.clone());
    on_pool(move || {
        let admit = |row: &QueueRow| {
            is_told_of(row)
                && kinds.admit(row)
                && filter.as_ref().is_none_or(|f: &Filter| f.matches(row))
        };
        let groups = grouped(rows(&*queues, &server).into_iter().filter(admit), by);
        let mut warnings = Vec::new();
        if let Some(left) = groups.len().checked_sub(size).filter(|left| *left > 0) {
            warnings.push(format!(
                "There are {left} more results. Use ResultSize to see more at once."
            ));
        }
        let objects = groups.iter().take(size).map(|group| group.to_json(level)).collect();
        Ok(Output { objects, warnings, what_if: None })
    })
    .await
}

/// Queues of their own kind and suspended ones are told of from the first message on.
fn is_told_of(row: &QueueRow) -> bool {
    let is_special = !matches!(row.info.name, transport::QueueName::Delivery(_));
    let threshold = if is_special || row.info.status == "Suspended" { 1 } else { THRESHOLD };
    row.info.message_count >= threshold
}

fn grouped(rows: impl Iterator<Item = QueueRow>, by: GroupBy) -> Vec<Group> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    for row in rows {
        let value = by.value(&row);
        let group = groups.entry(value.to_lowercase()).or_default();
        if group.queues.is_empty() {
            group.value = value;
        }
        group.messages += row.info.message_count;
        group.deferred += row.info.deferred_message_count;
        group.queues.push(row);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.queues.sort_by_key(|row| (std::cmp::Reverse(row.info.message_count), row.key()));
    }
    groups.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.value.cmp(&b.value)));
    groups
}

/// `Server`, `Site` and `Forest` must mean this server; there are no availability groups.
fn check_scope(bound: &Bound, place: &Place) -> Result<(), Problem> {
    if let Some(dag) = bound.texts("Dag").first() {
        return Err(Problem::new(
            404,
            format!(
                "There is no database availability group '{}': this organization has none. Use \
                 Server, Site or Forest.",
                crate::problem::shortened(dag)
            ),
        )
        .about("Dag")
        .with_value(dag.as_str())
        .allowing("Server, Site or Forest"));
    }
    for server in bound.texts("Server") {
        place.check("Server", &server)?;
    }
    for site in bound.texts("Site") {
        place.check_site(&site)?;
    }
    Ok(())
}
