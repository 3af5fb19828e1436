//! A DNS for tests of what is evaluated: records by name, as a zone file has them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Mutex,
};

use dns::DnsError;

use crate::names::{Answer, Names};

/// `name TYPE data` lines; the type FAIL makes every look-up of the name fail.
#[derive(Default)]
pub(crate) struct Book {
    records: HashMap<String, Vec<(String, String)>>,
    /// What was asked: `TXT name`.
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Book {
    pub(crate) fn of(lines: &str) -> Self {
        let mut book = Self::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, rest) = line.split_once(' ').unwrap();
            let (kind, data) = rest.split_once(' ').unwrap_or((rest, ""));
            book.add(name, kind, data);
        }
        book
    }

    pub(crate) fn add(&mut self, name: &str, kind: &str, data: &str) {
        let entry = self.records.entry(name.to_owned()).or_default();
        entry.push((kind.to_owned(), data.to_owned()));
    }

    fn find<T>(&self, kind: &str, name: &str, read: impl Fn(&str) -> T) -> Answer<T> {
        let name = name.to_ascii_lowercase();
        self.asked.lock().unwrap().push(format!("{kind} {name}"));
        let Some(records) = self.records.get(&name) else { return Err(DnsError::NoSuchDomain) };
        if records.iter().any(|(kind, _)| kind == "FAIL") {
            return Err(DnsError::Temporary("SERVFAIL".to_owned()));
        }
        Ok(records.iter().filter(|(k, _)| k == kind).map(|(_, data)| read(data)).collect())
    }
}

impl Names for Book {
    async fn texts(&self, name: &str) -> Answer<String> {
        self.find("TXT", name, str::to_owned)
    }

    async fn v4(&self, name: &str) -> Answer<Ipv4Addr> {
        self.find("A", name, |data| data.parse().unwrap())
    }

    async fn v6(&self, name: &str) -> Answer<Ipv6Addr> {
        self.find("AAAA", name, |data| data.parse().unwrap())
    }

    async fn exchangers(&self, name: &str) -> Answer<String> {
        self.find("MX", name, str::to_owned)
    }

    async fn names_of(&self, address: IpAddr) -> Answer<String> {
        self.find("PTR", &address.to_string(), str::to_owned)
    }
}
