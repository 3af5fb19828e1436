//! Connects to a host of the next hop that talks to us: hosts in order, addresses in order, greeting, EHLO,
//! encryption as is demanded.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use directory::Directory;
use model::{
    Clock, TlsRequirement,
    session_log::{ProtocolEvent, SessionLog},
};
use mta_sts::Policies;
use rustls::pki_types::ServerName;
use smtp::ClientSettings;
use tls::{ClientPolicy, ClientSide, TlsError, TrustAnchors};
use tls_report::{Applied, FailureType, Session, SessionFailure};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use crate::{
    ConnectFailure, Connection, Dialer, DirectDialer, Outward, ParticularReplies, Route, Servers,
    Way,
    cautions::Cautions,
    connection::{LONGEST_IDLE, Lost, NotSecure, Stream, Terms},
    demand::{Check, Demand, Unusable},
    judgement::Judgement,
    oauth::Tokens,
    outcome::{NO_SUPPORT, no_support},
    patience,
    permit::{AccessToken, Handshake},
    record::Record,
    security::Sightings,
    tap::Tap,
};

/// What the couriers of a server share.
#[derive(Clone)]
pub struct CourierSettings {
    /// Who opens sockets.
    pub dialer: Arc<dyn Dialer>,
    /// How web servers are reached.
    pub outward: Outward,
    /// Who writes the logs of sessions.
    pub log: Arc<dyn SessionLog>,
    /// The ways to other servers of the organization.
    pub servers: Servers,
    /// Who opens sealed passwords for smart hosts.
    pub directory: Directory,
    /// The authorities that count where a certificate is verified.
    pub trust: Arc<TrustAnchors>,
    /// Where refresh tokens are kept that token endpoints give out anew.
    pub refresh_tokens: PathBuf,
    /// Replies that ErrorPolicies judge otherwise.
    pub particular_replies: Arc<ParticularReplies>,
    /// Addresses of this machine at the moment: an MX that resolves to one of them is a loop.
    pub own_addresses: OwnAddresses,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where MTA-STS policies are found.
    pub policies: Policies,
    /// Who counts sessions for reports about them.
    pub sessions: Arc<dyn CountSessions>,
}

/// Counts sessions (RFC 8460). Must be quick.
pub trait CountSessions: Send + Sync {
    /// One more.
    fn count(&self, session: Session);
}

/// Tells the addresses of this machine; asked for every connection, since they change. Must be
/// quick. All of loopback counts as ours when one address of it is among them.
pub type OwnAddresses = Arc<dyn Fn() -> Vec<IpAddr> + Send + Sync>;

/// Opens connections to next hops.
#[derive(Clone)]
pub struct Courier {
    settings: CourierSettings,
    opportunistic: TlsConnector,
    cautions: Arc<Cautions>,
    sightings: Arc<Sightings>,
    tokens: Arc<Tokens>,
}

impl Courier {
    /// A courier.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: CourierSettings) -> Result<Self, TlsError> {
        let config = tls::client_config(ClientPolicy::Opportunistic)?;
        let sightings = Arc::new(Sightings::new(Arc::clone(&settings.clock)));
        let tokens = Arc::new(Tokens::new(
            settings.outward.clone(),
            Arc::clone(&settings.trust),
            settings.directory.clone(),
            settings.refresh_tokens.clone(),
        ));
        Ok(Self {
            tokens,
            settings,
            opportunistic: tls::connector(config),
            cautions: Arc::default(),
            sightings,
        })
    }

    /// How web servers are reached.
    pub fn outward(&self) -> &Outward {
        &self.settings.outward
    }

    /// Connects to the first of the hosts that talks to us. `avoid` is the host with which the last
    /// session failed: it is tried after the others (RFC 5321 section 5.1).
    ///
    /// # Errors
    /// When none of them could be used.
    pub async fn connect(
        &self,
        route: &Route,
        hosts: Hosts,
        avoid: Option<&str>,
    ) -> Result<Connection, ConnectFailure> {
        let Hosts { mut targets, record, mut until, .. } = hosts;
        let began = Instant::now();
        let token = self.token(route).await.map_err(|why| {
            record.set_ending(&why);
            ConnectFailure::Transient(why)
        })?;
        // The hosts have not been asked for anything yet.
        until += began.elapsed();
        targets.sort_by_key(|target| avoid == Some(target.label().as_str()));
        let mut failures = Failures::of(targets.len());
        let last = targets.len().saturating_sub(1);
        for (number, target) in targets.into_iter().enumerate() {
            let left = until.saturating_duration_since(Instant::now());
            let turn = patience::of_host(left, number == last);
            let tried =
                timeout(turn, self.try_target(route, &target, token.as_ref(), &record)).await;
            if let (Err(_), Some(passage)) = (&tried, route.passage()) {
                passage.given_up();
            }
            match tried.unwrap_or_else(|_| Err(unreachable(&target, "took too long").into())) {
                Ok(connection) => {
                    if route.is_between_servers() {
                        self.settings.servers.works(&target.name);
                    }
                    return Ok(connection);
                }
                Err(NotUsed { why, for_good }) => {
                    if route.is_between_servers() {
                        self.settings.servers.failed(&target.name, &why);
                    }
                    tracing::debug!(host = target.name, address = %target.address, why, "host not usable");
                    record.progress(|| format!("{}: {why}", target.address));
                    failures.add(why, for_good);
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
        let (ending, failure) = failures.together();
        record.set_ending(&ending);
        Err(failure)
    }

    /// How long a connection of this route may stay without work.
    pub fn longest_idle(route: &Route) -> std::time::Duration {
        route.inactivity.min(LONGEST_IDLE)
    }

    async fn try_target(
        &self,
        route: &Route,
        target: &Target,
        token: Option<&AccessToken>,
        record: &Record,
    ) -> Result<Connection, NotUsed> {
        let mut connection = self.secure(route, target, record).await?;
        if route.requirement == TlsRequirement::Required && !connection.offers_require_tls() {
            let why = no_support(connection.host());
            // RFC 8689 section 4.2.1: in good order, and on to the next.
            connection.quit(&why).await;
            return Err(NotUsed { why, for_good: Some(NO_SUPPORT) });
        }
        if route.is_between_servers() && !connection.offers_attributes() {
            let why = not_admitted(connection.host(), &route.hello);
            connection.quit(&why).await;
            return Err(Lost(why).into());
        }
        let Some(logon) = &route.logon else { return Ok(connection) };
        let host = (target.name.as_str(), target.address.port());
        match self.sign_in((logon, &route.resolver), host, token, &mut connection).await {
            Ok(()) => Ok(connection),
            Err(lost) => Err(connection.given_up(lost).into()),
        }
    }

    /// Greets and encrypts, as is demanded of this host.
    async fn secure(
        &self,
        route: &Route,
        target: &Target,
        record: &Record,
    ) -> Result<Connection, NotUsed> {
        let demand = match &target.demand {
            Ok(demand) => demand,
            Err(Unusable { why, reported, for_good }) => {
                if let Some((failure_type, applied)) = reported {
                    let reason = why.clone();
                    let failure = SessionFailure { failure_type: *failure_type, reason };
                    self.count(route, target, (applied.clone(), None), Some(failure));
                }
                return Err(NotUsed { why: why.clone(), for_good: *for_good });
            }
        };
        let secured =
            match (self.secure_as(route, target, demand, record).await, demand.otherwise()) {
                (Err(NotSecure::Tls(Lost(why), _)), Some(plain)) => {
                    // Only tested: what failed is in the report, and is counted once.
                    record
                        .progress(|| format!("{}: {why}; only tested, once more", target.address));
                    self.secure_as(route, target, plain, record).await
                }
                (secured, _) => secured,
            };
        secured.map_err(|(NotSecure::Tls(lost, _) | NotSecure::Session(lost))| lost.into())
    }

    async fn secure_as(
        &self,
        route: &Route,
        target: &Target,
        demand: &Demand,
        record: &Record,
    ) -> Result<Connection, NotSecure> {
        let connection = self.greet(route, target, record).await.map_err(NotSecure::Session)?;
        let host = (target.name.as_str(), target.address.ip());
        let local = connection.local();
        let is_first = target.demand.as_ref().is_ok_and(|first| std::ptr::eq(first, demand));
        let count = |failure: Option<SessionFailure>| {
            if is_first {
                self.count(route, target, (demand.applied(), local), failure);
            }
        };
        let failed = |failure_type, why: &str| {
            count(Some(SessionFailure { failure_type, reason: why.to_owned() }));
        };
        if demand.check == Check::NoTls {
            self.sightings.note(host, None, None);
            return Ok(connection);
        }
        match self.encrypt(demand, (target, &route.side), connection).await {
            Ok(connection) => {
                self.sightings.note(host, connection.tls_seen(), None);
                if connection.is_encrypted() {
                    count(None);
                } else {
                    failed(FailureType::StarttlsNotSupported, "");
                }
                Ok(connection)
            }
            Err(NotSecure::Tls(Lost(why), failure)) if demand.allows_clear() => {
                failed(failure, &why);
                // The policy promises encryption only where it works: once more, in clear.
                record.progress(|| format!("{}: {why}; once more, in clear", target.address));
                self.sightings.note(host, None, Some(why));
                self.greet(route, target, record).await.map_err(NotSecure::Session)
            }
            Err(NotSecure::Tls(lost, failure)) => {
                failed(failure, &lost.0);
                self.sightings.note(host, None, Some(lost.0.clone()));
                Err(NotSecure::Tls(lost, failure))
            }
            Err(NotSecure::Session(lost)) => Err(NotSecure::Session(lost)),
        }
    }

    /// Counts a session with a host of a domain, for the report about it. Smart hosts are ours, and what goes
    /// whatever the domain demands says nothing of it.
    fn count(
        &self,
        route: &Route,
        target: &Target,
        (applied, local): (Applied, Option<IpAddr>),
        failure: Option<SessionFailure>,
    ) {
        let counts = route.requirement != TlsRequirement::NotRequired;
        let Some(domain) = route.destination.domain().filter(|_| counts) else { return };
        self.settings.sessions.count(Session {
            domain: domain.clone(),
            applied,
            host: target.name.clone(),
            local,
            remote: Some(target.address.ip()),
            failure,
        });
    }

    async fn encrypt(
        &self,
        demand: &Demand,
        (target, side): (&Target, &ClientSide),
        mut connection: Connection,
    ) -> Result<Connection, NotSecure> {
        let refusal = if connection.offers_tls() {
            let asked = connection.ask_tls().await;
            let asked = asked.map_err(|lost| {
                NotSecure::Tls(connection.given_up(lost), FailureType::StarttlsNotSupported)
            })?;
            asked.err().map(|reply| format!("refuses STARTTLS: {reply}"))
        } else {
            Some("does not offer STARTTLS".to_owned())
        };
        match refusal {
            Some(_) if demand.allows_clear() => return Ok(connection),
            Some(refusal) => {
                let why = demand.unencrypted(&target.name, &refusal);
                let lost = connection.given_up(Lost(why));
                return Err(NotSecure::Tls(lost, FailureType::StarttlsNotSupported));
            }
            None => {}
        }
        match self.tls_for(demand, target, side).await {
            Ok(handshake) => connection.encrypt(handshake, demand).await,
            Err(why) => {
                let lost = connection.given_up(Lost(format!("454 4.7.5 {why}")));
                Err(NotSecure::Tls(lost, FailureType::ValidationFailure))
            }
        }
    }

    /// What checks the certificate, and whom the host is asked to be.
    async fn tls_for(
        &self,
        demand: &Demand,
        target: &Target,
        side: &ClientSide,
    ) -> Result<Handshake, String> {
        let host = server_name(target);
        let (policy, name) = match &demand.check {
            Check::NoTls | Check::Opportunistic | Check::Encryption if side.is_plain() => {
                return Ok(Handshake::other(self.opportunistic.clone(), host));
            }
            Check::NoTls | Check::Opportunistic | Check::Encryption => {
                (ClientPolicy::Opportunistic, host)
            }
            Check::Name(name) => {
                let (name, side) = (name.clone(), side.clone());
                return self.trusted(move |trust| Handshake::verifying(trust, &side, name)).await;
            }
            Check::Server(name) => {
                let connector = self.settings.servers.connector();
                return Ok(Handshake::other(connector, name.clone()));
            }
            Check::Authority => {
                (ClientPolicy::AnyName(self.trusted(TrustAnchors::authorities).await?), host)
            }
            Check::Domains(domains) => {
                let authorities = self.trusted(TrustAnchors::authorities).await?;
                (ClientPolicy::Domains(authorities, domains.clone()), host)
            }
            Check::Dane { records, names } => {
                // RFC 7672 section 8.1: the server is told by which name it is known.
                let name = names.first().cloned().unwrap_or(host);
                (ClientPolicy::Dane(records.clone(), names.clone()), name)
            }
        };
        let config = side.config(policy).map_err(|error| error.to_string())?;
        Ok(Handshake::other(tls::connector(config), name))
    }

    /// The authorities of this machine. Its store is read from disk now and then.
    async fn trusted<T: Send + 'static>(
        &self,
        of: impl FnOnce(&TrustAnchors) -> Result<T, TlsError> + Send + 'static,
    ) -> Result<T, String> {
        let trust = Arc::clone(&self.settings.trust);
        let done = tokio::task::spawn_blocking(move || of(&trust)).await;
        done.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
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
            // Servers of the organization offer each other all that it demands.
            tagged: route.requirement == TlsRequirement::Required || route.is_between_servers(),
        };
        let open = Connection::open(stream, settings, target.label(), terms, tap).await;
        let passage = route.passage().cloned();
        open.map(|open| {
            let here = local.map(|address| address.ip());
            open.along(passage).from(here).with(&self.cautions, target.address.ip())
        })
    }

    /// Opens a connection the way the route says.
    async fn dial(&self, route: &Route, target: &Target) -> Result<Dialed, String> {
        let passage = match &route.way {
            Way::Direct if route.is_between_servers() => {
                return self.dial_directly(&DirectDialer, target).await;
            }
            Way::Direct => return self.dial_directly(self.settings.dialer.as_ref(), target).await,
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
            Err(blocked) => Err(blocked.last_error()),
        }
    }

    async fn dial_directly(&self, dialer: &dyn Dialer, target: &Target) -> Result<Dialed, String> {
        let dialing = dialer.dial(target.address, None);
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

fn server_name(target: &Target) -> ServerName<'static> {
    ServerName::try_from(target.name.clone())
        .unwrap_or_else(|_| ServerName::IpAddress(target.address.ip().into()))
}

/// A server that has proved who it is, and does not take us for one of its own organization.
fn not_admitted(host: &str, own_name: &str) -> String {
    format!(
        "451 4.7.0 {host} does not know {own_name} as a Mailbox server of the organization, or its Receive connector \
         lacks ms-Exch-SMTP-Submit for Exchange Servers"
    )
}

fn unreachable(target: &Target, why: &str) -> Lost {
    Lost(format!("421 4.4.1 Connection to {} {} failed: {why}", target.name, target.address))
}

mod bring;
mod failures;
mod hosts;
mod sign_in;
#[cfg(test)]
mod tests;

use failures::{Failures, NotUsed};
pub use hosts::Hosts;
use hosts::Target;
