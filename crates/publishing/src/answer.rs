//! What is asked, and of whom: the DNS within a time, so that a silent server holds nobody up.

use std::{net::IpAddr, time::Duration};

use dns::{DnsError, PublishedMx, Resolver, Tlsa, Validation};
use futures_util::future::BoxFuture;
use model::DomainName;
use mta_sts::{Failure, Policies, Policy};
use tokio::time::{Instant, timeout_at};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a file may take that is fetched over HTTPS.
const FETCH_PATIENCE: Duration = Duration::from_secs(10);

/// Why nobody could say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence(pub String);

/// What was answered. That there is no such name is an answer: there is nothing.
pub type Answer<T> = Result<T, Silence>;

/// Whoever can be asked what is published. Each answer comes within seconds.
pub trait Lookup: Send + Sync {
    /// The MX records, by preference.
    fn mx<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<PublishedMx>>>;
    /// The addresses.
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<IpAddr>>>;
    /// What the name is an alias of.
    fn alias<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Option<String>>>;
    /// The TXT records, their strings joined.
    fn txt<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<String>>>;
    /// The names of an address.
    fn names(&self, address: IpAddr) -> BoxFuture<'_, Answer<Vec<String>>>;
    /// The TLSA records of SMTP at port 25 of a host.
    fn tlsa<'a>(&'a self, host: &'a DomainName) -> BoxFuture<'a, Answer<Tlsa>>;
    /// The MTA-STS policy that is given out over HTTPS now.
    fn policy<'a>(&'a self, domain: &'a DomainName) -> BoxFuture<'a, Result<Policy, Failure>>;
    /// How far what the DNS says of signatures is to be believed.
    fn validation(&self) -> Validation;
}

/// Asks a resolver, and fetches policies as those of other domains are fetched.
pub struct ByResolver {
    resolver: Resolver,
    policies: Policies,
    until: Instant,
}

impl ByResolver {
    /// Asks `resolver` no longer than `within` from now: what has not been answered then is not known.
    #[must_use]
    pub fn new(resolver: Resolver, policies: Policies, within: Duration) -> Self {
        Self { resolver, policies, until: Instant::now() + within }
    }

    async fn ask<T: Default>(&self, asked: impl Future<Output = Result<T, DnsError>>) -> Answer<T> {
        match timeout_at(self.until.min(Instant::now() + PATIENCE), asked).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(DnsError::NoSuchDomain)) => Ok(T::default()),
            Ok(Err(DnsError::Temporary(why))) => Err(Silence(why)),
            Err(_) => Err(Silence("no answer in time".to_owned())),
        }
    }
}

impl Lookup for ByResolver {
    fn mx<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<PublishedMx>>> {
        Box::pin(self.ask(self.resolver.published_mx(name)))
    }

    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<IpAddr>>> {
        Box::pin(self.ask(self.resolver.published_addresses(name)))
    }

    fn alias<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Option<String>>> {
        Box::pin(self.ask(self.resolver.alias_of(name)))
    }

    fn txt<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<String>>> {
        Box::pin(self.ask(self.resolver.published_txt(name)))
    }

    fn names(&self, address: IpAddr) -> BoxFuture<'_, Answer<Vec<String>>> {
        Box::pin(self.ask(self.resolver.names_of(address)))
    }

    fn tlsa<'a>(&'a self, host: &'a DomainName) -> BoxFuture<'a, Answer<Tlsa>> {
        Box::pin(self.ask(self.resolver.published_tlsa(host)))
    }

    fn policy<'a>(&'a self, domain: &'a DomainName) -> BoxFuture<'a, Result<Policy, Failure>> {
        Box::pin(async move {
            let until = self.until.min(Instant::now() + FETCH_PATIENCE);
            let fetched = self.policies.given_out(domain, &self.resolver);
            timeout_at(until, fetched).await.unwrap_or_else(|_| {
                Err(Failure::LookUp("its host did not answer in time".to_owned()))
            })
        })
    }

    fn validation(&self) -> Validation {
        self.resolver.validation()
    }
}
