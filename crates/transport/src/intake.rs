//! Taking a message over from reception: durable first, then routed, then `250`.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use directory::Snapshot;
use futures_util::FutureExt;
use model::{
    Address, Envelope, EventSource, HopAttributes, MessageEvent, MessageEventKind, MessageId, Peer,
    RecipientResult, Reply,
};
use queue::{QueueKey, Waits};
use reception::{
    Accepted, DropDirectory, FileSource, Intake, IntakeFuture, Refusal, Source, Submitted,
};
use spool::{Batch, MessageRecord, Origin, SpoolError};

use crate::{
    core::{Core, new_item},
    poison,
    queued::QueuedMessage,
    registry::Item,
    relayed,
    resolver::{self, Facts, Happening, Resolution},
    settle,
    steps::whole,
    tls_heard::Letter,
};

/// How long a message may wait for room in the message tracking log. Clients wait ten minutes for
/// the reply to their content (RFC 5321 section 4.5.3.2.6), many of them less; one that has gone
/// sends again, and must not find that both copies were taken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How a message came, as its first event tells it.
pub(crate) struct Entry {
    source: EventSource,
    /// As the message tracking log names it: of a Receive connector with the server.
    connector: String,
    client: Option<IpAddr>,
    hello: String,
    local: Option<IpAddr>,
    /// By which a file is remembered.
    pub(crate) file: Option<String>,
    /// The sender has been told of a delay by the server that it comes from.
    delay_told: bool,
}

/// The way in, held by reception.
pub(crate) struct Door(pub(crate) Arc<Core>);

impl Intake for Door {
    fn next_id(&self) -> MessageId {
        self.0.spool.next_id()
    }

    fn accept(&self, submitted: Submitted) -> IntakeFuture<'_> {
        let core = Arc::clone(&self.0);
        // On its own: a session that is cut while it waits must not leave a message behind that
        // is durable and in no queue.
        let taken = tokio::spawn(async move { core.take_over(submitted).await });
        Box::pin(async move { taken.await.unwrap_or_else(|_| Err(local_trouble())) })
    }

    fn is_pressed(&self) -> bool {
        self.0.pressure.demand().refuses_clients() || self.0.takes_nothing()
    }

    fn is_pressed_for_servers(&self) -> bool {
        self.0.pressure.demand().refuses_servers() || self.0.takes_nothing()
    }

    fn delay(&self) -> Duration {
        if self.is_pressed() { Duration::ZERO } else { self.0.pressure.demand().delay() }
    }
}

impl Core {
    /// Whether nothing new can be stored, or is to be.
    fn takes_nothing(&self) -> bool {
        self.spool.is_stopped()
            || self.spool.is_behind()
            || self.journal.is_full()
            || self.is_redirecting()
            || self.is_stopping()
    }

    async fn take_over(&self, submitted: Submitted) -> Result<Accepted, Refusal> {
        // Terminal events are never dropped: where their log is full, new mail waits a little,
        // then is put off while nothing of it has been stored.
        if !self.journal.has_room(PATIENCE).await {
            return Err(scarce());
        }
        let id = submitted.id;
        let mark = self.known.mark(id);
        let snapshot = self.directory.snapshot();
        let facts = (id, &submitted.source, &submitted.envelope);
        let letter = Letter::of(&snapshot, facts, &submitted.content);
        let (record, content, entry) = self.receive(submitted);
        let (record, asked, steps) = resolved(&snapshot, record);
        if resolver::is_due(&record.origin)
            && resolver::may_be_missing(&snapshot, &record.envelope.recipients)
        {
            return Err(Refusal(not_read()));
        }
        if let Some(reply) = relayed::goes_back(&snapshot, &self.server, &record) {
            return Err(Refusal(reply));
        }
        let told = if entry.delay_told { 0..record.envelope.recipients.len() as u32 } else { 0..0 };
        let mut batch = Batch::new();
        batch.insert(Arc::clone(&record), content.clone());
        for index in told.clone() {
            batch.delay_reported(id, index);
        }
        if let Some(key) = &entry.file {
            batch.taken(key, id);
        }
        let received = MessageEvent {
            connector: &entry.connector,
            client: Peer { name: &entry.hello, address: entry.client },
            server: Peer { name: self.server.as_str(), address: entry.local },
            recipients: asked.recipients.iter().map(|r| without_status(&r.address)).collect(),
            ..whole(&snapshot, &record, (MessageEventKind::Receive, entry.source))
        };
        // Here; what another server of ours hands on was accepted before.
        let at = match record.origin {
            Origin::Server { .. } => self.now(),
            _ => record.accepted_at,
        };
        let resolution = steps.iter().map(|step| resolution_event(&snapshot, &record, step));
        let events: Vec<_> = std::iter::once(received).chain(resolution).collect();
        let kept = self.journal.keep(&mut batch, at, &events);
        self.spool.commit(batch).await.map_err(|error| refusal(&error))?;
        if let Some(letter) = letter {
            self.tls_heard.hear(letter);
        }
        let waiting = self.pressure.submission().enter();
        self.journal.publish(at, &events, kept);
        let message =
            QueuedMessage::fresh(Arc::clone(&record), content, &self.budget, (&self.known, mark));
        for index in told {
            message.set_delay_reported(index);
        }
        let message = Arc::new(message);
        self.place_new(&message).await;
        drop(waiting);
        Ok(Accepted { internet_message_id: record.internet_message_id.clone() })
    }

    /// The message as it will be stored, and how it came.
    pub(crate) fn receive(&self, submitted: Submitted) -> (Arc<MessageRecord>, Bytes, Entry) {
        let content = submitted.content;
        let now = self.now();
        let (stranger, accepted_at, band) = match &submitted.source {
            Source::Smtp { stranger: true, .. } => (true, now, None),
            Source::Server { attributes, .. } => {
                let accepted_at = relayed::accepted_at(attributes, now);
                (attributes.stranger, accepted_at, Some(attributes.band))
            }
            Source::Smtp { .. } | Source::File(_) | Source::Management { .. } => (false, now, None),
        };
        let (origin, entry) = self.entry(submitted.source);
        let record = MessageRecord {
            id: submitted.id,
            network_id: submitted.network_id,
            accepted_at,
            band: band.unwrap_or_else(|| self.priority_of(&content).band() as u8),
            stranger,
            tls_not_required: message::tls_not_required(&content),
            size: content.len() as u64,
            eight_bit: message::is_eight_bit(&content),
            origin,
            subject: message::subject(&content),
            internet_message_id: message::message_id(&content),
            trace: submitted.trace,
            envelope: Arc::new(submitted.envelope),
        };
        (Arc::new(record), content, entry)
    }

    /// How a message came: as it is stored, and as its first event tells it.
    fn entry(&self, source: Source) -> (Origin, Entry) {
        match source {
            Source::Smtp { connector, client, hello, local, stranger: _, signers: _ } => {
                let entry = Entry {
                    source: EventSource::Smtp,
                    connector: format!("{}\\{connector}", self.server),
                    client: Some(client),
                    hello,
                    local,
                    file: None,
                    delay_told: false,
                };
                (Origin::Smtp { connector, client }, entry)
            }
            Source::Server { connector, server, address, local, attributes } => {
                let entry = Entry {
                    source: EventSource::Smtp,
                    connector: format!("{}\\{connector}", self.server),
                    client: Some(address),
                    hello: server.to_string(),
                    local,
                    file: None,
                    delay_told: attributes.delay_told,
                };
                let HopAttributes { client, size, .. } = attributes;
                (Origin::Server { connector, server: server.to_string(), client, size }, entry)
            }
            Source::File(FileSource { directory, file, key, client, hello, source, owner }) => {
                let entry = Entry {
                    source: EventSource::Pickup,
                    connector: directory.name().to_owned(),
                    client,
                    hello,
                    local: None,
                    file: Some(key),
                    delay_told: false,
                };
                let origin = match directory {
                    DropDirectory::Pickup => Origin::Pickup { file },
                    DropDirectory::Replay => Origin::Replay { file, client, source },
                    DropDirectory::Maildrop => Origin::Maildrop { file, owner },
                };
                (origin, entry)
            }
            Source::Management { cmdlet, client } => {
                let entry = Entry {
                    source: EventSource::Admin,
                    connector: cmdlet.to_owned(),
                    client,
                    hello: String::new(),
                    local: None,
                    file: None,
                    delay_told: false,
                };
                (Origin::Management { cmdlet: cmdlet.to_owned(), client }, entry)
            }
        }
    }

    /// Routes a message that is durable. Recipients that cannot be delivered are reported.
    pub(crate) async fn place_new(&self, message: &Arc<QueuedMessage>) {
        let item = new_item(message, None, message.pending());
        if AssertUnwindSafe(self.place(&item)).catch_unwind().await.is_err() {
            poison::broke_routing(self, item);
        }
    }

    /// Routes a consignment of a message that is durable, unless an administrator has suspended
    /// the Submission queue: then it waits there.
    pub(crate) async fn place(&self, item: &Item) {
        let snapshot = self.directory.snapshot();
        let submission = self.registry.find(&QueueKey::submission());
        if let Some(submission) = submission.filter(|handle| handle.lock().is_suspended()) {
            submission.lock().push_stored(item.sender, Waits::Turn, self.now());
            return self.shelve_later(&submission, item, Waits::Turn);
        }
        let routed = self.route(&snapshot, &item.message, &item.recipients);
        let kept = settle::undeliverable(self, &snapshot, item, routed.failed).await;
        self.distribute(&snapshot, (item, Waits::Turn), routed.queues, kept);
    }
}

/// Somebody whom the message is for may be known to a directory that cannot be read.
fn not_read() -> Reply {
    Reply::new(451, (4, 4, 3), "The directory that may know a recipient cannot be read now")
}

/// The message with the recipients that are meant; the envelope as it came, and what happened to its recipients.
fn resolved(
    snapshot: &Snapshot,
    mut record: Arc<MessageRecord>,
) -> (Arc<MessageRecord>, Arc<Envelope>, Vec<resolver::Step>) {
    let asked = Arc::clone(&record.envelope);
    if !resolver::is_due(&record.origin) {
        return (record, asked, Vec::new());
    }
    match resolver::resolve(snapshot, Facts::of(&record), &asked.recipients) {
        None => (record, asked, Vec::new()),
        Some(Resolution { recipients, steps }) => {
            let smtputf8 =
                asked.smtputf8 || recipients.iter().any(|r| r.address.is_internationalized());
            let envelope = Envelope { recipients, smtputf8, ..Envelope::clone(&asked) };
            Arc::make_mut(&mut record).envelope = Arc::new(envelope);
            (record, asked, steps)
        }
    }
}

/// A step of the resolution as the message tracking log tells it.
fn resolution_event<'a>(
    snapshot: &Snapshot,
    record: &'a MessageRecord,
    step: &'a resolver::Step,
) -> MessageEvent<'a> {
    let kind = match step.happening {
        Happening::Resolved => MessageEventKind::Resolve,
        Happening::Expanded => MessageEventKind::Expand,
        Happening::Redirected => MessageEventKind::Redirect,
    };
    MessageEvent {
        recipients: step.to.iter().map(without_status).collect(),
        related_recipient: Some(&step.from),
        ..whole(snapshot, record, (kind, EventSource::Routing))
    }
}

fn without_status(recipient: &Address) -> RecipientResult<'_> {
    RecipientResult { recipient, status: "" }
}

/// Local trouble is never the sender's fault (DESIGN section 6).
pub(crate) fn refusal(error: &SpoolError) -> Refusal {
    match error {
        SpoolError::Full | SpoolError::Stopped | SpoolError::Corrupt(_) => scarce(),
        // As the topic on shadow redundancy has it (transport.md section 7).
        SpoolError::NotRedundant => {
            Refusal(Reply::new(451, (4, 4, 0), "Message failed to be made redundant"))
        }
        _ => local_trouble(),
    }
}

pub(crate) fn scarce() -> Refusal {
    Refusal(Reply::new(452, (4, 3, 1), "Insufficient system resources"))
}

pub(crate) fn local_trouble() -> Refusal {
    Refusal(Reply::new(451, (4, 3, 0), "The message could not be stored; try again later"))
}
