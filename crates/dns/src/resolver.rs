//! The stub resolver: cache first, then the servers (`upstream`) or what proves their answers (`validator`),
//! along CNAMEs, within the time.

use std::{net::IpAddr, sync::Arc, time::Duration};

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
    DnsError, ResolverSettings, Validator as By,
    cache::{Cache, Found, Known},
    chain::{Chain, MOST_ALIASES},
    error::Trouble,
    upstream::Upstream,
    validation::{Proof, Validation},
    validator::Validator,
    wire::{Form, Reply},
};

/// Look-ups under way at once; more wait their turn, so that sockets stay bounded.
const MOST_LOOKUPS: usize = 256;
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

/// What a look-up came to, and for how many seconds it may be kept.
type Learnt = (Found, Option<u32>);

/// Looks names up. Clones share the cache.
#[derive(Clone)]
pub struct Resolver(Arc<Shared>);

struct Shared {
    proof: Arc<Proof>,
    upstream: Arc<Upstream>,
    /// Where Relais validates itself.
    validator: Option<Validator>,
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
    /// Whether that is so has been validated.
    pub(crate) secure: bool,
}

/// The addresses of a host.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct HostAddresses {
    /// IPv4 first.
    pub(crate) addresses: Vec<IpAddr>,
    /// Where records about its certificate are to be looked for, in this order; none where what leads
    /// to its addresses has not been validated (RFC 7672 section 2.2.2).
    pub(crate) tlsa_bases: Vec<DomainName>,
}

/// A TLSA record as it stands (RFC 6698 section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsaData {
    /// The certificate usage.
    pub usage: u8,
    /// The selector.
    pub selector: u8,
    /// The matching type.
    pub matching: u8,
    /// The certificate association data.
    pub data: Vec<u8>,
}

/// The TLSA records of a port of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tlsa {
    /// The records; none where there are none.
    pub records: Vec<TlsaData>,
    /// Whether that has been validated.
    pub secure: bool,
}

impl Resolver {
    /// A resolver with an empty cache.
    pub fn new(settings: ResolverSettings) -> Self {
        let proof = Arc::new(Proof::of(&settings));
        Self::believing(settings, proof)
    }

    /// The same, whose word about what is authentic is worth what has been proven of its servers.
    pub fn believing(settings: ResolverSettings, proof: Arc<Proof>) -> Self {
        Self(Arc::new(Shared {
            proof,
            upstream: Arc::new(Upstream::new(&settings)),
            total_timeout: settings.total_timeout,
            validator: match settings.validator {
                By::Resolver => None,
                By::BuiltIn(anchors) => Some(Validator::new(anchors)),
            },
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
        let answer = self.find(name, RecordType::MX).await?;
        let mut found =
            MailExchangers { secure: self.is_secure(&answer), ..MailExchangers::default() };
        for data in records(answer)?.iter() {
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
        let (v4, v6) = self.find_addresses(name).await;
        both_families(v4.and_then(records), v6.and_then(records))
    }

    /// The same of a mail host, with where records about its certificate are to be looked for.
    pub(crate) async fn host_addresses(
        &self,
        name: &DomainName,
    ) -> Result<HostAddresses, DnsError> {
        let (v4, v6) = self.find_addresses(name).await;
        let with_records = [&v4, &v6].into_iter().flatten().find(|found| found.has_records());
        let tlsa_bases = match with_records {
            Some(found) if self.is_believed() => self.tlsa_bases(name, found).await?,
            _ => Vec::new(),
        };
        let addresses = both_families(v4.and_then(records), v6.and_then(records))?;
        Ok(HostAddresses { addresses, tlsa_bases })
    }

    async fn find_addresses(
        &self,
        name: &DomainName,
    ) -> (Result<Found, DnsError>, Result<Found, DnsError>) {
        let v4 = self.find(name, RecordType::A);
        let v6 = self.find(name, RecordType::AAAA);
        tokio::pin!(v4, v6);
        tokio::select! {
            v4 = &mut v4 => {
                let v6 = match &v4 {
                    Ok(found) if found.has_records() => {
                        timeout(AAAA_GRACE, v6).await.unwrap_or_else(|_| Ok(Found::nothing()))
                    }
                    _ => v6.await,
                };
                (v4, v6)
            }
            v6 = &mut v6 => (v4.await, v6),
        }
    }

    /// RFC 7672 section 2.2.2: the name at the end of an alias, then the one at its beginning; where what
    /// the alias leads to is not signed, only the beginning, if the alias itself is. What says that a
    /// host has no address of a kind would do too, but one of both kinds has been found here.
    async fn tlsa_bases(
        &self,
        name: &DomainName,
        found: &Found,
    ) -> Result<Vec<DomainName>, DnsError> {
        let end = found.alias_of.as_ref();
        if self.says_authentic(found) {
            let mut bases: Vec<DomainName> = end.and_then(host_name).into_iter().collect();
            if !bases.contains(name) {
                bases.push(name.clone());
            }
            return Ok(bases);
        }
        if end.is_none() {
            return Ok(Vec::new());
        }
        let alias = self.find(name, RecordType::CNAME).await?;
        Ok(if self.says_authentic(&alias) { vec![name.clone()] } else { Vec::new() })
    }

    /// The TLSA records of SMTP at `port` of the host `base`.
    ///
    /// # Errors
    /// When no server could say: then it is not known that there are none. That the name does not exist
    /// is no error.
    pub async fn tlsa(&self, port: u16, base: &DomainName) -> Result<Tlsa, DnsError> {
        let name = wire_name(&format!("_{port}._tcp.{base}"))?;
        let found = self.find_at(name, RecordType::TLSA).await?;
        let secure = self.is_secure(&found);
        let Known::Records(records) = found.known else {
            return Ok(Tlsa { records: Vec::new(), secure });
        };
        let records = records.iter().filter_map(|data| match data {
            RData::TLSA(tlsa) => Some(TlsaData {
                usage: tlsa.cert_usage.into(),
                selector: tlsa.selector.into(),
                matching: tlsa.matching.into(),
                data: tlsa.cert_data.clone(),
            }),
            _ => None,
        });
        Ok(Tlsa { records: records.collect(), secure })
    }

    /// How far what it says of signatures is to be believed. What it proves itself is, once it does so at
    /// all, whatever has become of its servers.
    pub fn validation(&self) -> Validation {
        match self.0.proof.validation() {
            Validation::Lost(_) if self.0.validator.is_some() => Validation::Proven,
            validation => validation,
        }
    }

    /// Whether its word on signatures counts, or once did.
    fn is_believed(&self) -> bool {
        matches!(self.validation(), Validation::Proven | Validation::Lost(_))
    }

    /// Whether its servers once validated and do so no longer.
    pub(crate) fn has_lost_validation(&self) -> bool {
        matches!(self.validation(), Validation::Lost(_))
    }

    pub(crate) fn is_secure(&self, found: &Found) -> bool {
        found.authentic && self.validation() == Validation::Proven
    }

    /// The same; where validation was lost, anything passes for signed: what depends on it then waits.
    fn says_authentic(&self, found: &Found) -> bool {
        self.is_secure(found) || self.has_lost_validation()
    }

    /// The TXT records of `name`, each with its character-strings joined (RFC 7208 section 3.3);
    /// what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// When the name does not exist, or no server could say.
    pub async fn txt(&self, name: &DomainName) -> Result<Vec<String>, DnsError> {
        self.texts(wire_name(name.as_str())?).await
    }

    /// The same of a name below `domain` that is no host name, such as `selector._domainkey`.
    ///
    /// # Errors
    /// When the name does not exist, cannot be one, or no server could say.
    pub async fn txt_below(
        &self,
        labels: &str,
        domain: &DomainName,
    ) -> Result<Vec<String>, DnsError> {
        self.texts(wire_name(&format!("{labels}.{domain}"))?).await
    }

    pub(crate) async fn texts(&self, name: Name) -> Result<Vec<String>, DnsError> {
        let found = records(self.find_at(name, RecordType::TXT).await?)?;
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

    async fn find(&self, name: &DomainName, wanted: RecordType) -> Result<Found, DnsError> {
        self.find_at(wire_name(name.as_str())?, wanted).await
    }

    pub(crate) async fn find_at(&self, start: Name, wanted: RecordType) -> Result<Found, DnsError> {
        if let Some(found) = self.0.cache.get(&start, wanted, Instant::now()) {
            return Ok(found);
        }
        let proves = self.0.proves();
        let (found, ttl) = self.0.resolve_in_time(&start, wanted, proves).await?;
        // What was not validated is not kept for those who want it validated.
        if let Some(ttl) = ttl
            && proves == self.0.proves()
        {
            self.0.cache.put(start, wanted, found.clone(), ttl, Instant::now());
        }
        Ok(found)
    }

    /// Asks, past what is known already, and validates where that is done here: whether it can be done is
    /// never remembered.
    pub(crate) async fn ask_anew(
        &self,
        name: &DomainName,
        wanted: RecordType,
    ) -> Result<Found, Trouble> {
        let name = wire_name(name.as_str()).map_err(|e| Trouble::Silence(e.to_string()))?;
        Ok(self.0.resolve_in_time(&name, wanted, true).await?.0)
    }
}

impl Found {
    fn nothing() -> Self {
        Self { known: Known::Records(Arc::default()), alias_of: None, authentic: false }
    }

    fn has_records(&self) -> bool {
        matches!(&self.known, Known::Records(records) if !records.is_empty())
    }
}

pub(crate) fn records(found: Found) -> Result<Arc<[RData]>, DnsError> {
    match found.known {
        Known::Records(records) => Ok(records),
        Known::NoSuchDomain => Err(DnsError::NoSuchDomain),
    }
}

impl Shared {
    /// Whether what is asked is validated here: once it has been shown that it can be.
    fn proves(&self) -> bool {
        let shown = matches!(self.proof.validation(), Validation::Proven | Validation::Lost(_));
        shown && self.validator.is_some()
    }

    async fn resolve_in_time(
        &self,
        start: &Name,
        wanted: RecordType,
        proves: bool,
    ) -> Result<Learnt, Trouble> {
        let work = async {
            let _turn = self.turns.acquire().await;
            self.resolve(start, wanted, proves).await
        };
        timeout(self.total_timeout, work).await.unwrap_or_else(|_| {
            let seconds = self.total_timeout.as_secs_f32();
            Err(Trouble::Silence(format!("no answer within {seconds} s")))
        })
    }

    /// Asks until the chain of aliases that begins at `start` ends.
    async fn resolve(
        &self,
        start: &Name,
        wanted: RecordType,
        proves: bool,
    ) -> Result<Learnt, Trouble> {
        let mut name = start.clone();
        let mut allowed = MOST_ALIASES;
        let mut ttl = u32::MAX;
        let mut authentic = true;
        loop {
            let reply = self.ask(&name, wanted, proves).await?;
            authentic &= reply.authentic;
            let chain = Chain::follow(&name, wanted, &reply.answers, allowed)
                .ok_or_else(|| Trouble::Silence(format!("too many CNAME records at {start}")))?;
            if reply.truncated && chain.records.is_empty() && chain.aliases == 0 {
                return Err(Trouble::Silence(format!("a truncated answer for {name}")));
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
                let alias_of = Some(chain.end).filter(|end| !end.eq_ignore_root(start));
                let found = Found { known, alias_of, authentic };
                return Ok((found, Some(ttl).filter(|_| !reply.truncated)));
            }
            // The server left the alias for us to follow.
            allowed -= chain.aliases;
            name = chain.end;
        }
    }

    /// The one place where anybody is asked anything.
    async fn ask(&self, name: &Name, wanted: RecordType, proves: bool) -> Result<Reply, Trouble> {
        match &self.validator {
            Some(validator) if proves => validator.ask(&self.upstream, name, wanted).await,
            validator => {
                let reply = self.upstream.ask(name, wanted, Form::Plain).await;
                let reply = reply.map_err(|unanswered| Trouble::Silence(unanswered.why))?;
                // Whose word does not count anyway: these servers may be anywhere.
                Ok(Reply { authentic: reply.authentic && validator.is_none(), ..reply })
            }
        }
    }
}

/// What is known when A and AAAA were asked for. NXDOMAIN of the IPv6 question alone is not
/// believed: some servers give it where they mean "no such record".
pub(crate) fn both_families(
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

pub(crate) fn wire_name(name: &str) -> Result<Name, DnsError> {
    Name::from_ascii(format!("{name}."))
        .map_err(|_| DnsError::Temporary(format!("{name} cannot be asked for")))
}

/// The name as a host name; `None` when it cannot be one.
pub(crate) fn host_name(name: &Name) -> Option<DomainName> {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).parse().ok()
}
