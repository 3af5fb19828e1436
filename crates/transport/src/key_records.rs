//! The records that a DKIM configuration needs in the DNS, and whether they are there.

use std::time::Duration;

use ::signing::{Algorithm, Finding, KeyRecord};
use directory::{DkimSelector, DkimSigningConfig};
use dns::{DnsError, Resolver};
use futures_util::future::join_all;
use tokio::time::timeout;

/// How long the DNS may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// The DNS has answered.
    Found(Finding),
    /// It has not; why.
    Not(String),
}

/// The records of a selector, for both algorithms; none while it has no keys.
pub fn key_records(config: &DkimSigningConfig, selector: &DkimSelector) -> Vec<KeyRecord> {
    let Some(keys) = &selector.keys else { return Vec::new() };
    let record = |selector: String, algorithm, public: &str| KeyRecord {
        domain: config.domain.clone(),
        selector,
        algorithm,
        public: public.to_owned(),
    };
    vec![
        record(selector.name.clone(), Algorithm::RsaSha256, &keys.rsa.public),
        record(selector.ed25519_name(), Algorithm::Ed25519Sha256, &keys.ed25519.public),
    ]
}

/// Looks all records up at once.
pub(crate) async fn check(resolver: &Resolver, records: &[KeyRecord]) -> Vec<Checked> {
    join_all(records.iter().map(|record| check_one(resolver, record))).await
}

async fn check_one(resolver: &Resolver, record: &KeyRecord) -> Checked {
    match timeout(PATIENCE, resolver.txt_below(&record.place(), &record.domain)).await {
        Ok(Ok(texts)) => Checked::Found(record.find(&texts)),
        Ok(Err(DnsError::NoSuchDomain)) => Checked::Found(Finding::Missing),
        Ok(Err(error)) => Checked::Not(error.to_string()),
        Err(_) => Checked::Not(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use dns::ResolverSettings;
    use model::Timestamp;
    use tokio::{net::UdpSocket, time::Instant};

    use super::*;

    fn record() -> KeyRecord {
        KeyRecord {
            domain: "contoso.com".parse().unwrap(),
            selector: "relais1".to_owned(),
            algorithm: Algorithm::RsaSha256,
            public: "AAAA".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dns_that_is_silent_holds_nobody_up() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let servers = vec![silent.local_addr().unwrap()];
        let began = Instant::now();
        let found =
            check(&Resolver::new(ResolverSettings::new(servers)), &vec![record(); 40]).await;
        assert!(began.elapsed() <= Duration::from_secs(6), "{:?}", began.elapsed());
        assert_eq!(found.len(), 40);
        assert!(found.iter().all(|checked| matches!(checked, Checked::Not(_))), "{found:?}");
        let nobody = Resolver::new(ResolverSettings::new(Vec::new()));
        let Checked::Not(why) = check_one(&nobody, &record()).await else { panic!("checked") };
        assert!(why.contains("no DNS server is configured"), "{why}");
    }

    #[test]
    fn a_selector_has_two_records_once_it_has_keys() {
        let selectors = DkimSigningConfig::SELECTORS;
        let domain = "contoso.com".parse().unwrap();
        let config = DkimSigningConfig::new(directory::Header::fresh(), domain, selectors);
        let mut config = config.unwrap();
        assert!(key_records(&config, config.signing()).is_empty());
        let key = |public: &str| directory::DkimKey {
            private: vault::DataKey::ephemeral().seal(b"x", "y").unwrap(),
            public: public.to_owned(),
        };
        config.selector1.keys = Some(directory::DkimKeys {
            made_at: Timestamp::from_millis(0),
            size: 2048,
            rsa: key("one"),
            ed25519: key("two"),
        });
        let records = key_records(&config, config.signing());
        let texts: Vec<String> = records.iter().map(KeyRecord::zone_line).collect();
        assert_eq!(
            texts,
            [
                "relais1._domainkey.contoso.com. IN TXT \"v=DKIM1; k=rsa; p=one\"",
                "relais1-ed25519._domainkey.contoso.com. IN TXT \"v=DKIM1; k=ed25519; p=two\"",
            ]
        );
    }
}
