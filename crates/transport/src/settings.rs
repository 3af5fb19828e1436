//! What the service is made of; the program brings it together.

use std::{path::PathBuf, sync::Arc};

use delivery::{Dialer, FrontEnds, LmtpServer, Servers};
use directory::Directory;
use dns::ResolverSettings;
use mailbox::Mailboxes;
use model::{Clock, EventSink, ObjectName, TimeSpan, session_log::SessionLog};
use resources::Sampler;
use spool::Spool;
use tracking::MessageTrackingLog;

use crate::{
    administration::ShadowQueue, pace::ReportPace, priority_settings::PriorityQueuing,
    validators::ValidationSettings,
};

/// What the service is made of.
pub struct TransportSettings {
    /// The organization.
    pub directory: Directory,
    /// This server's name.
    pub server: ObjectName,
    /// Where messages are durable.
    pub spool: Spool,
    /// Local delivery.
    pub mailboxes: MailboxStore,
    /// Who opens connections.
    pub dialer: Arc<dyn Dialer>,
    /// The authorities that count where a smart host's certificate is verified.
    pub trust: Arc<tls::TrustAnchors>,
    /// What we show of ourselves to hosts.
    pub shown: Arc<certificates::Shown>,
    /// Where refresh tokens are kept that token endpoints give out anew.
    pub refresh_tokens: PathBuf,
    /// Replies that ErrorPolicies judge otherwise.
    pub particular_replies: Arc<delivery::ParticularReplies>,
    /// Ways out through Front End Transport.
    pub front_ends: FrontEnds,
    /// Ways to the organization's other Mailbox servers.
    pub servers: Servers,
    /// DNS servers of the machine: what `…DNSAdapterEnabled` means.
    pub adapter_dns: ResolverSettings,
    /// Whether requests that are no mail go through front ends: DNS questions, to the front ends' DNS servers
    /// instead of the machine's, and those to web servers.
    pub lookups_through_front_ends: bool,
    /// How it is found out whether DNS servers validate signatures.
    pub validation: ValidationSettings,
    /// The file in which is kept what is counted for TLS reports.
    pub tls_reports: PathBuf,
    /// Where the TLS reports are kept that others send about our domains: a file.
    pub tls_heard: PathBuf,
    /// The directory in which MTA-STS policies are kept.
    pub policies: PathBuf,
    /// The port at which they are given out; 443 but in tests.
    pub policy_port: u16,
    /// Addresses of this machine, for finding loops.
    pub own_addresses: delivery::OwnAddresses,
    /// QueueGlitchRetryCount.
    pub glitch_retry_count: u32,
    /// QueueGlitchRetryInterval.
    pub glitch_retry_interval: TimeSpan,
    /// MailboxDeliveryQueueRetryInterval.
    pub mailbox_delivery_queue_retry_interval: TimeSpan,
    /// MaxIdleTimeBeforeResubmit.
    pub max_idle_time_before_resubmit: TimeSpan,
    /// How quickly reports are made where many are owed.
    pub report_pace: ReportPace,
    /// PriorityQueuingEnabled, with what belongs to it.
    pub priorities: Option<PriorityQueuing>,
    /// When resources are scarce.
    pub resources: resources::Settings,
    /// Who says how scarce they are.
    pub sampler: Arc<dyn Sampler>,
    /// Whether a delivery may be begun now: as one server among others only while its messages are its own.
    pub may_deliver: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Copies of other servers' messages, as they are now.
    pub shadow_queues: Arc<dyn Fn() -> Vec<ShadowQueue> + Send + Sync>,
    /// The message tracking log.
    pub tracking: MessageTrackingLog,
    /// Who else is told of events.
    pub events: Arc<dyn EventSink>,
    /// Who writes the logs of sessions.
    pub session_log: Arc<dyn SessionLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Who keeps the mailboxes of a server.
#[derive(Clone)]
pub enum MailboxStore {
    /// The server itself.
    Maildirs(Mailboxes),
    /// Another program on its machine.
    Lmtp(LmtpServer),
}
