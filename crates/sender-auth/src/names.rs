//! What is asked of the DNS, and of whom: a trait, so that the evaluation does not depend on a network. The
//! resolver of `dns` answers in the program.

use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use dns::{DnsError, Resolver};

/// What a look-up came to; empty where the name exists without such records.
pub type Answer<T> = Result<Vec<T>, DnsError>;

/// Looks names up as they are given, hostile ones too.
pub trait Names: Sync {
    /// TXT records, each as one text.
    fn texts(&self, name: &str) -> impl Future<Output = Answer<String>> + Send;
    /// IPv4 addresses.
    fn v4(&self, name: &str) -> impl Future<Output = Answer<Ipv4Addr>> + Send;
    /// IPv6 addresses.
    fn v6(&self, name: &str) -> impl Future<Output = Answer<Ipv6Addr>> + Send;
    /// Names of mail exchangers.
    fn exchangers(&self, name: &str) -> impl Future<Output = Answer<String>> + Send;
    /// The names of an address.
    fn names_of(&self, address: IpAddr) -> impl Future<Output = Answer<String>> + Send;
}

impl Names for Resolver {
    async fn texts(&self, name: &str) -> Answer<String> {
        self.given_texts(name).await
    }

    async fn v4(&self, name: &str) -> Answer<Ipv4Addr> {
        self.given_v4(name).await
    }

    async fn v6(&self, name: &str) -> Answer<Ipv6Addr> {
        self.given_v6(name).await
    }

    async fn exchangers(&self, name: &str) -> Answer<String> {
        self.given_exchangers(name).await
    }

    async fn names_of(&self, address: IpAddr) -> Answer<String> {
        Resolver::names_of(self, address).await
    }
}

/// Whether `name` can be the name of a domain that sends mail: two labels or more (RFC 7208 section 4.3),
/// none empty or of more than 63 bytes, of visible ASCII. Underscores are let through.
pub(crate) fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label)
}

/// Whether `name` is `parent` or lies below it. Both in lower case.
pub(crate) fn is_within(name: &str, parent: &str) -> bool {
    match name.strip_suffix(parent) {
        Some("") => true,
        Some(rest) => rest.ends_with('.'),
        None => false,
    }
}
