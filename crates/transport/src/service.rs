//! The service as the program sees it: start, recover, hand messages in, look, act, stop.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use ::signing::KeyRecord;
use delivery::{CountSessions, Courier, CourierSettings};
use directory::AcceptedDomain;
use dns::Validation;
use model::{Address, DomainName, MessageId, Reply, TlsRequirement};
use prometheus_client::registry::Registry;
use publishing::Finding;
use reception::{FileIntake, Intake};
use resources::Board;
use spool::{Batch, SpoolError};
use thiserror::Error;
use tls_report::Kept;
use tokio::{sync::watch, task::JoinHandle};
use tracking::MessageTrackingLog;

use crate::{
    actions,
    administration::{
        Exported, Matches, MessageAction, MessageInfo, MessageScope, MessageView, Progress,
        QueueError, QueueInfo, QueueName,
    },
    agreed,
    agreed::LearnedLimit,
    contain::keep,
    core::Core,
    deadlines, dispatcher, export,
    heir::Inheritance,
    idle,
    intake::Door,
    key_records::{self, Checked},
    key_rotation,
    metrics::TransportMetrics,
    policies, publication, queue_actions, queue_view, redirect, relief, renewal, reroute, security,
    security::Security,
    settings::TransportSettings,
    start, submit,
    submit::{Draft, Receipt},
    tls_heard::TlsHeard,
    tls_letters, tls_reader,
    tls_reports::TlsReports,
    trials, view, way_out,
};

/// How long attempts under way may take to come to an end when the service stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the service could not start.
#[derive(Debug, Error)]
pub enum TransportError {
    /// The spool cannot be read.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The directory of MTA-STS policies cannot be used.
    #[error("the directory of MTA-STS policies: {0}")]
    Policies(#[from] std::io::Error),
}

/// The running Transport service. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    pub(crate) core: Arc<Core>,
    stop: watch::Sender<bool>,
    tasks: Arc<parking_lot::Mutex<Vec<JoinHandle<()>>>>,
}

impl Transport {
    /// Starts the service: everything in the spool is queued again first.
    ///
    /// # Errors
    /// When the spool cannot be read or TLS cannot be set up.
    pub async fn start(mut settings: TransportSettings) -> Result<Self, TransportError> {
        let (outward, adapter) = way_out::of(&settings);
        settings.adapter_dns = adapter;
        let (file, clock) = (settings.tls_reports.clone(), Arc::clone(&settings.clock));
        let heard = settings.tls_heard.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let reports = TlsReports::open(file, Arc::clone(&clock));
            (Arc::new(reports), Arc::new(TlsHeard::open(heard, clock)))
        });
        let told = opened.await.map_err(|_| SpoolError::Stopped)?;
        let tls_reports = Arc::clone(&told.0);
        let policies = policies::open(&settings, outward.clone()).await?;
        let courier = Courier::new(CourierSettings {
            dialer: Arc::clone(&settings.dialer),
            outward,
            log: Arc::clone(&settings.session_log),
            directory: settings.directory.clone(),
            servers: settings.servers.clone(),
            trust: Arc::clone(&settings.trust),
            refresh_tokens: settings.refresh_tokens.clone(),
            particular_replies: Arc::clone(&settings.particular_replies),
            own_addresses: Arc::clone(&settings.own_addresses),
            clock: Arc::clone(&settings.clock),
            policies: policies.clone(),
            sessions: tls_reports as Arc<dyn CountSessions>,
        })?;
        let (stop, stopped) = watch::channel(false);
        let core = Arc::new(Core::new(settings, courier, told, policies, stopped));
        core.pressure.look(0).await;
        trials::try_now(&core).await;
        start::recover(&core).await?;
        let here = || Arc::clone(&core);
        let journal =
            |core: Arc<Core>| Arc::clone(&core.journal).run(core.spool.clone(), core.stop.clone());
        let relief = |core: Arc<Core>| relief::run(Arc::clone(&core), core.stop.clone());
        let tasks = vec![
            tokio::spawn(keep(here(), "dispatcher", dispatcher::run)),
            tokio::spawn(keep(here(), "deadlines", deadlines::run)),
            tokio::spawn(keep(here(), "routing", reroute::run)),
            tokio::spawn(keep(here(), "idle", idle::run)),
            tokio::spawn(keep(here(), "key rotation", key_rotation::run)),
            tokio::spawn(keep(here(), "DNS trials", trials::run)),
            tokio::spawn(keep(here(), "TLS reports", tls_letters::run)),
            tokio::spawn(keep(here(), "TLS reports about us", tls_reader::run)),
            tokio::spawn(keep(here(), "MTA-STS policies", renewal::run)),
            tokio::spawn(keep(here(), "noting", start::keep_noting)),
            tokio::spawn(keep(here(), "journal", journal)),
            tokio::spawn(keep(here(), "relief", relief)),
        ];
        Ok(Self { core, stop, tasks: Arc::new(parking_lot::Mutex::new(tasks)) })
    }

    /// Who takes messages over from reception.
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::new(Door(Arc::clone(&self.core)))
    }

    /// Who looks up what strangers' messages name.
    pub fn strangers_resolver(&self) -> reception::CurrentResolver {
        crate::strangers_dns::resolver(&self.core)
    }

    /// Gives who resolves names as the outside sees them and has learnt nothing yet: a record of a moment ago is
    /// found.
    pub fn fresh_resolver(&self) -> reception::CurrentResolver {
        let core = Arc::clone(&self.core);
        Arc::new(move || core.fresh_resolver())
    }

    /// Who looks up names of the organization's own choice, as the DNS servers inside see them.
    pub fn own_resolver(&self) -> reception::CurrentResolver {
        let core = Arc::clone(&self.core);
        Arc::new(move || core.resolvers_now().internal)
    }

    /// Who opens connections to web servers.
    pub fn web(&self) -> Arc<dyn https::Dial> {
        Arc::new(self.core.courier.outward().clone())
    }

    /// Who takes messages over that come as files.
    pub fn file_intake(&self) -> Arc<dyn FileIntake> {
        Arc::new(Door(Arc::clone(&self.core)))
    }

    /// Who stores and queues messages that come from other servers without SMTP. To be called on the runtime
    /// that the service runs on.
    pub fn heir(&self) -> Arc<dyn cluster::Heir> {
        let runtime = tokio::runtime::Handle::current();
        Arc::new(Inheritance { core: Arc::clone(&self.core), runtime })
    }

    /// How scarce each resource is, and what that asks for.
    pub fn resources(&self) -> Arc<Board> {
        self.core.pressure.board()
    }

    /// Who vouches for certificates.
    pub fn trust(&self) -> Arc<tls::TrustAnchors> {
        Arc::clone(&self.core.trust)
    }

    /// Makes what the service, its queues and its spool count readable in `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.core.spool.register_metrics(registry);
        registry.register_collector(Box::new(TransportMetrics(Arc::clone(&self.core))));
    }

    /// The message tracking log.
    pub fn tracking(&self) -> MessageTrackingLog {
        self.core.journal.log()
    }

    /// Whether the DNS has these records, each asked for some seconds at most, all at once. What
    /// was asked before does not count.
    pub async fn check_key_records(&self, records: &[KeyRecord]) -> Vec<Checked> {
        key_records::check(&self.core.fresh_resolver(), records).await
    }

    /// What these accepted domains have published for their mail, and should have, in their order; within half
    /// a minute. Those that stand for every domain are left out.
    pub async fn published_by(
        &self,
        domains: Vec<Arc<AcceptedDomain>>,
    ) -> Vec<(DomainName, Vec<Finding>)> {
        publication::of(&self.core, domains).await
    }

    /// What would be demanded of the hosts that mail for this recipient goes to, and by whom, where the message
    /// itself wants this of TLS.
    pub async fn security_of(&self, recipient: &Address, tls: TlsRequirement) -> Security {
        security::of(&self.core, recipient, tls).await
    }

    /// How far the DNS servers that are asked (InternalDNS*) are believed about signatures.
    pub fn validation(&self) -> Validation {
        self.core.validation().0
    }

    /// The TLS reports about our domains that others have sent, the last that came first.
    pub fn tls_reports_received(&self) -> Vec<Kept> {
        self.core.tls_heard.reports()
    }

    /// How many messages wait in queues of this server; one that waits in several counts in each.
    pub fn waiting(&self) -> u64 {
        self.core.registry.all().iter().map(|handle| handle.lock().counts().total()).sum()
    }

    /// What was learned of hosts that asked for fewer connections, for the other servers.
    pub fn learned_limits(&self) -> Vec<LearnedLimit> {
        agreed::learned(&self.core)
    }

    /// Takes this server's share of what all servers have learned, this one among them; `living` of them share.
    pub fn share_limits(&self, told: &[LearnedLimit], living: u32) {
        agreed::share(&self.core, told, living);
    }

    /// All queues.
    pub fn queues(&self) -> Vec<QueueInfo> {
        queue_view::queues(&self.core)
    }

    /// All messages, by number, then queue.
    pub fn messages(&self) -> Vec<MessageInfo> {
        view::messages(&self.core)
    }

    /// Shows `visit` the messages in `scope`, ascending by number, then queue, until it breaks
    /// off. Blocks: to be called where that is allowed.
    ///
    /// # Errors
    /// When what waits cannot be read.
    pub fn visit_messages(
        &self,
        scope: &MessageScope,
        visit: &mut dyn FnMut(&MessageView<'_>) -> ControlFlow<()>,
    ) -> Result<(), QueueError> {
        view::visit_messages(&self.core, scope, visit)
    }

    /// Suspends a queue: it accepts messages and sends none.
    ///
    /// # Errors
    /// When there is no such queue, or that could not be stored.
    pub async fn suspend_queue(&self, queue: QueueName) -> Result<(), QueueError> {
        queue_actions::suspend_queue(&self.core, queue).await
    }

    /// Lets a suspended queue send again.
    ///
    /// # Errors
    /// When there is no such queue, or that could not be stored.
    pub async fn resume_queue(&self, queue: QueueName) -> Result<(), QueueError> {
        self.resume_queue_in_sight(queue, Arc::default()).await
    }

    /// The same; `progress` counts the messages that are routed upon it, those of the Submission
    /// or of the Unreachable queue, and is asked whether to go on.
    ///
    /// # Errors
    /// When there is no such queue, or that could not be stored.
    pub async fn resume_queue_in_sight(
        &self,
        queue: QueueName,
        progress: Arc<Progress>,
    ) -> Result<(), QueueError> {
        queue_actions::resume_queue(&self.core, queue, &progress).await
    }

    /// Tries a queue in Retry now, or routes its messages again.
    ///
    /// # Errors
    /// When there is no such queue, or it is not in Retry.
    pub async fn retry_queue(&self, queue: QueueName, resubmit: bool) -> Result<(), QueueError> {
        self.retry_queue_in_sight(queue, resubmit, Arc::default()).await
    }

    /// The same; `progress` counts the messages that are routed again, and is asked whether to go on.
    ///
    /// # Errors
    /// When there is no such queue, or it is not in Retry.
    pub async fn retry_queue_in_sight(
        &self,
        queue: QueueName,
        resubmit: bool,
        progress: Arc<Progress>,
    ) -> Result<(), QueueError> {
        queue_actions::retry_queue(&self.core, queue, resubmit, &progress).await
    }

    /// Does `action` to every message of `scope` that `matches`. `progress` is kept up to date
    /// and asked whether to go on. One refused does not stop the others: it is counted.
    ///
    /// # Errors
    /// When what waits cannot be read.
    pub async fn act(
        &self,
        scope: MessageScope,
        matches: Matches,
        action: MessageAction,
        progress: Arc<Progress>,
    ) -> Result<(), QueueError> {
        actions::act(&self.core, &scope, &matches, action, &progress).await
    }

    /// Hands what waits in delivery queues to these servers, by Fqdn; nothing new is taken meanwhile.
    ///
    /// # Errors
    /// When what waits cannot be read.
    pub async fn redirect(
        &self,
        targets: Vec<String>,
        progress: Arc<Progress>,
    ) -> Result<(), QueueError> {
        redirect::redirect(&self.core, &targets, &progress).await
    }

    /// A suspended message as a file that the Replay directory takes.
    ///
    /// # Errors
    /// When there is no such message there, it is not suspended, or it cannot be read.
    pub async fn export(
        &self,
        id: MessageId,
        queue: Option<QueueName>,
    ) -> Result<Exported, QueueError> {
        export::export(&self.core, id, queue).await
    }

    /// Removes a message from a queue, or from all that hold it; with a report to the sender
    /// when `with_ndr`. One that is under way is removed when its attempt fails.
    ///
    /// # Errors
    /// When there is no such message there, or its removal could not be stored.
    pub async fn remove_message(
        &self,
        id: MessageId,
        queue: Option<&QueueName>,
        with_ndr: bool,
    ) -> Result<(), QueueError> {
        actions::remove_message(&self.core, id, queue.copied(), with_ndr).await
    }

    /// Takes a message over that somebody has written with the management interface, as
    /// submission does: durable when this returns.
    ///
    /// # Errors
    /// The reply that a client would get in its place.
    pub async fn submit(&self, draft: Draft) -> Result<Receipt, Reply> {
        submit::submit(&self.core, draft).await
    }

    /// Stops: nothing new is begun, attempts under way come to an end or to the time limit.
    /// What is not finished stays in the spool.
    pub async fn stop(&self) {
        let _ = self.stop.send(true);
        let tasks = std::mem::take(&mut *self.tasks.lock());
        for task in tasks {
            if task.await.is_err() {
                tracing::error!("a task of the Transport service ended badly");
            }
        }
        let drained = async {
            while self.core.registry.all().iter().any(|q| q.lock().counts().in_flight > 0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(DRAIN, drained).await;
        way_out::close(&self.core.adapter.way);
        way_out::close(&self.core.strangers_way);
        self.core.journal.forget(&self.core.spool, None).await;
        // What was handed in without waiting is committed with this.
        if let Err(error) = self.core.spool.commit(Batch::new()).await {
            tracing::error!(%error, "the last outcomes could not be stored; some mail may be sent twice");
        }
    }
}
