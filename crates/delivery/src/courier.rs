//! Finds a host of the next hop that talks to us: look-up, hosts in order, addresses in order,
//! greeting, EHLO, encryption as the connector wants it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use directory::{Credential, Directory, ErrorPolicies, SmartHost};
use dns::{DestinationError, MailHost, OwnNames, mail_hosts, smart_host};
use futures_util::future::join_all;
use model::session_log::{ProtocolEvent, SessionLog};
use rustls::pki_types::ServerName;
use smtp::ClientSettings;
use tls::{ClientPolicy, TlsError, TrustAnchors};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use crate::{
    ConnectFailure, Connection, Destination, Dialer, Logon, ParticularReplies, Route, TlsUse, Way,
    connection::{LONGEST_IDLE, Lost, Stream, Terms},
    judgement::Judgement,
    passage::Blocked,
    patience,
    record::Record,
    tap::Tap,
};

/// Hosts tried for one connection; more would make a dead destination a long wait.
const MOST_HOSTS: usize = 10;
/// Addresses tried of one host.
const MOST_ADDRESSES: usize = 4;

/// What the couriers of a server share.
#[derive(Clone)]
pub struct CourierSettings {
    /// Who opens sockets.
    pub dialer: Arc<dyn Dialer>,
    /// Who writes the logs of sessions.
    pub log: Arc<dyn SessionLog>,
    /// Who opens sealed passwords for smart hosts.
    pub directory: Directory,
    /// The authorities that count where a certificate is verified.
    pub trust: Arc<TrustAnchors>,
    /// Replies that ErrorPolicies judge otherwise.
    pub particular_replies: Arc<ParticularReplies>,
    /// Addresses of this machine at the moment: an MX that resolves to one of them is a loop.
    pub own_addresses: OwnAddresses,
}

/// Tells the addresses of this machine; asked for every connection, since they change. Must be
/// quick. All of loopback counts as ours when one address of it is among them.
pub type OwnAddresses = Arc<dyn Fn() -> Vec<IpAddr> + Send + Sync>;

/// Opens connections to next hops.
#[derive(Clone)]
pub struct Courier {
    settings: CourierSettings,
    opportunistic: TlsConnector,
}

/// A host, and the smart host that led to it.
struct Found {
    host: MailHost,
    smart_host: Option<SmartHost>,
}

/// One address of one host.
struct Target {
    name: String,
    address: SocketAddr,
    /// Whose certificate it must show where one is verified. A smart host's own name, not that of
    /// a mail exchanger behind it, for which nobody but the DNS vouches.
    reference: ServerName<'static>,
}

impl Target {
    /// The host as it is shown: `mx1.example.net [192.0.2.1]`.
    fn label(&self) -> String {
        format!("{} [{}]", self.name, self.address.ip())
    }
}

impl Courier {
    /// A courier.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: CourierSettings) -> Result<Self, TlsError> {
        let config = tls::client_config(ClientPolicy::Opportunistic)?;
        Ok(Self { settings, opportunistic: tls::connector(config) })
    }

    /// Connects to the first host of the route that talks to us. `turn` rotates smart hosts, so
    /// that they share the load; `avoid` is the host with which the last session failed: it is
    /// tried after the others (RFC 5321 section 5.1).
    ///
    /// # Errors
    /// When the destination takes no mail, or none of its hosts could be used.
    pub async fn connect(
        &self,
        route: &Route,
        turn: usize,
        avoid: Option<&str>,
    ) -> Result<Connection, ConnectFailure> {
        let until = Instant::now() + patience::SEARCH;
        let record = self.record(route);
        let found = self.targets(route, turn, &record).await;
        let mut targets = found.inspect_err(|failure| record.set_ending(failure.text()))?;
        targets.sort_by_key(|target| avoid == Some(target.label().as_str()));
        let mut first = None;
        for target in targets {
            let tried = timeout_at(until, self.try_target(route, &target, &record)).await;
            if let (Err(_), Some(passage)) = (&tried, route.passage()) {
                passage.given_up();
            }
            match tried.unwrap_or_else(|_| Err(unreachable(&target, "took too long"))) {
                Ok(connection) => return Ok(connection),
                Err(Lost(why)) => {
                    tracing::debug!(host = target.name, address = %target.address, why, "host not usable");
                    record.progress(|| format!("{}: {why}", target.address));
                    first.get_or_insert(why);
                }
            }
            if let Some(why) = route.passage().and_then(|passage| passage.failure()) {
                record.set_ending(&why);
                return Err(ConnectFailure::FrontEnd(why));
            }
            if Instant::now() >= until {
                break;
            }
        }
        let first = first.unwrap_or_else(|| "421 4.4.1 No host to connect to".to_owned());
        record.set_ending(&first);
        Err(ConnectFailure::all_hosts_failed(&first))
    }

    /// How long a connection of this route may stay without work.
    pub fn longest_idle(route: &Route) -> std::time::Duration {
        route.inactivity.min(LONGEST_IDLE)
    }

    /// A session of this route in the logs.
    fn record(&self, route: &Route) -> Record {
        let destination = &route.destination;
        let connector = (route.connector.as_str(), route.verbose);
        Record::begin(&self.settings.log, connector, || destination.to_string(), destination.kind())
    }

    async fn targets(
        &self,
        route: &Route,
        turn: usize,
        record: &Record,
    ) -> Result<Vec<Target>, ConnectFailure> {
        let hosts = match &route.destination {
            Destination::Literal(address) if self.is_own(route, *address) => {
                let loops = DestinationError::LoopsBack;
                return Err(ConnectFailure::of_destination(&loops, &format!("[{address}]"), false));
            }
            Destination::Literal(address) => vec![found(literal(*address))],
            Destination::Domain(domain) => {
                let addresses = self.own_addresses(route);
                let own = OwnNames { names: &route.own_names, addresses: &addresses };
                let hosts = mail_hosts(&route.resolver, domain, &own).await.map_err(|e| {
                    ConnectFailure::of_destination(
                        &e,
                        domain.as_str(),
                        route.error_policies.contains(ErrorPolicies::DOWNGRADE_DNS_FAILURES),
                    )
                })?;
                hosts.into_iter().map(found).collect()
            }
            Destination::SmartHosts(hosts) => smart_hosts(route, hosts, turn).await?,
        };
        record.progress(|| told(&hosts));
        Ok(hosts
            .into_iter()
            .take(MOST_HOSTS)
            .flat_map(|Found { host, smart_host }| {
                let addresses = host.addresses.into_iter().take(MOST_ADDRESSES);
                let target = |ip| Target {
                    name: host.name.clone(),
                    address: SocketAddr::new(ip, route.port),
                    reference: reference(smart_host.as_ref(), &host.name, ip),
                };
                addresses.map(target).collect::<Vec<_>>()
            })
            .collect())
    }

    /// Whether an address literal in a recipient leads back to this machine. Anybody may write
    /// one, so it must not reach what only this machine can reach.
    fn is_own(&self, route: &Route, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback()
            || address.is_unspecified()
            || self.own_addresses(route).iter().any(|own| own.to_canonical() == address)
    }

    /// Those of the machine and the one it has for the outside.
    fn own_addresses(&self, route: &Route) -> Vec<IpAddr> {
        let mut addresses = (self.settings.own_addresses)();
        addresses.extend(route.own_external_address);
        addresses
    }

    async fn try_target(
        &self,
        route: &Route,
        target: &Target,
        record: &Record,
    ) -> Result<Connection, Lost> {
        let connection = self.secure(route, target, record).await?;
        match &route.logon {
            Some(logon) => self.sign_in(logon, connection).await,
            None => Ok(connection),
        }
    }

    /// The password is opened for this one conversation and wiped after it.
    async fn sign_in(&self, logon: &Logon, mut connection: Connection) -> Result<Connection, Lost> {
        let Credential { user_name, password } = &logon.credential;
        let done = match self.settings.directory.unseal(password, &logon.context) {
            Ok(password) => connection.log_on(logon.mechanism.name(), user_name, &password).await,
            Err(_) => Err(Lost(format!(
                "451 4.7.0 AuthenticationCredential {user_name}: the stored password cannot be \
                 opened with this server's key; set the credential again"
            ))),
        };
        match done {
            Ok(()) => Ok(connection),
            Err(lost) => Err(connection.given_up(lost)),
        }
    }

    /// Greets and encrypts, as the route wants it.
    async fn secure(
        &self,
        route: &Route,
        target: &Target,
        record: &Record,
    ) -> Result<Connection, Lost> {
        let connection = self.greet(route, target, record).await?;
        if route.tls == TlsUse::Never {
            return Ok(connection);
        }
        match self.encrypt(route, target, connection).await {
            Ok(connection) => Ok(connection),
            Err(Lost(why)) if route.tls == TlsUse::Opportunistic => {
                // The policy promises encryption only where it works: once more, in clear.
                record.progress(|| format!("{}: {why}; once more, in clear", target.address));
                self.greet(route, target, record).await
            }
            Err(lost) => Err(lost),
        }
    }

    async fn encrypt(
        &self,
        route: &Route,
        target: &Target,
        mut connection: Connection,
    ) -> Result<Connection, Lost> {
        let required = match (route.tls, &route.logon) {
            (TlsUse::Verified, Some(logon)) => {
                Some(format!("SmartHostAuthMechanism {}", logon.mechanism))
            }
            (TlsUse::Required | TlsUse::Verified, _) => Some("RequireTLS True".to_owned()),
            (TlsUse::Opportunistic | TlsUse::Never, _) => None,
        };
        let agreed = connection.offers_tls()
            && connection.ask_tls().await.map_err(|lost| connection.given_up(lost))?;
        if !agreed {
            return match required {
                Some(setting) => Err(connection.given_up(Lost(format!(
                    "451 4.7.4 {setting}: {} does not offer STARTTLS",
                    target.name
                )))),
                None => Ok(connection),
            };
        }
        if route.tls != TlsUse::Verified {
            return connection.encrypt(&self.opportunistic, server_name(target)).await;
        }
        match self.verifying().await {
            Ok(connector) => connection.encrypt(&connector, target.reference.clone()).await,
            Err(why) => Err(connection.given_up(Lost(format!("454 4.7.5 {why}")))),
        }
    }

    /// Demands a certificate of a trusted authority.
    async fn verifying(&self) -> Result<TlsConnector, String> {
        let trust = Arc::clone(&self.settings.trust);
        // The machine's store is read from disk now and then.
        let config = tokio::task::spawn_blocking(move || trust.client_config()).await;
        let config = config.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        Ok(tls::connector(config))
    }

    async fn greet(
        &self,
        route: &Route,
        target: &Target,
        record: &Record,
    ) -> Result<Connection, Lost> {
        record.set_ends(None, target.address);
        record.row(ProtocolEvent::Information, "", "attempting to connect");
        let failed = |why: &str| {
            let lost = unreachable(target, why);
            record.row(ProtocolEvent::Information, "", &lost.0);
            lost
        };
        let Dialed { stream, local, hello, how } =
            self.dial(route, target).await.map_err(|why| failed(&why))?;
        record.progress(|| format!("connected to {} {}{how}", target.name, target.address));
        let tap = Tap::new(record.clone(), local, target.address);
        let settings = ClientSettings {
            hello: hello.unwrap_or_else(|| route.hello.clone()),
            force_helo: route.force_helo,
            lmtp: false,
        };
        let terms = Terms {
            messages: route.messages_per_connection,
            inactivity: route.inactivity,
            judgement: Judgement::new(&self.settings.particular_replies, route.error_policies),
        };
        let open = Connection::open(stream, settings, target.label(), terms, tap).await;
        open.map(|connection| connection.along(route.passage().cloned()))
    }

    /// Opens a connection the way the route says.
    async fn dial(&self, route: &Route, target: &Target) -> Result<Dialed, String> {
        let passage = match &route.way {
            Way::Direct => return self.dial_directly(target).await,
            Way::FrontEnd(Some(passage)) => passage,
            Way::FrontEnd(None) => return Err("no way through a front end".to_owned()),
        };
        match passage.open(target.address).await {
            Ok(tunnel) => Ok(Dialed {
                local: tunnel.local(),
                how: told_passage(passage.through(), tunnel.egress),
                hello: tunnel.hello.clone(),
                stream: Box::new(tunnel),
            }),
            Err(Blocked::Target(why) | Blocked::FrontEnd(why)) => Err(why),
        }
    }

    async fn dial_directly(&self, target: &Target) -> Result<Dialed, String> {
        let dialing = self.settings.dialer.dial(target.address, None);
        match timeout(patience::CONNECT, dialing).await {
            Ok(Ok(stream)) => Ok(Dialed {
                local: stream.local_addr().ok(),
                how: String::new(),
                hello: None,
                stream: Box::new(stream),
            }),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("timed out".to_owned()),
        }
    }
}

/// An open connection.
struct Dialed {
    stream: Box<dyn Stream>,
    local: Option<SocketAddr>,
    /// What to say in EHLO, where the way decides that.
    hello: Option<String>,
    /// The way, for the connectivity log; empty for the direct one.
    how: String,
}

fn told_passage(front_end: Option<String>, egress: Option<IpAddr>) -> String {
    let name = front_end.unwrap_or_default();
    let egress = egress.map_or("an address of its own".to_owned(), |address| address.to_string());
    format!(" through front end {name}, from {egress}")
}

/// Every smart host's hosts, beginning with the `turn`th. One that does not resolve is skipped.
async fn smart_hosts(
    route: &Route,
    hosts: &[SmartHost],
    turn: usize,
) -> Result<Vec<Found>, ConnectFailure> {
    let in_turn = (0..hosts.len()).map(|i| &hosts[(turn + i) % hosts.len()]);
    // All at once: one name that does not resolve must not cost every connection its time.
    let looked_up = join_all(in_turn.map(async |host| (look_up(route, host).await, host))).await;
    let mut found = Vec::new();
    let mut failure = None;
    for (hosts, smart_host) in looked_up {
        match hosts {
            Ok(hosts) => found.extend(
                hosts.into_iter().map(|host| Found { host, smart_host: Some(smart_host.clone()) }),
            ),
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    match failure {
        Some(failure) if found.is_empty() => Err(failure),
        _ => Ok(found),
    }
}

async fn look_up(route: &Route, host: &SmartHost) -> Result<Vec<MailHost>, ConnectFailure> {
    match host {
        SmartHost::Literal(address) => Ok(vec![literal(*address)]),
        // A smart host is the administrator's own choice: a name that does not resolve is a
        // fault to be mended, not the end of the mail.
        SmartHost::Name(name) => smart_host(&route.resolver, name)
            .await
            .map_err(|error| ConnectFailure::of_destination(&error, name.as_str(), true)),
    }
}

fn literal(address: IpAddr) -> MailHost {
    MailHost { name: format!("[{address}]"), preference: 0, addresses: vec![address] }
}

fn found(host: MailHost) -> Found {
    Found { host, smart_host: None }
}

/// The name on the certificate of a host that is verified.
fn reference(smart_host: Option<&SmartHost>, name: &str, ip: IpAddr) -> ServerName<'static> {
    let name = match smart_host {
        Some(SmartHost::Literal(address)) => return ServerName::IpAddress((*address).into()),
        Some(SmartHost::Name(name)) => name.as_str(),
        None => name,
    };
    ServerName::try_from(name.to_owned()).unwrap_or(ServerName::IpAddress(ip.into()))
}

/// The hosts that were found, for the connectivity log.
fn told(hosts: &[Found]) -> String {
    let one = |Found { host, .. }: &Found| {
        let addresses: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
        format!("{} (preference {}) {}", host.name, host.preference, addresses.join(", "))
    };
    let hosts: Vec<String> = hosts.iter().map(one).collect();
    format!("hosts found: {}", hosts.join("; "))
}

fn unreachable(target: &Target, why: &str) -> Lost {
    Lost(format!("421 4.4.1 Connection to {} {} failed: {why}", target.name, target.address))
}

fn server_name(target: &Target) -> ServerName<'static> {
    ServerName::try_from(target.name.clone())
        .unwrap_or_else(|_| ServerName::IpAddress(target.address.ip().into()))
}
