//! Look-ups of names as records and messages of strangers give them: with underscores, with bytes that no
//! host name has, of one family of addresses alone, and from an address to names.
//!
//! What cannot be a name at all (an empty label, one of more than 63 bytes) does not exist.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::rr::{Name, RData, RecordType};

use crate::{DnsError, Resolver, resolver::records};

impl Resolver {
    /// The TXT records of `name`, each with its character-strings joined; what is not UTF-8 is replaced.
    ///
    /// # Errors
    /// When the name does not exist, or no server could say. So for all of these.
    pub async fn given_texts(&self, name: &str) -> Result<Vec<String>, DnsError> {
        self.texts(given_name(name)?).await
    }

    /// The IPv4 addresses of `name`.
    ///
    /// # Errors
    /// As above.
    pub async fn given_v4(&self, name: &str) -> Result<Vec<Ipv4Addr>, DnsError> {
        self.given(given_name(name)?, RecordType::A, |data| match data {
            RData::A(a) => Some(a.0),
            _ => None,
        })
        .await
    }

    /// The IPv6 addresses of `name`.
    ///
    /// # Errors
    /// As above.
    pub async fn given_v6(&self, name: &str) -> Result<Vec<Ipv6Addr>, DnsError> {
        self.given(given_name(name)?, RecordType::AAAA, |data| match data {
            RData::AAAA(aaaa) => Some(aaaa.0),
            _ => None,
        })
        .await
    }

    /// The names of the mail exchangers of `name`, in the order of the answer, without dots at their ends;
    /// empty for the root.
    ///
    /// # Errors
    /// As above.
    pub async fn given_exchangers(&self, name: &str) -> Result<Vec<String>, DnsError> {
        self.given(given_name(name)?, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(plain(&mx.exchange)),
            _ => None,
        })
        .await
    }

    /// The names that the DNS has for an address (RFC 1035 section 3.5, RFC 3596 section 2.5).
    ///
    /// # Errors
    /// As above.
    pub async fn names_of(&self, address: IpAddr) -> Result<Vec<String>, DnsError> {
        self.given(Name::from(address), RecordType::PTR, |data| match data {
            RData::PTR(name) => Some(plain(&name.0)),
            _ => None,
        })
        .await
    }

    async fn given<T>(
        &self,
        name: Name,
        wanted: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Vec<T>, DnsError> {
        let found = records(self.find_at(name, wanted).await?)?;
        Ok(found.iter().filter_map(read).collect())
    }
}

fn given_name(name: &str) -> Result<Name, DnsError> {
    let labels = name.strip_suffix('.').unwrap_or(name).split('.');
    Name::from_labels(labels.map(str::as_bytes)).map_err(|_| DnsError::NoSuchDomain)
}

/// Bytes that no host name has are escaped.
fn plain(name: &Name) -> String {
    let text = name.to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}
