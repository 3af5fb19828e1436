//! The stub resolver: cache first, then the servers in order, along CNAMEs, within the time.
//! A server is asked again only when it was silent, never when it has answered with an error
//! (routing.md section 5.2).

use std::{net::IpAddr, net::SocketAddr, sync::Arc, time::Duration};

use hickory_proto::{
    op::ResponseCode,
    rr::{Name, RData, RecordType},
};
use model::DomainName;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::{
    DnsError, Protocol, ResolverSettings,
    cache::{Cache, Known},
    chain::{Chain, MOST_ALIASES},
    exchange,
    wire::{Question, Reply, code_name},
};

/// Look-ups under way at once; more wait their turn, so that sockets stay bounded.
const MOST_LOOKUPS: usize = 256;
/// How often the list of servers is gone through for one question.
const ROUNDS: usize = 2;
/// How much longer IPv6 addresses are waited for once there are IPv4 ones. Servers that never
/// answer AAAA questions exist, and mail must not wait for them.
const AAAA_GRACE: Duration = Duration::from_secs(1);

/// One mail exchanger of a domain (RFC 1035 section 3.3.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MxRecord {
    /// Lower is tried first.
    pub preference: u16,
    /// The host; `None` is the root, by which a domain says that it takes no mail (RFC 7505).
    pub exchange: Option<DomainName>,
}

/// Looks names up. Clones share the cache.
#[derive(Clone)]
pub struct Resolver(Arc<Shared>);

struct Shared {
    servers: Vec<SocketAddr>,
    protocol: Protocol,
    server_timeout: Duration,
    total_timeout: Duration,
    cache: Cache,
    turns: Semaphore,
}

/// The MX records of a domain, with those that name no possible host told apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct MailExchangers {
    pub(crate) records: Vec<MxRecord>,
    /// How many records named something that cannot be a host name.
    pub(crate) unusable: usize,
}

impl Resolver {
    /// A resolver with an empty cache.
    pub fn new(settings: ResolverSettings) -> Self {
        Self(Arc::new(Shared {
            servers: settings.servers,
            protocol: settings.protocol,
            server_timeout: settings.server_timeout,
            total_timeout: settings.total_timeout,
            cache: Cache::default(),
            turns: Semaphore::new(MOST_LOOKUPS),
        }))
    }

    /// The MX records of `name`, in the order of the answer; empty when the name exists without
    /// any. Records whose exchange cannot be a host name are left out.
    ///
    /// # Errors
    /// When the name does not exist, or no server could say.
    pub async fn mx(&self, name: &DomainName) -> Result<Vec<MxRecord>, DnsError> {
        Ok(self.mail_exchangers(name).await?.records)
    }

    pub(crate) async fn mail_exchangers(
        &self,
        name: &DomainName,
    ) -> Result<MailExchangers, DnsError> {
        let mut found = MailExchangers::default();
        for data in self.lookup(name, RecordType::MX).await?.iter() {
            let RData::MX(mx) = data else { continue };
            let exchange = if mx.exchange.is_root() {
                None
            } else if let Some(host) = host_name(&mx.exchange) {
                Some(host)
            } else {
                found.unusable += 1;
                continue;
            };
            found.records.push(MxRecord { preference: mx.preference, exchange });
        }
        Ok(found)
    }

    /// The addresses of `name`, IPv4 first; empty when the name exists without any. A failure
    /// to learn the addresses of one family does not lose those of the other.
    ///
    /// # Errors
    /// When the name does not exist, or nothing was found and some server could not say.
    pub async fn addresses(&self, name: &DomainName) -> Result<Vec<IpAddr>, DnsError> {
        let v4 = self.lookup(name, RecordType::A);
        let v6 = self.lookup(name, RecordType::AAAA);
        tokio::pin!(v4, v6);
        let (v4, v6) = tokio::select! {
            v4 = &mut v4 => {
                let v6 = match &v4 {
                    Ok(found) if !found.is_empty() => {
                        timeout(AAAA_GRACE, v6).await.unwrap_or_else(|_| Ok(Arc::default()))
                    }
                    _ => v6.await,
                };
                (v4, v6)
            }
            v6 = &mut v6 => (v4.await, v6),
        };
        both_families(v4, v6)
    }

    /// The TXT records of `name`, each with its character-strings joined (RFC 7208 section 3.3);
    /// what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// When the name does not exist, or no server could say.
    pub async fn txt(&self, name: &DomainName) -> Result<Vec<String>, DnsError> {
        let found = self.lookup(name, RecordType::TXT).await?;
        Ok(found
            .iter()
            .filter_map(|data| match data {
                RData::TXT(txt) => {
                    Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned())
                }
                _ => None,
            })
            .collect())
    }

    /// Forgets everything learnt.
    pub fn flush(&self) {
        self.0.cache.clear();
    }

    async fn lookup(
        &self,
        name: &DomainName,
        wanted: RecordType,
    ) -> Result<Arc<[RData]>, DnsError> {
        let start = wire_name(name)?;
        let found = match self.0.cache.get(&start, wanted, Instant::now()) {
            Some(known) => known,
            None => self.0.resolve_in_time(start, wanted).await?,
        };
        match found {
            Known::Records(records) => Ok(records),
            Known::NoSuchDomain => Err(DnsError::NoSuchDomain),
        }
    }
}

impl Shared {
    async fn resolve_in_time(&self, start: Name, wanted: RecordType) -> Result<Known, DnsError> {
        let work = async {
            let _turn = self.turns.acquire().await;
            self.resolve(start, wanted).await
        };
        timeout(self.total_timeout, work).await.unwrap_or_else(|_| {
            let seconds = self.total_timeout.as_secs_f32();
            Err(DnsError::Temporary(format!("no answer within {seconds} s")))
        })
    }

    /// Asks until the chain of aliases that begins at `start` ends, and keeps the outcome under
    /// `start`.
    async fn resolve(&self, start: Name, wanted: RecordType) -> Result<Known, DnsError> {
        let mut name = start.clone();
        let mut allowed = MOST_ALIASES;
        let mut ttl = u32::MAX;
        loop {
            let reply = self.ask_servers(&name, wanted).await?;
            let chain = Chain::follow(&name, wanted, &reply.answers, allowed)
                .ok_or_else(|| DnsError::Temporary(format!("too many CNAME records at {start}")))?;
            if reply.truncated && chain.records.is_empty() && chain.aliases == 0 {
                return Err(DnsError::Temporary(format!("a truncated answer for {name}")));
            }
            ttl = ttl.min(chain.ttl.unwrap_or(u32::MAX));
            let settled = if !chain.records.is_empty() {
                Some(Known::Records(chain.records.into()))
            } else if reply.code == ResponseCode::NXDomain {
                Some(Known::NoSuchDomain)
            } else if chain.aliases == 0 || reply.negative_ttl.is_some() {
                Some(Known::Records(Arc::default()))
            } else {
                None
            };
            if let Some(known) = settled {
                let is_positive = matches!(&known, Known::Records(records) if !records.is_empty());
                if !is_positive {
                    // Without an SOA nobody said how long this holds (RFC 2308 section 5).
                    ttl = ttl.min(reply.negative_ttl.unwrap_or(0));
                }
                if !reply.truncated {
                    self.cache.put(start, wanted, known.clone(), ttl, Instant::now());
                }
                return Ok(known);
            }
            // The server left the alias for us to follow.
            allowed -= chain.aliases;
            name = chain.end;
        }
    }

    async fn ask_servers(&self, name: &Name, wanted: RecordType) -> Result<Reply, DnsError> {
        let mut silent: Vec<SocketAddr> = self.servers.clone();
        let mut failures: Vec<String> = Vec::new();
        for _ in 0..ROUNDS {
            for server in std::mem::take(&mut silent) {
                match self.ask_server(server, name, wanted).await {
                    Ok(reply) => return Ok(reply),
                    Err(Failure::Silent) => silent.push(server),
                    Err(Failure::Answered(why)) => failures.push(why),
                }
            }
        }
        failures.extend(silent.iter().map(|server| format!("no answer from {server}")));
        if failures.is_empty() {
            failures.push("no DNS server is configured".to_owned());
        }
        Err(DnsError::Temporary(failures.join("; ")))
    }

    async fn ask_server(
        &self,
        server: SocketAddr,
        name: &Name,
        wanted: RecordType,
    ) -> Result<Reply, Failure> {
        let question = Question::new(name.clone(), wanted);
        let asked = exchange::ask(server, &question, self.protocol, self.server_timeout / 3);
        let reply = match timeout(self.server_timeout, asked).await {
            Err(_) => return Err(Failure::Silent),
            Ok(Err(error)) => return Err(Failure::Answered(format!("{error} from {server}"))),
            Ok(Ok(reply)) => reply,
        };
        match reply.code {
            ResponseCode::NoError if reply.truncated && reply.answers.is_empty() => {
                Err(Failure::Answered(format!("a truncated answer from {server}")))
            }
            ResponseCode::NoError if reply.is_lame && reply.answers.is_empty() => {
                Err(Failure::Answered(format!("no recursion from {server}")))
            }
            ResponseCode::NoError | ResponseCode::NXDomain => Ok(reply),
            code => Err(Failure::Answered(format!("{} from {server}", code_name(code)))),
        }
    }
}

/// Why one server was of no help.
enum Failure {
    /// It said nothing in time: worth another try.
    Silent,
    /// It, or the network in front of it, said something that is no use.
    Answered(String),
}

/// What is known when A and AAAA were asked for. NXDOMAIN of the IPv6 question alone is not
/// believed: some servers give it where they mean "no such record".
fn both_families(
    v4: Result<Arc<[RData]>, DnsError>,
    v6: Result<Arc<[RData]>, DnsError>,
) -> Result<Vec<IpAddr>, DnsError> {
    let found: Vec<IpAddr> = [&v4, &v6]
        .into_iter()
        .flatten()
        .flat_map(|records| records.iter())
        .filter_map(|data| match data {
            RData::A(a) => Some(IpAddr::V4(a.0)),
            RData::AAAA(aaaa) => Some(IpAddr::V6(aaaa.0)),
            _ => None,
        })
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    match (v4, v6) {
        (Err(error), _) => Err(error),
        (Ok(_), Err(DnsError::Temporary(why))) => Err(DnsError::Temporary(why)),
        (Ok(_), _) => Ok(found),
    }
}

fn wire_name(name: &DomainName) -> Result<Name, DnsError> {
    Name::from_ascii(format!("{name}."))
        .map_err(|_| DnsError::Temporary(format!("{name} cannot be asked for")))
}

/// The name as a host name; `None` when it cannot be one.
fn host_name(name: &Name) -> Option<DomainName> {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).parse().ok()
}
