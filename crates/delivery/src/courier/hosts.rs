//! Whom to connect to: the hosts of a route, what is demanded of each, and the session in the logs that
//! begins with looking for them.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use directory::{ErrorPolicies, SmartHost};
use dns::{DestinationError, MailHost, OwnNames, Validation, mail_hosts, smart_host};
use futures_util::future::join_all;
use model::TlsRequirement;
use mta_sts::Policy;
use rustls::pki_types::ServerName;
use tls_report::{Applied, FailureType, PolicyType, Session, SessionFailure};
use tokio::time::Instant;

use super::Courier;
use crate::{
    ConnectFailure, Destination, Endpoint, HostSecurity, OtherServer, Relay, Requirement, Route,
    dane::{self, Dane},
    demand::{Demand, Naming, Unusable},
    patience,
    record::Record,
};

/// Hosts tried for one connection; more would make a dead destination a long wait.
const MOST_HOSTS: usize = 10;
/// Addresses tried of one host.
const MOST_ADDRESSES: usize = 4;

/// A host, and the smart host that led to it.
struct Found {
    host: MailHost,
    smart_host: Option<SmartHost>,
}

/// The hosts of a route, as they were found. A session in the logs: dropping it ends that.
pub struct Hosts {
    pub(super) targets: Vec<Target>,
    /// What the messages want of them.
    requirement: TlsRequirement,
    pub(super) record: Record,
    /// So long the whole search may take.
    pub(super) until: Instant,
}

impl Hosts {
    /// The names of the hosts, in order of the alphabet, each once. A host given by its address has that in
    /// brackets.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = self.targets.iter().map(|target| target.name.to_ascii_lowercase());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What tells connections apart that lead to the same hosts: what is demanded of these. Empty where that is
    /// the same for all mail of the connector.
    #[must_use]
    pub fn demands(&self) -> String {
        let kinds: BTreeSet<&str> =
            self.targets.iter().map(|target| target.kind.as_str()).collect();
        // Whatever else is demanded: a host that is good enough for other mail may not offer it.
        let tagged = (self.requirement == TlsRequirement::Required).then_some("REQUIRETLS");
        let kinds = kinds.into_iter().filter(|kind| !kind.is_empty());
        tagged.into_iter().chain(kinds).collect::<Vec<_>>().join("; ")
    }

    /// Why they are not connected to, for the connectivity log.
    pub fn left_alone(self, why: &str) {
        self.record.set_ending(why);
    }
}

/// One address of one host.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    /// What is demanded of it; why it is not to be used, where that could not be found out.
    pub(super) demand: Result<Demand, Unusable>,
    /// What kind of demand that is.
    kind: String,
}

impl Target {
    /// The host as it is shown: `mx1.example.net [192.0.2.1]`.
    pub(super) fn label(&self) -> String {
        format!("{} [{}]", self.name, self.address.ip())
    }
}

impl Courier {
    /// Looks for the hosts of a route. `turn` rotates smart hosts, so that they share the load.
    ///
    /// # Errors
    /// When the destination takes no mail, or its hosts could not be looked up.
    pub async fn find(&self, route: &Route, turn: usize) -> Result<Hosts, ConnectFailure> {
        let until = Instant::now() + patience::SEARCH;
        let record = self.record(route);
        let found = self.targets(route, turn, (&record, true)).await;
        let targets = found.inspect_err(|failure| record.set_ending(failure.text()))?;
        Ok(Hosts { targets, requirement: route.requirement, record, until })
    }

    /// What would be demanded of the hosts of a route, and what was seen of them last. Nothing of it is in
    /// the logs.
    ///
    /// # Errors
    /// As [`Courier::find`].
    pub async fn look_into(&self, route: &Route) -> Result<Vec<HostSecurity>, ConnectFailure> {
        let targets = self.targets(route, 0, (&Record::none(), false)).await?;
        let one = |target: Target| {
            let (requirement, by, tlsa) = match &target.demand {
                Ok(demand) => (demand.requirement(), demand.by.to_string(), demand.tlsa()),
                Err(unusable) => {
                    (Requirement::Unknown(unusable.why.clone()), String::new(), Vec::new())
                }
            };
            let address = target.address.ip();
            let last = self.sightings.last(&target.name, address);
            HostSecurity { host: target.name, address, requirement, by, tlsa, last }
        };
        Ok(targets.into_iter().map(one).collect())
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
        (record, counts): (&Record, bool),
    ) -> Result<Vec<Target>, ConnectFailure> {
        if let Destination::Servers(relay) = &route.destination {
            return self.servers(route, relay, turn).await;
        }
        let validation = route.resolver.validation();
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
            Destination::Servers(_) => Vec::new(),
        };
        record.progress(|| told(&hosts));
        let sts = self.policy(route, counts).await;
        let unknown = sts.as_ref().err().and_then(Option::as_deref);
        let demands = join_all(hosts.iter().take(MOST_HOSTS).map(async |found| {
            let bases = if route.asks_for_tlsa() { &found.host.tlsa_bases[..] } else { &[] };
            dane::look_up(&route.resolver, route.port, bases).await
        }));
        let demands = demands.await;
        // Only while signatures are validated is an answer without them known to have none.
        let validation = Some(validation).filter(|before| *before != Validation::Proven);
        let validation = validation.unwrap_or_else(|| route.resolver.validation());
        let with_demands = hosts.into_iter().zip(demands);
        Ok(with_demands
            .flat_map(|(found, dane)| {
                let naming = naming(route, &found, (&validation, unknown));
                targets_of(route, found, (dane, &naming), sts.as_ref().ok())
            })
            .collect())
    }

    /// Where the servers of the organization are, in the order in which they are tried.
    async fn servers(
        &self,
        route: &Route,
        relay: &Relay,
        turn: usize,
    ) -> Result<Vec<Target>, ConnectFailure> {
        let ordered = self.settings.servers.in_turn(&relay.servers, turn);
        let found = join_all(ordered.iter().take(MOST_HOSTS).map(async |server| {
            let Ok(name) = ServerName::try_from(server.fqdn.to_string()) else { return Vec::new() };
            let addresses = addresses_of(route, server).await;
            let target = |address| Target {
                name: server.fqdn.to_string(),
                address,
                demand: Ok(Demand::of_server(route, name.clone())),
                kind: String::new(),
            };
            addresses.into_iter().take(MOST_ADDRESSES).map(target).collect()
        }));
        let targets: Vec<Target> = found.await.into_iter().flatten().collect();
        if targets.is_empty() {
            let names: Vec<&str> = ordered.iter().map(|server| server.fqdn.as_str()).collect();
            return Err(ConnectFailure::Transient(format!(
                "451 4.4.0 The DNS knows no address of the organization's server {}",
                names.join(", ")
            )));
        }
        Ok(targets)
    }

    /// The MTA-STS policy of the domain that mail goes to; where there is none, why it could not be had, if the
    /// domain may have one. That it announces one all the same is told in the report about it, if this `counts`.
    async fn policy(&self, route: &Route, counts: bool) -> Result<Arc<Policy>, Option<String>> {
        let domain = route.asks_for_policy_of().ok_or(None)?;
        let outcome = self.settings.policies.of(domain, &route.resolver).await;
        let failed = outcome.failure.as_ref().filter(|_| counts);
        if let Some((failure, failure_type)) = failed.and_then(|f| Some((f, failure_type(f)?))) {
            self.settings.sessions.count(Session {
                domain: domain.clone(),
                applied: Applied {
                    policy_type: PolicyType::Sts,
                    policy_string: Vec::new(),
                    mx_host: Vec::new(),
                },
                host: String::new(),
                local: None,
                remote: None,
                failure: Some(SessionFailure { failure_type, reason: failure.to_string() }),
            });
        }
        let why = outcome.failure.map(|failure| failure.to_string());
        outcome.policy.map(|found| found.policy).ok_or(why)
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
}

/// Where a server of the organization listens; addresses that cannot be looked up are left out.
async fn addresses_of(route: &Route, server: &OtherServer) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for endpoint in &server.endpoints {
        match endpoint {
            Endpoint::Address(address) => addresses.push(*address),
            Endpoint::Port(port) => {
                let found = route.resolver.addresses(&server.fqdn).await.unwrap_or_default();
                addresses.extend(found.into_iter().map(|ip| SocketAddr::new(ip, *port)));
            }
        }
    }
    addresses
}

/// What a report calls it; what is no fault of the domain's is not in it.
fn failure_type(failure: &mta_sts::Failure) -> Option<FailureType> {
    Some(match failure.result_type()? {
        mta_sts::ResultType::FetchError => FailureType::StsPolicyFetchError,
        mta_sts::ResultType::Invalid => FailureType::StsPolicyInvalid,
        mta_sts::ResultType::WebPkiInvalid => FailureType::StsWebpkiInvalid,
    })
}

/// By what connections to a host differ. Where it is not to be used for this destination, no connection that
/// another has to it may carry for this one.
fn kind_of(route: &Route, host: &str, demand: &Result<Demand, Unusable>) -> String {
    match demand {
        Ok(demand) => demand.kind(route.destination.domain()),
        Err(_) => format!("not {host} for {}", route.destination),
    }
}

/// The addresses of a host, with what is demanded there.
fn targets_of(
    route: &Route,
    Found { host, smart_host }: Found,
    (dane, naming): (Dane, &Naming),
    sts: Option<&Arc<Policy>>,
) -> Vec<Target> {
    let addresses = host.addresses.iter().take(MOST_ADDRESSES);
    let target = |ip: &IpAddr| {
        let own = reference(smart_host.as_ref(), &host.name, *ip);
        let demand = Demand::of(route, (&host.name, &own), (dane.clone(), naming), sts);
        let kind = kind_of(route, &host.name, &demand);
        Target { name: host.name.clone(), address: SocketAddr::new(*ip, route.port), kind, demand }
    };
    addresses.map(target).collect()
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
    MailHost {
        name: format!("[{address}]"),
        preference: 0,
        addresses: vec![address],
        tlsa_bases: Vec::new(),
        authentic: false,
    }
}

fn found(host: MailHost) -> Found {
    Found { host, smart_host: None }
}

/// The name on the certificate of a host that is verified. A smart host's own name, not that of a mail
/// exchanger behind it, for which nobody but the DNS vouches.
fn reference(smart_host: Option<&SmartHost>, name: &str, ip: IpAddr) -> ServerName<'static> {
    let name = match smart_host {
        Some(SmartHost::Literal(address)) => return ServerName::IpAddress((*address).into()),
        Some(SmartHost::Name(name)) => name.as_str(),
        None => name,
    };
    ServerName::try_from(name.to_owned()).unwrap_or(ServerName::IpAddress(ip.into()))
}

/// How the host is known to be one of the destination's. A certificate for a domain's own name, or for the name
/// of a smart host, is nobody else's, whatever the DNS says. `unknown` is why the domain's policy is not known.
fn naming(
    route: &Route,
    Found { host, smart_host }: &Found,
    (validation, unknown): (&Validation, Option<&str>),
) -> Naming {
    let Some(domain) = route.destination.domain().filter(|_| smart_host.is_none()) else {
        return Naming::Given;
    };
    if domain.as_str().eq_ignore_ascii_case(&host.name) {
        return Naming::Given;
    }
    match validation {
        Validation::Proven if host.authentic => Naming::Signed,
        Validation::Proven => match unknown {
            Some(why) => Naming::Unknown(why.to_owned()),
            None => Naming::Unsigned,
        },
        Validation::Remote => Naming::Unknown(
            "the DNS servers of this server are not on this machine, which is needed to believe signatures \
             (DNSSEC)"
                .to_owned(),
        ),
        Validation::Unproven(why) | Validation::Lost(why) => {
            Naming::Unknown(format!("the resolver of this server validates no signatures ({why})"))
        }
    }
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
