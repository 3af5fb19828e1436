//! What every part of the Transport service shares, and the few things all of them do with it.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use delivery::{Courier, FrontEnds, Resolvers, Servers};
use directory::{Directory, DnsServer, Server, Snapshot, TransportService};
use dns::{Resolver, ResolverSettings, Validation, Way};
use model::{
    Clock, Event, EventSource, MessageEvent, MessageEventKind, ObjectName, TimeSpan, Timestamp,
};
use mta_sts::Policies;
use parking_lot::Mutex;
use queue::{Consignment, DeliveryType, Priority, QueueKey, RetrySchedule, Waits};
use spool::{Batch, RowKey, Spool, SpoolError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{
    administration::{QueueName, ShadowQueue},
    categorizer::{Categorizer, NO_CONNECTOR, Placement},
    hands::{Claim, Hands},
    journal::Journal,
    known::Known,
    pace::Pace,
    pools::Pools,
    pressure::Pressure,
    priority_settings::PriorityQueuing,
    queued::{Carried, ContentBudget, QueuedMessage},
    quiet::quietly,
    registry::{Item, QueueHandle, Registry},
    settings::{MailboxStore, TransportSettings},
    signing::Signing,
    steps::step,
    tls_heard::TlsHeard,
    tls_reports::TlsReports,
    validators::Validators,
    way_out,
};

/// Memory for content under way, all workers together, in KiB.
const ROOM_KIB: u32 = 256 * 1024;
/// The same on the way to an LMTP server, beside it: one that hangs holds up nobody else's mail.
const LMTP_ROOM_KIB: u32 = 64 * 1024;

/// How long a DNS server is waited for where somebody waits for the answer: the next one still has its
/// turn.
const QUICKLY: Duration = Duration::from_secs(2);

/// The heart of the service.
pub(crate) struct Core {
    pub(crate) directory: Directory,
    pub(crate) server: ObjectName,
    pub(crate) spool: Spool,
    pub(crate) courier: Courier,
    pub(crate) front_ends: FrontEnds,
    pub(crate) servers: Servers,
    /// One more for each Redirect-Message under way.
    redirects: Arc<()>,
    pub(crate) shown: Arc<certificates::Shown>,
    pub(crate) trust: Arc<tls::TrustAnchors>,
    pub(crate) mailboxes: MailboxStore,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) registry: Registry,
    /// Queues that share hosts.
    pub(crate) pools: Pools<QueueHandle>,
    /// Who works on which rows of the store.
    pub(crate) hands: Arc<Hands>,
    /// Messages in memory.
    pub(crate) known: Arc<Known<QueuedMessage>>,
    pub(crate) budget: ContentBudget,
    pub(crate) pressure: Arc<Pressure>,
    /// When reports are made.
    pub(crate) pace: Pace,
    /// Places for outgoing connections (MaxOutboundConnections), and how many there are.
    pub(crate) connections: Arc<Semaphore>,
    places: Mutex<usize>,
    pub(crate) stop: watch::Receiver<bool>,
    may_deliver: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(crate) shadow_queues: Arc<dyn Fn() -> Vec<ShadowQueue> + Send + Sync>,
    /// Memory for content under way, in KiB.
    room: Arc<Semaphore>,
    /// The same on the way to an LMTP server.
    lmtp_room: Arc<Semaphore>,
    glitch: (u32, TimeSpan),
    mailbox_retry: TimeSpan,
    /// MaxIdleTimeBeforeResubmit.
    pub(crate) longest_idle: TimeSpan,
    /// Held while rows that have expired are read, or sorted by whether anybody is told.
    pub(crate) expiring: tokio::sync::Mutex<()>,
    /// While priority queuing is on.
    pub(crate) priorities: Option<PriorityQueuing>,
    pub(crate) adapter: ResolverSettings,
    /// How the adapter's DNS servers are asked for what strangers' messages name.
    pub(crate) strangers_way: Way,
    /// MTA-STS policies of other domains.
    pub(crate) policies: Policies,
    /// What is counted of TLS, and reported.
    pub(crate) tls_reports: Arc<TlsReports>,
    /// What others report of TLS with our hosts.
    pub(crate) tls_heard: Arc<TlsHeard>,
    /// How far DNS servers are believed.
    pub(crate) validators: Validators,
    resolvers: ArcSwap<(u64, Resolvers)>,
    /// Who signs what leaves.
    pub(crate) signing: Signing,
}

impl Core {
    pub(crate) fn new(
        settings: TransportSettings,
        courier: Courier,
        (tls_reports, tls_heard): (Arc<TlsReports>, Arc<TlsHeard>),
        policies: Policies,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let snapshot = settings.directory.snapshot();
        let server = snapshot.server(settings.server.as_str());
        let version = server.map_or(0, |s| s.header.version);
        let places = places(server.map(Arc::as_ref));
        let validators = Validators::new(settings.validation);
        let both = dns_settings_of(server.map(Arc::as_ref), &settings.adapter_dns);
        let resolvers = make_resolvers(both, &validators);
        let journal = Arc::new(Journal::new(settings.tracking, settings.events));
        let (spool, clock) = (settings.spool, settings.clock);
        let pace = Pace::new(Arc::clone(&clock), settings.report_pace);
        let pressure = Pressure::new(
            spool.clone(),
            Arc::clone(&journal),
            Arc::clone(&clock),
            settings.resources,
            settings.sampler,
        );
        Self {
            signing: Signing::new(Arc::clone(&clock)),
            connections: Arc::new(Semaphore::new(places)),
            places: Mutex::new(places),
            directory: settings.directory,
            server: settings.server,
            spool,
            courier,
            front_ends: settings.front_ends,
            servers: settings.servers,
            redirects: Arc::default(),
            shown: settings.shown,
            trust: settings.trust,
            mailboxes: settings.mailboxes,
            journal,
            clock,
            registry: Registry::default(),
            pools: Pools::default(),
            hands: Arc::default(),
            known: Arc::default(),
            budget: ContentBudget::default(),
            pressure: Arc::new(pressure),
            pace,
            stop,
            may_deliver: settings.may_deliver,
            shadow_queues: settings.shadow_queues,
            room: Arc::new(Semaphore::new(ROOM_KIB as usize)),
            lmtp_room: Arc::new(Semaphore::new(LMTP_ROOM_KIB as usize)),
            glitch: (settings.glitch_retry_count, settings.glitch_retry_interval),
            mailbox_retry: settings.mailbox_delivery_queue_retry_interval,
            longest_idle: settings.max_idle_time_before_resubmit,
            expiring: tokio::sync::Mutex::default(),
            priorities: settings.priorities,
            strangers_way: way_out::apart(&settings.adapter_dns.way),
            adapter: settings.adapter_dns,
            tls_reports,
            tls_heard,
            policies,
            validators,
            resolvers: ArcSwap::from_pointee((version, resolvers)),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether messages are being redirected to other servers.
    pub(crate) fn is_redirecting(&self) -> bool {
        Arc::strong_count(&self.redirects) > 1
    }

    /// They are, until what is given back is dropped.
    pub(crate) fn redirecting(&self) -> Arc<()> {
        Arc::clone(&self.redirects)
    }

    /// Whether the service is stopping.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Whether the Transport service of this server sends (`Set-ServerComponentState`).
    pub(crate) fn is_sending(&self) -> bool {
        self.owns_its_messages()
            && self.here(&self.directory.snapshot()).is_some_and(|server| server.sends())
    }

    /// Whether what this server holds is surely its own, so that it may be sent, or given up.
    pub(crate) fn owns_its_messages(&self) -> bool {
        (self.may_deliver)()
    }

    /// This server as `snapshot` has it.
    pub(crate) fn here<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Arc<Server>> {
        snapshot.server(self.server.as_str())
    }

    /// Makes MaxOutboundConnections of the snapshot count. Connections beyond a lower limit are
    /// not cut; their places go as they end.
    pub(crate) fn adjust_places(&self, snapshot: &Snapshot) {
        let wanted = places(self.here(snapshot).map(Arc::as_ref));
        let mut present = self.places.lock();
        if wanted > *present {
            self.connections.add_permits(wanted - *present);
            *present = wanted;
        } else {
            *present -= self.connections.forget_permits(*present - wanted);
        }
    }

    /// Outgoing connections there are, and how many there may be, where that is limited.
    pub(crate) fn places_used(&self) -> (usize, Option<usize>) {
        let present = *self.places.lock();
        let used = present.saturating_sub(self.connections.available_permits());
        (used, Some(present).filter(|most| *most < Semaphore::MAX_PERMITS))
    }

    /// Forgets what the DNS said.
    pub(crate) fn flush_dns(&self) {
        let resolvers = &self.resolvers.load().1;
        resolvers.internal.flush();
        resolvers.external.flush();
    }

    /// The settings of a queue's retry ladder; that to mailboxes has one step.
    pub(crate) fn schedule(&self, snapshot: &Snapshot, key: &QueueKey) -> RetrySchedule {
        if key.delivery_type == DeliveryType::SmtpDeliveryToMailbox {
            let interval = self.mailbox_retry;
            return RetrySchedule {
                glitch_count: 0,
                glitch_interval: interval,
                transient_count: 0,
                transient_interval: interval,
                failure_interval: interval,
            };
        }
        let mut schedule = RetrySchedule {
            glitch_count: self.glitch.0,
            glitch_interval: self.glitch.1,
            ..RetrySchedule::default()
        };
        if let Some(server) = self.here(snapshot) {
            schedule.transient_count = server.transport.transient_failure_retry_count;
            schedule.transient_interval = server.transport.transient_failure_retry_interval;
            schedule.failure_interval = server.transport.outbound_connection_failure_retry_interval;
        }
        schedule
    }

    /// How long a message waits that was put off itself (MessageRetryInterval).
    pub(crate) fn retry_interval(&self, snapshot: &Snapshot) -> TimeSpan {
        self.here(snapshot).map_or(TimeSpan::minutes(15), |s| s.transport.message_retry_interval)
    }

    /// How long a message waits in this queue that was put off itself.
    pub(crate) fn retry_interval_in(&self, snapshot: &Snapshot, key: &QueueKey) -> TimeSpan {
        if key.delivery_type == DeliveryType::SmtpDeliveryToMailbox {
            self.mailbox_retry
        } else {
            self.retry_interval(snapshot)
        }
    }

    /// Who resolves names, as the server's settings are now.
    pub(crate) fn resolvers(&self, server: &Server) -> Resolvers {
        let present = self.resolvers.load();
        if present.0 == server.header.version {
            return present.1.clone();
        }
        let both = dns_settings_of(Some(server), &self.adapter);
        let fresh = make_resolvers(both, &self.validators);
        self.resolvers.store(Arc::new((server.header.version, fresh.clone())));
        fresh
    }

    /// Who resolves names now; without this server in the directory, who did at the start.
    pub(crate) fn resolvers_now(&self) -> Resolvers {
        let snapshot = self.directory.snapshot();
        match self.here(&snapshot) {
            Some(server) => self.resolvers(server),
            None => self.resolvers.load().1.clone(),
        }
    }

    /// Whom the internal and the external resolver ask now.
    pub(crate) fn dns_settings(&self) -> [ResolverSettings; 2] {
        let snapshot = self.directory.snapshot();
        dns_settings_of(self.here(&snapshot).map(Arc::as_ref), &self.adapter)
    }

    /// How far the internal and the external resolver are believed about signatures.
    pub(crate) fn validation(&self) -> (Validation, Validation) {
        let [internal, external] = self.dns_settings();
        (self.validators.validation(&internal), self.validators.validation(&external))
    }

    /// Who resolves names as the outside sees them, and has learnt nothing yet: what has been published
    /// a moment ago is found.
    pub(crate) fn fresh_resolver(&self) -> Resolver {
        let snapshot = self.directory.snapshot();
        let here = self.here(&snapshot);
        let mut settings = here.map_or_else(
            || self.adapter.clone(),
            |server| external_dns(&server.transport, &self.adapter),
        );
        settings.server_timeout = settings.server_timeout.min(QUICKLY);
        self.validators.resolver(settings)
    }

    /// Routes the given recipients of a message: those that have a queue, by queue, and those that
    /// cannot be delivered at all.
    pub(crate) fn route(
        &self,
        snapshot: &Snapshot,
        message: &QueuedMessage,
        recipients: &[u32],
    ) -> Routed {
        let categorizer = Categorizer::new(snapshot, &self.server);
        let mut routed = Routed::default();
        for &index in recipients {
            match categorizer.place(&message.record, index) {
                Placement::Queue(key, why) => {
                    if let Some(why) = why {
                        message.set_last_error(index, why);
                    }
                    routed.queues.entry(key).or_default().push(index);
                }
                failure => routed.failed.push((index, failure)),
            }
        }
        routed
    }

    /// Puts routed recipients into their queues. Those that come from a row of the store stay in
    /// rows: theirs take its place, unless it has been written anew as `kept`, and what was
    /// suspended stays so.
    pub(crate) fn distribute(
        &self,
        snapshot: &Snapshot,
        (from, waited): (&Item, Waits),
        queues: BTreeMap<QueueKey, Vec<u32>>,
        kept: Option<RowKey>,
    ) {
        let waits = if waited == Waits::Suspended { Waits::Suspended } else { Waits::Turn };
        let mut batch = Batch::new();
        let row = from.message.row.as_ref().filter(|claim| Some(claim.key()) != kept);
        self.unshelve(&mut batch, row);
        let mut filled = Vec::new();
        // Told first: should that break off, nothing has been moved.
        if let Some(recipients) = queues.get(&QueueKey::unreachable()) {
            let what = (MessageEventKind::Defer, EventSource::Routing);
            let waiting = recipients.iter().map(|index| (*index, NO_CONNECTOR));
            self.emit_step(&step(snapshot, &from.message.record, what, waiting));
        }
        for (key, recipients) in queues {
            let item = Item { recipients, last_error: None, attempts: 0, ..from.clone() };
            if item.message.row.is_none() {
                filled.push(self.put_in(snapshot, &key, item));
                continue;
            }
            let count = |handle: &QueueHandle| {
                handle.lock().push_stored(item.sender, waits, self.now());
            };
            let (handle, ()) = self.registry.with(&key, self.now(), count);
            self.shelve(&mut batch, &handle, &item, waits);
            filled.push(handle);
        }
        if !batch.is_empty() {
            self.spool.commit_later(batch);
        }
        // Only now: whoever carries the first of them finds the others, should they go the same way.
        for handle in filled {
            self.registry.attend(&handle);
        }
    }

    /// Puts a consignment that is in no row into a queue and sees that somebody works on it, or
    /// puts it into the store where it has to wait.
    pub(crate) fn enqueue(&self, snapshot: &Snapshot, key: &QueueKey, item: Item) {
        let handle = self.put_in(snapshot, key, item);
        self.registry.attend(&handle);
    }

    fn put_in(&self, snapshot: &Snapshot, key: &QueueKey, item: Item) -> Arc<QueueHandle> {
        let (handle, waits) =
            self.registry.push(key, item, self.now(), |queue| self.has_memory(queue));
        if let Some(item) = waits {
            self.shelve_later(&handle, &item, Waits::Turn);
            quietly(|| self.tell_waits(snapshot, &handle, &item));
        }
        handle
    }

    /// Tells once that a message waits because its next hop has failed before.
    fn tell_waits(&self, snapshot: &Snapshot, handle: &QueueHandle, item: &Item) {
        let error = handle.lock().ladder().last_error().map(str::to_owned);
        if let Some(error) = error.filter(|_| item.message.is_first_deferral()) {
            let what = (MessageEventKind::Defer, EventSource::Queue);
            let waiting = item.recipients.iter().map(|index| (*index, error.as_str()));
            self.emit_step(&step(snapshot, &item.message.record, what, waiting));
        }
    }

    /// The message's content: from memory, or from the spool, where it may be damaged.
    pub(crate) async fn content(&self, message: &QueuedMessage) -> Result<Bytes, SpoolError> {
        if let Some(content) = message.cached_content() {
            return Ok(content);
        }
        let (spool, id) = (self.spool.clone(), message.record.id);
        let read = tokio::task::spawn_blocking(move || spool.content(id)).await;
        let content = read.unwrap_or(Err(SpoolError::Stopped))?;
        let (is, was) = (content.len() as u64, message.record.size);
        if is != was {
            let reason = format!("its content has {is} bytes and should have {was}");
            return Err(SpoolError::Damaged { id: id.as_u64(), reason });
        }
        Ok(content)
    }

    /// Waits until there is memory to carry `size` bytes: as content, with its trace field, and
    /// as it goes out.
    pub(crate) async fn room(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).acquire_many_owned(kib_to_carry(size)).await.ok()
    }

    /// The same to an LMTP server.
    pub(crate) async fn lmtp_room(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        let kib = kib_to_carry(size).min(LMTP_ROOM_KIB);
        Arc::clone(&self.lmtp_room).acquire_many_owned(kib).await.ok()
    }

    /// The same where there is some now. Whoever has some already may not wait for more.
    pub(crate) fn room_now(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_many_owned(kib_to_carry(size)).ok()
    }

    /// Tells the readers of events.
    pub(crate) fn emit(&self, event: &Event<'_>) {
        self.journal.tell(self.now(), event);
    }

    /// The same of a step of a message's life that is not its last.
    pub(crate) fn emit_step(&self, event: &MessageEvent<'_>) {
        self.emit(&Event::Message(event));
    }
}

fn kib_to_carry(size: u64) -> u32 {
    u32::try_from(size * 3 / 1024 + 1).unwrap_or(ROOM_KIB).min(ROOM_KIB)
}

/// How many outgoing connections a server may have.
fn places(server: Option<&Server>) -> usize {
    let limit = server.and_then(|s| s.transport.max_outbound_connections.limit());
    limit.map_or(Semaphore::MAX_PERMITS, |n| n as usize).min(Semaphore::MAX_PERMITS)
}

/// What routing said of some recipients of a message.
#[derive(Default)]
pub(crate) struct Routed {
    pub(crate) queues: BTreeMap<QueueKey, Vec<u32>>,
    pub(crate) failed: Vec<(u32, Placement)>,
}

/// A consignment of a message that was never tried, with the row it comes from, if any.
pub(crate) fn new_item(
    message: &Arc<QueuedMessage>,
    row: Option<Arc<Claim>>,
    recipients: Vec<u32>,
) -> Item {
    let mut hasher = DefaultHasher::new();
    message.record.envelope.sender.as_str().hash(&mut hasher);
    Consignment {
        id: message.record.id,
        message: Carried { message: Arc::clone(message), row },
        recipients,
        sender: hasher.finish(),
        priority: Priority::of_band(message.record.band.into()),
        attempts: 0,
        crashes: 0,
        last_error: None,
    }
}

/// A queue's name for people.
pub(crate) fn queue_name(handle: &QueueHandle) -> QueueName {
    match handle.key().delivery_type {
        DeliveryType::Unreachable => QueueName::Unreachable,
        DeliveryType::Submission => QueueName::Submission,
        DeliveryType::Poison => QueueName::Poison,
        _ => QueueName::Delivery(handle.number()),
    }
}

fn make_resolvers(
    [internal, external]: [ResolverSettings; 2],
    validators: &Validators,
) -> Resolvers {
    Resolvers { internal: validators.resolver(internal), external: validators.resolver(external) }
}

/// InternalDNS* and ExternalDNS*: the adapter's servers, or the listed ones.
fn dns_settings_of(server: Option<&Server>, adapter: &ResolverSettings) -> [ResolverSettings; 2] {
    let Some(transport) = server.map(|s| &s.transport) else {
        return [adapter.clone(), adapter.clone()];
    };
    let (by_adapter, servers) =
        (transport.internal_dns_adapter_enabled, &transport.internal_dns_servers);
    [dns_settings(by_adapter, servers, adapter), external_dns(transport, adapter)]
}

fn external_dns(transport: &TransportService, adapter: &ResolverSettings) -> ResolverSettings {
    let (by_adapter, servers) =
        (transport.external_dns_adapter_enabled, &transport.external_dns_servers);
    dns_settings(by_adapter, servers, adapter)
}

fn dns_settings(
    by_adapter: bool,
    servers: &[DnsServer],
    adapter: &ResolverSettings,
) -> ResolverSettings {
    if by_adapter || servers.is_empty() {
        return adapter.clone();
    }
    let listed = servers.iter().map(|server| server.socket_addr()).collect();
    ResolverSettings { validator: adapter.validator.clone(), ..ResolverSettings::new(listed) }
}
