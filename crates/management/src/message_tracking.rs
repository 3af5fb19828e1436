//! `Get-MessageTrackingLog`: rows of the message tracking log as objects, in the order of time.
//! What has just happened is seen: the log is flushed first.

use std::{sync::Arc, time::Duration};

use model::Timestamp;
use serde_json::{Map, Value};
use tokio::{sync::Semaphore, time::timeout};
use tracking::{MessageTrackingLog, TrackingRow, fields};

use crate::binding::Bound;
use crate::output::Output;
use crate::pool::on_pool;
use crate::problem::Problem;
use crate::property_shape::{Holds, PropertyShape};
use crate::queues::{DateOrder, Place, moment, result_size};

/// How long the log's disk may take for what has just happened.
const PATIENCE: Duration = Duration::from_secs(5);

/// Searches at once: each reads files and holds its answer in memory.
const SEARCHES: usize = 2;
/// How long a search may wait for others.
const TURN: Duration = Duration::from_secs(30);

/// The message tracking log as cmdlets search in it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tracking {
    log: MessageTrackingLog,
    pub(crate) turns: Arc<Semaphore>,
}

impl Tracking {
    pub(crate) fn new(log: MessageTrackingLog) -> Self {
        Self { log, turns: Arc::new(Semaphore::new(SEARCHES)) }
    }
}

/// What stands in a property.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    List,
}

/// The properties in documented order, with the fields of the log they come from.
const PROPERTIES: &[(&str, &str, Form)] = &[
    ("Timestamp", "date-time", Form::Text),
    ("ClientIp", "client-ip", Form::Text),
    ("ClientHostname", "client-hostname", Form::Text),
    ("ServerIp", "server-ip", Form::Text),
    ("ServerHostname", "server-hostname", Form::Text),
    ("SourceContext", "source-context", Form::Text),
    ("ConnectorId", "connector-id", Form::Text),
    ("Source", "source", Form::Text),
    ("EventId", "event-id", Form::Text),
    ("InternalMessageId", "internal-message-id", Form::Number),
    ("MessageId", "message-id", Form::Text),
    ("NetworkMessageId", "network-message-id", Form::Text),
    ("Recipients", "recipient-address", Form::List),
    ("RecipientStatus", "recipient-status", Form::List),
    ("TotalBytes", "total-bytes", Form::Number),
    ("RecipientCount", "recipient-count", Form::Number),
    ("RelatedRecipientAddress", "related-recipient-address", Form::Text),
    ("Reference", "reference", Form::List),
    ("MessageSubject", "message-subject", Form::Text),
    ("Sender", "sender-address", Form::Text),
    ("ReturnPath", "return-path", Form::Text),
    ("MessageInfo", "message-info", Form::Text),
    ("Directionality", "directionality", Form::Text),
    ("TenantId", "tenant-id", Form::Text),
    ("OriginalClientIp", "original-client-ip", Form::Text),
    ("OriginalServerIp", "original-server-ip", Form::Text),
    ("CustomData", "custom-data", Form::Text),
];

/// The properties and what they hold.
pub(crate) fn shape() -> Vec<PropertyShape> {
    let shape = |(name, _, form): &(&str, &str, Form)| PropertyShape {
        name: (*name).to_owned(),
        holds: match form {
            Form::Text => Holds::Text,
            Form::Number => Holds::Integer,
            Form::List => Holds::Texts,
        },
        nullable: *name != "Timestamp",
    };
    let server = PropertyShape { name: "Server".to_owned(), holds: Holds::Text, nullable: false };
    PROPERTIES.iter().map(shape).chain([server]).collect()
}

/// Parameters whose value is the whole of a field, letter case ignored.
const WHOLE: &[(&str, &str)] = &[
    ("EventId", "event-id"),
    ("InternalMessageId", "internal-message-id"),
    ("NetworkMessageId", "network-message-id"),
    ("Sender", "sender-address"),
    ("Source", "source"),
];

/// Runs the cmdlet. Without a log there are no rows.
pub(crate) async fn get_message_tracking_log(
    tracking: Option<&Tracking>,
    place: &Place,
    bound: &Bound,
) -> Result<Output, Problem> {
    place.check_parameter(bound)?;
    let span = (time(bound, "Start")?, time(bound, "End")?);
    if let (Some(start), Some(end)) = span
        && start > end
    {
        return Err(Problem::bad("Start must not be later than End.").about("Start"));
    }
    let (wanted, most) = (Wanted::read(bound), result_size(bound));
    let mut warnings = Vec::new();
    let Some(Tracking { log, turns }) = tracking.cloned() else { return Ok(Output::default()) };
    let Ok(Ok(turn)) = timeout(TURN, turns.acquire_owned()).await else {
        return Err(Problem::new(
            503,
            format!(
                "{SEARCHES} searches of the message tracking log are running already; wait for them to end."
            ),
        ));
    };
    if timeout(PATIENCE, log.flush()).await.is_err() {
        warnings.push(
            "The message tracking log cannot be written at the moment; the last events are missing."
                .to_owned(),
        );
    }
    let server = place.server.clone();
    let (objects, more, cut) = on_pool(move || {
        // Who has asked may have gone; the search goes on all the same and has its turn till then.
        let _turn = turn;
        let found = log.search(span, most, |row| wanted.takes(row)).map_err(|error| {
            Problem::internal(format!("The message tracking log cannot be read: {error}."))
        })?;
        let objects = found.rows.into_iter().map(|row| Value::Object(object(&row, &server)));
        Ok((objects.collect::<Vec<_>>(), found.more, found.cut))
    })
    .await?;
    if cut {
        warnings.push(format!(
            "The answer was cut after {} rows, the oldest, since more do not fit into one. Narrow \
             the search with Start, End or other parameters.",
            objects.len()
        ));
    }
    if more {
        warnings.push(format!(
            "There are more results available than are currently displayed ({most}). To view them, \
             increase the value for the ResultSize parameter."
        ));
    }
    Ok(Output { objects, warnings, what_if: None })
}

fn time(bound: &Bound, name: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = bound.text(name) else { return Ok(None) };
    moment(&text, DateOrder::MonthFirst).map(Some).map_err(|error| Problem::value(name, &error))
}

fn object(row: &TrackingRow, server: &str) -> Map<String, Value> {
    let value = |name: &str, form| {
        let text = row.field(name);
        match form {
            Form::List => fields::list(text).into(),
            _ if text.is_empty() => Value::Null,
            Form::Number => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
            Form::Text => text.into(),
        }
    };
    let properties = PROPERTIES.iter();
    let shown = properties.map(|(name, field, form)| ((*name).to_owned(), value(field, *form)));
    // Ours: whose log the row is in. ServerHostname is the other side's where it sends.
    shown.chain([("Server".to_owned(), server.into())]).collect()
}

/// What a row must have.
struct Wanted {
    whole: Vec<(&'static str, String)>,
    message_id: Option<String>,
    subject: Option<String>,
    recipients: Vec<String>,
    reference: Option<String>,
}

impl Wanted {
    fn read(bound: &Bound) -> Self {
        let given =
            |(parameter, field): &(&str, &'static str)| Some((*field, bound.text(parameter)?));
        Self {
            whole: WHOLE.iter().filter_map(given).collect(),
            message_id: bound.text("MessageId"),
            subject: bound.text("MessageSubject").map(|text| text.to_lowercase()),
            // `a,b` in one text means both, as in a list.
            recipients: bound.words("Recipients"),
            reference: bound.text("Reference"),
        }
    }

    fn takes(&self, row: &TrackingRow) -> bool {
        let is = |field: &str, text: &str| row.field(field).eq_ignore_ascii_case(text);
        let recipients = || fields::list(row.field("recipient-address"));
        let references = || fields::list(row.field("reference"));
        self.whole.iter().all(|(field, text)| is(field, text))
            && self.message_id.as_ref().is_none_or(|id| bare(id) == bare(row.field("message-id")))
            && self
                .subject
                .as_ref()
                .is_none_or(|part| row.field("message-subject").to_lowercase().contains(part))
            && (self.recipients.is_empty()
                || recipients().iter().any(|has| {
                    self.recipients.iter().any(|wanted| wanted.eq_ignore_ascii_case(has))
                }))
            && self
                .reference
                .as_ref()
                .is_none_or(|wanted| references().iter().any(|has| bare(has) == bare(wanted)))
    }
}

/// A Message-ID without its angle brackets.
fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}
