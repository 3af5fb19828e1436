//! A message in a queue as a row: its documented properties (management.md section 5.3), and ours: what it
//! wants of TLS.

use std::collections::HashMap;

use model::{MessageId, Timestamp};
use serde_json::{Map, Value, json};
use transport::{MessageDetails, MessageView, QueueName};

use super::column::{Column, Field, Type, object, row};
use super::name::{Key, Name};
use super::queue_row::TLS_REQUIREMENTS;

/// What all rows of a list have in common.
#[derive(Debug)]
pub(crate) struct Context {
    /// The server's name.
    pub(crate) server: String,
    /// When the list was made, for the latency.
    pub(crate) now: Timestamp,
    /// Next hop domains of the queues.
    pub(crate) domains: HashMap<QueueName, String>,
}

/// A message in a queue of a server.
pub(crate) struct MessageRow<'v> {
    pub(crate) view: &'v MessageView<'v>,
    pub(crate) context: &'v Context,
}

impl<'v> MessageRow<'v> {
    /// Where it stands in a list.
    pub(crate) fn key(&self) -> Key {
        (self.view.id.as_u64(), self.view.queue)
    }

    /// Its name.
    pub(crate) fn name(&self) -> Name<'v> {
        Name { message: Some(self.view.id), ..self.queue() }
    }

    fn queue(&self) -> Name<'v> {
        Name {
            server: &self.context.server,
            queue: self.view.queue,
            domain: self.context.domains.get(&self.view.queue).map(String::as_str),
            message: None,
        }
    }
}

/// A row that outlives the visit.
#[derive(Debug, Clone)]
pub(crate) struct KeptMessage {
    pub(crate) id: MessageId,
    pub(crate) queue: QueueName,
    from_address: Box<str>,
    subject: Option<Box<str>>,
    status: &'static str,
    size: u64,
    date_received: Timestamp,
    expiration_time: Timestamp,
    last_error: Option<Box<str>>,
    retry_count: u32,
    priority: &'static str,
    defer_reason: &'static str,
    /// What is kept apart, as far as it has been read.
    pub(crate) details: Option<MessageDetails>,
}

impl KeptMessage {
    /// Keeps what `view` has at hand, and with `whole` the rest too.
    pub(crate) fn of(view: &MessageView<'_>, whole: bool) -> Self {
        Self {
            id: view.id,
            queue: view.queue,
            from_address: view.from_address.into(),
            subject: view.subject.map(Box::from),
            status: view.status,
            size: view.size,
            date_received: view.date_received,
            expiration_time: view.expiration_time,
            last_error: view.last_error.map(Box::from),
            retry_count: view.retry_count,
            priority: view.priority,
            defer_reason: view.defer_reason,
            details: whole.then(|| view.details().clone()),
        }
    }

    /// As JSON, its properties in documented order; recipients only when asked for.
    pub(crate) fn to_json(&self, context: &Context, with_recipients: bool) -> Map<String, Value> {
        let reader = || self.details.clone().unwrap_or_default();
        let mut view = MessageView::new(self.id, self.queue, &reader);
        view.from_address = &self.from_address;
        view.subject = self.subject.as_deref();
        view.status = self.status;
        view.size = self.size;
        view.date_received = self.date_received;
        view.expiration_time = self.expiration_time;
        view.last_error = self.last_error.as_deref();
        view.retry_count = self.retry_count;
        view.priority = self.priority;
        view.defer_reason = self.defer_reason;
        let mut fields = object(&MessageRow { view: &view, context });
        let shown = if with_recipients { recipients_json(view.details()) } else { Value::Null };
        fields.insert("Recipients".to_owned(), shown);
        fields
    }
}

fn recipients_json(details: &MessageDetails) -> Value {
    let recipients = details.recipients.iter().map(|recipient| {
        json!({
            "Address": recipient.address,
            "Type": recipient.kind,
            "FinalDestination": recipient.next_hop,
            "Status": recipient.status,
            "LastError": recipient.last_error,
        })
    });
    recipients.collect()
}

/// What a filter sees of the recipients: one entry each, as in the documented text form.
fn recipients<'r>(row: &'r MessageRow<'_>) -> Field<'r> {
    let entries: Vec<String> = row
        .view
        .details()
        .recipients
        .iter()
        .map(|recipient| {
            let error = recipient.last_error.as_deref().unwrap_or("");
            format!("{};{};{error};{}", recipient.address, recipient.status, recipient.next_hop)
        })
        .collect();
    Field::made(entries.join(", "))
}

const STATUSES: &[&str] =
    &["None", "Active", "Locked", "PendingRemove", "PendingSuspend", "Ready", "Retry", "Suspended"];
const PRIORITIES: &[&str] = &["Low", "Normal", "High"];
const DIRECTIONS: &[&str] = &["Undefined", "Originating", "Incoming"];

type Read = for<'r, 'v> fn(&'r MessageRow<'v>) -> Field<'r>;

const COLUMNS: &[Column<Read>] = &[
    Column::new("Identity", Type::Name, |m| Field::Name(m.name())),
    Column::new("MessageIdentity", Type::Name, |m| Field::Name(m.name())),
    Column::new("FromAddress", Type::Text, |m| Field::text(m.view.from_address)),
    Column::new("Subject", Type::Text, |m| Field::optional(m.view.subject)),
    Column::word("Status", STATUSES, |m| Field::text(m.view.status)),
    Column::new("Queue", Type::Name, |m| Field::Name(m.queue())),
    Column::new("Size", Type::Size, |m| Field::Size(m.view.size)),
    Column::apart("MessageSourceName", Type::Text, |m| Field::text(&m.view.details().source_name)),
    Column::apart("SourceIP", Type::Word, |m| {
        m.view.details().source_ip.map_or(Field::Empty, |ip| Field::made(ip.to_string()))
    }),
    Column::new("SCL", Type::Number, |_| Field::Empty),
    Column::new("DateReceived", Type::Time, |m| Field::Time(m.view.date_received)),
    Column::new("ExpirationTime", Type::Time, |m| Field::Time(m.view.expiration_time)),
    Column::apart("InternetMessageId", Type::Text, |m| {
        Field::optional(m.view.details().internet_message_id.as_deref())
    }),
    Column::new("LastError", Type::Text, |m| Field::optional(m.view.last_error)),
    Column::new("RetryCount", Type::Number, |m| Field::Number(f64::from(m.view.retry_count))),
    Column::word("Priority", PRIORITIES, |m| Field::text(m.view.priority)),
    Column::new("DeferReason", Type::Text, |m| Field::text(m.view.defer_reason)),
    Column::new("MessageLatency", Type::Span, |m| {
        Field::Span(m.context.now.since(m.view.date_received))
    }),
    // Nothing here rewrites senders or tells directions apart.
    Column::word("Directionality", DIRECTIONS, |_| Field::text("Undefined")),
    Column::new("OriginalFromAddress", Type::Text, |m| Field::text(m.view.from_address)),
    Column::word_apart("TlsRequirement", TLS_REQUIREMENTS, |m| {
        Field::text(m.view.details().tls.name())
    }),
    Column::apart("Recipients", Type::Text, recipients as Read),
];

row!(MessageRow<'_>, COLUMNS);
