//! A DNS for tests: a table of records as zone files have them, without last dots.

use std::net::IpAddr;

use dns::{PublishedMx, Tlsa, TlsaData, Validation, reverse_name};
use futures_util::future::{BoxFuture, ready};
use model::DomainName;
use mta_sts::{Failure, FetchError, Policy};

use crate::answer::{Answer, Lookup, Silence};

pub(crate) struct Zone {
    /// `name TYPE data`.
    records: Vec<String>,
    pub(crate) policy: Option<String>,
    /// Names of which nobody answers.
    pub(crate) silent: Vec<String>,
    /// The whole is signed, and that is proven.
    pub(crate) is_signed: bool,
    pub(crate) validation: Validation,
}

impl Zone {
    pub(crate) fn new(records: &[&str]) -> Self {
        Self {
            records: records.iter().map(|&record| record.to_owned()).collect(),
            policy: None,
            silent: Vec::new(),
            is_signed: false,
            validation: Validation::Proven,
        }
    }

    pub(crate) fn add(&mut self, record: impl Into<String>) {
        self.records.push(record.into());
    }

    pub(crate) fn remove(&mut self, start: &str) {
        self.records.retain(|record| !record.starts_with(start));
    }

    fn find(&self, name: &str, kind: &str) -> Answer<Vec<&str>> {
        if self.silent.iter().any(|silent| silent == name) {
            return Err(Silence("SERVFAIL from 127.0.0.1:53".to_owned()));
        }
        let wanted = format!("{} {kind} ", name.to_lowercase());
        Ok(self.records.iter().filter_map(|record| record.strip_prefix(&wanted)).collect())
    }

    /// Along aliases, as a resolver does.
    fn follow(&self, name: &str, kind: &str) -> Answer<Vec<&str>> {
        match self.find(name, "CNAME")?.as_slice() {
            [target, ..] => self.find(target, kind),
            [] => self.find(name, kind),
        }
    }
}

fn answer<'a, T: Send + 'a>(value: Answer<T>) -> BoxFuture<'a, Answer<T>> {
    Box::pin(ready(value))
}

impl Lookup for Zone {
    fn mx<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<PublishedMx>>> {
        let read = |data: &str| {
            let (preference, exchange) = data.split_once(' ').unwrap();
            let is_address = exchange.parse::<IpAddr>().is_ok();
            PublishedMx {
                preference: preference.parse().unwrap(),
                exchange: exchange.to_owned(),
                host: exchange.parse().ok().filter(|_| !is_address),
            }
        };
        answer(self.follow(name, "MX").map(|found| found.into_iter().map(read).collect()))
    }

    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<IpAddr>>> {
        let both =
            self.follow(name, "A").and_then(|v4| Ok([v4, self.follow(name, "AAAA")?].concat()));
        answer(both.map(|found| found.iter().map(|data| data.parse().unwrap()).collect()))
    }

    fn alias<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Option<String>>> {
        answer(self.find(name, "CNAME").map(|found| found.first().map(|&data| data.to_owned())))
    }

    fn txt<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Answer<Vec<String>>> {
        answer(self.follow(name, "TXT").map(|found| found.into_iter().map(str::to_owned).collect()))
    }

    fn names(&self, address: IpAddr) -> BoxFuture<'_, Answer<Vec<String>>> {
        let found = self.find(&reverse_name(address), "PTR");
        answer(found.map(|found| found.into_iter().map(str::to_owned).collect()))
    }

    fn tlsa<'a>(&'a self, host: &'a DomainName) -> BoxFuture<'a, Answer<Tlsa>> {
        let read = |data: &str| {
            let words: Vec<&str> = data.split(' ').collect();
            let number = |at: usize| words[at].parse().unwrap();
            let digits = words[3];
            let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
            TlsaData {
                usage: number(0),
                selector: number(1),
                matching: number(2),
                data: (0..digits.len()).step_by(2).map(byte).collect(),
            }
        };
        let found = self.find(&format!("_25._tcp.{host}"), "TLSA");
        let secure = self.is_signed && self.validation == Validation::Proven;
        answer(found.map(|found| Tlsa { records: found.into_iter().map(read).collect(), secure }))
    }

    fn policy<'a>(&'a self, _: &'a DomainName) -> BoxFuture<'a, Result<Policy, Failure>> {
        Box::pin(ready(match &self.policy {
            Some(text) => Policy::parse(text.as_bytes()).map_err(Failure::from),
            None => Err(Failure::Fetch(FetchError::Status(404))),
        }))
    }

    fn validation(&self) -> Validation {
        self.validation.clone()
    }
}
