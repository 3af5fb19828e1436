//! `relais serve`: opens what a server is made of, from the bottom up, and closes it from the
//! top down.

mod ending;
mod ldap_passwords;
mod place;
mod supervisor;

use std::{
    io::IsTerminal,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use acme::{Acme, AcmeParts};
use admin::AdminSettings;
use anyhow::{Context, Result};
use cluster::BeginAgain;
use delivery::{Dialer, DirectDialer, FrontEnds, Servers};
use directory::Directory;
use dns::ResolverSettings;
use frontend::{FrontEnd, FrontEndSettings};
use identity::{Authenticator, Elsewhere, HttpsWeb, TokenVerifier};
use ldap::{Passwords, Synchronizer};
use management::Management;
use model::{
    ByteSize, Clock, DomainName, EventSink, ObjectName, SystemClock, session_log::SessionLog,
};
use peers::Peers;
use prometheus_client::registry::Registry;
use reception::{DropDirectories, DropSettings, Reception, ReceptionSettings};
use sandbox::Sandbox;
use spool::{Lock, Spool};
use tls::TrustAnchors;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot},
};
use tracking::{
    DiagnosticLog, EventCounters, MessageTrackingLog, Readers, SessionLogFiles, TrackingSettings,
    files::DirectoryCap,
};
use transport::{Transport, TransportSettings, ValidationSettings};
use vault::{Authority, DataKey, JoinTokens};

pub(crate) use self::place::own_addresses;
use self::{
    ending::{Signals, Why},
    ldap_passwords::LdapPasswords,
    place::{endpoints, names, published},
    supervisor::{SettingsFile, Supervisor},
};
use crate::{
    certificates::Certificates,
    config::Config,
    first_start,
    host::Waiting,
    membership::{self, Administration, Departure, EngineFile, Membership, MembershipSettings},
    paths::{DEFAULT_CONFIG, DEFAULT_DATA},
    redundancy_metrics::RedundancyMetrics,
    welcome::{self, Welcome},
};

/// How long whatever served before may take to let go of the spool, when a server begins again.
const LET_GO: Duration = Duration::from_secs(60);

/// Options of `relais serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Settings file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The organization's mail domain, for the first start.
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<DomainName>,
    /// With an Internet of its own on loopback and high ports; needs no root, no network.
    #[arg(long)]
    sandbox: bool,
}

/// Everything that runs, in the order in which it was started.
struct Server {
    front_end: FrontEnd,
    transport: Transport,
    reception: Reception,
    drop_directories: DropDirectories,
    _waiting: Option<Waiting>,
    admin: tokio::task::JoinHandle<std::io::Result<()>>,
    stop_admin: oneshot::Sender<()>,
    acme: Option<Acme>,
    membership: Membership,
    departures: mpsc::Receiver<Departure>,
    /// Dropped, it ends the reading of LDAP directories.
    _stop_reading: oneshot::Sender<()>,
    _sandbox: Option<Arc<Sandbox>>,
}

/// Runs a server until it is told to stop.
pub(crate) fn run(options: Options) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_env("RELAIS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let file = SettingsFile::new(options.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG)));
    let config = read_config(&options)?;
    let data = options
        .data
        .unwrap_or_else(|| PathBuf::from(if options.sandbox { "var" } else { DEFAULT_DATA }));
    make_private(&data)?;
    // Before anything is opened, until everything is closed: no two servers share anything.
    let _lock = Lock::take(&data)?;
    backup::refuse_unfit(&data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let supervisor = Supervisor::new();
        let mut life = Life::default();
        loop {
            let mut server = start(&config, &data, options.sandbox, life).await?;
            supervisor.ready();
            let mut again = server.membership.begin_again();
            let why = tokio::select! {
                () = signals.wait(|| supervisor.reload(|| file.look_again())) => Why::Stopped,
                Ok(why) = again.wait_for(Option::is_some) => {
                    life.fenced += u64::from(*why == Some(BeginAgain::Fenced));
                    Why::BeginsAgain
                }
                Some(departure) = server.departures.recv() => Why::Leaves(departure),
            };
            tracing::info!(?why, "stopping");
            life.begins_again = true;
            match why {
                Why::Stopped => {
                    supervisor.stopping();
                    server.stop().await;
                    return Ok(());
                }
                Why::BeginsAgain => server.stop().await,
                Why::Leaves(departure) => {
                    if server.leave(departure, &data).await {
                        println!("This server has left its organization. Its data directory is not needed any more.");
                        return Ok(());
                    }
                }
            }
        }
    })
}

/// The settings in `file`, else in the usual place, if there are any.
pub(crate) fn config_in(file: Option<&Path>, sandbox: bool) -> Result<Config> {
    let default = Path::new(DEFAULT_CONFIG);
    match file {
        Some(path) => Config::read(path),
        None if !sandbox && default.exists() => Config::read(default),
        None => Ok(Config::default()),
    }
}

fn read_config(options: &Options) -> Result<Config> {
    let mut config = config_in(options.config.as_deref(), options.sandbox)?;
    if let Some(domain) = &options.domain {
        config.domain = Some(domain.clone());
    }
    if options.sandbox { config.with_sandbox_defaults() } else { Ok(config) }
}

/// What was before, in this process.
#[derive(Debug, Clone, Copy, Default)]
struct Life {
    /// A server of this process has just stopped, to begin again.
    begins_again: bool,
    /// How often one has lost its place.
    fenced: u64,
}

async fn start(config: &Config, data: &Path, with_sandbox: bool, life: Life) -> Result<Server> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let counters = EventCounters::default();
    let events: Arc<dyn EventSink> =
        Arc::new(Readers::new(vec![Arc::new(DiagnosticLog), Arc::new(counters.clone())]));
    let (resources, sessions) = (config.resources.settings()?, config.admin.sessions()?);
    let acme = config.acme.settings()?;
    let keys = data.join("keys");
    make_private(&keys)?;
    let (key_file, directory_file) = (keys.join("data.key"), data.join("directory.db"));
    let engine_file = EngineFile::read(data)?;
    if let Some(file) = &engine_file {
        file.refuse_left(data)?;
    }
    anyhow::ensure!(
        key_file.exists() || !directory_file.exists(),
        "{} is missing, without which the secrets in {} cannot be read: bring it back from the backup",
        key_file.display(),
        directory_file.display()
    );
    let key = DataKey::load_or_create(&key_file)?;
    let trust = Arc::new(TrustAnchors::with_files(&config.tls.trusted_ca_files)?);
    let engine_file = match engine_file {
        Some(file) => file.settled(data, &directory_file, &key, &clock)?,
        None => None,
    };
    let joined_as = engine_file.as_ref().and_then(|file| file.server.clone());
    let engine = engine_file.map(|file| file.engine(&key, &trust)).transpose()?;
    if let Some(engine) = &engine {
        membership::prepare(engine).await?;
    }
    let opened = (directory_file, key.clone(), Arc::clone(&clock), engine.clone());
    let directory = tokio::task::spawn_blocking(move || {
        let (file, key, clock, engine) = opened;
        membership::open_directory(&file, key, clock, engine.as_ref())
    })
    .await??;
    let (name, fqdn) = this_server(&directory, config, joined_as, with_sandbox)?;
    let organization = directory.snapshot().organization.name.clone();
    let authority = Authority::load_or_create(&keys, &key, &organization, clock.as_ref())?;
    let admin_address = config.listen.admin.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 443)));
    let here =
        directory.snapshot().server(name.as_str()).cloned().context("this server is gone")?;
    let names = names(&fqdn, admin_address);
    let certificates =
        Certificates::issue(authority, names, (&directory, &here), Arc::clone(&clock))?;
    let shown = Arc::clone(&certificates.shown);

    // Before any Receive connector can take the address.
    let listener = TcpListener::bind(admin_address)
        .await
        .with_context(|| format!("the admin center cannot listen on {admin_address}"))?;
    let sandbox = if with_sandbox { Some(Sandbox::start(Arc::clone(&clock)).await?) } else { None };
    let begins_again = life.begins_again;
    let spool = open_spool(data, config.resources.disk_reserve(), begins_again).await?;
    if engine.is_none() {
        be_alone(&spool).await?;
    }
    let membership = Membership::new(MembershipSettings {
        directory: directory.clone(),
        server: name.clone(),
        spool: spool.clone(),
        api: published(&fqdn, admin_address),
        clock: Arc::clone(&clock),
    });
    let queued = spool.clone();
    // Before anything of the spool is queued.
    if let Some(engine) = engine {
        membership.begin(engine).await?;
    }
    let dialer: Arc<dyn Dialer> =
        sandbox.as_ref().map_or_else(|| Arc::new(DirectDialer) as Arc<dyn Dialer>, |s| s.dialer());
    // Shared by all logs: they may take a tenth of the volume together.
    let cap = Arc::new(DirectoryCap::tenth_of_volume(&data.join("logs")));
    let session_log = session_logs(&directory, &name, data, &cap, &clock)?;
    let tracking = message_tracking(&directory, &name, data, cap, &clock)?;
    let own_addresses = own_addresses(config.delivery.loopback_next_hops);
    // Before the Transport service, which goes through it.
    let front_end = FrontEnd::start(FrontEndSettings {
        directory: directory.clone(),
        server: name.clone(),
        tls: Arc::clone(&certificates.mutual),
        dialer: Arc::clone(&dialer),
        lent: config.frontend.lent(config.tls.mta_sts_port)?,
        own_addresses: Arc::clone(&own_addresses),
        log: Arc::clone(&session_log),
    });
    let transport = Transport::start(TransportSettings {
        directory: directory.clone(),
        server: name.clone(),
        spool,
        mailboxes: config.mailboxes.store(data, &session_log)?,
        dialer,
        particular_replies: Arc::new(config.delivery.particular_replies()?),
        refresh_tokens: data.join("oauth"),
        trust: Arc::clone(&trust),
        shown: Arc::clone(&shown),
        front_ends: FrontEnds::new(Arc::clone(&certificates.mutual)),
        servers: Servers::new(Arc::clone(&certificates.mutual), Arc::new(membership.living())),
        adapter_dns: adapter(config, sandbox.as_deref())?,
        lookups_through_front_ends: config.delivery.lookups_through_front_ends,
        policies: data.join("mta-sts"),
        policy_port: config.tls.mta_sts_port,
        tls_reports: data.join("tls-reports.json"),
        tls_heard: data.join("tls-reports-received.json"),
        validation: ValidationSettings {
            names: config.dns.probe_names()?,
            memory: data.join("dns-validates"),
        },
        own_addresses,
        glitch_retry_count: config.queue.glitch_retry_count,
        glitch_retry_interval: config.queue.glitch_retry_interval,
        mailbox_delivery_queue_retry_interval: config.queue.mailbox_delivery_queue_retry_interval,
        max_idle_time_before_resubmit: config.queue.max_idle_time_before_resubmit,
        report_pace: config.reports.pace(),
        priorities: config.queue.priorities(),
        resources,
        sampler: Arc::new(resources::System::here()),
        may_deliver: membership.permit(),
        shadow_queues: membership.shadow_queues(),
        tracking,
        events: Arc::clone(&events),
        session_log: Arc::clone(&session_log),
        clock: Arc::clone(&clock),
    })
    .await?;
    membership.inherit_by(transport.heir())?;
    membership.tell_of(transport.clone());
    let synchronizer = Synchronizer::new(directory.clone(), Arc::clone(&trust), Arc::clone(&clock));
    let (stop_reading, stopped_reading) = oneshot::channel::<()>();
    tokio::spawn(synchronizer.clone().run(async {
        let _ = stopped_reading.await;
    }));
    let elsewhere: Arc<dyn Elsewhere> =
        Arc::new(LdapPasswords(Passwords::new(directory.clone(), Arc::clone(&trust))));
    let new_authenticator = || {
        let elsewhere = Arc::clone(&elsewhere);
        Authenticator::with_elsewhere(directory.clone(), Arc::clone(&clock), elsewhere)
    };
    // One for mail and one for management: a flood of one must not lock out the other.
    let authenticator = new_authenticator();
    let keys = HttpsWeb {
        dial: transport.web(),
        trust: Arc::clone(&trust),
        resolver: transport.own_resolver(),
    };
    let tokens = TokenVerifier::new(directory.clone(), Arc::clone(&clock), Arc::new(keys));
    let reception = Reception::start(ReceptionSettings {
        directory: directory.clone(),
        server: name.clone(),
        fqdn: fqdn.to_string(),
        intake: transport.intake(),
        authenticator: new_authenticator(),
        tokens: tokens.clone(),
        shown: Arc::clone(&shown),
        servers: Arc::clone(&certificates.mutual),
        trust: Arc::clone(&trust),
        resolver: transport.strangers_resolver(),
        events,
        session_log,
        clock: Arc::clone(&clock),
    });
    let drop_directories = DropDirectories::start(DropSettings {
        directory: directory.clone(),
        server: name.clone(),
        fqdn: fqdn.to_string(),
        data: data.to_owned(),
        maildrop: config.sendmail.maildrop_of(data),
        intake: transport.file_intake(),
        clock: Arc::clone(&clock),
        interval: DropSettings::INTERVAL,
        maildrop_interval: DropSettings::MAILDROP_INTERVAL,
        rest: DropSettings::REST,
    });
    // Without it mail flows, and mailq says why it cannot tell.
    let waiting = Waiting::start(data, transport.clone())
        .inspect_err(|error| {
            tracing::warn!(error = format!("{error:#}"), "mailq will not be answered")
        })
        .ok();
    let acme = acme.map(|settings| {
        Acme::start(AcmeParts {
            settings,
            directory: directory.clone(),
            server: name.clone(),
            place: data.join("acme"),
            dial: transport.web(),
            trust: Arc::clone(&trust),
            resolver: transport.fresh_resolver(),
            clock: Arc::clone(&clock),
        })
    });
    let management =
        Management::new(directory.clone(), transport.clone(), name.clone(), Arc::clone(&clock));
    let whereabouts = membership.whereabouts(config.peers());
    let others = Peers::new(Arc::new(whereabouts), Arc::clone(&certificates.mutual));
    let (leaving, departures) = mpsc::channel(1);
    let administration = Administration {
        membership: membership.clone(),
        directory: directory.clone(),
        server: name.clone(),
        spool: queued,
        data: data.to_owned(),
        key,
        trust,
        heir: transport.heir(),
        tokens: JoinTokens::new(Arc::clone(&clock)),
        authority: certificates.authority(),
        departures: leaving,
        changing: Mutex::default(),
    };
    let management = management
        .with_tokens(tokens)
        .with_ldap(synchronizer)
        .with_other_servers(Arc::new(others))
        .with_membership(Arc::new(administration));
    let management = Arc::new(management);
    let mut metrics = Registry::with_prefix("relais");
    counters.register(&mut metrics);
    transport.register_metrics(&mut metrics);
    reception.register_metrics(&mut metrics);
    metrics.register_collector(Box::new(RedundancyMetrics {
        membership: membership.clone(),
        fenced: life.fenced,
    }));
    if let Some(acme) = &acme {
        acme.register_metrics(&mut metrics);
    }
    let intake = transport.intake();
    let (stop_admin, stopped) = oneshot::channel::<()>();
    let settings = AdminSettings {
        management,
        authenticator,
        shown: Arc::clone(&shown),
        peers: Some(Arc::clone(&certificates.mutual)),
        endpoints: endpoints(config, &name, with_sandbox),
        sandbox: sandbox.as_ref().map(Sandbox::router),
        refuses_mail: Arc::new(move || intake.is_pressed()),
        metrics: Arc::new(metrics),
        sessions,
        trusted_proxies: config.admin.trusted_proxies.clone(),
        clock: Arc::clone(&clock),
    };
    let admin = tokio::spawn(admin::serve(listener, settings, async {
        let _ = stopped.await;
    }));
    Welcome {
        server: &name,
        admin: admin_address,
        fingerprint: certificates.authority_fingerprint(),
        sandbox: with_sandbox,
    }
    .print();
    tokio::spawn(certificates.keep_fresh());
    Ok(Server {
        front_end,
        transport,
        reception,
        drop_directories,
        _waiting: waiting,
        admin,
        stop_admin,
        acme,
        membership,
        departures,
        _stop_reading: stop_reading,
        _sandbox: sandbox,
    })
}

/// The logs of sessions, which follow the directory from now on.
fn session_logs(
    directory: &Directory,
    server: &ObjectName,
    data: &Path,
    cap: &Arc<DirectoryCap>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn SessionLog>> {
    let (directory, server, data) = (directory.clone(), server.clone(), data.to_owned());
    let logs = SessionLogFiles::start(directory, server, data, Some(cap), Arc::clone(clock))
        .context("the logs of sessions cannot be started")?;
    tokio::spawn(logs.clone().follow());
    Ok(Arc::new(logs))
}

/// The message tracking log, which follows the directory from now on.
fn message_tracking(
    directory: &Directory,
    server: &ObjectName,
    data: &Path,
    cap: Arc<DirectoryCap>,
    clock: &Arc<dyn Clock>,
) -> Result<MessageTrackingLog> {
    let snapshot = directory.snapshot();
    let here = snapshot.server(server.as_str());
    let settings = here.map_or(TrackingSettings::OFF, |s| TrackingSettings::of(s, data));
    let log = MessageTrackingLog::start(settings, Some(cap), Arc::clone(clock))
        .context("the message tracking log cannot be started")?;
    tokio::spawn(log.clone().follow(directory.clone(), server.clone(), data.to_owned()));
    Ok(log)
}

/// Which server of the directory this is; at the first start it is made.
fn this_server(
    directory: &Directory,
    config: &Config,
    joined_as: Option<ObjectName>,
    sandbox: bool,
) -> Result<(ObjectName, DomainName)> {
    let name = match config.server.clone().or(joined_as) {
        Some(name) => name,
        None => host_name()?,
    };
    if directory.is_empty() {
        let domain = config.domain.as_ref().map(ToString::to_string).unwrap_or_default();
        let label = name.as_str().to_lowercase();
        let fqdn: DomainName = format!("{label}.{domain}")
            .trim_end_matches('.')
            .parse()
            .with_context(|| format!("server name \"{name}\" does not make a host name"))?;
        welcome::print_credentials(&first_start::fill(directory, config, &name, &fqdn, sandbox)?);
    }
    let snapshot = directory.snapshot();
    let server = snapshot.server(name.as_str()).with_context(|| {
        let known: Vec<String> = snapshot.servers.iter().map(|s| s.name.to_string()).collect();
        format!(
            "the directory knows no server \"{name}\" (it knows {}): set `server` in relais.toml",
            known.join(", ")
        )
    })?;
    Ok((server.name.clone(), server.fqdn.clone()))
}

pub(crate) fn host_name() -> Result<ObjectName> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .context("the host name cannot be read")?;
    let short = name.trim().split('.').next().unwrap_or_default().to_owned();
    Ok(short.parse()?)
}

/// The spool of a server that is alone is not one of several any more.
async fn be_alone(spool: &Spool) -> Result<()> {
    let spool = spool.clone();
    let forgetting = tokio::task::spawn_blocking(move || match spool.incarnation()? {
        Some(_) => membership::forget_engine(&spool),
        None => Ok(()),
    });
    Ok(forgetting.await??)
}

/// Opens the spool. What served before in this process may have it a while yet: idle connections end in their own
/// time.
async fn open_spool(data: &Path, reserve: Option<ByteSize>, begins_again: bool) -> Result<Spool> {
    let end = Instant::now() + if begins_again { LET_GO } else { Duration::ZERO };
    loop {
        let directory = data.join("spool");
        let opened =
            tokio::task::spawn_blocking(move || Spool::open_with(&directory, reserve)).await?;
        match opened {
            Err(_) if Instant::now() < end => tokio::time::sleep(LET_GO / 600).await,
            opened => return Ok(opened?),
        }
    }
}

/// The machine's DNS servers, or those of the pretend Internet.
pub(crate) fn adapter(config: &Config, sandbox: Option<&Sandbox>) -> Result<ResolverSettings> {
    let validator = config.dns.validator()?;
    let settings = if config.delivery.lookups_through_front_ends {
        anyhow::ensure!(
            config.dns.servers.is_empty(),
            "[dns] servers would not be asked: with [delivery] lookups_through_front_ends the DNS servers \
             in [frontend] dns of the front ends are. Take one of the two out."
        );
        ResolverSettings::new(Vec::new())
    } else if !config.dns.servers.is_empty() {
        ResolverSettings::new(config.dns.servers.clone())
    } else if let Some(sandbox) = sandbox {
        ResolverSettings::new(vec![sandbox.dns()])
    } else {
        ResolverSettings::from_resolv_conf(Path::new("/etc/resolv.conf"))
            .context("/etc/resolv.conf cannot be read")?
    };
    Ok(ResolverSettings { validator, ..settings })
}

/// A directory only its owner may look into.
pub(crate) fn make_private(directory: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if !directory.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
    }
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot protect {}", directory.display()))
}
