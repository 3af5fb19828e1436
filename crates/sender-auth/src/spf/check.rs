//! `check_host()` (RFC 7208 section 4). Of look-ups there are few: ten terms that cause one, two that
//! find nothing, ten mail exchangers of one name, ten names of one address.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    pin::Pin,
};

use dns::DnsError;

use super::{
    macros::{Template, Values},
    record::{Directive, Mechanism, Qualifier, Record, Target},
};
use crate::{
    findings::SpfResult,
    names::{Names, is_domain, is_within},
};

/// Terms that cause look-ups, in all records together (section 4.6.4).
const MOST_TERMS: u32 = 10;
/// Look-ups that find nothing.
const MOST_VOID: u32 = 2;
/// Mail exchangers of one name; names of one address that are looked at.
const MOST_NAMES: usize = 10;

/// Who is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity<'a> {
    /// The host that sends.
    pub(crate) client: IpAddr,
    /// What stands before the @ of the sender.
    pub(crate) local: &'a str,
    /// The domain that may have a record, in lower case.
    pub(crate) domain: &'a str,
    /// The name in HELO or EHLO.
    pub(crate) hello: &'a str,
}

/// Whether `identity.client` may send for `identity.domain`.
pub(crate) async fn check<N: Names>(names: &N, identity: Identity<'_>) -> SpfResult {
    let identity = Identity { client: identity.client.to_canonical(), ..identity };
    let mut run = Run { names, identity, terms: 0, voids: 0, validated: None };
    run.host(identity.domain.to_owned()).await.unwrap_or_else(|stop| stop.result())
}

/// Why the whole evaluation ends.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Temporary,
    Permanent,
}

impl Stop {
    fn result(self) -> SpfResult {
        match self {
            Self::Temporary => SpfResult::TempError,
            Self::Permanent => SpfResult::PermError,
        }
    }
}

struct Run<'a, N> {
    names: &'a N,
    identity: Identity<'a>,
    terms: u32,
    voids: u32,
    /// Names of the client that lead back to it, once they have been looked for.
    validated: Option<Vec<String>>,
}

impl<N: Names> Run<'_, N> {
    /// What the record of `domain` says. Boxed, since records include records.
    fn host(
        &mut self,
        domain: String,
    ) -> Pin<Box<dyn Future<Output = Result<SpfResult, Stop>> + Send + '_>> {
        Box::pin(async move {
            let Some(record) = self.record(&domain).await? else { return Ok(SpfResult::None) };
            for Directive { qualifier, mechanism } in &record.directives {
                if self.matches(mechanism, &domain).await? {
                    return Ok(match qualifier {
                        Qualifier::Pass => SpfResult::Pass,
                        Qualifier::Fail => SpfResult::Fail,
                        Qualifier::SoftFail => SpfResult::SoftFail,
                        Qualifier::Neutral => SpfResult::Neutral,
                    });
                }
            }
            let Some(redirect) = &record.redirect else { return Ok(SpfResult::Neutral) };
            self.count_term()?;
            let target = self.expand(redirect, &domain).await;
            match self.host(target).await? {
                SpfResult::None => Err(Stop::Permanent),
                result => Ok(result),
            }
        })
    }

    async fn record(&self, domain: &str) -> Result<Option<Record>, Stop> {
        if !is_domain(domain) {
            return Ok(None);
        }
        let texts = match self.names.texts(domain).await {
            Ok(texts) => texts,
            Err(DnsError::NoSuchDomain) => return Ok(None),
            Err(DnsError::Temporary(_)) => return Err(Stop::Temporary),
        };
        let mut records = texts.iter().filter(|text| Record::is_one(text));
        match (records.next(), records.next()) {
            (None, _) => Ok(None),
            (Some(text), None) => Record::read(text).map(Some).ok_or(Stop::Permanent),
            (Some(_), Some(_)) => Err(Stop::Permanent),
        }
    }

    async fn matches(&mut self, mechanism: &Mechanism, domain: &str) -> Result<bool, Stop> {
        let client = self.identity.client;
        Ok(match mechanism {
            Mechanism::All => true,
            Mechanism::Ip4(network, length) => in_v4(client, *network, *length),
            Mechanism::Ip6(network, length) => in_v6(client, *network, *length),
            Mechanism::Include(target) => {
                self.count_term()?;
                let target = self.expand(target, domain).await;
                match self.host(target).await? {
                    SpfResult::Pass => true,
                    SpfResult::None => return Err(Stop::Permanent),
                    _ => false,
                }
            }
            Mechanism::A(target) => {
                self.count_term()?;
                let name = self.target(target.domain.as_ref(), domain).await;
                self.has_address(&name, target).await?
            }
            Mechanism::Mx(target) => {
                self.count_term()?;
                let name = self.target(target.domain.as_ref(), domain).await;
                self.has_exchanger(&name, target).await?
            }
            Mechanism::Exists(target) => {
                self.count_term()?;
                let name = self.expand(target, domain).await;
                // A records, for IPv6 clients too (section 5.7).
                let found = self.names.v4(&name).await;
                !self.found(found)?.is_empty()
            }
            Mechanism::Ptr(target) => {
                self.count_term()?;
                let name = self.target(target.as_ref(), domain).await.to_ascii_lowercase();
                self.validated().await.iter().any(|found| is_within(found, &name))
            }
        })
    }

    async fn has_exchanger(&mut self, name: &str, target: &Target) -> Result<bool, Stop> {
        let found = self.names.exchangers(name).await;
        let exchangers = self.found(found)?;
        if exchangers.len() > MOST_NAMES {
            return Err(Stop::Permanent);
        }
        for host in exchangers.iter().filter(|host| !host.is_empty()) {
            if self.has_address(host, target).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn has_address(&mut self, name: &str, target: &Target) -> Result<bool, Stop> {
        let client = self.identity.client;
        Ok(if client.is_ipv4() {
            let found = self.names.v4(name).await;
            self.found(found)?.into_iter().any(|address| in_v4(client, address, target.v4))
        } else {
            let found = self.names.v6(name).await;
            self.found(found)?.into_iter().any(|address| in_v6(client, address, target.v6))
        })
    }

    /// What was found; nothing is counted.
    fn found<T>(&mut self, answer: Result<Vec<T>, DnsError>) -> Result<Vec<T>, Stop> {
        let found = match answer {
            Ok(found) => found,
            Err(DnsError::NoSuchDomain) => Vec::new(),
            Err(DnsError::Temporary(_)) => return Err(Stop::Temporary),
        };
        if found.is_empty() {
            self.voids += 1;
            if self.voids > MOST_VOID {
                return Err(Stop::Permanent);
            }
        }
        Ok(found)
    }

    fn count_term(&mut self) -> Result<(), Stop> {
        self.terms += 1;
        if self.terms > MOST_TERMS { Err(Stop::Permanent) } else { Ok(()) }
    }

    async fn target(&mut self, given: Option<&Template>, domain: &str) -> String {
        match given {
            Some(template) => self.expand(template, domain).await,
            None => domain.to_owned(),
        }
    }

    async fn expand(&mut self, template: &Template, domain: &str) -> String {
        let validated = if template.needs_validated() {
            preferred(self.validated().await, domain).to_owned()
        } else {
            String::new()
        };
        let Identity { client, local, domain: sender_domain, hello } = self.identity;
        let values = Values { local, sender_domain, domain, client, validated: &validated, hello };
        template.expand(&values)
    }

    /// The names of the client that lead back to it (section 5.5). What fails is no name.
    async fn validated(&mut self) -> &[String] {
        if self.validated.is_none() {
            let client = self.identity.client;
            let mut validated = Vec::new();
            let names = self.names.names_of(client).await.unwrap_or_default();
            for name in names.into_iter().take(MOST_NAMES) {
                let leads_back = match client {
                    IpAddr::V4(v4) => self.names.v4(&name).await.is_ok_and(|all| all.contains(&v4)),
                    IpAddr::V6(v6) => self.names.v6(&name).await.is_ok_and(|all| all.contains(&v6)),
                };
                if leads_back {
                    validated.push(name.to_ascii_lowercase());
                }
            }
            self.validated = Some(validated);
        }
        self.validated.as_deref().unwrap_or_default()
    }
}

/// The name for `%{p}`: the domain itself, one below it, any (section 7.3).
fn preferred<'a>(validated: &'a [String], domain: &str) -> &'a str {
    let domain = domain.to_ascii_lowercase();
    let itself = validated.iter().find(|name| **name == domain);
    let below = || validated.iter().find(|name| is_within(name, &domain));
    itself.or_else(below).or_else(|| validated.first()).map_or("unknown", String::as_str)
}

fn in_v4(client: IpAddr, network: Ipv4Addr, length: u8) -> bool {
    let IpAddr::V4(client) = client else { return false };
    let shift = 32 - u32::from(length.min(32));
    let prefix = |address: Ipv4Addr| u32::from(address).checked_shr(shift);
    prefix(client) == prefix(network)
}

fn in_v6(client: IpAddr, network: Ipv6Addr, length: u8) -> bool {
    let IpAddr::V6(client) = client else { return false };
    let shift = 128 - u32::from(length.min(128));
    let prefix = |address: Ipv6Addr| u128::from(address).checked_shr(shift);
    prefix(client) == prefix(network)
}
