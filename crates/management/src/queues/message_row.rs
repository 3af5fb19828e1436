//! A message in a queue as a row: its documented properties (management.md section 5.3).

use std::cmp::Ordering;

use model::{MessageId, Timestamp};
use serde_json::{Map, Value, json};
use transport::{MessageInfo, QueueName};

use super::column::{Column, Field, Type, object};
use super::page::Listed;

/// A message in a queue of a server.
#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    /// The server's name.
    pub(crate) server: String,
    /// When the list was made, for the latency.
    pub(crate) now: Timestamp,
    /// The message.
    pub(crate) info: MessageInfo,
}

impl MessageRow {
    /// As JSON; recipients only when asked for.
    pub(crate) fn to_json(&self, with_recipients: bool) -> Map<String, Value> {
        let mut fields = object(COLUMNS, self);
        let recipients = if with_recipients {
            self.info
                .recipients
                .iter()
                .map(|recipient| {
                    json!({
                        "Address": recipient.address,
                        "Type": recipient.kind,
                        "FinalDestination": recipient.next_hop,
                        "Status": recipient.status,
                        "LastError": recipient.last_error,
                    })
                })
                .collect()
        } else {
            Value::Null
        };
        fields.insert("Recipients".to_owned(), recipients);
        fields
    }

    fn queue(&self) -> String {
        format!("{}\\{}", self.server, self.info.queue)
    }
}

impl Listed for MessageRow {
    fn columns() -> &'static [Column<Self>] {
        COLUMNS
    }

    fn by_identity(&self, other: &Self) -> Ordering {
        (self.info.id, self.info.queue).cmp(&(other.info.id, other.info.queue))
    }

    fn identity(&self) -> String {
        format!("{}\\{}\\{}", self.server, self.info.queue, self.info.id)
    }

    fn against(&self, identity: &str) -> Option<Ordering> {
        let mut parts = identity.split('\\');
        let (server, queue, id) = (parts.next()?, parts.next()?, parts.next()?);
        let key: (MessageId, QueueName) = (id.parse().ok()?, queue.parse().ok()?);
        server.eq_ignore_ascii_case(&self.server).then(|| (self.info.id, self.info.queue).cmp(&key))
    }
}

fn identity(row: &MessageRow) -> Field {
    Field::Text(row.identity())
}

/// What a filter sees of the recipients: one entry each, as in the documented text form.
fn recipients(row: &MessageRow) -> Field {
    let entries: Vec<String> = row
        .info
        .recipients
        .iter()
        .map(|recipient| {
            let error = recipient.last_error.as_deref().unwrap_or("");
            format!("{};{};{error};{}", recipient.address, recipient.status, recipient.next_hop)
        })
        .collect();
    Field::Text(entries.join(", "))
}

const COLUMNS: &[Column<MessageRow>] = &[
    Column::new("Identity", Type::Text, identity),
    Column::new("MessageIdentity", Type::Text, identity),
    Column::new("FromAddress", Type::Text, |m| Field::text(m.info.from_address.as_str())),
    Column::new("Subject", Type::Text, |m| Field::optional(m.info.subject.as_ref())),
    Column::new("Status", Type::Word, |m| Field::text(m.info.status)),
    Column::new("Queue", Type::Text, |m| Field::Text(m.queue())),
    Column::new("Size", Type::Size, |m| Field::Size(m.info.size)),
    Column::new("MessageSourceName", Type::Text, |m| Field::text(m.info.source_name.as_str())),
    Column::new("SourceIP", Type::Word, |m| {
        m.info.source_ip.map_or(Field::Empty, |ip| Field::Text(ip.to_string()))
    }),
    Column::new("SCL", Type::Number, |_| Field::Empty),
    Column::new("DateReceived", Type::Time, |m| Field::Time(m.info.date_received)),
    Column::new("ExpirationTime", Type::Time, |m| Field::Time(m.info.expiration_time)),
    Column::new("InternetMessageId", Type::Text, |m| {
        Field::optional(m.info.internet_message_id.as_ref())
    }),
    Column::new("LastError", Type::Text, |m| Field::optional(m.info.last_error.as_ref())),
    Column::new("RetryCount", Type::Number, |m| Field::Number(f64::from(m.info.retry_count))),
    Column::new("Priority", Type::Word, |m| Field::text(m.info.priority)),
    Column::new("DeferReason", Type::Text, |m| Field::text(m.info.defer_reason)),
    Column::new("MessageLatency", Type::Span, |m| Field::Span(m.now.since(m.info.date_received))),
    Column::new("Recipients", Type::Text, recipients),
];
