//! What somebody has published, as it stands: for whoever tests records, and not for whoever sends by them.
//! Names are asked for as they were written, which may be no host names (`_spf.contoso.com`), and what
//! cannot be used is shown and not left out.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use hickory_proto::rr::{RData, RecordType};
use model::DomainName;

use crate::{
    DnsError, Resolver, Tlsa,
    resolver::{both_families, host_name, records, wire_name},
};

/// An MX record, usable or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedMx {
    /// Lower is tried first.
    pub preference: u16,
    /// What it points to, without the last dot; `.` is the root (RFC 7505).
    pub exchange: String,
    /// The same where it can be the name of a host, and is no IP address.
    pub host: Option<DomainName>,
}

/// The name at which an address has its own name: `7.113.0.203.in-addr.arpa` (RFC 1035 section 3.5), or
/// 32 labels below `ip6.arpa` (RFC 3596 section 2.5). Without the last dot.
#[must_use]
pub fn reverse_name(address: IpAddr) -> String {
    let mut name = String::with_capacity(72);
    // Writing to a String does not fail.
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            for octet in v4.octets().iter().rev() {
                let _ = write!(name, "{octet}.");
            }
            name.push_str("in-addr.arpa");
        }
        IpAddr::V6(v6) => {
            for octet in v6.octets().iter().rev() {
                let _ = write!(name, "{:x}.{:x}.", octet & 15, octet >> 4);
            }
            name.push_str("ip6.arpa");
        }
    }
    name
}

impl Resolver {
    /// The MX records of `name` as they stand, by preference; empty when the name exists without any.
    ///
    /// # Errors
    /// When the name does not exist, cannot be one, or no server could say.
    pub async fn published_mx(&self, name: &str) -> Result<Vec<PublishedMx>, DnsError> {
        let found = records(self.find_at(wire_name(name)?, RecordType::MX).await?)?;
        let mut listed: Vec<PublishedMx> = found
            .iter()
            .filter_map(|data| match data {
                RData::MX(mx) => Some((mx.preference, &mx.exchange)),
                _ => None,
            })
            .map(|(preference, exchange)| PublishedMx {
                preference,
                exchange: text_of(&exchange.to_ascii()),
                host: host_name(exchange).filter(|host| !is_address(host.as_str())),
            })
            .collect();
        listed.sort_by(|a, b| (a.preference, &a.exchange).cmp(&(b.preference, &b.exchange)));
        Ok(listed)
    }

    /// The addresses of `name`, IPv4 first; empty when the name exists without any.
    ///
    /// # Errors
    /// When the name does not exist, cannot be one, or nothing was found and no server could say.
    pub async fn published_addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        let wire = wire_name(name)?;
        let (v4, v6) = tokio::join!(
            self.find_at(wire.clone(), RecordType::A),
            self.find_at(wire, RecordType::AAAA)
        );
        both_families(v4.and_then(records), v6.and_then(records))
    }

    /// What `name` is an alias of, without the last dot.
    ///
    /// # Errors
    /// When the name does not exist, cannot be one, or no server could say.
    pub async fn alias_of(&self, name: &str) -> Result<Option<String>, DnsError> {
        let found = records(self.find_at(wire_name(name)?, RecordType::CNAME).await?)?;
        Ok(found.iter().find_map(|data| match data {
            RData::CNAME(target) => Some(text_of(&target.0.to_ascii())),
            _ => None,
        }))
    }

    /// The TXT records of `name`, as [`Resolver::txt`] has them.
    ///
    /// # Errors
    /// When the name does not exist, cannot be one, or no server could say.
    pub async fn published_txt(&self, name: &str) -> Result<Vec<String>, DnsError> {
        self.texts(wire_name(name)?).await
    }

    /// The TLSA records of SMTP at port 25 of `host`, and whether what was found, or that nothing is
    /// there, has been validated.
    ///
    /// # Errors
    /// As [`Resolver::tlsa`].
    pub async fn published_tlsa(&self, host: &DomainName) -> Result<Tlsa, DnsError> {
        self.tlsa(25, host).await
    }
}

fn text_of(name: &str) -> String {
    if name == "." { name.to_owned() } else { name.trim_end_matches('.').to_owned() }
}

/// Whether somebody wrote an address where a name belongs.
fn is_address(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok() || text.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use hickory_proto::{
        op::ResponseCode,
        rr::{Record, rdata::PTR},
    };

    use super::*;
    use crate::{
        ResolverSettings,
        script::{Script, address, cname, mx, name, txt},
    };

    #[test]
    fn addresses_have_names() {
        let of = |text: &str| reverse_name(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), "7.113.0.203.in-addr.arpa");
        assert_eq!(of("::ffff:203.0.113.7"), "7.113.0.203.in-addr.arpa");
        assert_eq!(
            of("2001:db8::7"),
            "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
    }

    #[tokio::test]
    async fn what_is_published_is_shown_as_it_stands() {
        let script = Script::start(|asked| {
            let answers = match (asked.name.as_str(), asked.record_type) {
                ("a.example", RecordType::MX) => vec![
                    mx("a.example", 20, "192.0.2.1"),
                    mx("a.example", 10, "mx_1.a.example"),
                    mx("a.example", 10, "mx.a.example"),
                    mx("a.example", 0, "."),
                ],
                ("_spf.a.example", RecordType::TXT) => {
                    vec![txt("_spf.a.example", &["v=spf1 ", "-all"])]
                }
                ("_h.a.example", RecordType::A) => vec![address("_h.a.example", "192.0.2.9")],
                ("alias.a.example", RecordType::CNAME) => {
                    vec![cname("alias.a.example", "mx.a.example")]
                }
                ("7.2.0.192.in-addr.arpa", RecordType::PTR) => vec![Record::from_rdata(
                    name("7.2.0.192.in-addr.arpa"),
                    300,
                    RData::PTR(PTR(name("mx.a.example"))),
                )],
                _ => return vec![asked.none(ResponseCode::NoError, 1)],
            };
            vec![asked.with(answers)]
        })
        .await;
        let resolver = Resolver::new(ResolverSettings::new(vec![script.address]));
        let listed = resolver.published_mx("a.example").await.unwrap();
        let shown: Vec<(u16, &str, bool)> = listed
            .iter()
            .map(|mx| (mx.preference, mx.exchange.as_str(), mx.host.is_some()))
            .collect();
        assert_eq!(
            shown,
            [
                (0, ".", false),
                (10, "mx.a.example", true),
                (10, "mx_1.a.example", false),
                (20, "192.0.2.1", false)
            ]
        );
        assert_eq!(resolver.published_txt("_spf.a.example").await.unwrap(), ["v=spf1 -all"]);
        let addresses = resolver.published_addresses("_h.a.example").await.unwrap();
        assert_eq!(addresses, ["192.0.2.9".parse::<IpAddr>().unwrap()]);
        let alias = resolver.alias_of("alias.a.example").await.unwrap();
        assert_eq!(alias.as_deref(), Some("mx.a.example"));
        assert_eq!(resolver.alias_of("mx.a.example").await.unwrap(), None);
        let names = resolver.names_of("192.0.2.7".parse().unwrap()).await.unwrap();
        assert_eq!(names, ["mx.a.example"]);
        for bad in ["a..b", &"x".repeat(300), &"a.".repeat(200)] {
            assert!(resolver.published_txt(bad).await.is_err(), "{bad}");
        }
    }
}
