//! This server among the organization's others: which engine they share (a file in the data directory), what
//! it tells them, and what it knows of them. Where there is no such file it is alone, and everything here is
//! idle.

mod administration;
mod engine_file;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Result;
use arc_swap::ArcSwapOption;
use cluster::{
    BeginAgain, Cluster, ClusterSettings, Engine, EngineDirectory, EngineError, Figures, Heir,
    Host, Member, Policy, Seat,
};
use directory::{Directory, Server, SharedStore, Snapshot};
use management::Standing;
use model::{Clock, ObjectName};
use parking_lot::Mutex;
use peers::{Configured, Endpoint, Whereabouts};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spool::{Batch, Spool, SpoolError};
use tokio::{sync::watch, task::AbortHandle};
use transport::{LearnedLimit, ShadowQueue, Transport};
use vault::DataKey;

pub(crate) use self::{
    administration::{Administration, Departure, Handed},
    engine_file::{EngineFile, State},
};

/// Finished messages are remembered for so long beyond the longest time that any can wait.
const BEYOND_EXPIRY: Duration = Duration::from_secs(86_400);

/// Opens the directory: the embedded one, or the organization's on its engine.
pub(crate) fn open_directory(
    file: &Path,
    key: DataKey,
    clock: Arc<dyn Clock>,
    engine: Option<&Engine>,
) -> Result<Directory> {
    let Some(engine) = engine else { return Ok(Directory::open(file, key, clock)?) };
    let store: Arc<dyn SharedStore> = Arc::new(EngineDirectory::new(engine.clone())?);
    Ok(Directory::open_on_engine(file, key, clock, store)?)
}

/// Makes the engine's tables where that can be done now.
pub(crate) async fn prepare(engine: &Engine) -> Result<()> {
    match engine.prepare().await {
        Err(EngineError::Unreachable(reason)) => {
            tracing::error!(reason, "the engine cannot be reached");
            Ok(())
        }
        done => Ok(done?),
    }
}

/// Makes a spool that of a server alone. Blocks.
pub(crate) fn forget_engine(spool: &Spool) -> Result<(), SpoolError> {
    let mut batch = Batch::new();
    let next = spool.upcoming_id();
    batch.incarnation(None).copied_below(next).told_below(next);
    spool.commit_here_blocking(batch)
}

/// What membership is made of.
pub(crate) struct MembershipSettings {
    pub(crate) directory: Directory,
    pub(crate) server: ObjectName,
    pub(crate) spool: Spool,
    /// Where other servers reach this one's API.
    pub(crate) api: String,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The membership of this server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Membership {
    inner: Arc<Inner>,
}

struct Inner {
    settings: MembershipSettings,
    joined: ArcSwapOption<Joined>,
    begin_again: watch::Sender<Option<BeginAgain>>,
    /// The Transport service, once it runs and until it has stopped.
    transport: Mutex<Option<Transport>>,
}

struct Joined {
    engine: Engine,
    cluster: Cluster,
    members: watch::Receiver<Vec<Member>>,
    tasks: Vec<AbortHandle>,
}

impl Membership {
    pub(crate) fn new(settings: MembershipSettings) -> Self {
        let begin_again = watch::Sender::new(None);
        let inner = Inner {
            settings,
            joined: ArcSwapOption::empty(),
            begin_again,
            transport: Mutex::new(None),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Takes the server's place among the others, before anything of its spool is queued; or at any time, where
    /// it has never been there.
    pub(crate) async fn begin(&self, engine: Engine) -> Result<()> {
        let MembershipSettings { directory, server, spool, clock, .. } = &self.inner.settings;
        let revisions = watch::Sender::new(directory.snapshot().revision);
        let followed =
            tokio::spawn(cluster::follow(engine.clone(), directory.clone(), revisions.subscribe()));
        let settings = ClusterSettings {
            engine: engine.clone(),
            name: server.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            spool: spool.clone(),
            host: Arc::new(Here { inner: Arc::clone(&self.inner), revisions }),
            clock: Arc::clone(clock),
        };
        let started = tokio::task::spawn_blocking(move || Cluster::start(settings)).await;
        let cluster = match started.map_err(anyhow::Error::from).and_then(|c| Ok(c?)) {
            Ok(cluster) => cluster,
            Err(error) => {
                followed.abort();
                return Err(error);
            }
        };
        let again = tokio::spawn(pass_on(cluster.begin_again(), self.inner.begin_again.clone()));
        let joined = Joined {
            engine,
            members: cluster.members(),
            cluster,
            tasks: vec![followed.abort_handle(), again.abort_handle()],
        };
        self.inner.joined.store(Some(Arc::new(joined)));
        Ok(())
    }

    /// Whether deliveries may be begun.
    pub(crate) fn permit(&self) -> Arc<dyn Fn() -> bool + Send + Sync> {
        let inner = Arc::clone(&self.inner);
        Arc::new(move || inner.joined.load().as_ref().is_none_or(|j| j.cluster.may_deliver()))
    }

    /// Takes over what other servers leave from now on.
    pub(crate) fn inherit_by(&self, heir: Arc<dyn Heir>) -> Result<()> {
        let snapshot = self.inner.settings.directory.snapshot();
        // A front end has no queues that anything could go to.
        let has_queues = snapshot.is_mailbox_server(self.inner.settings.server.as_str());
        match self.inner.joined.load().as_ref().filter(|_| has_queues) {
            Some(joined) => Ok(joined.cluster.inherit_by(heir)?),
            None => Ok(()),
        }
    }

    /// Tells the others of this service, and this service of the others.
    pub(crate) fn tell_of(&self, transport: Transport) {
        *self.inner.transport.lock() = Some(transport);
    }

    /// Copies of other servers' messages that this server is the first to take over.
    pub(crate) fn shadow_queues(&self) -> Arc<dyn Fn() -> Vec<ShadowQueue> + Send + Sync> {
        let inner = Arc::clone(&self.inner);
        Arc::new(move || {
            let joined = inner.joined.load();
            let Some(joined) = joined.as_ref() else { return Vec::new() };
            let snapshot = inner.settings.directory.snapshot();
            shadows(&joined.members.borrow(), &inner.settings.server, &snapshot)
        })
    }

    /// How redundancy stands; nothing on a server that is alone.
    pub(crate) fn figures(&self) -> Option<Figures> {
        self.inner.joined.load().as_ref().map(|joined| joined.cluster.figures())
    }

    /// Tells when the server has to begin again.
    pub(crate) fn begin_again(&self) -> watch::Receiver<Option<BeginAgain>> {
        self.inner.begin_again.subscribe()
    }

    /// Where other servers are asked: as they tell, unless `configured` says otherwise.
    pub(crate) fn whereabouts(&self, configured: Configured) -> Published {
        Published { membership: self.clone(), configured }
    }

    /// Which servers take mail of the others.
    pub(crate) fn living(&self) -> Living {
        Living(self.clone())
    }

    /// A server, as the last heartbeat found it.
    fn member(&self, server: &Server) -> Option<Member> {
        let joined = self.inner.joined.load();
        let members = joined.as_ref()?.members.borrow();
        members.iter().find(|member| server.name.is(&member.name)).cloned()
    }

    /// The engine that this server shares with others.
    pub(crate) fn engine(&self) -> Option<Engine> {
        self.inner.joined.load().as_ref().map(|joined| joined.engine.clone())
    }

    /// Its seat there.
    pub(crate) fn seat(&self) -> Option<Seat> {
        self.inner.joined.load().as_ref()?.cluster.seat()
    }

    /// Whether it has one.
    pub(crate) fn is_seated(&self) -> bool {
        self.seat().is_some()
    }

    /// Where other servers reach this one's API.
    pub(crate) fn api(&self) -> String {
        self.inner.settings.api.clone()
    }

    /// How it stands among the others.
    pub(crate) fn standing(&self) -> Option<Standing> {
        let joined = self.inner.joined.load();
        let joined = joined.as_ref()?;
        let shadow = joined.cluster.shadow();
        let alone = self.inner.settings.spool.alone().unwrap_or_else(|error| {
            tracing::warn!(%error, "the spool cannot be asked");
            0
        });
        Some(Standing {
            members: joined.members.borrow().clone(),
            is_seated: joined.cluster.is_seated(),
            is_away: shadow.is_away(),
            is_behind: shadow.is_behind(),
            alone,
        })
    }

    /// Gives the seat up for good, after the Transport service has ended. Returns how many messages are left to
    /// others.
    pub(crate) async fn leave(&self) -> Result<u64> {
        self.forget_transport();
        let joined = self.inner.joined.swap(None);
        let joined = joined.ok_or_else(|| anyhow::anyhow!("this server is alone"))?;
        joined.tasks.iter().for_each(AbortHandle::abort);
        Ok(tokio::task::spawn_blocking(move || joined.cluster.leave()).await??)
    }

    /// Ends, after the Transport service has.
    pub(crate) async fn stop(&self) {
        self.forget_transport();
        self.part().await;
    }

    /// It has the service, which has us: neither would ever be dropped.
    fn forget_transport(&self) {
        *self.inner.transport.lock() = None;
    }

    /// Is one of several no more, while the Transport service goes on.
    pub(crate) async fn part(&self) {
        let Some(joined) = self.inner.joined.swap(None) else { return };
        joined.tasks.iter().for_each(AbortHandle::abort);
        let stopped = tokio::task::spawn_blocking(move || joined.cluster.stop()).await;
        if stopped.is_err() {
            tracing::error!("the membership ended badly");
        }
    }
}

/// Of each server that is not shut out the next living one, by name, has the copies: it is the same at each server
/// that looks, so that every copy is shown once.
fn shadows(members: &[Member], here: &ObjectName, snapshot: &Snapshot) -> Vec<ShadowQueue> {
    let is_shown_here = |at: usize| {
        let others = (1..members.len()).filter_map(|step| members.get((at + step) % members.len()));
        others.into_iter().find(|other| other.lives).is_some_and(|next| here.is(&next.name))
    };
    let primaries = members.iter().enumerate().filter(|(at, m)| !m.fenced && is_shown_here(*at));
    let queues = primaries.map(|(_, member)| ShadowQueue {
        number: member.incarnation,
        primary: snapshot
            .server(&member.name)
            .map_or_else(|| member.name.clone(), |s| s.fqdn.to_string()),
        messages: told(&member.figures).messages,
    });
    queues.filter(|queue| queue.messages > 0).collect()
}

/// What a server tells of itself with each heartbeat. What one of another version does not tell has its default.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    /// How many messages wait in its queues.
    messages: u64,
    /// What it has learned of hosts.
    limits: Vec<LearnedLimit>,
}

fn told(figures: &str) -> Told {
    serde_json::from_str(figures).unwrap_or_default()
}

async fn pass_on(
    mut from: watch::Receiver<Option<BeginAgain>>,
    to: watch::Sender<Option<BeginAgain>>,
) {
    while from.changed().await.is_ok() {
        to.send_replace(*from.borrow_and_update());
    }
}

/// What the servers tell of themselves with their heartbeats.
pub(crate) struct Published {
    membership: Membership,
    configured: Configured,
}

impl Whereabouts for Published {
    fn find(&self, server: &Server) -> Result<Vec<Endpoint>, String> {
        let Some(member) = self.membership.member(server) else {
            return self.configured.find(server);
        };
        if !member.lives {
            return Err("is not running: its lease has ended".to_owned());
        }
        match api_of(&member.endpoints) {
            Some(endpoint) if !self.configured.names(server) => Ok(vec![endpoint]),
            _ => self.configured.find(server),
        }
    }
}

/// Who takes mail of the other servers, by the last heartbeat; where is what the directory says.
pub(crate) struct Living(Membership);

impl delivery::Whereabouts for Living {
    fn lives(&self, server: &Server) -> bool {
        server.takes_mail() && self.0.member(server).is_none_or(|member| member.lives)
    }
}

/// Where a server's API is, as it says itself.
fn api_of(endpoints: &str) -> Option<Endpoint> {
    let told: serde_json::Value = serde_json::from_str(endpoints).ok()?;
    told.get("api")?.as_str()?.parse().ok()
}

/// What the cluster's threads ask of this server.
struct Here {
    inner: Arc<Inner>,
    revisions: watch::Sender<u64>,
}

impl Here {
    fn with_config<T>(&self, read: impl FnOnce(&directory::TransportConfig) -> T) -> T {
        read(&self.inner.settings.directory.snapshot().organization.transport)
    }
}

impl Host for Here {
    fn endpoints(&self) -> String {
        json!({ "api": self.inner.settings.api }).to_string()
    }

    fn figures(&self) -> String {
        let transport = self.inner.transport.lock().clone();
        let Some(transport) = transport else { return json!({}).to_string() };
        let told = Told { messages: transport.waiting(), limits: transport.learned_limits() };
        serde_json::to_string(&told).unwrap_or_default()
    }

    fn copies(&self) -> bool {
        self.with_config(|config| config.shadow_redundancy_enabled)
    }

    fn policy(&self) -> Policy {
        let rejects = self.with_config(|config| config.reject_message_on_shadow_failure);
        if rejects { Policy::Required } else { Policy::Preferred }
    }

    fn heard(&self, members: &[Member]) {
        let Some(transport) = self.inner.transport.lock().clone() else { return };
        let living = members.iter().filter(|member| member.lives);
        let count = u32::try_from(living.clone().count()).unwrap_or(u32::MAX);
        let limits: Vec<LearnedLimit> =
            living.flat_map(|member| told(&member.figures).limits).collect();
        transport.share_limits(&limits, count);
    }

    fn revision(&self, revision: u64) {
        self.revisions.send_if_modified(|known| std::mem::replace(known, revision) != revision);
    }

    fn remembers(&self) -> Duration {
        let snapshot = self.inner.settings.directory.snapshot();
        let longest = snapshot.servers.iter().map(|s| s.transport.message_expiration_timeout).max();
        let millis = longest.map_or(0, |span| span.as_millis());
        Duration::from_millis(millis) + BEYOND_EXPIRY
    }
}
