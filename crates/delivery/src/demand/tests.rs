//! What is demanded for a message that wants more of TLS than others, or less.

use std::sync::Arc;

use directory::{Header, SendConnector, SmartHost, TlsAuthLevel, Usage};
use dns::{Resolver, ResolverSettings};
use model::{AddressDomain, DomainName, TlsRequirement};
use mta_sts::Policy;
use rustls::pki_types::ServerName;
use tls::TlsaRecord;

use super::{By, Check, Demand, Naming, Unusable};
use crate::{Resolvers, Route, dane::Dane};

const HOST: &str = "mx.example.net";

fn route(requirement: TlsRequirement, change: impl FnOnce(&mut SendConnector)) -> Route {
    let mut connector =
        SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
    change(&mut connector);
    let none = || Resolver::new(ResolverSettings::new(Vec::new()));
    let resolvers = Resolvers { internal: none(), external: none() };
    let domain = AddressDomain::Name("example.net".parse().unwrap());
    let fqdn: DomainName = "mbx01.contoso.com".parse().unwrap();
    let route =
        Route::new(&connector, &domain, &fqdn, &resolvers, tls::ClientSide::default()).unwrap();
    Route { requirement, ..route }
}

fn required(change: impl FnOnce(&mut SendConnector)) -> Route {
    route(TlsRequirement::Required, change)
}

fn plain(_: &mut SendConnector) {}

fn name(text: &str) -> ServerName<'static> {
    ServerName::try_from(text.to_owned()).unwrap()
}

fn records() -> Dane {
    let record = TlsaRecord::usable(3, 1, 1, &[7; 32]).unwrap();
    Dane::Records { base: HOST.parse().unwrap(), records: vec![record] }
}

fn policy(mode: &str, mx: &str) -> Arc<Policy> {
    let text = format!("version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 86400\r\n");
    Arc::new(Policy::parse(text.as_bytes()).unwrap())
}

fn of(
    route: &Route,
    dane: Dane,
    naming: &Naming,
    policy: Option<&Arc<Policy>>,
) -> Result<Demand, Unusable> {
    Demand::of(route, (HOST, &name(HOST)), (dane, naming), policy)
}

/// What the mail exchangers of a domain are demanded, without TLSA records.
fn named(naming: &Naming, policy: Option<&Arc<Policy>>) -> Result<Demand, Unusable> {
    of(&required(plain), Dane::Nothing, naming, policy)
}

#[test]
fn a_tagged_message_goes_to_hosts_that_are_known_and_proved() {
    for naming in [Naming::Given, Naming::Signed] {
        let demand = named(&naming, None).unwrap();
        assert_eq!((demand.check, demand.by), (Check::Name(name(HOST)), By::Message));
    }
    // TLSA records are as good, and say more.
    let dane = of(&required(plain), records(), &Naming::Signed, None).unwrap();
    assert!(matches!((dane.check, dane.by), (Check::Dane { .. }, By::Dane(_))));
    // Records that mail cannot use prove nobody.
    let unusable = Dane::Unusable { base: HOST.parse().unwrap() };
    let demand = of(&required(plain), unusable, &Naming::Signed, None).unwrap();
    assert_eq!(demand.check, Check::Name(name(HOST)));
    let unknown = Dane::Unknown("SERVFAIL".to_owned());
    let refused = of(&required(plain), unknown, &Naming::Signed, None).unwrap_err();
    assert!(refused.why.starts_with("451 4.7.324") && refused.for_good.is_none());
}

#[test]
fn the_dns_alone_names_nobody() {
    let refused = named(&Naming::Unsigned, None).unwrap_err();
    assert!(refused.why.starts_with("550 5.7.10 REQUIRETLS: example.net names"), "{}", refused.why);
    assert_eq!(refused.for_good.unwrap().to_string(), "5.7.10");
    assert!(refused.reported.is_none(), "no failure of the domain's");
    // What is this server's matter may be mended.
    let refused = named(&Naming::Unknown("no proof".to_owned()), None).unwrap_err();
    assert!(refused.why.starts_with("451 4.7.10 REQUIRETLS: whether mx"), "{}", refused.why);
    assert!(refused.for_good.is_none());
}

#[test]
fn an_enforced_policy_names_hosts_and_a_tested_one_does_not() {
    let enforced = policy("enforce", HOST);
    let demand = named(&Naming::Unsigned, Some(&enforced)).unwrap();
    assert_eq!((&demand.check, &demand.otherwise), (&Check::Name(name(HOST)), &None));
    assert!(matches!(demand.by, By::Sts(..)));
    let other = policy("enforce", "other.example.net");
    let refused = named(&Naming::Signed, Some(&other)).unwrap_err();
    assert!(refused.why.starts_with("451 4.7.5 The MTA-STS policy"), "{}", refused.why);
    for mx in [HOST, "other.example.net"] {
        let tested = policy("testing", mx);
        assert_eq!(
            named(&Naming::Unsigned, Some(&tested)).unwrap_err().why.get(..10),
            Some("550 5.7.10")
        );
        let demand = named(&Naming::Signed, Some(&tested)).unwrap();
        assert_eq!((demand.check, demand.otherwise), (Check::Name(name(HOST)), None), "{mx}");
    }
}

#[test]
fn what_a_connector_demands_counts_beside_it() {
    let level = |level, domain: Option<&str>| {
        required(|connector| {
            connector.require_tls = true;
            connector.tls_auth_level = Some(level);
            connector.tls_domain = domain.map(|domain| domain.parse().unwrap());
        })
    };
    // Any certificate of an authority is not enough, TLSA records are not asked for.
    let any = level(TlsAuthLevel::CertificateValidation, None);
    assert!(!any.asks_for_tlsa() && any.asks_for_policy_of().is_some());
    let demand = of(&any, Dane::Nothing, &Naming::Signed, None).unwrap();
    assert_eq!(demand.check, Check::Name(name(HOST)));
    assert!(of(&any, Dane::Nothing, &Naming::Unsigned, None).is_err());
    // A name that is no matter of the DNS is.
    let partner = level(TlsAuthLevel::DomainValidation, Some("partner.example"));
    let demand = of(&partner, Dane::Nothing, &Naming::Unsigned, None).unwrap();
    assert!(matches!(demand.check, Check::Domains(_)));
    let never = required(|connector| connector.ignore_start_tls = true);
    let refused = of(&never, Dane::Nothing, &Naming::Given, None).unwrap_err();
    assert!(refused.why.contains("IgnoreSTARTTLS") && refused.for_good.is_none());
    let smart = required(|connector| {
        connector.dns_routing_enabled = false;
        connector.smart_hosts = vec![SmartHost::Name("relay.example.net".parse().unwrap())];
    });
    assert!(smart.asks_for_tlsa() && smart.asks_for_policy_of().is_none());
}

#[test]
fn tls_required_no_asks_nobody_but_the_connector() {
    let open = route(TlsRequirement::NotRequired, plain);
    assert!(!open.asks_for_tlsa() && open.asks_for_policy_of().is_none());
    let demand = of(&open, Dane::Nothing, &Naming::Unsigned, None).unwrap();
    assert_eq!(demand.check, Check::Opportunistic);
    let strict = route(TlsRequirement::NotRequired, |connector| connector.require_tls = true);
    let demand = of(&strict, Dane::Nothing, &Naming::Unsigned, None).unwrap();
    assert_eq!(demand.check, Check::Encryption);
    let usual = route(TlsRequirement::Default, plain);
    assert!(usual.asks_for_tlsa() && usual.asks_for_policy_of().is_some());
}
